"""What is said of an operation: the command of the official CLI that does the same, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.store.operations import CancelTask, Delete, Operation, Pause, Rename, Resume
from globus_tui.store.outcome import Done, Failed, NeedsConsent, Refused, SignedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.store.outcome import Outcome


def command_of(operation: Operation) -> str:
    """The command, to copy into a shell."""
    from globus_tui.present import cli_words

    if isinstance(operation, Pause):
        return cli_words.pause_command(operation.job_id).text
    if isinstance(operation, Resume):
        return cli_words.resume_command(operation.job_id, skip_check=operation.skip_check).text
    if isinstance(operation, Rename):
        return cli_words.rename_command(operation.job_id, operation.name).text
    if isinstance(operation, Delete):
        return cli_words.delete_command(operation.job_id).text
    if isinstance(operation, CancelTask):
        return cli_words.cancel_command(operation.task_id).text
    raise AssertionError(operation)


def same_as(operations: Sequence[Operation]) -> str:
    """A line for the question: the command, or that of the first of several."""
    several = f", and {len(operations) - 1} more like it" if len(operations) > 1 else ""
    return f"Same as: {command_of(operations[0])}{several}"


def outcome_words(outcome: Outcome) -> str:
    """How an operation ended, in a sentence or two."""
    if isinstance(outcome, Done):
        return f"{outcome.words} {outcome.note}" if outcome.note else outcome.words
    if isinstance(outcome, NeedsConsent):
        said = outcome.gare.session_message or "Globus asks for a consent or a new sign-in first"
        return f"{said.rstrip('.')}: press f."
    if isinstance(outcome, SignedOut):
        return f"{outcome.words} {outcome.advice}"
    if isinstance(outcome, Failed | Refused):
        return outcome.words
    raise AssertionError(outcome)
