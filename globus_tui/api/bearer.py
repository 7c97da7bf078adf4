"""How a request proves who sends it, and how an access token that was refused is renewed: once, for all who wait."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Protocol

from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import SignedOut
from globus_tui.domain.quick_dataclass import dataclass

AUTH = "auth.globus.org"
TRANSFER = "transfer.api.globus.org"
FLOWS = "flows.globus.org"


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def token(self, resource_server: str) -> Secret:
        """An access token for a resource server, renewed beforehand if it is known to have expired.

        Raises:
            SignedOut: there is none and none can be had.
        """

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """A new access token in place of one that was refused with 401.

        Raises:
            SignedOut: it cannot be renewed.
        """


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
        """The value of the Authorization header."""
        pair = f"{self.client_id}:{self.secret.reveal()}".encode()
        return Secret(f"Basic {b64encode(pair).decode('ascii')}")


class FixedToken:
    """A `TokenSource` of one token that cannot be renewed: for a token just obtained, and for tests."""

    def __init__(self, value: Secret) -> None:
        self._value = value

    async def token(self, resource_server: str) -> Secret:
        """The token, whatever the resource server."""
        return self._value

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """Always refuses."""
        raise SignedOut("The access token was refused and cannot be renewed.")


class Renewals:
    """Sees to it that many requests refused at the same time cause one renewal, each resource server on its own."""

    def __init__(self) -> None:
        self._going: dict[tuple[int, str], asyncio.Task[Secret]] = {}

    async def renew(self, bearer: Bearer, refused: Secret) -> Secret:
        """A token other than the one refused.

        A renewal under way is joined. One that has ended meanwhile is noticed by the token having changed. The renewal
        goes on when one who waits for it is cancelled.

        Raises:
            SignedOut: the renewal was refused; all who waited for it are told.
        """
        key = (id(bearer.tokens), bearer.resource_server)
        going = self._going.get(key)
        if going is None:
            going = asyncio.create_task(_renew_if_same(bearer, refused))
            self._going[key] = going
            going.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(going)

    def _forget(self, key: tuple[int, str], done: asyncio.Task[Secret]) -> None:
        self._going.pop(key, None)
        if not done.cancelled():
            done.exception()  # looked at, so that nobody waiting any more is not reported as an unhandled error


async def _renew_if_same(bearer: Bearer, refused: Secret) -> Secret:
    current = await bearer.tokens.token(bearer.resource_server)
    return await bearer.tokens.renew(bearer.resource_server, refused) if current == refused else current
