"""Reads the timers again: the list, the tasks behind the runs, the names of collections. One reading at a time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, ServiceError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.collection_reading import read_collections
from globus_tui.store.due import DueJobs, Reach
from globus_tui.store.freshness import Freshness, FreshnessState, is_sign_out, requirement, wait_asked_for
from globus_tui.store.list_reader import ListReader
from globus_tui.store.refresh_plan import LIST_INSTEAD, SOON_ENOUGH, VERDICTS_APART, Plan, runs_to_ask_for
from globus_tui.store.task_shelf import TASKS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from globus_tui.domain.job import Job, JobId
    from globus_tui.store.board import Board
    from globus_tui.store.services import Services

CATCHING_UP_REQUESTS = 4
"""Requests of a look-up while there are tasks that were never read; else one, and running tasks take turns."""
BACKLOG_PAUSE = timedelta(seconds=5)
"""Between the look-ups of tasks that were never read. Once there are none, they are looked up with the list only."""
PAUSE_AFTER_FAILURE = timedelta(minutes=5)
"""Until older tasks are asked for again beside the refreshes, which go on trying the newest."""


class WakeKind(Enum):
    """What is to be done at a moment."""

    REFRESH = "refresh"
    JOBS = "jobs"
    TASKS = "tasks"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Wake:
    """The next thing to do: `seconds` from now (never negative), and what."""

    seconds: float
    kind: WakeKind


class Refresher:
    """Keeps the board current.

    Args:
        board: where the answers go.
        services: Timers for the list, Transfer for what became of the runs and for names.
        plan: when to ask.
        draw: gives a number from 0 to 1, to spread retries.
    """

    def __init__(
        self,
        board: Board,
        services: Services,
        *,
        plan: Plan,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.board = board
        self.plan = plan
        self.due = DueJobs()
        self.lists = ListReader(board, services)
        self._services = services
        self._draw = draw
        self._reading = False
        self._reading_jobs = False
        self._reading_tasks = False
        self._last_answer: tuple[Job, ...] | None = None
        self._tasks_not_before = board.clock()
        self._ticked_at: datetime | None = None

    # --- the list

    async def refresh(self, *, own: bool = True) -> bool:
        """Reads everything that is due; False when a reading was under way already and this one is dropped.

        With `own` Globus is asked in any case; without, what another copy of this program was told will do.

        Failures do not raise: they are told by the board's `freshness`, and the last good data stay.
        """
        if self._reading:
            return False
        self._reading = True
        try:
            await self._read_all(own)
        finally:
            self._reading = False
        return True

    async def _read_all(self, own: bool) -> None:
        try:
            listing = await self.lists.read(self._runs_wanted(), self.plan.pace, own=own)
        except GlobusTuiError as error:
            self.note_failure(error)
            return
        if listing.jobs is not self._last_answer or self.board.disturbed:
            self._note_due(await self.board.take_list(listing.jobs, listing.asked))
            self._last_answer = listing.jobs
        self._note_success(listing.age, listing.grace)
        partial = await self._read_tasks()
        if partial is None:
            partial = await read_collections(self.board, self._services, self.board.names.wanted(self.board.now()))
        self._freshness(partial=partial)

    def _runs_wanted(self) -> int:
        checked = self.board.freshness.checked_at
        silence = (self.board.clock() - checked).total_seconds() if checked else None
        return runs_to_ask_for(len(self.board.held.jobs), silence)

    def _note_success(self, age: float, grace: float) -> None:
        answered = self.board.clock() - timedelta(seconds=age)
        self.plan = self.plan.succeeded(answered, grace)
        state = FreshnessState.FRESH if self.plan.interval else FreshnessState.PAUSED
        partial = self.board.freshness.partial
        self.board.set_freshness(Freshness(state, answered, next_attempt=self.plan.next_at, partial=partial))

    def note_failure(self, error: GlobusTuiError) -> None:
        """The service could not be asked, or refused: keeps what is there, says why, and plans the next attempt."""
        now = self.board.clock()
        if is_sign_out(error):
            self.plan = self.plan.signed_out_now()
            state = FreshnessState.SIGNED_OUT
        else:
            self.plan = self.plan.failed(now, retry_after=wait_asked_for(error), jitter=self._draw())
            state = FreshnessState.STALE if self.board.kept is None else FreshnessState.CACHED
        self._freshness(
            state=state,
            problem=str(error),
            advice=error.advice or None,
            next_attempt=self.plan.next_at,
            failures=self.plan.failures,
            gare=requirement(error),
        )

    def _freshness(self, **changes: object) -> None:
        """Publishes the freshness with some of it changed; `outdated` follows from the time."""
        found = replace(self.board.freshness, **changes)  # type: ignore[arg-type]  # names and types as in Freshness
        outdated_at = self.plan.outdated_at(found.checked_at)
        passed = outdated_at is not None and self.board.clock() >= outdated_at
        outdated = passed and found.state is not FreshnessState.CACHED
        self.board.set_freshness(replace(found, outdated=outdated))

    # --- what hangs on the list

    async def _read_tasks(self) -> str | None:
        """At most one look-up of tasks; returns why it failed."""
        now = self.board.now()
        many = CATCHING_UP_REQUESTS if self.board.shelf.backlog(now) else 1
        wanted = self.board.shelf.wanted(now, TASKS_AT_ONCE * many)
        if not wanted or self._reading_tasks:
            return None
        self._reading_tasks, pause = True, BACKLOG_PAUSE
        try:
            found, asked_for = await self.lists.look_up(wanted)
        except GlobusTuiError as error:
            pause = PAUSE_AFTER_FAILURE
            return f"What became of the runs could not be read: {error}"
        finally:
            self._reading_tasks = False
            self._tasks_not_before = self.board.clock() + pause
        self.board.shelf.missed(set(asked_for) - {task.task_id for task in found}, now)
        await self.board.take_tasks(found)
        return None

    # --- single timers

    async def read_job(self, job_id: JobId) -> bool:
        """Reads one timer again; False when that failed or something newer was known. A 404 takes it off."""
        asked = self.board.number()
        try:
            reading = await self._services.jobs.get_job(job_id, page_size=runs_to_ask_for(0, 0.0))
        except GlobusTuiError as error:
            if isinstance(error, ServiceError) and error.kind is ErrorKind.NOT_FOUND:
                self.board.drop_job(job_id)
            elif is_sign_out(error):
                self.note_failure(error)
            return False
        taken = self.board.take_job(reading.job, asked)
        self._note_due((job_id,))
        return taken

    def _note_due(self, job_ids: Iterable[JobId]) -> None:
        self.due.note(state for one in job_ids if (state := self.board.states.get(one)) is not None)

    async def read_due_jobs(self) -> bool:
        """Reads the timers whose next run just fell due, and those an action asked to look at again."""
        if self._reading_jobs:
            return False
        self._reading_jobs = True
        try:
            due = self.due.take(self.board.now(), self.board.clock(), self._reach())
            if len(due) >= LIST_INSTEAD:
                return await self.refresh()
            for job_id in due:
                if job_id in self.board.held.jobs and job_id not in self.board.pending:
                    await self.read_job(job_id)
        finally:
            self._reading_jobs = False
        return True

    def _reach(self) -> Reach:
        """Single readings are for what somebody looks at, and for runs that the list would tell of much later."""
        now, clock, next_list = self.board.now(), self.board.clock(), self.plan.next_at
        if next_list is None or not self.plan.focused:
            return Reach(now - timedelta(days=1), tuple(self.board.opened) if self.plan.focused else ())
        return Reach(now + (next_list - clock) - SOON_ENOUGH, tuple(self.board.opened))

    # --- the clock

    def next_wake(self) -> Wake | None:
        """What to do next and in how many seconds; None when nothing will ever be due by itself."""
        planned = self._planned()
        if not planned:
            return None
        kind, seconds = min(planned.items(), key=lambda one: one[1])
        return Wake(max(0.0, seconds), kind)

    def _planned(self) -> dict[WakeKind, float]:
        """Seconds until each kind of thing is due, negative if it is already."""
        clock, now = self.board.clock(), self.board.now()
        planned: dict[WakeKind, float] = {}
        if self.plan.next_at is not None and not (self._reading and self.plan.next_at <= clock):
            planned[WakeKind.REFRESH] = (self.plan.next_at - clock).total_seconds()
        if not self.plan.signed_out and not self.plan.failures and self.plan.interval:
            if not self._reading_jobs and (seconds := self.due.next_at(now, clock, self._reach())) is not None:
                planned[WakeKind.JOBS] = seconds
            if not (self._reading or self._reading_tasks) and self.board.shelf.backlog(now):
                planned[WakeKind.TASKS] = (self._tasks_not_before - clock).total_seconds()
        if ticks := self._ticks_in(clock, now):
            planned[WakeKind.TICK] = min(ticks)
        return planned

    def _ticks_in(self, clock: datetime, now: datetime) -> list[float]:
        seconds = []
        if (at := self.board.next_verdict_at) is not None:
            since = (clock - self._ticked_at).total_seconds() if self._ticked_at else VERDICTS_APART
            seconds.append(max((at - now).total_seconds(), VERDICTS_APART - since))
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
        """Judges by the clock alone; asks nothing of any service."""
        self._ticked_at = self.board.clock()
        self._freshness()
        self.board.tick()

    def set_interval(self, seconds: float) -> None:
        """Another interval (see `usable_interval`); 0 switches off."""
        self.plan = self.plan.with_interval(seconds, self.board.clock())
        state = self.board.freshness.state
        if state in (FreshnessState.FRESH, FreshnessState.PAUSED):
            state = FreshnessState.FRESH if seconds else FreshnessState.PAUSED
        self._freshness(state=state, next_attempt=self.plan.next_at)

    def set_focus(self, focused: bool) -> None:
        """Slower while nobody looks."""
        self.plan = self.plan.with_focus(focused, self.board.clock(), self.board.freshness.checked_at)
        self._freshness(next_attempt=self.plan.next_at)

    def signed_in(self) -> None:
        """There are credentials again: the clock goes on, the next refresh is due at once."""
        self.plan = self.plan.asking_again(self.board.clock())
        self._freshness(next_attempt=self.plan.next_at, gare=None)
