"""The last answer on disk, so that the console opens with rows: marked with their age, and replaced by live ones.

One private file for each profile, environment and identity. A file that cannot be read, is of another version of this
program or of another identity, or that others may write, counts as none. Losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import sys
import time
import zlib
from dataclasses import field
from typing import TYPE_CHECKING, Any

from globus_tui import __version__
from globus_tui.cache_files import make_folder, names_beside, open_own, write_own
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from globus_tui.domain.timer.health import Word
    from globus_tui.domain.timer.job import JobId
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.rows import Row, StoredDocument

ROWS_KEPT = 120
"""Rows worth keeping, worst first: several screens. Reading thousands would take longer than asking Globus."""

SAVE_EVERY = 180.0
"""Seconds: the file is written no more often, besides at the end."""

_FORMAT = 8
_MOST_BYTES = 8_000_000
_OURS = "globus_tui.domain."
_OTHERS = {
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("globus_tui.store.rows", "Row"),
    ("globus_tui.store.answer_cache", "CachedRows"),
}


@dataclass(frozen=True, slots=True)
class CachedRows:
    """The cached data of one profile.

    Attributes:
        label: whose it is: profile, environment and identity.
        at: when the service gave the answer, by this machine's clock.
        rows: the worst, at most `ROWS_KEPT`.
        documents: of their timers.
        counts: timers by health word, of all of them.
        tasks: finished tasks of the rows; they do not change any more.
        collections: names that the rows mention, by id.
    """

    label: str
    at: datetime
    rows: tuple[Row, ...] = ()
    documents: Mapping[JobId, StoredDocument] = field(default_factory=dict)
    counts: Mapping[Word, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    collections: Mapping[str, Collection] = field(default_factory=dict)


class AnswerCache:
    """The file of one profile, environment and identity.

    Args:
        folder: the cache folder of this program; made with mode 0700.
        label: whose answers these are, e.g. `default production ops@example.org`.
    """

    def __init__(self, folder: Path, label: str) -> None:
        self.label = label
        name = hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:20]
        self.path = folder / f"rows-{name}"
        self._saved_at = 0.0

    def load(self) -> CachedRows | None:
        """Returns the cached data; None if there is none, or if it cannot be used."""
        try:
            with open_own(self.path, _MOST_BYTES) as file:
                packed = file.read()
            head, _, body = packed.partition(b"\n")
            if head != _head():
                return None
            value = _Reader(io.BytesIO(zlib.decompress(body))).load()
        except (OSError, ValueError, EOFError, AttributeError, ImportError, TypeError, LookupError):
            return None
        except (zlib.error, pickle.UnpicklingError):
            return None
        return value if isinstance(value, CachedRows) and value.label == self.label else None

    def due(self) -> bool:
        return time.monotonic() - self._saved_at >= SAVE_EVERY or not self._saved_at

    def save(self, kept: CachedRows) -> bool:
        """Replaces the file; False when that is not possible. Blocks: call it off the event loop."""
        self._saved_at = time.monotonic()
        try:
            make_folder(self.path.parent)
            write_own(self.path, _head() + b"\n" + zlib.compress(pickle.dumps(kept, protocol=5), 1))
        except OSError:
            return False
        return True

    def save_names(self, timers: Iterable[str], collections: Iterable[str]) -> None:
        """Writes names for shell completion, which `names` reads; a failure is harmless."""
        lines = [self.label.partition("\n")[0]]
        for kind, entries in (("timers", timers), ("collections", collections)):
            lines += [f"{kind} {text}" for text in dict.fromkeys(entries) if text.isprintable()]
        try:
            make_folder(self.path.parent)
            write_own(names_beside(self.path), "\n".join(lines).encode(errors="replace"))
        except OSError:
            return

    def forget(self) -> None:
        """Deletes the files, e.g. after signing out."""
        for path in (self.path, names_beside(self.path)):
            with contextlib.suppress(OSError):
                path.unlink()


class _Reader(pickle.Unpickler):
    """Unpickles values of this program's own classes and nothing else, so that no file can run code."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if module_name.startswith(_OURS) or (module_name, global_name) in _OTHERS:
            named = super().find_class(module_name, global_name)
            if isinstance(named, type) and named.__module__ == module_name:
                return named
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in a cache")


def _head() -> bytes:
    return f"globus_tui rows {_FORMAT} {__version__} {sys.version_info[0]}.{sys.version_info[1]}".encode()
