"""The flows of the seeded world and the past runs of the timers that start them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import Document, iso
from globus_tui.sandbox.timer_consents import flow_scope
from globus_tui.sandbox.world_people import OPS_ID, OPS_USERNAME

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox, Timer

_SPACE = uuid.UUID("5e0f7c12-94ab-4d3e-8f61-a2b3c4d5e6f7")
_FLOWS = (
    ("quality", "Detector quality report", "Reads a day of frames, writes a report, notifies the beamline"),
    ("deid", "De-identify and publish", "Strips identifiers, checks, moves to the clinical enclave"),
    ("ocr", "Scan and index papers", "Recognises text and adds it to the search index"),
)


def flow_id(key: str) -> str:
    """The fixed id of a flow, by its short name (`quality`, `deid`, `ocr`)."""
    return str(uuid.uuid5(_SPACE, key))


def consented_flow_scopes() -> list[str]:
    """User scopes of the flows that the operator lets timers start: all but the last."""
    return [flow_scope(flow_id(key)) for key, _, _ in _FLOWS[:-1]]


def add_flows(sandbox: Sandbox) -> None:
    """Adds the flow documents."""
    now = sandbox.clock.now().replace(microsecond=0)
    urn = f"urn:globus:auth:identity:{OPS_ID}"
    schema = {
        "type": "object",
        "required": ["path"],
        "properties": {"path": {"type": "string"}, "keep": {"type": "boolean", "default": True}},
        "additionalProperties": False,
    }
    for number, (key, title, about) in enumerate(_FLOWS):
        identity = flow_id(key)
        states = {"Work": {"Type": "Pass", "End": True}}
        sandbox.flows[identity] = {
            "id": identity,
            "title": title,
            "subtitle": "",
            "description": about,
            "keywords": ["facility"],
            "definition": {"StartAt": "Work", "States": states},
            "input_schema": schema,
            "globus_auth_scope": flow_scope(identity),
            "globus_auth_username": f"{identity}@clients.auth.globus.org",
            "flow_url": f"https://flows.globus.org/flows/{identity}",
            "flow_owner": urn,
            "flow_viewers": [],
            "flow_starters": [],
            "flow_administrators": [urn],
            "principal_urn": f"urn:globus:auth:identity:{identity}",
            "user_role": "flow_owner",
            "created_at": iso(now - timedelta(days=200 - number)),
            "updated_at": iso(now - timedelta(days=90 - number)),
            "subscription_id": None,
            "is_high_assurance": False,
            "authentication_policy_id": None,
        }


def flow_run(sandbox: Sandbox, timer: Timer, began: datetime, over: datetime | None, status: str) -> str:
    """Adds a run of the timer's flow; its id."""
    run_id = sandbox.new_id()
    flow = sandbox.flows[str(timer.flow_id)]
    urn = f"urn:globus:auth:identity:{OPS_ID}"
    code = {"ACTIVE": "FlowStarting", "SUCCEEDED": "FlowSucceeded"}.get(status, "FlowFailed")
    details: Document = {"code": code, "description": f"The flow run {status.lower()}"}
    sandbox.flow_runs[run_id] = {
        "run_id": run_id,
        "action_id": run_id,
        "flow_id": flow["id"],
        "flow_title": flow["title"],
        "flow_last_updated": flow["updated_at"],
        "label": f"{timer.name or flow['title']}, run {1 + len(timer.results)}"[:64],
        "tags": ["facility"],
        "status": status,
        "display_status": status,
        "start_time": iso(began),
        "completion_time": iso(over),
        "run_owner": urn,
        "run_managers": [],
        "run_monitors": [],
        "user_role": "run_owner",
        "created_by": urn,
        "manage_by": [],
        "monitor_by": [],
        "details": details,
        "username": OPS_USERNAME,
    }
    if over is None:  # so that the engine goes on with it
        living = {"_plan": {"seconds": timer.plan["seconds"]}, "_began": began, "_worked": 0.0, "_input": {}}
        sandbox.flow_runs[run_id].update(living)
    return run_id
