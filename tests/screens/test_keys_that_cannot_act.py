"""A key that cannot act says why and sends nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.job_list import JobListScreen
from globus_tui.store.job_state import Doing

if TYPE_CHECKING:
    from tests.demo import Demo


@pytest.mark.parametrize(
    ("name", "key", "reason"),
    [
        ("paper-2025-upload", "s", "It has ended: there is nothing to pause or resume."),
        ("db-dumps", "K", "No run is in progress, so there is no task to cancel."),
        ("db-dumps", "f", "Globus asks for no sign-in or consent here; s resumes a timer that you paused."),
        ("decommissioned-node-logs", "X", "It is being deleted already."),
        ("just-created-not-started", "l", "No run of it has made a task yet, so there is no log."),
        ("climate-quarterly-set", "l", "No run that Globus lists has made a task, so there is no log."),
    ],
)
async def test_a_key_that_cannot_act_says_why(demo: Demo, name: str, key: str, reason: str) -> None:
    async with demo.console() as pilot:
        demo.point_at(name)
        await demo.press(pilot, key)
        assert demo.note() == reason
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []


async def test_of_several_marked_timers_no_document_is_shown_as_if_it_were_the_one_meant(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "space", "space", "y")
        assert demo.note().startswith("One timer at a time")
        assert isinstance(demo.app.screen, JobListScreen)


async def test_a_refusal_that_comes_late_names_its_timer_and_one_about_the_cursor_stays_on_its_screen(
    demo: Demo,
) -> None:
    async with demo.console() as pilot:
        demo.point_at("mirror-secondary")
        await demo.press(pilot, "x")
        assert demo.note() == "mirror-secondary: It is paused: nothing runs that could be left out."
        demo.point_at("db-dumps")
        await demo.press(pilot, "K")
        assert "so there is no task to cancel" in demo.note()
        await demo.press(pilot, "a")
        assert "no task to cancel" not in demo.text()


async def test_an_unreadable_timer_is_shown_and_left_alone(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "n", "o", "t", "space", "u", "n", "d", "enter")
        assert "cannot be read" in demo.row("not understandable")
        for key in ("s", "X", "R"):
            await demo.press(pilot, key)
            assert demo.note().startswith("Its document cannot be understood, so nothing is done to it")
        await demo.press(pilot, "y")
        assert "> JSON" in demo.screen()[0]
        assert demo.changes() == []


async def test_a_timer_with_something_under_way_waits_for_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", wait=gate))
        await pilot.press("s")
        job_id = demo.job_id("db-dumps")
        await demo.until(pilot, lambda: demo.app.states[job_id].pending)
        await pilot.press("s")
        await pilot.press("X")
        assert demo.note() == f"It is {Doing.PAUSING.value} already; wait until that is through."
        gate.set()
        await demo.settle(pilot)
        assert len(demo.changes()) == 1
