"""Who is in the seeded world: people, their clients, and what they have agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.consents import grant_string
from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL, Client, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.state import Sandbox

OPS_ID = "0c5b1a52-8a3e-4f0d-9a37-6d2f4be31c01"
OPS_USERNAME = "ops@example-facility.org"
LAB_ID = "5d7e4b90-2f6a-4c1c-8b55-19e0a7c4d902"
"""The linked identity of the same human, at the university."""
OTHER_ID = "b1f0c3de-77a4-4c07-a2a9-8f1be20d1f03"
CURATOR_ID = "e83a2f11-5c9b-4d7e-9f02-3a4b6c8d0e04"

SERVICE_CLIENT_ID = "7a9c4e02-1d5f-4b83-a6e0-2c8f9b3d7e15"
SERVICE_CLIENT_SECRET = "sandbox-secret-for-the-service-account"  # noqa: S105 - opens nothing but a pretend world
NATIVE_CLIENT_ID = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The public native client of the Python SDK's examples."""
CLI_TEMPLATE_ID = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
"""The native client of the Globus CLI, from which it makes its own client at login."""
AUTHCODE_URL = "https://auth.globus.org/v2/web/auth-code"

_FACILITY = "b2f3a1c4-90de-4e57-8a1b-1c2d3e4f5a01"
_UNIVERSITY = "c7d8e9f0-12ab-4c34-9d56-7e8f9a0b1c02"


def add_people(sandbox: Sandbox) -> None:
    """Adds the people, the service account's identity, and the registered clients.

    The service account is linked to the operator: whatever one of them owns, the other sees too, so that the same
    world is there whichever way somebody signs in. (Inferred; the real service lists a caller's own timers only.)
    """
    for person in _people():
        sandbox.people[person.identity_id] = person
    for client in _clients():
        sandbox.clients[client.client_id] = client


def _people() -> list[Person]:
    ops = (OPS_ID, LAB_ID, SERVICE_CLIENT_ID)

    def linked(identity: str) -> tuple[str, ...]:
        return tuple(other for other in ops if other != identity)

    return [
        Person(OPS_ID, OPS_USERNAME, "Robin Ops", OPS_USERNAME, identity_provider=_FACILITY, linked=linked(OPS_ID)),
        Person(
            LAB_ID,
            "rops@uni.example.edu",
            "Robin Ops",
            "rops@uni.example.edu",
            organization="Example University",
            identity_provider=_UNIVERSITY,
            identity_provider_name="Example University",
            linked=linked(LAB_ID),
        ),
        Person(
            SERVICE_CLIENT_ID,
            f"{SERVICE_CLIENT_ID}@clients.auth.globus.org",
            "Facility mover (service account)",
            OPS_USERNAME,
            identity_provider="3e5b1c70-6a2d-4f88-9b0c-d1e2f3a4b503",
            identity_provider_name="Globus Auth",
            linked=linked(SERVICE_CLIENT_ID),
        ),
        Person(
            OTHER_ID,
            "kim@example-facility.org",
            "Kim Beamline",
            "kim@example-facility.org",
            identity_provider=_FACILITY,
        ),
        Person(
            CURATOR_ID,
            "søren.müller@archive.example.net",
            "Søren Müller",
            "soren.muller@archive.example.net",
            organization="National Archive",
            identity_provider=_UNIVERSITY,
            identity_provider_name="Example University",
        ),
    ]


def _clients() -> list[Client]:
    return [
        Client(SERVICE_CLIENT_ID, "Facility mover (service account)", SERVICE_CLIENT_SECRET),
        Client(NATIVE_CLIENT_ID, "Globus console (native)", redirect_uris=(AUTHCODE_URL,)),
        Client(CLI_TEMPLATE_ID, "Globus CLI (native client)", redirect_uris=(AUTHCODE_URL,)),
    ]


def data_access(collection_id: str) -> str:
    """The scope that lets a service read and write a mapped collection."""
    return f"https://auth.globus.org/scopes/{collection_id}/data_access"


def add_consents(sandbox: Sandbox, consented: Iterable[str], flow_scopes: Iterable[str]) -> None:
    """Records what the operator agreed to, for the native client and for the service account.

    Args:
        sandbox: the world, already with its people.
        consented: ids of the collections that Transfer and Timers may reach.
        flow_scopes: user scopes of the flows that timers may start.
    """
    leaves = " ".join(f"*{data_access(collection)}" for collection in consented)
    transfer = f"{TRANSFER_ALL}[{leaves}]"
    timer = f"{TIMER_SCOPE}[{transfer} {' '.join(flow_scopes)}]"
    for identity, client in ((OPS_ID, NATIVE_CLIENT_ID), (SERVICE_CLIENT_ID, SERVICE_CLIENT_ID)):
        grant_string(sandbox, identity, client, transfer)
        grant_string(sandbox, identity, client, timer)
