"""Scope strings are read and written as the official SDK does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from globus_sdk.scopes import ScopeCycleError, ScopeParseError, ScopeParser
from hypothesis import assume, example, given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.scope import Scope, merge, parse, render

if TYPE_CHECKING:
    import globus_sdk.scopes as sdk

NAMES = st.sampled_from(["a", "b", "c", "https://auth.globus.org/scopes/x/data_access", "urn:globus:auth:scope:y:all"])
TREES = st.recursive(
    st.builds(Scope, NAMES, optional=st.booleans()),
    lambda below: st.builds(Scope, NAMES, st.lists(below, min_size=1, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)


def plain(scope: Scope | sdk.Scope) -> tuple[object, ...]:
    """A scope as a value; the order of dependencies is not stable in the SDK."""
    name = scope.name if isinstance(scope, Scope) else scope.scope_string
    return (name, scope.optional, frozenset(plain(below) for below in scope.dependencies))


@given(st.lists(TREES, min_size=1, max_size=3))
def test_what_was_written_is_read_back(scopes: list[Scope]) -> None:
    assert parse(render(scopes)) == tuple(scopes)


@given(st.lists(TREES, min_size=1, max_size=3))
def test_trees_without_repeated_names_are_the_sdks(scopes: list[Scope]) -> None:
    names = [one.name for scope in scopes for one in scope.walk()]
    assume(len(names) == len(set(names)))
    text = render(scopes)
    theirs = ScopeParser.parse(text)
    assert {plain(one) for one in parse(text)} == {plain(one) for one in theirs}
    assert {plain(one) for one in parse(" ".join(map(str, theirs)))} == {plain(one) for one in theirs}


@given(st.lists(TREES, max_size=2), st.lists(TREES, max_size=2))
def test_uniting_is_the_sdks_where_every_name_has_one_place(left: list[Scope], right: list[Scope]) -> None:
    for side in (left, right):
        names = [one.name for scope in side for one in scope.walk()]
        assume(len(names) == len(set(names)))
    places = {(one.name, above, one.optional) for one, above in _places((*left, *right), None)}
    assume(len(places) == len({name for name, _, _ in places}))
    text = render((*left, *right))
    try:
        theirs = ScopeParser.parse(text)
    except ScopeCycleError:
        assume(False)
        raise
    assert {plain(one) for one in merge(parse(text))} == {plain(one) for one in theirs}


def _places(scopes: tuple[Scope, ...], above: str | None) -> list[tuple[Scope, str | None]]:
    found: list[tuple[Scope, str | None]] = []
    for scope in scopes:
        found += [(scope, above), *_places(scope.dependencies, scope.name)]
    return found


def accepted_by_the_sdk(text: str) -> bool:
    try:
        ScopeParser.parse(text)
    except ScopeCycleError:
        return True  # well written; we do not mind that it goes round
    except ScopeParseError:
        return False
    return True


def accepted_by_us(text: str) -> bool:
    try:
        parse(text)
    except BadInput:
        return False
    return True


@given(st.text("ab[]* ", max_size=12))
@example("a[b]c")
@example("a [b]")
@example("* a")
@example("a[[b]]")
@example("a[]")
@example("a[b")
@example("a]")
@example("*")
@example("a[*b c[d]] e")
@example("")
def test_the_same_strings_are_well_written(text: str) -> None:
    assert accepted_by_us(text) == accepted_by_the_sdk(text)


def test_a_required_dependency_outweighs_an_optional_one() -> None:
    (ours,) = merge(parse("a[*b] a[b]"))
    (theirs,) = ScopeParser.parse("a[*b] a[b]")
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("text", ["a[b[c]]", "*a[*b]", "a"])
def test_the_spelling_is_the_sdks(text: str) -> None:
    assert render(parse(text)) == text == " ".join(map(str, ScopeParser.parse(text)))
