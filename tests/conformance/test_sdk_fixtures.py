"""Every answer in the official SDK's fixtures, for operations that we have, is understood by our clients."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import globus_sdk.testing.data
import httpx
import pytest
from globus_sdk.testing import ResponseList, get_response_set

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.domain.auth.credentials import ConsentRecord, Identity, Secret, TokenAnswer, missing
from globus_tui.domain.auth.scope import Scope
from globus_tui.domain.errors import ErrorKind, ServiceError, SignedOut
from globus_tui.domain.making.new_timer import TimerJob, TransferTimer
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import JobKind, JobStatus, PauseCause
from globus_tui.domain.transfer.collection import Collection, CollectionKind, FolderEntry
from globus_tui.domain.transfer.task import Submission
from globus_tui.domain.transfer.transfer import TransferData
from tests.conformance.sdk_operations import SECRET, A, B, C, Ours

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from globus_sdk.testing import RegisteredResponse

    from globus_tui.domain.timer.job import JobReading
    from globus_tui.domain.transfer.flow import Flow

SERVICES = ("timer", "transfer", "auth", "flows")
NEW = TransferTimer(TransferData(A, B), OnceSchedule())
NEW_JOB = TimerJob("https://a.example.org/run", {}, "2026-12-01T06:00:00+00:00", None)

CALLS: dict[str, Callable[[Ours, Mapping[str, Any]], Awaitable[object]]] = {
    "timer.list_jobs": lambda o, m: o.timers.list_jobs(),
    "timer.get_job": lambda o, m: o.timers.get_job(m["job_id"]),
    "timer.create_job": lambda o, m: o.timers.create_job(NEW_JOB),
    "timer.create_timer": lambda o, m: o.timers.create_timer(NEW),
    "timer.update_job": lambda o, m: o.timers.update_job(m["job_id"], name=m.get("name", "x")),
    "timer.delete_job": lambda o, m: o.timers.delete_job(m["job_id"]),
    "timer.pause_job": lambda o, m: o.timers.pause_job(m["job_id"]),
    "timer.resume_job": lambda o, m: o.timers.resume_job(m["job_id"]),
    "transfer.cancel_task": lambda o, m: o.transfer.cancel_task(m["task_id"]),
    "transfer.get_endpoint": lambda o, m: o.transfer.get_endpoint(m["endpoint_id"]),
    "transfer.get_submission_id": lambda o, m: o.transfer.submission_id(),
    "transfer.operation_stat": lambda o, m: o.transfer.stat(m["endpoint_id"], "/a"),
    "transfer.submit_transfer": lambda o, m: o.transfer.submit_transfer(TransferData(A, B, submission_id=C)),
    "auth.get_consents": lambda o, m: o.people.consents(m["identity_id"]),
    "auth.get_identities": lambda o, m: o.people.identities(["pat@a.org"]),
    "auth.oauth2_client_credentials_tokens": lambda o, m: o.auth.client_credentials(C, SECRET, "s"),
    "auth.oauth2_exchange_code_for_tokens": lambda o, m: o.auth.exchange_code(
        C, Secret("c"), "http://localhost:1", Secret("v")
    ),
    "auth.oauth2_revoke_token": lambda o, m: o.auth.revoke(C, Secret("t")),
    "flows.get_flow": lambda o, m: o.flows.get_flow(m["flow_id"]),
    "flows.list_flows": lambda o, m: o.flows.list_flows(),
}

# Operations of the SDK that this program has no use for; a fixture in neither list fails the test below.
NOT_OURS = {
    "transfer": """create_tunnel delete_tunnel endpoint_manager_task_list endpoint_manager_task_successful_transfers
        get_stream_access_point get_tunnel get_tunnel_events list_tunnels operation_mkdir operation_rename
        set_subscription_admin_verified set_subscription_id submit_delete task_list update_endpoint update_tunnel v2""",
    "auth": """create_child_client create_client create_client_credential create_native_app_instance create_policy
        create_project create_scope delete_client delete_client_credential delete_policy delete_project delete_scope
        get_client get_client_credentials get_clients get_identity_providers get_policies get_policy get_project
        get_projects get_scope get_scopes oauth2_get_dependent_tokens oauth2_token_introspect
        update_client update_policy update_project update_scope userinfo""",
    "flows": """cancel_run create_flow delete_flow delete_run get_registered_api get_run get_run_definition
        get_run_logs get_web_input list_registered_apis list_runs list_web_inputs respond_to_web_input resume_run
        run_flow update_flow update_run validate_flow validate_run""",
    "timer": "",
}


@dataclass(frozen=True)
class Case:
    operation: str
    name: str
    replies: tuple[RegisteredResponse, ...]

    @property
    def status(self) -> int:
        return int(self.replies[0].status)

    @property
    def body(self) -> Any:
        return self.replies[0].json

    def __str__(self) -> str:
        return f"{self.operation}-{self.name}"


def cases_of(operation: str) -> list[Case]:
    found = get_response_set(operation)
    listed: list[Case] = []
    for name in found.cases():
        reply = found.lookup(name)
        listed.append(Case(operation, name, tuple(reply.responses) if isinstance(reply, ResponseList) else (reply,)))
    return listed


CASES = [case for operation in CALLS for case in cases_of(operation)]


async def read(case: Case) -> Any:
    """What our client makes of it, or the error that it raises."""

    def handle(request: httpx.Request) -> httpx.Response:
        for reply in case.replies:
            if (reply.method, urlsplit(reply.full_url).path) == (request.method, request.url.path):
                return httpx.Response(reply.status, json=reply.json)
        raise AssertionError(f"the SDK has no {request.method} {request.url}")

    async def at_once(seconds: float) -> None:
        pass

    async with Connection(Environment.read({}), transport=httpx.MockTransport(handle), sleep=at_once) as connection:
        try:
            return await CALLS[case.operation](Ours(connection), case.replies[0].metadata)
        except (ServiceError, SignedOut) as refused:
            return refused


@pytest.mark.parametrize("service", SERVICES)
def test_every_fixture_of_the_sdk_is_used_or_ruled_out(service: str) -> None:
    folder = f"{globus_sdk.testing.data.__path__[0]}/{service}"
    there = {one.name for one in pkgutil.iter_modules([folder]) if not one.name.startswith("_")}
    used = {name.partition(".")[2] for name in CALLS if name.startswith(f"{service}.")}
    assert there == used | set(NOT_OURS[service].split())


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_an_answer_is_understood(case: Case) -> None:
    result = await read(case)
    if case.status == 401 and "token" not in case.operation:
        assert isinstance(result, SignedOut)  # the token of these tests cannot be renewed
        return
    if case.status >= 400:
        assert isinstance(result, ServiceError)
        assert result.status == case.status
        assert result.service == case.operation.partition(".")[0]
        assert str(result).startswith("Globus ")
        assert str(result).endswith(".")
        return
    assert not isinstance(result, ServiceError)
    CHECKS[case.operation](result, case.body)


def check_job(result: JobReading, body: Any) -> None:
    document = body.get("timer", body)
    job = result.job
    assert job.unreadable is None
    assert result.document == document
    assert (job.job_id, job.name, job.status_text) == (document["job_id"], document["name"], document["status"])
    assert job.schedule is not None
    assert job.payload is not None
    assert job.n_runs == document.get("n_runs", document.get("number_of_runs"))


def check_jobs(result: Any, body: Any) -> None:
    assert [job.job_id for job in result] == [one["job_id"] for one in body["jobs"]]
    assert [job.unreadable for job in result] == [None] * len(result)


def check_words(result: str, body: Any) -> None:
    assert result == body["message"]


def check_collection(result: Collection, body: Any) -> None:
    assert (result.collection_id, result.name) == (body["id"], body["display_name"])
    assert body["entity_type"] == "GCSv4_host"
    assert result.kind is CollectionKind.OTHER  # a kind of before this program's day


def check_tokens(result: TokenAnswer, body: Any) -> None:
    sent = [body, *body["other_tokens"]]
    assert [grant.resource_server for grant in result.grants] == [one["resource_server"] for one in sent]
    assert [grant.access_token.reveal() for grant in result.grants] == [one["access_token"] for one in sent]
    assert [" ".join(grant.scopes) for grant in result.grants] == [one["scope"] for one in sent]
    assert (result.id_token is None) == ("id_token" not in body)


def check_consents(result: tuple[ConsentRecord, ...], body: Any) -> None:
    assert [list(one.path) for one in result] == [one["dependency_path"] for one in body["consents"]]
    assert (
        missing(result, [Scope(one["scope_name"]) for one in body["consents"] if len(one["dependency_path"]) == 1])
        == ()
    )


def check_people(result: tuple[Identity, ...], body: Any) -> None:
    assert [(one.identity_id, one.username) for one in result] == [
        (one["id"], one["username"]) for one in body["identities"]
    ]


def check_flow(result: Flow, body: Any) -> None:
    assert (result.flow_id, result.title, result.scope) == (body["id"], body["title"], body["globus_auth_scope"])


CHECKS: dict[str, Callable[[Any, Any], None]] = {
    "timer.list_jobs": check_jobs,
    "timer.get_job": check_job,
    "timer.create_job": check_job,
    "timer.create_timer": check_job,
    "timer.update_job": check_job,
    "timer.delete_job": check_job,
    "timer.pause_job": check_words,
    "timer.resume_job": check_words,
    "transfer.cancel_task": check_words,
    "transfer.get_endpoint": check_collection,
    "transfer.get_submission_id": lambda result, body: check_equal(result, body["value"]),
    "transfer.operation_stat": lambda result, body: check_equal(result, FolderEntry.from_document(body)),
    "transfer.submit_transfer": lambda result, body: check_equal(result, Submission(body["task_id"], duplicate=False)),
    "auth.get_consents": check_consents,
    "auth.get_identities": check_people,
    "auth.oauth2_client_credentials_tokens": check_tokens,
    "auth.oauth2_exchange_code_for_tokens": check_tokens,
    "auth.oauth2_revoke_token": lambda result, body: check_equal(result, None),
    "flows.get_flow": check_flow,
    "flows.list_flows": lambda result, body: check_equal(
        [flow.flow_id for flow in result[: len(body["flows"])]],  # a page that has a next one is answered again
        [one["id"] for one in body["flows"]],
    ),
}


def check_equal(result: object, expected: object) -> None:
    assert result == expected


def case_of(operation: str, name: str) -> Case:
    return next(case for case in CASES if (case.operation, case.name) == (operation, name))


async def test_a_timer_of_2022_is_read_whole() -> None:
    job = (await read(case_of("timer.get_job", "default"))).job
    assert (job.status, job.kind, job.n_runs) == (JobStatus.ACTIVE, JobKind.TRANSFER, 1)
    assert isinstance(job.schedule, RecurringSchedule)
    assert job.interval_seconds == 864000
    assert job.transfer.items[0].source_path == "/share/godata/file1.txt"
    assert job.runs[0].snapshot.task_id == "22f0148c-b1f2-11ec-b87e-3912f602f346"


async def test_a_paused_timer_says_what_globus_wants() -> None:
    job = (await read(case_of("timer.get_job", "inactive_gare"))).job
    assert job.inactive_reason.cause is PauseCause.AUTHORIZATION
    assert job.inactive_reason.gare.code == "ConsentRequired"
    assert job.inactive_reason.gare.wants_consent


async def test_complaints_about_fields_keep_their_places() -> None:
    refused = await read(case_of("timer.create_job", "validation_error"))
    assert refused.kind is ErrorKind.INVALID
    assert [problem.place for problem in refused.problems] == [("body", "start"), ("body", "callback_url")]
    assert str(refused) == "Globus Timers refused the request: start: field required; callback_url: field required."


async def test_a_refused_code_has_the_code_that_the_sdk_misses() -> None:
    refused = await read(case_of("auth.oauth2_exchange_code_for_tokens", "invalid_grant"))
    assert refused.code == "invalid_grant"
