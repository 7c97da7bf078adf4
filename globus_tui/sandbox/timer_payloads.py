"""What clients post to make a timer, read into a `Timer`: the v2 form and the generic v1 form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from globus_tui.sandbox.state import TRANSFER_ALL, Document, Timer
from globus_tui.sandbox.timer_bodies import (
    checked_flow,
    checked_transfer,
    from_legacy,
)
from globus_tui.sandbox.timer_checks import (
    CLOSE_TO_NOW,
    Checked,
    a_count,
    a_moment,
    a_start,
    a_text,
    an_id,
    an_interval,
    one_of,
)

if TYPE_CHECKING:
    from globus_tui.sandbox.access import Caller
    from globus_tui.sandbox.state import Sandbox

_FLOW_RUN = re.compile(r"/flows/([0-9a-fA-F-]{36})/run/?$")
_TRANSFER_RUN = re.compile(r"(/transfer)?/transfer/run/?$")
_V1_FIELDS = frozenset(
    [
        "callback_url",
        "callback_body",
        "start",
        "interval",
        "name",
        "scope",
        "stop_after",
        "stop_after_n",
        "refresh_token",
    ]
)


@dataclass
class Schedule:
    """When a new timer runs; `start` None is now."""

    start: datetime | None = None
    interval: int | None = None
    stop_at: datetime | None = None
    stop_after_n: int | None = None


def read_timer(sandbox: Sandbox, who: Caller, document: object, now: datetime) -> Timer:
    """A timer from the body of POST /v2/timer.

    Raises:
        Refusal: 422 with everything that is wrong.
    """
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
