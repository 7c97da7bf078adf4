"""When several copies of the program share one answer: the rules. Pure; moments are seconds of one clock.

Copies of one user, on one host, under one profile take turns in asking Globus. Whoever is due looks at what another
copy was told, and asks only when that is of no use. Nobody is in charge, so nobody has to be missed: a copy that ends,
fails, is stopped or slows down simply does not bring anything new, and the next one that is due asks.
"""

from __future__ import annotations

from globus_tui.domain.quick_dataclass import dataclass

GRACE = 2.0
"""Seconds that a copy waits longer when it took the last answer from another: so that one copy goes on asking, and its
answer is there when the others are due."""

STEP = 0.5
PATIENCE = 20.0
"""Seconds that a copy waits for another that is asking just now, looking every `STEP`. Longer than almost any answer
takes, much shorter than an interval after which data count as outdated."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What may be known of an answer without reading it.

    Attributes:
        asked: when its request was sent: what happened later cannot be in it.
        answered: when it was complete: its age counts from here, whoever reads it.
        runs: how many runs of each timer it was asked to carry.
    """

    asked: float
    answered: float
    runs: int


def is_sound(stamp: Stamp, now: float) -> bool:
    """It can have been written on this host since it started: a moment to come is from before a restart."""
    return 0.0 <= stamp.asked <= stamp.answered <= now


def may_use(stamp: Stamp, *, now: float, newest_asked: float | None, pace: float, runs: int) -> bool:
    """Whether another copy's answer does as well as one of our own.

    Args:
        stamp: of that answer.
        now: the present.
        newest_asked: when the newest answer that we know was asked for; None before the first.
        pace: seconds after which we want another: one that is as old already is of no use.
        runs: how many runs of each timer we want; fewer would leave gaps.
    """
    if not is_sound(stamp, now) or now - stamp.answered >= pace:
        return False
    return stamp.runs >= runs and (newest_asked is None or stamp.asked > newest_asked)
