"""What this program itself costs, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.present.moments import duration
from globus_tui.present.sizes import counted, size

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class OwnCost:
    """What was used since the start.

    Attributes:
        lasted: since the start.
        cpu_seconds: of this process.
        memory: bytes in memory now; None where the system does not tell.
        requests: sent to Globus, repeated ones included.
        received: bytes of their answers, as they came over the wire.
        pace: seconds between refreshes as things are; 0 is off.
        timers: known now.
        others: copies of this program that share answers with this one; None when it shares none.
        taken: lists that another copy asked for.
        last_taken: the list shown is one of those.
    """

    lasted: timedelta
    cpu_seconds: float
    memory: int | None
    requests: int
    received: int
    pace: float
    timers: int
    others: int | None = None
    taken: int = 0
    last_taken: bool = False


def own_lines(cost: OwnCost) -> tuple[str, ...]:
    """A line for each thing it uses."""
    seconds = max(cost.lasted.total_seconds(), 1.0)
    hours = seconds / 3600
    pace = f"every {cost.pace:g} s" if cost.pace else "off"
    return (
        f"running    {duration(cost.lasted)}, {counted(cost.timers, 'timer')}, refresh {pace}",
        f"processor  {cost.cpu_seconds:.1f} s, {cost.cpu_seconds / seconds:.1%} of one core",
        f"memory     {'not known' if cost.memory is None else size(cost.memory)}",
        f"requests   {cost.requests}, {cost.requests / max(hours, 1 / 60):.0f} an hour at this rate",
        f"received   {size(cost.received)}",
        f"shared     {_sharing(cost)}",
    )


def _sharing(cost: OwnCost) -> str:
    if cost.others is None:
        return "no, this copy asks for itself"
    if not cost.others and not cost.taken:
        return "with nobody, this is the only copy on this host"
    others = counted(cost.others, "other copy", "other copies")
    last = "; the last one by another copy" if cost.last_taken else "; the last one by this copy"
    return f"with {others} on this host, {counted(cost.taken, 'list')} read by another{last}"
