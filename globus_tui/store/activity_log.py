"""The newest requests to Globus, notes to the user, and CLI commands that do the same as a key did."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

KEPT = 2000


class RequestSummary(Protocol):
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
    def bytes_received(self) -> int: ...  # bytes of the body


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
    bytes_received: int = 0
    severity: str = ""


class ActivityLog:
    """Lines for the activity screen, and sums over all requests so far. `bytes_received`: bytes of all answers."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.requests = 0
        self.bytes_received = 0
        self._now = now
        self._lines: deque[Activity] = deque(maxlen=KEPT)
        self._keys = count(1)

    def __len__(self) -> int:
        return len(self._lines)

    def __reversed__(self) -> Iterator[Activity]:
        return reversed(self._lines)

    def note(self, request: RequestSummary) -> None:
        about = request.method, request.status, request.milliseconds, request.bytes_received
        self._lines.append(Activity(next(self._keys), self._now(), request.service, request.path, *about))
        self.requests += 1
        self.bytes_received += request.bytes_received

    def note_message(self, words: str, severity: str) -> None:
        self._lines.append(Activity(next(self._keys), self._now(), "note", words, severity=severity))

    def command(self, command: str) -> None:
        """Remember the CLI command that does what is being done."""
        self._lines.append(Activity(next(self._keys), self._now(), "same as", command, severity="information"))
