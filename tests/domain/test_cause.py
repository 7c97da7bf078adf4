from __future__ import annotations

from globus_tui.domain.cause import cause_of
from globus_tui.domain.gare import Gare
from globus_tui.domain.scope import LEGACY_TRANSFER_ACTION, TRANSFER_ALL, data_access, timer_scope

MODERN = str(timer_scope(["abc"]))
OUTDATED = f"{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access('abc')}]]"


def test_the_same_collection_is_the_same_cause_in_whatever_form_it_is_asked_for() -> None:
    one = Gare("ConsentRequired", (MODERN,), session_message="Missing consent")
    other = Gare("AuthorizationRequired", (OUTDATED,), session_message="Fehlende Zustimmung")
    assert cause_of(one) == cause_of(other)
    assert cause_of(one) != cause_of(Gare("ConsentRequired", (str(timer_scope(["xyz"])),)))


def test_a_second_factor_on_top_is_another_cause() -> None:
    assert cause_of(Gare("x", (MODERN,))) != cause_of(Gare("x", (MODERN,), session_required_mfa=True))


def test_a_prompt_for_a_login_adds_nothing_to_what_is_proved_by_it() -> None:
    one = Gare("x", session_required_single_domain=("Uni.example.edu",), prompt="login")
    assert cause_of(one) == cause_of(Gare("y", session_required_single_domain=("uni.example.edu",)))
    assert cause_of(Gare("x", prompt="login")) != cause_of(Gare("x"))


def test_scopes_that_cannot_be_read_are_compared_letter_by_letter() -> None:
    assert cause_of(Gare("x", ("a[b",))) == cause_of(Gare("x", (" a[b",)))
