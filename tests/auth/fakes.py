"""A pretend Globus Auth as an object: one-use refresh tokens, so that a careless renewal is noticed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.api.globus_auth import AuthClient, PeopleClient
from globus_tui.domain.auth.credentials import ConsentRecord, Identity, Secret, TokenAnswer, TokenGrant
from globus_tui.domain.auth.scope import FLOWS_ALL, TIMER, TIMERS_SERVER, TRANSFER_ALL, parse
from globus_tui.domain.errors import AuthAPIError, GlobusTuiError

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SERVERS = {TRANSFER_ALL: "transfer.api.globus.org", TIMER: TIMERS_SERVER, FLOWS_ALL: "flows.globus.org"}
PAT = Identity("11111111-0000-4000-8000-000000000001", "pat@lab.example.org", display_name="Pat")
SAM = Identity("22222222-0000-4000-8000-000000000002", "sam@uni.example.edu", display_name="Sam")


def refusal(code: str = "invalid_grant", status: int = 401) -> AuthAPIError:
    return AuthAPIError(f"Globus Auth: {code}", service="auth", status=status, code=code)


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def grants_for(scopes: str, number: int, now: datetime, *, offline: bool) -> tuple[TokenGrant, ...]:
    by_server: dict[str, list[str]] = {}
    for scope in parse(scopes):
        by_server.setdefault(SERVERS.get(scope.name, "auth.globus.org"), []).append(scope.name)
    return tuple(
        TokenGrant(
            server,
            Secret(f"access-{number}-{server}"),
            now + timedelta(hours=48),
            tuple(names),
            Secret(f"refresh-{number}-{server}") if offline else None,
        )
        for server, names in by_server.items()
    )


@dataclass
class FakeAuth(AuthClient, PeopleClient):
    clock: Clock = field(default_factory=Clock)
    person: Identity = PAT
    known: tuple[Identity, ...] = (PAT, SAM)
    granted: tuple[ConsentRecord, ...] = ()
    failures: list[GlobusTuiError] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    echo_refresh: bool = True
    rotate: bool = False

    async def _answer(self, *call: str) -> None:
        self.calls.append(call)
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)

    async def client_credentials(self, client_id: str, client_secret: Secret, scopes: str) -> TokenAnswer:
        await self._answer("client_credentials", scopes)
        if client_secret.reveal() == "wrong":
            raise refusal("invalid_client")
        return TokenAnswer(grants_for(scopes, len(self.calls), self.clock(), offline=False))

    async def refresh(self, client_id: str, refresh_token: Secret) -> TokenAnswer:
        await self._answer("refresh", refresh_token.reveal())
        sent = refresh_token.reveal()
        if sent in self.used or sent in self.revoked:
            raise refusal()
        server = sent.split("-", 2)[2]
        kept = Secret(f"refresh-{len(self.calls)}-{server}") if self.rotate else refresh_token
        if self.rotate:
            self.used.add(sent)
        grant = TokenGrant(
            server,
            Secret(f"access-{len(self.calls)}-{server}"),
            self.clock() + timedelta(hours=48),
            ("renewed",),
            kept if self.echo_refresh else None,
        )
        return TokenAnswer((grant,))

    async def revoke(self, client_id: str, token: Secret) -> None:
        await self._answer("revoke", token.reveal())
        self.revoked.append(token.reveal())

    async def identities(self, usernames: Sequence[str]) -> tuple[Identity, ...]:
        await self._answer("identities", *usernames)
        return tuple(one for one in self.known if one.username in usernames)

    async def consents(self, identity_id: str) -> tuple[ConsentRecord, ...]:
        await self._answer("consents", identity_id)
        return self.granted
