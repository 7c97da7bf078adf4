"""What is known now and what was published of it. Everything that changes a row goes through here."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from dataclasses import replace
from heapq import heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.collector import collector_resting, set_aside
from globus_tui.domain.destructive import USUAL_PERCENT
from globus_tui.store.freshness import Freshness, FreshnessState
from globus_tui.store.job_state import Change, JobState
from globus_tui.store.judging import OUTDATED, Verdict, verdict
from globus_tui.store.merge import RUNS_KEPT, Held, fold, merge_job, merge_runs
from globus_tui.store.name_shelf import NameShelf
from globus_tui.store.task_shelf import TaskShelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.job import Job, JobId
    from globus_tui.domain.task import Task
    from globus_tui.store.answer_cache import Kept
    from globus_tui.store.job_state import Pending

SLICE = 100
"""Jobs compared or judged before the event loop gets its turn: some milliseconds."""

JUDGED_AT_ONCE = 300
RUNS_KEPT_WHEN_OPENED = 1000
NUMBERS_REMEMBERED = 5000
"""With their moments. For an earlier moment all that is known counts as newer, so nothing is undone."""

_NO_STATES: Mapping[JobId, JobState] = MappingProxyType({})


class Board:
    """Jobs, tasks, names, verdicts and pending operations, joined into published states.

    Attributes:
        now: the present by the service's clock.
        clock: the present by this machine's.
        moment: seconds of a clock that all programs of this machine share and nobody sets.
        states: what is published; a new mapping only when something in it changed.
        freshness: how current that is.
        opened: jobs somebody looked into, with the number of their runs to keep.
        kept: rows of an earlier session, until the first answer of this one.
        alarm_levels: percent fewer files at the source of a mirror that alarm, by timer, where not the usual.
        disturbed: something changed a row since the last list: the same answer again may say something new.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        clock: Callable[[], datetime],
        moment: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = now
        self.clock = clock
        self.moment = moment
        self.states = _NO_STATES
        self.freshness = Freshness()
        self.held = Held()
        self.shelf = TaskShelf()
        self.names = NameShelf()
        self._judging = False
        self.pending: dict[JobId, Pending] = {}
        self.opened: dict[JobId, int] = {}
        self.disturbed = False
        self.kept: Kept | None = None
        self.alarm_levels: Mapping[str, float | None] = {}
        self._verdicts: dict[JobId, Verdict] = {}
        self._again: list[tuple[datetime, JobId]] = []
        self._numbers = itertools.count(1)
        self._drawn: deque[tuple[float, int]] = deque(maxlen=NUMBERS_REMEMBERED)
        self._last_local = 0
        self._listeners: list[Callable[[Change], None]] = []

    def number(self) -> int:
        """The next number for a request or a local change: see `merge`."""
        number = next(self._numbers)
        self._drawn.append((self.moment(), number))
        return number

    def number_at(self, moment: float) -> int:
        """The last number drawn before a moment of `self.moment`: for an answer that was asked for elsewhere."""
        return max((number for at, number in self._drawn if at < moment), default=0)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `listener` after each publication, until the function returned is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    # --- what an earlier session knew

    def show_kept(self, kept: Kept) -> None:
        """Publishes rows of an earlier session as they were judged then; the first list replaces them all."""
        self.kept = kept
        self.shelf.take(one for one in kept.tasks if one.finished)
        self.names.seed(kept.collections)
        self.states = MappingProxyType({one.job_id: one for one in kept.states})
        self.freshness = Freshness(FreshnessState.CACHED, kept.at)

    # --- news from the service

    async def take_list(self, answer: Sequence[Job], asked: int) -> frozenset[JobId]:
        """Folds a whole list in and publishes; returns which jobs are new or differ."""
        recognised = await self._recognise(answer)
        self.disturbed = bool(self.pending) or self._last_local > asked
        merged = fold(self.held, recognised, asked=asked, pending=self.pending, runs_kept=self.opened)
        for job_id in merged.removed:
            self._forget(job_id)
        self.held.jobs, self.held.folded = merged.jobs, merged.folded
        if self.shelf.fit(len(merged.jobs)):
            for job in merged.jobs.values():
                self._note(job)
        with collector_resting():
            self._judging = True
            try:
                await self._judge_changed(merged.changed)
            finally:
                self._judging = False
            gone_since = self.states.keys() - merged.jobs.keys() if self.kept else frozenset()
            self.kept = None
            self.publish(merged.changed, removed=merged.removed | gone_since)
        set_aside(len(merged.changed))
        return merged.changed

    async def _judge_changed(self, changed: Iterable[JobId]) -> None:
        for place, job_id in enumerate(changed):
            if (job := self.held.jobs.get(job_id)) is not None:
                self._note(job)
                self._judge(job)
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    async def _recognise(self, answer: Sequence[Job]) -> list[Job]:
        """The answer with each job that equals the one read before replaced by that, a slice at a time."""
        recognised: list[Job] = []
        compared = 0
        for job in answer:
            before = self.held.folded.get(job.job_id)
            if before is not None and before is not job:
                compared += 1
                if compared % SLICE == 0:
                    await asyncio.sleep(0)
                job = before if before == job else job
            recognised.append(job)
        return recognised

    def take_job(self, found: Job, asked: int) -> bool:
        """Folds the reading of one job in and publishes; False if something newer is known already."""
        job_id = found.job_id
        if max(self.held.touched.get(job_id, 0), self.held.deleted.get(job_id, 0)) > asked:
            return False
        self._touch(job_id, asked)
        old = self.held.jobs.get(job_id)
        job = merge_job(old, found, self.opened.get(job_id, RUNS_KEPT))
        self.held.folded.pop(job_id, None)
        self._note(job)
        if job != old:
            self.held.jobs[job_id] = job
            self._judge(job)
        self.publish((job_id,))
        return True

    def take_older_runs(self, job_id: JobId, found: Job) -> None:
        """Adds a page of older runs to a job; all else in that reading is as old as any list. Publishes."""
        old = self.held.jobs.get(job_id)
        if old is None:
            return
        runs = merge_runs(found.runs, old.runs, RUNS_KEPT_WHEN_OPENED)
        job = replace(old, runs=runs, runs_marker=found.runs_marker)
        self.held.jobs[job_id] = job
        self._note(job)
        self._judge(job)
        self.publish((job_id,))

    def drop_job(self, job_id: JobId, *, deleted_here: bool = False) -> None:
        """Takes a job off the board and publishes."""
        self._touch(job_id, self.number())
        if deleted_here:
            self.held.deleted[job_id] = self.held.touched[job_id]
        if job_id in self.held.jobs:
            self._forget(job_id)
            del self.held.jobs[job_id]
        self.publish((), removed=(job_id,))

    async def take_tasks(self, found: Sequence[Task]) -> None:
        """Takes tasks, judges the jobs they belong to again, and publishes."""
        touched = self.shelf.take(found)
        for place, job_id in enumerate(touched):
            if (job := self.held.jobs.get(job_id)) is not None:
                self._judge(job)
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        self.publish(touched, collections=self.names.harvest(found))

    def take_collections(self, found: Mapping[str, Collection]) -> None:
        """Takes collections and publishes."""
        self.publish((), collections=self.names.take(found))

    # --- what happens here

    def take_alarm_levels(self, levels: Mapping[str, float | None]) -> None:
        """Alarms at these percents from now on; judges the timers again for which that is another, and publishes."""
        before, self.alarm_levels = self.alarm_levels, levels
        ids = [one for one in self.held.jobs if before.get(one, USUAL_PERCENT) != levels.get(one, USUAL_PERCENT)]
        for job_id in ids:
            self._judge(self.held.jobs[job_id])
        self.publish(ids)

    def begin(self, job_id: JobId, pending: Pending) -> None:
        """An operation starts: the row says so from now on."""
        self._touch(job_id, self.number())
        self.pending[job_id] = pending
        self.publish((job_id,))

    def end(self, job_id: JobId) -> None:
        """It is over: answers asked for before this moment do not count for the row."""
        self._touch(job_id, self.number())
        self.held.folded.pop(job_id, None)
        if self.pending.pop(job_id, None) is not None:
            self.publish((job_id,))

    def tick(self) -> None:
        """Judges again what time alone may have changed, and publishes if it did.

        Not more than a few hundred jobs at once: what is left stays due, as `next_verdict_at` says.
        """
        if self._judging:
            return  # a list is published as a whole: a part of a first one would look like all of it
        now = self.now()
        changed: set[JobId] = set()
        while self._again and self._again[0][0] <= now and len(changed) < JUDGED_AT_ONCE:
            at, job_id = heappop(self._again)
            known, job = self._verdicts.get(job_id), self.held.jobs.get(job_id)
            if known is not None and job is not None and known.again == at:
                self._judge(job)
                changed.add(job_id)
        self.publish(changed)

    @property
    def next_verdict_at(self) -> datetime | None:
        """When `tick` has something to do, by the service's clock."""
        while self._again:
            at, job_id = self._again[0]
            known = self._verdicts.get(job_id)
            if known is not None and known.again == at:
                return at
            heappop(self._again)
        return None

    def set_freshness(self, freshness: Freshness) -> None:
        """Publishes how current the data are; outdated data make every word UNKNOWN."""
        if freshness == self.freshness:
            return
        turned = freshness.outdated != self.freshness.outdated
        self.freshness = freshness
        self.publish(tuple(self.held.jobs) if turned else (), freshness=True)

    def publish(
        self,
        jobs: Iterable[JobId],
        *,
        removed: Iterable[JobId] = (),
        freshness: bool = False,
        collections: bool = False,
    ) -> None:
        """Joins the layers for the jobs named, and tells the listeners what really changed."""
        news: dict[JobId, JobState] = {}
        for job_id in jobs:
            state = self._joined(job_id)
            if state is not None and state != self.states.get(job_id):
                news[job_id] = state
        gone = frozenset(one for one in removed if one in self.states)
        if news or gone:
            self.states = self._with(news, gone)
        change = Change(frozenset(news), gone, freshness, collections)
        if change:
            for listener in tuple(self._listeners):
                listener(change)

    def _with(self, news: dict[JobId, JobState], gone: frozenset[JobId]) -> Mapping[JobId, JobState]:
        """The states with some replaced; in the service's order when rows come or go."""
        joined = {**self.states, **news}
        if gone or len(joined) != len(self.states):
            joined = {one: joined[one] for one in self.held.jobs if one in joined}
        return MappingProxyType(joined)

    def _joined(self, job_id: JobId) -> JobState | None:
        job = self.held.jobs.get(job_id)
        if job is None:
            return None
        known = self._verdicts.get(job_id) or self._judge(job)
        health = OUTDATED if self.freshness.outdated and not job.unreadable else known.health
        return JobState(job, known.history, health, self.pending.get(job_id))

    def _judge(self, job: Job) -> Verdict:
        level = self.alarm_levels.get(job.job_id, USUAL_PERCENT)
        found = verdict(job, self.shelf.tasks, self.now(), fewer_percent=level)
        before = self._verdicts.get(job.job_id)
        if before is not None:  # the same history object as before, so that an equal state is cheap to recognise
            if before.history == found.history:
                found = replace(found, history=before.history)
            if before.health == found.health:
                found = replace(found, health=before.health)
        self._verdicts[job.job_id] = found
        if found.again is not None and (before is None or before.again != found.again):
            heappush(self._again, (found.again, job.job_id))
        return found

    def _touch(self, job_id: JobId, number: int) -> None:
        self.held.touched[job_id] = number
        self._last_local = max(self._last_local, number)
        self.disturbed = True

    def _note(self, job: Job) -> None:
        self.shelf.note(job, opened=job.job_id in self.opened)
        self.names.note(job)

    def _forget(self, job_id: JobId) -> None:
        self.shelf.forget(self.held.jobs[job_id])
        self._verdicts.pop(job_id, None)
        self.opened.pop(job_id, None)
