"""The layer of the served application that makes faults happen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.faults import AnswerCut, ConnectionDropped, NeverAnswered

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from globus_tui.sandbox.faults import Fault

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
