"""What terminals take for a notification."""

from __future__ import annotations

import pytest

from globus_tui.present.alert_words import notification


@pytest.mark.parametrize(
    ("how", "begin", "end"),
    [
        ("osc9", "\x1b]9;", "\x07"),
        ("osc777", "\x1b]777;notify;globus-tui;", "\x07"),
        ("osc99", "\x1b]99;;", "\x1b\\"),
    ],
)
def test_a_notification_is_one_sequence_whatever_a_timer_is_called(how: str, begin: str, end: str) -> None:
    for name in ("db-dumps FAILED", "a;b\x1b]0;owned\x07\x9c\u202e", "x" * 500):
        said = notification(how, [name, "another"], tmux=False)
        inside = said.removeprefix(begin).removesuffix(end)
        assert said == f"{begin}{inside}{end}"
        assert not set(inside) & {"\x1b", "\x07", "\x9c", ";", "\u202e"}
        assert len(inside) <= 200
        assert notification(how, [name], tmux=True).count("\x1b\x1b]") == 1


def test_nothing_is_sent_where_it_is_off() -> None:
    assert notification("off", ["x"], tmux=False) == notification("off", ["x"], tmux=True) == ""
