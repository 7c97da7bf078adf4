"""Old timers that are kept after an edit: asked about after some days, listed and deleted with Z."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.job import JobId
from globus_tui.store.journal import Journal

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

DAY = timedelta(days=1)
NAME = "db-dumps"


async def replace_it(demo: Demo, pilot: Pilot[None]) -> str:
    """Edit a timer; returns the old one's id."""
    old = demo.job_id(NAME)
    demo.point_at(NAME)
    await demo.press(pilot, "e", "y")
    await demo.press(pilot, "ctrl+s")
    assert demo.sandbox.timers[old].status == "inactive", demo.note()
    await demo.press(pilot, "q")
    return old


@pytest.mark.parametrize("in_memory", [False, True])
async def test_after_two_weeks_it_is_asked_and_deleted_only_once_the_number_is_typed(
    demo: Demo, in_memory: bool
) -> None:
    async with demo.console() as pilot:
        if in_memory:
            demo.app.store.journal.path = None
        old = await replace_it(demo, pilot)
        await demo.pass_time(pilot, 13 * DAY)
        assert "paused: Z lists" not in demo.note()
        await demo.pass_time(pilot, 2 * DAY)
        assert "1 old timer that was replaced 14 days ago or more is still kept, paused: Z lists" in demo.note()
        await demo.press(pilot, "Z")
        told = " ".join(demo.text().split())
        assert f"{NAME} {old[:8]}, every 1 day at 02:00 UTC, replaced Tue 1 Sep by {NAME} " in told
        await demo.press(pilot, "enter")
        assert old in demo.app.states
        await demo.press(pilot, "Z")
        await demo.write(pilot, "delete 1")
        await demo.press(pilot, "enter")
        assert old not in demo.app.states
        await demo.press(pilot, "Z")
        assert "No timer that was replaced from here is kept" in demo.note()


async def test_one_that_somebody_has_renamed_since_the_question_is_kept(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = await replace_it(demo, pilot)
        await demo.pass_time(pilot, 15 * DAY)
        await demo.press(pilot, "Z")
        demo.sandbox.timers[old].name = "of production"
        await demo.write(pilot, "delete 1")
        await demo.press(pilot, "enter")
        assert "somebody has renamed it to of production since" in demo.note()
        assert old in demo.app.states


async def test_one_that_was_resumed_meanwhile_is_not_offered(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = await replace_it(demo, pilot)
        assert demo.table.move_to(old)
        await demo.press(pilot, "s", "y")
        await demo.pass_time(pilot, 15 * DAY)
        assert "Z lists" not in demo.note()


async def test_another_start_asks_by_the_journal_and_another_profile_does_not(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = await replace_it(demo, pilot)
    demo.clock.advance(20 * DAY)
    async with demo.console() as pilot:
        assert "Z lists" in demo.note()
        entries = await demo.app.store.journal.entries()
        assert any(one["what"] == "swap" and one["replaces"]["id"] == old for one in entries)
        path = demo.app.store.journal.path
        assert await Journal(path, profile="another").entries() == ()


async def test_a_replaced_timer_says_so_and_resuming_it_asks(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        old = await replace_it(demo, pilot)
        (new,) = [one.job_id for one in demo.sandbox.timers.values() if one.name == NAME and one.job_id != old]
        assert demo.app.states[JobId(old)].replacement is not None
        assert demo.table.move_to(old)
        await demo.settle(pilot)
        assert f"replaced by active {new[:3]}" in demo.text()  # the end of the line is cut
        await demo.press(pilot, "s")
        assert "both would run" in demo.text()
        await demo.press(pilot, "enter")
        assert demo.sandbox.timers[old].status == "inactive"
        demo.table.move_to(new)
        await demo.press(pilot, "enter", "U", "y", "q")
        await demo.settle(pilot)
        assert f"replaced by active {old[:3]}" in demo.text()
        assert f"replaced by active {new[:3]}" not in demo.text()


async def test_a_replaced_timer_is_left_out_of_bulk_actions(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = await replace_it(demo, pilot)
        for key in (old, demo.job_id("astro-ingest")):
            assert demo.table.move_to(key)
            await demo.press(pilot, "space")
        await demo.press(pilot, "X")
        assert "1 of 2 marked: 1 was replaced (Z lists it)." in " ".join(demo.text().split())
        await demo.press(pilot, "escape")
        assert old in demo.sandbox.timers


async def test_an_undo_that_starts_a_run_says_so_loudly(demo: Demo) -> None:
    async with demo.console() as pilot:
        await replace_it(demo, pilot)
        (new,) = [one.job_id for one in demo.sandbox.timers.values() if one.name == NAME and one.status != "inactive"]
        await demo.pass_time(pilot, 2 * DAY)
        assert demo.table.move_to(new)
        await demo.press(pilot, "enter")
        await pilot.press("U")
        await demo.until(pilot, lambda: "Undo the replacement?" in demo.text())
        assert "ONE run of it starts AT ONCE: 2 of its ticks passed" in " ".join(demo.text().split())
        await demo.press(pilot, "enter")
        assert demo.sandbox.timers[new].status != "inactive"
