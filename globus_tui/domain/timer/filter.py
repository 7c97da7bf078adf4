r"""The language in which timers are found, after `/` and in every command's FILTER. No text is an error.

    climate night         both, anywhere in name, collections, paths or reason; or the start of an id
    "run 7"               a phrase, as it stands
    -cold  !cold          not
    a b or c              a and b, or else c
    ~clnt                 the letters in this order; beginnings of the parts of a name come first
    /r(aw|un)\d+/         a regular expression (`domain.patterns`), in each of the places of a word
    health:fail,over      a health word that begins so, or `problem` for all that need a person
    cause:slow            the reason behind the word: consent, late, "task failed" and so on, tab lists them
    status:paused         active, paused, ended, deleting; type:transfer, flow, other
    name: from: to: path: only there; from and to are collection, its id, or path
    why: note: tag: profile: id:
    every:1d  every:<1h   the interval; every:once
    next:<2h              the next run; next:tonight, today, tomorrow, none; next:02:00-04:00 any run in those hours
    last:>1d              how long ago it ran; last:today, yesterday, never; last:22:00-06:00
    last-good:>26h        how old its last good copy is, in the same words
    failed:>2             runs that failed in a row; missed:>0 ticks missed while paused, skipped: those of a long run

A text after a key may be in quotes, begin with ~ or, but for places, be a /regular expression/. A condition that is not
known to hold or not to hold, as of a timer whose document cannot be understood, finds nothing, with or without a -.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.health import Why, Word
from globus_tui.domain.timer.patterns import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo


class Subject(Protocol):
    """What can be asked about a timer; each is asked for only when a condition needs it.

    Texts are case-folded, several of them in lines. `next_run` and `last_run` are seconds since 1970; None is: there
    is none, or, of one that is not `known`, not known. `now` and `zone` say what hours of a day are meant.
    """

    job_id: str
    name: str
    profile: str
    note: str
    tags: Sequence[str]
    word: Word
    cause: str
    interval_seconds: float | None
    next_run: float | None
    last_run: float | None

    @property
    def why(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def readable(self) -> bool: ...
    @property
    def last_good(self) -> float | None: ...
    @property
    def counts(self) -> Mapping[str, int | None]: ...
    @property
    def now(self) -> datetime: ...
    @property
    def zone(self) -> tzinfo: ...

    @property
    def everything(self) -> Iterable[str]:
        """The text in which a single word is looked for."""

    @property
    def ids(self) -> Iterable[str]:
        """Ids of the timer, of its collections and of its runs' tasks."""

    def has(self, text: str) -> bool:
        """Whether a text stands anywhere in `everything`: asked of thousands at every letter."""

    def place(self, key: str) -> Iterable[str]:
        """What `from`, `to` and `path` look at."""

    def due(self, start: float, end: float) -> bool:
        """Whether a run is to start from `start` on and before `end`."""


_PLACES = ("from", "to", "path")
_TEXTS = ("name", "why", "note", "id", "tag", *_PLACES)
WORDS: dict[str, tuple[str, ...]] = {
    "health": (*(word.value.casefold() for word in Word), "problem"),
    "status": ("active", "paused", "ended", "deleting", "unknown"),
    "type": ("transfer", "flow", "other"),
    "cause": tuple(why.value for why in Why),
}
_COUNTS = ("failed", "missed", "skipped")
MOMENTS: dict[str, tuple[str, ...]] = {
    "every": ("once",),
    "next": ("today", "tonight", "tomorrow", "none"),
    "last": ("today", "yesterday", "never"),
    "last-good": ("today", "yesterday", "never"),
}
KEYS = (
    "health", "cause", "why", "status", "type", "name", "from", "to", "path", "every", "next", "last",
    "last-good", "failed", "missed", "skipped", "tag", "note", "profile", "id",
)  # fmt: skip
_TIMELY = frozenset({"next", "last", "last-good"})
_TERM = r"""(?P<marks>[!-]*)(?:(?P<key>last-good|[^\W\d]\w*):(?!//))?
    (?: ~(?P<letters>[^\s"/~]+)(?=\s|$) | "(?P<phrase>[^"]*)"?
    | /(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$) | (?P<word>\S*) )"""
_COMPARE = r"(<=|>=|<|>|=)?(.*)"
_SIGNS: dict[str | None, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, None: eq}
_DURATION = r"(\d{1,6}(?:\.\d{1,3})?)(s|sec|m|min|h|hours?|d|days?|w|weeks?)(?=\d|$)"
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_CLOCKS = r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.

    Attributes:
        text: what was typed behind marks and key, case-folded.
        plain: it holds where its text stands, so whatever meets a longer text meets this one.
        test: True, False, or None where that cannot be told.
        rank: how well it is met, 0 the best; None for conditions that are met or not.
    """

    text: str
    key: str | None
    negated: bool
    plain: bool
    test: Callable[[Subject], bool | None]
    rank: Callable[[Subject], int] | None = None

    def matches(self, timer: Subject) -> bool:
        """Whether the timer is known to meet the condition."""
        return self.test(timer) is (not self.negated)

    def same_as(self, other: Term) -> bool:
        """Whether both come from the same text."""
        return (self.text, self.key, self.negated, self.plain) == (other.text, other.key, other.negated, other.plain)

    def within(self, other: Term) -> bool:
        """Whether everything that meets this condition certainly meets the other one."""
        if self.same_as(other):
            return True
        longer = self.key == other.key and self.text.startswith(other.text)
        if self.key is None and _is_id(self.text) and not _is_id(other.text):
            return False  # it may be the start of an id, for which the shorter text was too short
        return self.plain and other.plain and not self.negated and not other.negated and longer


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, understood. Without conditions everything matches.

    Attributes:
        ways: one of these is to be met, with all its conditions.
        faults: what of it was not understood, as sentences. Unknown keys are looked for as text; a value that cannot
            be understood finds nothing.
        timely: what it finds changes with time.
    """

    ways: tuple[tuple[Term, ...], ...] = ()
    faults: tuple[str, ...] = ()
    timely: bool = False
    patterns: tuple[Pattern, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """The faults, and why patterns were given up since."""
        return (*self.faults, *(pattern.problem for pattern in self.patterns if pattern.problem is not None))

    def matches(self, timer: Subject) -> bool:
        """Whether a timer meets it."""
        for way in self.ways:  # loops, which are faster: this runs for thousands at every letter
            for term in way:
                if not term.matches(timer):
                    break
            else:
                return True
        return not self.ways

    def rank(self, timer: Subject) -> int:
        """Where to put a timer that meets it, the lowest first; 0 for all when nothing is fuzzy."""
        return min(
            (
                sum(term.rank(timer) for term in way if term.rank is not None and not term.negated)
                for way in self.ways
                if all(term.matches(timer) for term in way)
            ),
            default=0,
        )

    @property
    def ranks(self) -> bool:
        """Whether timers are ordered by how well they match."""
        return any(term.rank is not None and not term.negated for way in self.ways for term in way)

    def within(self, other: Filter) -> bool:
        """Whether all that this leaves is sure to be among what another leaves, as when a letter was added."""
        if not other.ways:
            return True
        if len(self.ways) != 1 or len(other.ways) != 1 or len(self.ways[0]) < len(other.ways[0]):
            return False
        return all(now.within(then) for now, then in zip(self.ways[0], other.ways[0], strict=False))

    def __bool__(self) -> bool:
        return bool(self.ways)


def fold_case(text: str) -> str:
    """As texts are compared: without case, and with an accent as part of its letter, however it came."""
    small = text.casefold()
    return small if small.isascii() else unicodedata.normalize("NFC", small)


def parse_filter(typed: str) -> Filter:
    """Understands what was typed. Never raises; a condition without text (still being typed) is left out."""
    ways: list[list[Term]] = [[]]
    problems: list[str] = []
    patterns: list[Pattern] = []
    words: list[str] = []
    for match in re.finditer(_TERM, unicodedata.normalize("NFC", typed), re.VERBOSE):
        words += filter(None, (match.group().casefold(),))
        if match.group().casefold() == "or":
            ways.append([])
        elif (term := _term(match, problems, patterns)) is not None:
            ways[-1].append(term)
    whole = tuple(tuple(way) for way in ways if way)
    problems += _other_languages(words)
    timely = any(term.key in _TIMELY for way in whole for term in way)
    return Filter(whole, tuple(dict.fromkeys(problems)), timely, tuple(patterns))


def _other_languages(words: Sequence[str]) -> Iterator[str]:
    """What has a meaning in other languages and is text here: it would leave other timers than were meant."""
    plain = [word for word in words if '"' not in word and "/" not in word]
    joined = "or" in words or any(word.startswith(("-", "!")) for word in plain)
    if joined and any(word.count("(") != word.count(")") for word in plain):
        yield "Brackets do not group: say on each side of `or` all that counts there, or put names in quotes."
    if "not" in words[:-1]:
        yield "A word is left out with - before it: not is looked for as text, and goes in quotes where that is meant."


def checked_filter(typed: str) -> Filter:
    """As `parse_filter`, for a command: what is not understood is not guessed at.

    Raises:
        BadInput: some of it was not understood.
    """
    condition = parse_filter(typed)
    if condition.problems:
        raise BadInput(" ".join(condition.problems))
    return condition


def _term(match: re.Match[str], problems: list[str], patterns: list[Pattern]) -> Term | None:
    key = match["key"] and match["key"].casefold()
    negated = len(match["marks"]) % 2 == 1
    value = match["letters"] or match["phrase"] or match["regex"] or match["word"] or ""
    if key is not None and key not in KEYS:
        problems.append(_no_key(match["key"]))
        text = fold_case(f"{match['key']}:{value}")
        return Term(text, None, negated, True, _text_test(None, text))
    if not value:
        return None
    sought = fold_case(value)
    if match["regex"] and key in _PLACES:
        sought = f"/{sought}/"  # a folder
    try:
        if match["letters"] and (key is None or key in _TEXTS):
            return _fuzzy(key or "name", sought, negated)
        if match["regex"] and key not in _PLACES:
            return _pattern(match["regex"], key, negated, patterns)
        plain = key is None or key in _TEXTS
        return Term(sought, key, negated, plain, _test(key, sought))
    except BadInput as wrong:
        problems.append(f"{key}: {wrong}" if key else str(wrong))
        return Term(sought, key, negated, False, lambda _: None)


def _no_key(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key.casefold(), KEYS, 1, 0.5)
    hint = f"did you mean {near[0]}:?" if near else f"there are {' '.join(f'{name}:' for name in KEYS)}."
    return f'There is no key {key[:40]}:; {hint} As text it is written "{key[:40]}:…".'


# --- conditions on texts


def _texts(key: str | None, timer: Subject) -> Iterable[str]:
    if key is None:
        return timer.everything
    if key in _PLACES:
        return timer.place(key)
    if key in ("tag", "id"):
        return timer.tags if key == "tag" else timer.ids
    return (timer.name if key == "name" else timer.why if key == "why" else timer.note,)


def _is_id(text: str) -> bool:
    """A word alone that may be the start of a collection's or task's id, not only of the timer's."""
    return re.fullmatch(r"[0-9a-f]{8}[0-9a-f-]{0,28}", text) is not None


def _text_test(key: str | None, text: str) -> Callable[[Subject], bool | None]:
    if key == "id":
        return lambda timer: any(known_id.startswith(text) for known_id in timer.ids)
    if key == "tag":
        return lambda timer: any(tag.startswith(text) for tag in timer.tags)
    if key is None:
        anywhere = _is_id(text)
        return lambda timer: (
            timer.has(text)
            or timer.job_id.startswith(text)
            or (anywhere and any(known_id.startswith(text) for known_id in timer.ids))
        )
    return lambda timer: any(text in part for part in _texts(key, timer))


def _pattern(typed: str, key: str | None, negated: bool, patterns: list[Pattern]) -> Term:
    if key is not None and key not in _TEXTS:
        raise BadInput("a regular expression does not fit here.")
    pattern = Pattern(typed)
    patterns.append(pattern)

    def test(timer: Subject) -> bool | None:
        matches = any(pattern.search(line) for text in _texts(key, timer) for line in text.split("\n"))
        return None if pattern.problem is not None else matches

    return Term(f"/{typed}/", key, negated, False, test)


def _fuzzy(key: str, letters: str, negated: bool) -> Term:
    def rank(timer: Subject) -> int:
        return min(
            (fuzzy_rank(letters, line) for text in _texts(key, timer) for line in text.split("\n")), default=_NOT
        )

    return Term(f"~{letters}", key, negated, False, lambda timer: rank(timer) < _NOT, rank)


_NOT = 4


def fuzzy_rank(letters: str, text: str) -> int:
    """How well letters abbreviate a text: 0 as beginnings of its parts, 1 as they stand, 2 from the start of a part, 3.

    4 where they are not in it in this order.
    """
    place = -1
    for letter in letters:
        place = text.find(letter, place + 1)
        if place < 0:
            return _NOT
    parts = [part for part in re.split(r"[\W_]+|(?<=\D)(?=\d)", text) if part]
    if _begins_parts(letters, parts):
        return 0
    if letters in text:
        return 1
    return 2 if any(part.startswith(letters[0]) for part in parts) else 3


def _begins_parts(letters: str, parts: Sequence[str]) -> bool:
    """Whether the letters are beginnings of parts, one after the other, parts being left out or not."""
    ends = {0}
    for part in parts:
        for end in tuple(ends):
            step = 0
            while step < len(part) and end + step < len(letters) and part[step] == letters[end + step]:
                step += 1
                ends.add(end + step)
    return len(letters) in ends


# --- conditions on words, counts and moments


def _test(key: str | None, text: str) -> Callable[[Subject], bool | None]:
    """What a key asks of a timer. Raises `BadInput`: the value is none for this key; the message says what would be."""
    if key is None or key in _TEXTS:
        return _text_test(key, text)
    if key == "profile":
        profiles = tuple(filter(None, text.split(",")))
        return lambda timer: timer.profile in profiles
    if key in WORDS:
        return _word_test(key, tuple(filter(None, text.split(","))))
    if key in _COUNTS:
        return _count_test(key, text)
    if key == "every":
        return _every_test(text)
    return _moment_test(key, text)


def _word_test(key: str, begins: tuple[str, ...]) -> Callable[[Subject], bool | None]:
    known = WORDS[key]
    wrong = next((begin for begin in begins if not any(word.startswith(begin) for word in known)), None)
    if wrong is not None:
        from difflib import get_close_matches

        near = get_close_matches(wrong, known, 1, 0.5)
        raise BadInput(f"{wrong[:40]} is none of {', '.join(known)}." + (f" Did you mean {near[0]}?" if near else ""))
    if key == "health":
        words = frozenset(word for word in Word if any(word.value.casefold().startswith(begin) for begin in begins))
        if any("problem".startswith(begin) for begin in begins):
            words |= {word for word in Word if word.is_trouble}
        return lambda timer: timer.word in words
    if key == "cause":
        return lambda timer: any(timer.cause.startswith(begin) for begin in begins)
    if key == "status":
        return lambda timer: any(timer.status.startswith(begin) for begin in begins)
    return lambda timer: any(timer.kind.startswith(begin) for begin in begins) if timer.readable else None


def _count_test(key: str, text: str) -> Callable[[Subject], bool | None]:
    sign, number = _compared(text)
    if not number.isdecimal() or len(number) > 9:
        raise BadInput(f"{text[:40]} is no count: write {key}:>2, {key}:0 or the like.")
    compare, limit = _SIGNS[sign], int(number)

    def test(timer: Subject) -> bool | None:
        count = timer.counts[key]
        return None if count is None else compare(count, limit)

    return test


def _compared(text: str) -> tuple[str | None, str]:
    match = re.match(_COMPARE, text, re.DOTALL)
    return (match[1], match[2]) if match else (None, text)


def _seconds(text: str, key: str) -> float:
    rest, total = text, 0.0
    while match := re.match(_DURATION, rest):
        total += float(match[1]) * _UNITS[match[2][0]]
        rest = rest[match.end() :]
    if rest or not text:
        words = ", ".join(MOMENTS[key])
        hours = "" if key == "every" else ", 02:00-04:00"
        wrong = f"{text[:40]} is no time" if text else "a time is missing"
        raise BadInput(f"{wrong}: write {key}:<2h, {key}:>1d12h, 1h-3h{hours}, or {words}.")
    return total


def _span(text: str, key: str) -> tuple[Callable[[float, float], bool], float] | tuple[float, float]:
    """Reads a comparison with a length of time, or a range between two lengths."""
    least, dash, most = text.partition("-")
    if dash:
        shorter, longer = sorted((_seconds(least, key), _seconds(most, key)))
        return shorter, longer
    sign, length = _compared(text)
    return _SIGNS[sign], _seconds(length, key)


def _every_test(text: str) -> Callable[[Subject], bool | None]:
    if "once".startswith(text):
        return lambda timer: timer.interval_seconds is None if timer.readable else None
    span = _span(text, "every")

    def test(timer: Subject) -> bool | None:
        if timer.interval_seconds is None:
            return False if timer.readable else None
        return _meets(timer.interval_seconds, span)

    return test


def _meets(length: float, span: tuple[Callable[[float, float], bool], float] | tuple[float, float]) -> bool:
    first, second = span
    return first <= length <= second if isinstance(first, float) else first(length, second)


def _moment_test(key: str, text: str) -> Callable[[Subject], bool | None]:
    whole = next((moment for moment in MOMENTS[key] if len(text) > 1 and moment.startswith(text)), None)
    if whole in ("none", "never"):
        return lambda timer: _moment(timer, key) is None if timer.readable else None
    if whole is not None:
        days = {"yesterday": -1, "tomorrow": 1}.get(whole, 0)
        hours = (time(18), time(6)) if whole == "tonight" else (time(0), time(0))
        return lambda timer: _in_hours(timer, key, hours, days)
    if match := re.fullmatch(_CLOCKS, text):
        numbers = [int(number) for number in match.groups()]
        if numbers[0] > 23 or numbers[2] > 24 or max(numbers[1], numbers[3]) > 59:
            raise BadInput(f"{text} are no hours of a day.")
        clock = time(numbers[0], numbers[1]), time(numbers[2] % 24, numbers[3])
        return lambda timer: _in_hours(timer, key, clock, None)
    span = _span(text, key)

    def test(timer: Subject) -> bool | None:
        at = _moment(timer, key)
        if at is None:
            return False if timer.readable else None
        away = at - timer.now.timestamp() if key == "next" else timer.now.timestamp() - at
        return _meets(away, span)

    return test


def _moment(timer: Subject, key: str) -> float | None:
    return timer.next_run if key == "next" else timer.last_run if key == "last" else timer.last_good


def _in_hours(timer: Subject, key: str, hours: tuple[time, time], days: int | None) -> bool | None:
    """Whether it runs, or ran, in these hours of a day: so many days from today, else on the nearest day.

    Any run that is to come counts, not only the next one; of those that were, the last.
    """
    if not timer.readable:
        return None
    now = timer.now.astimezone(timer.zone)
    start, end = _window(now, hours, days or 0)
    if key == "next":
        if days is None and end <= now.timestamp():
            start, end = _window(now, hours, 1)
        elif hours[1] < hours[0] and now.time() < hours[1]:
            start, end = _window(now, hours, -1)
        return timer.due(start, end)
    if days is None and start > now.timestamp():
        start, end = _window(now, hours, -1)
    at = _moment(timer, key)
    return at is not None and start <= at < end


def _window(now: datetime, hours: tuple[time, time], days: int) -> tuple[float, float]:
    """The hours of a day that is so many days from now's, in seconds since 1970."""
    day = now.date() + timedelta(days=days)
    start = datetime.combine(day, hours[0], now.tzinfo)
    until = datetime.combine(day + timedelta(days=hours[1] <= hours[0]), hours[1], now.tzinfo)
    return start.astimezone(UTC).timestamp(), until.astimezone(UTC).timestamp()


# --- while it is typed


def completions(typed: str, values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What the last, unfinished word may become, each as the whole text.

    Args:
        values: what may stand behind the keys `from`, `to`, `name`, `tag` and `profile`, as far as known.
    """
    begin = re.search(r'(?:^|\s)([!-]*)((?:(?:last-good|[^\W\d]\w*):)?(?:"[^"]*|[^\s"]*))$', typed)
    if begin is None:
        return ()
    before, word = typed[: begin.start(2)], begin[2]
    key, colon, value = word.partition(":")
    if not colon:
        return tuple(f"{before}{key}:" for key in KEYS if word and key.startswith(word.casefold()))
    key, begin_of = key.casefold(), fold_case(value.removeprefix('"'))
    known = values.get(key) or WORDS.get(key) or MOMENTS.get(key) or ()
    fitting = [choice for choice in known if (small := fold_case(choice)).startswith(begin_of) and small != begin_of]
    return tuple(f"{before}{word[: len(key) + 1]}{_quoted(choice)}" for choice in fitting)


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r'\s|^[~/"]', value) and '"' not in value else value
