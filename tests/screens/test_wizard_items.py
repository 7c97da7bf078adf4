"""Items one by one, and in batches of the official CLI's format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.screens.create.items_step import BatchSheet, ItemSheet
from tests.screens.wizard import Maker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.demo import Demo


@pytest.fixture
async def maker(demo: Demo) -> AsyncIterator[Maker]:
    """On the step of items; the folders before stand for one of them."""
    async with demo.console(size=(80, 24)) as pilot:
        one = Maker(demo, pilot)
        await one.press("n", "enter")
        await one.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        await one.press("f4")
        yield one


def items(maker: Maker) -> list[tuple[str, str, bool | None]]:
    return [(one.source_path, one.destination_path, one.recursive) for one in maker.draft.transfer.items]


async def test_two_folders_are_one_item_from_the_one_to_the_other(maker: Maker) -> None:
    assert items(maker) == [("/raw/", "/projects/raw/", True)]
    assert "1 item from Beamline 7 Data to Lab Depot" in maker.demo.text()


async def test_an_item_is_changed_added_and_removed(maker: Maker) -> None:
    await maker.press("enter")
    assert isinstance(maker.demo.app.screen, ItemSheet)
    await maker.write("/raw/2026/")
    await maker.press("enter", "enter")
    assert items(maker) == [("/raw/2026/", "/projects/raw/", True)]
    await maker.press("a")
    await maker.write("/raw/readme.txt")
    await maker.press("enter")
    await maker.write("/projects/about.txt")
    await maker.press("enter")
    assert items(maker)[1] == ("/raw/readme.txt", "/projects/about.txt", None)
    await maker.press("X")
    assert items(maker) == [("/raw/readme.txt", "/projects/about.txt", None)]


async def test_the_box_for_pasted_lines_stands_out_from_its_sheet_with_and_without_the_focus(maker: Maker) -> None:
    await maker.press("u")
    box = maker.demo.app.screen.query_one("#batch-lines")
    around, ground = box.background_colors
    assert around != ground
    await maker.press("tab")
    assert box.has_focus
    assert box.background_colors == (around, ground)
    await maker.press("escape")


async def test_an_item_without_a_path_is_not_taken(maker: Maker) -> None:
    await maker.press("a")
    await maker.press("ctrl+u", "enter", "enter")
    assert isinstance(maker.demo.app.screen, ItemSheet)
    assert "STOP A path is needed." in maker.demo.text()
    await maker.press("escape")
    assert len(items(maker)) == 1


async def test_a_batch_is_pasted_and_takes_the_place_of_the_folders(maker: Maker) -> None:
    await maker.press("u", "tab")
    await maker.write("-r run40/ run40/\n# a comment\n'a b.h5' ab.h5\n")
    await maker.press("ctrl+s")
    assert items(maker) == [
        ("/raw/run40/", "/projects/raw/run40/", True),
        ("/raw/a b.h5", "/projects/raw/ab.h5", None),
    ]


async def test_wrong_lines_are_named_by_number_and_the_good_ones_taken_only_on_request(maker: Maker) -> None:
    await maker.press("u", "tab")
    await maker.write("one\n/a /b\n--fast /a /b\n'open")
    await maker.press("ctrl+s")
    assert isinstance(maker.demo.app.screen, BatchSheet)
    text = maker.demo.text()
    for words in ("line 1: the destination path is missing", "line 3: --fast is no option", "line 4:"):
        assert words in text
    assert items(maker) == [("/raw/", "/projects/raw/", True)]
    await maker.press("ctrl+s")
    assert items(maker) == [("/a", "/b", None)]


async def test_a_batch_comes_from_a_file(maker: Maker, tmp_path: Path) -> None:
    batch = tmp_path / "batch.txt"
    batch.write_text("".join(f"/raw/{number} /projects/{number}\n" for number in range(20_000)))
    await maker.press("u")
    await maker.write(str(batch))
    await maker.press("enter")
    assert len(items(maker)) == 20_000
    await maker.press("G")
    assert "/projects/19999" in maker.demo.text()


async def test_a_file_that_is_not_there_is_said_and_nothing_changes(maker: Maker) -> None:
    await maker.press("u")
    await maker.write("/nowhere/batch.txt")
    await maker.press("enter")
    assert "/nowhere/batch.txt cannot be read: No such file or directory" in maker.demo.text()
    await maker.press("escape")
    assert len(items(maker)) == 1


async def test_lines_pasted_where_the_file_is_named_are_items_and_what_was_wrong_before_is_not_said_of_them(
    maker: Maker,
) -> None:
    await maker.press("u")
    await maker.write("/nowhere/batch.txt")
    await maker.press("enter")
    await maker.write("/raw/1 /projects/1\n/raw/2 /projects/2\n")
    assert "cannot be read" not in maker.demo.text()
    await maker.press("ctrl+s")
    assert items(maker) == [("/raw/1", "/projects/1", None), ("/raw/2", "/projects/2", None)]


async def test_what_is_wrong_with_an_item_stands_beside_it(maker: Maker) -> None:
    await maker.press("u", "tab")
    await maker.write("/raw/a /projects/a\n--no-recursive /raw/b/ /projects/b/\n")
    await maker.press("ctrl+s")
    lines = [line for line in maker.demo.screen() if "/raw/b" in line]
    assert lines
    assert "STOP" in lines[0]
