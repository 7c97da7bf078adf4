"""The filter line narrows the list as it is typed, and one key takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.screens.job_list import JobListScreen

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_the_filter_narrows_with_every_letter_and_says_of_how_many(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        left = []
        for letter in "clim":
            await demo.press(pilot, letter)
            left.append(len(demo.names()))
        assert left == sorted(left, reverse=True)
        assert left[0] < 79
        assert f"{left[-1]} of 79:" in demo.screen()[1]
        assert all("clim" in name or "national" in name for name in demo.names())


async def test_escape_takes_back_one_thing_at_a_time_and_then_asks_to_quit(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "m", "i", "r", "enter")
        assert "filter: mir" in demo.text()
        await demo.press(pilot, "space", "escape")
        assert (len(demo.names()), len(demo.table.marked)) == (79, 1)
        await demo.press(pilot, "escape")
        assert not demo.table.marked
        await demo.press(pilot, "escape")
        assert "Quit?" in demo.text()
        await demo.press(pilot, "enter")
        assert isinstance(demo.app.screen, JobListScreen)


async def test_escape_while_typing_shows_all_timers_again(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "x", "y", "escape")
        assert len(demo.names()) == 79
        assert demo.table.has_focus


async def test_a_filter_that_nothing_matches_says_so_and_how_to_get_out(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "no such thing")
        assert "Nothing matches." in demo.text()
        assert "Escape clears the filter" in demo.text()
        assert " 0 of 79" in demo.screen()[1]
        await demo.press(pilot, "enter", "s", "X", "R", "enter")
        assert demo.note() == "There is no timer under the cursor."
        assert demo.changes() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("health:sign", {"climate-nightly-mirror", "lab-identity-export"}),
        ("why:quota", {"beamline-7-raw"}),
        ("to:tape", {"tape-archive-weekly", "climate-monthly-tar"}),
        ("from:genome inbox", {"genomics-inbox"}),
        ("climate !nightly", {"climate-monthly-tar", "climate-quarterly-set"}),
        ("[/foo]", {"[/foo] [bold]name[/] with [markup"}),
    ],
)
async def test_the_filter_looks_at_health_reason_route_and_name(demo: Demo, typed: str, found: set[str]) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, typed)
        assert found <= set(demo.names())
        assert len(demo.names()) < 40


async def test_an_exclamation_mark_leaves_only_what_needs_a_person(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "exclamation_mark")
        assert all(row.health.word.is_trouble for row in demo.table.rows)
        assert "problems only" in demo.text()
        assert f" {len(demo.names())} of 79:" in demo.screen()[1]
        await demo.press(pilot, "exclamation_mark")
        assert len(demo.names()) == 79
