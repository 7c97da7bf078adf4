"""What `auth` asks of Globus Auth and of the clock, so that a test can hand in something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.auth.credentials import ConsentRecord, Identity, Secret, TokenAnswer

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC."""


def real_clock() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


class ClientCredentials(Protocol):
    """The one grant that a service account needs."""

    async def client_credentials(self, client_id: str, client_secret: Secret, scopes: str) -> TokenAnswer:
        """Tokens for the client itself."""


class Renewal(Protocol):
    """The one grant that keeps a person signed in."""

    async def refresh(self, client_id: str, refresh_token: Secret) -> TokenAnswer:
        """A new access token for one resource server."""


class Revocation(Protocol):
    """Ends the life of tokens."""

    async def revoke(self, client_id: str, token: Secret) -> None:
        """Makes an access or refresh token useless."""


class People(Protocol):
    """Who is who, and what they allowed. The calls are signed with the Auth token of whoever is signed in."""

    async def identities(self, *, ids: Sequence[str] = (), usernames: Sequence[str] = ()) -> tuple[Identity, ...]:
        """Looks identities up by id or by username, not both."""

    async def consents(self, identity_id: str) -> tuple[ConsentRecord, ...]:
        """What this identity granted to this client."""
