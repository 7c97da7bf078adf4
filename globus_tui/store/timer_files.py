"""Timers as JSON files: `globus-tui create --from-file timer.json` and `globus-tui export ID`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.destructive import USUAL_PERCENT
from globus_tui.domain.draft import clone
from globus_tui.domain.draft_file import to_file
from globus_tui.domain.errors import BadInput
from globus_tui.store.drafts import read_draft_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.readings import JobReading

_MOST_BYTES = 20_000_000


def read_timer_file(path: Path) -> Draft:
    """Reads one file.

    Raises:
        BadInput: it cannot be read or understood; the message names the file and, where known, the line.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB.")
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path} is not written in UTF-8.") from problem
    try:
        return read_draft_text(text)
    except BadInput as problem:
        raise BadInput(f"{path}: {problem}") from problem


def draft_text(draft: Draft) -> str:
    """The document of a draft as text, ending in a line break."""
    return json.dumps(to_file(draft), ensure_ascii=False, indent=2) + "\n"


def export_text(reading: JobReading, now: datetime, *, fewer_percent: float | None = USUAL_PERCENT) -> str:
    """An existing timer as such a document: creating from it makes the same timer again, from its next tick on.

    Args:
        reading: as read just now.
        now: the present.
        fewer_percent: how many percent fewer files at its source alarm; only this program's journal knows.

    Raises:
        BadInput: the timer calls some other action provider.
    """
    draft = clone(reading.job, reading.document, now)
    return draft_text(replace(draft, guards=replace(draft.guards, fewer_percent=fewer_percent)))
