"""Files that only their owner may read: checked before reading, replaced whole when written.

Tokens are handed around as a `Secret`: crash reports show local variables.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shlex
import stat
import time
from typing import TYPE_CHECKING, BinaryIO

from globus_tui.cache_files import make_folder, write_own
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Makes the folder with mode 0700; one that exists already is narrowed to that when it is ours and no link.

    Raises:
        OSError: it cannot be made.
    """
    make_folder(folder)
    info = folder.stat()
    if info.st_uid == os.geteuid() and info.st_mode & 0o077 and not folder.is_symlink():
        folder.chmod(0o700)


def read_file(path: Path, most_bytes: int | None = None) -> bytes:
    """The contents of a file; /dev/null is an empty one.

    Raises:
        OSError: it cannot be read, is longer, or is no file: pipes and devices may keep us waiting.
    """
    with _opened(path) as file:
        long = most_bytes is not None and os.fstat(file.fileno()).st_size > most_bytes
        contents = b"" if long else file.read()
    if long or (most_bytes is not None and len(contents) > most_bytes):
        raise OSError(errno.EFBIG, f"it is larger than {(most_bytes or 0) // 1_000_000} MB", str(path))
    return contents


def _opened(path: Path) -> BinaryIO:
    if "\0" in str(path):  # a table named in a file, say
        raise OSError(errno.EINVAL, "no file has a null character in its name", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    mode = os.fstat(descriptor).st_mode
    target = os.path.realpath(path)
    if stat.S_ISREG(mode) or target == os.devnull:
        return os.fdopen(descriptor, "rb")
    if os.path.basename(target).startswith("pipe:["):  # what a shell makes of <(command): somebody writes into it
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no file but a pipe, a socket or a device", str(path))


def read_private(path: Path) -> Secret | None:
    """The contents as text; None when there is no such file. Bytes that are no UTF-8 become lone surrogates.

    Raises:
        SettingsError: others may read or write the file; `advice` is the exact command that cures it.
        OSError: it cannot be read.
    """
    try:
        file = _opened(path)
    except FileNotFoundError:
        return None
    with file:
        refuse_if_shared(path, os.fstat(file.fileno()).st_mode)
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


def write_private(path: Path, contents: Secret | bytes, *, mode: int = 0o600) -> None:
    """Replaces the file in one step: whoever reads sees the old contents or the new, never half of them.

    Nobody else may read it, unless `mode` says otherwise of what is no secret.

    Raises:
        OSError: it cannot be written; the old file is untouched.
    """
    write_own(path, contents, mode=mode, flush=True)
    sync_folder(path.parent)


def overwrite_private(path: Path, contents: Secret) -> None:
    """Writes less than there is over the beginning of a file, and cuts off the rest: possible on a full disk.

    Raises:
        OSError: it cannot be written, or is not there.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW), "r+b") as file:
        file.write(contents.reveal().encode("utf-8", "surrogateescape"))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes a new name in it survive a power cut; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def take_lock(handle: int, seconds: float = 0.0) -> bool | None:
    """Waits so long for the advisory lock of an open file or folder; False while another holder has it.

    The kernel lets go of it when it is closed, or its program dies. None on a file system without locks: whoever asked
    goes on without.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        except OSError:
            return None
        else:
            return True


@contextlib.contextmanager
def hiding_secrets(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Keeps the secret of a service account out of the environment of what is started meanwhile."""
    names = ("GLOBUS_TUI_CLIENT_SECRET", "GLOBUS_CLI_CLIENT_SECRET")
    hidden = {name: environ.pop(name) for name in names if name in environ}
    try:
        yield
    finally:
        environ.update(hidden)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs, whoever's it is."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
