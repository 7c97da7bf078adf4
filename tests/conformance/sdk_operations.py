"""Every operation that we have, once as the official SDK is called for it and once as our clients are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import globus_sdk

from globus_tui.api.flows import FlowsClient
from globus_tui.api.globus_auth import AuthClient, PeopleClient
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.making.new_timer import FlowTimer, TimerJob, TransferTimer
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData, TransferItem
from tests.api.fixed_token import FixedToken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from globus_tui.api.http import Connection

A, B, C = (f"{one * 8}-0000-4000-8000-000000000000" for one in "abc")
START = datetime(2026, 12, 1, 6, tzinfo=UTC)
TOKEN = Secret("a-token")
SECRET = Secret("a-secret")


class Theirs:
    """Clients of the official SDK, without retries."""

    def __init__(self) -> None:
        signer = globus_sdk.AccessTokenAuthorizer(TOKEN.reveal())
        self.timers = globus_sdk.TimersClient(authorizer=signer)
        self.transfer = globus_sdk.TransferClient(authorizer=signer)
        self.flows = globus_sdk.FlowsClient(authorizer=signer)
        self.people = globus_sdk.AuthClient(authorizer=signer)
        self.native = globus_sdk.NativeAppAuthClient(C)
        self.confidential = globus_sdk.ConfidentialAppAuthClient(C, SECRET.reveal())

    def exchange(self) -> object:
        self.native.oauth2_start_flow("openid", redirect_uri="http://localhost:1", verifier="v" * 43)
        return self.native.oauth2_exchange_code_for_tokens("code")


class Ours:
    """Our clients."""

    def __init__(self, connection: Connection) -> None:
        tokens = FixedToken(TOKEN)
        self.timers = TimersClient(connection, tokens)
        self.transfer = TransferClient(connection, tokens)
        self.flows = FlowsClient(connection, tokens)
        self.auth = AuthClient(connection)
        self.people = PeopleClient(connection, tokens)


@dataclass(frozen=True)
class Operation:
    name: str
    theirs: Callable[[Theirs], object]
    ours: Callable[[Ours], Awaitable[object]]


def their_transfer(**options: Any) -> globus_sdk.TransferData:
    made = globus_sdk.TransferData(A, B, **options)
    made.add_item("/raw/", "/archive/raw/", recursive=True)
    made.add_item("/one.txt", "/two.txt", external_checksum="00ff", checksum_algorithm="MD5")
    return made


def our_transfer(**options: Any) -> TransferData:
    items = (
        TransferItem("/raw/", "/archive/raw/", recursive=True),
        TransferItem("/one.txt", "/two.txt", external_checksum="00ff", checksum_algorithm="MD5"),
    )
    return TransferData(A, B, items, **options)


FLAGS: dict[str, Any] = {
    "label": "nightly",
    "deadline": "2026-12-02T00:00:00+00:00",
    "source_local_user": "pat",
    "destination_local_user": "sam",
    "verify_checksum": True,
    "preserve_timestamp": True,
    "encrypt_data": False,
    "skip_source_errors": True,
    "fail_on_quota_errors": True,
    "delete_destination_extra": False,
    "notify_on_succeeded": False,
    "notify_on_failed": True,
    "notify_on_inactive": False,
}
EXTRA: dict[str, Any] = {"store_base_path_info": True, "recursive_symlinks": "keep"}


def their_full_transfer() -> globus_sdk.TransferData:
    made = their_transfer(**FLAGS, sync_level="mtime", submission_id=C, additional_fields=EXTRA)
    made.add_filter_rule("*.tmp")
    made.add_filter_rule("keep", method="include", type="dir")
    return made


def our_full_transfer() -> TransferData:
    rules = (FilterRule("*.tmp"), FilterRule("keep", "include", "dir"))
    return our_transfer(**FLAGS, **EXTRA, sync_level=SyncLevel.MTIME, submission_id=C, filter_rules=rules)


def their_timer(body: globus_sdk.TransferData, schedule: Any, **named: str) -> Callable[[Theirs], object]:
    return lambda sdk: sdk.timers.create_timer(globus_sdk.TransferTimer(body=body, schedule=schedule, **named))


def every(hours: int, **more: Any) -> globus_sdk.RecurringTimerSchedule:
    return globus_sdk.RecurringTimerSchedule(hours * 3600, **more)


LISTED = {
    "filter_name": "sync",
    "filter_status": "active,inactive",
    "submitted_after": START.isoformat(),
    "result_count": 3,
    "order": "submitted_at asc",
}
SEARCH: dict[str, Any] = {
    "filter_scope": "all",
    "filter_non_functional": False,
    "limit": 10,
}

TIMERS = (
    Operation("list", lambda s: s.timers.list_jobs(), lambda o: o.timers.list_jobs()),
    Operation("list walked", lambda s: s.timers.list_jobs(), lambda o: o.timers.read_list(tuple, {})),
    Operation(
        "list some",
        lambda s: s.timers.list_jobs(query_params=LISTED),
        lambda o: o.timers.list_jobs(
            filter_name="sync",
            filter_status=("active", "inactive"),
            submitted_after=START,
            result_count=3,
            order="submitted_at asc",
        ),
    ),
    Operation("get", lambda s: s.timers.get_job(A), lambda o: o.timers.get_job(A)),
    Operation(
        "get older runs",
        lambda s: s.timers.get_job(A, query_params={"results_pt": "p 2", "page_size": 20}),
        lambda o: o.timers.get_job(A, results_pt="p 2", page_size=20),
    ),
    Operation(
        "create a timer that runs at once",
        their_timer(their_transfer(), globus_sdk.OnceTimerSchedule()),
        lambda o: o.timers.create_timer(TransferTimer(our_transfer(), OnceSchedule())),
    ),
    Operation(
        "create a timer that runs once",
        their_timer(their_full_transfer(), globus_sdk.OnceTimerSchedule(START), name="once"),
        lambda o: o.timers.create_timer(TransferTimer(our_full_transfer(), OnceSchedule(START), "once")),
    ),
    Operation(
        "create a timer that ends at a time",
        their_timer(
            their_transfer(), every(6, start=START, end={"condition": "time", "datetime": START + timedelta(days=9)})
        ),
        lambda o: o.timers.create_timer(
            TransferTimer(
                our_transfer(), RecurringSchedule(timedelta(hours=6), START, EndCondition(START + timedelta(days=9)))
            )
        ),
    ),
    Operation(
        "create a timer that ends after some runs",
        their_timer(their_transfer(), every(1, end={"condition": "iterations", "iterations": 3}), name="n"),
        lambda o: o.timers.create_timer(
            TransferTimer(our_transfer(), RecurringSchedule(timedelta(hours=1), end=EndCondition(after_runs=3)), "n")
        ),
    ),
    Operation(
        "create a flow timer",
        lambda s: s.timers.create_timer(
            globus_sdk.FlowTimer(flow_id=A, name="f", schedule=every(24), body={"body": {"x": 1}, "tags": ["t"]})
        ),
        lambda o: o.timers.create_timer(
            FlowTimer(A, {"body": {"x": 1}, "tags": ["t"]}, RecurringSchedule(timedelta(days=1)), "f")
        ),
    ),
    Operation(
        "create a v1 timer",
        lambda s: s.timers.create_job(
            globus_sdk.TimerJob(
                "https://a.example.org/run",
                {"body": {"x": 1}},
                START,
                timedelta(hours=1, seconds=0.9),
                name="v1",
                stop_after=START + timedelta(days=1),
                stop_after_n=5,
                scope="s",
            )
        ),
        lambda o: o.timers.create_job(
            TimerJob(
                "https://a.example.org/run",
                {"body": {"x": 1}},
                START,
                timedelta(hours=1, seconds=0.9),
                "v1",
                START + timedelta(days=1),
                5,
                "s",
            )
        ),
    ),
    Operation(
        "create a v1 timer that runs once",
        lambda s: s.timers.create_job(
            globus_sdk.TimerJob("https://a.example.org/run", {}, "2026-12-01T06:00:00", None, stop_after_n=1)
        ),
        lambda o: o.timers.create_job(
            TimerJob("https://a.example.org/run", {}, "2026-12-01T06:00:00", None, stop_after_n=1)
        ),
    ),
    Operation(
        "create a v1 timer with a naive start",
        lambda s: s.timers.create_job(
            globus_sdk.TimerJob("https://a.example.org/run", {}, datetime(2026, 12, 1, 6, 0, 0, 500000), 60)  # noqa: DTZ001
        ),
        lambda o: o.timers.create_job(
            TimerJob("https://a.example.org/run", {}, datetime(2026, 12, 1, 6, 0, 0, 500000), 60)  # noqa: DTZ001
        ),
    ),
    Operation("rename", lambda s: s.timers.update_job(A, {"name": "x"}), lambda o: o.timers.update_job(A, name="x")),
    Operation("delete", lambda s: s.timers.delete_job(A), lambda o: o.timers.delete_job(A)),
    Operation("pause", lambda s: s.timers.pause_job(A), lambda o: o.timers.pause_job(A)),
    Operation("resume", lambda s: s.timers.resume_job(A), lambda o: o.timers.resume_job(A)),
    Operation(
        "resume with new credentials",
        lambda s: s.timers.resume_job(A, update_credentials=True),
        lambda o: o.timers.resume_job(A, update_credentials=True),
    ),
    Operation(
        "resume with its own credentials",
        lambda s: s.timers.resume_job(A, update_credentials=False),
        lambda o: o.timers.resume_job(A, update_credentials=False),
    ),
)

TRANSFER = (
    Operation("search", lambda s: s.transfer.endpoint_search("a b"), lambda o: o.transfer.endpoint_search("a b")),
    Operation(
        "search with filters",
        lambda s: s.transfer.endpoint_search("x", **SEARCH),
        lambda o: o.transfer.endpoint_search("x", **SEARCH),
    ),
    Operation("get endpoint", lambda s: s.transfer.get_endpoint(A), lambda o: o.transfer.get_endpoint(A)),
    Operation("ls", lambda s: s.transfer.operation_ls(A), lambda o: o.transfer.ls(A)),
    Operation(
        "ls without hidden files",
        lambda s: s.transfer.operation_ls(A, "/~/a b", show_hidden=False),
        lambda o: o.transfer.ls(A, "/~/a b", show_hidden=False),
    ),
    Operation("stat", lambda s: s.transfer.operation_stat(A, "/x"), lambda o: o.transfer.stat(A, "/x")),
    Operation("bookmarks", lambda s: s.transfer.bookmark_list(), lambda o: o.transfer.bookmarks()),
    Operation(
        "create bookmark",
        lambda s: s.transfer.create_bookmark({"name": "n", "endpoint_id": A, "path": "/p/"}),
        lambda o: o.transfer.create_bookmark("n", A, "/p/"),
    ),
    Operation("submission id", lambda s: s.transfer.get_submission_id(), lambda o: o.transfer.submission_id()),
    Operation(
        "submit transfer",
        lambda s: s.transfer.submit_transfer(their_full_transfer()),
        lambda o: o.transfer.submit_transfer(our_full_transfer()),
    ),
    Operation(
        "submit transfer without an id",
        lambda s: s.transfer.submit_transfer(their_transfer()),
        lambda o: o.transfer.submit_transfer(our_transfer()),
    ),
    Operation(
        "tasks by id",
        lambda s: s.transfer.task_list(filter={"task_id": [A, B]}, limit=2),
        lambda o: o.transfer.tasks_by_id([A, B, A]),
    ),
    Operation("get task", lambda s: s.transfer.get_task(A), lambda o: o.transfer.get_task(A)),
    Operation("cancel task", lambda s: s.transfer.cancel_task(A), lambda o: o.transfer.cancel_task(A)),
    Operation(
        "task events",
        lambda s: s.transfer.task_event_list(A, limit=5, offset=1, query_params={"filter": "is_error:1"}),
        lambda o: o.transfer.task_events(A, limit=5, offset=1, errors_only=True),
    ),
    Operation(
        "successful transfers",
        lambda s: s.transfer.task_successful_transfers(A, marker="9"),
        lambda o: o.transfer.successful_transfers(A, "9"),
    ),
    Operation("skipped errors", lambda s: s.transfer.task_skipped_errors(A), lambda o: o.transfer.skipped_errors(A)),
    Operation("pause info", lambda s: s.transfer.task_pause_info(A), lambda o: o.transfer.pause_info(A)),
    Operation("pause rules", lambda s: s.transfer.my_effective_pause_rule_list(A), lambda o: o.transfer.pause_rules(A)),
)

AUTH = (
    Operation(
        "exchange code",
        lambda s: s.exchange(),
        lambda o: o.auth.exchange_code(C, Secret("code"), "http://localhost:1", Secret("v" * 43)),
    ),
    Operation("refresh", lambda s: s.native.oauth2_refresh_token("r"), lambda o: o.auth.refresh(C, Secret("r"))),
    Operation(
        "client credentials",
        lambda s: s.confidential.oauth2_client_credentials_tokens("openid email"),
        lambda o: o.auth.client_credentials(C, SECRET, "openid email"),
    ),
    Operation("revoke", lambda s: s.native.oauth2_revoke_token("t"), lambda o: o.auth.revoke(C, Secret("t"))),
    Operation(
        "identities",
        lambda s: s.people.get_identities(usernames=["pat@a.org", "sam@b.org"]),
        lambda o: o.people.identities(["pat@a.org", "sam@b.org"]),
    ),
    Operation("consents", lambda s: s.people.get_consents(A), lambda o: o.people.consents(A)),
)

FLOWS = (
    Operation(
        "list flows",
        lambda s: s.flows.list_flows(filter_roles=["a", "b"], filter_fulltext="x y"),
        lambda o: o.flows.list_flows(filter_roles=["a", "b"], filter_fulltext="x y"),
    ),
    Operation("get flow", lambda s: s.flows.get_flow(A), lambda o: o.flows.get_flow(A)),
)

OPERATIONS = (*TIMERS, *TRANSFER, *AUTH, *FLOWS)
