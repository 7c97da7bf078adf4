"""Private files that may be lost: caches and what copies of this program tell each other.

They are read only if they are ours alone, and replaced whole; nothing is flushed to the disk. What must survive a power
cut is in `private_files`. The first drawing of a start reads one of these, so nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from globus_tui.domain.auth.credentials import Secret


def open_own(path: Path | str, most_bytes: int = sys.maxsize) -> BufferedReader:
    """Opens a file that nobody else can read or write, and that is no link.

    Raises:
        OSError: there is none, it is not private, or it is longer than `most_bytes`.
    """
    file = open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")  # noqa: SIM115  # closed by the caller
    info = os.fstat(file.fileno())
    ours = stat.S_ISREG(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & 0o077
    if not ours or info.st_size > most_bytes:
        file.close()
        raise PermissionError(f"{path} is not private, no file, or too long")
    return file


def make_folder(folder: Path) -> None:
    """Makes a folder that nobody else can enter, and so those above it that are missing: whoever may write there could
    put another one in its place.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_own(path: Path, contents: Secret | bytes, *, mode: int = 0o600, flush: bool = False) -> None:
    """Replaces a file in one step: whoever reads sees the old contents or the new, never half of them.

    Args:
        contents: a secret is revealed on its way out only.
        flush: it must survive a power cut.

    Raises:
        OSError: it cannot be written; the old file is untouched.
    """
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600 from the start
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(
                contents if isinstance(contents, bytes) else contents.reveal().encode("utf-8", "surrogateescape")
            )
            file.flush()
            if mode != 0o600:
                os.fchmod(file.fileno(), mode)
            if flush:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def write_named(path: Path, contents: bytes) -> None:
    """Writes a file that somebody named, for all to read: in one step, but into a device or a pipe that stands there.

    Raises:
        OSError: it cannot be written, or nobody reads from the pipe.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # of a pipe that nobody reads
        os.set_blocking(descriptor, True)
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
        return
    write_own(path.resolve(), contents, mode=0o644, flush=True)  # of a link, what it leads to


def names_beside(rows: Path) -> Path:
    """The names that belong to a file of kept rows."""
    return rows.with_name(rows.name.replace("rows-", "names-", 1))


def names(folder: str, kind: str, profile: str = "") -> list[str]:
    """Names for completion, as earlier starts left them: of a profile, or of all.

    Imports next to nothing: it is called at every press of a key.

    Args:
        kind: `timers`, `collections` or `profiles`.
        profile: whose; of all where empty.
    """
    kept: dict[str, None] = {}
    try:
        files = sorted(name for name in os.listdir(folder) if name.startswith("names-"))
    except OSError:
        return []
    for name in files:
        try:
            with open_own(os.path.join(folder, name), 8_000_000) as file:
                owner, *lines = file.read().decode(errors="replace").split("\n")
        except OSError:
            continue
        if kind == "profiles":
            kept[owner] = None
        elif profile in ("", owner):
            kept.update((line[len(kind) + 1 :], None) for line in lines if line.startswith(f"{kind} "))
    return list(kept)
