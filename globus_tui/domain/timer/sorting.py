"""The order of the list. What is not known comes last in either direction; equal rows keep one fixed order."""

from __future__ import annotations

from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


class SortColumn(Enum):
    """A column that rows can be put in order of, left to right; the value is its id."""

    HEALTH = "health"
    NAME = "name"
    LAST = "last"
    NEXT = "next"
    EVERY = "every"
    FROM = "from"
    TO = "to"
    WHY = "why"


def in_order(rows: Iterable[T], value: Callable[[T], Any], *, descending: bool = False) -> list[T]:
    """Sorts rows by a value.

    Args:
        rows: in the order that holds among equals.
        value: what to sort by; None when a row has nothing there.
        descending: largest first. Rows without a value stay last.
    """
    known: list[tuple[Any, T]] = []
    unknown: list[T] = []
    for row in rows:
        rank = value(row)
        if rank is None:
            unknown.append(row)
        else:
            known.append((rank, row))
    known.sort(key=itemgetter(0), reverse=descending)
    return [*(row for _, row in known), *unknown]
