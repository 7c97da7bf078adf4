"""The words of times and schedules, read one after another into what they say. The grammar is in `typed_schedules`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.typed_clock import (
    DAY,
    DAY_NAMES,
    TypedClock,
    clock_text,
    in_part,
    refuse,
    take_clock,
    weekday_of,
)
from globus_tui.domain.schedule.typed_intervals import (
    NUMBERS,
    ORDINALS,
    at_clock,
    every_so_many,
    take_interval,
    whole_seconds,
)
from globus_tui.domain.schedule.typed_zones import place_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
WEEKDAYS, WEEKENDS = frozenset(range(5)), frozenset({5, 6})
_SETS = {
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays", "m-f"), WEEKDAYS),
    **dict.fromkeys(("working day", "working days", "business day", "business days"), WEEKDAYS),
    **dict.fromkeys(("weekend", "weekends"), WEEKENDS),
    **dict.fromkeys(("mwf", "m , w , f"), frozenset({0, 2, 4})),
    **dict.fromkeys(("tth", "tuth", "t , th"), frozenset({1, 3})),
    **dict.fromkeys(("mtwthf", "mtwtf"), WEEKDAYS),
}
_DAYS_AHEAD = {
    "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tomorow": 1, "tmr": 1, "overmorrow": 2, "yesterday": -1,
    "day after tomorrow": 2,
}  # fmt: skip
_NOW = (
    "right now", "right away", "straight away", "now", "at once", "immediately", "asap", "at creation", "its creation",
    "creation",
)  # fmt: skip
_PARTS = {f"{part}{s}": part for part in ("morning", "afternoon", "evening", "night") for s in ("", "s")}
_MONTHS: tuple[str, ...] = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_LAST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FILLERS = (
    "on", "of", "the", "and", "&", "+", ",", "run", "runs", "repeat", "repeats", "start", "then", "only", "just",
)  # fmt: skip
_YEAR = re.compile(r"(?:19|2\d)\d\d", re.ASCII)
_MOST = (("minutes", 525_600), ("hours", 8_760), ("seconds", 31_536_000))
_BETWEEN = (",", "and", "&", "+", "or", "the", "on")
NO_DAYS_OF_MONTHS = "A timer counts seconds and knows no days of the month."
_HALF_WORDS = ("am", "pm", "a.m", "p.m", "a.m.", "p.m.", "uhr", "o'clock")
_SAMPLE = {"night": "02:00", "morning": "06:00", "afternoon": "14:00", "evening": "20:00", "": "02:00"}


@dataclass
class ParsedWords:
    """What some words say: each thing at most once, except weekdays and times of day.

    Attributes:
        every: `every`, `each` or a plural stands there: it repeats.
        days: weekdays, 0 for Monday.
        without: weekdays that are left out (`except friday`).
        skip: every how many weeks the weekdays count (`every other monday`).
        qualifier: `next` or `this` in front of a weekday.
        interval: between runs, or ahead of the present.
        ahead: the interval counts from the present (`in 2 hours`).
        part: of the day: morning, afternoon, evening, night.
        minute: of each hour (`at :15`).
        window: two times of day, between which it runs.
        day, month, year: of a date; None where not said.
        days_ahead: of `today`, `tomorrow`; `tonight` is today, at night.
        once: said to be a single run.
        midnight: that was the word for the time of day.
    """

    every: bool = False
    days: list[int] = field(default_factory=list)
    skip: int = 1
    qualifier: str = ""
    interval: timedelta | None = None
    ahead: bool = False
    clocks: list[TypedClock] = field(default_factory=list)
    part: str = ""
    minute: int | None = None
    window: tuple[timedelta, timedelta] | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    days_ahead: int | None = None
    at_once: bool = False
    once: bool = False
    midnight: bool = False
    without: list[int] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        """Whether it is a rhythm, not a moment."""
        return bool(self.every or len(self.days) > 1 or (self.interval is not None and not self.ahead) or self.window)

    def times(self) -> tuple[timedelta, ...]:
        """The times of day, in order, each once. Raises `BadInput`: one is not in the part of the day that was said."""
        open_ones = [clock for clock in self.clocks if clock.half_open]
        if not self.part and open_ones and any(clock.afternoon for clock in self.clocks):
            hours = [clock_text(clock.since_midnight % (DAY / 2)) for clock in open_ones]
            later = [clock_text(clock.since_midnight % (DAY / 2) + DAY / 2) for clock in open_ones]
            rest = [clock_text(clock.since_midnight) for clock in self.clocks if not clock.half_open]
            raise refuse(
                "Which half of the day is meant where neither am nor pm is said?",
                *(f"every day at {' and '.join([*some, *rest])}" for some in (later, hours)),
            )
        repeats = self.repeats and not self.days
        return tuple(sorted({in_part(clock, self.part, repeats=repeats) for clock in self.clocks}))

    @property
    def sample_hour(self) -> str:
        return _SAMPLE[self.part]


_KNOWN = (
    *DAY_NAMES, *_MONTHS, "every", "each", "hourly", "daily", "nightly", "weekly", "fortnight", "weekdays", "weekends",
    "today", "tonight", "tomorrow", "midnight", "morning", "afternoon", "evening", "night", "minutes", "hours", "days",
    "weeks", "between", "except", "from", "starting", "until", "immediately",
)  # fmt: skip
_HOURS_OF_WORK = "on weekdays between 09:00 and 17:00"
_FOR_RUNS = "say how often it runs behind “for”."
_INSTEAD = {
    r"(?:(?:during|in|within) )?(?:business|working|work|office) hours": (
        "say which hours.",
        (_HOURS_OF_WORK, f"every 4 hours {_HOURS_OF_WORK}"),
    ),
    r"couple(?: of)?": ("say how many.", ("2",)),
    r"few": ("say how many.", ("3",)),
    r"or": ("both of them?", ("and",)),
    r"(?:and )?stops? after (?:the )?(\d+)(?:st|nd|rd|th)?(?: run| time)?s?": (_FOR_RUNS, (r"for \1 runs",)),
    r"(\d+) ?(?:x|times|runs?) ((?:every|each|daily|hourly|nightly|weekly)\b.*)": (_FOR_RUNS, (r"\2 for \1 runs",)),
    r"in (\d+)": ("of what?", (r"in \1 minutes", r"in \1 hours")),
    r"(\d{1,2}):(\d)": ("that is no time of day.", (r"\1:0\2", r"\1:\g<2>0")),
    r"(\d\d?:\d\d)?([+-])(\d)": ("an offset has two digits and stands behind a time.", (r"\1\g<2>0\3:00",)),
}
"""Words that nothing can be made of, why, and what may be said in their place."""
_OTHERS = {*_KNOWN, "ever", "later", "over", "hour", "week", "month", "minute", "second"}
"""Words that are written as they are meant, near to what others are written like."""


def _is_day(word: str) -> bool:
    first, _, last = word.partition("-")
    return word in _SETS or weekday_of(first) is not None or (bool(last) and weekday_of(last) is not None)


def scan(text: str) -> ParsedWords:
    """Reads words in lower case. Raises `BadInput`: a word has no place there, or what it says cannot be."""
    return _Scanner(text).read()


class _Scanner:
    """A position in the words. Each reader tries to take words there, and returns how many it took.

    Attributes:
        hour_expected: a word for a day or `at` stands before, so that a bare hour is a time of day.
        behind_at: the word before is `at`.
        days_before: the weekdays and the interval that were named before the last words.
        days_have_times: the days named so far have got their times of day.
        more_days_at: position of days that are named after that; 0 for none.
    """

    def __init__(self, text: str) -> None:
        text = re.sub(r"\b(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(?=\d\d\b|\b)", r"\1-\2-\3 \4:\5:", text)
        text = re.sub(r"(?<=\d:\d\d):(?= |$)", "", text)
        text = re.sub(r"\bnow ?\+ ?", "in ", text)  # as at(1) and sbatch are told
        spaced = re.sub(
            r"[,;&]|(?<=[a-z])(?<!\dx)[/+](?=[a-z])|(?<=:\d\d)/(?=\d)|(?<=[ap]m)/(?=\d)",
            " , ",
            re.sub(r"(?<=\d)[t_](?=\d\d)|\bt(?=\d\d:)", " ", text),
        )
        words = (word if word in ("a.m.", "p.m.") else word.rstrip(".") for word in spaced.split())
        self.tokens = [word for word in words if word]
        self.position = 0
        self.parsed = ParsedWords()
        self.hour_expected = False
        self.behind_at = False
        self.days_before: tuple[list[int], timedelta | None] = ([], None)
        self.days_have_times = False
        self.more_days_at = 0

    @property
    def remaining(self) -> list[str]:
        return self.tokens[self.position :]

    @property
    def remaining_text(self) -> str:
        return " ".join(self.remaining)

    def match(self, pattern: str) -> re.Match[str] | None:
        """Matches the pattern here, if the match ends where a word does."""
        return re.match(rf"(?:{pattern})(?= |$)", self.remaining_text, re.ASCII)

    def read(self) -> ParsedWords:
        readers: tuple[Callable[[], int], ...] = (
            self._minute,  # before the fillers, which would take the first words of `on the hour`
            self._ahead,  # and the + of `4pm + 3 days`
            self._filler,
            self._now,
            self._day_word,
            self._date,
            self._year,
            self._window,
            self._interval,
            self._without_a_year,
            self._without,
            self._days,
            self._clock,
        )
        while self.position < len(self.tokens):
            was_behind_at = self.behind_at
            taken = next((count for reader in readers if (count := reader())), 0)
            if not taken:
                word = self.remaining[0][:40]
                self._say_what_is_near(word)
                if self.parsed.every and not self.parsed.days and self.parsed.interval is None:
                    raise BadInput(f"“{word}” is no interval, day or time of day.")
                raise BadInput(f"“{word}” cannot be understood here.")
            self.behind_at = self.behind_at and not was_behind_at
            self._one_for_all_days(taken)
            self.position += taken
        return self._left_out()

    def _say_what_is_near(self, word: str) -> None:
        """Refuses a word that cannot be understood, if it is clear what may be meant."""
        near = (
            get_close_matches(word, _KNOWN, 2, 0.75) if len(word) > 3 and word.isalpha() and word not in _OTHERS else []
        )
        if near and take_interval(f"1 {word}", every=True) is None:
            raise refuse(f"“{word}” cannot be understood.", *near, part=word)
        self._say_what_stands_instead()
        if re.fullmatch(r"\d{1,2}", word) and len(self.tokens) > 1:
            raise refuse(f"“{word}” is no time of day alone.", f"at {word}", part=word)
        first, dash, last = word.partition("-")
        clocks = (
            [take_clock([word], hour_expected=True) for word in (first, last)] if dash and first and last else [None]
        )
        if all(clocks):
            ends = [clock_text(clock.since_midnight) for clock in clocks if clock]
            raise refuse(f"“{word}”: how often between them?", f"every 1 hour between {' and '.join(ends)}")

    def _say_what_stands_instead(self) -> None:
        for pattern, (reason, forms) in _INSTEAD.items():
            if hit := self.match(pattern):
                raise refuse(f"“{hit[0]}”: {reason}", *map(hit.expand, forms), part=hit[0])
        if (hit := self.match(r"in (\w+)")) and (month := _month(hit[1])):
            name = _MONTHS[month - 1][:3]
            span = f"from 1 {name} until {_LAST[month - 1]} {name}"
            rest = " ".join((*self.tokens[: self.position], *self.remaining[2:], span))
            last, reason = self.remaining_text == hit[0], "A timer knows no months: say from when and until when."
            raise refuse(reason, span if last else rest, part=hit[0] if last else "")
        if place := place_in(self.remaining):
            part, zone = place
            raise refuse(f"“{part}”: a zone is written with its whole name.", zone, part=part)

    def _left_out(self) -> ParsedWords:
        parsed = self.parsed
        if not parsed.without:
            return parsed
        if not parsed.days and (parsed.interval or DAY) <= DAY:
            parsed.days, parsed.interval = list(range(7)), parsed.interval if parsed.interval != DAY else None
        days = [day for day in parsed.days if day not in parsed.without]
        if not days or not parsed.days:
            raise refuse(
                "Of which days are they left out?",
                "every day except sunday at 02:00",
                "weekdays except friday at 18:00",
            )
        parsed.days, parsed.every = days, True
        return parsed

    def _without(self) -> int:
        """`except friday`, `but not on weekends`, `excluding sat and sun`."""
        hit = self.match(
            r"(?:except(?:ing)?|excluding|excl|but|without|not|never|other than|apart from|skip|unless)"
            r"(?: not)?(?: for)?(?: on)?"
        )
        if hit is None:
            return 0
        taken = len(hit.group().split())
        days, self.parsed.days, place = self.parsed.days, [], self.position
        self.position += taken
        while self.position < len(self.tokens):
            behind = self.remaining[1:2]
            count = self._days() or (
                self.remaining[0] in _BETWEEN and bool(behind) and (_is_day(behind[0]) or behind[0] in _BETWEEN)
            )
            if not count:
                break
            self.position += int(count)
        self.parsed.without, self.parsed.days = self.parsed.days, days
        taken, self.position = self.position - place, place
        if not self.parsed.without:
            begun = " ".join(self.remaining[:3])
            later = "" if self.remaining[1:2] in (["after"], ["before"]) else at_clock(" ".join(self.remaining[2:]))
            front = f"{' '.join(self.tokens[:place])}{later}".strip()
            raise refuse(
                f"“{begun}”: only weekdays can be left out, for a timer knows no dates and holidays.",
                *((front, f"{front} between 06:00 and 22:00") if front else ()),
            )
        return taken

    def _one_for_all_days(self, taken: int) -> None:
        """`mondays at 2am and fridays at 6pm` is two schedules, not two days at both times.

        Raises:
            BadInput: times of day stand behind days that have others.
        """
        parsed = self.parsed
        days = bool(parsed.days or parsed.interval == DAY) and not parsed.ahead
        if days and parsed.clocks and self.days_before != (parsed.days, parsed.interval):
            self.more_days_at = self.position if self.days_have_times else 0
        self.days_have_times = self.days_have_times or bool(days and parsed.clocks)
        self.days_before = (list(parsed.days), parsed.interval)
        if (
            self.more_days_at
            and len({clock.since_midnight for clock in parsed.clocks}) > 1
            and self.position >= self.more_days_at + 1
        ):
            first = re.sub(r"(?: (?:and|,|&|\+|every|each))+$", "", " ".join(self.tokens[: self.more_days_at]))
            second = " ".join(self.tokens[self.more_days_at : self.position + taken])
            lead = "every " if first.startswith(("every ", "each ")) and not second.startswith("week") else ""
            raise refuse("Other times on other days are schedules of their own.", first, f"{lead}{second}")

    def _set_interval(self, interval: timedelta) -> None:
        before = self.parsed.interval
        if before not in (None, interval) and DAY in (before, interval):
            raise refuse("Two intervals are said.", "", part="every day")
        self.parsed.interval = _only_once(before, interval)

    def _set_part(self, part: str) -> None:
        self.parsed.part = _only_once(self.parsed.part, part, "")

    def _filler(self) -> int:
        word, following = self.remaining[0], self.remaining[1] if len(self.remaining) > 1 else ""
        if word in ("every", "each", "all"):
            self.parsed.every, self.hour_expected = True, False
        elif word in ("at", "@"):
            self.hour_expected = self.behind_at = True
        elif word == "once":
            if self.match(r"once (?:(?:a|an|per|each|every) (?:day|hour|week|night)|daily|hourly|weekly)"):
                return 0
            self.parsed.once = not self.match(r"once (?:every|each).*")
        elif word in ("this", "coming", "next") and following:
            return self._this_or_next(word, following)
        elif word == "in" and following in ("the", *_PARTS):
            pass
        elif word in _PARTS and (word.endswith("s") or self._behind_a_day()):
            self._part(word)
        elif word not in _FILLERS:
            return 0
        return 1

    def _this_or_next(self, word: str, following: str) -> int:
        parsed = self.parsed
        if self.match("next week.*") and (parsed.days or any(map(_is_day, self.remaining[2:4]))):
            parsed.qualifier = "next week"
            return 2
        if following == "week" and parsed.every:
            rest = " ".join((*self.tokens[: self.position], *self.remaining[2:]))
            span = "from next monday for 7 days" if word == "next" else "until sunday"
            raise refuse("Say from which day and until which.", f"{rest} {span}")
        if following in ("week", "month", "year"):
            raise refuse(
                f"“{word} {following}”: on which day?", f"next monday{at_clock(self.remaining_text) or ' at 02:00'}"
            )
        parsed.qualifier = "next" if word == "next" else "this"
        if word == "this" and following in _PARTS:
            self.parsed.days_ahead = _only_once(self.parsed.days_ahead, 0)
        return 1

    def _behind_a_day(self) -> bool:
        parsed = self.parsed
        parts = (parsed.days, parsed.days_ahead is not None, parsed.day, parsed.qualifier, parsed.clocks)
        return parsed.every or any(parts)

    def _part(self, word: str) -> None:
        parsed = self.parsed
        self._set_part(_PARTS[word])
        parsed.every = parsed.every or word.endswith("s")
        if parsed.every and not parsed.days and parsed.interval is None:
            parsed.interval = DAY
        self.hour_expected = True

    def _now(self) -> int:
        hit = next((phrase for phrase in _NOW if self.match(phrase)), "")
        self.parsed.at_once = self.parsed.at_once or bool(hit)
        return len(hit.split())

    def _ahead(self) -> int:
        """`in 2 hours`, `+90 min`, `2 days hence` (`from now` was turned into `hence` before)."""
        front = re.match(r"in |\+ ?", self.remaining_text)
        text = self.remaining_text[front.end() :] if front else self.remaining_text
        taken = _interval_at(text, every=False)
        if taken is None:
            return 0
        amount, size = taken
        behind = re.match(r" (hence|ago|later)(?= |$)", text[size:])
        if not front and not behind:
            return 0
        if self.parsed.interval is not None and self.parsed.every and front:
            part = f"{front[0]}{text[:size]}"
            raise refuse("Say when it begins behind “from” or “starting”.", f"starting {part}", part=part)
        if behind and behind.group(1) == "ago":
            raise refuse("That is in the past.", f"in {text[:size]}")
        interval = whole_seconds(amount, text[:size])
        self._set_interval(interval)
        self.parsed.ahead, self.hour_expected = True, not interval % DAY
        size += (front.end() if front else 0) + (behind.end() if behind else 0)
        return len(self.remaining_text[:size].split())

    def _day_word(self) -> int:
        hit = next((phrase for phrase in _DAYS_AHEAD if self.match(phrase)), "")
        if hit:
            self.parsed.days_ahead = _only_once(self.parsed.days_ahead, _DAYS_AHEAD[hit])
            self.hour_expected = True
            if hit == "tonight":
                self._set_part("night")
        return len(hit.split())

    def _date(self) -> int:
        words = [*self.remaining, "", ""]
        word = words[0]
        if hit := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", word, re.ASCII):
            year, month, day = (int(part) for part in hit.groups())
            return self._take_date(day, month, year, 1)
        bare = _interval_at(self.remaining_text, every=False) is None
        if (bare or not word.isdecimal()) and (iso_day := _iso_day(word)):
            return self._take_date(iso_day.day, iso_day.month, iso_day.year, 1)
        hit = re.fullmatch(r"((?:19|2\d)\d\d)(\d\d)(\d\d)", word, re.ASCII)
        if hit and bare:
            raise refuse(f"“{word}” is a bare number.", "-".join(hit.groups()))
        if hit := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})", word, re.ASCII):
            return self._numbers(word, int(hit.group(1)), int(hit.group(3)), hit.group(4))
        hit = re.fullmatch(r"(\d{1,2})-?([a-z]{3,9})(?:-?(\d{2}|\d{4}))?", word, re.ASCII)
        if hit and (month := _month(hit.group(2))):
            following = [hit.group(3), *words[1:]] if hit.group(3) else words[1:]
            return self._with_year(int(hit.group(1)), month, following, 0 if hit.group(3) else 1, word)
        at = 2 if words[1] == "of" else 1
        if (number := _day_number(word)) and (month := _month(words[at])):
            return self._with_year(number, month, words[at + 1 :], at + 1, " ".join(words[: at + 2]))
        if month := _month(word):
            at = 2 if words[1] == "the" else 1
            if (number := _day_number(words[at])) and words[at + 1] not in _HALF_WORDS:
                return self._with_year(number, month, words[at + 1 :], at + 1, " ".join(words[: at + 2]))
            raise self._of_which_day(month, words)
        ordinal = re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", word, re.ASCII)
        if ordinal and weekday_of(words[1]) is None and take_interval(f"1 {words[1]}", every=True) is None:
            raise refuse(NO_DAYS_OF_MONTHS, *every_so_many(" ".join(self.tokens), 4, 30))
        return 0

    def _of_which_day(self, month: int, words: Sequence[str]) -> BadInput:
        if self.parsed.every:
            return refuse("A timer counts seconds and knows no months.", "every 4 weeks", "every 365 days")
        name, year = _MONTHS[month - 1], re.fullmatch(r"'?(\d\d)|(\d{4})", words[1], re.ASCII)
        year_text = (f"20{year[1]}" if year[1] else year[2]) if year else ""
        near = [f"{day} {name[:3]} {year_text}".strip() for day in (1, _LAST[month - 1])]
        return refuse(f"On which day of {name.capitalize()}?", *near, part=" ".join(words[: 2 if year else 1]))

    def _with_year(self, day: int, month: int, following: Sequence[str], taken: int, shown: str) -> int:
        while following and following[0] == ",":
            following, taken = following[1:], taken + 1
        year = following[0] if following else ""
        spoken = len(following) > 1 and following[1] in _HALF_WORDS
        if _YEAR.fullmatch(year):
            return self._take_date(day, month, int(year), taken + 1)
        if re.fullmatch(r"'?\d{2}", year, re.ASCII) and not spoken:
            raise _two_digits(shown, day, month, year.strip("'"))
        return self._take_date(day, month, None, taken)

    def _take_date(self, day: int, month: int, year: int | None, taken: int) -> int:
        if self.parsed.day is not None:
            raise BadInput("Two dates are named.")
        if not 1 <= month <= 12:
            raise refuse(f"There is no month {month}.", f"{year or 2027}-12-01", part=self.remaining[0])
        try:
            date(2024 if year is None else year, month, day)
        except (ValueError, OverflowError) as error:
            name, behind = _MONTHS[month - 1], f" {year}" if year is not None else ""
            part = " ".join(word for word in self.remaining[:taken] if word)
            near = f"{_LAST[month - 1]} {name[:3]}{behind}"
            raise refuse(f"{day} {name.capitalize()}{behind} is not in the calendar.", near, part=part) from error
        self.parsed.day, self.parsed.month, self.parsed.year = day, month, year
        self.hour_expected = False
        return taken

    def _numbers(self, word: str, first: int, second: int, year: str) -> int:
        """`12/25/2026`: told apart only where one of the two cannot be a month."""
        day, month = (first, second) if first > 12 else (second, first)
        if len(year) == 2:
            if "-" in word:  # the order of ISO 8601
                raise refuse(f"“{word}”: two digits are no year.", f"20{word}")
            pairs = [(d, m) for d, m in ((day, month), (month, day)) if 1 <= m <= 12 and 1 <= d <= _LAST[m - 1]]
            near = [f"20{year}-{m:02}-{d:02}" for d, m in pairs]
            raise refuse(f"“{word}”: two digits are no year.", *near or ["2027-12-01"], part=word)
        if first <= 12 and second <= 12 and first != second:
            raise refuse(
                f"{word} can be read in two ways.",
                f"{year}-{first:02}-{second:02}",
                f"{year}-{second:02}-{first:02}",
                part=word,
            )
        return self._take_date(day, month, int(year), 1)

    def _without_a_year(self) -> int:
        """`24.12` and `1/12` are no dates: one may be the other, and both may be numbers."""
        word = self.remaining[0]
        hit = re.fullmatch(r"(\d{1,2})[./](\d{1,2})", word, re.ASCII)
        if (
            hit
            and not self.hour_expected
            and (len(self.tokens) > 1 or "/" in word)
            and (near := _without_year(int(hit[1]), int(hit[2])))
        ):
            raise refuse(f"“{word}”: which is the month?", *near, part=word)
        return 0

    def _year(self) -> int:
        """The year that `date` prints behind the time of day."""
        parsed = self.parsed
        if parsed.day is None or parsed.month is None or parsed.year is not None or self.behind_at:
            return 0
        if not _YEAR.fullmatch(self.remaining[0]):
            return 0
        day, parsed.day = parsed.day, None
        return self._take_date(day, parsed.month, int(self.remaining[0]), 1)

    def _minute(self) -> int:
        """`at :15`, `15 minutes past the hour`, `on the hour`."""
        hit = self.match(r":(\d{2})(?: past)?(?: the hour)?")
        hit = hit or self.match(r"(\d{1,2})(?: min(?:ute)?s?)? past(?: (?:the|each|every) hour)?")
        hit = hit or self.match(r"on the hour()")
        if (
            hit is None
            and (self.behind_at or self.parsed.minute is not None)
            and self.parsed.interval == timedelta(hours=1)
        ):
            hit = self.match(r"(\d{1,2})")
        if hit is None:
            self._refuse_minute_as_hour()
            return 0
        minute = int(hit.group(1) or 0)
        if minute > 59:
            raise refuse(f"There is no minute {minute}.", "every hour at :15")
        if re.search(r"(?:each|every) hour", hit.group()):
            self.parsed.every = True
            self._set_interval(timedelta(hours=1))
        if self.parsed.minute not in (None, minute):
            others = re.findall(r"(?:(?<= )|^):?(\d\d?)(?= |$)", self.remaining_text, re.ASCII)
            minutes = sorted({self.parsed.minute or 0, minute, *map(int, others)})
            hours = (self.parsed.interval or timedelta(hours=1)) // timedelta(hours=1)
            line = f"{','.join(map(str, minutes))} {f'*/{hours}' if hours > 1 else '*'} * * *"
            raise refuse("Several minutes of an hour are said as cron says them.", line)
        self.parsed.minute = _only_once(self.parsed.minute, minute)
        return len(hit.group().split())

    def _refuse_minute_as_hour(self) -> None:
        """`every 2 hours at 45`: with an interval of several hours a number is an hour, and there is none such."""
        hour, interval = timedelta(hours=1), self.parsed.interval or timedelta()
        bare = self.match(r"(2[5-9]|[345]\d)") if self.behind_at and hour < interval < 24 * hour else None
        if bare is not None and not interval % hour:
            words = f"There is no hour {bare[1]}; a minute is said with a colon."
            raise refuse(words, f":{bare[1]}", part=bare[1])

    def _window(self) -> int:
        """`between 08:00 and 18:00`."""
        if self.remaining[0] != "between":
            return 0
        ends, taken = [], 1
        for _ in range(2):
            clock = take_clock(self.remaining[taken:], hour_expected=True) if len(self.remaining) > taken else None
            if clock is None:
                hit = self.match(r"between (.+) and (.+)")
                near = [f"from {hit[1]} until {hit[2]}"] if hit else []
                near.append("every 2 hours between 08:00 and 18:00")
                raise refuse("Between which times of day?", *near, part=hit[0] if hit else "")
            taken += clock.words
            ends.append(clock.since_midnight)
            if len(ends) == 2 and clock.half_open and ends[1] < ends[0] and ends[1] < DAY / 2:
                front = " ".join(self.tokens[: self.position])
                texts = [f"between {clock_text(ends[0])} and {clock_text(end)}" for end in (ends[1] + DAY / 2, ends[1])]
                raise refuse("Until the evening, or past midnight?", *(f"{front} {text}" for text in texts))
            taken += self.remaining[taken : taken + 1] == ["and"] and len(ends) == 1
        self.parsed.window = _only_once(self.parsed.window, (ends[0], ends[1]))
        return taken

    def _interval(self) -> int:
        if (self.hour_expected and not re.match(r"[a-z]", self.remaining_text)) or (
            self.remaining[0] in _PARTS and not self.parsed.every
        ):
            return 0
        if weeks := self._every_so_many_weeks():
            self.parsed.skip = weeks
            return 1
        if hit := self.match(r"((?:[01]\d|2[0-3])[0-5]\d)h"):
            raise refuse(
                f"“{hit.group()}” can be a time of day or an interval.",
                f"at {hit.group(1)[:2]}:{hit.group(1)[2:]}",
                f"every {int(hit.group(1))} hours",
            )
        taken = _interval_at(self.remaining_text, every=self.parsed.every)
        if taken is None:
            return 0
        amount, size = taken
        text = self.remaining_text[:size]
        self._set_interval(whole_seconds(amount, text))
        self.parsed.every = True
        if "night" in text and "fortnight" not in text:
            self._set_part("night")
        self.hour_expected = bool(
            re.search(r"(?:^|\b1 )(?:day|daily|night|nightly)$|(?:once|times|twice|thrice|x)\b.*da", text)
        )
        return len(text.split())

    def _every_so_many_weeks(self) -> int:
        """`every other monday`, `every 2nd sunday`; of the third and further ones those of a month are mostly meant."""
        words = [*self.remaining, ""]
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", words[0], re.ASCII)
        many = ORDINALS.get(words[0]) or (int(number.group(1)) if number else 0)
        if (weekday_of(words[1]) is None and words[1] not in _SETS) or not (many or words[0] in ("first", "last")):
            return 0
        if many == 2 and self.parsed.every and _SETS.get(words[1]) == WEEKDAYS:
            raise refuse("Every other one of them?", "mon, wed, fri at 02:00", "every 2 weeks on mon-fri at 02:00")
        if many == 2 and self.parsed.every:
            return 2
        weeks = many if 1 < many <= 52 and self.parsed.every else 4
        raise refuse(
            "A timer counts seconds, and months have no fixed length.",
            every_so_many(" ".join(self.tokens[self.position + 1 :]), weeks, 7 * weeks)[0],
        )

    def _days(self) -> int:
        for name, days in _SETS.items():
            if self.match(name):
                self.parsed.days += days
                self.parsed.every = self.hour_expected = True
                return len(name.split())
        word = self.remaining[0]
        day = weekday_of(word)
        first, dash, last = word.partition(".." if ".." in word else "-")
        start, end = weekday_of(first), weekday_of(last)
        if dash and start is not None and end is not None:
            self.parsed.days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
            self.parsed.every = True
        elif day is not None:
            self.parsed.days.append(day)
            self.parsed.every = self.parsed.every or word.endswith("days")
        else:
            return 0
        self.hour_expected = True
        return 1

    def _clock(self) -> int:
        word = self.remaining[0]
        if self.parsed.every and not self.hour_expected and not self.parsed.clocks:
            number = word.lstrip("0")
            if re.fullmatch(r"\d+", word, re.ASCII):
                near = [
                    f"every {number} {unit}"
                    for unit, most in _MOST[:: -1 if len(number) > 3 else 1]
                    if 1 < int(number[:12] or 0) <= most
                ]
                if len(word) == 4 and int(word[:2]) < 24 and int(word[2:]) < 60:
                    near = [*near[:1], f"every day at {word[:2]}:{word[2:]}"]
                raise refuse(f"{word[:40]} what?", *near[:2] or ["every 1 hour"])
            if word in NUMBERS:
                many = NUMBERS[word]
                raise refuse(f"{word} what?", *(f"every {many} {unit}{'s' * (many > 1)}" for unit in ("hour", "day")))
            if re.match(r"-\d", word):
                raise refuse("An interval cannot be negative.", f"every {self.remaining_text[1:]}")
            if hit := re.fullmatch(r"(\d+)h(\d\d)", word, re.ASCII):
                near_clock = [f"every day at {int(hit.group(1)):02}:{hit.group(2)}"] if int(hit.group(1)) < 24 else []
                raise refuse(
                    f"“{word}” can be an interval or a time of day.",
                    f"every {hit.group(1)}h{hit.group(2)}m",
                    *near_clock,
                )
        clock = take_clock(self.remaining, hour_expected=self.hour_expected)
        if clock is None:
            return 0
        self.parsed.midnight = word == "midnight"
        self.parsed.clocks.append(clock)
        return clock.words


def _only_once(before: T, value: T, unset: object = None) -> T:
    """The value of what may be said once. Raises `BadInput`: another one was said before."""
    if before not in (unset, value):
        raise BadInput("The same thing is said twice.")
    return value


def _iso_day(word: str) -> date | None:
    """`2026-335` and `2026-w49-2` of ISO 8601; None for other words.

    Raises:
        BadInput: there is no such day, or none is said.
    """
    if (month := re.fullmatch(r"(20\d\d)-(\d{1,2})", word, re.ASCII)) and 1 <= int(month[2]) <= 12:
        near = (f"{month[1]}-{int(month[2]):02}-{day:02}" for day in (1, _LAST[int(month[2]) - 1]))
        raise refuse(f"“{word}”: on which day?", *near, part=word)
    hit = re.fullmatch(r"(\d{4})-(\d{3})|(\d{4})-?w(\d\d)(?:-?([1-7]))?|((?:19|2\d)\d\d)([0-3]\d\d)", word, re.ASCII)
    if hit is None:
        return None
    try:
        if hit[3]:
            result = date.fromisocalendar(int(hit[3]), int(hit[4]), int(hit[5] or 1))
        else:
            year, days = int(hit[1] or hit[6]), int(hit[2] or hit[7])
            result = date(year, 1, 1) + timedelta(days=days - 1)
            if result.year != year:
                raise ValueError
    except (ValueError, OverflowError) as error:
        year = max(1, min(int(hit[1] or hit[3] or hit[6]), 9999))
        raise refuse(f"“{word.upper()}” is not in the calendar.", f"{year:04}-12-31", part=word) from error
    if hit[3] and not hit[5]:
        raise refuse(f"“{word.upper()}”: on which day of that week?", result.isoformat(), part=word)
    if hit[6]:
        raise refuse(f"“{word}” is a bare number.", result.isoformat(), part=word)
    return result


def _interval_at(text: str, *, every: bool) -> tuple[int, int] | None:
    """An interval at the beginning of a text, if it ends where a word does."""
    taken = take_interval(text, every=every)
    return taken if taken and re.match(r"[ ,]|$", text[taken[1] :]) else None


def _without_year(first: int, second: int) -> list[str]:
    """`24.12`, `1/12`: what it can mean as a date."""
    pairs = dict.fromkeys(((first, second), (second, first)))
    return [
        f"{day} {_MONTHS[month - 1][:3]}" for day, month in pairs if 1 <= month <= 12 and 1 <= day <= _LAST[month - 1]
    ]


def _month(word: str) -> int:
    """1 to 12; 0 for anything else."""
    if len(word) < 3:
        return 0
    return next((at for at, name in enumerate(_MONTHS, 1) if name.startswith(word) or (at == 9 and word == "sept")), 0)


def _day_number(word: str) -> int:
    hit = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word, re.ASCII)
    return int(hit.group(1)) if hit else 0


def _two_digits(shown: str, day: int, month: int, year: str) -> BadInput:
    """Two digits can be a year, a day or an hour: nobody guesses."""
    name = _MONTHS[month - 1][:3] if 1 <= month <= 12 else "dec"
    near = [f"20{year}-{month:02}-{day:02}"] if 1 <= month <= 12 and 1 <= day <= 31 else []
    hour = [f"{day} {name} at {int(year):02}:00"] if int(year) <= 24 and re.search("[a-z]", shown) else []
    return refuse(f"“{shown.strip()}”: two digits are no year.", *near, *hour, part=shown.strip())
