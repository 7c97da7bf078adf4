"""Judges a job and says when time alone may change the verdict, so that nothing is judged twice for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.destructive import USUAL_PERCENT
from globus_tui.domain.health import RECENT, SHORTEST_SLOW_RUN, Health, Why, Word, grace, judge
from globus_tui.domain.history import History, look_back
from globus_tui.domain.job import Job, JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import next_tick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.task import Task

OUTDATED = Health(Word.UNKNOWN, Why.STALE)
_COUNTING = (Word.RUNNING, Word.OVERRUN, Word.BLOCKED)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement; `again` is the moment from which it may differ without any news, None if never."""

    history: History
    health: Health
    again: datetime | None


def verdict(
    job: Job, tasks: Mapping[str, Task], now: datetime, *, fewer_percent: float | None = USUAL_PERCENT
) -> Verdict:
    """Looks back and judges; `fewer_percent` as for `judge`."""
    history = look_back(job, tasks, now)
    health = _in_steps(judge(job, tasks, now, history=history, fewer_percent=fewer_percent))
    return Verdict(history, health, min(_moments(job, history, health, now), default=None))


def _step(lasted: timedelta) -> timedelta:
    return timedelta(minutes=1) if lasted < timedelta(days=1) else timedelta(hours=1)


def _in_steps(health: Health) -> Health:
    """Counts durations in whole minutes, from a day on in hours: else a running timer would change at every look."""
    if health.lasted is None:
        return health
    step = _step(health.lasted)
    return replace(health, lasted=health.lasted // step * step)


def _moments(job: Job, history: History, health: Health, now: datetime) -> Iterator[datetime]:
    """Moments after `now` at which the clock alone may change the verdict; one too many costs only a judgement."""
    if job.unreadable or job.status is JobStatus.DELETING:
        return
    if health.lasted is not None and health.since is not None:
        yield health.since + health.lasted + _step(health.lasted)
    yield from _moments_of_a_long_run(job, history, now)
    if job.status is JobStatus.ENDED:
        last = (job.runs[0].ran_at if job.runs else None) or job.last_ran_at
        if last and last + RECENT >= now:
            yield last + RECENT + _INSTANT
        return
    slack = grace(job)
    if job.next_run is not None and job.next_run + slack >= now:
        yield job.next_run + slack + _INSTANT
    if (tick := next_tick(job.schedule, now - slack - _INSTANT)) is not None:
        yield tick + slack + _INSTANT
    if health.word in _COUNTING or job.running or job.stands_still:
        tick = next_tick(job.schedule, now)
        if tick is not None:
            yield tick


def _moments_of_a_long_run(job: Job, history: History, now: datetime) -> Iterator[datetime]:
    """When the newest run, if it still goes on, gets longer than usual or than the interval."""
    newest = job.runs[0] if job.runs and job.runs[0].ended is None else None
    started = (newest.ran_at if newest else None) or (job.activity.since if job.activity else None)
    if started is None:
        return
    limits = [timedelta(0), SHORTEST_SLOW_RUN]
    if job.interval_seconds:
        limits.append(timedelta(seconds=job.interval_seconds))
    if history.usual:
        limits.append(3 * history.usual)
    yield from (moment for limit in limits if (moment := started + limit + _INSTANT) > now)
