"""One timer on the screen: what is said of it, and what its keys do. Real keys, over the facility."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from globus_tui.present import detail_words
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.widgets.job_past import RunHistory
from globus_tui.widgets.key_hints import KeyHints
from tests.screens.lines import line_with

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

CHICAGO = ("--zone", "America/Chicago")


async def open_timer(demo: Demo, pilot: Pilot[None], name: str) -> RunHistory:
    """Open a timer from the list; gives its list of runs."""
    demo.point_at(name)
    await demo.press(pilot, "enter")
    assert isinstance(demo.app.screen, JobDetailScreen)
    return demo.app.screen.query_one(RunHistory)


async def test_the_banner_says_what_is_wrong_since_when_what_follows_and_which_key_helps(demo: Demo) -> None:
    async with demo.console(*CHICAGO) as pilot:
        await open_timer(demo, pilot, "climate-nightly-mirror")
        text = demo.text()
        assert "PAUSED BY GLOBUS since Sun 30 Aug 03:00" in text
        assert 'not use "National Lab DTN" for you' in text
        assert "2 scheduled runs were missed" in text
        assert "ONE catch-up run" in text
        assert "f  signs in, grants it and resumes" in text


async def test_a_healthy_timer_has_one_quiet_line_and_no_advice(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "slow-tuesday")
        assert "ok  All is well." in line_with(demo, "All is well")
        assert not demo.app.screen.query_one("#banner-key").display


async def test_fire_times_are_local_and_utc_and_the_clock_change_is_told(demo: Demo) -> None:
    async with demo.console(*CHICAGO) as pilot:
        await open_timer(demo, pilot, "db-dumps")
        assert "Tue 1 Sep 21:00 CDT  02:00Z  in 14 h" in demo.text()
        assert "86 400 s, counted in UTC" in demo.text()
        assert "Sun 1 Nov 2026: 21:00 CDT becomes 20:00 CST" in demo.text()


async def test_what_it_moves_names_collections_paths_and_the_danger(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "climate-nightly-mirror")
        assert "National Lab DTN  mapped, needs data_access" in demo.text()
        assert "/proj/climate/ → /archive/climate/  (recursive)" in demo.text()
        assert "sync mtime, verify checksum, keep timestamps" in demo.text()
        assert "DELETES files at the destination" in demo.text()
        assert demo.job_id("climate-nightly-mirror") in demo.text()


async def test_ticks_without_a_run_stand_between_the_runs_in_order_of_time(demo: Demo) -> None:
    async with demo.console() as pilot:
        runs = await open_timer(demo, pilot, "slow-tuesday")
        moments = [row.at for row in runs.rows if row.at]
        assert moments == sorted(moments, reverse=True)
        assert "skipped" in line_with(demo, "run before still going")
        runs.action_first()


async def test_a_run_that_was_refused_has_no_numbers_instead_of_zeros(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "climate-nightly-mirror")
        refused = line_with(demo, "✗ REFUSED").split()
        assert refused[refused.index("REFUSED") + 1 :][:5] == ["-"] * 5
        assert "0" not in refused


async def test_the_tasks_that_cannot_be_read_are_unknown_not_empty(demo: Demo) -> None:
    demo.fault(Fault(path="/v0.10/task_list", status=500, times=None))
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "db-dumps")
        newest = next(line for line in demo.screen() if " 02:00" in line and "?" in line)
        assert " 0 " not in newest
        assert "not all is known: The tasks of the runs could not be read" in demo.text()


async def test_what_is_usual_is_said_once_there_are_runs_enough(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "db-dumps")
        assert "(median of 40) and moves " in line_with(demo, "a normal run takes ")
        assert ", " in line_with(demo, "faults ▁")  # at this height the plots stand below the runs
        await demo.press(pilot, "V")
        assert "No run took three times as long as usual" in demo.text()
        await demo.press(pilot, "escape", "q")
        await open_timer(demo, pilot, "just-created-not-started")
        assert "a normal run" not in demo.text()


async def test_older_runs_come_with_m(demo: Demo) -> None:
    async with demo.console() as pilot:
        runs = await open_timer(demo, pilot, "nightly-project-mirror")
        assert len(runs.rows) == 40
        assert "last 40 ticks: 40 ok" in demo.text()
        await demo.press(pilot, "m")
        assert len(runs.rows) == 60
        assert "older runs" not in demo.text()
        await demo.press(pilot, "m")
        assert demo.note() == "These are all runs that Globus keeps."


async def test_walking_to_the_end_reads_older_runs_by_itself(demo: Demo) -> None:
    async with demo.console() as pilot:
        runs = await open_timer(demo, pilot, "nightly-project-mirror")
        key = runs.rows[-1].key
        await demo.press(pilot, "G")
        assert len(runs.rows) == 60
        assert runs.cursor_key == key


async def test_the_cursor_stays_on_its_run_while_older_ones_come_in(demo: Demo) -> None:
    async with demo.console() as pilot:
        runs = await open_timer(demo, pilot, "nightly-project-mirror")
        await demo.press(pilot, "j", "j", "j")
        key = runs.cursor_key
        await demo.press(pilot, "m")
        assert runs.cursor_key == key


async def test_a_tick_at_which_nothing_ran_says_why_instead_of_opening(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "climate-nightly-mirror")
        await demo.press(pilot, "g", "enter")
        assert demo.note() == "Nothing ran then: timer paused."
        assert isinstance(demo.app.screen, JobDetailScreen)


async def test_list_detail_run_and_back_lands_where_one_was(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.settle(pilot)
        shown = demo.table.visible_keys
        runs = await open_timer(demo, pilot, "db-dumps")
        await demo.press(pilot, "j", "j")
        key = runs.cursor_key
        await demo.press(pilot, "enter")
        assert "db-dumps > run" in demo.text()
        await demo.press(pilot, "q")
        assert demo.app.screen.query_one(RunHistory).cursor_key == key
        await demo.press(pilot, "q")
        assert demo.table.cursor_key == demo.job_id("db-dumps")
        assert demo.table.visible_keys == shown


async def test_brackets_go_to_the_neighbours_in_the_order_of_the_list(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = demo.names()
        demo.point_at(names[3])
        await demo.press(pilot, "enter", "right_square_bracket")
        assert f"Timers > {names[4]}" in demo.text()
        await demo.press(pilot, "left_square_bracket", "left_square_bracket")
        assert f"Timers > {names[2]}" in demo.text()
        await demo.press(pilot, "left_square_bracket", "left_square_bracket", "left_square_bracket")
        assert demo.note() == "This is the first timer of the list."


async def test_pause_and_resume_work_from_here_and_the_hint_follows(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "db-dumps")
        assert "s Pause" in demo.text()
        await demo.press(pilot, "s")
        assert demo.timer("db-dumps").status == "inactive"
        assert "paused by you" in demo.text()
        assert "s Resume" in demo.text()


async def test_plus_shows_ten_fire_times_and_every_option(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=(120, 50)) as pilot:
        await open_timer(demo, pilot, "db-dumps")
        await demo.press(pilot, "plus")
        assert sum("Z  in " in line for line in demo.screen()) == 10
        assert "retried until the deadline" in demo.text()
        await demo.press(pilot, "q")
        assert isinstance(demo.app.screen, JobDetailScreen)


async def test_y_shows_the_document_as_the_service_sent_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "db-dumps")
        asked = len(demo.asked(f"GET /jobs/{demo.job_id('db-dumps')}"))
        await demo.press(pilot, "y")
        assert f'"job_id": "{demo.job_id("db-dumps")}"' in demo.text()
        assert len(demo.asked(f"GET /jobs/{demo.job_id('db-dumps')}")) == asked  # what is known is not asked again


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 40)])
async def test_a_timer_that_vanishes_says_so_and_the_screen_stays(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        await open_timer(demo, pilot, "db-dumps")
        del demo.sandbox.timers[demo.job_id("db-dumps")]
        await demo.press(pilot, "r")
        assert "not there any more" in demo.text()
        assert "every 1 day" not in " ".join(demo.text().split()), "parts of it stay in sight"
        assert {"job.pause-resume", "job.fix", "job.rename"} <= demo.app.screen.query_one(KeyHints).unable
        assert isinstance(demo.app.screen, JobDetailScreen)
        await demo.press(pilot, "s")
        assert demo.changes() == []
        await demo.press(pilot, "q")
        assert "db-dumps" not in demo.names()


async def test_runs_that_could_not_be_read_are_tried_again_after_the_next_refresh(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault(path="/jobs/?*", method="GET", status=503, times=None))
        runs = await open_timer(demo, pilot, "nightly-project-mirror")
        assert "not all is known" in demo.text()
        known = len(runs.rows)
        demo.sandbox.faults.clear()
        demo.clock.advance(30)
        await demo.press(pilot, "r")
        assert "not all is known" not in demo.text()
        assert len(runs.rows) > known


async def test_text_of_the_service_is_neither_markup_nor_control(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "[/foo] [bold]name[/] with [markup")
        assert "[/foo] [bold]name[/] with [markup" in demo.text()
        await demo.press(pilot, "q")
        await open_timer(demo, pilot, "\x1b[31mescape\x1b[0m\x07 in name")
        assert "\x1b" not in demo.text()
        await demo.press(pilot, "y", "q", "plus")
        assert "\x1b" not in demo.text()


async def test_every_timer_of_the_facility_can_be_opened(demo: Demo) -> None:
    async with demo.console("--ascii", size=(80, 24)) as pilot:
        demo.table.action_first()
        await demo.press(pilot, "enter")
        for _ in range(len(demo.table.rows) - 1):
            await demo.press(pilot, "right_square_bracket")
            assert "Timers > " in demo.text()
        await demo.press(pilot, "right_square_bracket")
        assert demo.note() == "This is the last timer of the list."


async def test_runs_of_a_flow_have_dashes_where_files_would_be_counted(demo: Demo) -> None:
    async with demo.console() as pilot:
        runs = await open_timer(demo, pilot, "quality-report-daily")
        assert {detail_words.number(row, "files_transferred") for row in runs.rows} == {"-"}
        assert "flow" in line_with(demo, "does")


async def test_closing_the_screen_ends_its_reading(demo: Demo) -> None:
    async with demo.console() as pilot:
        gate = asyncio.Event()
        demo.fault(Fault(path="/jobs/?*", method="GET", kind="pass", wait=gate))
        demo.point_at("nightly-project-mirror")
        await pilot.press("enter")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, JobDetailScreen) and "reading runs" in demo.text())
        await pilot.press("q")
        await demo.settle(pilot)  # with the reading still under way, this would wait for ever
        assert not isinstance(demo.app.screen, JobDetailScreen)
        gate.set()


async def test_what_cannot_be_understood_is_shown_as_it_was_sent_and_nothing_is_asked_about_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "not understandable")
        asked = len(demo.app.activity)
        await demo.press(pilot, "enter", "enter")
        assert "cannot be read" in demo.text()
        await demo.press(pilot, "y")
        assert '"name": "not understandable"' in demo.text()
        assert "No timer with id" not in demo.text()
        assert len(demo.app.activity) == asked


async def test_a_page_that_was_closed_is_not_kept_with_the_rows_of_its_day(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_timer(demo, pilot, "slow-tuesday")
        closed = demo.app.screen
        await demo.press(pilot, "q")
        await open_timer(demo, pilot, "slow-tuesday")
        bound = {screen for watchers in vars(demo.app)["__watchers"].values() for screen, _ in watchers}
        assert demo.app.screen in bound
        assert closed not in bound
        drawn = demo.app.screen._styles_cache.get_inner_outer.cache_info().currsize
        for _ in range(3):
            await demo.press(pilot, "q", "enter")
        assert demo.app.screen._styles_cache.get_inner_outer.cache_info().currsize <= drawn + 5


async def test_a_timer_that_cannot_be_read_is_not_said_to_have_never_run(demo: Demo) -> None:
    async with demo.console() as pilot:
        unreadable = next(job_id for job_id, state in demo.app.states.items() if state.job.unreadable)
        assert demo.table.move_to(unreadable)
        await demo.press(pilot, "enter")
        assert "no runs known" in demo.text()
        assert "no run so far" not in demo.text()
