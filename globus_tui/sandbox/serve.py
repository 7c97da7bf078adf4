"""The sandbox on a loopback port, for official clients and browsers, with routes that control it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import shlex
import socket
import struct
import sys
import threading
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from globus_tui.sandbox.auth.people import register_client
from globus_tui.sandbox.faults import AnswerCut, ConnectionDropped, Fault, NeverAnswered
from globus_tui.sandbox.service import make_app
from globus_tui.sandbox.state import Client, Refusal, Sandbox, iso, json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import uvicorn
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

SERVICES = ("AUTH", "TRANSFER", "TIMER", "TIMERS", "FLOWS", "APP")
"""Service names of both official SDKs, as far as they are answered; of the web app there is one page that says so."""
_ACCOUNT = "5a4db0c5-3c2d-4b51-9d0e-0d5b7a5a11fe"


class CannotServeError(RuntimeError):
    """The sandbox cannot be served; the message is one line for the user."""


def serve(
    sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0, write: Callable[[str], object] | None = None
) -> None:
    """Serves until interrupted, after writing `NAME=value` lines that point clients at it.

    Args:
        write: takes the lines; standard output when None.

    Raises:
        CannotServeError: when uvicorn is missing, the host is not loopback or the port is taken.
    """
    for timer in sandbox.timers.values():
        if "job_id" in timer.quirks.get("drop", ()):
            timer.quirks = {}  # a document without an id is there to be survived by this program; others end on it
    server, listening = _server(sandbox, host, port)
    write = write or sys.stdout.write

    async def tell_and_serve() -> None:
        """The lines are written inside the loop: an interrupt right after them ends it in order."""
        for name, value in environment(sandbox, _url(listening)).items():
            write(f"{name}={shlex.quote(value)}\n")
        sys.stdout.flush()
        await server.serve(sockets=[listening])

    with listening, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(tell_and_serve())


@contextlib.contextmanager
def running(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves in a thread; yields the base URL (with a slash at the end), and is gone afterwards.

    Raises:
        CannotServeError: as `serve` does.
    """
    server, listening = _server(sandbox, host, port)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), name="sandbox", daemon=True
    )
    thread.start()
    try:
        yield _url(listening)
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


def environment(sandbox: Sandbox, base_url: str) -> dict[str, str]:
    """The variables that point the official SDKs, the official CLI and this program at a served sandbox."""
    account = service_account(sandbox)
    variables = {f"GLOBUS_SDK_SERVICE_URL_{name}": base_url for name in SERVICES}
    for program in ("CLI", "TUI"):
        variables[f"GLOBUS_{program}_CLIENT_ID"] = account.client_id
        variables[f"GLOBUS_{program}_CLIENT_SECRET"] = account.secret or ""
    return variables


def service_account(sandbox: Sandbox) -> Client:
    """The first client with a secret; one is registered when the world has none."""
    known = next((client for client in sandbox.clients.values() if client.secret), None)
    secret = "pretend-secret-of-a-pretend-account"  # noqa: S105 - opens nothing but the sandbox
    return known or register_client(sandbox, "Sandbox service account", client_id=_ACCOUNT, secret=secret)


def _server(sandbox: Sandbox, host: str, port: int) -> tuple[uvicorn.Server, socket.socket]:
    try:
        import uvicorn
    except ImportError:
        raise CannotServeError("Serving needs uvicorn: pip install 'globus-tui[sandbox]'") from None
    listening = _listen(host, port)

    def transport_of(client: tuple[str, int]) -> asyncio.Transport | None:
        for connection in list(server.server_state.connections):
            if getattr(connection, "client", None) == client:
                return connection.transport
        return None

    config = uvicorn.Config(
        SocketLayer(make_app(sandbox, control_routes(sandbox)), transport_of),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        date_header=False,  # the application's own, from the simulated clock
        access_log=False,
        log_level="critical",
    )
    server = uvicorn.Server(config)
    return server, listening


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket: requests that come before the server is up wait in its queue."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise CannotServeError(f"{host} is not a loopback address") from None
    if not address.is_loopback:
        raise CannotServeError(f"{host} is not a loopback address: a sandbox asks nobody for a password")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((str(address), port))
    except OSError as problem:
        listening.close()
        raise CannotServeError(f"Port {port} on {host}: {problem.strerror or problem}") from None
    listening.listen()
    return listening


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


_SETTABLE = {field.name for field in fields(Fault)} - {"wait", "seen"}


def control_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """`/__sandbox__/faults`, `/__sandbox__/clock` and `/__sandbox__/requests`.

    - faults: GET lists them, POST adds one (the fields of `Fault`), DELETE removes all.
    - clock: GET tells it, POST takes `{"advance": seconds}` and/or `{"speed": factor}` (0 freezes).
    - requests: GET lists `[method, path, query, status]`, DELETE forgets them.
    """

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            sandbox.faults.add(_fault(await _json(request)))
        elif request.method == "DELETE":
            sandbox.faults.clear()
        return JSONResponse({"faults": [_shown(fault) for fault in sandbox.faults.active]})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            _set_clock(sandbox, await _json(request))
        return JSONResponse({"now": iso(sandbox.now()), "speed": sandbox.clock.speed})

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            request.app.requests.clear()
        seen = [[call.method, call.path, call.query, call.status] for call in request.app.requests]
        return JSONResponse({"requests": seen})

    return [
        Route("/__sandbox__/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/__sandbox__/clock", clock, methods=["GET", "POST"]),
        Route("/__sandbox__/requests", requests, methods=["GET", "DELETE"]),
    ]


def _set_clock(sandbox: Sandbox, asked: dict[str, Any]) -> None:
    try:
        if "speed" in asked:
            sandbox.clock.run(float(asked["speed"]))
        sandbox.clock.advance(float(asked.get("advance", 0)))
    except (TypeError, ValueError) as problem:
        raise Refusal(400, {"problem": str(problem)}) from None


def _fault(asked: dict[str, Any]) -> Fault:
    if unknown := sorted(set(asked) - _SETTABLE):
        raise Refusal(400, {"problem": f"unknown fields: {', '.join(unknown)}"})
    return Fault(**asked)


def _shown(fault: Fault) -> dict[str, Any]:
    return {name: value for name, value in asdict(fault).items() if name in _SETTABLE or name == "seen"}


async def _json(request: Request) -> dict[str, Any]:
    try:
        asked = json_of(await request.body())
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal(400, {"problem": "a JSON object is needed"})
    return asked


_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class SocketLayer:
    """Turns the exceptions of faults into what they stand for on a real connection.

    Args:
        transport_of: finds the transport behind a client address, or None when it is gone.
    """

    def __init__(self, app: ASGIApp, transport_of: Callable[[tuple[str, int]], asyncio.Transport | None]) -> None:
        self._app = app
        self._transport_of = transport_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except AnswerCut:
            self._close(scope, reset=False)
            await _gone(receive)
        except ConnectionDropped:
            self._close(scope, reset=True)
            await _gone(receive)
        except NeverAnswered:
            try:
                await _gone(receive)
            finally:
                self._close(scope, reset=True)

    def _close(self, scope: Scope, *, reset: bool) -> None:
        transport = self._transport_of(tuple(scope["client"]))
        if transport is None:
            return
        if reset:
            raw: socket.socket = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()
        else:
            transport.close()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
