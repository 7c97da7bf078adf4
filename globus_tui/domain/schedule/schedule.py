"""When a timer runs. Globus counts seconds from a start, in UTC: tick n+1 = start + n × interval (documented)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.domain.wire import Document

SHORTEST_INTERVAL = timedelta(seconds=60)
LONGEST_INTERVAL = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class EndCondition:
    """When a recurring timer stops by itself. Both None: never.

    Attributes:
        until: no run starts after this moment.
        after_runs: stops after that many actual runs; skipped ticks do not count (documented).
    """

    until: datetime | None = None
    after_runs: int | None = None

    @property
    def never(self) -> bool:
        return self.until is None and self.after_runs is None


@dataclass(frozen=True, slots=True)
class OnceSchedule:
    """A single run; `at` None means as soon as it was created."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecurringSchedule:
    """A run every `interval`, anchored at `start` (None: the moment of creation)."""

    interval: timedelta
    start: datetime | None = None
    end: EndCondition = EndCondition()


Schedule = OnceSchedule | RecurringSchedule


def read_schedule(job: Document) -> Schedule | None:
    """Reads the schedule of a v1 or v2 document; None when it has none that makes sense.

    `schedule` is absent in documents of 2022, which carry `start` and `interval` at the root. The end is read from
    `schedule.end` by the key that is present (fixtures omit `condition`), else from `stop_after`.
    """
    document = wire.document(job.get("schedule"))
    start = wire.moment(document.get("start")) or wire.moment(job.get("start"))
    once, seconds = document.get("type") == "once", _seconds(job, document)
    if once or (seconds is None and (document or start)):
        at = wire.moment(document.get("datetime")) or start
        return OnceSchedule(at) if once or at else None
    if seconds is None or not _makes_sense(seconds):
        return None
    return RecurringSchedule(timedelta(seconds=int(seconds) or 1), start, read_end(job))


def read_interval(job: Document) -> float | None:
    """Seconds between ticks of the schedule that `read_schedule` gives; None for one that runs once."""
    document = wire.document(job.get("schedule"))
    seconds = None if document.get("type") == "once" else _seconds(job, document)
    return None if seconds is None or not _makes_sense(seconds) else float(int(seconds) or 1)


def _seconds(job: Document, schedule: Document) -> float | None:
    return wire.number(schedule.get("interval_seconds")) or wire.number(job.get("interval"))


def _makes_sense(seconds: float) -> bool:
    return 0 < seconds <= LONGEST_INTERVAL.total_seconds() * 100


NO_END = EndCondition()


def read_end(job: Document) -> EndCondition:
    """When the schedule that `read_schedule` gives ends."""
    end, stop = wire.document(wire.document(job.get("schedule")).get("end")), job.get("stop_after")
    stop_after = wire.document(stop)
    if not end and not isinstance(stop, str) and all(value is None for value in stop_after.values()):
        return NO_END
    return EndCondition(
        until=wire.moment(end.get("datetime")) or wire.moment(stop_after.get("date")) or wire.moment(stop),
        after_runs=wire.whole(end.get("count"))
        or wire.whole(end.get("iterations"))
        or wire.whole(stop_after.get("n_runs")),
    )


def schedule_document(schedule: Schedule) -> dict[str, object]:
    """The schedule as POST /v2/timer wants it. The end by runs is sent as `count` (specification and CLI).

    A timer of the first version can end on a date and after a number of runs; that is kept as it is, with no condition,
    which no service takes: the checks stop it before.
    """
    if isinstance(schedule, OnceSchedule):
        once: dict[str, object] = {"type": "once"}
        return once | {"datetime": wire_moment(schedule.at)} if schedule.at else once
    sent: dict[str, object] = {"type": "recurring", "interval_seconds": int(schedule.interval.total_seconds())}
    if schedule.start:
        sent["start"] = wire_moment(schedule.start)
    if schedule.end.until and schedule.end.after_runs is not None:
        sent["end"] = {"datetime": wire_moment(schedule.end.until), "count": schedule.end.after_runs}
    elif schedule.end.until:
        sent["end"] = {"condition": "time", "datetime": wire_moment(schedule.end.until)}
    elif schedule.end.after_runs is not None:
        sent["end"] = {"condition": "iterations", "count": schedule.end.after_runs}
    return sent


def wire_moment(moment: datetime) -> str:
    """A moment as it is sent: second precision, with offset. Naive values are local time, as in the official SDK."""
    aware = moment.astimezone() if moment.tzinfo is None else moment
    return aware.isoformat(timespec="seconds")


def ticks_between(schedule: Schedule | None, after: datetime, until: datetime) -> Iterator[datetime]:
    """The ticks with `after` < tick <= `until`, oldest first."""
    if isinstance(schedule, OnceSchedule):
        if schedule.at and after < schedule.at <= until:
            yield schedule.at
    elif isinstance(schedule, RecurringSchedule) and schedule.start is not None:
        step = schedule.interval
        last = (min(until, schedule.end.until or until) - schedule.start) // step
        first = max(0, (after - schedule.start) // step + 1)
        yield from (schedule.start + n * step for n in range(first, last + 1))


def tick_count(schedule: Schedule | None, after: datetime, until: datetime) -> int:
    """How many ticks lie in `after` < tick <= `until`, without listing them."""
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return sum(1 for _ in ticks_between(schedule, after, until))
    until = min(until, schedule.end.until or until)
    first = max(0, (after - schedule.start) // schedule.interval + 1)
    return max(0, (until - schedule.start) // schedule.interval - first + 1)


def next_ticks(
    schedule: Schedule | None, now: datetime, count: int, *, runs_done: int | None = None
) -> tuple[datetime, ...]:
    """The next `count` ticks after `now`, fewer when the schedule ends before.

    Args:
        schedule: when it runs; ticks of a schedule without a start cannot be known.
        now: ticks at or before it are past.
        runs_done: runs made so far, for an end by number of runs. Skipped ticks do not count, so a schedule
            that ends by runs may end later than said here.
    """
    if isinstance(schedule, OnceSchedule):
        return (schedule.at,) if schedule.at and schedule.at > now else ()
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return ()
    if schedule.end.after_runs is not None:
        count = min(count, max(0, schedule.end.after_runs - (runs_done or 0)))
    first = max(0, (now - schedule.start) // schedule.interval + 1)
    ticks = (schedule.start + n * schedule.interval for n in range(first, first + count))
    return tuple(tick for tick in ticks if schedule.end.until is None or tick <= schedule.end.until)


def next_tick(schedule: Schedule | None, now: datetime, *, runs_done: int | None = None) -> datetime | None:
    """The first of `next_ticks`, or None. Asked for every timer, so worked out without the others in mind."""
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return next(iter(next_ticks(schedule, now, 1)), None)
    start, end = schedule.start, schedule.end
    if end.after_runs is not None and (runs_done or 0) >= end.after_runs:
        return None
    tick = start if now < start else start + ((now - start) // schedule.interval + 1) * schedule.interval
    return tick if end.until is None or tick <= end.until else None


def keeps_wall_clock(interval: timedelta) -> bool:
    """Whether runs at this interval are at the same times each day, as long as the clocks do not change."""
    day = timedelta(days=1)
    return not interval % day or not day % interval
