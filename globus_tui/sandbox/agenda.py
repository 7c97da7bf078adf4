"""What the sandbox does by itself, in the order of simulated time."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Agenda:
    """A queue of things that happen at simulated moments.

    Requests call `run_until(now)` first, so the world is always caught up before it answers. Nothing runs in the
    background: a sandbox that nobody asks costs nothing.
    """

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = itertools.count()

    def at(self, moment: datetime, happen: Callable[[datetime], None]) -> None:
        """Books `happen(moment)`; things booked for the same moment happen in the order of booking."""
        heapq.heappush(self._queue, (moment, next(self._order), happen))

    def run_until(self, now: datetime) -> None:
        """Lets everything happen that is due, including what is booked meanwhile."""
        while self._queue and self._queue[0][0] <= now:
            moment, _, happen = heapq.heappop(self._queue)
            happen(moment)
