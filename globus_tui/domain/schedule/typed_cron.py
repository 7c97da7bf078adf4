"""Lines of cron as timers, by the rules of Debian's cron: five fields, names, ranges, lists, steps, `@daily`.

A timer repeats after a fixed number of seconds, so only those lines are taken that some timers keep exactly. Day of the
month or month restricted, or a step whose last gap is shorter than the others, are refused with the reason.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.typed_clock import DAY_NAMES, clock_text, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELD = re.compile(r"[\d*][\w*,/#-]*|(?:[a-z]{3}(?:[a-z]*day)?(?:[-,/#][a-z\d]+)*)|[?lwrh#]\S*", re.ASCII)
_NICKNAMES = {"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *", "@weekly": "0 0 * * 0"}
_NEVER = {
    "@reboot": ("A timer knows nothing of reboots.", ("every day at 02:00", "now")),
    "@monthly": ("A timer counts seconds, and months have no fixed length.", ("every 4 weeks", "every 30 days")),
    "@yearly": ("A timer counts seconds, not calendar years.", ("every 365 days", "every 52 weeks")),
    "@annually": ("A timer counts seconds, not calendar years.", ("every 365 days", "every 52 weeks")),
}


class _Field(NamedTuple):
    name: str
    first: int
    last: int
    names: Sequence[str] = ()
    base: int = 0


_FIELDS = (
    _Field("minute", 0, 59), _Field("hour", 0, 23), _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS, 1),
    _Field("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CronLine:
    """When a line of cron runs: on these weekdays (0 for Monday), in these hours, at these minutes."""

    days: frozenset[int]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]


def read_cron(line: str) -> CronLine | None:
    """Reads a line of cron in lower case; None when it is none.

    Raises:
        BadInput: it is one that no fixed interval can say, or that cron would refuse.
    """
    words = line.split(" ")
    if words[0] in _NEVER and len(words) == 1:
        reason, near = _NEVER[words[0]]
        raise refuse(f"{words[0]}: {reason}", *near)
    if words[0] in _NICKNAMES and len(words) == 1:
        words = _NICKNAMES[words[0]].split(" ")
    elif re.fullmatch(r"@[a-z]+", words[0], re.ASCII):
        as_words = len(words) > 1 or words[0] == "@fortnightly"
        raise refuse(f"“{line[:40]}” is none of cron's words.", *([line[1:]] if as_words else list(_NICKNAMES)[:3]))
    fields = [word for word in words if _FIELD.fullmatch(word)]
    looks = len(words) >= 5 and all(re.fullmatch(r"[\d*,/-]+|[rh?]", word, re.ASCII) for word in words[:2])
    if not looks or len(fields) < 5 or fields[:5] != words[:5]:
        if re.search(r"(?:^| )\*(?:/\d+)?(?: |$)", line, re.ASCII):
            number = "and some of these are none" if len(words) == 5 else f"these are {len(words)} words"
            raise refuse(f"A line of cron has five fields; {number}.", "0 2 * * *", "*/15 * * * *")
        return None
    if len(words) > 5:
        if re.fullmatch(r"[\d*?][\d*,/-]*|(?:mon|tue|wed|thu|fri|sat|sun)\S*", words[5]) and len(words) <= 7:
            raise refuse(
                f"A line of cron has five fields, these are {len(words)}: seconds or years are read differently "
                "by different programs.",
                " ".join(words[1:6]).replace("?", "*"),
                " ".join(words[:5]),
            )
        raise refuse("Only the five fields of a line of cron, without user and command.", " ".join(words[:5]))
    return _line(words)


def _line(words: Sequence[str]) -> CronLine:
    _refuse_days_of_months(words)
    minutes, hours, month_days, months, weekdays = (
        _read(word, field, words, at) for at, (word, field) in enumerate(zip(words, _FIELDS, strict=True))
    )
    days = frozenset((day - 1) % 7 for day in weekdays)
    clock = clock_text(timedelta(hours=hours[0], minutes=minutes[0]))
    if len(months) < 12:
        raise refuse(
            f"“{words[3]}” restricts the month, and a timer counts seconds and knows no months.",
            " ".join((*words[:2], "*", "*", words[4])) if len(month_days) == 31 else f"every 4 weeks at {clock}",
            "every 365 days",
        )
    # Where both are restricted cron runs on either; a field that begins with * does not count as restricted.
    either = not words[2].startswith("*") and not words[4].startswith("*")
    if either and (len(month_days) == 31 or len(days) == 7):
        days = frozenset(range(7))
    elif len(month_days) < 31:
        step = re.fullmatch(r"\*/(\d+)", words[2], re.ASCII)
        many = {2: 2, 3: 1, 4: 1}.get(len(month_days), 4)
        near = [f"every {step[1]} days at {clock}"] if step else [f"every {many} weeks at {clock}"]
        raise refuse(
            f"“{words[2]}” restricts the day of the month, and months have no fixed length in seconds.",
            *near,
            f"every {30 // len(month_days) if len(month_days) < 5 else 30} days at {clock}",
        )
    return CronLine(days, hours, minutes)


def _refuse_days_of_months(words: Sequence[str]) -> None:
    """`5L` and `1#2` are the last Friday and the second Monday of a month to other programs, `L` is its last day."""
    weekday = re.fullmatch(r"(\d|[a-z]{3})(?:l|#\d)", words[4], re.ASCII)
    name = weekday.group(1) if weekday else ""
    number = int(name) if name.isdecimal() else _FIELDS[4].names.index(name) if name in _FIELDS[4].names else 8
    if number > 7 and words[2] not in ("l", "lw"):
        return
    day = f" on {DAY_NAMES[(number - 1) % 7]}" if number < 8 else ""
    front = " ".join(words[:2])
    clock = f" at {int(words[1]):02}:{int(words[0]):02}" if re.fullmatch(r"[0-5]?\d (?:1?\d|2[0-3])", front) else ""
    field = (words[4] if day else words[2]).upper()
    raise refuse(
        f"“{field}” means a day of a month, which cron cannot say and a timer does not know.",
        f"every 4 weeks{day}{clock or ' at 02:00'}",
    )


def _read(word: str, field: _Field, words: Sequence[str], at: int) -> tuple[int, ...]:
    values: set[int] = set()
    for part in word.split(","):
        values |= set(_part(part, field, words, at))
    return tuple(sorted({value % 7 for value in values} if field.last == 7 else values))


def _part(part: str, field: _Field, words: Sequence[str], at: int) -> Sequence[int]:
    ends, slash, step_said = part.partition("/")
    first_said, dash, last_said = ends.partition("-")
    if (re.match(r"[?lwr#h]", part) and part[:3] not in field.names) or "#" in part:
        raise refuse(f"“{part}” in the {field.name} is not of cron but of programs like it.", *_example(words, at))
    if ends == "*":
        first, last = field.first, 6 if field.last == 7 else field.last
    else:
        first = _number(first_said, field, words, at)
        last = _number(last_said, field, words, at) if dash else first
    if last < first:
        if field.last == 7 and last == 0:
            raise refuse(f"“{part}” goes backwards: Sunday is 7 at the end of a range.", _with(words, at, f"{first}-7"))
        wrapped = f"{first}-{6 if field.last == 7 else field.last},{field.first}-{last}"
        raise refuse(f"“{part}” in the {field.name} goes backwards.", *_example(words, at, wrapped))
    if not slash:
        return range(first, last + 1)
    if not re.fullmatch(r"\d{1,4}", step_said, re.ASCII) or int(step_said) == 0:
        raise refuse(f"“{part}”: a step is a number above zero.", *_example(words, at))
    if ends != "*" and not dash:
        near = _with(words, at, f"{first}-{6 if field.last == 7 else field.last}/{step_said}")
        raise refuse(f"“{part}”: a step needs a range or a * in front.", near, *_example(words, at))
    step = int(step_said)
    values = range(first, last + 1, step)
    whole = {59: 60, 23: 24, 7: 7}.get(field.last)
    if whole and first + whole - values[-1] < step and (step > 1):
        raise refuse(
            f"“{part}” leaves a shorter last gap: {whole} {_UNITS[field.last]} are not a multiple of {step}.",
            *_instead(field, values, step, words, at),
        )
    return values


_UNITS = {59: "minutes", 23: "hours", 7: "days"}


def _instead(field: _Field, values: Sequence[int], step: int, words: Sequence[str], at: int) -> list[str]:
    """The fixed interval, and the same times as a list."""
    unit = _UNITS[field.last]
    listed = _with(words, at, ",".join(str(value) for value in values))
    clock = f" at {int(words[1]):02}:{int(words[0]):02}" if words[0].isdecimal() and words[1].isdecimal() else ""
    return [f"every {step} {unit}{clock if unit == 'days' else ''}", listed]


def _with(words: Sequence[str], at: int, field: str) -> str:
    return " ".join((*words[:at], field, *words[at + 1 :]))


def _example(words: Sequence[str], at: int, field: str = "") -> list[str]:
    """The line with another text for this field, by default one that is known to be read."""
    good = field or ("0", "2", "*", "*", "*")[at]
    return [_with(words, at, good)]


def _number(text: str, field: _Field, words: Sequence[str], at: int) -> int:
    if text in field.names:
        return list(field.names).index(text) + field.base
    if text in DAY_NAMES and field.last == 7:
        raise refuse(f"“{text}”: cron knows the first three letters.", *_example(words, at, text[:3]))
    number = int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else -1
    if not field.first <= number <= field.last:
        raise refuse(
            f"“{text}” is no {field.name}: they go from {field.first} to {field.last}.",
            *_example(words, at, "0" * (number in (24, 60))),
        )
    return number


def even_step(values: Sequence[int], whole: int) -> int | None:
    """The gap between values that are spread evenly over a whole; None when they are not, or there is one only."""
    if len(values) < 2 or whole % len(values):
        return None
    step = whole // len(values)
    return step if all(b - a == step for a, b in pairwise(values)) else None
