"""What changed since somebody last looked."""

from __future__ import annotations

from globus_tui.store.changes import Changed, Seen, changes, from_document, to_document

BEFORE = {
    "a": Seen("dumps", "ok", True, 3600.0, "/x/\0/y/"),
    "b": Seen("mirror", "FAILED", True, 86400.0, ""),
    "c": Seen("old", "ended", False, None, ""),
}


def test_exactly_what_differs_is_listed_before_and_after() -> None:
    after = {
        "a": Seen("dumps", "FAILED", True, 7200.0, "/x/\0/z/"),
        "b": Seen("mirror", "FAILED", False, 86400.0, ""),
        "d": Seen("fresh", "ok", True, 60.0, ""),
    }
    assert changes(BEFORE, after) == [
        Changed("dumps", "health", "ok", "FAILED"),
        Changed("dumps", "interval", "3600 s", "7200 s"),
        Changed("dumps", "paths", "/x/ to /y/", "/x/ to /z/"),
        Changed("mirror", "runs", "yes", "no"),
        Changed("fresh", "new", "", "ok"),
        Changed("old", "gone", "ended", ""),
    ]
    assert changes(BEFORE, BEFORE) == []
    assert from_document(to_document(BEFORE)) == BEFORE
    assert from_document({"x": [1], "y": "z"}) == {}
