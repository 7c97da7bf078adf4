from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.api.bearer import Basic, Bearer
from globus_tui.api.environment import Environment
from globus_tui.api.exchange import pairs, segment
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.retry import RetryRules
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import (
    AuthAPIError,
    BadInput,
    ConnectionFailed,
    ErrorKind,
    GlobusTuiError,
    SignedOut,
    TimedOut,
    TimersAPIError,
    TransferAPIError,
    UnreadableAnswer,
)
from tests.api.fixed_token import FixedToken

if TYPE_CHECKING:
    from globus_tui.api.exchange import Exchange
    from globus_tui.api.http import Connection

TIMERS = "524230d7-ea86-4a52-8312-86065a9e0417"


def refusal(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body or {"error": {"code": "ERROR", "detail": "no"}}, headers=headers)


async def test_a_request_says_who_asks_and_wants_json(wire: Any, connection: Connection) -> None:
    wire.answers({})
    await connection.request("timer", "GET", "/jobs/", query={"a": True, "b": None, "c": ["x", 1]})
    sent = wire.last
    assert str(sent.url) == "https://timer.automate.globus.org/jobs/?a=true&c=x&c=1"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["user-agent"].startswith("globus_tui/")
    assert sent.headers["x-globus-client-info"].startswith("product=globus_tui,version=")
    assert "authorization" not in sent.headers


async def test_client_credentials_travel_as_basic(wire: Any, connection: Connection) -> None:
    wire.answers({})
    await connection.request("auth", "POST", "/v2/oauth2/token", form={"a": "b c"}, auth=Basic("me", Secret("hush")))
    assert wire.last.headers["authorization"] == "Basic bWU6aHVzaA=="
    assert wire.last.content == b"a=b+c"


async def test_a_secret_that_is_no_text_is_sent_as_its_variable_has_it(wire: Any, connection: Connection) -> None:
    wire.answers({})
    await connection.request("auth", "POST", "/v2/oauth2/token", form={}, auth=Basic("me", Secret("\udcff")))
    assert wire.last.headers["authorization"] == f"Basic {b64encode(b'me:' + bytes([255])).decode()}"


async def test_reading_is_repeated_until_it_works_with_growing_pauses(wire: Any, connection: Connection) -> None:
    wire.answers(refusal(502), httpx.ConnectError("refused"), refusal(500), {"jobs": []})
    answer = await connection.request("timer", "GET", "/jobs/")
    assert answer.status == 200
    assert wire.waits == [0.5, 1.0, 2.0]


async def test_giving_up_tells_the_last_reason(wire: Any, connection: Connection) -> None:
    wire.answers(refusal(503))
    with pytest.raises(TimersAPIError) as caught:
        await connection.request("timer", "GET", "/jobs/")
    assert len(wire.requests) == 4
    assert caught.value.kind is ErrorKind.BROKEN


@pytest.mark.parametrize("failure", [refusal(500), refusal(429), httpx.ReadTimeout(""), httpx.ConnectError("")])
async def test_a_post_that_creates_is_never_sent_twice(wire: Any, connection: Connection, failure: Any) -> None:
    wire.answers(failure, {})
    with pytest.raises((TimersAPIError, TimedOut, ConnectionFailed)):
        await connection.request("timer", "POST", "/v2/timer", json={})
    assert len(wire.requests) == 1


async def test_a_post_marked_repeatable_is_repeated(wire: Any, connection: Connection) -> None:
    wire.answers(httpx.ReadTimeout(""), {})
    await connection.request("timer", "POST", "/jobs/1/pause", repeatable=True)
    assert len(wire.requests) == 2


async def test_retry_after_is_obeyed(wire: Any, connection: Connection) -> None:
    wire.answers(refusal(429, **{"Retry-After": "7"}), {})
    await connection.request("timer", "GET", "/jobs/")
    assert wire.waits == [7.0]


async def test_a_long_retry_after_is_left_to_the_caller(wire: Any, connection: Connection) -> None:
    wire.answers(refusal(429, **{"Retry-After": "Tue, 01 Sep 2026 08:05:00 GMT"}))
    with pytest.raises(TimersAPIError) as caught:
        await connection.request("timer", "GET", "/jobs/")
    assert wire.waits == []
    assert caught.value.retry_after == 300
    assert caught.value.kind is ErrorKind.BUSY


@pytest.mark.parametrize("clock", ["07:00:00", "09:30:00"])
async def test_a_date_to_wait_for_is_one_of_the_services_clock(wire: Any, connection: Connection, clock: str) -> None:
    hour, minute, _ = clock.split(":")
    later = f"Tue, 01 Sep 2026 {hour}:{minute}:08 GMT"
    wire.answers(refusal(429, **{"Retry-After": later, "Date": f"Tue, 01 Sep 2026 {clock} GMT"}), {})
    await connection.request("timer", "GET", "/jobs/")
    assert wire.waits == [pytest.approx(8, abs=1)]


async def test_trouble_of_the_remote_storage_is_not_asked_for_again(wire: Any, connection: Connection) -> None:
    code = "ExternalError.DirListingFailed.GCDisconnected"
    wire.answers(refusal(502, {"code": code, "message": "not connected", "request_id": "r1"}))
    with pytest.raises(TransferAPIError) as caught:
        await connection.request("transfer", "GET", "/v0.10/operation/endpoint/1/ls")
    assert len(wire.requests) == 1
    assert (caught.value.code, caught.value.request_id) == (code, "r1")


async def test_no_attempt_starts_when_patience_is_over(wire: Any) -> None:
    wire.rules = RetryRules(patience=0.4)
    wire.answers(refusal(500))
    async with wire.connect() as connection:
        with pytest.raises(TimersAPIError):
            await connection.request("timer", "GET", "/jobs/")
    assert len(wire.requests) == 1


async def test_an_old_token_is_renewed_and_even_a_post_goes_on(wire: Any, connection: Connection, tokens: Any) -> None:
    wire.answers(refusal(401), {"timer": {}})
    await connection.request("timer", "POST", "/v2/timer", json={"a": 1}, auth=Bearer(tokens, TIMERS))
    assert [one.headers["authorization"] for one in wire.requests] == ["Bearer token-1", "Bearer token-2"]
    assert wire.requests[0].content == wire.requests[1].content


async def test_many_refused_requests_cause_one_renewal(wire: Any, tokens: Any) -> None:
    wire.handle = only_fresh
    tokens.before_renewal = lambda: asyncio.sleep(0)
    async with wire.connect() as connection:
        auth = Bearer(tokens, TIMERS)
        answers = await asyncio.gather(*(connection.request("timer", "GET", "/jobs/", auth=auth) for _ in range(8)))
    assert [one.status for one in answers] == [200] * 8
    assert tokens.renewals == 1


async def test_all_who_wait_for_a_refused_renewal_are_signed_out(
    wire: Any, connection: Connection, tokens: Any
) -> None:
    wire.answers(refusal(401))
    tokens.signed_out = True
    tokens.before_renewal = lambda: asyncio.sleep(0)
    requests = (connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS)) for _ in range(4))
    outcomes = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(one) for one in outcomes] == [SignedOut] * 4
    assert tokens.renewals == 1


async def only_fresh(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(0)
    return httpx.Response(200, json={}) if request.headers["authorization"] == "Bearer token-2" else refusal(401)


async def test_a_renewal_goes_on_when_who_asked_for_it_leaves(wire: Any, tokens: Any) -> None:
    begun, held = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        begun.set()
        await held.wait()

    tokens.before_renewal = hold
    wire.handle = only_fresh
    async with wire.connect() as connection:
        auth = Bearer(tokens, TIMERS)
        leaving = asyncio.create_task(connection.request("timer", "GET", "/jobs/", auth=auth))
        await begun.wait()
        staying = asyncio.create_task(connection.request("timer", "GET", "/jobs/", auth=auth))
        leaving.cancel()
        held.set()
        assert (await staying).status == 200
    assert leaving.cancelled()
    assert tokens.renewals == 1


@pytest.mark.parametrize(
    "problem",
    [
        TimedOut("Globus Auth did not answer.", maybe_processed=True),
        AuthAPIError("Globus Auth is not available now.", service="auth", status=503),
        UnreadableAnswer("Globus Auth answered 200 with a web page."),
    ],
    ids=["no answer", "unavailable", "a page"],
)
async def test_a_renewal_that_breaks_has_not_made_a_timer(
    wire: Any, connection: Connection, tokens: Any, problem: GlobusTuiError
) -> None:
    async def break_off() -> None:
        raise problem

    tokens.before_renewal = break_off
    wire.answers(refusal(401))
    with pytest.raises(type(problem)) as caught:
        await connection.request("timer", "POST", "/v2/timer", json={}, auth=Bearer(tokens, TIMERS))
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("status", [401, 403, 407, 511])
async def test_a_web_page_that_refuses_is_not_of_globus_and_signs_nobody_out(
    wire: Any, connection: Connection, tokens: Any, status: int
) -> None:
    wire.answers(httpx.Response(status, html="<html><title>Network sign-in</title></html>"))
    with pytest.raises(UnreadableAnswer, match=f"answered {status} with a web page") as caught:
        await connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS))
    assert "login page may stand between" in caught.value.in_full
    with pytest.raises(UnreadableAnswer):
        await AuthClient(connection).refresh("an-id", Secret("a-refresh-token"))


@pytest.mark.parametrize("damaged", ["", "tökén", "line\nbreak"])
async def test_a_damaged_token_is_no_token(wire: Any, connection: Connection, damaged: str) -> None:
    wire.answers({})
    auth = Bearer(FixedToken(Secret(damaged)), TIMERS)
    with pytest.raises(SignedOut, match="damaged"):
        await connection.request("timer", "GET", "/jobs/", auth=auth)
    assert wire.requests == []


async def test_a_fresh_token_that_is_refused_too_ends_it(wire: Any, connection: Connection, tokens: Any) -> None:
    wire.answers(refusal(401))
    with pytest.raises(TimersAPIError) as caught:
        await connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS))
    assert caught.value.kind is ErrorKind.SIGNED_OUT
    assert (len(wire.requests), tokens.renewals) == (2, 1)


async def test_a_401_that_names_a_requirement_does_not_renew(wire: Any, connection: Connection, tokens: Any) -> None:
    body = {"code": "AuthorizationRequired", "authorization_parameters": {"session_required_mfa": True}}
    wire.answers(refusal(401, body))
    with pytest.raises(TimersAPIError) as caught:
        await connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS))
    assert caught.value.kind is ErrorKind.NEEDS_AUTHORIZATION
    assert tokens.renewals == 0


async def test_the_token_endpoint_is_never_renewed_for(wire: Any, connection: Connection) -> None:
    wire.answers(httpx.Response(401, json={"error": "invalid_grant"}))
    with pytest.raises(Exception, match="Globus Auth") as caught:
        await connection.request("auth", "POST", "/v2/oauth2/token", form={}, auth=Basic("me", Secret("s")))
    assert getattr(caught.value, "code", None) == "invalid_grant"
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("problem", "kind", "processed"),
    [
        (httpx.ConnectError("refused"), ConnectionFailed, False),
        (httpx.ConnectTimeout(""), TimedOut, False),
        (httpx.ProxyError("407"), ConnectionFailed, False),
        (httpx.ReadTimeout(""), TimedOut, True),
        (httpx.WriteError(""), ConnectionFailed, True),
        (httpx.RemoteProtocolError("peer closed"), ConnectionFailed, True),
    ],
)
async def test_a_failure_says_whether_the_request_may_have_been_carried_out(
    wire: Any, connection: Connection, problem: Exception, kind: Any, processed: bool
) -> None:
    wire.answers(problem)
    with pytest.raises(kind) as caught:
        await connection.request("timer", "POST", "/v2/timer", json={})
    assert caught.value.maybe_processed is processed
    assert "Globus Timers" in str(caught.value)


async def test_an_answer_that_trickles_is_cut_off(wire: Any) -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    wire.handle = handle
    wire.environment = Environment.read({"GLOBUS_SDK_HTTP_TIMEOUT": "0.01"})
    async with wire.connect() as connection:
        with pytest.raises(TimedOut, match=r"did not answer within 0\.01 seconds"):
            await connection.request("timer", "POST", "/v2/timer", json={})


async def test_no_error_shows_a_token(wire: Any, connection: Connection, tokens: Any) -> None:
    wire.answers(httpx.LocalProtocolError("Illegal header value b'Bearer token-1'"))
    with pytest.raises(ConnectionFailed) as caught:
        await connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS))
    assert "token-1" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_what_a_refusal_repeats_of_credentials_is_not_shown(wire: Any, connection: Connection) -> None:
    wire.answers(refusal(403, {"message": "the header Bearer a-token-of-usual-length is blocked"}))
    tokens = FixedToken(Secret("a-token-of-usual-length"))
    with pytest.raises(TimersAPIError, match="the header Bearer … is blocked") as caught:
        await connection.request("timer", "POST", "/v2/timer", auth=Bearer(tokens, TIMERS))
    assert "a-token" not in str(caught.value)
    wire.replies = [refusal(400, {"error": "invalid_grant", "error_description": "no such code: abc-123-def-456-ghi"})]
    form: Any = {"grant_type": "authorization_code", "code": Secret("abc-123-def-456-ghi"), "code_verifier": Secret("")}
    with pytest.raises(AuthAPIError, match=r"no such code: …$"):
        await connection.request("auth", "POST", "/v2/oauth2/token", form=form)
    with pytest.raises(AuthAPIError) as caught_again:
        await connection.request("auth", "POST", "/v2/oauth2/token", form={"code": Secret("grant")})
    assert caught_again.value.code == "invalid_grant", "whatever was typed for a code"


async def test_a_redirection_within_the_service_is_followed(wire: Any, connection: Connection, tokens: Any) -> None:
    wire.answers(httpx.Response(307, headers={"Location": "/jobs/?x=1"}), {"jobs": []})
    await connection.request("timer", "GET", "/jobs", auth=Bearer(tokens, TIMERS))
    assert str(wire.last.url) == "https://timer.automate.globus.org/jobs/?x=1"
    assert wire.last.headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize("there", ["https://login.example.org/", "http://timer.automate.globus.org/jobs/"])
async def test_a_redirection_elsewhere_is_not_followed(
    wire: Any, connection: Connection, tokens: Any, there: str
) -> None:
    wire.answers(httpx.Response(302, headers={"Location": there}))
    with pytest.raises(UnreadableAnswer, match="redirection"):
        await connection.request("timer", "GET", "/jobs/", auth=Bearer(tokens, TIMERS))
    assert len(wire.requests) == 1


async def test_a_redirected_post_keeps_its_body_or_is_not_sent_again(wire: Any, connection: Connection) -> None:
    wire.answers(httpx.Response(308, headers={"Location": "/v2/timer/"}), {"timer": {}})
    await connection.request("timer", "POST", "/v2/timer", json={"a": 1})
    assert wire.last.content == wire.requests[0].content
    wire.replies = [httpx.Response(302, headers={"Location": "/v2/timer/"})]
    with pytest.raises(UnreadableAnswer):
        await connection.request("timer", "POST", "/v2/timer", json={"a": 1})


async def test_the_services_clock_is_learnt_from_its_answers(wire: Any, connection: Connection) -> None:
    wire.answers(httpx.Response(200, json={}, headers={"Date": "Tue, 01 Sep 2026 08:10:00 GMT"}))
    await connection.request("timer", "GET", "/jobs/")
    assert abs(connection.skew - timedelta(minutes=10, seconds=0.5)) < timedelta(seconds=0.4)
    learnt = connection.skew
    wire.replies = [httpx.Response(200, json={}, headers={"Date": "Tue, 01 Sep 2026 08:10:01 GMT"})]
    await connection.request("timer", "GET", "/jobs/")
    assert connection.skew == learnt


async def test_an_answer_out_of_a_cache_says_nothing_about_the_clock(wire: Any, connection: Connection) -> None:
    wire.answers(httpx.Response(200, json={}, headers={"Date": "Tue, 01 Sep 2026 09:00:00 GMT", "Age": "90"}))
    await connection.request("timer", "GET", "/jobs/")
    assert connection.skew == timedelta(0)


async def test_every_attempt_is_reported_without_its_contents(wire: Any, connection: Connection, tokens: Any) -> None:
    seen: list[Exchange] = []
    connection.on_exchange = seen.append
    wire.answers(httpx.ConnectError("x"), {"jobs": []})
    await connection.request("timer", "GET", "/jobs/", query={"filter_name": "hush"}, auth=Bearer(tokens, TIMERS))
    assert [(one.method, one.path, one.status) for one in seen] == [("GET", "/jobs/", None), ("GET", "/jobs/", 200)]
    assert "hush" not in repr(seen)
    assert "token-1" not in repr(seen)


async def test_secrets_stay_out_of_the_repr_of_an_answer(wire: Any, connection: Connection) -> None:
    wire.answers({"access_token": "hush"})
    assert "hush" not in repr(await connection.request("auth", "POST", "/v2/oauth2/token", form={"code": "hush"}))


@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_would_lead_to_another_path_is_refused(bad: str) -> None:
    with pytest.raises(BadInput):
        segment(bad)


def test_an_id_is_quoted_whole() -> None:
    assert segment("a/b?c") == "a%2Fb%3Fc"


async def test_half_a_character_in_what_a_service_sent_ends_nothing(wire: Any, connection: Connection) -> None:
    wire.answers({})
    await connection.request("timer", "POST", "/v2/timer", json={"name": "half \ud800"}, auth=None)
    assert wire.last.content == rb'{"name": "half \ud800"}'
    assert wire.last.headers["content-type"] == "application/json"
    assert segment("id \ud800") == "id%20%3F"
    assert pairs({"filter": ["task_id:\ud800", None], "limit": 5}) == [("filter", "task_id:?"), ("limit", "5")]
