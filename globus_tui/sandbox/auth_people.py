"""Identities and clients: registering them, and what Auth says about them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import Client, Person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from globus_tui.sandbox.state import Document, Sandbox, Session

TUTORIAL_CLIENT = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The native client that the SDK's guide publishes for tutorials."""
CLI_TEMPLATE = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
"""The template from which the official CLI makes itself a client at each installation."""
CLIENT_DOMAIN = "clients.auth.globus.org"

_NAMES = uuid.UUID("0b54a1c6-58f4-4f0e-8a9b-6f8ed0f4a3c1")


def register_person(
    sandbox: Sandbox,
    username: str,
    name: str | None = None,
    *,
    identity_id: str | None = None,
    linked: Iterable[str] = (),
) -> Person:
    """Adds an identity that can sign in; `linked` are ids of identities to link it with, both ways."""
    key = identity_id or str(uuid.uuid5(_NAMES, username))
    person = Person(key, username, name or username.partition("@")[0].title(), username)
    sandbox.people[key] = person
    group = {key, *linked}
    for one in group:
        if one in sandbox.people:
            known = sandbox.people[one]
            known.linked = tuple(dict.fromkeys((*known.linked, *sorted(group - {one}))))
    return person


def register_client(
    sandbox: Sandbox,
    name: str,
    *,
    client_id: str | None = None,
    secret: str | None = None,
    redirect_uris: Iterable[str] = (),
) -> Client:
    """Adds an OAuth2 client; one with a secret gets its own identity, so that it can be a service account."""
    key = client_id or str(uuid.uuid5(_NAMES, f"client {name} {len(sandbox.clients)}"))
    client = sandbox.clients[key] = Client(key, name, secret, tuple(redirect_uris))
    if secret is not None:
        client_identity(sandbox, client)
    return client


def client_identity(sandbox: Sandbox, client: Client) -> Person:
    """The identity of a confidential client: `<client id>@clients.auth.globus.org`, under the client's id."""
    known = sandbox.people.get(client.client_id)
    if known is None:
        username = f"{client.client_id}@{CLIENT_DOMAIN}"
        known = Person(client.client_id, username, client.name, username)
        sandbox.people[client.client_id] = known
    return known


def ensure_known_clients(sandbox: Sandbox) -> None:
    """The public clients that programs in the wild ship with, unless the world has them already."""
    for client_id, name in ((TUTORIAL_CLIENT, "Globus SDK Tutorial"), (CLI_TEMPLATE, "Globus CLI")):
        sandbox.clients.setdefault(client_id, Client(client_id, name))


def sign_in_accounts(sandbox: Sandbox) -> list[Person]:
    """Who can be picked on the login page: everybody who is not a client."""
    return [p for p in sandbox.people.values() if not p.username.endswith(f"@{CLIENT_DOMAIN}")]


def provider_of(person: Person) -> str:
    """The id of the identity provider, made from its name where the world does not say."""
    return person.identity_provider or str(uuid.uuid5(_NAMES, person.identity_provider_name))


def identity_document(person: Person) -> Document:
    """An identity as `GET /v2/api/identities` sends it."""
    return {
        "id": person.identity_id,
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "organization": person.organization,
        "identity_provider": provider_of(person),
        "identity_type": "login",
        "status": "used",
    }


def claims_of(sandbox: Sandbox, person: Person, scopes: Iterable[str], session: Session | None = None) -> Document:
    """What userinfo and the id token say of a person, as far as the scopes allow."""
    granted = set(scopes)
    claims: Document = {
        "sub": person.identity_id,
        "identity_provider": provider_of(person),
        "identity_provider_display_name": person.identity_provider_name,
        "last_authentication": _epoch(session, person.identity_id),
    }
    if "profile" in granted:
        claims |= {
            "name": person.name,
            "preferred_username": person.username,
            "organization": person.organization,
        }
    if "email" in granted:
        claims["email"] = person.email
    if "urn:globus:auth:scope:auth.globus.org:view_identity_set" in granted:
        claims["identity_set"] = identity_set(sandbox, person, session)
    return claims


def identity_set(sandbox: Sandbox, person: Person, session: Session | None = None) -> list[Document]:
    """The person and every identity linked to them."""
    members = [person, *(sandbox.people[one] for one in person.linked if one in sandbox.people)]
    return [
        {
            "sub": one.identity_id,
            "username": one.username,
            "name": one.name,
            "email": one.email,
            "organization": one.organization,
            "identity_provider": provider_of(one),
            "identity_provider_display_name": one.identity_provider_name,
            "last_authentication": _epoch(session, one.identity_id),
        }
        for one in members
    ]


def _epoch(session: Session | None, identity_id: str) -> int | None:
    when: datetime | None = session.authenticated.get(identity_id) if session else None
    return int(when.timestamp()) if when else None
