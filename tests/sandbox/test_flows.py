"""The Flows service as a client meets it, and timers that start flows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.sandbox.auth.scopes import FLOWS_CLIENT, grant_string
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.service import make_app
from globus_tui.sandbox.state import (
    FLOWS_SERVER,
    TIMER_SCOPE,
    TIMERS_SERVER,
    Person,
    Sandbox,
    Session,
    Token,
)
from globus_tui.sandbox.timers import engine as timer_engine
from globus_tui.sandbox.timers.engine import flow_scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T0 = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
OPS, OTHER, CLIENT = (f"{n}0000000-0000-4000-8000-000000000000" for n in (1, 2, 3))
FLOW, HIDDEN, LOOK_ONLY = (f"{n}0000000-0000-4000-8000-000000000000" for n in (6, 7, 8))
FLOWS_ALL = f"https://auth.globus.org/scopes/{FLOWS_CLIENT}/all"
CONSENT = {
    "code": "ConsentRequired",
    "description": "Missing required consent",
    "required_scope": f"{flow_scope(FLOW)}[x]",
}
JSON = dict[str, Any]


def flow(flow_id: str, title: str, owner: str = OPS, **changes: Any) -> JSON:
    schema = {
        "type": "object",
        "required": ["path"],
        "properties": {"path": {"type": "string"}, "sizes": {"type": "array", "items": {"type": "integer"}}},
        "additionalProperties": False,
    }
    states = {"Move": {"Type": "Action", "Next": "Tidy"}, "Tidy": {"Type": "Pass", "End": True}}
    return {
        "id": flow_id,
        "title": title,
        "definition": {"StartAt": "Move", "States": states},
        "input_schema": schema,
        "globus_auth_scope": flow_scope(flow_id),
        "flow_owner": f"urn:globus:auth:identity:{owner}",
        "flow_viewers": [],
        "flow_starters": [],
        "flow_administrators": [],
        "updated_at": f"2026-01-0{flow_id[0]}T00:00:00+00:00",
    } | changes


@pytest.fixture
def sandbox() -> Sandbox:
    made = Sandbox(Clock(T0, speed=0), Faults())
    for identity, name in ((OPS, "ops"), (OTHER, "other")):
        made.people[identity] = Person(identity, f"{name}@lab.example.org", name, f"{name}@lab.example.org")
        _token(made, f"flows-{name}", identity, FLOWS_SERVER, FLOWS_ALL)
    for one in (FLOW, LOOK_ONLY):
        _token(made, f"run-{one[0]}", OPS, one, flow_scope(one))
    _token(made, "timers", OPS, TIMERS_SERVER, TIMER_SCOPE)
    _token(made, "status", OPS, FLOWS_SERVER, FLOWS_ALL.replace("/all", "/run_status"))
    made.flows[FLOW] = flow(FLOW, "Two hops")
    made.flows[HIDDEN] = flow(HIDDEN, "Secret", OTHER)
    made.flows[LOOK_ONLY] = flow(LOOK_ONLY, "Showcase", OTHER, flow_viewers=["public"])
    return made


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_app(sandbox))
    headers = bearer("flows-ops")
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        yield client


def _token(sandbox: Sandbox, value: str, identity: str, server: str, scope: str) -> None:
    session = Session(value, {identity: T0})
    scopes = frozenset({scope})
    sandbox.tokens[value] = Token(value, "access", CLIENT, identity, server, scopes, T0, None, session)


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


async def start(http: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    document = {"body": {"path": "/raw/"}, "label": "by hand", "tags": ["t"]} | changes
    return await http.post(f"/flows/{FLOW}/run", json=document, headers=bearer("run-6"))


async def test_visible_flows_are_listed_latest_first_with_the_callers_role(http: httpx.AsyncClient) -> None:
    reply = (await http.get("/flows")).json()
    found = [(one["title"], one["user_role"]) for one in reply["flows"]]
    assert found == [("Showcase", "flow_viewer"), ("Two hops", "flow_owner")]
    assert (reply["limit"], reply["has_next_page"], reply["marker"]) == (20, False, None)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"filter_fulltext": "hops two"}, ["Two hops"]),
        ({"filter_title": "SHOW"}, ["Showcase"]),
        ({"filter_roles": "flow_owner"}, ["Two hops"]),
        ({"filter_roles": "flow_viewers,flow_starters"}, ["Showcase"]),
        ({"orderby": "title DESC"}, ["Two hops", "Showcase"]),
    ],
)
async def test_flows_are_filtered_and_ordered(
    http: httpx.AsyncClient, query: dict[str, str], titles: list[str]
) -> None:
    assert [one["title"] for one in (await http.get("/flows", params=query)).json()["flows"]] == titles


async def test_flows_come_in_pages_whose_marker_keeps_the_filter(http: httpx.AsyncClient) -> None:
    first = (await http.get("/flows", params={"per_page": 1, "orderby": "title ASC"})).json()
    assert first["has_next_page"] is True
    second = (await http.get("/flows", params={"marker": first["marker"]})).json()
    assert [one["title"] for one in first["flows"] + second["flows"]] == ["Showcase", "Two hops"]
    assert second["has_next_page"] is False
    assert (await http.get("/flows", params={"marker": "what"})).status_code == 400


async def test_a_flow_that_is_not_visible_is_answered_like_a_missing_one(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"/flows/{FLOW}")).json()["title"] == "Two hops"
    answers = [await http.get(f"/flows/{one}") for one in (HIDDEN, OPS)]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["error"]["code"] for answer in answers} == {"NOT_FOUND"}


async def test_starting_a_flow_needs_a_token_for_that_flow(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"/flows/{FLOW}/run", json={"body": {"path": "/"}})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "MISSING_SCOPE"
    assert (await http.get("/flows", headers=bearer("status"))).json()["error"]["code"] == "MISSING_SCOPE"
    assert (await http.get("/runs", headers=bearer("status"))).status_code == 200
    assert (await http.get("/flows", headers=bearer("nobody"))).status_code == 401


async def test_a_viewer_may_not_start_a_flow(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"/flows/{LOOK_ONLY}/run", json={"body": {"path": "/"}}, headers=bearer("run-8"))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "where", "words"),
    [
        ({}, ["body"], "“path” is needed."),
        ({"path": 3}, ["body", "path"], "This must be text."),
        ({"path": "/", "sizes": [1, "2"]}, ["body", "sizes", 1], "This must be a whole number."),
        ({"path": "/", "x": 1}, ["body"], "“x” is not known to this flow."),
    ],
)
async def test_input_that_does_not_fit_the_schema_is_refused(
    http: httpx.AsyncClient, body: JSON, where: list[Any], words: str
) -> None:
    for path in ("run", "validate_run"):
        answer = await http.post(f"/flows/{FLOW}/{path}", json={"body": body}, headers=bearer("run-6"))
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == "UNPROCESSABLE_ENTITY"
        assert [(one["loc"], one["msg"]) for one in error["detail"]] == [(where, words)]
    good = {"body": {"path": "/"}}
    answer = await http.post(f"/flows/{FLOW}/validate_run", json=good, headers=bearer("run-6"))
    assert answer.status_code == 200


async def test_a_run_goes_on_in_simulated_time(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    answer = await start(http)
    assert answer.status_code == 201
    run = answer.json()
    assert (run["status"], run["label"], run["user_role"]) == ("ACTIVE", "by hand", "run_owner")
    assert run["details"]["code"] == "FlowStarting"
    assert not [key for key in run if key.startswith("_")]
    sandbox.clock.advance(121)
    run = (await http.get(f"/runs/{run['run_id']}", params={"include_flow_description": "True"})).json()
    assert (run["status"], run["completion_time"]) == ("SUCCEEDED", "2026-03-20T08:02:00+00:00")
    assert run["flow_description"]["title"] == "Two hops"
    log = (await http.get(f"/runs/{run['run_id']}/log", params={"per_page": 4})).json()
    rest = (await http.get(f"/runs/{run['run_id']}/log", params={"marker": log["marker"]})).json()
    assert [one["code"] for one in log["entries"] + rest["entries"]] == [
        "FlowStarted",
        "ActionStarted",
        "ActionCompleted",
        "PassStarted",
        "PassCompleted",
        "FlowSucceeded",
    ]
    definition = (await http.get(f"/runs/{run['run_id']}/definition")).json()
    assert definition["definition"]["StartAt"] == "Move"


async def test_runs_are_filtered_and_seen_by_their_people_only(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.flows[FLOW]["_plan"] = {"seconds": 10, "outcome": "FAILED", "error": "Boom"}
    first = (await start(http, label="first")).json()
    sandbox.clock.advance(timedelta(hours=1))
    await start(http, label="second")

    async def labels(**query: str) -> list[str]:
        return [run["label"] for run in (await http.get("/runs", params=query)).json()["runs"]]

    assert await labels() == ["second", "first"]
    assert await labels(filter_status="FAILED") == ["first"]
    assert await labels(filter_label="SEC") == ["second"]
    assert await labels(filter_flow_id=HIDDEN) == []
    assert await labels(filter_start_time="2026-03-20T08:30:00+00:00,") == ["second"]
    assert await labels(filter_completion_time=",2026-03-20T09:00:00+00:00") == ["first"]
    theirs = bearer("flows-other")
    assert (await http.get("/runs", headers=theirs)).json()["runs"] == []
    assert (await http.get(f"/runs/{first['run_id']}", headers=theirs)).status_code == 404


async def test_a_run_can_be_given_another_label_and_tags(http: httpx.AsyncClient) -> None:
    run_id = (await start(http)).json()["run_id"]
    assert (await http.put(f"/runs/{run_id}", json={"label": 7})).status_code == 422
    assert (await http.put(f"/runs/{run_id}", json={"label": "Tuesday", "tags": ["night"]})).status_code == 200
    run = (await http.get(f"/runs/{run_id}")).json()
    assert (run["label"], run["tags"]) == ("Tuesday", ["night"])


async def test_a_flow_definition_is_validated(http: httpx.AsyncClient) -> None:
    states = {"Only": {"Type": "Pass", "End": True}}
    good = {"definition": {"StartAt": "Only", "States": states}}
    assert (await http.post("/flows/validate", json=good)).status_code == 200
    for bad in ({}, {"definition": {"States": states}}, {"definition": {"StartAt": "Other", "States": states}}):
        assert (await http.post("/flows/validate", json=bad)).status_code == 422


async def test_a_flow_is_made_changed_by_its_people_only_and_run(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    states = {"Move": {"Type": "Action", "End": True}}
    wanted = {"title": "mine", "definition": {"StartAt": "Move", "States": states}, "input_schema": {"type": "object"}}
    refused = await http.post(
        "/flows", json=wanted | {"definition": {"StartAt": "?", "States": {}}}, headers=bearer("flows-ops")
    )
    assert refused.status_code == 422
    assert (await http.post("/flows", json={"title": "x"}, headers=bearer("flows-ops"))).status_code == 422
    made = await http.post("/flows", json=wanted, headers=bearer("flows-ops"))
    assert made.status_code == 201
    flow_id = made.json()["id"]
    assert made.json()["globus_auth_scope"] == flow_scope(flow_id)
    found = (await http.get(f"/flows/{flow_id}", headers=bearer("flows-ops"))).json()
    assert (found["title"], found["user_role"]) == ("mine", "flow_owner")
    assert (await http.put(f"/flows/{flow_id}", json={"title": "no"}, headers=bearer("flows-other"))).status_code == 404
    changed = await http.put(f"/flows/{flow_id}", json={"title": "ours", "id": "x"}, headers=bearer("flows-ops"))
    assert (changed.json()["title"], changed.json()["id"]) == ("ours", flow_id)
    _token(sandbox, "run-new", OPS, flow_id, flow_scope(flow_id))
    run = await http.post(f"/flows/{flow_id}/run", json={"body": {"any": 1}}, headers=bearer("run-new"))
    assert (run.status_code, run.json()["flow_title"]) == (201, "ours")


async def test_a_run_can_be_canceled_and_its_record_released(http: httpx.AsyncClient) -> None:
    run_id = (await start(http)).json()["run_id"]
    assert (await http.post(f"/runs/{run_id}/release")).status_code == 409
    answer = await http.post(f"/runs/{run_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "FAILED")
    log = (await http.get(f"/runs/{run_id}/log")).json()
    assert log["entries"][-1]["code"] == "FlowFailed"
    assert (await http.post(f"/runs/{run_id}/release")).status_code == 200
    assert (await http.get(f"/runs/{run_id}")).status_code == 404


async def test_a_run_that_waits_for_consent_goes_on_when_resumed(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.flows[FLOW]["_plan"] = {"seconds": 60, "hold": CONSENT, "hold_after": 20}
    run_id = (await start(http)).json()["run_id"]
    sandbox.clock.advance(timedelta(hours=1))
    run = (await http.get(f"/runs/{run_id}")).json()
    assert (run["status"], run["details"], run["completion_time"]) == ("INACTIVE", CONSENT, None)
    assert (await http.post(f"/runs/{run_id}/resume")).status_code == 403
    answer = await http.post(f"/runs/{run_id}/resume", headers=bearer("run-6"))
    assert answer.json()["status"] == "ACTIVE"
    sandbox.clock.advance(39)
    assert (await http.get(f"/runs/{run_id}")).json()["status"] == "ACTIVE"
    sandbox.clock.advance(2)
    assert (await http.get(f"/runs/{run_id}")).json()["status"] == "SUCCEEDED"


async def _flow_timer(http: httpx.AsyncClient) -> str:
    schedule = {"type": "recurring", "interval_seconds": 600}
    body = {"body": {"path": "/raw/"}, "tags": ["timed"]}
    document = {"timer_type": "flow", "flow_id": FLOW, "name": "report", "schedule": schedule, "body": body}
    answer = await http.post("/v2/timer", json={"timer": document}, headers=bearer("timers"))
    assert answer.status_code == 201, answer.text
    made = answer.json()["timer"]
    assert (made["timer_type"], made["flow_id"]) == ("flow", FLOW)
    return str(made["job_id"])


async def test_a_flow_timer_starts_runs(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    grant_string(sandbox, OPS, CLIENT, f"{TIMER_SCOPE}[{flow_scope(FLOW)}]")
    job_id = await _flow_timer(http)
    sandbox.clock.advance(timedelta(minutes=11))
    job = (await http.get(f"/jobs/{job_id}", headers=bearer("timers"))).json()
    assert [run["run_status"] for run in job["results"]["data"]] == ["ACTIVE", "SUCCEEDED"]
    assert job["callback_url"] == f"https://flows.automate.globus.org/flows/{FLOW}/run"
    assert (job["flow_id"], job["scope"]) == (FLOW, flow_scope(FLOW))
    run = (await http.get(f"/runs/{job['results']['data'][1]['resource_id']}")).json()
    assert (run["label"], run["tags"]) == ("report, run 1", ["timed"])


async def test_a_flow_timer_without_consent_stops_at_its_first_run(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    job_id = await _flow_timer(http)
    job = (await http.get(f"/jobs/{job_id}", headers=bearer("timers"))).json()
    assert job["status"] == "inactive"
    wanted = job["inactive_reason"]["detail"]["authorization_parameters"]["required_scopes"]
    assert wanted == [f"{TIMER_SCOPE}[{flow_scope(FLOW)}]"]


async def test_a_run_that_waits_for_consent_holds_up_its_timer_until_new_credentials_come(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    grant_string(sandbox, OPS, CLIENT, f"{TIMER_SCOPE}[{flow_scope(FLOW)}]")
    sandbox.flows[FLOW]["_plan"] = {"seconds": 60, "hold": CONSENT, "hold_after": 20}
    job_id = await _flow_timer(http)
    await http.get("/jobs/", headers=bearer("timers"))
    sandbox.clock.advance(timedelta(minutes=3))
    job = (await http.get(f"/jobs/{job_id}", headers=bearer("timers"))).json()
    assert (job["status"], job["inactive_reason"]["detail"]) == ("inactive", CONSENT)
    path = f"/jobs/{job_id}/resume"
    await http.post(path, params={"update_credentials": "false"}, headers=bearer("timers"))
    assert sandbox.timers[job_id].status == "inactive"
    await http.post(path, headers=bearer("timers"))
    assert timer_engine.is_active(sandbox.timers[job_id])
    sandbox.clock.advance(41)
    job = (await http.get(f"/jobs/{job_id}", headers=bearer("timers"))).json()
    assert (job["n_runs"], job["results"]["data"][0]["run_status"]) == (1, "SUCCEEDED")
    assert job["next_run"] == "2026-03-20T08:10:00+00:00"
