"""One exchange with a service: what is asked, parts of its URL, what came back, and what may be written down of it."""

from __future__ import annotations

import json
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from globus_tui.domain.errors import BadInput, UnreadableAnswer
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from globus_tui.domain.auth.credentials import Secret


def segment(value: str) -> str:
    """One part of a path, quoted. Raises `BadInput`: it is empty or would lead to another path."""
    if value in ("", ".", ".."):
        raise BadInput(f"{value!r} is no id.")
    return quote(value, safe="", errors="replace")  # no id of a service contains half a surrogate pair


def pairs(query: Mapping[str, object]) -> list[tuple[str, str]]:
    """The query as pairs: None is left out, booleans are `true` and `false`, a list repeats its key."""
    result: list[tuple[str, str]] = []
    for key, value in query.items():
        many = value if isinstance(value, list | tuple) else (value,)
        result.extend((key, _plain(item).encode(errors="replace").decode()) for item in many if item is not None)
    return result


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


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
        last_packed: the packed body of the last answer to the same question; None where it will not be asked again.
    """

    service: str
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str | Secret] | None = field(default=None, repr=False)
    last_packed: bytes | None = field(default=None, repr=False)

    def revealed_form(self) -> dict[str, str]:
        """The form as it is sent, secrets in the clear: for nothing but sending it."""
        fields = (self.form or {}).items()
        return {name: value if isinstance(value, str) else value.reveal() for name, value in fields}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, whole.

    Attributes:
        service: short name of the service.
        headers: names in lower case.
        body: the bytes after decompression. Not in the repr: token answers are bodies too.
        elapsed: seconds from sending to the last byte.
        packed: the bytes before that, when the call said which came last: what is walked is unpacked on the way.
        unchanged: the same came again as the last time; nobody has to read it.
        age: seconds since it was asked for, when another copy of this program was told it; None when this one was.
        bytes_received: bytes of the body as it came over the wire; 0 where that is not known.
    """

    service: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed: float = 0.0
    packed: bytes = field(default=b"", repr=False)
    unchanged: bool = False
    bytes_received: int = 0
    age: float | None = None

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces, unpacked as they are asked for. Raises `Damaged`: its compression is."""
        from globus_tui.api.decode import unpack_in_steps

        if not self.packed:
            return iter((self.body,))
        return unpack_in_steps(self.packed, self.headers.get("content-encoding", ""))

    def document(self) -> Any:
        """The body as JSON. Raises `UnreadableAnswer`: it is empty, cut short or not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.unreadable() from None

    def object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises `UnreadableAnswer`: it is something else."""
        document = self.document()
        if not isinstance(document, dict):
            raise self.unreadable("a JSON value that is not an object")
        return document

    def unreadable(self, came: str | None = None) -> UnreadableAnswer:
        """The error that says what came instead of the document expected."""
        name = SERVICE_NAMES.get(self.service, self.service)
        return UnreadableAnswer(f"{name} answered {self.status} with {came or self._looks_like()}.")

    @property
    def is_page(self) -> bool:
        """It is a web page, which no service sends."""
        page = self._start()[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        return page or "text/html" in self.headers.get("content-type", "")

    def _looks_like(self) -> str:
        start = self._start()[:200].lstrip().lower()
        if not start:
            return "an empty body where a JSON document was expected"
        if self.is_page:
            return "a web page where a JSON document was expected"
        if self._is_other_json():
            return "a JSON value that is not an object"
        if start[:1] in b"{[":
            return f"a JSON document that breaks off or is damaged ({len(self.packed or self.body)} bytes)"
        return "something that is not JSON"

    def _is_other_json(self) -> bool:
        try:
            return not isinstance(json.loads(b"".join(self.chunks())), dict)
        except (ValueError, RecursionError):
            return False

    def _start(self) -> bytes:
        try:
            return next(self.chunks(), b"")
        except ValueError:
            return b""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What may be logged of one request: never its headers, query, tokens or bodies.

    Attributes:
        status: None when no answer arrived.
        milliseconds: until the last byte, or until it failed.
        bytes_received: bytes of the body as it came over the wire.
    """

    service: str
    method: str
    path: str
    status: int | None
    milliseconds: int
    bytes_received: int
