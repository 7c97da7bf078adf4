"""The grammar of scope strings, and which service each scope belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import (
    AUTH_SERVER,
    FLOWS_SERVER,
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.state import Sandbox

FLOWS_CLIENT = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
TRANSFER_ACTION = "https://auth.globus.org/scopes/actions.globus.org/transfer/transfer"
"""The legacy Transfer action provider: the extra level between timer and Transfer before November 2024."""

_AUTH_URN = "urn:globus:auth:scope:auth.globus.org:"
_AUTH_NAMES = (
    "view_identity_set",
    "view_identities",
    "view_consents",
    "view_authentications",
    "view_clients",
    "view_clients_and_scopes",
    "manage_projects",
)
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
    TRANSFER_ACTION: ("actions.globus.org", "Transfer files through the Transfer action provider"),
    f"urn:globus:auth:scope:{_GROUPS}:all": (_GROUPS, "Manage your groups"),
    f"urn:globus:auth:scope:{_GROUPS}:view_my_groups_and_memberships": (_GROUPS, "See your groups"),
    **{f"urn:globus:auth:scope:{_SEARCH}:{x}": (_SEARCH, "Search") for x in ("all", "search", "ingest")},
    **{_AUTH_URN + x: (AUTH_SERVER, x.replace("_", " ").capitalize()) for x in _AUTH_NAMES},
    **{
        f"https://auth.globus.org/scopes/{FLOWS_CLIENT}/{x}": (FLOWS_SERVER, f"Flows: {x.replace('_', ' ')}")
        for x in _FLOWS_NAMES
    },
}
"""Scope → (resource server, what the consent page says). The words are ours, not the service's."""

_OWNED = re.compile(r"https://auth\.globus\.org/scopes/([^/]+)/(\w+)")
_ENDPOINT = re.compile(r"urn:globus:auth:scope:([0-9a-f-]{36}):manage_collections")


class ScopeSyntaxError(ValueError):
    """The string is no scope string by the documented grammar."""


@dataclass(frozen=True)
class ScopeNode:
    """A scope with the scopes it depends on."""

    name: str
    optional: bool = False
    children: tuple[ScopeNode, ...] = ()

    def __str__(self) -> str:
        inner = f"[{' '.join(map(str, self.children))}]" if self.children else ""
        return f"{'*' if self.optional else ''}{self.name}{inner}"

    def walk(self) -> Iterable[ScopeNode]:
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(text: str) -> tuple[ScopeNode, ...]:
    """The trees of a scope string; the same name twice at one level is one node.

    Raises:
        ScopeSyntaxError: for unbalanced brackets, empty brackets, a dangling `*` or the like.
    """
    tokens = re.findall(r"[\[\]*]|\s+|[^\[\]*\s]+", text.strip())
    nodes, rest = _level(tokens, 0)
    if rest != len(tokens):
        raise ScopeSyntaxError(f"unbalanced ']' in {text!r}")
    return nodes


def _level(tokens: list[str], at: int) -> tuple[tuple[ScopeNode, ...], int]:
    found: list[ScopeNode] = []
    while at < len(tokens) and tokens[at] != "]":
        if tokens[at].isspace():
            at += 1
            continue
        node, at = _node(tokens, at)
        found.append(node)
    return merge(found), at


def _node(tokens: list[str], at: int) -> tuple[ScopeNode, int]:
    optional = tokens[at] == "*"
    at += optional
    if at >= len(tokens) or tokens[at] in "[]*" or tokens[at].isspace():
        raise ScopeSyntaxError("a scope name is missing")
    name, at = tokens[at], at + 1
    children: tuple[ScopeNode, ...] = ()
    if at < len(tokens) and tokens[at] == "[":
        children, at = _level(tokens, at + 1)
        if at >= len(tokens) or not children:
            raise ScopeSyntaxError("brackets must be closed and hold at least one scope")
        at += 1
    if at < len(tokens) and tokens[at] != "]" and not tokens[at].isspace():
        raise ScopeSyntaxError(f"unexpected {tokens[at]!r} after {name!r}")
    return ScopeNode(name, optional, children), at


def merge(nodes: Iterable[ScopeNode]) -> tuple[ScopeNode, ...]:
    """The same trees with each name once; required swallows optional, dependencies are united."""
    by_name: dict[str, ScopeNode] = {}
    for node in nodes:
        known = by_name.get(node.name)
        if known is None:
            by_name[node.name] = node
        else:
            both = merge((*known.children, *node.children))
            by_name[node.name] = ScopeNode(node.name, known.optional and node.optional, both)
    return tuple(by_name.values())


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


def unknown_scopes(sandbox: Sandbox, nodes: Iterable[ScopeNode]) -> list[str]:
    """Scope names anywhere in the trees that Auth does not know, in order of appearance."""
    names = dict.fromkeys(node.name for root in nodes for node in root.walk())
    return [name for name in names if resource_server(sandbox, name) is None]


def describe(sandbox: Sandbox, scope: str) -> str:
    """What the consent page says about a scope."""
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
