"""What became of a transfer that was handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted transfer.

    Attributes:
        duplicate: the same submission id had been handed in before; this is the task that it made then.
        message: the service's words, as data.
    """

    task_id: str
    duplicate: bool = False
    message: str | None = None

    @classmethod
    def from_document(cls, found: Document) -> Submission:
        """Reads the answer to POST /transfer."""
        return cls(
            task_id=wire.text(found.get("task_id")) or "",
            duplicate=found.get("code") == "Duplicate",
            message=wire.text(found.get("message")),
        )
