"""What is said of an operation: the command of the official CLI that does the same, and how it ended."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from globus_tui.store.operations import (
    CancelTask,
    Delete,
    Done,
    Failed,
    NeedsConsent,
    Pause,
    Refused,
    Rename,
    Resume,
    SignedOut,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.store.operations import Operation, Outcome, ResumePreview


def catch_up_words(preview: ResumePreview) -> str:
    """Whether resuming starts a run at once; empty where it does not."""
    if preview.catch_up is None and preview.missed is not None:
        return "a run may start at once, as the last one was refused"
    unknown = "whether a run starts at once cannot be told"
    return {True: "ONE run starts at once", None: unknown, False: ""}[preview.catch_up]


def operation_command(operation: Operation) -> str:
    """What does the same as an operation. Renaming has no command of its own: it is the API call."""
    if isinstance(operation, Pause):
        return f"globus timer pause {shlex.quote(operation.job_id)}"
    if isinstance(operation, Resume):
        skip = "--skip-inactive-reason-check " if operation.skip_check else ""
        return f"globus timer resume {skip}{shlex.quote(operation.job_id)}"
    if isinstance(operation, Rename):
        body = json.dumps({"name": operation.name}, ensure_ascii=False)
        return f"globus api timers patch {shlex.join([f'/jobs/{operation.job_id}', '--body', body])}"
    if isinstance(operation, Delete):
        return f"globus timer delete {shlex.quote(operation.job_id)}"
    if isinstance(operation, CancelTask):
        return f"globus task cancel {shlex.quote(operation.task_id)}"
    raise AssertionError(operation)


def same_as(operations: Sequence[Operation]) -> str:
    """A line for the question: the command, or that of the first of several."""
    several = f", and {len(operations) - 1} more like it" if len(operations) > 1 else ""
    return f"Same as: {operation_command(operations[0])}{several}"


def outcome_words(outcome: Outcome) -> str:
    if isinstance(outcome, Done):
        return f"{outcome.words} {outcome.note}" if outcome.note else outcome.words
    if isinstance(outcome, NeedsConsent):
        reason = outcome.gare.session_message or "Globus asks for a consent or a new sign-in first"
        return f"{reason.rstrip('.')}: press f."
    if isinstance(outcome, SignedOut):
        return f"{outcome.words} {outcome.advice}"
    if isinstance(outcome, Failed | Refused):
        return outcome.words
    raise AssertionError(outcome)
