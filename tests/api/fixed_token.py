"""A `TokenSource` of one token that cannot be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.errors import SignedOut

if TYPE_CHECKING:
    from globus_tui.domain.auth.credentials import Secret


class FixedToken:
    def __init__(self, value: Secret) -> None:
        self._value = value

    async def token(self, resource_server: str) -> Secret:
        return self._value

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        raise SignedOut("The access token was refused and cannot be renewed.")
