"""Private files that may be lost: caches and what copies of this program tell each other.

They are read only if they are ours alone, and replaced whole; nothing is flushed to the disk. What must survive a power
cut is in `private_files`. The first drawing of a start reads one of these, so nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path


def open_own(path: Path, most_bytes: int) -> BufferedReader:
    """Opens a file that nobody else can read or write, and that is no link.

    Raises:
        OSError: there is none, it is not private, or it is longer than `most_bytes`.
    """
    file = open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW), "rb")  # noqa: SIM115  # closed by the caller
    found = os.fstat(file.fileno())
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or found.st_size > most_bytes:
        file.close()
        raise PermissionError(f"{path} is not private, or too long")
    return file


def write_own(path: Path, contents: bytes) -> None:
    """Replaces a file in one step, mode 0600.

    Raises:
        OSError: it cannot be written.
    """
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600 from the start
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
