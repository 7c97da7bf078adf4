"""Measures what this program itself uses: for those who share the machine with it."""

from __future__ import annotations

import os
import resource
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.present.own_words import OwnCost

if TYPE_CHECKING:
    from globus_tui.store.job_store import JobStore


def own_cost(store: JobStore, *, requests: int, received: int, started: float) -> OwnCost:
    """What was used so far.

    Args:
        store: knows the timers and the pace.
        requests: sent so far.
        received: bytes of answers so far.
        started: when the program began, by `time.monotonic`.
    """
    lists = store.refresher.lists
    used = resource.getrusage(resource.RUSAGE_SELF)
    return OwnCost(
        timedelta(seconds=time.monotonic() - started),
        used.ru_utime + used.ru_stime,
        memory_now(),
        requests,
        received,
        store.refresher.plan.pace,
        len(store.states),
        lists.others,
        lists.taken,
        lists.last_taken,
    )


def memory_now() -> int | None:
    """Bytes in memory; None where the system does not tell (it is Linux that does)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
