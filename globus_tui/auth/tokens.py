"""Tokens in a file of the user's own: 0600 in a 0700 folder, shared safely by all programs that see it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.records import united
from globus_tui.auth.services import real_clock
from globus_tui.auth.token_document import TokenDocument
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.private_files import make_private_folder, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from globus_tui.auth.records import ProfileKey, SignIn
    from globus_tui.auth.services import Clock
    from globus_tui.domain.credentials import Secret

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
            key: the profile.
            new: what to add.
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
        self._change(lambda document: document.put(key, sign_in))

    def renewal_lock(self) -> FileLock | None:
        """The lock that one program holds while it renews; None where there can be none."""
        return FileLock(self._path.with_name(self._path.name + ".renewing"))

    def take_notices(self) -> tuple[str, ...]:
        """What the user should be told, each once."""
        taken, self._notices = tuple(self._notices), []
        return taken

    def _change(self, change: Callable[[TokenDocument], None]) -> None:
        with self._locked():
            document = TokenDocument.parse(self._read_raw())
            if document is None:
                self._set_aside()
                document = TokenDocument()
            change(document)
            with _told_as_not_kept(self._path, "written"):
                write_private(self._path, document.render())

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
        document = TokenDocument.parse(self._read_raw())
        if document is not None:
            return document
        try:
            with self._locked():  # or a file that another program has just repaired would be set aside
                document = TokenDocument.parse(self._read_raw())
                if document is None:
                    self._set_aside()
        except TokensNotKept as fault:
            self._notices.append(f"{self._path} is damaged and could not be set aside. {fault}")
        return document or TokenDocument()

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
