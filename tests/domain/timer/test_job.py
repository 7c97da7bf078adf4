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
from globus_tui.domain.timer.job import Activity, ActivityCode, FlowStart, Job, JobKind, JobStatus, PauseCause, view
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
    recurring,
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


def test_without_an_id_it_stays_the_same_row_whatever_runs_and_another_one_is_another_row() -> None:
    """Each run would else be a timer that turned bad, with an alert and a call of whoever is on duty."""
    document = {name: value for name, value in job_document().items() if name != "job_id"}
    before = Job.from_document(document)
    assert before.unreadable == "it has no job_id"
    run = {**document, "n_runs": 99, "next_run": "2030-01-01T00:00:00+00:00", "status": "inactive", "results": None}
    assert Job.from_document(run).job_id == before.job_id
    assert Job.from_document({**document, "name": "another"}).job_id != before.job_id
    alike = [{"name": "x", "status": status} for status in ("active", "inactive")]
    assert len({Job.from_document(one).job_id for one in alike}) == 2  # nothing says that they are the same


def test_a_timer_without_a_name_is_called_by_the_start_of_its_id() -> None:
    assert job(name=None).label == "(7f3c21aa)"
    assert Job.from_document({"status": "active"}).label == "(unreadable)"


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


# --- what is asked of a timer, whether it was read whole or only looked at


@pytest.mark.parametrize(
    ("status", "activity", "over", "still", "runs"),
    [
        ("active", None, False, False, False),
        ("active", "run_in_progress", False, False, True),
        ("active", "paused", False, True, False),
        ("inactive", None, False, True, False),
        ("inactive", "awaiting_next_run", False, True, False),
        ("hibernating", "paused", False, True, False),
        ("hibernating", None, False, False, False),
        ("ended", "paused", True, False, False),
        ("delete_pending", "paused", True, False, False),
    ],
)
def test_what_a_timer_is_doing(status: str, activity: str | None, over: bool, still: bool, runs: bool) -> None:
    document = job_document(status=status, activity={"code": activity} if activity else None)
    for read in (Job.from_document(document), view(document)):
        assert (read.is_over, read.stands_still, read.running) == (over, still, runs)


CALLED = {
    "https://actions.automate.globus.org/transfer/transfer/run": JobKind.TRANSFER,
    "https://sandbox.actions.automate.globus.org/transfer/transfer/run/": JobKind.TRANSFER,
    "https://transfer.actions.globus.org/transfer/run": JobKind.TRANSFER,
    "https://transfer.actions.test.globuscs.info/transfer/run": JobKind.TRANSFER,
    "https://flows.globus.org/flows/f10/run": JobKind.FLOW,
    "https://flows.automate.globus.org/flows/f10/run": JobKind.FLOW,
    "https://actions.automate.globus.org/search/run": JobKind.GENERIC,
    "https://transfer.actions.globus.org/delete/run": JobKind.GENERIC,
    "https://other.globus.org/transfer/run": JobKind.GENERIC,
    "https://groups.globus.org/flows/f10/run": JobKind.GENERIC,
    "https://flows.globus.org/other/f10": JobKind.GENERIC,
    "https://flows.globus.org.example.com/flows/f10/run": JobKind.GENERIC,
    "https://globus.org/transfer/transfer/run": JobKind.GENERIC,
}


@pytest.mark.parametrize("url", CALLED)
def test_whom_a_timer_calls_is_told_by_the_whole_address(url: str) -> None:
    document = job_document(timer_type=None, callback_url=url)
    for read in (Job.from_document(document), view(document)):
        assert read.kind is CALLED[url]
    assert Job.from_document(document).calls_elsewhere is (CALLED[url] is JobKind.GENERIC)


def test_a_timer_that_names_no_address_calls_nobody_elsewhere() -> None:
    assert not job(callback_url=None).calls_elsewhere
    assert not Job.from_document(None).calls_elsewhere


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"timer_type": "transfer", "flow_id": "f"}, JobKind.TRANSFER),
        ({"timer_type": "flow"}, JobKind.FLOW),
        ({"timer_type": None, "flow_id": "f"}, JobKind.FLOW),
        ({"timer_type": "from a later day", "flow_id": ""}, JobKind.GENERIC),
    ],
)
def test_of_what_kind_a_timer_is(document: dict[str, Any], kind: JobKind) -> None:
    assert job(**document).kind is kind


@pytest.mark.parametrize(
    ("url", "flow_id"),
    [
        ("https://flows.globus.org/flows/f10/run", "f10"),
        ("https://flows.globus.org/flows/f10", "f10"),
        ("https://flows.globus.org/flows", None),
        ("https://flows.globus.org/other/f10/run", None),
        (None, None),
    ],
)
def test_which_flow_is_started_stands_in_the_address_too(url: str | None, flow_id: str | None) -> None:
    read = job(timer_type="flow", flow_id=None, callback_url=url, body={"x": 1})
    assert read.payload == FlowStart(flow_id, {"x": 1})
    assert job(timer_type="flow", flow_id="f1", callback_url=url, body={"body": {"y": 2}}).payload == FlowStart(
        "f1", {"y": 2}
    )


def test_a_look_says_the_same_as_a_reading() -> None:
    flow = job_document(timer_type="flow", flow_id="f1", body={"body": {"source_endpoint": "x"}})
    mirror = job_document()
    mirror["body"] |= {"delete_destination_extra": True}
    once = job_document(schedule={"type": "once", "datetime": wire(NOW)}, activity={"code": "odd"}, name=None)
    ends = job_document(schedule=recurring(86400, START, {"condition": "iterations", "count": 3}))
    for document in (job_document(), V1, flow, mirror, once, ends, job_document(body=None), job_document(n_runs=None)):
        seen, read = view(document), Job.from_document(document)
        assert type(read) is Job
        assert type(seen) is not Job
        for name in [name for name in dir(Job) if isinstance(getattr(Job, name), property)]:
            assert getattr(seen, name) == getattr(read, name), name
        for name in Job.__match_args__[:-2]:
            if name != "runs":
                assert getattr(seen, name) == getattr(read, name), name
        assert not hasattr(seen, "nonsense")
        assert (seen.unreadable, seen.sent) == (read.unreadable, read.sent) == (None, None)
        assert view(read) is read


def test_what_it_moves_is_asked_of_either_form() -> None:
    read = job()
    assert (read.sides, read.paths, read.deletes) == ((SOURCE, DESTINATION), (["/proj/"], ["/climate/"]), False)
    old = view(V1)
    assert (old.sides, old.paths) == ((SOURCE, DESTINATION), (["/a"], ["/b"]))
    nothing = job(body=None)
    assert (nothing.sides, nothing.paths, nothing.deletes) == ((None, None), ([], []), False)
    assert view(job_document(body=None)).sides == (None, None)


def test_documents_without_an_id_are_told_apart_and_stay_the_same_row() -> None:
    first, again, other = (Job.from_document(one) for one in ([1], [1], [2]))
    assert first.job_id == again.job_id != other.job_id
    assert not first.has_own_id
    assert job().has_own_id
    assert (first.sent, first.status) == ([1], JobStatus.UNKNOWN)
    named = Job.from_document({"job_id": "x", "name": "odd"})
    assert (named.job_id, named.name, named.has_own_id) == ("x", "odd", True)


@pytest.mark.parametrize(
    ("cause", "detail", "read", "wants"),
    [
        ("user", "Please sign in", PauseCause.USER, False),
        ("user", None, PauseCause.USER, False),
        ("globus_auth_requirements", "Please sign in", PauseCause.AUTHORIZATION, True),
        ("globus_auth_requirements", None, PauseCause.AUTHORIZATION, False),
        ("from a later day", "Please sign in", PauseCause.OTHER, False),
        ("from a later day", consent_required(DATA_ACCESS), PauseCause.OTHER, True),
        (None, consent_required(DATA_ACCESS), PauseCause.OTHER, True),
    ],
)
def test_words_alone_are_a_requirement_only_where_globus_says_that_it_is_one(
    cause: str | None, detail: object, read: PauseCause, wants: bool
) -> None:
    reason = job(inactive_reason={"cause": cause, "detail": detail}).inactive_reason
    assert reason is not None
    assert (reason.cause, reason.gare is not None) == (read, wants)
    assert job(inactive_reason={}).inactive_reason is None


@pytest.mark.parametrize("code", [None, "", "of a later day", 7])
def test_what_the_service_is_doing_may_be_a_word_of_a_later_day(code: object) -> None:
    read = job(activity={"code": code, "start_timestamp": wire(NOW), "reason": "r"}).activity
    assert read == Activity(ActivityCode.UNKNOWN, NOW, "r")
    assert job(activity={}).activity is None


def test_runs_of_which_one_has_no_moment_are_left_in_their_order() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in (2, 0)]
    runs.append(run_document(TODAY_TICK, 5) | {"ran_at": None, "start_timestamp": None})
    assert [run.resource_id for run in job(runs).runs] == [one["resource_id"] for one in runs]
    page = {"data": runs, "page_next": "more"}
    assert (job(results=page).runs_marker, job(results=runs).runs_marker) == ("more", None)


def test_two_runs_of_one_moment_stay_in_their_order_and_before_older_ones() -> None:
    runs = [run_document(TODAY_TICK - DAY, 2), run_document(TODAY_TICK, 1), run_document(TODAY_TICK, 0)]
    assert [run.resource_id for run in job(runs).runs] == [
        runs[1]["resource_id"],
        runs[2]["resource_id"],
        runs[0]["resource_id"],
    ]
