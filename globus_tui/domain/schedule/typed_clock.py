"""Times of day, weekdays and local wall-clock moments as people type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

T = TypeVar("T")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = timedelta(days=1)
_SHORT_DAYS = {"mo": 0, "tu": 1, "di": 1, "we": 2, "mi": 2, "weds": 2, "th": 3, "do": 3, "fr": 4, "sa": 5}
_SHORT_DAYS |= {"su": 6, "so": 6}
_NAMED = {"noon": timedelta(hours=12), "midday": timedelta(hours=12), "midnight": timedelta()}
_HALVES = {"am": "am", "a.m": "am", "a.m.": "am", "pm": "pm", "p.m": "pm", "p.m.": "pm"}
_TIME = r"(\d{1,2})(?:([:.h])(\d{2}))?(?:[:.](\d{2}))?(a\.?m\.?|p\.?m\.?|h|o'clock)?"
_HOURS_OF = {"morning": (0, 12), "afternoon": (12, 20), "evening": (15, 25), "night": (17, 33)}


class Refusal(BadInput):
    """What was typed is not understood, or cannot be.

    Attributes:
        near: what could be typed instead.
        part: the words of the phrase in whose place the near forms are meant; empty for all of it.
    """

    def __init__(self, reason: str, near: Sequence[str] = (), part: str = "") -> None:
        forms = " or ".join(f"“{form}”" for form in near)
        super().__init__(f"{reason} Write {forms}." if forms else reason)
        self.reason, self.near, self.part = reason, tuple(near), part


def refuse(reason: str, *near: str, part: str = "") -> Refusal:
    """A refusal that suggests similar forms, of all that was typed or of a part of it."""
    return Refusal(reason, tuple(dict.fromkeys(near)), part)


def read_or_refuse(read: Callable[[str], T], text: str, *otherwise: str) -> T:
    """What `read` makes of a text. Where that is a refusal, its near forms are such as `read` understands.

    Raises:
        Refusal: near forms of a part of the text are said in its place, where that is understood; if none is, there
            are others.
    """
    try:
        return read(text)
    except BadInput as wrong:
        refused = wrong if isinstance(wrong, Refusal) else Refusal(str(wrong))
        raise _with_understood(refused, read, text, otherwise) from wrong


def _with_understood(wrong: Refusal, read: Callable[[str], object], text: str, otherwise: Sequence[str]) -> Refusal:
    near, part = wrong.near, wrong.part
    before, behind = (r"(?<![\w:.-])", r"(?![\w:])") if part.isalnum() else ("", "")
    words = re.compile(rf"(?:\bthe )?{before}{re.escape(part)}{behind}", re.IGNORECASE)
    text = text if words.search(text) else in_digits(text.lower())
    place = words.search(text) if part else None
    whole = [" ".join(f"{text[: place.start()]}{form}{text[place.end() :]}".split()) for form in near] if place else []
    farther: list[str] = []  # forms similar to the similar ones, where none of those is valid
    understood = [form for form in whole if _is_read(form, read, farther)] or [
        form for form in near if _is_read(form, read, farther)
    ]
    others = [form for form in farther if _is_read(form, read, [])][:2] or otherwise
    return refuse(wrong.reason, *(understood or others))


def _is_read(text: str, read: Callable[[str], object], farther: list[str]) -> bool:
    try:
        read(text)
    except BadInput as wrong:
        farther += wrong.near if isinstance(wrong, Refusal) and not wrong.part else ()
        return False
    return True


_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty five": 25, "twenty-five": 25}
_HOUR = rf"(\d{{1,2}}|{'|'.join(_HOURS)}|noon|midday|midnight)"
_NO_AMOUNT = r"(?![\w:.]|(?: ?(?:more|seconds?|minutes?|hours?|days?|weeks?|times|runs)))"
_PAST_THE_HOUR = (
    rf"\b(?:an? )?(half|quarter|twenty[ -]five|five|ten|twenty|\d{{1,2}})(?: minutes?)? (past|to|before)"
    rf"(?: (?:the|each|every) hour|(?: {_HOUR}{_NO_AMOUNT}(?: ?([ap])\.?m\b\.?)?))?(?=[ ,]|$)"
)
_IN_WORDS = (
    rf"\b(at|@|by) ({'|'.join(_HOURS)})(?: (fifteen|thirty|forty[ -]five))?{_NO_AMOUNT}(?! (?:past|to|before)\b)"
)

_WITH_HALF = rf"\b({'|'.join(_HOURS)})(?: (fifteen|thirty|forty[ -]five))?(?= (?:o'?clock|[ap]\.?m)\b)"
_QUARTERS = {"fifteen": 15, "thirty": 30}


def in_digits(text: str) -> str:
    """Times of day that are said in words: `quarter past 6`, `ten to six`, `at six thirty`, `half past every hour`.

    Args:
        text: in lower case, with single blanks.

    Raises:
        BadInput: `half 6`, which is one hour in some countries and another in others.
    """
    if hit := re.search(rf"\bhalf {_HOUR}{_NO_AMOUNT}", text):
        hour = _hour(hit.group(1))
        near = [clock_text(timedelta(hours=each % 24, minutes=30)) for each in (hour, hour - 1)]
        raise refuse(f"“{hit.group()}” is {near[0]} to some and {near[1]} to others.", *near, part=hit.group())
    text = re.sub(r"\b(?:(?:at|on) )?the top of (?:the|each|every) hour\b", "on the hour", text)
    text = re.sub(r"(\bat (?:\d{4}|\d\d?:\d\d)) (?:hours|hrs)\b", r"\1", text)
    text = re.sub(r"\bon the half[ -]hour\b", "at :30", text)
    text = re.sub(_PAST_THE_HOUR, _past_the_hour, text)
    text = re.sub(_WITH_HALF, lambda it: f"{_hour(it[1])}" + (f":{_QUARTERS.get(it[2], 45)}" if it[2] else ""), text)
    return re.sub(_IN_WORDS, lambda it: f"at {_hour(it[2])}" + (f":{_QUARTERS.get(it[3], 45)}" if it[3] else ""), text)


def _past_the_hour(match: re.Match[str]) -> str:
    minutes_said, side, hour_said, half = match.groups()
    minutes = _MINUTES.get(minutes_said) or int(minutes_said) % 60
    before, digits = side != "past", minutes_said.isdecimal()
    at = re.search(r"\b(?:at|@)$", match.string[: match.start()].rstrip()) is not None
    span = re.search(r"\b(?:from|between)$", match.string[: match.start()].rstrip()) is not None
    at = at or " minute" in match.group()
    if (digits and not at and (before or hour_said is None)) or (before and (span or minutes_said == "half")):
        return match.group()  # `10 to 6` alone may be a span of hours
    if hour_said is None:
        every, minute = re.search(r"(?:each|every) hour$", match.group()), 60 - minutes if before else minutes
        return f"{minute} past {every.group()}" if every else f":{minute:02}"
    hour = _hour(hour_said)
    if hour > 24:
        return match.group()
    total = (hour * 60 + (-minutes if before else minutes)) % 1440
    if not half:
        digits_wide = 1 if 0 < hour <= 12 and hour_said[0] != "0" else 2  # a zero in front says which half of the day
        return f"{total // 60:0{digits_wide}}:{total % 60:02}"
    afternoon = (half == "p") != (before and hour == 12)
    return f"{total // 60 % 12 or 12}:{total % 60:02}{'pm' if afternoon else 'am'}"


def _hour(word: str) -> int:
    if word in _HOURS:
        return _HOURS.index(word) + 1
    return {"noon": 12, "midday": 12, "midnight": 24}.get(word) or int(word)


def clock_text(clock: timedelta) -> str:
    """A time of day as it is read again: `02:00`, `24:00`; to the second where needed."""
    minutes, seconds = divmod(int(clock.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


@dataclass(frozen=True, slots=True)
class TypedClock:
    """A time of day as typed.

    Attributes:
        since_midnight: up to 24 hours, for the end of a day.
        words: how many words it took.
        half_open: it could mean either half of the day: an hour of 1 to 12 without am, pm or a leading zero.
        afternoon: `pm` stands behind it.
    """

    since_midnight: timedelta
    words: int
    half_open: bool = False
    afternoon: bool = False


def take_clock(words: Sequence[str], *, hour_expected: bool) -> TypedClock | None:
    """Reads a time of day at the beginning of some words: `2am`, `6:30 pm`, `18:00`, `0200`, `18h30`, `noon`.

    Args:
        hour_expected: `at` or a day's word stands in front, so that a bare hour (`2`, `18h`) is a time of day too.

    Raises:
        BadInput: it looks like a time of day, and there is none such.
    """
    word, following = words[0], words[1] if len(words) > 1 else ""
    if word == "12" and following in _NAMED:
        return TypedClock(_NAMED[following], 2)
    if word in _NAMED:
        return TypedClock(_NAMED[word], 1)
    if military := _military(word, hour_expected=hour_expected):
        return military
    match = re.fullmatch(_TIME, word, re.ASCII)
    if match is None:
        return None
    hours, between, minutes, seconds, after = match.groups()
    half = _HALVES.get(after or "") or (_HALVES.get(following) if after is None else None)
    taken = 2 if half and not _HALVES.get(after or "") else 1
    spoken = after == "o'clock" or (after is None and following in ("o'clock", "oclock", "uhr"))
    if half is None and not spoken and not hour_expected and (minutes is None or (between == "." and seconds is None)):
        return None
    if between == "h" and half is None and not hour_expected and int(hours) < 10 and len(hours) == 1:
        text = f"every {hours}h{minutes}m"
        raise refuse(f"“{word}” can be a time of day or an interval.", f"at {int(hours):02}:{minutes}", text)
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            near = f"{hour:02}:{minutes or '00'}" if hour <= 23 else "23:00"
            part = " ".join(words[:taken])
            raise refuse(f"“{part}”: with am or pm the hour is 1 to 12.", near, part=part)
        hour = hour % 12 + (12 if half == "pm" else 0)
    if spoken and after is None:
        taken = 2
    clock = _since_midnight(hour, int(minutes or 0), int(seconds or 0), " ".join(words[:taken]))
    return TypedClock(clock, taken, half is None and 1 <= hour <= 12 and hours[0] != "0", half == "pm")


def _military(word: str, *, hour_expected: bool) -> TypedClock | None:
    """`0200`; a number that could be a year counts only where a time of day is expected."""
    if not re.fullmatch(r"\d{4}h?|\d{6}", word, re.ASCII):
        return None
    hour, minute, second = int(word[:2]), int(word[2:4]), int(word[4:].strip("h") or 0)
    year = len(word) == 4 and 1900 <= int(word) < 3000
    if not hour_expected and (hour > 24 or minute > 59 or year):
        return None
    return TypedClock(_since_midnight(hour, minute, second, word), 1)


def _since_midnight(hour: int, minute: int, second: int, text: str) -> timedelta:
    since_midnight = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 59 or since_midnight > DAY:
        near = f"00:{minute:02}" if hour == 24 and minute < 60 else f"{min(hour, 23):02}:00"
        raise refuse(f"There is no {text} on a clock, which goes from 00:00 to 24:00.", near, part=text)
    return since_midnight


def in_part(clock: TypedClock, part: str, *, repeats: bool = False) -> timedelta:
    """A time of day in a part of the day: `8` in the evening is 20:00, `2` at night is 02:00.

    Args:
        part: morning, afternoon, evening, night, or nothing.
        repeats: it is one of every day, for advice.

    Raises:
        BadInput: it does not lie in it.
    """
    if not part:
        return clock.since_midnight
    typed, (first, end) = clock.since_midnight, _HOURS_OF[part]
    if part == "night" and clock.half_open and timedelta(hours=5) <= typed < timedelta(hours=9):
        shown = clock_text(typed).removeprefix("0").removesuffix(":00")
        either = clock_text(typed), clock_text(typed + DAY / 2)
        raise refuse(f"“{shown}” at night: before or after the night?", *either, part=shown)
    choices: tuple[timedelta, ...] = (typed, *((typed + DAY / 2, typed - DAY / 2) if clock.half_open else ()))
    for choice in choices:
        hour = choice // timedelta(minutes=1) / 60
        if 0 <= hour <= 24 and (first <= hour < end or first <= hour + 24 < end):
            return choice
    raise refuse(f"{clock_text(typed)} is not in the {part}: say one of them.", "day" if repeats else "", part=part)


def weekday_of(word: str) -> int | None:
    """0 for Monday to 6 for Sunday: `mon`, `tues`, `mo`, `thursday`, `fridays`; None for anything else."""
    if word in _SHORT_DAYS:
        return _SHORT_DAYS[word]
    single = word.removesuffix("s") if word.endswith("days") else word
    if len(single) < 3:
        return None
    return next((place for place, name in enumerate(DAY_NAMES) if name.startswith(single)), None)


@dataclass(frozen=True, slots=True)
class TypedMoment:
    """A moment as understood.

    Attributes:
        moment: in UTC; None stands for "as soon as it is created".
        notices: what the user should know of how it was understood, one sentence each.
        day: the local day that was meant, where there is one.
        clock: the time of day that was said, since midnight; None when none was, and 00:00 is taken.
        clock_alone: no day was said.
    """

    moment: datetime | None
    notices: tuple[str, ...] = ()
    day: date | None = None
    clock: timedelta | None = None
    clock_alone: bool = False


class LocalMoment(NamedTuple):
    """A moment at a local time of day, since midnight, on a day; `notices` as of a `TypedMoment`."""

    moment: datetime
    notices: tuple[str, ...]
    day: date
    clock: timedelta


def at_wall_clock(day: date, clock: time, zone: tzinfo) -> tuple[datetime, tuple[str, ...]]:
    """A local time of day on a day, with a notice where the clocks are put forward or back over it.

    A time that the clocks skip becomes the moment as far behind the change as it was typed; of two equal ones the
    earlier is taken.

    Raises:
        BadInput: outside the calendar.
    """
    naive = datetime.combine(day, clock)
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    try:
        moment, other = early.astimezone(UTC), late.astimezone(UTC)
        shown = moment.astimezone(zone)
    except (OverflowError, ValueError) as error:
        raise BadInput("That is outside the calendar.") from error
    if shown.replace(tzinfo=None) != naive:
        return moment, (f"{_not_there(naive)} Taken as {shown:%H:%M}.",)
    if other != moment:
        offset = early.isoformat()[-6:]
        return moment, (f"{_twice(naive)} The first is taken ({offset}); for the second write {_exact(late)}.",)
    return moment, ()


def _not_there(naive: datetime) -> str:
    return f"{naive:%H:%M} does not exist on {naive:%a} {naive.day} {naive:%b %Y}: the clocks go forward."


def _twice(naive: datetime) -> str:
    return f"{naive:%H:%M} happens twice on {naive:%a} {naive.day} {naive:%b %Y}: the clocks go back."


def _exact(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def on_day(day: date, clock: timedelta, zone: tzinfo) -> LocalMoment:
    """`at_wall_clock` for a time of day up to 24:00, which is 00:00 of the following day.

    Raises:
        BadInput, OverflowError: outside the calendar.
    """
    local = datetime.combine(day, time()) + clock
    return LocalMoment(*at_wall_clock(local.date(), local.time(), zone), day, clock)


def rhythm_on(day: date, clock: timedelta, step: timedelta, zone: tzinfo) -> LocalMoment:
    """The run on one day of a rhythm that keeps a local time of day.

    Where the clocks change over that time, the moment is the one whose following runs are at that time: the rhythm
    counts, and that one night is an exception. Raises as `on_day`.
    """
    typed = on_day(day, clock, zone)
    if not typed.notices:
        return typed
    apart = max(step, DAY)
    moment = on_day(day + apart, clock, zone).moment - apart
    shown, naive = moment.astimezone(zone), datetime.combine(day, time()) + clock
    if shown.replace(tzinfo=None) != naive:
        notice = f"{_not_there(naive)} That one runs at {shown:%H:%M}, all later ones at {naive:%H:%M}."
    elif moment == typed.moment:
        notice = f"{_twice(naive)} The first is taken."
    else:
        first = _exact(typed.moment.astimezone(zone))
        notice = f"{_twice(naive)} The second is taken, so that all later runs are at {naive:%H:%M}."
        notice += f" The first is {first}."
    return typed._replace(moment=moment, notices=(notice,))


def next_at(
    clock: timedelta,
    after: datetime,
    zone: tzinfo,
    *,
    days: frozenset[int] | None = None,
    step: timedelta | None = None,
    inclusive: bool = False,
) -> LocalMoment:
    """The next moment after another one at a local time of day, on one of the weekdays if any are given.

    Args:
        after: the moment itself counts only if `inclusive`.
        days: weekdays, 0 for Monday.
        step: of the rhythm that begins there, see `rhythm_on`; None for a single run.
        inclusive: see `after`.

    Raises:
        BadInput, OverflowError: outside the calendar.
    """
    day = after.astimezone(zone).date() - DAY
    while True:  # every weekday comes within nine days
        if days is None or day.weekday() in days:
            typed = on_day(day, clock, zone) if step is None else rhythm_on(day, clock, step, zone)
            if typed.moment > after or (inclusive and typed.moment == after):
                return typed
        day += DAY
