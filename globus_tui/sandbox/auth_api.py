"""Auth's API resources: userinfo, identities, consents, clients, and what a token is worth."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from globus_tui.sandbox.access import caller, live_token
from globus_tui.sandbox.auth_clients import (
    basic_credentials,
    calling_client,
    confidential_client,
    form_of,
)
from globus_tui.sandbox.auth_people import claims_of, identity_document, identity_set, provider_of
from globus_tui.sandbox.auth_tokens import ISSUER
from globus_tui.sandbox.consents import consents_of
from globus_tui.sandbox.refusals import auth_refusal
from globus_tui.sandbox.scopes import resource_server
from globus_tui.sandbox.sessions import resolve_identity
from globus_tui.sandbox.state import AUTH_SERVER, iso

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from globus_tui.sandbox.state import Consent, Document, Sandbox, Token

_VIEW_CONSENTS = "urn:globus:auth:scope:auth.globus.org:view_consents"
_SPACE = uuid.UUID("31f0cf29-50fb-4b0e-9ac5-31ac5d1c7d0e")


async def revoke(request: Request, sandbox: Sandbox) -> Response:
    """`POST /v2/oauth2/token/revoke`: the token is worthless from now on; unknown ones are answered alike."""
    form = await form_of(request)
    calling_client(request, sandbox, form)
    token = sandbox.tokens.get(form.get("token", ""))
    if token is not None:
        token.revoked = True
    return JSONResponse({"active": False})


async def validate(request: Request, sandbox: Sandbox) -> Response:
    """`POST /v2/oauth2/token/validate`: whether a token (of either kind) is live."""
    form = await form_of(request)
    calling_client(request, sandbox, form)
    return JSONResponse({"active": live_token(sandbox, form.get("token", "")) is not None})


async def introspect(request: Request, sandbox: Sandbox) -> Response:
    """`POST /v2/oauth2/token/introspect`, for confidential clients."""
    form = await form_of(request)
    confidential_client(request, sandbox, form)
    token = live_token(sandbox, form.get("token", ""))
    if token is None:
        return JSONResponse({"active": False})
    return JSONResponse(_introspected(sandbox, token, form.get("include", "").split(",")))


async def userinfo(request: Request, sandbox: Sandbox) -> Response:
    """`GET /v2/oauth2/userinfo`, as far as the token's scopes allow."""
    who = caller(request, sandbox, AUTH_SERVER, ["openid", "profile", "email"])
    person = sandbox.people[who.identity_id]
    return JSONResponse(claims_of(sandbox, person, who.token.scopes, who.session))


async def identities(request: Request, sandbox: Sandbox) -> Response:
    """`GET /v2/api/identities` by `ids` or `usernames`: whoever is unknown is left out.

    Any Auth token will do, and so will a confidential client; which scopes the service asks for is not known.
    `provision` is accepted and does nothing.
    """
    if basic_credentials(request) is not None:
        confidential_client(request, sandbox, {})
    else:
        caller(request, sandbox, AUTH_SERVER)
    asked = request.query_params
    if ("ids" in asked) == ("usernames" in asked):
        raise auth_refusal(400, "INVALID_PARAMETER", "Bad Request", "Give either ids or usernames")
    names = (asked.get("ids") or asked.get("usernames") or "").split(",")
    found = dict.fromkeys(resolve_identity(sandbox, name) for name in names)
    people = [sandbox.people[one] for one in found if one is not None]
    answer: Document = {"identities": [identity_document(one) for one in people]}
    if "identity_provider" in asked.get("include", ""):
        answer["included"] = {"identity_providers": _providers(sandbox, {provider_of(p) for p in people})}
    return JSONResponse(answer)


async def identity_providers(request: Request, sandbox: Sandbox) -> Response:
    """`GET /v2/api/identity_providers` by `ids`; all of them when none are named."""
    caller(request, sandbox, AUTH_SERVER)
    wanted = request.query_params.get("ids")
    known = {provider_of(person) for person in sandbox.people.values()}
    ids = known & set(wanted.split(",")) if wanted else known
    return JSONResponse({"identity_providers": _providers(sandbox, ids)})


async def consents(request: Request, sandbox: Sandbox) -> Response:
    """`GET /v2/api/identities/{id}/consents`: those rooted at the calling client, or all with `view_consents`."""
    who = caller(request, sandbox, AUTH_SERVER)
    identity_id = request.path_params["identity_id"]
    if identity_id not in (who.identity_id, *sandbox.people[who.identity_id].linked):
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", "These are not your consents")
    everything = request.query_params.get("all", "false").lower() in ("true", "1")
    if everything and _VIEW_CONSENTS not in who.token.scopes:
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", f"all=true requires {_VIEW_CONSENTS}")
    mine = consents_of(sandbox, identity_id, None if everything else who.client_id)
    return JSONResponse({"consents": [consent_document(sandbox, one) for one in mine]})


def consent_document(sandbox: Sandbox, consent: Consent) -> Document:
    """A consent as sent; below the root, `client` is the service that stands above it in the tree."""
    client = consent.client_id
    if len(consent.path) > 1:
        parent = next((one for one in sandbox.consents if one.path == consent.path[:-1]), consent)
        client = str(uuid.uuid5(_SPACE, resource_server(sandbox, parent.scope) or parent.scope))
    created = iso(consent.created)
    return {
        "id": consent.consent_id,
        "status": "approved",
        "scope_name": consent.scope,
        "scope": str(uuid.uuid5(_SPACE, consent.scope)),
        "client": client,
        "dependency_path": list(consent.path),
        "effective_identity": consent.identity_id,
        "allows_refresh": True,
        "auto_approved": False,
        "atomically_revocable": consent.optional,
        "created": created,
        "updated": created,
        "last_used": iso(consent.last_used) or created,
    }


def _introspected(sandbox: Sandbox, token: Token, include: list[str]) -> Document:
    person = sandbox.people[token.identity_id]
    issued = int(token.issued.timestamp())
    answer: Document = {
        "active": True,
        "token_type": "Bearer",
        "scope": " ".join(sorted(token.scopes)),
        "client_id": token.client_id,
        "sub": person.identity_id,
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "aud": [token.resource_server, token.client_id],
        "iss": ISSUER,
        "iat": issued,
        "nbf": issued,
        "exp": int(token.expires.timestamp()) if token.expires else None,
    }
    if "session_info" in include:
        answer["session_info"] = {
            "session_id": token.session.session_id,
            "authentications": {
                one: {
                    "idp": provider_of(sandbox.people[one]),
                    "auth_time": int(when.timestamp()),
                    "acr": None,
                    "amr": ["mfa"] if token.session.mfa else None,
                }
                for one, when in token.session.authenticated.items()
                if one in sandbox.people
            },
        }
    if "identity_set" in include:
        answer["identity_set"] = [one["sub"] for one in identity_set(sandbox, person)]
    if "identity_set_detail" in include:
        answer["identity_set_detail"] = identity_set(sandbox, person)
    return answer


def _providers(sandbox: Sandbox, ids: set[str]) -> list[Document]:
    found: dict[str, Document] = {}
    for person in sandbox.people.values():
        key = provider_of(person)
        if key in ids:
            one = found.setdefault(
                key,
                {
                    "id": key,
                    "name": person.identity_provider_name,
                    "short_name": person.identity_provider_name.lower().replace(" ", "-"),
                    "alternative_names": [],
                    "domains": [],
                },
            )
            domain = person.username.rpartition("@")[2]
            if domain not in one["domains"]:
                one["domains"].append(domain)
    return list(found.values())
