"""Tokens that nothing but this program knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.tokens import with_new

if TYPE_CHECKING:
    from globus_tui.auth.file_lock import FileLock
    from globus_tui.auth.records import ProfileKey, SignIn


class MemoryTokens:
    """Keeps nothing beyond the program's end."""

    def __init__(self) -> None:
        self._kept: dict[ProfileKey, SignIn] = {}

    def where(self) -> str:
        """Says that it is memory."""
        return "memory only: they are gone when the program ends"

    def check(self) -> None:
        """Always works."""

    def load(self, key: ProfileKey) -> SignIn | None:
        """The sign-in of a profile."""
        return self._kept.get(key)

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here."""
        return tuple(self._kept)

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        """Adds tokens and gives what is held now."""
        kept = with_new(self._kept.get(key), new, renewal=renewal)
        self.replace(key, kept)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Holds exactly this; None forgets the profile."""
        self._kept.pop(key, None)
        if sign_in is not None:
            self._kept[key] = sign_in

    def renewal_lock(self) -> FileLock | None:
        """There is nobody to share with."""
        return None

    def take_notices(self) -> tuple[str, ...]:
        """There are none."""
        return ()
