"""A rotating log file in the state folder, from which bearer tokens and codes are removed."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECRETS = re.compile(
    r"(?i)(bearer\s+|basic\s+|(?:access_token|refresh_token|id_token|client_secret|code_verifier|code|token)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
)


def redact(words: str) -> str:
    """Replaces what looks like a credential. A second line of defence: the first is that none is logged."""
    return _SECRETS.sub(r"\1[removed]", words)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def start_log(state: Path, *, level: int = logging.INFO) -> str | None:
    """Starts logging to `globus_tui.log` in the state folder, once; gives words when that is not possible."""
    root = logging.getLogger("globus_tui")
    if root.handlers:
        return None
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(state / "globus_tui.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8")
        (state / "globus_tui.log").chmod(0o600)
    except OSError as wrong:
        return f"no log is kept: {state} cannot be written ({wrong.strerror})"
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(level)
    return None
