"""The Timers service as a client meets it: requests, answers, refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.service import make_app
from globus_tui.sandbox.state import (
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    Collection,
    Entry,
    Person,
    Sandbox,
    Session,
    Token,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T0 = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
OPS, OTHER, CLIENT = (f"{n}0000000-0000-4000-8000-000000000000" for n in (1, 2, 3))
SOURCE, TARGET = (f"{n}0000000-0000-4000-8000-000000000000" for n in (4, 5))
JSON = dict[str, Any]


@pytest.fixture
def sandbox() -> Sandbox:
    made = Sandbox(Clock(T0, speed=0), Faults())
    for identity, name in ((OPS, "ops"), (OTHER, "other")):
        made.people[identity] = Person(identity, f"{name}@lab.example.org", name, f"{name}@lab.example.org")
        _token(made, name, identity, TIMERS_SERVER, TIMER_SCOPE)
    _token(made, "transfer", OPS, TRANSFER_SERVER, TRANSFER_ALL)
    for one in (SOURCE, TARGET):
        document = {"id": one, "display_name": one[:2], "entity_type": "GCP_mapped_collection"}
        made.collections[one] = Collection(one, document, Entry("/", children={}))
    return made


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_app(sandbox))
    headers = {"authorization": "Bearer ops"}
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        yield client


def _token(sandbox: Sandbox, value: str, identity: str, server: str, scope: str) -> None:
    session = Session(value, {identity: T0})
    scopes = frozenset({scope})
    sandbox.tokens[value] = Token(value, "access", CLIENT, identity, server, scopes, T0, None, session)


def transfer(**changes: Any) -> JSON:
    item = {"DATA_TYPE": "transfer_item", "source_path": "/a/", "destination_path": "/b/", "recursive": True}
    body = {"DATA_TYPE": "transfer", "source_endpoint": SOURCE, "destination_endpoint": TARGET, "DATA": [item]}
    schedule = {"type": "recurring", "interval_seconds": 3600, "start": "2026-03-20T10:00:00+02:00"}
    return {"timer": {"timer_type": "transfer", "name": "hourly", "schedule": schedule, "body": body} | changes}


def callback(**changes: Any) -> JSON:
    made = {
        "callback_url": "https://hooks.example.org/run",
        "callback_body": {"hello": "there"},
        "start": "2026-03-20T09:00:00+00:00",
        "interval": 3600.7,
        "name": "hook",
    }
    return {key: value for key, value in (made | changes).items() if value is not ...}


async def problems(http: httpx.AsyncClient, path: str, document: JSON) -> dict[str, str]:
    answer = await http.post(path, json=document)
    assert answer.status_code == 422, answer.text
    return {".".join(map(str, one["loc"])): one["msg"] for one in answer.json()["detail"]}


async def test_a_new_transfer_timer_is_answered_in_the_v2_shape_and_read_in_the_v1_shape(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    answer = await http.post("/v2/timer", json=transfer())
    assert answer.status_code == 201
    made = answer.json()["timer"]
    assert (made["status"], made["number_of_runs"]) == ("new", 0)
    assert made["schedule"]["start"] == "2026-03-20T08:00:00+00:00"
    assert made["body"]["notify_on_failed"] is True
    assert made["body"]["verify_checksum"] is False
    assert not {"results", "start", "interval", "callback_url", "scope"} & made.keys()

    job = (await http.get(f"/jobs/{made['job_id']}")).json()
    assert (job["status"], job["n_runs"], job["interval"]) == ("active", 1, 3600)
    assert job["activity"]["code"] == "run_in_progress"
    assert job["results"]["page_next"] is None
    (run,) = job["results"]["data"]
    assert (run["status"], run["run_status"]) == (202, "ACTIVE")
    task = sandbox.tasks[run["resource_id"]]
    assert task.document["label"] == "hourly, run 1"
    assert job["callback_body"]["body"]["source_endpoint"] == SOURCE


async def test_without_a_start_the_first_run_is_now(http: httpx.AsyncClient) -> None:
    schedule = {"type": "once"}
    made = (await http.post("/v2/timer", json=transfer(schedule=schedule))).json()["timer"]
    assert made["schedule"] == {"type": "once", "datetime": "2026-03-20T08:00:00+00:00"}
    job = (await http.get(f"/jobs/{made['job_id']}")).json()
    assert (job["n_runs"], job["next_run"], job["interval"]) == (1, None, None)


@pytest.mark.parametrize("path", ["/jobs", "/jobs/"])
async def test_the_list_is_answered_with_and_without_slash(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).json() == {"jobs": []}
    assert (await http.post(path, json=callback())).status_code == 201


async def test_only_holders_of_a_timers_token_are_answered(http: httpx.AsyncClient) -> None:
    for value, status in (("nobody", 401), ("transfer", 403)):
        answer = await http.get("/jobs/", headers={"authorization": f"Bearer {value}"})
        assert answer.status_code == status
        assert answer.json()["error"]["status"] == status


async def test_a_timer_of_somebody_else_is_answered_like_none(http: httpx.AsyncClient) -> None:
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    theirs = {"authorization": "Bearer other"}
    assert (await http.get("/jobs/", headers=theirs)).json() == {"jobs": []}
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume")):
        answer = await http.request(method, f"/jobs/{job_id}{path}", headers=theirs)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "NOT_FOUND"
    assert (await http.get(f"/jobs/{job_id[:-1]}0", headers=theirs)).status_code == 404


async def test_renaming_changes_the_name_and_nothing_else_can_be_changed(http: httpx.AsyncClient) -> None:
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    answer = await http.patch(f"/jobs/{job_id}", json={"name": "other words"})
    assert (answer.status_code, answer.json()["name"]) == (200, "other words")
    answer = await http.patch(f"/jobs/{job_id}", json={"name": "x", "interval": 60})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "interval"]
    assert (await http.get(f"/jobs/{job_id}")).json()["name"] == "other words"
    assert (await http.patch(f"/jobs/{job_id}", json={"name": None})).json()["name"] is None


async def test_a_deleted_timer_lingers_then_is_gone(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    answer = await http.delete(f"/jobs/{job_id}")
    assert (answer.status_code, answer.json()["status"]) == (200, "delete_in_progress")
    listed = (await http.get("/jobs/")).json()["jobs"]
    assert [job["status"] for job in listed] == ["delete_in_progress"]
    assert (await http.post(f"/jobs/{job_id}/resume")).status_code == 409
    sandbox.clock.advance(31)
    assert (await http.get(f"/jobs/{job_id}")).status_code == 404
    assert (await http.get("/jobs/")).json() == {"jobs": []}


async def test_pause_and_resume_say_what_they_did(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    answer = await http.post(f"/jobs/{job_id}/pause")
    assert answer.json() == {"message": f"Successfully paused job {job_id}."}
    assert (await http.get(f"/jobs/{job_id}")).json()["inactive_reason"] == {"cause": "user", "detail": None}
    sandbox.clock.advance(timedelta(hours=3, minutes=1))
    for _ in range(2):  # resuming an active timer answers the same
        answer = await http.post(f"/jobs/{job_id}/resume")
        assert answer.json() == {"message": f"Successfully resumed job {job_id}."}
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert (job["status"], job["n_runs"], job["next_run"]) == ("active", 2, "2026-03-20T12:00:00+00:00")


@pytest.mark.parametrize("how", ["query", "body", "omitted", "refused"])
async def test_credentials_are_updated_by_query_by_body_or_by_the_reason(
    http: httpx.AsyncClient, sandbox: Sandbox, how: str
) -> None:
    sandbox.collections[TARGET].required_mfa = True
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    assert (await http.get(f"/jobs/{job_id}")).json()["status"] == "inactive"
    sandbox.tokens["ops"].session = Session("new", {OPS: T0}, mfa=True)
    path = f"/jobs/{job_id}/resume"
    if how == "query":
        answer = await http.post(path, params={"update_credentials": "True"})
    elif how == "omitted":
        answer = await http.post(path)
    else:
        answer = await http.post(path, json={"update_credentials": how == "body"})
    assert answer.status_code == 200
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert job["status"] == ("inactive" if how == "refused" else "active")
    assert job["n_runs"] == (0 if how == "refused" else 1)


async def test_nonsense_for_update_credentials_is_refused(http: httpx.AsyncClient) -> None:
    job_id = (await http.post("/v2/timer", json=transfer())).json()["timer"]["job_id"]
    answer = await http.post(f"/jobs/{job_id}/resume", params={"update_credentials": "perhaps"})
    assert answer.json()["detail"][0]["loc"] == ["query", "update_credentials"]


async def _some_timers(http: httpx.AsyncClient, sandbox: Sandbox) -> list[str]:
    ids = []
    for name in ("Beta mirror", "alpha pull", "Gamma mirror"):
        made = await http.post("/v2/timer", json=transfer(name=name, schedule={"type": "once"}))
        ids.append(made.json()["timer"]["job_id"])
        if name.startswith("Gamma"):
            await http.post(f"/jobs/{ids[-1]}/pause")
        sandbox.clock.advance(600)
    await http.post("/jobs/", json=callback(name="hook", start="2026-03-21T09:00:00"))
    return ids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Beta mirror", "alpha pull", "Gamma mirror", "hook"]),
        ({"filter_name": "MIRROR"}, ["Beta mirror", "Gamma mirror"]),
        ({"filter_status": "ended"}, ["Beta mirror", "alpha pull"]),
        ({"filter_status": "inactive,active"}, ["Gamma mirror", "hook"]),
        ({"filter_active": "True"}, ["hook"]),
        ({"filter_stopped": "true"}, ["Beta mirror", "alpha pull"]),
        ({"submitted_after": "2026-03-20T08:05:00Z", "submitted_before": "2026-03-20T08:15:00"}, ["alpha pull"]),
        ({"order": "submitted_at desc"}, ["hook", "Gamma mirror", "alpha pull", "Beta mirror"]),
        ({"order": "name"}, ["Beta mirror", "Gamma mirror", "alpha pull", "hook"]),
        ({"order": "next_run asc", "filter_status": "ended,active"}, ["hook", "Beta mirror", "alpha pull"]),
    ],
)
async def test_the_list_is_filtered_and_ordered(
    http: httpx.AsyncClient, sandbox: Sandbox, query: dict[str, str], names: list[str]
) -> None:
    await _some_timers(http, sandbox)
    jobs = (await http.get("/jobs/", params=query)).json()["jobs"]
    assert [job["name"] for job in jobs] == names


@pytest.mark.parametrize(
    "query",
    [
        {"order": "colour"},
        {"order": "name sideways"},
        {"filter_status": "asleep"},
        {"result_count": "-1"},
        {"submitted_after": "yesterday"},
        {"filter_active": "perhaps"},
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(http: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await http.get("/jobs/", params=query)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", next(iter(query))]


async def test_runs_come_in_pages_that_new_runs_do_not_shift(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = (await http.post("/jobs/", json=callback())).json()["job_id"]
    sandbox.clock.advance(timedelta(hours=6, minutes=1))
    first = (await http.get(f"/jobs/{job_id}", params={"page_size": 2})).json()["results"]
    sandbox.clock.advance(timedelta(hours=2))
    seen, token = first["data"], first["page_next"]
    while token:
        query = {"page_size": 2, "results_pt": token}
        page = (await http.get(f"/jobs/{job_id}", params=query)).json()["results"]
        seen, token = [*seen, *page["data"]], page["page_next"]
    hours = [datetime.fromisoformat(run["ran_at"]).hour for run in seen]
    assert hours == [14, 13, 12, 11, 10, 9]
    answer = await http.get(f"/jobs/{job_id}", params={"results_pt": "what"})
    assert answer.json()["detail"][0]["loc"] == ["query", "results_pt"]


async def test_the_list_embeds_as_many_runs_as_asked_for(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    await http.post("/jobs/", json=callback())
    sandbox.clock.advance(timedelta(hours=6, minutes=1))
    for count in (0, 1, 3):
        (job,) = (await http.get("/jobs/", params={"result_count": count})).json()["jobs"]
        assert len(job["results"]["data"]) == count
        assert job["n_runs"] == 6


async def test_missing_fields_are_named_as_the_real_service_names_them(http: httpx.AsyncClient) -> None:
    answer = await http.post("/jobs/", json={"callback_body": {}})
    assert answer.status_code == 422
    assert answer.json()["detail"] == [
        {"loc": ["body", "start"], "msg": "field required", "type": "value_error.missing"},
        {"loc": ["body", "callback_url"], "msg": "field required", "type": "value_error.missing"},
    ]
    found = await problems(http, "/v2/timer", {"timer": {}})
    assert set(found) == {"body.timer.timer_type", "body.timer.schedule", "body.timer.body"}
    assert set(await problems(http, "/v2/timer", {})) == {"body.timer"}
    answer = await http.post("/v2/timer", content=b"{not json")
    assert answer.status_code == 422


HOURLY = {"type": "recurring", "interval_seconds": 3600}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"timer_type": "pigeon"}, "timer_type"),
        ({"color": "red"}, "color"),
        ({"resource_server": "elsewhere"}, "resource_server"),
        ({"schedule": {"type": "sometimes"}}, "schedule.type"),
        ({"schedule": HOURLY | {"interval_seconds": 59}}, "schedule.interval_seconds"),
        ({"schedule": HOURLY | {"interval_seconds": 31_536_001}}, "schedule.interval_seconds"),
        ({"schedule": {"type": "recurring"}}, "schedule.interval_seconds"),
        ({"schedule": HOURLY | {"start": "1969-12-31T00:00:00Z"}}, "schedule.start"),
        ({"schedule": HOURLY | {"start": "2026-03-01T00:00:00Z"}}, "schedule.start"),
        ({"schedule": HOURLY | {"start": "2027-03-21T00:00:00Z"}}, "schedule.start"),
        ({"schedule": HOURLY | {"start": "soon"}}, "schedule.start"),
        ({"schedule": HOURLY | {"end": {"condition": "iterations"}}}, "schedule.end.count"),
        ({"schedule": HOURLY | {"end": {"condition": "iterations", "count": 0}}}, "schedule.end.count"),
        ({"schedule": HOURLY | {"end": {"condition": "iterations", "iterations": 3}}}, "schedule.end.count"),
        ({"schedule": HOURLY | {"end": {"condition": "mood"}}}, "schedule.end.condition"),
        (
            {"schedule": HOURLY | {"end": {"condition": "time", "datetime": "2026-01-01T00:00:00Z"}}},
            "schedule.end",
        ),
    ],
)
async def test_limits_of_a_v2_timer(http: httpx.AsyncClient, changes: JSON, where: str) -> None:
    assert set(await problems(http, "/v2/timer", transfer(**changes))) == {f"body.timer.{where}"}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"submission_id": SOURCE}, "submission_id"),
        ({"skip_activation_check": True}, "skip_activation_check"),
        ({"source_endpoint": "my laptop"}, "source_endpoint"),
        ({"DATA": []}, "DATA"),
        ({"DATA": [{"source_path": "/a"}]}, "DATA.0.destination_path"),
        ({"sync_level": 4}, "sync_level"),
        ({"verify_checksum": "perhaps"}, "verify_checksum"),
        ({"filter_rules": [{"name": "*", "method": "maybe"}]}, "filter_rules.0.method"),
    ],
)
async def test_limits_of_a_transfer_document(http: httpx.AsyncClient, changes: JSON, where: str) -> None:
    document = transfer()
    document["timer"]["body"] |= changes
    assert set(await problems(http, "/v2/timer", document)) == {f"body.timer.body.{where}"}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"interval": 30}, "interval"),
        ({"interval": 3600, "stop_after_n": 1}, "interval"),
        ({"interval": 3600, "stop_after": {"n_runs": 1}}, "interval"),
        ({"stop_after_n": 0}, "stop_after_n"),
        ({"callback_url": "run this"}, "callback_url"),
        ({"start": "2028-01-01T00:00:00Z"}, "start"),
        ({"stop_after": "2026-01-01T00:00:00Z"}, "stop_after"),
        ({"n_runs": 3}, "n_runs"),
    ],
)
async def test_limits_of_a_v1_timer(http: httpx.AsyncClient, changes: JSON, where: str) -> None:
    assert set(await problems(http, "/jobs/", callback(**changes))) == {f"body.{where}"}


async def test_all_timers_of_a_user_run_at_most_once_a_minute_together(http: httpx.AsyncClient) -> None:
    often = transfer(schedule={"type": "recurring", "interval_seconds": 120})
    made = [await http.post("/v2/timer", json=often) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 400]
    assert made[2].json()["error"]["status"] == 400
    await http.delete(f"/jobs/{made[0].json()['timer']['job_id']}")
    assert (await http.post("/v2/timer", json=often)).status_code == 201
    assert (await http.post("/v2/timer", json=transfer(schedule={"type": "once"}))).status_code == 201


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"stop_after": "2026-04-01T00:00:00Z"}, {"date": "2026-04-01T00:00:00+00:00", "n_runs": None}),
        ({"stop_after": {"date": None, "n_runs": 4}}, {"date": None, "n_runs": 4}),
        ({"stop_after_n": 4}, {"date": None, "n_runs": 4}),
        ({}, {"date": None, "n_runs": None}),
    ],
)
async def test_the_end_of_a_v1_timer_comes_in_three_forms(http: httpx.AsyncClient, ends: JSON, expected: JSON) -> None:
    job = (await http.post("/jobs/", json=callback(**ends))).json()
    assert job["stop_after"] == expected
    assert (job["interval"], job["timer_type"], job["scope"]) == (3600, "generic", TRANSFER_ALL)
    assert job["callback_body"] == {"hello": "there"}


async def test_a_v1_timer_in_the_action_providers_form_moves_files_too(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    body = {
        "source_endpoint_id": SOURCE,
        "destination_endpoint_id": TARGET,
        "transfer_items": [{"source_path": "/a/", "destination_path": "/b/", "recursive": True}],
        "sync_level": 2,
        "label": "old one",
    }
    url = "https://actions.automate.globus.org/transfer/transfer/run"
    made = await http.post("/jobs/", json=callback(callback_url=url, callback_body={"body": body}))
    job = made.json()
    assert (job["timer_type"], job["callback_url"]) == ("transfer", url)
    shown = job["callback_body"]["body"]
    assert {key: shown[key] for key in body} == body
    sandbox.clock.advance(timedelta(hours=1, minutes=1))
    (run,) = (await http.get(f"/jobs/{job['job_id']}")).json()["results"]["data"]
    task = sandbox.tasks[run["resource_id"]].document
    assert (task["label"], task["sync_level"], task["source_endpoint_id"]) == ("old one, run 1", 2, SOURCE)


async def test_a_callback_that_answers_badly_is_retried_or_recorded(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = (await http.post("/jobs/", json=callback())).json()["job_id"]
    sandbox.timers[job_id].plan["http_status"] = 502
    sandbox.clock.advance(timedelta(hours=1, minutes=5))
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert job["activity"] == {"code": "retrying", "start_timestamp": "2026-03-20T09:00:00+00:00"}
    sandbox.timers[job_id].plan["http_status"] = 410
    sandbox.clock.advance(timedelta(minutes=5))
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert [run["status"] for run in job["results"]["data"]] == [410]
    assert (job["status"], job["n_runs"], job["n_errors"]) == ("active", 0, 1)


async def test_odd_old_documents_can_be_seeded(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = (await http.post("/jobs/", json=callback(start="2026-03-20T08:00:00"))).json()["job_id"]
    await http.get(f"/jobs/{job_id}")
    timer = sandbox.timers[job_id]
    timer.results[0].old_shape = True
    timer.results[0].data = {"details": {"task_id": SOURCE}}
    timer.quirks = {
        "drop": ["timer_type", "schedule"],
        "null": ["stop_after"],
        "replace": {"status": "loaded"},
        "naive": True,
    }
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert not {"timer_type", "schedule"} & job.keys()
    assert (job["stop_after"], job["status"], job["start"]) == (None, "loaded", "2026-03-20T08:00:00")
    (run,) = job["results"]["data"]
    assert set(run) == {"ran_at", "status", "data", "errors"}
    assert run["ran_at"] == "2026-03-20T08:00:00.000000"


@pytest.mark.parametrize("path", ["/jobs/", "/v2/timer", "/v0.10/bookmark", "/v0.10/transfer", "/flows"])
@pytest.mark.parametrize("said", [b'"\\ud800"', b'"\xed\xa0\x80"', b"NaN", b"1e999", b"[" * 9000 + b"]" * 9000])
async def test_json_that_no_answer_could_say_again_is_refused(http: httpx.AsyncClient, path: str, said: bytes) -> None:
    whole = {
        "/jobs/": callback(callback_body={"hello": "THERE"}),
        "/v2/timer": transfer(name="THERE"),
        "/v0.10/bookmark": {"name": "THERE", "endpoint_id": SOURCE, "path": "/"},
    }.get(path, {"title": "THERE"})
    body = json.dumps(whole).encode().replace(b'"THERE"', said)
    token = "transfer" if path.startswith("/v0.10") else "ops"
    answer = await http.post(path, content=body, headers={"authorization": f"Bearer {token}"})
    assert 400 <= answer.status_code < 500
    assert (await http.get("/jobs/")).json() == {"jobs": []}
