"""Pretend services for the store: plain classes, answers set by hand, slow on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from globus_tui.domain.documents import Entry
from globus_tui.domain.errors import TimersAPIError
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import (
    Activity,
    ActivityCode,
    InactiveReason,
    Job,
    JobId,
    JobKind,
    JobReading,
    JobStatus,
    Page,
    PauseCause,
)
from globus_tui.domain.timer.run import Run, RunState
from globus_tui.domain.transfer.collection import Collection
from globus_tui.domain.transfer.task import MovedFile, PauseInfo, SkippedError, Task, TaskEvent, TaskStatus
from globus_tui.domain.transfer.transfer import TransferData
from globus_tui.store.job_store import JobStore
from globus_tui.store.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.store.journal import Journal

T = TypeVar("T")

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_run(at: datetime, task_id: str | None = None, state: RunState = RunState.SUBMITTED) -> Run:
    return Run(at, state, resource_id=task_id)


def a_job(job_id: str = "one", *, runs: Sequence[Run] = (), interval: timedelta = HOUR, now: datetime = NOON) -> Job:
    """An hourly, active timer whose ticks are at half past."""
    return Job(
        JobId(job_id),
        f"timer {job_id}",
        JobStatus.ACTIVE,
        kind=JobKind.TRANSFER,
        schedule=RecurringSchedule(interval, now - timedelta(days=10, minutes=30)),
        submitted_at=now - timedelta(days=11),
        last_ran_at=runs[0].ran_at if runs else None,
        next_run=now + timedelta(minutes=30),
        n_runs=len(runs),
        activity=Activity(ActivityCode.AWAITING_NEXT_RUN),
        payload=TransferData("from-there", "to-here"),
        runs=tuple(runs),
    )


def paused(job: Job) -> Job:
    return replace(
        job, status=JobStatus.INACTIVE, inactive_reason=InactiveReason(PauseCause.USER), next_run=None, activity=None
    )


def not_found() -> TimersAPIError:
    return TimersAPIError("No such timer.", service="timer", status=404)


def refused(status: int = 409, **more: object) -> TimersAPIError:
    return TimersAPIError("The service will not.", service="timer", status=status, **more)  # type: ignore[arg-type]


class Gate:
    """Holds a call until opened; `reached` is set when it got there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self.open.wait()


class FakeJobs:
    """Timers: one dict of jobs. `errors` and `gates` by method name apply to the next call of it."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.job_id: job for job in jobs}
        self.calls: list[str] = []
        self.asked: list[object] = []
        self.errors: dict[str, list[Exception | None]] = {}
        self.late_errors: dict[str, list[Exception]] = {}
        self.gates: dict[str, Gate] = {}
        self.younger_than: list[float] = []
        self.unless_same: list[bool] = []
        self.age: float | None = None
        """Of the list that another copy of the program was told, which is handed over where one so old will do."""

    async def _enter(self, method: str, asked: object = None) -> None:
        self.calls.append(method)
        self.asked.append(asked)
        if (queue := self.errors.get(method)) and (error := queue.pop(0)) is not None:
            raise error

    async def _leave(self, method: str) -> None:
        """The answer is on its way: a gate holds it back, a late error loses it."""
        if (gate := self.gates.pop(method, None)) is not None:
            await gate.pass_through()
        if queue := self.late_errors.get(method):
            raise queue.pop(0)

    def put(self, *jobs: Job) -> None:
        self.jobs |= {job.job_id: job for job in jobs}

    def _job(self, job_id: str) -> Job:
        if JobId(job_id) not in self.jobs:
            raise not_found()
        return self.jobs[JobId(job_id)]

    async def list_jobs(self, *, result_count: int | None = None) -> tuple[Job, ...]:
        await self._enter("list_jobs", result_count)
        answer = tuple(self.jobs.values())
        await self._leave("list_jobs")
        return answer

    async def read_list(
        self,
        take: Callable[[Iterator[Entry]], T],
        last: Mapping[Any, object],
        *,
        result_count: int | None = None,
        unless_same: bool = True,
        younger_than: float = 0.0,
    ) -> tuple[T | None, float | None]:
        """Hands jobs over that are made already."""
        jobs = await self.list_jobs(result_count=result_count)
        self.younger_than.append(younger_than)
        self.unless_same.append(unless_same)
        age = self.age if self.age is not None and self.age < younger_than else None
        return take(Entry(None, job, "") for job in jobs), age

    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        await self._enter("get_job", results_pt)
        job = self._job(job_id)
        await self._leave("get_job")
        start = int(results_pt or 0)
        end = start + (page_size or 10)
        marker = str(end) if end < len(job.runs) else None
        return JobReading(replace(job, runs=job.runs[start:end], runs_marker=marker), _document(job))

    async def pause_job(self, job_id: str) -> str:
        await self._enter("pause_job")
        self.put(paused(self._job(job_id)))
        await self._leave("pause_job")
        return "Successfully paused."

    async def resume_job(self, job_id: str, *, update_credentials: bool | None = None) -> str:
        await self._enter("resume_job", update_credentials)
        self.put(replace(self._job(job_id), status=JobStatus.ACTIVE, inactive_reason=None))
        await self._leave("resume_job")
        return "Successfully resumed."

    async def update_job(self, job_id: str, *, name: str) -> JobReading:
        await self._enter("update_job", name)
        self.put(replace(self._job(job_id), name=name))
        await self._leave("update_job")
        return JobReading(self._job(job_id), _document(self._job(job_id)))

    async def delete_job(self, job_id: str) -> JobReading:
        await self._enter("delete_job")
        self.put(replace(self._job(job_id), status=JobStatus.DELETING))
        await self._leave("delete_job")
        return JobReading(self._job(job_id), _document(self._job(job_id)))


def _document(job: Job) -> dict[str, object]:
    return {"job_id": job.job_id, "name": job.name, "status": job.status.value}


class FakeTasks:
    """Transfer tasks."""

    def __init__(self, *tasks: Task) -> None:
        self.known = {task.task_id: task for task in tasks}
        self.asked: list[tuple[str, ...]] = []
        self.errors: dict[str, list[Exception]] = {}
        self.younger_than: list[float] = []
        self.gate: Gate | None = None

    def _enter(self, method: str) -> None:
        if queue := self.errors.get(method):
            raise queue.pop(0)

    async def tasks_by_id(self, ids: Sequence[str], *, younger_than: float = 0.0) -> tuple[Task, ...]:
        self.asked.append(tuple(ids))
        self.younger_than.append(younger_than)
        self._enter("tasks_by_id")
        gate, self.gate = self.gate, None
        if gate is not None:
            await gate.pass_through()
        return tuple(self.known[one] for one in ids if one in self.known)

    async def get_task(self, task_id: str) -> Task:
        self._enter("get_task")
        return self.known[task_id]

    async def cancel_task(self, task_id: str) -> str:
        self._enter("cancel_task")
        self.known[task_id] = replace(self.known[task_id], status=TaskStatus.FAILED)
        return "Cancelled."

    async def task_events(
        self, task_id: str, *, errors_only: bool = False, limit: int = 100, offset: int = 0
    ) -> Page[TaskEvent]:
        return Page(())

    async def skipped_errors(self, task_id: str, marker: str | None = None) -> Page[SkippedError]:
        return Page(())

    async def successful_transfers(self, task_id: str, marker: str | None = None) -> Page[MovedFile]:
        return Page(())

    async def pause_info(self, task_id: str) -> PauseInfo:
        return PauseInfo()


class FakeCollections:
    """Transfer collections: every id has the name that follows from it, unless told otherwise."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.errors: dict[str, Exception] = {}

    async def get_endpoint(self, endpoint_id: str) -> Collection:
        self.asked[endpoint_id] += 1
        if endpoint_id in self.errors:
            raise self.errors[endpoint_id]
        return Collection(endpoint_id, f"the {endpoint_id} collection")


class FakeConsents:
    """Says yes or no."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer

    async def is_granted(self, gare: Gare) -> bool | None:
        return self.answer


class World:
    """A store with its pretend services and a clock that stands still until moved."""

    def __init__(
        self, *jobs: Job, tasks: Sequence[Task] = (), consents: bool | None = None, journal: Journal | None = None
    ) -> None:
        self.jobs = FakeJobs(*jobs)
        self.tasks = FakeTasks(*tasks)
        self.collections = FakeCollections()
        self.present = NOON
        self.ahead = timedelta()
        self.drawn = 0.5
        services = Services(self.jobs, self.tasks, self.collections, FakeConsents(consents))
        self.store = JobStore(
            services,
            journal=journal,
            clock=lambda: self.present,
            skew=lambda: self.ahead,
            draw=lambda: self.drawn,
        )

    def later(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)
