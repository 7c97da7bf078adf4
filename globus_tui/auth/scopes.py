"""The scopes that this program asks for, and the resource server of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.auth.scope import (
    AUTH_SERVER,
    FLOWS_ALL,
    FLOWS_SERVER,
    TIMER,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    Scope,
    merge,
    transfer_scope,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    """The scopes that the program always needs, with the given ones merged in."""
    return merge((*BASE_SCOPES, *scopes))


def server_of(scope: Scope) -> str:
    """The resource server whose token carries a scope, read from its name.

    Globus Auth names scopes after their server: `urn:globus:auth:scope:SERVER:…` and
    `https://auth.globus.org/scopes/SERVER/…` (documented); Flows alone goes by two names.
    """
    if scope.name == FLOWS_ALL:
        return FLOWS_SERVER
    for prefix, end in (("urn:globus:auth:scope:", ":"), ("https://auth.globus.org/scopes/", "/")):
        if scope.name.startswith(prefix):
            return scope.name.removeprefix(prefix).partition(end)[0]
    return AUTH_SERVER


def server_words(resource_server: str) -> str:
    """The name of a service for the user; a UUID of a flow or collection stays as it is."""
    return SERVER_WORDS.get(resource_server, resource_server)
