"""Faults and delays on demand: what a network, a proxy or a service in trouble does to a request."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

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
        """Whether the request is meant, and the fault not used up."""
        if self.times is not None and self.seen >= self.times:
            return False
        return self.method.upper() in ("*", method.upper()) and fnmatchcase(path, self.path)

    async def hold(self) -> None:
        """Waits as long as the fault says."""
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
        """Puts a fault in force and returns it."""
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Everything works again."""
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


PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>
"""


def proxy_page(path: str = "*", status: int = 502, times: int | None = 1) -> Fault:
    """An HTML page of a proxy where JSON was expected."""
    return Fault(path, times=times, status=status, body=PROXY_PAGE, headers={"content-type": "text/html"})


def too_many(path: str = "*", retry_after: int | datetime = 2, times: int | None = 1) -> Fault:
    """429 with Retry-After in seconds, or as an HTTP date when given a moment (aware, UTC).

    The body that the services send with a 429 is not known; this one is Transfer's usual shape.
    """
    after = str(retry_after) if isinstance(retry_after, int) else format_datetime(retry_after, usegmt=True)
    body = {"code": "TooManyRequests", "message": "Too many requests", "request_id": "r8aXz0q1d"}
    return Fault(path, times=times, status=429, body=body, headers={"retry-after": after})


def half_json(path: str = "*", times: int | None = 1) -> Fault:
    """A complete 200 answer whose JSON breaks off."""
    headers = {"content-type": "application/json"}
    return Fault(path, times=times, status=200, body='{"jobs": [{"job_id": "f0', headers=headers)
