"""Another timer like one that is there, and one in its place: C and e, with real keys over the facility."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.making.draft import clone
from globus_tui.domain.making.new_timer import with_defaults
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import FlowStart, Job, JobStatus
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.screens.job_detail import JobDetailScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from globus_tui.sandbox.state import Timer
    from tests.demo import Demo


async def open_copy(demo: Demo, pilot: Pilot[None], name: str) -> WizardScreen:
    """Clone a timer from the list."""
    demo.point_at(name)
    await demo.press(pilot, "C")
    assert isinstance(demo.app.screen, WizardScreen), demo.note()
    return demo.app.screen


async def rename_in_review(demo: Demo, pilot: Pilot[None], name: str) -> None:
    """Type a name on the review page."""
    demo.app.screen.query_one("#name").focus()
    await demo.press(pilot, "ctrl+u")
    await demo.press(pilot, *["backspace"] * 60)
    await demo.write(pilot, name)


async def read(demo: Demo, timer: Timer) -> Job:
    """A timer of the facility, as the service describes it."""
    assert demo.app.host.making is not None
    return (await demo.app.host.making.read(timer.job_id)).job


# --- clone


async def test_a_copy_differs_in_nothing_but_name_and_next_start(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_copy(demo, pilot, "db-dumps")
        await demo.press(pilot, "ctrl+s")
        assert isinstance(demo.app.screen, JobDetailScreen), demo.note()
        old, new = await read(demo, demo.timer("db-dumps")), await read(demo, demo.timer("db-dumps copy"))
        assert old.transfer is not None
        assert new.transfer is not None
        assert with_defaults(new.transfer) == with_defaults(old.transfer)
        assert isinstance(old.schedule, RecurringSchedule)
        assert isinstance(new.schedule, RecurringSchedule)
        assert new.schedule.interval == old.schedule.interval
        assert new.next_run == old.next_run
        assert demo.changes() == ["POST /v2/timer"]


async def test_every_timer_of_the_facility_can_be_copied_or_says_why_not(demo: Demo) -> None:
    """v1 and v2 bodies, flows, odd names: what the wizard shows is what the timer does."""
    async with demo.console(size=(80, 24)):
        making = demo.app.host.making
        assert making is not None
        copied = 0
        for state in demo.app.states.values():
            if state.job.transfer is None and not isinstance(state.job.payload, FlowStart):
                continue
            reading = await making.read(state.job_id)
            draft = clone(reading.job, reading.document, demo.app.store.now())
            if isinstance(reading.job.payload, FlowStart):
                assert dict(draft.flow.inputs) == dict(reading.job.payload.inputs)
            else:
                assert reading.job.transfer is not None
                assert draft.transfer == replace(reading.job.transfer, submission_id=None)
            copied += 1
        assert copied > 50


async def test_opening_every_step_of_a_copy_changes_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "climate-nightly-mirror", "dicom-offload"):
            wizard = await open_copy(demo, pilot, name)
            before = wizard.draft
            for key in ("f2", "f3", "f4", "f5", "f6", "f7"):
                await demo.press(pilot, key)
                await demo.press(pilot, "tab", "tab", "tab")
            assert wizard.draft.transfer == before.transfer
            assert wizard.draft.schedule == before.schedule
            await demo.press(pilot, "escape")


async def test_a_copy_that_is_left_untouched_leaves_no_draft(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_copy(demo, pilot, "db-dumps")
        await demo.press(pilot, "escape")
        assert demo.app.host.making is not None
        assert demo.app.host.making.drafts.drafts() == ()


async def test_a_flow_timer_is_copied_with_its_input(demo: Demo) -> None:
    async with demo.console() as pilot:
        wizard = await open_copy(demo, pilot, "deidentify-and-publish")
        timer = demo.timer("deidentify-and-publish")
        assert wizard.draft.flow.flow_id == timer.flow_id
        assert wizard.draft.flow.inputs == timer.body["body"]
        await demo.press(pilot, "ctrl+s")
        made = demo.timer("deidentify-and-publish copy")
        assert made.body == timer.body
        assert made.flow_id == timer.flow_id


# --- edit


async def edit(demo: Demo, pilot: Pilot[None], name: str) -> WizardScreen:
    """Agree to what editing means."""
    demo.point_at(name)
    await demo.press(pilot, "e")
    assert "Globus can change nothing of a timer but its name" in demo.text()
    await demo.press(pilot, "y")
    assert isinstance(demo.app.screen, WizardScreen), demo.note()
    return demo.app.screen


async def test_what_editing_means_is_said_first_and_enter_does_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "e")
        assert "exactly one of the two stays active" in " ".join(demo.text().split())
        await demo.press(pilot, "enter")
        assert not isinstance(demo.app.screen, WizardScreen)
        assert demo.changes() == []


async def test_the_new_timer_takes_the_place_of_the_old_one_which_is_kept_paused(demo: Demo) -> None:
    async with demo.console() as pilot:
        await edit(demo, pilot, "db-dumps")
        old = demo.timer("db-dumps")
        await rename_in_review(demo, pilot, "db-dumps v2")
        await demo.press(pilot, "ctrl+s")
        assert "db-dumps v2 has taken the place of the old timer" in demo.note()
        assert isinstance(demo.app.screen, JobDetailScreen)
        assert demo.changes() == ["POST /v2/timer", f"POST /jobs/{old.job_id}/pause"]
        old_job, new_job = await read(demo, old), await read(demo, demo.timer("db-dumps v2"))
        assert old_job.stands_still
        assert not new_job.stands_still
        swaps = [line for line in demo.journal() if line["what"] == "swap"]
        assert [(one["timer"]["name"], one["replaces"]["name"]) for one in swaps] == [("db-dumps v2", "db-dumps")]
        await demo.press(pilot, "u")
        assert "back in the place of db-dumps v2" in " ".join(demo.text().split())
        await demo.press(pilot, "y")
        assert (old.status, demo.timer("db-dumps v2").status) == ("active", "inactive")
        await demo.press(pilot, "Y", "y")
        assert (old.status, demo.timer("db-dumps v2").status) == ("inactive", "active")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/v2/timer", method="POST", status=422, body={"error": {"detail": "no"}}),
        Fault("/jobs/?*", method="GET", status=403, skip=2),
        Fault("/jobs/*/pause", method="POST", status=403),
    ],
    ids=["create", "verify", "pause"],
)
async def test_when_a_step_fails_exactly_one_of_the_two_is_active(demo: Demo, fault: Fault) -> None:
    async with demo.console() as pilot:
        demo.fault(replace(fault))
        wizard = await edit(demo, pilot, "db-dumps")
        await rename_in_review(demo, pilot, "db-dumps v2")
        await demo.press(pilot, "ctrl+s")
        demo.sandbox.faults.clear()
        assert demo.app.screen is wizard, "what was typed would be lost"
        await demo.press(pilot, "escape", "r")
        jobs = [state.job for state in demo.app.states.values() if state.job.name in ("db-dumps", "db-dumps v2")]
        rest = (JobStatus.INACTIVE, JobStatus.ENDED, JobStatus.DELETING)
        assert [job.name for job in jobs if job.status not in rest] == ["db-dumps"]


async def test_several_timers_cannot_take_the_place_of_one(demo: Demo) -> None:
    async with demo.console() as pilot:
        await edit(demo, pilot, "db-dumps")
        await demo.press(pilot, "f6")
        await demo.write(pilot, "weekdays 18:00")
        await demo.press(pilot, "f7", "ctrl+s")
        assert "cannot be replaced by several" in demo.note()
        assert demo.changes() == []


# --- what is kept


def review_lines(demo: Demo) -> str:
    return " ".join(demo.text().replace("│", " ").split())


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_changing_the_interval_alone_keeps_the_hours(demo: Demo, size: tuple[int, int]) -> None:
    """By phrase and by field: the runs stay on the grid of the old timer's very first one, and nothing starts."""
    old = demo.timer("db-dumps")
    hours = (old.start.hour, old.start.minute)
    async with demo.console(size=size) as pilot:
        wizard = await edit(demo, pilot, "db-dumps")
        assert old.interval is not None
        await demo.press(pilot, "f6")
        await demo.write(pilot, "12 hours")
        for _ in range(2):
            schedule = wizard.draft.schedule
            assert isinstance(schedule, RecurringSchedule)
            assert schedule.interval == timedelta(hours=12)
            assert schedule.start is not None
            assert not (schedule.start - old.start) % timedelta(hours=12)
            wizard.query_one("#interval").focus()
            await demo.press(pilot, "ctrl+u", *["backspace"] * 12)
            await demo.write(pilot, "12 hours")
        await demo.press(pilot, "f7")
        assert "→ every 12 hours" in review_lines(demo)
        assert "AT ONCE" not in demo.text()
        await demo.press(pilot, "ctrl+s")
        assert "has taken the place" in demo.note()
        (new,) = [one for one in demo.sandbox.timers.values() if one.name == "db-dumps" and one is not old]
        assert new.n_runs == 0
        assert (new.start.hour % 12, new.start.minute) == (hours[0] % 12, hours[1])


async def test_a_run_that_starts_on_creation_is_said_loudly_and_asked_about(demo: Demo) -> None:
    async with demo.console() as pilot:
        await edit(demo, pilot, "db-dumps")
        await demo.press(pilot, "f6")
        demo.app.screen.query_one("#start").focus()
        await demo.press(pilot, "ctrl+u", *["backspace"] * 30)
        await demo.press(pilot, "f7")
        assert "A run STARTS AT ONCE, as soon as it is created." in review_lines(demo)
        await demo.press(pilot, "ctrl+s", "enter")
        assert demo.changes() == []
        await demo.press(pilot, "ctrl+s", "y")
        assert "has taken the place" in demo.note()


async def test_editing_a_paused_timer_says_that_nothing_runs_and_nothing_does(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = demo.timer("db-dumps")
        demo.point_at("db-dumps")
        await demo.press(pilot, "s")
        runs = old.n_runs
        await demo.press(pilot, "e")
        assert "pauses it too, since this one is paused: no run starts" in " ".join(demo.text().split())
        assert "stays active" not in demo.text()
        await demo.press(pilot, "enter")
        await edit(demo, pilot, "db-dumps")
        assert "it is paused before its first run, as the old one is: no run starts" in review_lines(demo)
        await rename_in_review(demo, pilot, "db-dumps v2")
        await demo.press(pilot, "ctrl+s")
        assert "Both are paused, as the old one was." in demo.note()
        await demo.pass_time(pilot, timedelta(days=3))
        new = demo.timer("db-dumps v2")
        assert [(one.status, one.n_runs) for one in (old, new)] == [("inactive", runs), ("inactive", 0)]


async def test_as_the_original_is_one_choice(demo: Demo) -> None:
    async with demo.console() as pilot:
        wizard = await open_copy(demo, pilot, "db-dumps")
        before = wizard.draft.schedule
        await demo.press(pilot, "f6")
        await demo.write(pilot, "weekdays 18:00")
        assert len(wizard.draft.group) == 5
        wizard.query_one("#repeat").focus()
        await demo.press(pilot, "right")
        assert "(*) as the original" in demo.text()
        assert wizard.draft.schedule == before
        assert not wizard.draft.group


async def test_an_edit_that_was_left_is_gone_on_with_as_an_edit(demo: Demo) -> None:
    async with demo.console() as pilot:
        old = demo.timer("db-dumps")
        await edit(demo, pilot, "db-dumps")
        await rename_in_review(demo, pilot, "db-dumps v2")
        await demo.press(pilot, "escape", "n", "enter")
        assert "Edit db-dumps" in demo.text()
        assert "db-dumps → db-dumps v2" in review_lines(demo)
        await demo.press(pilot, "ctrl+s")
        assert "db-dumps v2 has taken the place of the old timer" in demo.note()
        assert old.status == "inactive"
