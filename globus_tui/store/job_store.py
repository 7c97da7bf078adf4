"""The store: the only holder of job state. Screens look into it, ask it to change things, and are told of changes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import TYPE_CHECKING

from globus_tui.domain.destructive import USUAL_PERCENT
from globus_tui.store.alarm_levels import alarm_levels
from globus_tui.store.answer_cache import ROWS_KEPT, Kept
from globus_tui.store.board import Board
from globus_tui.store.canceller import Canceller
from globus_tui.store.details import Details
from globus_tui.store.job_state import count_words
from globus_tui.store.journal import Journal
from globus_tui.store.list_reader import host_moment
from globus_tui.store.operations import CancelTask
from globus_tui.store.operator import Operator
from globus_tui.store.recorder import Recorder
from globus_tui.store.refresh_plan import DEFAULT_INTERVAL, Plan
from globus_tui.store.refresher import Refresher
from globus_tui.store.resuming import ResumePreview, resume_preview

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.health import Word
    from globus_tui.domain.job import JobId
    from globus_tui.domain.task import Task
    from globus_tui.store.freshness import Freshness
    from globus_tui.store.job_state import Change, JobState
    from globus_tui.store.operations import Operation
    from globus_tui.store.outcome import Outcome
    from globus_tui.store.refresher import Wake
    from globus_tui.store.services import Services


def _machine_clock() -> datetime:
    return datetime.now(UTC)


def _no_skew() -> timedelta:
    return timedelta()


class JobStore:
    """Joins the parts that do the work: `refresher` reads, `details` reads on demand, the rest changes things.

    Args:
        services: what it asks.
        journal: where changes are recorded; None keeps them in memory.
        clock: this machine's present, aware; refreshing goes by it.
        skew: how far the service's clock is ahead of that; countdowns and verdicts go by the sum.
        interval: seconds between refreshes, see `refresh_plan.usable_interval`.
        draw: gives a number from 0 to 1, to spread retries.
        moment: seconds of a clock that other copies of this program on this host go by, too.
    """

    def __init__(
        self,
        services: Services,
        *,
        journal: Journal | None = None,
        clock: Callable[[], datetime] = _machine_clock,
        skew: Callable[[], timedelta] = _no_skew,
        interval: float = DEFAULT_INTERVAL,
        draw: Callable[[], float] = random.random,
        moment: Callable[[], float] = host_moment,
    ) -> None:
        self.clock = clock
        self._skew = skew
        self.journal = journal or Journal(None)
        self._board = board = Board(self.now, clock, moment)
        self.refresher = Refresher(board, services, plan=Plan(interval, next_at=clock()), draw=draw)
        self.details = Details(board, services)
        recorder = Recorder(self.journal, self.now)
        self._operator = Operator(board, services, self.refresher, recorder)
        self._canceller = Canceller(board, services.tasks, recorder)

    # --- what is known

    def now(self) -> datetime:
        """The present by the service's clock."""
        return self.clock() + self._skew()

    @property
    def states(self) -> Mapping[JobId, JobState]:
        """All timers, in the service's order; a new mapping only when something in it changed."""
        return self._board.states

    @property
    def freshness(self) -> Freshness:
        """How current `states` is."""
        return self._board.freshness

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks known, by id: a live view."""
        return self._board.shelf.tasks

    @property
    def collections(self) -> Mapping[str, Collection]:
        """The collections known, by id; some with a name only. A new mapping only when something changed."""
        return self._board.names.collections

    def count_words(self) -> Mapping[Word, int] | None:
        """How many timers have each health word; None when nothing was ever read."""
        if self._board.kept is not None:
            return dict(self._board.kept.counts)
        return count_words(self.states, self.freshness)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `listener` after each publication; returns what ends that."""
        return self._board.subscribe(listener)

    # --- from one session to the next

    def show_kept(self, kept: Kept) -> None:
        """Shows rows of an earlier session until the first answer; call it before anything else."""
        self._board.show_kept(kept)

    def to_keep(self, label: str) -> Kept | None:
        """What the next session may open with; None before the first answer of this one."""
        at = self.freshness.checked_at
        if self._board.kept is not None or at is None or not self.states:
            return None
        worst = nsmallest(ROWS_KEPT, self.states.values(), key=lambda one: one.health.word.rank)
        shown = [replace(one, pending=None) if one.pending else one for one in worst]
        tasks = (self.tasks.get(run.resource_id or "") for one in shown for run in one.job.runs)
        sides = {one for state in shown for one in _sides(state)}
        return Kept(
            label,
            at,
            tuple(shown),
            count_words(self.states, self.freshness) or {},
            tuple(task for task in tasks if task is not None and task.finished),
            {key: one for key, one in self.collections.items() if key in sides},
        )

    # --- alarms for mirrors

    def alarm_level(self, job_id: str) -> float | None:
        """How many percent fewer files at a mirror's source alarm; None: never."""
        return self._board.alarm_levels.get(job_id, USUAL_PERCENT)

    async def read_alarm_levels(self) -> None:
        """Takes the levels chosen when timers were made: the service has no place for them, the journal does."""
        self._board.take_alarm_levels(alarm_levels(await self.journal.entries()))

    # --- staying current

    async def refresh(self) -> bool:
        """Reads all timers now; False when a reading was under way already. Never raises: see `freshness`."""
        return await self.refresher.refresh()

    def tick(self) -> None:
        """Judges by the clock alone; asks nothing of any service."""
        self.refresher.tick()

    def next_wake(self) -> Wake | None:
        """In how many seconds to call `wake`; None: not by itself.

        Ask again after every publication and whenever `wake` or `refresh` returns. While a refresh runs it is not
        planned again, so that nothing spins.
        """
        return self.refresher.next_wake()

    async def wake(self) -> None:
        """Does whatever is due now: refresh, single timers, tasks, verdicts."""
        await self.refresher.wake()

    def set_interval(self, seconds: float) -> None:
        """Another refresh interval, already made usable; 0 switches refreshing off."""
        self.refresher.set_interval(seconds)

    def set_focus(self, focused: bool) -> None:
        """Refreshing goes slower while nobody looks."""
        self.refresher.set_focus(focused)

    def leave(self) -> None:
        """This copy is no more: the others that share answers with it need not count on it."""
        self.refresher.lists.leave()

    def signed_in(self) -> None:
        """There are credentials again: the next refresh is due at once."""
        self.refresher.signed_in()

    # --- changing things

    async def operate(self, operation: Operation) -> Outcome:
        """Carries an operation out; the row says so meanwhile. Never raises for what a service does."""
        if isinstance(operation, CancelTask):
            return await self._canceller.cancel(operation)
        return await self._operator.operate(operation)

    def resume_preview(self, job_id: JobId) -> ResumePreview:
        """What resuming this timer now would set going; all None for one that is not known."""
        state = self.states.get(job_id)
        return resume_preview(state.job, self.now()) if state else ResumePreview(None, None, None)


def _sides(state: JobState) -> tuple[str | None, ...]:
    transfer = state.job.transfer
    return (transfer.source_endpoint, transfer.destination_endpoint) if transfer else ()
