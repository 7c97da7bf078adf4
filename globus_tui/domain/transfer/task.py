"""A Transfer task: what really moved; and what became of a transfer that was handed in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted transfer.

    Attributes:
        duplicate: the same submission id had been handed in before; this is the task that it made then.
    """

    task_id: str
    duplicate: bool = False

    @classmethod
    def from_document(cls, document: Document) -> Submission:
        """Reads the answer to POST /transfer."""
        return cls(task_id=wire.text(document.get("task_id")) or "", duplicate=document.get("code") == "Duplicate")


class TaskStatus(Enum):
    """Status of a task. There is no canceled: a canceled task is FAILED, and only its events tell."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = ""

    @classmethod
    def read(cls, value: object) -> TaskStatus:
        return _STATUSES.get(value, cls.UNKNOWN) if isinstance(value, str) else cls.UNKNOWN


_STATUSES = {status.value: status for status in TaskStatus}


_HEALTHY = {None, "OK", "Queued"}


@dataclass(frozen=True, slots=True)
class Task:
    """A transfer or delete task. Counts are None where the service does not say, never zero by default.

    Attributes:
        files_transferred: files copied in this task.
        files_skipped: files left alone because the sync level found them unchanged.
        skipped_errors: source errors skipped over on request.
        bytes_per_second: effective speed, as the service computes it.
        nice_status: while running: OK, Queued, or the code of the latest error event.
        error_code: of the fatal error of a failed task.
    """

    task_id: str
    status: TaskStatus
    status_text: str | None = None
    type: str | None = None
    requested: datetime | None = None
    completed: datetime | None = None
    deadline: datetime | None = None
    source_id: str | None = None
    source_name: str | None = None
    destination_id: str | None = None
    destination_name: str | None = None
    files: int | None = None
    directories: int | None = None
    files_transferred: int | None = None
    files_skipped: int | None = None
    skipped_errors: int | None = None
    bytes_transferred: int | None = None
    bytes_per_second: int | None = None
    faults: int | None = None
    is_paused: bool | None = None
    nice_status: str | None = None
    nice_status_text: str | None = None
    error_code: str | None = None
    error_text: str | None = None
    canceled_by_admin: str | None = None

    @property
    def finished(self) -> bool:
        """Whether it will not change any more."""
        return self.status in (TaskStatus.SUCCEEDED, TaskStatus.FAILED)

    @property
    def trouble(self) -> str | None:
        """Why a running task does not move, as a code; None while it is healthy or over."""
        if self.finished:
            return None
        if self.is_paused:
            return "PAUSED"
        if self.status is TaskStatus.INACTIVE:
            return self.nice_status or "INACTIVE"
        return None if self.nice_status in _HEALTHY else self.nice_status

    @property
    def moved_nothing(self) -> bool | None:
        """It succeeded and met no file at all: neither copied nor found unchanged. None where not known."""
        if self.status is not TaskStatus.SUCCEEDED or self.type == "DELETE":
            return None
        if self.files_transferred or self.files_skipped:
            return False
        return True if self.files_transferred == 0 and self.files_skipped == 0 else None

    @classmethod
    def from_document(cls, document: Document) -> Task:
        """Reads a task of GET /task/{id}, of a task list, or the snapshot inside an old run."""
        interned_text = wire.interned_text  # thousands of tasks have the same texts; only times and counts differ
        error = wire.document(document.get("fatal_error"))
        return cls(
            task_id=interned_text(document.get("task_id")) or "",
            status=TaskStatus.read(document.get("status")),
            status_text=interned_text(document.get("status")),
            type=interned_text(document.get("type")),
            requested=wire.moment(document.get("request_time")),
            completed=wire.moment(document.get("completion_time")),
            deadline=wire.moment(document.get("deadline")),
            source_id=interned_text(document.get("source_endpoint_id")),
            source_name=interned_text(document.get("source_endpoint_display_name")),
            destination_id=interned_text(document.get("destination_endpoint_id")),
            destination_name=interned_text(document.get("destination_endpoint_display_name")),
            files=wire.whole(document.get("files")),
            directories=wire.whole(document.get("directories")),
            files_transferred=wire.whole(document.get("files_transferred")),
            files_skipped=wire.whole(document.get("files_skipped")),
            skipped_errors=wire.whole(document.get("subtasks_skipped_errors")),
            bytes_transferred=wire.whole(document.get("bytes_transferred")),
            bytes_per_second=wire.whole(document.get("effective_bytes_per_second")),
            faults=wire.whole(document.get("faults")),
            is_paused=wire.flag(document.get("is_paused")),
            nice_status=interned_text(document.get("nice_status")),
            nice_status_text=interned_text(document.get("nice_status_short_description")),
            error_code=interned_text(error.get("code")),
            error_text=interned_text(error.get("description")),
            canceled_by_admin=interned_text(document.get("canceled_by_admin")),
        )


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One line of a task's log. `details` is plain text or a JSON text, as sent."""

    moment: datetime | None
    code: str
    description: str | None
    details: str | None
    is_error: bool

    @classmethod
    def from_document(cls, document: Document) -> TaskEvent:
        details = document.get("details")
        return cls(
            moment=wire.moment(document.get("time")),
            code=wire.text(document.get("code")) or "?",
            description=wire.text(document.get("description")),
            details=details if isinstance(details, str) else None if details is None else str(details),
            is_error=document.get("is_error") is True,
        )


@dataclass(frozen=True, slots=True)
class SkippedError:
    """One source file or folder that a task skipped over because of an error."""

    code: str | None
    details: str | None
    source_path: str | None
    moment: datetime | None

    @classmethod
    def from_document(cls, document: Document) -> SkippedError:
        return cls(
            code=wire.text(document.get("error_code")),
            details=wire.text(document.get("error_details")),
            source_path=wire.text(document.get("source_path")),
            moment=wire.moment(document.get("error_time")),
        )


@dataclass(frozen=True, slots=True)
class MovedFile:
    """One file that a finished task moved; a path is None on a side where the user has no role."""

    source_path: str | None
    destination_path: str | None
    size: int | None

    @classmethod
    def from_document(cls, document: Document) -> MovedFile:
        return cls(
            wire.text(document.get("source_path")),
            wire.text(document.get("destination_path")),
            wire.whole(document.get("size")),
        )


@dataclass(frozen=True, slots=True)
class PauseInfo:
    """Why a task is paused: messages of the collections' managers. Empty: it is not."""

    messages: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: Document) -> PauseInfo:
        """Reads the pause information of a task; some keys are missing on finished tasks."""
        rules = (wire.text(wire.document(rule).get("message")) for rule in wire.items(document.get("pause_rules")))
        sides = (
            wire.text(document.get(f"{side}_pause_message{suffix}"))
            for side in ("source", "destination")
            for suffix in ("", "_share")
        )
        return cls(tuple(message for message in (*rules, *sides) if message))
