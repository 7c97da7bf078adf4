"""How often all timers of a user run together, against the service's limit: once a minute in sum (documented)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import RecurringSchedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.job import Job
    from globus_tui.domain.schedule import Schedule

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
        """Active ones and what is added."""
        return self.active + self.added

    @property
    def over(self) -> bool:
        """More than the service allows, for certain."""
        return self.total > LIMIT_PER_HOUR + 1e-6

    @property
    def over_when_resumed(self) -> bool:
        """More than the service allows once everything that stands still is resumed, or if it is counted."""
        return self.total + self.standing > LIMIT_PER_HOUR + 1e-6


def rate_budget(jobs: Iterable[Job], added: Iterable[Schedule], *, without: str | None = None) -> RateBudget:
    """Sums up the runs of all timers and of what is to be added.

    Args:
        jobs: all timers.
        added: schedules of what is to be created.
        without: id of a timer that is to be replaced, hence not counted.
    """
    active = standing = 0.0
    for job in jobs:
        if job.job_id == without or job.status in (JobStatus.ENDED, JobStatus.DELETING):
            continue
        if job.stands_still:
            standing += runs_an_hour(job.schedule)
        else:
            active += runs_an_hour(job.schedule)
    return RateBudget(active, standing, sum(map(runs_an_hour, added)))


def runs_an_hour(schedule: Schedule | None) -> float:
    """0 for a single run."""
    return _HOUR / schedule.interval if isinstance(schedule, RecurringSchedule) else 0.0


def rate_number(per_hour: float) -> str:
    """Runs an hour as a number to be read: `2.5`, `61`, `0.04`."""
    return f"{per_hour:.2f}".rstrip("0").rstrip(".") if per_hour < 10 else f"{per_hour:.1f}".removesuffix(".0")
