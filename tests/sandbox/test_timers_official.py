"""The unmodified official Python SDK against the served sandbox: timers and flows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import globus_sdk
import pytest

from globus_tui.sandbox import serve
from globus_tui.sandbox.auth.scopes import FLOWS_CLIENT
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.state import (
    FLOWS_SERVER,
    TIMER_SCOPE,
    TIMERS_SERVER,
    Collection,
    Entry,
    Person,
    Sandbox,
    Session,
    Token,
)
from globus_tui.sandbox.timers.engine import flow_scope

if TYPE_CHECKING:
    from collections.abc import Iterator

T0 = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
OPS, CLIENT, SOURCE, TARGET, FLOW = (f"{n}0000000-0000-4000-8000-000000000000" for n in range(1, 6))
ONE_A_DAY = globus_sdk.RecurringTimerSchedule(interval_seconds=86_400, start=T0)


@pytest.fixture
def sandbox() -> Sandbox:
    made = Sandbox(Clock(T0, speed=0), Faults())
    made.people[OPS] = Person(OPS, "ops@lab.example.org", "Ops", "ops@lab.example.org")
    for one in (SOURCE, TARGET):
        document = {"id": one, "display_name": one[:1], "entity_type": "GCP_mapped_collection"}
        made.collections[one] = Collection(one, document, Entry("/", children={}))
    made.flows[FLOW] = {
        "id": FLOW,
        "title": "Report",
        "definition": {"StartAt": "Work", "States": {"Work": {"Type": "Pass", "End": True}}},
        "input_schema": {},
        "flow_owner": f"urn:globus:auth:identity:{OPS}",
    }
    flows_all = f"https://auth.globus.org/scopes/{FLOWS_CLIENT}/all"
    for server, scope in ((TIMERS_SERVER, TIMER_SCOPE), (FLOWS_SERVER, flows_all), (FLOW, flow_scope(FLOW))):
        login, scopes = Session("s", {OPS: T0}), frozenset({scope})
        made.tokens[server] = Token(server, "access", CLIENT, OPS, server, scopes, T0, None, login)
    return made


@pytest.fixture
def url(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serve.running(sandbox) as base:
        for name, value in serve.environment(sandbox, base).items():
            monkeypatch.setenv(name, value)
        yield base


@pytest.fixture
def timers(url: str) -> Iterator[globus_sdk.TimersClient]:
    authorizer = globus_sdk.AccessTokenAuthorizer(TIMERS_SERVER)
    with globus_sdk.TimersClient(authorizer=authorizer) as client:
        yield client


def transfer_timer(name: str = "nightly") -> globus_sdk.TransferTimer:
    data = globus_sdk.TransferData(SOURCE, TARGET, sync_level="mtime", verify_checksum=True)
    data.add_item("/raw/", "/archive/", recursive=True)
    data.add_filter_rule("*.tmp", method="exclude", type="file")
    return globus_sdk.TransferTimer(name=name, schedule=ONE_A_DAY, body=data)


def test_the_life_of_a_timer(timers: globus_sdk.TimersClient, sandbox: Sandbox) -> None:
    made = timers.create_timer(transfer_timer())["timer"]
    job_id = made["job_id"]
    assert made["body"]["sync_level"] == 2
    listed = timers.list_jobs(query_params={"order": "submitted_at asc"})["jobs"]
    assert [job["job_id"] for job in listed] == [job_id]
    assert timers.update_job(job_id, {"name": "weekly"})["name"] == "weekly"
    assert timers.pause_job(job_id)["message"] == f"Successfully paused job {job_id}."
    assert timers.get_job(job_id)["status"] == "inactive"
    sandbox.clock.advance(timedelta(days=3, hours=1))
    for asked in (None, True, False):
        assert timers.resume_job(job_id, update_credentials=asked).http_status == 200
    job = timers.get_job(job_id)
    assert (job["status"], job["n_runs"], job["next_run"]) == ("active", 2, "2026-03-24T08:00:00+00:00")
    assert timers.delete_job(job_id)["status"] == "delete_in_progress"
    sandbox.clock.advance(60)
    with pytest.raises(globus_sdk.TimersAPIError) as gone:
        timers.get_job(job_id)
    assert (gone.value.http_status, gone.value.code) == (404, "NOT_FOUND")
    assert gone.value.message


def test_an_old_timer_job(timers: globus_sdk.TimersClient, sandbox: Sandbox) -> None:
    data = globus_sdk.TransferData(SOURCE, TARGET)
    data.add_item("/raw/a", "/archive/a")
    url = "https://actions.automate.globus.org/transfer/transfer/run"
    start, interval = T0 + timedelta(hours=1), timedelta(hours=6)
    job = globus_sdk.TimerJob(url, {"body": data}, start, interval, name="old", stop_after_n=2)
    made = timers.create_job(job)
    assert (made["timer_type"], made["interval"], made["stop_after"]["n_runs"]) == ("transfer", 21_600, 2)
    sandbox.clock.advance(timedelta(days=1))
    assert (timers.get_job(made["job_id"])["status"], len(sandbox.tasks)) == ("ended", 2)


def test_refusals_are_understood(timers: globus_sdk.TimersClient) -> None:
    broken = globus_sdk.TransferTimer(
        schedule=globus_sdk.RecurringTimerSchedule(interval_seconds=5),
        body=globus_sdk.TransferData(SOURCE, TARGET),
    )
    with pytest.raises(globus_sdk.TimersAPIError) as refused:
        timers.create_timer(broken)
    assert refused.value.http_status == 422
    assert refused.value.messages == [
        "ensure this value is greater than or equal to 60: body.timer.schedule.interval_seconds",
        "ensure this value has at least 1 items: body.timer.body.DATA",
    ]


def test_a_flow_timer_its_run_and_the_flow(timers: globus_sdk.TimersClient, sandbox: Sandbox) -> None:
    schedule = globus_sdk.OnceTimerSchedule()
    timer = globus_sdk.FlowTimer(flow_id=FLOW, schedule=schedule, name="report", body={"body": {"day": 1}})
    made = timers.create_timer(timer)["timer"]
    assert (made["timer_type"], made["flow_id"]) == ("flow", FLOW)
    assert timers.get_job(made["job_id"])["status"] == "inactive"  # nobody consented
    flows = globus_sdk.FlowsClient(authorizer=globus_sdk.AccessTokenAuthorizer(FLOWS_SERVER))
    assert [flow["title"] for flow in flows.paginated.list_flows().items()] == ["Report"]
    starter = globus_sdk.SpecificFlowClient(FLOW, authorizer=globus_sdk.AccessTokenAuthorizer(FLOW))
    run_id = starter.run_flow({"day": 1}, label="by hand")["run_id"]
    sandbox.clock.advance(timedelta(hours=1))
    assert flows.get_run(run_id, include_flow_description=True)["status"] == "SUCCEEDED"
    assert [run["label"] for run in flows.paginated.list_runs(filter_flow_id=FLOW).items()] == ["by hand"]
    assert next(entry["code"] for entry in flows.paginated.get_run_logs(run_id).items()) == "FlowStarted"
    with pytest.raises(globus_sdk.FlowsAPIError) as refused:
        flows.get_flow(CLIENT)
    assert (refused.value.http_status, refused.value.code) == (404, "NOT_FOUND")
    for client in (flows, starter):
        client.close()
