"""All requests to Globus go through one `Connection`: it signs, sends, renews, repeats, and raises what was refused.

Importing this module does not import httpx: that happens in a thread when the first request is sent.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from globus_tui.api.answers import refusal, requirement_in
from globus_tui.api.bearer import Basic, Bearer, Renewals
from globus_tui.api.exchange import Call, Exchange
from globus_tui.api.retry import RetryRules, is_transient, may_repeat
from globus_tui.api.urls import pairs
from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError, NetworkError, ServiceError, SignedOut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

    from globus_tui.api.environment import Environment
    from globus_tui.api.exchange import Answer
    from globus_tui.api.sender import Sender

# `Date` is in whole seconds and answers take time: smaller differences of clocks are noise.
_SKEW_NOISE = timedelta(seconds=1.5)


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class Connection:
    """All requests to Globus.

    Attributes:
        environment: where the services are.
        skew: the services' clock minus this machine's, by the `Date` header of the latest answers.
        skew_known: an answer had such a header; until then `skew` is nothing but an assumption.
        on_exchange: told of every attempt, answered or not.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rules: RetryRules | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Nothing is opened before the first request.

        Args:
            environment: where the services are, how long to wait, which certificates to trust.
            transport: instead of the network, e.g. `httpx.ASGITransport(app)` for the sandbox.
            clock: the time of this machine.
            sleep: waits between attempts.
            rules: how persistent to be; by default no attempt starts after the environment's time-out.
            draw: a random number in [0, 1), for the jitter of waits.
        """
        self.environment = environment
        self.skew = timedelta(0)
        self.skew_known = False
        self.on_exchange: Callable[[Exchange], None] | None = None
        self.clock = clock
        self._transport = transport
        self._sleep = sleep
        self._rules = rules or RetryRules(patience=environment.timeout)
        self._draw = draw
        self._renewals = Renewals()
        self._sender: Sender | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def open(self) -> None:
        """Loads what the first request needs, so that it leaves at once."""
        await self._opened()

    async def aclose(self) -> None:
        """Closes all connections; a later request would open them anew."""
        sender, self._sender = self._sender, None
        if sender is not None:
            await sender.aclose()

    async def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: Any = None,
        form: Mapping[str, str | Secret] | None = None,
        auth: Bearer | Basic | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Sends a request and gives back the answer, which is a success.

        Args:
            service: `auth`, `transfer`, `timer` or `flows`.
            method: HTTP method.
            path: below the service's root; parts that come from outside go through `segment`.
            query: None values are left out, booleans become `true` and `false`, lists repeat the key.
            json: body to send as JSON.
            form: body to send as a form.
            auth: who sends it.
            repeatable: overrides what the method says about sending it twice (see `retry.may_repeat`). A 401 is
                no such failure: a refused token is renewed and the request sent once more, whatever it is.

        Raises:
            ServiceError: the service refused.
            NetworkError: no complete answer came.
            UnreadableAnswer: something other than a Globus service answered.
            SignedOut: the credentials are refused for good.
        """
        call = Call(service, method.upper(), path, pairs(query or {}), json, form)
        return await self._persistently(call, auth, repeatable)

    async def read_again(
        self, service: str, path: str, *, query: Mapping[str, object], auth: Bearer, last: bytes
    ) -> Answer:
        """Asks a question that is asked again and again; raises what `request` raises.

        Args:
            service: as for `request`.
            path: the same.
            query: the same.
            auth: the same.
            last: the `packed` body of the last answer, empty if there was none: when it comes again, the answer
                says so and nothing is unpacked.
        """
        return await self._persistently(Call(service, "GET", path, pairs(query), last=last), auth, None)

    async def _persistently(self, call: Call, auth: Bearer | Basic | None, repeatable: bool | None) -> Answer:
        began, attempt = time.monotonic(), 0
        while True:
            try:
                return await self._signed(call, auth)
            except (NetworkError, ServiceError) as problem:
                pause = self._pause_after(problem, attempt, time.monotonic() - began)
                if pause is None or not may_repeat(call.method, repeatable):
                    raise
            attempt += 1
            await self._sleep(pause)

    def _pause_after(self, problem: GlobusTuiError, attempt: int, spent: float) -> float | None:
        asked = None
        if isinstance(problem, ServiceError):
            if not is_transient(problem.service, problem.status, problem.code):
                return None
            asked = problem.retry_after
        return self._rules.wait(attempt, draw=self._draw, spent=spent, asked=asked)

    async def _signed(self, call: Call, auth: Bearer | Basic | None) -> Answer:
        if not isinstance(auth, Bearer):
            return self._checked(await self._send(call, auth.header() if auth else None))
        token = await _unsent(auth.tokens.token(auth.resource_server))
        answer = await self._send(call, _bearer_header(token))
        # A 401 that carries a requirement is not about an old token: renewing would not help.
        if answer.status == 401 and requirement_in(answer) is None:
            fresh = await _unsent(self._renewals.renew(auth, token))
            answer = await self._send(call, _bearer_header(fresh))
        return self._checked(answer)

    def _checked(self, answer: Answer) -> Answer:
        if answer.status >= 400:
            raise refusal(answer, self.clock())
        if answer.status >= 300:
            raise answer.unreadable("a redirection elsewhere, which is not followed")
        return answer

    async def _send(self, call: Call, authorization: Secret | None) -> Answer:
        sender = await self._opened()
        began = time.perf_counter()
        answer = None
        try:
            answer = await sender.send(call, authorization)
            self._observe(answer)
            return answer
        finally:
            if self.on_exchange is not None:
                self.on_exchange(
                    Exchange(
                        service=call.service,
                        method=call.method,
                        path=call.path,
                        status=answer.status if answer else None,
                        milliseconds=round((time.perf_counter() - began) * 1000),
                        received=(answer.received or len(answer.body)) if answer else 0,
                    )
                )

    async def _opened(self) -> Sender:
        async with self._opening:
            if self._sender is None:
                # Importing httpx and reading certificates takes a tenth of a second: not on the event loop.
                self._sender = await asyncio.to_thread(_make_sender, self.environment, self._transport)
            return self._sender

    def _observe(self, answer: Answer) -> None:
        if "age" in answer.headers:
            return  # from a cache on the way
        from email.utils import parsedate_to_datetime  # a good part of the e-mail package: not before an answer came

        try:
            said = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
        middle = self.clock() - timedelta(seconds=answer.elapsed / 2)
        skew = said + timedelta(seconds=0.5) - middle
        self.skew_known = True
        if abs(skew - self.skew) > _SKEW_NOISE:
            self.skew = skew


def _make_sender(environment: Environment, transport: httpx.AsyncBaseTransport | None) -> Sender:
    # The command line program of httpx, which it imports where click is installed: 15 ms, never called here.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: "there is no such module"
    from globus_tui.api.sender import Sender

    return Sender(environment, transport)


async def _unsent(token: Awaitable[Secret]) -> Secret:
    """Waits for a token. Whatever goes wrong with that, the request itself was not carried out."""
    try:
        return await token
    except NetworkError as problem:
        problem.maybe_processed = False
        raise


def _bearer_header(token: Secret) -> Secret:
    value = token.reveal()
    if not (value.isascii() and value.isprintable() and value):
        raise SignedOut("The stored access token is damaged.")
    return Secret(f"Bearer {value}")
