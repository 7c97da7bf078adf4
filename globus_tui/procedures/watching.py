"""Watches repaired timers until their next run started, or until Globus stopped them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.job import JobStatus
from globus_tui.domain.run import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from globus_tui.domain.job import JobId
    from globus_tui.store.job_state import JobState


class NextRuns:
    """Told which timers to watch, asked after each reading what there is to tell."""

    def __init__(self) -> None:
        """Nothing is watched."""
        self._since: dict[JobId, datetime] = {}

    def watch(self, job_id: JobId, since: datetime) -> None:
        """Watch a timer for a run that starts from this moment on."""
        self._since[job_id] = since

    def news(self, states: Mapping[JobId, JobState]) -> Iterator[tuple[str, bool]]:
        """What came of the watched timers: sentences, and whether each is good. Each is told once, the bad ones first.

        Runs that started are told together: one login may have repaired a dozen timers, and the note has two lines.
        """
        started: list[str] = []
        for job_id, since in list(self._since.items()):
            told = _news_of(states.get(job_id), since)
            if told is None:
                continue
            del self._since[job_id]
            if told:
                yield told, False
            else:
                started.append(states[job_id].job.label)
        if len(started) == 1:
            yield f"{started[0]}: its run has started.", True
        elif started:
            yield f"The runs of {len(started)} repaired timers have started: {', '.join(started)}.", True


def _news_of(state: JobState | None, since: datetime) -> str | None:
    """What went wrong with a watched timer; empty when its run has started, None while there is nothing to tell."""
    if state is None:
        return "A timer that was being watched is gone."
    label, newest = state.job.label, state.job.runs[0] if state.job.runs else None
    if state.job.status is JobStatus.INACTIVE:
        return f"{label}: Globus stopped it again."
    if newest is None or newest.ran_at is None or newest.ran_at < since:
        return None
    if newest.state in _WRONG:
        return f"{label}: its run {_WRONG[newest.state]}: {newest.problem or 'no reason given'}."
    return ""


_WRONG = {RunState.REFUSED: "was refused", RunState.FAILED: "failed"}
