"""Signing out: tokens are revoked at the service and forgotten here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.auth.token_store import TokensNotKept, TokenStore
from globus_tui.domain.auth.scope import server_words
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.auth.records import ProfileKey
    from globus_tui.domain.auth.credentials import Identity, Secret, TokenGrant


async def revoke_all(
    auth: AuthClient, client_id: str, grants: Iterable[TokenGrant]
) -> tuple[tuple[str, str, GlobusTuiError], ...]:
    """Revokes every access and refresh token; one that fails does not keep the others.

    Returns:
        For each that could not be revoked: its resource server, which of the two it is, and why not.
    """
    # Refresh tokens first: if the network breaks midway, what is left dies by itself soonest.
    tokens = [
        (grant.resource_server, kind, token)
        for kind in ("refresh token", "access token")
        for grant in grants
        if (token := grant.refresh_token if kind == "refresh token" else grant.access_token)
    ]
    faults = await asyncio.gather(*(_revoke(auth, client_id, token) for _, _, token in tokens))
    return tuple(
        (server, kind, fault) for (server, kind, _), fault in zip(tokens, faults, strict=True) if fault is not None
    )


async def _revoke(auth: AuthClient, client_id: str, token: Secret) -> GlobusTuiError | None:
    try:
        await auth.revoke(client_id, token)
    except GlobusTuiError as fault:
        return fault
    return None


@dataclass(frozen=True, slots=True)
class Logout:
    """What a logout did.

    Attributes:
        identity: who was signed in; None when nobody was.
        revoked: how many tokens are dead now.
        not_revoked: a sentence for each token that may still live.
        not_removed: why tokens are still kept here.
        doubt: why there may be tokens here that could not be seen.
    """

    identity: Identity | None
    revoked: int = 0
    not_revoked: tuple[str, ...] = ()
    not_removed: str | None = None
    doubt: str | None = None

    @property
    def certain(self) -> bool:
        """Everything that could sign somebody in is gone, here and at Globus."""
        return not (self.not_revoked or self.not_removed or self.doubt)

    def lines(self) -> tuple[str, ...]:
        unseen = (
            (f"{self.doubt} Tokens may be kept there: unlock or mend it, then sign out again.",) if self.doubt else ()
        )
        if self.identity is None and self.doubt:
            return ("Whether somebody was signed in cannot be told.", *unseen)
        if self.identity is None:
            return ("Nobody was signed in.",)
        done = [f"Signed out {self.identity.username}; {self.revoked} tokens revoked."]
        if self.not_removed:
            done += [f"They could not be removed here: {self.not_removed}", "Remove them by hand, or sign out again."]
        if self.not_revoked:
            done += [
                f"{'Not' if self.not_removed else 'Removed here, but not'} revoked at Globus:",
                *(f"  {token}" for token in self.not_revoked),
                "They expire by themselves; to end them now, withdraw the consent at https://auth.globus.org/consents",
            ]
        return (*done, *unseen)


async def logout(auth: AuthClient, store: TokenStore, key: ProfileKey) -> Logout:
    """Revokes every access and refresh token of a profile and removes them here, also when Globus cannot be reached.

    Raises:
        SettingsError: the stored tokens are readable by others.
    """
    kept = await asyncio.to_thread(store.load, key)
    if kept is None:
        return Logout(None, doubt=store.doubt())
    grants = [saved.grant for saved in kept.grants.values()]
    # Forgotten first: a program elsewhere that renews meanwhile then drops what it gets.
    still: str | None = None
    try:
        await asyncio.to_thread(store.replace, key, None)
    except TokensNotKept as fault:
        still = str(fault)
    not_revoked = await revoke_all(auth, key.client_id, grants)
    tokens = sum(2 if grant.refresh_token else 1 for grant in grants)
    return Logout(
        kept.identity,
        revoked=tokens - len(not_revoked),
        not_revoked=tuple(f"{server_words(server)}, {kind}: {fault}" for server, kind, fault in not_revoked),
        not_removed=still,
        doubt=store.doubt() if still is None else None,
    )
