"""How a request proves who sends it, and how an access token that was refused is renewed: once, for all who wait."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

V = TypeVar("V")


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def token(self, resource_server: str) -> Secret:
        """An access token for a resource server, renewed beforehand if it is known to have expired.

        Raises:
            SignedOut: there is none and none can be had.
        """

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """A new access token in place of one that was refused with 401. Raises `SignedOut`: it cannot be renewed."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Signs with an access token for one resource server."""

    tokens: TokenSource
    resource_server: str


@dataclass(frozen=True, slots=True)
class Basic:
    """Signs with the id and secret of a client, which only the token endpoints of Auth take."""

    client_id: str
    secret: Secret

    def header(self) -> Secret:
        """The value of `Authorization` (RFC 7617)."""
        pair = f"{self.client_id}:{self.secret.reveal()}".encode("utf-8", "surrogateescape")  # as the variable has it
        return Secret(f"Basic {b64encode(pair).decode('ascii')}")


class SingleFlight(Generic[V]):
    """Runs at most one call for each key at a time; whoever comes meanwhile shares its answer or its error.

    A waiter that is cancelled leaves the call running for the others.
    """

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[V]] = {}

    async def run(self, key: Hashable, make: Callable[[], Awaitable[V]]) -> V:
        """Joins the call under way for `key`, or starts it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(_awaited(make))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(flight)

    def _land(self, key: Hashable, done: asyncio.Task[V]) -> None:
        if self._flights.get(key) is done:
            del self._flights[key]
        if not done.cancelled():
            done.exception()  # fetched, or asyncio complains when every waiter was cancelled


async def _awaited(make: Callable[[], Awaitable[V]]) -> V:
    return await make()


async def token_instead_of(bearer: Bearer, refused: Secret) -> Secret:
    """A token other than the one that was refused: the one held now, if it is another, else a new one.

    Raises:
        SignedOut: the renewal was refused.
    """
    current = await bearer.tokens.token(bearer.resource_server)
    return await bearer.tokens.renew(bearer.resource_server, refused) if current == refused else current
