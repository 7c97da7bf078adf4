"""Timers are paused and resumed, one or several, and what a resume starts is told before."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.app import Switch
from globus_tui.domain.timer.health import Word
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.run_detail import RunDetailScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row
    from tests.demo import Demo


async def mark(demo: Demo, pilot: Pilot[None], *names: str) -> None:
    for name in names:
        demo.point_at(name)
        await demo.press(pilot, "space")


async def test_a_pause_shows_as_pending_then_as_paused_and_is_in_the_journal(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", wait=gate))
        await pilot.press("s")
        await demo.until(pilot, lambda: "pausing" in demo.row("sensor-hourly"))
        await pilot.press("enter")
        await demo.until(pilot, lambda: "… pausing   ▲ WARN" in demo.text())  # its own page says so, too
        await pilot.press("l")  # and what only looks at it waits for nothing
        await demo.until(pilot, lambda: isinstance(demo.app.screen, RunDetailScreen))
        await pilot.press("q")
        gate.set()
        await demo.settle(pilot)
        assert "… pausing" not in demo.text()
        await demo.press(pilot, "q")
        assert "paused, 14 runs moved 0 files" in demo.row("sensor-hourly")
        assert demo.note() == "sensor-hourly: Paused. s resumes it."
        assert demo.changes() == [f"POST /jobs/{demo.job_id('sensor-hourly')}/pause"]
        (line,) = demo.journal()
        assert (line["what"], line["outcome"], line["timer"]["name"]) == ("pause", "done", "sensor-hourly")


async def test_one_marked_timer_is_asked_about_when_the_cursor_is_on_another(demo: Demo) -> None:
    """A mark may be left from an action that did not work, lines away from where somebody presses a key."""
    async with demo.console() as pilot:
        await mark(demo, pilot, "sensor-hourly")
        demo.point_at("db-dumps")
        await demo.press(pilot, "s")
        assert demo.changes() == []
        words = " ".join(demo.text().split())
        assert "Pause 1 timer?" in words
        assert "The one marked, not the one under the cursor." in words
        assert "· sensor-hourly" in words
        await demo.press(pilot, "y")
        assert demo.changes() == [f"POST /jobs/{demo.job_id('sensor-hourly')}/pause"]
        demo.point_at("db-dumps")
        await demo.press(pilot, "s")
    assert demo.changes()[1:] == [f"POST /jobs/{demo.job_id('db-dumps')}/pause"]


async def test_resuming_a_timer_that_missed_nothing_needs_no_question(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        assert "s Resume" in demo.text()
        await demo.press(pilot, "s")
        assert demo.note() == "sensor-hourly: Resumed."
        assert demo.timer("sensor-hourly").status == "active"


async def test_before_a_catch_up_run_starts_it_is_told_and_enter_starts_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        await demo.pass_time(pilot, timedelta(hours=3))
        runs, paused = demo.timer("sensor-hourly").n_runs, demo.changes()
        await demo.press(pilot, "s")
        assert "3 runs were missed, so ONE run starts AT ONCE, then Tue 1 Sep 15:28." in demo.text()
        await demo.press(pilot, "enter")
        assert demo.changes() == paused
        await demo.press(pilot, "s", "y")
        assert demo.changes() == [*paused, f"POST /jobs/{demo.job_id('sensor-hourly')}/resume"]
        await demo.pass_time(pilot, timedelta(minutes=1))
        assert demo.timer("sensor-hourly").n_runs == runs + 1


async def test_pausing_three_marked_timers_asks_and_names_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest", "home-backup"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        assert "3 marked" in demo.screen()[1]
        await demo.press(pilot, "s")
        assert "Pause 3 timers?" in demo.text()
        assert "All 3 marked." in demo.text()
        assert all(f"· {name}" in demo.text() for name in ("db-dumps", "astro-ingest", "home-backup"))
        await demo.press(pilot, "escape")
        assert demo.changes() == []
        await demo.press(pilot, "s", "y")
        assert demo.note() == "all 3 paused; mark them again and s resumes exactly these"
        assert not demo.table.marked
        assert len(demo.changes()) == len(demo.journal()) == 3
        assert {demo.timer(name).status for name in ("db-dumps", "astro-ingest", "home-backup")} == {"inactive"}


async def test_how_far_a_change_of_many_is_stands_above_the_list(demo: Demo) -> None:
    names = ("db-dumps", "astro-ingest", "home-backup")
    async with demo.console() as pilot:
        for name in names:
            demo.point_at(name)
            await demo.press(pilot, "space")
        gates = [asyncio.Event() for _ in names]
        for name, gate in zip(names, gates, strict=True):
            demo.fault(Fault(f"/jobs/{demo.job_id(name)}/pause", kind="pass", wait=gate))
        await pilot.press("s", "y")
        await demo.until(pilot, lambda: "3 under way" in demo.screen()[1])
        gates[0].set()
        await demo.until(pilot, lambda: "2 under way" in demo.screen()[1])
        gates[1].set()
        gates[2].set()
        await demo.settle(pilot)
        assert "under way" not in demo.screen()[1]


async def test_of_several_one_refusal_is_told_and_the_others_go_on(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        refusal = {"error": {"code": "FORBIDDEN", "detail": "Not yours", "status": 403}}
        demo.fault(Fault(f"/jobs/{demo.job_id('db-dumps')}/pause", status=403, body=refusal))
        await demo.press(pilot, "s", "y")
        assert "NOT DONE    db-dumps: It was not paused: Globus Timers does not allow this: Not yours." in demo.text()
        assert "Enter or Escape closes." in demo.text()
        assert "done        astro-ingest: Paused." in demo.text()
        await demo.press(pilot, "escape")
        assert demo.table.marked == {demo.job_id("db-dumps")}, "what failed stays marked"
        assert demo.timer("astro-ingest").status == "inactive"
        demo.point_at("db-dumps")
        await demo.press(pilot, "v")
        assert "paused by you" not in demo.row("db-dumps")


async def test_a_mirror_that_deletes_warns_when_its_source_is_suddenly_empty_and_offers_to_pause(demo: Demo) -> None:
    async with demo.console(size=(160, 45)) as pilot:
        await demo.pass_time(pilot, timedelta(seconds=60))  # what became of older runs is read meanwhile
        row = demo.row("scratch-to-archive-mirror")
        assert "WARN" in row
        assert "source shrank" in row
        demo.point_at("scratch-to-archive-mirror")
        await demo.press(pilot, "enter")
        assert "pauses it before the next run deletes more" in demo.text()
        await demo.press(pilot, "s")
    assert demo.timer("scratch-to-archive-mirror").status == "inactive"


async def test_one_timer_that_cannot_be_understood_does_not_hold_up_the_others_marked(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "!zzz")
        await demo.press(pilot, "enter", "asterisk", "s")
        assert "Pause " in demo.text()
        assert " timers?" in demo.text()
        assert "1 cannot be understood" in " ".join(demo.text().split())


async def test_resuming_several_that_missed_nothing_names_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "db-dumps")
        await demo.press(pilot, "enter", "space", "escape")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "dicom-offload")
        await demo.press(pilot, "enter", "space", "s", "y")
        await demo.press(pilot, "escape")
        await mark(demo, pilot, "db-dumps", "dicom-offload")
        await demo.press(pilot, "s")
        assert "· db-dumps" in demo.text()
        assert "2 start nothing now" in demo.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_bulk_action_tells_its_arithmetic_and_undoes_exactly_that(demo: Demo, size: tuple[int, int]) -> None:
    """One was paused before, one has ended: neither is touched, and resuming brings back only what was paused here."""
    ended = next(one for one in demo.sandbox.timers.values() if one.status == "ended" and one.owner == demo_owner(demo))
    three = ("astro-ingest", "home-backup", "sensor-hourly")
    async with demo.console(size=size) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "s")
        demo.table.move_to(ended.job_id)
        await demo.press(pilot, "space")
        await mark(demo, pilot, "db-dumps", *three)
        assert "5 marked" in demo.screen()[1]
        await demo.press(pilot, "s")
        text = " ".join(demo.text().split())
        assert "Pause 3 timers?" in text
        assert "3 of 5 marked:" in text
        assert "1 is paused already" in text
        assert "1 has ended" in text
        await demo.press(pilot, "y")
        assert not demo.table.marked
        assert "mark them again and s resumes exactly these" in demo.note()
        await mark(demo, pilot, "db-dumps", *three)
        await demo.press(pilot, "s")
        text = " ".join(demo.text().split())
        assert "Resume 3 timers?" in text
        assert "3 of 4 marked: 1 was paused before that" in text
        await demo.press(pilot, "y")
        assert {demo.timer(name).status for name in three} == {"active"}
        assert demo.timer("db-dumps").status == "inactive"


async def test_all_that_was_paused_at_one_go_is_resumed_at_one_go_whatever_state_the_service_tells(demo: Demo) -> None:
    """One says a status of which nobody knows whether it runs; a timer that was not there is no part of the action."""
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk", "s", "y")
        paused = demo.changes()
        await demo.press(pilot, "asterisk", "s")
        assert f"Resume {len(paused)} timers?" in demo.text()
        await demo.press(pilot, "y")
        assert [one.replace("resume", "pause") for one in sorted(demo.changes()[len(paused) :])] == sorted(paused)
        await demo.press(pilot, "asterisk", "s")
        await demo.press(pilot, "escape", "backslash")
        await mark(demo, pilot, "astro-ingest", "home-backup")
        await demo.press(pilot, "s", "y")
        await mark(demo, pilot, "astro-ingest", "home-backup", "sensor-hourly")
        await demo.press(pilot, "s")
        assert "Pause 1 timer?" in demo.text()


def demo_owner(demo: Demo) -> str:
    return demo.timer("db-dumps").owner


async def test_marks_that_a_filter_hides_are_counted_and_listed_and_the_whole_list_can_be_scrolled(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        await mark(demo, pilot, "db-dumps")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "a")
        await demo.press(pilot, "enter", "asterisk")
        await demo.press(pilot, "slash", "ctrl+u", *["backspace"] * 3)
        await demo.write(pilot, "astro")
        await demo.press(pilot, "enter")
        assert "hidden)" in demo.screen()[1]
        await demo.press(pilot, "s")
        sheet = " ".join(demo.text().split())
        assert "are hidden by the filter now." in sheet
        assert "(hidden now)" in sheet
        assert "up/down scroll the list" in sheet
        assert "astro-ingest" not in demo.text().rpartition("hidden by the filter")[2]
        await demo.press(pilot, *["pagedown"] * 20)
        assert "· astro-ingest" in demo.text()
        assert "y pause" in demo.text()


async def test_what_waits_for_its_turn_says_so_and_nobody_can_ask_for_something_else_meanwhile(demo: Demo) -> None:
    """Of many only a few are sent at a time: a timer that waits must not be resumed and then paused by the queue."""
    async with demo.console() as pilot:
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", times=None, wait=gate))
        names = [state.job.label for state in demo.shown if state.health.word is Word.OK][:8]
        await mark(demo, pilot, *names)
        await pilot.press("s")
        await demo.until(pilot, lambda: "Pause 8 timers?" in " ".join(demo.text().split()))
        await pilot.press("y")
        await demo.until(pilot, lambda: all(demo.app.states[demo.job_id(name)].pending for name in names))
        await pilot.press("backslash")
        demo.point_at(names[-1])
        await pilot.press("s")
        await demo.until(pilot, lambda: demo.note() == "It is pausing already; wait until that is through.")
        demo.point_at("beamline-7-raw")  # another one need not wait for those
        await pilot.press("s")
        await demo.until(pilot, lambda: "pausing" in demo.row("beamline-7-raw"))
        await pilot.press("q")
        await demo.until(pilot, lambda: "9 changes are under way" in demo.text())
        await pilot.press("escape")
        gate.set()
        await demo.settle(pilot)
        assert sorted(demo.changes()) == sorted(
            f"POST /jobs/{demo.job_id(name)}/pause" for name in (*names, "beamline-7-raw")
        )
        assert not any(state.pending for state in demo.app.states.values())


async def test_whatever_key_leaves_while_changes_are_under_way_it_is_asked_first(demo: Demo) -> None:
    async with demo.console() as pilot:
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", times=None, wait=gate))
        demo.point_at("beamline-7-raw")
        await pilot.press("s")
        await demo.until(pilot, lambda: "pausing" in demo.row("beamline-7-raw"))
        for leave in (demo.app.action_app_quit, lambda: demo.app.open_profile("archive")):
            leave()
            await demo.until(pilot, lambda: "1 change is under way: what was not sent yet is given up." in demo.text())
            leave()  # pressed once more, it is one question all the same
            await pilot.press("enter")
            await demo.until(pilot, lambda: "is given up" not in demo.text())
        gate.set()
        await demo.settle(pilot)
        assert demo.changes() == [f"POST /jobs/{demo.job_id('beamline-7-raw')}/pause"]
        demo.app.open_profile("archive")
        assert demo.app.return_value == Switch(profile="archive"), "there is nothing left to give up"


async def test_what_keys_would_do_with_many_is_not_asked_of_each_of_them_again(demo: Demo) -> None:
    """To make thousands of timers whole for each word of the last line would hold up every key and every change."""
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk")
        made = set()
        whole = demo.app.store._board.state_of

        def counted(row: Row) -> JobState:
            made.add(row.job_id)
            return whole(row)

        demo.app.store._board.state_of = counted  # type: ignore[method-assign]  # counts
        demo.service.sandbox.timers[demo.job_id("db-dumps")].name = "renamed"
        await demo.press(pilot, "r")
        for_the_screen = len(made)
        assert "renamed" in demo.names()
        assert for_the_screen < 60  # of 79 marked: those in the window, and two of each kind
        assert "s Pause" in demo.screen()[-1]
        assert "f Fix+resume" in demo.screen()[-1]


async def test_before_the_question_each_of_many_timers_is_made_whole_once(demo: Demo) -> None:
    """Of three thousand marked that takes a second each time."""
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk")
        made = Counter[str]()
        whole = demo.app.store._board.state_of

        def counted(row: Row) -> JobState:
            made[row.job_id] += 1
            return whole(row)

        demo.app.store._board.state_of = counted  # type: ignore[method-assign]  # counts
        demo.service.sandbox.timers[demo.job_id("db-dumps")].name = "renamed"
        await demo.press(pilot, "r")
        made.clear()
        await demo.press(pilot, "s")
        assert "Pause " in demo.text()
        assert sum(made.values()) < 2 * 79
