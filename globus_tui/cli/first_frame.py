"""What is on the screen before anything is loaded: the list as it was drawn last, or a line.

From then on the terminal's second screen is ours: Textual takes it over as it is, without a blank in between. Until it
does, keys are not shown, and whatever ends the program gives the terminal back as it was.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
_CLEAR = "\x1b[?25l\x1b[2J\x1b[H"
_LEAVE = f"{LEAVE}\x1b[?25h"
_NO_WRAP, _RESET = "\x1b[?7l", "\x1b[m\x1b[?7h\x1b[H"


class Picture(NamedTuple):
    """A whole screen, ready to be written.

    Attributes:
        lines: text and colours of each line, from the top; colours go on from one line to the next.
        size: columns and lines of the terminal that it fits.
        label: whose rows it shows: profile, environment and identity.
    """

    lines: Sequence[str]
    size: tuple[int, int]
    label: str


class FirstFrame:
    """The terminal while it shows the first frame.

    Attributes:
        picture: what is shown; None when it is only a line.
        rows_shown: it is, or was, more than a line.
        before: how the terminal was set; None when that cannot be told.
        taken_over: Textual draws now, and gives the terminal's first screen back itself.
    """

    def __init__(self, words: str, picture: Picture | None) -> None:
        """Nothing is drawn yet."""
        self.picture = picture
        self.rows_shown = picture is not None
        self.before: list[Any] | None = None
        self.taken_over = False
        self._words = words

    def show(self) -> None:
        """Draws it, in one piece."""
        self._quieten()
        if self.picture is None:
            _write(f"{ENTER}{_CLEAR} {self._words}")
        else:
            _write("".join((ENTER, _CLEAR, _NO_WRAP, "\r\n".join(self.picture.lines), _RESET)))

    def take_back(self) -> None:
        """The picture is not true, as somebody else is signed in: the line in its place."""
        if self.picture is not None:
            self.picture = None
            _write(f"{_CLEAR} {self._words}")

    def give_back(self, *, leave: bool) -> None:
        """Sets the terminal as it was; `leave`: also brings back its first screen."""
        if leave:
            _write(_LEAVE)
        if self.before is not None:
            import termios

            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self.before)

    def _quieten(self) -> None:
        """Keys are not shown, and Ctrl+Z does not leave the second screen on; Ctrl+C still ends the program."""
        try:
            import termios
        except ImportError:  # Windows
            return
        with contextlib.suppress(OSError, ValueError, termios.error):  # no terminal
            descriptor = sys.stdin.fileno()
            self.before = termios.tcgetattr(descriptor)
            quiet = termios.tcgetattr(descriptor)
            quiet[3] &= ~(termios.ECHO | termios.ECHONL)
            for key in (termios.VSUSP, termios.VQUIT):
                quiet[6][key] = b"\x00"
            termios.tcsetattr(descriptor, termios.TCSANOW, quiet)


@contextlib.contextmanager
def first_frame(words: str, picture: Picture | None = None) -> Iterator[FirstFrame]:
    """Shows a picture, or one line, on the terminal's second screen, which the console then draws over.

    The first screen comes back when the console could not start, so that the reason can be read on it.
    """
    frame = FirstFrame(words, picture)
    left_in_order = False
    try:
        with _given_back_when_told(frame):
            frame.show()
            yield frame
        left_in_order = frame.taken_over
    finally:
        frame.give_back(leave=not left_in_order)


@contextlib.contextmanager
def _given_back_when_told(frame: FirstFrame) -> Iterator[None]:
    """SIGTERM and SIGHUP end the program as ever, after the terminal was given back. Later the console handles them."""
    import signal

    def told(number: int, _: object) -> None:
        frame.give_back(leave=True)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handled = [one for one in numbers if signal.getsignal(one) is signal.SIG_DFL]
    with contextlib.suppress(ValueError):  # not in the main thread
        for number in handled:
            signal.signal(number, told)
    try:
        yield
    finally:
        for number in handled:
            if signal.getsignal(number) is told:
                signal.signal(number, signal.SIG_DFL)


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a terminal that is gone is found out when the console starts
        left = text.encode()
        while left:
            left = left[os.write(sys.stderr.fileno(), left) :]
