from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from globus_tui.sandbox.access import caller
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.auth.people import TUTORIAL_CLIENT
from globus_tui.sandbox.auth.tokens import challenge_of
from globus_tui.sandbox.state import (
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    Refusal,
)
from tests.sandbox.conftest import SERVICE_ID, SERVICE_SECRET

if TYPE_CHECKING:
    import httpx

    from globus_tui.sandbox.state import Document, Sandbox

PAT = "pat@facility.example.org"
REDIRECT = "https://auth.globus.org/v2/web/auth-code"
VERIFIER = "v" * 43
HOUR = 3600


def link(scope: str = f"openid {TRANSFER_ALL}", **more: str) -> str:
    query = {
        "client_id": TUTORIAL_CLIENT,
        "redirect_uri": REDIRECT,
        "scope": scope,
        "state": "s1",
        "response_type": "code",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "access_type": "offline",
    }
    return f"https://auth.globus.org/v2/oauth2/authorize?{urlencode(query | more)}"


async def exchange(web: httpx.AsyncClient, code: str, **other: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": TUTORIAL_CLIENT,
    }
    return await web.post("/v2/oauth2/token", data=form | other)


async def refresh(web: httpx.AsyncClient, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": TUTORIAL_CLIENT}
    return await web.post("/v2/oauth2/token", data=form)


async def test_a_token_reply_has_every_key_that_clients_count_on(web: httpx.AsyncClient, small: Sandbox) -> None:
    reply = (await exchange(web, approve(small, link(), PAT))).json()
    assert reply["expires_in"] == 48 * HOUR
    assert reply["state"] == "s1"
    assert reply["token_type"] == "Bearer"
    (other,) = reply["other_tokens"]
    assert {reply["resource_server"], other["resource_server"]} == {"auth.globus.org", TRANSFER_SERVER}
    assert reply["refresh_token"] != other["refresh_token"]
    assert "id_token" in reply
    assert "id_token" not in other


async def test_scopes_come_back_flat(web: httpx.AsyncClient, small: Sandbox) -> None:
    reply = (await exchange(web, approve(small, link(f"{TIMER_SCOPE}[{TRANSFER_ALL}]"), PAT))).json()
    assert reply["scope"] == TIMER_SCOPE
    assert reply["other_tokens"] == []


async def test_a_code_works_once(web: httpx.AsyncClient, small: Sandbox) -> None:
    code = approve(small, link(), PAT)
    assert (await exchange(web, code)).status_code == 200
    again = await exchange(web, code)
    assert (again.status_code, again.json()) == (401, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "made-up"},
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://localhost:1234"},
    ],
)
async def test_a_code_is_bound_to_what_it_was_made_for(
    web: httpx.AsyncClient, small: Sandbox, wrong: dict[str, str]
) -> None:
    refused = await exchange(web, **({"code": approve(small, link(), PAT)} | wrong))
    assert refused.json() == {"error": "invalid_grant"}


async def test_a_code_of_another_client_is_no_good(web: httpx.AsyncClient, small: Sandbox) -> None:
    code = approve(small, link(), PAT)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    refused = await web.post("/v2/oauth2/token", data=form, auth=(SERVICE_ID, SERVICE_SECRET))
    assert refused.json() == {"error": "invalid_grant"}


async def test_a_code_expires_after_ten_minutes(web: httpx.AsyncClient, small: Sandbox) -> None:
    code = approve(small, link(), PAT)
    small.clock.advance(10 * 60)
    assert (await exchange(web, code)).json() == {"error": "invalid_grant"}


async def test_an_access_token_lives_48_hours(web: httpx.AsyncClient, small: Sandbox) -> None:
    token = (await exchange(web, approve(small, link(), PAT))).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    small.clock.advance(48 * HOUR - 1)
    assert (await web.get("/v2/oauth2/userinfo", headers=bearer)).status_code == 200
    small.clock.advance(1)
    assert (await web.get("/v2/oauth2/userinfo", headers=bearer)).status_code == 401


async def test_a_refresh_token_lapses_when_it_is_not_used_for_half_a_year(
    web: httpx.AsyncClient, small: Sandbox
) -> None:
    kept = (await exchange(web, approve(small, link(), PAT))).json()["refresh_token"]
    for _ in range(3):
        small.clock.advance(150 * 24 * HOUR)
        assert (await refresh(web, kept)).json()["refresh_token"] == kept
    small.clock.advance(184 * 24 * HOUR)
    assert (await refresh(web, kept)).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "nonsense"}, "unknown_scope_error"),
        ({"grant_type": "client_credentials", "scope": "a[b"}, "invalid_scope"),
        ({"grant_type": "client_credentials"}, "invalid_scope"),
    ],
)
async def test_requests_that_make_no_sense_are_refused(
    web: httpx.AsyncClient, form: dict[str, str], error: str
) -> None:
    refused = await web.post("/v2/oauth2/token", data=form, auth=(SERVICE_ID, SERVICE_SECRET))
    assert (refused.status_code, refused.json()["error"]) == (400, error)


async def test_a_native_client_cannot_sign_in_by_itself(web: httpx.AsyncClient) -> None:
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL, "client_id": TUTORIAL_CLIENT}
    refused = await web.post("/v2/oauth2/token", data=form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def asking(token: str | None) -> Request:
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": headers}
    return Request(scope | {"server": ("x", 80), "scheme": "http"})


async def tokens_of(web: httpx.AsyncClient, small: Sandbox) -> dict[str, Document]:
    reply = (await exchange(web, approve(small, link(f"{TIMER_SCOPE} {TRANSFER_ALL}"), PAT))).json()
    return {one["resource_server"]: one for one in (reply, *reply["other_tokens"])}


async def test_a_token_opens_only_the_service_it_is_for(web: httpx.AsyncClient, small: Sandbox) -> None:
    tokens = await tokens_of(web, small)
    request = asking(tokens[TIMERS_SERVER]["access_token"])
    who = caller(request, small, TIMERS_SERVER, [TIMER_SCOPE])
    assert small.people[who.identity_id].username == PAT
    with pytest.raises(Refusal) as refused:
        caller(request, small, TRANSFER_SERVER)
    assert (refused.value.status, refused.value.body["code"]) == (403, "PermissionDenied")


async def test_a_token_without_the_scope_is_403(web: httpx.AsyncClient, small: Sandbox) -> None:
    tokens = await tokens_of(web, small)
    with pytest.raises(Refusal) as refused:
        caller(asking(tokens[TIMERS_SERVER]["access_token"]), small, TIMERS_SERVER, ["another"])
    assert refused.value.status == 403


async def test_a_refresh_token_opens_nothing(web: httpx.AsyncClient, small: Sandbox) -> None:
    tokens = await tokens_of(web, small)
    with pytest.raises(Refusal) as refused:
        caller(asking(tokens[TIMERS_SERVER]["refresh_token"]), small, TIMERS_SERVER)
    assert refused.value.status == 401


async def test_a_token_does_not_show_in_the_repr_of_a_caller(web: httpx.AsyncClient, small: Sandbox) -> None:
    token = (await tokens_of(web, small))[TIMERS_SERVER]["access_token"]
    assert token not in repr(caller(asking(token), small, TIMERS_SERVER))
