"""The past of a job, one mark a tick: what ran, what was skipped, what was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING

from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.run import Outcome, Run, outcome, took
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule, tick_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.job import Job
    from globus_tui.domain.task import Task


class Mark(Enum):
    """One position of a history strip."""

    OK = "ok"
    EMPTY = "empty"
    WITH_SKIPS = "with skips"
    FAILED = "failed"
    REFUSED = "refused"
    RUNNING = "running"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class History:
    """A job's past as far as its document tells, newest first.

    Attributes:
        marks: one a tick or run, newest first.
        skipped_now: ticks skipped by the run in progress so far.
        missed_now: ticks missed since the last run because the job stands still.
        ticks_known: the schedule says when its ticks are; if not, the two counts above mean nothing.
        failures_in_a_row: finished runs that failed or were refused, counted from the newest finished one.
        empties_in_a_row: runs in a row, from the newest finished one, that met no file at all.
        usual: median duration of finished runs; None with fewer than three.
        complete: there are no older runs than those looked at.
    """

    marks: tuple[Mark, ...] = ()
    skipped_now: int = 0
    missed_now: int = 0
    ticks_known: bool = True
    failures_in_a_row: int = 0
    empties_in_a_row: int = 0
    usual: timedelta | None = None
    complete: bool = False


RUN_SLACK = timedelta(minutes=1)
"""Runs start some seconds beside their tick; within this they still belong to it."""
_MOST_MARKS_OF_A_GAP = 100


def grace(job: Job) -> timedelta:
    """How late a run may be before it is overdue: a tenth of the interval, within 2 to 10 minutes."""
    seconds = job.interval_seconds or 3600.0
    return timedelta(seconds=min(600.0, max(120.0, seconds / 10)))


def look_back(job: Job, tasks: Mapping[str, Task], now: datetime, *, runs: tuple[Run, ...] | None = None) -> History:
    """Joins a job's runs (newest first; those of its document unless given) with their tasks and its ticks."""
    runs = job.runs if runs is None else runs
    outcomes = [outcome(run, task_of(run, tasks)) for run in runs]
    unlisted = run_is_unlisted(job, runs)
    mark, count = since_last(job, runs, outcomes, now, unlisted=unlisted)
    marks = [mark] * min(count, _MOST_MARKS_OF_A_GAP) + [Mark.RUNNING] * unlisted
    for place, found in enumerate(outcomes):
        marks.append(Mark[found.name])
        marks.extend(_gap_before(job, runs, place, tasks))
    finished = [one for one in outcomes if one not in (Outcome.RUNNING, Outcome.UNKNOWN)]
    durations = [
        lasted
        for run, found in zip(runs, outcomes, strict=True)
        if found in _SUCCESSES and (lasted := took(run, task_of(run, tasks)))
    ]
    return History(
        marks=tuple(marks),
        skipped_now=count if mark is Mark.SKIPPED else 0,
        missed_now=count if mark is Mark.MISSED else 0,
        ticks_known=_ticks_known(job),
        failures_in_a_row=_leading(finished, {Outcome.FAILED, Outcome.REFUSED}),
        empties_in_a_row=_leading(finished, {Outcome.EMPTY}),
        usual=sorted(durations)[len(durations) // 2] if len(durations) >= 3 else None,
        complete=job.runs_marker is None and (job.n_runs is None or len(runs) >= job.n_runs),
    )


_SUCCESSES = {Outcome.OK, Outcome.EMPTY, Outcome.WITH_SKIPS}


def task_of(run: Run, tasks: Mapping[str, Task]) -> Task | None:
    """The task behind a run: the current one if known, else the snapshot in an old document if that shows its end."""
    return (tasks.get(run.resource_id) if run.resource_id else None) or run.finished_snapshot


def run_is_unlisted(job: Job, runs: tuple[Run, ...]) -> bool:
    """The run in progress is newer than all runs listed: the document then says only since when it goes on."""
    since = job.activity.since if job.running and job.activity else None
    newest = runs[0] if runs else None
    if newest is None or newest.ran_at is None or since is None:
        return job.running and (newest is None or newest.ended is not None)
    return since > newest.ran_at + RUN_SLACK


def _ticks_known(job: Job) -> bool:
    if isinstance(job.schedule, RecurringSchedule):
        return job.schedule.start is not None
    return isinstance(job.schedule, OnceSchedule) and job.schedule.at is not None


def _leading(found: Iterable[Outcome], wanted: set[Outcome]) -> int:
    return sum(1 for _ in takewhile(wanted.__contains__, found))


def since_last(
    job: Job, runs: tuple[Run, ...], outcomes: list[Outcome], now: datetime, *, unlisted: bool
) -> tuple[Mark, int]:
    """Ticks since the newest run: skipped while it goes on, missed while the job stands still, else unexplained."""
    if job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return Mark.UNKNOWN, 0
    last = (runs[0].ran_at if runs else None) or job.last_ran_at
    if unlisted:
        last = (job.activity.since if job.activity else None) or now
    if job.stands_still:
        return Mark.MISSED, _ticks_after(job, last, now)
    if job.running or (outcomes and outcomes[0] is Outcome.RUNNING):
        return Mark.SKIPPED, _ticks_after(job, last, now)
    return Mark.UNKNOWN, _ticks_after(job, last, now - grace(job))


def _ticks_after(job: Job, last: datetime | None, until: datetime) -> int:
    """Ticks behind the one that the newest run belongs to; without any run, those since the job was made."""
    if isinstance(job.schedule, OnceSchedule):
        return int(last is None and job.schedule.at is not None and job.schedule.at <= until)
    if not isinstance(job.schedule, RecurringSchedule) or job.schedule.start is None:
        return 0
    end = min(until, job.schedule.end.until or until)
    newest = (end - job.schedule.start) // job.schedule.interval
    if last is not None:
        return max(0, newest - tick_of(job.schedule, last))
    if job.submitted_at is None:
        return 0
    before_it_existed = tick_count(job.schedule, job.schedule.start - RUN_SLACK, job.submitted_at - RUN_SLACK)
    return max(0, newest + 1 - before_it_existed)


def _gap_before(job: Job, runs: tuple[Run, ...], place: int, tasks: Mapping[str, Task]) -> list[Mark]:
    """A mark for each tick between a run and the one before it at which nothing ran, newest first."""
    most = _MOST_MARKS_OF_A_GAP
    return [mark for mark, count in gaps_before(job, runs, place, tasks) for _ in range(min(count, most))][:most]


def gaps_before(job: Job, runs: tuple[Run, ...], place: int, tasks: Mapping[str, Task]) -> list[tuple[Mark, int]]:
    """Ticks between a run and the one before it at which nothing ran, newest first: why, and how many.

    Those at which the older run still went on were skipped, later ones missed (a pause, an outage). Without knowing
    how long it went on, neither can be said. A run that started late (a retry, a catch-up) stands for the tick
    before it.
    """
    older = runs[place + 1] if place + 1 < len(runs) else None
    newer_at, schedule = runs[place].ran_at, job.schedule
    if older is None or older.ran_at is None or newer_at is None:
        return []
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return []
    first = tick_of(schedule, older.ran_at)
    gap = max(0, tick_of(schedule, newer_at) - first - 1)
    lasted = took(older, task_of(older, tasks))
    if lasted is None:
        return [(Mark.UNKNOWN, gap)]
    skipped = min(gap, max(0, (older.ran_at + lasted - schedule.start) // schedule.interval - first))
    return [(Mark.MISSED, gap - skipped), (Mark.SKIPPED, skipped)]


def tick_of(schedule: RecurringSchedule, ran_at: datetime) -> int:
    """The number of the tick (from 0) that a run belongs to; -1 for a run before the schedule's start."""
    if schedule.start is None:
        return -1
    slack = min(RUN_SLACK, schedule.interval / 4)
    return max(-1, (ran_at + slack - schedule.start) // schedule.interval)
