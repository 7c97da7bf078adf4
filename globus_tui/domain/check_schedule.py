"""Checks of when a draft runs, against the service's limits (documented) and the past of similar timers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import DEADLINE, END, INTERVAL, SCHEDULE, START
from globus_tui.domain.findings import Finding, note, stop, warn
from globus_tui.domain.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL, OnceSchedule, RecurringSchedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.schedule import Schedule

FARTHEST_START = timedelta(days=365)
PAST_ALLOWED = timedelta(days=1)
"""A start must be "in the future or close to the present" (documented); how close is not known. Within this it is a
warning, beyond it is not sent."""


def check_schedule(draft: Draft, now: datetime) -> Iterator[Finding]:
    """Everything about the schedule; of each member of a calendar group."""
    if draft.what is What.TRANSFER_NOW:
        return
    schedules = [one.schedule for one in draft.group] if len(draft.group) > 1 else [draft.schedule]
    seen = set()
    for schedule in schedules:
        for finding in _check(schedule, now):
            if finding not in seen:
                seen.add(finding)
                yield finding
    yield from _deadline(draft, now)


def _check(schedule: Schedule | None, now: datetime) -> Iterator[Finding]:
    if schedule is None:
        yield stop(SCHEDULE, "It is not said when it runs")
    elif isinstance(schedule, OnceSchedule):
        if schedule.at is not None:
            yield from _start(schedule.at, now)
    else:
        yield from _interval(schedule.interval)
        if schedule.start is not None:
            yield from _start(schedule.start, now)
        yield from _end(schedule, now)


def _interval(interval: timedelta) -> Iterator[Finding]:
    if interval < SHORTEST_INTERVAL:
        yield stop(INTERVAL, f"{int(interval.total_seconds())} s is too short: Globus allows 60 seconds at least")
    if interval > LONGEST_INTERVAL:
        yield stop(INTERVAL, f"{interval.days} days is too long: Globus allows 365 days at most")
    if interval % timedelta(seconds=1):
        yield stop(INTERVAL, "An interval must be in whole seconds")


def _start(start: datetime, now: datetime) -> Iterator[Finding]:
    if start > now + FARTHEST_START:
        yield stop(START, "It starts more than a year from now, which Globus does not allow")
    elif start < now - PAST_ALLOWED:
        yield stop(START, "Its start has passed more than a day ago")
    elif start < now:
        yield warn(START, "Its start has passed: the first run may begin at once")


def _end(schedule: RecurringSchedule, now: datetime) -> Iterator[Finding]:
    end = schedule.end
    if end.after_runs is not None and end.after_runs < 1:
        yield stop(END, "It has to make at least one run")
    if end.after_runs == 1:
        yield stop(END, "A timer that runs once has no interval: choose a single run")
    if end.until is not None and end.until <= now:
        yield stop(END, "It ends in the past")
    elif end.until is not None and end.until < (schedule.start or now):
        yield stop(END, "It ends before its first run")
    elif end.until is not None and (schedule.start or now) + schedule.interval > end.until:
        yield note(END, "It ends before its second run")
    if end.until is not None and end.after_runs is not None:
        yield stop(END, "It ends on a date or after a number of runs, not both")


def _deadline(draft: Draft, now: datetime) -> Iterator[Finding]:
    """A timer's deadline is a fixed moment: runs after it would fail."""
    moment = wire.moment(draft.transfer.deadline) if draft.what is What.TRANSFER_TIMER else None
    if moment is None or moment <= now or draft.schedule is None:
        return
    schedule = draft.schedule
    if isinstance(schedule, RecurringSchedule):
        yield warn(DEADLINE, "The deadline is one moment for all runs: those after it fail")
    elif schedule.at is not None and schedule.at >= moment:
        yield stop(DEADLINE, "The deadline is before the run")
