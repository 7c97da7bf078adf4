"""Which timer came of a request whose answer was lost: the same in all that was asked for, and not there before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.new_timer import (
    CLOCKS_APART,
    LOOK_BACK,
    FlowTimer,
    TimerJob,
    TransferTimer,
    differences,
    find_created,
    same_schedule,
    with_defaults,
)
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, schedule_document
from globus_tui.domain.timer.job import FlowStart, Job, JobId, JobStatus
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData
from tests.domain.samples import DAY, DESTINATION, HOUR, NOW, SOURCE, START

SECOND = timedelta(seconds=1)
DATA = TransferData(SOURCE, DESTINATION, label="copies")
NIGHTLY = RecurringSchedule(DAY, START)
WANTED = TransferTimer(DATA, NIGHTLY, "mirror")
FLOW = FlowTimer("f1", {"body": {"path": "/a/"}}, NIGHTLY, "mirror")


def made(job_id: str = "new", **changes: Any) -> Job:
    job = Job(JobId(job_id), "mirror", JobStatus.ACTIVE, schedule=NIGHTLY, submitted_at=NOW, payload=DATA)
    return replace(job, **changes)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"name": "another"}, ("name",)),
        ({"name": None}, ("name",)),
        ({"schedule": RecurringSchedule(HOUR, START)}, ("schedule",)),
        ({"schedule": None}, ("schedule",)),
        ({"payload": None}, ("body",)),
        ({"payload": FlowStart("f1", {})}, ("body",)),
        ({"payload": replace(DATA, label="others")}, ("label",)),
        (
            {"payload": replace(DATA, verify_checksum=True, sync_level=SyncLevel.CHECKSUM)},
            ("sync_level", "verify_checksum"),
        ),
        (
            {"payload": replace(DATA, verify_checksum=False, notify_on_failed=True, submission_id="s", extra={"a": 1})},
            (),
        ),
    ],
)
def test_what_differs_is_named_and_what_is_the_default_is_no_difference(
    changes: dict[str, Any], found: tuple[str, ...]
) -> None:
    assert sorted(differences(WANTED, made(**changes))) == sorted(found)


def test_a_label_that_is_empty_a_name_that_is_and_rules_with_more_in_them_are_as_if_not_said() -> None:
    assert (
        differences(
            replace(WANTED, name="", body=replace(DATA, label="")), made(name=None, payload=replace(DATA, label=None))
        )
        == ()
    )
    rules = (FilterRule("*.tmp", "exclude", "file"),)
    assert with_defaults(replace(DATA, filter_rules=rules)).filter_rules == rules
    assert with_defaults(DATA).notify_on_inactive is True
    assert with_defaults(replace(DATA, notify_on_inactive=False)).notify_on_inactive is False
    assert with_defaults(DATA).delete_destination_extra is False


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (FlowStart("f1", {"path": "/a/"}), ()),
        (FlowStart("f2", {"path": "/a/"}), ("flow",)),
        (FlowStart("f1", {"path": "/b/"}), ("flow_input",)),
        (DATA, ("flow", "flow_input")),
        (None, ("flow", "flow_input")),
    ],
)
def test_a_flow_is_the_same_with_the_same_input(payload: Any, found: tuple[str, ...]) -> None:
    assert differences(FLOW, made(payload=payload)) == found


def test_a_flow_without_an_input_is_one_with_an_empty_input() -> None:
    assert differences(replace(FLOW, body={}), made(payload=FlowStart("f1", {}), name="x")) == ("name",)


@pytest.mark.parametrize(
    ("wanted", "kept", "same"),
    [
        (NIGHTLY, RecurringSchedule(DAY, START + timedelta(milliseconds=999)), True),
        (NIGHTLY, RecurringSchedule(DAY, START + SECOND), False),
        (NIGHTLY, RecurringSchedule(DAY, START - SECOND), False),
        (NIGHTLY, RecurringSchedule(DAY, None), False),
        (NIGHTLY, OnceSchedule(START), False),
        (RecurringSchedule(DAY), RecurringSchedule(DAY, NOW + CLOCKS_APART), True),
        (RecurringSchedule(DAY), RecurringSchedule(DAY, NOW - CLOCKS_APART), True),
        (RecurringSchedule(DAY), RecurringSchedule(DAY, NOW + CLOCKS_APART + SECOND), False),
        (RecurringSchedule(DAY), RecurringSchedule(DAY, NOW - CLOCKS_APART - SECOND), False),
        (RecurringSchedule(DAY), RecurringSchedule(DAY), True),
        (OnceSchedule(START), OnceSchedule(START), True),
        (OnceSchedule(START), OnceSchedule(START + HOUR), False),
        (OnceSchedule(), OnceSchedule(NOW), True),
        (OnceSchedule(START), NIGHTLY, False),
        (OnceSchedule(START), None, False),
        (
            RecurringSchedule(DAY, START, EndCondition(after_runs=3)),
            RecurringSchedule(DAY, START, EndCondition(None, 3)),
            True,
        ),
        (RecurringSchedule(DAY, START, EndCondition(after_runs=3)), NIGHTLY, False),
        (NIGHTLY, RecurringSchedule(DAY, START, EndCondition(until=NOW)), False),
        (RecurringSchedule(DAY, START, EndCondition(NOW)), RecurringSchedule(DAY, START, EndCondition(NOW)), True),
        (RecurringSchedule(DAY, START, EndCondition(NOW)), NIGHTLY, False),
    ],
)
def test_a_schedule_is_the_same_to_the_second_and_a_start_that_was_left_open_is_near_the_creation(
    wanted: Any, kept: Any, same: bool
) -> None:
    assert same_schedule(wanted, kept, NOW) is same


def test_a_start_that_was_left_open_of_a_timer_that_does_not_say_when_it_was_made_is_taken() -> None:
    assert same_schedule(RecurringSchedule(DAY), NIGHTLY, None)


def test_of_all_timers_those_are_found_that_are_new_and_the_same_oldest_first() -> None:
    jobs = [
        made("b", submitted_at=NOW + SECOND),
        made("a", submitted_at=NOW + SECOND),
        made("first", submitted_at=NOW - LOOK_BACK),
        made("unsaid", submitted_at=None),
        made("known"),
        made("older", submitted_at=NOW - LOOK_BACK - SECOND),
        made("another", name="another"),
        made("going", status=JobStatus.DELETING),
    ]
    found = find_created(WANTED, jobs, sent_at=NOW, known={"known"})
    assert [job.job_id for job in found] == ["first", "unsaid", "a", "b"]


# --- what is sent


def test_a_timer_is_sent_with_its_name_where_it_has_one() -> None:
    sent = WANTED.to_document()
    assert (sent["timer_type"], sent["name"], sent["schedule"]) == ("transfer", "mirror", schedule_document(NIGHTLY))
    assert "name" not in replace(WANTED, name=None).to_document()
    assert FLOW.to_document() == {
        "timer_type": "flow",
        "name": "mirror",
        "schedule": schedule_document(NIGHTLY),
        "flow_id": "f1",
        "body": {"body": {"path": "/a/"}},
    }


def test_a_timer_of_the_first_version_is_sent_with_what_is_stated() -> None:
    bare = TimerJob("https://x.org/run", {"a": 1}, START, None)
    said = {"callback_url": "https://x.org/run", "callback_body": {"a": 1}, "start": START.isoformat()}
    assert bare.to_document() == {**said, "interval": None}
    whole = replace(
        bare, start="2026-09-01", interval=DAY + SECOND / 2, name="x", stop_after=NOW, stop_after_n=1 + 1, scope="s"
    )
    assert whole.to_document() == {
        **said,
        "start": "2026-09-01",
        "interval": 86400,
        "name": "x",
        "stop_after": NOW.isoformat(),
        "stop_after_n": 2,
        "scope": "s",
    }
    assert replace(bare, interval=60).to_document()["interval"] == 60


def test_one_run_of_the_first_version_has_no_interval() -> None:
    once = TimerJob("https://x.org/run", {}, START, None, stop_after_n=1)
    assert once.to_document()["stop_after_n"] == 1
    with pytest.raises(BadInput, match="leave the interval out"):
        replace(once, interval=60)


def test_a_transfer_of_the_first_version_calls_the_action_provider() -> None:
    found = TimerJob.from_transfer_data(
        replace(DATA, submission_id="s"),
        START,
        DAY,
        actions_url="https://actions.example.org/",
        name="x",
        stop_after=NOW,
        stop_after_n=3,
        scope="s",
    )
    assert found == TimerJob(
        "https://actions.example.org/transfer/transfer/run", found.callback_body, START, DAY, "x", NOW, 3, "s"
    )
    body = found.callback_body["body"]
    assert (body["source_endpoint"], body["label"]) == (SOURCE, "copies")
    assert "submission_id" not in body


@pytest.mark.parametrize(("minutes", "found"), [(59, True), (61, False), (-600, True)])
def test_clocks_may_differ_by_an_hour(minutes: int, found: bool) -> None:
    there = made(submitted_at=NOW - timedelta(minutes=minutes))
    assert bool(find_created(WANTED, [there], sent_at=NOW, known=())) is found
