"""What is on the screen before anything is loaded: one line on the terminal's second screen.

Textual draws over it. Until it does, keys are not shown, and whatever ends the program gives the terminal back as it
was.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
_TAKE_BACK = "\r\x1b[K"
_SWITCH_OFF = "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1004l"
"""What Textual switches on: paste and focus reported, lines not wrapped, sizes told, the mouse, keys of kitty."""


class FirstFrame:
    """The terminal while it shows the line.

    Attributes:
        given_back: Textual drew over it, and gave the terminal's first screen back itself.
    """

    def __init__(self) -> None:
        """Keys are not shown from now on; Ctrl+Z and Ctrl+S hold up nothing, Ctrl+C ends the program."""
        self.given_back = False
        self._drawn_over = False
        self._before: list[Any] | None = None
        try:
            import termios
        except ImportError:  # Windows
            return
        with contextlib.suppress(OSError, ValueError, termios.error):  # no terminal
            descriptor = sys.stdin.fileno()
            self._before = termios.tcgetattr(descriptor)
            quiet = termios.tcgetattr(descriptor)
            quiet[0] &= ~termios.IXON
            quiet[3] &= ~(termios.ECHO | termios.ECHONL)
            for key in (termios.VSUSP, termios.VQUIT):
                quiet[6][key] = b"\x00"
            termios.tcsetattr(descriptor, termios.TCSANOW, quiet)

    def give_back(self) -> None:
        """The first screen and the settings of before come back; waits for nothing."""
        if self.given_back:
            return
        self.given_back = True
        if self._before is not None:
            import termios

            with contextlib.suppress(OSError, termios.error):
                if not _takes_more():
                    termios.tcflush(2, termios.TCOFLUSH)  # nobody reads: what was drawn is not waited for
        # A terminal without a second screen shows the line on its first: nothing is to be written behind it.
        _write(f"{_SWITCH_OFF if self._drawn_over else _TAKE_BACK}{_LEAVE}")
        self._set_as_before()

    def draw_over(self) -> None:
        """Restores the terminal's settings just before Textual saves them for its own end."""
        self._drawn_over, self.given_back = True, False
        self._set_as_before()

    def _set_as_before(self) -> None:
        if self._before is not None:
            import termios

            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._before)


@contextlib.contextmanager
def first_frame(words: str) -> Iterator[FirstFrame]:
    """Shows a line on the second screen, which the console then draws over.

    The first screen comes back when the console could not start, so that the reason can be read on it.
    """
    frame = FirstFrame()
    try:
        _write(f"{_ENTER} {words}")
        yield frame
    finally:
        frame.give_back()


def _takes_more() -> bool:
    return bool(select.select((), (2,), (), 0)[1])


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a terminal that is gone is found out when the console starts
        rest = text.encode("utf-8", "replace")
        while rest:
            rest = rest[os.write(sys.stderr.fileno(), rest) :]
