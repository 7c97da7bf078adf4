"""The token endpoint: codes, refresh tokens, client credentials and dependent tokens."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from globus_tui.sandbox.access import live_token
from globus_tui.sandbox.auth_clients import calling_client, confidential_client, form_of
from globus_tui.sandbox.auth_people import client_identity
from globus_tui.sandbox.auth_tokens import Grantee, issue, new_session, renewed, reply
from globus_tui.sandbox.consents import consents_of, grant
from globus_tui.sandbox.refusals import auth_refusal, oauth_refusal
from globus_tui.sandbox.scopes import ScopeSyntaxError, parse, unknown_scopes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from globus_tui.sandbox.auth_clients import Form
    from globus_tui.sandbox.scopes import ScopeNode
    from globus_tui.sandbox.state import Document, Refusal, Sandbox, Token

DEPENDENT_GRANT = "urn:globus:auth:grant_type:dependent_token"


async def token(request: Request, sandbox: Sandbox) -> Response:
    """`POST /v2/oauth2/token`."""
    form = await form_of(request)
    kind = form.get("grant_type", "")
    answer: Document | list[Document]
    if kind == "authorization_code":
        answer = _for_code(request, sandbox, form)
    elif kind == "refresh_token":
        answer = _for_refresh(request, sandbox, form)
    elif kind == "client_credentials":
        answer = _for_client(request, sandbox, form)
    elif kind == DEPENDENT_GRANT:
        answer = _for_resource_server(request, sandbox, form)
    else:
        raise oauth_refusal(400, "unsupported_grant_type")
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def invalid_grant() -> Refusal:
    """A code or refresh token that is no good: 401, as in the SDK's fixture (the standard says 400)."""
    return oauth_refusal(401, "invalid_grant")


def _for_code(request: Request, sandbox: Sandbox, form: Form) -> Document:
    client = calling_client(request, sandbox, form)
    kept = sandbox.codes.get(form.get("code", ""))
    if kept is None or kept["used"] or kept["expires"] <= sandbox.clock.now():
        raise invalid_grant()
    if (kept["client_id"], kept["redirect_uri"]) != (client.client_id, form.get("redirect_uri")):
        raise invalid_grant()
    if kept["challenge"] and kept["challenge"] != challenge_of(form.get("code_verifier", "")):
        raise invalid_grant()
    kept["used"] = True
    to = Grantee(kept["identity_id"], client.client_id, kept["session"])
    tokens = issue(sandbox, to, kept["scopes"], offline=kept["offline"])
    return reply(sandbox, to, tokens, kept["state"])


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier: base64url of its SHA-256, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _for_refresh(request: Request, sandbox: Sandbox, form: Form) -> Document:
    client = calling_client(request, sandbox, form)
    refresh = live_token(sandbox, form.get("refresh_token", ""))
    if refresh is None or refresh.kind != "refresh" or refresh.client_id != client.client_id:
        raise invalid_grant()
    to = Grantee(refresh.identity_id, refresh.client_id, refresh.session)
    return reply(sandbox, to, [renewed(sandbox, refresh)])


def _for_client(request: Request, sandbox: Sandbox, form: Form) -> Document:
    client = confidential_client(request, sandbox, form)
    nodes = requested_scopes(sandbox, form.get("scope", ""), client.client_id)
    person = client_identity(sandbox, client)
    # Nobody is there to ask: whatever a service account requests counts as allowed, with all dependencies.
    grant(sandbox, person.identity_id, client.client_id, nodes)
    session = new_session(sandbox)
    session.authenticated[person.identity_id] = sandbox.clock.now()
    to = Grantee(person.identity_id, client.client_id, session)
    return reply(sandbox, to, issue(sandbox, to, (node.name for node in nodes)))


def requested_scopes(sandbox: Sandbox, text: str, client_id: str) -> tuple[ScopeNode, ...]:
    """The scope trees of a request.

    Raises:
        Refusal: 400 for a string that cannot be parsed, is empty, or names a scope that Auth does not know. The
            code and the wording of the latter are those of the login page; that the token endpoint says the same is
            inferred.
    """
    try:
        nodes = parse(text)
    except ScopeSyntaxError as problem:
        raise oauth_refusal(400, "invalid_scope", str(problem)) from None
    if not nodes:
        raise oauth_refusal(400, "invalid_scope", "No scope was requested")
    if unknown := unknown_scopes(sandbox, nodes):
        said = f"client_id={client_id} requested unknown scopes: {unknown}"
        raise auth_refusal(400, "UNKNOWN_SCOPE_ERROR", "Unknown scope(s)", said)
    return nodes


def _for_resource_server(request: Request, sandbox: Sandbox, form: Form) -> list[Document]:
    """Tokens for the services downstream of the one that was handed `token`.

    Simplified: any confidential client may ask, not only the owner of the token's resource server.
    """
    client = confidential_client(request, sandbox, form)
    upstream = live_token(sandbox, form.get("token", ""))
    if upstream is None:
        raise invalid_grant()
    allowed = _downstream(sandbox, upstream)
    asked = requested_scopes(sandbox, form["scope"], client.client_id) if form.get("scope") else ()
    wanted = [node.name for node in asked] or allowed
    if missing := [name for name in wanted if name not in allowed]:
        root = min(upstream.scopes, default="")
        raise _dependent_consent_required([f"{root}[{name}]" for name in missing])
    to = Grantee(upstream.identity_id, client.client_id, upstream.session)
    return issue(sandbox, to, wanted, offline=form.get("access_type") == "offline")


def _downstream(sandbox: Sandbox, upstream: Token) -> list[str]:
    mine = consents_of(sandbox, upstream.identity_id, upstream.client_id)
    roots = {one.path for one in mine if len(one.path) == 1 and one.scope in upstream.scopes}
    return [one.scope for one in mine if one.path[:-1] in roots]


def _dependent_consent_required(scopes: list[str]) -> Refusal:
    return auth_refusal(
        403,
        "DEPENDENT_CONSENT_REQUIRED",
        "Dependent Consent Required",
        "Missing required dependent consent",
        unapproved_scopes=scopes,
    )
