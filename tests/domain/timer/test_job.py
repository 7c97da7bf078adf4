"""Timers' documents of every age are read; one that cannot be read is a row that says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.health import judge
from globus_tui.domain.timer.history import look_back
from globus_tui.domain.timer.job import ActivityCode, FlowStart, Job, JobKind, JobStatus, PauseCause
from globus_tui.domain.transfer.transfer import SyncLevel
from tests.domain.samples import (
    DATA_ACCESS,
    DAY,
    DESTINATION,
    JOB_ID,
    NOW,
    SOURCE,
    START,
    TODAY_TICK,
    consent_required,
    job,
    job_document,
    paused,
    run_document,
    wire,
)

V1 = {
    "job_id": JOB_ID,
    "name": "old",
    "status": "loaded",
    "start": "2022-04-01T19:30:00+00:00",
    "interval": 864000,
    "submitted_at": "2022-04-01T19:29:55.942546",
    "last_ran_at": None,
    "next_run": "2022-04-11T19:30:00+00:00",
    "n_runs": 1,
    "n_errors": 0,
    "stop_after": {"date": None, "n_runs": 3},
    "callback_url": "https://actions.automate.globus.org/transfer/transfer/run",
    "callback_body": {
        "body": {
            "label": "example timer",
            "sync_level": 3,
            "transfer_items": [{"source_path": "/a", "destination_path": "/b", "recursive": False}],
            "source_endpoint_id": SOURCE,
            "destination_endpoint_id": DESTINATION,
        }
    },
    "results": [
        {
            "data": {"action_id": "x", "status": "ACTIVE"},
            "errors": None,
            "status": 202,
            "ran_at": "2022-04-01T19:30:07.103090",
        }
    ],
}


def test_a_document_of_2022_is_read() -> None:
    read = Job.from_document(V1)
    assert read.status is JobStatus.ACTIVE
    assert read.kind is JobKind.TRANSFER
    assert isinstance(read.schedule, RecurringSchedule)
    assert (read.schedule.interval, read.schedule.end.after_runs) == (10 * DAY, 3)
    assert read.submitted_at is not None
    assert read.submitted_at.utcoffset() is not None
    assert read.transfer is not None
    assert (read.transfer.source_endpoint, read.transfer.destination_endpoint) == (SOURCE, DESTINATION)
    assert read.transfer.items[0].source_path == "/a"
    assert read.transfer.sync_level is SyncLevel.CHECKSUM
    assert len(read.runs) == 1


def test_a_document_of_today_is_read() -> None:
    read = job()
    assert (read.status, read.kind, read.n_runs) == (JobStatus.ACTIVE, JobKind.TRANSFER, 14)
    assert read.activity is not None
    assert read.activity.code is ActivityCode.AWAITING_NEXT_RUN
    assert read.interval_seconds == 86400
    assert read.runs[0].ran_at == TODAY_TICK


def test_counters_are_found_under_both_names_and_a_missing_one_is_not_zero() -> None:
    document = job_document()
    del document["n_runs"], document["n_errors"]
    assert Job.from_document(document | {"number_of_runs": 7, "number_of_errors": 0}).n_runs == 7
    assert Job.from_document(document | {"number_of_runs": 7, "number_of_errors": 0}).n_errors == 0
    assert Job.from_document(document).n_runs is None


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("active", JobStatus.ACTIVE),
        ("new", JobStatus.ACTIVE),
        ("loaded", JobStatus.ACTIVE),
        ("updated", JobStatus.ACTIVE),
        ("inactive", JobStatus.INACTIVE),
        ("ended", JobStatus.ENDED),
        ("delete_in_progress", JobStatus.DELETING),
        ("delete_pending", JobStatus.DELETING),
        ("deleted", JobStatus.DELETING),
        ("hibernating", JobStatus.UNKNOWN),
    ],
)
def test_every_status_seen_is_known_and_others_keep_their_word(status: str, meant: JobStatus) -> None:
    read = job(status=status)
    assert (read.status, read.status_text) == (meant, status)


@pytest.mark.parametrize("results", [{"data": [run_document(NOW)], "page_next": "abc"}, [run_document(NOW)]])
def test_results_are_a_page_or_a_list(results: Any) -> None:
    assert len(job(results=results).runs) == 1


@pytest.mark.parametrize("results", [None, {}, [], "none", {"data": None}, [None, 3, "x"]])
def test_odd_results_are_no_runs(results: Any) -> None:
    assert job(results=results).runs == ()


def test_runs_are_newest_first_whatever_the_order_of_the_document() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in (2, 0, 1)]
    assert [run.ran_at for run in job(runs).runs] == [TODAY_TICK - n * DAY for n in range(3)]


def test_the_next_run_is_taken_from_the_activity_when_it_stands_only_there() -> None:
    read = job(next_run=None, activity={"code": "awaiting_next_run", "next_run": wire(NOW)})
    assert read.next_run == NOW


def test_why_a_timer_is_inactive_comes_with_what_globus_wants() -> None:
    read = job(**paused("globus_auth_requirements", consent_required(DATA_ACCESS)))
    assert read.inactive_reason is not None
    assert read.inactive_reason.cause is PauseCause.AUTHORIZATION
    assert isinstance(read.inactive_reason.gare, Gare)
    assert read.inactive_reason.gare.required_scopes == (DATA_ACCESS,)


@pytest.mark.parametrize(
    "document",
    [
        {"flow_id": "f10", "timer_type": "flow", "body": {"body": {"x": 1}}},
        {
            "timer_type": None,
            "body": None,
            "callback_url": "https://flows.globus.org/flows/f10/run",
            "callback_body": {"body": {"x": 1}},
        },
    ],
)
def test_a_flow_timer_is_known_by_its_type_or_by_what_it_calls(document: dict[str, Any]) -> None:
    read = job(**document)
    assert read.kind is JobKind.FLOW
    assert isinstance(read.payload, FlowStart)
    assert (read.payload.flow_id, read.payload.inputs) == ("f10", {"x": 1})


@pytest.mark.parametrize("url", ["http://[", "::", "", "https://example.org/hook", 7])
def test_a_call_to_anything_else_is_generic_however_odd_its_address(url: Any) -> None:
    read = job(timer_type=None, body=None, callback_url=url)
    assert read.kind is JobKind.GENERIC
    assert read.payload is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "not an object"),
        ([], "not an object"),
        ({}, "no job_id"),
        ({"job_id": ""}, "no job_id"),
        ({"job_id": "x"}, "no status"),
        ({"job_id": "x", "status": 3}, "no status"),
    ],
)
def test_what_cannot_be_understood_is_a_row_that_says_why(document: Any, why: str) -> None:
    read = Job.from_document(document)
    assert read.unreadable is not None
    assert why in read.unreadable
    assert read.job_id
    assert Job.from_document(document).job_id == read.job_id


def test_a_timer_without_a_name_is_called_by_the_start_of_its_id() -> None:
    assert job(name=None).label == "(7f3c21aa)"


def test_every_job_can_be_used_as_a_key() -> None:
    flow = job(timer_type="flow", flow_id="f", body={"body": {"x": [1]}})
    rules = job_document()
    rules["body"]["filter_rules"] = [{"name": "*.tmp", "type": ["file"]}]
    assert len({flow, job(), Job.from_document(rules), Job.from_document(None)}) == 4


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, 1e300, "", "x", "9999-12-31", [], {}, [{}], True, {"a": [1]}]
)


@given(st.dictionaries(st.sampled_from(sorted(job_document())), ODD, max_size=6))
def test_no_document_however_odd_raises_or_breaks_the_judging(changes: dict[str, Any]) -> None:
    read = Job.from_document(job_document() | changes)
    history = look_back(read, {}, NOW)
    assert judge(read, {}, NOW, history=history).word is not None
    assert read.label


@given(st.dictionaries(st.sampled_from(sorted(run_document(START))), ODD, max_size=6))
def test_no_run_however_odd_raises_or_breaks_the_judging(changes: dict[str, Any]) -> None:
    read = job([run_document(TODAY_TICK) | changes, run_document(TODAY_TICK - DAY)])
    assert judge(read, {}, NOW).word is not None
