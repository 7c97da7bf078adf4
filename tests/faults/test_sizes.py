"""Answers that are there to fill memory: what is read of them is bounded, and told."""

from __future__ import annotations

import gzip
import tracemalloc

import httpx
import pytest

from globus_tui.api import decode, plain, sender
from globus_tui.api.environment import Environment
from globus_tui.api.exchange import Call
from globus_tui.api.http import Connection
from globus_tui.api.retry import RetryRules
from globus_tui.domain.errors import ServiceError, UnreadableAnswer

MB = 1_000_000


class Endless(httpx.AsyncByteStream):
    """Zeros, for as long as somebody reads."""

    sent = 0

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # an async generator of bytes
        while True:
            self.sent += MB
            yield bytes(MB)


def connected(status: int, stream: httpx.AsyncByteStream, **headers: str) -> Connection:
    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(status, headers=headers, stream=stream, request=request)

    return Connection(Environment.read({}), transport=Transport(), rules=RetryRules(repeats=0))


@pytest.mark.parametrize("last", [None, b""])
@pytest.mark.parametrize(("encodings", "times"), [("gzip", 1), ("gzip, gzip", 2)])
async def test_what_unpacks_to_gigabytes_costs_a_bound_of_memory(
    monkeypatch: pytest.MonkeyPatch, encodings: str, times: int, last: bytes | None
) -> None:
    monkeypatch.setattr(decode, "MOST_BYTES", 5 * MB)
    body = bytes(60 * MB)
    for _ in range(times):
        body = gzip.compress(body, 1)
    async with connected(200, httpx.ByteStream(body), **{"content-encoding": encodings}) as connection:
        tracemalloc.start()
        try:
            with pytest.raises((UnreadableAnswer, decode.Damaged), match="unpacks to more than 5 MB"):
                await _read_all(connection, last)
            assert tracemalloc.get_traced_memory()[1] < 20 * MB
        finally:
            tracemalloc.stop()


async def _read_all(connection: Connection, last: bytes | None) -> None:
    answer = await connection._persistently(Call("timer", "GET", "/jobs/", last_packed=last), None, None)
    list(answer.chunks())


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plain, sender):
        monkeypatch.setattr(module, "MOST_BYTES", 5 * MB)
    endless = Endless()
    async with connected(200, endless) as connection:
        with pytest.raises(UnreadableAnswer, match="more than 5 MB, which no answer has"):
            await connection.request("timer", "GET", "/jobs/")
    assert endless.sent <= 7 * MB


async def test_a_refusal_without_end_is_still_that_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plain, sender):
        monkeypatch.setattr(module, "MOST_BYTES", 5 * MB)
    async with connected(503, Endless()) as connection:
        with pytest.raises(ServiceError) as told:
            await connection.request("timer", "GET", "/jobs/")
    assert told.value.status == 503


async def test_a_refusal_whose_packing_is_damaged_too() -> None:
    async with connected(502, httpx.ByteStream(b"no gzip"), **{"content-encoding": "gzip"}) as connection:
        with pytest.raises(ServiceError) as told:
            await connection.request("timer", "GET", "/jobs/")
    assert told.value.status == 502
