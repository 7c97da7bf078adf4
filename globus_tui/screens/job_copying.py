"""What can be copied of timers and of a run's task: the choices of the copy menu, and reading what is not here yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present import cli_words
from globus_tui.screens.show_text import CopyMenu
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.console import Console
    from globus_tui.store.rows import Row

MOST_DOCUMENTS = 20
"""Timers whose JSON is read at one key press."""
Choice = tuple[str, str, str]


def offer(app: Console, choices: Sequence[Choice]) -> None:
    """Open the menu; what is chosen is sent and shown. A choice without a text is not offered."""
    texts = {key: text for key, _, text in choices}
    CopyMenu([choice for choice in choices if choice[2]]).ask(lambda key: app.copy_text(texts[key]))


class Texts(NamedTuple):
    """What can be copied of a timer; `document` is None where Globus has to be asked for it."""

    job_id: JobId
    label: str
    sources: str
    destinations: str
    row: str
    document: Mapping[str, object] | None


def texts_of(app: Console, row: Row) -> Texts:
    seen = app.states.glance(row)
    job = seen.job
    detail = app.store.details.last_read(job.job_id)
    document = detail.document if detail is not None else None
    if job.unreadable and isinstance(job.sent, dict):  # what the list sent is all there is
        document = job.sent
    sources, destinations = map("\n".join, job.paths)
    return Texts(job.job_id, job.label, sources, destinations, cli_words.row_text(case_of(seen, app.view)), document)


def offer_jobs(app: Console, jobs: Sequence[Texts]) -> None:
    ids, labels, sources, destinations, rows, documents = zip(*jobs, strict=True)
    known = all(document is not None for document in documents)
    json_text = _json(documents) if known else "read from Globus when chosen" if len(ids) <= MOST_DOCUMENTS else ""
    offered = [
        ("i", "id", "\n".join(ids)),
        ("n", "name", "\n".join(labels)),
        ("s", "source path", "\n".join(filter(None, sources))),
        ("d", "destination", "\n".join(filter(None, destinations))),
        ("l", "web link", "\n".join(map(app.web_link, ids))),
        ("r", "row as text", "\n".join(rows)),
        ("c", "CLI command", "\n".join(f"globus timer show {job_id}" for job_id in ids)),
        ("u", "curl", cli_words.curl_command([f"{app.host.timers}jobs/{job_id}" for job_id in ids])),
        ("p", "Python", cli_words.timers_python(ids)),
        ("j", "JSON", json_text),
    ]

    def take(key: str) -> None:
        if key == "j" and not known:
            _read_then_copy(app, ids)
        else:
            app.copy_text(next(text for letter, _, text in offered if letter == key))

    CopyMenu([choice for choice in offered if choice[2]]).ask(take)


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
