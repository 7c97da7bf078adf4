"""Who is signed in, with what, and where it is kept: as data and as lines to print. Never the tokens themselves."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from globus_tui.auth.records import LIFE, ProfileKey, SavedGrant, lapse_warning
from globus_tui.domain.auth.scope import server_words
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.auth.credentials import Identity


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """The answer; `identity` is None when nobody is signed in and no service account is set.

    Attributes:
        doubt: why it cannot be told whether somebody is.
        refused: Globus has refused a refresh token of theirs.
    """

    key: ProfileKey
    identity: Identity | None
    where: str
    service_account: str | None = None
    tokens: Mapping[str, SavedGrant] = field(default_factory=dict)
    warning: str | None = None
    doubt: str | None = None
    refused: bool = False

    def lines(self, now: datetime) -> tuple[str, ...]:
        place = f"profile {self.key.profile}, environment {self.key.environment}, app {self.key.client_id}"
        if self.service_account is not None:
            return (
                f"Service account {self.key.client_id} (from {self.service_account})",
                f"  {place}",
                "  tokens are asked for with its secret, and kept in the data folder until they end",
            )
        if self.identity is None and self.doubt:
            advice = "Unlock or mend it, then ask again."
            return ("Whether somebody is signed in cannot be told.", f"  {place}", f"  {self.doubt} {advice}")
        if self.identity is None:
            return ("Nobody is signed in.", f"  {place}", f"  tokens would be kept in {self.where}")
        person = self.identity
        named = f"{person.username} ({person.display_name})" if person.display_name else person.username
        return (
            named,
            f"  {place}",
            f"  identity {person.identity_id}",
            *(f"  linked to {linked.username}" for linked in person.linked if linked.identity_id != person.identity_id),
            f"  tokens are kept in {self.where}",
            *(f"  {line}" for server, saved in self.tokens.items() for line in _token_lines(server, saved, now)),
            *((f"  {self.warning}",) if self.warning else ()),
        )


def whoami(store: TokenStore, key: ProfileKey, now: datetime) -> WhoAmI:
    """Reads the store. Raises `SettingsError`: the stored tokens are readable by others."""
    kept = store.load(key)
    if kept is None:
        return WhoAmI(key, None, store.where(), doubt=store.doubt())
    refused = [server for server, saved in kept.grants.items() if saved.refused]
    names = ", ".join(server_words(server) for server in refused)
    warning = f"Globus no longer accepts the sign-in for {names}: sign in again." if names else lapse_warning(kept, now)
    return WhoAmI(key, kept.identity, store.where(), tokens=kept.grants, warning=warning, refused=bool(refused))


def whoami_service(account: ServiceAccount, key: ProfileKey) -> WhoAmI:
    return WhoAmI(key, None, "memory", service_account=account.origin or "the caller")


def _token_lines(server: str, saved: SavedGrant, now: datetime) -> tuple[str, ...]:
    expires, lapses = saved.grant.expires_at, saved.used_at + LIFE
    access = "expired, renewed when needed" if expires <= now else f"good until {_minute(expires)}"
    if saved.refused:
        life = "its refresh token was refused"
    elif saved.grant.refresh_token is None:
        life = "no refresh token: signed out when it expires"
    elif lapses <= now:
        life = f"refresh token lapsed on {lapses:%Y-%m-%d}"
    else:
        life = f"refresh token last used {_minute(saved.used_at)}, lapses {lapses:%Y-%m-%d} if unused"
    return f"{server_words(server)}: signed in {_minute(saved.signed_in_at)}", f"  access token {access}; {life}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
