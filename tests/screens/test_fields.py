"""Fields that text is typed and pasted into: what is in them cannot pretend to be another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Paste
from textual.widgets import Input, TextArea

from globus_tui.present.safe_text import cell_width

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

HIDDEN = "/data/\u202egnp.exe"
"""A terminal that follows it draws the end the other way round."""


async def paste(demo: Demo, pilot: Pilot[None], text: str) -> None:
    demo.app.post_message(Paste(text))
    await demo.settle(pilot)


@pytest.mark.parametrize(
    ("keys", "held"),
    [
        (("slash",), HIDDEN),  # the filter
        (("colon",), HIDDEN),  # the command line
        (("question_mark",), HIDDEN),
        (("R",), HIDDEN),  # a question
        (("n", "enter"), HIDDEN),  # a collection, in the wizard
        (("n", "enter", "f4", "u"), HIDDEN),  # the file to import items from
        (("n", "enter", "f4", "u", "tab"), HIDDEN),  # the lines to import
        (("ctrl+p",), ""),  # Textual's palette takes it not at all
    ],
)
async def test_no_field_lets_what_is_pasted_reorder_its_line(demo: Demo, keys: tuple[str, ...], held: str) -> None:
    async with demo.console(size=(100, 30)) as pilot:
        await demo.press(pilot, *keys)
        if isinstance(demo.app.focused, Input):
            demo.app.focused.value = ""
        await paste(demo, pilot, HIDDEN)
        field = demo.app.focused
        assert isinstance(field, Input | TextArea)
        assert (field.value if isinstance(field, Input) else field.text) == held
        assert "\u202e" not in demo.text()
        assert not held or "/data/\ufffdgnp.exe" in demo.text()


async def test_a_file_that_is_no_file_is_named_harmlessly(demo: Demo) -> None:
    async with demo.console(size=(100, 30)) as pilot:
        await demo.press(pilot, "n", "enter", "f4", "u")
        await paste(demo, pilot, HIDDEN)
        await demo.press(pilot, "enter")
        assert r"/data/\u202egnp.exe cannot be read" in demo.text()


@pytest.mark.parametrize("long", ["a", "\u200b", "\U000e0041", "\u202e", "e\u0301"])
async def test_the_end_of_a_long_paste_is_in_sight_whatever_is_in_it(demo: Demo, long: str) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        await demo.press(pilot, "slash")
        await paste(demo, pilot, f"{long * 100}the end")
        field = demo.app.focused
        assert isinstance(field, Input)
        line = demo.screen()[field.region.y]
        assert "the end" in line
        assert field.cursor_screen_offset.x - 1 == cell_width(line.partition("the end")[0]) + len("the end")
