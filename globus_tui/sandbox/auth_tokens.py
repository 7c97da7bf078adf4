"""Making tokens: what is issued, for how long, and how the token endpoint says so."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth_idtoken import access_token_hash, signed
from globus_tui.sandbox.auth_people import claims_of
from globus_tui.sandbox.scopes import resource_server
from globus_tui.sandbox.state import Session, Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.state import Document, Sandbox

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


def secret_value(sandbox: Sandbox, kind: str) -> str:
    """A new token or code: repeatable from the seed, without disturbing the world's own dice."""
    number = len(sandbox.tokens) + len(sandbox.codes)
    digest = hashlib.sha384(f"{sandbox.seed} {kind} {number}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().replace("-", "x").replace("_", "y")[:46]


def new_session(sandbox: Sandbox) -> Session:
    """An empty session with an id of its own."""
    return Session(str(uuid.uuid5(_SESSIONS, secret_value(sandbox, "session"))))


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
        tokens = [one | {"state": state} for one in tokens]
    top = dict(tokens[0])
    granted = {name for one in tokens for name in str(one["scope"]).split()}
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
        value="Ag" + secret_value(sandbox, kind),
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
