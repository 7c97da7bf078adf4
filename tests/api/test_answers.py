from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from globus_tui.api.answers import refusal
from globus_tui.api.exchange import Answer
from globus_tui.domain.errors import (
    AuthAPIError,
    ErrorKind,
    FlowsAPIError,
    ServiceError,
    TimersAPIError,
    TransferAPIError,
    UnreadableAnswer,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
CONSENT = "urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/1a/data_access]"


def refused(service: str, status: int, body: Any, **headers: str) -> ServiceError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(Answer(service, status, headers, raw), NOW)


def test_a_place_in_a_list_is_kept() -> None:
    detail = [{"loc": ["body", "DATA", 3, "source_path"], "msg": "field required", "type": "value_error.missing"}]
    error = refused("timer", 422, {"detail": detail})
    assert isinstance(error, TimersAPIError)
    assert error.kind is ErrorKind.INVALID
    assert error.problems[0].place == ("body", "DATA", 3, "source_path")
    assert str(error) == "Globus Timers refused the request: DATA.3.source_path: field required."
    assert error.advice


@pytest.mark.parametrize(
    ("service", "status", "body", "kind", "code", "words"),
    [
        ("timer", 500, {"error": {"code": "ERROR", "detail": "no luck", "status": 500}}, "BROKEN", "ERROR", "no luck."),
        ("timer", 404, {"detail": "Job not found"}, "NOT_FOUND", None, "Job not found."),
        ("timer", 403, {"error": {"code": "FORBIDDEN", "title": "No!"}}, "FORBIDDEN", "FORBIDDEN", "No!"),
        ("timer", 429, {"message": "slow down"}, "BUSY", None, "slow down."),
        ("timer", 409, "plain words", "CONFLICT", None, "plain words."),
        (
            "transfer",
            404,
            {"code": "EndpointNotFound", "message": "m", "resource": "/x"},
            "NOT_FOUND",
            "EndpointNotFound",
            "m.",
        ),
        ("auth", 401, {"error": "invalid_grant"}, "SIGNED_OUT", "invalid_grant", "invalid_grant."),
        (
            "auth",
            400,
            {"error": "invalid_scope", "error_description": "unknown scope"},
            "INVALID",
            "invalid_scope",
            "unknown scope.",
        ),
        (
            "auth",
            403,
            {"errors": [{"code": "FORBIDDEN", "title": "T", "detail": "not you"}], "error": "forbidden"},
            "FORBIDDEN",
            "FORBIDDEN",
            "not you.",
        ),
        (
            "flows",
            422,
            {"error": {"code": "UNPROCESSABLE_ENTITY", "detail": [{"loc": ["x", 0], "msg": "bad"}]}},
            "INVALID",
            "UNPROCESSABLE_ENTITY",
            "x.0: bad.",
        ),
        (
            "flows",
            403,
            {"error": {"code": "MISSING_SCOPE", "detail": "d"}, "debug_id": "7"},
            "FORBIDDEN",
            "MISSING_SCOPE",
            "d.",
        ),
        ("timer", 503, b"", "BROKEN", None, "it answered 503 without a reason."),
        ("timer", 502, b"<html><body>Bad Gateway</body></html>", "BROKEN", None, "it answered 502 with a web page."),
        ("timer", 418, b'{"detail": 7}', "OTHER", None, "it answered 418 without a reason."),
        ("timer", 500, b'[{"detail": "x"}]', "BROKEN", None, "it answered 500 without a reason."),
    ],
)
def test_each_dialect_is_understood(
    service: str, status: int, body: Any, kind: str, code: str | None, words: str
) -> None:
    error = refused(service, status, body)
    assert error.kind is ErrorKind[kind]
    assert error.code == code
    assert str(error).startswith("Globus ")
    assert str(error).endswith(f": {words}")


def test_each_service_has_its_own_error() -> None:
    kinds = {"auth": AuthAPIError, "transfer": TransferAPIError, "timer": TimersAPIError, "flows": FlowsAPIError}
    assert {service: type(refused(service, 500, {})) for service in kinds} == kinds


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("transfer", {"code": "x", "message": "m", "request_id": "r1"}),
        ("flows", {"error": {"code": "x"}, "debug_id": "r1"}),
        ("auth", {"errors": [{"id": "r1", "code": "x"}]}),
    ],
)
def test_the_id_to_quote_to_support_is_found(service: str, body: Any) -> None:
    assert refused(service, 500, body).request_id == "r1"


def test_a_requirement_is_found_on_any_status() -> None:
    body = {
        "code": "ExternalError.DirListingFailed.LoginFailed",
        "message": "login failed",
        "authorization_parameters": {"session_required_single_domain": ["uni.example.edu"]},
    }
    error = refused("transfer", 502, body)
    assert error.kind is ErrorKind.NEEDS_AUTHORIZATION
    assert error.gare is not None
    assert error.gare.session_required_single_domain == ("uni.example.edu",)


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"error": one}, lambda one: {"errors": [one]}])
def test_a_requirement_is_found_at_the_root_and_below(wrap: Any) -> None:
    body = {"code": "ConsentRequired", "authorization_parameters": {"required_scopes": [CONSENT]}}
    error = refused("timer", 403, wrap(body))
    assert error.gare is not None
    assert error.gare.required_scopes == (CONSENT,)


def test_retry_after_comes_with_the_error() -> None:
    assert refused("timer", 429, {}, **{"retry-after": "90"}).retry_after == 90
    assert "wait 2 minutes before" in refused("timer", 429, {}, **{"retry-after": "90"}).in_full
    assert "Wait a little" in refused("timer", 429, {}, **{"retry-after": "20"}).in_full


def test_long_words_and_broken_lines_become_one_short_line() -> None:
    error = refused("timer", 500, {"detail": "a\n\tb " * 5000})
    assert "\n" not in str(error)
    assert len(str(error)) < 500
    assert str(error).endswith("…")


def test_a_deeply_nested_body_does_no_harm() -> None:
    assert refused("timer", 500, b"[" * 100_000).kind is ErrorKind.BROKEN


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"", "an empty body"),
        (b'{"jobs": [', "breaks off"),
        (b"hello", "not JSON"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_a_success_that_is_no_document_says_what_came_instead(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableAnswer, match=f"Globus Timers answered 200 with .*{words}"):
        Answer("timer", 200, {}, body).document()


def test_a_success_of_another_shape_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer, match="not an object"):
        Answer("timer", 200, {}, b"[]").object()
