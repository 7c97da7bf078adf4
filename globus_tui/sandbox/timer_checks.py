"""What the service refuses: missing fields, wrong values, and the limits on schedules."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.refusals import timers_refusal, validation_refusal
from globus_tui.sandbox.timer_engine import DELETING
from globus_tui.sandbox.timer_schedule import runs_a_minute

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document, Refusal, Sandbox

Where = tuple[str | int, ...]
Reader = Callable[[Any], Any]

SHORTEST, LONGEST = 60, 31_536_000
"""Seconds between two ticks, at least and at most (documented)."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FARTHEST_START = timedelta(days=365)
CLOSE_TO_NOW = timedelta(days=1)
"""v2 wants a start in the future "or close to the present"; how close is not known, a day is accepted here."""


class Checked:
    """Reads a document field by field and collects everything that is wrong with it, FastAPI-like.

    The words follow the one 422 seen in the SDK's fixtures ("field required", "value_error.missing").
    """

    def __init__(self, document: object, where: Where = ("body",), problems: list[Any] | None = None) -> None:
        self.problems: list[tuple[Where, str, str]] = [] if problems is None else problems
        self.where = where
        self.document: Document = {}
        if isinstance(document, dict):
            self.document = document
        else:
            self.wrong((), "value is not a valid dict", "type_error.dict")

    def wrong(self, at: Iterable[str | int], message: str, kind: str = "value_error") -> None:
        """Notes a problem at a place below this document."""
        self.problems.append(((*self.where, *at), message, kind))

    def refuse(self) -> None:
        """Raises the collected problems.

        Raises:
            Refusal: 422 with all of them, when there are any.
        """
        if self.problems:
            raise validation_refusal(self.problems)

    def take(self, name: str, read: Reader, default: Any = None, required: bool = False) -> Any:
        """One field, read by `read` (which raises ValueError with the words to show); null is like absent."""
        value = self.document.get(name)
        if value is None:
            if required:
                missing = name not in self.document
                kind = "value_error.missing" if missing else "type_error.none.not_allowed"
                words = "field required" if missing else "none is not an allowed value"
                self.wrong((name,), words, kind)
            return default
        try:
            return read(value)
        except ValueError as problem:
            self.wrong((name,), str(problem))
            return default

    def below(self, name: str, required: bool = True) -> Checked | None:
        """The object in a field, its problems collected with these; None when it is absent or null."""
        value = self.document.get(name)
        if value is None:
            self.take(name, a_text, required=required)
            return None
        return Checked(value, (*self.where, name), self.problems)

    def only(self, names: Iterable[str]) -> None:
        """Notes every other field."""
        for name in self.document.keys() - set(names):
            self.wrong((name,), "extra fields not permitted", "value_error.extra")


def a_text(value: Any) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ValueError("str type expected")
    return value


def an_id(value: Any) -> str:
    """A UUID."""
    try:
        return str(uuid.UUID(a_text(value)))
    except ValueError as problem:
        raise ValueError("value is not a valid uuid") from problem


def a_flag(value: Any) -> bool:
    """A boolean; JSON's, or the words that clients write in queries (`True` in Python, `true` elsewhere)."""
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    known = words.get(str(value).lower())
    if known is None:
        raise ValueError("value could not be parsed to a boolean")
    return known


def a_moment(value: Any) -> datetime:
    """An ISO date-time; without an offset it is UTC (inferred)."""
    try:
        moment = datetime.fromisoformat(a_text(value))
    except ValueError as problem:
        raise ValueError("invalid datetime format") from problem
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def a_number(value: Any) -> float:
    """A number (booleans are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("value is not a valid number")
    return value


def a_count(value: Any) -> int:
    """A whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("value is not a valid integer")
    if value < 1:
        raise ValueError("ensure this value is greater than or equal to 1")
    return value


def an_interval(value: Any) -> int:
    """Seconds between ticks, floored; 60 seconds to 365 days."""
    seconds = int(a_number(value) // 1)
    if seconds < SHORTEST:
        raise ValueError(f"ensure this value is greater than or equal to {SHORTEST}")
    if seconds > LONGEST:
        raise ValueError(f"ensure this value is less than or equal to {LONGEST}")
    return seconds


def a_start(now: datetime, past: timedelta | None = None) -> Reader:
    """A reader of start moments: after 1970, at most a year ahead, and at most `past` ago."""

    def read(value: Any) -> datetime:
        start = a_moment(value)
        if start <= EPOCH:
            raise ValueError("start must be after 1970-01-01")
        if start > now + FARTHEST_START:
            raise ValueError("start must be at most one year in the future")
        if past is not None and start < now - past:
            raise ValueError("start must be in the future or close to the present")
        return start

    return read


def one_of(*allowed: object) -> Reader:
    """A reader that accepts exactly these values."""

    def read(value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError(f"unexpected value; permitted: {', '.join(repr(one) for one in allowed)}")
        return value

    return read


def over_budget(sandbox: Sandbox, owner: str, interval: int | None) -> Refusal | None:
    """The refusal of a timer that would make its owner's timers run more than once a minute together.

    The limit is documented, its answer is not: 400 with an error object here. Paused timers count, as they may
    be resumed at any moment.
    """
    spent = sum(
        runs_a_minute(timer.interval)
        for timer in sandbox.timers.values()
        if timer.owner == owner and timer.status != "ended" and timer.status not in DELETING
    )
    if interval is None or spent + runs_a_minute(interval) <= sandbox.timer_budget + 1e-9:
        return None
    return timers_refusal(400, "ERROR", "Your timers may not run more than once per minute in total")
