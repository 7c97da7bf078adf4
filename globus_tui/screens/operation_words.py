"""The command of the official CLI that does what an operation does: shown before it, and kept with the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.store.operations import CancelTask, Delete, Operation, Pause, Rename, Resume

if TYPE_CHECKING:
    from collections.abc import Sequence


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
