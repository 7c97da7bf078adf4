from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.auth.scope import AUTH_SERVER, FLOWS_SERVER, TIMER, TIMERS_SERVER, TRANSFER_SERVER, timer_scope
from globus_tui.domain.errors import AuthAPIError, ConnectionFailed, SignedOut
from tests.auth.fakes import FakeAuth, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.domain.auth.credentials import TokenAnswer


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture
def tokens(auth: FakeAuth) -> ClientCredentialsTokens:
    account = ServiceAccount("an-id", Secret("a-secret"), "GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET")
    return ClientCredentialsTokens(auth, account, clock=auth.clock)


async def test_each_service_is_asked_for_by_itself_and_when_it_is_needed(
    auth: FakeAuth, tokens: ClientCredentialsTokens
) -> None:
    for number, server in enumerate((TIMERS_SERVER, TRANSFER_SERVER, FLOWS_SERVER, AUTH_SERVER), 1):
        assert (await tokens.token(server)).reveal() == f"access-{number}-{server}"
        assert len(auth.calls) == number
    assert auth.calls[0][1] == str(timer_scope())
    assert "openid" in auth.calls[3][1]
    assert "openid" not in auth.calls[0][1]


async def test_a_service_that_is_refused_keeps_nobody_from_the_others(
    auth: FakeAuth, tokens: ClientCredentialsTokens
) -> None:
    auth.failures.append(refusal("not_implemented", 501))
    with pytest.raises(AuthAPIError, match="no token for Globus Flows, because") as told:
        await tokens.token(FLOWS_SERVER)
    assert "waiting will not help" in told.value.advice
    assert await tokens.token(TIMERS_SERVER)
    with pytest.raises(AuthAPIError, match="no token for Globus Flows"):
        await tokens.token(FLOWS_SERVER)
    assert len(auth.calls) == 2, "a refusal is remembered, not asked for with every request"
    auth.clock.pass_by(minutes=16)
    assert await tokens.token(FLOWS_SERVER)


async def test_a_token_that_is_said_to_be_for_another_service_is_none_and_not_a_lost_sign_in(
    auth: FakeAuth, tokens: ClientCredentialsTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = auth.client_credentials

    async def elsewhere(client_id: str, secret: Secret, scopes: str) -> TokenAnswer:
        answer = await given(client_id, secret, scopes)
        return replace(answer, grants=tuple(replace(one, resource_server="eec9b274") for one in answer.grants))

    monkeypatch.setattr(auth, "client_credentials", elsewhere)
    for _ in range(2):
        with pytest.raises(AuthAPIError, match="no token for Globus Flows, because Globus Auth gave none for"):
            await tokens.token(FLOWS_SERVER)
    assert len(auth.calls) == 1


async def test_a_service_that_is_busy_is_asked_again_at_once(auth: FakeAuth, tokens: ClientCredentialsTokens) -> None:
    auth.failures.append(refusal("busy", 503))
    with pytest.raises(AuthAPIError):
        await tokens.token(FLOWS_SERVER)
    assert await tokens.token(FLOWS_SERVER)


async def test_timers_are_listed_with_the_bare_scope_where_its_dependencies_are_refused(
    auth: FakeAuth, tokens: ClientCredentialsTokens
) -> None:
    auth.failures.append(refusal("invalid_scope", 400))
    assert await tokens.token(TIMERS_SERVER)
    assert [call[1] for call in auth.calls] == [str(timer_scope()), TIMER]


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
    await tokens.add_scopes((timer_scope(["def"]),))
    assert "abc/data_access" in auth.calls[-1][1]
    auth.failures.append(refusal("UNKNOWN_SCOPE_ERROR", 400))
    with pytest.raises(AuthAPIError):
        await tokens.add_scopes((timer_scope(["gone"]),))
    asked = [str(scope) for scope in tokens.scopes_of(TIMERS_SERVER)]
    assert not any("gone" in scope for scope in asked)
    assert any("abc" in scope for scope in asked)


async def test_tokens_stay_for_the_next_start_until_they_end_or_the_secret_is_another(
    auth: FakeAuth, tmp_path: Path
) -> None:
    def started(secret: str = "a-secret") -> ClientCredentialsTokens:
        account = ServiceAccount("an-id", Secret(secret))
        return ClientCredentialsTokens(auth, account, clock=auth.clock, kept_in=tmp_path / "data" / "tokens.json.1")

    first = await started().token(TIMERS_SERVER)
    assert await started().token(TIMERS_SERVER) == first
    assert len(auth.calls) == 1
    (kept,) = (tmp_path / "data").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "a-secret" not in kept.read_text()
    assert await started("another").token(TIMERS_SERVER) != first
    assert len(auth.calls) == 2
    refused = await started("another").token(TIMERS_SERVER)
    assert await started("another").renew(TIMERS_SERVER, refused) != refused
    auth.clock.pass_by(minutes=60 * 48)
    await started("another").token(TIMERS_SERVER)
    assert len(auth.calls) == 4
    for damage in (b"", b"{", b"[]", b'{"salt": 1, "grants": 7}', b'{"proof": "\\u00fc\\ud83d"}', b"[" * 100_000):
        kept.write_bytes(damage)
        assert await started("another").token(TIMERS_SERVER)
    kept.chmod(0o644)
    assert await started("another").token(TIMERS_SERVER)
    assert len(auth.calls) == 11, "what others could read is not used"
