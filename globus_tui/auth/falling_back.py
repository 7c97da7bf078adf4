"""A store with a spare one, for keyrings that lock and disks that fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.tokens import TokensNotKept, with_new

if TYPE_CHECKING:
    from globus_tui.auth.file_lock import FileLock
    from globus_tui.auth.records import ProfileKey, SignIn
    from globus_tui.auth.token_store import TokenStore


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
        """The sign-in of a profile."""
        return self._holder(key)[1]

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here."""
        try:
            kept = tuple(key for key in self._main.profiles() if key not in self._forgotten)
        except TokensNotKept as fault:
            self._fall_back(fault)
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
            self._spare.replace(key, None)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this; None forgets the profile."""
        spare: SignIn | None = None
        try:
            self._main.replace(key, sign_in)
            self._forgotten.discard(key)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self._forgotten.add(key)
            spare = sign_in
        if spare is not None or key in self._spare.profiles():
            self._spare.replace(key, spare)

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
