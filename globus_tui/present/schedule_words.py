"""Schedules in words: how often, from when, until when, the next fire times, and what a clock change does to them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from globus_tui.domain.schedule.clock_changes import ClockShift, next_clock_shift
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, Schedule, next_ticks
from globus_tui.present import moments
from globus_tui.present.sizes import count, counted

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job

_UNITS = ((604800, "week", "w"), (86400, "day", "d"), (3600, "hour", "h"), (60, "minute", "m"), (1, "second", "s"))


def interval_short(seconds: float | None) -> str:
    """An interval for a narrow column: `1d`, `90m`, `4h`, `1w`, `45s`; `once` for a timer that has none."""
    if seconds is None:
        return "once"
    length, _, letter = _unit_of(int(seconds))
    return f"{int(seconds) // length}{letter}"


def interval_words(interval: timedelta) -> str:
    """An interval in whole units, the largest that fits exactly: `1 day`, `6 hours`, `90 minutes`."""
    seconds = int(interval.total_seconds())
    length, word, _ = _unit_of(seconds)
    return counted(seconds // length, word)


def _unit_of(seconds: int) -> tuple[int, str, str]:
    return next((unit for unit in _UNITS if seconds and seconds % unit[0] == 0), _UNITS[-1])


def every_short(job: Job) -> str:
    """The interval of a job for its column; `?` when its schedule could not be read."""
    seconds = job.interval_seconds
    return "?" if seconds is None and job.schedule is None else interval_short(seconds)


def schedule_words(schedule: Schedule | None, now: datetime, zone: tzinfo) -> str:
    """The whole schedule as one phrase: `every 6 hours, 10 times, from Tue 1 Dec 09:00`."""
    if schedule is None:
        return "schedule not known"
    if isinstance(schedule, OnceSchedule):
        return f"once, {moments.date_time(schedule.at, now, zone)}" if schedule.at else "once, at creation"
    start = f", from {moments.date_time(schedule.start, now, zone)}" if schedule.start else ", from its creation"
    return f"every {interval_words(schedule.interval)}{end_words(schedule.end, now, zone, before=', ')}{start}"


def rhythm_words(schedule: Schedule | None, now: datetime, zone: tzinfo) -> str:
    """How often and at what local time: `every 1 day at 02:00 CST`, `every 6 hours`.

    The time of day is said for intervals of whole days only: others have several.
    """
    if not isinstance(schedule, RecurringSchedule):
        return schedule_words(schedule, now, zone)
    words = f"every {interval_words(schedule.interval)}"
    if schedule.start is None or schedule.interval % timedelta(days=1):
        return words
    tick = next(iter(next_ticks(RecurringSchedule(schedule.interval, schedule.start), now, 1)), schedule.start)
    return f"{words} at {moments.clock(tick, zone)} {moments.zone_name(tick, zone)}"


def exact_words(schedule: Schedule | None) -> str:
    """What the service really counts: `86 400 s, counted in UTC`; nothing for a single run."""
    if not isinstance(schedule, RecurringSchedule):
        return ""
    return f"{count(int(schedule.interval.total_seconds()))} s, counted in UTC"


def end_words(end: EndCondition, now: datetime, zone: tzinfo, *, before: str = "") -> str:
    """When it stops: `10 times`, `until Fri 1 Jan 2027 00:00`, or nothing when it never does."""
    parts = []
    if end.after_runs is not None:
        parts.append("once" if end.after_runs == 1 else f"{count(end.after_runs)} times")
    if end.until is not None:
        parts.append(f"until {moments.date_time(end.until, now, zone)}")
    return before + ", ".join(parts) if parts else ""


def clock_shift_words(shift: ClockShift, zone: tzinfo) -> str:
    """What a clock change does: `Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT`."""
    # The same tick as the old clock would have shown it.
    old_clock = timezone(shift.before.utcoffset() or timedelta())
    before = f"{moments.clock(shift.after, old_clock)} {moments.zone_name(shift.before, zone)}"
    after = f"{moments.clock(shift.after, zone)} {moments.zone_name(shift.after, zone)}"
    return f"{moments.full_date(shift.after, zone)}: {before} becomes {after}"


def shift_warning(
    schedule: Schedule | None, now: datetime, zone: tzinfo, *, runs_done: int | None = None
) -> str | None:
    """A line about the next clock change that moves the timer's hour, or None when none does within a year."""
    shift = _next_shift(schedule, now.replace(minute=0, second=0, microsecond=0), zone, runs_done)
    return clock_shift_words(shift, zone) if shift else None


@lru_cache(maxsize=256)
def _next_shift(schedule: Schedule | None, hour: datetime, zone: tzinfo, runs_done: int | None) -> ClockShift | None:
    """Worked out once an hour: for a timer that runs every hour, a year of runs is looked through."""
    return next_clock_shift(schedule, hour, zone, runs_done=runs_done)
