"""The Timers service: its routes, the list of timers, and timers as it writes them: the v1 job, the v2 timer, old
oddities.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from globus_tui.sandbox.access import Caller, Row, answered, caller, timers_refusal, validation_refusal
from globus_tui.sandbox.auth.scopes import ACTION_PROVIDER_SCOPE
from globus_tui.sandbox.state import TIMER_SCOPE, TIMERS_SERVER, Document, Sandbox, Timer, TimerRun, iso, json_of
from globus_tui.sandbox.timers import engine
from globus_tui.sandbox.timers.engine import flow_scope, is_active
from globus_tui.sandbox.timers.payloads import Checked, a_flag, a_moment, a_text, over_budget, read_job, read_timer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

TRANSFER_ACTION = "https://transfer.actions.globus.org/transfer/run"
LEGACY_TRANSFER_ACTION = "https://actions.automate.globus.org/transfer/transfer/run"


def job_document(timer: Timer, now: datetime, runs: Sequence[TimerRun], page_next: str | None) -> Document:
    """The v1 read model, with one page of its runs.

    What a timer created through v2 shows as callback is not in any public source; it is shown here as the new
    Transfer action with the transfer document under `body`.
    """
    document: Document = {
        "job_id": timer.job_id,
        "name": timer.name,
        "status": timer.status,
        "timer_type": timer.timer_type,
        "submitted_at": iso(timer.submitted_at),
        "start": iso(timer.start),
        "last_ran_at": iso(timer.last_ran_at),
        "next_run": next_run_of(timer),
        "n_runs": timer.n_runs,
        "n_errors": timer.n_errors,
        "interval": timer.interval,
        "schedule": schedule_document(timer),
        "stop_after": {"date": iso(timer.stop_at), "n_runs": timer.stop_after_n},
        "scope": _scope(timer),
        "callback_url": _callback_url(timer),
        "callback_body": _callback_body(timer),
        "inactive_reason": timer.inactive_reason,
        "activity": activity_document(timer, now),
        "results": {"data": [run_document(run) for run in runs], "page_next": page_next},
    }
    if timer.timer_type == "flow":
        document["flow_id"] = timer.flow_id
    return odd(document, timer.quirks) if timer.quirks else document


def timer_document(timer: Timer, now: datetime) -> Document:
    """The v2 read model, as POST /v2/timer answers it: fewer fields, and longer names for the counts."""
    document: Document = {
        "job_id": timer.job_id,
        "name": timer.name,
        "timer_type": timer.timer_type,
        "status": timer.status,
        "schedule": schedule_document(timer),
        "submitted_at": iso(timer.submitted_at),
        "last_ran_at": iso(timer.last_ran_at),
        "next_run": next_run_of(timer),
        "number_of_runs": timer.n_runs,
        "number_of_errors": timer.n_errors,
        "inactive_reason": timer.inactive_reason,
        "activity": activity_document(timer, now),
        "body": timer.body,
    }
    if timer.timer_type == "flow":
        document["flow_id"] = timer.flow_id
    return document


def schedule_document(timer: Timer) -> Document:
    """`once` for a timer without interval, else `recurring` with `end` null, by time or by `count`."""
    if timer.interval is None:
        return {"type": "once", "datetime": iso(timer.start)}
    end: Document | None = None
    if timer.stop_at is not None:
        end = {"condition": "time", "datetime": iso(timer.stop_at)}
    elif timer.stop_after_n is not None:
        end = {"condition": "iterations", "count": timer.stop_after_n}
    return {"type": "recurring", "interval_seconds": timer.interval, "start": iso(timer.start), "end": end}


def next_run_of(timer: Timer) -> str | None:
    """When it runs next; null while it is paused (inferred: the only fixture of a paused timer is a made-up one)."""
    return None if timer.status == "inactive" else iso(timer.next_run)


def activity_document(timer: Timer, now: datetime) -> Document | None:
    """What the timer is doing now; None once it is over."""
    if timer.status == "inactive":
        cause = (timer.inactive_reason or {}).get("cause", "other")
        return {"code": "paused", "reason": cause}
    if not is_active(timer):
        return None
    if timer.retrying_since is not None:
        return {"code": "retrying", "start_timestamp": iso(timer.retrying_since)}
    if timer.current is not None:
        began = timer.current.ran_at
        seconds = max(0.0, round((now - began).total_seconds(), 3))
        return {"code": "run_in_progress", "start_timestamp": iso(began), "duration_seconds": seconds}
    return {"code": "awaiting_next_run", "next_run": next_run_of(timer)}


def run_document(run: TimerRun) -> Document:
    """One run. `status` is the HTTP status of its submission; `run_status` is its state.

    The vocabulary of `run_status` is not known; that of the thing it started is used (ACTIVE, INACTIVE,
    SUCCEEDED, FAILED).
    """
    document: Document = {"ran_at": iso(run.ran_at), "status": run.http_status, "data": run.data, "errors": run.errors}
    if run.old_shape:
        document["ran_at"] = run.ran_at.replace(tzinfo=None).isoformat(timespec="microseconds")
        return document
    polled = 200 if run.last_check and run.resource_id else None
    return document | {
        "run_status": run.run_status,
        "resource_id": run.resource_id,
        "start_timestamp": iso(run.ran_at),
        "end_timestamp": iso(run.ended),
        "last_check_timestamp": iso(run.last_check),
        "next_check_timestamp": iso(run.next_check),
        "http_status_submission": run.http_status,
        "http_status_polled": polled,
    }


def page_of(timer: Timer, size: int, after: datetime | None = None) -> tuple[list[TimerRun], str | None]:
    """Runs older than `after` (newest first), and the token of the page behind them.

    Pages hang on moments, not on offsets, so runs that happen between two requests shift nothing.
    """
    first = 0
    if after is not None:
        older = (place for place, run in enumerate(timer.results) if run.ran_at < after)
        first = next(older, len(timer.results))
    runs = timer.results[first : first + size]
    has_more = runs and first + size < len(timer.results)
    return runs, _token(runs[-1].ran_at) if has_more else None


def moment_of_token(token: str) -> datetime:
    """The moment that a `page_next` token stands for. Raises ValueError: it is no token of ours."""
    try:
        return datetime.fromisoformat(base64.urlsafe_b64decode(token.encode()).decode())
    except (binascii.Error, UnicodeError) as problem:
        raise ValueError("not a page token") from problem


def odd(document: Document, quirks: Document) -> Document:
    """The document with a timer's oddities: fields left out, null, replaced; naive times."""
    changed = {key: value for key, value in document.items() if key not in quirks.get("drop", ())}
    changed |= dict.fromkeys(quirks.get("null", ()))
    changed |= quirks.get("replace", {})
    if quirks.get("naive"):
        changed |= {key: text.removesuffix("+00:00") for key, text in changed.items() if isinstance(text, str)}
    return changed


def _token(moment: datetime) -> str:
    return base64.urlsafe_b64encode(moment.isoformat().encode()).decode()


def _scope(timer: Timer) -> str | None:
    if timer.scope is not None or timer.timer_type == "generic":
        return timer.scope
    return flow_scope(str(timer.flow_id)) if timer.timer_type == "flow" else ACTION_PROVIDER_SCOPE


def _callback_url(timer: Timer) -> str | None:
    if timer.callback_url is not None:
        return timer.callback_url
    if timer.timer_type == "flow":
        return f"https://flows.automate.globus.org/flows/{timer.flow_id}/run"
    return LEGACY_TRANSFER_ACTION if timer.legacy_body else TRANSFER_ACTION


def _callback_body(timer: Timer) -> Document:
    if timer.timer_type != "transfer":
        return timer.body
    return {"body": legacy_transfer(timer.body) if timer.legacy_body else timer.body}


def legacy_transfer(body: Document) -> Document:
    """A transfer document in the action provider's form."""
    plain = {key: value for key, value in body.items() if key not in _RENAMED and key != "DATA_TYPE"}
    items = [{key: value for key, value in item.items() if key != "DATA_TYPE"} for item in body.get("DATA", [])]
    return plain | {
        "source_endpoint_id": body.get("source_endpoint"),
        "destination_endpoint_id": body.get("destination_endpoint"),
        "transfer_items": items,
    }


_RENAMED = frozenset({"source_endpoint", "destination_endpoint", "DATA"})


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes of Timers; the list is answered with and without the slash at its end."""
    table: list[Row] = [
        *(("GET", path, _list) for path in ("/jobs/", "/jobs")),
        *(("POST", path, _create_job) for path in ("/jobs/", "/jobs")),
        ("POST", "/v2/timer", _create_timer),
        ("GET", "/jobs/{job_id}", _read),
        ("PATCH", "/jobs/{job_id}", _rename),
        ("DELETE", "/jobs/{job_id}", _delete),
        ("POST", "/jobs/{job_id}/pause", _pause),
        ("POST", "/jobs/{job_id}/resume", _resume),
    ]
    return answered(sandbox, table)


async def _list(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request)
    listing = Listing.asked_for(request.query_params)
    now = sandbox.now()
    timers = [timer for timer in sandbox.timers.values() if sandbox.owns(who.identity_id, timer.owner)]
    return JSONResponse({"jobs": listing.documents(sandbox, timers, now)})


async def _read(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    runs, page_next = page_asked_for(timer, request.query_params)
    return JSONResponse(job_document(timer, now, runs, page_next))


async def _create_timer(sandbox: Sandbox, request: Request) -> Response:
    who, document = _caller(sandbox, request), await _json(request)
    now = sandbox.now()
    timer = read_timer(sandbox, who, document, now)
    _add(sandbox, timer, now)
    return JSONResponse({"timer": timer_document(timer, now)}, 201)


async def _create_job(sandbox: Sandbox, request: Request) -> Response:
    who, document = _caller(sandbox, request), await _json(request)
    now = sandbox.now()
    timer = read_job(sandbox, who, document, now)
    _add(sandbox, timer, now)
    return _answer(timer, now, 201)


async def _rename(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    body = Checked(await _json(request))
    body.only({"name"})
    name = body.take("name", a_text)
    body.refuse()
    if "name" in body.document:
        timer.name = name
    return _answer(timer, now)


async def _delete(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    engine.remove(sandbox, timer, now)
    return _answer(timer, now)


async def _pause(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    _still_there(timer)
    engine.pause(sandbox, timer, now)
    return JSONResponse({"message": f"Successfully paused job {timer.job_id}."})


async def _resume(sandbox: Sandbox, request: Request) -> Response:
    timer, now, who = _timer(sandbox, request)
    asked = await _update_credentials(request)
    _still_there(timer)
    if asked is None:  # the service decides from the inactive reason (documented)
        asked = (timer.inactive_reason or {}).get("cause") == engine.NEEDS_AUTHORIZATION
    engine.resume(sandbox, timer, now, who.token if asked else None)
    return JSONResponse({"message": f"Successfully resumed job {timer.job_id}."})


async def _update_credentials(request: Request) -> bool | None:
    """From the query (specification) or from the JSON body (Python SDK); the query wins."""
    if "update_credentials" in request.query_params:
        body = Checked(dict(request.query_params), ("query",))
    else:
        body = Checked(await _json(request, empty={}))
    asked: bool | None = body.take("update_credentials", a_flag)
    body.refuse()
    return asked


def _add(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    refusal = over_budget(sandbox, timer.owner, timer.interval)
    if refusal is not None:
        raise refusal
    timer.status = "new"  # as in the SDK's fixture; the first look after this finds it active
    engine.create(sandbox, timer, now)


def _answer(timer: Timer, now: datetime, status: int = 200) -> Response:
    return JSONResponse(job_document(timer, now, *page_asked_for(timer, {})), status)


def _caller(sandbox: Sandbox, request: Request) -> Caller:
    return caller(request, sandbox, TIMERS_SERVER, [TIMER_SCOPE])


def _timer(sandbox: Sandbox, request: Request) -> tuple[Timer, datetime, Caller]:
    """The timer that the path names, brought up to date.

    Somebody else's is answered like one that does not exist, so that nobody can try out ids; what the real
    service does is not known.
    """
    who, now = _caller(sandbox, request), sandbox.now()
    job_id = str(request.path_params["job_id"]).lower()
    timer = sandbox.timers.get(job_id)
    if timer is None or not sandbox.owns(who.identity_id, timer.owner):
        raise timers_refusal(404, "NOT_FOUND", f"No timer with id {job_id} could be found")
    engine.advance(sandbox, timer, now)
    return timer, now, who


def _still_there(timer: Timer) -> None:
    """Ended and deleted timers are neither paused nor resumed; the answer to that is inferred."""
    if timer.status == "ended" or timer.status in engine.DELETING:
        raise timers_refusal(409, "CONFLICT", f"Job {timer.job_id} is {timer.status} and cannot be changed")


async def _json(request: Request, empty: object = None) -> Any:
    text = await request.body()
    if not text:
        return empty
    try:
        return json_of(text)
    except ValueError as problem:
        where = ("body", getattr(problem, "pos", 0))
        raise validation_refusal([(where, "Expecting JSON", "value_error.jsondecode")]) from problem


EMBEDDED = 10
"""Runs shown with each timer of a list when `result_count` is absent; the real default is not known."""
PAGE, LARGEST_PAGE = 50, 100
"""Runs on a page of one timer, by default and at most; the real figures are not known."""
STATUSES = frozenset({"active", "inactive", "ended"})
ORDERABLE = frozenset([
    "name", "status", "submitted_at", "start", "interval", "next_run", "last_ran_at", "n_runs", "n_errors",
    "timer_type", "job_id",
])  # fmt: skip
"""The specification says "any orderable column" and names the first and `submitted_at`."""


@dataclass(frozen=True)
class Listing:
    """The parameters of GET /jobs/."""

    name: str
    statuses: frozenset[str]
    after: datetime | None
    before: datetime | None
    result_count: int
    order: str
    descending: bool

    @classmethod
    def asked_for(cls, query: Mapping[str, str]) -> Listing:
        """Reads the query. Raises Refusal: 422 for a value that makes no sense."""
        asked = Checked(dict(query), ("query",))
        field, _, direction = str(asked.take("order", an_order, default="submitted_at")).partition(" ")
        listing = cls(
            name=asked.take("filter_name", a_text, default="").casefold(),
            statuses=_statuses(asked),
            after=asked.take("submitted_after", a_moment),
            before=asked.take("submitted_before", a_moment),
            result_count=asked.take("result_count", a_size, default=EMBEDDED),
            order=field,
            descending=direction == "desc",
        )
        asked.refuse()
        return listing

    def documents(self, sandbox: Sandbox, timers: Iterable[Timer], now: datetime) -> list[Document]:
        fitting = []
        for timer in timers:
            engine.advance(sandbox, timer, now)
            if self.fits(timer):
                fitting.append(timer)
        fitting.sort(key=self._rank, reverse=self.descending)
        return [job_document(timer, now, *page_of(timer, self.result_count)) for timer in fitting]

    def fits(self, timer: Timer) -> bool:
        """Whether a timer passes the filters; one being deleted shows only when no status is asked for."""
        if self.name and self.name not in (timer.name or "").casefold():
            return False
        if self.after is not None and timer.submitted_at < self.after:
            return False
        if self.before is not None and timer.submitted_at > self.before:
            return False
        status = "active" if engine.is_active(timer) else timer.status
        return self.statuses == STATUSES or status in self.statuses

    def _rank(self, timer: Timer) -> tuple[bool, Any]:
        value = getattr(timer, self.order)
        return (value is None, 0 if value is None else value)


def page_asked_for(timer: Timer, query: Mapping[str, str]) -> tuple[list[TimerRun], str | None]:
    """The runs that `results_pt` and `page_size` ask for, and the next page's token.

    Raises:
        Refusal: 422 for a token or a size that makes no sense.
    """
    asked = Checked(dict(query), ("query",))
    size = asked.take("page_size", a_size, default=PAGE)
    after = asked.take("results_pt", moment_of_token)
    if size < 1:
        asked.wrong(("page_size",), "ensure this value is greater than 0")
    asked.refuse()
    return page_of(timer, min(size, LARGEST_PAGE), after)


def a_size(value: Any) -> int:
    """A number of runs, zero included."""
    try:
        size = int(value)
    except ValueError as problem:
        raise ValueError("value is not a valid integer") from problem
    if size < 0:
        raise ValueError("ensure this value is greater than or equal to 0")
    return size


def an_order(value: Any) -> str:
    """`FIELD`, `FIELD asc` or `FIELD desc`."""
    field, _, direction = a_text(value).partition(" ")
    if field not in ORDERABLE or direction.lower() not in {"", "asc", "desc"}:
        raise ValueError("unexpected value; expected FIELD, FIELD asc or FIELD desc")
    return f"{field} {direction.lower()}".strip()


def _statuses(asked: Checked) -> frozenset[str]:
    if asked.take("filter_active", a_flag, default=False):
        return frozenset({"active"})
    if asked.take("filter_stopped", a_flag, default=False):
        return frozenset({"ended"})
    statuses = frozenset(asked.take("filter_status", a_text, default="").split(",")) - {""}
    if statuses - STATUSES:
        asked.wrong(("filter_status",), "unexpected value; permitted: 'active', 'inactive', 'ended'")
    return statuses or STATUSES
