"""Who signed in, as the id token says.

It came straight from the token endpoint over TLS, so its signature adds nothing (OpenID Connect Core 3.1.3.7 allows to
skip it).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.credentials import Identity

if TYPE_CHECKING:
    from globus_tui.domain.credentials import Secret


def read_id_token(token: Secret | None) -> Identity | None:
    """The identity in an id token; None when there is none or it cannot be read."""
    parts = token.reveal().split(".") if token else []
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    identity = Identity.from_document(wire.document(claims))
    return identity if identity.identity_id else None
