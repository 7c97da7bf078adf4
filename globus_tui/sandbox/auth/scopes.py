"""Scope strings: their grammar, the service of each, and consent trees, which say what services may do further down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.auth.scope import Scope, merge
from globus_tui.domain.auth.scope import parse as parse_scopes
from globus_tui.domain.errors import BadInput
from globus_tui.sandbox.state import (
    AUTH_SERVER,
    FLOWS_SERVER,
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    Consent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.state import Sandbox

FLOWS_CLIENT = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
ACTION_PROVIDER_SCOPE = "https://auth.globus.org/scopes/actions.globus.org/transfer/transfer"
"""The legacy Transfer action provider: the extra level between timer and Transfer before November 2024."""

_AUTH_URN = "urn:globus:auth:scope:auth.globus.org:"
_AUTH_NAMES = (
    "view_identity_set", "view_identities", "view_consents", "view_authentications", "view_clients",
    "view_clients_and_scopes", "manage_projects",
)  # fmt: skip
_FLOWS_NAMES = ("all", "manage_flows", "view_flows", "run", "run_status", "run_manage")
_GROUPS = "groups.api.globus.org"
_SEARCH = "search.api.globus.org"

KNOWN: dict[str, tuple[str, str]] = {
    "openid": (AUTH_SERVER, "Know who you are"),
    "profile": (AUTH_SERVER, "See your name and organization"),
    "email": (AUTH_SERVER, "See your e-mail address"),
    TRANSFER_ALL: (TRANSFER_SERVER, "Transfer files using Globus Transfer"),
    f"urn:globus:auth:scope:{TRANSFER_SERVER}:gcp_install": (TRANSFER_SERVER, "Set up Connect Personal"),
    TIMER_SCOPE: (TIMERS_SERVER, "Schedule actions with Globus Timers"),
    ACTION_PROVIDER_SCOPE: ("actions.globus.org", "Transfer files through the Transfer action provider"),
    f"urn:globus:auth:scope:{_GROUPS}:all": (_GROUPS, "Manage your groups"),
    f"urn:globus:auth:scope:{_GROUPS}:view_my_groups_and_memberships": (_GROUPS, "See your groups"),
    **{f"urn:globus:auth:scope:{_SEARCH}:{x}": (_SEARCH, "Search") for x in ("all", "search", "ingest")},
    "https://auth.globus.org/scopes/facd7ccc-c5f4-42aa-916b-a0e270e2c2a9/all": ("funcx_service", "Globus Compute"),
    **{_AUTH_URN + x: (AUTH_SERVER, x.replace("_", " ").capitalize()) for x in _AUTH_NAMES},
    **{
        f"https://auth.globus.org/scopes/{FLOWS_CLIENT}/{x}": (FLOWS_SERVER, f"Flows: {x.replace('_', ' ')}")
        for x in _FLOWS_NAMES
    },
}
"""Scope → (resource server, what the consent page says). The words are ours, not the service's."""

_OWNED = re.compile(r"https://auth\.globus\.org/scopes/([^/]+)/(\w+)")
_ENDPOINT = re.compile(r"urn:globus:auth:scope:([0-9a-f-]{36}):manage_collections")


def parse(text: str) -> tuple[Scope, ...]:
    """The trees of a scope string; the same name twice at one level is one scope. BadInput for what is none."""
    return merge(parse_scopes(" ".join(text.split())))


def resource_server(sandbox: Sandbox, scope: str) -> str | None:
    """The service that a token for `scope` is for; None for a scope that Auth does not know.

    `data_access` exists only for mapped collections that are not high assurance (documented).
    """
    if scope in KNOWN:
        return KNOWN[scope][0]
    if endpoint := _ENDPOINT.fullmatch(scope):
        return endpoint[1]
    owned = _OWNED.fullmatch(scope)
    if owned is None:
        return None
    owner, name = owned.groups()
    if name == f"flow_{owner.replace('-', '_')}_user":
        return owner if owner in sandbox.flows else None
    collection = sandbox.collections.get(owner)
    if collection is None or (name == "data_access" and not collection.needs_data_access):
        return None
    return owner if name in ("data_access", "https") else None


def unknown_scopes(sandbox: Sandbox, nodes: Iterable[Scope]) -> list[str]:
    """Scope names anywhere in the trees that Auth does not know, in order of appearance."""
    names = dict.fromkeys(node.name for root in nodes for node in root.walk())
    return [name for name in names if resource_server(sandbox, name) is None]


def describe(sandbox: Sandbox, scope: str) -> str:
    if scope in KNOWN:
        return KNOWN[scope][1]
    owned = _OWNED.fullmatch(scope)
    if owned is None:
        return scope
    owner, name = owned.groups()
    if owner in sandbox.flows:
        return f"Run the flow {sandbox.flows[owner].get('title') or owner}"
    collection = sandbox.collections.get(owner)
    where = collection.document.get("display_name") if collection else None
    return f"{'Read and write data' if name == 'data_access' else 'Use HTTPS'} on {where or owner}"


def consented(sandbox: Sandbox, identity_id: str, client_id: str, scope_string: str) -> bool:
    """Whether every scope of the string, with all its dependencies, was allowed to that client.

    The documented check: some root has the scope's name and, for each dependency, some child matches with its
    whole subtree. Further children do not matter, nor does the `*` marker.
    """
    try:
        required = parse(scope_string)
    except BadInput:
        return False
    consents = consents_of(sandbox, identity_id, client_id)
    return all(_met(node, (), consents) for node in required)


def consents_of(sandbox: Sandbox, identity_id: str, client_id: str | None = None) -> list[Consent]:
    """The consents of an identity, parents first; only those given to one client when it is named."""
    return [
        consent
        for consent in sandbox.consents
        if consent.identity_id == identity_id and client_id in (None, consent.client_id)
    ]


def _met(node: Scope, parent: tuple[int, ...], consents: list[Consent]) -> bool:
    return any(
        all(_met(child, consent.path, consents) for child in node.dependencies)
        for consent in consents
        if consent.scope == node.name and consent.path[:-1] == parent
    )


def grant(
    sandbox: Sandbox, identity_id: str, client_id: str, nodes: Iterable[Scope], parent: tuple[int, ...] = ()
) -> None:
    """Records the trees as allowed, adding to what was allowed before."""
    now = sandbox.clock.now()
    for node in nodes:
        given = consents_of(sandbox, identity_id, client_id)
        known = next((one for one in given if one.scope == node.name and one.path[:-1] == parent), None)
        if known is None:
            number = 1 + max((consent.consent_id for consent in sandbox.consents), default=99)
            path = (*parent, number)
            known = Consent(number, identity_id, client_id, node.name, path, now, node.optional)
            sandbox.consents.append(known)
        known.last_used = now
        grant(sandbox, identity_id, client_id, node.dependencies, known.path)


def grant_string(sandbox: Sandbox, identity_id: str, client_id: str, scope_string: str) -> None:
    """`grant` for a scope string; for building worlds."""
    grant(sandbox, identity_id, client_id, parse(scope_string))


def withdraw(sandbox: Sandbox, consent_id: int) -> None:
    """Takes a consent back with everything below it; a root takes the tokens issued for it along."""
    gone = [consent for consent in sandbox.consents if consent_id in consent.path]
    sandbox.consents = [consent for consent in sandbox.consents if consent_id not in consent.path]
    for consent in gone:
        if len(consent.path) == 1:
            for token in sandbox.tokens.values():
                same = (token.identity_id, token.client_id) == (consent.identity_id, consent.client_id)
                token.revoked = token.revoked or (same and consent.scope in token.scopes)
