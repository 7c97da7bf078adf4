"""The past of a job, one mark a tick: what ran, what was skipped, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.job import JobStatus
from globus_tui.domain.run import Outcome, Run, outcome, took
from globus_tui.domain.schedule import RecurringSchedule, tick_count

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
class Gap:
    """Ticks at which nothing ran: skipped because a run was still going, or missed (paused, outage)."""

    mark: Mark
    count: int


@dataclass(frozen=True, slots=True)
class History:
    """A job's past as far as its document tells, newest first.

    Attributes:
        marks: one a tick or run, newest first.
        skipped_now: ticks skipped by the run in progress so far.
        missed_now: ticks missed since the last run because the job is inactive.
        failures_in_a_row: finished runs that failed or were refused, counted from the newest finished one.
        empties_in_a_row: runs in a row, from the newest finished one, that met no file at all.
        usual: median duration of finished runs; None with fewer than three.
        complete: there are no older runs than those looked at.
    """

    marks: tuple[Mark, ...] = ()
    skipped_now: int = 0
    missed_now: int = 0
    failures_in_a_row: int = 0
    empties_in_a_row: int = 0
    usual: timedelta | None = None
    complete: bool = False


_MISSED_WHILE_ACTIVE_SLACK = timedelta(minutes=1)


def look_back(job: Job, tasks: Mapping[str, Task], now: datetime, *, runs: tuple[Run, ...] | None = None) -> History:
    """Joins a job's runs (newest first; those of its document unless given) with their tasks and its ticks."""
    runs = job.runs if runs is None else runs
    outcomes = [outcome(run, task_of(run, tasks)) for run in runs]
    since = _since_last(job, runs, outcomes, now)
    marks: list[Mark] = [since.mark] * min(since.count, 100) if since else []
    for place, _run in enumerate(runs):
        marks.append(Mark[outcomes[place].name])
        gap = _gap_before(job, runs, place, tasks)
        marks.extend([gap.mark] * min(gap.count, 100) if gap else [])
    finished = [one for one in outcomes if one not in (Outcome.RUNNING, Outcome.UNKNOWN)]
    durations = [one for run in runs if (one := took(run, task_of(run, tasks)))]
    return History(
        marks=tuple(marks),
        skipped_now=since.count if since and since.mark is Mark.SKIPPED else 0,
        missed_now=since.count if since and since.mark is Mark.MISSED else 0,
        failures_in_a_row=_leading(finished, {Outcome.FAILED, Outcome.REFUSED}),
        empties_in_a_row=_leading(finished, {Outcome.EMPTY}),
        usual=sorted(durations)[len(durations) // 2] if len(durations) >= 3 else None,
        complete=job.runs_marker is None and (job.n_runs is None or len(runs) >= job.n_runs),
    )


def task_of(run: Run, tasks: Mapping[str, Task]) -> Task | None:
    """The task behind a run: the current one if known, else the snapshot in an old document."""
    return (tasks.get(run.resource_id) if run.resource_id else None) or run.snapshot


def _leading(found: Iterable[Outcome], wanted: set[Outcome]) -> int:
    count = 0
    for one in found:
        if one not in wanted:
            break
        count += 1
    return count


def _since_last(job: Job, runs: tuple[Run, ...], outcomes: list[Outcome], now: datetime) -> Gap | None:
    """Ticks since the newest run: skipped while it goes on, missed while the job is inactive."""
    if not isinstance(job.schedule, RecurringSchedule) or job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return None
    last = runs[0].ran_at if runs else job.submitted_at
    if last is None:
        return None
    count = tick_count(job.schedule, last + _slack(job.schedule), now)
    if job.running or (outcomes and outcomes[0] is Outcome.RUNNING and job.status is JobStatus.ACTIVE):
        return Gap(Mark.SKIPPED, count)
    return Gap(Mark.MISSED, count) if job.status is JobStatus.INACTIVE else None


def _gap_before(job: Job, runs: tuple[Run, ...], place: int, tasks: Mapping[str, Task]) -> Gap | None:
    """Ticks between a run and the one before it at which nothing ran."""
    older = runs[place + 1] if place + 1 < len(runs) else None
    newer_at = runs[place].ran_at
    if older is None or older.ran_at is None or newer_at is None or not isinstance(job.schedule, RecurringSchedule):
        return None
    slack = _slack(job.schedule)
    count = tick_count(job.schedule, older.ran_at + slack, newer_at - slack)
    if not count:
        return None
    duration = took(older, task_of(older, tasks))
    skipped = duration is not None and duration >= job.schedule.interval
    return Gap(Mark.SKIPPED if skipped else Mark.MISSED, count)


def _slack(schedule: RecurringSchedule) -> timedelta:
    """Runs start some seconds behind their tick; within this they still belong to it."""
    return min(_MISSED_WHILE_ACTIVE_SLACK, schedule.interval / 4)
