"""Moments as people type them, in their zone: `tomorrow 02:00`, `2026-12-01 6pm`, `in 2 hours`, `next monday 9am`.

The grammar is that of `typed_schedules`. Nothing here raises but `BadInput`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.calendar_groups import clocks_text
from globus_tui.domain.schedule.typed_clock import (
    DAY,
    DAY_NAMES,
    Refusal,
    TypedMoment,
    clock_text,
    next_at,
    on_day,
    read_or_refuse,
    refuse,
)
from globus_tui.domain.schedule.typed_intervals import at_clock, refuse_calendar, tidy
from globus_tui.domain.schedule.typed_words import NO_DAYS_OF_MONTHS, scan
from globus_tui.domain.schedule.typed_zones import take_zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from globus_tui.domain.schedule.typed_words import ParsedWords

NEAR = ("tomorrow 02:00", "sun 6pm", "in 2 hours", "now")
_LONGEST = 200
_NIGHT_ENDS = timedelta(hours=9)
_MIDNIGHT = timedelta()


def parse_moment(text: str, now: datetime, zone: tzinfo) -> TypedMoment:
    """Reads a moment.

    Args:
        zone: of the user; for everything without a zone of its own.

    Returns:
        The moment in UTC (None for `now`: as soon as created), with notices about clock changes and the past.

    Raises:
        BadInput: it is no moment; the message says what would do.
    """
    return read_or_refuse(lambda typed: _parse(typed, now, zone), text, *NEAR)


def _parse(text: str, now: datetime, zone: tzinfo) -> TypedMoment:
    words = tidy(text)
    if not words:
        raise refuse("A moment is missing.")
    if len(words) > _LONGEST:
        raise refuse("That is too long for a moment.")
    rest, own = take_zone(words, zone)
    typed = read_moment(rest, now, own.zone if own else zone, text)
    return replace(typed, notices=(*typed.notices, f"Read in {own.words}.")) if own and own.named else typed


def parse_end(text: str, now: datetime, zone: tzinfo) -> TypedMoment:
    """Reads the moment after which no run starts; a day without a time of day is meant as a whole.

    Raises:
        BadInput: it is no moment.
    """
    typed = parse_moment(text, now, zone)
    if typed.day is None or typed.clock is not None or typed.moment is None:
        return typed
    _, own = take_zone(tidy(text), zone)
    return whole_day(typed, own.zone if own else zone)


def whole_day(typed: TypedMoment, zone: tzinfo) -> TypedMoment:
    """The last second of a day that was named without a time of day."""
    if typed.day is None or typed.clock is not None:
        return typed
    last = on_day(typed.day + DAY, _MIDNIGHT, zone).moment - timedelta(seconds=1)
    shown = f"{typed.day:%a} {typed.day.day} {typed.day:%b %Y}"
    notices = tuple(notice for notice in typed.notices if notice not in (AT_MIDNIGHT, _PAST))
    return replace(typed, moment=last, notices=(*notices, f"Runs of {shown} are still made."))


_ENDS_OF = re.compile(
    r"\b(?:(?:the )?end of (?:the |this )?(?:day|week|month|year)|eo[dwmy]|new year(?:'?s)?(?: eve)?|christmas)\b"
)
AT_MIDNIGHT = "No time of day is said: 00:00 is taken."
_PAST = "This is in the past."


def read_moment(words: str, now: datetime, zone: tzinfo, text: str) -> TypedMoment:
    """`parse_moment` for words in lower case without a zone. Raises `BadInput`: it is no moment."""
    try:
        typed = _resolve(scan(words), now, zone)
    except OverflowError as error:
        raise refuse("That is outside the calendar.") from error
    except BadInput as wrong:
        if isinstance(wrong, Refusal):
            days = re.findall(r"((?:\bthe )?\b(\d{1,2})(?:st|nd|rd|th)\b)", words)
            if wrong.reason == NO_DAYS_OF_MONTHS and days and not re.search(r"\b(?:every|each)\b", words):
                raise _of_which_month(days, at_clock(words), now.astimezone(zone).date()) from wrong
            raise
        if hit := _ENDS_OF.search(words):
            raise refuse(
                f"“{hit[0]}”: write the date.", _end_of(hit[0], now.astimezone(zone).date()), part=hit[0]
            ) from wrong
        refuse_calendar(words)
        if re.fullmatch(r"(?:at )?[\d.]+", words, re.ASCII):
            raise _bare_number(words.removeprefix("at ")) from wrong
        why = str(wrong)
        why = why if why.startswith("“") else why[:1].lower() + why[1:]
        raise refuse(f"“{text.strip()[:60]}” is no moment that can be understood: {why}") from wrong
    if typed.moment is None:
        return typed
    if not 1970 <= typed.moment.year < 2970:
        raise refuse(f"The year {typed.moment.year} is out of range.", f"{now.year + 1}-12-01 18:00")
    return replace(typed, notices=(*typed.notices, _PAST)) if typed.moment < now else typed


def _end_of(words: str, today: date) -> str:
    """The last moment of the day, week, month or year; `christmas` and `new year` are days."""
    if words.startswith(("new", "christmas")):
        return f"{today.year}-12-{25 if words[0] == 'c' else 31}"
    following = (today.replace(day=1) + 31 * DAY).replace(day=1)
    ends = {"d": today, "w": today + (6 - today.weekday()) * DAY, "m": following - DAY, "y": date(today.year, 12, 31)}
    return f"{ends[words.rpartition(' ')[2][0] if ' ' in words else words[-1]]} 24:00"


def _of_which_month(parsed: Sequence[tuple[str, str]], clock: str, today: date) -> BadInput:
    ahead = [today + days * DAY for days in range(1, 63)]
    near = [
        next((day.isoformat() for day in ahead if day.day == int(number)), ahead[0].isoformat()) for _, number in parsed
    ]
    parts, reason = [part for part, _ in parsed], f"of which month? {NO_DAYS_OF_MONTHS}"
    if len(parsed) == 1:
        return refuse(f"“{parts[0]}”: {reason}", *near, part=parts[0])
    return refuse(f"“{' and '.join(parts)}”: {reason} Each is a run of its own.", *(f"{day}{clock}" for day in near))


def _bare_number(words: str) -> BadInput:
    shown = words[:40]
    hit = re.fullmatch(r"(\d\d?)\.?(\d\d)?", words, re.ASCII)
    near = "02:00"
    if hit and int(hit.group(1)) < 24 and int(hit.group(2) or 0) < 60:
        near = f"{int(hit.group(1)):02}:{hit.group(2) or '00'}"
    if re.fullmatch(r"[12]\d{9}", words, re.ASCII):  # as `date +%s` prints it
        moment = datetime.fromtimestamp(int(words), UTC)
        return refuse(f"A bare number such as {shown} is no moment.", f"{moment:%Y-%m-%dT%H:%M:%SZ}", part=words)
    ahead = f"in {shown} seconds" if words.isdecimal() and 60 <= int(words[:9]) <= 999_999 else "in 2 hours"
    return refuse(f"A bare number such as {shown} is no moment that can be understood.", f"at {near}", ahead)


def _resolve(parsed: ParsedWords, now: datetime, zone: tzinfo) -> TypedMoment:
    if parsed.repeats or parsed.minute is not None:
        raise BadInput("That is a rhythm, not a moment.")
    if parsed.at_once:
        return TypedMoment(None)
    clock = _one_clock(parsed)
    if parsed.interval is not None:
        return _ahead(parsed, clock, now, zone)
    today = now.astimezone(zone).date()
    day, notices = _named_day(parsed, today)
    if parsed.days:
        day, also = _with_weekday(parsed, day, clock or _MIDNIGHT, now, zone)
        notices += also
    if day is None:
        if clock is None:
            raise BadInput("No day and no time of day is said.")
        return TypedMoment(*next_at(clock, now, zone), clock_alone=True)
    if parsed.part == "night" and parsed.days_ahead is not None:
        return _at_night(parsed, clock, day, now, zone)
    notices += _about_the_hour(parsed, clock, day)
    typed = on_day(day, clock or _MIDNIGHT, zone)
    return TypedMoment(typed.moment, (*notices, *typed.notices), day, clock)


def _one_clock(parsed: ParsedWords) -> timedelta | None:
    clocks = parsed.times()
    if len(clocks) > 1:
        raise refuse("Two times of day are named; one moment has one.", f"every day at {clocks_text(clocks)}")
    return clocks[0] if clocks else None


def _about_the_hour(parsed: ParsedWords, clock: timedelta | None, day: date) -> tuple[str, ...]:
    if parsed.midnight:
        return (f"Midnight is taken as the beginning of {day:%a} {day.day} {day:%b}; its end is 24:00.",)
    if clock is not None:
        return ()
    if parsed.days_ahead == 0:
        raise refuse("At what time today?", "now", "today at 23:59", "tomorrow at 02:00")
    if parsed.part:
        raise refuse(f"At what time in the {parsed.part}?", f"{day.isoformat()} {parsed.sample_hour}")
    return (AT_MIDNIGHT,)


def _ahead(parsed: ParsedWords, clock: timedelta | None, now: datetime, zone: tzinfo) -> TypedMoment:
    ahead = parsed.interval or _MIDNIGHT
    moment = (now + ahead).astimezone(UTC).replace(microsecond=0)
    if parsed.days or parsed.day is not None or parsed.days_ahead is not None:
        raise BadInput("A day and a distance from now are said.")
    if clock is None:
        return TypedMoment(moment)
    if ahead % DAY:
        raise refuse("A time of day fits whole days ahead only.", f"in 2 days at {clock_text(clock)}")
    day = now.astimezone(zone).date() + ahead
    return TypedMoment(*on_day(day, clock, zone))


def _named_day(parsed: ParsedWords, today: date) -> tuple[date | None, tuple[str, ...]]:
    """The day of a date or of `tomorrow`. Without a year it is the next such date, and what has passed is said."""
    if parsed.days_ahead is not None:
        if parsed.day is not None:
            raise BadInput("Two days are named.")
        return today + timedelta(days=parsed.days_ahead), ()
    if parsed.day is None or parsed.month is None:
        return None, ()
    if parsed.year is not None:
        return date(parsed.year, parsed.month, parsed.day), ()
    years = [year for year in range(today.year, today.year + 13) if _is_date(year, parsed.month, parsed.day)]
    if len(years) < 2:
        raise BadInput("That is outside the calendar.")
    if len(parsed.days) == 1:  # the weekday says which year
        may = years[
            : 2 if date(years[0], parsed.month, parsed.day) < today else 1
        ]  # what is still ahead is this year's
        fitting = [year for year in may if date(year, parsed.month, parsed.day).weekday() == parsed.days[0]]
        years = fitting or years
    day = date(years[0], parsed.month, parsed.day)
    if day < today and len(parsed.days) != 1:
        later = date(years[1], parsed.month, parsed.day)
        return later, (f"{day.day} {day:%b %Y} has passed: {later.day} {later:%b %Y} is taken.",)
    return day, (f"The year {day.year} is taken.",) if day.year != today.year else ()


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _with_weekday(
    parsed: ParsedWords, day: date | None, clock: timedelta, now: datetime, zone: tzinfo
) -> tuple[date, tuple[str, ...]]:
    """The day of a weekday; one that stands beside a date must be that of the date."""
    weekday = parsed.days[0]
    if day is not None:
        if day.weekday() != weekday:
            name = DAY_NAMES[day.weekday()].capitalize()
            right = day + timedelta(days=(weekday - day.weekday()) % 7)
            hour = clock_text(clock) if clock else ""
            raise refuse(
                f"{day.day} {day:%b %Y} is a {name}, not a {DAY_NAMES[weekday].capitalize()}.",
                f"{day.isoformat()} {hour}".strip(),
                f"{right.isoformat()} {hour}".strip(),
            )
        return day, ()
    today = now.astimezone(zone).date()
    if parsed.qualifier == "next week":
        coming = today + (7 + weekday - today.weekday()) * DAY
        return coming, (f"“next week” is taken as {coming:%a} {coming.day} {coming:%b %Y}.",)
    coming = next_at(clock, now, zone, days=frozenset({weekday})).day
    if parsed.qualifier != "next":
        return coming, ()
    # The one that comes, unless that is today: then a week on. Said, since people differ.
    coming = coming + 7 * DAY if coming == today else coming
    return coming, (f"“next” is taken as {coming:%a} {coming.day} {coming:%b %Y}.",)


def _at_night(parsed: ParsedWords, clock: timedelta | None, day: date, now: datetime, zone: tzinfo) -> TypedMoment:
    """`tonight 2am` is in the coming night, which is the morning of the following day by the calendar."""
    if clock is None:
        raise refuse("At what time of the night?", "tonight at 23:00", "tonight at 02:00")
    today = now.astimezone(zone)
    in_it = parsed.days_ahead == 0 and timedelta(hours=today.hour, minutes=today.minute) < min(clock, _NIGHT_ENDS)
    found_day = day + DAY if clock < _NIGHT_ENDS and not in_it else day
    typed = on_day(found_day, clock, zone)
    if parsed.days_ahead == 0 and typed.moment <= now:
        raise refuse(f"{clock_text(clock)} has passed this night.", f"tomorrow at {clock_text(clock)}")
    notices = (f"The night is taken as {found_day:%a} {found_day.day} {found_day:%b} {clock_text(clock)}.",)
    return TypedMoment(typed.moment, (*(notices if found_day != day else ()), *typed.notices), found_day, clock)
