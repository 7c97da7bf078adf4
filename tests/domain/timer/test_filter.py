"""The language of `/` and of every command's FILTER: conditions that must hold; whatever is typed, nothing breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.filter import KEYS, Filter, checked_filter, completions, fuzzy_rank, parse_filter
from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.history import look_back
from globus_tui.domain.timer.patterns import Pattern
from globus_tui.store.board import States
from globus_tui.store.job_state import JobState
from globus_tui.store.rows import row_of
from globus_tui.widgets.viewpoint import RowSubject, Viewpoint
from tests.domain.samples import DESTINATION, HOUR, NAMES, NOW, job, refused_document, run_document, task_id, wire

CHICAGO = timezone(timedelta(hours=-6))


def subject(word: Word, why: Why, now: datetime = NOW, **changes: Any) -> RowSubject:
    one = job(**changes)
    row = row_of(one, Health(word, why))
    state = JobState(one, look_back(one, {}, now), row.health)
    states = States({row.job_id: row}, lambda _: state, lambda _: state)
    return RowSubject(row, states, Viewpoint(now, UTC, NAMES), "Work")


CLIMATE = subject(Word.SIGN_IN, Why.CONSENT_MISSING)
OTHER = subject(
    Word.OVERRUN, Why.SLOW, runs=[], job_id="badface0-1", name="Groß Sync", body=None, timer_type=None,
    callback_url="https://x.org/",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "climate", "other"),
    [
        ("", True, True),
        ("   ", True, True),
        ("climate", True, False),
        ("CLIMATE Night", True, False),
        ("climate absent", False, False),
        ("archive", True, False),
        ("/proj/", True, False),
        ("/proj", True, False),
        ("consent", True, False),
        ("7f3c21aa", True, False),
        ("c0ffee", False, False),
        (DESTINATION[:13], True, False),
        (task_id(3), True, False),
        ("GROSS", False, True),
        ("groß", False, True),
        ("health:sign", True, False),
        ("health:over", False, True),
        ("health:over,sign", True, True),
        ("health:problem", True, True),
        ("health:ok", False, False),
        ("health:in", False, False),
        ("-health:in", False, False),
        ("name:mirror", True, False),
        ("name:archive", False, False),
        ("from:nersc", True, False),
        ("from:archive", False, False),
        ("to:archive", True, False),
        (f"to:{DESTINATION}", True, False),
        ("to:/climate/", True, False),
        ("path:/nersc/", False, False),
        ("path:proj", True, False),
        ("TO:ARCHIVE", True, False),
        ("why:usual", False, True),
        ("id:badface", False, True),
        ("id:face", False, False),
        ("status:active", True, True),
        ("status:paused", False, False),
        ("type:transfer", True, False),
        ("type:other", False, True),
        ("profile:work", True, True),
        ("profile:wor", False, False),
        ("every:1d", True, True),
        ("every:>=24h", True, True),
        ("every:<1d", False, False),
        ("every:12h-2d", True, True),
        ("every:once", False, False),
        ("failed:0", True, True),
        ("failed:>0", False, False),
        ("missed:0", True, True),
        ("!climate", False, True),
        ("-climate", False, True),
        ("!to:archive", False, True),
        ("-to:archive", False, True),
        ("!!climate", True, False),
        ("climate !health:sign", False, False),
        ("climate or gross", True, True),
        ("climate absent OR gross", False, True),
        ("climate or", True, False),
        ("or", True, True),
        ('"or"', True, False),
        ('"consent missing: ?"', True, False),
        ('"missing consent"', False, False),
        ('name:"climate-nightly', True, False),
        ("to:", True, True),
        ("!", True, True),
        ("-", True, True),
        ("!to:", True, True),
        ("missing:", True, False),
        ("colour:red", False, False),
        ("~cnm", True, False),
        ("~clght", True, False),
        ("~mnc", False, False),
        ("from:~nrsc", True, False),
        ("~/proj", False, False),
        ("/cl.m[a-c]te/", True, False),
        ("/^gross/", False, True),
        ("name:/mirror$/", True, False),
        ("-/^gross/", True, False),
        ("/consent missing/", True, False),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed: str, climate: bool, other: bool) -> None:
    wanted = parse_filter(typed)
    assert (wanted.matches(CLIMATE), wanted.matches(OTHER)) == (climate, other)


NIGHT = NOW.replace(hour=2, minute=30) + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("next:<2h", False),
        ("next:<6h", True),
        ("next:5h-7h", True),
        ("next:>1d", False),
        ("next:02:00-04:00", True),
        ("next:02:30-02:31", True),
        ("next:02:00-02:30", False),
        ("next:22:00-03:00", True),
        ("next:20:00-24:00", False),
        ("next:tonight", True),
        ("next:tomorrow", True),
        ("next:today", False),
        ("next:none", False),
        ("last:<1d", True),
        ("last:>1d", False),
        ("last:today", True),
        ("last:yesterday", False),
        ("last:07:00-09:00", True),
        ("last:22:00-06:00", False),
        ("last:never", False),
    ],
)
def test_moments_are_compared_with_the_present(typed: str, meant: bool) -> None:
    one = subject(Word.OK, Why.FINE, next_run=wire(NIGHT))
    assert parse_filter(typed).timely
    assert parse_filter(typed).matches(one) is meant
    assert parse_filter(f"-{typed}").matches(one) is not meant


def test_hours_are_those_of_the_zone_that_is_shown_and_every_run_in_them_counts() -> None:
    hourly = subject(
        Word.OK, Why.FINE, next_run=wire(NOW + HOUR), schedule={"type": "recurring", "interval_seconds": 3600,
                                                               "start": wire(NOW)}
    )  # fmt: skip
    assert parse_filter("next:02:00-04:00").matches(hourly)
    daily = subject(Word.OK, Why.FINE, next_run=wire(NIGHT), schedule={"type": "recurring", "interval_seconds": 86400,
                                                                       "start": wire(NIGHT)})  # fmt: skip
    daily.view = replace(daily.view, zone=CHICAGO)
    assert not parse_filter("next:02:00-04:00").matches(daily)
    assert parse_filter("next:20:00-21:00").matches(daily)
    paused = subject(Word.PAUSED, Why.PAUSED_BY_USER, status="inactive", next_run=wire(NIGHT))
    assert not parse_filter("next:02:00-04:00").matches(paused)
    assert parse_filter("next:none").matches(paused)
    just_after_midnight = subject(Word.OK, Why.FINE, NOW.replace(hour=1), next_run=wire(NOW.replace(hour=2)))
    assert parse_filter("next:22:00-06:00").matches(just_after_midnight)
    assert parse_filter("next:tonight").matches(just_after_midnight)


def test_failures_are_counted_and_what_is_not_known_is_neither_so_nor_not_so() -> None:
    failing = subject(Word.FAILED, Why.TASK_FAILED, runs=[refused_document(NOW - n * HOUR) for n in range(3)])
    assert parse_filter("failed:>2").matches(failing)
    assert not parse_filter("failed:>3").matches(failing)
    unreadable = subject(Word.UNKNOWN, Why.UNREADABLE, status=None)
    assert not unreadable.known
    for typed in ("failed:0", "missed:>0", "every:once", "next:none", "last:never", "type:flow"):
        assert not parse_filter(typed).matches(unreadable)
        assert not parse_filter(f"-{typed}").matches(unreadable)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("heath:failed", "did you mean health:?"),
        ("nmae:x", "did you mean name:?"),
        ("colour:red", "there are health:"),
        ("health:faild", "Did you mean failed?"),
        ("health:xyz", "none of unknown, sign-in"),
        ("next:<2q", "next:<2h"),
        ("next:25:00-26:00", "no hours"),
        ("every:often", "every:>1d12h"),
        ("failed:many", "failed:>2"),
        ("/(/", "( without its )"),
        ("/a)/", ") without its ("),
        ("/*a/", "nothing for *"),
        ("/[a/", "[ without its ]"),
        (r"/(a)\1/", "is not understood"),
        ("/(?=a)/", "cannot be bounded"),
        ("/((a{99}){99}){99}/", "too long"),
        ("failed:/2/", "does not fit"),
    ],
)
def test_what_is_not_understood_is_said_with_what_would_be(typed: str, said: str) -> None:
    assert said in " ".join(parse_filter(typed).problems)
    with pytest.raises(BadInput) as raised:
        checked_filter(typed)
    assert said in str(raised.value)


@pytest.mark.parametrize("typed", ["12:30", "http://x.org/a", "a:", "/global/cfs", "~/data", "name:x", '"heath:x"'])
def test_what_only_looks_like_a_key_or_a_pattern_is_text(typed: str) -> None:
    assert not parse_filter(typed).problems or typed == "a:"


ANYTHING = st.text(max_size=60) | st.text(':!-"* toname[]\\/~<>=,0123hdor(){}|?+^$', max_size=60)
VALUES = st.sampled_from(KEYS).flatmap(lambda key: ANYTHING.map(lambda value: f"{key}:{value}"))


@given(ANYTHING | VALUES | ANYTHING.map(lambda one: f"/{one}/"))
def test_nothing_that_can_be_typed_is_an_error(typed: str) -> None:
    found = parse_filter(typed)
    assert isinstance(found, Filter)
    for one in (CLIMATE, OTHER):
        assert isinstance(found.matches(one), bool)
        assert isinstance(found.rank(one), int)
    assert bool(found) == bool(found.ways)
    assert all(one.casefold().startswith(typed[:1].casefold()) for one in completions(typed, {"from": ("NERSC DTN",)}))


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=4))
def test_a_word_and_its_opposite_divide_the_list(word: str) -> None:
    if word.casefold() != "or":
        for one in (CLIMATE, OTHER):
            assert parse_filter(word).matches(one) is not parse_filter(f"!{word}").matches(one)


@given(ANYTHING, st.integers(0, 60))
def test_what_a_longer_text_leaves_is_among_what_the_shorter_one_left_where_that_is_said(typed: str, cut: int) -> None:
    longer, shorter = parse_filter(typed), parse_filter(typed[:cut])
    for one in (CLIMATE, OTHER):
        if longer.within(shorter) and longer.matches(one):
            assert shorter.matches(one)


def test_letters_that_abbreviate_a_name_come_before_letters_that_only_occur_in_it() -> None:
    names = ["camera-lens-invoices", "climate-nightly", "local-nights", "nightly-cl", "magic-line"]
    assert [fuzzy_rank("cln", name) for name in names] == [2, 0, 3, 4, 3]
    assert fuzzy_rank("cn", "climate-nightly") == 0
    assert fuzzy_rank("b7", "beamline7-raw") == 0
    assert fuzzy_rank("igh", "climate-nightly") == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "a*a*a*a*a*a*b",
        ".*.*.*.*x", "(a?){60}a{60}b", "(a|b)*a(a|b){25}x", "((((((a*)*)*)*)*)*)*b", "(a{1,9}){1,9}b",
    ],
)  # fmt: skip
def test_no_pattern_holds_the_screen(pattern: str) -> None:
    try:
        found = Pattern(pattern)
    except BadInput:
        return
    for text in ("c" * 2000, "a" * 2000, "ab" * 1000, *(f"{'ab' * n}a{'ba' * 40}" for n in range(200))):
        found.search(text)  # the standard library needs years for some of these: the time limit of a test is its end


@given(st.from_regex(r"[ab.^$|()*+?\[\]\\dw0-]{0,8}", fullmatch=True), st.text("ab0- ", max_size=8))
def test_a_pattern_finds_what_the_standard_library_finds(pattern: str, text: str) -> None:
    import re
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = re.compile(pattern, re.ASCII)
        except re.error:
            return
    try:
        ours = Pattern(pattern)
    except BadInput:
        return
    assert ours.search(text) is bool(theirs.search(text))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("he", ["health:"]),
        ("clim ne", ["clim next:"]),
        ("-st", ["-status:"]),
        ("health:fa", ["health:failed"]),
        ("-status:p", ["-status:paused"]),
        ("next:to", ["next:today", "next:tonight", "next:tomorrow"]),
        ("to:cam", ['to:"Campus Archive"']),
        ('x to:"cam', ['x to:"Campus Archive"']),
        ("climate", []),
        ("", []),
        ('"a phrase', []),
    ],
)
def test_what_may_follow_is_known(typed: str, found: list[str]) -> None:
    assert list(completions(typed, {"to": ("Campus Archive", "NERSC DTN")})) == found


def test_a_run_is_found_by_its_task() -> None:
    one = subject(Word.OK, Why.FINE, runs=[run_document(NOW, 42)])
    assert parse_filter(f"id:{task_id(42)}").matches(one)
