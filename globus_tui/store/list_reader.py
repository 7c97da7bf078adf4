"""Reads the list: from Globus, or from what another copy of this program on this host was told a moment ago."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.store.sharing import GRACE, PATIENCE, STEP, Stamp, may_use

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from globus_tui.domain.job import Job
    from globus_tui.domain.packed import Packed
    from globus_tui.domain.task import Task
    from globus_tui.store.board import Board
    from globus_tui.store.services import Services, SharedFolder


class Listing(NamedTuple):
    """The list, from whomever.

    Attributes:
        asked: the board's number for the moment at which it was asked for.
        age: seconds since it was answered.
        grace: seconds longer until the next is due.
    """

    jobs: tuple[Job, ...]
    asked: int
    age: float = 0.0
    grace: float = 0.0


class ListReader:
    """Asks Globus, or takes what another copy was told.

    Attributes:
        asked_here: lists that this copy asked for.
        taken: lists that it took from another.
        last_taken: the last one was taken.

    Args:
        board: numbers requests and changes, so that an old answer undoes nothing.
        services: Timers and Transfer, and where copies meet.
        sleep: waits for a copy that is asking.
    """

    def __init__(
        self,
        board: Board,
        services: Services,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.asked_here = self.taken = 0
        self.last_taken = False
        self._board = board
        self._services = services
        self._sleep = sleep
        self._newest_asked: float | None = None

    @cached_property
    def _shared(self) -> SharedFolder | None:
        """Opened when it is needed first: a console that was just started draws its rows before that."""
        services = self._services
        return services.share() if services.share is not None and services.packed is not None else None

    @property
    def others(self) -> int | None:
        """How many other copies share with this one; None when it shares nothing."""
        return self._shared.others() if self._shared is not None and self._shared.enter() else None

    def leave(self) -> None:
        """This copy is no more."""
        if "_shared" in vars(self) and self._shared is not None:
            self._shared.leave()

    # --- the list

    async def read(self, runs: int, pace: float, *, own: bool) -> Listing:
        """The list as it is now, or as another copy was told less than an interval ago.

        Args:
            runs: how many runs of each timer are wanted.
            pace: seconds between lists as things are.
            own: ask Globus in any case: somebody wants to see what is there at this moment.

        Raises:
            GlobusTuiError: Globus could not be asked. What went wrong for another copy is never raised.
        """
        if (own and self._newest_asked is None) or self._shared is None or not self._shared.enter():
            return await self._ask(runs)
        if own:
            return await self._ask_and_tell(runs)
        waited = 0.0
        while (found := await self._newest(runs, pace)) is None and not self._shared.take_turn() and waited < PATIENCE:
            await self._sleep(STEP)
            waited += STEP
        try:
            # Between the look and the turn another may have been told.
            return found or await self._newest(runs, pace) or await self._ask_and_tell(runs)
        finally:
            self._shared.give_turn()

    async def _ask(self, runs: int) -> Listing:
        number, asked = self._board.number(), self._board.moment()
        jobs = await self._services.jobs.list_jobs(result_count=runs)
        self._newest_asked = asked
        self.asked_here += 1
        self.last_taken = False
        return Listing(jobs, number)

    async def _ask_and_tell(self, runs: int) -> Listing:
        listing = await self._ask(runs)
        packed = self._services.packed.last_list() if self._services.packed else None
        if packed is not None and self._newest_asked is not None:
            self._tell("list", Stamp(self._newest_asked, self._board.moment(), runs), [packed])
        return listing

    async def _newest(self, runs: int, pace: float) -> Listing | None:
        found = self._look("list")
        if found is None or self._services.packed is None:
            return None
        stamp, _, answers = found
        now = self._board.moment()
        if len(answers) != 1 or not may_use(stamp, now=now, newest_asked=self._newest_asked, pace=pace, runs=runs):
            return None
        try:
            jobs = await self._services.packed.read_list(answers[0])
        except GlobusTuiError:
            return None
        self._newest_asked = stamp.asked
        self.taken += 1
        self.last_taken = True
        age = self._board.moment() - stamp.answered
        return Listing(jobs, self._board.number_at(stamp.asked), age, GRACE)

    # --- the tasks behind the runs

    async def look_up(self, wanted: Sequence[str]) -> tuple[tuple[Task, ...], Collection[str]]:
        """Looks tasks up, and tells the other copies; those found, and the ids that were asked for.

        After a list that was taken from another copy, that copy's tasks are taken first, and the rest is asked for.

        Raises:
            GlobusTuiError: Transfer could not be asked.
        """
        found, covered = await self._tasks_of_another() if self.last_taken else ((), set[str]())
        missing = [one for one in wanted if one not in covered]
        if missing:
            asked = self._board.moment()
            own = await self._services.tasks.tasks_by_id(missing)
            if not covered and self._services.packed is not None:
                pages = self._services.packed.last_tasks()
                self._tell("tasks", Stamp(asked, self._board.moment(), 0), pages, ids=list(missing))
            found = (*found, *own)
        return found, covered.union(missing)

    async def _tasks_of_another(self) -> tuple[tuple[Task, ...], set[str]]:
        nothing: tuple[tuple[Task, ...], set[str]] = (), set()
        found = self._look("tasks")
        if found is None or self._services.packed is None:
            return nothing
        stamp, head, answers = found
        if self._newest_asked is None or stamp.asked < self._newest_asked:
            return nothing  # of an older list
        ids = head.get("ids")
        if not isinstance(ids, list):
            return nothing
        try:
            return await self._services.packed.read_tasks(answers), {one for one in ids if isinstance(one, str)}
        except GlobusTuiError:
            return nothing

    # --- the folder

    def _tell(self, kind: str, stamp: Stamp, answers: Sequence[Packed], **more: object) -> None:
        if "_shared" in vars(self) and self._shared is not None and self._shared.others():
            head = {"asked": stamp.asked, "answered": stamp.answered, "runs": stamp.runs, **more}
            self._shared.write(kind, head, answers)

    def _look(self, kind: str) -> tuple[Stamp, dict[str, object], Sequence[Packed]] | None:
        found = self._shared.read(kind) if self._shared is not None else None
        if found is None:
            return None
        head, answers = found
        try:
            stamp = Stamp(float(head["asked"]), float(head["answered"]), int(head["runs"]))
        except (ValueError, TypeError, LookupError, OverflowError):
            return None
        return stamp, head, answers


def host_moment() -> float:
    """Seconds since this host was started, the same for every program on it; it never goes back."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
