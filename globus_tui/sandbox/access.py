"""Who is calling, may they, and in which shape each service says no."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from globus_tui.sandbox.state import (
    AUTH_SERVER,
    TIMERS_SERVER,
    TRANSFER_SERVER,
    Document,
    Refusal,
    Sandbox,
    Session,
    Token,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str, str, Callable[[Sandbox, Request], Awaitable[Response]]]


def answered(sandbox: Sandbox, table: Iterable[Row]) -> list[BaseRoute]:
    """Routes from rows of method, path and who answers."""
    return [Route(path, partial(handler, sandbox), methods=[method]) for method, path, handler in table]


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


_ID_SPACE = uuid.UUID("8d6f4d4e-2f0b-4f7e-9b61-8f0a1c5b7e22")


def request_id(*about: str) -> str:
    """A nine-letter request id as Transfer shows it; the same refusal has the same id, so runs repeat."""
    digest = hashlib.sha256("\0".join(about).encode()).digest()
    return base64.b32encode(digest)[:9].decode().lower()


def transfer_refusal(status: int, code: str, message: str, resource: str, **extra: Any) -> Refusal:
    """An error of Transfer (documented); `extra` adds `authorization_parameters`, `required_scopes`, ..."""
    body: Document = {
        "code": code,
        "message": message,
        "request_id": request_id(code, message, resource),
        "resource": resource,
    }
    return Refusal(status, body | extra)


def timers_refusal(status: int, code: str, detail: str, **extra: Any) -> Refusal:
    """An error of Timers: `{"error": {...}}`. Seen in the SDK's fixture for 500; inferred for 4xx."""
    return Refusal(status, {"error": {"code": code, "detail": detail, "status": status}} | extra)


def validation_refusal(problems: Iterable[tuple[Iterable[str | int], str, str]]) -> Refusal:
    """Timers' 422 (documented shape). Each problem is `(location, message, type)`."""
    detail = [{"loc": list(where), "msg": message, "type": kind} for where, message, kind in problems]
    return Refusal(422, {"detail": detail})


def flows_refusal(
    status: int, code: str, detail: str | list[Document], message: str | None = None, **extra: Any
) -> Refusal:
    """An error of Flows (seen in the SDK's fixtures); `extra` lands at the root, as auth requirements do."""
    error: Document = {"code": code, "detail": detail}
    if message is not None:
        error["message"] = message
    debug_id = str(uuid.uuid5(_ID_SPACE, f"{code}{detail}"))
    return Refusal(status, {"error": error, "debug_id": debug_id} | extra)


def auth_refusal(status: int, code: str, title: str, detail: str, **extra: Any) -> Refusal:
    """An error of Auth's API resources (seen in the SDK's fixtures): an `errors` list plus OAuth2 fields.

    `extra` lands inside the one error, as `unapproved_scopes` does.
    """
    entry: Document = {
        "status": str(status),
        "id": str(uuid.uuid5(_ID_SPACE, f"{code}{detail}")),
        "code": code,
        "title": title,
        "detail": detail,
    }
    return Refusal(status, {"errors": [entry | extra], "error": code.lower(), "error_description": title})


def oauth_refusal(status: int, error: str, description: str | None = None) -> Refusal:
    """An error of the token endpoint: `{"error": ...}`; `invalid_grant` is 401 as in the SDK's fixture."""
    body: Document = {"error": error}
    if description is not None:
        body["error_description"] = description
    return Refusal(status, body)


def unauthenticated(resource_server: str, resource: str) -> Refusal:
    """401 in the shape of the service that owns `resource_server`."""
    if resource_server == AUTH_SERVER:
        return auth_refusal(401, "UNAUTHORIZED", "Unauthorized", "Call must be authenticated")
    if resource_server == TRANSFER_SERVER:
        return transfer_refusal(401, "ClientError.AuthenticationFailed", "Token is not active", resource)
    if resource_server == TIMERS_SERVER:
        return timers_refusal(401, "UNAUTHORIZED", "Call must be authenticated")
    return flows_refusal(401, "UNAUTHENTICATED", "Call must be authenticated")


def forbidden(resource_server: str, resource: str, reason: str) -> Refusal:
    """403 in the shape of the service that owns `resource_server`."""
    if resource_server == AUTH_SERVER:
        return auth_refusal(403, "FORBIDDEN", "Forbidden", reason)
    if resource_server == TRANSFER_SERVER:
        return transfer_refusal(403, "PermissionDenied", reason, resource)
    if resource_server == TIMERS_SERVER:
        return timers_refusal(403, "FORBIDDEN", reason)
    return flows_refusal(403, "MISSING_SCOPE", reason)


def not_found(path: str) -> Refusal:
    """404 for a path that no service has, in the shape of the service it would belong to."""
    if path.startswith("/v0.10"):
        return transfer_refusal(404, "ClientError.NotFound", "No such resource", path)
    if path.startswith(("/jobs", "/v2/timer")):
        return timers_refusal(404, "NOT_FOUND", "Not Found")
    if path.startswith(("/flows", "/runs")):
        return flows_refusal(404, "NOT_FOUND", "Not Found")
    return auth_refusal(404, "NOT_FOUND", "Not Found", f"No such resource: {path}")
