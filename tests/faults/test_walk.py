"""A small share of what `python -m tests.faults.walk` walks, always the same."""

from __future__ import annotations

from tests.faults.walk import walks


def test_what_the_screen_says_is_so_or_is_marked_and_nothing_changes_unasked() -> None:
    walks(4, 8)
