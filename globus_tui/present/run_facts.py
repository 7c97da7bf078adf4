"""One run and its task as rows of label and words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.run import Outcome, outcome
from globus_tui.present import moments, run_words
from globus_tui.present.error_words import explain_error
from globus_tui.present.schedule_facts import Fact
from globus_tui.present.sizes import count, counted, size, speed
from globus_tui.present.transfer_words import join_route, one_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from globus_tui.domain.run import Run
    from globus_tui.domain.task import Task


def run_facts(
    run: Run,
    task: Task | None,
    task_id: str | None,
    now: datetime,
    zone: tzinfo,
    *,
    paused_for: tuple[str, ...] = (),
    ascii_only: bool = False,
) -> tuple[Fact, ...]:
    """Everything about a run: what went wrong and what to do about it, when it was, and what its task did."""
    fired = f"{moments.stamp(run.ran_at, zone)} ({moments.utc_time(run.ran_at)})" if run.ran_at else "?"
    rows = [*_why(run, task), Fact("fired", fired)]
    if run.resource_id is None:
        rows.append(Fact("task", "none was made", "muted"))
    elif task_id is None:
        words = run_words.result(outcome(run, None))
        rows += [Fact("made", run.resource_id), Fact("status", f"{words}, says the timer; it is no transfer task")]
    elif task is None:
        rows += [Fact("task", task_id), Fact("status", "not known: the task has not been read")]
    else:
        rows.append(Fact("task", f"{task.task_id}  {run_words.task_status(task)}"))
        rows += _route(task, ascii_only=ascii_only)
        rows += _numbers(task, now, zone)
    return (*(Fact("paused", one_line(message), "warning") for message in dict.fromkeys(paused_for)), *rows)


def _route(task: Task, *, ascii_only: bool) -> list[Fact]:
    if not (task.source_name or task.destination_name):
        return []
    source, destination = one_line(task.source_name or "?"), one_line(task.destination_name or "?")
    return [Fact("route", join_route(source, destination, ascii_only=ascii_only))]


def _numbers(task: Task, now: datetime, zone: tzinfo) -> list[Fact]:
    rows = [
        Fact("time", _times(task, now, zone)),
        Fact("files", _files(task)),
        Fact("bytes", f"{size(task.bytes_transferred)} at {speed(task.bytes_per_second)}"),
    ]
    troubled = bool(task.faults or task.skipped_errors)
    words = f"{counted(task.faults, 'fault')}, {counted(task.skipped_errors, 'file')} skipped over an error"
    rows.append(Fact("trouble", words, "warning" if troubled else ""))
    if task.deadline and not task.finished:
        ends = f"{moments.date_time(task.deadline, now, zone)}, {moments.relative_words(task.deadline, now)}"
        rows.append(Fact("deadline", ends))
    return rows


def _times(task: Task, now: datetime, zone: tzinfo) -> str:
    if task.requested is None:
        return "?"
    begun = f"from {moments.date_time(task.requested, now, zone)}"
    if task.completed is not None:
        ended = moments.date_time(task.completed, now, zone)
        return f"{begun} to {ended}, {moments.duration(task.completed - task.requested, seconds=True)}"
    lasted = max(timedelta(), now - task.requested)
    return f"{begun} to a time not known" if task.finished else f"{begun}, {moments.duration(lasted)} so far"


def _files(task: Task) -> str:
    """Files moved, unchanged, and met in all."""
    said = f"{count(task.files_transferred)} moved"
    if task.files_skipped is not None:
        said += f", {count(task.files_skipped)} unchanged"
    return f"{said}, {count(task.files)} met in {counted(task.directories, 'folder')}"


def _why(run: Run, task: Task | None) -> list[Fact]:
    """What went wrong: the service's own words, then what is known of such an error."""
    found = outcome(run, task)
    code, text = (task.error_code, task.error_text) if task else (None, run.problem)
    if found is Outcome.REFUSED:
        code, text = run.gare.code if run.gare else str(run.http_status or "") or None, run.problem
    elif found is Outcome.RUNNING and task is not None and task.trouble:
        code, text = task.trouble, task.nice_status_text
    elif found is not Outcome.FAILED:
        return []
    known = explain_error(code, text)
    rows = [
        Fact("error", known.words if not code or known.words.startswith(code) else f"{known.words} ({code})", "warning")
    ]
    if text and one_line(text) not in known.words:
        rows.append(Fact("said", one_line(text)))
    if known.cause:
        rows.append(Fact("cause", known.cause))
    if known.step:
        rows.append(Fact("do", known.step + (f"; ask {known.ask}" if known.ask else "")))
    return rows
