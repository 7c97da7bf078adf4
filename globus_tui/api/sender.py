"""Puts single requests on the wire with httpx: time-outs, redirections within a service, no retries, no tokens kept."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import httpx

from globus_tui import __version__
from globus_tui.api.exchange import Answer
from globus_tui.api.network import network_error
from globus_tui.api.packing import ACCEPTED, same_packed, unpacked
from globus_tui.api.tls import trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.api.environment import Environment
    from globus_tui.api.exchange import Call
    from globus_tui.domain.credentials import Secret

_CONNECT_SECONDS = 10.0
_REDIRECTS = 3
_SMALL = 32 * 1024
_LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=5, keepalive_expiry=45.0)
# A proxy, if one is set, is for the world outside: what runs on this machine is reached directly.
_DIRECT = {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPTED,
    "User-Agent": f"globus_tui/{__version__}",
    # Product and version, separated as the description of this header in the official SDK wants it.
    "X-Globus-Client-Info": f"product=globus_tui,version={__version__}",
}


if find_spec("sniffio") is None:
    # httpcore tries to import it several times in each request, and each time all folders are searched for it again.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # None: the import system's word for "not there"


class Sender:
    """One httpx client with its connection pool."""

    def __init__(self, environment: Environment, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._environment = environment
        timeout = environment.timeout
        connect = _CONNECT_SECONDS if timeout is None else min(_CONNECT_SECONDS, timeout)
        self._client = httpx.AsyncClient(
            headers=_HEADERS,
            timeout=httpx.Timeout(timeout, connect=connect),
            limits=_LIMITS,
            verify=trust(environment) if transport is None else False,
            transport=transport,
            mounts=None if transport else _DIRECT,
        )

    async def aclose(self) -> None:
        """Closes the pool."""
        await self._client.aclose()

    async def send(self, call: Call, authorization: Secret | None) -> Answer:
        """Sends one request and reads the whole answer, of whatever status.

        httpx counts its time-outs anew at every read, so an answer that trickles would never end: the time-out of
        the environment is also a limit for the whole exchange. Redirections are followed within the same origin only
        (one service may know `/jobs` and `/jobs/`), so that a token never goes to another host.

        Raises:
            NetworkError: no complete answer came.
            UnreadableAnswer: its compression is damaged.
        """
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._environment.timeout):
                answer = await self._exchange(call, self._build(call, authorization))
        except (httpx.RequestError, TimeoutError) as problem:
            # `from None`: exceptions of httpx hold the request, with its headers.
            raise network_error(call.service, problem, self._environment.timeout) from None
        return replace(answer, elapsed=time.perf_counter() - began)

    def _build(self, call: Call, authorization: Secret | None) -> httpx.Request:
        return self._client.build_request(
            call.method,
            self._environment.url(call.service, call.path),
            params=list(call.query) or None,
            json=call.json,
            data=_revealed(call.form),
            headers={"Authorization": authorization.reveal()} if authorization else None,
        )

    async def _exchange(self, call: Call, request: httpx.Request) -> Answer:
        for _ in range(_REDIRECTS):
            response = await self._client.send(request, stream=True)
            try:
                following = _following(request, response)
                if following is None:
                    return await _read(call, response)
                await response.aread()
            finally:
                await response.aclose()
            request = self._client.build_request(
                request.method, following, headers=_kept(request.headers), content=request.content or None
            )
        return await _read(call, await self._client.send(request))


async def _read(call: Call, response: httpx.Response) -> Answer:
    """The whole answer; one that came before is not unpacked."""
    answer = Answer(call.service, response.status_code, dict(response.headers), b"")
    if call.last is None or answer.status != httpx.codes.OK or response.is_stream_consumed:
        body = await response.aread()
        return replace(answer, body=body, received=response.num_bytes_downloaded)
    packed = b"".join([chunk async for chunk in response.aiter_raw()])
    answer = replace(answer, packed=packed, received=len(packed))
    if call.last and same_packed(packed, call.last):
        return replace(answer, again=True)
    try:
        return replace(answer, body=await _unpacked(packed, response.headers.get("content-encoding", "")))
    except ValueError:
        raise httpx.DecodingError("damaged", request=response.request) from None


async def _unpacked(packed: bytes, encodings: str) -> bytes:
    if len(packed) < _SMALL:
        return unpacked(packed, encodings)
    return await asyncio.to_thread(unpacked, packed, encodings)


def _revealed(form: Mapping[str, str | Secret] | None) -> dict[str, str] | None:
    if form is None:
        return None
    return {name: value if isinstance(value, str) else value.reveal() for name, value in form.items()}


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
        there = request.url.join(location)
    except httpx.InvalidURL:
        return None
    here = request.url
    same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
    return there if same else None
