"""The files through which copies of this program share answers: mode 0600, replaced whole, never a token in them.

For one user, profile, environment and identity there are

- `KEY.list`, `KEY.tasks`: the last answers, as they came over the wire, with their moments;
- `KEY.turn`: locked by the copy that is asking Globus now;
- `KEY.PID.copy`: locked by each copy as long as it lives.

Locks are the kernel's (`flock`): a copy that dies lets go of them. A file that cannot be read, is of another format or
of a time before this host was started counts as none. Losing all of them loses nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globus_tui.cache_files import open_own, write_own
from globus_tui.domain.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FORMAT = "globus_tui shared 1"
_MOST_BYTES = 64_000_000


class SharedFiles:
    """The files of one copy.

    Args:
        folder: gives the folder where copies meet (see `shared_folder`), None while there is none.
        label: gives what is shared with whom: only copies of the same label share; None while nobody is signed in.
    """

    def __init__(self, folder: Callable[[], Path | None], label: Callable[[], str | None]) -> None:
        self._folder = folder
        self._label = label
        self._presence: tuple[Path, int] | None = None
        self._turn: int | None = None
        self._seen: dict[str, tuple[int, int]] = {}

    # --- who is there

    def enter(self) -> bool:
        """Makes this copy seen by the others, if it is not already; False when sharing is not possible now."""
        place = self._path(f"{os.getpid()}-{id(self):x}.copy")
        if self._presence is not None and self._presence[0] == place and _is_at(self._presence[1], place):
            return True
        self._leave_presence()
        if place is None:
            return False
        descriptor = _locked(place)
        if descriptor is None:
            return False
        self._presence = (place, descriptor)
        return True

    def others(self) -> int:
        """How many other copies live; leftovers of dead ones are cleared away."""
        if self._presence is None:
            return 0
        own = self._presence[0]
        key = own.name.split(".", 1)[0]
        try:
            found = [one for one in own.parent.glob(f"{key}.*.copy") if one != own]
        except OSError:
            return 0
        return sum(_is_alive(one) for one in found)

    def leave(self) -> None:
        """This copy is no more."""
        self.give_turn()
        self._leave_presence()

    def _leave_presence(self) -> None:
        if self._presence is not None:
            place, descriptor = self._presence
            key = place.name.split(".", 1)[0]
            # The last one out takes the answers along: nobody is left to read them.
            for name in (place.name,) if self.others() else (place.name, f"{key}.list", f"{key}.tasks"):
                with contextlib.suppress(OSError):
                    place.with_name(name).unlink()
            os.close(descriptor)
            self._presence = None

    # --- whose turn it is

    def take_turn(self) -> bool:
        """Makes it this copy's turn to ask; False when another is asking. Where nothing can be locked it is ours."""
        path = self._path("turn")
        if self._turn is not None or path is None:
            return True
        try:
            self._turn = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.give_turn()
            return False
        except OSError:
            self.give_turn()
        return True

    def give_turn(self) -> None:
        """It is another's turn."""
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None

    # --- what was answered

    def write(self, kind: str, head: dict[str, Any], answers: Sequence[Packed]) -> bool:
        """Replaces the answers of a kind for all copies; False when that is not possible."""
        path = self._path(kind)
        if path is None:
            return False
        parts = [[len(one.body), one.encodings] for one in answers]
        first = json.dumps({"format": _FORMAT, "boot": _boot(), "label": self._label(), "parts": parts, **head})
        try:
            write_own(path, b"\n".join((first.encode(), b"".join(one.body for one in answers))))
            self._seen[kind] = _identity(os.stat(path))
        except OSError:
            return False
        return True

    def read(self, kind: str) -> tuple[dict[str, Any], list[Packed]] | None:
        """What another copy wrote since the last look; None when there is nothing new, or nothing of use."""
        path = self._path(kind)
        if path is None:
            return None
        try:
            contents, identity = _read_private(path, self._seen.get(kind))
        except OSError:
            return None
        self._seen[kind] = identity
        first, _, bodies = contents.partition(b"\n")
        try:
            head = json.loads(first)
            if (head["format"], head["boot"], head["label"]) != (_FORMAT, _boot(), self._label()):
                return None
            return head, _parts(head["parts"], bodies)
        except (ValueError, TypeError, LookupError, RecursionError):
            return None

    def look_again(self, kind: str) -> None:
        """What was read last could not be used then, but may be later."""
        self._seen.pop(kind, None)

    def _path(self, name: str) -> Path | None:
        label = self._label()
        folder = self._folder() if label is not None else None
        if label is None or folder is None:
            return None
        # The start of this host is in the name: should several hosts share the folder, they share nothing in it.
        whose = hashlib.sha256("\n".join((_boot(), label)).encode()).hexdigest()[:20]
        return folder / f"{whose}.{name}"


def _parts(parts: list[list[Any]], bodies: bytes) -> list[Packed]:
    """The answers that stand behind a head.

    Raises:
        ValueError: it is more or less than the head says.
    """
    found, at = [], 0
    for length, encodings in parts:
        found.append(Packed(bodies[at : at + int(length)], str(encodings)))
        at += int(length)
    if at != len(bodies):
        raise ValueError("not as long as it should be")
    return found


@lru_cache(maxsize=1)
def _boot() -> str:
    """Tells one start of this host from another: moments before and after it cannot be compared."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_ino, found.st_mtime_ns


def _read_private(path: Path, seen: tuple[int, int] | None) -> tuple[bytes, tuple[int, int]]:
    with open_own(path, _MOST_BYTES) as file:
        found = os.fstat(file.fileno())
        if _identity(found) == seen:
            raise FileNotFoundError(f"{path} is known already")
        return file.read(), _identity(found)


def _locked(path: Path) -> int | None:
    """Makes a file and locks it; None when that cannot be done. Others clear away what nobody has locked yet: again."""
    for _ in range(5):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)
    return None


def _is_at(descriptor: int, path: Path) -> bool:
    """The open file is still the one of that name: the folder may have been cleared meanwhile."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def _is_alive(path: Path) -> bool:
    """Somebody has it locked. What nobody has is cleared away while we have it ourselves."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
