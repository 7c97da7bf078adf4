"""A disk in trouble: file calls below a folder are counted, and fail as they are told to."""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BY_PATH = ("mkdir", "replace", "rename", "unlink", "utime", "chmod", "listdir", "scandir")
_BY_DESCRIPTOR = ("write", "fsync", "ftruncate", "fchmod", "pread", "read")
_READING = {"open-read", "listdir", "scandir", "pread", "read", "close-read"}
READ_ONLY = frozenset({"open", "mkdir", "replace", "rename", "unlink", "utime", "chmod", "fchmod"})
"""Calls that a file system which is mounted for reading refuses."""
FULL = frozenset({"write", "fsync", "mkdir"})
"""Calls that a full disk, or one whose quota is used up, refuses. (A new name often still fits.)"""
LOCKS = frozenset({"flock", "lockf"})


@dataclass
class Disk:
    """What happened to the calls below a folder.

    Attributes:
        fault: `errno` of what fails.
        kinds: calls that fail; all where it is empty.
        at: only the call of this number fails, counted from 0; None: all of `kinds`.
        calls: what was called, in order.
    """

    folder: Path
    fault: int = errno.ENOSPC
    kinds: frozenset[str] = frozenset()
    at: int | None = None
    calls: list[str] = field(default_factory=list)
    _descriptors: dict[int, bool] = field(default_factory=dict)

    def _meant(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and str(path).startswith(str(self.folder))

    def meet(self, kind: str) -> None:
        """Counts a call.

        Raises:
            OSError: it is one that fails.
        """
        number = len(self.calls)
        self.calls.append(kind)
        if number == self.at or (self.at is None and (kind in self.kinds if self.kinds else kind not in _READING)):
            raise OSError(self.fault, os.strerror(self.fault))

    @contextmanager
    def taking_over(self) -> Iterator[Disk]:
        """From now on, calls are counted and fail."""
        with ExitStack() as stack:
            for name in _BY_PATH:
                stack.enter_context(patch.object(os, name, self._by_path(name, getattr(os, name))))
            for name in _BY_DESCRIPTOR:
                stack.enter_context(patch.object(os, name, self._by_descriptor(name, getattr(os, name))))
            for name in ("flock", "lockf"):
                stack.enter_context(patch.object(fcntl, name, self._by_descriptor(name, getattr(fcntl, name))))
            stack.enter_context(patch.object(os, "open", self._open(os.open)))
            stack.enter_context(patch.object(os, "close", self._close(os.close)))
            stack.enter_context(patch.object(os, "fdopen", self._fdopen(os.fdopen)))
            opened = self._by_path("open", builtins.open)
            stack.enter_context(patch.object(builtins, "open", opened))
            stack.enter_context(patch.object(io, "open", opened))
            yield self

    def _by_path(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *rest: Any, **more: Any) -> Any:
            if self._meant(path):
                reads = kind == "open" and set(rest[0] if rest else more.get("mode", "r")) <= set("rbt")
                self.meet("open-read" if reads else kind)
            return real(path, *rest, **more)

        return call

    def _by_descriptor(self, kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(descriptor: Any, *rest: Any, **more: Any) -> Any:
            if descriptor in self._descriptors:
                self.meet(kind)
            return real(descriptor, *rest, **more)

        return call

    def _open(self, real: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *rest: Any, **more: Any) -> int:
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if self._meant(path):
                self.meet("open" if writes else "open-read")
            descriptor = real(path, flags, *rest, **more)
            if self._meant(path):
                self._descriptors[descriptor] = writes
            return descriptor

        return call

    def _close(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(descriptor: int) -> None:
            written = self._descriptors.pop(descriptor, None)
            real(descriptor)
            if written is not None:
                self.meet("close" if written else "close-read")

        return call

    def _fdopen(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(descriptor: int, *rest: Any, **more: Any) -> Any:
            file = real(descriptor, *rest, **more)
            return _File(file, self, descriptor) if self._descriptors.get(descriptor) else file

        return call


class _File:
    """A file that is written to through Python's own buffer."""

    def __init__(self, file: Any, disk: Disk, descriptor: int) -> None:
        self._file, self._disk, self._descriptor = file, disk, descriptor

    def write(self, contents: Any) -> int:
        self._disk.meet("write")
        return int(self._file.write(contents))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._disk._descriptors.pop(self._descriptor, None)
        self._file.close()
        self._disk.meet("close")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def count(folder: Path, work: Callable[[], object]) -> list[str]:
    """The file calls of some work, in order."""
    with Disk(folder, at=-1).taking_over() as disk:
        work()
    return disk.calls
