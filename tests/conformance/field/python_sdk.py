"""The official Python SDK, versions 3 and 4: a timer's life, what it moved, a flow."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import globus_sdk
from globus_sdk import scopes
from steps import ARCHIVE, DEPOT, FLOW, SERVICE, expect, step

account = globus_sdk.ConfidentialAppAuthClient(*SERVICE)
SOON = datetime.now(timezone.utc) + timedelta(hours=1)  # noqa: UP017 - version 3 runs where datetime.UTC is not


def client(kind, scope):
    return kind(authorizer=globus_sdk.ClientCredentialsAuthorizer(account, str(scope)))


names = ("TimersClient", "TimersScopes") if hasattr(scopes, "TimersScopes") else ("TimerClient", "TimerScopes")
timers = client(getattr(globus_sdk, names[0]), getattr(scopes, names[1]).timer)
transfer = client(globus_sdk.TransferClient, scopes.TransferScopes.all)
flows = client(globus_sdk.FlowsClient, scopes.FlowsScopes.all)
job = {}


def body():
    if globus_sdk.__version__.startswith("3."):
        data = globus_sdk.TransferData(source_endpoint=DEPOT, destination_endpoint=ARCHIVE)
    else:
        data = globus_sdk.TransferData(DEPOT, ARCHIVE)
    data.add_item("/results/", "/archive/projects/", recursive=True)
    return data


@step("who")
def _():
    found = client(globus_sdk.AuthClient, scopes.AuthScopes.openid)
    expect((found.userinfo() if hasattr(found, "userinfo") else found.oauth2_userinfo())["sub"], SERVICE[0])


@step("list")
def _():
    assert len(timers.list_jobs()["jobs"]) > 50


@step("create")
def _():
    schedule = globus_sdk.RecurringTimerSchedule(interval_seconds=3600, start=SOON)
    made = timers.create_timer(globus_sdk.TransferTimer(name="walk", schedule=schedule, body=body()))
    job["id"] = made["timer"]["job_id"]


@step("pause")
def _():
    timers.pause_job(job["id"])
    expect(timers.get_job(job["id"])["status"], "inactive")


@step("rename")
def _():
    expect(timers.update_job(job["id"], {"name": "walked"})["name"], "walked")


@step("resume")
def _():
    timers.resume_job(job["id"])
    expect(timers.get_job(job["id"])["status"], "active")


@step("delete")
def _():
    timers.delete_job(job["id"])


@step("first version's timer")
def _():
    made = timers.create_job(
        globus_sdk.TimerJob.from_transfer_data(body(), SOON, timedelta(hours=1), name="old")
        if hasattr(globus_sdk.TimerJob, "from_transfer_data")
        else globus_sdk.TimerJob(
            "https://actions.automate.globus.org/transfer/transfer/run", {"body": body()}, SOON, timedelta(hours=1)
        )
    )
    timers.delete_job(made["job_id"])


@step("folders and tasks")
def _():
    assert "results" in [one["name"] for one in transfer.operation_ls(DEPOT, path="/")]
    assert transfer.get_endpoint(ARCHIVE)["display_name"]
    sent = transfer.submit_transfer(body())
    expect(transfer.cancel_task(sent["task_id"])["code"], "Canceled")


@step("flow")
def _():
    assert flows.get_flow(FLOW)["title"]
    schedule = globus_sdk.OnceTimerSchedule()
    if not hasattr(globus_sdk, "FlowTimer"):
        return "no flow timers in this version"
    made = timers.create_timer(
        globus_sdk.FlowTimer(flow_id=FLOW, schedule=schedule, name="report", body={"body": {"path": "/raw/"}})
    )
    assert timers.get_job(made["timer"]["job_id"])["results"]["data"]
    return ""
