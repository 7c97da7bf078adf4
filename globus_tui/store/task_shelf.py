"""The tasks behind the runs: kept once finished, asked for again while they run, the newest runs first."""

from __future__ import annotations

from datetime import datetime, timedelta
from heapq import nsmallest
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from globus_tui.domain.timer.job import JobId
    from globus_tui.domain.transfer.task import Task

TASKS_AT_ONCE = 80
"""Ids in one look-up: they go into the query of a request, which cannot be long."""

RUNS_JOINED = 14
KEPT = 20_000
_DEPTHS = ((300, RUNS_JOINED), (2000, 3))
"""With up to so many jobs, so many runs of each are joined with their tasks; with more, the newest only."""

_NEW_RUN = timedelta(minutes=10)
_ASK_NEW_AGAIN, _ASK_OLD_AGAIN = timedelta(minutes=1), timedelta(hours=1)


def depth_for(jobs: int) -> int:
    """How many of the newest runs of each of so many jobs are joined with their tasks."""
    return next((depth for most, depth in _DEPTHS if jobs <= most), 1)


class TaskShelf:
    """Tasks by id, and which of them should be asked for."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._owners: dict[str, JobId] = {}
        self._wanted: dict[str, tuple[int, float]] = {}
        self._not_before: dict[str, datetime] = {}
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._newest: dict[JobId, tuple[str, ...]] = {}
        self._depth = RUNS_JOINED
        self.tasks: Mapping[str, Task] = MappingProxyType(self._tasks)
        self.on_finished: Callable[[JobId, float, Task], None] | None = None
        """Told of each finished task whose run is known: of which job, and when that fired, in seconds since 1970."""

    def note(self, job_id: JobId, tasks: Sequence[tuple[str, int, float]], *, opened: bool = False) -> None:
        """Takes down which tasks the runs of a job made, as far as they are joined: all, if somebody opened it.

        Args:
            tasks: their ids, each with the place of its run among the newest and what orders it among others.
        """
        deep = RUNS_JOINED if opened else self._depth
        for task_id, rank, order in tasks:
            task = self._tasks.get(task_id)
            if rank < deep:
                self._owners[task_id] = job_id
                if task is None or not task.finished:
                    self._wanted[task_id] = (rank, order)
            elif task is None:
                self._wanted.pop(task_id, None)
        self.let_go(job_id, tuple(task_id for task_id, _, _ in tasks))

    def let_go(self, job_id: JobId, newest: tuple[str, ...] = ()) -> None:
        """Frees tasks of runs that newer ones pushed out: over weeks there are many."""
        before = self._newest.pop(job_id, ())
        if newest:
            self._newest[job_id] = newest
        for task_id in set(before).difference(newest):
            for memory in (self._tasks, self._owners, self._wanted, self._turns, self._not_before):
                memory.pop(task_id, None)

    def fit(self, jobs: int) -> None:
        """Says how many jobs there are: the more, the fewer runs of each are joined."""
        self._depth = depth_for(jobs)

    def forget(self, jobs: Container[JobId]) -> None:
        """Stops asking for tasks of jobs that are gone; `let_go` frees them later."""
        for task_id in [task_id for task_id, owner in self._owners.items() if owner in jobs]:
            for memory in (self._wanted, self._turns, self._owners):
                memory.pop(task_id, None)

    def wanted(self, now: datetime, limit: int = TASKS_AT_ONCE) -> tuple[str, ...]:
        """Ids to look up now: what is not known first, of that the newest run of each job; then whose turn it is."""
        due = (
            (self._turns.get(task_id, 0), order, task_id)
            for task_id, order in self._wanted.items()
            if self._is_due(task_id, order, now)
        )
        return tuple(task_id for _, _, task_id in nsmallest(limit, due))

    def backlog(self, now: datetime) -> bool:
        """Whether some task that counts was never asked for. One unknown to Transfer waits for the next list."""
        return any(
            task_id not in self._tasks and task_id not in self._not_before and self._is_due(task_id, order, now)
            for task_id, order in self._wanted.items()
        )

    def _is_due(self, task_id: str, order: tuple[int, float], now: datetime) -> bool:
        rank = order[0]
        if self._not_before.get(task_id, now) > now:
            return False
        return task_id in self._tasks or rank == 0 or (rank < self._depth and len(self._tasks) < KEPT)

    def take(self, tasks: Iterable[Task]) -> set[JobId]:
        """Puts tasks on the shelf; returns the jobs whose joined state may differ now."""
        touched: set[JobId] = set()
        self._turn += 1
        for task in tasks:
            if task.finished:
                _, order = self._wanted.pop(task.task_id, (0, 0.0))
                self._turns.pop(task.task_id, None)
                if self.on_finished is not None and order and task.task_id in self._owners:
                    self.on_finished(self._owners[task.task_id], -order, task)
            else:
                self._turns[task.task_id] = self._turn
            if self._tasks.get(task.task_id) == task:
                continue
            self._tasks[task.task_id] = task
            if owner := self._owners.get(task.task_id):
                touched.add(owner)
        self._drop_surplus()
        return touched

    def owner(self, task_id: str) -> JobId | None:
        return self._owners.get(task_id)

    def note_missing(self, ids: Iterable[str], now: datetime) -> None:
        """Notes ids that the service does not know (or not for us): asked for again later, sooner for a new run."""
        for task_id in ids:
            order = self._wanted.get(task_id)
            new = order is not None and now.timestamp() + order[1] < _NEW_RUN.total_seconds()
            self._not_before[task_id] = now + (_ASK_NEW_AGAIN if new else _ASK_OLD_AGAIN)

    def _drop_surplus(self) -> None:
        surplus = len(self._tasks) - KEPT
        if surplus > 0:
            for task_id in [task_id for task_id, task in self._tasks.items() if task.finished][:surplus]:
                del self._tasks[task_id]
