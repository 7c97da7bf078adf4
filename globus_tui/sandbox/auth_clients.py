"""Which client is asking: Basic authentication or a bare client id; and forms without a form library."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from globus_tui.sandbox.refusals import oauth_refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from globus_tui.sandbox.state import Client, Sandbox

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
    """The client, which must have a secret and have proved it.

    Raises:
        Refusal: 401 `invalid_client`.
    """
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
