"""Ending in order when the system asks for it: the terminal is given back as it was, what is known is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GRACE = 3.0
"""Seconds for an orderly end. A terminal that is gone can hold up the last line written to it for ever."""


def leave_when_told(leave: Callable[[int], object]) -> None:
    """Calls `leave` with the customary exit code, 128 and the signal's number, on SIGTERM and SIGHUP.

    Without this they would end the process on the spot and leave the terminal without echo, with the mouse switched on.
    """
    loop = asyncio.get_running_loop()

    def told(number: int) -> None:
        leave(128 + number)
        loop.call_later(_GRACE, os._exit, 128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):  # Windows; a thread
            number = getattr(signal, name)
            loop.add_signal_handler(number, told, int(number))
