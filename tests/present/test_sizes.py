"""Numbers in words; what is not known is never zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.present import sizes


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (12_345_678, "12.3 MB"),
        (310_000_000, "310 MB"),
        (999_600, "1.00 MB"),
        (1_930_000_000_000, "1.93 TB"),
        (10**21, "1000 EB"),
        (None, "?"),
    ],
)
def test_bytes_are_told_in_three_digits(value: int | None, words: str) -> None:
    assert sizes.size(value) == words


def test_what_is_not_known_is_shown_as_asked_for() -> None:
    assert [sizes.size(None, "-"), sizes.count(None, "-"), sizes.speed(None), sizes.short_count(None)] == [*"--??"]
    assert sizes.counted(None, "run") == "? runs"


def test_counts_are_grouped_or_short() -> None:
    assert sizes.count(12481) == "12 481"
    assert [sizes.short_count(value) for value in (0, 412, 999, 1234, 18234, 999_950, 3_400_000)] == [
        "0",
        "412",
        "999",
        "1.2k",
        "18k",
        "1.0M",
        "3.4M",
    ]
    assert (sizes.counted(1, "run"), sizes.counted(2, "run"), sizes.counted(0, "entry", "entries")) == (
        "1 run",
        "2 runs",
        "0 entries",
    )
    assert sizes.speed(310_000_000) == "310 MB/s"


@given(st.integers(0, 10**17))
def test_sizes_and_short_counts_keep_to_their_columns(value: int) -> None:
    assert len(sizes.size(value)) <= len("1.93 TB")
    assert len(sizes.short_count(value)) <= len("100000T")
