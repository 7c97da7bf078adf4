"""Where tokens are kept: the system keyring, a file, or memory when neither can be had; with a spare one, for keyrings
that lock and disks that fill.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from globus_tui.auth.tokens import TokenFile, TokensNotKept, with_new
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.auth.file_lock import FileLock
    from globus_tui.auth.records import ProfileKey, SignIn


class FallingBack:
    """Writes to the main store, and when that fails to the spare one, and says so once.

    Both are read, and the later sign-in counts: a full home directory signs nobody out, and who signed in where no
    keyring was to be had is still signed in where there is one.
    """

    def __init__(self, main: TokenStore, spare: TokenStore) -> None:
        self._main = main
        self._spare = spare
        self._forgotten: set[ProfileKey] = set()
        self._fault: TokensNotKept | None = None
        self._notices: list[str] = []
        self.unseen: str | None = None
        """Why the main store, or one before it, could not be read: there may be tokens in it."""

    @property
    def fault(self) -> TokensNotKept | None:
        """Why the main store is not written to any more."""
        return self._fault

    def where(self) -> str:
        """The place in words."""
        return f"{self._spare.where()} ({self._fault})" if self._fault else self._main.where()

    def check(self) -> None:
        """Tries the main store, so that the notice comes at the start and not with the first renewal."""
        try:
            self._main.check()
        except TokensNotKept as fault:
            self._fall_back(fault)
            self._spare.check()

    def load(self, key: ProfileKey) -> SignIn | None:
        return self._holder(key)[1]

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here."""
        try:
            kept = tuple(key for key in self._main.profiles() if key not in self._forgotten)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self.unseen = str(fault)
            kept = ()
        return tuple(dict.fromkeys((*kept, *self._spare.profiles())))

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        """Adds tokens, in the store that has the profile; see `TokenFile.merge`."""
        holder, held = self._holder(key)
        if renewal and holder is self._spare:
            return self._spare.merge(key, new, renewal=True)
        if holder is self._spare:
            new = with_new(held, new, renewal=False) or new
        try:
            kept = self._main.merge(key, new, renewal=renewal)
        except TokensNotKept as fault:
            self._fall_back(fault)
            kept = with_new(held, new, renewal=renewal)
            self._spare.replace(key, kept)
            return kept
        self._forgotten.discard(key)
        if holder is self._spare:
            with suppress(TokensNotKept):  # the later sign-in counts, wherever an earlier one is left
                self._spare.replace(key, None)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this; None forgets the profile.

        Raises:
            TokensNotKept: it is forgotten by this program only: the main store has it still.
        """
        left: TokensNotKept | None = None
        spare: SignIn | None = None
        try:
            self._main.replace(key, sign_in)
            self._forgotten.discard(key)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self._forgotten.add(key)
            left, spare = (fault if sign_in is None else None), sign_in
        if spare is not None or key in self._spare.profiles():
            self._spare.replace(key, spare)
        if left is not None:
            raise left

    def doubt(self) -> str | None:
        """Of either store."""
        return self.unseen or self._spare.doubt()

    def renewal_lock(self) -> FileLock | None:
        """The lock of the store that is written to."""
        return self._spare.renewal_lock() if self._fault else self._main.renewal_lock()

    def take_notices(self) -> tuple[str, ...]:
        """What the user should be told, each once."""
        taken, self._notices = self._notices, []
        return (*taken, *self._main.take_notices(), *self._spare.take_notices())

    def tell(self, notice: str) -> None:
        """Adds a notice."""
        self._notices.append(notice)

    def _holder(self, key: ProfileKey) -> tuple[TokenStore, SignIn | None]:
        main: SignIn | None = None
        try:
            main = None if key in self._forgotten else self._main.load(key)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self.unseen = str(fault)
        spare = self._spare.load(key)
        if spare is not None and (main is None or _latest(spare) >= _latest(main)):
            return self._spare, spare
        return self._main, main

    def _fall_back(self, fault: TokensNotKept) -> None:
        if self._fault is None:
            self._notices.append(f"{fault} Tokens go to: {self._spare.where()}.")
        self._fault = fault


def _latest(sign_in: SignIn) -> float:
    return max((one.signed_in_at.timestamp() for one in sign_in.grants.values()), default=0.0)


class MemoryTokens:
    """Keeps nothing beyond the program's end."""

    def __init__(self) -> None:
        self._kept: dict[ProfileKey, SignIn] = {}

    def where(self) -> str:
        return "memory only: they are gone when the program ends"

    def check(self) -> None:
        """Always works."""

    def load(self, key: ProfileKey) -> SignIn | None:
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

    def doubt(self) -> None:
        """Nothing is hidden."""

    def take_notices(self) -> tuple[str, ...]:
        """There are none."""
        return ()


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

    def doubt(self) -> str | None:
        """Why there may be tokens that cannot be seen now; None when all that is kept was read."""


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
        from globus_tui.auth.keyring_store import NO_KEYRING, NO_PACKAGE, find_keyring

        ring, why_not = find_keyring(data_folder, seconds=keyring_seconds)
        if ring is not None:
            chosen = FallingBack(ring, MemoryTokens() if wanted == "keyring" else file)
        elif wanted == "keyring":
            raise SettingsError(
                f"token_store is keyring, but none can be used. {why_not}",
                advice='Unlock or install one, or set token_store = "auto" or "file".',
            )
        elif why_not not in (NO_KEYRING, NO_PACKAGE):
            chosen.tell(f"{why_not} Tokens are kept in {file.where()} instead.")
            chosen.unseen = why_not
    chosen.check()
    return chosen
