"""The soak finds a leak that resident memory alone would hide, and takes none for one that is not there."""

from __future__ import annotations

import pytest

from tests.soak import Sample, has_filled, report

RUNS = 340
"""That are seen in an hour of 2,000 timers."""


def day(*, leaked: float = 0.0, memory: float = 0.0, threads: int = 0, filling: int = 0) -> list[Sample]:
    """Twenty-four hours in which a page or two is still held at times.

    Args:
        leaked: objects of every run; `memory`: bytes of it.
        threads: in an hour.
        filling: objects of what comes to its bound at noon.
    """
    held = [0, 17_000, 4_000, 30_000, 900]
    return [
        Sample(
            hours=hour,
            keys=hour,
            refreshes=2 * hour,
            runs=RUNS * hour,
            memory=round(75_000_000 + (hour * 7919) % 800_000 + memory * RUNS * hour),
            objects=round(400_000 + held[hour % 5] + leaked * RUNS * hour + filling * min(hour, 12) / 12),
            descriptors=14 + hour % 3,
            threads=6 + threads * hour,
            tasks=20 + hour % 9,
        )
        for hour in range(25)
    ]


def test_pages_that_are_still_held_and_what_comes_to_its_bound_are_no_leak() -> None:
    assert report(day()) == []
    assert report(day(leaked=0.2)) == []  # runs that are kept packed, until each timer has thirty
    assert report(day(filling=4_000)) == []


@pytest.mark.parametrize("objects", [1, 3])
def test_an_object_that_is_kept_of_every_run_is_found_though_memory_grows_by_less_than_three_percent(
    objects: int,
) -> None:
    assert report(day(leaked=objects, memory=200)) == ["objects"]


def test_each_cost_that_grows_is_named() -> None:
    assert report(day(memory=400)) == ["memory"]
    assert report(day(threads=5)) == ["threads"]


def test_the_day_begins_with_nothing_left_to_fill_whatever_the_hour() -> None:
    early = day()[6]
    assert has_filled(early, timers=680)
    assert not has_filled(early, timers=2000)
    assert not has_filled(early._replace(hours=5), timers=300)
