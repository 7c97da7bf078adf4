"""Files that only their owner may read: checked before reading, replaced whole when written.

Tokens are handed around as a `Secret`: crash reports show local variables.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
import tempfile
from typing import TYPE_CHECKING

from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Makes the folder with mode 0700; one that exists already is narrowed to that when it is ours.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        folder.chmod(0o700)


def read_private(path: Path) -> Secret | None:
    """The contents as text; None when there is no such file. Bytes that are no UTF-8 become lone surrogates.

    Raises:
        SettingsError: others may read or write the file; `advice` is the exact command that cures it.
        OSError: it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        refuse_if_shared(path, os.fstat(descriptor).st_mode)
        return Secret(file.read().decode("utf-8", "surrogateescape"))


def refuse_if_shared(path: Path, mode: int) -> None:
    """Raises for a file mode that lets the group or others in.

    Raises:
        SettingsError: with the `chmod` to run.
    """
    if mode & 0o077:
        raise SettingsError(
            f"{path} can be read or written by other users of this machine ({stat.filemode(mode)}), so it is not used.",
            advice=f"Run: chmod 600 {shlex.quote(str(path))}",
        )


def write_private(path: Path, contents: Secret | bytes) -> None:
    """Replaces the file in one step, mode 0600: whoever reads sees the old contents or the new, never half of them.

    Raises:
        OSError: it cannot be written; the old file is untouched.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600 from the start
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents.reveal().encode() if isinstance(contents, Secret) else contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # The rename itself survives a power cut only when the folder is synced; not every file system can.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
