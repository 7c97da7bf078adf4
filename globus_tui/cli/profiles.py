"""The profiles of this user: those in the configuration file, and those with tokens in the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError, SettingsError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.api.environment import Environment
    from globus_tui.auth.account import PersonAccount
    from globus_tui.auth.falling_back import FallingBack
    from globus_tui.auth.records import ProfileKey
    from globus_tui.screens.profiles import ProfileRow
    from globus_tui.settings import Settings


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
        from globus_tui.settings import load_settings

        configured = load_settings(self.environ).profiles
        stored = self.store.profiles()
        names = {*configured, *(key.profile for key in stored), "default", self.current}
        return tuple(self._row(name, stored) for name in sorted(names))

    def _row(self, name: str, stored: tuple[ProfileKey, ...]) -> ProfileRow:
        from globus_tui.auth.lapse import lapses_at
        from globus_tui.screens.profiles import ProfileRow

        current = name == self.current
        try:
            _, key, _ = self._found(name)
            kept = self.store.load(key)
        except GlobusTuiError as wrong:
            return ProfileRow(name, None, "", current, str(wrong))
        elsewhere = sorted({one.environment for one in stored if one.profile == name and one != key})
        end = lapses_at(kept)
        remark = f"lapses {end[1]:%Y-%m-%d} if unused" if end else ""
        if elsewhere:
            remark = f"also signed in to {', '.join(elsewhere)} or with another app"
        return ProfileRow(name, kept.identity.username if kept else None, key.environment, current, remark)

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
