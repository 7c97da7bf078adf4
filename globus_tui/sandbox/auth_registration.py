"""Registering clients, as the official CLI does once at each installation."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from globus_tui.sandbox.access import caller
from globus_tui.sandbox.auth_clients import confidential_client
from globus_tui.sandbox.auth_people import register_client
from globus_tui.sandbox.auth_tokens import secret_value
from globus_tui.sandbox.refusals import auth_refusal
from globus_tui.sandbox.state import AUTH_SERVER

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from globus_tui.sandbox.state import Client, Document, Sandbox

_PUBLIC = ("public_installed_client", "public_webapp_client")
_SPACE = uuid.UUID("9d2d36ee-8f52-4d0c-8d8b-1a2f1b1d2c10")


async def create_client(request: Request, sandbox: Sandbox) -> Response:
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
        client_id=str(uuid.uuid5(_SPACE, secret_value(sandbox, f"client {len(sandbox.clients)}"))),
        secret=None if public else secret_value(sandbox, f"secret {len(sandbox.clients)}"),
        redirect_uris=[str(uri) for uri in asked.get("redirect_uris") or []],
    )
    answer: Document = {"client": client_document(client) | asked}
    if client.secret is not None:
        answer["included"] = {"client_credential": _credential(client, client.secret)}
    return JSONResponse(answer, 201)


async def delete_client(request: Request, sandbox: Sandbox) -> Response:
    """`DELETE /v2/api/clients/{id}` by the client itself; its tokens and consents go with it."""
    client = confidential_client(request, sandbox, {})
    if client.client_id != request.path_params["client_id"]:
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", "A client can delete only itself here")
    del sandbox.clients[client.client_id]
    for token in sandbox.tokens.values():
        token.revoked = token.revoked or token.client_id == client.client_id
    sandbox.consents = [one for one in sandbox.consents if one.client_id != client.client_id]
    return JSONResponse({"client": client_document(client)})


def client_document(client: Client) -> Document:
    """A client as sent (shape of the SDK's fixtures)."""
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


def _credential(client: Client, secret: str) -> Document:
    return {
        "id": str(uuid.uuid5(_SPACE, client.client_id)),
        "name": "Auto-created at client creation",
        "client": client.client_id,
        "secret": secret,
    }


def _client_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    client = document.get("client") if isinstance(document, dict) else None
    if not isinstance(client, dict):
        raise auth_refusal(400, "BAD_REQUEST", "Bad Request", "A JSON object with `client` is needed")
    return client
