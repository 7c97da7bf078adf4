"""What the store is handed: the services as it needs them. `api` has the real ones, tests hand in plain classes.

Every method raises `GlobusTuiError` and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.documents import Entry
    from globus_tui.domain.timer.job import Job, JobReading, Page
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import MovedFile, PauseInfo, SkippedError, Task, TaskEvent

T = TypeVar("T")


class JobService(Protocol):
    """Timers."""

    async def read_list(
        self,
        take: Callable[[Iterator[Entry]], T],
        last: Mapping[Any, object],
        *,
        result_count: int | None = None,
        unless_same: bool = True,
        younger_than: float = 0.0,
    ) -> tuple[T | None, float | None]:
        """What `take` makes of the entries of all timers, perhaps in a thread, and how old they are.

        None when they are the same as the last time, with `unless_same`. What another copy of this program was told
        fewer than `younger_than` seconds ago will do; how long ago is None when this copy was told. An entry says a
        document, or a `Job` that was read of one.
        """

    async def list_jobs(self) -> tuple[Job, ...]: ...  # all timers, made whole
    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        """One timer with a page of its runs."""

    async def pause_job(self, job_id: str) -> str: ...  # the service answers with a message only
    async def resume_job(self, job_id: str, *, update_credentials: bool | None = None) -> str: ...  # likewise
    async def update_job(self, job_id: str, *, name: str) -> JobReading: ...
    async def delete_job(self, job_id: str) -> JobReading: ...  # marks it as deleted


class TaskService(Protocol):
    """Tasks of Transfer."""

    async def tasks_by_id(self, ids: Sequence[str], *, younger_than: float = 0.0) -> tuple[Task, ...]:
        """Those of the tasks that the service knows; `younger_than` as for `read_list`."""

    async def get_task(self, task_id: str) -> Task: ...
    async def cancel_task(self, task_id: str) -> str: ...  # asks for it to be cancelled; the service's message
    async def task_events(
        self, task_id: str, *, errors_only: bool = False, limit: int = 100, offset: int = 0
    ) -> Page[TaskEvent]:
        """A page of its log, newest first; old tasks have none."""

    async def skipped_errors(self, task_id: str, marker: str | None = None) -> Page[SkippedError]:
        """A page of the files that it skipped over because of an error."""

    async def successful_transfers(self, task_id: str, marker: str | None = None) -> Page[MovedFile]:
        """A page of the files that it moved, once it is over."""

    async def pause_info(self, task_id: str) -> PauseInfo: ...  # why it is paused


class CollectionService(Protocol):
    """Look-up of collections."""

    async def get_endpoint(self, endpoint_id: str) -> Collection: ...


class ConsentService(Protocol):
    """What the user has granted."""

    async def is_granted(self, gare: Gare) -> bool | None:
        """Whether all scopes that a requirement names are granted to this program; None when nobody can tell."""


@dataclass(frozen=True, slots=True)
class Services:
    """All that the store asks. Without `consents` a consent that is asked for counts as missing."""

    jobs: JobService
    tasks: TaskService
    collections: CollectionService
    consents: ConsentService | None = None
