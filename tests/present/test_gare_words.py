"""What Globus asks, in plain words: every kind and every mixture."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import FLOWS_ALL, LEGACY_TRANSFER_ACTION, Scope, flow_user_scope, parse, timer_scope
from globus_tui.present import gare_words
from tests.domain.samples import DATA_ACCESS, NAMES, SOURCE

FLOW = "eec9b274-0c81-4334-bdc2-54e90e689b9b"
IDENTITY = "ae341a98-d274-11e5-b888-dbae3a8ba545"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("urn:globus:auth:scope:transfer.api.globus.org:all", "transfer files for you"),
        (str(timer_scope()).split("[")[0], "manage your timers"),
        (f"https://auth.globus.org/scopes/{SOURCE}/data_access", "read and write your files on NERSC DTN"),
        (f"https://auth.globus.org/scopes/{IDENTITY}/data_access", "read and write your files on (ae341a98)"),
        (str(flow_user_scope(FLOW)), "start the flow (eec9b274)"),
        (FLOWS_ALL, "manage your flows"),
        (LEGACY_TRANSFER_ACTION, "start transfers for you (older form)"),
        ("openid", "know who you are"),
        ("urn:globus:auth:scope:auth.globus.org:view_consents", "view consents"),
        ("https://example.org/\nodd", "https://example.org/ odd"),
    ],
)
def test_each_scope_is_told_by_what_it_allows(scope: str, words: str) -> None:
    assert gare_words.scope_words(Scope(scope), NAMES) == words


def test_dependent_scopes_are_a_tree_with_optional_ones_marked() -> None:
    (scope,) = parse(DATA_ACCESS)
    assert gare_words.scope_tree(scope, NAMES) == (
        "manage your timers",
        "└ transfer files for you",
        "  └ read and write your files on NERSC DTN  (optional)",
    )
    assert all(line.isascii() for line in gare_words.scope_tree(scope, NAMES, ascii_only=True))


def test_what_will_be_allowed_is_told_as_a_path() -> None:
    assert gare_words.allow_words(Gare("ConsentRequired", (DATA_ACCESS, DATA_ACCESS)), NAMES) == (
        "Timers > Transfer > read and write your files on NERSC DTN",
    )


def test_a_scope_that_cannot_be_read_is_shown_as_it_came() -> None:
    gare = Gare("ConsentRequired", ("broken[scope",))
    assert gare_words.requirement_lines(gare, NAMES) == ("Allow: broken[scope.",)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"session_required_identities": ("pat@lab.example.org",)}, "Sign in as pat@lab.example.org."),
        ({"session_required_identities": (f"urn:globus:auth:identity:{IDENTITY}",)}, "Sign in as pat@home."),
        ({"session_required_identities": (FLOW,)}, "Sign in as identity (eec9b274)."),
        (
            {"session_required_single_domain": ("uni.example.edu", "lab.example.org")},
            "Sign in with an identity of uni.example.edu or lab.example.org.",
        ),
        (
            {"session_required_policies": ("5d0c0000-1",)},
            "Satisfy the sign-in policy (5d0c0000) of the collection's manager.",
        ),
        ({"session_required_mfa": True}, "Use a second factor (MFA)."),
        ({"prompt": "login"}, "Sign in again, even if your browser still remembers you."),
        ({"prompt": "select_account"}, "Globus asks for the prompt 'select_account'."),
        ({}, "Sign in again: Globus does not say what it misses."),
        ({"session_required_mfa": False}, "Sign in again: Globus does not say what it misses."),
    ],
)
def test_each_kind_of_requirement_has_its_sentence(wanted: dict[str, Any], sentence: str) -> None:
    assert gare_words.requirement_lines(Gare("AuthorizationRequired", **wanted), NAMES, {IDENTITY: "pat@home"}) == (
        sentence,
    )


KINDS: dict[str, tuple[Any, str]] = {
    "required_scopes": ((DATA_ACCESS,), "NERSC DTN"),
    "session_required_identities": (("pat@lab.example.org",), "pat@lab.example.org"),
    "session_required_policies": (("5d0c0000-1",), "policy"),
    "session_required_single_domain": (("uni.example.edu",), "uni.example.edu"),
    "session_required_mfa": (True, "MFA"),
}


@pytest.mark.parametrize("chosen", list(product([False, True], repeat=len(KINDS))))
def test_every_mixture_names_all_that_is_wanted_and_nothing_else(chosen: tuple[bool, ...]) -> None:
    wanted = {key: value for (key, (value, _)), use in zip(KINDS.items(), chosen, strict=True) if use}
    said = " ".join(gare_words.requirement_lines(Gare("AuthorizationRequired", **wanted), NAMES))
    assert said
    for (_, (_, word)), use in zip(KINDS.items(), chosen, strict=True):
        assert (word in said) is use


def test_the_services_own_message_is_kept_to_one_line() -> None:
    assert gare_words.message(Gare("x", session_message="line\none")) == "line one"
    assert gare_words.message(Gare("x", session_message=" \n")) is None
    assert gare_words.message(Gare("x")) is None


def test_collections_are_named_once_in_order() -> None:
    both = str(timer_scope([SOURCE, IDENTITY]))
    assert gare_words.consent_collections(Gare("ConsentRequired", (both, DATA_ACCESS))) == (SOURCE, IDENTITY)
