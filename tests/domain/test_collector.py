from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.collector import MANY, collector_resting, set_aside

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    gc.unfreeze()
    if was_on:
        gc.enable()


def test_nothing_is_collected_inside_and_afterwards_it_is_again() -> None:
    gc.enable()
    with collector_resting():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collector_resting():
        1 / 0  # noqa: B018  # fails, and that is all
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with collector_resting():
        pass
    assert not gc.isenabled()


def test_only_what_is_long_is_taken_out_of_its_sight() -> None:
    gc.unfreeze()
    set_aside(MANY - 1)
    assert gc.get_freeze_count() == 0
    set_aside(MANY)
    assert gc.get_freeze_count() > 0
