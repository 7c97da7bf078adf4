"""Answers of the token endpoint as grants."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.credentials import Secret, TokenAnswer, TokenGrant

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.api.exchange import Answer
    from globus_tui.domain.wire import Document

# Where `expires_in` is missing: soon, so that the token is renewed rather than trusted.
_UNSAID_LIFE = timedelta(minutes=5)


def read_tokens(answer: Answer, asked_at: datetime, kept: Secret | None = None) -> TokenAnswer:
    """Reads one token for each resource server.

    Which of them is at the top and which in `other_tokens` is not guaranteed, and `other_tokens` may be missing.

    Args:
        answer: of the token endpoint.
        asked_at: when it was asked for; lives are counted from there, so that a slow answer does not stretch them.
        kept: the refresh token that was used, for answers that do not repeat it.

    Raises:
        UnreadableAnswer: there is no token in it.
    """
    found = answer.object()
    documents = [found, *(one for one in wire.items(found.get("other_tokens")) if isinstance(one, dict))]
    grants = tuple(grant for one in documents if (grant := _grant(one, asked_at, kept)) is not None)
    if not grants:
        raise answer.unreadable("a document without a token")
    id_token = wire.text(found.get("id_token"))
    return TokenAnswer(grants, Secret(id_token) if id_token else None)


def _grant(found: Document, asked_at: datetime, kept: Secret | None) -> TokenGrant | None:
    access, server = wire.text(found.get("access_token")), wire.text(found.get("resource_server"))
    if access is None or server is None:
        return None
    seconds, refresh = wire.number(found.get("expires_in")), wire.text(found.get("refresh_token"))
    life = _UNSAID_LIFE if seconds is None or not 0 <= seconds < 10**9 else timedelta(seconds=seconds)
    return TokenGrant(
        resource_server=server,
        access_token=Secret(access),
        expires_at=asked_at + life,
        scopes=tuple((wire.text(found.get("scope")) or "").split()),
        refresh_token=Secret(refresh) if refresh else kept,
    )
