from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.retry import RetryRules
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import SignedOut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

Reply = httpx.Response | Exception


@dataclass
class Wire:
    """A pretend network: answers in the order given, and remembers what was asked and how long was waited."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    now: datetime = NOW
    environment: Environment = field(default_factory=lambda: Environment.read({}))
    rules: RetryRules = field(default_factory=lambda: RetryRules(patience=None))

    def answers(self, *replies: Reply | dict[str, Any] | list[Any]) -> Wire:
        self.replies += [httpx.Response(200, json=one) if isinstance(one, dict | list) else one for one in replies]
        return self

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def connect(self) -> Connection:
        return Connection(
            self.environment,
            transport=httpx.MockTransport(self.handle),
            clock=lambda: self.now,
            sleep=self.sleep,
            rules=self.rules,
            draw=lambda: 0.5,
        )

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    def sent_json(self) -> Any:
        return json.loads(self.last.content)


@dataclass
class Tokens:
    """A token source whose token is `token-N`; a renewal counts N up, unless the account is signed out."""

    number: int = 1
    renewals: int = 0
    signed_out: bool = False
    before_renewal: Callable[[], Any] | None = None

    async def token(self, resource_server: str) -> Secret:
        return Secret(f"token-{self.number}")

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        self.renewals += 1
        if self.before_renewal is not None:
            await self.before_renewal()
        if self.signed_out:
            raise SignedOut("The refresh token was refused.")
        self.number += 1
        return Secret(f"token-{self.number}")


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
async def connection(wire: Wire) -> AsyncIterator[Connection]:
    async with wire.connect() as opened:
        yield opened
