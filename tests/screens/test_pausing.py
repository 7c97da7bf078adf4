"""Timers are paused and resumed, one or several, and what a resume starts is told before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import Fault

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_a_pause_shows_as_pending_then_as_paused_and_is_in_the_journal(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", wait=gate))
        await pilot.press("s")
        await demo.until(pilot, lambda: "pausing" in demo.row("sensor-hourly"))
        gate.set()
        await demo.settle(pilot)
        assert "paused by you" in demo.row("sensor-hourly")
        assert demo.note() == "sensor-hourly: Paused."
        assert demo.changes() == [f"POST /jobs/{demo.job_id('sensor-hourly')}/pause"]
        (line,) = demo.journal()
        assert (line["what"], line["outcome"], line["timer"]["name"]) == ("pause", "done", "sensor-hourly")


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
        await demo.press(pilot, "s")
        assert "Pause 3 timers?" in demo.text()
        assert all(f"· {name}" in demo.text() for name in ("db-dumps", "astro-ingest", "home-backup"))
        await demo.press(pilot, "escape")
        assert demo.changes() == []
        await demo.press(pilot, "s", "y")
        assert demo.note() == "all 3 done"
        assert len(demo.changes()) == len(demo.journal()) == 3
        assert {demo.timer(name).status for name in ("db-dumps", "astro-ingest", "home-backup")} == {"inactive"}


async def test_of_several_one_refusal_is_told_and_the_others_go_on(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        refusal = {"error": {"code": "FORBIDDEN", "detail": "Not yours", "status": 403}}
        demo.fault(Fault(f"/jobs/{demo.job_id('db-dumps')}/pause", status=403, body=refusal))
        await demo.press(pilot, "s", "y")
        assert "NOT DONE    db-dumps: It was not paused: Globus Timers does not allow this: Not yours." in demo.text()
        assert "done        astro-ingest: Paused." in demo.text()
        await demo.press(pilot, "escape")
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
        await demo.press(pilot, "escape")
        assert demo.note() == "1 left out: not understood, or busy already"


async def test_resuming_several_that_missed_nothing_names_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "db-dumps")
        await demo.press(pilot, "enter", "space", "escape")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "dicom-offload")
        await demo.press(pilot, "enter", "space", "s", "y", "s")
        assert "· db-dumps" in demo.text()
        assert "2 start nothing now" in demo.text()
