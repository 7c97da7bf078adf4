"""How current what is shown is, in words for the header. They change at most once a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.present import moments
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from globus_tui.store.refresh_plan import Freshness


def header_words(current: Freshness, now: datetime, zone: tzinfo) -> str:
    """`synced just now`, `STALE: no answer since 14:02 (timed out), next try 14:05`, `signed out`."""
    synced = f"synced {moments.relative_words(current.checked_at, now)}" if current.checked_at else "never synced"
    state = current.state.value
    if state == "fresh":
        return synced
    if state == "from cache" and current.checked_at:
        return f"from cache, read {moments.relative_words(current.checked_at, now)}; {_asking(current, now, zone)}"
    if state == "signed out":
        return "signed out" + (f", {synced}" if current.checked_at else "")
    if state == "paused":
        return f"refresh off, {synced}"
    if current.checked_at is None:
        return _asking(current, now, zone)
    since = moments.since_words(current.checked_at, now, zone)
    return f"STALE: no answer since {since}{_why_and_when(current, now, zone)}"


def short_freshness(current: Freshness, now: datetime, zone: tzinfo) -> str:
    """The same for 80 columns: `synced 2m ago`, `STALE since 14:02`, `signed out`."""
    state = current.state.value
    if state == "signed out":
        return "signed out"
    if state == "from cache" and current.checked_at:
        return f"from cache, {moments.relative(current.checked_at, now)}"
    if state == "never read" or current.checked_at is None:
        return "no answer yet" if current.problem else "asking"
    if state == "stale":
        return f"STALE since {moments.since_words(current.checked_at, now, zone)}"
    words = f"synced {moments.relative(current.checked_at, now)}"
    return f"{words}, off" if state == "paused" else words


def none_words(words: str, current: Freshness, now: datetime, zone: tzinfo) -> str:
    """A sentence that says of all timers that there is none; where Globus has not answered, that this is not known."""
    if current.checked_at is None or current.state.value == "from cache":
        return "That is not known: Globus has not answered yet."
    if current.outdated:
        return f"That is not known: Globus has not answered since {moments.since_words(current.checked_at, now, zone)}."
    return words


def _asking(current: Freshness, now: datetime, zone: tzinfo) -> str:
    return f"no answer yet{_why_and_when(current, now, zone)}" if current.problem else "asking Globus"


def _why_and_when(current: Freshness, now: datetime, zone: tzinfo) -> str:
    """` (timed out), next try 14:05`."""
    reason = f" ({one_line(current.problem)})" if current.problem else ""
    if (at := current.next_attempt) is None:
        return reason
    return f"{reason}, next try {'now' if at <= now else moments.clock(at, zone)}"
