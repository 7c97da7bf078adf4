"""Giving tokens back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.auth.services import Revocation
    from globus_tui.domain.credentials import Secret, TokenGrant


async def revoke_all(
    auth: Revocation, client_id: str, grants: Iterable[TokenGrant]
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


async def _revoke(auth: Revocation, client_id: str, token: Secret) -> GlobusTuiError | None:
    try:
        await auth.revoke(client_id, token)
    except GlobusTuiError as fault:
        return fault
    return None
