"""Faults and delays on demand: what a network, a proxy or a service in trouble does to a request."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["answer", "pass", "reset", "hang", "truncate", "trickle", "lose"]
"""What happens to a matching request.

- `answer`: the fault's own status, headers and body; the service never sees the request.
- `pass`: the service answers as usual (after the delay).
- `reset`: the connection is dropped before the service sees the request.
- `hang`: nothing is ever answered.
- `truncate`: the answer breaks off half way, and the connection with it.
- `trickle`: the answer comes in small pieces.
- `lose`: the service does what was asked, then the connection is dropped instead of the answer.
"""


class ConnectionDropped(ConnectionResetError):
    """The peer dropped the connection without an answer."""


class AnswerCut(ConnectionDropped):
    """The peer closed the connection in the middle of an answer."""


class NeverAnswered(TimeoutError):
    """The peer keeps the connection open and says nothing."""


@dataclass
class Fault:
    """One thing that goes wrong, for requests that match.

    Args:
        path: glob over the path, as `/jobs/*`.
        method: GET, POST, ...; `*` for any.
        kind: what happens, see `Kind`.
        times: for how many matching requests; None for ever.
        skip: how many matching requests get through unharmed first.
        status: HTTP status of an `answer`.
        body: what an `answer` says: text and bytes as they are, anything else as JSON.
        headers: headers of an `answer`.
        delay: real seconds to wait before anything else (for served sandboxes), and between trickled pieces.
        wait: waited for before anything else: holds requests until a test lets them go, without sleeping.
    """

    path: str = "*"
    method: str = "*"
    kind: Kind = "answer"
    times: int | None = 1
    skip: int = 0
    status: int = 503
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    wait: asyncio.Event | None = None
    seen: int = 0
    """How many requests it was applied to."""

    def matches(self, method: str, path: str) -> bool:
        if self.times is not None and self.seen >= self.times:
            return False
        return self.method.upper() in ("*", method.upper()) and fnmatchcase(path, self.path)

    async def hold(self) -> None:
        if self.wait is not None:
            await self.wait.wait()
        if self.delay:
            await asyncio.sleep(self.delay)

    def content(self) -> tuple[bytes, str]:
        """The body of an `answer` and its media type (`content-type` in `headers` wins)."""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/plain; charset=utf-8"
        return (b"" if self.body is None else json.dumps(self.body).encode()), "application/json"


class Faults:
    """The faults in force, looked through in the order of adding; the first match wins."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        self.active.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, counted as used; None when nothing goes wrong."""
        for fault in self.active:
            if fault.matches(method, path):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.seen += 1
                return fault
        return None


_PIECE = 64


async def answer_with_fault(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Lets `fault` happen to one request.

    Raises:
        ConnectionDropped: when the connection is to be dropped; whoever runs the application drops it.
        NeverAnswered: when nothing is to be answered.
    """
    await fault.hold()
    if fault.kind == "pass":
        await app(scope, receive, send)
    elif fault.kind == "answer":
        await _answer(fault, send)
    elif fault.kind == "reset":
        raise ConnectionDropped("connection reset by peer")
    elif fault.kind == "hang":
        raise NeverAnswered("no answer")
    else:
        start, body = await _collect(app, scope, receive)
        if fault.kind == "lose":
            raise ConnectionDropped("connection reset by peer")
        await _spoil(fault, start, body, send)


async def _answer(fault: Fault, send: Send) -> None:
    body, media_type = fault.content()
    headers = {"content-type": media_type, **{k.lower(): v for k, v in fault.headers.items()}}
    headers["content-length"] = str(len(body))
    raw = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": fault.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    start: dict[str, Any] = dict(messages[0])
    body = b"".join(m.get("body", b"") for m in messages[1:])
    headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
    start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
    return start, body


async def _spoil(fault: Fault, start: Message, body: bytes, send: Send) -> None:
    await send(start)
    if fault.kind == "truncate":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise AnswerCut("connection closed in the middle of an answer")
    for at in range(0, len(body), _PIECE):
        await send({"type": "http.response.body", "body": body[at : at + _PIECE], "more_body": True})
        await asyncio.sleep(fault.delay)
    await send({"type": "http.response.body", "body": b""})
