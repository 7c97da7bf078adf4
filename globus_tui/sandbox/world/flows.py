"""Who is in the seeded world, what they agreed to, its flows, and the past runs of the timers that start them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth.people import CLI_TEMPLATE, TUTORIAL_CLIENT
from globus_tui.sandbox.auth.scopes import grant_string
from globus_tui.sandbox.flows.runs import start
from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL, Client, Document, Person, Sandbox, Timer, iso
from globus_tui.sandbox.timers.engine import flow_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

OPS_ID = "0c5b1a52-8a3e-4f0d-9a37-6d2f4be31c01"
OPS_USERNAME = "ops@example-facility.org"
LAB_ID = "5d7e4b90-2f6a-4c1c-8b55-19e0a7c4d902"
"""The linked identity of the same human, at the university."""
OTHER_ID = "b1f0c3de-77a4-4c07-a2a9-8f1be20d1f03"
CURATOR_ID = "e83a2f11-5c9b-4d7e-9f02-3a4b6c8d0e04"

SERVICE_CLIENT_ID = "7a9c4e02-1d5f-4b83-a6e0-2c8f9b3d7e15"
SERVICE_CLIENT_SECRET = "sandbox-secret-for-the-service-account"  # noqa: S105 - opens nothing but a pretend world
NATIVE_CLIENT_ID = TUTORIAL_CLIENT
AUTHCODE_URL = "https://auth.globus.org/v2/web/auth-code"

_FACILITY = "b2f3a1c4-90de-4e57-8a1b-1c2d3e4f5a01"
_UNIVERSITY = "c7d8e9f0-12ab-4c34-9d56-7e8f9a0b1c02"


def add_people(sandbox: Sandbox) -> None:
    """Adds the people, the service account's identity, and the registered clients.

    The service account is linked to the operator: whatever one of them owns, the other sees too, so that the same
    world is there whichever way somebody signs in. (Inferred; the real service lists a caller's own timers only.)
    """
    same = (OPS_ID, LAB_ID, SERVICE_CLIENT_ID)
    for identity, username, name, email, organization, provider, provider_name in _PEOPLE:
        linked = tuple(other for other in same if identity in same and other != identity)
        person = Person(identity, username, name, email, organization, provider, provider_name, linked)
        sandbox.people[identity] = person
    for client in (
        Client(SERVICE_CLIENT_ID, "Facility mover (service account)", SERVICE_CLIENT_SECRET),
        Client(NATIVE_CLIENT_ID, "Globus console (native)", redirect_uris=(AUTHCODE_URL,)),
        Client(CLI_TEMPLATE, "Globus CLI (native client)", redirect_uris=(AUTHCODE_URL,)),
    ):
        sandbox.clients[client.client_id] = client


_PEOPLE = (
    (OPS_ID, OPS_USERNAME, "Robin Ops", OPS_USERNAME, "Example Facility", _FACILITY, "Example Facility"),
    (LAB_ID, "rops@uni.example.edu", "Robin Ops", "rops@uni.example.edu", "Example University", _UNIVERSITY,
     "Example University"),
    (SERVICE_CLIENT_ID, f"{SERVICE_CLIENT_ID}@clients.auth.globus.org", "Facility mover (service account)",
     OPS_USERNAME, "Example Facility", "3e5b1c70-6a2d-4f88-9b0c-d1e2f3a4b503", "Globus Auth"),
    (OTHER_ID, "kim@example-facility.org", "Kim Beamline", "kim@example-facility.org", "Example Facility", _FACILITY,
     "Example Facility"),
    (CURATOR_ID, "søren.müller@archive.example.net", "Søren Müller", "soren.muller@archive.example.net",
     "National Archive", _UNIVERSITY, "Example University"),
)  # fmt: skip
"""As the fields of `Person`, but for whom it is linked to."""


def data_access(collection_id: str) -> str:
    return f"https://auth.globus.org/scopes/{collection_id}/data_access"


def add_consents(sandbox: Sandbox, consented: Iterable[str]) -> None:
    """Records what the operator agreed to, for the native client and for the service account.

    Args:
        consented: ids of the collections that Transfer and Timers may reach.
    """
    flow_scopes = (flow_scope(flow_id(key)) for key, _, _ in _FLOWS if key != "ocr")  # timers may start all but one
    leaves = " ".join(f"*{data_access(collection)}" for collection in consented)
    transfer = f"{TRANSFER_ALL}[{leaves}]"
    timer = f"{TIMER_SCOPE}[{transfer} {' '.join(flow_scopes)}]"
    for identity, client in ((OPS_ID, NATIVE_CLIENT_ID), (SERVICE_CLIENT_ID, SERVICE_CLIENT_ID)):
        grant_string(sandbox, identity, client, transfer)
        grant_string(sandbox, identity, client, timer)


_SPACE = uuid.UUID("5e0f7c12-94ab-4d3e-8f61-a2b3c4d5e6f7")
_FLOWS = (
    ("quality", "Detector quality report", "Reads a day of frames, writes a report, notifies the beamline"),
    ("deid", "De-identify and publish", "Strips identifiers, checks, moves to the clinical enclave"),
    ("ocr", "Scan and index papers", "Recognises text and adds it to the search index"),
    ("move", "Move between two places", "Copies a folder, compares checksums, then empties the source"),
)


def _place(title: str) -> Document:
    return {
        "type": "object",
        "title": title,
        "description": "A collection and a folder in it; the path must end with a slash.",
        "format": "globus-collection",
        "required": ["id", "path"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "title": "Collection"},
            "path": {"type": "string", "title": "Path", "pattern": "/$"},
        },
        "additionalProperties": False,
    }


_SCHEMAS: dict[str, Document] = {
    "move": {
        "type": "object",
        "required": ["source", "destination", "recursive_tx", "sync_level"],
        "properties": {
            "source": _place("Move from"),
            "destination": _place("Move to"),
            "recursive_tx": {"type": "boolean", "title": "Whole folders", "default": True},
            "sync_level": {
                "enum": [None, 0, 1, 2, 3],
                "default": None,
                "title": "Sync level",
                "description": "Which files are copied: null all, 0 missing ones, 1 by size, 2 by time, 3 by checksum",
            },
            "notify": {"type": "string", "format": "email", "title": "Mail to"},
        },
        "additionalProperties": False,
    }
}


def flow_id(key: str) -> str:
    """The fixed id of a flow, by its short name (`quality`, `deid`, `ocr`, `move`)."""
    return str(uuid.uuid5(_SPACE, key))


def add_flows(sandbox: Sandbox) -> None:
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
            "input_schema": _SCHEMAS.get(key, schema),
            "globus_auth_scope": flow_scope(identity),
            "globus_auth_username": f"{identity}@clients.auth.globus.org",
            "flow_url": f"https://flows.example/flows/{identity}",
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
    flow = sandbox.flows[str(timer.flow_id)]
    label = f"{timer.name or flow['title']}, run {1 + len(timer.results)}"[:64]
    document = {"label": label, "tags": ["facility"]}
    run = start(sandbox, flow, OPS_ID, document, now=began, plan={"seconds": timer.plan["seconds"]})
    if over is not None:
        code = "FlowSucceeded" if status == "SUCCEEDED" else "FlowFailed"
        details = {"code": code, "description": f"The flow run {status.lower()}"}
        run.update(status=status, display_status=status, completion_time=iso(over), details=details)
        del run["_began"]  # it stands still
    return str(run["run_id"])
