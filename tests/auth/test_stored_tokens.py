from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from globus_tui.auth.records import ProfileKey, SignIn, decode, encode
from globus_tui.auth.stored_tokens import StoredTokens
from globus_tui.auth.token_store import MemoryTokens, TokenFile
from globus_tui.auth.whoami import whoami
from globus_tui.domain.auth.credentials import Secret, TokenAnswer
from globus_tui.domain.auth.scope import FLOWS_SERVER, TIMERS_SERVER, TRANSFER_SERVER, render, with_base
from globus_tui.domain.errors import ConnectionFailed, GlobusTuiError, SignedOut
from tests.auth.fakes import PAT, SAM, START, FakeAuth, grants_for, refusal

if TYPE_CHECKING:
    from pathlib import Path

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for(render(with_base()), 0, START, offline=True), START)


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth(rotate=True)


@pytest.fixture
def store() -> MemoryTokens:
    store = MemoryTokens()
    store.merge(KEY, SIGN_IN)
    return store


@pytest.fixture
def tokens(auth: FakeAuth, store: MemoryTokens) -> StoredTokens:
    return StoredTokens(auth, store, KEY, clock=auth.clock)


async def test_a_fresh_token_needs_no_service(auth: FakeAuth, tokens: StoredTokens) -> None:
    assert (await tokens.token(TIMERS_SERVER)).reveal() == f"access-0-{TIMERS_SERVER}"
    assert auth.calls == []
    assert tokens.identity == PAT
    assert StoredTokens(auth, MemoryTokens(), KEY, clock=auth.clock).identity is None


async def test_a_token_is_renewed_a_minute_early_and_kept(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens
) -> None:
    auth.clock.pass_by(hours=47, minutes=59)
    renewed = await tokens.token(TIMERS_SERVER)
    kept = store.load(KEY)
    assert kept is not None
    assert kept.grants[TIMERS_SERVER].grant.access_token == renewed
    assert kept.grants[TIMERS_SERVER].used_at == auth.clock()
    assert kept.grants[TRANSFER_SERVER] == SIGN_IN.grants[TRANSFER_SERVER]


async def test_many_waiting_calls_share_one_renewal(auth: FakeAuth, tokens: StoredTokens) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    found = await asyncio.gather(*(tokens.renew(TIMERS_SERVER, refused) for _ in range(8)))
    assert len(set(found)) == 1
    assert len(auth.calls) == 1


async def test_each_service_is_renewed_on_its_own(auth: FakeAuth, tokens: StoredTokens) -> None:
    auth.clock.pass_by(hours=48)
    await asyncio.gather(tokens.token(TIMERS_SERVER), tokens.token(TRANSFER_SERVER))
    assert {call[1] for call in auth.calls} == {f"refresh-0-{TIMERS_SERVER}", f"refresh-0-{TRANSFER_SERVER}"}


async def test_an_answer_without_refresh_token_keeps_the_old_one(auth: FakeAuth, tokens: StoredTokens) -> None:
    auth.rotate, auth.echo_refresh = False, False
    for _ in range(3):
        auth.clock.pass_by(hours=48)
        await tokens.token(TIMERS_SERVER)
    assert [call[1] for call in auth.calls] == [f"refresh-0-{TIMERS_SERVER}"] * 3


async def test_another_programs_renewal_is_used_instead_of_a_second_one(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens
) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    other = StoredTokens(auth, store, KEY, clock=auth.clock)
    theirs = await other.renew(TIMERS_SERVER, await other.token(TIMERS_SERVER))
    assert await tokens.renew(TIMERS_SERVER, refused) == theirs
    assert len(auth.calls) == 1


async def test_a_race_lost_at_the_service_is_won_by_reading_again(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens
) -> None:
    await tokens.load()
    other = StoredTokens(auth, store, KEY, clock=auth.clock)
    real = auth.refresh

    async def beaten(client_id: str, refresh_token: Secret) -> object:
        auth.refresh = real  # type: ignore[method-assign]  # only the first call is beaten to it
        await other.renew(TIMERS_SERVER, await other.token(TIMERS_SERVER))
        return await real(client_id, refresh_token)

    auth.refresh = beaten  # type: ignore[assignment, method-assign]  # the other program renews in between
    assert (await tokens.renew(TIMERS_SERVER, Secret(f"access-0-{TIMERS_SERVER}"))).reveal().startswith("access-")
    kept = store.load(KEY)
    assert kept is not None
    assert kept.grants[TIMERS_SERVER].grant.refresh_token != Secret(f"refresh-0-{TIMERS_SERVER}")


async def test_a_renewal_refused_for_good_signs_out_and_does_not_ask_again(
    auth: FakeAuth, tokens: StoredTokens
) -> None:
    auth.clock.pass_by(hours=48)
    auth.failures = [refusal()]
    for _ in range(3):
        with pytest.raises(SignedOut, match="Globus Timers"):
            await tokens.token(TIMERS_SERVER)
    assert len(auth.calls) == 1


async def test_trouble_on_the_way_does_not_waste_a_token_that_still_lives(auth: FakeAuth, tokens: StoredTokens) -> None:
    auth.clock.pass_by(hours=47, minutes=59, seconds=30)
    auth.failures = [ConnectionFailed("no route", maybe_processed=False), refusal("BROKEN", 503)]
    assert (await tokens.token(TIMERS_SERVER)).reveal() == f"access-0-{TIMERS_SERVER}"
    assert (await tokens.token(TIMERS_SERVER)).reveal() == f"access-0-{TIMERS_SERVER}"
    auth.clock.pass_by(seconds=30)
    auth.failures = [ConnectionFailed("no route", maybe_processed=False)]
    with pytest.raises(ConnectionFailed):
        await tokens.token(TIMERS_SERVER)


async def test_nobody_signed_in_is_said_plainly(auth: FakeAuth) -> None:
    with pytest.raises(SignedOut, match="Nobody is signed in"):
        await StoredTokens(auth, MemoryTokens(), KEY).token(TIMERS_SERVER)


async def test_a_service_that_the_login_left_out_is_named(auth: FakeAuth, tokens: StoredTokens) -> None:
    with pytest.raises(SignedOut, match="does not cover groups"):
        await tokens.token("groups.api.globus.org")


async def test_a_service_that_another_programs_sign_in_left_out_is_named(
    tokens: StoredTokens, store: MemoryTokens
) -> None:
    await tokens.load()
    store.replace(KEY, replace(SIGN_IN, grants={FLOWS_SERVER: SIGN_IN.grants[FLOWS_SERVER]}))
    with pytest.raises(SignedOut, match="does not cover"):
        await tokens.renew(TIMERS_SERVER, Secret(f"access-0-{TIMERS_SERVER}"))


async def test_a_refusal_is_told_in_its_own_words_and_remembered_where_nothing_can_be_kept(
    auth: FakeAuth, store: MemoryTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = StoredTokens(auth, store, KEY, clock=auth.clock)
    await tokens.load()
    monkeypatch.setattr(store, "merge", lambda key, new, *, renewal: store.load(key))
    auth.used.add(f"refresh-0-{TIMERS_SERVER}")
    worn = Secret(f"access-0-{TIMERS_SERVER}")
    with pytest.raises(SignedOut, match="no longer accepts the sign-in"):
        await tokens.renew(TIMERS_SERVER, worn)
    with pytest.raises(SignedOut, match="has expired"):
        await tokens.renew(TIMERS_SERVER, worn)
    assert len(auth.calls) == 1


async def test_a_sign_in_by_another_program_is_noticed(auth: FakeAuth) -> None:
    store = MemoryTokens()
    tokens = StoredTokens(auth, store, KEY, clock=auth.clock)
    with pytest.raises(SignedOut):
        await tokens.token(TIMERS_SERVER)
    store.merge(KEY, SIGN_IN)
    assert (await tokens.token(TIMERS_SERVER)).reveal() == f"access-0-{TIMERS_SERVER}"


async def test_a_logout_by_another_program_ends_this_ones_renewals(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens
) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    store.replace(KEY, None)
    with pytest.raises(SignedOut, match="signed out by another program"):
        await tokens.renew(TIMERS_SERVER, refused)
    assert store.load(KEY) is None


async def test_another_identity_under_the_profile_is_never_mistaken_for_this_one(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens
) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    store.replace(KEY, SignIn(SAM, SIGN_IN.grants))
    with pytest.raises(SignedOut, match=r"sam@uni\.example\.edu"):
        await tokens.renew(TIMERS_SERVER, refused)


async def test_what_somebody_else_signed_in_for_is_not_used_for_want_of_an_own_token(auth: FakeAuth) -> None:
    store = MemoryTokens()
    mine = {server: saved for server, saved in SIGN_IN.grants.items() if server != FLOWS_SERVER}
    store.merge(KEY, SignIn(PAT, mine))
    tokens = StoredTokens(auth, store, KEY, clock=auth.clock)
    own = await tokens.token(TIMERS_SERVER)
    store.replace(KEY, SignIn.fresh(SAM, grants_for(render(with_base()), 5, START, offline=True), START))
    with pytest.raises(SignedOut, match=r"sam@uni\.example\.edu"):
        await tokens.token(FLOWS_SERVER)
    assert tokens.identity == PAT
    assert await tokens.token(TIMERS_SERVER) == own


@pytest.mark.parametrize("after", [None, SignIn(SAM, SIGN_IN.grants)], ids=["out", "somebody else in"])
async def test_who_signs_out_elsewhere_during_a_renewal_leaves_nobody_elses_tokens_here(
    auth: FakeAuth, tokens: StoredTokens, store: MemoryTokens, monkeypatch: pytest.MonkeyPatch, after: SignIn | None
) -> None:
    refused = await tokens.token(TIMERS_SERVER)
    renew = auth.refresh

    async def meanwhile(client_id: str, refresh_token: Secret) -> TokenAnswer:
        answer = await renew(client_id, refresh_token)
        store.replace(KEY, after)
        return answer

    monkeypatch.setattr(auth, "refresh", meanwhile)
    with pytest.raises(SignedOut, match="nother program"):
        await tokens.renew(TIMERS_SERVER, refused)
    assert store.load(KEY) == after
    store.replace(KEY, SignIn(SAM, SIGN_IN.grants))
    with pytest.raises(SignedOut, match=r"sam@uni\.example\.edu"):
        await tokens.renew(TIMERS_SERVER, refused)
    assert tokens.identity == PAT


async def test_a_renewal_waits_for_the_lock_and_then_uses_what_the_other_fetched(
    auth: FakeAuth, tmp_path: Path
) -> None:
    file = TokenFile(tmp_path / "data" / "tokens.json")
    file.merge(KEY, SIGN_IN)
    tokens = StoredTokens(auth, file, KEY, clock=auth.clock)
    worn = await tokens.token(TIMERS_SERVER)
    lock = file.renewal_lock()
    assert lock is not None
    assert lock.try_acquire()
    waiting = asyncio.ensure_future(tokens.renew(TIMERS_SERVER, worn))
    grant = grants_for(render(with_base()), 7, START.replace(hour=9), offline=True)
    file.merge(KEY, SignIn.fresh(PAT, grant, START))
    await asyncio.sleep(0)
    assert not waiting.done()
    lock.release()
    assert (await waiting).reveal() == f"access-7-{TIMERS_SERVER}"
    assert auth.calls == []


async def test_the_lapse_of_unused_refresh_tokens_is_announced(auth: FakeAuth, tokens: StoredTokens) -> None:
    await tokens.load()
    auth.clock.pass_by(days=151)
    assert tokens.lapse_warning(auth.clock()) is None
    auth.clock.pass_by(days=2)
    warning = tokens.lapse_warning(auth.clock())
    assert warning is not None
    assert "lapses in 29 days (2027-03-02)" in warning
    auth.clock.pass_by(days=40)
    assert "has lapsed" in (tokens.lapse_warning(auth.clock()) or "")


async def test_using_every_service_puts_the_lapse_off(auth: FakeAuth, tokens: StoredTokens) -> None:
    auth.clock.pass_by(days=170)
    for server in SIGN_IN.grants:
        await tokens.token(server)
    assert tokens.lapse_warning(auth.clock()) is None
    assert FLOWS_SERVER in SIGN_IN.grants


async def test_nothing_shown_of_the_tokens_holds_a_token(auth: FakeAuth, tokens: StoredTokens) -> None:
    await tokens.token(TIMERS_SERVER)
    shown = f"{tokens.sign_in!r} {vars(tokens)!r} {tokens.key!r}"
    assert "access-0" not in shown
    assert "refresh-0" not in shown


async def test_a_refusal_is_known_to_the_next_program_and_to_whoami(auth: FakeAuth, store: MemoryTokens) -> None:
    auth.clock.pass_by(hours=49)
    auth.failures = [refusal()]
    with pytest.raises(SignedOut):
        await StoredTokens(auth, store, KEY, clock=auth.clock).token(TIMERS_SERVER)
    found = whoami(store, KEY, auth.clock())
    assert found.refused
    assert "Globus no longer accepts the sign-in for Globus Timers: sign in again." in "\n".join(found.lines(START))
    asked = len(auth.calls)
    with pytest.raises(SignedOut):
        await StoredTokens(auth, store, KEY, clock=auth.clock).token(TIMERS_SERVER)
    assert len(auth.calls) == asked, "it is not asked again"
    store.merge(KEY, SignIn.fresh(PAT, grants_for(render(with_base()), 1, auth.clock(), offline=True), auth.clock()))
    assert not whoami(store, KEY, auth.clock()).refused


def test_a_refusal_survives_being_written_and_read() -> None:
    saved = replace(SIGN_IN.grants[TIMERS_SERVER], refused=True)
    kept = decode(encode(SignIn(PAT, {TIMERS_SERVER: saved})))
    assert kept is not None
    assert kept.grants[TIMERS_SERVER].refused


async def test_trouble_for_now_is_no_refusal(auth: FakeAuth, store: MemoryTokens) -> None:
    auth.clock.pass_by(hours=49)
    auth.failures = [refusal("BROKEN", 503), ConnectionFailed("no route", maybe_processed=False)]
    for _ in range(2):
        with pytest.raises(GlobusTuiError):
            await StoredTokens(auth, store, KEY, clock=auth.clock).token(TIMERS_SERVER)
    assert not whoami(store, KEY, auth.clock()).refused
