"""The order of the list. What is not known comes last in either direction; equal rows keep one fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from globus_tui.domain.health import Word

T = TypeVar("T")


class Column(Enum):
    """A column of the list; the value is its heading."""

    HEALTH = "HEALTH"
    NAME = "NAME"
    RUNS = "RUNS"
    LAST = "LAST"
    NEXT = "NEXT"
    EVERY = "EVERY"
    WHY = "WHY"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row is sorted by.

    Attributes:
        failures: failed runs in a row, which the strip of runs is sorted by.
        interval_seconds: None for a timer that runs once.
    """

    job_id: str
    word: Word
    name: str
    last: datetime | None = None
    next: datetime | None = None
    interval_seconds: float | None = None
    why: str = ""
    failures: int | None = None


def in_order(
    rows: Iterable[T], facts: Callable[[T], Facts], column: Column = Column.HEALTH, *, descending: bool = False
) -> list[T]:
    """Sorts rows by a column; among equals trouble comes first, then the next run, the name and the id.

    Args:
        rows: anything.
        facts: tells what a row is sorted by; called once a row.
        column: what to sort by.
        descending: largest first. Rows without a value stay last.
    """
    known: list[tuple[T, Facts]] = []
    unknown: list[tuple[T, Facts]] = []
    for row in rows:
        fact = facts(row)
        (unknown if _value(fact, column) is None else known).append((row, fact))
    for part in (known, unknown):
        part.sort(key=lambda pair: _tie(pair[1]))
    known.sort(key=lambda pair: _key(pair[1], column), reverse=descending)
    return [row for row, _ in (*known, *unknown)]


def _value(fact: Facts, column: Column) -> float | str | None:
    """What a row has in a column, as something that compares within the column; None when it has nothing."""
    if column is Column.HEALTH:
        return fact.word.rank
    if column is Column.NAME:
        return fact.name.casefold() or None
    if column is Column.WHY:
        return fact.why.casefold() or None
    if column is Column.RUNS:
        return fact.failures
    if column is Column.EVERY:
        return fact.interval_seconds
    moment = fact.last if column is Column.LAST else fact.next
    return moment.timestamp() if moment else None


def _key(fact: Facts, column: Column) -> tuple[float, str]:
    value = _value(fact, column)
    return (0.0, value) if isinstance(value, str) else (value or 0.0, "")


def _tie(fact: Facts) -> tuple[int, bool, float, str, str]:
    upcoming = fact.next.timestamp() if fact.next else 0.0
    return fact.word.rank, fact.next is None, upcoming, fact.name.casefold(), fact.job_id
