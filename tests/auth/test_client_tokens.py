from __future__ import annotations

import asyncio

import pytest

from globus_tui.auth.client_tokens import ClientCredentialsTokens
from globus_tui.auth.service_account import ServiceAccount
from globus_tui.auth.wanted import AUTH_SERVER, FLOWS_SERVER, TIMERS_SERVER, TRANSFER_SERVER
from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import AuthAPIError, ConnectionFailed, SignedOut
from globus_tui.domain.scope import timer_scope
from tests.auth.fakes import FakeAuth, refusal


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture
def tokens(auth: FakeAuth) -> ClientCredentialsTokens:
    account = ServiceAccount("an-id", Secret("a-secret"), "GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET")
    return ClientCredentialsTokens(auth, account, clock=auth.clock)


async def test_one_request_brings_the_tokens_of_all_services(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    for server in (TRANSFER_SERVER, TIMERS_SERVER, FLOWS_SERVER, AUTH_SERVER):
        assert (await tokens.token(server)).reveal() == f"access-1-{server}"
    assert len(auth.calls) == 1


async def test_many_waiting_calls_share_one_request(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    found = await asyncio.gather(*(tokens.token(TIMERS_SERVER) for _ in range(8)))
    assert len(set(found)) == 1
    assert len(auth.calls) == 1


async def test_a_token_is_renewed_a_minute_before_it_expires(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    first = await tokens.token(TIMERS_SERVER)
    auth.clock.pass_by(hours=47, minutes=58, seconds=59)
    assert await tokens.token(TIMERS_SERVER) == first
    auth.clock.pass_by(seconds=1)
    assert await tokens.token(TIMERS_SERVER) != first


async def test_a_refused_token_is_replaced_once_for_all(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    found = await asyncio.gather(*(tokens.renew(TIMERS_SERVER, refused) for _ in range(5)))
    assert len(set(found)) == 1
    assert found[0] != refused
    assert await tokens.renew(TIMERS_SERVER, refused) == found[0]
    assert len(auth.calls) == 2


async def test_a_cancelled_waiter_does_not_cancel_the_others(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    impatient = asyncio.ensure_future(tokens.token(TIMERS_SERVER))
    patient = asyncio.ensure_future(tokens.token(TIMERS_SERVER))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).reveal() == f"access-1-{TIMERS_SERVER}"
    assert impatient.cancelled()


async def test_a_wrong_secret_says_which_variables_to_check(auth: FakeAuth) -> None:
    account = ServiceAccount("an-id", Secret("wrong"), "GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET")
    with pytest.raises(SignedOut, match="an-id") as refused:
        await ClientCredentialsTokens(auth, account, clock=auth.clock).token(TIMERS_SERVER)
    assert "GLOBUS_TUI_CLIENT_SECRET" in refused.value.advice
    assert "wrong" not in f"{refused.value} {refused.value.advice} {refused.value.__cause__}"


async def test_a_network_fault_is_not_mistaken_for_a_refusal(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    auth.failures.append(ConnectionFailed("no route", maybe_processed=False))
    with pytest.raises(ConnectionFailed):
        await tokens.token(TIMERS_SERVER)
    assert (await tokens.token(TIMERS_SERVER)).reveal() == f"access-2-{TIMERS_SERVER}"


async def test_asking_for_more_keeps_what_was_asked_before(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    await tokens.token(TIMERS_SERVER)
    await tokens.add_scopes((timer_scope(["abc"]),))
    assert "abc/data_access" in auth.calls[-1][1]
    assert "openid" in auth.calls[-1][1]
    auth.failures.append(refusal("UNKNOWN_SCOPE_ERROR", 400))
    with pytest.raises(AuthAPIError):
        await tokens.add_scopes((timer_scope(["gone"]),))
    assert not any("gone" in str(scope) for scope in tokens.scopes)
    assert any("abc" in str(scope) for scope in tokens.scopes)
