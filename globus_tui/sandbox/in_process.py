"""The sandbox without a socket: a transport for httpx on which its faults are network errors."""

from __future__ import annotations

import httpx

from globus_tui.sandbox.faults import AnswerCut, ConnectionDropped, NeverAnswered


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
