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
        """What came of the watched timers: a sentence, and whether it is good. Each is told once."""
        for job_id, since in list(self._since.items()):
            state = states.get(job_id)
            if state is None:
                del self._since[job_id]
                yield "A timer that was being watched is gone.", False
                continue
            label, newest = state.job.label, state.job.runs[0] if state.job.runs else None
            if state.job.status is JobStatus.INACTIVE:
                del self._since[job_id]
                yield f"{label}: Globus stopped it again.", False
            elif newest is not None and newest.ran_at is not None and newest.ran_at >= since:
                del self._since[job_id]
                refused = newest.state is RunState.REFUSED
                words = (
                    f"its run was refused: {newest.problem or 'no reason given'}" if refused else "its run has started"
                )
                yield f"{label}: {words}.", not refused
