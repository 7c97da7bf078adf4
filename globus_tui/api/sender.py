"""Puts single requests on the wire with httpx: time-outs, redirections within a service, no retries, no tokens kept."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import httpx

from globus_tui.api.exchange import Answer, Call
from globus_tui.api.network import DIRECT, check_proxy_ports, network_error, unusable_proxy
from globus_tui.api.plain import CONNECT_SECONDS, HEADERS, IDLE_SECONDS, MOST_BYTES, MOST_IDLE, too_long, whole
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    import ssl

    from globus_tui.api.environment import Environment
    from globus_tui.domain.auth.credentials import Secret

_REDIRECTS = 3
_LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=MOST_IDLE, keepalive_expiry=IDLE_SECONDS)
_DIRECT = {f"all://{f'[{host}]' if ':' in host else host}": None for host in DIRECT}

if find_spec("sniffio") is None:
    # httpcore tries to import it several times in each request, and each time all folders are searched for it again.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # None: the import system's word for "not there"


class Sender:
    """One httpx client with its connection pool."""

    def __init__(
        self, environment: Environment, verify: ssl.SSLContext | bool, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`verify` as for `PlainSender`, with which it is shared."""
        self._environment = environment
        timeout = environment.timeout
        connect = CONNECT_SECONDS if timeout is None else min(CONNECT_SECONDS, timeout)
        try:
            check_proxy_ports()
            self._client = httpx.AsyncClient(
                headers=HEADERS,
                timeout=httpx.Timeout(timeout, connect=connect),
                limits=_LIMITS,
                verify=verify,
                transport=transport,
                mounts=None if transport else _DIRECT,
            )
        except (ImportError, ValueError, httpx.InvalidURL):  # about the address of a proxy, which may hold a password
            raise unusable_proxy() from None

    async def aclose(self) -> None:
        """Closes the connections that are kept open."""
        await self._client.aclose()

    async def send(self, call: Call, authorization: Secret | None) -> Answer:
        """Sends one request and reads the whole answer, of whatever status.

        httpx counts its time-outs anew at every read, so an answer that trickles would never end: the time-out of
        the environment is also a limit for the whole exchange. Redirections are followed within the same origin only
        (one service may know `/jobs` and `/jobs/`), so that a token never goes to another host.

        Raises:
            BadInput: what is asked for is too long; nothing was sent.
            NetworkError: no complete answer came.
            UnreadableAnswer: its compression is damaged, or it never ends.
        """
        began = time.perf_counter()
        try:
            request = self._build(call, authorization)
        except httpx.InvalidURL:
            raise BadInput("That is too long to ask for.") from None
        try:
            async with asyncio.timeout(self._environment.timeout):
                answer = await self._exchange(call, request)
        except (httpx.RequestError, TimeoutError) as problem:
            # `from None`: exceptions of httpx hold the request, with its headers.
            url = self._environment.url(call.service)
            raise network_error(call.service, problem, self._environment.timeout, url) from None
        return replace(answer, elapsed=time.perf_counter() - began)

    def _build(self, call: Call, authorization: Secret | None) -> httpx.Request:
        return self._client.build_request(
            call.method,
            self._environment.url(call.service, call.path),
            params=list(call.query) or None,
            # httpx alone would send characters unquoted, and fail at half a surrogate pair.
            content=None if call.json is None else json.dumps(call.json).encode(),
            data=call.revealed_form() or None,
            headers=({"Authorization": authorization.reveal()} if authorization else {})
            | ({} if call.json is None else {"Content-Type": "application/json"}),
        )

    async def _exchange(self, call: Call, request: httpx.Request) -> Answer:
        redirects_left = _REDIRECTS
        while True:
            response = await self._client.send(request, stream=True)
            try:
                following = _following(request, response)
                if following is None or not redirects_left:
                    return await _read(call, response)
            finally:
                await response.aclose()
            request = self._client.build_request(
                request.method, following, headers=_kept(request.headers), content=request.content or None
            )
            redirects_left -= 1


async def _read(call: Call, response: httpx.Response) -> Answer:
    answer = Answer(call.service, response.status_code, dict(response.headers), b"")
    if response.is_stream_consumed:  # by a test's transport, which gives the whole body at once
        return replace(answer, body=await response.aread(), bytes_received=response.num_bytes_downloaded)
    pieces, received = [], 0
    async for piece in response.aiter_raw():
        received += len(piece)
        if received > MOST_BYTES:
            return too_long(answer)
        pieces.append(piece)
    return whole(call, answer, b"".join(pieces))


def _kept(headers: httpx.Headers) -> dict[str, str]:
    own = {"host", "content-length", "transfer-encoding"}
    return {name: value for name, value in headers.items() if name not in own}


def _following(request: httpx.Request, response: httpx.Response) -> httpx.URL | None:
    """Where a redirection leads, if it stays with the service; 301 to 303 would turn a POST into a GET."""
    allowed = {301, 302, 303, 307, 308} if request.method in ("GET", "HEAD") else {307, 308}
    location = response.headers.get("location")
    if response.status_code not in allowed or not location:
        return None
    try:
        target = request.url.join(location)
    except httpx.InvalidURL:
        return None
    origin = request.url
    same = (target.scheme, target.host, target.port) == (origin.scheme, origin.host, origin.port)
    return target if same else None
