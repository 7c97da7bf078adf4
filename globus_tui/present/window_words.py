"""Maintenance windows in words, the same on the screen and in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.present import moments
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.job import JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.store.windows import Closing, Window


def state_words(window: Window, now: datetime, zone: tzinfo) -> str:
    if window.closed is not None:
        return f"closed {moments.since_words(window.closed, now, zone)}"
    if window.state == "planned":
        return f"pauses {moments.since_words(window.at, now, zone)}"
    held = len(window.holding())
    if window.overdue(now) and window.until is not None:
        return f"OVERDUE since {moments.since_words(window.until, now, zone)}, {held} still paused"
    return f"open, {held} paused"


def overdue_words(window: Window, now: datetime, zone: tzinfo, how: str) -> str:
    """A warning about one that should have ended."""
    since = moments.since_words(window.until, now, zone) if window.until else "?"
    reason = f" ({window.reason})" if window.reason else ""
    held = counted(len(window.holding()), "timer")
    verb = "is" if len(window.holding()) == 1 else "are"
    return f"The maintenance window{reason} should have ended {since}: {held} {verb} still paused. {how}"


def opening_words(until: datetime | None, now: datetime, zone: tzinfo, *, resume: bool) -> str:
    """What becomes of the timers when it is over."""
    if until is None:
        return "They stay paused until the window is closed."
    when = moments.date_time(until, now, zone)
    if resume:
        return f"They are resumed {when}, by whichever copy of this program runs then (a console, or window due)."
    return f"It should end {when}: closing it resumes exactly these; from then on every start and check warn."


def closing_lines(window: Window, found: Closing, states: Mapping[JobId, JobState]) -> list[str]:
    """What ending it does with each timer, in the order in which it is done."""
    lines = []
    for item in found.resumed:
        at_once = item.job_id in found.at_once
        state = states.get(item.job_id)
        missed = state.history.missed_now if state is not None else None
        said = f"{counted(missed, 'run')} missed, ONE starts at once" if at_once else "nothing starts at once"
        lines.append(f"resume {item.name or item.job_id}: {said}")
    return [*lines, *(f"left alone: {item.name or item.job_id} {why}" for item, why in found.left)]
