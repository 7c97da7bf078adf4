"""Scope strings are read and written as the official SDK does it."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pytest
from globus_sdk.scopes import ScopeCycleError, ScopeParseError, ScopeParser
from hypothesis import assume, example, given
from hypothesis import strategies as st

from globus_tui.domain.auth.scope import Scope, merge, parse, render
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    import globus_sdk.scopes as sdk

NAMES = st.sampled_from(["a", "b", "c", "https://auth.globus.org/scopes/x/data_access", "urn:globus:auth:scope:y:all"])
TREES = st.recursive(
    st.builds(Scope, NAMES, optional=st.booleans()),
    lambda below: st.builds(Scope, NAMES, st.lists(below, min_size=1, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)


def renamed(scopes: list[Scope]) -> list[Scope]:
    """The same trees in which no name comes twice: the SDK takes equal names for the same scope."""
    numbers = count()

    def rename(scope: Scope) -> Scope:
        return Scope(f"{scope.name}{next(numbers)}", tuple(map(rename, scope.dependencies)), scope.optional)

    return [rename(scope) for scope in scopes]


FORESTS = st.lists(TREES, min_size=1, max_size=3).map(renamed)


def without(scopes: tuple[Scope, ...], dropped: set[str]) -> Iterator[Scope]:
    """The trees less those scopes and all below them."""
    for scope in scopes:
        if scope.name not in dropped:
            yield Scope(scope.name, tuple(without(scope.dependencies, dropped)), scope.optional)


def plain(scope: Scope | sdk.Scope) -> tuple[object, ...]:
    """A scope as a value; the order of dependencies is not stable in the SDK."""
    name = scope.name if isinstance(scope, Scope) else scope.scope_string
    return (name, scope.optional, frozenset(plain(below) for below in scope.dependencies))


@given(st.lists(TREES, min_size=1, max_size=3))
def test_what_was_written_is_read_back(scopes: list[Scope]) -> None:
    assert parse(render(scopes)) == tuple(scopes)


@given(FORESTS)
def test_trees_are_the_sdks(scopes: list[Scope]) -> None:
    text = render(scopes)
    theirs = ScopeParser.parse(text)
    assert {plain(one) for one in parse(text)} == {plain(one) for one in theirs}
    assert {plain(one) for one in parse(" ".join(map(str, theirs)))} == {plain(one) for one in theirs}


@given(FORESTS, st.data())
def test_uniting_is_the_sdks(scopes: list[Scope], data: st.DataObject) -> None:
    names = [one.name for scope in scopes for one in scope.walk()]
    sides = [tuple(without(tuple(scopes), data.draw(st.sets(st.sampled_from(names))))) for _ in range(2)]
    text = render(sides[0] + sides[1])
    assert {plain(one) for one in merge(parse(text))} == {plain(one) for one in ScopeParser.parse(text)}


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
    assume(not re.search(r"[ab]\*", text))  # see the next test
    assert accepted_by_us(text) == accepted_by_the_sdk(text)


def test_a_marker_in_the_middle_of_a_name_is_refused_where_the_sdk_guesses_two_scopes() -> None:
    assert [str(one) for one in ScopeParser.parse("a*a[b]")] != []
    assert not accepted_by_us("a*a[b]")


def test_a_required_dependency_outweighs_an_optional_one() -> None:
    (ours,) = merge(parse("a[*b] a[b]"))
    (theirs,) = ScopeParser.parse("a[*b] a[b]")
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("text", ["a[b[c]]", "*a[*b]", "a"])
def test_the_spelling_is_the_sdks(text: str) -> None:
    assert render(parse(text)) == text == " ".join(map(str, ScopeParser.parse(text)))
