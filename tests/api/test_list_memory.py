from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.api.exchange import Answer
from globus_tui.api.list_memory import ListMemory
from globus_tui.domain.errors import UnreadableAnswer

TEXTS = st.sampled_from(["", "x", "ü", "🙂", '"}],[{', "y" * 40])
ENTRIES = st.lists(
    st.fixed_dictionaries({"id": st.integers(0, 6), "text": TEXTS}) | st.integers(0, 200) | TEXTS | st.none(),
    max_size=8,
)


class Made:
    def __init__(self, entry: Any) -> None:
        self.entry = entry


def memory() -> ListMemory[Made]:
    return ListMemory("jobs", Made, lambda made: made.entry.get("id") if isinstance(made.entry, dict) else None)


def answer(entries: list[Any], **layout: Any) -> Answer:
    return Answer("timer", 200, {}, json.dumps({"jobs": entries}, ensure_ascii=False, **layout).encode())


@given(st.lists(st.tuples(ENTRIES, st.sampled_from([None, 1])), min_size=1, max_size=4))
async def test_whatever_came_before_each_answer_is_read_as_it_is(answers: list[tuple[list[Any], Any]]) -> None:
    reader = memory()
    for entries, indent in answers:
        assert [made.entry for made in await reader.read(answer(entries, indent=indent))] == entries


def jobs(*numbers: int, **changed: str) -> list[Any]:
    return [{"id": n, "text": changed.get(f"n{n}", "same")} for n in numbers]


async def kept(before: list[Any], after: list[Any]) -> list[int]:
    """The ids of the entries that were not read again."""
    reader = memory()
    first = {id(made) for made in await reader.read(answer(before))}
    return [made.entry["id"] for made in await reader.read(answer(after)) if id(made) in first]


async def test_only_what_changed_is_read_again() -> None:
    assert await kept(jobs(1, 2, 3, 4), jobs(1, 2, 3, 4, n2="other")) == [1, 3, 4]


async def test_what_follows_a_removed_entry_is_found_again() -> None:
    assert await kept(jobs(1, 2, 3, 4, 5), jobs(1, 3, 4, 5)) == [1, 4, 5]


async def test_what_follows_a_new_entry_is_found_again() -> None:
    assert await kept(jobs(1, 2, 3), jobs(1, 9, 2, 3)) == [1, 2, 3]


async def test_a_number_that_begins_like_the_last_one_is_another_number() -> None:
    reader = memory()
    await reader.read(answer([1, 2]))
    assert [made.entry for made in await reader.read(answer([12, 2]))] == [12, 2]


async def test_the_last_answer_again_is_the_same_tuple() -> None:
    reader = memory()
    first = await reader.read(answer(jobs(1)))
    assert await reader.read(answer(jobs(1))) is first


async def test_a_damaged_answer_is_not_remembered() -> None:
    reader = memory()
    first = await reader.read(answer(jobs(1, 2)))
    with pytest.raises(UnreadableAnswer):
        await reader.read(Answer("timer", 200, {}, answer(jobs(1, 2)).body[:-1]))
    assert await reader.read(answer(jobs(1, 2))) is first


async def test_the_bytes_of_an_answer_are_not_kept() -> None:
    reader, body = memory(), answer(jobs(1, 2)).body
    before = sys.getrefcount(body)
    await reader.read(Answer("timer", 200, {}, body))
    assert sys.getrefcount(body) == before


async def test_entries_that_changed_places_are_read_as_they_stand() -> None:
    reader = memory()
    await reader.read(answer(jobs(1, 2, 3)))
    assert [made.entry["id"] for made in await reader.read(answer(jobs(2, 1, 3)))] == [2, 1, 3]
    assert [made.entry["id"] for made in await reader.read(answer([]))] == []
