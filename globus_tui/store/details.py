"""What is read only for timers that somebody opens: all runs, the document, tasks with their logs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.history import task_of
from globus_tui.store.board import RUNS_KEPT_WHEN_OPENED, Board
from globus_tui.store.task_shelf import TASKS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.domain.timer.job import Job, JobId, JobReading
    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task
    from globus_tui.domain.wire import Document
    from globus_tui.store.kept_runs import KeptRuns
    from globus_tui.store.services import Services


TOGETHER = 4
_LASTING = (ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.NEEDS_AUTHORIZATION, ErrorKind.INVALID, ErrorKind.OTHER)


async def read_collections(board: Board, services: Services, ids: Iterable[str]) -> str | None:
    """Reads and publishes collections; returns why one failed for another reason than a refusal."""
    waiting = list(ids)
    problems: list[str] = []

    async def look_up(collection_id: str) -> Collection | None:
        try:
            return await services.collections.get_endpoint(collection_id)
        except GlobusTuiError as error:
            refused = error.kind in _LASTING
            board.names.note_failure(collection_id, board.now(), refused=refused)
            if not refused:
                problems.append(f"Names of collections could not be read: {error}")
        return None

    while waiting and not problems:
        together, waiting = waiting[:TOGETHER], waiting[TOGETHER:]
        answers = await asyncio.gather(*map(look_up, together))
        board.take_collections(
            {key: answer for key, answer in zip(together, answers, strict=True) if answer is not None}
        )
    return problems[0] if problems else None


RUNS_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class JobDetail:
    """What was read of one timer.

    Attributes:
        document: as the service sent it, for the JSON view; its runs are the first page only.
        more: there are older runs: `load_more_runs`.
        partial: why the tasks of the runs could not be read, in words.
    """

    job_id: JobId
    document: Document
    more: bool
    partial: str | None = None


class Details:
    """Reads on demand. What belongs to a row is published; everything raises `GlobusTuiError` when it fails.

    Attributes:
        tasks: for what is read of tasks and belongs to no row: logs and lists of files.
    """

    def __init__(self, board: Board, services: Services) -> None:
        self.tasks = services.tasks
        self._board = board
        self._services = services
        self._read: dict[JobId, JobDetail] = {}
        self._markers: dict[JobId, str | None] = {}
        self.kept_runs: KeptRuns | None = None

    def last_read(self, job_id: JobId) -> JobDetail | None:
        return self._read.get(job_id)

    def close(self, job_id: JobId) -> None:
        """Frees the document and older runs of a timer whose page was closed."""
        self._read.pop(job_id, None)
        self._markers.pop(job_id, None)
        self._board.runs_to_keep.pop(job_id, None)

    async def load_detail(self, job_id: JobId, *, page_size: int = RUNS_A_PAGE) -> JobDetail:
        """Reads one timer with a page of its runs and their tasks; a failure to read tasks is told in `partial`."""
        self._board.runs_to_keep[job_id] = RUNS_KEPT_WHEN_OPENED
        reading = await self._page(job_id, None, page_size)
        self._markers[job_id] = reading.job.runs_marker
        tasks, places = await asyncio.gather(self._join_tasks(reading.job.runs), self._join_collections(reading.job))
        partial = tasks or places
        await self._join_kept(job_id, reading.job.runs)
        detail = JobDetail(job_id, reading.document, self._markers.get(job_id) is not None, partial)
        self._read[job_id] = detail
        return detail

    async def load_more_runs(self, job_id: JobId, *, page_size: int = RUNS_A_PAGE) -> bool:
        """Reads the next page of older runs; False when there is none beyond it."""
        if job_id not in self._markers:
            return (await self.load_detail(job_id, page_size=page_size)).more
        marker = self._markers[job_id]
        if marker is None:
            return False
        reading = await self._page(job_id, marker, page_size)
        self._markers[job_id] = reading.job.runs_marker
        await self._join_tasks(reading.job.runs)
        await self._join_kept(job_id, reading.job.runs)
        return reading.job.runs_marker is not None

    async def _join_kept(self, job_id: JobId, runs: Sequence[Run]) -> None:
        """Keeps the runs that were read, as far as they are over, and joins those kept that Globus lists no more."""
        if (keeper := self.kept_runs) is None:
            return
        for run in runs:
            task = task_of(run, self._board.shelf.tasks)
            if run.ran_at is not None and task is not None:
                keeper.note(job_id, run.ran_at.timestamp(), task)
        self._board.add_kept_runs(job_id, await asyncio.to_thread(keeper.of, job_id))

    async def _page(self, job_id: JobId, marker: str | None, page_size: int) -> JobReading:
        asked = self._board.number()
        reading = await self._services.jobs.get_job(job_id, results_pt=marker, page_size=page_size)
        if marker is None:
            self._board.take_job(reading.job, asked)
        else:
            self._board.take_older_runs(job_id, reading.job)
        return reading

    async def _join_tasks(self, runs: Sequence[Run]) -> str | None:
        """Reads the tasks of runs, as far as they are not known to be finished, in one request."""
        tasks = self._board.shelf.tasks
        task_ids = [run.resource_id for run in runs if run.resource_id]
        task_ids = [key for key in task_ids if key not in tasks or not tasks[key].finished][:TASKS_AT_ONCE]
        if not task_ids:
            return None
        try:
            self._board.take_tasks(await self.tasks.tasks_by_id(task_ids))
        except GlobusTuiError as error:
            return f"The tasks of the runs could not be read: {error}"
        return None

    async def _join_collections(self, job: Job) -> str | None:
        """Reads the collections of a timer as far as only their names are known, which tasks tell too."""
        if job.transfer is None:
            return None
        sides = (job.transfer.source_endpoint, job.transfer.destination_endpoint)
        ids = dict.fromkeys(side for side in sides if side and side not in self._board.names.ids_read)
        return await read_collections(self._board, self._services, ids)

    async def load_task(self, task_id: str) -> Task:
        task = await self.tasks.get_task(task_id)
        self._board.take_tasks((task,))
        return task

    async def load_collection(self, collection_id: str) -> Collection:
        """A collection with all that is known of it; looked up once."""
        names = self._board.names
        if collection_id in names.ids_read and (known := names.collections.get(collection_id)):
            return known
        collection = await self._services.collections.get_endpoint(collection_id)
        self._board.take_collections({collection_id: collection})
        return collection
