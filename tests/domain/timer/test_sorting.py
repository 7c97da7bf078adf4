"""The order of the list: what is not known is last whichever way it is sorted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.timer.sorting import in_order

values = st.lists(st.none() | st.integers(0, 5))


@given(values, st.booleans())
def test_what_is_known_is_sorted_and_the_rest_comes_last(found: list[int | None], descending: bool) -> None:
    ordered = in_order(range(len(found)), found.__getitem__, descending=descending)
    known = [value for place in ordered if (value := found[place]) is not None]
    assert known == sorted(known, reverse=descending)
    assert all(found[place] is None for place in ordered[len(known) :])
    assert sorted(ordered) == list(range(len(found)))


@given(values, st.booleans())
def test_equal_rows_stay_in_the_order_they_came_in(found: list[int | None], descending: bool) -> None:
    ordered = in_order(range(len(found)), found.__getitem__, descending=descending)
    for value in set(found):
        same = [place for place in ordered if found[place] == value]
        assert same == sorted(same)
