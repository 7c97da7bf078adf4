"""Simulated time: as fast as real time, faster, or standing still; and what happens in it by itself."""

from __future__ import annotations

import heapq
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Tells the sandbox what time it is.

    Args:
        start: the simulated moment at which the clock begins; the real present when None.
        speed: simulated seconds per real second; 0 is a frozen clock, moved only by `advance`.
    """

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        if speed < 0:
            raise ValueError("a clock cannot run backwards")
        self._base = start or datetime.now(UTC)
        self._speed = speed
        self._since = time.monotonic()

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        """The simulated moment, aware, in UTC."""
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def run(self, speed: float) -> None:
        """Goes on from the present simulated moment at another speed; 0 freezes."""
        if speed < 0:
            raise ValueError("a clock cannot run backwards")
        self._base, self._since = self.now(), time.monotonic()
        self._speed = speed

    def advance(self, by: timedelta | float) -> datetime:
        """Moves the clock forward by a timedelta or by seconds; returns the new moment."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if step < timedelta(0):
            raise ValueError("a clock cannot run backwards")
        self._base += step
        return self.now()


class Agenda:
    """A queue of things that happen at simulated moments.

    Requests call `run_until(now)` first, so the world is always caught up before it answers. Nothing runs in the
    background: a sandbox that nobody asks costs nothing.
    """

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._booked = 0

    def at(self, moment: datetime, happen: Callable[[datetime], None]) -> None:
        """Books `happen(moment)`; things booked for the same moment happen in the order of booking."""
        self._booked += 1  # a number: Python 3.14 copies no itertools.count
        heapq.heappush(self._queue, (moment, self._booked, happen))

    def run_until(self, now: datetime) -> None:
        while self._queue and self._queue[0][0] <= now:
            moment, _, happen = heapq.heappop(self._queue)
            happen(moment)
