"""One run on the screen: its task, log, skipped and moved files. Real keys, over the facility."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.run_detail import RunDetailScreen
from globus_tui.widgets.event_log import EventLog
from tests.screens.lines import line_with

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo


async def open_log(demo: Demo, pilot: Pilot[None], name: str) -> EventLog:
    """Open the log of a timer's last run from the list."""
    demo.point_at(name)
    await demo.press(pilot, "l")
    assert isinstance(demo.app.screen, RunDetailScreen)
    return demo.app.screen.query_one(EventLog)


async def test_a_failed_run_says_why_in_words_and_what_to_do(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        text = demo.text()
        assert "FAILED  quota exceeded" in text
        assert "quota exceeded (QUOTA_EXCEEDED)" in text
        assert "free space or ask for more quota" in text
        assert "Beamline 7 Data → Campus Archive" in text
        assert "MB/s" in line_with(demo, "bytes  ")


async def test_the_log_is_read_at_once_though_nothing_is_refreshed(demo: Demo) -> None:
    async with demo.console("--refresh", "0") as pilot:
        demo.app.store.refresher.set_interval(0)
        await demo.press(pilot, "slash", *"beamline-7-raw", "enter", "l")
        assert demo.app.screen.query_one(EventLog).rows
        assert "keeps no log" not in demo.text()


async def test_errors_only_leaves_errors_and_the_key_gives_all_back(demo: Demo) -> None:
    async with demo.console() as pilot:
        log = await open_log(demo, pilot, "beamline-7-raw")
        everything = len(log.rows)
        await demo.press(pilot, "exclamation_mark")
        assert "Log, errors only" in demo.text()
        assert 0 < len(log.rows) < everything
        assert {row.style for row in log.rows} == {"error"}
        await demo.press(pilot, "exclamation_mark")
        assert len(log.rows) == everything


async def test_wrapping_shows_the_whole_of_long_lines(demo: Demo) -> None:
    async with demo.console(size=(80, 40)) as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        assert "Command failed" not in demo.text()
        await demo.press(pilot, "w")
        assert "Command failed" in demo.text()
        await demo.press(pilot, "w")
        assert "Command failed" not in demo.text()


async def test_tab_goes_from_log_to_skipped_to_moved_files(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "robins-laptop-backup")
        await demo.press(pilot, "tab")
        assert "permission denied: /Users/robin/" in demo.text()
        await demo.press(pilot, "tab")
        assert "/Users/robin/run_00000/frame_0000.h5 → /inbox/" in demo.text()
        await demo.press(pilot, "tab")
        assert "succeeded" in demo.text()


async def test_skipped_files_are_read_page_by_page(demo: Demo) -> None:
    async with demo.console() as pilot:
        log = await open_log(demo, pilot, "ehr-deid-push")
        await demo.press(pilot, "tab")
        first = len(log.rows)
        await demo.press(pilot, "m")
        assert len(log.rows) > first
        await demo.press(pilot, "G", "G", "G", "G", "G", "m")
        assert demo.note() == "That is all there is."


async def test_a_run_that_made_no_task_says_what_globus_wanted(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("climate-nightly-mirror")
        await demo.press(pilot, "enter", "j", "j", "enter")
        assert "none was made" in demo.text()
        assert "This run made no transfer task, so there is no log." in demo.text()
        assert "consent missing" in demo.text()
        assert "f Fix+resume" in demo.text()
        assert "f Follow" not in demo.text()
        await pilot.press("f")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))


async def test_a_log_that_cannot_be_read_says_why_and_hides_nothing_else(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault(path="*/event_list", status=500, times=None))
        await open_log(demo, pilot, "beamline-7-raw")
        assert "It could not be read" in demo.text()
        assert "FAILED  quota exceeded" in demo.text()
        demo.sandbox.faults.clear()
        demo.clock.advance(30)
        await demo.press(pilot, "r")
        assert "It could not be read" not in demo.text()


async def test_a_paused_task_names_the_managers_message(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "tape-second-copy")
        assert "paused" in demo.text()
        assert len(demo.asked("/pause_info")) == 1


async def test_why_a_task_is_paused_stays_there_while_it_is_read_again(demo: Demo) -> None:
    async with demo.console(size=(100, 30)) as pilot:
        log = await open_log(demo, pilot, "tape-second-copy")
        assert isinstance(log.screen, RunDetailScreen)
        assert "Tape robot maintenance" in demo.text()
        answered = asyncio.Event()
        asked = demo.fault(Fault("*/pause_info", kind="pass", wait=answered))
        await pilot.press("f")
        await demo.until(pilot, lambda: asked.seen)
        log.screen.show_page()  # as when a minute has passed
        await pilot.pause()
        assert "Tape robot maintenance" in demo.text()
        answered.set()
        await demo.settle(pilot)


async def test_brackets_walk_through_the_runs(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "l")
        newest = line_with(demo, "fired")
        await demo.press(pilot, "right_square_bracket")
        assert line_with(demo, "fired") != newest
        await demo.press(pilot, "left_square_bracket")
        assert line_with(demo, "fired") == newest
        await demo.press(pilot, "left_square_bracket")
        assert demo.note() == "This is the newest run."


async def test_the_task_id_can_be_copied(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "c")
        assert "globus task show" in demo.text()
        await demo.press(pilot, "escape")
        assert isinstance(demo.app.screen, RunDetailScreen)


async def test_the_run_of_a_flow_is_not_taken_for_a_transfer_task(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "quality-report-daily")
        assert "it is no transfer task" in demo.text()
        assert demo.asked("/event_list") == []
        await demo.press(pilot, "c")
        assert demo.note() == "This run made no transfer task, so there is nothing to copy."


async def test_the_name_of_what_is_shown_stands_in_brackets(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "robins-laptop-backup")
        assert "[Log]" in demo.text()
        await demo.press(pilot, "tab")
        assert "[Skipped files " in demo.text()
        assert "[Log]" not in demo.text()
