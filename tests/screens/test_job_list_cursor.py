"""Cursor and marks belong to timers, whatever moves around them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.screens.job_list import JobListScreen

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_the_cursor_stays_on_its_timer_through_refresh_sort_and_filter(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        here = demo.job_id("sensor-hourly")
        for keys in (("N",), ("A",), ("O",), ("r",), ("slash", "s", "e", "n", "enter"), ("escape",), ("W",)):
            await demo.press(pilot, *keys)
            assert demo.table.cursor_key == here, keys
        await demo.pass_time(pilot, timedelta(hours=2))
        assert demo.table.cursor_key == here
        assert "sensor-hourly" in demo.row("sensor-hourly")


async def test_a_filter_that_hides_the_timer_under_the_cursor_puts_it_on_the_first_of_those_that_match(
    demo: Demo,
) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "G")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "name:climate")
        await demo.press(pilot, "enter")
        assert demo.table.cursor_position == 0
        await demo.press(pilot, "j")
        gone, here = demo.table.rows[1].key, demo.table.rows[2].key
        demo.sandbox.timers[str(gone)].name = "renamed"
        await demo.press(pilot, "r")
        assert demo.table.cursor_key == here  # what leaves by itself gives its cursor to the next one


async def test_marks_survive_refresh_sort_and_a_filter_that_hides_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        wanted = {demo.job_id(name) for name in ("db-dumps", "astro-ingest", "mirror-secondary")}
        for name in ("db-dumps", "astro-ingest", "mirror-secondary"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        assert demo.note() == "3 marked"
        for keys in (("N",), ("r",), ("slash", "d", "b", "enter"), ("exclamation_mark",), ("escape",)):
            await demo.press(pilot, *keys)
            assert demo.table.marked == wanted, keys


async def test_all_that_the_filter_shows_is_marked_with_one_key(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "c", "l", "i", "m", "enter", "asterisk")
        assert {row.key for row in demo.table.rows} == demo.table.marked
        await demo.press(pilot, "backslash")
        assert demo.note() == "nothing marked"


async def test_a_timer_deleted_elsewhere_gives_its_cursor_to_the_next_one_and_says_so(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = demo.names()
        demo.point_at("db-dumps")
        del demo.sandbox.timers[demo.job_id("db-dumps")]
        demo.clock.advance(61)  # which changes what stands in every row, also in the one that is gone
        await demo.press(pilot, "r")
        assert demo.note() == "The timer under the cursor is gone; the cursor went to the next one."
        assert demo.table.cursor_key == demo.job_id(names[names.index("db-dumps") + 1])


async def test_enter_opens_the_timer_under_the_cursor(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        assert not isinstance(demo.app.screen, JobListScreen)
        assert "db-dumps" in demo.screen()[0]
        await demo.press(pilot, "escape")
        assert demo.table.cursor_key == demo.job_id("db-dumps")
