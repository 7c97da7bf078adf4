"""The unmodified official Python SDK completes a journey on the sandbox, knowing nothing but the printed lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import globus_sdk
import pytest
from globus_sdk.scopes import AuthScopes, FlowsScopes, TimersScopes, TransferScopes

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.making.new_timer import FlowTimer, TimerJob, TransferTimer
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData, TransferItem
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import flow_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

DEPOT, ARCHIVE = collection_id("depot"), collection_id("archive")
QUALITY = flow_id("quality")
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
"""Within a year of the sandbox's present, as the service wants it, and not before a test is over."""


class Sdk:
    """The SDK's clients, each with a token from the client credentials grant."""

    def __init__(self, account: globus_sdk.ConfidentialAppAuthClient) -> None:
        def signed(scope: globus_sdk.Scope) -> globus_sdk.ClientCredentialsAuthorizer:
            return globus_sdk.ClientCredentialsAuthorizer(account, scope)

        self.account = account
        self.timers = globus_sdk.TimersClient(authorizer=signed(TimersScopes.timer))
        self.transfer = globus_sdk.TransferClient(authorizer=signed(TransferScopes.all))
        self.flows = globus_sdk.FlowsClient(authorizer=signed(FlowsScopes.all))
        self.auth = globus_sdk.AuthClient(authorizer=signed(AuthScopes.openid))

    def close(self) -> None:
        for client in (self.timers, self.transfer, self.flows, self.auth):
            client.close()


@pytest.fixture(autouse=True)
def printed_environment(printed_lines: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in printed_lines.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sdk(printed_lines: dict[str, str], printed_environment: None) -> Iterator[Sdk]:
    lines = printed_lines
    with globus_sdk.ConfidentialAppAuthClient(
        lines["GLOBUS_CLI_CLIENT_ID"], lines["GLOBUS_CLI_CLIENT_SECRET"]
    ) as account:
        clients = Sdk(account)
        yield clients
        clients.close()


@pytest.fixture
async def ours(printed_lines: dict[str, str]) -> AsyncIterator[TimersClient]:
    """Our own client on the same sandbox, as the same account."""
    account = ServiceAccount(printed_lines["GLOBUS_TUI_CLIENT_ID"], Secret(printed_lines["GLOBUS_TUI_CLIENT_SECRET"]))
    async with Connection(Environment.read(printed_lines)) as connection:
        yield TimersClient(connection, ClientCredentialsTokens(AuthClient(connection), account))


def of_the_sdk(**options: Any) -> globus_sdk.TransferData:
    data = globus_sdk.TransferData(DEPOT, ARCHIVE, **options)
    data.add_item("/results/", "/archive/projects/", recursive=True)
    return data


def test_a_timer_lives_from_creation_to_deletion(sdk: Sdk) -> None:
    schedule = globus_sdk.RecurringTimerSchedule(interval_seconds=3600, start=SOON)
    made = sdk.timers.create_timer(globus_sdk.TransferTimer(name="of the SDK", schedule=schedule, body=of_the_sdk()))
    job_id = made["timer"]["job_id"]
    assert job_id in [job.get("job_id") for job in sdk.timers.list_jobs()["jobs"]]
    assert sdk.timers.pause_job(job_id)["message"] == f"Successfully paused job {job_id}."
    assert sdk.timers.update_job(job_id, {"name": "renamed"})["name"] == "renamed"
    assert sdk.timers.resume_job(job_id, update_credentials=False).http_status == 200
    assert sdk.timers.get_job(job_id)["status"] == "active"
    assert sdk.timers.delete_job(job_id)["status"] == "delete_in_progress"


def test_a_run_of_a_timer_leads_to_its_task(sdk: Sdk) -> None:
    schedule = globus_sdk.OnceTimerSchedule()
    made = sdk.timers.create_timer(globus_sdk.TransferTimer(name="at once", schedule=schedule, body=of_the_sdk()))
    run = sdk.timers.get_job(made["timer"]["job_id"])["results"]["data"][0]
    task = sdk.transfer.get_task(run["resource_id"])
    assert (task["status"], task["source_endpoint_id"], task["label"]) == ("ACTIVE", DEPOT, "at once, run 1")
    assert sdk.transfer.cancel_task(task["task_id"])["code"] == "Canceled"
    assert next(iter(sdk.transfer.task_event_list(task["task_id"])))["code"] == "CANCELED"


def test_collections_folders_and_a_transfer(sdk: Sdk) -> None:
    assert DEPOT in [one["id"] for one in sdk.transfer.endpoint_search("Depot")]
    assert sdk.transfer.get_endpoint(ARCHIVE)["display_name"] == "Campus Archive"
    assert "results" in [entry["name"] for entry in sdk.transfer.operation_ls(DEPOT, path="/")]
    data = of_the_sdk(label="by the SDK", submission_id=sdk.transfer.get_submission_id()["value"])
    sent = sdk.transfer.submit_transfer(data)
    assert sdk.transfer.submit_transfer(data)["task_id"] == sent["task_id"]
    assert sdk.transfer.get_task(sent["task_id"])["label"] == "by the SDK"
    assert sent["task_id"] in [task["task_id"] for task in sdk.transfer.task_list(limit=20)]


def test_a_flow_and_its_timer(sdk: Sdk) -> None:
    assert sdk.flows.get_flow(QUALITY)["title"] == "Detector quality report"
    timer = globus_sdk.FlowTimer(
        flow_id=QUALITY, schedule=globus_sdk.OnceTimerSchedule(), name="report", body={"body": {"path": "/raw/"}}
    )
    job_id = sdk.timers.create_timer(timer)["timer"]["job_id"]
    run = sdk.timers.get_job(job_id)["results"]["data"][0]
    assert run["resource_id"] in [one["run_id"] for one in sdk.flows.paginated.list_runs().items()]


def test_who_the_service_account_is(sdk: Sdk) -> None:
    assert sdk.auth.userinfo()["sub"] == sdk.account.client_id
    assert sdk.account.oauth2_client_credentials_tokens(TimersScopes.timer).by_resource_server


def test_each_refusal_is_an_error_of_the_client_that_was_asked(sdk: Sdk) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(globus_sdk.TimersAPIError) as timers:
        sdk.timers.get_job(nobody)
    assert (timers.value.http_status, timers.value.code) == (404, "NOT_FOUND")
    with pytest.raises(globus_sdk.TransferAPIError) as transfer:
        sdk.transfer.get_task(nobody)
    assert (transfer.value.http_status, transfer.value.code) == (404, "TaskNotFound")
    assert transfer.value.request_id
    with pytest.raises(globus_sdk.FlowsAPIError) as flows:
        sdk.flows.get_flow(nobody)
    assert flows.value.http_status == 404
    with (
        globus_sdk.ConfidentialAppAuthClient(str(sdk.account.client_id), "wrong") as stranger,
        pytest.raises(globus_sdk.AuthAPIError) as auth,
    ):
        stranger.oauth2_client_credentials_tokens(TimersScopes.timer)
    assert auth.value.http_status == 401


def test_a_token_opens_only_its_own_service(sdk: Sdk) -> None:
    found = sdk.account.oauth2_client_credentials_tokens(TransferScopes.all)
    token = found.by_resource_server["transfer.api.globus.org"]["access_token"]
    for access, status in ((token, 403), ("no-such-token", 401)):
        with (
            globus_sdk.TimersClient(authorizer=globus_sdk.AccessTokenAuthorizer(access)) as client,
            pytest.raises(globus_sdk.TimersAPIError) as refused,
        ):
            client.list_jobs()
        assert refused.value.http_status == status


MOVED = TransferItem("/results/", "/archive/projects/", recursive=True)
NEW_TIMERS: dict[str, tuple[Any, Any]] = {
    "a transfer with every option": (
        TransferTimer(
            TransferData(
                DEPOT, ARCHIVE, (MOVED,), label="nightly", sync_level=SyncLevel.CHECKSUM, verify_checksum=True,
                preserve_timestamp=True, encrypt_data=True, skip_source_errors=True, fail_on_quota_errors=True,
                delete_destination_extra=True, notify_on_succeeded=False,
                filter_rules=(FilterRule("*.tmp", "exclude", "file"),),
            ),
            RecurringSchedule(timedelta(hours=6), SOON, EndCondition(until=SOON + timedelta(days=9))),
            "twin",
        ),
        lambda: globus_sdk.TransferTimer(
            name="twin",
            schedule=globus_sdk.RecurringTimerSchedule(
                21_600, start=SOON, end={"condition": "time", "datetime": (SOON + timedelta(days=9)).isoformat()}
            ),
            body=filtered(of_the_sdk(
                label="nightly", sync_level="checksum", verify_checksum=True, preserve_timestamp=True,
                encrypt_data=True, skip_source_errors=True, fail_on_quota_errors=True,
                delete_destination_extra=True, notify_on_succeeded=False,
            )),
        ),
    ),
    "a single run": (
        TransferTimer(TransferData(DEPOT, ARCHIVE, (MOVED,)), OnceSchedule(SOON), "twin"),
        lambda: globus_sdk.TransferTimer(
            name="twin", schedule=globus_sdk.OnceTimerSchedule(datetime=SOON), body=of_the_sdk()
        ),
    ),
    "a flow": (
        FlowTimer(QUALITY, {"body": {"path": "/raw/"}}, RecurringSchedule(timedelta(days=1), SOON), "twin"),
        lambda: globus_sdk.FlowTimer(
            flow_id=QUALITY, name="twin", body={"body": {"path": "/raw/"}},
            schedule=globus_sdk.RecurringTimerSchedule(86_400, start=SOON),
        ),
    ),
}  # fmt: skip


def filtered(data: globus_sdk.TransferData) -> globus_sdk.TransferData:
    data.add_filter_rule("*.tmp", method="exclude", type="file")
    return data


OWN = {"job_id", "submitted_at"}
"""What two timers never share."""


@pytest.mark.parametrize("what", NEW_TIMERS)
async def test_the_same_timer_made_by_our_client_and_by_the_sdk_is_the_same(
    what: str, sdk: Sdk, ours: TimersClient
) -> None:
    mine, theirs = NEW_TIMERS[what]
    my_id = (await ours.create_timer(mine)).job.job_id
    their_id = sdk.timers.create_timer(theirs())["timer"]["job_id"]
    await the_twins_are_equal(my_id, their_id, sdk, ours)


async def test_the_same_timer_of_the_first_version_is_the_same_too(sdk: Sdk, ours: TimersClient) -> None:
    data = TransferData(DEPOT, ARCHIVE, (MOVED,), sync_level=SyncLevel.MTIME, verify_checksum=True)
    job = TimerJob.from_transfer_data(
        data, SOON, timedelta(hours=1), actions_url=Environment.read({}).actions_url, name="twin", stop_after_n=3
    )
    their_data = of_the_sdk(sync_level="mtime", verify_checksum=True)
    theirs = globus_sdk.TimerJob(
        job.callback_url, {"body": their_data}, SOON, timedelta(hours=1), name="twin", stop_after_n=3
    )
    my_id = (await ours.create_job(job)).job.job_id
    await the_twins_are_equal(my_id, sdk.timers.create_job(theirs)["job_id"], sdk, ours)


async def the_twins_are_equal(my_id: str, their_id: str, sdk: Sdk, ours: TimersClient) -> None:
    """Read back by the SDK and by our own client, they differ in nothing but their ids and birthdays."""
    documents = [sdk.timers.get_job(one).data for one in (my_id, their_id)]
    kept = [{key: value for key, value in document.items() if key not in OWN} for document in documents]
    assert kept[0] == kept[1]
    jobs = [(await ours.get_job(one)).job for one in (my_id, their_id)]
    for field in Job.__dataclass_fields__:
        if field not in OWN:
            assert getattr(jobs[0], field) == getattr(jobs[1], field), field
    assert jobs[0].unreadable is None
    assert jobs[0].name == "twin"
