"""What can be undone and redone, by the journal alone."""

from __future__ import annotations

from typing import Any

from globus_tui.store.undoing import stacks, steps


def entry(what: str, name: str, batch: str = "", **more: Any) -> dict[str, Any]:
    number = more.pop("number", name)
    found = {"what": what, "timer": {"id": name, "name": name}, "outcome": "done", "request": f"{what} {number}"}
    return found | ({"batch": batch} if batch else {}) | more


def undo_and_redo(*entries: dict[str, Any]) -> tuple[list[str], list[str]]:
    undo, redo = stacks(steps(entries))
    return [f"{one.what} {len(one.entries)}" for one in undo], [f"{one.what} {len(one.entries)}" for one in redo]


def test_what_was_done_together_is_one_step() -> None:
    five = [entry("pause", f"t{number}", "b1") for number in range(5)]
    assert undo_and_redo(entry("rename", "x"), *five) == (["rename 1", "pause 5"], [])


def test_what_was_undone_can_be_redone_until_something_else_is_done() -> None:
    paused = [entry("pause", "a", "b1"), entry("pause", "b", "b1")]
    resumed = [entry("resume", "a", "b2", undoes="b1"), entry("resume", "b", "b2", undoes="b1")]
    again = [entry("pause", "a", "b3", undoes="b2"), entry("pause", "b", "b3", undoes="b2")]
    assert undo_and_redo(*paused, *resumed) == ([], ["resume 2"])
    assert undo_and_redo(*paused, *resumed, *again) == (["pause 2"], [])
    assert undo_and_redo(*paused, *resumed, entry("rename", "x")) == (["rename 1"], [])


def test_a_deletion_is_one_thing_though_it_paused_first_and_an_edit_though_it_was_several_requests() -> None:
    deleted = [entry("pause", "a", "b1"), entry("delete", "a", "b1")]
    edited = [
        entry("create", "new"),
        entry("pause", "old", why="swap"),
        entry("swap", "new", replaces={"id": "old"}, when="now"),
    ]
    assert undo_and_redo(*deleted, *edited) == (["delete 1", "swap 1"], [])
    made = [entry("create", "a2", "b2", undoes="b1"), entry("pause", "a2", "b2", undoes="b1")]
    assert undo_and_redo(*deleted, *made) == ([], ["create 1"])


def test_what_was_refused_or_cannot_be_taken_back_is_no_step() -> None:
    unknown = entry("pause", "d", outcome="unknown")
    entries = [entry("pause", "a", outcome="refused"), entry("cancel", "b"), entry("create", "c"), unknown]
    assert undo_and_redo(*entries) == ([], [])
