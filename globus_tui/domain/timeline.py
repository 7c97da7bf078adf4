"""A job's past as lines in order of time: its runs, and between them the ticks at which nothing ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.history import Mark, gaps_before, grace, run_is_unlisted, since_last, task_of, tick_of
from globus_tui.domain.job import JobKind
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.run import Outcome, outcome
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from globus_tui.domain.job import Job
    from globus_tui.domain.run import Run
    from globus_tui.domain.task import Task

SINGLY = 3
"""Ticks of one gap that get a line each; a longer gap is one line with their number."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the past.

    Attributes:
        mark: what became of it.
        at: when the run fired, or the (newest) tick; None where it is not known.
        run: None for ticks at which nothing ran, and for a run in progress that the service does not list yet.
        task: of the run, where known.
        ticks: for ticks without a run, how many this line stands for.
        oldest: the first of those ticks.
        standing: these ticks passed since the last run, while the job stands still.
        transfers: runs of this job make Transfer tasks; those of a flow or a callback have none to count files of.
    """

    mark: Mark
    at: datetime | None
    run: Run | None = None
    task: Task | None = None
    ticks: int = 1
    oldest: datetime | None = None
    standing: bool = False
    transfers: bool = True

    @property
    def key(self) -> str:
        """Identifies the line within its job."""
        return self.run.key if self.run else f"{self.mark.value} {self.at.isoformat() if self.at else '?'}"


def timeline(job: Job, tasks: Mapping[str, Task], now: datetime) -> tuple[Moment, ...]:
    """Everything known of a job's past, newest first."""
    return tuple(_moments(job, tasks, now))


def _moments(job: Job, tasks: Mapping[str, Task], now: datetime) -> Iterator[Moment]:
    transfers = job.kind is JobKind.TRANSFER or job.transfer is not None
    outcomes = [outcome(run, task_of(run, tasks)) for run in job.runs]
    unlisted = run_is_unlisted(job, job.runs)
    mark, count = since_last(job, job.runs, outcomes, now, unlisted=unlisted)
    until = now - grace(job) if mark is Mark.UNKNOWN else now  # a run is not late before that
    yield from _lines(job, mark, _newest_tick(job, until), count, standing=job.stands_still)
    if unlisted:
        yield Moment(Mark.RUNNING, job.activity.since if job.activity else None, transfers=transfers)
    for place, run in enumerate(job.runs):
        yield Moment(Mark[outcomes[place].name], run.ran_at, run, task_of(run, tasks), transfers=transfers)
        newest = _tick_before(job, run)
        for mark, count in gaps_before(job, job.runs, place, tasks):
            yield from _lines(job, mark, newest, count)
            newest = _earlier(job, newest, count)


def outcome_of(moment: Moment) -> Outcome | None:
    """What became of a run; None for a tick without one."""
    return outcome(moment.run, moment.task) if moment.run else None


def _lines(job: Job, mark: Mark, newest: datetime | None, count: int, *, standing: bool = False) -> Iterator[Moment]:
    if count > SINGLY:
        yield Moment(mark, newest, ticks=count, oldest=_earlier(job, newest, count - 1), standing=standing)
        return
    for number in range(count):
        yield Moment(mark, _earlier(job, newest, number), standing=standing)


def _newest_tick(job: Job, now: datetime) -> datetime | None:
    schedule = job.schedule
    if isinstance(schedule, OnceSchedule):
        return schedule.at
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return None
    last = min(now, schedule.end.until or now)
    return schedule.start + (last - schedule.start) // schedule.interval * schedule.interval


def _tick_before(job: Job, run: Run) -> datetime | None:
    """The tick before the one that a run belongs to."""
    schedule = job.schedule
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None or run.ran_at is None:
        return None
    return schedule.start + (tick_of(schedule, run.ran_at) - 1) * schedule.interval


def _earlier(job: Job, moment: datetime | None, ticks: int) -> datetime | None:
    if moment is None or not isinstance(job.schedule, RecurringSchedule):
        return moment
    return moment - ticks * job.schedule.interval
