"""Makes journal entries of requests that changed, or may have changed, something."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.store.journal import Journal


class Recorder:
    """Writes one entry for each request sent.

    Args:
        journal: where they go.
        now: the service's present, for the entries' `when`.
    """

    def __init__(self, journal: Journal, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._now = now

    async def record(
        self,
        what: str,
        subject: Mapping[str, Any],
        *,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        effect: bool | None,
        error: GlobusTuiError | None,
    ) -> None:
        """Records a request with its end.

        Args:
            what: `pause`, `resume`, `rename`, `delete`, `cancel`.
            subject: what it was done to, with ids and names, and what was asked for.
            before: the document as read before.
            after: the document as read afterwards; None when it is gone or could not be read.
            effect: whether it was carried out; None when nobody can tell.
            error: what came instead of a good answer.
        """
        outcome = {True: "done", False: "refused", None: "unknown"}[effect]
        entry = self._entry(what, subject, before) | {"after": after, "outcome": outcome}
        if error is not None:
            entry["error"] = str(error)
        if isinstance(error, ServiceError):
            entry |= {"status": error.status, "code": error.code, "request_id": error.request_id}
        await self._journal.append(entry)

    def record_interrupted(self, what: str, subject: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """Records, at once, a request whose answer nobody waited for: the program is ending."""
        entry = self._entry(what, subject, before) | {"after": None, "outcome": "unknown", "error": "interrupted"}
        self._journal.append_now(entry)

    def take_warning(self) -> str | None:
        """Why changes are not recorded on disk; said once."""
        return self._journal.take_warning()

    def _entry(self, what: str, subject: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"when": self._now().astimezone(UTC).isoformat(), "what": what, **subject, "before": before}
