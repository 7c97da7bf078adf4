"""What is kept of a sign-in, how two versions of it are united, and how it is written as JSON."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.credentials import Identity, Secret, TokenGrant
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class ProfileKey:
    """Under which name a sign-in is kept: nothing is shared between two of these.

    Attributes:
        profile: the user's name for it.
        environment: the Globus environment; see `profiles.environment_label`.
        client_id: the app that the tokens were issued to.
    """

    profile: str
    environment: str
    client_id: str

    def __str__(self) -> str:
        return f"{self.profile}/{self.environment}/{self.client_id}"

    @classmethod
    def parse(cls, text: str) -> ProfileKey | None:
        """Reads what `str` wrote; None for anything else."""
        parts = text.split("/")
        return cls(*parts) if len(parts) == 3 and all(parts) else None


@dataclass(frozen=True, slots=True)
class SavedGrant:
    """A grant with its history.

    Attributes:
        signed_in_at: of the login that it stems from; renewals keep it.
        used_at: when its refresh token was last used or issued, from which its lapse is reckoned.
    """

    grant: TokenGrant
    signed_in_at: datetime
    used_at: datetime

    def renewed(self, grant: TokenGrant, now: datetime) -> SavedGrant:
        """With the answer to a renewal, which may lack the refresh token or the scopes: the old ones hold then."""
        kept = replace(
            grant,
            refresh_token=grant.refresh_token or self.grant.refresh_token,
            scopes=grant.scopes or self.grant.scopes,
        )
        return replace(self, grant=kept, used_at=now)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in under a profile, and the tokens by resource server."""

    identity: Identity
    grants: Mapping[str, SavedGrant] = field(default_factory=dict)

    @classmethod
    def fresh(cls, identity: Identity, grants: Iterable[TokenGrant], now: datetime) -> SignIn:
        """What a login brought."""
        return cls(identity, {one.resource_server: SavedGrant(one, now, now) for one in grants})


def united(kept: SignIn | None, new: SignIn) -> SignIn:
    """Merges what another program may have written meanwhile with what this one has to add.

    For each resource server the grant of the later login wins, since it is the one with more scopes; of the same
    login, the one that lives longer. Tokens of another identity change nothing: a profile belongs to one identity
    until it is signed out, and whoever merges looks at the identity of the result.
    """
    if kept is None:
        return new
    if kept.identity.identity_id != new.identity.identity_id:
        return kept
    grants = dict(kept.grants)
    for server, offered in new.grants.items():
        held = grants.get(server)
        if held is None or _age(offered) >= _age(held):
            grants[server] = offered
    return SignIn(new.identity, grants)


def _age(saved: SavedGrant) -> tuple[datetime, datetime]:
    return saved.signed_in_at, saved.grant.expires_at


def encode(sign_in: SignIn) -> dict[str, Any]:
    """As JSON-ready data; the one place where tokens are written in the clear."""
    person = sign_in.identity
    return {
        "identity": {
            "sub": person.identity_id,
            "preferred_username": person.username,
            "name": person.display_name,
            "email": person.email,
            "organization": person.organization,
            "identity_provider_display_name": person.provider,
            "identity_set": [{"sub": one.identity_id, "username": one.username} for one in person.linked],
        },
        "grants": {server: _encode_grant(saved) for server, saved in sign_in.grants.items()},
    }


def _encode_grant(saved: SavedGrant) -> dict[str, Any]:
    refresh = saved.grant.refresh_token
    return {
        "access_token": saved.grant.access_token.reveal(),
        "refresh_token": refresh.reveal() if refresh else None,
        "expires_at": saved.grant.expires_at.isoformat(),
        "scopes": list(saved.grant.scopes),
        "signed_in_at": saved.signed_in_at.isoformat(),
        "used_at": saved.used_at.isoformat(),
    }


def decode(found: object) -> SignIn | None:
    """Reads what `encode` made; a grant that cannot be read is left out, a sign-in without identity is None."""
    document = wire.document(found)
    identity = Identity.from_document(wire.document(document.get("identity")))
    if not identity.identity_id:
        return None
    read = {
        server: saved
        for server, entry in wire.document(document.get("grants")).items()
        if (saved := _decode_grant(server, wire.document(entry)))
    }
    return SignIn(identity, read)


def _decode_grant(server: str, entry: Document) -> SavedGrant | None:
    access, expires = wire.text(entry.get("access_token")), wire.moment(entry.get("expires_at"))
    if access is None or expires is None:
        return None
    refresh = wire.text(entry.get("refresh_token"))
    signed_in = wire.moment(entry.get("signed_in_at")) or expires
    return SavedGrant(
        TokenGrant(
            resource_server=server,
            access_token=Secret(access),
            expires_at=expires,
            scopes=wire.texts(entry.get("scopes")),
            refresh_token=Secret(refresh) if refresh else None,
        ),
        signed_in_at=signed_in,
        used_at=wire.moment(entry.get("used_at")) or signed_in,
    )
