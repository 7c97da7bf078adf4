"""Scope strings: what is read is written again the same, and what cannot be read is refused with the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.auth.scope import (
    TIMER,
    TRANSFER_ALL,
    Scope,
    collection_of,
    data_access,
    merge,
    parse,
    render,
    timer_scope,
    transfer_scope,
)
from globus_tui.domain.errors import BadInput

names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=6)
scopes = st.recursive(
    st.builds(Scope, names, optional=st.booleans()),
    lambda inner: st.builds(Scope, names, st.lists(inner, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)


@given(st.lists(scopes, max_size=4).map(tuple))
def test_what_is_written_reads_back_the_same(wanted: tuple[Scope, ...]) -> None:
    assert parse(render(wanted)) == wanted


@given(st.text("ab*[] ", max_size=12))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        found = parse(text)
    except BadInput:
        return
    assert parse(render(found)) == found


@pytest.mark.parametrize("text", ["a[", "a]", "a[]", "[a]", "*", "a[b", "a[b]c", "a[* b]", "a]b", "* a"])
def test_brackets_and_stars_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="scope string"):
        parse(text)


def test_a_scope_nested_without_end_is_refused_before_the_stack_is_full() -> None:
    with pytest.raises(BadInput, match="50 deep"):
        parse("a[" * 10_000)


def test_the_timer_scope_nests_transfer_and_optional_data_access() -> None:
    assert str(timer_scope(["1a2b"])) == (f"{TIMER}[{TRANSFER_ALL}[*https://auth.globus.org/scopes/1a2b/data_access]]")
    assert str(timer_scope()) == f"{TIMER}[{TRANSFER_ALL}]"


def test_the_collection_is_read_from_data_access_only() -> None:
    assert collection_of(data_access("1a2b")) == "1a2b"
    assert collection_of(TRANSFER_ALL) is None
    assert collection_of(TIMER) is None


def test_merging_unites_dependencies_and_required_wins_over_optional() -> None:
    merged = merge((transfer_scope(["a"]), Scope("x"), transfer_scope(["b"]), Scope("x", optional=True)))
    assert merged == (transfer_scope(["a", "b"]), Scope("x"))


@given(st.lists(scopes, max_size=5))
def test_merging_twice_changes_nothing(wanted: list[Scope]) -> None:
    once = merge(wanted)
    assert merge(once) == once
    assert len({scope.name for scope in once}) == len(once)
