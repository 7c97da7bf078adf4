"""Where copies of this program on one host meet: a folder of this host's own that nobody else can look into.

Never below the home directory, which several hosts may share: locks and moments mean nothing between hosts.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "globus_tui"


def meeting_place(environ: Mapping[str, str], *, temporary: str = "/tmp") -> Path | None:  # noqa: S108 - checked below
    """The folder, made if need be; None where there is none that is safe.

    The session's runtime folder if there is one outside of the home directory, else a folder in /tmp: a fixed place,
    as `TMPDIR` differs from one batch job to the next.
    """
    return next((found for found in map(_made, _candidates(environ, temporary)) if found is not None), None)


def _candidates(environ: Mapping[str, str], temporary: str) -> Iterable[Path]:
    runtime, home = Path(environ.get("XDG_RUNTIME_DIR") or "none"), Path(environ.get("HOME") or "/none")
    if runtime.is_absolute() and not runtime.is_relative_to(home) and is_ours(runtime):
        yield runtime / NAME
    yield Path(temporary) / f"{NAME}-{os.geteuid()}"


def _made(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder if is_ours(folder) else None


def is_ours(folder: Path) -> bool:
    """A real folder, no link, that belongs to this user and that nobody else can enter: /tmp is open to all."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
