"""Tokens of a service account: asked for with its secret, kept in memory only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.auth.services import real_clock
from globus_tui.auth.single_flight import SingleFlight
from globus_tui.auth.wanted import server_words, with_base
from globus_tui.domain.errors import ServiceError, SignedOut
from globus_tui.domain.scope import merge, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.services import ClientCredentials, Clock
    from globus_tui.domain.credentials import Secret, TokenGrant
    from globus_tui.domain.scope import Scope

EARLY = timedelta(seconds=60)
"""An access token counts as expired this long before it is, as in the official SDK."""


class ClientCredentialsTokens:
    """A token source for a service account.

    One request brings the tokens of all services; there are no refresh tokens, so renewing is asking again.
    """

    def __init__(
        self,
        auth: ClientCredentials,
        account: ServiceAccount,
        scopes: Iterable[Scope] = (),
        *,
        clock: Clock = real_clock,
    ) -> None:
        self._auth = auth
        self._account = account
        self._wanted = with_base(scopes)
        self._clock = clock
        self._grants: dict[str, TokenGrant] = {}
        self._flight: SingleFlight[None] = SingleFlight()

    @property
    def client_id(self) -> str:
        """The account's client id, which is also its identity's id (documented)."""
        return self._account.client_id

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What is asked for at each request."""
        return self._wanted

    def grants(self) -> tuple[TokenGrant, ...]:
        """The tokens held now."""
        return tuple(self._grants.values())

    async def token(self, resource_server: str) -> Secret:
        """An access token that is good for at least a minute.

        Raises:
            SignedOut: the id or secret was refused, or the service gave no token for this resource server.
            GlobusTuiError: the service could not be reached or answered badly.
        """
        held = self._grants.get(resource_server)
        if held is None or held.expires_at - EARLY <= self._clock():
            await self._flight.run("all", self._ask)
        return self._held(resource_server)

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """Another access token after a 401; the one that a sibling already fetched, when there is one."""
        held = self._grants.get(resource_server)
        if held is None or held.access_token == refused:
            await self._flight.run("all", self._ask)
        return self._held(resource_server)

    async def add_scopes(self, scopes: Iterable[Scope]) -> None:
        """Asks for more, such as `data_access` on a collection: for a service account asking is consenting.

        Raises:
            ServiceError: a scope is unknown; what was asked for before still holds.
        """
        before = self._wanted
        self._wanted = merge((*before, *scopes))
        try:
            await self._flight.run(render(self._wanted), self._ask)
        except ServiceError:
            self._wanted = before
            raise

    async def _ask(self) -> None:
        try:
            answer = await self._auth.client_credentials(
                self._account.client_id, self._account.client_secret, render(self._wanted)
            )
        except ServiceError as refused:
            # The standard says 400 or 401 `invalid_client`; what the real service says of a wrong secret is not known.
            if refused.status == 401 or refused.code in ("invalid_client", "unauthorized_client"):
                raise self._refused() from None
            raise
        self._grants |= {grant.resource_server: grant for grant in answer.grants}

    def _refused(self) -> SignedOut:
        return SignedOut(
            f"Globus Auth refused the service account {self._account.client_id}.",
            advice=f"Check {self._account.origin or 'its id and secret'}: the secret may be mistyped or deleted.",
        )

    def _held(self, resource_server: str) -> Secret:
        held = self._grants.get(resource_server)
        if held is None:
            raise SignedOut(f"Globus Auth gave the service account no token for {server_words(resource_server)}.")
        return held.access_token
