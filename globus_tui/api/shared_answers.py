"""One answer for all copies of this program that one user runs on a host: a file that is young enough, and a lock.

Whoever is due takes what another copy was told less than an interval ago, else asks while it holds the lock; nobody is
in charge, so nobody has to be missed. The files are mode 0600, in a folder that nobody else can enter, replaced whole,
never a token in them; losing them loses nothing. A file that cannot be read, or is of a time before this host was
started, counts as none.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.api.exchange import Answer
from globus_tui.api.http import host_moment
from globus_tui.cache_files import open_own, write_own
from globus_tui.private_files import take_lock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

NAME = "globus_tui"
STEP, PATIENCE = 0.5, 20.0
"""Seconds between two looks while another copy asks, and altogether: longer than almost any answer takes."""
_MOST_BYTES = 64_000_000


class SharedAnswers:
    """The files of one copy.

    Args:
        folder: where copies meet (see `meeting_place`), None while there is no such place.
        label: whose answers these are: only copies of the same label share; None while nobody is signed in.
    """

    def __init__(
        self,
        folder: Callable[[], Path | None],
        label: Callable[[], str | None],
        *,
        moment: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder, self._label = folder, label
        self._moment = moment or host_moment
        self._sleep = sleep
        self._written: set[Path] = set()

    async def read(self, kind: str, question: str, younger_than: float, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """What another copy was told, or what `ask` gives.

        Args:
            question: the whole question: another one has another answer.
            younger_than: seconds; 0 asks in any case, and tells the others.
            ask: asks the service. What it raises is raised here; what went wrong for another copy never is.
        """
        path = self._path(kind)
        if path is None:
            return await ask()
        waited, lock = 0.0, None
        while (answer := self._look(path, question, younger_than)) is None and younger_than and waited < PATIENCE:
            if (lock := _locked(path.with_suffix(".turn"))) is not None:
                answer = self._look(path, question, younger_than)  # another copy may have got an answer meanwhile
                break
            await self._sleep(STEP)
            waited += STEP
        try:
            return answer or await self._ask(path, question, ask)
        finally:
            if lock is not None:
                with contextlib.suppress(OSError):
                    os.close(lock)

    def leave(self) -> None:
        """Called when this copy of the program ends: its answers need not be kept."""
        for path in self._written:
            with contextlib.suppress(OSError):
                path.unlink()

    async def _ask(self, path: Path, question: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        asked = self._moment()
        answer = await ask()
        if answer.is_page or answer.status != 200:  # a login page on the way, say: it may be gone when others ask
            return answer
        encodings = "" if answer.body else answer.headers.get("content-encoding", "")
        head = {"boot": _boot(), "question": question, "asked": asked, "encodings": encodings}
        with contextlib.suppress(OSError):
            write_own(path, json.dumps(head).encode() + b"\n" + (answer.body or answer.packed))
            self._written.add(path)
        return answer

    def _look(self, path: Path, question: str, younger_than: float) -> Answer | None:
        if not younger_than:
            return None
        try:
            with open_own(path, _MOST_BYTES) as file:
                head = json.loads(file.readline())
                age = self._moment() - float(head["asked"])
                if (head["boot"], head["question"]) != (_boot(), question) or not 0 <= age < younger_than:
                    return None
                headers = {"content-encoding": str(head["encodings"])}
                return Answer("", 200, headers, b"", packed=file.read(), age=age)
        except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
            return None

    def _path(self, kind: str) -> Path | None:
        label = self._label()
        folder = None if label is None else self._folder()
        if folder is None:
            return None
        # The start of this host is in the name: should several hosts share the folder, they share nothing in it.
        whose = hashlib.sha256("\n".join((_boot(), label or "")).encode("utf-8", "surrogatepass")).hexdigest()[:20]
        return folder / f"{whose}.{kind}"


def meeting_place(environ: Mapping[str, str], *, temporary: str = "/tmp") -> Path | None:  # noqa: S108 - checked below
    """The folder, made if need be; None where there is none that nobody else can look into.

    The session's runtime folder if there is one outside of the home directory, which several hosts may share; else a
    folder in /tmp: a fixed place, as `TMPDIR` differs from one batch job to the next.
    """
    return next((folder for folder in _candidates(environ, temporary) if _is_made(folder)), None)


def _candidates(environ: Mapping[str, str], temporary: str) -> Iterable[Path]:
    runtime, home = Path(environ.get("XDG_RUNTIME_DIR") or "none"), Path(environ.get("HOME") or "/none")
    if runtime.is_absolute() and not runtime.is_relative_to(home) and is_ours(runtime):
        yield runtime / NAME
    yield Path(temporary) / f"{NAME}-{os.geteuid()}"


def _is_made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    return is_ours(folder)


def is_ours(folder: Path) -> bool:
    """A real folder, no link, that belongs to this user and that nobody else can enter: /tmp is open to all."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


@lru_cache(maxsize=1)
def _boot() -> str:
    """Tells one start of this host from another: moments before and after it cannot be compared."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _locked(path: Path) -> int | None:
    """Locks a file, by the kernel: a copy that dies lets go of it. None while another has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:  # no room for the lock file: then whoever is due asks
        return os.open(os.devnull, os.O_RDONLY)
    if take_lock(descriptor) is False:
        os.close(descriptor)
        return None
    return descriptor
