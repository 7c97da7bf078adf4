from __future__ import annotations

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TRANSFER_ALL, data_access, timer_scope
from globus_tui.domain.timer.cause import Hit, cause_of, outages
from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.orders import Known

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
    assert cause_of(Gare("x", prompt="login")) == cause_of(Gare("x")) != cause_of(Gare("x", ("s",)))


def test_scopes_that_cannot_be_read_are_compared_letter_by_letter() -> None:
    assert cause_of(Gare("x", ("a[b",))) == cause_of(Gare("x", (" a[b",)))


# --- outages


def hit(key: str, code: str, *sides: str, why: Why = Why.TASK_FAILED, word: Word = Word.FAILED) -> Hit:
    return Hit(key, Health(word, why, code=code), sides)


def test_timers_behind_one_collection_that_is_down_are_one_outage_however_it_shows() -> None:
    codes = ("CONNECT_FAILED", "TIMEOUT", "ENDPOINT_ERROR")
    hits = [
        hit(str(n), codes[n % 3], *(("down", f"c{n}") if n % 2 else (f"c{n}", "down")))
        if n % 5
        else hit(str(n), codes[n % 3], f"c{n}", "down", why=Why.TASK_TROUBLE, word=Word.BLOCKED)
        for n in range(60)
    ]
    (found,) = outages([*hits, hit("other", "QUOTA_EXCEEDED", "down", "x"), hit("one", "CONNECT_FAILED", "a", "b")])
    assert (len(found.keys), found.place) == (60, "down")


def test_what_is_a_timers_own_and_what_somebody_knows_is_no_outage() -> None:
    own = [Hit(str(n), Health(Word.WARN, Why.FILES_SKIPPED, code="X"), ("a", "b")) for n in range(9)]
    known = [Hit(f"k{n}", Health(Word.FAILED, Why.TASK_FAILED, code="X", known=Known(3)), ("a", "b")) for n in range(9)]
    few = [hit("1", "X", "a", "b"), hit("2", "X", "a", "c")]
    full = [hit(f"q{n}", "QUOTA_EXCEEDED", "from here", f"to {n}") for n in range(9)]  # nine places that are full
    assert outages([*own, *known, *few, *full]) == []


def test_one_login_that_mends_several_is_one_outage_and_no_timer_is_in_two() -> None:
    gare = Gare("ConsentRequired", (MODERN,))
    lost = [Hit(str(n), Health(Word.SIGN_IN, Why.CONSENT_MISSING, gare=gare), (f"a{n}", "b")) for n in range(4)]
    both = [hit(f"x{n}", "TIMEOUT", "left", "right") for n in range(5)] + [hit("y", "TIMEOUT", "left", "z")]
    found = outages([*lost, *both])
    assert [len(one.keys) for one in found] == [6, 4]
    assert found[0].place == "left"
