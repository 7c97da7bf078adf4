"""The facility of the tests, built once a process and copied for each test: building it takes a fifth of a second."""

from __future__ import annotations

import gc
import heapq
import io
import pickle
from functools import cache
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.state import Timer, TransferTask
from globus_tui.sandbox.world.history import facility

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from globus_tui.sandbox.state import Sandbox


def copied_facility(clock: Clock, few: Collection[str] = ()) -> Sandbox:
    """What `facility(clock)` makes; the clock must stand still, for the copy begins at its moment.

    With names in `few` it has those timers only, and the tasks of their runs: a tenth of the time.
    Each is a world of its own down to the last list: only the clock is that of the caller.
    """
    assert clock.speed == 0
    written, collecting = _written(clock.now(), frozenset(few)), gc.isenabled()
    gc.disable()  # a third of the time: of all that is made now, nothing is garbage
    try:
        return _Reader(written, clock).load()  # type: ignore[no-any-return]  # a pickle has no type
    finally:
        if collecting:
            gc.enable()


@cache
def _written(start: datetime, few: frozenset[str]) -> bytes:
    file = io.BytesIO()
    whole = facility(Clock(start, speed=0))
    if few:
        _reduce(whole, few)
    _Writer(file, protocol=5).dump(whole)
    return file.getvalue()


def _reduce(sandbox: Sandbox, few: frozenset[str]) -> None:
    sandbox.timers = {key: one for key, one in sandbox.timers.items() if one.name in few}
    runs = {run.resource_id for timer in sandbox.timers.values() for run in timer.results}
    sandbox.tasks = {key: one for key, one in sandbox.tasks.items() if key in runs}
    sandbox.unfinished = {key: one for key, one in sandbox.unfinished.items() if key in runs}
    left = {id(one) for one in (*sandbox.timers.values(), *sandbox.tasks.values())}
    booked = sandbox.agenda._queue
    booked[:] = [
        one
        for one in booked
        if all(id(what) in left for what in getattr(one[2], "args", ()) if isinstance(what, Timer | TransferTask))
    ]
    heapq.heapify(booked)


class _Writer(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        return "clock" if isinstance(obj, Clock) else None


class _Reader(pickle.Unpickler):
    def __init__(self, written: bytes, clock: Clock) -> None:
        super().__init__(io.BytesIO(written))
        self._clock = clock

    def persistent_load(self, pid: Any) -> Clock:
        return self._clock
