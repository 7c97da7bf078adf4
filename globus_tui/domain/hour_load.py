"""How many runs start in each hour around a moment: Globus works on a few tasks of a user at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import tick_count

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from globus_tui.domain.job import Job

_HOUR = timedelta(hours=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class HourLoad:
    """One hour.

    Attributes:
        begins: the full hour, local.
        starts: runs of other timers that start in it.
        wanted: the moment asked about lies in it.
    """

    begins: datetime
    starts: int
    wanted: bool


def hour_load(
    jobs: Iterable[Job], moment: datetime, zone: tzinfo, *, before: int = 1, after: int = 2
) -> list[HourLoad]:
    """The hour of a moment and those around it, oldest first. Timers that stand still start nothing."""
    here = moment.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    first = moment - (moment.astimezone(zone) - here)
    schedules = [job.schedule for job in jobs if not job.stands_still]
    found = []
    for step in range(-before, after + 1):
        begins = first + step * _HOUR
        starts = sum(tick_count(one, begins - _INSTANT, begins + _HOUR - _INSTANT) for one in schedules)
        found.append(HourLoad(begins.astimezone(zone), starts, step == 0))
    return found


def quietest(load: Iterable[HourLoad]) -> HourLoad | None:
    """The hour with the fewest starts, the one asked about before others; None when that is the quietest anyway."""
    hours = list(load)
    best = min(hours, key=lambda one: (one.starts, not one.wanted), default=None)
    return None if best is None or best.wanted else best
