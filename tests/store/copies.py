"""Copies of the program on one pretend host, over one pretend service."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import UnreadableAnswer
from globus_tui.domain.job import Job, JobId, JobStatus
from globus_tui.domain.packed import Packed
from globus_tui.domain.task import Task
from globus_tui.store.job_store import JobStore
from globus_tui.store.services import Services
from globus_tui.store.shared_files import SharedFiles
from tests.store.fakes import NOON, FakeCollections, FakeJobs, FakeTasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ONE = JobId("one")


# --- copies


class PackedFakes:
    """Hands jobs and tasks on as the names under which they are remembered here."""

    answers: dict[str, tuple[object, ...]] = {}

    def __init__(self, jobs: CountingJobs, tasks: CountingTasks) -> None:
        self.jobs = jobs
        self.tasks = tasks

    def _kept(self, found: tuple[object, ...]) -> Packed:
        name = f"answer {len(self.answers)}"
        self.answers[name] = found
        return Packed(name.encode(), "")

    def last_list(self) -> Packed:
        return self._kept(self.jobs.last)

    def last_tasks(self) -> Sequence[Packed]:
        return [self._kept(self.tasks.last)]

    def _known(self, packed: Packed) -> tuple[object, ...]:
        if packed.body.decode() not in self.answers:
            raise UnreadableAnswer("damaged")
        return self.answers[packed.body.decode()]

    async def read_list(self, packed: Packed) -> tuple[Job, ...]:
        return tuple(one for one in self._known(packed) if isinstance(one, Job))

    async def read_tasks(self, answers: Iterable[Packed]) -> tuple[Task, ...]:
        return tuple(one for packed in answers for one in self._known(packed) if isinstance(one, Task))


class CountingJobs(FakeJobs):
    last: tuple[Job, ...] = ()

    async def list_jobs(self, *, result_count: int | None = None) -> tuple[Job, ...]:
        found = await super().list_jobs(result_count=result_count)
        self.last = found
        return found


class CountingTasks(FakeTasks):
    last: tuple[Task, ...] = ()

    async def tasks_by_id(self, ids: Sequence[str]) -> tuple[Task, ...]:
        self.last = await super().tasks_by_id(ids)
        return self.last


class Host:
    """A host on which copies of the program run, all over the same timers."""

    def __init__(self, folder: Path, *jobs: Job, tasks: Sequence[Task] = ()) -> None:
        self.folder: Path | None = folder
        self.seconds = 1000.0
        self.known = {job.job_id: job for job in jobs}
        self.tasks = {task.task_id: task for task in tasks}
        self.copies: list[Copy] = []

    def copy(self, interval: float = 30.0, label: str | None = "me") -> Copy:
        self.copies.append(Copy(self, interval, label))
        return self.copies[-1]

    def later(self, seconds: float) -> None:
        self.seconds += seconds

    def put(self, *jobs: Job) -> None:
        self.known.update({job.job_id: job for job in jobs})

    async def pass_by(self, seconds: float, *only: Copy) -> None:
        """Lets time pass; whoever of the copies is due by then does what is due, in turn."""
        end = self.seconds + seconds
        while True:
            wakes = [(wake.seconds, n) for n, one in enumerate(only or self.copies) if (wake := one.store.next_wake())]
            if not wakes or self.seconds + min(wakes)[0] >= end:
                break
            self.seconds += max(0.001, min(wakes)[0])
            await (only or self.copies)[min(wakes)[1]].store.wake()
        self.seconds = end


class Copy:
    """One copy of the program."""

    def __init__(self, host: Host, interval: float, label: str | None) -> None:
        self.host = host
        self.label = label
        self.jobs, self.tasks = CountingJobs(), CountingTasks()
        self.jobs.jobs, self.tasks.known = host.known, host.tasks
        self.files = SharedFiles(lambda: host.folder, lambda: self.label)
        self.store = JobStore(
            Services(
                self.jobs,
                self.tasks,
                FakeCollections(),
                packed=PackedFakes(self.jobs, self.tasks),
                share=lambda: self.files,
            ),
            clock=lambda: NOON + timedelta(seconds=host.seconds - 1000),
            moment=lambda: host.seconds,
            interval=interval,
            draw=lambda: 0.5,
        )
        self.store.refresher.lists._sleep = self._sleep

    async def _sleep(self, seconds: float) -> None:
        self.host.later(seconds)
        await asyncio.sleep(0)

    @property
    def lists(self) -> int:
        return self.jobs.calls.count("list_jobs")

    @property
    def looked_up(self) -> int:
        return len(self.tasks.asked)

    @property
    def taken(self) -> int:
        return self.store.refresher.lists.taken

    def status(self, job_id: str = "one") -> JobStatus:
        return self.store.states[JobId(job_id)].job.status


async def settled(*copies: Copy) -> None:
    """Every copy has asked once, as it does when it starts, and knows of the others."""
    for one in copies:
        await one.store.refresh()
        assert one.files.enter()
    for one in copies:
        one.jobs.calls.clear()
        one.tasks.asked.clear()
