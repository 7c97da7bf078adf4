"""The `/` filter: words and pairs, all of which must hold; whatever is typed, nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.filter import Filter, Subject, parse_filter, subject
from globus_tui.domain.health import Health, Why, Word
from tests.domain.making import NAMES, job

CLIMATE = subject(job(), Health(Word.SIGN_IN, Why.CONSENT_MISSING), "consent missing: NERSC DTN", NAMES)
OTHER = subject(job(job_id="badface0-1", name="Groß Sync", body=None), Health(Word.OVERRUN, Why.SLOW), "slow", NAMES)


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
        ("consent", True, False),
        ("7f3c21aa", True, False),
        ("c0ffee", False, False),
        ("GROSS", False, True),
        ("groß", False, True),
        ("health:sign", True, False),
        ("health:over", False, True),
        ("health:in", False, False),
        ("name:mirror", True, False),
        ("name:archive", False, False),
        ("from:nersc", True, False),
        ("from:archive", False, False),
        ("to:archive", True, False),
        ("to:/climate/", True, False),
        ("TO:ARCHIVE", True, False),
        ("why:slow", False, True),
        ("id:badface", False, True),
        ("id:face", False, False),
        ("!climate", False, True),
        ("!to:archive", False, True),
        ("!!climate", True, False),
        ("climate !health:sign", False, False),
        ('"consent missing: nersc"', True, False),
        ('"missing consent"', False, False),
        ('name:"climate-nightly', True, False),
        ("to:", True, True),
        ("!", True, True),
        ("!to:", True, True),
        ("missing:", True, False),
        ("colour:red", False, False),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed: str, climate: bool, other: bool) -> None:
    wanted = parse_filter(typed)
    assert (wanted.matches(CLIMATE), wanted.matches(OTHER)) == (climate, other)


@given(st.text(max_size=60) | st.text(':!"* toname[]\\', max_size=60))
def test_nothing_that_can_be_typed_is_an_error(typed: str) -> None:
    found = parse_filter(typed)
    assert isinstance(found, Filter)
    assert isinstance(found.matches(CLIMATE), bool)
    assert bool(found) == bool(found.terms)


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=4))
def test_a_word_and_its_opposite_divide_the_list(word: str) -> None:
    for one in (CLIMATE, OTHER):
        assert parse_filter(word).matches(one) is not parse_filter(f"!{word}").matches(one)


def test_a_subject_holds_texts_ready_to_compare() -> None:
    assert isinstance(CLIMATE, Subject)
    assert CLIMATE.everything == CLIMATE.everything.casefold()
