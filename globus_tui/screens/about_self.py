"""What this program itself uses, measured and in words: for those who share the machine with it."""

from __future__ import annotations

import os
import resource
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from globus_tui.present.moments import duration
from globus_tui.present.sizes import counted, size
from globus_tui.screens.show_text import BareText
from globus_tui.widgets.page import bound

if TYPE_CHECKING:
    from globus_tui.store.job_store import JobStore


class OwnCost(NamedTuple):
    """What was used since the start.

    Attributes:
        memory: bytes in memory now; None where the system does not tell.
        requests: sent to Globus, repeated ones included.
        bytes_received: bytes of their answers, as they came over the wire.
        pace: seconds between refreshes as things are; 0 is off.
        lists_requested: lists that this copy asked for.
        lists_shared: lists that another copy asked for.
        last_was_shared: the list shown is one of those.
    """

    uptime: timedelta
    cpu_seconds: float
    memory: int | None
    requests: int
    bytes_received: int
    pace: float
    timers: int
    lists_requested: int = 0
    lists_shared: int = 0
    last_was_shared: bool = False


def own_lines(cost: OwnCost) -> tuple[str, ...]:
    seconds = max(cost.uptime.total_seconds(), 1.0)
    hours = seconds / 3600
    pace = f"every {cost.pace:g} s" if cost.pace else "off"
    return (
        f"running    {duration(cost.uptime)}, {counted(cost.timers, 'timer')}, refresh {pace}",
        f"processor  {cost.cpu_seconds:.1f} s, {cost.cpu_seconds / seconds:.1%} of one core",
        f"memory     {'not known' if cost.memory is None else size(cost.memory)}",
        f"requests   {cost.requests}, {cost.requests / max(hours, 1 / 60):.0f} an hour at this rate",
        f"received   {size(cost.bytes_received)}",
        f"shared     {_sharing(cost)}",
    )


def _sharing(cost: OwnCost) -> str:
    if not cost.lists_shared:
        return "no list was read by another copy on this host"
    last = "; the last one by another copy" if cost.last_was_shared else "; the last one by this copy"
    lists = counted(cost.lists_shared + cost.lists_requested, "list")
    return f"{cost.lists_shared} of {lists} read by another copy on this host{last}"


def own_cost(store: JobStore, *, requests: int, received: int, lasted: float) -> OwnCost:
    """What was used so far; `received` are bytes of answers, `lasted` are seconds."""
    lists, states = store.refresher, store.states
    used = resource.getrusage(resource.RUSAGE_SELF)
    return OwnCost(
        timedelta(seconds=lasted), used.ru_utime + used.ru_stime, memory_now(), requests, received, lists.plan.pace,
        len(states), lists.lists_requested, lists.lists_shared, lists.last_was_shared,
    )  # fmt: skip


def memory_now() -> int | None:
    """Bytes in memory; None where the system does not tell (it is Linux that does)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class AboutSelf(BareText):
    """Costs as they were when it was opened: a page that counts would cost something itself."""

    BINDINGS: ClassVar = bound("i cancel")

    def __init__(self, cost: OwnCost) -> None:
        super().__init__("\n".join(("This program, since it was started", "", *own_lines(cost))))
