"""The past of a job: one mark a tick (what ran, what was skipped, what was missed), and as lines in order of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import NO_END, OnceSchedule, RecurringSchedule, tick_count
from globus_tui.domain.timer.job import ActivityCode, JobKind, JobStatus
from globus_tui.domain.timer.run import Outcome, Run, outcome, took

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.task import Task

    AnyOutcomes: TypeAlias = "Sequence[Outcome] | Outcomes"


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

    __hash__ = object.__hash__  # members are unique, and Enum's own hash is slow, with thousands of timers


def mark_of(outcome: Outcome) -> Mark:
    return Mark[outcome.name]


@dataclass(frozen=True, slots=True)
class History:
    """A job's past as far as its document tells, newest first.

    Attributes:
        marks: one a tick or run, newest first.
        skipped_now: ticks skipped by the run in progress so far; None where the schedule does not say when they are.
        missed_now: ticks missed since the last run because the job stands still; None also where it is not known how
            long that run went on, as those that passed meanwhile were skipped.
        failures_in_a_row: finished runs that failed or were refused, counted from the newest finished one.
        empties_in_a_row: runs in a row, from the newest finished one, that met no file at all.
        usual: median duration of finished runs; None with fewer than three.
        complete: there are no older runs than those looked at.
        outcomes: what became of each of those, newest first.
    """

    marks: tuple[Mark, ...] = ()
    skipped_now: int | None = 0
    missed_now: int | None = 0
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
    return _grace(job.schedule.interval if isinstance(job.schedule, RecurringSchedule) else timedelta(hours=1))


@lru_cache(maxsize=256)
def _grace(interval: timedelta) -> timedelta:
    return min(timedelta(minutes=10), max(timedelta(minutes=2), interval / 10))


def look_back(job: Job, tasks: Mapping[str, Task], now: datetime) -> History:
    """Joins a job's runs, newest first, with their tasks and its ticks."""
    past = Past(job, tasks, now)
    return History(**{name: getattr(past, name) for name in History.__match_args__[:-1]}, outcomes=tuple(past.outcomes))


class Outcomes:
    """The outcomes of runs, each worked out when it is asked for: judging asks for the newest few."""

    def __init__(self, runs: Sequence[Run], tasks: Mapping[str, Task]) -> None:
        self._runs, self._tasks = runs, tasks
        self._known: list[Outcome] = []

    def __len__(self) -> int:
        return len(self._runs)

    def __getitem__(self, place: int) -> Outcome:
        known = self._known
        while len(known) <= place:
            run = self._runs[len(known)]  # raises IndexError after the last one, which ends an iteration
            known.append(outcome(run, task_of(run, self._tasks)))
        return known[place]

    def __iter__(self) -> Iterator[Outcome]:
        if len(self._known) == len(self._runs):
            return iter(self._known)
        return (self[place] for place in range(len(self._runs)))


class Past:
    """A `History` whose parts are worked out when they are asked for: judging asks for few of them.

    The attributes are those of a `History`.
    """

    def __init__(self, job: Job, tasks: Mapping[str, Task], now: datetime) -> None:
        """The arguments are those of `look_back`."""
        self._job, self.tasks, self._now = job, tasks, now
        self.outcomes = Outcomes(job.runs, tasks)

    @cached_property
    def _since(self) -> Gap:
        return since_last(self._job, self.outcomes, self.tasks, self._now)

    @property
    def marks(self) -> tuple[Mark, ...]:
        marks = _marks(self._job, self.outcomes, self.tasks)
        return (*_drawn(self._since), *[Mark.RUNNING] * run_is_unlisted(self._job), *marks)

    @property
    def skipped_now(self) -> int | None:
        if not _ticks_known(self._job):
            return None
        return sum(count for mark, count in self._since if mark is Mark.SKIPPED)

    @cached_property
    def missed_now(self) -> int | None:
        return _missed(self._job, self._since) if _ticks_known(self._job) else None

    @cached_property
    def failures_in_a_row(self) -> int:
        return _leading(self.outcomes, _FAILURES)

    @cached_property
    def empties_in_a_row(self) -> int:
        return _leading(self.outcomes, _EMPTIES)

    @cached_property
    def usual(self) -> timedelta | None:
        runs = self._job.runs
        return _usual(runs, self.outcomes, self.tasks) if len(runs) >= _RUNS_FOR_A_MEDIAN else None

    @property
    def complete(self) -> bool:
        job = self._job
        listed = bool(job.runs) if job.n_runs is None else len(job.runs) >= job.n_runs
        return job.runs_marker is None and listed


def _missed(job: Job, since: Gap) -> int | None:
    if job.stands_still and any(mark is Mark.UNKNOWN for mark, _ in since):
        return None
    return sum(count for mark, count in since if mark is Mark.MISSED)


def starts_at_once(job: Job, history: History | Past, now: datetime) -> bool | None:
    """Whether resuming a job that stands still starts one run at once; None where that cannot be told.

    Documented: one, if a run was missed; whether a run that was refused counts as one is in no source. None after the
    end, by date or by number of runs (documented), nor while the run before it still goes on: what passes meanwhile is
    skipped.
    """
    end = job.end or NO_END
    over = (end.until is not None and now > end.until) or (
        end.after_runs is not None and job.n_runs is not None and job.n_runs >= end.after_runs
    )
    if not job.stands_still or over or job.running or (history.outcomes and history.outcomes[0] is Outcome.RUNNING):
        return False
    refused = bool(history.outcomes) and history.outcomes[0] is Outcome.REFUSED
    return None if history.missed_now is None or (refused and not history.missed_now) else history.missed_now > 0


_SUCCESSES = (Outcome.OK, Outcome.EMPTY, Outcome.WITH_SKIPS)
_FAILURES, _EMPTIES = (Outcome.FAILED, Outcome.REFUSED), (Outcome.EMPTY,)
_RUNS_FOR_A_MEDIAN = 3


def _marks(job: Job, outcomes: AnyOutcomes, tasks: Mapping[str, Task]) -> list[Mark]:
    """A mark for each run, and for each tick between two of them at which nothing ran."""
    ticks = _ticks_of(job.schedule, job.runs)
    marks: list[Mark] = []
    for place, result in enumerate(outcomes):
        marks.append(mark_of(result))
        if place + 1 < len(ticks) and ticks[place] - ticks[place + 1] > 1:  # mostly there is no gap to look up
            marks.extend(_drawn(gaps_before(job, place, tasks)))
    return marks


def _ticks_of(schedule: Schedule | None, runs: tuple[Run, ...]) -> list[int]:
    """`tick_of` for each run, 0 for one without a moment; empty without ticks or with fewer than two runs."""
    if len(runs) < 2 or not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return []
    first, step = schedule.start - _slack(schedule.interval), schedule.interval
    return [max(-1, (run.ran_at - first) // step) if run.ran_at else 0 for run in runs]


def _usual(runs: tuple[Run, ...], outcomes: AnyOutcomes, tasks: Mapping[str, Task]) -> timedelta | None:
    """The median of what successful runs took."""
    durations = [
        lasted
        for run, result in zip(runs, outcomes, strict=True)
        if result in _SUCCESSES and (lasted := took(run, task_of(run, tasks)))
    ]
    return sorted(durations)[len(durations) // 2] if len(durations) >= _RUNS_FOR_A_MEDIAN else None


def task_of(run: Run, tasks: Mapping[str, Task]) -> Task | None:
    """The task behind a run: the current one if known, else the snapshot in an old document if that shows its end."""
    task = tasks.get(run.resource_id) if run.resource_id else None
    return run.finished_snapshot if task is None and run.snapshot is not None else task


def run_is_unlisted(job: Job) -> bool:
    """The run in progress is newer than all runs listed: the document then says only since when it goes on."""
    activity = job.activity
    if activity is None or activity.code is not ActivityCode.RUN_IN_PROGRESS:
        return False
    newest = job.runs[0] if job.runs else None
    if newest is None or newest.ran_at is None or activity.since is None:
        return newest is None or newest.ended is not None
    return activity.since > newest.ran_at + RUN_SLACK


def _ticks_known(job: Job) -> bool:
    if isinstance(job.schedule, RecurringSchedule):
        return job.schedule.start is not None
    return isinstance(job.schedule, OnceSchedule) and job.schedule.at is not None


def _leading(outcomes: AnyOutcomes, among: tuple[Outcome, ...]) -> int:
    """How many of the newest finished runs had this result without a break."""
    count = 0
    for place in range(len(outcomes)):  # by index, which is faster: this runs for every timer
        result = outcomes[place]
        if result in among:
            count += 1
        elif result is not Outcome.RUNNING and result is not Outcome.UNKNOWN:
            break
    return count


Gap = list[tuple[Mark, int]]
"""Ticks at which nothing ran, newest first: why, and how many."""


def since_last(job: Job, outcomes: AnyOutcomes, tasks: Mapping[str, Task], now: datetime) -> Gap:
    """Ticks since the newest run: skipped while it went on, then missed if the job stands still, else unexplained."""
    if job.status is JobStatus.DELETING:
        return []
    newest, last = job.runs[0] if job.runs else None, last_start(job, now)
    going = job.running or (bool(outcomes) and outcomes[0] is Outcome.RUNNING)
    ended = job.status is JobStatus.ENDED
    if ended and (job.end or NO_END).until is None:
        return []  # it ended with that run
    total = _ticks_after(job, last, now)
    if total and going:
        return [(Mark.SKIPPED, total)]
    lasted = _went_on(newest, outcomes[0], tasks) if newest and total else None
    skipped = 0 if lasted is None or last is None else min(total, _ticks_during(job, last, lasted))
    if ended:
        rest, mark = 0, Mark.MISSED
    elif job.stands_still:
        known = job.n_runs == 0 if last is None else lasted is not None
        rest, mark = total - skipped, Mark.MISSED if known else Mark.UNKNOWN
    else:  # a run is not late before the grace is over
        rest, mark = max(0, _ticks_after(job, last, now - grace(job)) - skipped), Mark.UNKNOWN
    return [(why, count) for why, count in ((mark, rest), (Mark.SKIPPED, skipped)) if count]


def last_start(job: Job, now: datetime) -> datetime | None:
    """When the newest run started; None where there was none yet."""
    if run_is_unlisted(job):
        return (job.activity.since if job.activity else None) or now
    return (job.runs[0].ran_at if job.runs else None) or job.last_ran_at


def _went_on(run: Run, result: Outcome, tasks: Mapping[str, Task]) -> timedelta | None:
    """How long a finished run kept the next one from starting: no time at all if it was refused."""
    lasted = took(run, task_of(run, tasks))
    return timedelta(0) if lasted is None and result is Outcome.REFUSED else lasted


def _ticks_during(job: Job, ran_at: datetime, lasted: timedelta) -> int:
    """Ticks that passed before the end of a run that belongs to one before them."""
    schedule = job.schedule
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return 0
    before_its_end = (ran_at + lasted - schedule.start - _INSTANT) // schedule.interval
    return max(0, before_its_end - tick_of(schedule, ran_at))


_INSTANT = timedelta(microseconds=1)


def _ticks_after(job: Job, last: datetime | None, until: datetime) -> int:
    """The number of ticks after that of the newest run; without any run, since the job was created."""
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


def _drawn(gap: Gap) -> list[Mark]:
    """A mark for each tick, up to more than any strip has room for."""
    most = _MOST_MARKS_OF_A_GAP
    return [mark for mark, count in gap for _ in range(min(count, most))][:most]


def gaps_before(job: Job, place: int, tasks: Mapping[str, Task]) -> Gap:
    """Ticks between a run and the one before it at which nothing ran.

    Those at which the older run still went on were skipped, later ones missed (a pause, an outage). Without knowing
    how long it went on, neither can be said. A run that started late (a retry, a catch-up) stands for the tick
    before it.
    """
    older = job.runs[place + 1] if place + 1 < len(job.runs) else None
    newer_at, schedule = job.runs[place].ran_at, job.schedule
    if older is None or older.ran_at is None or newer_at is None:
        return []
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None:
        return []
    gap = max(0, tick_of(schedule, newer_at) - tick_of(schedule, older.ran_at) - 1)
    lasted = _went_on(older, outcome(older, task_of(older, tasks)), tasks)
    if lasted is None:
        return [(Mark.UNKNOWN, gap)]
    skipped = min(gap, _ticks_during(job, older.ran_at, lasted))
    rest = Mark.UNKNOWN if older.kept_here else Mark.MISSED  # others may have run while nobody looked
    return [(rest, gap - skipped), (Mark.SKIPPED, skipped)]


def tick_of(schedule: RecurringSchedule, ran_at: datetime) -> int:
    """The number of the tick (from 0) that a run belongs to; -1 for a run before the schedule's start."""
    if schedule.start is None:
        return -1
    return max(-1, (ran_at + _slack(schedule.interval) - schedule.start) // schedule.interval)


@lru_cache(maxsize=256)
def _slack(interval: timedelta) -> timedelta:
    return min(RUN_SLACK, interval / 4)


SINGLY = 3
"""Ticks of one gap that get a line each; a longer gap is one line with their number."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the past.

    Attributes:
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
        return self.run.key if self.run else f"{self.mark.value} {self.at.isoformat() if self.at else '?'}"


def timeline(job: Job, tasks: Mapping[str, Task], now: datetime) -> tuple[Moment, ...]:
    return tuple(_moments(job, tasks, now))


def _moments(job: Job, tasks: Mapping[str, Task], now: datetime) -> Iterator[Moment]:
    transfers = job.kind is JobKind.TRANSFER or job.transfer is not None
    outcomes = [outcome(run, task_of(run, tasks)) for run in job.runs]
    since = since_last(job, outcomes, tasks, now)
    newest = _newest_since(job, last_start(job, now), since, now)
    for mark, count in since:
        yield from _lines(job, mark, newest, count, standing=job.stands_still)
        newest = _earlier(job, newest, count)
    if run_is_unlisted(job):
        yield Moment(Mark.RUNNING, job.activity.since if job.activity else None, transfers=transfers)
    for place, run in enumerate(job.runs):
        yield Moment(mark_of(outcomes[place]), run.ran_at, run, task_of(run, tasks), transfers=transfers)
        newest = _tick_before(job, run)
        for mark, count in gaps_before(job, place, tasks):
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


def _newest_since(job: Job, last: datetime | None, since: Gap, now: datetime) -> datetime | None:
    """The newest of the ticks since the last run; without any run, the newest one at all that counts."""
    schedule = job.schedule
    if last is not None and isinstance(schedule, RecurringSchedule) and schedule.start is not None:
        return schedule.start + (tick_of(schedule, last) + sum(count for _, count in since)) * schedule.interval
    now = now if job.stands_still else now - grace(job)  # a run is not late before that
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
