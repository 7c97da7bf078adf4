"""How a timer's run begins and how it is watched: transfers, flow runs, and plain callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox import flow_runs
from globus_tui.sandbox.state import Document, Refusal, Sandbox, Timer, TimerRun
from globus_tui.sandbox.timer_consents import authorization_detail, check_consents
from globus_tui.sandbox.transfer_progress import begin
from globus_tui.sandbox.transfer_submit import submit

if TYPE_CHECKING:
    from collections.abc import Mapping

TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
"""Which refusals of a start are worth another attempt; the documentation says "network, timeout" only."""
OWN_PLAN_KEYS = frozenset({"each", "start_error", "refusal", "stalled", "http_status"})


@dataclass(frozen=True)
class Look:
    """What a look at a run's task found: its state and, once over, when it ended."""

    status: str
    ended: datetime | None = None
    ends_at: datetime | None = None
    detail: Document | None = None
    """An authorization requirement that holds the run up."""


def plan_of(timer: Timer) -> Document:
    """How its next run turns out: `plan`, with `plan["each"]` (a list, taken in turn by run) laid over it."""
    plan = dict(timer.plan)
    each = plan.get("each")
    if each:
        plan |= each[(timer.n_runs + timer.n_errors) % len(each)]
    return plan


def start_run(sandbox: Sandbox, timer: Timer, now: datetime) -> TimerRun:
    """Starts one run of a timer.

    Raises:
        Refusal: it could not be started; `is_transient` says whether to try again.
    """
    plan = plan_of(timer)
    _planned_refusal(timer, plan)
    if timer.timer_type == "generic":
        return _call_back(plan, now)
    check_consents(sandbox, timer)
    outcome = {key: value for key, value in plan.items() if key not in OWN_PLAN_KEYS}
    if timer.timer_type == "flow":
        return _start_flow(sandbox, timer, outcome, now)
    label = f"{timer.body.get('label') or timer.name or 'timer'}, run {timer.n_runs + 1}"
    task = submit(
        sandbox, timer.owner, timer.client_id, timer.session, timer.body, plan=outcome, label=label[:128], now=now
    )
    return TimerRun(now, 202, "ACTIVE", task.task_id, last_check=now, next_check=task.ends_at)


def is_transient(refusal: Refusal) -> bool:
    """Whether a start that was refused like this is tried again."""
    return refusal.status in TRANSIENT and authorization_detail(refusal.body) is None


def look(sandbox: Sandbox, timer: Timer, run: TimerRun, now: datetime) -> Look:
    """What became of a run so far."""
    if timer.timer_type == "generic" or run.resource_id is None:
        over = run.ends_at is None or run.ends_at <= now
        return Look("SUCCEEDED", run.ends_at or run.ran_at) if over else Look("ACTIVE", None, run.ends_at)
    if timer.timer_type == "flow":
        return _look_at_flow(sandbox, run.resource_id, now)
    return _look_at_task(sandbox, run.resource_id, now)


def revive(sandbox: Sandbox, run: TimerRun, now: datetime) -> None:
    """Lets a run go on that waited for its owner (documented: resuming a timer resumes such a run too)."""
    flow_run = sandbox.flow_runs.get(str(run.resource_id))
    if flow_run is not None:
        flow_runs.resume(flow_run, now)
    task = sandbox.tasks.get(str(run.resource_id))
    if task is not None and task.document["status"] == "INACTIVE":
        task.planned.pop("hold", None)
        task.document.update(status="ACTIVE", is_ok=True)
        begin(sandbox, task, now)


def _planned_refusal(timer: Timer, plan: Mapping[str, object]) -> None:
    left = plan.get("start_error")
    if isinstance(left, int) and left > 0:
        if "start_error" in timer.plan:
            timer.plan["start_error"] = left - 1
        raise Refusal(503, _error("ServiceUnavailable", "The service could not be reached", 503))
    refusal = plan.get("refusal")
    if isinstance(refusal, dict):
        raise Refusal(int(refusal["status"]), refusal["body"])


def _call_back(plan: Document, now: datetime) -> TimerRun:
    status = int(plan.get("http_status", 202))
    if status >= 400:
        raise Refusal(status, _error("ERROR", f"The callback answered {status}", status))
    ends_at = now + timedelta(seconds=float(plan.get("seconds", 0)))
    return TimerRun(now, status, "ACTIVE", ends_at=ends_at, last_check=now, next_check=ends_at)


def _start_flow(sandbox: Sandbox, timer: Timer, plan: Document, now: datetime) -> TimerRun:
    flow = sandbox.flows.get(str(timer.flow_id))
    if flow is None:
        raise Refusal(404, _error("NOT_FOUND", f"No flow with id {timer.flow_id}", 404))
    label = f"{timer.name or flow['title']}, run {timer.n_runs + 1}"
    document = {"label": label[:64], **timer.body}
    run = flow_runs.start(sandbox, flow, timer.owner, document, now=now, plan=plan)
    return TimerRun(now, 201, "ACTIVE", run["run_id"], last_check=now, next_check=flow_runs.ends_at(run))


def _look_at_flow(sandbox: Sandbox, run_id: str, now: datetime) -> Look:
    run = sandbox.flow_runs.get(run_id)
    if run is None:
        return Look("ENDED", now)
    flow_runs.catch_up(run, now)
    status = str(run["status"])
    if status in {"ACTIVE", "INACTIVE"}:
        detail = authorization_detail(run.get("details") or {}) if status == "INACTIVE" else None
        return Look(status, None, flow_runs.ends_at(run), detail)
    return Look(status, _moment(run.get("completion_time")) or now)


def _look_at_task(sandbox: Sandbox, task_id: str, now: datetime) -> Look:
    task = sandbox.tasks.get(task_id)
    if task is None:
        return Look("FAILED", now)
    status = str(task.document["status"])
    if status in {"SUCCEEDED", "FAILED"}:
        return Look(status, _moment(task.document.get("completion_time")) or now)
    if task.ends_at is not None and task.ends_at <= now:
        return Look(task.outcome, task.ends_at)
    return Look(status, None, task.ends_at)


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _error(code: str, detail: str, status: int) -> Document:
    return {"error": {"code": code, "detail": detail, "status": status}}
