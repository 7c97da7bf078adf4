"""Consent trees: what a person allowed a client to do, and what its services may do further down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.scopes import ScopeSyntaxError, parse
from globus_tui.sandbox.state import Consent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.scopes import ScopeNode
    from globus_tui.sandbox.state import Sandbox


def consented(sandbox: Sandbox, identity_id: str, client_id: str, scope_string: str) -> bool:
    """Whether every scope of the string, with all its dependencies, was allowed to that client.

    The documented check: some root has the scope's name and, for each dependency, some child matches with its
    whole subtree. Further children do not matter, nor does the `*` marker.
    """
    try:
        required = parse(scope_string)
    except ScopeSyntaxError:
        return False
    mine = consents_of(sandbox, identity_id, client_id)
    return all(_met(node, (), mine) for node in required)


def consents_of(sandbox: Sandbox, identity_id: str, client_id: str | None = None) -> list[Consent]:
    """The consents of an identity, parents first; only those given to one client when it is named."""
    return [one for one in sandbox.consents if one.identity_id == identity_id and client_id in (None, one.client_id)]


def _met(node: ScopeNode, parent: tuple[int, ...], consents: list[Consent]) -> bool:
    return any(
        all(_met(child, one.path, consents) for child in node.children)
        for one in consents
        if one.scope == node.name and one.path[:-1] == parent
    )


def grant(
    sandbox: Sandbox,
    identity_id: str,
    client_id: str,
    nodes: Iterable[ScopeNode],
    parent: tuple[int, ...] = (),
) -> None:
    """Records the trees as allowed, adding to what was allowed before."""
    now = sandbox.clock.now()
    for node in nodes:
        known = _find(sandbox, identity_id, client_id, node.name, parent)
        if known is None:
            number = 1 + max((one.consent_id for one in sandbox.consents), default=99)
            path = (*parent, number)
            known = Consent(number, identity_id, client_id, node.name, path, now, node.optional)
            sandbox.consents.append(known)
        known.last_used = now
        grant(sandbox, identity_id, client_id, node.children, known.path)


def grant_string(sandbox: Sandbox, identity_id: str, client_id: str, scope_string: str) -> None:
    """`grant` for a scope string; for building worlds."""
    grant(sandbox, identity_id, client_id, parse(scope_string))


def withdraw(sandbox: Sandbox, consent_id: int) -> None:
    """Takes a consent back with everything below it; a root takes the tokens issued for it along."""
    gone = [one for one in sandbox.consents if consent_id in one.path]
    sandbox.consents = [one for one in sandbox.consents if consent_id not in one.path]
    for one in gone:
        if len(one.path) == 1:
            for token in sandbox.tokens.values():
                same = (token.identity_id, token.client_id) == (one.identity_id, one.client_id)
                token.revoked = token.revoked or (same and one.scope in token.scopes)


def _find(sandbox: Sandbox, identity_id: str, client_id: str, scope: str, parent: tuple[int, ...]) -> Consent | None:
    for one in consents_of(sandbox, identity_id, client_id):
        if one.scope == scope and one.path[:-1] == parent:
            return one
    return None
