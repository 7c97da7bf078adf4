"""The list is whole and readable at every size, in ASCII, and whatever a timer is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.events import Resize
from textual.geometry import Size

from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.job_preview import JobPreview

if TYPE_CHECKING:
    from tests.demo import Demo

SIZES = [(60, 15), (80, 24), (120, 36), (200, 60)]


async def test_hostile_names_are_shown_as_they_are_and_harm_nothing(demo: Demo) -> None:
    async with demo.console(size=(200, 60)) as pilot:
        preview = demo.app.screen.query_one(JobPreview)
        for row in demo.shown:
            demo.table.move_to(row.key)
            await demo.settle(pilot)
            assert preview.render_line(0).text.startswith(safe_line(row.job.label)[:20])
            assert not any(ord(char) < 32 or char in "\u202e\u202c\x7f" for line in demo.screen() for char in line)
        await demo.press(pilot, "slash")
        await demo.write(pilot, "markup")
        assert "[/foo] [bold]name[/] with [markup" in demo.row("[bold]name")


@pytest.mark.parametrize("size", SIZES)
async def test_health_and_name_are_on_the_screen_at_every_size(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        for keys in ((), ("slash", "e", "enter"), ("escape",), ("N",), ("G",), ("g",), ("v",)):
            await demo.press(pilot, *keys)
            lines = demo.screen()
            assert len(lines) == size[1]
            assert {cell_len(line) for line in lines} == {size[0]}
            table = demo.table
            first = table.region.y + 1
            rows = demo.shown[table._line_cursor.top :][: table.region.height - 1]
            assert len(rows) >= 5
            for line, row in zip(lines[first:], rows, strict=False):
                assert row.health.word.value in line, line
                assert safe_line(row.job.label)[:8] in line, line
        assert any("Open" in line for line in demo.screen()[-2:])


@pytest.mark.parametrize("size", SIZES)
async def test_sheets_fit_every_size_with_their_answer_in_sight(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        demo.point_at("mirror-secondary")
        await demo.press(pilot, "s")
        assert "Cancel (Enter)" in demo.text()
        await demo.press(pilot, "escape", "X")
        assert "Type  mirror-secondary or" in demo.text()
        assert demo.app.focused is not None
        assert demo.app.focused.region.bottom <= size[1]
        assert {cell_len(line) for line in demo.screen()} == {size[0]}


async def test_a_growing_and_shrinking_terminal_keeps_the_cursor_in_sight(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("sensor-hourly")
        for size in ((60, 15), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await demo.settle(pilot)
            assert "sensor-hourly" in demo.row("sensor-hourly")
            assert {cell_len(line) for line in demo.screen()} == {size[0]}


async def test_without_utf8_nothing_but_ascii_is_drawn(demo: Demo) -> None:
    async with demo.console("--ascii") as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "j")
        names = "".join(demo.names()) + "".join(one.name or "" for one in demo.app.store.collections.values())
        strange = {char for line in demo.screen() for char in line if ord(char) > 126} - set(names)
        assert strange == set()


async def test_a_size_that_is_told_late_does_not_chase_the_present_one(demo: Demo) -> None:
    async with demo.console() as pilot:
        before = demo.screen()
        demo.app.screen.post_message(Resize(Size(60, 20), Size(60, 20)))
        await demo.settle(pilot)
        assert demo.app.screen.size == Size(120, 36)
        assert demo.screen() == before


async def test_on_a_small_terminal_counts_hints_and_what_a_fix_starts_are_seen_whole(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        assert "…" not in demo.screen()[1]
        assert demo.screen()[-1].rstrip().endswith("q Quit")
        assert "enter Open" in demo.screen()[-1]
        await demo.press(pilot, "f")
        assert "no sign-in or consent here" in demo.note()
        await demo.press(pilot, "j")
        assert demo.note() == ""
        demo.point_at("climate-nightly-mirror")
        await pilot.press("f")
        await demo.until(pilot, lambda: "Resumes 3" in demo.text())
        first = demo.text()
        assert "Resumes 3, of which 2 start a run" in first
        for name in ("climate-nightly-mirror", "climate-monthly-tar", "fusion-shots-pull"):
            assert name in first
        await pilot.press("a")
        await demo.until(pilot, lambda: "Resumes 1, of which 1 start a run: climate-nightly-mirror" in demo.text())
        assert "climate-monthly-tar" not in "\n".join(demo.screen()[:6])
        await pilot.press("escape")
        await demo.settle(pilot)
        demo.point_at("run41-reprocessing")
        await demo.press(pilot, "l")
        await demo.settle(pilot)
        assert "file not found: /raw/run41/" in demo.screen()[1]
        log = next(line for line in demo.screen() if "[Log]" in line)
        assert "file not found: /raw/run41/" in demo.screen()[demo.screen().index(log) + 1]


async def test_a_line_to_type_into_takes_no_columns_from_the_list(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        heading = next(line for line in demo.screen() if "LAST 7" in line)
        for key in ("slash", "colon"):
            await demo.press(pilot, key)
            assert heading in demo.screen()
            await demo.press(pilot, "escape")


async def test_what_waits_is_told_with_its_end_and_the_keys_that_help_where_room_is_short(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        demo.point_at("tape-second-copy")
        await demo.settle(pilot)
        assert "does not move; Globus gives up" in " ".join(demo.text().split())
        assert "… l shows what stops the task K cancels the task" in " ".join(demo.text().split())
        await demo.press(pilot, "enter")
        banner = demo.screen()[1:6]
        assert banner[3].rstrip().endswith("…")
        assert "l  shows what stops the task   K  cancels the task" in banner[4]
        await demo.press(pilot, "K", "y")
        assert any("cancel" in one for one in demo.changes())
