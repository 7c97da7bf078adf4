"""A small share of what `python -m tests.faults.monkey` presses: as fast as the program takes it.

Which screens the keys reach depends on what was open when they came, so it is not asked here.
"""

from __future__ import annotations

import pytest

from tests.faults.monkey import on_a_served_service, on_the_demo

KEYS = 250


@pytest.mark.parametrize("seed", [11, 12])
async def test_keys_at_random_end_nothing_and_change_nothing_unrecorded(seed: int) -> None:
    found = await on_the_demo(seed, KEYS, patience=0)
    found.check()
    assert found.keys >= KEYS


@pytest.mark.parametrize("seed", [21, 22])
async def test_nor_on_a_service_in_trouble(seed: int) -> None:
    found = await on_a_served_service(seed, KEYS, patience=0)
    found.check()
    assert found.keys >= KEYS
