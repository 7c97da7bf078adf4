"""What changed since somebody last looked: which timers are new, gone, better, worse, renamed, paused or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.store.rows import Row


class TimerSnapshot(NamedTuple):
    """A timer as somebody saw it last."""

    name: str
    health: str
    live: bool
    every: float | None
    paths: str


class Difference(NamedTuple):
    """One change, before and after; either is empty for a timer that is new or gone."""

    name: str
    what: str
    before: str
    after: str


def seen_now(rows: Iterable[Row]) -> dict[str, TimerSnapshot]:
    return {
        str(row.job_id): TimerSnapshot(row.folded_name, row.word.value, row.active, row.interval_seconds, row.paths)
        for row in rows
    }


def changes(before: Mapping[str, TimerSnapshot], after: Mapping[str, TimerSnapshot]) -> list[Difference]:
    """What differs, trouble first as the rows are ordered."""
    result = []
    for key, now in after.items():
        then = before.get(key)
        if then is None:
            result.append(Difference(now.name, "new", "", now.health))
            continue
        for field in TimerSnapshot._fields:
            if getattr(then, field) != getattr(now, field):
                values = (_value_words(field, getattr(moment, field)) for moment in (then, now))
                result.append(Difference(now.name, {"live": "runs", "every": "interval"}.get(field, field), *values))
    return result + [Difference(seen.name, "gone", seen.health, "") for key, seen in before.items() if key not in after]


def _value_words(field: str, value: object) -> str:
    if field == "paths":
        return str(value).replace("\n", ", ").replace("\x00", " to ")
    if field == "live":
        return "yes" if value else "no"
    return "?" if value is None else f"{value:g} s" if field == "every" else str(value)


def to_document(seen: Mapping[str, TimerSnapshot]) -> dict[str, Any]:
    return {key: list(entry) for key, entry in seen.items()}


def from_document(document: Mapping[str, Any]) -> dict[str, TimerSnapshot]:
    """What an earlier start left; what cannot be read is left out."""
    seen = {}
    for key, entry in document.items():
        values = wire.items(entry)
        if len(values) == len(TimerSnapshot._fields) and isinstance(values[0], str) and isinstance(values[1], str):
            every = wire.number(values[3])
            seen[key] = TimerSnapshot(values[0], values[1], values[2] is True, every, str(values[4]))
    return seen
