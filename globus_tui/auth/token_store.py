"""Where tokens are kept: the system keyring, a file, or memory when neither can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from globus_tui.auth.falling_back import FallingBack
from globus_tui.auth.memory_tokens import MemoryTokens
from globus_tui.auth.tokens import TokenFile
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.auth.file_lock import FileLock
    from globus_tui.auth.records import ProfileKey, SignIn

FILE_NAME = "tokens.json"
STORES = ("auto", "keyring", "file")


class TokenStore(Protocol):
    """Keeps sign-ins by profile. Calls may touch slow disks: run them in a thread."""

    def where(self) -> str:
        """The place in words, for `whoami`."""

    def check(self) -> None:
        """Raises `TokensNotKept` when nothing could be written."""

    def load(self, key: ProfileKey) -> SignIn | None:
        """The sign-in of a profile."""

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here."""

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        """Adds tokens to what is kept and gives the result; see `TokenFile.merge`."""

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this; None forgets the profile."""

    def renewal_lock(self) -> FileLock | None:
        """What one program holds while it renews."""

    def take_notices(self) -> tuple[str, ...]:
        """What the user should be told, each once."""


def choose_store(wanted: str, data_folder: Path, *, keyring_seconds: float = 1.0) -> FallingBack:
    """The store to use, tried out; its notices say what had to be done without.

    Args:
        wanted: `auto` (keyring where one works, else file), `keyring` or `file`.
        data_folder: the platform's data folder of this program.
        keyring_seconds: how long the keyring may take to prove that it works.

    Raises:
        SettingsError: another word, or a keyring demanded where none works.
    """
    if wanted not in STORES:
        raise SettingsError(f"token_store must be one of {', '.join(STORES)}, not {wanted!r}")
    file = FallingBack(TokenFile(data_folder / FILE_NAME), MemoryTokens())
    chosen = file
    if wanted != "file":
        from globus_tui.auth.keyring_store import NO_KEYRING, find_keyring

        ring, why_not = find_keyring(data_folder, seconds=keyring_seconds)
        if ring is not None:
            chosen = FallingBack(ring, MemoryTokens() if wanted == "keyring" else file)
        elif wanted == "keyring":
            raise SettingsError(
                f"token_store is keyring, but none can be used. {why_not}",
                advice='Unlock or install one, or set token_store = "auto" or "file".',
            )
        elif why_not != NO_KEYRING:
            chosen.tell(f"{why_not} Tokens are kept in {file.where()} instead.")
    chosen.check()
    return chosen
