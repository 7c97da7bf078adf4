"""When a timer is due: a grid of moments anchored at its start, in UTC, so that no clock change moves it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Timer

RETRY_CAP = timedelta(minutes=45)
"""A start that fails for a moment is retried no longer than this (documented)."""
RETRY_PAUSE_CAP = timedelta(minutes=5)
"""How often the real service tries within the window is not known; ten times, at most 5 minutes apart, here."""


def exhausted(timer: Timer) -> bool:
    """Whether it has run as often as it may. Skipped ticks and failed starts do not count as runs.

    That failed starts do not count is a choice: the documentation does not say.
    """
    return timer.stop_after_n is not None and timer.n_runs >= timer.stop_after_n


def tick_after(timer: Timer, moment: datetime) -> datetime | None:
    """The first tick strictly after `moment`; None when nothing more will come.

    Tick n+1 is start + n × interval (documented). A tick at exactly the end time still runs.
    """
    if exhausted(timer):
        return None
    if moment < timer.start:
        tick = timer.start
    elif timer.interval is None:
        return None
    else:
        step = timedelta(seconds=timer.interval)
        tick = timer.start + ((moment - timer.start) // step + 1) * step
    return None if timer.stop_at is not None and tick > timer.stop_at else tick


def retry_window(timer: Timer) -> timedelta:
    """For how long a failing start is repeated: half the interval, at most 45 minutes.

    Below an interval of two minutes the documentation is silent; half the interval is kept there too.
    """
    if timer.interval is None:
        return RETRY_CAP
    return min(RETRY_CAP, timedelta(seconds=timer.interval) / 2)


def retry_pause(timer: Timer) -> timedelta:
    """How long to wait between two attempts of one start."""
    return min(RETRY_PAUSE_CAP, retry_window(timer) / 10)


def runs_a_minute(interval: int | None) -> float:
    """How much of a user's budget (one run a minute) a timer with this interval in seconds takes."""
    return 0.0 if interval is None else 60.0 / interval


def whole_seconds(seconds: float) -> int:
    """An interval as the service keeps it: floored (documented for v1)."""
    return math.floor(seconds)
