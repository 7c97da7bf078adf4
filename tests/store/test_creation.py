"""Creating timers and transfers on the real clients, against the facility."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import GlobusTuiError, TimedOut, TimersAPIError
from globus_tui.domain.errors import SignedOut as SignedOutError
from globus_tui.domain.making.draft import What
from globus_tui.domain.making.new_timer import differences
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.timer.job import JobReading
from globus_tui.store.creation import Attempt, Created, CreationServices, Creator, NotCreated, Submitted, Unconfirmed
from globus_tui.store.journal import Journal, Recorder
from globus_tui.store.open_requests import OpenRequests
from globus_tui.store.operations import NeedsConsent, SignedOut
from tests.store.workbench import NOON, SCRATCH, Workbench, nightly, no_waiting, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.making.new_timer import NewTimer
    from globus_tui.domain.schedule.calendar_groups import GroupMember
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.task import Submission


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with workbench() as made:
        yield made


async def test_a_nightly_mirror_is_created_as_drafted(bench: Workbench) -> None:
    draft = nightly()
    made = await bench.creator.create(draft)
    assert isinstance(made, Created)
    assert not made.found_again
    (timer,) = bench.named("a new mirror")
    assert made.job.job_id == timer.job_id
    again = await bench.timers.get_job(made.job.job_id)
    assert differences(draft.to_timer(), again.job) == ()
    entry = bench.journal.unwritten[-1]
    assert (entry["what"], entry["outcome"], entry["timer"]["id"]) == ("create", "done", timer.job_id)


async def test_a_missing_consent_is_asked_for_before_anything_is_sent(bench: Workbench) -> None:
    bench.consents.missing.add(SCRATCH)
    asked = await bench.creator.create(nightly())
    assert isinstance(asked, NeedsConsent)
    assert SCRATCH in asked.gare.required_scopes[0]
    assert bench.asked("POST", "/v2/timer") == 0
    assert isinstance(await bench.creator.create(nightly(), check_consents=False), Created)


async def test_consents_that_cannot_be_looked_up_do_not_stand_in_the_way(bench: Workbench) -> None:
    bench.consents.answer = None
    check = await bench.creator.check_consents(nightly())
    assert (check.missing, len(check.unknown)) == ((), 2)
    assert isinstance(await bench.creator.create(nightly()), Created)


async def test_a_refusal_stands_beside_the_field_that_it_is_about(bench: Workbench) -> None:
    draft = nightly()
    wrong = replace(
        draft,
        schedule=RecurringSchedule(timedelta(seconds=30), NOON + timedelta(days=800)),
        transfer=replace(draft.transfer, items=(), destination_endpoint="not an id"),
    )
    found = await bench.creator.create(wrong, check_consents=False)
    assert isinstance(found, NotCreated)
    assert {one.field for one in found.problems} == {"interval", "start", "items", "destination"}
    assert bench.named("a new mirror") == []


async def test_a_refusal_about_the_rate_is_about_the_interval(bench: Workbench) -> None:
    bench.app.sandbox.timer_budget = 0.0
    found = await bench.creator.create(nightly())
    assert isinstance(found, NotCreated)
    assert [one.field for one in found.problems] == ["interval"]


async def test_nothing_is_sent_when_the_timers_cannot_be_read_first(bench: Workbench) -> None:
    bench.fault("/jobs/", "reset", times=None)
    found = await bench.creator.create(nightly())
    assert isinstance(found, NotCreated)
    assert "Nothing was sent" in found.words
    assert bench.asked("POST", "/v2/timer") == 0


async def test_an_unfinished_draft_is_refused_here(bench: Workbench) -> None:
    found = await bench.creator.create(replace(nightly(), schedule=None))
    assert isinstance(found, NotCreated)
    assert "when" in found.words


async def test_a_refused_token_leaves_the_draft_and_asks_to_sign_in(bench: Workbench) -> None:
    await bench.timers.list_jobs()
    body = {"error": {"code": "AUTHENTICATION_ERROR", "detail": "bad token", "status": 401}}
    bench.fault("/v2/timer", "answer", times=None, status=401, body=body)
    assert isinstance(await bench.creator.create(nightly()), SignedOut)


async def test_the_attempt_is_made_known_before_it_leaves(bench: Workbench) -> None:
    bench.fault("/v2/timer", "hang")
    found = await bench.creator.create(nightly())
    ((attempt, draft),) = bench.attempts
    assert isinstance(found, Unconfirmed)
    assert found.attempt == attempt
    assert (attempt.sent_at, draft) == (NOON, nightly())


@pytest.mark.parametrize("what", [What.TRANSFER_TIMER, What.TRANSFER_NOW])
async def test_what_was_refused_is_not_looked_for_any_more(bench: Workbench, what: What) -> None:
    told: list[Attempt | None] = []
    services = CreationServices(bench.timers, bench.transfers, bench.transfers, bench.consents)
    creator = Creator(services, bench.recorder, bench.clock.now, sending=lambda attempt, _: told.append(attempt))
    for path in ("/v2/timer", "/v0.10/transfer"):
        bench.fault(path, "answer", **REFUSED)
    assert isinstance(await creator.create(nightly(what=what)), NotCreated)
    assert [attempt is not None for attempt in told] == [True, False]


async def test_a_timer_that_arrives_late_is_found_before_it_is_created_again(bench: Workbench) -> None:
    bench.fault("/v2/timer", "hang")
    first = await bench.creator.create(nightly())
    assert isinstance(first, Unconfirmed)
    assert first.list_was_read
    await bench.timers.create_timer(nightly().to_timer())  # the request was only slow
    second = await bench.creator.create(first.draft, after=first.attempt)
    assert isinstance(second, Created)
    assert second.found_again
    assert len(bench.named("a new mirror")) == 1


async def test_an_equal_timer_of_before_is_not_taken_for_the_new_one(bench: Workbench) -> None:
    assert isinstance(await bench.creator.create(nightly()), Created)
    bench.fault("/v2/timer", "reset")
    assert isinstance(await bench.creator.create(nightly()), Unconfirmed)


async def test_nobody_can_tell_when_the_list_cannot_be_read_either(bench: Workbench) -> None:
    bench.fault("/v2/timer", "lose")
    bench.fault("/jobs/", "reset", skip=1, times=None)
    found = await bench.creator.create(nightly())
    assert isinstance(found, Unconfirmed)
    assert not found.list_was_read
    bench.calm()
    assert "cannot be read either" in found.words
    assert found.words.startswith(str(found.error))
    later = await bench.creator.look_again(found.attempt, found.draft)
    assert isinstance(later, Created)
    assert len(bench.named("a new mirror")) == 1


async def test_a_timer_that_came_twice_is_told_with_the_number_of_them(bench: Workbench) -> None:
    lost = await creator_with(bench, ListAppearing(bench, LOST, None)).create(nightly())
    assert isinstance(lost, Unconfirmed)
    words = []
    for _ in range(2):
        await bench.timers.create_timer(nightly().to_timer())
        found = await bench.creator.look_again(lost.attempt, nightly())
        assert isinstance(found, Created)
        words.append(found.words)
    told = "The answer was lost, but a new mirror was created."
    assert words == [told, f"{told} There are 2 of them now."]


async def test_timers_that_were_read_just_now_are_not_read_once_more(bench: Workbench) -> None:
    there = await bench.timers.list_jobs()
    read = bench.asked("GET", "/jobs/")
    assert isinstance(await bench.creator.create(nightly(), jobs=there), Created)
    assert bench.asked("GET", "/jobs/") == read
    assert bench.attempts[0][0].known_ids == {job.job_id for job in there}
    assert isinstance(await bench.creator.create(nightly()), Created)
    assert bench.asked("GET", "/jobs/") == read + 1


async def test_an_answer_that_cannot_be_understood_is_looked_into(bench: Workbench) -> None:
    class Unreadable(ListAppearing):
        async def create_timer(self, timer: NewTimer) -> JobReading:
            made = await self._bench.timers.create_timer(timer)
            return JobReading(replace(made.job, unreadable="no schedule"), {})

    found = await creator_with(bench, Unreadable(bench, LOST, None)).create(nightly())
    assert isinstance(found, Created)
    assert found.found_again
    (entry,) = await bench.journal.entries()
    assert (entry["outcome"], entry["after"]) == ("done", None)
    assert "cannot be understood: no schedule" in entry["error"]


async def test_collections_that_cannot_be_looked_up_keep_the_request_back(bench: Workbench) -> None:
    bench.fault("/v0.10/endpoint/*", "reset", times=None)
    found = await bench.creator.create(nightly())
    assert isinstance(found, NotCreated)
    assert found.words.startswith("Nothing was sent: the collections could not be looked up: ")
    assert bench.asked("POST", "/v2/timer") == 0


async def test_nobody_to_ask_about_consents_leaves_them_unknown(bench: Workbench) -> None:
    services = CreationServices(bench.timers, bench.transfers, bench.transfers)
    check = await Creator(services, bench.recorder, bench.clock.now).check_consents(nightly())
    assert (check.missing, len(check.unknown)) == ((), 2)


async def test_that_changes_are_not_written_down_is_said_with_what_was_made_and_not_before(
    bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    recorder = Recorder(Journal(tmp_path / "file" / "journal.jsonl"), bench.clock.now)
    services = CreationServices(bench.timers, bench.transfers, bench.transfers, bench.consents)
    creator = Creator(services, recorder, bench.clock.now, sleep=no_waiting)
    bench.fault("/v2/timer", "answer", status=422, body={"detail": []})
    refused = await creator.create(nightly())
    assert isinstance(refused, NotCreated)
    made, again = await creator.create(nightly("one")), await creator.create(nightly("two"))
    assert isinstance(made, Created)
    assert isinstance(again, Created)
    assert made.note is not None
    assert made.note.endswith("Changes are recorded only until this program ends.")
    assert again.note is None


async def test_weekdays_become_five_timers_and_one_lost_answer_changes_nothing(bench: Workbench) -> None:
    members = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
    draft = replace(nightly("week"), schedule=members[0].schedule, group=members)
    bench.fault("/v2/timer", "lose", skip=2)
    found = await bench.creator.create_group(draft)
    assert found.stopped_by is None
    assert [one.job.name for one in found.created] == [f"week ({one.suffix})" for one in members]
    assert sum((one.name or "").startswith("week (") for one in bench.app.sandbox.timers.values()) == 5


async def test_a_group_that_stopped_goes_on_where_it_was(bench: Workbench) -> None:
    members = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
    draft = replace(nightly("week"), schedule=members[0].schedule, group=members)
    bench.fault("/v2/timer", "reset", skip=2)
    first = await bench.creator.create_group(draft)
    assert len(first.created) == 2
    assert isinstance(first.stopped_by, Unconfirmed)
    early = await bench.creator.create_group(draft, after=first.stopped_by.attempt)
    assert isinstance(early.stopped_by, Unconfirmed), "the third may still arrive"
    rest = await bench.creator.create_group(draft, after=first.stopped_by.attempt, again=True)
    assert [one.job.name for one in rest.created] == [f"week ({one.suffix})" for one in members]
    assert [one.found_again for one in rest.created] == [True, True, False, False, False]
    assert sum((one.name or "").startswith("week (") for one in bench.app.sandbox.timers.values()) == 5


async def test_what_was_made_of_a_group_before_its_draft_was_changed_is_told(bench: Workbench) -> None:
    zone = ZoneInfo("America/Chicago")
    early, late = (parse_schedule(f"weekends {hour}:00", NOON, zone).members for hour in (18, 19))
    bench.fault("/v2/timer", "answer", skip=1, status=422, body={"detail": []})
    first = await bench.creator.create_group(replace(nightly("week"), schedule=early[0].schedule, group=early))
    assert isinstance(first.stopped_by, NotCreated)
    changed = replace(nightly("week"), schedule=late[0].schedule, group=late)
    second = await bench.creator.create_group(changed, after=bench.attempts[-1][0])
    assert second.stopped_by is None
    assert [one.job.name for one in second.created] == [f"week ({one.suffix})" for one in late]
    assert [job.name for job in second.others] == ["week (sat 18:00)"]


def days(members: Sequence[GroupMember]) -> Draft:
    return replace(nightly("week"), schedule=members[0].schedule, group=tuple(members))


WEEKDAYS = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
REFUSED: dict[str, Any] = {"status": 422, "body": {"detail": []}}


async def test_what_is_there_already_is_told_though_the_first_of_a_group_is_refused_now(bench: Workbench) -> None:
    bench.fault("/v2/timer", "answer", skip=3, **REFUSED)
    await bench.creator.create_group(days(WEEKDAYS[1:]))
    stopped = bench.attempts[-1][0]
    assert stopped.timer is None
    bench.fault("/v2/timer", "answer", **REFUSED)
    found = await bench.creator.create_group(days([WEEKDAYS[0], *WEEKDAYS[2:]]), after=stopped)
    assert isinstance(found.stopped_by, NotCreated)
    assert [one.job.name for one in found.created] == [f"week ({one.suffix})" for one in WEEKDAYS[2:4]]
    assert [job.name for job in found.others] == [f"week ({WEEKDAYS[1].suffix})"]
    assert bench.attempts[-1][0] == replace(stopped, group=(*stopped.group, *bench.attempts[-1][1].to_timers()[:1]))


async def test_a_group_whose_last_request_is_long_past_goes_on_without_a_question(bench: Workbench) -> None:
    bench.fault("/v2/timer", "reset", skip=2)
    first = await bench.creator.create_group(days(WEEKDAYS))
    assert isinstance(first.stopped_by, Unconfirmed)
    bench.clock.advance(599)
    early = await bench.creator.create_group(days(WEEKDAYS), after=first.stopped_by.attempt)
    assert isinstance(early.stopped_by, Unconfirmed)
    assert (early.stopped_by.list_was_read, len(early.created)) == (True, 2)
    assert early.stopped_by.words == (
        "No answer came. The timer is not in your list, but the request may still arrive: look again before repeating."
    )
    bench.clock.advance(1)
    late = await bench.creator.create_group(days(WEEKDAYS), after=first.stopped_by.attempt)
    assert (late.stopped_by, len(late.created)) == (None, 5)


async def test_a_group_that_needs_a_consent_first_says_what_is_there_already(bench: Workbench) -> None:
    bench.fault("/v2/timer", "answer", skip=2, **REFUSED)
    await bench.creator.create_group(days(WEEKDAYS))
    stopped = bench.attempts[-1][0]
    bench.consents.missing.add(SCRATCH)
    found = await bench.creator.create_group(days(WEEKDAYS), after=stopped)
    assert isinstance(found.stopped_by, NeedsConsent)
    assert [one.job.name for one in found.created] == [f"week ({one.suffix})" for one in WEEKDAYS[:2]]
    assert bench.asked("POST", "/v2/timer") == 3
    two = await bench.creator.create_group(days(WEEKDAYS[:2]), after=stopped)
    assert two.stopped_by is None, "nothing is to be sent, so nothing is wanted"
    rest = await bench.creator.create_group(days(WEEKDAYS), after=stopped, check_consents=False)
    assert (rest.stopped_by, len(rest.created)) == (None, 5)


async def test_a_group_made_of_a_transfer_that_was_lost_is_made_as_any_other(bench: Workbench) -> None:
    lost = Attempt(NOON, submission_id="an-id")
    found = await bench.creator.create_group(days(WEEKDAYS[:2]), after=lost)
    assert (found.stopped_by, len(found.created)) == (None, 2)


async def test_a_group_is_not_sent_while_the_timers_cannot_be_read(bench: Workbench) -> None:
    bench.fault("/v2/timer", "reset", skip=2)
    first = await bench.creator.create_group(days(WEEKDAYS))
    assert isinstance(first.stopped_by, Unconfirmed)
    after = first.stopped_by.attempt
    bench.fault("/jobs/", "reset", times=None)
    new = await bench.creator.create_group(days(WEEKDAYS))
    assert isinstance(new.stopped_by, NotCreated)
    assert new.stopped_by.words.startswith("Nothing was sent: your timers could not be read: ")
    again = await bench.creator.create_group(days(WEEKDAYS), after=after)
    assert isinstance(again.stopped_by, Unconfirmed)
    assert (again.stopped_by.attempt, again.stopped_by.list_was_read, again.created) == (after, False, ())
    assert "cannot be read either" in again.stopped_by.words
    bench.calm()
    gare = Gare("ConsentRequired", ("a-scope",))
    for error, answer in (
        (SignedOutError("Gone."), SignedOut),
        (TimersAPIError("No.", service="timer", status=403, gare=gare), NeedsConsent),
    ):
        creator = creator_with(bench, ListRefused(bench, error, None))
        assert isinstance((await creator.create_group(days(WEEKDAYS), after=after)).stopped_by, answer)


async def test_an_unfinished_group_is_refused_here(bench: Workbench) -> None:
    found = await bench.creator.create_group(replace(nightly(), schedule=None))
    assert isinstance(found.stopped_by, NotCreated)
    assert bench.asked("GET", "/jobs/") == 0


async def test_a_group_is_not_made_twice_by_a_key_pressed_twice(bench: Workbench) -> None:
    members = parse_schedule("weekends 18:00", NOON, ZoneInfo("America/Chicago")).members
    draft = replace(nightly("week"), schedule=members[0].schedule, group=members)
    _, second = await asyncio.gather(bench.creator.create_group(draft), bench.creator.create_group(draft))
    assert isinstance(second.stopped_by, NotCreated)
    assert sum((one.name or "").startswith("week (") for one in bench.app.sandbox.timers.values()) == 2


@pytest.mark.parametrize("kind", ["lose", "reset", "hang"])
async def test_a_transfer_runs_once_however_often_its_answer_is_lost(bench: Workbench, kind: str) -> None:
    before = len(bench.app.sandbox.tasks)
    bench.fault("/v0.10/transfer", kind, times=9)
    found = await bench.creator.create(nightly(what=What.TRANSFER_NOW))
    for _ in range(5):
        if isinstance(found, Submitted):
            break
        assert isinstance(found, Unconfirmed)
        found = await bench.creator.create(nightly(what=What.TRANSFER_NOW), after=found.attempt)
    assert isinstance(found, Submitted)
    assert len(bench.app.sandbox.tasks) == before + 1
    assert found.words == ("It was under way already." if kind == "lose" else "The transfer is under way.")
    entries = await bench.journal.entries()
    assert [one["outcome"] for one in entries] == [*["unknown"] * (len(entries) - 1), "done"]
    assert entries[-1]["task"] == {"id": found.task_id}


async def test_a_transfer_without_an_answer_is_handed_in_again_instead_of_looked_for(bench: Workbench) -> None:
    bench.fault("/v0.10/transfer", "hang", times=9)
    found = await bench.creator.create(nightly(what=What.TRANSFER_NOW))
    assert isinstance(found, Unconfirmed)
    assert not found.list_was_read
    assert found.words.startswith(str(found.error))
    assert found.draft.transfer.submission_id == found.attempt.submission_id is not None
    assert bench.attempts == [(found.attempt, found.draft)]
    read = bench.asked("GET", "/jobs/")
    again = await bench.creator.look_again(found.attempt, found.draft)
    assert isinstance(again, Unconfirmed)
    assert (again.list_was_read, again.attempt) == (False, found.attempt)
    assert "Hand it in again" in again.words
    assert bench.asked("GET", "/jobs/") == read


@pytest.mark.parametrize(
    ("path", "words"), [("/v0.10/submission_id", "Nothing was sent: "), ("/v0.10/transfer", "It was not started: ")]
)
async def test_a_transfer_that_is_refused_is_not_started(bench: Workbench, path: str, words: str) -> None:
    tasks = len(bench.app.sandbox.tasks)
    body = {"code": "ServiceUnavailable.Nope", "message": "No.", "request_id": "r"}
    bench.fault(path, "answer", status=409, body=body)
    found = await bench.creator.create(nightly(what=What.TRANSFER_NOW))
    assert isinstance(found, NotCreated)
    assert found.words.startswith(words)
    assert len(bench.app.sandbox.tasks) == tasks
    assert [one["outcome"] for one in await bench.journal.entries()] == (["refused"] if "not started" in words else [])


async def test_a_consent_that_transfer_itself_asks_for_is_passed_on(bench: Workbench) -> None:
    scope = f"urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{SCRATCH}/data_access]"
    body = {"code": "ConsentRequired", "message": "Missing consent", "required_scopes": [scope], "request_id": "r"}
    bench.fault("/v0.10/transfer", "answer", status=403, body=body)
    found = await bench.creator.create(nightly(what=What.TRANSFER_NOW))
    assert isinstance(found, NeedsConsent)
    assert found.gare.required_scopes == (scope,)
    assert isinstance(await bench.creator.create(nightly(what=What.TRANSFER_NOW), check_consents=False), Submitted)


async def test_a_key_pressed_twice_makes_one_timer(bench: Workbench) -> None:
    first, second = await asyncio.gather(bench.creator.create(nightly()), bench.creator.create(nightly()))
    assert isinstance(first, Created)
    assert isinstance(second, NotCreated)
    assert len(bench.named("a new mirror")) == 1


# --- answers that are lost


class ListAppearing:
    """Timers whose creation is carried out without an answer, and seen only after so many readings of the list."""

    def __init__(self, bench: Workbench, error: GlobusTuiError, seen_after: int | None) -> None:
        self._bench, self._error, self._seen_after = bench, error, seen_after
        self._timer: NewTimer | None = None
        self.readings = 0

    async def create_timer(self, timer: NewTimer) -> JobReading:
        self._timer = timer
        raise self._error

    async def list_jobs(self) -> tuple[Job, ...]:
        if self._timer is not None:
            self.readings += 1
            if self.readings == self._seen_after:
                await self._bench.timers.create_timer(self._timer)
        return await self._bench.timers.list_jobs()


class ListRefused(ListAppearing):
    async def list_jobs(self) -> tuple[Job, ...]:
        raise self._error


def creator_with(bench: Workbench, timers: ListAppearing, **more: Any) -> Creator:
    async def counted(seconds: float) -> None:
        bench.waits.append(seconds)

    services = CreationServices(timers, bench.transfers, bench.transfers, bench.consents)
    return Creator(services, bench.recorder, bench.clock.now, sleep=counted, **more)


LOST = TimedOut("No answer.", maybe_processed=True)


@pytest.mark.parametrize("look", [1, 2, 3])
async def test_after_a_lost_answer_it_is_looked_for_three_times(bench: Workbench, look: int) -> None:
    timers = ListAppearing(bench, LOST, look)
    bench.waits.clear()
    found = await creator_with(bench, timers).create(nightly())
    assert isinstance(found, Created)
    assert found.found_again
    assert [wait for wait in bench.waits if wait in (0.0, 1.0, 3.0)] == [0.0, 1.0, 3.0][:look]


async def test_after_the_third_look_the_user_is_asked(bench: Workbench) -> None:
    timers = ListAppearing(bench, LOST, 4)
    found = await creator_with(bench, timers).create(nightly())
    assert isinstance(found, Unconfirmed)
    assert found.list_was_read
    assert timers.readings == 3


async def test_an_answer_that_wants_something_first_is_no_lost_one(bench: Workbench) -> None:
    error = TimersAPIError("No.", service="timer", status=502, gare=Gare("ConsentRequired", ("a-scope",)))
    timers = ListAppearing(bench, error, None)
    found = await creator_with(bench, timers).create(nightly())
    assert isinstance(found, NeedsConsent)
    assert timers.readings == 0
    (entry,) = await bench.journal.entries()
    assert (entry["what"], entry["outcome"]) == ("create", "refused")


@pytest.mark.parametrize("what", [What.TRANSFER_TIMER, What.TRANSFER_NOW])
async def test_a_creation_that_is_cut_off_is_in_the_journal(bench: Workbench, what: What) -> None:
    reached = asyncio.Event()

    class Hanging(ListAppearing):
        async def create_timer(self, timer: NewTimer) -> JobReading:
            reached.set()
            await asyncio.Event().wait()
            raise AssertionError

        async def submission_id(self) -> str:
            return "an-id"

        async def submit_transfer(self, data: object) -> Submission:
            reached.set()
            await asyncio.Event().wait()
            raise AssertionError

    hanging = Hanging(bench, LOST, None)
    creator = Creator(CreationServices(hanging, hanging, bench.transfers), bench.recorder, bench.clock.now)
    creating = asyncio.create_task(creator.create(nightly(what=what)))
    await reached.wait()
    (asked,) = await bench.journal.entries()
    assert asked["outcome"] == "asked"
    creating.cancel()
    await asyncio.gather(creating, return_exceptions=True)
    (entry,) = await bench.journal.entries()
    assert (entry["request"], entry["outcome"], entry["error"]) == (asked["request"], "unknown", "interrupted")
    assert not bench.journal.under_way


# --- after a restart


async def test_a_draft_that_was_edited_is_not_taken_for_the_timer_that_was_made(bench: Workbench) -> None:
    found = await creator_with(bench, ListAppearing(bench, LOST, 4)).create(nightly())
    assert isinstance(found, Unconfirmed)
    edited = replace(nightly(), name="another name")
    assert isinstance(await bench.creator.look_again(found.attempt, edited), Unconfirmed)
    await bench.timers.create_timer(nightly().to_timer())  # it arrived
    for again in (
        await bench.creator.create(edited, after=found.attempt),
        await bench.creator.look_again(found.attempt, edited),
    ):
        assert isinstance(again, NotCreated)
        assert "a new mirror was created after all" in again.words
        assert "of that nothing was sent" in again.words
    assert bench.named("another name") == []
    unfinished = await bench.creator.look_again(found.attempt, replace(nightly(), schedule=None))
    assert isinstance(unfinished, NotCreated)
    assert isinstance(await bench.creator.create(edited), Created)
    same = await bench.creator.create(nightly(), after=found.attempt)
    assert isinstance(same, Created)
    assert len(bench.named("a new mirror")) == 1


async def test_while_the_first_request_may_still_arrive_no_second_one_is_sent_unasked(bench: Workbench) -> None:
    lost = await creator_with(bench, ListAppearing(bench, LOST, None)).create(nightly())
    assert isinstance(lost, Unconfirmed)
    read = bench.asked("GET", "/jobs/")
    soon = await bench.creator.create(nightly(), after=lost.attempt)
    assert isinstance(soon, Unconfirmed)
    assert str(soon.error) == "No answer came."
    assert bench.asked("GET", "/jobs/") == read + 1, "later on a single look will do"
    assert bench.named("a new mirror") == []
    assert isinstance(await bench.creator.create(nightly(), after=lost.attempt, again=True), Created)


async def test_a_request_without_an_answer_stays_known_where_the_next_one_is_refused(bench: Workbench) -> None:
    told: list[Attempt | None] = []

    def sending(attempt: Attempt | None, draft: Draft) -> None:
        told.append(attempt)

    lost = await creator_with(bench, ListAppearing(bench, LOST, None)).create(nightly())
    assert isinstance(lost, Unconfirmed)
    services = CreationServices(bench.timers, bench.transfers, bench.transfers, bench.consents)
    creator = Creator(services, bench.recorder, bench.clock.now, sleep=no_waiting, sending=sending)
    bench.fault("/v2/timer", "answer", status=422, body={"detail": []})
    refused = await creator.create(nightly(), after=lost.attempt, again=True)
    assert isinstance(refused, NotCreated)
    assert refused.words.endswith(
        "What was sent before it may still arrive: that is looked for before anything is sent again."
    )
    assert told[-1] == lost.attempt
    arrived = await bench.timers.create_timer(nightly().to_timer())  # it does
    found = await creator.create(nightly(), after=told[-1])
    assert isinstance(found, Created)
    assert (found.job.job_id, found.found_again) == (arrived.job.job_id, True)
    assert len(bench.named("a new mirror")) == 1
    bench.clock.advance(3600)
    bench.fault("/v2/timer", "answer", status=422, body={"detail": []})
    late = await creator.create(nightly("another"), after=replace(lost.attempt, timer=nightly("another").to_timer()))
    assert isinstance(late, NotCreated)
    assert told[-1] is None, "nothing of it can arrive any more"


async def test_when_it_is_late_it_is_sent_without_another_question(bench: Workbench) -> None:
    lost = await creator_with(bench, ListAppearing(bench, LOST, None)).create(nightly())
    assert isinstance(lost, Unconfirmed)
    bench.clock.advance(600)
    assert isinstance(await bench.creator.create(nightly(), after=lost.attempt), Created)


async def test_a_killed_creation_is_found_and_closed_at_the_next_start(bench: Workbench, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    recorder = Recorder(journal, bench.clock.now)
    draft = nightly()
    subject = {"timer": {"id": None, "name": draft.name}, "asked": draft.to_timer().to_document(), "twins": []}
    async with recorder.asking("create", subject):
        await bench.timers.create_timer(draft.to_timer())
        copied = (tmp_path / "journal.jsonl").read_bytes()  # killed here
    killed = tmp_path / "killed.jsonl"
    killed.write_bytes(copied)
    later = Journal(killed)
    bench.clock.advance(5)
    (closed,) = await OpenRequests(later, bench.timers, bench.transfers, bench.clock.now).look()
    assert (closed.what, closed.effect) == ("create", True)
    (entry,) = await later.entries()
    (timer,) = bench.named("a new mirror")
    assert (entry["outcome"], entry["timer"]["id"], entry["closed"]) == ("done", timer.job_id, True)


async def test_a_twin_that_was_there_before_is_not_taken_for_it(bench: Workbench) -> None:
    twin = await bench.creator.create(nightly())
    assert isinstance(twin, Created)
    await creator_with(bench, ListAppearing(bench, LOST, None)).create(nightly())
    looking = OpenRequests(bench.journal, bench.timers, bench.transfers, bench.clock.now)
    bench.clock.advance(5)
    assert await looking.look() == ()
    bench.clock.advance(660)
    assert [one.effect for one in await looking.look()] == [False]
