"""Tokens of a person: kept in a store, renewed before they expire, shared with other programs of the same person."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.api.bearer import SingleFlight
from globus_tui.api.http import Clock, utc_now
from globus_tui.auth.records import ProfileKey, SavedGrant, SignIn, lapse_warning
from globus_tui.auth.service_account import EARLY
from globus_tui.domain.auth.scope import server_words
from globus_tui.domain.errors import NetworkError, ServiceError, SignedOut, UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.auth.credentials import Identity, Secret, TokenGrant

RENEWAL_WAIT = timedelta(seconds=20)
"""How long a renewal waits for another program's. After that it goes ahead: Globus lets a refresh token be used twice
(inferred from the SDK, which never expects a new one), the lock only spares it the second request."""
_POLL = 0.02


class StoredTokens:
    """A token source for whoever is signed in under a profile.

    One renewal at a time for each resource server, in this program and among all that share the store.
    """

    def __init__(self, auth: AuthClient, store: TokenStore, key: ProfileKey, *, clock: Clock = utc_now) -> None:
        self._auth = auth
        self._store = store
        self._key = key
        self._clock = clock
        self._sign_in: SignIn | None = None
        self._refused: set[Secret] = set()
        self._flight: SingleFlight[Secret] = SingleFlight()

    @property
    def key(self) -> ProfileKey:
        return self._key

    @property
    def identity(self) -> Identity | None:
        """Who is signed in, by what `load` read last."""
        return self._sign_in.identity if self._sign_in else None

    @property
    def sign_in(self) -> SignIn | None:
        return self._sign_in

    async def load(self) -> SignIn | None:
        """Reads the store; None when nobody is signed in. Raises `SettingsError`: the tokens are readable by others."""
        self._sign_in = await asyncio.to_thread(self._store.load, self._key)
        return self._sign_in

    def adopt(self, sign_in: SignIn | None) -> None:
        """Uses the tokens of a login that was just completed, or None after a logout."""
        self._sign_in = sign_in
        self._refused.clear()

    def lapse_warning(self, now: datetime) -> str | None:
        """A sentence when a refresh token is about to lapse; None otherwise."""
        return lapse_warning(self._sign_in, now)

    async def token(self, resource_server: str) -> Secret:
        """An access token that is good for at least a minute.

        When renewing fails for now (network, service trouble) a token that has not quite expired is used on.

        Raises:
            SignedOut: nobody is signed in, or renewing was refused for good.
            GlobusTuiError: the service could not be reached or answered badly.
        """
        saved = await self._saved(resource_server)
        if self._lives(saved, EARLY):
            return saved.grant.access_token
        try:
            return await self._renewed(saved)
        except (NetworkError, ServiceError, UnreadableAnswer):
            if self._lives(saved, timedelta(0)):
                return saved.grant.access_token
            raise

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """Another access token after a 401; the one that somebody else already fetched, when there is one.

        Raises:
            SignedOut: nobody is signed in, or renewing was refused for good.
            GlobusTuiError: the service could not be reached or answered badly.
        """
        saved = await self._saved(resource_server)
        if saved.grant.access_token != refused:
            return saved.grant.access_token
        return await self._renewed(saved)

    async def _saved(self, server: str) -> SavedGrant:
        held = self._sign_in or await self.load()
        if held is None:
            raise SignedOut("Nobody is signed in.")
        return held.grants.get(server) or await self._stored_grant(server)

    def _lives(self, saved: SavedGrant, margin: timedelta) -> bool:
        return saved.grant.expires_at - margin > self._clock()

    async def _renewed(self, saved: SavedGrant) -> Secret:
        server = saved.grant.resource_server
        return await self._flight.run(server, lambda: self._renew_alone(server, saved.grant.access_token))

    async def _renew_alone(self, server: str, worn: Secret) -> Secret:
        async with self._lock_among_programs():
            kept = await self._stored_grant(server)
            if kept.grant.access_token != worn and self._lives(kept, EARLY):
                return kept.grant.access_token
            try:
                renewed = await self._ask(kept)
            except SignedOut:
                # Without a working lock another program may have used up the refresh token a moment ago.
                kept = await self._stored_grant(server)
                if kept.grant.refresh_token in self._refused:
                    raise
                renewed = await self._ask(kept)
            await self._keep(renewed)
        return renewed.grant.access_token

    async def _stored_grant(self, server: str) -> SavedGrant:
        """What the store holds now, which another program may have written."""
        kept = self._adopt_own(await asyncio.to_thread(self._store.load, self._key))
        if server not in kept.grants:
            raise SignedOut(f"The sign-in does not cover {server_words(server)}.")
        return kept.grants[server]

    def _adopt_own(self, kept: SignIn | None) -> SignIn:
        """Uses what the store holds; only tokens of whoever is signed in here, whose timers are shown."""
        held = self._sign_in
        if kept is None:
            raise SignedOut("You were signed out by another program.")
        if held is not None and kept.identity.identity_id != held.identity.identity_id:
            raise SignedOut(f"Another program signed in as {kept.identity.username} under this profile.")
        self._sign_in = kept
        return kept

    async def _ask(self, saved: SavedGrant) -> SavedGrant:
        server, refresh = saved.grant.resource_server, saved.grant.refresh_token
        if refresh is None or saved.refused or refresh in self._refused:
            raise SignedOut(f"The sign-in for {server_words(server)} has expired.")
        try:
            answer = await self._auth.refresh(self._key.client_id, refresh)
        except ServiceError as refusal:
            if not is_final(refusal):
                raise
            self._refused.add(refresh)
            await self._remember_refused(saved)
            raise SignedOut(f"Globus no longer accepts the sign-in for {server_words(server)}.") from None
        return saved.with_renewal(_only(answer.grants, server), self._clock())

    async def _remember_refused(self, saved: SavedGrant) -> None:
        """For `whoami` and the next start; unless another program has had it renewed meanwhile."""
        stored = await asyncio.to_thread(self._store.load, self._key)
        server = saved.grant.resource_server
        if stored is None or server not in stored.grants or stored.grants[server].grant != saved.grant:
            return
        marked = SignIn(stored.identity, {server: replace(saved, refused=True)})
        self._adopt_own(await asyncio.to_thread(self._store.merge, self._key, marked, renewal=True))

    async def _keep(self, renewed: SavedGrant) -> None:
        held = self._sign_in
        if held is None:
            return
        new = SignIn(held.identity, {renewed.grant.resource_server: renewed})
        self._adopt_own(await asyncio.to_thread(self._store.merge, self._key, new, renewal=True))

    @contextlib.asynccontextmanager
    async def _lock_among_programs(self) -> AsyncIterator[None]:
        lock = self._store.renewal_lock()
        waits = int(RENEWAL_WAIT.total_seconds() / _POLL) if lock else 0
        try:
            while lock and not lock.try_acquire():
                waits -= 1
                if waits < 0:
                    break
                await asyncio.sleep(_POLL)
        except OSError:
            lock = None  # if the folder cannot be written, the store will say so
        try:
            yield
        finally:
            if lock:
                lock.release()


def is_final(refusal: ServiceError) -> bool:
    """Whether a renewal was refused for good: `invalid_grant`, which the standard sends with 400 and Globus with 401.

    Auth's bare `{"error": "invalid_grant"}` may come without a code that can be read, so any 401 counts.
    """
    return refusal.status == 401 or (refusal.status == 400 and refusal.code in ("invalid_grant", "invalid_client"))


def _only(grants: tuple[TokenGrant, ...], server: str) -> TokenGrant:
    for grant in grants:
        if grant.resource_server == server:
            return grant
    raise UnreadableAnswer(f"Globus Auth answered a renewal for {server_words(server)} with tokens for something else.")
