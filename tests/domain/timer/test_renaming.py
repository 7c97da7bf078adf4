"""What a pattern makes of names."""

from __future__ import annotations

import pytest

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.timer_groups import NamePattern, check_name


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        (NamePattern(), "a b", "a b"),
        (NamePattern("a", "o"), "banana", "bonono"),
        (NamePattern("", "x"), "banana", "banana"),
        (NamePattern(before="new ", after="-2"), "banana", "new banana-2"),
        (NamePattern(after="-2"), "week (mon 18:00)", "week-2 (mon 18:00)"),
        (NamePattern("18:00", "19:00"), "week (mon 18:00)", "week (mon 19:00)"),
        (NamePattern(".*", "x"), "a.*b", "axb"),
        (NamePattern(before="named"), "", "named"),
        (NamePattern("all"), "all", ""),
    ],
)
def test_a_pattern_is_applied_letter_by_letter(pattern: NamePattern, name: str, wanted: str) -> None:
    assert pattern.apply_to(name) == wanted


@pytest.mark.parametrize("name", ["", "a\tb", "a\x1b[31m", "x" * 256])
def test_no_timer_is_given_a_name_that_cannot_be_found_again(name: str) -> None:
    with pytest.raises(BadInput):
        check_name(name)
    check_name("x" * 255)
