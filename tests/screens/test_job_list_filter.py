"""The filter line narrows the list as it is typed, and one key takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.filter import fold_case
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
        assert f"{left[-1]} of 79 shown:" in demo.screen()[1]
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


async def test_a_filter_that_was_left_keeps_nothing_of_the_rows_that_it_looked_at(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "m")
        screen = demo.app.screen
        assert isinstance(screen, JobListScreen)
        order = screen._row_order
        assert order._subjects
        screen._prepare_filter()  # under way when the filter is left
        assert screen._leave_filter()
        await demo.settle(pilot)
        assert (order._subjects, order._hits.found) == ({}, {})


async def test_a_filter_that_nothing_matches_says_so_and_how_to_get_out(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "no such thing")
        assert "Nothing matches." in demo.text()
        assert "Escape clears the filter" in demo.text()
        assert " 0 of 79 shown" in demo.screen()[1]
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
        ("to:tape or why:quota", {"tape-archive-weekly", "beamline-7-raw"}),
        ("~clnm", {"climate-nightly-mirror"}),
        ("-health:failed every:>6d", {"tape-archive-weekly"}),
        ("/^climate-[mq]/", {"climate-monthly-tar", "climate-quarterly-set"}),
        ("[/foo]", {"[/foo] [bold]name[/] with [markup"}),
    ],
)
async def test_the_filter_looks_at_health_reason_route_and_name(demo: Demo, typed: str, found: set[str]) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, typed)
        assert found <= set(demo.names())
        assert len(demo.names()) < 40


async def test_what_is_not_understood_is_said_while_it_is_typed_and_tab_completes(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "nmae:climate")
        assert "no key nmae:" in demo.text()
        assert "did you mean name:?" in demo.text()
        await demo.press(pilot, "ctrl+u")
        await demo.write(pilot, "hea")
        assert "tab: health:" in demo.text()
        await demo.press(pilot, "tab")
        await demo.write(pilot, "fa")
        await demo.press(pilot, "tab", "enter")
        assert "filter: health:failed" in demo.text()
        assert {row.health.word.value for row in demo.shown} == {"FAILED"}
        assert f"{len(demo.names())} of 79 shown: {len(demo.names())} FAIL" in demo.screen()[1]
        await demo.press(pilot, "slash", "ctrl+u")
        await demo.write(pilot, "~cqs")
        assert demo.names()[0] == "climate-quarterly-set"


async def test_an_exclamation_mark_leaves_only_what_needs_a_person(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "exclamation_mark")
        assert all(row.health.word.is_trouble for row in demo.shown)
        assert "problems only" in demo.text()
        assert f" {len(demo.names())} of 79 shown:" in demo.screen()[1]
        await demo.press(pilot, "exclamation_mark")
        assert len(demo.names()) == 79


async def test_the_command_line_calls_commands_goes_to_tasks_and_remembers_lines_across_starts(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "colon")
        await demo.write(pilot, "filt")
        assert "tab: filter" in demo.text()
        await demo.press(pilot, "tab")
        await demo.write(pilot, " health:fa")
        await demo.press(pilot, "tab", "enter")
        assert "filter: health:failed" in demo.text()
        await demo.press(pilot, "colon")
        await demo.write(pilot, "filtre x")
        await demo.press(pilot, "enter")
        assert "did you mean :filter?" in demo.note()
        await demo.press(pilot, "colon")
        await demo.write(pilot, "sort -name")
        await demo.press(pilot, "enter")
        assert "did you mean" not in demo.text()  # what was wrong with the line before is no news of this one
        assert demo.names() == sorted(demo.names(), key=fold_case, reverse=True)
        await demo.press(pilot, "colon", "escape")
        assert demo.table.has_focus
        state = next(one for one in demo.app.states.values() if one.job.name == "climate-monthly-tar")
        task = next(run.resource_id for run in state.job.runs if run.resource_id)
        assert task is not None
        await demo.press(pilot, "colon")
        await demo.write(pilot, task)
        await demo.press(pilot, "enter")
        await demo.settle(pilot)
        assert "climate-monthly-tar > run" in demo.screen()[0]
        await demo.press(pilot, "escape")
        assert "Timers > climate-monthly-tar" in demo.screen()[0]
    async with demo.console() as pilot:
        await demo.press(pilot, "colon", "up", "up", "enter")
        assert demo.names() == sorted(demo.names(), key=fold_case, reverse=True)


async def test_a_view_is_kept_under_a_number_with_filter_columns_and_order_and_a_pin_stays_on_top(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        await demo.press(pilot, "3")
        assert "There is no view 3" in demo.note()
        await demo.press(pilot, "colon")
        await demo.write(pilot, "columns name,to,next,wy")
        await demo.press(pilot, "enter")
        assert "did you mean why?" in demo.note()
        await demo.press(pilot, "colon")
        await demo.write(pilot, "columns name,to,next")
        await demo.press(pilot, "enter", "slash")
        await demo.write(pilot, "to:tape")
        await demo.press(pilot, "enter", "N", "equals_sign", "3", "enter")
        assert "kept as view 3" in demo.note()
        first = demo.names()
        await demo.press(pilot, "G", "B")
        assert demo.names() == [first[-1], *first[:-1]]
    async with demo.console(size=(120, 36)) as pilot:
        pinned = demo.names()[0]
        assert pinned == first[-1]
        await demo.press(pilot, "W", "3")
        assert demo.names() == [pinned, *first[:-1]]
        assert [column.id for column in demo.table.columns] == ["name", "to", "next"]
        await demo.press(pilot, "g", "B")
        assert demo.names() == first
        await demo.press(pilot, "colon")
        await demo.write(pilot, "columns")
        await demo.press(pilot, "enter")
        assert "WHY" in demo.text()


async def test_a_wide_screen_has_columns_for_both_ends_and_a_longer_strip(demo: Demo) -> None:
    async with demo.console(size=(200, 50)):
        heading = next(line for line in demo.screen() if "HEALTH" in line)
        assert "FROM" in heading
        assert "LAST 24" in heading
