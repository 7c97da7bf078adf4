"""Looks at the sources of mirrors before their next run deletes anything: an emptied or unmounted one shows in time.

Cheap, so not deep: the names at the top of each source folder are counted, once before a run, and compared with what
stood there when that was last well. What is found stands in the ledger, where all that judge a timer see it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.transfer.destructive import fewer
from globus_tui.domain.transfer.task import TaskStatus

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import JobId
    from globus_tui.store.creation import Making
    from globus_tui.store.job_state import JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.rows import Row

SOON = timedelta(minutes=30)
"""How long before a run its source is counted."""
_MOST_FOLDERS = 5
"""Of a timer: more are not cheap."""
_AT_ONCE = 3


class SourceCounts:
    """Counts what is due.

    Args:
        store: has the timers, and what was counted.
        making: whose browser lists folders; asked for when something is counted, as it may take long to load.
    """

    def __init__(self, store: JobStore, making: Making) -> None:
        self._store, self._making = store, making
        self._tried: dict[JobId, datetime] = {}
        self._no_mirrors: set[JobId] = set()

    async def count(self) -> None:
        """Counts the sources of mirrors that run soon and were not counted for that run yet.

        Raises:
            GlobusTuiError: the ledger cannot be written.
        """
        now, gate = self._store.now(), asyncio.Semaphore(_AT_ONCE)
        begin, states = now.timestamp(), self._store.states
        end = begin + SOON.total_seconds()
        soon = [row for row in states.rows.values() if row.active and begin <= row.next_run <= end]
        due = [states[row.job_id] for row in soon if self._is_mirror(row) and self._due(row.job_id)]

        async def count(state: JobState) -> None:
            self._tried[state.job_id] = now
            async with gate:
                entries = await self._entries(state)
            if entries is not None:
                await self._store.decide([state.job_id], source=self._judged(state, entries, now))

        await asyncio.gather(*map(count, due))

    def _is_mirror(self, row: Row) -> bool:
        """Looked up once: of thousands that takes a second, and Globus can change nothing of a timer but its name."""
        if row.job_id not in self._no_mirrors:
            job = self._store.states.glance(row).job
            if job.deletes or job.unreadable:
                return job.deletes
            self._no_mirrors.add(row.job_id)
        return False

    def _due(self, job_id: JobId) -> bool:
        seen, tried = self._store.orders(job_id).source, self._tried.get(job_id)
        last = max(filter(None, (seen.at if seen else None, tried)), default=None)
        return last is None or self._store.now() - last > SOON

    async def _entries(self, state: JobState) -> int | None:
        """How many names there are; None where that cannot be told."""
        data = state.job.transfer
        paths = [item.source_path for item in data.items if item.recursive is not False] if data else []
        if data is None or not data.source_endpoint or not 0 < len(paths) <= _MOST_FOLDERS:
            return None
        names = 0
        for path in paths:
            folder = await self._making.lookup.folder(data.source_endpoint, path, show_hidden=True, again=True)
            if not folder.missing and (folder.problem is not None or folder.gare is not None):
                return None
            names += 0 if folder.missing else len(folder.entries) if folder.total is None else folder.total
        return names

    def _judged(self, state: JobState, entries: int, now: datetime) -> dict[str, object]:
        """What is kept: after an alarm still what was usual before it."""
        orders = self._store.orders(state.job_id)
        usual = orders.source.usual if orders.source is not None else entries or self._files(state)
        alarm = fewer(usual, entries, orders.fewer_percent, orders.fewer_files)
        return {"at": now.astimezone(UTC).isoformat(), "entries": entries, "usual": usual if alarm else entries}

    def _files(self, state: JobState) -> int:
        """Of the last run that met some."""
        tasks = (self._store.tasks.get(run.resource_id or "") for run in state.job.runs)
        met = (task.files for task in tasks if task is not None and task.status is TaskStatus.SUCCEEDED and task.files)
        return next(met, 0)
