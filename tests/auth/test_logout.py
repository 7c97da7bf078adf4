from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.logout import logout
from globus_tui.auth.memory_tokens import MemoryTokens
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.wanted import with_base
from globus_tui.domain.errors import ConnectionFailed
from globus_tui.domain.scope import render
from tests.auth.fakes import PAT, START, FakeAuth, grants_for

if TYPE_CHECKING:
    from globus_tui.domain.credentials import Secret

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for(render(with_base()), 0, START, offline=True), START)


async def test_every_access_and_refresh_token_is_revoked_and_forgotten() -> None:
    auth, store = FakeAuth(), MemoryTokens()
    store.merge(KEY, SIGN_IN)
    done = await logout(auth, store, KEY)
    assert sorted(auth.revoked) == sorted(
        token.reveal()
        for saved in SIGN_IN.grants.values()
        for token in (saved.grant.access_token, saved.grant.refresh_token)
        if token
    )
    assert store.load(KEY) is None
    assert done.lines() == ("Signed out pat@lab.example.org; 8 tokens revoked.",)


async def test_tokens_that_may_still_live_are_named_one_by_one() -> None:
    auth, store = FakeAuth(), MemoryTokens()
    store.merge(KEY, SIGN_IN)
    real = auth.revoke

    async def half(client_id: str, token: Secret) -> None:
        if token.reveal() == "refresh-0-flows.globus.org":
            raise ConnectionFailed("The connection broke.", maybe_processed=True)
        await real(client_id, token)

    auth.revoke = half  # type: ignore[method-assign]  # the network fails for one of them
    done = await logout(auth, store, KEY)
    assert done.revoked == 7
    assert done.not_revoked == ("Globus Flows, refresh token: The connection broke.",)
    assert "not revoked at Globus" in done.lines()[1]
    assert store.load(KEY) is None
    assert "refresh-0" not in str(done)


async def test_logging_out_twice_is_harmless() -> None:
    done = await logout(FakeAuth(), MemoryTokens(), KEY)
    assert done.lines() == ("Nobody was signed in.",)
