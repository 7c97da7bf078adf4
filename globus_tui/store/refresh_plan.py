"""How current the published data are, and when to ask next. Pure: every decision is a new `Plan`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.auth.gare import Gare


class FreshnessState(Enum):
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

    @property
    def is_old(self) -> bool:
        """What is shown is what was known before."""
        return self.state in (FreshnessState.STALE, FreshnessState.SIGNED_OUT, FreshnessState.CACHED)


def is_sign_out(error: GlobusTuiError) -> bool:
    """Nothing will work until somebody signs in: no credentials, or the service does not take them any more."""
    return isinstance(error, SignedOut) or error.kind is ErrorKind.SIGNED_OUT


DEFAULT_INTERVAL = 30.0
FLOOR = 10.0
"""Seconds: the real service is never asked for the list more often."""

LONGEST_WAIT = 300.0
"""Seconds: failures double the wait up to here (or to the interval, if that is longer)."""

UNFOCUSED_FACTOR = 4.0
SOON = 3.0
"""Seconds after an action until the timer is read once more: what it set going shows by then."""

AFTER_NEXT_RUN = timedelta(seconds=5)
"""How long after its `next_run` a timer is read again: the service starts runs some seconds late."""

DUE_AT_ONCE = 3
"""Single timers read at one time; with more of them due, the list does it at the next interval."""

SOON_ENOUGH = timedelta(seconds=60)
"""A next list no later than this after a run fell due tells of the run: nothing else is asked, except for a timer that
somebody has open. With many timers one falls due all the time, and single readings would outnumber the lists."""

LIST_INSTEAD = 10
"""Timers to read after actions from which on one list is less than so many readings."""

VERDICTS_APART = 30.0
"""Seconds between two looks at what time alone changes: words go by the minute, and each look judges and draws."""

OUTDATED_AFTER_INTERVALS = 3
OUTDATED_WHEN_OFF = 900.0
"""Seconds after which data count as outdated when refreshing is switched off."""

FEW_RUNS, MANY_RUNS, RUNS_OF_VERY_MANY = 4, 14, 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned.

    Attributes:
        interval: seconds between refreshes, 0 for off; see `usable_interval`.
        next_at: when the list is asked for next; None while off or signed out.
        failures: attempts in a row that failed.
        signed_out: nothing is asked until somebody signs in.
        focused: somebody is looking; else it goes slower.
    """

    interval: float = DEFAULT_INTERVAL
    next_at: datetime | None = None
    failures: int = 0
    signed_out: bool = False
    focused: bool = True

    @property
    def pace(self) -> float:
        """Seconds between refreshes as things are; 0 for off."""
        return self.interval if self.focused else self.interval * UNFOCUSED_FACTOR

    def succeeded(self, answered: datetime, grace: float = 0.0) -> Plan:
        """The service answered, and another answer is due an interval and some seconds later."""
        next_at = answered + timedelta(seconds=self.pace + grace) if self.interval else None
        return replace(self, next_at=next_at, failures=0, signed_out=False)

    def failed(self, now: datetime, *, retry_after: float | None = None, jitter: float = 0.5) -> Plan:
        """The request failed: the wait doubles.

        Args:
            retry_after: seconds that the service asked to wait: never earlier than that.
            jitter: 0 to 1, drawn by the caller, so that many copies do not come back all at once.
        """
        failures = self.failures + 1
        wait = wait_after_failure(failures, self.pace or DEFAULT_INTERVAL, retry_after, jitter)
        return replace(self, failures=failures, next_at=now + timedelta(seconds=wait) if self.interval else None)

    def signed_out_now(self) -> Plan:
        return replace(self, signed_out=True, next_at=None)

    def asking_again(self, now: datetime) -> Plan:
        return replace(self, signed_out=False, failures=0, next_at=now)

    def with_interval(self, seconds: float, now: datetime) -> Plan:
        """Sets another interval, counted from now on; 0 switches refreshing off."""
        return self._rescheduled(replace(self, interval=seconds), now)

    def with_focus(self, focused: bool, now: datetime, checked_at: datetime | None) -> Plan:
        """The terminal got or lost the focus; whoever comes back gets fresh data at once if they are due."""
        if focused == self.focused:
            return self
        changed = replace(self, focused=focused)
        if self.failures or self.next_at is None or checked_at is None:
            return changed  # what was never read is not put off
        return replace(changed, next_at=max(now, checked_at + timedelta(seconds=changed.pace)))

    def _rescheduled(self, changed: Plan, now: datetime) -> Plan:
        if changed.signed_out or not changed.interval:
            return replace(changed, next_at=None)
        soonest = now + timedelta(seconds=changed.pace)
        return replace(changed, next_at=soonest if self.next_at is None else min(soonest, self.next_at))

    def outdated_at(self, checked_at: datetime | None) -> datetime | None:
        """When data read at `checked_at` count as outdated; None when there are none.

        Whoever comes back after a while of slower reading finds data older than three intervals as they are now, though
        Globus answered whenever it was asked: it has two more to do so.
        """
        if checked_at is None:
            return None
        seconds = self.pace * OUTDATED_AFTER_INTERVALS if self.interval else OUTDATED_WHEN_OFF
        outdated = checked_at + timedelta(seconds=seconds)
        if self.failures or self.next_at is None:
            return outdated
        return max(outdated, self.next_at + timedelta(seconds=self.pace * (OUTDATED_AFTER_INTERVALS - 1)))


def usable_interval(seconds: float, *, floor: float = FLOOR) -> float:
    """The interval to use for the one wanted: 0 (off) stays, anything else is at least `floor` seconds."""
    return 0.0 if seconds <= 0 else max(seconds, floor)


def wait_after_failure(failures: int, pace: float, retry_after: float | None, jitter: float) -> float:
    """Seconds to wait after the given number of failures in a row: doubling, capped, spread by a quarter."""
    longest = max(LONGEST_WAIT, pace)
    wait = min(longest, pace * 2.0 ** min(failures - 1, 16)) * (0.75 + 0.5 * jitter)
    return wait if retry_after is None else max(wait, retry_after * (1 + 0.1 * jitter))


def runs_to_ask_for(jobs_known: int, seconds_since_answer: float | None) -> int:
    """Runs of each timer worth asking for: many at first, few afterwards, as the older ones are kept.

    After a long silence many again, as several may have run meanwhile; with very many timers fewer, since runs are
    most of the answer.
    """
    if seconds_since_answer is not None and seconds_since_answer < 180:
        return FEW_RUNS
    return MANY_RUNS if jobs_known <= 2000 else RUNS_OF_VERY_MANY
