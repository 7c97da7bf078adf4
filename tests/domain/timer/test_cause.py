from __future__ import annotations

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TRANSFER_ALL, data_access, timer_scope
from globus_tui.domain.timer.cause import Cause, Hit, cause_of, cause_text, causes, outages
from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.orders import Acknowledgement

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
    known = [
        Hit(f"k{n}", Health(Word.FAILED, Why.TASK_FAILED, code="X", acknowledged=Acknowledgement(3)), ("a", "b"))
        for n in range(9)
    ]
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


# --- exactly


@pytest.mark.parametrize(
    ("gare", "scopes", "proofs"),
    [
        (Gare("x", session_required_mfa=True), set(), {("mfa", "")}),
        (Gare("x", session_required_identities=("ABC",)), set(), {("identity", "abc")}),
        (Gare("x", session_required_policies=("P1",)), set(), {("policy", "P1")}),
        (
            Gare("x", session_required_single_domain=("A.edu", "b.edu")),
            set(),
            {("domain", "a.edu"), ("domain", "b.edu")},
        ),
        (Gare("x", prompt="login"), set(), {("prompt", "login")}),
        (Gare("x", prompt="consent"), set(), {("prompt", "consent")}),
        (Gare("x"), set(), {("prompt", "login")}),
        (Gare("x", session_required_mfa=True, prompt="login"), set(), {("mfa", "")}),
        (Gare("x", ("s",)), {"s"}, set()),
        (Gare("x", ("a[b c[d]] e",), prompt="login"), {"b", "d", "e"}, {("prompt", "login")}),
    ],
)
def test_what_has_to_be_granted_and_proved(gare: Gare, scopes: set[str], proofs: set[tuple[str, str]]) -> None:
    assert cause_of(gare) == Cause(frozenset(scopes), frozenset(proofs))


BOTH = ("from", "to")


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health(Word.OVERDUE, Why.LATE), [("late", "")]),
        (Health(Word.OVERDUE, Why.LATE, code="X"), [("late X", "")]),
        (Health(Word.SIGN_IN, Why.PAUSED_BY_SERVICE, code="X"), [("paused by service X", "")]),
        (Health(Word.RETRY, Why.RETRYING), [("retrying", "from"), ("retrying", "to")]),
        (Health(Word.FAILED, Why.TASK_FAILED, code="TIMEOUT"), [("away", "from"), ("away", "to")]),
        (Health(Word.FAILED, Why.RUN_REFUSED, code="ODD"), [("ODD", "from"), ("ODD", "to")]),
        (Health(Word.BLOCKED, Why.TASK_TROUBLE, code="QUOTA_EXCEEDED"), [("QUOTA_EXCEEDED", "to")]),
        (Health(Word.FAILED, Why.TASK_FAILED, code="FILE_NOT_FOUND"), [("FILE_NOT_FOUND", "from")]),
        (Health(Word.FAILED, Why.TASK_FAILED), []),
        (Health(Word.WARN, Why.FILES_SKIPPED, code="X"), []),
        (Health(Word.OK, Why.LATE), []),
        (Health(Word.FAILED, Why.TASK_FAILED, code="X", acknowledged=Acknowledgement(3)), []),
        (Health(Word.SIGN_IN, Why.CONSENT_MISSING, gare=Gare("x", ("s",))), [("wants s", "")]),
        (
            Health(Word.SIGN_IN, Why.CONSENT_MISSING, gare=Gare("x", ("s", "r"), session_required_mfa=True)),
            [("wants r s mfa ", "")],
        ),
    ],
)
def test_what_may_be_the_cause_of_a_timers_trouble(health: Health, expected: list[tuple[str, str]]) -> None:
    assert list(causes(Hit("k", health, BOTH))) == [
        (cause.replace("paused by service", Why.PAUSED_BY_SERVICE.value).replace("late", Why.LATE.value), side)
        for cause, side in expected
    ]


def test_a_flow_has_no_sides_and_its_trouble_is_one_all_the_same() -> None:
    failed = Health(Word.FAILED, Why.TASK_FAILED, code="ODD")
    assert list(causes(Hit("k", failed, ()))) == [("ODD", "")]
    assert list(causes(Hit("k", failed, ("same", "same")))) == [("ODD", "same")]
    assert cause_text(("ODD", "")) == "ODD"
    assert cause_text(("ODD", "here")) == "ODD here"


@pytest.mark.parametrize(("timers", "told"), [(2, 0), (3, 1), (4, 1)])
def test_three_timers_with_one_cause_are_one_outage(timers: int, told: int) -> None:
    found = outages(hit(str(number), "ODD", "here", f"c{number}") for number in range(timers))
    assert [one.keys for one in found] == [tuple(map(str, range(timers)))] * told


def test_what_is_left_of_a_cause_when_others_were_taken_must_be_three_again() -> None:
    both = [hit(f"b{number}", "ODD", "left", "right") for number in range(2)]
    left = [hit(f"l{number}", "ODD", "left", f"x{number}") for number in range(3)]
    right = [hit(f"r{number}", "ODD", f"y{number}", "right") for number in range(2)]
    assert [(one.place, len(one.keys)) for one in outages([*both, *left, *right])] == [("left", 5)]
    right.append(hit("r9", "ODD", "y9", "right"))
    assert [(one.place, len(one.keys)) for one in outages([*both, *left, *right])] == [("right", 5), ("left", 3)]
