"""Schedules that the calendar knows and a timer does not, made of several timers with one fixed interval each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.schedule.typed_clock import DAY, DAY_NAMES, clock_text, next_at, refuse
from globus_tui.domain.schedule.typed_cron import even_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.schedule.typed_clock import LocalMoment

EVERY_DAY = frozenset(range(7))
MOST_TIMERS = 24


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One timer of a group. `suffix`: sets its name apart, as `mon 18:00`; empty when it is alone."""

    schedule: RecurringSchedule
    suffix: str = ""

    @property
    def clock(self) -> timedelta | None:
        """The local time of day that is wanted, since midnight; on the night of a clock change it may begin apart."""
        hit = re.search(r"(\d\d):(\d\d)(?::(\d\d))?$", self.suffix, re.ASCII)
        if hit is None:
            return None
        hours, minutes, seconds = (int(part or 0) for part in hit.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)


@dataclass(frozen=True, slots=True)
class CalendarGroup:
    """Timers that together keep a calendar's schedule.

    Attributes:
        members: in the order of their first runs.
        clock: the local time of day that a timer which is alone is to have, since midnight; None where none was said.
    """

    members: tuple[GroupMember, ...]
    notices: tuple[str, ...] = ()
    clock: timedelta | None = None


def days_text(days: frozenset[int]) -> str:
    """Weekdays as they are read again, as a rhythm: `weekdays`, `every monday`, `monday and friday`."""
    if days == frozenset(range(5)):
        return "weekdays"
    if days == frozenset({5, 6}):
        return "weekends"
    return listed_days(days) if len(days) > 1 else f"every {listed_days(days)}"


def listed_days(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return "daily"
    names = [DAY_NAMES[day] for day in sorted(days)]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"


def clocks_text(clocks: Sequence[timedelta]) -> str:
    """Times of day as they are read again: `06:00, 12:00 and 18:00`."""
    shown = [clock_text(clock) for clock in clocks]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def calendar_group(
    days: frozenset[int],
    clocks: Sequence[timedelta],
    after: datetime,
    zone: tzinfo,
    *,
    apart: int = 1,
    inclusive: bool = False,
) -> CalendarGroup:
    """Timers for some weekdays at some times of day; as few as will do. Each begins with its next run.

    Every day at one time is one timer; times spread evenly over the day, or over the hour, are one timer too; else
    one timer of an hour, a day or a week for each. A run that lies where the clocks change is taken so that the
    following ones are at the wanted time.

    Args:
        days: weekdays, 0 for Monday.
        clocks: since midnight, each once, in order.
        after: the present, or the moment from which on it runs.
        apart: weeks from one run of a weekday to the next; with every day, days.
        inclusive: a run at `after` itself counts.

    Raises:
        BadInput: it would take too many timers.
    """
    if days == EVERY_DAY:
        step, firsts = _steps_of_a_day(clocks) if apart == 1 else (apart * DAY, [[clock % DAY] for clock in clocks])
        per_timer: list[tuple[int | None, list[timedelta]]] = [(None, some) for some in firsts]
    else:
        step = 7 * apart * DAY
        # 24:00 is the beginning of the next day, by whose name the timer goes.
        per_timer = [((day + clock // DAY) % 7, [clock % DAY]) for day in sorted(days) for clock in clocks]
    if len(per_timer) > MOST_TIMERS:
        most = MOST_TIMERS // (len(days) if days != EVERY_DAY else 1)
        fewer = clocks[:: -(-len(clocks) // most)]
        near = [f"{days_text(days)} at {clocks_text(fewer)}"]
        if days != EVERY_DAY and len(clocks) <= MOST_TIMERS:
            step, firsts = _steps_of_a_day(clocks)
            times = f"{DAY // step} times a day at {clock_text(clocks[0])}"
            near.append(times if len(firsts) == 1 else f"every day at {clocks_text(clocks)}")
        raise refuse(f"That would take {len(per_timer)} timers; at most {MOST_TIMERS} are made at once.", *near)
    moments = []
    for day, some in per_timer:
        weekdays = None if day is None else frozenset({day})
        at = min(next_at(clock, after, zone, days=weekdays, step=step, inclusive=inclusive) for clock in some)
        suffix = f"{'' if day is None else DAY_NAMES[day][:3] + ' '}{clock_text(some[0])}" if len(per_timer) > 1 else ""
        moments.append((at, suffix))
    moments.sort(key=lambda pair: pair[0].moment)
    if days != EVERY_DAY:
        moments = [(_same_week(at, moments[0][0], step), suffix) for at, suffix in moments]
    notices = [notice for at, _ in moments for notice in at.notices]
    moments.sort(key=lambda pair: pair[0].moment)
    members = [GroupMember(RecurringSchedule(step, at.moment), suffix) for at, suffix in moments]
    clock = moments[0][0].clock if len(moments) == 1 else None
    return CalendarGroup(tuple(members), tuple(dict.fromkeys(notices)), clock)


def _same_week(at: LocalMoment, first: LocalMoment, step: timedelta) -> LocalMoment:
    """Moves a weekday of an every-other-week rhythm into the weeks of the first one; weeks begin on Monday."""
    same = at.day.isocalendar()[:2] == first.day.isocalendar()[:2]
    return at if same else at._replace(moment=at.moment + step - timedelta(weeks=1))


def moment_of_run(members: Sequence[GroupMember], number: int) -> datetime:
    """When the group as a whole makes its n-th run."""
    each = min(number, 10_000)
    ticks = sorted(
        member.schedule.start + n * member.schedule.interval
        for member in members
        if member.schedule.start
        for n in range(each // len(members) + 1)
    )
    return ticks[min(each, len(ticks)) - 1]


def _steps_of_a_day(clocks: Sequence[timedelta]) -> tuple[timedelta, list[list[timedelta]]]:
    """The interval, and for each timer the times of day with which it can begin."""
    seconds = sorted({int(clock.total_seconds()) % 86400 for clock in clocks})
    if step := even_step(seconds, 86400):
        return timedelta(seconds=step), [[timedelta(seconds=second) for second in seconds]]
    minutes = sorted({second % 3600 for second in seconds})
    hours = sorted({second // 3600 for second in seconds})
    if (step := even_step(hours, 24)) and len(seconds) == len(minutes) * len(hours):
        firsts = [[timedelta(hours=hour, seconds=minute) for hour in hours] for minute in minutes]
        return timedelta(hours=step), firsts
    return DAY, [[timedelta(seconds=second)] for second in seconds]
