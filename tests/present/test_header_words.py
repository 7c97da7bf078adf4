"""Freshness, counts and outcomes: the lines around the list."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.health import Word
from globus_tui.present import marks
from globus_tui.present.freshness_words import (
    header_words,
    short_freshness,
)
from globus_tui.store.refresh_plan import Freshness, FreshnessState
from tests.domain.samples import MINUTE, NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKED = NOW - 30 * MINUTE
STALE = Freshness(FreshnessState.STALE, CHECKED, problem="timed\nout", next_attempt=NOW + 3 * MINUTE)


@pytest.mark.parametrize(
    ("freshness", "words", "short"),
    [
        (Freshness(FreshnessState.FRESH, NOW - timedelta(seconds=9)), "synced just now", "synced just now"),
        (Freshness(FreshnessState.FRESH, NOW - MINUTE), "synced 1 min ago", "synced 1m ago"),
        (STALE, "STALE: no answer since 20:02 (timed out), next try 20:35", "STALE since 20:02"),
        (
            Freshness(FreshnessState.STALE, None, "no network", next_attempt=NOW),
            "no answer yet (no network), next try now",
            "no answer yet",
        ),
        (Freshness(), "asking Globus", "asking"),
        (Freshness(FreshnessState.SIGNED_OUT), "signed out", "signed out"),
        (Freshness(FreshnessState.SIGNED_OUT, CHECKED), "signed out, synced 30 min ago", "signed out"),
        (Freshness(FreshnessState.PAUSED, CHECKED), "refresh off, synced 30 min ago", "synced 30m ago, off"),
    ],
)
def test_freshness_is_told_and_never_counts_seconds(freshness: Freshness, words: str, short: str) -> None:
    assert header_words(freshness, NOW, UTC) == words
    assert short_freshness(freshness, NOW, UTC) == short


def test_every_state_has_words() -> None:
    for state in FreshnessState:
        for checked in (None, CHECKED):
            freshness = Freshness(state, checked)
            assert header_words(freshness, NOW, UTC)
            assert short_freshness(freshness, NOW, UTC)


def counted(counts: Mapping[Word, int] | None, *, short: bool = False, of: int | None = None) -> str:
    return " ".join(text for text, _ in marks.count_parts(counts, short=short, of=of))


def test_counts_name_trouble_first_and_leave_out_what_there_is_none_of() -> None:
    counts = {Word.OK: 27, Word.SIGN_IN: 2, Word.FAILED: 1, Word.PAUSED: 2, Word.RETRY: 0}
    assert counted(counts) == "32 timers: 2 SIGN-IN, 1 FAILED | 27 ok, 2 paused"
    assert counted(counts, short=True) == "32: 2 SIGN-IN, 1 FAIL | 27 ok, 2 paused"
    assert counted(counts, of=50).startswith("32 of 50 shown: 2 SIGN-IN")
    assert counted({Word.OK: 1}) == "1 timer: 1 ok"


def test_an_empty_list_is_zero_but_an_unknown_one_is_not() -> None:
    assert counted({}) == "0 timers"
    assert counted(None) == "? timers"
    assert "0" not in counted(None, short=True)
