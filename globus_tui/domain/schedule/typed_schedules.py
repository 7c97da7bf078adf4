"""Whole schedules as one phrase: the grammar of everything that can be typed for times and schedules.

    schedule  = rhythm [zone] [start] [end], in any order | moment [zone] | a line of cron [zone] [start] [end]
    rhythm    = interval ["at" times]                 every 6h · 90 min · every 2 days at 3am · PT90M · hourly at :15
              | "every" day [part] times              every night at 2 · daily 0200 · nightly 02:00 · every noon
              | weekdays [part] times                 mondays 9am · every sunday 02:00 · mon-fri 18:00 · mwf 9am
              | weekdays "except" weekdays times      weekdays except friday at 18:00 · every day except sunday at 2
              | interval "on" weekdays ["at" times]   every 2 weeks on monday at 02:00 · every 6 hours on weekdays
              | number "times a" unit ["at" time]     3 times a day · twice an hour
              | interval "between" time "and" time    every 2 hours between 08:00 and 18:00
              | interval time "-" time                every 2 hours 08:00-18:00
    start     = ("from" | "starting" | "beginning" | "as of") moment
    end       = ("until" | "ending" | "through") moment | "for" interval | ["for"] number ("times" | "runs")
    moment    = "now" | "in" interval | interval "from now" | [weekday] [day] [time], in any order
    day       = 2026-12-01 | 2026/12/01 | 25.12.2026 | 2026-335 | 2026-W49-2 | 1 dec [2026]
              | today | tonight | tomorrow | next monday
    time      = 2am | 6:30 pm | 18:00 | 24:00 | 0200 | 18h30 | noon | midnight; 2 and 18h only behind "at" or a day
              | quarter past 6 | half past 6 pm | ten to six | at six thirty
    zone      = ["in"] UTC | GMT | Z | UTC+2 | an offset behind a time | an IANA name such as Europe/Berlin
    cron      = five fields, by the rules of Debian's cron | @hourly | @daily | @weekly

An amount with a unit is an interval, never a time of day. A weekday alone is one run; `every`, a plural, a range or
several make it repeat. An end that is a day includes its runs. A zone that is a word of its own counts for the whole
phrase. Whatever is not of this grammar is refused, with a near form that is: months and years have no fixed length,
letters such as CST mean several zones, two digits are no year, and a bare number is neither year nor day.

What a calendar measures and a fixed number of seconds does not becomes several timers. `PHRASES` is the page of help.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.calendar_groups import (
    EVERY_DAY,
    MOST_TIMERS,
    CalendarGroup,
    GroupMember,
    calendar_group,
    clocks_text,
    days_text,
    listed_days,
    moment_of_run,
)
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, keeps_wall_clock
from globus_tui.domain.schedule.typed_clock import (
    DAY,
    DAY_NAMES,
    Refusal,
    TypedMoment,
    clock_text,
    next_at,
    read_or_refuse,
    refuse,
    rhythm_on,
)
from globus_tui.domain.schedule.typed_cron import read_cron
from globus_tui.domain.schedule.typed_intervals import (
    NUMBERS,
    amount_words,
    at_clock,
    check_interval,
    parse_interval,
    refuse_calendar,
    take_interval,
    tidy,
    whole_seconds,
)
from globus_tui.domain.schedule.typed_times import AT_MIDNIGHT, parse_moment, read_moment, whole_day
from globus_tui.domain.schedule.typed_words import scan
from globus_tui.domain.schedule.typed_zones import take_zone, zone_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.schedule.typed_words import ParsedWords
    from globus_tui.domain.schedule.typed_zones import TypedZone

PHRASES = (
    ("every 6h", "an amount with a unit is an interval; 90 min, 1h30m, 2 weeks and PT90M are others"),
    ("every 6h from 00:30", "it begins with that run; starting tomorrow 02:00 is another way"),
    ("every night at 2am", "once a day, at that time; daily 0200 and every day at 02:00 say the same"),
    ("daily at 02:00 and 14:00", "several times of day; as few timers as will do"),
    ("3 times a day", "spread evenly; at 06:00 sets the hour"),
    ("hourly at :15", "every hour at that minute"),
    ("every sunday at 6am", "weekly; a weekday without every (sunday 6am) is one run"),
    ("mon-fri at 18:00", "several weekdays: a timer for each; weekdays and weekends are others"),
    ("weekdays except friday at 18:00", "every day except sunday at 2am is another"),
    ("every 2 weeks on monday at 02:00", "or every other monday at 02:00"),
    ("every 2 hours between 08:00 and 18:00", "a timer for each time of day; every 2 hours 08:00-18:00 says the same"),
    ("every 6h for 10 runs", "it ends after so many runs"),
    ("every night at 2am until 2027-01-31", "the run of that day is the last"),
    ("tomorrow 02:00", "one run; 2026-12-01 18:00, 1 dec 6pm and sun 6pm are others"),
    ("in 2 hours", "one run; 2 hours from now says the same, now is at once"),
    ("every day at 02:00 Europe/Berlin", "in another zone; UTC and offsets (18:00+01:00) are taken too"),
    ("0 2 * * 1-5", "five fields of cron, and @hourly, @daily, @weekly"),
)
"""What can be typed, and what it means: the page of help."""
NEAR = ("every night at 2am", "every 6 hours", "weekdays at 18:00", "tomorrow 02:00")
_LONGEST = 200
_WIDER = [timedelta(minutes=30), *(timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8, 12))]
_STARTS = {"from", "starting", "starts", "beginning", "begins", "commencing"}
_ENDS = {"until", "till", "til", "ending", "ends", "through", "thru", "to"}
_HEADS = {"every", "each", "daily", "hourly", "nightly", "weekly", "weekdays", "weekends", "mondays", "sundays"}
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|mo|tu|di|we|mi|th|do|fr|sa|su|so"
_DAYS_TO = re.compile(rf"\b(?:from )?({_WEEKDAY}) ?(?:to|thru|through|-|\.\.) ?({_WEEKDAY})\b")
_HOURS_TO = re.compile(r"\bfrom (\d{1,2}(?::\d\d)?(?: ?[ap]m)?) (?:to|till) (\d{1,2}(?::\d\d)?(?: ?[ap]m)?)(?= |,|$)")
_SPAN = re.compile(
    r"(?<![\dt:-])(?<!\d-\d\d )(?:from )?(\d{1,2}(?::\d\d)?(?: ?[ap]m)?) ?(?:-|\.\.|to|till) ?"
    r"(\d{1,2}(?::\d\d)?(?: ?[ap]m)?)(?= |,|$)(?! (?:sec|min|hour(?!ly)|day|week|time|dec|jan))"
)
"""Two times of day behind or in front of an interval, where nobody means an offset from UTC: `08:00-18:00`."""
_SHORT_INTERVAL = re.compile(r"\bhourly\b|\b(?:every|each) .*?(?:\d|\b)(?:h|hrs?|hours?|m|mins?|minutes?)\b")
_RUNS = re.compile(
    r"(?:^|[ ,]+)(?:(?:for|after|ending after|ends after|stopping after|max|at most|up to|only|limit) )?"
    r"(?:the next |next )?(\d+|[a-z]+)(?: (?:times|runs?|occurrences?)| ?x)"
    r"(?! (?:a|an|per|each|every|daily|hourly|weekly)\b|/)(?=[ ,]|$)"
)
_FOR = re.compile(
    r"(?:^|[ ,]+)for (?:the next |the )?(?=\d|[a-z])(.+?)"
    r"(?= (?:from|starting|beginning|until|every|each|at|on|in|daily|hourly|nightly)\b|,|$)"
)
_NEVER_ENDS = re.compile(r"[ ,]+(?:no end|forever|indefinitely|for ever|with no end)(?=[ ,]|$)")


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """A schedule as understood.

    Attributes:
        members: one, or several timers that keep a calendar's schedule together.
        notices: what the user should know of how it was understood.
        clock: the local time of day that a recurring timer which is alone is to have; its first run may be apart.
        zone: the one in which it was read, if the phrase names one.
    """

    members: tuple[GroupMember, ...] = ()
    once: OnceSchedule | None = None
    notices: tuple[str, ...] = ()
    clock: timedelta | None = None
    zone: tzinfo | None = None

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """The schedules of all timers that it takes."""
        return (self.once,) if self.once else tuple(member.schedule for member in self.members)


def parse_schedule(text: str, now: datetime, zone: tzinfo) -> TypedSchedule:
    """Reads a phrase.

    Raises:
        BadInput: it cannot be understood or Globus cannot do it (months); with the nearest choices.
    """
    return read_or_refuse(lambda typed: _parse(typed, now, zone), text, *NEAR)


def _parse(text: str, now: datetime, zone: tzinfo) -> TypedSchedule:
    line = tidy(text)
    if not line:
        raise refuse("A schedule is missing.")
    if len(line) > _LONGEST:
        raise refuse("That is too long for a schedule.")
    if re.match(r"r-?\d*/|\S+/p\d|p[\dt]\S*/", line):
        raise _iso_repeats(text.strip(), now, zone)
    if counted := re.search(r"\b(?:\w+ (?:days?|nights?) (?:a|per|each|every)|all) week\b", line):
        clock = at_clock(line) or " at 02:00"
        raise refuse(f"“{counted.group()}”: on which days?", f"every day{clock}", f"weekdays{clock}")
    if hit := re.match(r"(?:on )?(?:each of )?(?:the )?next (\w+) ((?:day|night|morning|evening|\w+day)s)\b(.*)", line):
        each = f"every {hit[2].removesuffix('s')}{hit[3]}"
        raise refuse("Each of them, or every so many?", f"{each} for {hit[1]} runs", f"every {hit[1]} {hit[2]}{hit[3]}")
    try:
        return _Phrase(line, text, now, zone).read()
    except OverflowError as error:
        raise refuse("That is outside the calendar.") from error
    except BadInput as wrong:
        if isinstance(wrong, Refusal):
            raise
        refuse_calendar(line)
        words = str(wrong)
        raise refuse(f"“{text.strip()[:60]}” cannot be understood: {words[:1].lower()}{words[1:]}") from wrong


def _iso_repeats(words: str, now: datetime, zone: tzinfo) -> Refusal:
    """`R5/2026-12-01T02:00Z/P1D`, `R/P1D`, `P1D/2026-12-31`: what it would be in words."""
    number = re.match(r"r(?:-1)?(\d*)/", words, re.IGNORECASE)
    parts = words[number.end() :].split("/") if number else words.split("/")
    runs = int(number.group(1) or 0) if number else 0
    lengths = [at for at, part in enumerate(parts) if part[:1] in ("p", "P")]
    counted = f" for {runs} runs" if runs else ""
    near = ""
    try:
        if len(parts) == 1 and lengths:
            near = f"every {parts[0]}{counted or ' from tomorrow 02:00'}"
        elif len(parts) == 2 and not lengths:
            start, end = (parse_moment(part, now, zone).moment for part in parts)
            near = (
                f"every {int((end - start).total_seconds())} seconds from {parts[0]}{counted}" if start and end else ""
            )
        elif len(parts) == 2 and lengths == [1]:
            near = f"every {parts[1]} from {parts[0]}{counted}"
        elif len(parts) == 2 and lengths == [0] and runs:
            length, end = parse_interval(parts[0]), parse_moment(parts[1], now, zone).moment
            near = f"every {parts[0]} from {end - (runs - 1) * length:%Y-%m-%dT%H:%M:%SZ}{counted}" if end else ""
        elif len(parts) == 2 and lengths == [0]:
            near = f"every {parts[0]} until {parts[1]}"
    except (BadInput, OverflowError):
        pass  # then the advice is what every refusal shows
    counts = ": whether the first run is counted differs" if runs else ""
    return refuse(f"Intervals of ISO 8601 with a / are not read{counts}.", *([near] if near else []))


class _Phrase:
    """A phrase, taken apart into rhythm, start and end, each with its zone."""

    def __init__(self, line: str, text: str, now: datetime, zone: tzinfo) -> None:
        self.text, self.now, self.own = text, now, zone
        self.notices: list[str] = []
        self.runs: int | None = None
        self.lasts: timedelta | None = None
        line = re.sub(r"^oncalendar= ?(?=(?:hourly|daily)$)", "@", line.removeprefix("= ")).removeprefix("oncalendar=")
        line = "mondays 00:00" if line == "weekly" and "=" in text else line  # as systemd has it
        line = line.replace("*-*-*", "daily")
        line = re.sub(r" x ?(?=\d+$)", " max ", line) + (" runs" if re.search(r" x ?\d+$", line) else "")
        line = re.sub(
            r"\b(?:and )?n(?:ot|o later|ot later) (?:after|than) (?=\d{4}-|tomorrow|(?:mon|tue|wed|thu|fri|sat|sun))",
            "until ",
            line,
        )
        line = re.sub(r"^for (\w+ (?:runs?|times)),? ((?:every|each|daily|hourly|weekly)\b.*)", r"\2 for \1", line)
        line = re.sub(r"^(?:all days|any day|everyday)\b", "every day", line)
        line = re.sub(r"^(?:on )?alternate (\w+?)s?\b", r"every other \1", line)
        line = _DAYS_TO.sub(r"\1-\2", line)
        line = (_SPAN if _SHORT_INTERVAL.search(line) else _HOURS_TO).sub(r"between \1 and \2", line)
        line = re.sub(r"^((?:every|each|hourly)\b.*) hence\b", r"\1", line)  # `every 6h from now`
        line = _NEVER_ENDS.sub("", re.sub(r" ?@ ?(?=\d)", " at ", line).strip())
        line = self._take_runs(line)
        self.clauses = _clauses(self._take_for(line))
        self.zones: dict[str, TypedZone | None] = {}
        for name, words in list(self.clauses.items()):
            self.clauses[name], self.zones[name] = take_zone(words, zone)
        whole = [typed for typed in self.zones.values() if typed and typed.named]
        self.whole = self.zones.get("rhythm") or (whole[0] if whole else None)
        self.zone = self.whole.zone if self.whole else zone
        if self.whole and self.whole.zone != zone:
            self.notices.append(f"Times are read in {zone_words(self.whole.zone)}.")

    def _take_runs(self, words: str) -> str:
        hits = [hit for hit in _RUNS.finditer(words) if hit.group(1).isdecimal() or hit.group(1) in NUMBERS]
        once = re.search(r"[ ,]+once(?=,|$)| once(?= from)", words)
        if once and not hits and re.search(r"\b(?:every|each|hourly|daily|weekly)\b|\d", words[: once.start()]):
            self.runs = 1
            return words[: once.start()] + words[once.end() :]
        if not hits:
            return words
        hit = hits[-1]
        number = hit.group(1)
        runs = NUMBERS.get(number) or int(number)
        rest = f"{words[: hit.start()]} {words[hit.end() :]}".strip(" ,")
        if not 1 <= runs <= 999_999:
            raise refuse(
                "A timer makes at least one run." if runs < 1 else "A timer counts no more than 999999 runs here.",
                f"{rest or 'every 6 hours'} for {1 if runs < 1 else 999_999} runs",
            )
        self.runs = runs
        return rest

    def _take_for(self, words: str) -> str:
        hit = _FOR.search(words)
        if hit is None:
            return words
        taken = take_interval(hit.group(1), every=False)
        if taken is None or taken[1] != len(hit.group(1)):
            months = re.fullmatch(r"(an?|one|\d+) months?", hit.group(1))
            many = NUMBERS.get(months[1]) or int(months[1]) if months else 0
            near = [f"for {30 * many} days"] if months else ["for 10 runs", "for 2 weeks"]
            reason = "a month has no fixed length." if months else "how many, and of what?"
            raise refuse(f"“for {hit.group(1)[:40]}”: {reason}", *near, part=hit.group().strip(" ,"))
        self.lasts = whole_seconds(taken[0], hit.group(1))
        return f"{words[: hit.start()]} {words[hit.end() :]}".strip(" ,")

    # --- reading

    def read(self) -> TypedSchedule:
        start = self._moment("start")
        end = self._end()
        words = self.clauses["rhythm"]
        if not words:
            raise refuse("It is not said how often it runs.", "every 6 hours from tomorrow 02:00")
        refuse_calendar(words)
        if start and re.fullmatch(r"(?:an?|one|two|three|\d+) (?:minute|hour|day|week|fortnight)s?", words):
            every = re.sub(r"^an? ", "", words)
            raise refuse(
                f"Every {every}, or one run {words} later?",
                f"every {every} from {self.clauses['start']}",
                *self._later(words, start),
            )
        after = (start.moment or self.now) if start else self.now
        group = self._group(words, start, after)
        if group is None:
            return self._once(words, start, end)
        notices = start.notices if start else ()
        if start and all(member.schedule.start != start.moment for member in group.members):
            notices = tuple(notice for notice in notices if notice != AT_MIDNIGHT)
        self.notices += [*notices, *group.notices]
        for member in group.members:
            check_interval(member.schedule.interval)
        return self._ended(group, end)

    def _later(self, words: str, start: TypedMoment) -> list[str]:
        taken = take_interval(words, every=False)
        if taken is None or start.moment is None:
            return []
        return [f"{start.moment.astimezone(self.zone) + whole_seconds(taken[0], words):%Y-%m-%d %H:%M}"]

    def _moment(self, clause: str) -> TypedMoment | None:
        words = self.clauses.get(clause)
        if words is None:
            return None
        if not words:
            raise refuse("From when, or until when?", "every 6 hours from tomorrow 02:00 until 2027-01-31")
        own = self.zones.get(clause)
        zone = own.zone if own else self.zone
        try:
            typed = read_moment(words, self.now, zone, words)
        except Refusal as wrong:
            later = "tomorrow 02:00" if clause == "start" else f"{(self.now + 30 * DAY).astimezone(zone):%Y-%m-%d}"
            raise Refusal(wrong.reason, wrong.near or (later,), wrong.part or words) from wrong
        return whole_day(typed, zone) if clause == "end" else typed

    def _end(self) -> EndCondition:
        until = self._moment("end")
        if len([end for end in (until, self.runs, self.lasts) if end is not None]) > 1:
            raise refuse(
                "It ends on a date or after a number of runs, not both.", f"{self._rhythm()} for {self.runs or 10} runs"
            )
        if until is None:
            return EndCondition(after_runs=self.runs)
        self.notices += [notice for notice in until.notices if "past" not in notice]
        start = self.clauses.get("start", "")
        if until.clock is not None and until.clock_alone and start and not re.search(r"[a-z]{3}|\d-\d", start):
            day = self._moment("start")
            first = ((day.day if day else None) or self.now.date()).isoformat()
            hours = (clock_text(day.clock or timedelta()) if day else "08:00", clock_text(until.clock))
            words = self.clauses["rhythm"]
            raise refuse(
                "Between these times of every day, or once?",
                f"{words} between {hours[0]} and {hours[1]}",
                f"{words} from {first} {hours[0]} until {first} {hours[1]}",
            )
        if until.moment is None or until.moment <= self.now:
            later = (self.now + 30 * DAY).astimezone(self.zone)
            raise refuse("It ends in the past.", f"{self._rhythm()} until {later:%Y-%m-%d}")
        return EndCondition(until=until.moment)

    def _rhythm(self) -> str:
        """The phrase without its end, to be repeated in advice."""
        words = self.clauses["rhythm"]
        zone = self.whole.words if self.whole and self.zones.get("rhythm") else ""
        start = self.clauses.get("start")
        return " ".join(part for part in (words, zone, f"from {start}" if start else "") if part)

    def _once(self, words: str, start: TypedMoment | None, end: EndCondition) -> TypedSchedule:
        if start is not None and words in ("once", "run once", "one run"):
            return TypedSchedule(once=OnceSchedule(start.moment), notices=(*self.notices, *start.notices))
        if start is not None or not end.never or self.lasts is not None:
            raise refuse(
                "One run has no start and no end beside its moment.",
                *([f"every day {words} for {amount_words(self.lasts)}"] if self.lasts else []),
                "every night at 2am until 2027-01-31",
                "tomorrow 02:00",
            )
        bare = re.sub(r"^once ?,? ?", "", words) or words
        typed = read_moment(bare, self.now, self.zone, self.text)
        self._tell_night(scan(bare))
        notices = [*self.notices, *typed.notices]
        day = scan(bare).days
        if len(day) == 1 and scan(bare).day is None and typed.clock is not None:
            notices.append(f"One run; for every week write every {DAY_NAMES[day[0]]} at {clock_text(typed.clock)}.")
        return TypedSchedule(once=OnceSchedule(typed.moment), notices=tuple(notices))

    def _group(self, words: str, start: TypedMoment | None, after: datetime) -> CalendarGroup | None:
        inclusive = start is not None
        if line := read_cron(words):
            clocks = [timedelta(hours=hour, minutes=minute) for hour in line.hours for minute in line.minutes]
            return calendar_group(line.days, clocks, after, self.zone, inclusive=inclusive)
        try:
            parsed = scan(words)
        except BadInput:
            if re.search(r"\b(?:every|each)\b", words) or self.clauses.keys() != {"rhythm"} or self.runs or self.lasts:
                raise
            return None  # read as a moment, which says what is wrong
        if not parsed.repeats and parsed.minute is None:
            return None
        if parsed.qualifier and parsed.days:
            hours = clocks_text(parsed.times()) if parsed.clocks else parsed.sample_hour
            raise refuse(
                f"“{parsed.qualifier}” names one day, and this repeats.",
                f"{days_text(frozenset(parsed.days))} at {hours}",
                f"{parsed.qualifier} {DAY_NAMES[parsed.days[0]]} at 02:00",
            )
        if parsed.at_once or parsed.ahead:
            raise refuse("Say when it begins behind “from”.", "every 6 hours from tomorrow 02:00")
        if parsed.day is not None or parsed.days_ahead is not None:
            date_words = (
                f"{parsed.year or self.now.year}-{parsed.month:02}-{parsed.day:02}"
                if parsed.day and parsed.month
                else "tomorrow"
            )
            hour = clock_text(parsed.times()[0]) if parsed.clocks else "02:00"
            rhythm = (
                days_text(frozenset(parsed.days))
                if parsed.days
                else f"every {amount_words(parsed.interval or DAY).removeprefix('1 ')}"
            )
            zone = f" {self.whole.words}" if self.whole else ""
            raise refuse(
                "A day beside a rhythm: say from which or until which on.", f"{rhythm} from {date_words} {hour}{zone}"
            )
        self._tell_night(parsed)
        return _Rhythm(parsed, start, after, self.zone, words).group()

    def _tell_night(self, parsed: ParsedWords) -> None:
        """`friday night at 2am` is Friday's first hours, where some mean those of Saturday."""
        clocks = [clock for clock in parsed.times() if clock < timedelta(hours=6)]
        if parsed.part == "night" and len(parsed.days) == 1 and clocks:
            name, after = DAY_NAMES[parsed.days[0]].capitalize(), DAY_NAMES[(parsed.days[0] + 1) % 7]
            clock = clock_text(clocks[0])
            self.notices.append(
                f"The night is taken as {name} {clock}; for the night after {name} write {after} {clock}."
            )

    def _ended(self, group: CalendarGroup, end: EndCondition) -> TypedSchedule:
        members = group.members
        first = members[0].schedule.start or self.now
        if self.lasts is not None:
            end = EndCondition(until=first + self.lasts - timedelta(seconds=1))
            shown = (first + self.lasts).astimezone(self.zone)
            self.notices.append(f"It ends before {shown:%a} {shown.day} {shown:%b %Y %H:%M}.")
        if end.after_runs is not None and len(members) > 1:
            last = moment_of_run(members, end.after_runs).astimezone(self.zone)
            raise refuse(
                f"This takes {len(members)} timers, and each counts its own runs: end it on a date instead.",
                f"{self._rhythm()} until {last:%Y-%m-%d %H:%M}",
            )
        if end.until is not None:
            members = tuple(member for member in members if (member.schedule.start or self.now) <= end.until)
            if not members:
                shown = first.astimezone(self.zone)
                raise refuse(
                    f"It ends before its first run, which is on {shown:%a} {shown.day} {shown:%b %Y %H:%M}.",
                    f"{self._rhythm()} until {shown:%Y-%m-%d}",
                )
            if gone := [member.suffix for member in group.members if member not in members]:
                self.notices.append(f"Without a run before the end, and left out: {', '.join(gone)}.")
        members = tuple(replace(member, schedule=replace(member.schedule, end=end)) for member in members)
        if len(members) == 1:
            members = (replace(members[0], suffix=""),)
        notices = tuple(dict.fromkeys(self.notices))
        if self.whole is None:
            return TypedSchedule(members, notices=notices, clock=group.clock)
        return TypedSchedule(_renamed(members, self.own), notices=notices, zone=self.zone, clock=group.clock)


def _renamed(members: tuple[GroupMember, ...], zone: tzinfo) -> tuple[GroupMember, ...]:
    """The timers of a group that was typed in another zone, named by weekdays and times of the user's own zone."""
    names = []
    for member in members:
        start = member.schedule.start.astimezone(zone) if member.schedule.start and member.suffix else None
        day = f"{DAY_NAMES[start.weekday()][:3]} " if start and " " in member.suffix else ""
        names.append(f"{day}{start:%H:%M}" if start else member.suffix)
    if len(set(names)) < len(names):
        return members
    return tuple(replace(member, suffix=name) for member, name in zip(members, names, strict=True))


def _clauses(line: str) -> dict[str, str]:
    """The words of rhythm, start and end. Start or end may come before the rhythm's `every`."""
    clauses: dict[str, list[str]] = {"rhythm": []}
    current, words = "rhythm", re.sub(rf",(?=(?:{'|'.join(_STARTS | _ENDS)})\b)", " ", line).split()
    for place, said_word in enumerate(words):
        word, following = said_word.strip(","), words[place + 1] if place + 1 < len(words) else ""
        name = "start" if word in _STARTS or (word, following) in (("as", "of"), ("first", "run")) else ""
        if word in _ENDS and not (word == "to" and "start" not in clauses):
            name = "end"
        if name and name not in clauses:
            current, clauses[name] = name, []
        elif name:
            raise refuse(f"“{word}” is said twice.", "every 6 hours from tomorrow 02:00 until 2027-01-31")
        elif current != "rhythm" and not clauses["rhythm"] and word in _HEADS:
            current = "rhythm"
            clauses[current].append(said_word)
        elif not (current != "rhythm" and not clauses[current] and word in ("of", "run", "on", "the", "with")):
            clauses[current].append(said_word)
    return {name: " ".join(some).strip(" ,") for name, some in clauses.items()}


class _Rhythm:
    """Turns the repeating part of a phrase into timers."""

    def __init__(
        self, parsed: ParsedWords, start: TypedMoment | None, after: datetime, zone: tzinfo, words: str
    ) -> None:
        self.parsed, self.start, self.after, self.zone, self.words = parsed, start, after, zone, words
        self.times = parsed.times()
        if not self.times and start is not None and start.clock is not None and (parsed.days or parsed.part):
            self.times = (start.clock,)  # `every sunday from 2026-12-06 02:00`

    def group(self) -> CalendarGroup:
        parsed = self.parsed
        interval = parsed.interval
        if parsed.minute is not None:
            return self._at_minute(parsed.minute)
        if parsed.window is not None:
            return self._between(*parsed.window)
        if parsed.days:
            return self._on_weekdays()
        if interval is None:
            if not self.times:
                raise refuse(f"“{self.words}”: how often?", *NEAR[:2])
            return self._every_clock()
        if parsed.part and not self.times:
            raise refuse("At what time?", f"every {parsed.part} at {parsed.sample_hour}")
        if not self.times:
            return self._alone(interval)
        if interval == DAY or not interval % DAY:
            return self._calendar(EVERY_DAY, self.times, interval // DAY)
        return self._through_the_day(interval)

    def _calendar(self, days: frozenset[int], times: Sequence[timedelta], apart: int = 1) -> CalendarGroup:
        inclusive = self.start is not None
        group = calendar_group(days, times, self.after, self.zone, apart=apart, inclusive=inclusive)
        if days == EVERY_DAY and apart % 7 == 0:
            first = (group.members[0].schedule.start or self.after).astimezone(self.zone)
            return replace(
                group,
                notices=(*group.notices, f"No weekday is said: it runs on {DAY_NAMES[first.weekday()].capitalize()}s."),
            )
        return group

    def _every_clock(self) -> CalendarGroup:
        """`every 18:00`; as `every 1:30` could be meant as an interval, a note says how it was read."""
        group = self._calendar(EVERY_DAY, self.times)
        if len(self.times) > 1 or not re.search(r"\d:\d", self.words):
            return group
        hours, minutes = divmod(self.times[0] // timedelta(minutes=1), 60)
        notice = f"Every day at {clock_text(self.times[0])}; for an interval write every {hours}h{minutes:02}m."
        return replace(group, notices=(*group.notices, notice))

    def _alone(self, interval: timedelta, start: TypedMoment | None = None) -> CalendarGroup:
        """One timer with an interval from a moment, or its creation. A start where the clocks change is moved."""
        first = start or self.start
        if first is None or first.moment is None:
            return CalendarGroup((GroupMember(RecurringSchedule(interval)),))
        moment, notices = first.moment, first.notices[:0]
        if first.day is not None and keeps_wall_clock(interval):
            again = rhythm_on(first.day, first.clock or timedelta(), interval, self.zone)
            if again.notices:
                moment, notices = again.moment, again.notices
        return CalendarGroup((GroupMember(RecurringSchedule(interval, moment)),), notices, first.clock)

    def _on_weekdays(self) -> CalendarGroup:
        parsed, interval = self.parsed, self.parsed.interval
        days = frozenset(parsed.days)
        weeks = parsed.skip
        times: Sequence[timedelta] = self.times
        if interval is not None and interval != DAY:
            if not interval % (7 * DAY):
                weeks = interval // (7 * DAY)
            elif interval < DAY and not DAY % interval and not times:
                times = [n * interval for n in range(DAY // interval)]
            else:
                raise refuse(
                    "Weekdays and this interval do not fit each other.",
                    f"{listed_days(days)} at {clock_text(times[0]) if times else parsed.sample_hour}",
                    f"every {amount_words(interval)}",
                )
        if not times:
            each = f"every {weeks} weeks on {listed_days(days)}" if weeks > 1 else days_text(days)
            part = f" {parsed.part}" if parsed.part and len(days) == 1 else ""
            raise refuse("At what time?", f"{each}{part} at {parsed.sample_hour}")
        if days == EVERY_DAY and weeks > 1:
            raise refuse("Every day, or every few weeks?", f"every {weeks} weeks on monday at {clock_text(times[0])}")
        return self._calendar(days, times, weeks)

    def _between(self, first: timedelta, last: timedelta) -> CalendarGroup:
        interval, days = self.parsed.interval, frozenset(self.parsed.days)
        hours = f"between {clock_text(first)} and {clock_text(last)}"
        span = last - first if last > first else last - first + DAY
        if interval is None or interval > span or self.times:
            raise refuse(
                "How often between them?",
                f"every 1 hour {hours}" if timedelta(hours=1) <= span else "every 2 hours between 08:00 and 18:00",
            )
        if span > last - first and days and days != EVERY_DAY:
            raise refuse(
                f"Midnight is {hours}, so that the runs would be of two days each.",
                f"every {amount_words(interval)} {hours}",
                f"every {amount_words(interval)} on {listed_days(days)} between {clock_text(first)} and 24:00",
            )
        times = sorted(
            {
                (first + n * interval) % DAY if last < first else first + n * interval
                for n in range(int(span / interval) + 1)
            }
        )
        some = len(days) % 7 or 1  # all seven take one timer for each time of day
        if some * len(times) > MOST_TIMERS:
            wider, daily = (
                next(
                    (step for step in (interval, *_WIDER) if step >= interval and span // step < MOST_TIMERS // n), span
                )
                for n in (some, 1)
            )
            on = f" on {days_text(days)}" if some > 1 else ""
            raise refuse(
                f"That would take {some * len(times)} timers; at most {MOST_TIMERS} are made at once.",
                f"every {amount_words(wider)}{on} {hours}",
                f"every {amount_words(daily)} {hours}" if some > 1 else f"every {amount_words(interval)}",
            )
        return self._calendar(days or EVERY_DAY, times)

    def _at_minute(self, minute: int) -> CalendarGroup:
        interval = self.parsed.interval
        hour = timedelta(hours=1)
        uneven = interval is None or (interval % hour and hour % interval) or interval >= DAY
        if interval is None or uneven or self.times or self.parsed.days:
            raise refuse(
                "A minute past the hour fits whole hours.",
                f"every hour at :{minute:02}",
                f"every 6 hours at :{minute:02}",
            )
        local = self.after.astimezone(self.zone)
        apart = min(interval, hour)
        ahead = (
            timedelta(minutes=minute)
            - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        ) % apart
        found = self.after + (ahead if ahead or self.start else apart)
        return CalendarGroup((GroupMember(RecurringSchedule(interval, found.astimezone(UTC))),))

    def _through_the_day(self, interval: timedelta) -> CalendarGroup:
        """`every 6 hours at 00:30`: what divides the day begins at the next of its times, others at the one named."""
        first = self.times[0]
        if self.start is not None:
            raise refuse(
                "Say the first run once: with “from”, or with “at”.",
                f"every {amount_words(interval)} from {clock_text(first)}",
            )
        if any((clock - first) % interval for clock in self.times):
            raise refuse(
                "These times and this interval do not fit each other.",
                f"every day at {' and '.join(map(clock_text, self.times))}",
                f"every {amount_words(interval)}",
            )
        if DAY % interval or interval < timedelta(minutes=1):
            return self._alone(interval, TypedMoment(*next_at(first, self.after, self.zone)))
        return self._calendar(EVERY_DAY, sorted({(first + n * interval) % DAY for n in range(DAY // interval)}))
