"""Runs the user's alert command: JSON on its standard input, no shell, a time limit, once for each cause.

Several copies of this program see the same; whoever writes a cause down first in the file that they share tells it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.timer.alerts import Alert
    from globus_tui.store.ledger import Ledger

TIME_LIMIT = 30.0
_SECRET = ("SECRET", "TOKEN", "PASSWORD")
_KEPT = timedelta(days=30)


async def claim(alerts: Sequence[Alert], ledger: Ledger) -> list[Alert]:
    """Returns the alerts that no other copy has reported yet; all of them if the shared file cannot be used.

    A cause is a timer, what happened to it, and since when it is in trouble.
    """
    fresh: list[Alert] = []

    def write(document: dict[str, Any]) -> None:
        causes = {key: entry for key, entry in wire.document(document.get("told")).items() if _is_young(entry, alerts)}
        fresh.clear()
        for alert in alerts:
            cause = f"{alert.kind.value} {alert.word.value} {alert.since.isoformat(timespec='minutes')}"
            if wire.document(causes.get(alert.key)).get("cause") != cause:
                causes[alert.key] = {"cause": cause, "at": alert.at.isoformat()}
                fresh.append(alert)
        document["told"] = causes

    if not alerts:
        return []
    try:
        await ledger.change(write)
    except GlobusTuiError:
        return list(alerts)
    return fresh


def _is_young(kept: object, alerts: Sequence[Alert]) -> bool:
    at = wire.moment(wire.document(kept).get("at"))
    return at is not None and alerts[0].at - at < _KEPT


async def run_hook(command: Sequence[str], document: Mapping[str, Any], limit: float = TIME_LIMIT) -> str | None:
    """Runs the command with the document on its standard input; returns what went wrong, or None."""
    environ = {key: value for key, value in os.environ.items() if not any(part in key for part in _SECRET)}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=environ,
        )
    except (OSError, ValueError) as wrong:
        return f"on_alert: {command[0]} cannot be run: {getattr(wrong, 'strerror', None) or wrong}"
    text = json.dumps(document, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace") + b"\n"
    try:
        await asyncio.wait_for(process.communicate(text), limit)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started too
        await process.wait()
        return f"on_alert: {command[0]} took longer than {limit:g} s and was ended"
    except (BrokenPipeError, ConnectionResetError):  # it does not read what it is told
        await process.wait()
    return None if not process.returncode else f"on_alert: {command[0]} ended with exit code {process.returncode}"
