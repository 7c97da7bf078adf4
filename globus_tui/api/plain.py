"""What a session asks all the time, over asyncio's own streams: reading, and tokens, without a proxy on the way.

Loading httpx with its first client costs as much as half of Textual, and each request through it several times one
written here. Whatever changes something at Globus, goes through a proxy or is redirected goes through httpx.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import time
from contextvars import Context
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

from globus_tui import __version__
from globus_tui.api.decode import ACCEPTED, Damaged, same_packed, unpack
from globus_tui.api.environment import VERIFY_VARIABLE, Environment
from globus_tui.api.exchange import Answer, Call
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from globus_tui.domain.auth.credentials import Secret

CONNECT_SECONDS = 10.0
IDLE_SECONDS, MOST_IDLE = 45.0, 5
_SECOND_FAMILY = 0.25
"""Seconds after which the other kind of address is tried beside the first: one of them may lead nowhere."""
_AT_ONCE = 256 * 1024
MOST_BYTES = 64_000_000
_REPEATABLE = ("client_credentials", "refresh_token")
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPTED,
    "User-Agent": f"globus_tui/{__version__}",
    # Product and version, separated as the description of this header in the official SDK wants it.
    "X-Globus-Client-Info": f"product=globus_tui,version={__version__}",
}

_CALLED = ("auth", "transfer", "timer", "flows")


def trust(environment: Environment) -> ssl.SSLContext | bool:
    """The certificates to trust: the CA file of the settings, else SSL_CERT_FILE or SSL_CERT_DIR, else certifi's.

    Raises:
        SettingsError: the file holds no certificates.
    """
    if environment.verify is False or all(environment.urls[service].startswith("http:") for service in _CALLED):
        return False  # nothing to verify: every service is plain http on this machine, or it was asked for
    try:
        if isinstance(environment.verify, str):
            return ssl.create_default_context(cafile=environment.verify)
        if file := os.environ.get("SSL_CERT_FILE"):
            return ssl.create_default_context(cafile=file)
        if folder := os.environ.get("SSL_CERT_DIR"):
            return ssl.create_default_context(capath=folder)
        import certifi

        # Read as data: as a file it might have to be unpacked from a zip first.
        return ssl.create_default_context(cadata=certifi.contents())
    except OSError as problem:
        name = VERIFY_VARIABLE if isinstance(environment.verify, str) else "SSL_CERT_FILE or SSL_CERT_DIR"
        raise SettingsError(f"{name}: the certificates cannot be read ({problem.strerror or problem}).") from None


class Broken(Exception):
    """What the service sent is not an HTTP answer, or only a part of one."""


class Unreached(Exception):
    """No connection could be made; `__cause__` says why."""


class _Wire(NamedTuple):
    origin: tuple[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    since: float


def is_direct() -> bool:
    """No proxy is named anywhere; beside Linux, the system's settings may name one too."""
    names = (name.lower() for name, value in os.environ.items() if value)
    return sys.platform == "linux" and not any(name.endswith("_proxy") and name != "no_proxy" for name in names)


class PlainSender:
    """Connections that are kept open between requests.

    Args:
        environment: where the services are and how long they may take.
        verify: what certificates are verified with; False when every service is plain http.
    """

    def __init__(self, environment: Environment, verify: ssl.SSLContext | bool) -> None:
        self._environment, self._verify = environment, verify
        self._idle: list[_Wire] = []
        self._closed = False

    def suits(self, call: Call) -> bool:
        """Whether this sender takes the call: it changes nothing at Globus, and its address is an ordinary one."""
        asks = call.method == "GET" or (call.form or {}).get("grant_type") in _REPEATABLE
        url = self._environment.url(call.service)
        return asks and url.isascii() and (url.startswith("http:") or isinstance(self._verify, ssl.SSLContext))

    async def aclose(self) -> None:
        """Closes idle connections; those in use close once their answer has been read."""
        self._closed = True
        for wire in self._idle:
            wire.writer.close()
        self._idle.clear()
        await asyncio.sleep(0)

    async def send(self, call: Call, authorization: Secret | None) -> Answer:
        """Sends a request and reads the whole answer, of whatever status; a redirection is not followed.

        Raises:
            NetworkError: no complete answer came.
            UnreadableAnswer: its compression is damaged.
        """
        began = time.perf_counter()
        url = urlsplit(self._environment.url(call.service, call.path))
        try:
            async with asyncio.timeout(self._environment.timeout):
                return await self._exchange(call, url, _request(call, url, authorization), began)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError, Broken, Unreached) as problem:
            from globus_tui.api.network import network_error, of_httpx

            root = self._environment.url(call.service)
            raise network_error(call.service, of_httpx(problem), self._environment.timeout, root) from None

    async def _exchange(self, call: Call, url: SplitResult, request: bytes, began: float) -> Answer:
        wire = self._open_already(url) or await self._connect(url)
        try:
            wire.writer.write(request)
            status, headers = await _head(wire.reader)
            packed, reusable = await _body(wire.reader, status, headers)
        except BaseException:
            wire.writer.transport.abort()
            raise
        if reusable and len(self._idle) < MOST_IDLE and not self._closed:
            self._idle.append(wire._replace(since=time.monotonic()))
        else:
            wire.writer.close()
        answer = Answer(call.service, status, headers, b"", time.perf_counter() - began)
        return too_long(answer) if packed is None else whole(call, answer, packed)

    def _open_already(self, url: SplitResult) -> _Wire | None:
        for wire in [wire for wire in self._idle if wire.origin == (url.scheme, url.netloc)]:
            self._idle.remove(wire)
            gone = wire.reader.at_eof() or wire.writer.is_closing()
            if not gone and time.monotonic() - wire.since < IDLE_SECONDS:
                return wire
            wire.writer.close()
        return None

    async def _connect(self, url: SplitResult) -> _Wire:
        limit = self._environment.timeout
        try:
            async with asyncio.timeout(CONNECT_SECONDS if limit is None else min(CONNECT_SECONDS, limit)):
                opening = asyncio.open_connection(
                    url.hostname,
                    url.port or (443 if url.scheme == "https" else 80),
                    ssl=self._verify if url.scheme == "https" else None,
                    limit=_AT_ONCE,
                    happy_eyeballs_delay=_SECOND_FAMILY,
                )
                # In an empty context: a connection stays open for hours, and would keep the page that asked first.
                reader, writer = await asyncio.create_task(opening, context=Context())
        except OSError as problem:
            raise Unreached from problem
        return _Wire((url.scheme, url.netloc), reader, writer, 0.0)


def _request(call: Call, url: SplitResult, authorization: Secret | None) -> bytes:
    query = f"?{urlencode(call.query)}" if call.query else ""
    headers = {"Host": url.netloc, **HEADERS}
    if authorization is not None:
        headers["Authorization"] = authorization.reveal()
    body = b""
    if call.form is not None:
        body = urlencode(call.revealed_form(), errors="replace").encode()
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    lines = (f"{call.method} {url.path or '/'}{query} HTTP/1.1", *map(": ".join, headers.items()), "\r\n")
    return "\r\n".join(lines).encode("ascii") + body


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers, names in lower case; interim answers are passed over."""
    while True:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        parts = first.split(" ", 2)
        if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not (parts[1].isascii() and parts[1].isdigit()):
            raise Broken
        if len(parts[1]) == 3 and parts[1] >= "200":
            break
    headers = {"": parts[0]}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise Broken
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    return int(parts[1]), headers


async def _body(reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> tuple[bytes | None, bool]:
    """The body as it came, None if it is too long, and whether another request may follow on this connection."""
    reusable = headers.pop("") != "HTTP/1.0" and "close" not in headers.get("connection", "").lower()
    coding, length = headers.get("transfer-encoding", "").lower(), headers.get("content-length")
    if status in (204, 304):
        return b"", reusable
    if coding == "chunked":
        body = await _chunks(reader)
        return body, reusable and body is not None
    if coding:
        raise Broken
    if length is None:
        return await _to_the_end(reader), False
    if not (length.isascii() and length.isdigit()):
        raise Broken
    if len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
        return None, False
    return await reader.readexactly(int(length)), reusable


async def _to_the_end(reader: asyncio.StreamReader) -> bytes | None:
    parts, received = [], 0
    while part := await reader.read(_AT_ONCE):
        received += len(part)
        if received > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


async def _chunks(reader: asyncio.StreamReader) -> bytes | None:
    parts, received = [], 0
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        received += size
        if size < 0:
            raise Broken
        if received > MOST_BYTES:
            return None
        parts.append(await reader.readexactly(size))
        if await reader.readexactly(2) != b"\r\n":
            raise Broken
    while await reader.readuntil(b"\r\n") != b"\r\n":  # trailers
        pass
    return b"".join(parts)


def too_long(answer: Answer) -> Answer:
    """Of a refusal that cannot be read, the status is enough. Raises `UnreadableAnswer`: it is no refusal."""
    if answer.status < 400:
        raise answer.unreadable(f"more than {MOST_BYTES // 1_000_000} MB, which no answer has")
    return answer


def whole(call: Call, answer: Answer, packed: bytes) -> Answer:
    """With its body; one that is walked is unpacked then. Of a refusal that cannot be read, the status is enough.

    Raises:
        UnreadableAnswer: the compression of what is no refusal is damaged.
    """
    received = len(packed)
    if call.last_packed is not None and answer.status == 200:
        unchanged = bool(call.last_packed) and same_packed(packed, call.last_packed)
        return replace(answer, packed=packed, bytes_received=received, unchanged=unchanged)
    try:
        body = unpack(packed, answer.headers.get("content-encoding", ""))
    except Damaged as damage:
        if answer.status < 400:
            raise answer.unreadable(f"an answer whose compression is damaged: {damage}") from None
        body = b""
    return replace(answer, body=body, bytes_received=received)
