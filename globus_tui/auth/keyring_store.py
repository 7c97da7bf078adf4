"""Tokens in the system keyring. Every call has a deadline: a locked keyring may ask on a screen that nobody sees."""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.records import ProfileKey, SignIn, decode, encode
from globus_tui.auth.token_store import LOCK_SECONDS, TokensNotKept, TokenStore, with_new
from globus_tui.domain.auth.credentials import Secret
from globus_tui.private_files import make_private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

V = TypeVar("V")

SERVICE = "globus-tui"
INDEX = "profiles"
PIECE = 1000
"""Characters in one item: Windows' keyring takes about 1280."""
NO_KEYRING = "This machine has no system keyring."
NO_PACKAGE = "The Python package keyring is not installed, so the system keyring cannot be used."
CALL_SECONDS = 5.0


class Keyring(Protocol):
    """The part of a `keyring` backend that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None:
        """Removes an item; raises when there is none."""


class KeyringTokens(TokenStore):
    """One item for each profile, in pieces where it is long, and one that lists the profiles."""

    def __init__(
        self, ring: Keyring, name: str, folder: Path, *, chain: Iterable[Keyring] = (), seconds: float = CALL_SECONDS
    ) -> None:
        """Asks nothing yet.

        Args:
            chain: the keyrings that `ring` is made of: it reads from all of them, and deletes in the first only.
            seconds: how long a call may take.
        """
        self._ring = ring
        self._rings = tuple(chain) or (ring,)
        self._name = name
        self._folder = folder
        self._seconds = seconds

    def where(self) -> str:
        return f"the system keyring ({self._name})"

    def load(self, key: ProfileKey) -> SignIn | None:
        text = self._get(_item(key))
        try:
            return decode(json.loads(text.reveal())) if text else None
        except (ValueError, RecursionError):
            return None

    def profiles(self) -> tuple[ProfileKey, ...]:
        return tuple(filter(None, map(ProfileKey.parse, (self._get(INDEX) or Secret("")).reveal().split("\n"))))

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        with self._alone():
            kept = with_new(self.load(key), new, renewal=renewal)
            if kept is not None:
                self._put_sign_in(key, kept)
            return kept

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        with self._alone():
            self._put_sign_in(key, sign_in)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other programs from writing; without a writable home directory the keyring works without that."""
        with contextlib.ExitStack() as stack:
            if (lock := self._lock("lock")) is not None:
                with contextlib.suppress(OSError):
                    stack.enter_context(lock.hold(LOCK_SECONDS))
            yield

    def _put_sign_in(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        known = [str(other) for other in self.profiles() if other != key]
        if sign_in is None:
            self._delete(_item(key))
        else:
            self._set(_item(key), Secret(json.dumps(encode(sign_in))))
            known.append(str(key))
        self._set(INDEX, Secret("\n".join(known)))

    def renewal_lock(self) -> FileLock | None:
        return self._lock("renewing")

    def _lock(self, purpose: str) -> FileLock | None:
        try:
            make_private_folder(self._folder)
        except OSError:
            return None
        return FileLock(self._folder / f"keyring.{purpose}")

    def _get(self, item: str) -> Secret | None:
        names, digest = _pieces(item, self._call(self._ring.get_password, SERVICE, item))
        text = Secret("".join(self._call(self._ring.get_password, SERVICE, name) or "" for name in names))
        return text if _digest(text) == digest else None

    def _set(self, item: str, text: Secret) -> None:
        # Pieces are named after their contents and the head is written last, so the old text stays whole until then.
        old = self._call(self._ring.get_password, SERVICE, item)
        digest, length = _digest(text), len(text.reveal())
        for number, at in enumerate(range(0, length, PIECE)):
            self._put(f"{item}#{digest[:8]}#{number}", Secret(text.reveal()[at : at + PIECE]))
        head = f"{-(-length // PIECE)} {digest}"
        self._put(item, Secret(head))
        if old != head:
            self._drop_pieces(item, old)

    def _put(self, item: str, text: Secret) -> None:
        within(self._seconds, lambda: self._ring.set_password(SERVICE, item, text.reveal()))

    def _delete(self, item: str) -> None:
        """Forgets a text in every keyring. Raises `TokensNotKept`: it is still there, or may be."""
        heads = {self._call(ring.get_password, SERVICE, item) for ring in self._rings}
        kept = [] if self._remove(item) else [item]
        for head in filter(None, heads):
            kept += self._drop_pieces(item, head)
        if kept:
            raise TokensNotKept(f"The system keyring did not remove {', '.join(kept)} of the service {SERVICE}.")

    def _drop_pieces(self, item: str, head: str | None) -> list[str]:
        """Removes the pieces of a text, as far as possible; gives the names of those that are left."""
        return [name for name in _pieces(item, head)[0] if not self._remove(name)]

    def _remove(self, name: str) -> bool:
        """Whether no keyring has an item any more; what cannot be deleted is overwritten with nothing."""
        holding = [ring for ring in self._rings if not self._remove_from(ring, name)]
        return not holding

    def _remove_from(self, ring: Keyring, name: str) -> bool:
        def is_there() -> bool:
            return bool(self._call(ring.get_password, SERVICE, name))

        try:
            if not is_there():
                return True
            with contextlib.suppress(TokensNotKept):
                self._call(ring.delete_password, SERVICE, name)
            if is_there():
                self._call(ring.set_password, SERVICE, name, "")
            return not is_there()
        except TokensNotKept:
            return False

    def _call(self, function: Callable[..., V], *arguments: str) -> V:
        return within(self._seconds, lambda: function(*arguments))


def _item(key: ProfileKey) -> str:
    """The name of a profile's item, with capitals marked: keyrings.alt keeps one password for `Lab` and `lab`."""
    return "".join(f"^{letter}" if letter.isupper() else letter for letter in str(key))


def find_keyring(folder: Path, *, seconds: float) -> tuple[KeyringTokens | None, str | None]:
    try:
        # Before the deadline begins: slow imports do not mean that the keyring does not answer.
        import keyring.backends.chainer
        import keyring.backends.fail
        import keyring.backends.null  # noqa: F401 - what `_working_backend` needs
    except ImportError:  # the one-file program does not include it
        return None, NO_PACKAGE
    try:
        ring, name, chain = within(seconds, _working_backend)
    except TokensNotKept as fault:
        return None, str(fault)
    return (KeyringTokens(ring, name, folder, chain=chain), None) if ring is not None else (None, name)


def _working_backend() -> tuple[Keyring | None, str, tuple[Keyring, ...]]:
    """The keyring, what it is called and what it is made of; or None and why there is none."""
    import keyring
    from keyring.backends import chainer, fail, null

    ring = keyring.get_keyring()
    empty_chain = isinstance(ring, chainer.ChainerBackend) and not ring.backends
    if isinstance(ring, fail.Keyring | null.Keyring) or empty_chain:
        return None, NO_KEYRING, ()
    ring.get_password(SERVICE, INDEX)  # a locked one raises or hangs here and not later
    chain = tuple(ring.backends) if isinstance(ring, chainer.ChainerBackend) else ()
    return ring, type(ring).__module__.removeprefix("keyring.backends."), chain


def within(seconds: float, call: Callable[[], V]) -> V:
    """Runs a call in a thread of its own and waits so long for it.

    A thread that hangs is left behind; it is a daemon, so it holds nothing up, not even the end of the program.

    Raises:
        TokensNotKept: it took longer, or it raised. The error's own words are not passed on: backends quote what they
            were given.
    """
    answers: queue.SimpleQueue[tuple[V] | str] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((call(),))
        except BaseException as fault:  # backends raise errors of all kinds, down to those of the message bus
            answers.put(type(fault).__name__)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TokensNotKept(f"The system keyring did not answer within {seconds:g} s.") from None
    if isinstance(answer, str):
        raise TokensNotKept(f"The system keyring failed ({answer}).")
    return answer[0]


def _pieces(item: str, head: str | None) -> tuple[list[str], str]:
    """The names of the pieces that an item's head tells of, and the digest of the whole."""
    pieces, _, digest = (head or "").partition(" ")
    count = int(pieces) if pieces.isascii() and pieces.isdigit() and len(pieces) < 5 else 0
    return [f"{item}#{digest[:8]}#{number}" for number in range(count)], digest


def _digest(text: Secret) -> str:
    return hashlib.sha256(text.reveal().encode()).hexdigest()
