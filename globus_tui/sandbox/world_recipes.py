"""The short form in which the timers of the seeded world are written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MB, GB, TB = 10**6, 10**9, 10**12

OK, FAILED, REFUSED, SKIPPED_FILES, NO_FILES, FAULTS, SHRUNK = ".", "x", "r", "!", "0", "f", "s"
SKIPPED_TICK, MISSED, RUNNING, NEVER_STARTED, CANCELED = "-", "p", ">", "_", "c"
NOT_RUN = SKIPPED_TICK + MISSED + NEVER_STARTED


@dataclass(frozen=True)
class Recipe:
    """One timer of the seeded world.

    `marks` tells the latest ticks, newest last, one character each: `.` fine, `f` with recovered faults, `x` failed
    task, `r` refused at submission, `!` skipped files, `0` moved nothing, `s` found far
    less than usual, `c` canceled, `-` skipped since the run
    before was still going, `p` missed while paused, `_` due but never started, `>` running now. Ticks before
    those were fine.
    """

    name: str | None
    source: str
    """`collection:/path/`; `flow:KEY` and `url:ADDRESS` for the other types."""
    target: str
    every: int | None
    """Seconds; None for a single run."""
    when: str
    """`HH:MM` (UTC), or `+SECONDS` from the world's beginning to the next tick, or `-SECONDS` from the last."""
    took: int = 10 * MINUTE
    files: int = 400
    size: int = 20 * GB
    count: int = 40
    """Ticks so far."""
    marks: str = ""
    error: str = "PERMISSION_DENIED"
    refusal: Document = field(default_factory=dict)
    """Body of the error answer of runs marked `r`; `status` holds the HTTP status."""
    status: str = "active"
    why: Document | None = None
    """`inactive_reason`."""
    options: Document = field(default_factory=dict)
    """Fields of the transfer document."""
    plan: Document = field(default_factory=dict)
    """How later runs turn out, over what the marks say."""
    ends_in: int | None = None
    """For a run in progress: seconds until it ends."""
    stop_n: int | None = None
    stop_after: int | None = None
    """Seconds from the beginning until the end date; negative for one that has passed."""
    legacy: bool = False
    poor_session: bool = False
    """Its stored credential comes from a login without second factor, policy or university identity."""
    quirks: Document = field(default_factory=dict)


def user_pause() -> Document:
    """`inactive_reason` of a timer paused by its owner."""
    return {"cause": "user", "detail": None}


def needs(code: str, message: str, **parameters: object) -> Document:
    """`inactive_reason` of a timer stopped for an authorization requirement."""
    detail = {"code": code, "authorization_parameters": {"session_message": message, **parameters}}
    return {"cause": "globus_auth_requirements", "detail": detail}
