"""What a timer's hour is in winter and in summer: Globus counts seconds, in UTC."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import ClockShift, next_clock_shift

if TYPE_CHECKING:
    from datetime import datetime, time, tzinfo

    from globus_tui.domain.schedule import Schedule

_MOST_SHIFTS = 4
_NOTHING = timedelta()


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
        first: the season of the first run to come.
    """

    winter: time
    summer: time
    apart: timedelta
    first: Season


def clock_shifts(
    schedule: Schedule | None, now: datetime, zone: tzinfo, *, runs_done: int | None = None
) -> tuple[ClockShift, ...]:
    """Every clock change within a year that moves the hour; mostly two."""
    found: list[ClockShift] = []
    after = now
    while len(found) < _MOST_SHIFTS:
        shift = next_clock_shift(schedule, after, zone, runs_done=runs_done)
        if shift is None or (shift.after - now).days > 366:
            break
        found.append(shift)
        after = shift.after
    return tuple(found)


def clock_sides(schedule: Schedule | None, now: datetime, zone: tzinfo) -> ClockSides | None:
    """The hour in winter and in summer; None when no clock change moves it within a year."""
    shift = next_clock_shift(schedule, now, zone)
    if shift is None:
        return None
    moved = (shift.after.utcoffset() or _NOTHING) - (shift.before.utcoffset() or _NOTHING)
    old = shift.after.replace(tzinfo=None) - moved
    new = shift.after.replace(tzinfo=None)
    forward = moved > _NOTHING
    winter, summer = (old, new) if forward else (new, old)
    return ClockSides(winter.time(), summer.time(), abs(moved), Season.WINTER if forward else Season.SUMMER)
