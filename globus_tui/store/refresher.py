"""Reads the timers again: the list, the tasks behind the runs, the names of collections. One reading at a time."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, NetworkError, ServiceError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.details import read_collections
from globus_tui.store.refresh_plan import (
    AFTER_NEXT_RUN,
    DUE_AT_ONCE,
    FEW_RUNS,
    LIST_INSTEAD,
    SOON_ENOUGH,
    VERDICTS_APART,
    Freshness,
    FreshnessState,
    Plan,
    is_sign_out,
    runs_to_ask_for,
)
from globus_tui.store.rows import views
from globus_tui.store.task_shelf import KEPT, TASKS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from globus_tui.domain.timer.job import JobId
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.board import Board
    from globus_tui.store.rows import Row
    from globus_tui.store.services import Services

SHORTEST_GAP = 60.0
"""Seconds between two such readings, except of timers that somebody has open or asked for."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which next runs are worth a reading of their own.

    Attributes:
        before: those that fall due before this moment of the service's clock: the next list comes much later.
        open_jobs: and those of the timers that somebody has open, whatever the list does.
    """

    before: datetime
    open_jobs: Collection[JobId] = ()


class DueJobs:
    """Timers to read singly, and when: next runs by the service's clock, wishes by this machine's."""

    def __init__(self) -> None:
        self._next_runs: dict[JobId, datetime] = {}
        self._heap: list[tuple[datetime, JobId]] = []
        self._wishes: dict[JobId, datetime] = {}
        self._looked_at: dict[JobId, datetime] = {}
        self._not_before: datetime | None = None

    def note(self, rows: Iterable[Row]) -> None:
        """Notes when jobs run next. Each next run is read for once; the list sees to the rest."""
        for row in rows:
            next_run = datetime.fromtimestamp(row.next_run, UTC)
            if row.undated or not row.active:
                self._next_runs.pop(row.job_id, None)
                self._looked_at.pop(row.job_id, None)
            elif self._next_runs.get(row.job_id) != next_run:
                self._next_runs[row.job_id] = next_run
                heappush(self._heap, (next_run, row.job_id))
        if len(self._heap) > 2 * len(self._next_runs) + 100:
            self._heap = [entry for entry in self._heap if self._current(*entry)]
            heapify(self._heap)

    def wish(self, job_id: JobId, at: datetime) -> None:
        """Has a job read again at a moment of this machine's clock."""
        self._wishes[job_id] = min(at, self._wishes.get(job_id, at))

    def next_at(self, now: datetime, clock: datetime, reach: Reach) -> float | None:
        """Seconds until `take` has something to give, negative if it has already; None if never."""
        self._drop_old(now)
        seconds = [(at - clock).total_seconds() for at in self._wishes.values()]
        seconds += [(at - now).total_seconds() for at, _ in self._open_ones(reach.open_jobs)]
        if self._heap and (at := self._heap[0][0] + AFTER_NEXT_RUN) < reach.before:
            gap = (self._not_before - clock).total_seconds() if self._not_before else 0.0
            seconds.append(max(gap, (at - now).total_seconds()))
        return min(seconds) if seconds else None

    def take(self, now: datetime, clock: datetime, reach: Reach) -> tuple[JobId, ...]:
        """Returns the few jobs to read now: when many fall due at one time, the list has them soon enough."""
        wished = [job_id for job_id, at in self._wishes.items() if at <= clock]
        for job_id in wished:
            del self._wishes[job_id]
        opened = [job_id for at, job_id in self._open_ones(reach.open_jobs) if at <= now]
        for job_id in opened:
            self._looked_at[job_id] = self._next_runs[job_id]
        return tuple(dict.fromkeys((*wished, *opened, *self._take_fallen(now, clock, reach))))

    def _take_fallen(self, now: datetime, clock: datetime, reach: Reach) -> list[JobId]:
        """Runs that the list would tell of much later."""
        fallen: list[JobId] = []
        if self._not_before is not None and clock < self._not_before:
            return fallen
        latest = now - AFTER_NEXT_RUN
        while self._heap and self._heap[0][0] <= latest and self._heap[0][0] + AFTER_NEXT_RUN < reach.before:
            at, job_id = heappop(self._heap)
            if self._current(at, job_id) and self._looked_at.get(job_id) != self._next_runs[job_id]:
                fallen.append(job_id)
        if fallen:
            self._not_before = clock + timedelta(seconds=SHORTEST_GAP)
        return fallen if len(fallen) <= DUE_AT_ONCE else []

    def _open_ones(self, opened: Iterable[JobId]) -> list[tuple[datetime, JobId]]:
        """When opened timers are worth a reading, each once for every next run."""
        return [
            (next_run + AFTER_NEXT_RUN, job_id)
            for job_id in opened
            if (next_run := self._next_runs.get(job_id)) is not None and self._looked_at.get(job_id) != next_run
        ]

    def _current(self, next_run: datetime, job_id: JobId) -> bool:
        return self._next_runs.get(job_id) == next_run

    def _drop_old(self, now: datetime) -> None:
        """Drops next runs that were long past when first seen: those timers are overdue or late."""
        long_past = now - AFTER_NEXT_RUN - timedelta(seconds=60)
        while self._heap and (not self._current(*self._heap[0]) or self._heap[0][0] < long_past):
            heappop(self._heap)


_MOST_TASKS = 4 * TASKS_AT_ONCE
"""Of a look-up while there are tasks that were never read: four requests. Else one, and running tasks take turns."""
BACKLOG_PAUSE = timedelta(seconds=5)
"""Between the look-ups of tasks that were never read. Once there are none, they are looked up with the list only."""
GRACE = 2.0
"""Seconds that a copy waits longer when it took the last answer from another: so that one copy goes on asking, and its
answer is there when the others are due."""
PAUSE_AFTER_FAILURE = timedelta(minutes=5)
"""Until older tasks are asked for again beside the refreshes, which go on trying the newest."""


class WakeKind(Enum):
    REFRESH = "refresh"
    JOBS = "jobs"
    TASKS = "tasks"
    TICK = "tick"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Wake:
    """The next thing to do: `seconds` from now (never negative), and what."""

    seconds: float
    kind: WakeKind


class Refresher:
    """Keeps the board current.

    Attributes:
        lists_requested: lists that this copy of the program asked for.
        lists_shared: lists that it was handed as another copy on this host was told them.
        rows_on_screen: clear until the rows of a list are on the screen: tasks and names are asked for behind that.

    Args:
        services: Timers for the list, Transfer for what became of the runs and for names.
        draw: gives a number from 0 to 1, to spread retries.
    """

    def __init__(
        self, board: Board, services: Services, *, plan: Plan, draw: Callable[[], float] = random.random
    ) -> None:
        self.board = board
        self.plan = plan
        self.due = DueJobs()
        self.lists_requested = self.lists_shared = 0
        self.last_was_shared = False
        self.rows_on_screen = asyncio.Event()
        self.rows_on_screen.set()
        self._services = services
        self._draw = draw
        self._turn, self._began = asyncio.Lock(), 0
        self._reading_jobs = False
        self._reading_tasks = self._reading_rest = False
        self._tasks_not_before = board.clock()
        self._ticked_at: datetime | None = None
        self._signed_in_at_last = False
        """Somebody signed in, and nothing was answered since."""

    # --- the list

    async def refresh(self, *, own: bool = True) -> None:
        """Reads everything that is due.

        With `own` Globus is asked in any case, after a reading that is under way: it may not know what made somebody
        ask. Without, a reading that is under way will do, and what another copy of this program was told.

        Failures do not raise: they are told by the board's `freshness`, and the last good data stay.
        """
        if self.reading and not own:
            return
        wished = self.board.number()
        async with self._turn:
            if self._began > wished:  # another one who waited has asked meanwhile
                return
            self._began = self.board.number()
            if not await self._read_list(own):
                return
        await self.rows_on_screen.wait()
        if not self._reading_rest:  # a Transfer service that does not answer holds up no list
            self._reading_rest = True
            try:
                await self._read_rest()
            finally:
                self._reading_rest = False

    @property
    def reading(self) -> bool:
        """Whether the list is being read."""
        return self._turn.locked()

    async def _read_list(self, own: bool) -> bool:
        reading, asked = self.board.reading(), self.board.number()
        try:
            read, age = await self._services.jobs.read_list(
                reading.take,
                reading.documents,
                result_count=self._runs_wanted(),
                unless_same=not self.board.changed_here,
                younger_than=0.0 if own else self.plan.pace,
            )
        except GlobusTuiError as error:
            self.note_failure(error)
            return False
        self.last_was_shared = age is not None
        self.lists_shared += self.last_was_shared
        self.lists_requested += not self.last_was_shared
        if age is not None:
            asked = self.board.number_at(self.board.moment() - age)
        if read is not None:
            self._note_due(self.board.take_list(read, asked))
        self._note_success(age)
        return True

    def _runs_wanted(self) -> int:
        # What an earlier session showed was read there: this one has no older runs to put new ones to.
        checked = self.board.freshness.checked_at if self.board.documents else None
        silence = (self.board.clock() - checked).total_seconds() if checked else None
        return runs_to_ask_for(len(self.board.documents), silence)

    def _note_success(self, age: float | None) -> None:
        answered = self.board.clock() - timedelta(seconds=age or 0.0)
        self.plan = self.plan.succeeded(answered, 0.0 if age is None else GRACE)
        self._signed_in_at_last = False
        state = FreshnessState.FRESH if self.plan.interval else FreshnessState.PAUSED
        partial = self.board.freshness.partial
        self.board.set_freshness(Freshness(state, answered, next_attempt=self.plan.next_at, partial=partial))

    def note_failure(self, error: GlobusTuiError) -> None:
        """Keeps the data after a failed or refused request, says why, and plans the next attempt."""
        now = self.board.clock()
        advice = error.advice or None
        if advice == NetworkError.advice:
            advice = f"It is tried again by itself. {error.advice}"
        in_vain = self._signed_in_at_last and isinstance(error, ServiceError) and is_sign_out(error)
        if in_vain:
            # A fresh sign-in is refused, too: asking for another would go on for ever.
            advice = (
                "The sign-in is fresh, so another will not help. Run globus-tui doctor; it is tried again by itself."
            )
        if is_sign_out(error) and not in_vain:
            self.plan = self.plan.signed_out_now()
            state = FreshnessState.SIGNED_OUT
        else:
            self.plan = self.plan.failed(now, retry_after=error.retry_after, jitter=self._draw())
            state = FreshnessState.STALE if self.board.cached_rows is None else FreshnessState.CACHED
        self._freshness(
            state=state,
            problem=str(error),
            advice=advice,
            next_attempt=self.plan.next_at,
            failures=self.plan.failures,
            gare=error.gare,
        )

    def _freshness(self, **changes: object) -> None:
        """Publishes the freshness with some of it changed; `outdated` follows from the time."""
        freshness = replace(self.board.freshness, **changes)  # type: ignore[arg-type]  # names and types as in Freshness
        outdated_at = self.plan.outdated_at(freshness.checked_at)
        passed = outdated_at is not None and self.board.clock() >= outdated_at
        # Once they are outdated only an answer makes them good: not a slower pace, nor a clock that was set back.
        outdated = (passed or freshness.outdated) and freshness.state is not FreshnessState.CACHED
        self.board.set_freshness(replace(freshness, outdated=outdated))

    # --- what hangs on the list

    async def _read_rest(self) -> None:
        partial = await self._read_tasks()
        if partial is None:
            wanted = self.board.names.wanted(self.board.now())
            partial = await read_collections(self.board, self._services, wanted)
        self._freshness(partial=partial)

    async def read_once(self, *, names: bool = True) -> None:
        """Reads all timers, the tasks behind their runs and the names of collections, for a command that then ends.

        Without `names` those of a few collections only. Failures are told as by `refresh`.
        """
        if self.board.documents:
            if not await self._read_list(own=True):
                return
            tasks, problem = await self._wanted_tasks()
            self.board.take_tasks(tasks)
        else:
            asked = self.board.number()
            try:
                seen, _ = await self._services.jobs.read_list(views, {}, result_count=self._runs_wanted())
            except GlobusTuiError as error:
                self.note_failure(error)
                return
            self._note_success(None)
            self.board.expect(seen or ())
            tasks, problem = await self._wanted_tasks()
            self.board.shelf.take(tasks)  # before the timers are judged, so that each is judged once
            self._note_due(self.board.take_list(self.board.reading().judge(seen or ()), asked))
            self.board.publish((), collections=self.board.names.harvest(tasks))
        while problem is None and (wanted := self.board.names.wanted(self.board.now())):
            problem = await read_collections(self.board, self._services, wanted)
            if not names:
                break
        self._freshness(partial=problem)

    async def _wanted_tasks(self) -> tuple[list[Task], str | None]:
        """All tasks that were never read, as far as they could be, and why not all."""
        ids = self.board.shelf.wanted(self.board.now(), KEPT)
        tasks: list[Task] = []
        for at in range(0, len(ids), _MOST_TASKS):
            try:
                tasks += await self._tasks(ids[at : at + _MOST_TASKS])
            except GlobusTuiError as error:
                return tasks, _unread(error)
        return tasks, None

    async def _read_tasks(self) -> str | None:
        """At most one look-up of tasks; returns why it failed."""
        now, shelf = self.board.now(), self.board.shelf
        ids = shelf.wanted(now, _MOST_TASKS if shelf.backlog(now) else TASKS_AT_ONCE)
        if not ids or self._reading_tasks:
            return None
        self._reading_tasks, pause = True, BACKLOG_PAUSE
        try:
            tasks = await self._tasks(ids)
        except GlobusTuiError as error:
            pause = PAUSE_AFTER_FAILURE
            return _unread(error)
        finally:
            self._reading_tasks = False
            self._tasks_not_before = self.board.clock() + pause
        self.board.take_tasks(tasks)
        return None

    async def _tasks(self, ids: Sequence[str]) -> tuple[Task, ...]:
        pace = self.plan.pace if self.last_was_shared else 0.0
        tasks = await self._services.tasks.tasks_by_id(ids, younger_than=pace)
        self.board.shelf.note_missing(set(ids) - {task.task_id for task in tasks}, self.board.now())
        return tasks

    # --- single timers

    async def read_job(self, job_id: JobId) -> None:
        """Reads one timer again, if that works. A 404 removes it."""
        asked = self.board.number()
        try:
            reading = await self._services.jobs.get_job(job_id, page_size=FEW_RUNS)
            self.board.take_job(reading.job, asked)
        except GlobusTuiError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                self.board.drop_job(job_id)
            elif is_sign_out(error):
                self.note_failure(error)
            return
        self._note_due((job_id,))

    def _note_due(self, job_ids: Iterable[JobId]) -> None:
        self.due.note(row for job_id in job_ids if (row := self.board.states.rows.get(job_id)) is not None)

    async def read_due_jobs(self) -> None:
        """Reads the timers whose next run just fell due, and those an action asked to look at again."""
        if self._reading_jobs:
            return
        self._reading_jobs = True
        try:
            due = self.due.take(self.board.now(), self.board.clock(), self._reach())
            if len(due) >= LIST_INSTEAD:
                await self.refresh()
                return
            for job_id in due:
                if job_id in self.board.documents and job_id not in self.board.pending:
                    await self.read_job(job_id)
        finally:
            self._reading_jobs = False

    def _reach(self) -> Reach:
        """Single readings are for what somebody looks at, and for runs that the list would tell of much later."""
        now, clock, next_list = self.board.now(), self.board.clock(), self.plan.next_at
        if next_list is None or not self.plan.focused:
            return Reach(now - timedelta(days=1))
        return Reach(now + (next_list - clock) - SOON_ENOUGH, tuple(self.board.runs_to_keep))

    # --- the clock

    def next_wake(self) -> Wake | None:
        """What to do next and in how many seconds; None when nothing will ever be due by itself."""
        planned = self._planned()
        if not planned:
            return None
        kind, seconds = min(planned.items(), key=lambda job_id: job_id[1])
        return Wake(max(0.0, seconds), kind)

    def _planned(self) -> dict[WakeKind, float]:
        """Seconds until each kind of thing is due, negative if it is already."""
        clock, now = self.board.clock(), self.board.now()
        planned: dict[WakeKind, float] = {}
        if self.plan.next_at is not None and not (self.reading and self.plan.next_at <= clock):
            planned[WakeKind.REFRESH] = (self.plan.next_at - clock).total_seconds()
        if not self.plan.signed_out and not self.plan.failures and self.plan.interval:
            if not self._reading_jobs and (seconds := self.due.next_at(now, clock, self._reach())) is not None:
                planned[WakeKind.JOBS] = seconds
            if not (self.reading or self._reading_rest or self._reading_tasks) and self.board.shelf.backlog(now):
                planned[WakeKind.TASKS] = (self._tasks_not_before - clock).total_seconds()
        if ticks := self._ticks_in(clock, now):
            planned[WakeKind.TICK] = min(ticks)
        return planned

    def _ticks_in(self, clock: datetime, now: datetime) -> list[float]:
        seconds = []
        if (at := self.board.next_verdict_at) is not None:
            since = (clock - self._ticked_at).total_seconds() if self._ticked_at else VERDICTS_APART
            seconds.append(max(at - now.timestamp(), VERDICTS_APART - since))
        outdated_at = self.plan.outdated_at(self.board.freshness.checked_at)
        if outdated_at is not None and not self.board.freshness.outdated:
            seconds.append((outdated_at - clock).total_seconds())
        return seconds

    async def wake(self) -> None:
        """Does whatever is due now; a refresh includes the rest."""
        self.tick()
        due = {kind for kind, seconds in self._planned().items() if seconds <= 0}
        if WakeKind.REFRESH in due:
            await self.refresh(own=False)
        elif WakeKind.JOBS in due:
            await self.read_due_jobs()
        elif WakeKind.TASKS in due:
            await self._read_tasks()

    def tick(self) -> None:
        """Judges all timers again by the clock alone, without a request."""
        self._ticked_at = self.board.clock()
        self._freshness()
        self.board.tick()

    def set_interval(self, seconds: float) -> None:
        """Sets the interval (see `usable_interval`); 0 switches refreshing off."""
        self.plan = self.plan.with_interval(seconds, self.board.clock())
        state = self.board.freshness.state
        if state in (FreshnessState.FRESH, FreshnessState.PAUSED):
            state = FreshnessState.FRESH if seconds else FreshnessState.PAUSED
        self._freshness(state=state, next_attempt=self.plan.next_at)

    def set_focus(self, focused: bool) -> None:
        self.plan = self.plan.with_focus(focused, self.board.clock(), self.board.freshness.checked_at)
        self._freshness(next_attempt=self.plan.next_at)

    def signed_in(self, *, fresh: bool = False) -> None:
        """Makes the next refresh due at once, as there are credentials again; `fresh`: somebody has just signed in."""
        self._signed_in_at_last = fresh
        self.plan = self.plan.asking_again(self.board.clock())
        self._freshness(next_attempt=self.plan.next_at, gare=None)


def _unread(error: GlobusTuiError) -> str:
    return f"What became of the runs could not be read: {error}"
