"""The scopes that this program asks for, and which resource server each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.scope import FLOWS_ALL, TIMER, TIMERS_RESOURCE_SERVER, TRANSFER_ALL, Scope, merge, transfer_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

AUTH_SERVER = "auth.globus.org"
TRANSFER_SERVER = "transfer.api.globus.org"
TIMERS_SERVER = TIMERS_RESOURCE_SERVER
FLOWS_SERVER = "flows.globus.org"

SERVER_WORDS = {
    AUTH_SERVER: "Globus Auth",
    TRANSFER_SERVER: "Globus Transfer",
    TIMERS_SERVER: "Globus Timers",
    FLOWS_SERVER: "Globus Flows",
}
"""Resource servers as users know them."""

AUTH_SCOPES = tuple(
    map(Scope, ("openid", "profile", "email", "urn:globus:auth:scope:auth.globus.org:view_identity_set"))
)
"""Always all four: a login that asks for `openid` alone gets an Auth token that replaces the stored one by a weaker
(documented for the official CLI, which does the same)."""

BASE_SCOPES = (
    *AUTH_SCOPES,
    Scope(TRANSFER_ALL),
    Scope(TIMER, (transfer_scope(),)),
    Scope(FLOWS_ALL),
)
"""What the program needs before any collection is known."""


def with_base(scopes: Iterable[Scope] = ()) -> tuple[Scope, ...]:
    """The scopes given, merged behind everything that the program always needs."""
    return merge((*BASE_SCOPES, *scopes))


def server_words(resource_server: str) -> str:
    """The name of a service for the user; a UUID of a flow or collection stays as it is."""
    return SERVER_WORDS.get(resource_server, resource_server)
