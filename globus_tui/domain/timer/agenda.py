"""Which runs come when, how long they will go on, and where they are in each other's way; and what became of past ones.

Forecasts go by what is known: schedules, and what runs usually took. A run of which nobody knows how long it takes
holds up no other; the agenda says how many those are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.schedule.schedule import RecurringSchedule, ticks_between
from globus_tui.domain.timer.history import grace, run_is_unlisted, task_of, timeline
from globus_tui.domain.timer.hour_load import dated, will_start
from globus_tui.domain.timer.run import Outcome, took
from globus_tui.domain.transfer.places import relation, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from globus_tui.domain.timer.history import History, Mark, Past
    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task

AT_ONCE = 3
"""Tasks of one user on which Transfer works at a time; more of them wait in its queue (documented)."""
MOST = 20_000
"""Runs that are reckoned with at most: a week of hourly runs of some hundred timers."""
_MINUTE = timedelta(minutes=1)


def fires(
    job: Job, after: datetime, until: datetime, now: datetime, *, most: int | None = None
) -> tuple[datetime, ...]:
    """When a job will really start in `after` < moment <= `until`, oldest first: as many as `will_start` counts.

    `most`: no more of them are listed.
    """
    after = max(after, now)
    count = will_start(job, after, until, now)
    if not count:
        return ()
    ticks = islice(ticks_between(dated(job), after, until), count if most is None else min(count, most))
    return tuple(ticks) or ((job.next_run,) if job.next_run else ())


class Habit(NamedTuple):
    """A timer as far as a forecast asks.

    Attributes:
        usual: what its runs usually take; None where too few are known.
        since: since when a run of it is in progress; None when none is.
    """

    job: Job
    usual: timedelta | None
    since: datetime | None

    @property
    def end(self) -> datetime | None:
        """When the run in progress will usually be over."""
        return self.since + self.usual if self.since is not None and self.usual is not None else None


def habit_of(job: Job, past: History | Past) -> Habit:
    """Reads a timer's habit from its runs."""
    since = None
    if run_is_unlisted(job):
        since = job.activity.since if job.activity else None
    elif job.runs and past.outcomes[0] is Outcome.RUNNING:
        since = job.runs[0].ran_at
    return Habit(job, past.usual, since)


class Coming(NamedTuple):
    """A run to come.

    Attributes:
        usual: how long such runs take; None where that is not known.
        begins: when it will be worked on; None: it will be skipped, since the run before it goes on.
    """

    at: datetime
    job_id: JobId
    usual: timedelta | None
    begins: datetime | None

    @property
    def ends(self) -> datetime | None:
        """When the run will be over; None when not known."""
        return self.begins + self.usual if self.begins is not None and self.usual is not None else None


class ClashKind(Enum):
    """How runs are in each other's way; the value is the name in a document."""

    QUEUE = "queue"
    SAME_PLACE = "same place"
    OWN_TICK = "own tick"


class Clash(NamedTuple):
    """Runs in each other's way.

    Attributes:
        at: the first time that it happens.
        until: when it is over, or the last time.
        times: runs that wait, that are skipped, or times that two write to one place.
        wait: the longest wait in the queue.
    """

    kind: ClashKind
    at: datetime
    until: datetime
    job_ids: tuple[JobId, ...]
    times: int
    wait: timedelta | None = None


class Forecast(NamedTuple):
    """What comes.

    Attributes:
        until: how far it was reckoned: less than asked for with very many runs.
        unsure: runs of which nobody knows how long they take.
    """

    runs: tuple[Coming, ...]
    clashes: tuple[Clash, ...]
    until: datetime
    unsure: int


def forecast(
    habits: Sequence[Habit], now: datetime, until: datetime, known: Mapping[str, Collection] | None = None
) -> Forecast:
    """Reckons what runs until then: three tasks at a time, the others wait in the order in which they came.

    Args:
        habits: all timers of the user: those left out hold nobody up.
        known: documents of collections, which tell what leads to the same place.
    """
    while sum(will_start(habit.job, now, until, now) for habit in habits) > MOST:
        until = now + (until - now) / 2
    runs = tuple(_coming_runs(habits, now, until))
    clashes = [*_queues(runs), *_own_ticks(runs), *_same_places(habits, runs, known or {})]
    unsure = sum(run.begins is not None and run.usual is None for run in runs)
    return Forecast(runs, tuple(sorted(clashes, key=lambda clash: clash.at)), until, unsure)


def _coming_runs(habits: Sequence[Habit], now: datetime, until: datetime) -> Iterator[Coming]:
    due = sorted((at, number) for number, habit in enumerate(habits) for at in fires(habit.job, now, until, now))
    over = {number: max(now, habit.end) for number, habit in enumerate(habits) if habit.end is not None}
    places = sorted(end for number, end in over.items() if habits[number].job.transfer is not None)
    for at, number in due:
        job, usual, _ = habits[number]
        begins: datetime | None = at
        if number in over and over[number] > at:
            begins = None
        elif usual is not None:
            if job.transfer is not None:
                begins = _begins(at, places)
                heappush(places, begins + usual)
            over[number] = (begins or at) + usual
        yield Coming(at, job.job_id, usual, begins)


def _begins(at: datetime, places: list[datetime]) -> datetime:
    while len(places) >= AT_ONCE:
        at = max(at, heappop(places))
    return at


def _queues(runs: Sequence[Coming]) -> Iterator[Clash]:
    waiting: list[Coming] = []
    for run in (*runs, None):
        over = max((coming.begins for coming in waiting if coming.begins), default=None)
        if waiting and over is not None and (run is None or run.at >= over):
            longest = max(coming.begins - coming.at for coming in waiting if coming.begins)
            ids = tuple(dict.fromkeys(coming.job_id for coming in waiting))
            yield Clash(ClashKind.QUEUE, waiting[0].at, over, ids, len(waiting), longest)
            waiting = []
        if run is not None and run.begins is not None and run.begins - run.at >= _MINUTE:
            waiting.append(run)


def _own_ticks(runs: Sequence[Coming]) -> Iterator[Clash]:
    skipped: dict[JobId, list[datetime]] = {}
    for run in runs:
        if run.begins is None:
            skipped.setdefault(run.job_id, []).append(run.at)
    for job_id, moments in skipped.items():
        yield Clash(ClashKind.OWN_TICK, moments[0], moments[-1], (job_id,), len(moments))


def _same_places(habits: Sequence[Habit], runs: Sequence[Coming], known: Mapping[str, Collection]) -> Iterator[Clash]:
    """Runs that write to the same or nested places at the same time; a run of unknown length counts for one minute."""
    jobs = {habit.job.job_id: habit.job for habit in habits}
    bars = [
        (habit.since, habit.end or habit.since + _MINUTE, habit.job.job_id)
        for habit in habits
        if habit.since is not None
    ]
    bars += [(run.begins, run.ends or run.begins + _MINUTE, run.job_id) for run in runs if run.begins is not None]
    bars = [bar for bar in bars if jobs[bar[2]].transfer is not None]
    alike: dict[tuple[JobId, JobId], bool] = {}
    met: dict[tuple[JobId, JobId], list[tuple[datetime, datetime]]] = {}
    going: list[tuple[datetime, datetime, JobId]] = []
    for begins, ends, job_id in sorted(bars):
        going = [bar for bar in going if bar[1] > begins]
        for _, other_ends, other in going:
            pair = (min(job_id, other), max(job_id, other))
            if pair not in alike:
                alike[pair] = job_id != other and _write_together(jobs[job_id], jobs[other], known)
            if alike[pair]:
                met.setdefault(pair, []).append((begins, min(ends, other_ends)))
        going.append((begins, ends, job_id))
    for pair, times in met.items():
        yield Clash(ClashKind.SAME_PLACE, times[0][0], times[-1][1], pair, len(times))


def _write_together(one: Job, other: Job, known: Mapping[str, Collection]) -> bool:
    own_targets, other_targets = (targets(each.transfer, known) if each.transfer else [] for each in (one, other))
    return any(relation(own, foreign).overlaps for own in own_targets for foreign in other_targets)


class PastRun(NamedTuple):
    """What became of a run or tick of the past.

    Attributes:
        ends: when the run was over; None for a tick, and where nobody knows.
        ticks: for how many ticks without a run it stands.
        late: a run that started long after its tick: it caught up on one that was missed.
    """

    at: datetime
    ends: datetime | None
    mark: Mark
    ticks: int = 1
    late: bool = False


def past_runs(job: Job, tasks: Mapping[str, Task], now: datetime, since: datetime) -> tuple[PastRun, ...]:
    """A timer's runs and ticks since a moment, newest first."""
    past = []
    for moment in timeline(job, tasks, now):
        if moment.at is None:
            continue
        lasted = took(moment.run, task_of(moment.run, tasks)) if moment.run else None
        ends = moment.at + lasted if lasted is not None else None
        if moment.at >= since or (ends is not None and ends > since):
            late = moment.run is not None and _is_late(job, moment.at)
            past.append(PastRun(moment.at, ends, moment.mark, moment.ticks, late))
    return tuple(past)


def _is_late(job: Job, at: datetime) -> bool:
    schedule = job.schedule
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None or at < schedule.start:
        return False
    return (at - schedule.start) % schedule.interval > grace(job)


def clock_changes(begins: datetime, ends: datetime, zone: tzinfo) -> tuple[tuple[datetime, timedelta], ...]:
    """When the clocks of a zone are put forward or back between two moments, and by how much."""
    quarter = timedelta(minutes=15)
    changes, at = [], begins - (begins - datetime.min.replace(tzinfo=begins.tzinfo)) % quarter
    before = at.astimezone(zone).utcoffset() or timedelta()
    while (at := at + quarter) <= ends:
        offset = at.astimezone(zone).utcoffset() or timedelta()
        if offset != before:
            changes.append((at, offset - before))
            before = offset
    return tuple(changes)
