"""What checks of a draft find, one sentence each."""

from __future__ import annotations

from enum import IntEnum

from globus_tui.domain.quick_dataclass import dataclass


class Level(IntEnum):
    """How bad it is; STOP means that it is not sent."""

    OK = 0
    NOTE = 1
    WARN = 2
    STOP = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        field: a name of `draft_fields`, beside which it is shown.
        words: a sentence without its full stop; names in it are data.
        item: place in the list of items or filter rules, from 0.
    """

    level: Level
    field: str
    words: str
    item: int | None = None


def ok(field: str, words: str) -> Finding:
    """All is well with it."""
    return Finding(Level.OK, field, words)


def note(field: str, words: str, item: int | None = None) -> Finding:
    """Good to know."""
    return Finding(Level.NOTE, field, words, item)


def warn(field: str, words: str, item: int | None = None) -> Finding:
    """It can be created, but may not do what is wanted."""
    return Finding(Level.WARN, field, words, item)


def stop(field: str, words: str, item: int | None = None) -> Finding:
    """It cannot be created so."""
    return Finding(Level.STOP, field, words, item)
