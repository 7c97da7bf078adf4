"""How transfer tasks live: waiting for a place, moving, held up, ended. On simulated time, figured when read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import iso
from globus_tui.sandbox.transfer_documents import WORDS, ended, figures

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox, TransferTask

HOLDS = ("PAUSED", "NO_CREDENTIALS", "GC_NOT_CONNECTED")
"""Reasons why a task moves nothing for now: a pause rule, lost credentials, a personal computer that is off."""


def admit(sandbox: Sandbox, now: datetime) -> None:
    """Lets waiting tasks begin, oldest first, while their owner has fewer than the allowed number at work."""
    busy = Counter(task.owner for task in sandbox.unfinished.values() if task.starts_at and not _held(task))
    waiting = [task for task in sandbox.unfinished.values() if task.starts_at is None]
    for task in waiting:
        if _held(task):
            begin(sandbox, task, now)
        elif busy[task.owner] < sandbox.active_limit:
            busy[task.owner] += 1
            begin(sandbox, task, now)


def begin(sandbox: Sandbox, task: TransferTask, now: datetime) -> None:
    """Starts the movement and books its end."""
    task.starts_at = now
    task.document.update(nice_status="OK", nice_status_short_description="OK")
    if _held(task):
        hold(task, str(task.planned["hold"]))
        return
    task.ends_at = now + timedelta(seconds=float(task.planned.get("seconds", 60)))
    book_end(sandbox, task)


def book_end(sandbox: Sandbox, task: TransferTask) -> None:
    """Books the end of a task that has `ends_at`; a cancellation before that makes the booking void."""
    if task.ends_at is not None:
        sandbox.agenda.at(task.ends_at, partial(_end, sandbox, task, task.ends_at))


def _end(sandbox: Sandbox, task: TransferTask, due: datetime, moment: datetime) -> None:
    if task.ends_at == due:
        finish(sandbox, task, moment)


def hold(task: TransferTask, reason: str) -> None:
    """Suspends a task: its end is no longer known."""
    task.ends_at = None
    status = "INACTIVE" if reason == "NO_CREDENTIALS" else "ACTIVE"
    task.document.update(
        status=status,
        is_ok=False,
        is_paused=reason == "PAUSED",
        nice_status=reason,
        nice_status_short_description=WORDS.get(reason, reason),
        nice_status_expires_in=0 if reason == "NO_CREDENTIALS" else -1,
    )


def finish(
    sandbox: Sandbox, task: TransferTask, moment: datetime, *, outcome: str | None = None, error: str | None = None
) -> None:
    """Ends a task at this moment, as planned unless told otherwise, and lets the next one begin."""
    if error:
        task.planned["error"] = error
    result = outcome or task.outcome
    done = 1.0 if result == "SUCCEEDED" else min(share(task, moment), float(task.planned.get("moved", 0.0)))
    if error == "CANCELED":
        done = share(task, moment)
    seconds = (moment - task.starts_at).total_seconds() if task.starts_at else 0.0
    task.document.update(ended(task.planned, result, done, seconds), completion_time=iso(moment))
    task.ends_at, task.outcome = None, result
    sandbox.unfinished.pop(task.task_id, None)
    admit(sandbox, moment)


def share(task: TransferTask, now: datetime) -> float:
    """How much of its plan a task has done, 0 to 1."""
    if task.starts_at is None:
        return 0.0
    if task.ends_at is None:
        return float(task.planned.get("hold_at", 0.0))
    whole = (task.ends_at - task.starts_at).total_seconds()
    return min(1.0, max(0.0, (now - task.starts_at).total_seconds() / whole)) if whole > 0 else 1.0


def refresh(task: TransferTask, now: datetime) -> None:
    """Brings the figures of an unfinished task up to the present."""
    if task.document["status"] not in ("ACTIVE", "INACTIVE"):
        return
    if task.starts_at is None:
        task.document.update(nice_status="Queued", nice_status_short_description="Queued")
        return
    reach = float(task.planned.get("moved", 0.0)) if task.outcome == "FAILED" else 1.0
    seconds = (now - task.starts_at).total_seconds()
    task.document.update(figures(task.planned, share(task, now) * reach, seconds))


def _held(task: TransferTask) -> bool:
    return task.planned.get("hold") in HOLDS
