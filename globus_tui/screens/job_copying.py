"""What can be copied of timers and of a run's task: the choices of the copy menu, and reading what is not here yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present import cli_words
from globus_tui.screens.show_text import CopyMenu
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState

MOST_DOCUMENTS = 20
"""Timers whose JSON is read at one key press."""
Choice = tuple[str, str, str]


def offer(app: Console, choices: Sequence[Choice]) -> None:
    """Open the menu; what is chosen is sent and shown. A choice without a text is not offered."""
    texts = {key: text for key, _, text in choices}
    CopyMenu([choice for choice in choices if choice[2]]).ask(lambda key: app.copy_text(texts[key]))


def offer_jobs(app: Console, states: Sequence[JobState]) -> None:
    texts = job_texts(app, states)
    offered = [text for text in texts if text[2]]
    documents = _known_documents(app, states)
    if documents is not None:
        offered.append(("j", "JSON", _json(documents)))
    elif len(states) <= MOST_DOCUMENTS:
        offered.append(("j", "JSON", "read from Globus when chosen"))

    def take(key: str) -> None:
        if key == "j" and documents is None:
            _read_then_copy(app, [state.job_id for state in states])
        else:
            app.copy_text(next(text for letter, _, text in offered if letter == key))

    CopyMenu(offered).ask(take)


def job_texts(app: Console, states: Sequence[JobState]) -> list[Choice]:
    """Everything that needs no reading: (key, words, text); the text is empty where there is nothing to copy."""
    jobs = [state.job for state in states]
    ids = [job.job_id for job in jobs]
    return [
        ("i", "id", "\n".join(ids)),
        ("n", "name", "\n".join(job.label for job in jobs)),
        ("s", "source path", "\n".join(path for job in jobs for path in job.paths[0])),
        ("d", "destination", "\n".join(path for job in jobs for path in job.paths[1])),
        ("l", "web link", "\n".join(map(app.web_link, ids))),
        ("r", "row as text", "\n".join(cli_words.row_text(case_of(state, app.view)) for state in states)),
        ("c", "CLI command", "\n".join(f"globus timer show {job_id}" for job_id in ids)),
        ("u", "curl", cli_words.curl_command([f"{app.host.timers}jobs/{job_id}" for job_id in ids])),
        ("p", "Python", cli_words.timers_python(ids)),
    ]


def task_choices(app: Console, task_id: str) -> list[Choice]:
    """The same for a Transfer task."""
    return [
        ("i", "task id", task_id),
        ("l", "web link", f"{app.host.web}activity/{task_id}/overview"),
        ("c", "CLI command", f"globus task show {task_id}"),
        ("g", "CLI, its log", f"globus task event-list {task_id}"),
        ("u", "curl", cli_words.curl_command([f"{app.host.transfer}v0.10/task/{task_id}"])),
        ("p", "Python", cli_words.task_python(task_id)),
    ]


def _known_documents(app: Console, states: Sequence[JobState]) -> list[Mapping[str, object]] | None:
    documents: list[Mapping[str, object]] = []
    for state in states:
        detail = app.store.details.last_read(state.job_id)
        if state.job.unreadable and isinstance(state.job.sent, dict):  # what the list sent is all there is
            documents.append(state.job.sent)
        elif detail is not None:
            documents.append(detail.document)
    return documents if len(documents) == len(states) else None


def _read_then_copy(app: Console, job_ids: Sequence[JobId]) -> None:
    async def read() -> None:
        try:
            documents = [await _document(app, job_id) for job_id in job_ids]
        except GlobusTuiError as error:
            app.say(f"The JSON could not be read, so nothing was copied: {error}", "error")
        else:
            app.copy_text(_json(documents))

    app.say("reading the JSON from Globus")
    app.run_worker(read(), group="copy", exclusive=True)


async def _document(app: Console, job_id: JobId) -> Mapping[str, object]:
    """The document of a timer; what no screen holds open is not kept."""
    details = app.store.details
    if (known := details.last_read(job_id)) is not None:
        return known.document
    detail = await details.load_detail(job_id)
    details.close(job_id)
    return detail.document


def _json(documents: Sequence[Mapping[str, object]]) -> str:
    whole = documents[0] if len(documents) == 1 else documents
    return json.dumps(whole, indent=2, ensure_ascii=False, default=str)
