"""One health word for each job, from four layers: the timer, its last run, that run's task, and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.history import History, look_back, task_of
from globus_tui.domain.job import ActivityCode, Job, JobStatus, PauseCause
from globus_tui.domain.run import Outcome, Run, RunState, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.gare import Gare
    from globus_tui.domain.task import Task


class Word(Enum):
    """Health words, worst first; the value is what users read."""

    UNKNOWN = "UNKNOWN"
    SIGN_IN = "SIGN-IN"
    OVERDUE = "OVERDUE"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    OVERRUN = "OVERRUN"
    RETRY = "RETRY"
    WARN = "WARN"
    RUNNING = "running"
    OK = "ok"
    PAUSED = "paused"
    ENDED = "ended"

    @property
    def rank(self) -> int:
        """0 is the worst: the default order of the list."""
        return _RANKS[self]

    @property
    def is_trouble(self) -> bool:
        """A person should look."""
        return self.rank <= _RANKS[Word.WARN]


_RANKS = {word: rank for rank, word in enumerate(Word)}


class Why(Enum):
    """The reason behind a word; `present` has the sentence for each."""

    UNREADABLE = "unreadable"
    STALE = "stale"
    UNKNOWN_STATUS = "unknown status"
    CONSENT_MISSING = "consent missing"
    SESSION = "session"
    AUTHORIZATION = "authorization"
    PAUSED_BY_SERVICE = "paused by service"
    LATE = "late"
    TASK_FAILED = "task failed"
    RUN_REFUSED = "run refused"
    TASK_TROUBLE = "task trouble"
    SLOW = "slow"
    LONGER_THAN_INTERVAL = "longer than interval"
    RETRYING = "retrying"
    FILES_SKIPPED = "files skipped"
    NOTHING_MOVED = "nothing moved"
    IN_PROGRESS = "in progress"
    FIRST_RUN_AHEAD = "first run ahead"
    ENDS_SOON = "ends soon"
    FINE = "fine"
    PAUSED_BY_USER = "paused by user"
    STOPPED = "stopped"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Health:
    """A word, its reason, and what the sentence about it needs. Fields that do not apply are None.

    Attributes:
        since: when it began, or when a late run was due.
        lasted: how late, or how long the run has been going.
        count: runs failed in a row, ticks skipped, files skipped, empty runs, runs left: by reason.
        code: the service's own code (task error, nice status, unknown status), as data.
        text: the service's own words, as data.
        gare: what Globus wants, for SIGN-IN.
    """

    word: Word
    why: Why
    since: datetime | None = None
    lasted: timedelta | None = None
    count: int | None = None
    code: str | None = None
    text: str | None = None
    gare: Gare | None = None


RECENT = timedelta(days=7)
"""How long an ended timer whose last run failed still counts as FAILED."""

EMPTY_RUNS_TO_WARN = 3
ENDS_SOON_RUNS = 3


def grace(job: Job) -> timedelta:
    """How late a run may be before it is overdue: a tenth of the interval, within 2 to 10 minutes."""
    seconds = job.interval_seconds or 3600.0
    return timedelta(seconds=min(600.0, max(120.0, seconds / 10)))


def judge(
    job: Job,
    tasks: Mapping[str, Task],
    now: datetime,
    *,
    history: History | None = None,
    stale: bool = False,
) -> Health:
    """Gives the worst word that applies.

    Args:
        job: the timer, with its newest runs.
        tasks: tasks by id, as far as known; a run whose task is not known is never called a success for it.
        now: the service's present.
        history: `look_back` of the same job, when already made.
        stale: the last successful refresh is older than three intervals.
    """
    if job.unreadable:
        return Health(Word.UNKNOWN, Why.UNREADABLE, text=job.unreadable)
    if stale:
        return Health(Word.UNKNOWN, Why.STALE)
    history = history or look_back(job, tasks, now)
    if job.status is JobStatus.DELETING:
        return Health(Word.ENDED, Why.DELETING)
    if job.status is JobStatus.INACTIVE:
        return _judge_inactive(job, history)
    if job.status is JobStatus.ENDED:
        return _judge_ended(job, tasks, history, now)
    return min(_judge_active(job, tasks, history, now), key=lambda found: found.word.rank)


def _judge_inactive(job: Job, history: History) -> Health:
    reason = job.inactive_reason
    activity = job.activity.reason if job.activity else None
    cause = reason.cause if reason else PauseCause.OTHER
    if cause is PauseCause.AUTHORIZATION or (reason is None and activity == PauseCause.AUTHORIZATION.value):
        gare = reason.gare if reason else None
        why = Why.AUTHORIZATION
        if gare is not None:
            why = Why.CONSENT_MISSING if gare.wants_consent else Why.SESSION if gare.wants_session else why
        return Health(Word.SIGN_IN, why, count=history.missed_now, gare=gare)
    if cause is PauseCause.USER or (reason is None and activity == PauseCause.USER.value):
        return Health(Word.PAUSED, Why.PAUSED_BY_USER, count=history.missed_now)
    return Health(Word.WARN, Why.PAUSED_BY_SERVICE, count=history.missed_now, code=activity)


def _judge_ended(job: Job, tasks: Mapping[str, Task], history: History, now: datetime) -> Health:
    last = job.runs[0].ran_at if job.runs else job.last_ran_at
    if history.failures_in_a_row and last and now - last <= RECENT:
        return _failure(job, tasks, history)
    return Health(Word.ENDED, Why.STOPPED, since=last, count=job.n_runs)


def _judge_active(job: Job, tasks: Mapping[str, Task], history: History, now: datetime) -> Iterator[Health]:
    if history.failures_in_a_row:
        yield _failure(job, tasks, history)
    running = _run_in_progress(job, tasks)
    retrying = job.activity is not None and job.activity.code is ActivityCode.RETRYING
    if retrying and job.activity:
        yield Health(Word.RETRY, Why.RETRYING, since=job.activity.since)
    if running is not None:
        yield from _judge_running(job, running, task_of(running, tasks), history, now)
    elif job.running:
        yield Health(Word.RUNNING, Why.IN_PROGRESS, since=job.activity.since if job.activity else None)
    elif job.next_run and not retrying and now - job.next_run > grace(job):
        yield Health(Word.OVERDUE, Why.LATE, since=job.next_run, lasted=now - job.next_run)
    yield from _judge_last_success(job, tasks, history)
    yield _quiet(job)


def _failure(job: Job, tasks: Mapping[str, Task], history: History) -> Health:
    for run in job.runs:
        task = task_of(run, tasks)
        found = outcome(run, task)
        if found is Outcome.REFUSED:
            text = run.problem or (run.gare.session_message if run.gare else None)
            code = run.gare.code if run.gare else (str(run.http_status) if run.http_status else None)
            return Health(
                Word.FAILED, Why.RUN_REFUSED, run.ran_at, count=history.failures_in_a_row, code=code, text=text
            )
        if found is Outcome.FAILED:
            code, text = (task.error_code, task.error_text) if task else (None, run.problem)
            return Health(
                Word.FAILED, Why.TASK_FAILED, run.ran_at, count=history.failures_in_a_row, code=code, text=text
            )
    return Health(Word.FAILED, Why.TASK_FAILED, count=history.failures_in_a_row)


def _run_in_progress(job: Job, tasks: Mapping[str, Task]) -> Run | None:
    newest = job.runs[0] if job.runs else None
    if newest is None:
        return None
    found = outcome(newest, task_of(newest, tasks))
    if found is Outcome.RUNNING or (job.running and newest.state in (RunState.SUBMITTED, RunState.UNKNOWN)):
        return newest
    return None


def _judge_running(job: Job, run: Run, task: Task | None, history: History, now: datetime) -> Iterator[Health]:
    started = run.ran_at or (job.activity.since if job.activity else None)
    lasted = now - started if started and now > started else None
    if task is not None and task.trouble:
        yield Health(
            Word.BLOCKED,
            Why.TASK_TROUBLE,
            started,
            lasted,
            history.skipped_now,
            task.trouble,
            task.nice_status_text,
        )
    if lasted and job.interval_seconds and lasted.total_seconds() > job.interval_seconds:
        yield Health(Word.OVERRUN, Why.LONGER_THAN_INTERVAL, started, lasted, history.skipped_now)
    elif lasted and history.usual and lasted > 3 * history.usual and lasted > timedelta(minutes=10):
        yield Health(Word.BLOCKED, Why.SLOW, started, lasted)
    yield Health(Word.RUNNING, Why.IN_PROGRESS, started, lasted)


def _judge_last_success(job: Job, tasks: Mapping[str, Task], history: History) -> Iterator[Health]:
    for run in job.runs:
        task = task_of(run, tasks)
        found = outcome(run, task)
        if found in (Outcome.RUNNING, Outcome.UNKNOWN):
            continue
        if found is Outcome.WITH_SKIPS and task is not None:
            yield Health(Word.WARN, Why.FILES_SKIPPED, run.ran_at, count=task.skipped_errors)
        if history.empties_in_a_row >= EMPTY_RUNS_TO_WARN:
            yield Health(Word.WARN, Why.NOTHING_MOVED, run.ran_at, count=history.empties_in_a_row)
        return


def _quiet(job: Job) -> Health:
    if job.status is JobStatus.UNKNOWN and job.next_run is None and job.activity is None:
        return Health(Word.UNKNOWN, Why.UNKNOWN_STATUS, code=job.status_text)
    end = getattr(job.schedule, "end", None)
    if end is not None and end.after_runs is not None and job.n_runs is not None:
        left = end.after_runs - job.n_runs
        if 0 < left <= ENDS_SOON_RUNS < end.after_runs:
            return Health(Word.OK, Why.ENDS_SOON, count=left)
    if not job.runs and not job.last_ran_at:
        return Health(Word.OK, Why.FIRST_RUN_AHEAD, since=job.next_run)
    return Health(Word.OK, Why.FINE)
