from __future__ import annotations

import pytest

from globus_tui.auth.sign_in_request import SignInRequest, modern_form, plan, resolve_identities, scopes_to_ask
from globus_tui.domain.auth.credentials import Identity
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import (
    LEGACY_TRANSFER_ACTION,
    TIMER,
    TRANSFER_ALL,
    data_access,
    parse,
    render,
    timer_scope,
)
from tests.auth.fakes import PAT, SAM, FakeAuth

A, B = "aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"
NOW = str(timer_scope([A]))
OLD_CLI = f"{TIMER}[{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]]"
OLD_SDK = f"{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)} {data_access(B)}]]"


def consent(*scopes: str) -> Gare:
    return Gare("ConsentRequired", required_scopes=scopes)


def test_several_consents_become_one_login() -> None:
    request, later = plan([consent(NOW), consent(str(timer_scope([B]))), consent(NOW)])
    assert request.scopes == (timer_scope([A, B]),)
    assert later == ()
    assert not request.wants_session


def test_a_present_day_scope_is_asked_for_as_it_was_sent() -> None:
    assert render(scopes_to_ask(consent(NOW))) == NOW
    transfer = f"{TRANSFER_ALL}[{data_access(A)}]"
    assert render(scopes_to_ask(consent(transfer))) == transfer


@pytest.mark.parametrize("required", [OLD_CLI, OLD_SDK])
def test_an_outdated_root_is_asked_for_as_sent_and_in_its_present_form(required: str) -> None:
    asked = scopes_to_ask(consent(required))
    (sent,) = parse(required)
    by_name = {scope.name: scope for scope in asked}
    assert set(sent.dependencies) <= set(by_name[sent.name].dependencies)
    modern = modern_form(sent)
    assert modern is not None
    assert set(modern.dependencies) <= set(by_name[TIMER].dependencies)


def test_a_scope_that_cannot_be_parsed_is_passed_on_letter_by_letter() -> None:
    assert render(scopes_to_ask(consent("odd[unclosed"))) == "odd[unclosed"


def test_a_link_repeats_each_word_of_the_services_once_and_not_all_of_many() -> None:
    request, _ = plan([Gare("A", ("s",), words) for words in ("One", "Two", "One", "Two")])
    assert request.message == "One / Two"
    request, _ = plan([Gare("A", ("s",), f"Timer {number}: the consent is gone") for number in range(99)])
    assert request.message is not None
    assert request.message.startswith("Timer 0: the consent is gone / Timer 1: ")
    assert len(request.message) <= 400
    assert plan([Gare("A", ("s",), "x" * 99_999)])[0].message == "x" * 400


def test_requirements_of_every_kind_fit_in_one_login() -> None:
    request, later = plan(
        [
            Gare("A", session_required_identities=("x", "y"), session_message="One"),
            Gare("B", session_required_policies=("p",), session_required_mfa=True, session_message="Two"),
            Gare("C", session_required_single_domain=("uni.edu", "lab.org"), required_scopes=(NOW,)),
            Gare("D", session_required_identities=("y",), session_required_policies=("q", "p")),
        ]
    )
    assert request == SignInRequest(
        scopes=(timer_scope([A]),),
        identities=("x", "y"),
        domains=("uni.edu", "lab.org"),
        policies=("p", "q"),
        mfa=True,
        message="One / Two",
        prompt="login",
    )
    assert later == ()


def test_domains_that_agree_are_narrowed_to_what_suits_all() -> None:
    request, later = plan(
        [
            Gare("A", session_required_single_domain=("uni.edu", "lab.org")),
            Gare("B", session_required_single_domain=("LAB.org", "else.net")),
        ]
    )
    assert request.domains == ("lab.org",)
    assert later == ()


def test_domains_that_contradict_need_a_login_each() -> None:
    first = Gare("A", session_required_single_domain=("uni.edu",), required_scopes=(NOW,))
    second = Gare("B", session_required_single_domain=("lab.org",), session_required_mfa=True)
    request, later = plan([first, second])
    assert request.domains == ("uni.edu",)
    assert not request.mfa
    assert later == (second,)


def test_a_login_prompt_alone_is_a_requirement() -> None:
    request, _ = plan([Gare("A", prompt="login")])
    assert request.wants_session


async def test_usernames_and_urns_become_ids() -> None:
    auth = FakeAuth()
    linked = Identity(A, "pat@old.example.org")
    person = Identity(PAT.identity_id, PAT.username, linked=(linked,))
    asked = SignInRequest(
        identities=("PAT@old.example.org", SAM.username, f"urn:globus:auth:identity:{B}", A, "nobody@nowhere.example")
    )
    request = await resolve_identities(asked, auth, person)
    assert request.identities == (A, SAM.identity_id, B)
    assert request.unknown_identities == ("nobody@nowhere.example",)
    assert auth.calls == [("identities", SAM.username, "nobody@nowhere.example")]


async def test_own_identities_need_no_look_up() -> None:
    auth = FakeAuth()
    request = await resolve_identities(SignInRequest(identities=(PAT.username,)), auth, PAT)
    assert request.identities == (PAT.identity_id,)
    assert auth.calls == []
