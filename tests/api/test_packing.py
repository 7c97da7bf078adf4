"""Compressed answers: the same again is seen without unpacking, anything else is unpacked as it says."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.api.decode import same_packed, unpack
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.domain.errors import UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from globus_tui.domain.documents import Entry
    from tests.api.conftest import Tokens, Wire

BODIES = st.binary(max_size=300)


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@given(BODIES, st.integers(0, 9))
def test_every_way_of_packing_that_is_asked_for_is_undone(body: bytes, level: int) -> None:
    assert unpack(gzip.compress(body, level), "gzip") == body
    assert unpack(gzip.compress(body, level) + gzip.compress(body), "x-gzip") == body * 2
    assert unpack(zlib.compress(body, level), "deflate") == body
    assert unpack(bare(body), "Deflate") == body
    assert unpack(gzip.compress(zlib.compress(body)), "deflate, gzip") == body
    assert unpack(body, "") == unpack(body, "identity") == body


def test_zeros_behind_the_last_member_are_no_damage() -> None:
    assert unpack(gzip.compress(b"all of it") + bytes(20), "gzip") == b"all of it"


@given(BODIES, st.data())
def test_an_answer_that_breaks_off_is_never_taken_for_a_whole_one(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    end = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(ValueError, match=r".+"):
        unpack(packed[:end], "gzip")


def test_a_way_of_packing_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="'br'"):
        unpack(b"x", "br")


def test_no_body_needs_no_unpacking() -> None:
    assert unpack(b"", "gzip") == b""


@given(BODIES, BODIES, st.integers(0, 2**32 - 1))
def test_the_same_contents_packed_at_another_moment_are_the_same_and_others_are_not(
    one: bytes, other: bytes, moment: int
) -> None:
    assert same_packed(gzip.compress(one, mtime=0), gzip.compress(one, mtime=moment))
    assert same_packed(gzip.compress(one, mtime=0), gzip.compress(other, mtime=moment)) is (one == other)
    assert same_packed(one, other) is (one == other)


def listing(*names: str) -> bytes:
    return json.dumps({"jobs": [{"job_id": name, "name": name} for name in names]}).encode()


class Streamed(httpx.AsyncByteStream):
    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    async def __aiter__(self) -> Any:
        for at in range(0, len(self.packed), 50):
            yield self.packed[at : at + 50]


def service(wire: Wire, *bodies: tuple[str, bytes], status: int = 200) -> Connection:
    """A connection to a service that answers with these bodies, packed as they are."""
    replies: Iterator[tuple[str, bytes]] = iter(bodies)

    async def handle(request: httpx.Request) -> httpx.Response:
        wire.requests.append(request)
        way, packed = next(replies)
        return httpx.Response(status, headers={"content-encoding": way} if way else {}, stream=Streamed(packed))

    return Connection(wire.environment, transport=httpx.MockTransport(handle), sleep=wire.sleep, rules=wire.rules)


async def names_in(timers: TimersClient, *, unless_same: bool = True) -> list[str] | None:
    def take(entries: Iterable[Entry]) -> list[str]:
        return [one.value["name"] for one in entries]

    return (await timers.read_list(take, {}, unless_same=unless_same))[0]


async def test_the_list_that_came_last_is_not_walked_again(wire: Wire, tokens: Tokens) -> None:
    replies = [gzip.compress(listing(*names), mtime=n) for n, names in enumerate(("ab", "ab", "ab", "abc"))]
    async with service(wire, *(("gzip", one) for one in replies)) as connection:
        timers = TimersClient(connection, tokens)
        assert await names_in(timers) == ["a", "b"]
        assert await names_in(timers) is None
        assert await names_in(timers, unless_same=False) == ["a", "b"]
        assert await names_in(timers) == ["a", "b", "c"]
    assert all(request.headers["accept-encoding"] == "gzip, deflate" for request in wire.requests)


async def test_a_list_that_is_not_packed_at_all_is_recognised_as_well(wire: Wire, tokens: Tokens) -> None:
    async with service(wire, ("", listing("a")), ("", listing("a"))) as connection:
        timers = TimersClient(connection, tokens)
        assert await names_in(timers) == ["a"]
        assert await names_in(timers) is None


async def test_after_a_damaged_list_the_next_good_one_is_read(wire: Wire, tokens: Tokens) -> None:
    packed = gzip.compress(listing("a"))
    damaged = packed[:-12] + bytes(12)
    async with service(wire, ("gzip", damaged), ("gzip", damaged), ("gzip", packed)) as connection:
        timers = TimersClient(connection, tokens)
        for _ in range(2):
            with pytest.raises(UnreadableAnswer, match="compression is damaged"):
                await names_in(timers)
        assert await names_in(timers) == ["a"]


async def test_what_is_counted_as_received_is_what_came_over_the_wire(wire: Wire, tokens: Tokens) -> None:
    packed = gzip.compress(listing(*"abcdefgh" * 9))
    received: list[int] = []
    async with service(wire, ("gzip", packed), ("gzip", packed)) as connection:
        connection.on_exchange = lambda exchange: received.append(exchange.bytes_received)
        timers = TimersClient(connection, tokens)
        await names_in(timers)
        await names_in(timers)
    assert received == [len(packed)] * 2
