"""Runs and their tasks in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.timer.run import Outcome, Run, outcome
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.present.error_words import short_words
from globus_tui.present.sizes import counted, short_count, speed
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.transfer.task import TaskEvent

_RESULTS = {
    Outcome.OK: "ok", Outcome.EMPTY: "ok, empty", Outcome.WITH_SKIPS: "ok, skips", Outcome.FAILED: "FAILED",
    Outcome.REFUSED: "REFUSED", Outcome.RUNNING: "running", Outcome.UNKNOWN: "not known",
}  # fmt: skip
_TASK_STATUS = {
    TaskStatus.ACTIVE: "active", TaskStatus.INACTIVE: "waits for you", TaskStatus.SUCCEEDED: "succeeded",
    TaskStatus.FAILED: "failed",
}  # fmt: skip


def result(ending: Outcome) -> str:
    """What became of a run, in one cell of a table."""
    return _RESULTS[ending]


def message(run: Run, task: Task | None) -> str:
    """What there is to say about a run: why it failed, what it met on the way; nothing when all went well."""
    ending = outcome(run, task)
    if ending is Outcome.REFUSED:
        code = run.gare.code if run.gare else str(run.http_status) if run.http_status else None
        return short_words(code, run.problem or (run.gare.session_message if run.gare else None))
    if ending is Outcome.FAILED:
        text = short_words(task.error_code, task.error_text) if task else short_words(None, run.problem)
        return text + _canceled_by(task)
    if ending is Outcome.RUNNING:
        return progress(task)
    if ending is Outcome.UNKNOWN:
        return f"the timer says {one_line(run.state_text)}" if run.state_text else ""
    return ", ".join(_met_on_the_way(ending, task))


def _canceled_by(task: Task | None) -> str:
    sides = {"SOURCE": "the source's", "DESTINATION": "the destination's", "BOTH": "both collections'"}
    if task is None or not task.canceled_by_admin:
        return ""
    return f", canceled by {sides.get(task.canceled_by_admin, 'a')} manager"


def _met_on_the_way(ending: Outcome, task: Task | None) -> list[str]:
    parts = []
    if ending is Outcome.WITH_SKIPS and task:
        parts.append(f"{counted(task.skipped_errors, 'file')} skipped")
    if ending is Outcome.EMPTY:
        parts.append("met no files")
    if task and task.faults:
        parts.append(f"{counted(task.faults, 'fault')}, recovered")
    return parts


def progress(task: Task | None) -> str:
    """How far a running task is: `18k of 40k files, 310 MB/s`. What is not known is not made up."""
    if task is None:
        return "in progress"
    if task.nice_status == "Queued":
        return "queued behind other tasks"
    if task.files_transferred is None and task.files is None:
        return f"in progress, {speed(task.bytes_per_second)}" if task.bytes_per_second is not None else "in progress"
    total = f" of {short_count(task.files)}" if task.files else ""
    return f"{short_count(task.files_transferred)}{total} files, {speed(task.bytes_per_second)}"


def task_status(task: Task) -> str:
    """A task's status in words; an unknown one as it was sent."""
    if task.status is TaskStatus.UNKNOWN:
        return one_line(task.status_text or "?")
    if task.status is TaskStatus.ACTIVE and task.trouble:
        return f"active, but {short_words(task.trouble, task.nice_status_text)}"
    return _TASK_STATUS[task.status]


_NAMED = re.compile(r'^(?:File|Path|Directory): ([/~].*)$|"path": ?"((?:[^"\\]|\\.)+)"', re.MULTILINE)


def named_path(event: TaskEvent) -> str | None:
    """The file or folder that the details of an error name. Their form is documented nowhere: of GridFTP, and JSON."""
    match = _NAMED.search(event.details or "") if event.is_error else None
    if match is None:
        return None
    return (match[1] or match[2]).rstrip()


def failed_path(events: Iterable[TaskEvent]) -> str | None:
    """The file or folder that the newest error of a log names; the last event of a failed task names none itself."""
    return next((path for event in events if (path := named_path(event))), None)


def event_words(event: TaskEvent, path: str | None = None) -> str:
    """One event of a task's log: its code in words, the file that it is about, then what the service said."""
    line = one_line(event.description or "")
    words = short_words(event.code, line)
    if path is not None:
        words = f"{words}: {one_line(path)}"
    return words if not line or line.lower() == words.lower() else f"{words}: {line}"
