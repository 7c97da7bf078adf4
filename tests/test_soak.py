"""The soak finds a leak that resident memory alone would hide, and takes none for one that is not there."""

from __future__ import annotations

import gc

import pytest

from tests.soak import Sample, report
from tests.soaked import count_objects

RUNS = 340
"""That are seen in an hour of 2,000 timers."""


def day(*, leaked: float = 0.0, memory: float = 0.0, threads: int = 0, filling: int = 0) -> list[Sample]:
    """Twenty-four hours in which a page or two is still held at times.

    Args:
        leaked: small objects of every run; `memory`: bytes of it.
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
            objects={
                "Strip": 400_000 + held[hour % 5],
                "bytes": round(20_000 + held[hour % 5] / 100 + leaked * RUNS * hour),
                "Run": round(filling * min(hour, 12) / 12),
            },
            descriptors=14 + hour % 3,
            threads=6 + threads * hour,
            tasks=20 + hour % 9,
        )
        for hour in range(25)
    ]


def test_pages_that_are_still_held_and_what_comes_to_its_bound_are_no_leak() -> None:
    assert report(day()) == []
    assert report(day(filling=4_000)) == []


def test_one_small_object_that_is_kept_of_every_run_is_found_though_memory_hardly_grows() -> None:
    """Pages that come and go hide it in the sum of all objects, but not among those of its type."""
    assert report(day(leaked=1, memory=50)) == ["bytes"]


def test_each_cost_that_grows_is_named() -> None:
    assert report(day(memory=400)) == ["memory"]
    assert report(day(threads=5)) == ["threads"]


def test_all_objects_are_counted_also_those_that_the_collector_does_not_look_at() -> None:
    before = count_objects()
    kept = [bytes([65, 66, number, 67]) for number in range(200)]
    gc.freeze()  # as the program does
    after = count_objects()
    gc.freeze()  # as all tests are run
    assert after["bytes"] - before["bytes"] == pytest.approx(len(kept), abs=20)
