"""The past of a job, one mark a tick: what ran, what was skipped, what was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from globus_tui.domain.job import ActivityCode, JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.run import Outcome, Run, outcome, took
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule, tick_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.job import Job
    from globus_tui.domain.schedule import Schedule
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

    __hash__ = object.__hash__  # there is one of each: its own hash is made in Python, for thousands of timers


_MARK_OF = {found: Mark[found.name] for found in Outcome}


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
        outcomes: what became of each of those, newest first.
    """

    marks: tuple[Mark, ...] = ()
    skipped_now: int = 0
    missed_now: int = 0
    ticks_known: bool = True
    failures_in_a_row: int = 0
    empties_in_a_row: int = 0
    usual: timedelta | None = None
    complete: bool = False
    outcomes: tuple[Outcome, ...] = ()


RUN_SLACK = timedelta(minutes=1)
"""Runs start some seconds beside their tick; within this they still belong to it."""
_MOST_MARKS_OF_A_GAP = 100


def grace(job: Job) -> timedelta:
    """How late a run may be before it is overdue: a tenth of the interval, within 2 to 10 minutes."""
    schedule = job.schedule
    return _grace(schedule.interval if isinstance(schedule, RecurringSchedule) else timedelta(hours=1))


@lru_cache(maxsize=256)
def _grace(interval: timedelta) -> timedelta:
    return timedelta(seconds=min(600.0, max(120.0, interval.total_seconds() / 10)))


def look_back(job: Job, tasks: Mapping[str, Task], now: datetime, *, runs: tuple[Run, ...] | None = None) -> History:
    """Joins a job's runs (newest first; those of its document unless given) with their tasks and its ticks."""
    runs = job.runs if runs is None else runs
    outcomes = [outcome(run, task_of(run, tasks)) for run in runs]
    unlisted = run_is_unlisted(job, runs)
    mark, count = since_last(job, runs, outcomes, now, unlisted=unlisted)
    marks = _marks(job, runs, outcomes, tasks)
    if count or unlisted:
        marks[:0] = [mark] * min(count, _MOST_MARKS_OF_A_GAP) + [Mark.RUNNING] * unlisted
    return _history(
        tuple(marks),
        count if mark is Mark.SKIPPED else 0,
        count if mark is Mark.MISSED else 0,
        _ticks_known(job),
        _leading(outcomes, _FAILURES),
        _leading(outcomes, _EMPTIES),
        _usual(runs, outcomes, tasks) if len(runs) >= _RUNS_FOR_A_MEDIAN else None,
        job.runs_marker is None and (job.n_runs is None or len(runs) >= job.n_runs),
        tuple(outcomes),
    )


_history = lru_cache(maxsize=4096)(History)
"""Many timers have the same past: they share one value. Arguments by place: it is asked for every timer."""

_SUCCESSES = (Outcome.OK, Outcome.EMPTY, Outcome.WITH_SKIPS)
_FAILURES, _EMPTIES = (Outcome.FAILED, Outcome.REFUSED), (Outcome.EMPTY,)
_RUNS_FOR_A_MEDIAN = 3


def _marks(job: Job, runs: tuple[Run, ...], outcomes: list[Outcome], tasks: Mapping[str, Task]) -> list[Mark]:
    """A mark for each run, and for each tick between two of them at which nothing ran."""
    ticks = _ticks_of(job.schedule, runs)
    marks: list[Mark] = []
    for place, found in enumerate(outcomes):
        marks.append(_MARK_OF[found])
        if place + 1 < len(ticks) and ticks[place] - ticks[place + 1] > 1:  # mostly none: then nothing to look up
            marks.extend(_gap_before(job, runs, place, tasks))
    return marks


def _ticks_of(schedule: Schedule | None, runs: tuple[Run, ...]) -> list[int]:
    """`tick_of` each run; 0 for one without a moment, none where there are no ticks or nothing to compare."""
    if len(runs) < 2 or not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return []
    first, step = schedule.start - _slack(schedule.interval), schedule.interval
    return [max(-1, (run.ran_at - first) // step) if run.ran_at else 0 for run in runs]


def _usual(runs: tuple[Run, ...], outcomes: list[Outcome], tasks: Mapping[str, Task]) -> timedelta | None:
    """The median of what successful runs took."""
    durations = [
        lasted
        for run, found in zip(runs, outcomes, strict=True)
        if found in _SUCCESSES and (lasted := took(run, task_of(run, tasks)))
    ]
    return sorted(durations)[len(durations) // 2] if len(durations) >= _RUNS_FOR_A_MEDIAN else None


def task_of(run: Run, tasks: Mapping[str, Task]) -> Task | None:
    """The task behind a run: the current one if known, else the snapshot in an old document if that shows its end."""
    found = tasks.get(run.resource_id) if run.resource_id else None
    return run.finished_snapshot if found is None and run.snapshot is not None else found


def run_is_unlisted(job: Job, runs: tuple[Run, ...]) -> bool:
    """The run in progress is newer than all runs listed: the document then says only since when it goes on."""
    activity = job.activity
    if activity is None or activity.code is not ActivityCode.RUN_IN_PROGRESS:
        return False
    newest = runs[0] if runs else None
    if newest is None or newest.ran_at is None or activity.since is None:
        return newest is None or newest.ended is not None
    return activity.since > newest.ran_at + RUN_SLACK


def _ticks_known(job: Job) -> bool:
    if isinstance(job.schedule, RecurringSchedule):
        return job.schedule.start is not None
    return isinstance(job.schedule, OnceSchedule) and job.schedule.at is not None


def _leading(outcomes: list[Outcome], wanted: tuple[Outcome, ...]) -> int:
    """How many finished runs in a row, from the newest, came out so."""
    count = 0
    for found in outcomes:
        if found in wanted:
            count += 1
        elif found is not Outcome.RUNNING and found is not Outcome.UNKNOWN:
            break
    return count


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
    stop = job.schedule.end.until
    end = until if stop is None or until < stop else stop
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
    return max(-1, (ran_at + _slack(schedule.interval) - schedule.start) // schedule.interval)


@lru_cache(maxsize=256)
def _slack(interval: timedelta) -> timedelta:
    return min(RUN_SLACK, interval / 4)
