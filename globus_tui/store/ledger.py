"""The ledger: what people decided here about timers, in one file that all nodes with the same state folder share.

Whoever changes it holds a lock, reads what others wrote meanwhile, and replaces the file whole. A file that cannot be
understood is never overwritten. When a shrinking source alarms is kept in the journal instead: on another machine, with
another journal, it alarms at the usual level.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer.orders import Orders, orders_of
from globus_tui.domain.transfer.destructive import USUAL_PERCENT
from globus_tui.private_files import make_private_folder, read_file, take_lock, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft


_KEY = "alarm_percent"


def alarm_entry(draft: Draft) -> dict[str, float | None]:
    """The journal's field for the alarm level of a creation: none if it is the usual level, or nothing is deleted."""
    percent = draft.guards.fewer_percent
    return {_KEY: percent} if draft.deletes and percent != USUAL_PERCENT else {}


def alarm_levels(entries: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Alarm levels of timers made here that differ from the usual one, by id; None: it never alarms."""
    levels: dict[str, float | None] = {}
    for entry in entries:
        job_id = wire.text(wire.document(entry.get("timer")).get("id"))
        if entry.get("what") == "create" and _KEY in entry and job_id:
            levels[job_id] = wire.number(entry[_KEY])
    return levels


Document = dict[str, Any]
_PATIENCE = 5.0
_LOCK_TIMEOUT = 2.0
_MOST_BYTES = 20_000_000
_VERSION = 1
SHARED_FIELDS = ("note", "tags")
"""What a shared file has of a timer."""
FIELDS_HANDED_ON = ("note", "tags", "good_within", "fewer_files", "good_at")
"""What is written of a timer that goes to another one in its place."""


class Ledger:
    """One profile's part of the file.

    Args:
        path: the file; None keeps all in memory (demo).
        shared: several people write it: whoever may write into its folder may read and write the file.
    """

    def __init__(self, path: Path | None, profile: str = "default", *, shared: bool = False) -> None:
        self.path = path
        self.profile = profile
        self.shared = shared
        self._in_memory: Document = {}
        self._turn = threading.Lock()
        self._stamp: object = None

    async def read(self) -> Mapping[str, Any]:
        """This profile's part; an empty document if there is none. Callers must not change it.

        Raises:
            GlobusTuiError: the file cannot be read or understood, or its file system does not answer.
        """
        return wire.document(wire.document((await self._aside(self._load)).get("profiles")).get(self.profile))

    async def has_changed(self) -> bool:
        """Whether somebody wrote since `read` was last called; False where that cannot be told."""
        return bool(await self._aside(self._look) != self._stamp)

    async def change(self, edit: Callable[[Document], None]) -> Document:
        """Lets `edit` change this profile's part, and writes it.

        Raises:
            GlobusTuiError: it cannot be read, understood or written; nothing is changed then.
        """
        document: Document = await self._aside(lambda: self._change(edit))
        return document

    async def _aside(self, work: Callable[[], Any]) -> Any:
        if self.path is None:
            return work()
        try:
            return await asyncio.wait_for(asyncio.to_thread(work), _PATIENCE)
        except TimeoutError:
            raise GlobusTuiError(f"{self.path} cannot be read: its file system does not answer.") from None
        except OSError as error:
            raise GlobusTuiError(f"{self.path} cannot be used: {error.strerror or error}.") from None

    def _look(self) -> object:
        if self.path is None:
            return self._stamp
        with suppress(OSError):
            stat = self.path.stat()
            return stat.st_mtime_ns, stat.st_size, stat.st_ino
        return None

    def _load(self) -> Document:
        if self.path is None:
            return self._in_memory
        self._stamp = self._look()
        try:
            document = json.loads(read_file(self.path, _MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or document.get("v") != _VERSION:
            raise GlobusTuiError(
                f"{self.path} cannot be understood: it is not of this version of the program, or damaged.",
                advice="It is left as it is. Move it away to begin anew.",
            )
        return document

    def _change(self, edit: Callable[[Document], None]) -> Document:
        with self._turn, self._locked():
            whole = copy.deepcopy(self._load()) or {"v": _VERSION}
            part: Document = whole.setdefault("profiles", {}).setdefault(self.profile, {})
            edit(part)
            if self.path is None:
                self._in_memory = whole
            else:
                text = json.dumps(whole, ensure_ascii=False, indent=1, default=str)
                write_private(self.path, text.encode("utf-8", "backslashreplace"), mode=self._mode())
                self._hand_to_group(self.path)
                self._stamp = self._look()
            return part

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Waits a little for the lock; on a file system without locks it goes on without."""
        if self.path is None:
            yield
            return
        if not self.shared:
            make_private_folder(self.path.parent)
        lock = self.path.with_suffix(".lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if self.shared and os.fstat(handle).st_uid == os.geteuid():
                os.fchmod(handle, self._mode())
                self._hand_to_group(lock)
            locked = take_lock(handle, _LOCK_TIMEOUT)
            if locked is False:
                raise GlobusTuiError(f"{self.path} is being changed by another copy of this program: try again.")
            if locked is None and self.shared:
                raise GlobusTuiError(
                    f"{self.path} was not written: its file system has no locks, so what others write could be lost."
                )
            yield
        finally:
            os.close(handle)

    def _mode(self) -> int:
        """Of a shared file: for those who may write into its folder."""
        if not self.shared or self.path is None:
            return 0o600
        writers = self.path.parent.stat().st_mode & 0o022
        return 0o600 | writers | writers << 1

    def _hand_to_group(self, path: Path) -> None:
        """Gives the file the folder's group, which shares it; not possible for somebody outside that group."""
        if self.shared:
            with suppress(OSError):
                os.chown(path, -1, path.parent.stat().st_gid)


def orders_in(document: Mapping[str, Any]) -> dict[str, Orders]:
    """The decisions in a profile's part of the ledger, by timer id."""
    windows = {
        str(window.get("id")): window for window in wire.items(document.get("windows")) if isinstance(window, dict)
    }
    timers = wire.document(document.get("timers"))
    return {key: orders_of(timer, windows) for key, timer in timers.items() if isinstance(timer, dict)}


def edit_timer(document: Document, job_id: str, **changes: Any) -> None:
    """Sets fields of one timer; None removes a field."""
    timers: Document = document.setdefault("timers", {})
    timer: Document = timers.setdefault(job_id, {})
    for key, value in changes.items():
        if value in (None, "", [], ()):
            timer.pop(key, None)
        else:
            timer[key] = value
    if not timer:
        del timers[job_id]
