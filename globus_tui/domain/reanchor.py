"""Keeping a timer's local hour across a clock change: the same timer, begun anew after the change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.schedule import RecurringSchedule, next_ticks
from globus_tui.domain.typed_clock import at_wall_clock

if TYPE_CHECKING:
    from datetime import tzinfo

_DAY = timedelta(days=1)


def local_hour(schedule: RecurringSchedule, zone: tzinfo) -> time | None:
    """The local time of day of its first tick, which re-anchoring keeps; None without a start."""
    return None if schedule.start is None else schedule.start.astimezone(zone).time()


def reanchored(
    schedule: RecurringSchedule, now: datetime, zone: tzinfo, *, hour: time | None = None
) -> RecurringSchedule | None:
    """The schedule moved so that its next tick has a local time of day again.

    Args:
        schedule: with an interval of whole days and a start; others have no hour to keep.
        now: the present; the new start is the next tick's day, or the day after when that has passed.
        zone: whose clock counts.
        hour: the local time of day to have; None for that of the schedule's start.

    Returns:
        The schedule to replace it with; None when there is nothing to move.
    """
    hour = hour or local_hour(schedule, zone)
    coming = next(iter(next_ticks(RecurringSchedule(schedule.interval, schedule.start), now, 1)), None)
    if hour is None or coming is None or schedule.interval % _DAY:
        return None
    day = coming.astimezone(zone).date()
    wanted = _nearest(coming, datetime.combine(day, hour), zone)
    while wanted <= now:
        wanted = at_wall_clock(wanted.astimezone(zone).date() + schedule.interval, hour, zone).moment or wanted
    return None if wanted == coming else replace(schedule, start=wanted)


def _nearest(coming: datetime, local: datetime, zone: tzinfo) -> datetime:
    """The day's moment at that hour, or a neighbour's, whichever is nearest: midnight must not lose a day."""
    days = (local.date() + step * _DAY for step in (-1, 0, 1))
    moments = (at_wall_clock(day, local.time(), zone).moment or coming for day in days)
    return min(moments, key=lambda moment: abs(moment - coming))
