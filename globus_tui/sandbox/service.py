"""One ASGI application that is Auth, Transfer, Timers and Flows on one root; in this process it needs no socket."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from globus_tui.sandbox.access import not_found
from globus_tui.sandbox.auth import routes as auth
from globus_tui.sandbox.faults import AnswerCut, ConnectionDropped, NeverAnswered, answer_with_fault
from globus_tui.sandbox.flows import routes as flows
from globus_tui.sandbox.state import Refusal, Sandbox
from globus_tui.sandbox.timers import routes as timers
from globus_tui.sandbox.transfer import routes as transfer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

_COMPRESSED_FROM = 1024
_REMEMBERED = 10_000


@dataclass
class Seen:
    """One request as it arrived; `status` is None while unanswered, and for ever when the answer was lost."""

    method: str
    path: str
    query: str
    status: int | None = None


class Service(Starlette):
    """The application, with the sandbox's clock in every answer and its faults in front."""

    def __init__(self, sandbox: Sandbox, routes: list[BaseRoute]) -> None:
        super().__init__(
            routes=routes,
            middleware=[Middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM, compresslevel=1)],
            exception_handlers={Refusal: _refused, HTTPException: _unknown},
        )
        self.router.redirect_slashes = False
        self.sandbox = sandbox
        self.requests: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._paths = {route.path for route in routes if isinstance(route, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["path"] = path = self._known_spelling(scope["path"])
        seen = Seen(scope["method"], path, scope["query_string"].decode("latin-1"))

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                date = format_datetime(self.sandbox.clock.now(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        if path.startswith("/__sandbox__/"):
            await super().__call__(scope, receive, send)
            return
        self.requests.append(seen)
        self.sandbox.now()
        fault = self.sandbox.faults.take(seen.method, path)
        if fault is None:
            await super().__call__(scope, receive, stamped)
        else:
            await answer_with_fault(fault, super().__call__, scope, receive, stamped)

    def _known_spelling(self, path: str) -> str:
        """The same path with or without its last slash, whichever has a route: both spellings are in use."""
        other = path.rstrip("/") if path.endswith("/") else f"{path}/"
        return other if path not in self._paths and other in self._paths else path


def make_app(sandbox: Sandbox, extra: list[BaseRoute] | None = None) -> Service:
    """The four services on one root, so that every official client can be pointed at the same URL.

    Before each request the world is brought up to the simulated present; each answer carries that moment as
    its `Date`. The requests so far are in `app.requests`.

    Args:
        sandbox: the world to serve; `Refusal` raised anywhere below becomes its JSON answer.
        extra: further routes, as the control routes of a served sandbox.
    """
    routes = list(extra or [])
    for service in (auth, transfer, timers, flows):
        routes.extend(service.routes(sandbox))
    return Service(sandbox, routes)


def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    return JSONResponse(refusal.body, refusal.status, refusal.headers)


def _unknown(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, HTTPException):
        raise problem
    body = not_found(request.url.path).body
    return JSONResponse(body, problem.status_code, problem.headers)


class InProcessTransport(httpx.ASGITransport):
    """`httpx.ASGITransport` that turns the sandbox's dropped connections and silences into httpx's errors.

    A request that would never be answered fails at once with `httpx.ReadTimeout`: nobody waits in a test.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request in this process.

        Raises:
            httpx.ReadError: the connection was dropped.
            httpx.RemoteProtocolError: the answer broke off.
            httpx.ReadTimeout: no answer came.
        """
        try:
            return await super().handle_async_request(request)
        except AnswerCut as cut:
            raise httpx.RemoteProtocolError(str(cut), request=request) from cut
        except ConnectionDropped as dropped:
            raise httpx.ReadError(str(dropped), request=request) from dropped
        except NeverAnswered as silence:
            raise httpx.ReadTimeout(str(silence), request=request) from silence
