"""Texts to take elsewhere: a timer as a row, as a request, as a few lines of Python. No token is ever in them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from globus_tui.present import health_words, marks, schedule_words
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.job import Job
    from globus_tui.present.health_words import Case

TOKEN = "$TOKEN"  # noqa: S105 - a place for one, not one
"""Stands where the token goes: the shell fills it in."""
_TAB = "\t"


def row_text(case: Case) -> str:
    """A timer as a line with tabs, for a ticket or a spreadsheet: health, name, next run, interval, why, id."""
    job = case.job
    cells = (
        marks.health_sign(case.health.word).word,
        job.label,
        health_words.next_words(case),
        schedule_words.every_short(job),
        health_words.why(case),
        job.job_id,
    )
    return _TAB.join(one_line(cell) for cell in cells)


def source_paths(job: Job) -> str:
    """What it copies, a path each line; nothing for timers that move no files."""
    return "\n".join(item.source_path for item in job.transfer.items) if job.transfer else ""


def destination_paths(job: Job) -> str:
    """Where it copies to, a path each line."""
    return "\n".join(item.destination_path for item in job.transfer.items) if job.transfer else ""


def curl_command(urls: Sequence[str]) -> str:
    """Reads these addresses with curl; the token is taken from the variable TOKEN of the shell."""
    return "\n".join(f'curl -sS -H "Authorization: Bearer {TOKEN}" {shlex.quote(url)}' for url in urls)


def timers_python(job_ids: Sequence[str]) -> str:
    """Reads these timers with the official Python SDK."""
    return _python("TimersClient", [f"print(client.get_job({job_id!r}))" for job_id in job_ids])


def task_python(task_id: str) -> str:
    """Reads a task and its log with the official Python SDK."""
    lines = [f"print(client.get_task({task_id!r}))", f"for event in client.task_event_list({task_id!r}):"]
    return _python("TransferClient", [*lines, "    print(event)"])


def _python(client: str, lines: Sequence[str]) -> str:
    head = (
        "import os",
        "",
        "import globus_sdk",
        "",
        f'token = os.path.expandvars("{TOKEN}")',
        f"client = globus_sdk.{client}(authorizer=globus_sdk.AccessTokenAuthorizer(token))",
    )
    return "\n".join((*head, *lines))
