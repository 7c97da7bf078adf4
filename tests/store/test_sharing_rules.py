"""Which answers of another copy may be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.store.sharing import Stamp, may_use


@pytest.mark.parametrize(
    ("stamp", "newest", "runs", "use"),
    [
        (Stamp(90, 91, 4), 80, 4, True),
        (Stamp(90, 91, 4), None, 4, True),
        (Stamp(90, 91, 4), 90, 4, False),
        (Stamp(90, 91, 4), 95, 4, False),
        (Stamp(90, 91, 4), 80, 14, False),
        (Stamp(90, 91, 14), 80, 4, True),
        (Stamp(60, 70, 4), 40, 4, False),
        (Stamp(60, 70.5, 4), 40, 4, True),
        (Stamp(99, 101, 4), 40, 4, False),
        (Stamp(95, 94, 4), 40, 4, False),
        (Stamp(-5, 94, 4), None, 4, False),
    ],
)
def test_an_answer_is_used_if_it_is_newer_than_ours_younger_than_an_interval_and_whole(
    stamp: Stamp, newest: float | None, runs: int, use: bool
) -> None:
    assert may_use(stamp, now=100, newest_asked=newest, pace=30, runs=runs) is use


MOMENTS = st.floats(0, 1e6)


@given(MOMENTS, MOMENTS, MOMENTS, st.none() | MOMENTS, st.floats(1, 1e5))
def test_no_answer_from_the_future_older_than_ours_or_older_than_an_interval_is_ever_used(
    asked: float, answered: float, now: float, newest: float | None, pace: float
) -> None:
    if may_use(Stamp(asked, answered, 4), now=now, newest_asked=newest, pace=pace, runs=4):
        assert asked <= answered <= now < answered + pace
        assert newest is None or asked > newest
