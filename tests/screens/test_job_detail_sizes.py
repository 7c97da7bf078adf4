"""The screen of one timer at every size: what matters most is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.widgets.job_past import RunHistory
from tests.screens.lines import line_with

if TYPE_CHECKING:
    from tests.demo import Demo


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36), (200, 60)])
async def test_state_key_route_danger_and_runs_are_on_every_screen(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        demo.point_at("climate-nightly-mirror")
        await demo.press(pilot, "enter")
        text = demo.text()
        for part in (
            "climate-nightly-mirror",
            "PAUSED BY GLOBUS",
            "f  signs in",
            "/proj/climate/",
            "DELETES",
            "REFUSED",
        ):
            assert part in text, f"{part} is missing at {size}:\n{text}"
        assert demo.app.screen.query_one(RunHistory).size.height >= 4
        assert all(len(line) <= size[0] for line in demo.screen())


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (60, "STARTED TOOK RESULT MESSAGE"),
        (80, "STARTED TOOK RESULT FILES BYTES MESSAGE"),
        (120, "STARTED TOOK RESULT FILES BYTES SKIP FAULT TASK MESSAGE"),
    ],
)
async def test_columns_drop_in_a_stated_order(demo: Demo, width: int, headings: str) -> None:
    async with demo.console(size=(width, 30)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        assert line_with(demo, "STARTED").split() == headings.split()


async def test_two_panels_stand_side_by_side_where_there_is_room(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        assert "Schedule" in line_with(demo, " What ")
        await pilot.resize_terminal(80, 24)
        await demo.settle(pilot)
        assert "Schedule" not in demo.text()
        assert "moves" in demo.text()


async def test_ascii_only_writes_ascii_only(demo: Demo) -> None:
    async with demo.console("--ascii") as pilot:
        for name in ("climate-nightly-mirror", "sim-checkpoints"):
            demo.point_at(name)
            await demo.press(pilot, "enter")
            assert demo.text().isascii()
            await demo.press(pilot, "l")
            assert demo.text().isascii()
            await demo.press(pilot, "q", "plus")
            assert demo.text().isascii()
            await demo.press(pilot, "q", "q")


async def test_a_still_screen_stays_still(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        before = demo.screen()
        await demo.pass_time(pilot, 20)
        assert demo.screen() == before
