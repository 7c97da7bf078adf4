"""One exchange with a service: what is asked, what came back, and what may be written down of it."""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import UnreadableAnswer
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.credentials import Secret

SERVICE_NAMES = {
    "auth": "Globus Auth",
    "transfer": "Globus Transfer",
    "timer": "Globus Timers",
    "flows": "Globus Flows",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, whoever sends it.

    Attributes:
        path: below the root of the service, already quoted.
        query: pairs, in order; a key may come twice.
        json: body to send as JSON, or None.
        form: body to send as a form, or None. What is secret in it stays a `Secret` until it is sent.
        last: the packed body of the last answer to the same question; None where it will not be asked again.
    """

    service: str
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str | Secret] | None = field(default=None, repr=False)
    last: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, whole.

    Attributes:
        service: short name of the service.
        headers: names in lower case.
        body: the bytes after decompression. Not in the repr: token answers are bodies too.
        elapsed: seconds from sending to the last byte.
        packed: the bytes before that, when the call said which came last.
        again: the same came again as the last time; `body` is empty then, as nobody has to read it.
        received: bytes of the body as it came over the wire; 0 where that is not known.
    """

    service: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed: float = 0.0
    packed: bytes = field(default=b"", repr=False)
    again: bool = False
    received: int = 0

    def document(self) -> Any:
        """The body as JSON.

        Raises:
            UnreadableAnswer: it is empty, cut short or not JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.unreadable() from None

    def object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            UnreadableAnswer: it is something else.
        """
        found = self.document()
        if not isinstance(found, dict):
            raise self.unreadable("a JSON value that is not an object")
        return found

    def unreadable(self, what: str | None = None) -> UnreadableAnswer:
        """The error that says what came instead of the document expected."""
        name = SERVICE_NAMES.get(self.service, self.service)
        return UnreadableAnswer(f"{name} answered {self.status} with {what or self._looks_like()}.")

    def _looks_like(self) -> str:
        start = self.body[:200].lstrip().lower()
        if not start:
            return "an empty body where a JSON document was expected"
        if start.startswith((b"<!doctype html", b"<html")) or "text/html" in self.headers.get("content-type", ""):
            return "a web page where a JSON document was expected"
        if start[:1] in b"{[":
            return f"a JSON document that breaks off or is damaged ({len(self.body)} bytes)"
        return "something that is not JSON"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What may be logged of one request: never its headers, query, tokens or bodies.

    Attributes:
        status: None when no answer arrived.
        milliseconds: until the last byte, or until it failed.
        received: bytes of the body as it came over the wire.
    """

    service: str
    method: str
    path: str
    status: int | None
    milliseconds: int
    received: int
