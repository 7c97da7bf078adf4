"""Profiles (names for sets of identity, environment and tokens), what is kept of a sign-in, how two versions of it are
united, how it is written as JSON, and when it lapses: refresh tokens that are not used for six months do (documented by
the official SDK).
"""

from __future__ import annotations

import math
import re
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from globus_tui.domain import wire
from globus_tui.domain.auth.credentials import Identity, Secret, TokenGrant
from globus_tui.domain.auth.scope import server_words
from globus_tui.domain.errors import SettingsError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.wire import Document

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str, origin: str = "the profile") -> str:
    """The name, if it may be one.

    Raises:
        SettingsError: it is empty, too long, or has other characters than letters, digits, `.`, `_` and `-`.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{origin}: {name[:80]!r} cannot be a profile's name",
            advice="Use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
        )
    return name


def environment_label(name: str, auth_url: str) -> str:
    """What separates tokens of different Globus installations.

    The name alone does not when `GLOBUS_SDK_SERVICE_URL_AUTH` points elsewhere: tokens of a test service must never be
    sent to the real one, nor the other way round.
    """
    parts = urlsplit(auth_url)
    usual = (parts.hostname or "").endswith((".globus.org", ".globuscs.info"))
    return name if usual else f"{name}@{parts.netloc}"


def native_ids(store: TokenStore) -> frozenset[str]:
    """Client ids with which somebody is signed in, so they are native apps; see `service_account.from_environ`."""
    return frozenset(key.client_id for key in store.profiles())


LIFE = timedelta(days=182)
"""Six months, counted short."""
WARNING = timedelta(days=30)


def lapses_at(sign_in: SignIn | None) -> tuple[str, datetime] | None:
    """The resource server whose refresh token lapses first and when; None without refresh tokens."""
    ends = [
        (saved.used_at + LIFE, server)
        for server, saved in (sign_in.grants if sign_in else {}).items()
        if saved.grant.refresh_token
    ]
    if not ends:
        return None
    end, server = min(ends)
    return server, end


def lapse_warning(sign_in: SignIn | None, now: datetime) -> str | None:
    """A warning from thirty days before the sign-in lapses; None until then."""
    lapse = lapses_at(sign_in)
    if lapse is None or lapse[1] - now > WARNING:
        return None
    server, end = lapse
    if end <= now:
        return f"The sign-in for {server_words(server)} has not been used for six months and has lapsed: sign in again."
    days = math.ceil((end - now) / timedelta(days=1))
    span = "1 day" if days == 1 else f"{days} days"
    return f"The sign-in for {server_words(server)} lapses in {span} ({end:%Y-%m-%d}) unless it is used: sign in again."


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
        refused: Globus does not accept its refresh token any more.
    """

    grant: TokenGrant
    signed_in_at: datetime
    used_at: datetime
    refused: bool = False

    def with_renewal(self, grant: TokenGrant, now: datetime) -> SavedGrant:
        """The grant with the answer to a renewal; a refresh token or scopes that the answer lacks stay as they were."""
        kept = replace(
            grant,
            refresh_token=grant.refresh_token or self.grant.refresh_token,
            scopes=grant.scopes or self.grant.scopes,
        )
        return replace(self, grant=kept, used_at=now, refused=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in under a profile, and the tokens by resource server."""

    identity: Identity
    grants: Mapping[str, SavedGrant] = field(default_factory=dict)

    @classmethod
    def fresh(cls, identity: Identity, grants: Iterable[TokenGrant], now: datetime) -> SignIn:
        return cls(identity, {grant.resource_server: SavedGrant(grant, now, now) for grant in grants})


def merge_sign_ins(kept: SignIn | None, new: SignIn, *, renewal: bool = False) -> SignIn:
    """Merges what is kept, which another program may have written, with what is to be added.

    A login replaces the grants of its resource servers; a renewal, and the word that one was refused, only what stems
    from the same login. No clock decides: after one that was ahead was set right, old tokens would win for as long.
    Tokens of another identity change nothing: a profile belongs to one identity until it is signed out, and whoever
    merges looks at the identity of the result.
    """
    if kept is None:
        return new
    if kept.identity.identity_id != new.identity.identity_id:
        return kept
    grants = dict(kept.grants)
    for server, offered in new.grants.items():
        held = grants.get(server)
        same_login = held is not None and held.signed_in_at == offered.signed_in_at
        renewed_meanwhile = held is not None and offered.refused and held.grant != offered.grant
        if held is None or not renewal or (same_login and not renewed_meanwhile):
            grants[server] = offered
    return SignIn(new.identity, grants)


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
            "identity_set": [{"sub": linked.identity_id, "username": linked.username} for linked in person.linked],
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
        **({"refused": True} if saved.refused else {}),
    }


def decode(value: object) -> SignIn | None:
    """Reads what `encode` made; a grant that cannot be read is left out, a sign-in without identity is None."""
    document = wire.document(value)
    identity = Identity.from_document(wire.document(document.get("identity")))
    if not identity.identity_id:
        return None
    read = {
        server: saved
        for server, entry in wire.document(document.get("grants")).items()
        if (saved := _decode_grant(server, wire.document(entry)))
    }
    return SignIn(identity, read)


def encode_grants(grants: Iterable[TokenGrant]) -> dict[str, Any]:
    """Tokens that stem from no login, as JSON-ready data."""
    return {
        grant.resource_server: _encode_grant(SavedGrant(grant, grant.expires_at, grant.expires_at)) for grant in grants
    }


def decode_grants(value: object) -> tuple[TokenGrant, ...]:
    read = (_decode_grant(server, wire.document(entry)) for server, entry in wire.document(value).items())
    return tuple(saved.grant for saved in read if saved is not None)


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
        refused=entry.get("refused") is True,
    )
