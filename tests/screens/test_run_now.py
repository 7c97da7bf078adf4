"""Starting at once what a timer does: t, with real keys over the facility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.create.run_now import RunNow
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.screens.job_list import JobListScreen
from globus_tui.screens.task_screen import TaskScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

SUBMIT = "POST /v0.10/transfer"


async def ask(demo: Demo, pilot: Pilot[None], name: str) -> None:
    """Open the question about a timer."""
    demo.point_at(name)
    await demo.press(pilot, "t")
    assert isinstance(demo.app.screen, RunNow), demo.note()


async def test_the_whole_of_it_is_handed_in_and_followed(demo: Demo) -> None:
    async with demo.console() as pilot:
        timer = demo.timer("db-dumps")
        runs, body = timer.n_runs, dict(timer.body)
        await ask(demo, pilot, "db-dumps")
        await demo.press(pilot, "f")
        assert "The same transfer STARTS NOW, once." in demo.text()
        assert demo.changes() == []
        await demo.press(pilot, "y")
        assert isinstance(demo.app.screen, TaskScreen)
        assert demo.changes() == [SUBMIT]
        task = list(demo.sandbox.tasks.values())[-1]
        assert task.task_id in demo.text()
        assert (timer.n_runs, timer.body) == (runs, body), "the timer itself was touched"


async def test_enter_and_escape_start_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        for key in ("enter", "escape"):
            await ask(demo, pilot, "db-dumps")
            await demo.press(pilot, key)
            await demo.press(pilot, "escape") if isinstance(demo.app.screen, RunNow) else None
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []


async def test_a_test_takes_the_first_files_and_deletes_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        await ask(demo, pilot, "nightly-project-mirror")
        assert "DANGER DELETES" in demo.text()
        await demo.press(pilot, "t", "backspace", "backspace", "3", "enter")
        assert "A test copies these 3 files" in demo.text()
        assert demo.changes() == []
        await demo.press(pilot, "y")
        assert demo.changes() == [SUBMIT], demo.note()
        asked = next(line["asked"] for line in demo.journal() if line["what"] == "transfer")
        assert len(asked["DATA"]) == 3
        assert all(item["recursive"] is False for item in asked["DATA"])
        assert asked["delete_destination_extra"] is False


@pytest.mark.parametrize("number", ["0", "many", ""])
async def test_a_test_of_no_files_is_no_test(demo: Demo, number: str) -> None:
    async with demo.console() as pilot:
        await ask(demo, pilot, "db-dumps")
        await demo.press(pilot, "t", "backspace", "backspace")
        await demo.write(pilot, number)
        await demo.press(pilot, "enter")
        assert "Write a number from 1 to 1000." in demo.text()
        assert demo.changes() == []


async def test_a_timer_that_runs_once_is_made_and_opened(demo: Demo) -> None:
    async with demo.console() as pilot:
        await ask(demo, pilot, "db-dumps")
        await demo.press(pilot, "o")
        assert "its run STARTS AT ONCE" in " ".join(demo.text().split())
        assert demo.changes() == []
        await demo.press(pilot, "y")
        assert demo.changes() == ["POST /v2/timer"]
        assert isinstance(demo.app.screen, JobDetailScreen)
        made = demo.timer("db-dumps (once)")
        assert made.interval is None


async def test_a_flow_can_only_be_started_by_a_timer(demo: Demo) -> None:
    async with demo.console() as pilot:
        await ask(demo, pilot, "deidentify-and-publish")
        assert "in full" not in demo.text()
        await demo.press(pilot, "f", "t")
        assert isinstance(demo.app.screen, RunNow)
        await demo.press(pilot, "o", "y")
        assert demo.timer("deidentify-and-publish (once)").flow_id == demo.timer("deidentify-and-publish").flow_id


async def test_a_run_in_progress_is_warned_of(demo: Demo) -> None:
    async with demo.console() as pilot:
        running = [one for one in demo.app.states.values() if one.job.running and one.job.transfer is not None]
        assert running
        demo.table.move_to(running[0].job_id)
        await demo.press(pilot, "t")
        assert "WARN a run of it is in progress" in demo.text()


async def test_the_task_is_read_again_until_it_is_over_and_can_be_cancelled(demo: Demo) -> None:
    async with demo.console() as pilot:
        await ask(demo, pilot, "db-dumps")
        await demo.press(pilot, "f", "y")
        screen = demo.app.screen
        assert isinstance(screen, TaskScreen)
        await demo.press(pilot, "K", "y")
        assert demo.changes()[-1].endswith("/cancel")
        screen._read_on()
        await demo.settle(pilot)
        assert "cancel" in demo.text().lower()
        before = len(demo.asked())
        screen._read_on()
        await demo.settle(pilot)
        assert len(demo.asked()) == before, "a task that is over was asked for again"


async def test_a_source_folder_that_is_empty_or_cannot_be_read_is_refused(demo: Demo) -> None:
    async with demo.console() as pilot:
        for fault in (
            Fault("*/ls", status=200, body={"DATA_TYPE": "file_list", "DATA": [], "path": "/", "total": 0}, times=9),
            Fault("*/ls", status=502, body={"code": "ExternalError.DirListingFailed", "message": "no"}, times=9),
        ):
            demo.sandbox.faults.clear()
            demo.fault(fault)
            await ask(demo, pilot, "nightly-project-mirror")
            await demo.press(pilot, "t", "enter")
            assert "no file directly in" in demo.note() or "cannot be read" in demo.note()
            assert demo.changes() == []
