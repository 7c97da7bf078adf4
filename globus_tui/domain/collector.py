"""Keeps the interpreter's collector of unused objects away from long lists.

Reading ten thousand timers makes some hundred thousand objects and no garbage among them. The collector would look
through all of them again and again, while they are made and ever after: some tens of milliseconds each time, in which
no key is answered.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 1000
"""New entries of a list from which on it is worth the trouble."""


@contextmanager
def collector_resting() -> Iterator[None]:
    """Nothing is collected inside."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_aside(made: int) -> None:
    """Takes all objects of this moment out of the collector's sight, if many were made.

    They are freed as ever when nobody refers to them; only those that refer to each other in a circle, and are unused
    at this very moment, stay for good.

    Args:
        made: how many entries of a list are new.
    """
    if made >= MANY:
        gc.freeze()
