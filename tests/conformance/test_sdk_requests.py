"""For each operation our request is the official SDK's, but for the differences listed by name."""

from __future__ import annotations

import copy
import inspect
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import globus_sdk
import httpx
import pytest
import requests

from globus_tui.api.environment import Environment
from globus_tui.api.flows import FlowsClient
from globus_tui.api.globus_auth import AuthClient, AuthorizeRequest, PeopleClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.domain.auth.gare import Gare
from tests.conformance import sdk_operations
from tests.conformance.deliberate_differences import AUTHORIZE_DIFFERENCES, DIFFERENCES
from tests.conformance.sdk_operations import OPERATIONS, A, C, Operation, Ours, Theirs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# One answer that satisfies every operation of both.
ANSWER: dict[str, Any] = {
    "access_token": "t",
    "resource_server": "auth.globus.org",
    "scope": "openid",
    "expires_in": 1,
    "token_type": "Bearer",
    "other_tokens": [],
    "value": C,
    "task_id": A,
    "message": "ok",
    "job_id": A,
    "status": "active",
} | {key: [] for key in ("jobs", "DATA", "identities", "consents", "flows", "runs")}


def plain(method: str, url: str, headers: Mapping[str, str], body: bytes | str | None) -> dict[str, Any]:
    """A request without what cannot matter: order of keys, spelling of escapes, names of the client."""
    parts = urlsplit(url)
    text = body.decode() if isinstance(body, bytes) else body
    kind = headers.get("content-type", "").partition(";")[0]
    content: Any = None
    if text:
        content = json.loads(text) if kind == "application/json" else sorted(parse_qsl(text))
    return {
        "method": method,
        "host": parts.netloc,
        "path": parts.path,
        "query": sorted(parse_qsl(parts.query, keep_blank_values=True)),
        "kind": kind if text else "",
        "body": content,
        "authorization": headers.get("authorization"),
        "accept": headers.get("accept"),
    }


def sent_by_the_sdk(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    def send(session: object, request: requests.PreparedRequest, **_: object) -> requests.Response:
        headers = {key.lower(): str(value) for key, value in request.headers.items()}
        body = request.body
        assert body is None or isinstance(body, bytes | str)
        sent.append(plain(str(request.method), str(request.url), headers, body))
        answer = requests.Response()
        answer.status_code = 200
        answer.headers["Content-Type"] = "application/json"
        answer._content = json.dumps(ANSWER).encode()
        return answer

    monkeypatch.setattr(requests.Session, "send", send)
    operation.theirs(Theirs())
    return sent


async def sent_by_us(operation: Operation) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(plain(request.method, str(request.url), request.headers, request.content))
        return httpx.Response(200, json=ANSWER)

    async with Connection(Environment.read({}), transport=httpx.MockTransport(handle)) as connection:
        await operation.ours(Ours(connection))
    return sent


def put(request: dict[str, Any], part: str, value: Any) -> Any:
    """Sets one part of a request, named by a dotted path, and gives what was there."""
    *above, last = part.split(".")
    holder = request
    for step in above:
        holder = holder[step]
    before, holder[last] = holder[last], value
    return before


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
async def test_our_request_is_the_sdks(
    operation: Operation, monkeypatch: pytest.MonkeyPatch, local_time_is_utc: None
) -> None:
    expected = copy.deepcopy(sent_by_the_sdk(operation, monkeypatch))
    sent = await sent_by_us(operation)
    for difference in DIFFERENCES.get(operation.name, ()):
        theirs = put(expected[-1], difference.part, difference.ours)
        assert theirs == difference.theirs, f"no longer what the SDK sends: {difference.why}"
        if difference.part == "body":
            expected[-1]["kind"] = ""
    assert sent == expected


def test_every_listed_difference_is_one() -> None:
    assert set(DIFFERENCES) <= {operation.name for operation in OPERATIONS}
    assert all(one.ours != one.theirs for listed in DIFFERENCES.values() for one in listed)


@pytest.mark.parametrize("client", [TimersClient, TransferClient, AuthClient, PeopleClient, FlowsClient])
def test_no_operation_of_a_client_is_left_out(client: type) -> None:
    source = inspect.getsource(sdk_operations)
    sends_nothing = {"authorize_url"}
    operations = [name for name in dir(client) if not name.startswith("_") and name not in sends_nothing]
    assert [name for name in operations if f".{name}(" not in source] == []


async def test_the_page_to_sign_in_on_is_the_sdks(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Gare(
        "AuthorizationRequired",
        session_required_identities=("i1", "i2"),
        session_required_single_domain=("a.org",),
        session_required_policies=("p1",),
        session_required_mfa=True,
        session_message="please & thanks",
    )
    native = globus_sdk.NativeAppAuthClient(C)
    native.oauth2_start_flow(
        "openid a[b *c]", state="s", verifier="v" * 43, refresh_tokens=True, prefill_named_grant="n"
    )
    theirs = dict(
        parse_qsl(
            native.oauth2_get_authorize_url(
                session_required_identities=["i1", "i2"],
                session_required_single_domain=["a.org"],
                session_required_policies=["p1"],
                session_required_mfa=True,
                session_message="please & thanks",
                prompt="login",
            ).partition("?")[2]
        )
    )
    async with Connection(Environment.read({})) as connection:
        ours = AuthClient(connection).authorize_url(
            AuthorizeRequest(
                C,
                "openid a[b *c]",
                "s",
                challenge=theirs["code_challenge"],
                label="n",
                prompt="login",
                session=session,
            )
        )
    for difference in AUTHORIZE_DIFFERENCES:
        assert put(theirs, difference.part, difference.ours) == difference.theirs
    assert ours.startswith("https://auth.globus.org/v2/oauth2/authorize?")
    assert dict(parse_qsl(ours.partition("?")[2])) == theirs


@pytest.fixture
def local_time_is_utc() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
