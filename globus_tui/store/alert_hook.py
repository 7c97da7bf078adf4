"""Runs the user's alert command: JSON on its standard input, no shell, a time limit, once for each cause.

Several copies of this program see the same; whoever writes a cause down first in the file that they share tells it.
What cannot be told, as the command cannot be run, is told at the next look at which it can.
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
MOST_WAITING = 200
"""Documents kept for a command that cannot be run; older ones are let go of."""
_SECRET = ("SECRET", "TOKEN", "PASSWORD")
_KEPT = timedelta(days=30)


class CannotRunError(GlobusTuiError):
    """The command was not started, so nobody was told."""


class AlertHook:
    """Tells the command of alerts. While it cannot be run they wait, and that is said once.

    Args:
        schema: the version of the documents' shape.

    Attributes:
        untold: documents of the alerts that wait, the oldest first.
    """

    def __init__(self, command: Sequence[str], ledger: Ledger, schema: int) -> None:
        self._command, self._ledger, self._schema = command, ledger, schema
        self.untold: list[Any] = []
        self._said = ""

    async def tell(
        self, alerts: Sequence[Alert], documents: Mapping[str, Any], limit: float = TIME_LIMIT
    ) -> str | None:
        """Tells of what waits, and of the alerts that no other copy has reported; what went wrong, if that is news.

        Args:
            documents: of the alerts, by the keys of their timers.
        """
        waiting, self.untold = self.untold, []  # another look may come meanwhile
        waiting += [documents[alert.key] for alert in await claim(alerts, self._ledger)]
        if not waiting:
            return None
        try:
            problem = await run_hook(self._command, {"schema": self._schema, "alerts": waiting}, limit)
        except CannotRunError as wrong:
            self.untold = [*waiting, *self.untold][-MOST_WAITING:]
            said, self._said = self._said, str(wrong)
            return None if said == self._said else self._said
        self._said = ""
        return problem


async def claim(alerts: Sequence[Alert], ledger: Ledger) -> list[Alert]:
    """Returns the alerts that no other copy has reported yet; all of them if the shared file cannot be used."""
    fresh: list[Alert] = []
    try:
        await ledger.change(lambda document: fresh.extend(write_down(alerts, document)))
    except GlobusTuiError:
        return list(alerts)
    return fresh


def write_down(alerts: Sequence[Alert], document: dict[str, Any]) -> list[Alert]:
    """Writes causes into the shared document as told; returns the alerts whose causes were not there.

    A cause is a timer, what happened to it, and since when it is in trouble.
    """
    fresh: list[Alert] = []
    if not alerts:
        return fresh
    causes = {key: entry for key, entry in wire.document(document.get("told")).items() if _is_young(entry, alerts)}
    for alert in alerts:
        cause = f"{alert.kind.value} {alert.word.value} {alert.since.isoformat(timespec='minutes')}"
        if wire.document(causes.get(alert.key)).get("cause") != cause:
            causes[alert.key] = {"cause": cause, "at": alert.at.isoformat()}
            fresh.append(alert)
    document["told"] = causes
    return fresh


def _is_young(kept: object, alerts: Sequence[Alert]) -> bool:
    at = wire.moment(wire.document(kept).get("at"))
    return at is not None and alerts[0].at - at < _KEPT


async def run_hook(command: Sequence[str], document: Mapping[str, Any], limit: float = TIME_LIMIT) -> str | None:
    """Runs the command with the document on its standard input; returns what went wrong, or None.

    Raises:
        CannotRunError: it was not started.
    """
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
        why = getattr(wrong, "strerror", None) or wrong
        raise CannotRunError(f"on_alert: {command[0]} cannot be run: {why}") from None
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
