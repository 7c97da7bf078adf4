"""Tolerant readers for values in service documents: what is missing or odd becomes None, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any

Document = Mapping[str, Any]

_FIRST_YEAR, _BEHIND_LAST_YEAR = 1900, 8000
"""Moments outside are taken as not said: with them, adding intervals or changing the zone would leave the calendar."""

_MOST = 2**63
"""No count is greater; much that reckons with one would fail at such."""


def moment(value: object) -> datetime | None:
    """Reads a wire timestamp as an aware datetime in UTC.

    Old documents lack an offset (fixtures of 2022): those are taken as UTC, which is an inference. File listings
    write a space instead of `T`. Anything else gives None.
    """
    return _moment(value) if type(value) is str and len(value) >= 10 else None  # a date has ten characters


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime | None:
    """Cached: many timers start at the same moment, and a document says most moments twice."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= read.year < _BEHIND_LAST_YEAR:
        return None
    zone = read.tzinfo
    if zone is UTC:  # the usual case: nothing to convert
        return read
    return read.replace(tzinfo=UTC) if zone is None else read.astimezone(UTC)


def text(value: object) -> str | None:
    """A non-empty string, or None."""
    return value if isinstance(value, str) and value else None


def interned_text(value: object) -> str | None:
    """As `text`, for what stands in many documents (words, ids of collections, scopes): kept in memory once."""
    return intern(value) if type(value) is str and value else text(value)


def whole(value: object) -> int | None:
    """A count: an int, or a float without fraction; never a bool, nor more than anybody counts."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        return None
    if isinstance(value, int):
        return value
    return int(value) if value.is_integer() else None


def number(value: object) -> float | None:
    """Any finite number, never a bool."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e308 else None


def flag(value: object) -> bool | None:
    """A real boolean, or None when the service did not say."""
    return value if isinstance(value, bool) else None


def document(value: object) -> Document:
    """A JSON object, or an empty one."""
    if type(value) is dict:  # what decoding JSON makes; an isinstance check for mappings takes five times as long
        return value
    return value if value is not None and isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """A JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """The strings in a JSON array, kept in memory once (scopes, policies); other things in it are dropped."""
    return tuple(intern(entry) for entry in items(value) if type(entry) is str)
