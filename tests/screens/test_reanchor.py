"""A timer keeps its hour across a clock change: H among its fire times, with real keys over the facility."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.schedule import RecurringSchedule, next_ticks
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.job_detail import JobDetailScreen
from tests.demo import NOON, Demo

if TYPE_CHECKING:
    from textual.pilot import Pilot

CHICAGO = ZoneInfo("America/Chicago")
WINTER = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAME = "db-dumps"


async def propose(demo: Demo, pilot: Pilot[None], name: str = NAME) -> None:
    demo.point_at(name)
    await demo.press(pilot, "enter", "plus", "H")


def next_run(demo: Demo, job_id: str, after: datetime) -> datetime:
    timer = demo.sandbox.timers[job_id]
    assert timer.interval is not None
    assert timer.start is not None
    schedule = RecurringSchedule(timedelta(seconds=timer.interval), timer.start)
    return next_ticks(schedule, after, 1)[0].astimezone(CHICAGO)


async def test_an_hour_that_moved_with_the_clocks_is_given_back() -> None:
    demo = Demo(WINTER)
    async with demo.console("--zone", "America/Chicago") as pilot:
        old = demo.timer(NAME)
        began = old.start.astimezone(CHICAGO)
        assert next_run(demo, old.job_id, WINTER).hour != began.hour
        await propose(demo, pilot)
        assert f"began at {began:%H:%M}" in demo.text()
        await demo.press(pilot, "enter")
        assert demo.changes() == []
        await demo.press(pilot, "H", "y")
        assert isinstance(demo.app.screen, JobDetailScreen), demo.note()
        (new,) = [one for one in demo.sandbox.timers.values() if one.name == NAME and one is not old]
        assert (old.status, new.status) == ("inactive", "new")
        assert next_run(demo, new.job_id, WINTER).time() == began.time()
        assert demo.app.host.making is not None
        assert demo.app.host.making.drafts.drafts() == ()
        await pilot.press("U")
        await demo.until(pilot, lambda: "Undo the replacement?" in demo.text())
        await demo.press(pilot, "y")
        assert "is back in its place. The new one is kept, paused." in demo.note()
        assert (old.status, new.status) == ("active", "inactive")
        assert next_run(demo, old.job_id, WINTER).hour != began.hour


async def test_before_a_change_both_hours_are_shown_and_the_replacement_has_the_old_one_after_it(demo: Demo) -> None:
    async with demo.console("--zone", "America/Chicago") as pilot:
        old = demo.timer(NAME)
        now_at = next_run(demo, old.job_id, NOON)
        await propose(demo, pilot)
        assert "Sun 1 Nov" in demo.text()
        assert "Until the change the replacement runs at" in demo.text()
        await demo.press(pilot, "y")
        (new,) = [one for one in demo.sandbox.timers.values() if one.name == NAME and one is not old]
        assert next_run(demo, new.job_id, datetime(2026, 11, 2, 12, tzinfo=UTC)).time() == now_at.time()


async def test_where_no_clock_changes_there_is_nothing_to_do(demo: Demo) -> None:
    async with demo.console() as pilot:
        await propose(demo, pilot)
        assert "No clock change in UTC" in demo.note()
        assert demo.changes() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/v2/timer", method="POST", status=422, body={"error": {"detail": "no"}}),
        Fault("/jobs/?*", method="GET", status=403, skip=2),
        Fault("/jobs/*/pause", method="POST", status=403),
    ],
    ids=["create", "verify", "pause"],
)
async def test_when_a_step_fails_the_old_timer_stays_the_only_active_one(demo: Demo, fault: Fault) -> None:
    async with demo.console("--zone", "America/Chicago") as pilot:
        demo.point_at(NAME)
        old = demo.timer(NAME)
        await demo.press(pilot, "enter", "plus")
        demo.fault(replace(fault))
        await demo.press(pilot, "H", "y")
        assert any(call.startswith("POST /v2/timer") for call in demo.changes())
        resting = ("inactive", "delete_in_progress")
        (left,) = [one for one in demo.sandbox.timers.values() if one.name == NAME and one.status not in resting]
        assert left.job_id == old.job_id


# --- leaving the next run out


def ran(demo: Demo) -> list[datetime]:
    """When it ran, whichever of the timers in each other's place did; newest first."""
    runs = [run.ran_at for one in demo.sandbox.timers.values() if one.name == NAME for run in one.results]
    return sorted(runs, reverse=True)


async def test_exactly_the_next_run_is_skipped_and_it_can_be_taken_back(demo: Demo) -> None:
    async with demo.console() as pilot:
        old, before = demo.timer(NAME), ran(demo)
        first = next_run(demo, old.job_id, NOON).astimezone(UTC)
        demo.point_at(NAME)
        await demo.press(pilot, "comma")
        await demo.write(pilot, "ask Lee #nightly")
        await demo.press(pilot, "enter", "x")
        assert f"{first:%H:%M}" in demo.text()
        assert demo.changes() == []
        await demo.press(pilot, "enter")  # the safe answer
        assert demo.changes() == []
        await demo.press(pilot, "x", "y")
        assert "is left out" in demo.note()
        (new,) = [one for one in demo.sandbox.timers.values() if one.name == NAME and one is not old]
        assert (demo.app.store.orders(new.job_id).note, demo.app.store.orders(new.job_id).tags) == (
            "ask Lee",
            ("nightly",),
        )
        await demo.pass_time(pilot, first + timedelta(hours=1) - NOON)
        assert ran(demo) == before
        await demo.press(pilot, "u")
        assert "ONE run starts at once" in demo.text()  # it is past: what was skipped would be made up for
        await demo.press(pilot, "enter")
        await demo.pass_time(pilot, timedelta(days=1))
        assert [run.replace(second=0) for run in ran(demo)[:1]] == [(first + timedelta(days=1)).replace(second=0)]
        assert len(ran(demo)) == len(before) + 1


async def test_a_skip_taken_back_before_its_run_leaves_everything_as_it_was(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = demo.timer(NAME)
        first = next_run(demo, old.job_id, NOON).astimezone(UTC)
        demo.point_at(NAME)
        for key in ("x", "y", "u", "y"):
            await demo.press(pilot, key)
        assert old.status == "active"
        await demo.pass_time(pilot, first + timedelta(hours=1) - NOON)
        assert ran(demo)[0].replace(second=0) == first.replace(second=0)


async def test_a_question_that_stood_until_the_run_began_skips_no_other_one(demo: Demo) -> None:
    async with demo.console() as pilot:
        first = next_run(demo, demo.timer(NAME).job_id, NOON).astimezone(UTC)
        demo.point_at(NAME)
        await demo.press(pilot, "x")
        demo.clock.advance(first + timedelta(seconds=5) - NOON)
        await demo.press(pilot, "y")
        assert "has started meanwhile" in demo.note()
        assert demo.changes() == []
