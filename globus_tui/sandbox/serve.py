"""The sandbox on a loopback port, for official clients and browsers."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import shlex
import socket
import sys
import threading
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth_people import register_client
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.control import control_routes
from globus_tui.sandbox.service import make_app
from globus_tui.sandbox.socket_layer import SocketLayer
from globus_tui.sandbox.world import facility

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import uvicorn

    from globus_tui.sandbox.state import Client, Sandbox

SERVICES = ("AUTH", "TRANSFER", "TIMER", "TIMERS", "FLOWS", "GROUPS", "SEARCH")
"""Service names of both official SDKs; the web app is not among them, as the sandbox has none."""
_ACCOUNT = "5a4db0c5-3c2d-4b51-9d0e-0d5b7a5a11fe"


class CannotServeError(RuntimeError):
    """The sandbox cannot be served; the message is one line for the user."""


def serve(
    sandbox: Sandbox,
    host: str = "127.0.0.1",
    port: int = 0,
    write: Callable[[str], object] | None = None,
) -> None:
    """Serves until interrupted, after writing `NAME=value` lines that point clients at it.

    Args:
        sandbox: the world to serve.
        host: a loopback address or `localhost`.
        port: the port; 0 picks a free one.
        write: takes the lines; standard output when None.

    Raises:
        CannotServeError: when uvicorn is missing, the host is not loopback or the port is taken.
    """
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


def serve_facility(port: int = 0, *, host: str = "127.0.0.1", speed: float = 1.0, seed: int = 1) -> None:
    """Serves the seeded facility, beginning now.

    Args:
        port: the port; 0 picks a free one.
        host: a loopback address or `localhost`.
        speed: simulated seconds per real second.
        seed: changes ids and the luck of the past runs.

    Raises:
        CannotServeError: as `serve` does.
    """
    serve(facility(Clock(speed=speed), seed), host, port)


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
    found = {f"GLOBUS_SDK_SERVICE_URL_{name}": base_url for name in SERVICES}
    for program in ("CLI", "TUI"):
        found[f"GLOBUS_{program}_CLIENT_ID"] = account.client_id
        found[f"GLOBUS_{program}_CLIENT_SECRET"] = account.secret or ""
    return found


def service_account(sandbox: Sandbox) -> Client:
    """The first client with a secret; one is registered when the world has none."""
    known = next((one for one in sandbox.clients.values() if one.secret), None)
    secret = "pretend-secret-of-a-pretend-account"  # noqa: S105 - opens nothing but the sandbox
    return known or register_client(sandbox, "Sandbox service account", client_id=_ACCOUNT, secret=secret)


def _server(sandbox: Sandbox, host: str, port: int) -> tuple[uvicorn.Server, socket.socket]:
    try:
        import uvicorn
    except ImportError:
        raise CannotServeError("Serving needs uvicorn: pip install 'globus-tui[sandbox]'") from None
    listening = _listen(host, port)

    def transport_of(client: tuple[str, int]) -> asyncio.Transport | None:
        for one in list(server.server_state.connections):
            if getattr(one, "client", None) == client:
                return one.transport
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
