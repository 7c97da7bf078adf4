"""Keeping a timer's local hour when the clocks change: the same timer, with all its runs moved by the difference.

Globus counts seconds, in UTC, so a timer's hour moves when the clocks change; only another timer brings it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule, keeps_wall_clock, next_clock_shift, next_tick

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from globus_tui.domain.schedule.schedule import ClockShift, Schedule

_NOTHING = timedelta()


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
    if off := _offset(schedule.start.astimezone(zone)) - _offset(local):
        return Anchor(off, local, shift, moved_already=True) if off % schedule.interval else None
    return Anchor(_offset(shift.before) - _offset(shift.after), local, shift, moved_already=False) if shift else None


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or _NOTHING


def move_runs(schedule: RecurringSchedule, by: timedelta, now: datetime) -> RecurringSchedule:
    """The schedule with all its runs moved; a start that would have passed by that is put off to the next tick."""
    if schedule.start is None:
        return schedule
    start = schedule.start + by
    if start <= now < schedule.start:
        start += schedule.interval
    return replace(schedule, start=start)
