"""The login link in a file that only its owner can read, to be fetched from the laptop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "login-url"


def write_link(state: Path, url: str) -> Path | None:
    """Writes the link; None when the folder cannot be written."""
    path = state / NAME
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{url}\n")
    except OSError:
        return None
    return path


def remove_link(state: Path) -> None:
    """Takes the file away when the login is over."""
    try:
        (state / NAME).unlink(missing_ok=True)
    except OSError:
        return
