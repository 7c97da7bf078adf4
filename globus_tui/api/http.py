"""All requests to Globus go through one `Connection`: it signs, sends, renews, repeats, and raises what was refused.

Importing this module does not import httpx: that happens in a thread when the first request needs it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from globus_tui.api.answers import refusal, requirement_in
from globus_tui.api.bearer import Basic, Bearer, SingleFlight, token_instead_of
from globus_tui.api.exchange import Answer, Call, Exchange, pairs
from globus_tui.api.plain import PlainSender, is_direct, trust
from globus_tui.api.retry import RetryRules, is_transient, may_repeat, read_http_date
from globus_tui.domain import errors
from globus_tui.domain.auth.credentials import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Mapping

    import httpx

    from globus_tui.api.environment import Environment
    from globus_tui.api.sender import Sender
    from globus_tui.api.shared_answers import SharedAnswers

# `Date` is in whole seconds and answers take time: smaller differences of clocks are noise.
_NO_CLOCK = timedelta(days=36525)
"""Clocks that differ by a century are none: not even one that lost its battery is so far behind."""
_SKEW_NOISE = timedelta(seconds=1.5)

_OF_THE_WAY = frozenset({401, 403, 407, 511})
"""Refusals that no service of Globus sends as a web page: a proxy or login page on the way wants something."""

_SHORTEST_SECRET = 16
"""Characters; what is shorter was mistyped, and may be a part of a word such as `invalid_grant`."""

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC."""


def host_moment() -> float:
    """Seconds since this host was started, the same for every program on it; it never goes back."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


_BEGAN, _BEGAN_AT = host_moment(), datetime.now(UTC)


def utc_now() -> datetime:
    """This machine's clock as it was at the start, and counted from then on, sleep included.

    A clock that is set meanwhile is followed by `Connection.skew` alone: set back, it would have nothing asked for as
    long as that, and what was read would be called as young.
    """
    return _BEGAN_AT + timedelta(seconds=host_moment() - _BEGAN)


class Connection:
    """All requests to Globus.

    Attributes:
        skew: the services' clock minus this machine's, by the `Date` header of the latest answers.
        skew_known: an answer had such a header; until then `skew` is nothing but an assumption.
        on_exchange: told of every attempt, answered or not.
        shared: where copies of this program share answers; None where they do not.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rules: RetryRules | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Nothing is opened before the first request.

        Args:
            environment: where the services are, how long to wait, which certificates to trust.
            transport: instead of the network, e.g. `httpx.ASGITransport(app)` for the sandbox.
            clock: the time of this machine.
            rules: how persistent to be; by default no attempt starts after the environment's time-out.
            draw: a random number in [0, 1), for the jitter of waits.
        """
        self.environment = environment
        self.skew = timedelta(0)
        self.skew_known = False
        self.read_only = False
        """Nothing but GET is sent, except to Auth: signing in changes no timer."""
        self.on_exchange: Callable[[Exchange], None] | None = None
        self.shared: SharedAnswers | None = None
        self.clock = clock
        self._transport = transport
        self._sleep = sleep
        self._rules = rules or RetryRules(patience=environment.timeout)
        self._draw = draw
        self._renewals: SingleFlight[Secret] = SingleFlight()
        self._sender: Sender | None = None
        self._plain: PlainSender | None = None
        self._verify: ssl.SSLContext | bool | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def open(self) -> None:
        """Loads what the first request needs, so that it leaves at once."""
        await self._opened(Call("timer", "GET", ""))

    async def aclose(self) -> None:
        """Closes all connections; a later request would open them anew."""
        plain, sender, self._plain, self._sender = self._plain, self._sender, None, None
        for part in (plain, sender):
            if part is not None:
                await part.aclose()

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
            path: below the service's root; parts that come from outside go through `segment`.
            query: None values are left out, booleans become `true` and `false`, lists repeat the key.
            json: body to send as JSON.
            form: body to send as a form.
            repeatable: overrides what the method says about sending it twice (see `retry.may_repeat`). A 401 is
                no such failure: a refused token is renewed and the request sent once more, whatever it is.

        Raises:
            ReadOnly: it would change something, and nothing may be changed; it was not sent.
            ServiceError: the service refused.
            NetworkError: no complete answer came.
            UnreadableAnswer: something other than a Globus service answered.
            SignedOut: the credentials are refused for good.
        """
        call = Call(service, method.upper(), path, pairs(query or {}), json, form)
        if self.read_only and service != "auth" and call.method != "GET":
            raise errors.ReadOnly
        return await self._persistently(call, auth, repeatable)

    async def read_again(
        self,
        service: str,
        path: str,
        *,
        query: Mapping[str, object],
        auth: Bearer,
        last: bytes,
        younger_than: float = 0.0,
    ) -> Answer:
        """Asks a question that is asked again and again; raises what `request` raises.

        Args:
            service: as for `request`.
            last: the `packed` body of the last answer, empty if there was none: when it comes again, the answer
                says so.
            younger_than: seconds; what another copy of this program was told less long ago will do.
        """
        call = Call(service, "GET", path, pairs(query), last_packed=last)
        if self.shared is None:
            return await self._persistently(call, auth, None)
        question = f"{path}?{call.query}"
        answer = await self.shared.read(service, question, younger_than, lambda: self._persistently(call, auth, None))
        if answer.service:
            return answer
        from globus_tui.api.decode import same_packed

        return replace(answer, service=service, unchanged=bool(last) and same_packed(answer.packed, last))

    async def _persistently(self, call: Call, auth: Bearer | Basic | None, repeatable: bool | None) -> Answer:
        began, attempt, lost = time.monotonic(), 0, False
        while True:
            try:
                return await self._signed(call, auth)
            except errors.GlobusTuiError as problem:
                problem.sent_before = lost
                if not isinstance(problem, errors.NetworkError | errors.ServiceError):
                    raise
                lost = lost or (call.method != "GET" and problem.may_have_arrived)
                pause = self._pause_after(problem, attempt, time.monotonic() - began)
                if pause is None or not may_repeat(call.method, repeatable):
                    raise
            attempt += 1
            await self._sleep(pause)

    def _pause_after(self, problem: errors.GlobusTuiError, attempt: int, spent: float) -> float | None:
        asked = None
        if isinstance(problem, errors.NotTrusted | errors.ProxyRefused):
            return None
        if isinstance(problem, errors.ServiceError):
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
            # Many requests refused together cause one renewal, each resource server on its own.
            key = (id(auth.tokens), auth.resource_server)
            fresh = await _unsent(self._renewals.run(key, lambda: token_instead_of(auth, token)))
            answer = await self._send(call, _bearer_header(fresh))
        return self._checked(answer)

    def _checked(self, answer: Answer) -> Answer:
        if answer.status in _OF_THE_WAY and answer.is_page:
            raise answer.unreadable()
        if answer.status >= 400:
            raise refusal(answer, self.clock() + self.skew)
        if answer.status >= 300:
            raise answer.unreadable("a redirection elsewhere, which is not followed")
        return answer

    async def _send(self, call: Call, authorization: Secret | None) -> Answer:
        sender = await self._opened(call)
        began = time.perf_counter()
        answer = None
        try:
            answer = await sender.send(call, authorization)
            if 300 <= answer.status < 400 and sender is self._plain:
                answer = await (await self._opened(None)).send(call, authorization)
            self._observe(answer)
            return answer if answer.status < 400 else _without_secrets(answer, call, authorization)
        finally:
            if self.on_exchange is not None:
                self.on_exchange(
                    Exchange(
                        service=call.service,
                        method=call.method,
                        path=call.path,
                        status=answer.status if answer else None,
                        milliseconds=round((time.perf_counter() - began) * 1000),
                        bytes_received=(answer.bytes_received or len(answer.body)) if answer else 0,
                    )
                )

    async def _opened(self, call: Call | None) -> Sender | PlainSender:
        """The sender to use for a call; None: the one that takes every call."""
        if self._plain is not None and call is not None and self._plain.suits(call):
            return self._plain
        async with self._opening:  # reading certificates and importing httpx take a while: not on the event loop
            if self._verify is None and self._transport is None:
                self._verify = await asyncio.to_thread(trust, self.environment)
            if self._plain is None and self._transport is None and is_direct():
                self._plain = PlainSender(self.environment, self._verify or False)
            if call is not None and self._plain is not None and self._plain.suits(call):
                return self._plain
            if self._sender is None:
                self._sender = await asyncio.to_thread(
                    _make_sender, self.environment, self._verify or False, self._transport
                )
            return self._sender

    def _observe(self, answer: Answer) -> None:
        if "age" in answer.headers:
            return  # the answer comes from a cache on the way: its date tells nothing
        dated = read_http_date(answer.headers.get("date", ""))
        middle = self.clock() - timedelta(seconds=answer.elapsed / 2)
        if dated is None or abs(dated - middle) > _NO_CLOCK:
            return
        skew = dated + timedelta(seconds=0.5) - middle
        self.skew_known = True
        if abs(skew - self.skew) > _SKEW_NOISE:
            self.skew = skew


def _make_sender(
    environment: Environment, verify: ssl.SSLContext | bool, transport: httpx.AsyncBaseTransport | None
) -> Sender:
    from globus_tui.api.sender import Sender

    return Sender(environment, verify, transport)


def _without_secrets(refused: Answer, call: Call, authorization: Secret | None) -> Answer:
    """Leaves out what a refusal repeats of the credentials that were sent: its words are shown."""
    sent = [value.reveal() for value in (call.form or {}).values() if isinstance(value, Secret)]
    body = refused.body
    for secret in (*sent, *(authorization.reveal().split()[-1:] if authorization else ())):
        if len(secret) >= _SHORTEST_SECRET:
            body = body.replace(secret.encode(errors="replace"), "…".encode())
    return replace(refused, body=body)


async def _unsent(token: Awaitable[Secret]) -> Secret:
    """Waits for a token. If that fails, the error says that the request itself was not carried out."""
    try:
        return await token
    except errors.GlobusTuiError as problem:
        problem.unsent = True
        raise


def _bearer_header(token: Secret) -> Secret:
    value = token.reveal()
    if not (value.isascii() and value.isprintable() and value):
        raise errors.SignedOut("The stored access token is damaged.")
    return Secret(f"Bearer {value}")
