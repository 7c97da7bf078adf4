"""How current the published data are."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError, ServiceError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.gare import Gare


class FreshnessState(Enum):
    """What may be said of the data."""

    NEVER = "never read"
    CACHED = "from cache"
    FRESH = "fresh"
    STALE = "stale"
    SIGNED_OUT = "signed out"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current the data are. Moments are by this machine's clock (`store.clock()`), not the service's.

    Attributes:
        state: FRESH as long as the last attempt worked. STALE: it did not, the last good data are still shown.
            PAUSED: refreshing is switched off. NEVER: there has been no answer yet. CACHED: neither, but rows of an
            earlier session are shown; `checked_at` is from then, and nothing is done to them.
        checked_at: when the service last answered, None if never.
        problem: why the last attempt failed, in words.
        advice: what to do about it.
        next_attempt: when it is tried again by itself, None when it is not.
        failures: attempts in a row that failed.
        outdated: three intervals have passed without an answer: no health word is good any more.
        gare: what Globus wants before it answers again.
        partial: why tasks or names of collections could not be read though the timers could.
    """

    state: FreshnessState = FreshnessState.NEVER
    checked_at: datetime | None = None
    problem: str | None = None
    advice: str | None = None
    next_attempt: datetime | None = None
    failures: int = 0
    outdated: bool = False
    gare: Gare | None = None
    partial: str | None = None


def is_sign_out(error: GlobusTuiError) -> bool:
    """Nothing will work until somebody signs in: no credentials, or the service does not take them any more."""
    return isinstance(error, SignedOut) or (
        isinstance(error, ServiceError) and error.status == 401 and error.gare is None
    )


def wait_asked_for(error: GlobusTuiError) -> float | None:
    """Seconds that the service asked to wait."""
    return error.retry_after if isinstance(error, ServiceError) else None


def requirement(error: GlobusTuiError) -> Gare | None:
    """What Globus wants first, when the refusal says so."""
    return error.gare if isinstance(error, ServiceError) else None
