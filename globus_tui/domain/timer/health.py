"""One health word for each job, from four layers: the timer, its last run, that run's task, and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, next_tick
from globus_tui.domain.timer.history import RUN_SLACK, History, Past, run_is_unlisted, starts_at_once, task_of
from globus_tui.domain.timer.history import grace as grace
from globus_tui.domain.timer.job import ActivityCode, Job, JobKind, JobStatus, PauseCause
from globus_tui.domain.timer.orders import NONE
from globus_tui.domain.timer.run import Outcome, Run, RunState, took
from globus_tui.domain.transfer.destructive import fewer, shrinking
from globus_tui.domain.transfer.task import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.timer.orders import Acknowledgement, Orders, PauseNote
    from globus_tui.domain.transfer.task import Task


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

    __hash__ = object.__hash__  # members are unique, and Enum's own hash is slow, with thousands of timers

    @property
    def rank(self) -> int:
        """0 is the worst: the default order of the list."""
        return _RANKS[self]

    @property
    def is_trouble(self) -> bool:
        """Whether a person should look at it."""
        return self.rank <= _RANKS[Word.WARN]


_RANKS = {word: rank for rank, word in enumerate(Word)}


class Why(Enum):
    """The reason behind a word; `present` has the sentence for each."""

    UNREADABLE = "unreadable"
    STALE = "stale"
    UNKNOWN_STATUS = "unknown status"
    OUTCOME_UNKNOWN = "outcome unknown"
    LAST_OUTCOME_UNKNOWN = "last outcome unknown"
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
    SOURCE_SHRANK = "source shrank"
    FILES_SKIPPED = "files skipped"
    NOTHING_MOVED = "nothing moved"
    IN_PROGRESS = "in progress"
    FIRST_RUN_AHEAD = "first run ahead"
    ENDS_SOON = "ends soon"
    FINE = "fine"
    PAUSED_BY_USER = "paused by user"
    OVERSTAYED = "overstayed"
    NO_GOOD_COPY = "no good copy"
    STOPPED = "stopped"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Health:
    """A word, its reason, and what the sentence about it needs. Fields that do not apply are None.

    Attributes:
        since: when it began, or when a late run was due: it has lasted since then.
        count: runs failed in a row, ticks skipped, files skipped, empty runs, files met, runs left: by reason; None
            where it is not known.
        code: the service's own code (task error, nice status, unknown status), as data.
        text: the service's own words, as data.
        gare: what Globus wants, for SIGN-IN and for a run that was refused for it.
        previous_count: files that an earlier run met, where fewer were met now.
        missed: ticks that passed while it stands still, whatever its word; None where that cannot be told.
        at_once: resuming it now starts one run at once; None where that cannot be told.
        pause_note: why it was paused here, and until when.
        acknowledged: somebody knows of this trouble.
        began: when the first of several runs in a row began that were no good; None where it is not known.
    """

    word: Word
    why: Why
    since: datetime | None = None
    count: int | None = None
    code: str | None = None
    text: str | None = None
    gare: Gare | None = None
    previous_count: int | None = None
    missed: int | None = None
    at_once: bool | None = None
    pause_note: PauseNote | None = None
    acknowledged: Acknowledgement | None = None
    began: datetime | None = None

    @property
    def in_trouble_since(self) -> datetime | None:
        """When the first of the latest runs without a good copy began; without any, `since`."""
        return self.began or self.since

    @property
    def order(self) -> int:
        """The place of the word in the list: trouble that somebody knows of comes behind all other trouble."""
        return 2 * (_RANKS[Word.WARN] if self.acknowledged else self.word.rank) + (self.acknowledged is not None)


LAST_OF_TROUBLE = 2 * _RANKS[Word.WARN] + 1
"""The `order` of trouble that somebody knows of; all other trouble comes before it."""

RECENT = timedelta(days=7)
"""How long an ended timer whose last run failed still counts as FAILED."""

BEFOREHAND = "beforehand"
"""The code of a source that was counted before a run, which has deleted nothing yet."""
SHORTEST_SLOW_RUN = timedelta(minutes=10)
EMPTY_RUNS_TO_WARN = 3
ENDS_SOON_RUNS = 3


def task_in_progress(job: Job, health: Health) -> str | None:
    """The Transfer task of the run in progress, which can be cancelled; None where there is none, as of flows."""
    in_progress = health.word in (Word.RUNNING, Word.BLOCKED, Word.OVERRUN) or job.running
    transfers = job.kind is JobKind.TRANSFER or job.transfer is not None
    return job.runs[0].resource_id if job.runs and in_progress and transfers else None


def judge(
    job: Job, tasks: Mapping[str, Task], now: datetime, *, history: History | Past | None = None, orders: Orders = NONE
) -> Health:
    """Gives the worst word that applies.

    Args:
        job: the timer, with its newest runs.
        tasks: tasks by id, as far as known; a run whose task is not known is never called a success for it.
        history: `look_back` of the same job, when already made.
        orders: what people decided here about it.
    """
    if job.unreadable:
        return _if_known(Health(Word.UNKNOWN, Why.UNREADABLE, text=job.unreadable), orders, now)
    history = history or Past(job, tasks, now)
    if _nothing_to_say(job, history, now, orders):
        return _ALL_FINE
    if job.status is JobStatus.DELETING:
        return Health(Word.ENDED, Why.DELETING)
    ended = job.status is JobStatus.ENDED
    if job.stands_still:
        judging = _judge_standing_still(job, tasks, history, now, orders)
    elif ended:
        judging = _judge_ended(job, tasks, history, now)
    else:
        judging = _judge_active(job, tasks, history, now, orders)
    worst = min(judging, key=lambda health: health.word.rank, default=None) or _quiet(job, history)
    worst = _if_known(worst, orders, now)
    if not job.stands_still:
        return worst
    note = pause_note_of(job, orders)
    return replace(worst, missed=history.missed_now, at_once=starts_at_once(job, history, now), pause_note=note)


def _if_known(health: Health, orders: Orders, now: datetime) -> Health:
    known = orders.acknowledged
    if known is None or not health.word.is_trouble or not known.holds(health.word.rank, now):
        return health
    return replace(health, acknowledged=known)


def _nothing_to_say(job: Job, history: History | Past, now: datetime, orders: Orders) -> bool:
    """Whether it just waits for its next run after a good one: most timers do, so the judgements below are spared."""
    return (
        job.status is JobStatus.ACTIVE
        and job.activity is not None
        and job.activity.code is ActivityCode.AWAITING_NEXT_RUN
        and job.next_run is not None
        and job.next_run >= now
        and bool(job.runs)
        and history.outcomes[0] is Outcome.OK
        and not job.deletes
        and orders.good_within is None
        and getattr(job.end, "after_runs", None) is None
    )


def pause_note_of(job: Job, orders: Orders) -> PauseNote | None:
    """The reason written down here for its pause, if the present pause is that one."""
    note, since = orders.pause_note, job.activity.since if job.activity else None
    if note is None or not job.stands_still or (note.since is not None and since is not None and since != note.since):
        return None
    return note


def last_good(job: Job, tasks: Mapping[str, Task], outcomes: Iterable[Outcome]) -> datetime | None:
    """When the newest good copy was complete, as far as runs are known.

    A run that met no file is none where most others met some.
    """
    judged = list(zip(job.runs, outcomes, strict=True))
    empties = sum(outcome is Outcome.EMPTY for _, outcome in judged)
    full = sum(outcome in (Outcome.OK, Outcome.WITH_SKIPS) for _, outcome in judged)
    good = _GOOD[:2] if full >= empties else _GOOD
    for run, outcome in judged:
        if outcome in good and run.ran_at is not None:
            return run.ran_at + (took(run, task_of(run, tasks)) or timedelta())
    return None


_GOOD = (Outcome.OK, Outcome.WITH_SKIPS, Outcome.EMPTY)


def _judge_age(
    job: Job, tasks: Mapping[str, Task], history: History | Past, now: datetime, orders: Orders
) -> Iterator[Health]:
    """No good copy for too long is trouble, whatever kept it from being made."""
    if orders.good_within is None:
        return
    good = last_good(job, tasks, history.outcomes) or orders.good_at
    since = good or job.submitted_at
    if since is not None and now - since > orders.good_within:
        yield Health(Word.OVERDUE, Why.NO_GOOD_COPY, since, code=None if good else "none")


def _judge_standing_still(
    job: Job, tasks: Mapping[str, Task], history: History | Past, now: datetime, orders: Orders
) -> Iterator[Health]:
    """A paused timer: trouble of its last runs is still worth a look."""
    reason, activity = job.inactive_reason, job.activity
    named = activity.reason if activity else None
    cause = reason.cause.value if reason else named
    since = activity.since if activity else None
    if cause == PauseCause.AUTHORIZATION.value:
        gare = reason.gare if reason else None
        newest = job.runs[0] if job.runs else None
        refused = newest is not None and history.outcomes[0] is Outcome.REFUSED
        since = newest.ran_at if newest and refused else since
        yield Health(Word.SIGN_IN, _why_sign_in(gare), since, gare=gare)
    elif cause == PauseCause.USER.value:
        yield Health(Word.PAUSED, Why.PAUSED_BY_USER, since)
        note = pause_note_of(job, orders)
        if note is not None and note.until is not None and note.over(now):
            yield Health(Word.WARN, Why.OVERSTAYED, note.until)
    else:
        yield Health(Word.WARN, Why.PAUSED_BY_SERVICE, since, code=named)
    if history.failures_in_a_row:
        yield _failure(job, tasks, history)
    if (running := _run_in_progress(job, history)) is not None or job.running:
        yield from (health for health in _judge_running(job, running, tasks, history, now) if health.word.is_trouble)
    yield from _judge_what_moved(job, tasks, history, orders)
    yield from _judge_age(job, tasks, history, now, orders)


def _why_sign_in(gare: Gare | None) -> Why:
    if gare is None or gare.names_nothing:
        return Why.AUTHORIZATION
    if gare.wants_consent:
        return Why.CONSENT_MISSING
    return Why.SESSION if gare.wants_session else Why.AUTHORIZATION


def _judge_ended(job: Job, tasks: Mapping[str, Task], history: History | Past, now: datetime) -> Iterator[Health]:
    """A timer that has ended: its last run may still go on, and a bad end is worth a look for some days."""
    last = (job.runs[0].ran_at if job.runs else None) or job.last_ran_at
    if last and now - last <= RECENT:
        if history.failures_in_a_row:
            yield _failure(job, tasks, history)
        yield from _judge_last_success(job, tasks, history)
    running = _run_in_progress(job, history)
    if running is not None:
        yield from _judge_running(job, running, tasks, history, now)
    else:
        yield Health(Word.ENDED, Why.STOPPED, since=last, count=job.n_runs)


def _judge_active(
    job: Job, tasks: Mapping[str, Task], history: History | Past, now: datetime, orders: Orders
) -> Iterator[Health]:
    failure = _failure(job, tasks, history) if history.failures_in_a_row else None
    # A run in progress after a refused one shows that what was missing then is granted now.
    if failure is not None and not (failure.why is Why.RUN_REFUSED and job.running):
        yield failure
    retrying = job.activity is not None and job.activity.code is ActivityCode.RETRYING
    if retrying and job.activity:
        yield Health(Word.RETRY, Why.RETRYING, since=job.activity.since)
    running = _run_in_progress(job, history)
    due = _due(job, tasks)
    if running is not None or job.running:
        yield from _judge_running(job, running, tasks, history, now)
    elif due and due < now and not retrying and now - due > grace(job):
        yield Health(Word.OVERDUE, Why.LATE, since=due)
    yield from _judge_what_moved(job, tasks, history, orders)
    yield from _judge_age(job, tasks, history, now, orders)


def _judge_what_moved(job: Job, tasks: Mapping[str, Task], history: History | Past, orders: Orders) -> Iterator[Health]:
    if job.deletes:
        yield from _judge_source(job, tasks, orders)
    yield from _judge_last_success(job, tasks, history)


def _judge_source(job: Job, tasks: Mapping[str, Task], orders: Orders) -> Iterator[Health]:
    """A mirror deletes what its source no longer has: fewer files than before may be a purge or an empty mount."""
    seen, last = orders.source, job.runs[0].ran_at if job.runs else None
    ahead = seen if seen is not None and (last is None or last < seen.at) else None
    if ahead and (shrunk := fewer(ahead.usual, ahead.entries, orders.fewer_percent, orders.fewer_files)):
        yield Health(
            Word.WARN, Why.SOURCE_SHRANK, ahead.at, count=shrunk.now, previous_count=shrunk.before, code=BEFOREHAND
        )
        return
    known = [(run.ran_at, task) for run in job.runs if (task := task_of(run, tasks)) and task.files is not None]
    if shrunk := shrinking((task for _, task in known), orders.fewer_percent, orders.fewer_files):
        since = next(ran_at for ran_at, task in known if task.status is TaskStatus.SUCCEEDED)
        yield Health(Word.WARN, Why.SOURCE_SHRANK, since, count=shrunk.now, previous_count=shrunk.before)


def _due(job: Job, tasks: Mapping[str, Task]) -> datetime | None:
    """When the next run is due: the service's word, else the first tick behind the last run (inferred)."""
    if job.next_run is not None:
        return job.next_run
    schedule = job.schedule
    last = (job.runs[0].ran_at if job.runs else None) or job.last_ran_at
    if isinstance(schedule, OnceSchedule):
        return None if last or job.n_runs else schedule.at
    if schedule is None or schedule.start is None:
        return None
    if last is None and (job.n_runs or job.submitted_at is None):
        return None
    if job.runs and last is not None:  # ticks during that run were skipped
        last += took(job.runs[0], task_of(job.runs[0], tasks)) or timedelta(0)
    seen = last + RUN_SLACK if last else max(schedule.start, job.submitted_at or schedule.start) - RUN_SLACK
    return next_tick(schedule, seen, runs_done=job.n_runs)


def _failure(job: Job, tasks: Mapping[str, Task], history: History | Past) -> Health:
    count, bad = history.failures_in_a_row, (Outcome.FAILED, Outcome.REFUSED)
    began = _began(job, history, count, bad)
    run, outcome = next(pair for pair in zip(job.runs, history.outcomes, strict=True) if pair[1] in bad)
    if outcome is Outcome.REFUSED:
        text = run.problem or (run.gare.session_message if run.gare else None)
        code = run.gare.code if run.gare else (str(run.http_status) if run.http_status else None)
        return Health(Word.FAILED, Why.RUN_REFUSED, run.ran_at, count, code, text, run.gare, began=began)
    task = task_of(run, tasks)
    code, text = (task.error_code, task.error_text) if task else (None, run.problem)
    return Health(Word.FAILED, Why.TASK_FAILED, run.ran_at, count, code, text, began=began)


def _began(job: Job, history: History | Past, count: int, among: tuple[Outcome, ...]) -> datetime | None:
    """When the first of so many runs in a row began."""
    moments = [run.ran_at for run, outcome in zip(job.runs, history.outcomes, strict=True) if outcome in among]
    return moments[count - 1]


def _run_in_progress(job: Job, history: History | Past) -> Run | None:
    newest = job.runs[0] if job.runs else None
    if newest is None or run_is_unlisted(job):
        return None
    outcome = history.outcomes[0]
    if outcome is Outcome.RUNNING or (job.running and newest.state in (RunState.SUBMITTED, RunState.UNKNOWN)):
        return newest
    return None


def _judge_running(
    job: Job, run: Run | None, tasks: Mapping[str, Task], history: History | Past, now: datetime
) -> Iterator[Health]:
    task = task_of(run, tasks) if run else None
    started = (run.ran_at if run else None) or (job.activity.since if job.activity else None)
    lasted = now - started if started and now > started else None
    skipped = history.skipped_now
    trouble = task.trouble if task is not None else run.trouble if run is not None else None
    if trouble:
        text = task.nice_status_text if task else None
        yield Health(Word.BLOCKED, Why.TASK_TROUBLE, started, skipped, code=trouble, text=text)
    if lasted and history.usual and lasted > 3 * history.usual and lasted > SHORTEST_SLOW_RUN:
        yield Health(Word.BLOCKED, Why.SLOW, started, skipped)
    # A timer that has ended has no tick left to skip.
    if (
        lasted
        and job.interval_seconds
        and lasted.total_seconds() > job.interval_seconds
        and job.status is not JobStatus.ENDED
    ):
        yield Health(Word.OVERRUN, Why.LONGER_THAN_INTERVAL, started, skipped)
    yield Health(Word.RUNNING, Why.IN_PROGRESS, started)


def _judge_last_success(job: Job, tasks: Mapping[str, Task], history: History | Past) -> Iterator[Health]:
    for run, outcome in zip(job.runs, history.outcomes, strict=True):
        if outcome in (Outcome.RUNNING, Outcome.UNKNOWN):
            continue
        if outcome is Outcome.WITH_SKIPS and (task := task_of(run, tasks)) is not None:
            yield Health(Word.WARN, Why.FILES_SKIPPED, run.ran_at, count=task.skipped_errors)
        if history.empties_in_a_row >= EMPTY_RUNS_TO_WARN:
            began = _began(job, history, history.empties_in_a_row, (Outcome.EMPTY,))
            yield Health(Word.WARN, Why.NOTHING_MOVED, run.ran_at, count=history.empties_in_a_row, began=began)
        return


_ALL_FINE = Health(Word.OK, Why.FINE)


def _quiet(job: Job, history: History | Past) -> Health:
    if job.status is JobStatus.UNKNOWN and job.next_run is None and job.activity is None:
        return Health(Word.UNKNOWN, Why.UNKNOWN_STATUS, code=job.status_text)
    if not job.runs and not job.last_ran_at and not job.n_runs:
        return Health(Word.OK, Why.FIRST_RUN_AHEAD, since=job.next_run)
    if all(outcome is Outcome.UNKNOWN for outcome in history.outcomes):
        ran_at = (job.runs[0].ran_at if job.runs else None) or job.last_ran_at
        return Health(Word.UNKNOWN, Why.OUTCOME_UNKNOWN, since=ran_at)
    if history.outcomes[0] is Outcome.UNKNOWN:
        return Health(Word.OK, Why.LAST_OUTCOME_UNKNOWN, since=job.runs[0].ran_at)
    end = job.end
    if end is not None and end.after_runs is not None and job.n_runs is not None:
        runs_left = end.after_runs - job.n_runs
        if 0 < runs_left <= ENDS_SOON_RUNS < end.after_runs:
            return Health(Word.OK, Why.ENDS_SOON, count=runs_left)
    return _ALL_FINE
