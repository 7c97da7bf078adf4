"""A program in a pseudo-terminal, measured from outside: what it writes and when, optionally over a slow link."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING

import psutil
import pyte

from tests.cpu import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS, LINES = 120, 36
KEYS = {"down": b"\x1b[B", "up": b"\x1b[A", "page": b"\x1b[6~", "home": b"\x1b[H"}
_QUESTION = b"\x1b[?2026$p"
_NOT_FOR_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*[a-zA-Z$]+|\x1bP.*?\x1b\\|\x1b\][^\x07\x1b]*(\x07|\x1b\\)"
)
_SEQUENCES = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[PX^_\]].*?(?:\x1b\\|\x07)|\x1b.")


class Link:
    """How fast bytes may come out of the terminal.

    Args:
        bytes_per_second: 0 is no limit.
        round_trip: seconds until an answer to a key can be seen at the earliest; added to what `press` measures, and
            waited for before answers to the program's questions are written.
    """

    def __init__(self, bytes_per_second: int = 0, round_trip: float = 0.0) -> None:
        self.rate = bytes_per_second
        self.round_trip = round_trip
        self._allowed, self._clock = 0.0, time.perf_counter()

    def may_read(self) -> int:
        """Bytes that may be read now."""
        if not self.rate:
            return 65536
        now = time.perf_counter()
        self._allowed = min(self._allowed + (now - self._clock) * self.rate, 2048)
        self._clock = now
        return int(self._allowed)

    def took(self, count: int) -> None:
        """So many were read."""
        if self.rate:
            self._allowed -= count


class Terminal:
    """A program in a pseudo-terminal of 120x36."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], link: Link | None = None) -> None:
        self.total = 0
        self.written = bytearray()
        """Everything it wrote; the screen is drawn from it only when somebody asks for it, as that is slow."""
        self.started = self._last_read = time.perf_counter()
        self._link = link or Link()
        self._drawn = 0
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._replies: list[tuple[float, bytes]] = []
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvpe(command[0], list(command), dict(environ))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = psutil.Process(self.pid)

    def read(self, wait: float) -> bytes:
        """Read what there is, waiting at most `wait` seconds for the first byte."""
        while self._replies and self._replies[0][0] <= time.perf_counter():
            os.write(self._fd, self._replies.pop(0)[1])
        size = self._link.may_read()
        if size < 64:
            time.sleep(0.003)
            return b""
        ready, _, _ = select.select([self._fd], [], [], wait)
        if not ready:
            return b""
        try:
            data = os.read(self._fd, size)
        except OSError:
            return b""
        self._link.took(len(data))
        self._last_read = time.perf_counter()
        self.total += len(data)
        self.written += data
        if _QUESTION in self.written[-len(data) - len(_QUESTION) + 1 :]:  # it may come in two pieces
            self._replies.append((time.perf_counter() + self._link.round_trip, b"\x1b[?2026;2$y"))
        return data

    def wait_for(self, text: str, seconds: float = 30, *, since: int = 0) -> float:
        """Seconds from the start until `text`, in one style, was seen to be written at or after byte `since`."""
        wanted, start = text.encode(), time.perf_counter()
        while time.perf_counter() - start < seconds:
            if self.written.find(wanted, since) >= 0:
                return self._last_read - self.started
            since = max(since, self.total - len(wanted))
            self.read(0.02)
        raise TimeoutError(f"{text!r} was not written:\n" + "\n".join(self.lines()))

    def settle(self, quiet: float = 0.2, longest: float = 10.0) -> None:
        """Read until nothing has come for `quiet` seconds."""
        last = start = time.perf_counter()
        while time.perf_counter() - last < quiet and time.perf_counter() - start < longest:
            if self.read(0.01):
                last = time.perf_counter()

    def write(self, keys: bytes) -> None:
        """Type."""
        os.write(self._fd, keys)

    def press(self, key: bytes, quiet: float = 0.04) -> tuple[float, float, int]:
        """Press a key; milliseconds to the first and to the last byte of the answer, and its bytes."""
        before, start, first = self.total, time.perf_counter(), 0.0
        os.write(self._fd, key)
        last = start
        while time.perf_counter() - last < (quiet if first else 1.0):
            if self.read(0.002):
                last = time.perf_counter()
                first = first or last
        trip = self._link.round_trip
        return ((first or last) - start + trip) * 1000, (last - start + trip) * 1000, self.total - before

    def hold(self, key: bytes, seconds: float, per_second: int) -> float:
        """Hold a key; for how many seconds the screen went on moving after its release."""
        start = time.perf_counter()
        for number in range(int(seconds * per_second)):
            while time.perf_counter() - start < number / per_second:
                self.read(0.002)
            os.write(self._fd, key)
        released = last = time.perf_counter()
        while time.perf_counter() - last < 0.5:
            if self.read(0.01):
                last = time.perf_counter()
        return last - released

    def idle(self, seconds: float) -> tuple[float, float]:
        """Bytes a second and per cent of a processor while nothing is typed."""
        total, cpu, start = self.total, self.cpu(), time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.read(0.2)
        spent = time.perf_counter() - start
        return (self.total - total) / spent, (self.cpu() - cpu) / spent * 100

    def cpu(self) -> float:
        """CPU seconds used so far, of all threads; finer than the ticks of a hundredth that `ps` shows."""
        return cpu_seconds(self.pid)

    def rss(self) -> float:
        """Memory in MB."""
        return float(self.process.memory_info().rss) / 1e6

    def peak_rss(self) -> float:
        """The most memory it ever had, in MB."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1e3

    def lines(self) -> list[str]:
        """What stands on the screen."""
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", bytes(self.written[self._drawn :])))
        self._drawn = len(self.written)
        return [line.rstrip() for line in self._screen.display]

    def text(self, since: int = 0) -> str:
        """What was written, without the sequences."""
        return _SEQUENCES.sub(b"", bytes(self.written[since:])).decode(errors="replace")

    def close(self) -> None:
        """End the program at once."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def leave(self, keys: bytes = b"\x11", seconds: float = 5.0) -> None:
        """Ask the program to leave, so that it can save what it keeps."""
        os.write(self._fd, keys)
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            try:
                ended, _ = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                break
            if ended:
                os.close(self._fd)
                return
            self.read(0.02)
        self.close()
