"""Cancels Transfer tasks, which is the only thing of a run that can be changed."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.store.effects import ambiguous
from globus_tui.store.freshness import is_sign_out, requirement
from globus_tui.store.job_state import Doing, Pending
from globus_tui.store.outcome import Done, Failed, NeedsConsent, Outcome, Refused, SignedOut

if TYPE_CHECKING:
    from globus_tui.domain.task import Task
    from globus_tui.store.board import Board
    from globus_tui.store.operations import CancelTask
    from globus_tui.store.recorder import Recorder
    from globus_tui.store.services import TaskService


class Canceller:
    """Asks for tasks to be cancelled and looks whether they were."""

    def __init__(self, board: Board, tasks: TaskService, recorder: Recorder) -> None:
        self._board = board
        self._tasks = tasks
        self._recorder = recorder
        self._under_way: set[str] = set()

    async def cancel(self, operation: CancelTask) -> Outcome:
        """Does it and says how it ended."""
        task_id, job_id = operation.task_id, operation.job_id
        state = self._board.states.get(job_id) if job_id else None
        if task_id in self._under_way or (state is not None and state.pending is not None):
            return Refused("Wait: something is still under way for this timer.")
        self._under_way.add(task_id)
        if job_id is not None and state is not None:
            self._board.begin(job_id, Pending(Doing.CANCELLING, self._board.now()))
        try:
            return await self._carry_out(operation)
        except GlobusTuiError as error:
            return self._refused(operation, error)
        finally:
            self._under_way.discard(task_id)
            if job_id is not None and state is not None:
                self._board.end(job_id)

    async def _carry_out(self, operation: CancelTask) -> Outcome:
        before = await self._read(operation.task_id)
        if before.finished:
            return Refused("This task is over already.")
        error: GlobusTuiError | None = None
        try:
            await self._tasks.cancel_task(operation.task_id)
        except GlobusTuiError as found:
            error = found
        except asyncio.CancelledError:
            self._recorder.record_interrupted("cancel", _subject(operation), _document(before))
            raise
        after, effect = await self._look(operation, error)
        await self._recorder.record(
            "cancel",
            _subject(operation),
            before=_document(before),
            after=_document(after) if after else None,
            effect=effect,
            error=error,
        )
        if error is not None and not effect:
            return self._refused(operation, error, effect)
        over = after is not None and after.finished
        words = "The task was cancelled." if over else "The task is being cancelled; that can take a minute."
        job = self._board.held.jobs.get(operation.job_id) if operation.job_id else None
        return Done(words, job, confirmed=over, note=self._recorder.take_warning())

    async def _look(self, operation: CancelTask, error: GlobusTuiError | None) -> tuple[Task | None, bool | None]:
        if error is not None and not ambiguous(error):
            return None, False
        try:
            after = await self._read(operation.task_id)
        except GlobusTuiError:
            return None, None if error else True
        return after, after.finished if error else True

    async def _read(self, task_id: str) -> Task:
        task = await self._tasks.get_task(task_id)
        await self._board.take_tasks((task,))
        return task

    def _refused(self, operation: CancelTask, error: GlobusTuiError, effect: bool | None = False) -> Outcome:
        if is_sign_out(error):
            return SignedOut(str(error), error.advice)
        gare = requirement(error)
        if gare is not None and effect is False:
            return NeedsConsent(gare, operation.job_id)
        if effect is None:
            return Failed(error, False, f"Nobody can tell whether the task was cancelled: {error}")
        return Failed(error, True, f"The task was not cancelled: {error}")


def _subject(operation: CancelTask) -> dict[str, Any]:
    return {"task": {"id": operation.task_id}, "timer": {"id": operation.job_id}}


def _document(task: Task) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value.value if isinstance(value, Enum) else value
        for key, value in asdict(task).items()
        if value is not None
    }
