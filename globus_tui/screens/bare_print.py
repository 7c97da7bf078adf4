"""One text alone on a clean screen, for the mouse: the terminal itself wraps it, so no border or margin is selected."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from textual.app import App

_CLEAN = "\x1b[?1049h\x1b[2J\x1b[H"
"""The second screen of the terminal, empty: what the shell had on the first one stays, and nothing is left in it."""
_BACK = "\x1b[?1049l"


def print_bare(app: App[Any], text: str) -> bool:
    """Shows the text until Enter; False when this terminal cannot be left for a moment.

    Blocks, as nothing else can be drawn meanwhile. Written where the full screen is drawn, which is standard error.
    """
    try:
        with app.suspend(), _ctrl_c_goes_back():
            with contextlib.suppress(EOFError, KeyboardInterrupt):
                _write(f"{_CLEAN}{text}\n\nPress Enter to go back.")
                input()
            _write(_BACK)
    except SuspendNotSupported:
        return False
    return True


def _write(text: str) -> None:
    if sys.__stderr__ is not None:
        sys.__stderr__.write(text)
        sys.__stderr__.flush()


@contextlib.contextmanager
def _ctrl_c_goes_back() -> Iterator[None]:
    """The event loop would keep Ctrl+C for later and go on waiting for Enter."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
