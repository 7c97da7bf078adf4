"""Intervals as people type them: `1h30m`, `90 min`, `2 days`, `weekly`, `every 6 hours`."""

from __future__ import annotations

import re
from datetime import timedelta

from globus_tui.domain.errors import BadInput

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour"}
_SHORT |= {"d": "day", "w": "week", "wk": "week", "night": "day", "fortnight": "fortnight"}
_WORDS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "nightly": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "fortnightly": timedelta(weeks=2),
    "twice a day": timedelta(hours=12),
    "twice daily": timedelta(hours=12),
    "twice an hour": timedelta(minutes=30),
    "half-hourly": timedelta(minutes=30),
    "half hourly": timedelta(minutes=30),
    "half an hour": timedelta(minutes=30),
    "half hour": timedelta(minutes=30),
}
_NUMBERS = dict.fromkeys(("a", "an", "one"), "1") | {
    word: str(value)
    for value, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2)
}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([a-z]+)(?: ?(?:and|,|\+) ?| ?)", re.ASCII)
_CALENDAR = re.compile(r"\b(month|months|monthly|quarter|quarterly|quarters|year|years|yearly|annually|annual)\b")
_FARTHEST = timedelta(days=36_525)

MONTHLY = (
    "A timer counts seconds, and months have no fixed length, so there is no monthly timer. "
    "Nearest: every 4 weeks (same weekday), every 30 days, or a single run for each date."
)
YEARLY = "A timer counts seconds, not calendar years. Nearest: every 365 days (the longest that Globus allows)."
QUARTERLY = "A timer counts seconds, and quarters have no fixed length. Nearest: every 13 weeks, or every 91 days."
EXAMPLES = "Write for example 1h30m, 90 min, 6 hours, 2 days or weekly."


def tidy(text: str) -> str:
    """What was typed in lower case, with single blanks and no sentence mark at its end."""
    return " ".join(text.lower().split()).rstrip(".!").strip()


def refuse_calendar(said: str) -> None:
    """Refuses intervals that a calendar measures and a timer cannot.

    Raises:
        BadInput: months, quarters or years are named; with the nearest choices.
    """
    found = _CALENDAR.search(said)
    if found is None:
        return
    word = found.group(1)
    raise BadInput(MONTHLY if word.startswith("month") else QUARTERLY if word.startswith("quarter") else YEARLY)


def parse_interval(text: str) -> timedelta:
    """Reads an interval: whole seconds, above zero; the service's own limits are checked elsewhere.

    Raises:
        BadInput: it is no interval; the message says what would do.
    """
    said = tidy(text)
    if not said:
        raise BadInput(f"An interval is missing. {EXAMPLES}")
    said = said.removeprefix("every ").removeprefix("each ").strip()
    if said in _WORDS:
        return _WORDS[said]
    refuse_calendar(said)
    if said.startswith("bi") and said.endswith("weekly"):
        raise BadInput(f"“{said}” can mean two weeks or twice a week. Write every 2 weeks, or 84 hours.")
    if said.startswith("other "):
        said = f"2 {said.removeprefix('other ')}"
    elif said.split(" ")[0] in _NUMBERS:
        first, _, rest = said.partition(" ")
        said = f"{_NUMBERS[first]} {rest}"
    elif said in _SECONDS or said in ("night", "fortnight"):
        said = f"1 {said}"
    return _whole(_sum_of(said, text), text)


def _sum_of(said: str, text: str) -> float:
    total, at = 0.0, 0
    while at < len(said):
        part = _PART.match(said, at)
        if part is None:
            raise BadInput(_why_not(said, text))
        total += float(part.group(1)) * _unit(part.group(2), text)
        at = part.end()
    return total


def _unit(word: str, text: str) -> int:
    single = word if word in _SHORT or word in _SECONDS else word.removesuffix("s")
    name = _SHORT.get(single, single)
    if name == "fortnight":
        return 2 * _SECONDS["week"]
    if name not in _SECONDS:
        raise BadInput(f"“{word}” in “{text.strip()[:60]}” is no unit of time. {EXAMPLES}")
    return _SECONDS[name]


def _why_not(said: str, text: str) -> str:
    shown = text.strip()[:60]
    if re.fullmatch(r"[\d.]+", said):
        return f"{shown} what? {EXAMPLES}"
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", said):
        return f"“{shown}” could be a time of day. Write 1h30m for one and a half hours."
    if said.startswith("-"):
        return "An interval cannot be negative."
    return f"“{shown}” is no interval. {EXAMPLES}"


def _whole(seconds: float, text: str) -> timedelta:
    if seconds < 1:
        raise BadInput("An interval must be longer than nothing; Globus allows 60 seconds to 365 days.")
    if seconds > _FARTHEST.total_seconds():
        raise BadInput(f"“{text.strip()[:60]}” is longer than Globus allows: 365 days at most.")
    return timedelta(seconds=round(seconds))
