"""Intervals as people type them: `1h30m`, `90 min`, `2 days`, `weekly`, `every 6 hours`, `PT90M`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.schedule.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL
from globus_tui.domain.schedule.typed_clock import in_digits, read_or_refuse, refuse, weekday_of

if TYPE_CHECKING:
    from globus_tui.domain.errors import BadInput

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1_209_600}
_SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour"}
_SHORT |= {"d": "day", "w": "week", "wk": "week", "night": "day", "mn": "minute"}
_WORDS = {
    "quarter-hourly": 900, "quarter hourly": 900, "three quarters of an hour": 2700, "hourly": 3600, "daily": 86400,
    "nightly": 86400, "weekly": 604800, "fortnightly": 1_209_600, "half-hourly": 1800, "half hourly": 1800,
    "half an hour": 1800, "half hour": 1800, "quarter hour": 900, "quarter of an hour": 900,
}  # fmt: skip
_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {"a": 1, "an": 1, "one": 1} | {word: value for value, word in enumerate(_NAMES, start=2)}
NUMBERS |= {"fifteen": 15, "twenty": 20, "twenty-four": 24, "thirty": 30, "forty": 40, "forty-five": 45}
NUMBERS |= {"forty-eight": 48, "sixty": 60, "seventy-two": 72, "ninety": 90}
"""Numbers in words."""
ORDINALS = {"other": 2, "alternate": 2, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_NANO = 10**9
"""Amounts are added up in whole billionths of a second, so that nothing is rounded."""
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_PART = re.compile(r"(\d+(?:\.\d{1,9})?) ?([a-z]+)(?: ?(?:and|,|\+) ?| ?)", re.ASCII)
_CALENDAR = re.compile(
    r"\b(?:(?:[a-z-]*month[a-z]*)|mos?(?=\b(?<=\d mo)|\b(?<=\d mos))|quarter(?:s|ly)?|(?:half-)?year(?:s|ly)?"
    r"|\d+(?:y|yr|yrs|mo|mos|mth|mths)|(?<=\d )(?:y|yr|yrs|mth|mths)|[a-z-]*annual(?:ly)?|decades?)\b"
)
_FREQUENCY = re.compile(
    r"(?:(?:(once|twice|thrice)|(?:(\d+) ?|([a-z]+) )(?:times|time|x))(?: (?:a|an|per|each|every)|/)? ?"
    r"|(\d+)(?: runs)?(?: (?:a|an|per)|/) ?)(day|night|daily|hour|hourly|week|weekly)\b"
)
_ISO = re.compile(r"p(?:(\S+?)w)?(?:(\S+?)d)?(?:t(?:(\S+?)h)?(?:(\S+?)m)?(?:(\S+?)s)?)?")
_AMOUNTS = rf"(\d+|{'|'.join(NUMBERS)})"
_UNITS = "(minutes?|hours?|days?|weeks?)"
_AND_A_HALF = re.compile(
    rf"\b{_AMOUNTS} and (?:a|one) half {_UNITS}\b|(?:\b{_AMOUNTS} )?\b{_UNITS} and (?:a|one) half\b(?! {_UNITS})"
)
_FRACTIONS = {"¼": 25, "½": 5, "¾": 75}
_COUNTED = "s|sec|m|min|h|d|seconds?|minutes?|hours?|days?|weeks?|times|runs"
_FARTHEST = 36_525 * 86400

MONTHLY = (
    "A timer counts seconds, and months have no fixed length, so there is no monthly timer; "
    "for fixed dates make a single run for each."
)
YEARLY = "A timer counts seconds, not calendar years; 365 days is the longest that Globus allows."
QUARTERLY = "A timer counts seconds, and quarters have no fixed length."
_NEAR = ("1h30m", "90 min", "6 hours", "2 days", "weekly")


def tidy(text: str) -> str:
    """What was typed in lower case, with single blanks, plain dashes, and no sentence mark at its end.

    Raises:
        BadInput: `1M`, which is a minute or a month.
    """
    if minute_or_month := re.search(r"(?<![\w.:])(\d{1,9}) ?M\b", text, re.ASCII):
        number = minute_or_month.group(1)
        single = number == "1"
        raise refuse(
            f"“{minute_or_month.group()}” can be a minute or a month.",
            f"{number} minute{'' if single else 's'}",
            *(["4 weeks"] if single else []),
            part=minute_or_month.group(),
        )
    line = re.sub(r"[‐-―−]", "-", text.lower()).replace("from now", "hence")
    line = re.sub(r"(\d*)([¼½¾])", lambda it: f"{it[1] or 0}.{_FRACTIONS[it[2]]}", line).strip(" \"'“”‘’")
    line = in_digits(re.sub(r"(?<=[^ *])[.!?;, ]+$", "", " ".join(line.split())))
    line = re.sub(r"(?<=\d-\d\d)t(\d\d)(?=z|[+-]| |$)", r"t\1:00", line)  # ISO 8601 may leave the minutes out
    line = re.sub(r"\bweek[- ](?=(?:day|end)s?\b)", "week", line)
    line = re.sub(r"\b(every|each)(?=\d)", r"\1 ", re.sub(r"\b(every|each) single\b", r"\1", line))
    line = re.sub(r"\b(day|night)s? of the week\b", r"\1", line)
    line = re.sub(r"(:\d\d)[.,]0+(?!\d)", r"\1", re.sub(r" local(?: time)?(?=[ ,]|$)", "", line))
    line = re.sub(r"\ban? (?=quarter (?:of an )?hour\b|half hour\b)", "", line)
    if hit := re.search(r"(\d:\d\d)[.,]\d+", line):
        raise refuse("A timer counts whole seconds, and a fraction of one is said.", hit.group(1), part=hit.group())
    line = _AND_A_HALF.sub(
        lambda it: f"{NUMBERS.get(it[1] or it[3], it[1] or it[3]) or 1}.5 {it[2] or it[4]}", line
    )  # `hour and a half` has no number
    line = re.sub(
        rf"(?<![\w.:-]){_AMOUNTS}(?:[ -]hourly\b|-(?=(?:minute|min|hour|hr|day|week)s?\b))",
        lambda it: f"{NUMBERS.get(it[1], it[1])} {'hours' if it[0].endswith('hourly') else ''}",
        line,
    )
    if hit := re.search(r"(?<![\w,:.-])(\d{1,3})\.(\d{3}) ?(s|sec|seconds?|m|min|minutes?)\b", line, re.ASCII):
        whole, thousandths, unit = hit.groups()
        raise refuse(
            f"“{hit.group()}”: thousands, or a fraction?",
            f"{int(whole + thousandths)} {unit}",
            f"{whole}.{thousandths.rstrip('0') or '0'} {unit}",
            part=hit.group(),
        )
    thousands = rf"(?<![\w:.-])\d{{1,3}}(?:[ ,]\d{{3}})+(?= ?(?:{_COUNTED})\b)"
    line = re.sub(thousands, lambda it: re.sub(r"[ ,]", "", it[0]), line)
    if hit := re.search(rf"(?<![\w,:.-])(\d+),(\d+) ?({_COUNTED})\b", line, re.ASCII):
        near = f"{hit.group(1)}.{hit.group(2)} {hit.group(3)}"
        raise refuse(f"“{hit.group()}”: a fraction has a point.", near, part=hit.group())
    return line


def refuse_calendar(words: str) -> None:
    """Refuses intervals that a calendar measures and a timer cannot.

    Raises:
        BadInput: months, quarters or years are named; with the nearest choices.
    """
    match = _CALENDAR.search(re.sub(r"\bquarters?[ -](?=hour|of an hour)", "", words))
    if match is None:
        return
    word = match.group()
    yearly = bool(re.search(r"year|annual|yr|\dy|decade", word) or word == "y")
    days = 365 if yearly else 91 if word.startswith("quarter") else 30
    number = re.search(
        rf"(\d{{1,3}}|\b(?:{'|'.join(NUMBERS)}))(?: ?){re.escape(word.lstrip('0123456789'))}", words, re.ASCII
    )
    many = (NUMBERS.get(number.group(1)) or int(number.group(1))) if number else 1
    if ahead := re.search(r"\b(?:in|next|this)\b(?! the)|\bhence\b", words):
        far = min(days * max(many, 1), 365)
        raise refuse(
            f"“{ahead.group()} {word}” is no fixed time ahead: name the day.", f"in {far} days", f"in {far // 7} weeks"
        )
    if word.startswith("quarter"):
        raise refuse(QUARTERLY, *every_so_many(words, 13, 91))
    if word in ("bimonthly", "bi-monthly"):
        raise refuse(
            f"“{word}” can mean two months or twice a month, and months have no fixed length.",
            every_so_many(words, 8, 61)[0],
            every_so_many(words, 2, 15)[0],
            part=word,
        )
    if yearly and word.startswith(("semi", "half", "bi")):
        raise refuse(YEARLY, *every_so_many(words, 26, 182))
    if yearly:
        raise refuse(YEARLY, *reversed(every_so_many(words, 52, 365)))
    if 1 < many <= 12:
        near = every_so_many(words, round(many * 4.348), round(many * 30.4))
        raise refuse(f"{MONTHLY} (One month is nearest to every 30 days.)", *near)
    several = 2 if "twice" in words else len(re.findall(r"\b\d{1,2}(?:st|nd|rd|th)\b", words, re.ASCII))
    near = every_so_many(words, 2 if several == 2 else 4, 30 // max(several, 1))
    raise refuse(MONTHLY, *(reversed(near) if several > 2 else near))


def at_clock(words: str) -> str:
    """The first time of day in some words, as ` at 2am`; "" where there is none."""
    at = re.search(
        r"\b(\d{1,2}(?::\d\d)? ?[ap]m|\d{1,2}:\d\d|noon|midnight)\b|\bat (\d{1,2})(?!\w|:|/)", words, re.ASCII
    )
    return f" at {at.group(1) or at.group(2)}" if at else ""


def every_so_many(words: str, weeks: int, days: int) -> tuple[str, str]:
    """Suggests weeks and days close to a calendar's interval, with the weekday and time of day that were typed."""
    clock = at_clock(words)
    weekday = next((word for word in words.split() if weekday_of(word) is not None and len(word) > 2), "")
    day = f" on {weekday}" if weekday else ""
    return f"every {weeks} weeks{day}{clock or (' at 02:00' if day else '')}", f"every {days} days{clock}"


def parse_interval(text: str) -> timedelta:
    """Reads an interval: whole seconds, above zero; the service's own limits are checked elsewhere.

    Raises:
        BadInput: it is no interval; the message says what would do.
    """
    return read_or_refuse(_parse, text, *_NEAR)


def _parse(text: str) -> timedelta:
    words = tidy(text)
    if not words:
        raise refuse("An interval is missing.")
    words = re.sub(r"^(?:every|each|once every|once each)\b ?", "", words)
    taken = take_interval(words, every=True)
    if taken is None or taken[1] != len(words):
        raise _why_not(words, text)
    return whole_seconds(taken[0], text)


def take_interval(text: str, *, every: bool) -> tuple[int, int] | None:
    """Reads an interval at the beginning of some words.

    Args:
        text: in lower case, with single blanks.
        every: `every` stands in front, so that a bare unit (`hour`), `other day` or `1h30` is one.

    Returns:
        Its length in billionths of a second, and how many characters it took; None when none stands there.

    Raises:
        BadInput: an amount of something that is no unit of time, or that has no fixed length.
    """
    for words, length in _WORDS.items():
        if re.match(rf"{words}\b", text):
            return length * _NANO, len(words)
    if frequency := _FREQUENCY.match(text):
        return _often(frequency), frequency.end()
    if re.match(r"p(?=[\dt+-])", text) or re.match(r"-p\d", text) or text == "p":
        word = text.split(" ")[0].rstrip(",")
        return _iso(word), len(word)
    if text.startswith(("bi-weekly", "biweekly", "semiweekly", "semi-weekly")):
        word = text.split(" ")[0].rstrip(",")
        raise refuse(f"“{word}” can mean two weeks or twice a week.", "every 2 weeks", "every 84 hours", part=word)
    first, _, rest = text.partition(" ")
    skipped = 0
    lead = ""
    ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", first)
    number = NUMBERS.get(first) or (every and (ORDINALS.get(first) or (ordinal and int(ordinal.group(1)))))
    unit = (rest if number else first).split(" ")[0].rstrip(",")
    single = unit.removesuffix("s")
    if number and (_SHORT.get(single, single) in _SECONDS or _SHORT.get(unit, unit) in _SECONDS):
        lead, skipped = f"{number} ", len(first) + 1
    elif every and first.rstrip(",") in (*_SECONDS, "night", "h", "hr", "min", "sec"):
        lead = "1 "
    return _sum_of(lead, text[skipped:], skipped)


def _sum_of(lead: str, words: str, skipped: int) -> tuple[int, int] | None:
    total, at, text, end = 0, 0, lead + words, 0
    while part := _PART.match(text, at):
        length = _unit(part.group(2))
        if length is None:
            break
        total += _nano(part.group(1)) * length
        end = part.end(2)
        at = part.end()
    return (total, end - len(lead) + skipped) if end else None


def _unit(word: str) -> int | None:
    single = word if word in _SHORT or word in _SECONDS else word.removesuffix("s")
    return _SECONDS.get(_SHORT.get(single, single))


def _often(match: re.Match[str]) -> int:
    """`3 times a day`: spread evenly."""
    word, *numbers, per = match.groups()
    number = next(filter(None, numbers), "")
    times = _OFTEN[word] if word else NUMBERS.get(number, 0) or (int(number) if number.isdecimal() else 0)
    unit = {"daily": "day", "night": "day", "hourly": "hour", "weekly": "week"}.get(per, per)
    a_unit = "an hour" if unit == "hour" else f"a {unit}"
    if not 1 <= times <= 1440:
        raise refuse(f"“{match.group()}” is no number of runs.", f"3 times {a_unit}")
    if unit == "week" and times > 1:
        raise refuse("On which days of the week?", "mondays and thursdays at 02:00", "every 84 hours")
    if _SECONDS[unit] % times:
        even = [n for n in range(1, 1441) if _SECONDS[unit] % n == 0]
        fewer, more_often = max(n for n in even if n < times), min((n for n in even if n > times), default=1440)
        raise refuse(
            f"{times} runs do not fit evenly into one {unit}: a timer counts whole seconds.",
            f"{fewer} times {a_unit}",
            f"{more_often} times {a_unit}",
        )
    return _SECONDS[unit] // times * _NANO


def _iso(word: str) -> int:
    """`P[nW][nD][T[nH][nM][nS]]` of ISO 8601: at least one part, a fraction only in the last, no years and months."""
    date_part, _, time_part = word.partition("t")
    if re.search(r"\d+(?:[.,]\d+)?y", date_part):
        raise refuse(YEARLY, "P365D", "P52W")
    if re.search(r"\d+(?:[.,]\d+)?m", date_part):
        raise refuse(f"{MONTHLY} (PT1M is one minute.)", "P4W", "P30D")
    match = _ISO.fullmatch(word)
    parts = [part for part in match.groups() if part is not None] if match else []
    numbers = all(re.fullmatch(r"\d+", part, re.ASCII) for part in parts[:-1]) and (
        not parts or re.fullmatch(r"\d+(?:[.,]\d{1,9})?", parts[-1], re.ASCII)
    )
    if match is None or not parts or not numbers or (("t" in word) and not time_part):
        raise refuse(
            f"“{word[:40].upper()}” is no duration of ISO 8601 that a timer can keep.", "P1D", "PT90M", "P1DT12H"
        )
    lengths = (604800, 86400, 3600, 60, 1)
    return sum(
        _nano(text.replace(",", ".")) * length for text, length in zip(match.groups(), lengths, strict=True) if text
    )


def _nano(number: str) -> int:
    whole, _, fraction = number.partition(".")
    return int(whole) * _NANO + int(fraction.ljust(9, "0") or 0)


def _why_not(words: str, text: str) -> BadInput:
    shown = text.strip()[:60]
    refuse_calendar(words)
    if re.fullmatch(r"[\d.]+", words, re.ASCII):
        number = words.split(".")[0][:9].lstrip("0") or "1"
        return refuse(f"{shown} what?", f"{number} minutes", f"{number} hours")
    if hit := re.fullmatch(r"(\d{1,2}):(\d{2})(:\d{2})?", words, re.ASCII):
        return refuse(f"“{shown}” could be a time of day.", f"{int(hit.group(1)) or 1}h{hit.group(2)}m")
    if words.startswith("-"):
        return refuse("An interval cannot be negative.")
    if (hit := re.match(r"(?:\d+(?:\.\d+)?) ?([a-z]+)", words, re.ASCII)) and _unit(hit.group(1)) is None:
        return refuse(f"“{hit.group(1)}” in “{shown}” is no unit of time.")
    return refuse(f"“{shown}” is no interval.")


def amount_words(interval: timedelta) -> str:
    """An interval as it is read again: `90 minutes`, `1 week`."""
    seconds = int(interval.total_seconds())
    units = ((604800, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    length, unit = next((choice for choice in units if seconds and seconds % choice[0] == 0), units[-1])
    return f"{seconds // length} {unit}{'' if seconds == length else 's'}"


def check_interval(interval: timedelta) -> None:
    """Raises `BadInput`: Globus does not allow it."""
    if interval < SHORTEST_INTERVAL:
        raise refuse(f"{amount_words(interval)} is too short: Globus allows 60 seconds at least.", "every 60 seconds")
    if interval > LONGEST_INTERVAL:
        raise refuse(f"{amount_words(interval)} is too long: Globus allows 365 days at most.", "every 365 days")


def whole_seconds(amount: int, text: str) -> timedelta:
    """What `take_interval` read as an interval of whole seconds.

    Raises:
        BadInput: it is nothing, has a fraction of a second, or is absurdly long.
    """
    shown = text.strip()[:60]
    seconds, fraction = divmod(amount, _NANO)
    if seconds > _FARTHEST:
        raise refuse(f"“{shown}” is longer than Globus allows: 365 days at most.", "every 365 days")
    if amount <= 0:
        raise refuse(
            "An interval must be longer than nothing; Globus allows 60 seconds to 365 days.", "every 60 seconds"
        )
    if fraction:
        raise refuse(
            f"“{shown}” has a fraction of a second, and a timer counts whole ones.",
            f"every {max(60, round(amount / _NANO))} seconds",
        )
    return timedelta(seconds=seconds)
