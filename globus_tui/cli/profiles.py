"""The profiles of this user: those in the configuration file, and those with tokens in the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError, SettingsError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping

    from globus_tui.api.environment import Environment
    from globus_tui.auth.account import PersonAccount
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.token_store import FallingBack
    from globus_tui.screens.everybody import Look
    from globus_tui.screens.profiles import ProfileRow, Profiles
    from globus_tui.settings import Settings


class OtherProfiles:
    """Reads the timers of all profiles but the one in use: each by its own sign-in, client and store."""

    def __init__(self, profiles: Profiles, options: Namespace) -> None:
        self._profiles, self._options = profiles, options

    async def __call__(self, tell: Callable[[Look], None]) -> None:
        """Reads each again and again until it is cancelled; what one of them lacks is told of it alone."""
        from globus_tui.screens.everybody import Look

        try:
            names = [row.key for row in await self._profiles.rows() if not row.current]
        except GlobusTuiError as wrong:
            tell(Look("?", problem=wrong.in_full))
            return
        await asyncio.gather(*(self._watch(name, tell) for name in names))

    async def _watch(self, name: str, tell: Callable[[Look], None]) -> None:
        from globus_tui.screens.everybody import Look

        while True:
            pause = 60.0
            try:
                pause = await self._read(name, tell)
            except SignedOut as wrong:
                tell(Look(name, problem=str(wrong), signed_out=True))
            except GlobusTuiError as wrong:
                tell(Look(name, problem=wrong.in_full))
            await asyncio.sleep(pause)

    async def _read(self, name: str, tell: Callable[[Look], None]) -> float:
        """Reads a profile as long as it can be read.

        Raises:
            GlobusTuiError: it cannot.
        """
        from argparse import Namespace

        from globus_tui.cli.timers import signed_in
        from globus_tui.screens.everybody import Look

        options = Namespace(
            demo=False, profile=name, read_only=True, zone=self._options.zone, ascii=self._options.ascii, refresh=None
        )
        async with signed_in(options) as context:
            while True:
                await context.ask()
                tell(Look(name, context.store.states, context.view.names, context.store.now()))
                interval = context.settings.refresh if self._options.refresh is None else self._options.refresh
                await asyncio.sleep(interval or 3600.0)


@dataclass(frozen=True, slots=True)
class StoredProfiles:
    """What the switcher shows, and signing out.

    Attributes:
        account: of the profile in use; signing out of it goes through it, so that it knows.
    """

    store: FallingBack
    environ: Mapping[str, str]
    current: str
    account: PersonAccount

    async def rows(self) -> tuple[ProfileRow, ...]:
        """All profiles by name, with who is signed in.

        Raises:
            GlobusTuiError: the store cannot be read.
        """
        return await asyncio.to_thread(self._rows)

    def _rows(self) -> tuple[ProfileRow, ...]:
        from globus_tui.settings import configured_profiles

        configured = configured_profiles(self.environ)
        stored = self.store.profiles()
        names = {*configured, *(key.profile for key in stored), "default", self.current}
        return tuple(self._row(name, stored) for name in sorted(names))

    def _row(self, name: str, stored: tuple[ProfileKey, ...]) -> ProfileRow:
        from globus_tui.auth.records import lapses_at
        from globus_tui.screens.profiles import ProfileRow

        current = name == self.current
        try:
            _, key, _ = self._found(name)
            kept = self.store.load(key)
        except GlobusTuiError as wrong:
            return ProfileRow(name, None, "", current, str(wrong))
        elsewhere = sorted({other.environment for other in stored if other.profile == name and other != key})
        end = lapses_at(kept)
        remark = f"lapses {end[1]:%Y-%m-%d} if unused" if end else ""
        if kept is not None and any(grant.refused for grant in kept.grants.values()):
            remark = "Globus no longer accepts this sign-in: sign in again"
        doubt = self.store.doubt() if kept is None else None
        if elsewhere:
            remark = f"also signed in to {', '.join(elsewhere)} or with another app"
        return ProfileRow(
            name, kept.identity.username if kept else None, key.environment, current, doubt or remark, bool(doubt)
        )

    def _found(self, name: str) -> tuple[Settings, ProfileKey, Environment]:
        """A profile's settings, under what its tokens are kept if it were opened now, and where it acts."""
        from globus_tui.cli.backend import environment_of, profile_key
        from globus_tui.settings import load_settings

        settings = load_settings(self.environ, profile=name)
        environment = environment_of(settings, self.environ)
        return settings, profile_key(settings, environment), environment

    async def log_out(self, name: str) -> tuple[str, ...]:
        """Signs out of one profile.

        Raises:
            GlobusTuiError: the store cannot be read, or the profile's settings cannot be used.
        """
        from globus_tui.api.globus_auth import AuthClient
        from globus_tui.api.http import Connection
        from globus_tui.auth.logout import logout
        from globus_tui.cli.kept_rows import forget_rows

        if name == self.current:
            return (await self.account.logout()).lines()
        try:
            settings, key, environment = await asyncio.to_thread(self._found, name)
        except SettingsError as wrong:
            raise GlobusTuiError(str(wrong), advice=wrong.advice) from None
        async with Connection(environment) as connection:
            done = await logout(AuthClient(connection), self.store, key)
        await asyncio.to_thread(forget_rows, done, settings, environment)
        return done.lines()
