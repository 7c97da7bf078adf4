"""Pause rules: what the managers of a collection hold up, for whom, and what they say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class PauseRule:
    """One rule that concerns the user.

    Attributes:
        message: the managers' words; None when they gave none.
        reading: transfers from the collection wait; None when the service does not say.
        writing: the same for transfers to it.
    """

    message: str | None = None
    reading: bool | None = None
    writing: bool | None = None

    @classmethod
    def from_document(cls, found: Document) -> PauseRule:
        """Reads a rule; its names are those of a task's `pause_info` (documented)."""
        return cls(
            wire.text(found.get("message")),
            wire.flag(found.get("pause_task_transfer_read")),
            wire.flag(found.get("pause_task_transfer_write")),
        )

    def holds(self, *, writing: bool) -> bool:
        """Whether transfers to (else: from) the collection may wait; a rule that does not say counts."""
        return (self.writing if writing else self.reading) is not False
