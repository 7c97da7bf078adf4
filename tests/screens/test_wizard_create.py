"""Creating from the wizard: few keys, consent first, one request, and nothing doubled or lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.health import Why
from globus_tui.domain.transfer.transfer import SyncLevel
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.confirm import LostAnswer
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.create.opening import Drafts
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.screens.job_list import JobListScreen
from globus_tui.screens.task_screen import TaskScreen
from globus_tui.store.open_requests import LATE
from tests.screens.wizard import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo import Demo

CREATE = "POST /v2/timer"


async def test_a_nightly_mirror_takes_at_most_fifteen_control_keys(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        await maker.press("ctrl+s")
        assert isinstance(demo.app.screen, JobDetailScreen)
        made = demo.timer("raw-nightly")
        assert made.interval == 86_400
        assert made.body["delete_destination_extra"] is True
        assert made.body["sync_level"] == SyncLevel.MTIME
        assert [(one["source_path"], one["destination_path"]) for one in made.body["DATA"]] == [
            ("/raw/", "/projects/raw/")
        ]
        assert len(maker.control_keys) <= 15, maker.control_keys
        assert maker.posts() == [CREATE]


async def test_the_new_timer_is_opened_and_its_draft_is_gone(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        await maker.press("ctrl+s")
        assert "raw-nightly" in demo.screen()[0]
        assert demo.note() == "Created raw-nightly."
        await maker.press("escape")
        assert isinstance(demo.app.screen, JobListScreen)
        assert "raw-nightly" in demo.names()
        await maker.press("n")
        assert maker.wizard.draft.name == "", "an old draft was offered"


async def test_when_its_source_alarms_is_known_after_a_new_start_and_to_its_copy(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        await maker.press("f5")
        maker.wizard.query_one("#fewer").focus()
        await maker.write("40")
        await maker.press("f7", "ctrl+s")
        assert demo.app.store.alarm_level(demo.job_id("raw-nightly")) == 40
    async with demo.console() as pilot:
        assert demo.app.store.alarm_level(demo.job_id("raw-nightly")) == 40
        demo.point_at("raw-nightly")
        await demo.press(pilot, "C")
        assert Maker(demo, pilot).draft.guards.fewer_percent == 40


async def test_a_source_that_shrank_alarms_no_more_where_that_was_chosen(demo: Demo) -> None:
    name = "scratch-to-archive-mirror"
    async with demo.console(size=(160, 45)) as pilot:
        await demo.pass_time(pilot, timedelta(seconds=60))  # what became of older runs is read meanwhile
        assert "source shrank" in demo.row(name)
        entry = {"what": "create", "timer": {"id": demo.job_id(name)}, "alarm_percent": None}
        await demo.app.store.journal.append(entry)
        await demo.app.store.read_journal()
        await demo.settle(pilot)
        assert demo.app.states[demo.job_id(name)].health.why is Why.FINE


async def test_enter_alone_creates_nothing_and_a_mirror_wants_its_folder_typed(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        await maker.press("backspace", "ctrl+s")
        assert "type raw first" in demo.note()
        await maker.press("enter", "enter", "enter")
        assert maker.posts() == []


async def test_what_is_missing_is_said_and_its_step_opened(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        await maker.press("ctrl+s", "ctrl+s")
        assert "Not yet: It is not said when it runs" in demo.note()
        assert "[F6 When!]" in demo.text()
        await maker.write("every night at 2am")
        assert demo.note() == "", "it is said now"
        assert maker.posts() == []


# --- consent


async def test_a_missing_consent_is_asked_for_before_anything_is_sent(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("climate-copy", "national lab", "/proj/climate/")
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, ConsentScreen))
        assert "National Lab DTN" in demo.text()
        assert "once more" not in demo.text(), "nothing was tried so far"
        assert maker.posts() == []
        await maker.press_and_wait("b", lambda: "Pretend browser" in demo.text())
        await maker.press_and_wait("1", lambda: isinstance(demo.app.screen, JobDetailScreen))
        await demo.settle(pilot)
        assert maker.posts() == [CREATE]
        assert [one.name for one in demo.sandbox.timers.values()].count("climate-copy") == 1


async def test_a_declined_consent_sends_nothing_and_keeps_the_draft(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("climate-copy", "national lab", "/proj/climate/")
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, ConsentScreen))
        await maker.press("escape")
        assert isinstance(demo.app.screen, WizardScreen)
        assert "Nothing was created." in demo.note()
        assert maker.posts() == []
        assert maker.draft.name == "climate-copy"


async def test_what_globus_wants_of_the_request_itself_is_asked_for_too(demo: Demo) -> None:
    wanted = {"session_message": "A second factor is wanted here", "session_required_mfa": True}
    body = {"code": "AuthorizationRequired", "authorization_parameters": wanted}
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("climate-copy", "national lab", "/proj/climate/")
        demo.fault(Fault("/v2/timer", method="POST", status=403, body=body))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, ConsentScreen))
        await maker.press_and_wait("b", lambda: "Pretend browser" in demo.text())
        await maker.press_and_wait("1", lambda: "A second factor is wanted here" in demo.text())
        await maker.press("escape")
        assert "Nothing was created. The consent was not given." in demo.note()
        assert "Nothing has been sent yet." in demo.text(), "it was answered, so it is not looked for"
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, JobDetailScreen))
        assert maker.posts() == [CREATE, CREATE]


# --- lost answers


async def test_a_lost_answer_is_looked_into_and_never_sent_again(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        demo.fault(Fault("/v2/timer", method="POST", kind="lose"))
        await maker.press("ctrl+s")
        assert "The answer was lost, but raw-nightly was created." in demo.note()
        assert isinstance(demo.app.screen, JobDetailScreen)
        assert [one.name for one in demo.sandbox.timers.values()].count("raw-nightly") == 1
        assert maker.posts() == [CREATE]


async def test_when_nobody_can_tell_the_user_decides(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        demo.fault(Fault("/v2/timer", method="POST", kind="reset"))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        assert maker.posts() == [CREATE]
        await pilot.press("enter")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, LostAnswer))
        assert maker.posts() == [CREATE], "looking again must not send again"
        await maker.press_and_wait("A", lambda: isinstance(demo.app.screen, JobDetailScreen))
        await demo.settle(pilot)
        assert [one.name for one in demo.sandbox.timers.values()].count("raw-nightly") == 1


async def test_leaving_a_lost_creation_keeps_the_draft_and_looks_first_the_next_time(
    demo: Demo, tmp_path: Path
) -> None:
    demo.drafts = tmp_path / "drafts"
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        demo.fault(Fault("/v2/timer", method="POST", kind="lose"))
        for _ in range(3):
            demo.fault(Fault("/jobs/", method="GET", skip=1, status=500, times=8))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        await maker.press("escape")
        assert "kept" in demo.note()
    demo.sandbox.faults.clear()
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        assert "sent, answer lost" in demo.text()
        await maker.press("enter", "f7")
        assert "Nothing has been sent yet" not in demo.text()
        assert "This was sent before, without an answer: it may be there." in demo.text()
        await maker.write("raw")
        await maker.press("ctrl+s")
        assert "raw-nightly was created" in demo.note()
        assert [one.name for one in demo.sandbox.timers.values()].count("raw-nightly") == 1


async def test_a_draft_that_was_sent_is_discarded_and_what_became_of_it_is_told_all_the_same(
    demo: Demo, tmp_path: Path
) -> None:
    demo.drafts = tmp_path / "drafts"
    async with demo.console(size=(200, 40)) as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        demo.fault(Fault("/v2/timer", method="POST", kind="lose"))
        demo.fault(Fault("/jobs/", method="GET", skip=1, status=500, times=None))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        await maker.press("escape")
    async with demo.console(size=(200, 40)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        await maker.press("X")
        assert "It was sent before, without an answer" in demo.note()
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, 60)
        assert "Created raw-nightly after all" in demo.note()
        assert [(line["what"], line["outcome"]) for line in demo.journal()] == [("create", "done")]


async def test_an_outage_makes_nobody_forget_a_creation_whose_answer_was_lost(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        demo.fault(Fault("/v2/timer", method="POST", kind="lose"))
        demo.fault(Fault("/jobs/", method="GET", skip=1, status=500, times=None))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        await maker.press("escape")
        demo.clock.advance(LATE)  # it can arrive no more
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        await maker.press("escape")
        assert "This was sent before, without an answer: it may be there." in demo.text()
        demo.sandbox.faults.clear()
        await maker.press("ctrl+s")
        assert isinstance(demo.app.screen, JobDetailScreen)
        assert [one.name for one in demo.sandbox.timers.values()].count("raw-nightly") == 1


async def test_an_outage_makes_nobody_hand_a_transfer_in_under_another_id(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        before = len(demo.sandbox.tasks)
        await maker.press("n", "down", "down", "down", "enter")
        await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        demo.fault(Fault("/v0.10/transfer", method="POST", kind="lose", times=None))
        await maker.press("f6", "ctrl+s")
        await maker.press_and_wait("y", lambda: isinstance(demo.app.screen, LostAnswer))
        await maker.press("escape")
        demo.fault(Fault("*/endpoint/*", status=500, times=None))
        await maker.press("ctrl+s", "y")
        assert "Nothing was sent: the collections could not be looked up" in demo.note()
        demo.sandbox.faults.clear()
        await maker.press("ctrl+s", "y")
        assert "It was under way already." in demo.note()
        assert len(demo.sandbox.tasks) == before + 1


# --- refusals


WEEK = [f"week ({day} 18:00)" for day in ("mon", "tue", "wed", "thu", "fri")]


async def weekdays(maker: Maker) -> None:
    """A copy on weekdays, up to the key that creates it."""
    await maker.press("n", "enter")
    await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/copies/raw/")
    await maker.press("ctrl+n")
    await maker.write("weekdays 18:00")
    await maker.press("ctrl+n")
    await maker.write("week")


def weekly(demo: Demo) -> list[str]:
    return sorted(one.name or "" for one in demo.sandbox.timers.values() if (one.name or "").startswith("week ("))


async def test_a_group_whose_third_answer_is_lost_is_finished_once_that_one_was_found(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await weekdays(maker)
        demo.fault(Fault("/v2/timer", method="POST", kind="lose", skip=2))
        demo.fault(Fault("/jobs/", kind="reset", skip=1, times=None))
        await maker.press_and_wait("ctrl+s", lambda: isinstance(demo.app.screen, LostAnswer))
        assert "2 of 5 timers are there" in demo.text()
        demo.sandbox.faults.clear()
        await maker.press("enter")
        await demo.settle(pilot)
        assert isinstance(demo.app.screen, JobDetailScreen), demo.note()
        assert "Created 5 timers" in demo.note()
        assert weekly(demo) == sorted(WEEK)
        assert maker.demo.app.host.making is not None
        assert maker.demo.app.host.making.drafts.drafts() == ()


async def test_a_group_that_was_refused_on_the_way_goes_on_and_makes_none_twice(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await weekdays(maker)
        demo.fault(Fault("/v2/timer", method="POST", kind="answer", skip=2, status=403, body={"detail": "no"}))
        await maker.press("ctrl+s")
        assert "2 of 5 timers are there; going on makes only the others." in demo.note()
        assert len(weekly(demo)) == 2
        await maker.press("ctrl+s")
        await demo.settle(pilot)
        assert isinstance(demo.app.screen, JobDetailScreen), demo.text()
        assert weekly(demo) == sorted(WEEK)


async def test_a_refusal_stands_beside_its_field_and_the_draft_stays(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        said = "start must be [b]in the future[/b] \x1b[31mor close"
        problem = {"loc": ["body", "timer", "schedule", "start"], "msg": said, "type": "value_error"}
        demo.fault(Fault("/v2/timer", method="POST", status=422, body={"detail": [problem]}))
        await maker.press("ctrl+s")
        assert "[F6 When!]" in demo.text()
        assert "start must be [b]in the future[/b]" in demo.text()
        assert "\x1b[31m" not in demo.text()
        assert maker.draft.name == "raw-nightly"
        await maker.press("f7")
        await maker.press("ctrl+s")
        assert isinstance(demo.app.screen, JobDetailScreen), demo.note()


# --- a transfer that starts now


async def test_a_transfer_now_carries_a_submission_id_and_is_done_once_though_its_answer_was_lost(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        before = len(demo.sandbox.tasks)
        await maker.press("n", "down", "down", "down", "enter")
        assert "F6 When" not in demo.text()
        await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        demo.fault(Fault("/v0.10/transfer", method="POST", kind="lose", times=None))
        await maker.press("f6", "ctrl+s")
        assert "The transfer STARTS NOW, and runs once." in demo.text()
        await maker.press_and_wait("y", lambda: isinstance(demo.app.screen, LostAnswer))
        demo.sandbox.faults.clear()
        await maker.press_and_wait("A", lambda: isinstance(demo.app.screen, TaskScreen))
        await demo.settle(pilot)
        assert "It was under way already." in demo.note()
        assert len(demo.sandbox.tasks) == before + 1


async def test_a_transfer_that_was_refused_is_never_called_sent_without_an_answer(demo: Demo, tmp_path: Path) -> None:
    demo.drafts = tmp_path / "drafts"
    refusal = {"code": "PermissionDenied", "message": "Not for you", "request_id": "r1"}
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "down", "down", "down", "enter")
        await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        demo.fault(Fault("/v0.10/transfer", method="POST", status=403, body=refusal, times=None))
        await maker.press("f6", "ctrl+s", "y")
        assert "Not for you" in demo.note()
        for _ in range(2):
            assert "without an answer" not in demo.text()
            await maker.press("escape", "n", "enter", "f6", "ctrl+s", "y")
            assert "Not for you" in demo.note()


async def test_a_transfer_now_is_followed_on_a_screen_of_its_own(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "down", "down", "down", "enter")
        await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
        await maker.press("f6", "ctrl+s", "y")
        opened: object = demo.app.screen
        assert isinstance(opened, TaskScreen), demo.note()
        task = list(demo.sandbox.tasks.values())[-1]
        assert "Transfer Beamline 7 Data to Lab Depot" in demo.screen()[0]
        assert task.task_id in demo.text()
        await demo.press(pilot, "escape")
        assert isinstance(demo.app.screen, JobListScreen)


# --- drafts


async def test_escape_keeps_the_draft_and_n_goes_on_where_it_was(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        await maker.write("beamline 7 data")
        await maker.press("enter", "escape")
        assert "The draft is kept" in demo.note()
        await maker.press("n")
        assert isinstance(demo.app.screen, Drafts)
        assert "Beamline 7 Data" in demo.text()
        await maker.press("enter")
        assert "[F3 From/to" in demo.text()
        assert maker.draft.source_name == "Beamline 7 Data"


async def test_an_untouched_wizard_leaves_no_draft(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "ctrl+n", "escape", "n")
        assert isinstance(demo.app.screen, WizardScreen)


async def test_a_draft_whose_file_cannot_be_written_is_not_called_saved(demo: Demo, tmp_path: Path) -> None:
    demo.drafts = tmp_path / "drafts"
    demo.drafts.write_text("in its place")
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        assert "draft in memory only" in demo.text()
        await maker.press("escape")
        assert "The draft is kept, until this program ends" in demo.note()
        demo.drafts.unlink()
        await maker.press("n", "enter")
        await maker.write("1")
        assert "draft saved" in demo.text()


async def test_a_draft_survives_the_end_of_the_program_and_can_be_discarded(demo: Demo, tmp_path: Path) -> None:
    demo.drafts = tmp_path / "drafts"
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        await maker.write("beamline 7 data")
        await maker.press("enter")
    files = list((tmp_path / "drafts").iterdir())
    assert [oct(one.stat().st_mode & 0o777) for one in files] == ["0o600"]
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        assert "Beamline 7 Data" in demo.text()
        await maker.press("X")
        assert isinstance(demo.app.screen, JobListScreen)
        assert list((tmp_path / "drafts").iterdir()) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_every_step_fits_every_screen(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        for key in ("f3", "f4", "f5", "f6", "f7"):
            await maker.press(key)
            assert len(demo.screen()) == size[1]
            assert "esc" in demo.text() or "Back" in demo.text()
