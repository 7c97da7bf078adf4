"""A lock that programs on several machines can share through a common home directory.

`flock` first: the kernel lets go of it when a program dies, and Linux passes it on to NFS servers. Where the file
system knows no locks (ENOLCK and the like), a file that exists means locked: making one exclusively is atomic on NFS
too. Such a file can outlive its program, so one that is older than `STALE` is broken.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import TYPE_CHECKING

from globus_tui.private_files import take_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STALE = 60.0
"""Seconds after which a lock file is taken for a leftover: longer than anybody holds one."""


class FileLock:
    """An advisory lock. One object is one holder: it excludes other objects, in this program too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._marker: Path | None = None

    @property
    def kind(self) -> str:
        """How it is locked while it is held: `flock`, `file`, or an empty string."""
        return "file" if self._marker else "flock" if self._descriptor is not None else ""

    def try_acquire(self) -> bool:
        """Takes the lock if it is free; never waits.

        Raises:
            OSError: the lock file cannot be made (read-only, full, no permission).
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        had = take_lock(descriptor)
        if had:
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return self._try_marker() if had is None else False

    def release(self) -> None:
        """Releases the lock; does nothing when it is not held."""
        descriptor, marker = self._descriptor, self._marker
        self._descriptor = self._marker = None
        with contextlib.suppress(OSError):  # the work under the lock is done; a marker that is left becomes stale
            if descriptor is not None:
                os.close(descriptor)
            if marker is not None:
                marker.unlink(missing_ok=True)

    @contextlib.contextmanager
    def hold(self, timeout: float) -> Iterator[bool]:
        """Waits up to `timeout` seconds, blocking the thread; gives whether the lock was had."""
        deadline = time.monotonic() + timeout
        had = self.try_acquire()
        while not had and time.monotonic() < deadline:
            time.sleep(0.01)
            had = self.try_acquire()
        try:
            yield had
        finally:
            if had:
                self.release()

    def _try_marker(self) -> bool:
        marker = self._path.with_name(self._path.name + ".held")
        for _ in range(2):
            try:
                descriptor = os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                if not self._break_if_stale(marker):
                    return False
                continue
            self._marker = marker
            with contextlib.suppress(OSError):  # who holds it, for people to read; an empty file locks just as well
                os.write(descriptor, f"{socket.gethostname()} {os.getpid()}\n".encode())
            with contextlib.suppress(OSError):
                os.close(descriptor)
            return True
        return False

    def _break_if_stale(self, marker: Path) -> bool:
        try:
            os.utime(self._path)  # asks the file server for its time, which may differ from this machine's
            if self._path.stat().st_mtime - marker.stat().st_mtime < STALE:
                return False
            # Renamed before it is deleted: of two programs that find it stale, one moves it and the other fails.
            gone = marker.with_name(f"{marker.name}.stale-{os.getpid()}")
            marker.rename(gone)
            gone.unlink(missing_ok=True)
        except FileNotFoundError:
            pass
        return True
