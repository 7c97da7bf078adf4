"""Compare the line list with Textual's DataTable over a real pseudo-terminal.

    python tests/benchmarks/list_widget.py [--rows 100 1000 10000] [--colours truecolor 256] [--rounds 60]

Each program shows the same eight columns at 120x36. For every size and colour depth it prints the time to rows, the
bytes and milliseconds of a `down` and of a page down, the CPU and bytes of a refresh in which nothing, three lines in
sight or everything changed, the bytes and CPU of an idle list, and the memory. The last
lines hold a key down over a link of 20 kB/s.
Milliseconds only compare within one run: a bare Textual app is measured beside as the floor.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time
from pathlib import Path

import psutil
import pyte

COLUMNS, LINES = 120, 36
KEYS = {"down": b"\x1b[B", "page": b"\x1b[6~", "home": b"\x1b[H"}


class Terminal:
    """A program in a pseudo-terminal: counts what it writes, optionally no faster than a slow link."""

    def __init__(self, arguments: list[str], colours: str, bytes_per_second: int = 0) -> None:
        self.total = 0
        self._rate, self._allowed, self._clock = bytes_per_second, 0.0, time.perf_counter()
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor" if colours == "truecolor" else "")
            os.environ.pop("NO_COLOR", None)
            os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
            os.execv(sys.executable, [sys.executable, str(Path(__file__).with_name("list_programs.py")), *arguments])
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = psutil.Process(self.pid)

    def read(self, wait: float) -> bytes:
        """Read what there is, waiting at most ``wait`` seconds for the first byte."""
        size = 65536
        if self._rate:
            now = time.perf_counter()
            self._allowed = min(self._allowed + (now - self._clock) * self._rate, 2048)
            self._clock = now
            size = int(self._allowed)
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
        self._allowed -= len(data)
        self.total += len(data)
        if b"\x1b[?2026$p" in data:
            os.write(self._fd, b"\x1b[?2026;2$y")
        private = (
            rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*[a-zA-Z$]+|\x1bP.*?\x1b\\|\x1b\][^\x07\x1b]*(\x07|\x1b\\)"
        )
        self._stream.feed(re.sub(private, b"", data))
        return data

    def wait_for(self, text: str, seconds: float = 30) -> float:
        """Return the seconds from the start until ``text`` is on the screen."""
        while time.perf_counter() - self.started < seconds:
            if self.read(0.02) and text in "\n".join(self.screen.display):
                return time.perf_counter() - self.started
        raise TimeoutError("\n".join(self.screen.display))

    def settle(self, quiet: float = 0.2) -> None:
        """Read until nothing has come for ``quiet`` seconds."""
        last = time.perf_counter()
        while time.perf_counter() - last < quiet:
            if self.read(0.01):
                last = time.perf_counter()

    def press(self, key: bytes) -> tuple[float, int]:
        """Press a key; return the milliseconds to the first byte and the bytes it cost."""
        before, start, first = self.total, time.perf_counter(), 0.0
        os.write(self._fd, key)
        last = start
        while time.perf_counter() - last < (0.04 if first else 1.0):
            if self.read(0.002):
                last = time.perf_counter()
                first = first or last
        return ((first or last) - start) * 1000, self.total - before

    def hold(self, key: bytes, seconds: float, per_second: int) -> float:
        """Hold a key; return for how many seconds the screen went on moving after its release."""
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

    def cpu(self) -> float:
        """Return the CPU seconds that the program has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):6.1f}/{ordered[int(len(ordered) * 0.95)]:6.1f}"


def measure(kind: str, count: int, colours: str, rounds: int) -> str:
    terminal = Terminal([kind, str(count)], colours)
    to_rows = terminal.wait_for("climate-nightly-0") * 1000
    terminal.settle(0.4)
    first_screen = terminal.total
    cells = [f"{to_rows:6.0f}", f"{first_screen:6}"]
    if kind != "floor":
        for key in ("down", "page"):
            terminal.press(KEYS["home"])
            presses = [terminal.press(KEYS[key]) for _ in range(rounds if key == "down" else rounds // 3)]
            cells += [spread([ms for ms, _ in presses]), f"{statistics.median(b for _, b in presses):6.0f}"]
        for how in (b"1", b"2", b"3"):
            terminal.press(KEYS["home"])
            terminal.press(b"1")
            cpu = terminal.cpu()
            _, sent = terminal.press(how)
            terminal.settle(0.1)
            cells.append(f"{(terminal.cpu() - cpu) * 1000:4.0f}ms {sent:6}B")
    idle_bytes, idle_cpu, idle_start = terminal.total, terminal.cpu(), time.perf_counter()
    while time.perf_counter() - idle_start < 3:
        terminal.read(0.05)
    cells.append(f"{terminal.total - idle_bytes:5}B {(terminal.cpu() - idle_cpu) / 3 * 100:4.2f}%")
    cells.append(f"{terminal.process.memory_info().rss / 1e6:5.0f}")
    terminal.close()
    return f"{kind:6} {count:6} {colours:10} | " + " | ".join(cells)


def held_key(kind: str, count: int) -> str:
    terminal = Terminal([kind, str(count)], "256", bytes_per_second=20_000)
    terminal.wait_for("climate-nightly-0")
    terminal.settle(0.5)
    before = terminal.total
    after = terminal.hold(KEYS["down"], 2.0, 30)
    sent = terminal.total - before
    terminal.close()
    return f"{kind:6} {count:6} 60 keys at 30/s over 20 kB/s: moves {after:4.1f} s after release, {sent} B"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, nargs="*", default=[100, 1000, 10000])
    parser.add_argument("--colours", nargs="*", default=["truecolor", "256"])
    parser.add_argument("--kinds", nargs="*", default=["floor", "lines", "table"])
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    print(
        "kind     rows colours    | to rows ms | B | down ms p50/p95 | down B | page ms | page B"
        " | refresh: none | 3 lines in sight | all | idle 3 s | RSS MB"
    )
    for colours in chosen.colours:
        for count in chosen.rows:
            for kind in chosen.kinds:
                print(measure(kind, count, colours, chosen.rounds), flush=True)
    for kind in chosen.kinds:
        if kind != "floor":
            print(held_key(kind, max(chosen.rows)), flush=True)


if __name__ == "__main__":
    main()
