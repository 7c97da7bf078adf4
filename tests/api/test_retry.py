from __future__ import annotations

from datetime import UTC, datetime

import pytest

from globus_tui.api.retry import RetryRules, is_transient, may_repeat, read_retry_after

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def half() -> float:
    return 0.5


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, None)])
def test_pauses_double_until_it_gives_up(attempt: int, seconds: float | None) -> None:
    assert RetryRules(patience=None).wait(attempt, draw=half) == seconds


def test_jitter_spreads_the_pauses_of_many_clients() -> None:
    rules = RetryRules()
    assert rules.wait(1, draw=lambda: 0.0) == 0.5
    assert rules.wait(1, draw=lambda: 0.999) == pytest.approx(1.499)


def test_no_pause_is_longer_than_the_longest() -> None:
    assert RetryRules(repeats=20, patience=None).wait(12, draw=half) == 10.0


def test_the_services_wish_replaces_the_own_pause() -> None:
    assert RetryRules().wait(0, draw=half, asked=3) == 3
    assert RetryRules().wait(0, draw=half, asked=0) == 0
    assert RetryRules().wait(0, draw=half, asked=10.0) == 10.0


def test_a_wish_for_more_than_the_longest_pause_ends_it() -> None:
    assert RetryRules().wait(0, draw=half, asked=10.5) is None


def test_no_attempt_starts_after_patience_has_run_out() -> None:
    assert RetryRules(patience=60).wait(0, draw=half, spent=59.4) == 0.5
    assert RetryRules(patience=60).wait(0, draw=half, spent=59.5) is None
    assert RetryRules(patience=1).wait(0, draw=half) == 0.5


@pytest.mark.parametrize("method", ["GET", "get", "HEAD", "PUT", "DELETE"])
def test_what_changes_nothing_more_the_second_time_may_be_repeated(method: str) -> None:
    assert may_repeat(method)
    assert not may_repeat(method, stated=False)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_the_rest_is_repeated_only_when_that_is_stated(method: str) -> None:
    assert not may_repeat(method)
    assert may_repeat(method, stated=True)


@pytest.mark.parametrize(
    ("service", "status", "code", "transient"),
    [
        ("timer", 429, None, True),
        ("timer", 500, "ERROR", True),
        ("timer", 504, None, True),
        ("timer", 501, None, False),
        ("timer", 404, None, False),
        ("transfer", 502, "ServiceUnavailable", True),
        ("transfer", 502, "ExternalError.DirListingFailed", False),
        ("transfer", 502, "EndpointError", False),
        ("transfer", 503, "ExternalError.Busy", True),
        ("timer", 502, "ExternalError", True),
        ("transfer", 502, None, True),
        ("transfer", 429, "EndpointError", True),
    ],
)
def test_only_refusals_that_may_pass_are_worth_another_try(
    service: str, status: int, code: str | None, transient: bool
) -> None:
    assert is_transient(service, status, code) is transient


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("5", 5.0),
        (" 2.5 ", 2.5),
        ("1.2.3", None),
        ("9999999999", 366 * 86400.0),
        ("Tue, 01 Sep 2026 08:00:30 +0000", 30.0),
        ("Tue, 01 Sep 2026 10:00:30 +0200", 30.0),
        ("Tue, 01 Sep 2026 08:00:30 GMT", 30.0),
        ("Tue, 01 Sep 2026 07:00:00 GMT", 0.0),
        ("Tue, 01 Sep 2026 08:00:30 -0000", 30.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds
