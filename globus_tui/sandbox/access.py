"""Who is calling, and may they? Shared by all four services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from globus_tui.sandbox.consents import consented
from globus_tui.sandbox.refusals import (
    auth_refusal,
    flows_refusal,
    forbidden,
    oauth_refusal,
    timers_refusal,
    transfer_refusal,
    unauthenticated,
    validation_refusal,
)
from globus_tui.sandbox.sessions import session_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from globus_tui.sandbox.state import Sandbox, Session, Token

__all__ = [
    "Caller",
    "auth_refusal",
    "caller",
    "consented",
    "flows_refusal",
    "live_token",
    "oauth_refusal",
    "session_problem",
    "timers_refusal",
    "transfer_refusal",
    "validation_refusal",
]


@dataclass(frozen=True)
class Caller:
    """Whoever stands behind a request."""

    identity_id: str
    client_id: str
    token: Token = field(repr=False)
    session: Session


def caller(request: Request, sandbox: Sandbox, resource_server: str, any_of: Iterable[str] = ()) -> Caller:
    """Whoever sent the request.

    Args:
        request: the request, with its `Authorization: Bearer` header.
        sandbox: the world.
        resource_server: the service that answers; a flow's or collection's own id for its own tokens.
        any_of: scopes of which the token must carry at least one; none asked when empty.

    Raises:
        Refusal: 401 without a live access token, 403 with one for another service or lacking the scope; the
            body has the shape of the service that answers.
    """
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    token = live_token(sandbox, value.strip()) if kind.lower() == "bearer" else None
    if token is None or token.kind != "access":
        raise unauthenticated(resource_server, request.url.path)
    if token.resource_server != resource_server:
        raise forbidden(resource_server, request.url.path, "The token is for another service")
    scopes = list(any_of)
    if scopes and not token.scopes.intersection(scopes):
        raise forbidden(resource_server, request.url.path, f"The token lacks a required scope: {' or '.join(scopes)}")
    return Caller(token.identity_id, token.client_id, token, token.session)


def live_token(sandbox: Sandbox, value: str) -> Token | None:
    """The token of that value unless it is unknown, revoked or expired."""
    token = sandbox.tokens.get(value)
    if token is None or token.revoked:
        return None
    if token.expires is not None and token.expires <= sandbox.clock.now():
        return None
    return token
