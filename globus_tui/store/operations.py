"""Requests that change something, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.job_state import Doing

if TYPE_CHECKING:
    from globus_tui.domain.job import JobId


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop a timer until it is resumed."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class Resume:
    """Let a timer run again.

    Attributes:
        update_credentials: whether the timer takes over the credentials of this request. None: as the official CLI
            does it, exactly when Globus had stopped it for an authorization requirement.
        skip_check: do not ask first whether that requirement is met now; after a fresh sign-in for it.
    """

    job_id: JobId
    update_credentials: bool | None = None
    skip_check: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a timer another name: the only thing of it that the service lets one edit."""

    job_id: JobId
    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a timer for good; it is paused first so that nothing starts meanwhile."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Cancel a Transfer task; `job_id` is the timer whose run it is, where known."""

    task_id: str
    job_id: JobId | None = None


JobOperation = Pause | Resume | Rename | Delete
Operation = JobOperation | CancelTask

DOING: dict[type[Operation], Doing] = {
    Pause: Doing.PAUSING,
    Resume: Doing.RESUMING,
    Rename: Doing.RENAMING,
    Delete: Doing.DELETING,
    CancelTask: Doing.CANCELLING,
}
