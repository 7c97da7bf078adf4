from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from globus_sdk.scopes import ScopeParseError, ScopeParser
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.sandbox.auth.scopes import consented, grant_string, parse, unknown_scopes
from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL
from tests.sandbox.conftest import GUEST, MAPPED

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox


def text(scope: str) -> str:
    return " ".join(map(str, parse(scope)))


@pytest.mark.parametrize("scope", ["a", "a b", "a[b]", "*a", "a[*b c[d]] e", "a[b[c[*d]]]"])
def test_a_scope_string_survives_reading_and_writing(scope: str) -> None:
    assert text(scope) == scope


@pytest.mark.parametrize("scope", ["a[", "a]", "a[]", "a[[b]]", "*", "a [b]", "a[b]c", "a*", "* a", "a[b"])
def test_what_the_sdk_calls_no_scope_string_is_none_here(scope: str) -> None:
    with pytest.raises(ScopeParseError):
        ScopeParser.parse(scope)
    with pytest.raises(BadInput):
        parse(scope)


@given(st.text("ab[]* ", max_size=12))
def test_any_string_is_either_read_or_refused(scope: str) -> None:
    try:
        read = text(scope)
    except BadInput:
        return
    assert text(read) == read


def test_the_same_scope_twice_is_one_and_required_wins() -> None:
    assert text("a[*b] a[b c]") == "a[b c]"


def test_data_access_is_known_for_mapped_collections_only(small: Sandbox) -> None:
    def unknown(collection: str) -> list[str]:
        return unknown_scopes(small, parse(f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{collection}/data_access]"))

    assert unknown(MAPPED) == []
    assert len(unknown(GUEST)) == 1
    small.collections[MAPPED].document["high_assurance"] = True
    assert len(unknown(MAPPED)) == 1


def test_a_consent_counts_only_from_its_root(small: Sandbox) -> None:
    grant_string(small, "me", "client", f"{TIMER_SCOPE}[{TRANSFER_ALL}[x y]]")
    assert consented(small, "me", "client", f"{TIMER_SCOPE}[{TRANSFER_ALL}[*x]]")
    assert consented(small, "me", "client", TIMER_SCOPE)
    assert not consented(small, "me", "client", TRANSFER_ALL)
    assert not consented(small, "me", "client", f"{TIMER_SCOPE}[x]")
    assert not consented(small, "me", "another", TIMER_SCOPE)
    assert not consented(small, "me", "client", "broken[")
