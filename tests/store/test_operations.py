from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import ConnectionFailed, SignedOut, TimedOut
from globus_tui.domain.timer.job import InactiveReason, Job, JobId, JobStatus, PauseCause
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store import operations
from globus_tui.store.journal import Journal
from globus_tui.store.operations import CancelTask, Delete, Done, Failed, NeedsConsent, Pause, Refused, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState
from tests.store.fakes import NOON, Gate, World, a_job, a_run, not_found, paused, refused

if TYPE_CHECKING:
    from pathlib import Path

ONE = JobId("one")
CONSENT = Gare("ConsentRequired", ("some:scope",))
SESSION = Gare("AuthorizationRequired", session_required_single_domain=("uni.example.edu",))


def stopped(gare: Gare | None) -> Job:
    return replace(a_job(), status=JobStatus.INACTIVE, inactive_reason=InactiveReason(PauseCause.AUTHORIZATION, gare))


async def ready(job: Job, consents: bool | None = None) -> World:
    world = World(job, consents=consents)
    await world.store.refresh()
    return world


def credentials_sent(world: World) -> list[object]:
    return [asked for call, asked in zip(world.jobs.calls, world.jobs.asked, strict=True) if call == "resume_job"]


async def test_a_timer_paused_by_a_person_is_resumed_with_the_credentials_it_has() -> None:
    world = await ready(paused(a_job()))
    assert isinstance(await world.store.operate(Resume(ONE)), Done)
    assert credentials_sent(world) == [False]


async def test_a_timer_stopped_for_a_consent_is_resumed_with_new_credentials_once_it_is_granted() -> None:
    world = await ready(stopped(CONSENT), consents=True)
    assert isinstance(await world.store.operate(Resume(ONE)), Done)
    assert credentials_sent(world) == [True]


@pytest.mark.parametrize("consents", [False, None])
async def test_a_consent_that_is_missing_or_not_known_is_asked_for_first(consents: bool | None) -> None:
    world = await ready(stopped(CONSENT), consents=consents)
    found = await world.store.operate(Resume(ONE))
    assert found == NeedsConsent(CONSENT, ONE)
    assert credentials_sent(world) == []
    assert world.store.states[ONE].pending is None


async def test_a_session_requirement_is_asked_for_even_when_all_consents_are_there() -> None:
    world = await ready(stopped(SESSION), consents=True)
    assert await world.store.operate(Resume(ONE)) == NeedsConsent(SESSION, ONE)


async def test_after_a_fresh_sign_in_the_check_is_skipped() -> None:
    world = await ready(stopped(SESSION), consents=False)
    assert isinstance(await world.store.operate(Resume(ONE, skip_check=True)), Done)
    assert credentials_sent(world) == [True]


async def test_a_requirement_in_an_unknown_form_leaves_the_credentials_to_the_service() -> None:
    world = await ready(stopped(None))
    await world.store.operate(Resume(ONE))
    assert credentials_sent(world) == [None]


async def test_a_rename_shows_the_new_name_once_it_is_confirmed() -> None:
    world = await ready(a_job())
    found = await world.store.operate(Rename(ONE, "nightly mirror"))
    assert isinstance(found, Done)
    assert world.store.states[ONE].job.name == "nightly mirror"


async def test_an_empty_name_is_refused_without_asking_anybody() -> None:
    world = await ready(a_job())
    assert isinstance(await world.store.operate(Rename(ONE, "  ")), Refused)
    assert world.jobs.calls == ["list_jobs"]


async def test_deleting_pauses_first_and_the_timer_does_not_come_back_with_the_next_list() -> None:
    world = await ready(a_job())
    assert isinstance(await world.store.operate(Delete(ONE)), Done)
    sent = [call for call in world.jobs.calls if call.endswith("_job") and call != "get_job"]
    assert sent == ["pause_job", "delete_job"]
    assert ONE not in world.store.states
    await world.store.refresh()
    assert ONE not in world.store.states


async def test_a_delete_that_fails_after_the_pause_says_exactly_that() -> None:
    world = await ready(a_job())
    world.jobs.errors["delete_job"] = [refused(403)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Failed)
    assert not found.rolled_back
    assert found.words == "It is paused now but was not deleted: The service will not."
    assert world.store.states[ONE].job.status is JobStatus.INACTIVE


async def test_what_cannot_be_paused_is_not_deleted() -> None:
    world = await ready(a_job())
    world.jobs.errors["pause_job"] = [refused()]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Failed)
    assert found.rolled_back
    assert "delete_job" not in world.jobs.calls


async def test_a_pause_before_a_delete_whose_answer_is_lost_but_which_is_seen_goes_on() -> None:
    world = await ready(a_job())
    world.jobs.late_errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    assert isinstance(await world.store.operate(Delete(ONE)), Done)
    assert "delete_job" in world.jobs.calls


async def test_a_delete_that_is_refused_of_a_timer_that_was_paused_before_says_nothing_of_a_pause() -> None:
    world = await ready(paused(a_job()))
    world.jobs.errors["delete_job"] = [refused(403)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Failed)
    assert found.rolled_back
    assert "is paused now" not in found.words


async def test_a_delete_that_nobody_can_confirm_says_so() -> None:
    world = await ready(paused(a_job()))
    world.jobs.errors["get_job"] = [None, refused(503)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Done)
    assert not found.confirmed


@pytest.mark.parametrize("status", [403, 503])
async def test_a_timer_that_cannot_be_read_before_is_not_changed_and_the_clock_goes_on(status: int) -> None:
    world = await ready(a_job())
    world.jobs.errors["get_job"] = [refused(status)]
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Failed)
    assert found.words.startswith("Nothing was changed: ")
    assert "pause_job" not in world.jobs.calls
    assert world.store.freshness.state is FreshnessState.FRESH


async def test_a_lost_answer_is_no_refusal() -> None:
    world = await ready(a_job())
    world.jobs.errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Failed)
    assert not found.rolled_back


async def test_a_timer_stopped_for_a_consent_can_be_paused_by_no_question_about_it() -> None:
    world = await ready(stopped(CONSENT), consents=False)
    found = await world.store.operate(Rename(ONE, "another"))
    assert isinstance(found, Done)


async def test_an_ended_timer_is_deleted_without_a_pause() -> None:
    world = await ready(replace(a_job(), status=JobStatus.ENDED))
    assert isinstance(await world.store.operate(Delete(ONE)), Done)
    assert "pause_job" not in world.jobs.calls


async def test_a_delete_whose_answer_is_lost_is_found_to_have_worked() -> None:
    world = await ready(paused(a_job()))
    world.jobs.late_errors["delete_job"] = [TimedOut("No answer.", maybe_processed=True)]
    world.jobs.errors["get_job"] = [None, not_found()]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Done)
    assert found.confirmed
    assert ONE not in world.store.states


async def test_a_timer_that_somebody_else_deleted_leaves_the_list_when_touched() -> None:
    world = await ready(a_job())
    world.jobs.jobs.clear()
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Refused)
    assert ONE not in world.store.states


async def test_a_timer_that_is_paused_already_is_not_paused_again() -> None:
    world = await ready(a_job())
    world.jobs.put(paused(a_job()))
    assert isinstance(await world.store.operate(Pause(ONE)), Done)
    assert "pause_job" not in world.jobs.calls
    assert world.store.states[ONE].job.status is JobStatus.INACTIVE


async def test_an_ended_timer_is_neither_paused_nor_resumed() -> None:
    world = await ready(replace(a_job(), status=JobStatus.ENDED))
    assert isinstance(await world.store.operate(Pause(ONE)), Refused)
    assert isinstance(await world.store.operate(Resume(ONE)), Refused)


async def test_a_requirement_in_the_refusal_is_handed_on() -> None:
    world = await ready(paused(a_job()))
    world.jobs.errors["resume_job"] = [refused(403, gare=SESSION)]
    assert await world.store.operate(Resume(ONE)) == NeedsConsent(SESSION, ONE)


async def test_being_signed_out_ends_the_operation_and_stops_the_clock() -> None:
    world = await ready(a_job())
    world.jobs.errors["pause_job"] = [SignedOut("The sign-in was withdrawn.")]
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, operations.SignedOut)
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT


async def test_a_change_is_looked_at_once_more_soon_after() -> None:
    world = await ready(paused(a_job()))
    world.store.set_interval(3600)
    world.later(30)
    await world.store.wake()
    await world.store.operate(Resume(ONE))
    calls = len(world.jobs.calls)
    await world.store.wake()
    assert world.jobs.calls[calls:] == []
    world.later(4)
    await world.store.wake()
    assert world.jobs.calls[calls:] == ["get_job"]


async def test_while_a_change_is_under_way_its_timer_says_so() -> None:
    world = await ready(a_job())
    gate = world.jobs.gates["pause_job"] = Gate()
    work = asyncio.ensure_future(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    assert world.store.states[ONE].pending is not None
    gate.open.set()
    await work
    assert world.store.states[ONE].pending is None


async def test_a_change_that_could_not_be_written_down_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    world = World(a_job(), journal=Journal(tmp_path / "file" / "journal.jsonl"))
    await world.store.refresh()
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Done)
    assert "journal" in (found.note or "")


async def test_a_yes_that_cannot_be_confirmed_is_still_a_yes_but_says_so() -> None:
    world = await ready(a_job())
    world.jobs.errors["get_job"] = [None, ConnectionFailed("No network.", maybe_processed=False)]
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Done)
    assert not found.confirmed


async def test_cancelling_a_task_is_recorded_and_its_timer_judged_anew() -> None:
    job = a_job(runs=[a_run(NOON, "t1")])
    world = World(job, tasks=[Task("t1", TaskStatus.ACTIVE)])
    await world.store.refresh()
    found = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(found, Done)
    assert world.store.states[ONE].health.word.is_trouble
    entry = world.store.journal.unwritten[-1]
    assert (entry["what"], entry["before"]["status"], entry["after"]["status"]) == ("cancel", "ACTIVE", "FAILED")


async def test_a_task_that_is_over_is_not_cancelled() -> None:
    world = World(a_job(runs=[a_run(NOON, "t1")]), tasks=[Task("t1", TaskStatus.SUCCEEDED)])
    await world.store.refresh()
    assert isinstance(await world.store.operate(CancelTask("t1", ONE)), Refused)


async def test_each_request_that_changes_something_has_exactly_one_entry_in_the_journal() -> None:
    world = await ready(a_job())
    world.jobs.errors["update_job"] = [refused(422, request_id="abc123")]
    await world.store.operate(Rename(ONE, "other"))
    await world.store.operate(Delete(ONE))
    entries = await world.store.journal.entries()
    assert [(entry["what"], entry["outcome"]) for entry in entries] == [
        ("rename", "refused"),
        ("pause", "done"),
        ("delete", "done"),
    ]
    assert entries[0]["request_id"] == "abc123"
    assert entries[0]["asked"] == {"name": "other"}
    assert entries[1]["before"]["status"] == "active"
    assert entries[1]["after"]["status"] == "inactive"
    assert entries[1]["timer"] == {"id": "one", "name": "timer one"}
