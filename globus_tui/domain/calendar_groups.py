"""Schedules that the calendar knows and a timer does not, made of several timers with one fixed interval each."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import EndCondition, RecurringSchedule
from globus_tui.domain.typed_clock import DAY_NAMES, next_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time, tzinfo

WEEKDAYS = frozenset(range(5))
WEEKENDS = frozenset({5, 6})
EVERY_DAY = frozenset(range(7))
MOST_TIMERS = 24
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One timer of a group.

    Attributes:
        suffix: sets its name apart, as `mon 18:00`; empty when it is alone.
    """

    schedule: RecurringSchedule
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class CalendarGroup:
    """Timers that together keep a calendar's schedule.

    Attributes:
        members: in the order of their first runs.
        notices: about clock changes.
    """

    members: tuple[GroupMember, ...]
    notices: tuple[str, ...] = ()


def calendar_group(
    days: frozenset[int],
    clocks: Sequence[time],
    now: datetime,
    zone: tzinfo,
    end: EndCondition = EndCondition(),  # noqa: B008 - frozen
) -> CalendarGroup:
    """Timers for some weekdays at some times of day; as few as will do.

    Every day at one time is one timer; times spread evenly over the day are one timer too; else one timer of a day
    or a week for each. An end by number of runs counts for each timer by itself, so it is refused for several.

    Raises:
        BadInput: it would take too many timers, or ends after a number of runs.
    """
    if days == EVERY_DAY:
        even = _even_step(clocks)
        wanted: list[tuple[int | None, time]] = [(None, clocks[0])] if even else [(None, clock) for clock in clocks]
        step = even or _DAY
    else:
        wanted = [(day, clock) for day in sorted(days) for clock in clocks]
        step = _WEEK
    if len(wanted) > MOST_TIMERS:
        raise BadInput(f"That would take {len(wanted)} timers; at most {MOST_TIMERS} are made at once.")
    if len(wanted) > 1 and end.after_runs is not None:
        raise BadInput(f"This takes {len(wanted)} timers, and each counts its own runs: end it on a date instead.")
    notices: list[str] = []
    members = []
    for day, clock in wanted:
        found = next_at(clock, now, zone, days=None if day is None else frozenset({day}))
        notices += found.notices
        suffix = f"{'' if day is None else DAY_NAMES[day][:3] + ' '}{clock:%H:%M}" if len(wanted) > 1 else ""
        members.append(GroupMember(RecurringSchedule(step, found.moment, end), suffix))
    members.sort(key=lambda one: one.schedule.start or now)
    return CalendarGroup(tuple(members), tuple(dict.fromkeys(notices)))


def _even_step(clocks: Sequence[time]) -> timedelta | None:
    """The interval when two or more times of day are spread evenly over it."""
    seconds = sorted({clock.hour * 3600 + clock.minute * 60 + clock.second for clock in clocks})
    if len(seconds) < 2 or 86400 % len(seconds):
        return None
    step = 86400 // len(seconds)
    return timedelta(seconds=step) if all(b - a == step for a, b in pairwise(seconds)) else None
