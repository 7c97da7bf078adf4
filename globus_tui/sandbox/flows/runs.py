"""Runs of flows: how one starts, goes on in simulated time, ends, and is written.

What is the sandbox's own lies in keys beginning with `_`, which are never sent: `_plan` of a flow says how its
runs turn out, `_plan` of a run how that one does (`seconds`, `outcome`, `hold`: an authorization requirement that
makes it INACTIVE, `hold_after` seconds).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.making.json_checks import check_value
from globus_tui.sandbox.state import Document, Sandbox, iso

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS = 120.0
"""How long a run takes when nothing is planned."""
_WORDS = {
    "FlowStarting": "The Flow is starting execution",
    "FlowSucceeded": "The Flow run reached a successful completion state",
    "FlowFailed": "The Flow run reached a failed completion state",
    "FlowEnded": "The Flow run was cancelled",
}


def start(
    sandbox: Sandbox, flow: Document, owner: str, document: Document, *, now: datetime, plan: Document | None = None
) -> Document:
    """Starts a run of a flow; returns its document (the living one, with the sandbox's own keys)."""
    run_id = sandbox.new_id()
    urn = f"urn:globus:auth:identity:{owner}"
    details = {"code": "FlowStarting", "description": _WORDS["FlowStarting"]}
    run: Document = {
        "run_id": run_id,
        "action_id": run_id,
        "flow_id": flow["id"],
        "flow_title": flow["title"],
        "flow_last_updated": flow.get("updated_at"),
        "label": document.get("label") or flow["title"],
        "tags": document.get("tags") or [],
        "status": "ACTIVE",
        "display_status": "ACTIVE",
        "start_time": iso(now),
        "completion_time": None,
        "run_owner": urn,
        "created_by": urn,
        "run_managers": document.get("run_managers") or [],
        "run_monitors": document.get("run_monitors") or [],
        "user_role": "run_owner",
        "details": details | {"details": {"input": document.get("body", {})}},
        "_input": document.get("body", {}),
        "_plan": {**flow.get("_plan", {}), **(plan or {})},
        "_began": now,
        "_worked": 0.0,
    }
    sandbox.flow_runs[run_id] = run
    return run


def ends_at(run: Document) -> datetime | None:
    """When something happens to it next by itself; None when it is over or waits for its owner."""
    if run["status"] != "ACTIVE" or "_began" not in run:
        return None
    plan: Document = run["_plan"]
    until = float(plan.get("seconds", SECONDS))
    if plan.get("hold"):
        until = float(plan.get("hold_after", 0.0))
    began: datetime = run["_began"]
    return began + timedelta(seconds=max(0.0, until - run["_worked"]))


_KINDS = {"required": "value_error.missing", "additionalProperties": "value_error.extra"}


def wrong(value: object, schema: object, *where: str) -> list[Document]:
    """What is wrong with a value by a JSON schema, as the service lists it; nothing without a schema."""
    return [
        {
            "loc": [*where, *(problem.place[:-1] if problem.kind in _KINDS else problem.place)],
            "msg": problem.words,
            "type": _KINDS.get(problem.kind, f"value_error.{problem.kind}"),
        }
        for problem in check_value(value, schema)
    ]


def catch_up(run: Document, now: datetime) -> None:
    """Lets a run do what it has done by now. Runs that the world made without `_began` stand still."""
    due = ends_at(run)
    if due is None or due > now:
        return
    plan: Document = run["_plan"]
    if plan.get("hold"):
        run["_worked"] = float(plan.get("hold_after", 0.0))
        run.update(status="INACTIVE", display_status="INACTIVE", details=plan["hold"])
        return
    outcome = str(plan.get("outcome", "SUCCEEDED"))
    code = "FlowSucceeded" if outcome == "SUCCEEDED" else "FlowFailed"
    output: Document = {"input": run["_input"]}
    details: Document = {"code": code, "description": _WORDS[code], "output": output}
    if plan.get("error"):
        details["error"] = plan["error"]
    _close(run, outcome, details, due)


def cancel(run: Document, now: datetime) -> None:
    """Ends a run before its time. Its status then is not known: FAILED is used, as Transfer does for tasks."""
    catch_up(run, now)
    if run["status"] in {"ACTIVE", "INACTIVE"}:
        _close(run, "FAILED", {"code": "FlowEnded", "description": _WORDS["FlowEnded"]}, now)


def resume(run: Document, now: datetime) -> None:
    """Lets an INACTIVE run go on from where it stopped, its requirement being met."""
    if run["status"] == "INACTIVE":
        details = {"code": "FlowStarting", "description": _WORDS["FlowStarting"]}
        run["_plan"] = {key: value for key, value in run.get("_plan", {}).items() if key != "hold"}
        run.update(status="ACTIVE", display_status="ACTIVE", details=details, _began=now)
        run.setdefault("_worked", 0.0)
        run.setdefault("_input", {})


def public(document: Document) -> Document:
    return {key: value for key, value in document.items() if not key.startswith("_")}


def log_of(run: Document, flow: Document | None) -> list[Document]:
    """The log of a run, oldest first: its start, the states of the flow in order, and how it ended."""
    began, done = datetime.fromisoformat(run["start_time"]), run["status"] == "SUCCEEDED"
    entries: list[Document] = []

    def note(moment: datetime, code: str, words: str, details: Document) -> None:
        time = moment.isoformat(timespec="microseconds")
        entries.append({"time": time, "code": code, "description": words, "details": details})

    note(began, "FlowStarted", "The Flow Instance started execution", {"input": run.get("_input", {})})
    for place, (name, kind) in enumerate(_states(flow)):
        about, moment = {"state_name": name, "state_type": kind}, began + timedelta(seconds=place)
        note(moment, f"{kind}Started", f"State {name} of type {kind} started", about)
        if not done:
            break
        note(moment, f"{kind}Completed", f"State {name} of type {kind} completed", about)
    if run.get("completion_time"):
        code = "FlowSucceeded" if done else "FlowFailed"
        note(datetime.fromisoformat(run["completion_time"]), code, _WORDS[code], run.get("details") or {})
    return entries


def _states(flow: Document | None) -> Iterable[tuple[str, str]]:
    definition = (flow or {}).get("definition") or {}
    states = definition.get("States", {})
    name, seen = str(definition.get("StartAt")), set[str]()
    while name in states and name not in seen:
        seen.add(name)
        yield name, str(states[name].get("Type", "Action"))
        name = str(states[name].get("Next"))


def _close(run: Document, status: str, details: Document, ended: datetime) -> None:
    run.update(status=status, display_status=status, details=details, completion_time=iso(ended))
