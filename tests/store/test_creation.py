"""Creating timers and transfers on the real clients, against the facility."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.draft import What
from globus_tui.domain.same_timer import differences
from globus_tui.domain.schedule import RecurringSchedule
from globus_tui.domain.typed_schedules import parse_schedule
from globus_tui.store.creation_outcome import Created, NotCreated, Submitted, Unconfirmed
from globus_tui.store.outcome import NeedsConsent, SignedOut
from tests.store.workbench import NOON, SCRATCH, Workbench, nightly, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


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


async def test_a_timer_that_arrives_late_is_found_before_it_is_created_again(bench: Workbench) -> None:
    bench.fault("/v2/timer", "hang")
    first = await bench.creator.create(nightly())
    assert isinstance(first, Unconfirmed)
    assert first.looked
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
    assert not found.looked
    bench.calm()
    later = await bench.creator.look_again(found.attempt, found.draft)
    assert isinstance(later, Created)
    assert len(bench.named("a new mirror")) == 1


async def test_weekdays_become_five_timers_and_one_lost_answer_changes_nothing(bench: Workbench) -> None:
    members = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
    draft = replace(nightly("week"), schedule=members[0].schedule, group=members)
    bench.fault("/v2/timer", "lose", skip=2)
    found = await bench.creator.create_group(draft)
    assert found.stopped_by is None
    assert [one.job.name for one in found.made] == [f"week ({one.suffix})" for one in members]
    assert sum((one.name or "").startswith("week (") for one in bench.app.sandbox.timers.values()) == 5


async def test_a_group_that_stopped_goes_on_where_it_was(bench: Workbench) -> None:
    members = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
    draft = replace(nightly("week"), schedule=members[0].schedule, group=members)
    bench.fault("/v2/timer", "reset", skip=2)
    first = await bench.creator.create_group(draft)
    assert len(first.made) == 2
    assert isinstance(first.stopped_by, Unconfirmed)
    rest = await bench.creator.create_group(draft, after=first.stopped_by.attempt)
    assert [one.job.name for one in rest.made] == [f"week ({one.suffix})" for one in members]
    assert [one.found_again for one in rest.made] == [True, True, False, False, False]
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
    assert [one.job.name for one in second.made] == [f"week ({one.suffix})" for one in late]
    assert [job.name for job in second.others] == ["week (sat 18:00)"]


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
    assert found.duplicate == (kind == "lose")


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
