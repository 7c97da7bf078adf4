"""What starting a timer's transfer by hand would do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.schedule import RecurringSchedule
from globus_tui.present import moments

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from globus_tui.domain.job import Job

_SOON = 3600


def overlap_words(job: Job, *, running: bool, now: datetime, zone: tzinfo) -> str | None:
    """That another run is under way or near; None when none is."""
    if running:
        return "WARN a run of it is in progress: both would write to the same place."
    coming = job.next_run if isinstance(job.schedule, RecurringSchedule) else None
    if coming is not None and not job.stands_still and 0 <= (coming - now).total_seconds() < _SOON:
        return f"WARN its next run begins {moments.relative_words(coming, now)}, maybe before this one ends."
    return None
