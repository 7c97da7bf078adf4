"""Signing out: tokens are revoked at the service and forgotten here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.auth.revocation import revoke_all
from globus_tui.auth.wanted import server_words
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.services import Revocation
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.credentials import Identity


@dataclass(frozen=True, slots=True)
class Logout:
    """What a logout did.

    Attributes:
        identity: who was signed in; None when nobody was.
        revoked: how many tokens are dead now.
        not_revoked: a sentence for each token that may still live.
    """

    identity: Identity | None
    revoked: int = 0
    not_revoked: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """What to print."""
        if self.identity is None:
            return ("Nobody was signed in.",)
        done = f"Signed out {self.identity.username}; {self.revoked} tokens revoked."
        if not self.not_revoked:
            return (done,)
        return (
            done,
            "Removed here, but not revoked at Globus:",
            *(f"  {one}" for one in self.not_revoked),
            "They expire by themselves; to end them now, withdraw the consent at https://auth.globus.org/consents",
        )


async def logout(auth: Revocation, store: TokenStore, key: ProfileKey) -> Logout:
    """Revokes every access and refresh token of a profile and removes them here, also when Globus cannot be reached.

    Raises:
        SettingsError: the stored tokens are readable by others.
    """
    kept = await asyncio.to_thread(store.load, key)
    if kept is None:
        return Logout(None)
    grants = [saved.grant for saved in kept.grants.values()]
    # Forgotten first: a program elsewhere that renews meanwhile then drops what it gets.
    await asyncio.to_thread(store.replace, key, None)
    left = await revoke_all(auth, key.client_id, grants)
    tokens = sum(2 if grant.refresh_token else 1 for grant in grants)
    return Logout(
        kept.identity,
        revoked=tokens - len(left),
        not_revoked=tuple(f"{server_words(server)}, {kind}: {fault}" for server, kind, fault in left),
    )
