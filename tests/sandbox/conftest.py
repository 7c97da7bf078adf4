"""A small pretend world for the tests of the sandbox itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from globus_tui.sandbox.auth.people import ensure_known_clients, register_client
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.serve import running
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.state import Collection, Entry, Person, Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MAPPED = "1a2b3c4d-0000-4000-8000-000000000001"
GUEST = "1a2b3c4d-0000-4000-8000-000000000002"
SERVICE_ID = "7d1c7f7e-5a53-4e0b-a3f5-2f4d0f3f9a10"
SERVICE_SECRET = "secret-of-the-service-account"


def register_person(
    sandbox: Sandbox,
    username: str,
    name: str | None = None,
    *,
    linked: Iterable[str] = (),
) -> Person:
    """Adds an identity that can sign in; `linked` are ids of identities to link it with, both ways."""
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, username))
    person = Person(key, username, name or username.partition("@")[0].title(), username)
    sandbox.people[key] = person
    group = {key, *linked}
    for one in group:
        if one in sandbox.people:
            known = sandbox.people[one]
            known.linked = tuple(dict.fromkeys((*known.linked, *sorted(group - {one}))))
    return person


@pytest.fixture
def small() -> Sandbox:
    """Two people (one with a linked identity), a service account and two collections; time stands still."""
    sandbox = Sandbox(Clock(START, speed=0), Faults())
    ensure_known_clients(sandbox)
    ops = register_person(sandbox, "pat@facility.example.org", "Pat Ops")
    register_person(sandbox, "pat@uni.example.edu", "Pat at the University", linked=[ops.identity_id])
    register_person(sandbox, "sam@elsewhere.example.com", "Sam")
    register_client(sandbox, "Nightly robot", client_id=SERVICE_ID, secret=SERVICE_SECRET)
    for key, kind in ((MAPPED, "GCSv5_mapped_collection"), (GUEST, "GCSv5_guest_collection")):
        document = {"id": key, "display_name": f"Test {kind}", "entity_type": kind, "high_assurance": False}
        sandbox.collections[key] = Collection(key, document, Entry("/", children={}))
    return sandbox


@pytest.fixture
def app(small: Sandbox) -> Service:
    return make_app(small)


@pytest.fixture
async def web(app: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the sandbox in this process."""
    async with httpx.AsyncClient(transport=InProcessTransport(app), base_url="https://auth.globus.org") as one:
        yield one


@pytest.fixture
def served(small: Sandbox) -> Iterator[str]:
    """The base URL of the small world on a real socket."""
    with running(small) as base_url:
        yield base_url


@pytest.fixture
def official(served: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Points the official SDK at the served world; returns its base URL."""
    for name in ("AUTH", "TRANSFER", "TIMER", "FLOWS"):
        monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{name}", served)
    return served
