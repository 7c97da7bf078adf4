"""The order of the list: trouble first by default; what is not known is last whichever way it is sorted."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.health import Word
from globus_tui.domain.sorting import Column, Facts, in_order
from tests.domain.making import NOW

ROWS = {
    "late": Facts("1", Word.OVERDUE, "late", NOW - timedelta(hours=2), NOW - timedelta(hours=1), 3600.0, "due", 0),
    "fine": Facts("2", Word.OK, "Fine", NOW - timedelta(hours=1), NOW + timedelta(hours=2), 86400.0, "route", 0),
    "soon": Facts("3", Word.OK, "soon", NOW - timedelta(hours=3), NOW + timedelta(hours=1), 60.0, "road", 0),
    "over": Facts("4", Word.ENDED, "over", NOW - timedelta(days=9), None, None, "stopped", 2),
    "new": Facts("5", Word.OK, "", None, None, None, "", None),
}


@pytest.mark.parametrize(
    ("column", "upward", "downward"),
    [
        (Column.HEALTH, "late soon fine new over", "over soon fine new late"),
        (Column.NAME, "fine late over soon new", "soon over late fine new"),
        (Column.LAST, "over soon late fine new", "fine late soon over new"),
        (Column.NEXT, "late soon fine new over", "fine soon late new over"),
        (Column.EVERY, "soon late fine new over", "fine late soon new over"),
        (Column.WHY, "late soon fine over new", "over fine soon late new"),
        (Column.RUNS, "late soon fine over new", "over late soon fine new"),
    ],
)
def test_each_column_sorts_both_ways_with_the_unknown_last(column: Column, upward: str, downward: str) -> None:
    rows = list(ROWS)
    random.Random(7).shuffle(rows)
    assert in_order(rows, ROWS.__getitem__, column) == upward.split()
    assert in_order(rows, ROWS.__getitem__, column, descending=True) == downward.split()


@given(st.permutations(sorted(ROWS)), st.sampled_from(Column), st.booleans())
def test_the_order_does_not_depend_on_the_order_before(rows: list[str], column: Column, descending: bool) -> None:
    first = in_order(rows, ROWS.__getitem__, column, descending=descending)
    assert first == in_order(sorted(ROWS), ROWS.__getitem__, column, descending=descending)
    assert sorted(first) == sorted(ROWS)
