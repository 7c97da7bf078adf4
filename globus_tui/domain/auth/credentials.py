"""Tokens, identities and consents as values. A token is a `Secret`, which no repr, log or crash report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from globus_tui.domain.auth.scope import Scope
    from globus_tui.domain.wire import Document


class Secret:
    """A string that prints as dots. `reveal()` is called only where it is sent or stored."""

    __slots__ = ("_hidden",)

    def __init__(self, value: str) -> None:
        self._hidden = value

    def reveal(self) -> str:
        return self._hidden

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._hidden == self._hidden

    def __hash__(self) -> int:
        return hash(("Secret", self._hidden))

    def __bool__(self) -> bool:
        return bool(self._hidden)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not pickled")


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """The tokens for one resource server.

    Attributes:
        scopes: root names only: token answers do not echo dependencies.
        refresh_token: None for online-only grants and client credentials.
    """

    resource_server: str
    access_token: Secret
    expires_at: datetime
    scopes: tuple[str, ...] = ()
    refresh_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint gave: one grant for each resource server, and who signed in if it said so."""

    grants: tuple[TokenGrant, ...]
    id_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A person (or service account) at Globus Auth, with the identities linked to it where they are shown."""

    identity_id: str
    username: str
    display_name: str | None = None
    email: str | None = None
    organization: str | None = None
    provider: str | None = None
    linked: tuple[Identity, ...] = ()

    @classmethod
    def from_document(cls, document: Document) -> Identity:
        """Reads `userinfo`, an entry of `identity_set`, or one of GET /v2/api/identities."""
        return cls(
            identity_id=wire.text(document.get("sub")) or wire.text(document.get("id")) or "",
            username=wire.text(document.get("preferred_username")) or wire.text(document.get("username")) or "",
            display_name=wire.text(document.get("name")),
            email=wire.text(document.get("email")),
            organization=wire.text(document.get("organization")),
            provider=wire.text(document.get("identity_provider_display_name")),
            linked=tuple(
                cls.from_document(entry)
                for entry in wire.items(document.get("identity_set"))
                if isinstance(entry, dict)
            ),
        )


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One granted consent; `path` holds the consent ids from the root to this one inclusive."""

    scope: str
    path: tuple[int, ...]
    approved: bool = True

    @classmethod
    def from_document(cls, document: Document) -> ConsentRecord:
        """Reads one consent. A missing status counts as approved: only what exists is listed."""
        own = wire.whole(document.get("id")) or 0
        path = tuple(step for step in wire.items(document.get("dependency_path")) if isinstance(step, int))
        return cls(
            scope=wire.text(document.get("scope_name")) or "",
            path=path or (own,),
            approved=document.get("status") in (None, "approved"),
        )


def are_granted(consents: Iterable[ConsentRecord], scopes: Iterable[Scope]) -> bool:
    """Whether consents cover every scope wanted, with its dependencies, along one path from a root (documented)."""
    return not missing(consents, scopes)


def missing(consents: Iterable[ConsentRecord], scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """The scopes wanted (whole, with dependencies) that the consents do not cover. The `*` marker is ignored."""
    known = [consent for consent in consents if consent.approved]
    return tuple(scope for scope in scopes if not _covers(known, (), scope))


def _covers(known: list[ConsentRecord], above: tuple[int, ...], scope: Scope) -> bool:
    return any(
        consent.scope == scope.name
        and consent.path[:-1] == above
        and all(_covers(known, consent.path, below) for below in scope.dependencies)
        for consent in known
    )
