"""What an ASGI application cannot do to a socket: drop it, and leave it hanging."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import AnswerCut, ConnectionDropped, NeverAnswered

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class SocketLayer:
    """Turns the exceptions of faults into what they stand for on a real connection.

    Args:
        app: the application to serve.
        transport_of: finds the transport behind a client address, or None when it is gone.
    """

    def __init__(self, app: ASGIApp, transport_of: Callable[[tuple[str, int]], asyncio.Transport | None]) -> None:
        self._app = app
        self._transport_of = transport_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
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
    """Returns once the peer is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
