"""The program as `tests.soak` runs it: after every tidying up it says what has happened so far and what it holds."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import pkgutil
from collections import Counter
from functools import _lru_cache_wrapper
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import globus_tui
from globus_tui.__main__ import main
from globus_tui.api.exchange import Exchange
from globus_tui.cli import console
from globus_tui.cli.terminal import trim_heap
from globus_tui.store import refresh_plan
from globus_tui.store.activity_log import KEPT
from globus_tui.store.rows import RUNS_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.app import GlobusTui
    from globus_tui.store.job_state import Change
    from globus_tui.store.job_store import JobStore


def count_objects() -> Counter[str]:
    """By type, also those that the collector does not look at; without those in caches that have a bound.

    Caches are empty afterwards, and what was frozen is not any more.
    """
    gc.unfreeze()
    caches = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    for cache in caches:
        if cache.cache_parameters()["maxsize"] is not None:
            cache.cache_clear()
    found, seen = gc.get_objects(), set[int]()
    counts = Counter[str]()
    while found:
        found = list({id(one): one for one in found if id(one) not in seen}.values())
        seen.update(map(id, found))
        counts.update(type(one).__name__ for one in found)
        found = gc.get_referents(*found)
    return counts


class Watcher:
    """Counts refreshes and runs, and writes each sample over the one before; all of it on the event loop.

    Objects are counted where a file asks for it, by a copy of the process: counting takes as much memory again.

    Args:
        leak: bytes that are kept of each run that is seen, to see the trial find that.
    """

    def __init__(self, store: JobStore, path: Path, leak: int) -> None:
        self._store, self._path, self._leak = store, path, leak
        self._asking, self._counting = path.with_suffix(".count"), 0
        self._last: dict[str, float] = {}
        self._read_at: object = None
        self._leaked: list[bytes] = []
        self._refreshes = self._runs = self._samples = 0
        store.subscribe(self._take)

    def _take(self, change: Change) -> None:
        if self._store.freshness.checked_at != self._read_at:
            self._read_at = self._store.freshness.checked_at
            self._refreshes += 1
        for job_id in change.jobs:
            row = self._store.states.rows.get(job_id)
            last = (row and row.last_run) or 0.0
            if last > self._last.setdefault(job_id, last):
                self._last[job_id] = last
                self._runs += 1
                self._leaked += [os.urandom(self._leak)] if self._leak else []

    def write(self) -> None:
        """Not before everything is read: what a refresh works with is there for a moment only."""
        refresher = self._store.refresher
        if refresher.reading or refresher._reading_jobs or refresher._reading_rest or not self._store.has_all_tasks:
            return
        self._samples += 1
        if self._asking.exists():
            self._asking.unlink()
            self._count()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        sample = {
            "number": self._samples,
            "refreshes": self._refreshes,
            "runs": self._runs,
            "memory": pages * os.sysconf("SC_PAGE_SIZE"),
            "tasks": len(asyncio.all_tasks()),
        }
        _replace(self._path, sample)

    def _count(self) -> None:
        if self._counting:
            os.waitpid(self._counting, 0)
        self._counting = os.fork()
        if not self._counting:
            try:
                _replace(self._path.with_suffix(".objects"), count_objects())
            finally:
                os._exit(0)


def _replace(path: Path, found: object) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(found))
    beside.replace(path)


def watched(make: Callable[..., JobStore], tidy: Callable[[], None]) -> Callable[..., JobStore]:
    """Counts what happens in the store that is made."""

    def make_store(*arguments: Any, **options: Any) -> JobStore:
        store = make(*arguments, **options)
        counter = Watcher(store, Path(os.environ["SOAK_SAMPLE"]), int(os.environ["SOAK_LEAK"]))

        def tidied() -> None:
            tidy()
            counter.write()

        vars(console)["trim_heap"] = tidied
        return store

    return make_store


def filled(make: Callable[..., GlobusTui]) -> Callable[..., GlobusTui]:
    """The log of requests begins with as many lines as it ever has: it takes days until there are so many."""

    def make_console(*arguments: Any, **options: Any) -> GlobusTui:
        app = make(*arguments, **options)
        for number in range(KEPT):
            app.activity.note(Exchange("timer", "GET", f"/jobs/{number:036}", 200, 1000 + number, 100_000 + number))
        return app

    return make_console


def load_all() -> None:
    """What else is loaded when it is first needed: pages, and httpx when a connection breaks off."""
    for one in pkgutil.walk_packages(globus_tui.__path__, "globus_tui."):
        if not one.name.startswith("globus_tui.sandbox"):
            import_module(one.name)


if __name__ == "__main__":
    load_all()
    console._TIDY_EVERY = 1.0
    refresh_plan.MANY_RUNS = RUNS_KEPT  # the first list brings as many runs of each timer as weeks would
    console.make_store = watched(console.make_store, trim_heap)
    console.make_console = filled(console.make_console)
    main()
