"""Tokens: the token endpoint, what is issued for how long, and signed id tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from globus_tui.domain.errors import BadInput
from globus_tui.sandbox.access import auth_refusal, live_token, oauth_refusal
from globus_tui.sandbox.auth.people import calling_client, claims_of, client_identity, confidential_client, form_of
from globus_tui.sandbox.auth.scopes import consents_of, grant, parse, resource_server, unknown_scopes
from globus_tui.sandbox.state import Document, Refusal, Sandbox, Session, Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from globus_tui.domain.auth.scope import Scope
    from globus_tui.sandbox.auth.people import Form

KEY_ID = "sandbox-pretend-key"
PUBLIC_EXPONENT = 65537

_P = int(
    "e1d416277e499302c6c26a1de8530c9139f0074bfe5fd1b0bdc8d8d94e59540dcb1b8bc6e525d94ff0e1f90899d23ecb"
    "7405b462d297760aa5f646bda135833e80358a2665c9a032f81e21a1f90c243334ef59193701d1422736fb011d767cda"
    "0101aacceeea4b84be66d7072e64adeeadb87a748367c66894b45cb2293f1c59",
    16,
)
_Q = int(
    "cb2b65106e45d673718cf9eb8b1e4f289428e3cfe389ff8a9eb14a8a17b65624044e7b371fd5fc93390c37f503f895b1"
    "342e44ea3cd5204f2df6835a1b600345e8a4af62aeebeeb7a787897ccab5a937a73137905feb0ae920f57bd5d231a387"
    "7a46061a94fb2df78b73eb7457a7a50039aaf2eabac98fd29b9de779521b4921",
    16,
)
_D = pow(PUBLIC_EXPONENT, -1, (_P - 1) * (_Q - 1))
MODULUS = _P * _Q

_SHA512_PREFIX = bytes.fromhex("3051300d060960864801650304020305000440")
"""The ASN.1 head of a SHA-512 digest (RFC 8017, 9.2)."""


def public_keys() -> Document:
    return {
        "keys": [
            {
                "kty": "RSA",
                "alg": "RS512",
                "use": "sig",
                "kid": KEY_ID,
                "n": _b64_number(MODULUS),
                "e": _b64_number(PUBLIC_EXPONENT),
            }
        ]
    }


def signed(claims: Document) -> str:
    head = {"alg": "RS512", "typ": "JWT", "kid": KEY_ID}
    payload = f"{_b64_json(head)}.{_b64_json(claims)}"
    return f"{payload}.{_b64(_sign(payload.encode()))}"


def access_token_hash(access_token: str) -> str:
    """The `at_hash` claim: the left half of the token's SHA-512, base64url (OpenID Connect Core, 3.1.3.6)."""
    return _b64(hashlib.sha512(access_token.encode()).digest()[:32])


def _sign(message: bytes) -> bytes:
    size = (MODULUS.bit_length() + 7) // 8
    digest = _SHA512_PREFIX + hashlib.sha512(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    number = int.from_bytes(padded)
    # Two half-size powers instead of one (Chinese remainders): about three times faster.
    of_p, of_q = pow(number, _D % (_P - 1), _P), pow(number, _D % (_Q - 1), _Q)
    signature = of_q + _Q * ((of_p - of_q) * pow(_Q, -1, _P) % _P)
    return signature.to_bytes(size)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _b64_json(document: Document) -> str:
    return _b64(json.dumps(document, separators=(",", ":")).encode())


def _b64_number(number: int) -> str:
    return _b64(number.to_bytes((number.bit_length() + 7) // 8))


ACCESS_LIFE = timedelta(hours=48)
"""As in the SDK's fixtures."""
REFRESH_LIFE = timedelta(days=183)
"""Unused refresh tokens lapse after six months (documented)."""
ISSUER = "https://auth.globus.org"

_SESSIONS = uuid.UUID("5f0b9d3e-7a55-4a43-9c39-0a6b8c1f1d77")


@dataclass(frozen=True)
class Grantee:
    """For whom tokens are made: who signed in, with which client and login."""

    identity_id: str
    client_id: str
    session: Session


def new_session(sandbox: Sandbox) -> Session:
    return Session(str(uuid.uuid5(_SESSIONS, sandbox.new_secret("session"))))


def issue(sandbox: Sandbox, to: Grantee, scopes: Iterable[str], *, offline: bool = False) -> list[Document]:
    """One access token for each resource server behind the scopes, with its own refresh token when `offline`.

    Returns:
        The token documents, in the order in which the servers are first named.
    """
    by_server: dict[str, list[str]] = {}
    for scope in scopes:
        server = resource_server(sandbox, scope)
        if server is not None and scope not in by_server.setdefault(server, []):
            by_server[server].append(scope)
    return [_pair(sandbox, to, server, names, offline) for server, names in by_server.items()]


def renewed(sandbox: Sandbox, refresh: Token) -> Document:
    """A new access token for a refresh token, which is echoed and lives on for another six months."""
    refresh.expires = sandbox.clock.now() + REFRESH_LIFE
    to = Grantee(refresh.identity_id, refresh.client_id, refresh.session)
    document = _pair(sandbox, to, refresh.resource_server, sorted(refresh.scopes), False)
    return document | {"refresh_token": refresh.value}


def reply(sandbox: Sandbox, to: Grantee, tokens: list[Document], state: str | None = None) -> Document:
    """The token endpoint's answer: one token on top, the others below, an id token with `openid`."""
    if state is not None:
        tokens = [issued | {"state": state} for issued in tokens]
    top = dict(tokens[0])
    granted = {name for issued in tokens for name in str(issued["scope"]).split()}
    if "openid" in granted:
        top["id_token"] = _id_token(sandbox, to, granted, str(top["access_token"]))
    top["other_tokens"] = tokens[1:]
    return top


def _pair(sandbox: Sandbox, to: Grantee, server: str, names: list[str], offline: bool) -> Document:
    access = _token(sandbox, to, server, names, "access")
    document: Document = {
        "access_token": access.value,
        "scope": " ".join(names),
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "token_type": "Bearer",
        "resource_server": server,
    }
    if offline:
        document["refresh_token"] = _token(sandbox, to, server, names, "refresh").value
    return document


def _token(sandbox: Sandbox, to: Grantee, server: str, names: list[str], kind: str) -> Token:
    now = sandbox.clock.now()
    token = Token(
        value="Ag" + sandbox.new_secret(kind),
        kind=kind,
        client_id=to.client_id,
        identity_id=to.identity_id,
        resource_server=server,
        scopes=frozenset(names),
        issued=now,
        expires=now + (ACCESS_LIFE if kind == "access" else REFRESH_LIFE),
        session=to.session,
    )
    sandbox.tokens[token.value] = token
    return token


def _id_token(sandbox: Sandbox, to: Grantee, scopes: set[str], access_token: str) -> str:
    # Whoever verifies it holds it against their own clock, so this one thing is stamped with real time: with the
    # simulated time, no official client could sign in to a sandbox that runs ahead or stands still.
    now = int(datetime.now(UTC).timestamp())
    claims = claims_of(sandbox, sandbox.people[to.identity_id], scopes, to.session)
    return signed(
        claims
        | {
            "iss": ISSUER,
            "aud": to.client_id,
            "iat": now,
            "exp": now + int(ACCESS_LIFE.total_seconds()),
            "at_hash": access_token_hash(access_token),
        }
    )


DEPENDENT_GRANT = "urn:globus:auth:grant_type:dependent_token"


async def token(sandbox: Sandbox, request: Request) -> Response:
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
    return _b64(hashlib.sha256(verifier.encode()).digest())


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


def requested_scopes(sandbox: Sandbox, text: str, client_id: str) -> tuple[Scope, ...]:
    """The scope trees of a request.

    Raises:
        Refusal: 400 for a string that cannot be parsed, is empty, or names a scope that Auth does not know. The
            code and the wording of the latter are those of the login page; that the token endpoint says the same is
            inferred.
    """
    try:
        nodes = parse(text)
    except BadInput as problem:
        raise oauth_refusal(400, "invalid_scope", str(problem)) from None
    if not nodes:
        raise oauth_refusal(400, "invalid_scope", "No scope was requested")
    if unknown := unknown_scopes(sandbox, nodes):
        detail = f"client_id={client_id} requested unknown scopes: {unknown}"
        raise auth_refusal(400, "UNKNOWN_SCOPE_ERROR", "Unknown scope(s)", detail)
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
    scopes = [node.name for node in asked] or allowed
    if missing := [name for name in scopes if name not in allowed]:
        root = min(upstream.scopes, default="")
        code, title = "DEPENDENT_CONSENT_REQUIRED", "Dependent Consent Required"
        unapproved = [f"{root}[{name}]" for name in missing]
        raise auth_refusal(403, code, title, "Missing required dependent consent", unapproved_scopes=unapproved)
    to = Grantee(upstream.identity_id, client.client_id, upstream.session)
    return issue(sandbox, to, scopes, offline=form.get("access_type") == "offline")


def _downstream(sandbox: Sandbox, upstream: Token) -> list[str]:
    consents = consents_of(sandbox, upstream.identity_id, upstream.client_id)
    roots = {consent.path for consent in consents if len(consent.path) == 1 and consent.scope in upstream.scopes}
    return [consent.scope for consent in consents if consent.path[:-1] in roots]
