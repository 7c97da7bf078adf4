"""What changed since somebody last looked."""

from __future__ import annotations

from globus_tui.store.changes import Difference, TimerSnapshot, changes, from_document, to_document

BEFORE = {
    "a": TimerSnapshot("dumps", "ok", True, 3600.0, "/x/\0/y/"),
    "b": TimerSnapshot("mirror", "FAILED", True, 86400.0, ""),
    "c": TimerSnapshot("old", "ended", False, None, ""),
}


def test_exactly_what_differs_is_listed_before_and_after() -> None:
    after = {
        "a": TimerSnapshot("dumps", "FAILED", True, 7200.0, "/x/\0/z/"),
        "b": TimerSnapshot("mirror", "FAILED", False, 86400.0, ""),
        "d": TimerSnapshot("fresh", "ok", True, 60.0, ""),
    }
    assert changes(BEFORE, after) == [
        Difference("dumps", "health", "ok", "FAILED"),
        Difference("dumps", "interval", "3600 s", "7200 s"),
        Difference("dumps", "paths", "/x/ to /y/", "/x/ to /z/"),
        Difference("mirror", "runs", "yes", "no"),
        Difference("fresh", "new", "", "ok"),
        Difference("old", "gone", "ended", ""),
    ]
    assert changes(BEFORE, BEFORE) == []
    assert from_document(to_document(BEFORE)) == BEFORE
    assert from_document({"x": [1], "y": "z"}) == {}
