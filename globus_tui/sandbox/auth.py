"""Auth: the routes, and what building and driving a sandbox needs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from globus_tui.sandbox import auth_api, auth_grants, auth_registration
from globus_tui.sandbox.auth_browser import browser_routes
from globus_tui.sandbox.auth_idtoken import public_keys
from globus_tui.sandbox.auth_login import LoginRefused, NotEnough, approve
from globus_tui.sandbox.auth_people import (
    ensure_known_clients,
    register_client,
    register_person,
)
from globus_tui.sandbox.auth_tokens import ISSUER
from globus_tui.sandbox.consents import grant_string, withdraw
from globus_tui.sandbox.scopes import KNOWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from globus_tui.sandbox.state import Sandbox

    Handler = Callable[[Request, Sandbox], Awaitable[Response]]

__all__ = [
    "LoginRefused",
    "NotEnough",
    "approve",
    "grant_string",
    "register_client",
    "register_person",
    "routes",
    "withdraw",
]


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Auth's routes; also makes sure that the clients which programs ship with are known."""
    ensure_known_clients(sandbox)

    def on(method: str, path: str, handler: Handler) -> Route:
        async def answer(request: Request) -> Response:
            return await handler(request, sandbox)

        return Route(path, answer, methods=[method])

    return [
        on("GET", "/.well-known/openid-configuration", _configuration),
        on("GET", "/jwk.json", _keys),
        on("POST", "/v2/oauth2/token", auth_grants.token),
        on("POST", "/v2/oauth2/token/revoke", auth_api.revoke),
        on("POST", "/v2/oauth2/token/validate", auth_api.validate),
        on("POST", "/v2/oauth2/token/introspect", auth_api.introspect),
        on("GET", "/v2/oauth2/userinfo", auth_api.userinfo),
        on("GET", "/v2/api/identities", auth_api.identities),
        on("GET", "/v2/api/identities/{identity_id}/consents", auth_api.consents),
        on("GET", "/v2/api/identity_providers", auth_api.identity_providers),
        on("POST", "/v2/api/clients", auth_registration.create_client),
        on("DELETE", "/v2/api/clients/{client_id}", auth_registration.delete_client),
        *browser_routes(sandbox),
    ]


async def _configuration(request: Request, sandbox: Sandbox) -> Response:
    base = str(request.base_url).rstrip("/")
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}/v2/oauth2/authorize",
            "token_endpoint": f"{base}/v2/oauth2/token",
            "revocation_endpoint": f"{base}/v2/oauth2/token/revoke",
            "userinfo_endpoint": f"{base}/v2/oauth2/userinfo",
            "jwks_uri": f"{base}/jwk.json",
            "scopes_supported": sorted(KNOWN),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS512"],
            "subject_types_supported": ["public"],
            "claims_supported": ["sub", "name", "email", "preferred_username", "identity_set", "at_hash"],
        }
    )


async def _keys(request: Request, sandbox: Sandbox) -> Response:
    return JSONResponse(public_keys())
