"""OAuth2 scopes as Globus Auth writes them (names with dependent scopes in brackets, `*` for optional ones), and those
that this program asks for, with the resource server of each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
AUTH_SERVER = "auth.globus.org"
TRANSFER_SERVER = "transfer.api.globus.org"
FLOWS_SERVER = "flows.globus.org"
TIMERS_SERVER = "524230d7-ea86-4a52-8312-86065a9e0417"
TIMER = f"https://auth.globus.org/scopes/{TIMERS_SERVER}/timer"
FLOWS_ALL = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all"
LEGACY_TRANSFER_ACTION = "https://auth.globus.org/scopes/actions.globus.org/transfer/transfer"


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope with the scopes it asks for on behalf of the user.

    Attributes:
        name: the scope string without brackets or marker.
        dependencies: dependent scopes, in the order written.
        optional: marked `*`: the user may revoke it later without losing the rest of the grant.
    """

    name: str
    dependencies: tuple[Scope, ...] = ()
    optional: bool = False

    def __str__(self) -> str:
        inner = f"[{' '.join(map(str, self.dependencies))}]" if self.dependencies else ""
        return f"{'*' if self.optional else ''}{self.name}{inner}"

    def walk(self) -> Iterator[Scope]:
        """This scope and everything below it, depth first."""
        yield self
        for below in self.dependencies:
            yield from below.walk()


def data_access(collection_id: str, *, optional: bool = True) -> Scope:
    return Scope(f"https://auth.globus.org/scopes/{collection_id}/data_access", optional=optional)


def transfer_scope(collection_ids: Iterable[str] = ()) -> Scope:
    return Scope(TRANSFER_ALL, tuple(data_access(collection_id) for collection_id in collection_ids))


def timer_scope(collection_ids: Iterable[str] = ()) -> Scope:
    """Timers on behalf of which Transfer runs: timer > transfer > data_access, the present nesting."""
    return Scope(TIMER, (transfer_scope(collection_ids),))


def flow_user_scope(flow_id: str) -> Scope:
    """The scope that starts one flow; built as documented when the flow's document does not name it."""
    return Scope(f"https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user")


def collection_of(scope: Scope | str) -> str | None:
    """The collection id of a `data_access` scope, else None."""
    name = scope.name if isinstance(scope, Scope) else scope
    prefix, suffix = "https://auth.globus.org/scopes/", "/data_access"
    return name[len(prefix) : -len(suffix)] if name.startswith(prefix) and name.endswith(suffix) else None


def render(scopes: Iterable[Scope]) -> str:
    """The `scope` parameter of an OAuth2 request."""
    return " ".join(map(str, scopes))


def merge(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Unites scopes of the same name at each level; required wins over optional. Order of first mention is kept."""
    merged: dict[str, Scope] = {}
    for scope in scopes:
        known = merged.get(scope.name)
        if known is None:
            merged[scope.name] = replace(scope, dependencies=merge(scope.dependencies))
        else:
            merged[scope.name] = Scope(
                scope.name,
                merge((*known.dependencies, *scope.dependencies)),
                optional=known.optional and scope.optional,
            )
    return tuple(merged.values())


def parse(text: str) -> tuple[Scope, ...]:
    """Reads a scope string.

    Raises:
        BadInput: brackets do not match, are empty or misplaced, or a `*` has no name behind it.
    """
    scopes, end = _parse_list(text, 0, depth=0)
    if end != len(text):
        raise BadInput(f"scope string: unexpected {text[end]!r} at position {end + 1}")
    return scopes


def _parse_list(text: str, at: int, depth: int) -> tuple[tuple[Scope, ...], int]:
    scopes: list[Scope] = []
    if depth > 50:
        raise BadInput("scope string: nested more than 50 deep")
    while True:
        while at < len(text) and text[at] == " ":
            at += 1
        if at >= len(text) or text[at] == "]":
            return tuple(scopes), at
        scope, at = _parse_one(text, at, depth)
        scopes.append(scope)
        if at < len(text) and text[at] not in " ]":
            raise BadInput(f"scope string: expected a space or ']' at position {at + 1}")


def _parse_one(text: str, at: int, depth: int) -> tuple[Scope, int]:
    optional = text[at] == "*"
    start = at = at + optional
    while at < len(text) and text[at] not in "[]* ":
        at += 1
    name = text[start:at]
    if not name:
        raise BadInput(f"scope string: a scope name is missing at position {start + 1}")
    if at >= len(text) or text[at] != "[":
        return Scope(name, optional=optional), at
    below, at = _parse_list(text, at + 1, depth + 1)
    if not below:
        raise BadInput(f"scope string: empty brackets behind {name}")
    if at >= len(text):
        raise BadInput(f"scope string: the bracket behind {name} is never closed")
    return Scope(name, below, optional), at + 1


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

BASE_SCOPES = (*AUTH_SCOPES, Scope(TRANSFER_ALL), Scope(TIMER, (transfer_scope(),)), Scope(FLOWS_ALL))
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
