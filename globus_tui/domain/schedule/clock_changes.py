"""What the clock changes of a zone do to a timer's hour, and how it gets that hour back: all its runs are moved.

Globus counts seconds, in UTC, so a timer's hour moves when the clocks change; only another timer brings it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule, keeps_wall_clock, next_tick, tick_count

if TYPE_CHECKING:
    from datetime import datetime, time, tzinfo

    from globus_tui.domain.schedule.schedule import Schedule

_NOTHING = timedelta()
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ClockShift:
    """A change of the local clock that moves a timer's hour.

    Attributes:
        before: the last tick before the change, local.
        after: the first tick after it, local; its wall-clock time differs.
    """

    before: datetime
    after: datetime


def next_clock_shift(
    schedule: Schedule | None, now: datetime, zone: tzinfo, *, runs_done: int | None = None
) -> ClockShift | None:
    """The next daylight-saving change within a year that moves the wall-clock times of a timer's runs, or None.

    Only timers that run at the same times each day can lose them: those whose interval is a whole number of days, or
    divides a day. An hourly timer stays hourly where the clocks change by an hour, but not by half an hour.
    """
    first = next_tick(schedule, now)
    if not isinstance(schedule, RecurringSchedule) or first is None or not keeps_wall_clock(schedule.interval):
        return None
    step = schedule.interval
    last = _last_tick(schedule, first, now + _YEAR, runs_done or 0)
    stride = max(step, timedelta(days=7) // step * step)  # a change lasts for weeks, so one look a week finds it
    early = first
    while early < last:
        late = min(early + stride, last)
        if _offset(early, zone) != _offset(late, zone):
            before, after = 0, (late - early) // step  # halving finds the two ticks around the change
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (
                    (middle, after)
                    if _offset(early + middle * step, zone) == _offset(early, zone)
                    else (before, middle)
                )
            earlier, later = (early + at * step for at in (before, after))
            if (_offset(later, zone) - _offset(earlier, zone)) % step:
                return ClockShift(earlier.astimezone(zone), later.astimezone(zone))
        early = late
    return None


def _last_tick(schedule: RecurringSchedule, first: datetime, horizon: datetime, runs_done: int) -> datetime:
    """The last tick up to a horizon, or up to the schedule's own end; before the first where there is none."""
    until = min(horizon, schedule.end.until or horizon)
    count = (until - first) // schedule.interval
    if schedule.end.after_runs is not None:
        count = min(count, schedule.end.after_runs - runs_done - 1)
    return first + count * schedule.interval


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or _NOTHING


class Season(Enum):
    """Winter is when the clock is behind, in either hemisphere."""

    WINTER = "winter"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class ClockSides:
    """The hour on both sides of a clock change.

    Attributes:
        winter: local time of day of a run in winter.
        summer: local time of day of the same run in summer.
        apart: by how much the clock is put forward.
        behind: the zone's offset in winter.
        first: the season of the first run to come.
    """

    winter: time
    summer: time
    apart: timedelta
    behind: timedelta
    first: Season


def clock_shifts(schedule: Schedule | None, now: datetime, zone: tzinfo) -> tuple[ClockShift, ...]:
    """Every clock change within a year that moves the hours of a timer that is to be made; mostly two."""
    shifts: list[ClockShift] = []
    after, runs_done = now, 0
    while shift := next_clock_shift(schedule, after, zone, runs_done=runs_done):
        if shift.after - now > _YEAR:
            break
        shifts.append(shift)
        runs_done += tick_count(schedule, after, shift.after)
        after = shift.after
    return tuple(shifts)


def clock_sides(schedule: Schedule | None, now: datetime, zone: tzinfo) -> ClockSides | None:
    """The hour in winter and in summer; None when no clock change moves it within a year."""
    shift = next_clock_shift(schedule, now, zone)
    if shift is None:
        return None
    before, after = _offset(shift.before, zone), _offset(shift.after, zone)
    new = shift.after
    old = new - (after - before)  # by the wall clock: as if nobody had put it forward
    winter, summer, first = (old, new, Season.WINTER) if after > before else (new, old, Season.SUMMER)
    return ClockSides(winter.time(), summer.time(), abs(after - before), min(before, after), first)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A proposal to give a timer its hour back.

    Attributes:
        by: by how much its runs are moved.
        coming: its next run as it is now, local.
        shift: the next clock change that moves its hour, as it is now; None when none does within a year.
        moved_already: the clocks changed since its schedule began, so its hour has moved. If not, it will, and the
            replacement has its hour only from that change on.
    """

    by: timedelta
    coming: datetime
    shift: ClockShift | None
    moved_already: bool


def anchor(schedule: Schedule | None, now: datetime, zone: tzinfo, *, runs_done: int | None = None) -> Anchor | None:
    """How to give a timer back the hour of its schedule's start, or to keep it past the next clock change.

    Args:
        schedule: as it is; only one whose runs are at the same times each day has an hour.
        runs_done: runs made so far, for an end by number of runs.

    Returns:
        None when there is nothing to keep, or no clock change moves it.
    """
    coming = next_tick(schedule, now, runs_done=runs_done)
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None or coming is None:
        return None
    if not keeps_wall_clock(schedule.interval):
        return None
    shift = next_clock_shift(schedule, now, zone, runs_done=runs_done)
    local = coming.astimezone(zone)
    if off := _offset(schedule.start, zone) - _offset(coming, zone):
        return Anchor(off, local, shift, moved_already=True) if off % schedule.interval else None
    by = _offset(shift.before, zone) - _offset(shift.after, zone) if shift else _NOTHING
    return Anchor(by, local, shift, moved_already=False) if shift else None


def move_runs(schedule: RecurringSchedule, by: timedelta, now: datetime) -> RecurringSchedule:
    """The schedule with all its runs moved; a start that would have passed by that is put off to the next tick."""
    if schedule.start is None:
        return schedule
    start = schedule.start + by
    if start <= now < schedule.start:
        start += schedule.interval
    return replace(schedule, start=start)
