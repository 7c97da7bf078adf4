"""Which requests to send again, and how long to wait before. Pure: nothing here sleeps or sends.

Only requests that may safely be carried out twice are repeated; a POST that creates something never is. (The official
SDK repeats every method; creating a timer carries no submission id, so a repeated POST could make two timers.)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_BUSY = frozenset({429, 503})
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT = 366 * 86400.0
"""Seconds; with longer ones the moment of the next attempt could leave the calendar."""


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How persistent to be.

    Attributes:
        repeats: times that a request is sent again after its first failure.
        longest_wait: seconds; no pause is longer. A service that asks for more is left alone instead: its error is
            raised at once with `retry_after`, for the caller to plan by.
        patience: seconds since the first attempt after which no further one starts; None: no limit.
    """

    repeats: int = 3
    longest_wait: float = 10.0
    patience: float | None = 60.0

    def wait(
        self, attempt: int, *, draw: Callable[[], float], spent: float = 0.0, asked: float | None = None
    ) -> float | None:
        """Seconds to wait before the next attempt, or None to give up.

        Args:
            attempt: attempts failed so far, less one: 0 after the first.
            draw: gives a random number in [0, 1).
            spent: seconds since the first attempt began.
            asked: what `Retry-After` asks for.
        """
        if attempt >= self.repeats or (asked is not None and asked > self.longest_wait):
            return None
        pause = asked if asked is not None else min((0.25 + 0.5 * draw()) * 2.0**attempt, self.longest_wait)
        return None if self.patience is not None and spent + pause >= self.patience else pause


def may_repeat(method: str, stated: bool | None = None) -> bool:
    """Whether a request may be sent again after a failure.

    Args:
        method: GET, HEAD, PUT and DELETE may by themselves. (A DELETE repeated after a lost answer can get a 404:
            that means it is done.)
        stated: what the caller knows better: a POST that only reads or sets (pause, cancel, revoke, introspect,
            a transfer with its submission id) is repeatable; resume is not, since it can start a catch-up run.
    """
    return method.upper() in REPEATABLE_METHODS if stated is None else stated


def is_transient(service: str, status: int, code: str | None) -> bool:
    """Whether a refusal may pass by itself.

    Transfer reports trouble of the remote storage as 502 with a code of `ExternalError…` or `EndpointError…`: asking
    again would only repeat the slow failure, so those are not transient (as in the official SDK).
    """
    if status not in _TRANSIENT:
        return False
    remote = service == "transfer" and code is not None and ("ExternalError" in code or "EndpointError" in code)
    return not remote or status in _BUSY


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks to wait, from a number or an HTTP date; None when there is none."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return min(float(value), _LONGEST_WAIT)
    until = read_http_date(value)
    return None if until is None else min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT)


_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_DATE = re.compile(r"\w{3}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)


def read_http_date(value: str) -> datetime | None:
    """The moment that a header names; None for anything else, such as a year that no calendar has."""
    if not value:
        return None
    try:
        if usual := _DATE.fullmatch(value):
            day, month, year, *clock = usual.groups()
            hour, minute, second = map(int, clock)
            return datetime(int(year), _MONTHS.index(month) // 3 + 1, int(day), hour, minute, second, tzinfo=UTC)
        from email.utils import parsedate_to_datetime  # imported late: it loads a good part of the e-mail package

        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
