from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.api.globus_auth import AuthClient
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import AuthAPIError, TimedOut, UnreadableAnswer

if TYPE_CHECKING:
    from globus_tui.api.http import Connection

TOKEN = {"access_token": "a1", "resource_server": "auth.globus.org", "scope": "openid email", "expires_in": 3600}


@pytest.fixture
def auth(connection: Connection) -> AuthClient:
    return AuthClient(connection)


async def test_a_renewal_that_does_not_repeat_the_refresh_token_keeps_it(wire: Any, auth: AuthClient) -> None:
    wire.answers(TOKEN)
    answer = await auth.refresh("me", Secret("r1"))
    assert answer.grants[0].refresh_token == Secret("r1")
    wire.replies = [httpx.Response(200, json=TOKEN | {"refresh_token": "r2"})]
    assert (await auth.refresh("me", Secret("r1"))).grants[0].refresh_token == Secret("r2")


async def test_a_service_account_has_no_refresh_token(wire: Any, auth: AuthClient) -> None:
    wire.answers(TOKEN)
    grant = (await auth.client_credentials("me", Secret("s"), "openid")).grants[0]
    assert grant.refresh_token is None
    assert grant.expires_at == wire.now + timedelta(hours=1)
    assert grant.scopes == ("openid", "email")


async def test_a_token_without_a_life_is_not_trusted_for_long(wire: Any, auth: AuthClient) -> None:
    wire.answers({key: value for key, value in TOKEN.items() if key != "expires_in"})
    grant = (await auth.client_credentials("me", Secret("s"), "openid")).grants[0]
    assert grant.expires_at - wire.now <= timedelta(minutes=5)


async def test_an_answer_without_tokens_is_unreadable(wire: Any, auth: AuthClient) -> None:
    wire.answers({"other_tokens": [{"access_token": "lost"}]})
    with pytest.raises(UnreadableAnswer, match="without a token") as caught:
        await auth.client_credentials("me", Secret("s"), "openid")
    assert "lost" not in str(caught.value)


async def test_a_code_is_never_sent_twice(wire: Any, auth: AuthClient) -> None:
    wire.answers(httpx.ReadTimeout(""), TOKEN)
    with pytest.raises(TimedOut):
        await auth.exchange_code("me", Secret("code"), "http://localhost:1", Secret("v"))
    assert len(wire.requests) == 1


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refused_renewal_says_so(wire: Any, auth: AuthClient, status: int) -> None:
    wire.answers(httpx.Response(status, json={"error": "invalid_grant"}))
    with pytest.raises(AuthAPIError) as caught:
        await auth.refresh("me", Secret("r1"))
    assert caught.value.code == "invalid_grant"
    assert len(wire.requests) == 1
