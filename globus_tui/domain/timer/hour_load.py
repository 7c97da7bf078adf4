"""How many runs start in each hour (Globus works on a few tasks of a user at a time), and how often all timers of a
user run together, against the service's limit: once a minute in sum (documented).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from math import gcd
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_ticks, tick_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job

LIMIT_PER_HOUR = 60.0
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RateBudget:
    """Runs an hour.

    Attributes:
        active: of the timers that run now.
        standing: of those that stand still and may be resumed at any time. Whether the service counts them is
            not documented.
        added: of what is to be created.
    """

    active: float
    standing: float
    added: float

    @property
    def total(self) -> float:
        return self.active + self.added

    @property
    def over(self) -> bool:
        return self.total > LIMIT_PER_HOUR + 1e-6

    @property
    def over_when_resumed(self) -> bool:
        """More than the service allows once everything that stands still is resumed, or if it is counted."""
        return self.total + self.standing > LIMIT_PER_HOUR + 1e-6


def rate_budget(jobs: Iterable[Job], added: Iterable[Schedule]) -> RateBudget:
    active = standing = 0.0
    for job in jobs:
        if job.stands_still:
            standing += runs_an_hour(job.schedule)
        elif not job.is_over:
            active += runs_an_hour(job.schedule)
    return RateBudget(active, standing, sum(map(runs_an_hour, added)))


def runs_an_hour(schedule: Schedule | None) -> float:
    """0 for a single run."""
    return _HOUR / schedule.interval if isinstance(schedule, RecurringSchedule) else 0.0


def rate_number(per_hour: float) -> str:
    """Runs an hour as a number to be read: `2.5`, `61`, `0.04`."""
    return f"{per_hour:.2f}".rstrip("0").rstrip(".") if per_hour < 10 else f"{per_hour:.1f}".removesuffix(".0")


_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class HourLoad:
    """One hour.

    Attributes:
        begins: the full hour, local.
        starts: runs of other timers that will start in it.
        wanted: a moment asked about lies in it.
    """

    begins: datetime
    starts: int
    wanted: bool


def will_start(job: Job, after: datetime, until: datetime, now: datetime) -> int:
    """How many runs a job will really start in `after` < moment <= `until`, as far as its document tells.

    None that is paused or over; no more than it has left; what lies before `now` is past.
    """
    after = max(after, now)
    if job.stands_still or job.is_over or until <= after:
        return 0
    schedule = dated(job)
    announced = int(job.next_run is not None and after < job.next_run <= until)
    count = tick_count(schedule, after, until)
    if count and isinstance(schedule, RecurringSchedule) and schedule.end.after_runs is not None:
        runs_left = schedule.end.after_runs - (job.n_runs or 0) - tick_count(schedule, now, after)
        count = min(count, max(0, runs_left))
    return max(count, announced)


def dated(job: Job) -> Schedule | None:
    """A job's schedule; one that does not say when it began counts from the next run."""
    schedule = job.schedule
    if isinstance(schedule, RecurringSchedule) and schedule.start is None and job.next_run is not None:
        return replace(schedule, start=job.next_run)
    return schedule


def hour_load(jobs: Iterable[Job], moments: Sequence[datetime], zone: tzinfo, now: datetime) -> list[HourLoad]:
    """The hours of some moments, one before that of the first and two after it, oldest first; none that is past.

    Args:
        moments: when each of the timers to be made starts first.
        zone: whose hours are meant: they need not begin with those of UTC.
    """
    own = [_hour_of(moment, zone) for moment in moments]
    around = [own[0] + step * _HOUR for step in (-1, 0, 1, 2)] if own else []
    jobs = tuple(jobs)
    hours = []
    for begins in sorted({*own, *around}):
        end = begins + _HOUR - _INSTANT
        if end > now:
            starts = sum(will_start(job, begins - _INSTANT, end, now) for job in jobs)
            hours.append(HourLoad(begins.astimezone(zone), starts, begins in own))
    return hours


def _hour_of(moment: datetime, zone: tzinfo) -> datetime:
    """When the local hour of a moment began."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) - (local - local.replace(minute=0, second=0, microsecond=0))


_LOOKED_AT = 24
"""Coming runs of each timer to be made that are compared with those of others: a day of an hourly one."""
_MINUTE = timedelta(minutes=1)


def starts_together(schedules: Sequence[Schedule], jobs: Iterable[Job], now: datetime) -> int:
    """How many timers start within a minute of a coming run: Globus works on a few tasks of a user at a time."""
    moments = [moment for schedule in schedules for moment in next_ticks(schedule, now, _LOOKED_AT)]

    def meets(job: Job) -> bool:
        return any(will_start(job, moment - _MINUTE, moment + _MINUTE - _INSTANT, now) for moment in moments)

    return sum(meets(job) for job in jobs if any(_may_meet(job, schedule) for schedule in schedules))


def first_start(schedule: Schedule | None) -> datetime | None:
    """When a schedule begins; None while that is left to the moment of creation."""
    return schedule.at if isinstance(schedule, OnceSchedule) else schedule.start if schedule else None


def _may_meet(job: Job, schedule: Schedule) -> bool:
    """Whether two rhythms meet at all, ends aside: quickly told for most of thousands of timers."""
    other = job.schedule
    if not isinstance(other, RecurringSchedule) or not isinstance(schedule, RecurringSchedule):
        return True
    if other.start is None or schedule.start is None:
        return True
    common = timedelta(seconds=gcd(int(other.interval.total_seconds()), int(schedule.interval.total_seconds())))
    apart = (other.start - schedule.start) % common
    return min(apart, common - apart) < _MINUTE


def quietest(load: Iterable[HourLoad]) -> HourLoad | None:
    """The hour with the fewest starts, the one asked about before others; None when that is the quietest anyway."""
    hours = list(load)
    best = min(hours, key=lambda hour: (hour.starts, not hour.wanted), default=None)
    return None if best is None or best.wanted else best
