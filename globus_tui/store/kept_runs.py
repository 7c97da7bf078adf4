"""Finished runs, kept here for longer than the 90 days of Globus, so that plots and medians reach further back.

One private file, a line for each run, appended to; the oldest lines go when it gets too long. Losing it loses no timer,
so what cannot be read or written is left out.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from globus_tui.cache_files import open_own, write_own
from globus_tui.domain.timer.run import Run, RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.private_files import make_private_folder, take_lock

if TYPE_CHECKING:
    from pathlib import Path

_COUNTS = (
    "files", "files_transferred", "files_skipped", "skipped_errors", "bytes_transferred", "bytes_per_second", "faults",
)  # fmt: skip
_LOCK_TIMEOUT = 1.0


class KeptRuns:
    """The file. `most_bytes`: its length; a run takes about a hundred."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._news: dict[bytes, bytes] = {}
        self._known: set[int] | None = None

    def note(self, job_id: str, ran_at: float, task: Task) -> None:
        """Takes down for `write` when a run fired, in seconds since 1970, and its task, if that is over."""
        if task.finished and task.completed is not None and len(job_id.split()) == 1:
            counts = ("-" if (value := getattr(task, field)) is None else str(value) for field in _COUNTS)
            key = f"{job_id} {ran_at:.6f}".encode(errors="replace")
            code = "_".join((task.error_code or "-").split())
            words = f" {task.completed.timestamp():.0f} {task.status.value} {code} {' '.join(counts)}\n"
            self._news[key] = key + words.encode(errors="replace")

    @property
    def due(self) -> bool:
        return bool(self._news)

    def write(self) -> None:
        """Appends what is new. Blocks: call it off the event loop."""
        news, self._news = self._news, {}
        if self._known is None:
            self._known = {hash(_key(line)) for line in self._lines()}
        lines = [line for key, line in news.items() if hash(key) not in self._known]
        self._known.update(map(hash, news))
        if lines:
            with suppress(OSError):
                make_private_folder(self.path.parent)
                self._append(b"".join(lines))

    def _append(self, lines: bytes) -> None:
        # Without waiting: a pipe in its place would be opened only once somebody reads from it.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(self.path, flags, 0o600), "ab") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return
            take_lock(file.fileno(), _LOCK_TIMEOUT)
            file.write(lines)
            file.flush()
            if os.fstat(file.fileno()).st_size > self._most_bytes:
                contents = b"\n".join((*self._lines(), b""))
                write_own(self.path, contents[-self._most_bytes * 3 // 4 :].partition(b"\n")[2])
                self._known = None  # or it would grow with every run that was ever seen

    def _lines(self) -> list[bytes]:
        """Its newest lines: there are more than may be where another length was chosen since."""
        try:
            with open_own(self.path) as file:
                surplus = max(0, file.seek(0, os.SEEK_END) - self._most_bytes)
                file.seek(surplus)
                return file.read().splitlines()[surplus > 0 :]
        except OSError:
            return []

    def of(self, job_id: str) -> tuple[Run, ...]:
        """The runs of a timer, newest first. Blocks."""
        begin = f"{job_id} ".encode(errors="replace")
        runs = {run.ran_at: run for line in self._lines() if line.startswith(begin) and (run := _read(line))}
        return tuple(runs[at] for at in sorted(runs, key=lambda at: at or datetime.min.replace(tzinfo=UTC))[::-1])


def _key(line: bytes) -> bytes:
    return b" ".join(line.split(b" ", 2)[:2])


def _read(line: bytes) -> Run | None:
    """A run of a line; None where the line is damaged."""
    try:
        _, ran, completed, status, code, *counts = line.decode().split(" ")
        ran_at, ended = (datetime.fromtimestamp(float(at), UTC) for at in (ran, completed))
        numbers: dict[str, Any] = {
            name: None if count == "-" else int(count) for name, count in zip(_COUNTS, counts, strict=True)
        }
    except (ValueError, OverflowError, OSError):
        return None
    task = Task(
        "", TaskStatus.read(status), status, requested=ran_at, completed=ended,
        error_code=None if code == "-" else code, **numbers,
    )  # fmt: skip
    return Run(ran_at, RunState.SUBMITTED, ended=ended, snapshot=task, kept_here=True) if task.finished else None
