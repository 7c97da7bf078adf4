"""Whole schedules as one phrase: `every night at 2am`, `weekdays 18:00`, `every 6 hours from sun 02:00, 9 times`."""

from __future__ import annotations

import re
from datetime import UTC, time, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.calendar_groups import EVERY_DAY, WEEKDAYS, WEEKENDS, CalendarGroup, GroupMember, calendar_group
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.typed_clock import next_at, parse_time_of_day, weekday_of
from globus_tui.domain.typed_intervals import parse_interval, refuse_calendar, tidy
from globus_tui.domain.typed_times import parse_moment

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from globus_tui.domain.schedule import Schedule

EXAMPLES = "Write for example every night at 2am, every 6 hours, weekdays 18:00, or tomorrow 02:00 for one run."
_RUNS = re.compile(r"(?:^|[ ,])(?:(?:for )?(\d{1,6}) (?:times|runs)|(once)(?! ))$", re.ASCII)
_UNTIL = re.compile(r"[ ,]+(?:until|till|ending|ends) (?:on )?(.+)$")
_FROM = re.compile(r"[ ,]+(?:from|starting|start|beginning|as of)(?: on| at)? (.+)$")
_EACH = ("every ", "each ", "on ")
_DAY_WORDS = {
    **dict.fromkeys(("day", "daily", "night", "nightly", "morning", "evening"), EVERY_DAY),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays", "working day"), WEEKDAYS),
    **dict.fromkeys(("weekend", "weekends"), WEEKENDS),
}
_NEED_AN_HOUR = ("night", "nightly", "morning", "evening")


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """A schedule as understood.

    Attributes:
        members: one, or several timers that keep a calendar's schedule together.
        notices: what the user should know of how it was understood.
    """

    members: tuple[GroupMember, ...] = ()
    once: OnceSchedule | None = None
    notices: tuple[str, ...] = ()

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """The schedules of all timers that it takes."""
        return (self.once,) if self.once else tuple(member.schedule for member in self.members)


def parse_schedule(text: str, now: datetime, zone: tzinfo) -> TypedSchedule:
    """Reads a phrase.

    Args:
        text: as typed.
        now: the present, aware.
        zone: of the user.

    Raises:
        BadInput: it cannot be understood or Globus cannot do it (months); with the nearest choices.
    """
    said = tidy(text)
    if not said:
        raise BadInput(f"A schedule is missing. {EXAMPLES}")
    if len(said) > 200:
        raise BadInput(f"That is too long for a schedule. {EXAMPLES}")
    rest, end, ending_notices = _take_end(said, now, zone)
    rest, start, start_notices = _take_start(rest, now, zone)
    found = _recurring(rest, start, end, now, zone)
    if found is None:
        if not end.never or start is not None:
            raise BadInput(f"“{text.strip()[:60]}” cannot be understood. {EXAMPLES}")
        moment = parse_moment(rest.removeprefix("once ").removeprefix("at "), now, zone)
        return TypedSchedule(once=OnceSchedule(moment.moment), notices=moment.notices)
    return TypedSchedule(found.members, notices=(*found.notices, *start_notices, *ending_notices))


def _take_end(said: str, now: datetime, zone: tzinfo) -> tuple[str, EndCondition, tuple[str, ...]]:
    if (runs := _RUNS.search(said)) and runs.group(1):
        count = int(runs.group(1))
        if count < 1:
            raise BadInput("A timer makes at least one run.")
        return said[: runs.start()].strip(" ,"), EndCondition(after_runs=count), ()
    if until := _UNTIL.search(said):
        moment = parse_moment(until.group(1), now, zone)
        return said[: until.start()].strip(" ,"), EndCondition(until=moment.moment or now), moment.notices
    return said, EndCondition(), ()


def _take_start(said: str, now: datetime, zone: tzinfo) -> tuple[str, datetime | None, tuple[str, ...]]:
    found = _FROM.search(said)
    if found is None:
        return said, None, ()
    moment = parse_moment(found.group(1), now, zone)
    return said[: found.start()].strip(" ,"), moment.moment or now, moment.notices


def _recurring(
    said: str, start: datetime | None, end: EndCondition, now: datetime, zone: tzinfo
) -> CalendarGroup | None:
    refuse_calendar(said)
    said, weeks = _weekly(said)
    hinted = said.startswith(_EACH) or weeks
    inner = said
    for prefix in _EACH:
        inner = inner.removeprefix(prefix)
    days, clocks = _days_and_clocks(inner.strip(), named_by=hinted)
    if days is not None and start is not None and not clocks:
        if days == EVERY_DAY:
            return _alone(RecurringSchedule(timedelta(days=1), start, end))
        raise BadInput("Name the weekdays with a time of day, or a first run with an interval; not both.")
    if days is not None and (clocks or days != EVERY_DAY or inner.strip() in _NEED_AN_HOUR):
        return _calendar(inner, days, clocks, end, start or now, zone)
    minute = re.fullmatch(r"(?:every hour|hourly|each hour)(?: at)? :?(\d{2})(?: past)?", said)
    if minute and int(minute.group(1)) < 60:
        return _alone(RecurringSchedule(timedelta(hours=1), _next_minute(int(minute.group(1)), now, zone), end))
    return _interval_at(said, start, end, now, zone)


def _interval_at(
    said: str, start: datetime | None, end: EndCondition, now: datetime, zone: tzinfo
) -> CalendarGroup | None:
    """`every 2 days`, `every 2 days at 3am`, `12h`."""
    words, _, hour = said.rpartition(" at ")
    clock = parse_time_of_day(hour) if words else None
    if clock is not None and _is_interval(words):
        if start is not None:
            raise BadInput("Say the first run once: with “from”, or with “at”.")
        found = next_at(clock, now, zone)
        return CalendarGroup((GroupMember(RecurringSchedule(parse_interval(words), found.moment, end)),), found.notices)
    if not _is_interval(said):
        return None
    return _alone(RecurringSchedule(parse_interval(said), start, end))


def _alone(schedule: RecurringSchedule) -> CalendarGroup:
    return CalendarGroup((GroupMember(schedule),))


def _weekly(said: str) -> tuple[str, bool]:
    """`weekly on sun 02:00`, `daily at 6pm`: the word in front says only that it repeats."""
    for word in ("weekly on ", "weekly ", "every week on ", "every week "):
        if said.startswith(word) and weekday_of(said.removeprefix(word).split(" ")[0].split(",")[0]) is not None:
            return said.removeprefix(word), True
    return said, False


def _is_interval(said: str) -> bool:
    try:
        parse_interval(said)
    except BadInput:
        if said.startswith(("every ", "each ")):
            raise
        return False
    return True


def _calendar(
    inner: str, days: frozenset[int], clocks: tuple[time, ...], end: EndCondition, after: datetime, zone: tzinfo
) -> CalendarGroup:
    if not clocks:
        raise BadInput(f"At what time? Write for example {inner} at 2am.")
    return calendar_group(days, clocks, after, zone, end)


def _days_and_clocks(inner: str, *, named_by: bool) -> tuple[frozenset[int] | None, tuple[time, ...]]:
    """Splits `mon, wed and fri at 6pm and 20:00`. A single weekday repeats only when said so (`every`, `mondays`)."""
    words = [word for word in re.split(r"[ ,/&+]+", inner.replace(" and ", " ")) if word not in ("", "at", "and")]
    days: set[int] = set()
    at, plural = 0, named_by
    while at < len(words):
        word = words[at]
        span = _day_range(word)
        day = weekday_of(word)
        if word in _DAY_WORDS:
            days |= _DAY_WORDS[word]
            plural = True
        elif span is not None:
            days |= span
            plural = True
        elif day is not None:
            days.add(day)
            plural = plural or word.endswith("days") or len(days) > 1
        else:
            break
        at += 1
    clocks = _clocks(words[at:])
    if not days or not plural or clocks is None:
        if named_by and not days and clocks and at == 0:  # `every noon`, `every 2am`
            return EVERY_DAY, clocks
        return None, ()
    return frozenset(days), clocks


def _day_range(word: str) -> frozenset[int] | None:
    first, dash, last = word.partition("-")
    start, end = weekday_of(first), weekday_of(last)
    if not dash or start is None or end is None:
        return None
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))


def _clocks(words: list[str]) -> tuple[time, ...] | None:
    clocks: list[time] = []
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        if len(words) > at + 1 and words[at + 1] in ("am", "pm") and (clock := parse_time_of_day(pair)) is not None:
            clocks.append(clock)
            at += 2
        elif (clock := parse_time_of_day(words[at])) is not None:
            clocks.append(clock)
            at += 1
        else:
            return None
    return tuple(sorted(set(clocks)))


def _next_minute(minute: int, now: datetime, zone: tzinfo) -> datetime:
    here = now.astimezone(zone).replace(minute=minute, second=0, microsecond=0)
    found = here.astimezone(UTC)
    return found if found > now else found + timedelta(hours=1)
