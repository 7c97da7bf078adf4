"""What is remembered of the list: whatever stands in the file, the list is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.store.list_memory import ListMemory, SavedView

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_left_is_there_at_the_next_start(tmp_path: Path) -> None:
    memory = ListMemory(
        tmp_path / "list.json", SavedView(order="next"), {3: SavedView("health:fail")}, 3, ["a"], ["go x"]
    )
    assert memory.save() is None
    assert ListMemory.load(tmp_path / "list.json") == memory


@pytest.mark.parametrize("odd", [[1], {"a": 1}, "x", 4, None, 1e999])
@pytest.mark.parametrize("key", ["last", "views", "default", "pins", "lines"])
def test_what_makes_no_sense_is_left_out(tmp_path: Path, key: str, odd: Any) -> None:
    document = {"views": {"3": {"filter": "x"}}, "pins": ["a"], key: odd}
    (tmp_path / "list.json").write_text(json.dumps(document))
    memory = ListMemory.load(tmp_path / "list.json")
    assert memory.default is None
    assert (memory.views == {3: SavedView("x")}) == (key != "views")
    assert (memory.pins == ["a"]) == (key != "pins")
