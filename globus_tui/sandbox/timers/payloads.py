"""What clients post to make a timer, read into a `Timer`: the v2 form and the generic v1 form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from globus_tui.sandbox.access import Caller, timers_refusal, validation_refusal
from globus_tui.sandbox.state import TRANSFER_ALL, Document, Refusal, Sandbox, Timer, moment_of
from globus_tui.sandbox.timers.engine import DELETING, runs_a_minute

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
        """Raises the collected problems. Raises Refusal: 422 with all of them, when there are any."""
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
    if not isinstance(value, str):
        raise ValueError("str type expected")
    return value


def an_id(value: Any) -> str:
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
    """An ISO date-time."""
    try:
        return moment_of(a_text(value)).astimezone(UTC)
    except ValueError as problem:
        raise ValueError("invalid datetime format") from problem


def a_number(value: Any) -> float:
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
    def read(value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError(f"unexpected value; permitted: {', '.join(repr(choice) for choice in allowed)}")
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


OFF = [
    "verify_checksum", "encrypt_data", "preserve_timestamp", "skip_source_errors", "fail_on_quota_errors",
    "delete_destination_extra", "store_base_path_info",
]  # fmt: skip
ON = ["notify_on_succeeded", "notify_on_failed", "notify_on_inactive"]
_TEXTS = ["label", "source_local_user", "destination_local_user"]
_KNOWN = frozenset(
    [
        *OFF,
        *ON,
        *_TEXTS,
        *["DATA_TYPE", "source_endpoint", "destination_endpoint", "DATA", "deadline", "sync_level", "filter_rules"],
    ]
)
_ITEM = frozenset([
    "DATA_TYPE", "source_path", "destination_path", "recursive", "external_checksum", "checksum_algorithm",
])  # fmt: skip


def checked_transfer(body: Checked, strict: bool = True) -> Document:
    """A transfer document with the service's defaults (documented), problems noted in `body`.

    Args:
        strict: refuse fields that the specification does not list, `submission_id` and
            `skip_activation_check` among them (v2); otherwise they are kept (v1 stores what it is given).
    """
    body.take("DATA_TYPE", one_of("transfer"))
    for end in ("source_endpoint", "destination_endpoint"):
        body.take(end, an_id, required=True)
    _items(body)
    _options(body)
    if strict:
        body.only(_KNOWN)
    defaults = {"DATA_TYPE": "transfer"} | dict.fromkeys(OFF, False) | dict.fromkeys(ON, True)
    stated = {key: value for key, value in body.document.items() if value is not None}
    return defaults | stated


def checked_flow(body: Checked) -> Document:
    """A flow's start document, problems noted in `body`."""
    body.below("body")
    for name in ("run_managers", "run_monitors", "tags"):
        body.take(name, _texts)
    body.take("label", a_text)
    return body.document


def from_legacy(body: Checked) -> Document:
    """The transfer document behind the action provider's form, problems noted in `body`."""
    for end in ("source_endpoint_id", "destination_endpoint_id"):
        body.take(end, an_id, required=True)
    items = body.take("transfer_items", _objects, default=[], required=True)
    stated = dict(body.document)
    for name in ("source_endpoint_id", "destination_endpoint_id", "transfer_items"):
        stated.pop(name, None)
    return stated | {
        "DATA_TYPE": "transfer",
        "source_endpoint": body.document.get("source_endpoint_id"),
        "destination_endpoint": body.document.get("destination_endpoint_id"),
        "DATA": [{"DATA_TYPE": "transfer_item", **item} for item in items],
    }


def _items(body: Checked) -> None:
    items = body.take("DATA", _objects, required=True)
    if items is None:
        return
    if not items:
        body.wrong(("DATA",), "ensure this value has at least 1 items", "value_error.list.min_items")
    for place, item in enumerate(items):
        entry = Checked(item, (*body.where, "DATA", place), body.problems)
        entry.take("source_path", a_text, required=True)
        entry.take("destination_path", a_text, required=True)
        entry.take("recursive", a_flag)
        entry.only(_ITEM)


def _options(body: Checked) -> None:
    readers: dict[str, Reader] = dict.fromkeys([*OFF, *ON], a_flag) | dict.fromkeys(_TEXTS, a_text)
    readers |= {"deadline": a_moment, "sync_level": one_of(0, 1, 2, 3)}
    for name, read in readers.items():
        body.take(name, read)
    for place, rule in enumerate(body.take("filter_rules", _objects, default=[])):
        entry = Checked(rule, (*body.where, "filter_rules", place), body.problems)
        entry.take("name", a_text, required=True)
        entry.take("method", one_of("include", "exclude"))
        entry.take("type", one_of("file", "dir"))


def _objects(value: Any) -> list[Document]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("value is not a valid list")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("value is not a valid list")
    return value


_FLOW_RUN = re.compile(r"/flows/([0-9a-fA-F-]{36})/run/?$")
_TRANSFER_RUN = re.compile(r"(/transfer)?/transfer/run/?$")
_V1_FIELDS = frozenset([
    "callback_url", "callback_body", "start", "interval", "name", "scope", "stop_after", "stop_after_n",
    "refresh_token",
])  # fmt: skip


@dataclass
class Schedule:
    """When a new timer runs; `start` None is now."""

    start: datetime | None = None
    interval: int | None = None
    stop_at: datetime | None = None
    stop_after_n: int | None = None


def read_timer(sandbox: Sandbox, who: Caller, document: object, now: datetime) -> Timer:
    """A timer from the body of POST /v2/timer. Raises Refusal: 422 with everything that is wrong."""
    outer = Checked(document)
    inner = outer.below("timer")
    if inner is None:
        outer.refuse()
        raise AssertionError("a missing timer is always refused")
    kind = inner.take("timer_type", one_of("transfer", "flow"), required=True)
    name = inner.take("name", a_text)
    schedule = _schedule(inner, now)
    body = inner.below("body")
    flow_id: str | None = None
    content: Document = {}
    if kind == "transfer":
        inner.only({"timer_type", "name", "schedule", "body", "resource_server"})
        inner.take("resource_server", one_of("transfer.api.globus.org"))
        content = checked_transfer(body) if body else {}
    elif kind == "flow":
        inner.only({"timer_type", "name", "schedule", "body", "flow_id"})
        flow_id = inner.take("flow_id", an_id, required=True)
        content = checked_flow(body) if body else {}
    inner.refuse()
    timer = _timer(sandbox, who, schedule, now)
    timer.name, timer.timer_type, timer.body, timer.flow_id = name, kind, content, flow_id
    return timer


def read_job(sandbox: Sandbox, who: Caller, document: object, now: datetime) -> Timer:
    """A timer from the body of POST /jobs/; the callback's address decides what kind it is.

    Raises:
        Refusal: 422 with everything that is wrong.
    """
    body = Checked(document)
    schedule = Schedule(start=body.take("start", a_start(now), required=True))
    url = body.take("callback_url", _an_address, required=True)
    callback = body.below("callback_body")
    schedule.interval = body.take("interval", an_interval)
    name, scope = body.take("name", a_text), body.take("scope", a_text, default=TRANSFER_ALL)
    _stop_after(body, schedule)
    body.only(_V1_FIELDS)
    if schedule.stop_after_n == 1 and schedule.interval is not None:
        body.wrong(("interval",), "interval must be null if stop_after_n is 1")
    _end_after_start(body, schedule, "stop_after", now)
    kind, flow_id = kind_of(url or "")
    content, legacy = _callback(kind, callback)
    body.refuse()
    timer = _timer(sandbox, who, schedule, now)
    timer.name, timer.timer_type, timer.body, timer.flow_id = name, kind, content, flow_id
    timer.callback_url, timer.scope, timer.legacy_body = url, scope, legacy
    return timer


def kind_of(url: str) -> tuple[str, str | None]:
    """The timer's type by its callback address, with the flow's id for a flow.

    Told apart by path alone, so that clients pointed at another host by environment variables work too.
    """
    path = urlsplit(url).path
    if flow := _FLOW_RUN.search(path):
        return "flow", flow[1].lower()
    return ("transfer", None) if _TRANSFER_RUN.search(path) else ("generic", None)


def _callback(kind: str, callback: Checked | None) -> tuple[Document, bool]:
    if callback is None:
        return {}, False
    if kind != "transfer":
        return callback.document, False
    body = callback.below("body")
    if body is None:
        return {}, False
    legacy = "transfer_items" in body.document or "source_endpoint_id" in body.document
    return (from_legacy(body) if legacy else checked_transfer(body, strict=False)), legacy


def _schedule(inner: Checked, now: datetime) -> Schedule:
    schedule = Schedule()
    at = inner.below("schedule")
    if at is None:
        return schedule
    kind = at.take("type", one_of("once", "recurring"), required=True)
    if kind == "once":
        at.only({"type", "datetime"})
        schedule.start = at.take("datetime", a_start(now, CLOSE_TO_NOW))
    elif kind == "recurring":
        at.only({"type", "start", "interval_seconds", "end"})
        schedule.start = at.take("start", a_start(now, CLOSE_TO_NOW))
        schedule.interval = at.take("interval_seconds", an_interval, required=True)
        _end(at, schedule)
        _end_after_start(at, schedule, "end", now)
    return schedule


def _end(at: Checked, schedule: Schedule) -> None:
    # The key is `count`. The Python SDK's docstrings say `iterations`; the specification does not know that.
    end = at.below("end", required=False)
    if end is None:
        return
    condition = end.take("condition", one_of("time", "iterations"), required=True)
    if condition == "time":
        schedule.stop_at = end.take("datetime", a_moment, required=True)
    elif condition == "iterations":
        schedule.stop_after_n = end.take("count", a_count, required=True)


def _stop_after(body: Checked, schedule: Schedule) -> None:
    """`{"date", "n_runs"}`, or an ISO string with `stop_after_n` beside it (what the SDK's TimerJob sends)."""
    schedule.stop_after_n = body.take("stop_after_n", a_count)
    if isinstance(body.document.get("stop_after"), dict):
        ends = body.below("stop_after")
        if ends is not None:
            schedule.stop_at = ends.take("date", a_moment)
            schedule.stop_after_n = ends.take("n_runs", a_count, default=schedule.stop_after_n)
    else:
        schedule.stop_at = body.take("stop_after", a_moment)


def _end_after_start(at: Checked, schedule: Schedule, field: str, now: datetime) -> None:
    if schedule.stop_at is not None and schedule.stop_at < (schedule.start or now):
        at.wrong((field,), "the end must not be before the start")


def _an_address(value: Any) -> str:
    parts = urlsplit(a_text(value))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("invalid or missing URL scheme")
    return str(value)


def _timer(sandbox: Sandbox, who: Caller, schedule: Schedule, now: datetime) -> Timer:
    moment = now - timedelta(microseconds=now.microsecond)
    return Timer(
        sandbox.new_id(),
        who.identity_id,
        who.client_id,
        None,
        "generic",
        submitted_at=now,
        start=schedule.start or moment,
        interval=schedule.interval,
        stop_at=schedule.stop_at,
        stop_after_n=schedule.stop_after_n,
        session=who.session,
    )
