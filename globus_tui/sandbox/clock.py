"""Simulated time: as fast as real time, faster, or standing still."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


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
        """Simulated seconds per real second."""
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
