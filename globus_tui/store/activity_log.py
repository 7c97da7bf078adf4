"""What was asked of Globus, what was said to the user, and the commands that do the same: the newest of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

KEPT = 2000


class Exchanged(Protocol):
    """One request, as the client tells of it: never its headers, query or bodies."""

    @property
    def service(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str:
        """Path, without the query."""

    @property
    def status(self) -> int | None:
        """HTTP status; None when no answer arrived."""

    @property
    def milliseconds(self) -> int:
        """Until the last byte, or until it failed."""

    @property
    def received(self) -> int:
        """Bytes of the body."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the log; `key` counts the requests since the start."""

    key: int
    at: datetime
    exchange: Exchanged


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the note line, kept among the requests: the note line itself holds only the last."""

    path: str
    severity: str
    service: str = "note"
    method: str = ""
    status: int | None = None
    milliseconds: int = 0
    received: int = 0


class ActivityLog:
    """Lines for the activity screen, and sums over all requests so far.

    Attributes:
        received: bytes of all answers.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.requests = 0
        self.received = 0
        self._now = now
        self._lines: deque[Activity] = deque(maxlen=KEPT)
        self._count = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __reversed__(self) -> Iterator[Activity]:
        return reversed(self._lines)

    def note(self, exchange: Exchanged) -> None:
        """Remember a request."""
        self._add(exchange)
        self.requests += 1
        self.received += exchange.received

    def said(self, words: str, severity: str) -> None:
        """Remember what was said to the user."""
        self._add(Said(words, severity))

    def command(self, command: str) -> None:
        """Remember the CLI command that does what is being done."""
        self._add(Said(command, "information", service="same as"))

    def _add(self, exchange: Exchanged) -> None:
        self._count += 1
        self._lines.append(Activity(self._count, self._now(), exchange))
