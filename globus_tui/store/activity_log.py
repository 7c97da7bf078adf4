"""The newest requests to Globus, notes to the user, and CLI commands that do the same as a key did."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

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
    def path(self) -> str: ...  # without the query
    @property
    def status(self) -> int | None: ...  # None when no answer arrived
    @property
    def milliseconds(self) -> int: ...  # until the last byte, or until it failed
    @property
    def received(self) -> int: ...  # bytes of the body


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the log: a request, or a sentence of the note line, which itself holds only the last.

    Attributes:
        key: counts the lines since the start.
        path: of the request, without its query; or the sentence.
        severity: of a sentence; empty for a request.
    """

    key: int
    at: datetime
    service: str
    path: str
    method: str = ""
    status: int | None = None
    milliseconds: int = 0
    received: int = 0
    severity: str = ""


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
        self._add(
            exchange.service,
            exchange.path,
            method=exchange.method,
            status=exchange.status,
            milliseconds=exchange.milliseconds,
            received=exchange.received,
        )
        self.requests += 1
        self.received += exchange.received

    def note_message(self, words: str, severity: str) -> None:
        self._add("note", words, severity=severity)

    def command(self, command: str) -> None:
        """Remember the CLI command that does what is being done."""
        self._add("same as", command, severity="information")

    def _add(self, service: str, path: str, **rest: Any) -> None:
        self._count += 1
        self._lines.append(Activity(self._count, self._now(), service, path, **rest))
