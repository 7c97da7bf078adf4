"""Timers as the service writes them: the v1 job, the v2 timer, and the oddities of older ones."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.state import Document, Timer, TimerRun, iso
from globus_tui.sandbox.timer_consents import ACTION_PROVIDER_SCOPE, flow_scope
from globus_tui.sandbox.timer_engine import is_active

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """What it is doing at this moment; None once it does nothing any more."""
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
    document: Document = {
        "ran_at": iso(run.ran_at),
        "status": run.http_status,
        "data": run.data,
        "errors": run.errors,
    }
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
    more = runs and first + size < len(timer.results)
    return runs, _token(runs[-1].ran_at) if more else None


def moment_of_token(token: str) -> datetime:
    """The moment that a `page_next` token stands for.

    Raises:
        ValueError: it is no token of ours.
    """
    try:
        return datetime.fromisoformat(base64.urlsafe_b64decode(token.encode()).decode())
    except (binascii.Error, UnicodeError) as problem:
        raise ValueError("not a page token") from problem


def odd(document: Document, quirks: Document) -> Document:
    """The document with a timer's oddities: fields left out, null, replaced; naive times; results as a list."""
    changed = {key: value for key, value in document.items() if key not in quirks.get("drop", ())}
    changed |= dict.fromkeys(quirks.get("null", ()))
    changed |= quirks.get("replace", {})
    if quirks.get("results_list"):
        changed["results"] = document["results"]["data"]
    if quirks.get("naive"):
        changed = {key: _naive(value) for key, value in changed.items()}
    return changed


def _token(moment: datetime) -> str:
    return base64.urlsafe_b64encode(moment.isoformat().encode()).decode()


def _naive(value: Any) -> Any:
    return value[: -len("+00:00")] if isinstance(value, str) and value.endswith("+00:00") else value


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
