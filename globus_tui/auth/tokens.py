"""Tokens in a file of the user's own: 0600 in a 0700 folder, shared safely by all programs that see it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.records import ProfileKey, SignIn, decode, encode, united
from globus_tui.auth.services import real_clock
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.private_files import make_private_folder, overwrite_private, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from globus_tui.auth.services import Clock

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
            found = json.loads(text.reveal())
            version = found.get("version") if isinstance(found, dict) else None
            if isinstance(version, int) and version > _VERSION:
                document.newer = True
                return document
            document._sign_ins = found["sign_ins"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return document if isinstance(document._sign_ins, dict) else None

    def render(self) -> Secret:
        """What to write."""
        return Secret(json.dumps({"version": _VERSION, "sign_ins": self._sign_ins}, indent=1))

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has an entry."""
        return tuple(filter(None, map(ProfileKey.parse, self._sign_ins)))

    def get(self, key: ProfileKey) -> SignIn | None:
        return decode(self._sign_ins.get(str(key)))

    def put(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Sets the sign-in of a profile; None removes it."""
        self._sign_ins.pop(str(key), None)
        if sign_in is not None:
            self._sign_ins[str(key)] = encode(sign_in)

    def __bool__(self) -> bool:
        """Something is in it."""
        return bool(self._sign_ins)

    def __repr__(self) -> str:
        return f"TokenDocument({len(self._sign_ins)} sign-ins)"


LOCK_SECONDS = 5.0
"""How long a write waits for another program's: they take milliseconds."""


class TokensNotKept(GlobusTuiError):
    """Tokens cannot be stored: read-only, full or locked. They still work in memory."""

    advice = "Tokens are held in memory and gone when the program ends."


class TokenFile:
    """All profiles' tokens in one JSON file.

    Every write re-reads the file under a lock and unites what it finds with what it adds, so two programs on two login
    nodes never lose each other's tokens.
    """

    def __init__(self, path: Path, *, clock: Clock = real_clock, lock_seconds: float = LOCK_SECONDS) -> None:
        self._path = path
        self._clock = clock
        self._lock_seconds = lock_seconds
        self._notices: list[str] = []

    def where(self) -> str:
        """The place, for `whoami`."""
        return str(self._path)

    def check(self) -> None:
        """Tries whether tokens could be written.

        Raises:
            TokensNotKept: they could not.
        """
        with self._locked():
            pass

    def load(self, key: ProfileKey) -> SignIn | None:
        """The sign-in of a profile.

        Raises:
            SettingsError: other users may read the file.
        """
        return self._read().get(key)

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has a sign-in here.

        Raises:
            SettingsError: other users may read the file.
        """
        return self._read().profiles()

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        """Adds tokens and gives what is kept now.

        Args:
            renewal: the tokens were renewed, not signed in for: they are dropped when the profile has been signed out
                meanwhile.

        Returns:
            What is kept: unchanged when it belongs to another identity, None when nothing is.

        Raises:
            TokensNotKept: the file cannot be written.
            SettingsError: other users may read the file.
        """
        kept: SignIn | None = None

        def change(document: TokenDocument) -> None:
            nonlocal kept
            kept = with_new(document.get(key), new, renewal=renewal)
            document.put(key, kept)

        self._change(change)
        return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Keeps exactly this for a profile; None forgets it.

        Raises:
            TokensNotKept: the file cannot be written.
            SettingsError: other users may read the file.
        """
        self._change(lambda document: document.put(key, sign_in), removes=sign_in is None)

    def renewal_lock(self) -> FileLock | None:
        """The lock that one program holds while it renews; None where there can be none."""
        return FileLock(self._path.with_name(self._path.name + ".renewing"))

    def doubt(self) -> None:
        """What cannot be read raises."""

    def take_notices(self) -> tuple[str, ...]:
        """What the user should be told, each once."""
        taken, self._notices = tuple(self._notices), []
        return taken

    def _change(self, change: Callable[[TokenDocument], None], *, removes: bool = False) -> None:
        with self._locked():
            document = self._parsed()
            if document is None:
                self._set_aside()
                document = TokenDocument()
            change(document)
            with _told_as_not_kept(self._path, "written"):
                if removes:
                    for left in self._path.parent.glob(f".{self._path.name}.*"):  # of a program that was killed
                        left.unlink(missing_ok=True)
                if removes and not document:
                    self._path.unlink(missing_ok=True)
                    return
                try:
                    write_private(self._path, document.render())
                except OSError:
                    if not removes:
                        raise
                    overwrite_private(self._path, document.render())  # less than before: that needs no room

    def _parsed(self) -> TokenDocument | None:
        document = TokenDocument.parse(self._read_raw())
        if document is not None and document.newer:
            raise TokensNotKept(f"{self._path} was written by a newer version of this program and is left alone.")
        return document

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._path.with_name(self._path.name + ".lock"))
        with contextlib.ExitStack() as stack:
            with _told_as_not_kept(self._path, "written"):
                make_private_folder(self._path.parent)
                had = stack.enter_context(lock.held(self._lock_seconds))
            if not had:
                raise TokensNotKept(f"{self._path} has been locked by another program for {self._lock_seconds:.0f} s.")
            yield

    def _read(self) -> TokenDocument:
        document = self._parsed()
        if document is not None:
            return document
        try:
            with self._locked():  # or a file that another program has just repaired would be set aside
                document = self._parsed()
                if document is None:
                    self._set_aside()
        except TokensNotKept as fault:
            self._notices.append(f"{self._path} is damaged and could not be set aside. {fault}")
        return TokenDocument() if document is None else document

    def _read_raw(self) -> Secret | None:
        with _told_as_not_kept(self._path, "read"):
            return read_private(self._path)

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.name}.corrupt-{self._clock():%Y%m%dT%H%M%S}")
        with contextlib.suppress(OSError):
            self._path.rename(aside)
        self._notices.append(f"{self._path} could not be read; it was set aside as {aside.name}. Please sign in again.")


def with_new(kept: SignIn | None, new: SignIn, *, renewal: bool) -> SignIn | None:
    """What a profile holds after `merge`; None when a renewal comes too late for a profile signed out meanwhile."""
    return None if renewal and kept is None else united(kept, new)


@contextlib.contextmanager
def _told_as_not_kept(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise TokensNotKept(f"{path} cannot be {done}: {fault.strerror or type(fault).__name__}.") from None
