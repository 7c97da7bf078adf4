"""Identities and clients: registering them, what Auth says about them, and what a login proved against what is
demanded.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from globus_tui.sandbox.access import auth_refusal, caller, oauth_refusal
from globus_tui.sandbox.state import AUTH_SERVER, Client, Document, Person, Sandbox, Session, json_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from starlette.requests import Request

IDENTITY_URN = "urn:globus:auth:identity:"


def resolve_identity(sandbox: Sandbox, name: str) -> str | None:
    """The id behind a username, a plain UUID or an identity URN; None when nobody is called that."""
    plain = name.strip().removeprefix(IDENTITY_URN)
    if plain in sandbox.people:
        return plain
    username = plain.lower()
    return next((p.identity_id for p in sandbox.people.values() if p.username.lower() == username), None)


def domain_of(sandbox: Sandbox, identity_id: str) -> str:
    """The part of the username after `@`, in lower case; empty for an unknown identity."""
    person = sandbox.people.get(identity_id)
    return person.username.rpartition("@")[2].lower() if person else ""


def session_problem(
    sandbox: Sandbox,
    session: Session,
    policies: Iterable[str] = (),
    domains: Iterable[str] = (),
    mfa: bool = False,
    identities: Iterable[str] = (),
    timeout: timedelta | None = None,
) -> Document | None:
    """The `authorization_parameters` that would cure the session; None when it satisfies everything.

    Args:
        sandbox: the world, for the names of identities and the policies' own rules.
        domains: domains of which any one suffices.
        mfa: whether a second factor is required.
        timeout: how old an authentication may be to count; None for any age.
    """
    now = sandbox.clock.now()
    fresh = {who for who, when in session.authenticated.items() if timeout is None or now - when <= timeout}
    needed: Document = {}
    if missing := [identity for identity in identities if resolve_identity(sandbox, identity) not in fresh]:
        needed["session_required_identities"] = missing
    if missing := [policy for policy in policies if not _policy_met(sandbox, session, policy, fresh)]:
        needed["session_required_policies"] = missing
    allowed = list(domains)
    if allowed and not any(domain_of(sandbox, who) in {d.lower() for d in allowed} for who in fresh):
        needed["session_required_single_domain"] = allowed
    if mfa and not session.mfa:
        needed["session_required_mfa"] = True
    if timeout is not None and not needed and not fresh:
        needed["session_required_identities"] = sorted(session.authenticated)
        needed["prompt"] = "login"
    return needed or None


def policy_domains(sandbox: Sandbox, policy_id: str) -> list[str]:
    """The domains a policy admits; empty for a policy that admits every domain (or is unknown here)."""
    included = sandbox.policies.get(policy_id, {}).get("domain_constraints_include") or []
    return [str(domain).lower() for domain in included]


def policy_needs_mfa(sandbox: Sandbox, policy_id: str) -> bool:
    return bool(sandbox.policies.get(policy_id, {}).get("required_mfa"))


def _policy_met(sandbox: Sandbox, session: Session, policy_id: str, fresh: set[str]) -> bool:
    passed = session.policies.get(policy_id)
    if passed is None:
        return False
    limit = sandbox.policies.get(policy_id, {}).get("authentication_assurance_timeout")
    young = limit is None or (sandbox.clock.now() - passed).total_seconds() <= limit
    return young and bool(fresh)


TUTORIAL_CLIENT = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The native client that the SDK's guide publishes for tutorials."""
CLI_TEMPLATE = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
"""The template from which the official CLI makes itself a client at each installation."""
CLIENT_DOMAIN = "clients.auth.globus.org"

_NAMES = uuid.UUID("0b54a1c6-58f4-4f0e-8a9b-6f8ed0f4a3c1")


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


def native_app(sandbox: Sandbox, client_id: str) -> Client | None:
    """The client of that id; an id that could be one is taken for a native app, as many programs bring their own."""
    if client_id not in sandbox.clients:
        try:
            well_formed = str(uuid.UUID(client_id)) == client_id
        except ValueError:
            return None
        if not well_formed:
            return None
        sandbox.clients[client_id] = Client(client_id, f"Native app {client_id[:8]}")
    return sandbox.clients[client_id]


def sign_in_accounts(sandbox: Sandbox) -> list[Person]:
    """Everybody who is not a client."""
    return [p for p in sandbox.people.values() if not p.username.endswith(f"@{CLIENT_DOMAIN}")]


def provider_of(person: Person) -> str:
    """The id of the identity provider, made from its name where the world does not say."""
    return person.identity_provider or str(uuid.uuid5(_NAMES, person.identity_provider_name))


def identity_document(person: Person) -> Document:
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
    claims = _known(person, session)
    claims["preferred_username"] = claims.pop("username")
    for scope, names in (("profile", ("name", "preferred_username", "organization")), ("email", ("email",))):
        for name in names if scope not in granted else ():
            del claims[name]
    if "urn:globus:auth:scope:auth.globus.org:view_identity_set" in granted:
        claims["identity_set"] = identity_set(sandbox, person, session)
    return claims


def identity_set(sandbox: Sandbox, person: Person, session: Session | None = None) -> list[Document]:
    members = [person, *(sandbox.people[identity_id] for identity_id in person.linked if identity_id in sandbox.people)]
    return [_known(member, session) for member in members]


def _known(person: Person, session: Session | None) -> Document:
    when = session.authenticated.get(person.identity_id) if session else None
    return {
        "sub": person.identity_id,
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "organization": person.organization,
        "identity_provider": provider_of(person),
        "identity_provider_display_name": person.identity_provider_name,
        "last_authentication": int(when.timestamp()) if when else None,
    }


Form = dict[str, str]


async def form_of(request: Request) -> Form:
    """The fields of a form-encoded body (Starlette's own parser needs a package that we do not ship)."""
    body = await request.body()
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def calling_client(request: Request, sandbox: Sandbox, form: Form) -> Client:
    """The client, authenticated if it has a secret.

    Raises:
        Refusal: 401 `invalid_client` for an unknown client, a wrong or a missing secret. (What the service says
            in these cases is not known; the code is the OAuth2 standard's.)
    """
    named = basic_credentials(request)
    client_id, secret = named or (form.get("client_id", ""), form.get("client_secret"))
    client = sandbox.clients.get(client_id)
    if client is None:
        raise oauth_refusal(401, "invalid_client", "Unknown client")
    if client.secret is not None and not hmac.compare_digest(client.secret, secret or ""):
        raise oauth_refusal(401, "invalid_client", "Client authentication failed")
    return client


def confidential_client(request: Request, sandbox: Sandbox, form: Form) -> Client:
    """The client, which must have a secret and have proved it. Raises Refusal: 401 `invalid_client`."""
    client = calling_client(request, sandbox, form)
    if client.secret is None:
        raise oauth_refusal(401, "invalid_client", "This needs a confidential client")
    return client


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """The pair of a Basic `Authorization` header; None without one.

    Raises:
        Refusal: 401 for a header that is not base64.
    """
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise oauth_refusal(401, "invalid_client", "Unreadable credentials") from None
    return name, secret


_PUBLIC = ("public_installed_client", "public_webapp_client")
_SPACE = uuid.UUID("9d2d36ee-8f52-4d0c-8d8b-1a2f1b1d2c10")


async def create_client(sandbox: Sandbox, request: Request) -> Response:
    """`POST /v2/api/clients`: an instance of a known template for anybody, other clients with a token."""
    asked = _client_of(await request.body())
    template = asked.get("template_id")
    if template is None:
        caller(request, sandbox, AUTH_SERVER, ["urn:globus:auth:scope:auth.globus.org:manage_projects"])
    elif template not in sandbox.clients:
        raise auth_refusal(404, "NOT_FOUND", "Not Found", f"No template has the id {template}")
    public = bool(asked.get("public_client")) or asked.get("client_type") in _PUBLIC
    client = register_client(
        sandbox,
        str(asked.get("name") or "Unnamed"),
        client_id=str(uuid.uuid5(_SPACE, sandbox.new_secret(f"client {len(sandbox.clients)}"))),
        secret=None if public else sandbox.new_secret(f"secret {len(sandbox.clients)}"),
        redirect_uris=[str(uri) for uri in asked.get("redirect_uris") or []],
    )
    answer: Document = {"client": client_document(client) | asked}
    if client.secret is not None:
        key, name = str(uuid.uuid5(_SPACE, client.client_id)), "Auto-created at client creation"
        credential = {"id": key, "name": name, "client": client.client_id, "secret": client.secret}
        answer["included"] = {"client_credential": credential}
    return JSONResponse(answer, 201)


async def delete_client(sandbox: Sandbox, request: Request) -> Response:
    """`DELETE /v2/api/clients/{id}` by the client itself; its tokens and consents go with it."""
    client = confidential_client(request, sandbox, {})
    if client.client_id != request.path_params["client_id"]:
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", "A client can delete only itself here")
    del sandbox.clients[client.client_id]
    for token in sandbox.tokens.values():
        token.revoked = token.revoked or token.client_id == client.client_id
    sandbox.consents = [consent for consent in sandbox.consents if consent.client_id != client.client_id]
    return JSONResponse({"client": client_document(client)})


def client_document(client: Client) -> Document:
    confidential = client.secret is not None
    grants = ["authorization_code", "refresh_token"]
    return {
        "id": client.client_id,
        "name": client.name,
        "public_client": not confidential,
        "client_type": "confidential_client" if confidential else "public_installed_client",
        "grant_types": [*grants, "client_credentials"] if confidential else grants,
        "redirect_uris": list(client.redirect_uris),
        "fqdns": [],
        "scopes": [],
        "links": {"privacy_policy": None, "terms_and_conditions": None},
        "parent_client": None,
        "preselect_idp": None,
        "required_idp": None,
        "project": None,
        "prompt_for_named_grant": True,
        "userinfo_from_effective_identity": True,
        "visibility": "private",
    }


def _client_of(body: bytes) -> dict[str, Any]:
    try:
        document = json_of(body)
    except ValueError:
        document = None
    client = document.get("client") if isinstance(document, dict) else None
    if not isinstance(client, dict):
        raise auth_refusal(400, "BAD_REQUEST", "Bad Request", "A JSON object with `client` is needed")
    return client
