"""What the store is handed: the services as it needs them. `api` has the real ones, tests hand in plain classes.

Every method raises `GlobusTuiError` and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.job import Job
    from globus_tui.domain.packed import Packed
    from globus_tui.domain.readings import JobReading, Page
    from globus_tui.domain.task import MovedFile, PauseInfo, SkippedError, Task, TaskEvent


class JobService(Protocol):
    """Timers."""

    async def list_jobs(self, *, result_count: int | None = None) -> tuple[Job, ...]:
        """All timers with their newest runs; possibly the very tuple of the last call when nothing changed."""

    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        """One timer with a page of its runs."""

    async def pause_job(self, job_id: str) -> str:
        """Pauses it; the service answers with a message only."""

    async def resume_job(self, job_id: str, *, update_credentials: bool | None = None) -> str:
        """Resumes it; the service answers with a message only."""

    async def update_job(self, job_id: str, *, name: str) -> JobReading:
        """Renames it."""

    async def delete_job(self, job_id: str) -> JobReading:
        """Marks it as deleted."""


class TaskService(Protocol):
    """Tasks of Transfer."""

    async def tasks_by_id(self, ids: Sequence[str]) -> tuple[Task, ...]:
        """Those of the tasks that the service knows, in one request."""

    async def get_task(self, task_id: str) -> Task:
        """One task."""

    async def cancel_task(self, task_id: str) -> str:
        """Asks for it to be cancelled; the service's message."""

    async def task_events(
        self, task_id: str, *, errors_only: bool = False, limit: int = 100, offset: int = 0
    ) -> Page[TaskEvent]:
        """A page of its log, newest first."""

    async def skipped_errors(self, task_id: str, marker: str | None = None) -> Page[SkippedError]:
        """A page of the files that it skipped over because of an error."""

    async def successful_transfers(self, task_id: str, marker: str | None = None) -> Page[MovedFile]:
        """A page of the files that it moved, once it is over."""

    async def pause_info(self, task_id: str) -> PauseInfo:
        """Why it is paused."""


class CollectionService(Protocol):
    """Look-up of collections."""

    async def get_endpoint(self, endpoint_id: str) -> Collection:
        """One collection."""


class ConsentService(Protocol):
    """What the user has granted."""

    async def granted(self, gare: Gare) -> bool | None:
        """Whether all scopes that a requirement names are granted to this program; None when nobody can tell."""


class PackedService(Protocol):
    """Answers as they came, to be shared with other copies of this program."""

    def last_list(self) -> Packed | None:
        """The list that `list_jobs` gave last; None when it is not known as it came."""

    async def read_list(self, packed: Packed) -> tuple[Job, ...]:
        """The timers of a list that another copy was given."""

    def last_tasks(self) -> Sequence[Packed]:
        """The answers that `tasks_by_id` was given last."""

    async def read_tasks(self, answers: Iterable[Packed]) -> tuple[Task, ...]:
        """The tasks of a look-up of another copy."""


class SharedFolder(Protocol):
    """Where copies of this program meet, see `shared_files`. Nothing in it raises."""

    def enter(self) -> bool:
        """Makes this copy seen; False when sharing is not possible now."""

    def leave(self) -> None:
        """This copy is no more."""

    def others(self) -> int:
        """How many other copies live."""

    def take_turn(self) -> bool:
        """Makes it this copy's turn to ask; False when another is asking."""

    def give_turn(self) -> None:
        """It is another's turn."""

    def write(self, kind: str, head: dict[str, Any], answers: Sequence[Packed]) -> bool:
        """Replaces the answers of a kind for all copies."""

    def read(self, kind: str) -> tuple[dict[str, Any], list[Packed]] | None:
        """What another copy wrote since the last look, if anything."""


@dataclass(frozen=True, slots=True)
class Services:
    """All that the store asks. Without `consents` a consent that is asked for counts as missing.

    Only with both `packed` and `share` are answers shared with other copies of this program; `share` opens the place
    where they meet, and is called after the first list at the earliest.
    """

    jobs: JobService
    tasks: TaskService
    collections: CollectionService
    consents: ConsentService | None = None
    packed: PackedService | None = None
    share: Callable[[], SharedFolder | None] | None = None
