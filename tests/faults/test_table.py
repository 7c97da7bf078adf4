"""A share of what `python -m tests.faults.table`, `simulation` and `fuzz` walk."""

from __future__ import annotations

import pytest

from tests.faults.fuzz import fuzz
from tests.faults.simulation import simulate
from tests.faults.table import walk_through

EVERY = 199


async def test_any_request_and_any_file_call_of_any_journey_may_fail() -> None:
    found = await walk_through(EVERY, start=7)
    assert found.failures == []
    assert found.sessions > 25
    assert all(found.words.values()), "something is said of each"


@pytest.mark.parametrize("seed", [3, 37])
async def test_weeks_at_random_leave_a_line_for_each_change_and_rows_that_are_true(seed: int) -> None:
    found = await simulate([seed])
    assert found.failures == []
    assert found.changes.total() > 5


async def test_wrong_documents_and_refusals_end_nothing_and_hide_nothing() -> None:
    steps = iter(range(5))
    found = await fuzz([5], lambda: next(steps, None) is None)
    assert found.failures == []
    assert found.counts.total() > 50
