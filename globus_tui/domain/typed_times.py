"""Moments as people type them, in their zone: `tomorrow 02:00`, `2026-12-01 6pm`, `in 2 hours`, `next monday 9am`.

An own small grammar comes first; dateutil reads dates that it does not know. Nothing here raises but `BadInput`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.typed_clock import TypedMoment, at_wall_clock, next_at, parse_time_of_day, weekday_of
from globus_tui.domain.typed_intervals import parse_interval, tidy

if TYPE_CHECKING:
    from datetime import tzinfo

EXAMPLES = "Write for example now, tomorrow 02:00, sun 6pm, 2026-12-01 18:00 or in 2 hours."
_LONGEST = 200
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(z|[+-]\d{2}:?\d{2})", re.ASCII)
_EITHER_WAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2,4})", re.ASCII)
_DATE_LIKE = re.compile(r"(?=.*\d)(?=.*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[\w\s:,.'+-]+", re.ASCII)
_DAYS_AHEAD = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "overmorrow": 2}


def parse_moment(text: str, now: datetime, zone: tzinfo) -> TypedMoment:
    """Reads a moment.

    Args:
        text: as typed.
        now: the present, aware.
        zone: of the user; for everything without an offset of its own.

    Returns:
        The moment in UTC (None for `now`: as soon as created), with notices about clock changes and the past.

    Raises:
        BadInput: it is no moment; the message says what would do.
    """
    said = tidy(text)
    if not said:
        raise BadInput(f"A moment is missing. {EXAMPLES}")
    if len(said) > _LONGEST:
        raise BadInput(f"That is too long for a moment. {EXAMPLES}")
    if said in ("now", "at once", "immediately", "asap", "right now"):
        return TypedMoment(None)
    try:
        found = _ahead(said, now) or _with_offset(said) or _day_and_time(said, now, zone) or _guess(said, now, zone)
    except OverflowError as error:
        raise BadInput("That is outside the calendar.") from error
    if found is None or found.moment is None:
        raise BadInput(f"“{text.strip()[:60]}” is no moment that can be understood. {EXAMPLES}")
    if not 1970 <= found.moment.year < 2970:
        raise BadInput(f"The year {found.moment.year} is out of range.")
    if found.moment < now:
        return TypedMoment(found.moment, (*found.notices, "This is in the past."))
    return found


def _ahead(said: str, now: datetime) -> TypedMoment | None:
    """`in 2 hours`, `2 days from now`, `+90 min`."""
    for prefix, suffix in (("in ", ""), ("+", ""), ("", " from now")):
        if said.startswith(prefix) and said.endswith(suffix) and (prefix or suffix):
            inner = said[len(prefix) : len(said) - len(suffix)]
            return TypedMoment((now + parse_interval(inner)).astimezone(UTC).replace(microsecond=0))
    return None


def _with_offset(said: str) -> TypedMoment | None:
    if not _ISO_MOMENT.fullmatch(said):
        return None
    try:
        return TypedMoment(datetime.fromisoformat(said.upper().replace(" +", "+").replace(" Z", "Z")).astimezone(UTC))
    except ValueError as error:
        raise BadInput(f"“{said}” is not in the calendar: {error}.") from error


def _day_and_time(said: str, now: datetime, zone: tzinfo) -> TypedMoment | None:
    """A day, a time of day, or both in either order with `at` between them."""
    words = said.replace(" at ", " ").removeprefix("at ").removeprefix("on ").replace("t0", " 0").split(" ")
    words = re.sub(r"^(\d{4}-\d{1,2}-\d{1,2})t(?=\d)", r"\1 ", " ".join(words)).split(" ")
    for cut in range(len(words) + 1):
        for first, second in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
            found = _combined(" ".join(first), " ".join(second), now, zone)
            if found is not None:
                return found
    return None


def _combined(day_words: str, time_words: str, now: datetime, zone: tzinfo) -> TypedMoment | None:
    clock = parse_time_of_day(time_words) if time_words else None
    if time_words and clock is None:
        return None
    if not day_words:
        return next_at(clock, now, zone) if clock is not None else None
    soonest = _weekday(day_words)
    if soonest is not None:
        day, following = soonest
        at = next_at(clock or time(0), now, zone, days=frozenset({day}))
        return _after_this_week(at, day, now, zone, clock or time(0)) if following else at
    fixed = _day(day_words, now, zone)
    if fixed is None:
        return None
    if clock is None and day_words == "tonight":
        raise BadInput("At what time tonight? Write tonight 23:00.")
    return at_wall_clock(fixed, clock or time(0), zone)


def _weekday(said: str) -> tuple[int, bool] | None:
    """A weekday, and whether the one of next week is meant."""
    words = said.removeprefix("this ").removeprefix("coming ")
    day = weekday_of(words.removeprefix("next "))
    return None if day is None else (day, words.startswith("next "))


def _after_this_week(at: TypedMoment, day: int, now: datetime, zone: tzinfo, clock: time) -> TypedMoment:
    """`next monday` is the one that comes, unless that is today: then a week on. Said, since people differ."""
    today = now.astimezone(zone).date()
    if at.moment is not None and at.moment.astimezone(zone).date() == today:
        at = at_wall_clock(today + timedelta(days=7), clock, zone)
    if at.moment is None:
        return at
    shown = at.moment.astimezone(zone)
    return TypedMoment(at.moment, (*at.notices, f"“next” is taken as {shown:%a} {shown.day} {shown:%b %Y}."))


def _day(said: str, now: datetime, zone: tzinfo) -> date | None:
    today = now.astimezone(zone).date()
    if said in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[said])
    if said == "yesterday":
        return today - timedelta(days=1)
    if said == "next week":
        return today + timedelta(days=7)
    found = _ISO_DATE.fullmatch(said)
    if found is None:
        return None
    try:
        return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError as error:
        raise BadInput(f"{said} is not in the calendar: {error}.") from error


def _guess(said: str, now: datetime, zone: tzinfo) -> TypedMoment | None:
    """Dates with a month's name, as dateutil reads them; never a bare number, which it would take for a day."""
    either = _EITHER_WAY.search(said)
    if either is not None:
        raise BadInput(f"{either.group(0)} can be read in two ways. Write the year first: 2026-12-01.")
    if not _DATE_LIKE.fullmatch(said):
        return None
    import warnings

    from dateutil import parser

    here = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", parser.UnknownTimezoneWarning)
            read = parser.parse(said.replace(" at ", " "), default=here)
    except parser.UnknownTimezoneWarning as warning:
        raise BadInput("Zone names stand for several zones. Write an offset: 2026-12-01T18:00-06:00.") from warning
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, ArithmeticError):
        return None  # all of these come out of dateutil for odd texts
    if read.tzinfo is not None:
        return TypedMoment(read.astimezone(UTC))
    if str(read.year) not in said and read < here:
        read = _a_year_later(read)
    return at_wall_clock(read.date(), read.time(), zone)


def _a_year_later(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)
