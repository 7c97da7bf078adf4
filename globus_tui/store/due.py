"""Which single timers to read again: those whose next run just fell due, and those that an action asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.refresh_plan import AFTER_NEXT_RUN, DUE_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from globus_tui.domain.job import JobId
    from globus_tui.store.job_state import JobState

SHORTEST_GAP = 60.0
"""Seconds between two such readings, except of timers that somebody has open or asked for."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which next runs are worth a reading of their own.

    Attributes:
        before: those that fall due before this moment of the service's clock: the next list comes much later.
        opened: and those of the timers that somebody has open, whatever the list does.
    """

    before: datetime
    opened: Collection[JobId] = ()


class DueJobs:
    """Moments are of two kinds: next runs by the service's clock, wishes by this machine's."""

    def __init__(self) -> None:
        self._next_runs: dict[JobId, datetime] = {}
        self._heap: list[tuple[datetime, JobId]] = []
        self._wishes: dict[JobId, datetime] = {}
        self._looked_at: dict[JobId, datetime] = {}
        self._not_before: datetime | None = None

    def note(self, states: Iterable[JobState]) -> None:
        """Takes down when jobs run next. Each next run is looked at once: the list sees to the rest."""
        for state in states:
            job = state.job
            if job.next_run is None or job.status is not JobStatus.ACTIVE:
                self._next_runs.pop(job.job_id, None)
                self._looked_at.pop(job.job_id, None)
            elif self._next_runs.get(job.job_id) != job.next_run:
                self._next_runs[job.job_id] = job.next_run
                heappush(self._heap, (job.next_run, job.job_id))
        if len(self._heap) > 2 * len(self._next_runs) + 100:
            self._heap = [one for one in self._heap if self._current(*one)]
            heapify(self._heap)

    def wish(self, job_id: JobId, at: datetime) -> None:
        """Somebody wants a job read again at a moment of this machine's clock."""
        self._wishes[job_id] = min(at, self._wishes.get(job_id, at))

    def next_at(self, now: datetime, clock: datetime, reach: Reach) -> float | None:
        """Seconds until `take` has something to give, negative if it has already; None if never."""
        self._drop_old(now)
        seconds = [(at - clock).total_seconds() for at in self._wishes.values()]
        seconds += [(at - now).total_seconds() for at, _ in self._open_ones(reach.opened)]
        if self._heap and (at := self._heap[0][0] + AFTER_NEXT_RUN) < reach.before:
            gap = (self._not_before - clock).total_seconds() if self._not_before else 0.0
            seconds.append(max(gap, (at - now).total_seconds()))
        return min(seconds) if seconds else None

    def take(self, now: datetime, clock: datetime, reach: Reach) -> tuple[JobId, ...]:
        """The jobs to read now, few: when many fall due at one time the list has them soon enough."""
        wished = [one for one, at in self._wishes.items() if at <= clock]
        for one in wished:
            del self._wishes[one]
        opened = [one for at, one in self._open_ones(reach.opened) if at <= now]
        for one in opened:
            self._looked_at[one] = self._next_runs[one]
        return tuple(dict.fromkeys((*wished, *opened, *self._take_fallen(now, clock, reach))))

    def _take_fallen(self, now: datetime, clock: datetime, reach: Reach) -> list[JobId]:
        """Runs that the list would tell of much later."""
        fallen: list[JobId] = []
        if self._not_before is not None and clock < self._not_before:
            return fallen
        latest = now - AFTER_NEXT_RUN
        while self._heap and self._heap[0][0] <= latest and self._heap[0][0] + AFTER_NEXT_RUN < reach.before:
            at, job_id = heappop(self._heap)
            if self._current(at, job_id) and self._looked_at.get(job_id) != self._next_runs[job_id]:
                fallen.append(job_id)
        if fallen:
            self._not_before = clock + timedelta(seconds=SHORTEST_GAP)
        return fallen if len(fallen) <= DUE_AT_ONCE else []

    def _open_ones(self, opened: Iterable[JobId]) -> list[tuple[datetime, JobId]]:
        """When the timers that somebody looks at are worth a look, each once for every next run."""
        return [
            (next_run + AFTER_NEXT_RUN, one)
            for one in opened
            if (next_run := self._next_runs.get(one)) is not None and self._looked_at.get(one) != next_run
        ]

    def _current(self, next_run: datetime, job_id: JobId) -> bool:
        return self._next_runs.get(job_id) == next_run

    def _drop_old(self, now: datetime) -> None:
        """Next runs that were long past when first seen are overdue or late: not our business."""
        long_past = now - AFTER_NEXT_RUN - timedelta(seconds=60)
        while self._heap and (not self._current(*self._heap[0]) or self._heap[0][0] < long_past):
            heappop(self._heap)
