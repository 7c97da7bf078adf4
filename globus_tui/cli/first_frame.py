"""A line on the screen before anything is loaded: over a slow link or a cold disk the rest takes a second."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_LEAVE = "\x1b[?1049l\x1b[?25h"


@contextlib.contextmanager
def first_frame(words: str) -> Iterator[None]:
    """Shows one line on the terminal's second screen, which the console then draws over.

    The first screen comes back when the console could not start, so that the reason can be read on it.
    """
    _write(f"{_ENTER} {words}")
    left_in_order = False
    try:
        yield
        left_in_order = True
    finally:
        if not left_in_order:
            _write(_LEAVE)


def _write(text: str) -> None:
    with contextlib.suppress(OSError):  # a terminal that is gone is found out when the console starts
        os.write(sys.stderr.fileno(), text.encode())
