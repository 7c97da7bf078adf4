"""Reading without httpx: answers of every shape over a socket, and what is left to httpx."""

from __future__ import annotations

import asyncio
import gc
import gzip
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.exchange import Call
from globus_tui.api.http import Connection
from globus_tui.api.plain import PlainSender, is_direct
from globus_tui.api.retry import RetryRules
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import ConnectionFailed, GlobusTuiError, UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b"HTTP/1.1 200 OK\r\n"
GZIPPED = gzip.compress(b'{"jobs": []}', mtime=0)


class Canned:
    """A service that gives its answers one after the other, and keeps what it was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.connections = 0
        self.came, self.may_answer, self.over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while self.answers:
            try:
                self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            except asyncio.IncompleteReadError:
                break
            answer = self.answers.pop(0)
            self.came.set()
            await self.may_answer.wait()
            writer.write(answer)
            if b"length" not in answer.lower() and b"chunked" not in answer:
                break
        writer.close()
        self.over.set()


@asynccontextmanager
async def served(*answers: bytes) -> AsyncIterator[tuple[Canned, Connection]]:
    canned = Canned(*answers)
    server = await asyncio.start_server(canned.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    services = ("AUTH", "TRANSFER", "TIMER", "FLOWS")
    environ = {f"GLOBUS_SDK_SERVICE_URL_{one}": f"http://127.0.0.1:{port}/" for one in services}
    async with server, Connection(Environment.read(environ), rules=RetryRules(patience=0)) as connection:
        yield canned, connection


def with_length(body: bytes, more: bytes = b"") -> bytes:
    return OK + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    "answer",
    [
        with_length(b'{"jobs": []}'),
        with_length(GZIPPED, b"Content-Encoding: gzip\r\n"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + with_length(b'{"jobs": []}', b"Vary: a\r\nVary: b\r\n"),
        OK + b'Transfer-Encoding: chunked\r\n\r\n7;x=y\r\n{"jobs"\r\n5\r\n: []}\r\n0\r\nTrailer: 1\r\n\r\n',
        OK + b'\r\n{"jobs": []}',
        b'HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\n{"jobs": []}',
    ],
)
async def test_every_shape_of_an_answer_is_read_whole_twice(answer: bytes) -> None:
    async with served(answer, answer) as (canned, connection):
        for _ in range(2):
            found = await connection.request("timer", "GET", "/jobs/", query={"name": "a b&c"})
            assert found.object() == {"jobs": []}
        assert canned.asked[0].startswith("GET /jobs/?name=a+b%26c HTTP/1.1\r\nHost: 127.0.0.1:")
        assert "X-Globus-Client-Info: product=globus_tui" in canned.asked[1]
        stays_open = (b"Length" in answer or b"chunked" in answer) and b"HTTP/1.0" not in answer
        assert canned.connections == (1 if stays_open else 2)
        assert connection._sender is None, "httpx was not needed"


class Page:
    """What Textual lets everything know of that a page sets going."""


async def test_a_connection_that_stays_open_does_not_hold_the_page_that_asked_first() -> None:
    asking: ContextVar[Page] = ContextVar("asking")

    async def ask(connection: Connection, page: Page) -> ref[Page]:
        asking.set(page)
        await connection.request("timer", "GET", "/jobs/")
        return ref(page)

    async with served(with_length(b"{}"), with_length(b"{}")) as (canned, connection):
        closed = await asyncio.create_task(ask(connection, Page()))
        await connection.request("timer", "GET", "/jobs/")
        gc.collect()
        assert canned.connections == 1
        assert closed() is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionFailed),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", ConnectionFailed),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", ConnectionFailed),
        (OK + b"no colon\r\n\r\n", ConnectionFailed),
        (OK + b"Content-Length: 100\r\n\r\nshort", ConnectionFailed),
        (OK + b"Content-Length: -1\r\n\r\n", ConnectionFailed),
        (OK + b"Content-Length: \xb2\r\n\r\n", ConnectionFailed),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", ConnectionFailed),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc", ConnectionFailed),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nabc", ConnectionFailed),
        (OK + b"X: " + b"x" * 300_000 + b"\r\n\r\n", ConnectionFailed),
        (with_length(b"no gzip", b"Content-Encoding: gzip\r\n"), UnreadableAnswer),
    ],
)
async def test_what_is_no_whole_answer_is_an_error_with_words(answer: bytes, error: type[GlobusTuiError]) -> None:
    async with served(answer) as (_, connection):
        with pytest.raises(error, match="Globus Timers"):
            await connection.request("timer", "GET", "/jobs/")


async def test_what_is_answered_after_all_was_closed_leaves_no_connection_open() -> None:
    """As when the program is left while it refreshes."""
    async with served(*2 * [with_length(b'{"jobs": []}')]) as (canned, connection):
        canned.may_answer.clear()
        asking = asyncio.create_task(connection.request("timer", "GET", "/jobs/"))
        await canned.came.wait()
        await connection.aclose()
        canned.may_answer.set()
        assert (await asking).object() == {"jobs": []}
        async with asyncio.timeout(20):
            await canned.over.wait()


async def test_a_redirection_is_followed_and_nobody_there_is_said() -> None:
    away = b"HTTP/1.1 307 Elsewhere\r\nLocation: /jobs/\r\nContent-Length: 0\r\n\r\n"
    async with served(away, away, with_length(b'{"jobs": []}')) as (canned, connection):
        assert (await connection.request("timer", "GET", "/jobs")).object() == {"jobs": []}
        assert [one.split()[1] for one in canned.asked] == ["/jobs", "/jobs", "/jobs/"]
    with pytest.raises(ConnectionFailed, match="could not be reached: Connection refused"):
        await connection.request("timer", "GET", "/jobs/")
    await connection.aclose()


def test_what_changes_something_and_what_goes_through_a_proxy_is_for_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = PlainSender(Environment.read({}), verify=False)
    local = PlainSender(Environment.read({"GLOBUS_SDK_SERVICE_URL_TIMER": "http://[::1]:5/"}), verify=False)
    assert local.suits(Call("timer", "GET", "/jobs/"))
    assert not sender.suits(Call("timer", "GET", "/jobs/")), "certificates are not to be verified"
    for method in ("POST", "PATCH", "DELETE"):
        assert not local.suits(Call("timer", method, "/jobs/1"))
    code: dict[str, str | Secret] = {"grant_type": "authorization_code", "code": Secret("once")}
    assert not local.suits(Call("timer", "POST", "/v2/oauth2/token", form=code))
    for variable in ("HTTPS_PROXY", "http_proxy", "ALL_PROXY"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, "http://proxy:3128")
            assert not is_direct()
