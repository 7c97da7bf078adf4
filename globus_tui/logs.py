"""A rotating log file in the state folder, from which bearer tokens and codes are removed."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from globus_tui.cache_files import make_folder

if TYPE_CHECKING:
    from pathlib import Path

_SECRETS = re.compile(
    r"(?i)(bearer\s+|basic\s+|(?:access_token|refresh_token|id_token|client_secret|code_verifier|code|token)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
)


def redact(words: str) -> str:
    """Replaces what looks like a credential. A second line of defence: the first is that none is logged."""
    return _SECRETS.sub(r"\1[removed]", words)


class _WhenWritten(logging.Handler):
    """Opens the file for the first line: most sessions write none, and start without what that would load."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            try:
                file = RotatingFileHandler(self._path, "a", 1_000_000, 2, encoding="utf-8", errors="replace")
            except OSError:  # no room now; the next line tries again
                return
            file.setFormatter(self.formatter)
            file.handleError = lambda record: None  # type: ignore[method-assign]  # or a traceback goes over the screen
            self._file = file
        self._file.handle(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def start_log(state: Path) -> str | None:
    """Starts logging to `globus_tui.log` in the state folder, once; gives words when that is not possible."""
    root = logging.getLogger("globus_tui")
    if root.handlers:
        return None
    path = state / "globus_tui.log"
    try:
        make_folder(state)
        if path.exists() and not path.is_file():  # before it is touched: it may be a link to a device
            return f"no log is kept: {path} is no file"
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as wrong:
        return f"no log is kept: {state} cannot be written ({wrong.strerror})"
    handler = _WhenWritten(path)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return None
