from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.api.decode import Listing, read_listing
from globus_tui.api.exchange import Answer
from globus_tui.domain.documents import walk
from globus_tui.domain.errors import UnreadableAnswer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def same(entry: Any) -> Any:
    return entry


def decode_listing(body: bytes, key: str, make: Any) -> Listing[Any]:
    rest: dict[str, Any] = {}
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
    return Listing(tuple(make(one.value) for one in walk(pieces, key, {}, rest=rest)), rest)


@given(
    before=st.dictionaries(st.text(), JSON, max_size=2),
    listed=st.lists(JSON, max_size=5),
    after=st.dictionaries(st.text(), JSON, max_size=2),
    indent=st.sampled_from([None, 0, 2, "\t"]),
    plain=st.booleans(),
)
def test_any_spacing_order_and_alphabet_gives_what_json_gives(
    before: dict[str, Any], listed: list[Any], after: dict[str, Any], indent: Any, plain: bool
) -> None:
    document = before | {"jobs": listed} | {key: value for key, value in after.items() if key != "jobs"}
    body = json.dumps(document, indent=indent, ensure_ascii=plain).encode()
    found = decode_listing(body, "jobs", same)
    whole = json.loads(body)
    assert list(found.items) == whole.pop("jobs")
    assert found.members == whole


@given(data=st.data(), listed=st.lists(JSON, max_size=3))
def test_a_body_cut_short_anywhere_is_noticed(data: Any, listed: list[Any]) -> None:
    body = json.dumps({"a": 1, "jobs": listed, "b": [2]}).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(ValueError):  # noqa: PT011 - json's own error is one too
        decode_listing(body[:cut], "jobs", same)


@pytest.mark.parametrize(
    "body",
    [
        b'{"jobs": [1,]}',
        b'{"jobs": [1 2]}',
        b'{"jobs": [1],}',
        b'{"jobs": [1]} x',
        b'{"jobs": [1}',
        b'{"jobs" [1]}',
        b"{jobs: [1]}",
        b'{1: 2, "jobs": []}',
        b'["jobs"]',
        b"",
        b"null",
        b"\xff",
        b'{"jobs": [,]}',
        b'{,"jobs": []}',
    ],
)
def test_what_json_does_not_accept_is_not_accepted(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode_listing(body, "jobs", same)


@pytest.mark.parametrize("body", [b"{}", b'{"jobs": null}', b'{"jobs": {"a": []}}', b'{"other": []}'])
def test_a_document_without_the_list_is_told_from_a_damaged_one(body: bytes) -> None:
    with pytest.raises(LookupError):
        decode_listing(body, "jobs", same)


def test_escapes_in_names_and_a_byte_order_mark_do_no_harm() -> None:
    assert decode_listing(b'\xef\xbb\xbf{"\\u006aobs" : [ ] }', "jobs", same).items == ()


async def test_the_program_goes_on_while_a_long_list_is_decoded() -> None:
    body = json.dumps({"jobs": [{"n": n, "text": "x" * 200} for n in range(3000)]}).encode()
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    found = await read_listing(Answer("timer", 200, {}, body), "jobs", same)
    counting.cancel()
    assert [entry["n"] for entry in found.items] == list(range(3000))
    assert turns > 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"jobs": [', "breaks off"),
        (b"{}", "without a list of jobs"),
        (b"[]", "is not an object"),
        (b"null", "is not an object"),
        (b"[" * 9999, "damaged"),
    ],
)
async def test_an_answer_without_a_list_is_unreadable(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableAnswer, match=words):
        await read_listing(Answer("timer", 200, {}, body), "jobs", same)


@pytest.mark.parametrize("filling", ["x", "ü", "🙂", "\\"])
@pytest.mark.parametrize("indent", [None, 1])
def test_entries_that_reach_over_the_end_of_a_stretch_are_whole(filling: str, indent: int | None) -> None:
    entries: list[object] = []
    for number in range(60):
        entries += [{"n": number, "text": filling * (number * 613 % 40_000)}, 10**number, filling, None]
    body = json.dumps({"jobs": entries}, ensure_ascii=False, indent=indent).encode()
    assert list(decode_listing(body, "jobs", same).items) == entries
