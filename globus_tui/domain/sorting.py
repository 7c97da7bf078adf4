"""The order of the list. What is not known comes last in either direction; equal rows keep one fixed order."""

from __future__ import annotations

from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

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


class Facts:
    """What a row is sorted by. Keep it while the row stays the same: sorting again is then cheap.

    Attributes:
        failures: failed runs in a row, which the strip of runs is sorted by.
        interval_seconds: None for a timer that runs once.
        tie: the order among equals: trouble first, then the next run, the name and the id.
    """

    __slots__ = ("failures", "interval_seconds", "last", "tie", "why")

    def __init__(
        self,
        job_id: str,
        word: Word,
        name: str,
        last: datetime | None = None,
        next: datetime | None = None,  # noqa: A002  # the name of the column
        interval_seconds: float | None = None,
        why: str = "",
        failures: int | None = None,
    ) -> None:
        """What is not known of a row is None."""
        self.last = last
        self.interval_seconds = interval_seconds
        self.why = why
        self.failures = failures
        folded = name.casefold()
        upcoming = next.timestamp() if next else 0.0
        self.tie = word.rank, next is None, upcoming, name if folded == name else folded, job_id


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
    pairs = [(row, facts(row)) for row in rows]
    pairs.sort(key=_tie)
    if column is Column.HEALTH and not descending:
        return [row for row, _ in pairs]
    known: list[tuple[Any, T]] = []
    unknown: list[T] = []
    for row, fact in pairs:
        value = _value(fact, column)
        if value is None:
            unknown.append(row)
        else:
            known.append((value, row))
    known.sort(key=itemgetter(0), reverse=descending)
    return [*(row for _, row in known), *unknown]


def _tie(pair: tuple[Any, Facts]) -> tuple[int, bool, float, str, str]:
    return pair[1].tie


def _value(fact: Facts, column: Column) -> Any:
    """What a row has in a column, as something that compares within the column; None when it has nothing."""
    if column is Column.HEALTH:
        return fact.tie[0]
    if column is Column.NAME:
        return fact.tie[3] or None
    if column is Column.WHY:
        return fact.why.casefold() or None
    if column is Column.RUNS:
        return fact.failures
    if column is Column.EVERY:
        return fact.interval_seconds
    if column is Column.NEXT:
        return None if fact.tie[1] else fact.tie[2]
    return fact.last.timestamp() if fact.last else None
