"""The journal: every change of a timer, appended to a file in the state folder. Undo and audit stand on it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from globus_tui.store.journal_lines import START, digest, make_line, read_journal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from globus_tui.store.journal_lines import JournalLine

_LOCK_TIMEOUT = 2.0
_PATIENCE = 5.0
_TAIL = 65536


class Journal:
    """Appends entries; never in the way of what it records.

    When the file cannot be written (full or read-only home), entries are kept in memory, tried again with the next
    one, and `take_warning` has one sentence about it, once.

    Args:
        path: the file; its folder is made with mode 0700, the file with 0600. None keeps all in memory (demo).
        profile: name of the profile.
        who: who acts, as far as known; may be set later.
    """

    def __init__(self, path: Path | None, *, profile: str = "default", who: str | None = None) -> None:
        self.path = path
        self.profile = profile
        self.who = who
        self.unwritten: list[Mapping[str, Any]] = []
        self.problem: str | None = None
        self._warned = False
        self._turn = threading.Lock()

    async def append(self, entry: Mapping[str, Any]) -> None:
        """Appends one entry, off the event loop; never raises for the file's sake, nor waits for it long.

        A home on a dead network drive may keep the thread for ever; the entry then stays in memory.
        """
        self._remember(entry)
        try:
            await asyncio.wait_for(asyncio.to_thread(self._write), _PATIENCE)
        except TimeoutError:
            self.problem = f"The journal {self.path} cannot be written: its file system does not answer"

    def append_now(self, entry: Mapping[str, Any]) -> None:
        """The same, at once; for when the program is about to end."""
        self._remember(entry)
        self._write()

    def _remember(self, entry: Mapping[str, Any]) -> None:
        by = {"v": 1, "profile": self.profile, "who": self.who, "host": socket.gethostname(), "pid": os.getpid()}
        self.unwritten.append({**by, **entry})

    def _write(self) -> None:
        if self.path is None or not self._turn.acquire(timeout=_LOCK_TIMEOUT):
            return
        try:
            self._write_all(self.path)
            self.problem = None
        except OSError as error:
            self.problem = f"The journal {self.path} cannot be written: {error.strerror or error}"
        finally:
            self._turn.release()

    async def entries(self) -> tuple[Mapping[str, Any], ...]:
        """What this profile's timers went through, oldest first; of a file that cannot be read, what is in memory.

        Read off the event loop, and not waited for longer than for writing.
        """
        waiting = tuple(self.unwritten)
        written: tuple[JournalLine, ...] = ()
        if self.path is not None:
            with suppress(OSError, TimeoutError):
                written = await asyncio.wait_for(asyncio.to_thread(read_journal, self.path), _PATIENCE)
        found = [line.entry for line in written if line.entry is not None]
        return tuple(one for one in (*found, *waiting) if one.get("profile") == self.profile)

    def take_warning(self) -> str | None:
        """Why changes are not being recorded; said once."""
        if self.problem is None or self._warned:
            return None
        self._warned = True
        return f"{self.problem}. Changes are recorded in memory only."

    def _write_all(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(path, flags, 0o600)
        try:
            if os.fstat(handle).st_mode & 0o077:
                os.fchmod(handle, 0o600)
            locked = _lock(handle)
            while self.unwritten:
                _append(handle, self.unwritten[0], locked=locked)
                del self.unwritten[0]
        finally:
            os.close(handle)  # gives the lock back too


def _lock(handle: int) -> bool:
    """Waits a little for the advisory lock; on a file system without locks it goes on without."""
    until = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        except OSError:
            return False
        else:
            return True


def _append(handle: int, entry: Mapping[str, Any], *, locked: bool) -> None:
    """One write for the whole line: with O_APPEND it lands in one piece."""
    size = os.fstat(handle).st_size
    last, ended = _last_line(handle, size)
    line = make_line(entry if locked else {**entry, "unlocked": True}, START if last is None else digest(last))
    sent = (b"" if ended else b"\n") + line + b"\n"
    written = os.write(handle, sent)
    if written != len(sent):
        if locked:
            os.ftruncate(handle, size)
        raise OSError(28, "no space left for the whole line")


def _last_line(handle: int, size: int) -> tuple[bytes | None, bool]:
    """The last line without its newline (None in an empty file), and whether it was ended by one."""
    if size == 0:
        return None, True
    reach = _TAIL
    while True:
        start = max(0, size - reach)
        tail = os.pread(handle, size - start, start)
        ended = tail.endswith(b"\n")
        body = tail[:-1] if ended else tail
        cut = body.rfind(b"\n")
        if cut >= 0 or start == 0:
            return body[cut + 1 :], ended
        reach *= 4
