from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import ConnectionFailed, SignedOut, TimedOut
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import InactiveReason, Job, JobId, JobStatus, PauseCause
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store import operations
from globus_tui.store.board import Board
from globus_tui.store.job_state import Doing
from globus_tui.store.journal import Journal
from globus_tui.store.operations import CancelTask, Delete, Done, Failed, NeedsConsent, Pause, Refused, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.refresher import WakeKind
from tests.store.fakes import HOUR, NOON, FakeConsents, Gate, World, a_job, a_run, not_found, paused, refused

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.store.operations import JobOperation
    from globus_tui.store.rows import Row

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
    world.store.refresher.set_interval(3600)
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


async def test_of_many_changes_the_rest_is_not_tried_once_globus_cannot_be_reached() -> None:
    """Each would take seconds to fail: with thousands of them, hours in which none of their rows can be changed."""
    pauses = [Pause(JobId(f"timer{number}")) for number in range(17)]
    world = World(*(a_job(pause.job_id) for pause in pauses))
    await world.store.refresh()
    gone = ConnectionFailed("No network.", maybe_processed=False)
    world.jobs.errors["get_job"] = [gone, None, None, *[gone] * 12]
    announced = world.store.announce(pauses)
    ends = [await world.store.operate(pause, announced=pause.job_id in announced) for pause in pauses]
    failed, not_tried = [0, *range(2, 14)], [14, 15, 16]
    assert [number for number, end in enumerate(ends) if isinstance(end, Failed)] == failed
    words = "Not tried: Globus cannot be reached. Do it again when it can."
    assert [number for number, end in enumerate(ends) if end == Refused(words)] == not_tried
    assert not any(state.pending for state in world.store.states.values())
    again = world.store.announce(pauses)
    assert isinstance(await world.store.operate(pauses[16], announced=pauses[16].job_id in again), Done)


async def test_of_many_changes_that_are_refused_each_is_tried() -> None:
    pauses = [Pause(JobId(f"timer{number}")) for number in range(14)]
    world = World(*(a_job(pause.job_id) for pause in pauses))
    await world.store.refresh()
    world.jobs.errors["pause_job"] = [refused() for _ in pauses]
    world.store.announce(pauses)
    ends = [await world.store.operate(pause, announced=True) for pause in pauses]
    assert [type(end) for end in ends] == [Failed] * 14


async def test_a_timer_that_is_gone_when_its_turn_comes_is_not_changed() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    world.store.announce([Pause(ONE)])
    del world.jobs.jobs[ONE]
    await world.store.refresher.read_job(ONE)
    found = await world.store.operate(Pause(ONE), announced=True)
    assert found == Refused("This timer is not in the list any more.")
    assert world.jobs.calls == ["list_jobs", "get_job"]


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


# --- rules and words


DELETING, ENDED = replace(a_job(), status=JobStatus.DELETING), replace(a_job(), status=JobStatus.ENDED)
UNREADABLE = replace(a_job(), unreadable="no status")


@pytest.mark.parametrize(
    ("operation", "job", "words"),
    [
        (Pause(ONE), DELETING, "This timer is being deleted."),
        (Delete(ONE), DELETING, "This timer is being deleted."),
        (Resume(ONE), ENDED, "This timer has ended: there is nothing left to pause or resume."),
        (Rename(ONE, "x"), ENDED, None),
        (Delete(ONE), ENDED, None),
        (Rename(ONE, " "), a_job(), "A timer needs a name."),
        (Rename(ONE, "x"), UNREADABLE, "What the service says of this timer cannot be understood, so nothing is changed"
         " from here."),
        (Pause(ONE), a_job(), None),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_here(operation: JobOperation, job: Job, words: str | None) -> None:
    world = await ready(job)
    assert operations.why_not(operation, world.store.states[ONE]) == words


async def test_what_is_not_listed_or_being_changed_is_refused_here() -> None:
    world = await ready(a_job())
    assert operations.why_not(Pause(ONE), None) == "This timer is not in the list any more."
    gate = world.jobs.gates["update_job"] = Gate()
    renaming = asyncio.create_task(world.store.operate(Rename(ONE, "x")))
    await gate.reached.wait()
    state = world.store.states[ONE]
    assert state.pending is not None
    assert (state.pending.doing, state.pending.new_name) == (Doing.RENAMING, "x")
    assert operations.why_not(Pause(ONE), state) == "Wait: renaming is still under way for this timer."
    gate.open.set()
    await renaming


PAUSED = paused(a_job())


@pytest.mark.parametrize(
    ("operation", "after", "shown"),
    [
        (Pause(ONE), PAUSED, True),
        (Pause(ONE), a_job(), False),
        (Pause(ONE), None, False),
        (Resume(ONE), PAUSED, False),
        (Resume(ONE), a_job(), True),
        (Rename(ONE, "timer one"), a_job(), True),
        (Rename(ONE, "x"), a_job(), False),
        (Rename(ONE, "x"), None, False),
        (Delete(ONE), None, True),
        (Delete(ONE), DELETING, True),
        (Delete(ONE), a_job(), False),
    ],
)
def test_what_a_look_afterwards_shows(operation: JobOperation, after: Job | None, shown: bool) -> None:
    assert operations.took_effect(operation, after) == shown


def test_what_is_so_already_is_said_and_not_sent() -> None:
    assert operations.already_so(Pause(ONE), PAUSED) == "It was paused already."
    assert operations.already_so(Rename(ONE, "timer one"), PAUSED) == "It is called that already."
    for operation, job in ((Pause(ONE), a_job()), (Resume(ONE), a_job()), (Rename(ONE, "x"), a_job())):
        assert operations.already_so(operation, job) is None


@pytest.mark.parametrize("operation", [Rename(ONE, "other", called="timer one"), Delete(ONE, called="timer one")])
async def test_what_somebody_else_has_renamed_since_is_not_changed(operation: JobOperation) -> None:
    world = await ready(a_job())
    world.jobs.put(replace(a_job(), name="of production"))
    found = await world.store.operate(operation)
    assert isinstance(found, Refused)
    assert "somebody has renamed it to of production since" in found.words
    assert world.jobs.calls == ["list_jobs", "get_job"]
    world.jobs.put(a_job())
    assert isinstance(await world.store.operate(operation), Done)


def test_done_and_failed_in_words() -> None:
    done = [operations.done_words(one, confirmed=True) for one in (Pause(ONE), Resume(ONE), Delete(ONE))]
    assert done == ["Paused.", "Resumed.", "Deleted."]
    assert operations.done_words(Rename(ONE, "x"), confirmed=False) == (
        "Renamed to x. The service said yes, but the timer does not show it yet."
    )
    error = refused()
    failed = [
        operations.failed_words(Pause(ONE), error, None, looked=True),
        operations.failed_words(Resume(ONE), error, None, looked=False),
        operations.failed_words(Rename(ONE, "x"), error, False, looked=True),
        operations.failed_words(Delete(ONE), error, False, looked=False),
    ]
    assert failed == [
        "The service will not. It is not paused so far, but the request may still arrive: the list will show it.",
        "Nobody can tell whether it was resumed: The service will not. It is read again by itself; look before you"
        " repeat it.",
        "It was not renamed: The service will not.",
        "It was not deleted: The service will not.",
    ]


@pytest.mark.parametrize(
    ("gare", "consents", "unmet"),
    [
        (SESSION, True, True),
        (CONSENT, True, False),
        (CONSENT, False, True),
        (CONSENT, None, True),
        (replace(SESSION, required_scopes=("a-scope",)), True, True),
    ],
)
async def test_what_is_still_to_be_granted_or_proved(gare: Gare, consents: bool | None, unmet: bool) -> None:
    assert await operations.still_unmet(gare, FakeConsents(consents)) is unmet
    assert await operations.still_unmet(CONSENT, None)


@pytest.mark.parametrize(
    ("job", "wish", "rule"),
    [
        (stopped(CONSENT), None, True),
        (stopped(None), None, None),
        (PAUSED, None, False),
        (a_job(), None, False),
        (stopped(CONSENT), False, False),
        (PAUSED, True, True),
        (replace(stopped(CONSENT), status=JobStatus.ACTIVE), None, False),
    ],
)
def test_credentials_are_renewed_exactly_when_globus_wanted_something(
    job: Job, wish: bool | None, rule: bool | None
) -> None:
    assert operations.credentials_rule(job, wish) is rule


# --- how it ends


async def test_while_the_consents_cannot_be_looked_up_nothing_is_resumed() -> None:
    class Unable(FakeConsents):
        async def is_granted(self, gare: Gare) -> bool | None:
            raise ConnectionFailed("No network.", maybe_processed=False)

    world = await ready(stopped(CONSENT))
    world.store._operator._consents = Unable(None)
    found = await world.store.operate(Resume(ONE))
    assert isinstance(found, Failed)
    assert (found.rolled_back, found.words) == (True, "Nothing was changed: No network.")
    assert credentials_sent(world) == []


async def test_a_delete_that_got_lost_after_the_pause_says_both() -> None:
    world = await ready(a_job())
    world.jobs.errors["delete_job"] = [TimedOut("No answer.", maybe_processed=True)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Failed)
    assert (found.rolled_back, found.words) == (
        False,
        "It is paused now, and nobody can tell whether it was deleted: No answer.",
    )
    before = [one["before"]["status"] for one in world.store.journal.unwritten if one["outcome"] != "asked"]
    assert before == ["active", "inactive"], "the delete is asked for as the pause left the timer"


async def test_a_pause_before_a_delete_that_got_lost_keeps_the_delete_back() -> None:
    world = await ready(a_job())
    world.jobs.errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Failed)
    assert (found.rolled_back, found.words) == (
        False,
        "It could not be paused first, so it was not deleted: No answer.",
    )
    assert "delete_job" not in world.jobs.calls


async def test_a_pause_before_a_delete_that_nobody_could_look_at_goes_on_when_the_service_said_yes() -> None:
    world = await ready(a_job())
    world.jobs.errors["get_job"] = [None, ConnectionFailed("No network.", maybe_processed=False)]
    found = await world.store.operate(Delete(ONE))
    assert isinstance(found, Done)
    assert (found.words, found.job, found.confirmed, found.changed) == ("Deleted.", None, True, True)


async def test_a_timer_that_is_gone_is_not_touched_and_leaves_the_list() -> None:
    world = await ready(a_job())
    world.jobs.jobs.clear()
    found = await world.store.operate(Rename(ONE, "x"))
    assert found == Refused("This timer does not exist any more.")
    assert ONE not in world.store.states


async def test_a_lost_answer_after_which_somebody_is_signed_out_leaves_it_open() -> None:
    world = await ready(a_job())
    world.jobs.errors["pause_job"] = [refused(401)]
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, operations.SignedOut)
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT
    world = await ready(a_job())
    error = SignedOut("The sign-in was withdrawn.")
    error.sent_before = True
    world.jobs.errors["pause_job"] = [error]
    lost = await world.store.operate(Pause(ONE))
    assert isinstance(lost, Failed)
    assert not lost.rolled_back
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT


async def test_what_was_done_is_shown_with_the_timer_as_it_is_now() -> None:
    world = await ready(a_job())
    found = await world.store.operate(Pause(ONE))
    assert isinstance(found, Done)
    assert found.job == world.store.states[ONE].job
    assert (found.words, found.confirmed, found.note, found.changed) == ("Paused.", True, None, True)
    again = await world.store.operate(Pause(ONE))
    assert isinstance(again, Done)
    assert again == Done("It was paused already.", found.job, confirmed=True, note=None, changed=False)


async def test_a_rename_that_the_timer_does_not_show_is_said_so() -> None:
    world = await ready(a_job())

    async def says_yes(job_id: str, *, name: str) -> None:
        del job_id, name

    world.jobs.update_job = says_yes  # type: ignore[assignment,method-assign]
    found = await world.store.operate(Rename(ONE, "x"))
    assert isinstance(found, Done)
    assert not found.confirmed
    assert found.words.endswith("the timer does not show it yet.")


# --- what the store says of itself


async def test_counts_are_of_every_timer_and_none_before_the_first_answer() -> None:
    world = World(a_job("one"), paused(a_job("two")))
    assert world.store.count_words() is None
    await world.store.refresh()
    counts = world.store.count_words()
    assert counts is not None
    assert {word: count for word, count in counts.items() if count} == {Word.OK: 1, Word.PAUSED: 1}


async def test_what_is_kept_for_the_next_session_has_no_change_under_way() -> None:
    failed = Task("t1", TaskStatus.FAILED)
    runs = [a_run(NOON, "t2"), a_run(NOON - HOUR, "t1")]
    world = World(a_job(runs=runs), tasks=[failed, Task("t2", TaskStatus.ACTIVE)])
    assert world.store.to_cache("me") is None
    await world.store.refresh()
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    kept = world.store.to_cache("me")
    gate.open.set()
    await pausing
    assert kept is not None
    assert (kept.label, kept.at) == ("me", NOON)
    assert [row.pending for row in kept.rows] == [None]
    assert kept.tasks == (failed,), "what still goes on is asked for again"
    assert set(kept.collections) == {"from-there", "to-here"}
    assert sum(kept.counts.values()) == 1


async def test_a_look_at_lost_requests_is_planned_only_while_it_could_be_made() -> None:
    world = World(a_job())
    world.jobs.errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    await world.store.refresh()
    world.store.refresher.set_interval(0)
    await world.store.operate(Pause(ONE))
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.kind is WakeKind.LOOK
    world.jobs.errors["list_jobs"] = [refused(401)]
    await world.store.refresh()
    wake = world.store.next_wake()
    assert wake is None or wake.kind is not WakeKind.LOOK
    calls = list(world.jobs.calls)
    world.later(60)
    assert await world.store.close_requests() == ()
    assert world.jobs.calls == calls
    world.store.refresher.signed_in()
    world.jobs.errors["list_jobs"] = [refused(401)]
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT, "nobody has just signed in"


async def test_what_people_decided_is_known_by_timer() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    await world.store.decide(["one"], note="ask Kim")
    assert {job_id: orders.note for job_id, orders in world.store.decisions.items()} == {"one": "ask Kim"}
    assert (world.store.orders("one").note, world.store.orders("two").note) == ("ask Kim", "")
    await world.store.hand_on("one", "two")
    assert {job_id: orders.note for job_id, orders in world.store.decisions.items() if orders.note} == {
        "two": "ask Kim"
    }
    await world.store.look_into_ledger()
    assert world.store.ledger_problem is None


async def test_what_is_decided_about_very_many_is_judged_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"t{number}" for number in range(30)]
    world = World(*map(a_job, ids))
    await world.store.refresh()
    turn, judged_in, as_it_was = 0, Counter[int](), Board._judged

    def judged(board: Board, job_id: JobId) -> Row:
        judged_in[turn] += 1
        return as_it_was(board, job_id)

    async def take_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(Board, "_judged", judged)
    monkeypatch.setattr("globus_tui.store.board.ORDERED_AT_ONCE", 10)
    others = asyncio.create_task(take_turns())
    await world.store.decide(ids, good_within=60.0)
    others.cancel()
    assert max(judged_in.values()) <= 10
    assert sum(judged_in.values()) == len(ids)
    assert all(state.health.word is Word.OVERDUE for state in world.store.states.values())
