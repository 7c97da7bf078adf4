"""A program in a pseudo-terminal, its screen read as a person would."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Any, Self

import pyte

from globus_tui.widgets.page import READING
from tests.cpu import children, cpu_seconds, waits_for_cpu

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PATIENCE = 100.0
"""Seconds until a test gives up on a program that does not do what it waits for."""
_A_MOMENT = 0.2
"""Seconds that `wait_for_rest` listens for a sign of life."""
_AT_REST = 0.02
"""CPU seconds that a program at rest uses at most in such a moment."""
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[a-z]|\x1b\[\?u|\x1bP[^\x1b]*\x1b\\")


class Terminal:
    """Runs `python -m globus_tui` with these arguments.

    Attributes:
        raw: every byte that the terminal got.
        process: the program.
        beside: gives the ids of programs that draw here and that it did not start: a server of sessions, and what runs
            in them.
    """

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (120, 36),
        environ: Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        leads: bool = False,
        inherits: Sequence[int] = (),
        program: Sequence[str] = (sys.executable, "-m", "globus_tui"),
    ) -> None:
        """Start it; stdin, stdout and stderr are the terminal unless `files` says otherwise.

        With `leads` the terminal is also the one that controls it, as it is for what a login starts.
        """
        self.raw = b""
        self.beside: Callable[[], Sequence[int]] = tuple
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(self._slave)
        ends = {name: (files or {}).get(name, self._slave) for name in ("stdin", "stdout", "stderr")}
        self.process = subprocess.Popen(
            [*program, *arguments],
            env={**os.environ, **(environ or {})},
            start_new_session=True,
            pass_fds=inherits,
            preexec_fn=(lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0)) if leads else None,
            **ends,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        self.hang_up()

    def hang_up(self) -> None:
        """The terminal is gone for good."""
        for number in {self._master, self._slave} - {-1}:
            os.close(number)
        self._master = self._slave = -1

    @property
    def lines(self) -> list[str]:
        """The screen."""
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window other columns and lines."""
        self._screen.resize(size[1], size[0])
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def wait_for(self, ready: str | Callable[[], object]) -> None:
        """Read until a text is on the screen, or until something else holds."""
        end = time.monotonic() + PATIENCE
        while not (ready in self.text if isinstance(ready, str) else ready()):
            assert time.monotonic() < end, f"waited in vain for {ready!r}:\n{self.text}"
            self._read(0.05)

    def wait_for_rest(self) -> None:
        """Read until nothing more is drawn for a moment: a screen that was just opened takes keys by then.

        On a machine with other work, silence alone says nothing: it may not have come to draw yet.
        """
        spent = self._spent()
        while self._read(_A_MOMENT) or any(map(waits_for_cpu, self._drawing())) or self._spent() - spent > _AT_REST:
            spent = self._spent()

    def _drawing(self) -> list[int]:
        """The program, what it started, and what draws beside it."""
        found = [self.process.pid, *self.beside()]
        for one in found:
            found += children(one)
        return found

    def _spent(self) -> float:
        """CPU seconds of what draws, and of this process: its threads are the services that the program asks."""
        return cpu_seconds(os.getpid()) + sum(map(cpu_seconds, self._drawing()))

    def agree(self) -> None:
        """Press `y` once the question has stood there as long as it takes to read: before that it does not count."""
        self.wait_for_rest()
        end = time.monotonic() + 2 * READING
        while time.monotonic() < end:
            self._read(0.05)
        self.press("y")

    def wait_for_end(self) -> int:
        """Read until the program has ended; gives its exit code."""
        self.wait_for(lambda: self.process.poll() is not None)
        while self._read(0):
            pass
        return self.process.wait()

    def is_sane(self) -> bool:
        """As it was: no raw mode, the cursor shown, the first screen back, neither mouse nor paste reported."""
        return termios.tcgetattr(self._slave) == self.before and self.is_left()

    def is_left(self) -> bool:
        """The part of `is_sane` that was written."""
        modes = re.findall(rb"\x1b\[\?([0-9;]+)([hl])", self.raw)
        now = {mode: switch == b"h" for group, switch in modes for mode in group.split(b";")}
        reporting = {b"1000", b"1002", b"1003", b"1006", b"1015", b"2004", b"1004", b"1049"}
        left_on = {mode for mode in reporting if now.get(mode)}
        return now.get(b"25", True) and not left_on

    def _read(self, wait: float) -> bool:
        if not select.select([self._master], [], [], wait)[0]:
            return False
        try:
            piece = os.read(self._master, 65536)
        except OSError:  # whom it controlled has ended, and nothing more comes of it
            return False
        self.raw += piece
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", piece))
        return True
