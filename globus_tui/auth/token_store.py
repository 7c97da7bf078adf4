"""Where tokens are kept: the system keyring (see `keyring_store`), a file of the user's own, or memory when neither can
be had; with a spare one, for keyrings that lock and disks that fill.

The file is 0600 in a 0700 folder, and shared safely by all programs that see it.
"""

from __future__ import annotations

import contextlib
import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from globus_tui.api.http import Clock, utc_now
from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.records import ProfileKey, SignIn, decode, encode, merge_sign_ins
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError, SettingsError
from globus_tui.private_files import make_private_folder, overwrite_private, read_private, write_private
from globus_tui.settings import TOKEN_STORES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILE_NAME = "tokens.json"
LOCK_SECONDS = 5.0
"""How long a write waits for another program's: they take milliseconds."""


class TokensNotKept(GlobusTuiError):
    """Tokens cannot be stored: read-only, full or locked. They still work in memory."""

    advice = "Tokens are held in memory and gone when the program ends."


class TokenStore(ABC):
    """Keeps sign-ins by profile. Calls may touch slow disks: run them in a thread.

    Raises:
        TokensNotKept: from each, where it cannot be read or written.
        SettingsError: other users may read what is kept.
    """

    @abstractmethod
    def where(self) -> str:
        """The place in words, for `whoami`."""

    @abstractmethod
    def load(self, key: ProfileKey) -> SignIn | None:
        """The sign-in of a profile."""

    @abstractmethod
    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here."""

    @abstractmethod
    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        """Adds tokens and gives what is kept now.

        Args:
            renewal: the tokens were renewed, not signed in for: they are dropped when the profile has been signed out
                meanwhile.

        Returns:
            What is kept: unchanged when it belongs to another identity, None when nothing is.
        """

    @abstractmethod
    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this; None forgets the profile."""

    def check(self) -> None:
        """Raises `TokensNotKept` when nothing could be kept."""
        self.profiles()

    def renewal_lock(self) -> FileLock | None:
        """The lock to hold while renewing; None where the tokens are not shared, or nothing can be locked."""
        return None

    def take_notices(self) -> tuple[str, ...]:
        """What the user should be told, each once."""
        return ()

    def doubt(self) -> str | None:
        """Why some tokens may be kept that could not be read; None when everything was read, or reading raised."""
        return None


_VERSION = 1


class TokenDocument:
    """All sign-ins of a file. Entries that this version cannot read are carried along unchanged."""

    __slots__ = ("_sign_ins", "newer")

    def __init__(self) -> None:
        self._sign_ins: Any = {}
        self.newer = False
        """A newer version of this program wrote it, in a way that this one may not understand."""

    @classmethod
    def parse(cls, text: Secret | None) -> TokenDocument | None:
        """Reads a file; an empty or missing one has no sign-ins. None when it is damaged."""
        document = cls()
        if not text:
            return document
        try:
            contents = json.loads(text.reveal())
            version = contents.get("version") if isinstance(contents, dict) else None
            if isinstance(version, int) and version > _VERSION:
                document.newer = True
                return document
            document._sign_ins = contents["sign_ins"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return document if isinstance(document._sign_ins, dict) else None

    def render(self) -> Secret:
        return Secret(json.dumps({"version": _VERSION, "sign_ins": self._sign_ins}, indent=1))

    def profiles(self) -> tuple[ProfileKey, ...]:
        return tuple(filter(None, map(ProfileKey.parse, self._sign_ins)))

    def get(self, key: ProfileKey) -> SignIn | None:
        return decode(self._sign_ins.get(str(key)))

    def put(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        self._sign_ins.pop(str(key), None)
        if sign_in is not None:
            self._sign_ins[str(key)] = encode(sign_in)

    def __bool__(self) -> bool:
        return bool(self._sign_ins)

    def __repr__(self) -> str:
        return f"TokenDocument({len(self._sign_ins)} sign-ins)"


class TokenFile(TokenStore):
    """All profiles' tokens in one JSON file.

    Every write re-reads the file under a lock and unites what it finds with what it adds, so two programs on two login
    nodes never lose each other's tokens.
    """

    def __init__(self, path: Path, *, clock: Clock = utc_now, lock_seconds: float = LOCK_SECONDS) -> None:
        self._path = path
        self._clock = clock
        self._lock_seconds = lock_seconds
        self._notices: list[str] = []

    def where(self) -> str:
        return str(self._path)

    def check(self) -> None:
        with self._locked():
            pass

    def load(self, key: ProfileKey) -> SignIn | None:
        return self._read().get(key)

    def profiles(self) -> tuple[ProfileKey, ...]:
        return self._read().profiles()

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        kept: SignIn | None = None

        def change(document: TokenDocument) -> None:
            nonlocal kept
            kept = with_new(document.get(key), new, renewal=renewal)
            document.put(key, kept)

        self._change(change)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        self._change(lambda document: document.put(key, sign_in), removes=sign_in is None)

    def renewal_lock(self) -> FileLock | None:
        return FileLock(self._path.with_name(self._path.name + ".renewing"))

    def take_notices(self) -> tuple[str, ...]:
        taken, self._notices = tuple(self._notices), []
        return taken

    def _change(self, change: Callable[[TokenDocument], None], *, removes: bool = False) -> None:
        with self._locked():
            document = self._parsed()
            if document is None:
                self._set_aside()
                document = TokenDocument()
            change(document)
            with _raising_not_kept(self._path, "written"):
                if removes:
                    for leftover in self._path.parent.glob(f".{self._path.name}.*"):  # left by a killed program
                        leftover.unlink(missing_ok=True)
                if not document:
                    self._path.unlink(missing_ok=True)
                    return
                try:
                    write_private(self._path, document.render())
                except OSError:
                    if not removes:
                        raise
                    overwrite_private(self._path, document.render())  # in place: a shorter text needs no further room

    def _parsed(self) -> TokenDocument | None:
        document = TokenDocument.parse(self._read_raw())
        if document is not None and document.newer:
            raise TokensNotKept(f"{self._path} was written by a newer version of this program and is left alone.")
        return document

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._path.with_name(self._path.name + ".lock"))
        with contextlib.ExitStack() as stack:
            with _raising_not_kept(self._path, "written"):
                make_private_folder(self._path.parent)
                had = stack.enter_context(lock.hold(self._lock_seconds))
            if not had:
                raise TokensNotKept(f"{self._path} has been locked by another program for {self._lock_seconds:.0f} s.")
            yield

    def _read(self) -> TokenDocument:
        document = self._parsed()
        if document is not None:
            return document
        try:
            with self._locked():  # else a file that another program has just repaired could be set aside
                document = self._parsed()
                if document is None:
                    self._set_aside()
        except TokensNotKept as fault:
            self._notices.append(f"{self._path} is damaged and could not be set aside. {fault}")
        return TokenDocument() if document is None else document

    def _read_raw(self) -> Secret | None:
        with _raising_not_kept(self._path, "read"):
            return read_private(self._path)

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.name}.corrupt-{self._clock():%Y%m%dT%H%M%S}")
        with contextlib.suppress(OSError):
            self._path.rename(aside)
        self._notices.append(f"{self._path} could not be read; it was set aside as {aside.name}. Please sign in again.")


def with_new(kept: SignIn | None, new: SignIn, *, renewal: bool) -> SignIn | None:
    """What a profile holds after `merge`; None when a renewal comes too late for a profile signed out meanwhile."""
    return None if renewal and kept is None else merge_sign_ins(kept, new, renewal=renewal)


@contextlib.contextmanager
def _raising_not_kept(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise TokensNotKept(f"{path} cannot be {done}: {fault.strerror or type(fault).__name__}.") from None


class MemoryTokens(TokenStore):
    """Keeps nothing beyond the program's end."""

    def __init__(self) -> None:
        self._kept: dict[ProfileKey, SignIn] = {}

    def where(self) -> str:
        return "memory only: they are gone when the program ends"

    def load(self, key: ProfileKey) -> SignIn | None:
        return self._kept.get(key)

    def profiles(self) -> tuple[ProfileKey, ...]:
        return tuple(self._kept)

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        kept = with_new(self._kept.get(key), new, renewal=renewal)
        self.replace(key, kept)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        self._kept.pop(key, None)
        if sign_in is not None:
            self._kept[key] = sign_in


class FallingBack(TokenStore):
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
        try:
            kept = tuple(key for key in self._main.profiles() if key not in self._forgotten)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self.unseen = str(fault)
            kept = ()
        return tuple(dict.fromkeys((*kept, *self._spare.profiles())))

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        holder, held = self._holder(key)
        if renewal and holder is self._spare:
            return self._spare.merge(key, new, renewal=True)
        if holder is self._spare:
            new = merge_sign_ins(held, new)
        try:
            kept = self._main.merge(key, new, renewal=renewal)
        except TokensNotKept as fault:
            self._fall_back(fault)
            kept = with_new(held, new, renewal=renewal)
            self._spare.replace(key, kept)
            return kept
        self._forgotten.discard(key)
        if holder is self._spare:
            with contextlib.suppress(TokensNotKept):  # the later sign-in counts, even if an earlier one stays
                self._spare.replace(key, None)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this.

        Raises:
            TokensNotKept: it is forgotten by this program only: the main store has it still.
        """
        failure: TokensNotKept | None = None
        spare: SignIn | None = None
        try:
            self._main.replace(key, sign_in)
            self._forgotten.discard(key)
        except TokensNotKept as fault:
            self._fall_back(fault)
            self._forgotten.add(key)
            failure, spare = (fault if sign_in is None else None), sign_in
        if spare is not None or key in self._spare.profiles():
            self._spare.replace(key, spare)
        if failure is not None:
            raise failure

    def doubt(self) -> str | None:
        return self.unseen or self._spare.doubt()

    def renewal_lock(self) -> FileLock | None:
        return self._spare.renewal_lock() if self._fault else self._main.renewal_lock()

    def take_notices(self) -> tuple[str, ...]:
        taken, self._notices = self._notices, []
        return (*taken, *self._main.take_notices(), *self._spare.take_notices())

    def tell(self, notice: str) -> None:
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
    return max((saved.signed_in_at.timestamp() for saved in sign_in.grants.values()), default=0.0)


def choose_store(choice: str, data_folder: Path, *, keyring_seconds: float = 1.0) -> FallingBack:
    """The store to use, tried out; its notices say what had to be done without.

    Args:
        choice: `auto` (keyring where one works, else file), `keyring` or `file`.
        data_folder: the platform's data folder of this program.
        keyring_seconds: how long the keyring may take to prove that it works.

    Raises:
        SettingsError: another word, or a keyring demanded where none works.
    """
    if choice not in TOKEN_STORES:
        raise SettingsError(f"token_store must be one of {', '.join(TOKEN_STORES)}, not {choice!r}")
    file = FallingBack(TokenFile(data_folder / FILE_NAME), MemoryTokens())
    chosen = file
    if choice != "file":
        from globus_tui.auth.keyring_store import NO_KEYRING, NO_PACKAGE, find_keyring

        ring, why_not = find_keyring(data_folder, seconds=keyring_seconds)
        if ring is not None:
            chosen = FallingBack(ring, MemoryTokens() if choice == "keyring" else file)
        elif choice == "keyring":
            raise SettingsError(
                f"token_store is keyring, but none can be used. {why_not}",
                advice='Unlock or install one, or set token_store = "auto" or "file".',
            )
        elif why_not not in (NO_KEYRING, NO_PACKAGE):
            chosen.tell(f"{why_not} Tokens are kept in {file.where()} instead.")
            chosen.unseen = why_not
    chosen.check()
    return chosen
