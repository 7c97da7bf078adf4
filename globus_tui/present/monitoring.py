"""How timers are, for monitoring systems: Monitoring Plugins' line and performance data, Prometheus, OpenMetrics."""

from __future__ import annotations

import re
from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.health import Word, last_good
from globus_tui.present.health_words import why
from globus_tui.present.moments import duration
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.present.sizes import counted
from globus_tui.present.timer_table import begun, by_cause, called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from globus_tui.present.timer_table import Listed

_NAMED = 3
"""Timers that the line names; the others are counted."""
_LONGEST = 1000
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(@?)(?:(~|{_NUMBER})?(:))?({_NUMBER})?", re.ASCII)


class State(IntEnum):
    """The exit codes of a plugin."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_STATES = {
    Word.UNKNOWN: State.UNKNOWN, Word.SIGN_IN: State.CRITICAL, Word.OVERDUE: State.CRITICAL,
    Word.FAILED: State.CRITICAL, Word.BLOCKED: State.WARNING, Word.OVERRUN: State.WARNING, Word.RETRY: State.WARNING,
    Word.WARN: State.WARNING,
}  # fmt: skip


def state_of(timer: Listed) -> State:
    """The state of one timer. A blocked run is critical from the first tick on that is skipped for it.

    Known trouble is OK: it is counted apart.
    """
    if timer.state.health.acknowledged is not None:
        return State.OK
    if timer.state.health.word is Word.BLOCKED and timer.state.history.skipped_now:
        return State.CRITICAL
    return _STATES.get(timer.state.health.word, State.OK)


class Range(NamedTuple):
    """A threshold: an alert is due outside of it, or with `inside` within it. Both ends belong to it.

    `said`: as it was written, for the performance data.
    """

    low: float
    high: float
    inside: bool
    text: str

    def alerts(self, value: float) -> bool:
        return (self.low <= value <= self.high) is self.inside


def parse_range(text: str) -> Range:
    """Reads a range of the Monitoring Plugins guidelines: `10`, `10:`, `~:10`, `10:20`, `@10:20`.

    Raises:
        BadInput: it is none.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"{text[:40]!r} is no range: write for example 5 (0 to 5), 1:, ~:10, 2:8 or @2:8")
    inside, start, _, end = match.groups()
    low = float("-inf") if start == "~" else float(start or 0)
    high = float(end) if end else float("inf")
    if low > high:
        raise BadInput(f"{text[:40]!r} is no range: its start is above its end")
    return Range(low, high, bool(inside), text.strip())


NOTHING = parse_range("0")
"""An alert for the first timer already."""


class Verdict(NamedTuple):
    """What a check found.

    Attributes:
        unread: profiles that could not be read, with the reason.
        warning: of the number of timers in trouble.
        critical: of the number of timers in critical trouble.
        filtered: only some of the timers were meant.
        quiet: until when nothing is said of trouble, as `06:00`; None: it is said.
        note: what else should be known; changes nothing of the state.
    """

    listed: Sequence[Listed]
    unread: Sequence[tuple[str, str]]
    as_of: datetime | None
    warning: Range = NOTHING
    critical: Range = NOTHING
    filtered: bool = False
    quiet: str | None = None
    note: str | None = None

    @property
    def loud(self) -> State:
        """The state without regard to quiet hours: the worst; as in the list, what is not known comes first."""
        states = [state_of(timer) for timer in self.listed]
        if self.unread or State.UNKNOWN in states or (self.filtered and not states):
            return State.UNKNOWN
        if self.critical.alerts(states.count(State.CRITICAL)):
            return State.CRITICAL
        in_trouble = len(states) - states.count(State.OK)
        return State.WARNING if self.warning.alerts(in_trouble) else State.OK

    @property
    def state(self) -> State:
        return State.OK if self.quiet and self.loud is not State.UNKNOWN else self.loud

    def words(self) -> str:
        """What is wrong, on one line."""
        lines = [f"{profile}: {problem}" for profile, problem in self.unread]
        trouble = sorted(filter(state_of, self.listed), key=state_of, reverse=True)
        if self.filtered and not self.listed and not lines:
            lines.append("no timer matches the filter")
        elif not trouble and not lines:
            lines.append(f"{counted(len(self.listed), 'timer')}, none in trouble")
        elif trouble:
            lines.append(f"{len(trouble)} of {counted(len(self.listed), 'timer')} in trouble")
            together = by_cause(trouble)
            lines += [_line(group, self.as_of) for group in together[:_NAMED]]
            rest = sum(map(len, together[_NAMED:]))
            lines += [f"and {rest} more"] if rest else []
        known = sum(timer.state.health.acknowledged is not None for timer in self.listed)
        lines += [f"{known} more in trouble that somebody knows of"] if known else []
        if self.quiet and self.loud not in (State.OK, State.UNKNOWN):
            lines.insert(0, f"quiet until {self.quiet}, else {self.loud.name}")
        lines += [self.note] if self.note else []
        return clip(safe_line("; ".join(lines)).replace("|", "¦"), _LONGEST)

    def counts(self) -> dict[str, int | None]:
        """How many timers there are in each state and of each health word; None where that is not known."""
        states = Counter(map(state_of, self.listed))
        words = Counter(timer.state.health.word for timer in self.listed)
        counts: dict[str, int | None] = {
            "timers": len(self.listed),
            "trouble": len(self.listed) - states[State.OK],
            "critical": states[State.CRITICAL],
            "known": sum(timer.state.health.acknowledged is not None for timer in self.listed),
        }
        counts |= {word.value.lower().replace("-", "_"): words[word] for word in Word}
        return dict.fromkeys(counts) if self.unread else counts

    def plugin_line(self) -> str:
        ends = {"trouble": f";{self.warning.text};", "critical": f";;{self.critical.text}"}
        data = (
            f"{key}={'U' if value is None else value}{ends.get(key, ';;')};0" for key, value in self.counts().items()
        )
        return f"TIMERS {self.state.name} - {self.words()} | {' '.join(data)}\n"

    def metrics(self) -> str:
        """Gauges for Prometheus: one HELP and TYPE each, no timestamps, and no sample for what is not known."""
        return "".join(line + "\n" for line in self._metrics())

    def _metrics(self) -> Iterator[str]:
        profiles = sorted({timer.profile for timer in self.listed} | {name for name, _ in self.unread}) or ["default"]
        unread = {name for name, _ in self.unread}
        words = Counter((timer.profile, timer.state.health.word) for timer in self.listed)
        known = [name for name in profiles if name not in unread]
        yield from _gauge("globus_tui_up", "1 if the timers of a profile could be read, else 0.",
                          [({"profile": name}, float(name not in unread)) for name in profiles])  # fmt: skip
        if self.as_of is not None:
            yield from _gauge("globus_tui_checked_timestamp_seconds", "When the timers were read.",
                              [({"profile": name}, self.as_of.timestamp()) for name in known])  # fmt: skip
        yield from _gauge("globus_tui_timers", "Timers by health.",
                          [({"profile": name, "health": word.value.lower()}, float(words[name, word]))
                           for name in known for word in Word])  # fmt: skip
        # Where it is not known what became of the runs of a profile, none of its timers is well.
        yield from _gauge("globus_tui_timer_state", "0 well, 1 warning, 2 critical, 3 not known.", [
            (_labels(timer), float(state_of(timer) or (State.UNKNOWN if timer.profile in unread else State.OK)))
            for timer in self.listed
        ])  # fmt: skip
        for name, about, value in _GAUGES:
            values = ((_labels(timer), value(timer)) for timer in self.listed)
            samples = [(labels, float(number)) for labels, number in values if number is not None]
            yield from _gauge(name, about, samples)


def _line(group: Sequence[Listed], now: datetime | None) -> str:
    """A timer, or those that one cause hits: which, how bad, for how long, and why."""
    worst, since = group[0].state, begun(group)
    lasted, words = duration(now - since) if since is not None and now is not None else "", why(group[0].case)
    known = f" for {lasted}" if lasted and lasted not in words else ""
    return f"{called(group)} {worst.health.word.value}{known}: {words}"


def _labels(timer: Listed) -> dict[str, str]:
    return {"profile": timer.profile, "id": str(timer.state.job.job_id), "name": safe_line(timer.state.job.label)}


def _gauge(name: str, about: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {value:.3f}".removesuffix(".000")


def _quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


_GAUGES: tuple[tuple[str, str, Callable[[Listed], float | None]], ...] = (
    ("globus_tui_timer_known",
     "1 if it is in trouble that somebody knows of, which globus_tui_timer_state leaves out, else 0.",
     lambda timer: timer.state.health.acknowledged is not None),
    ("globus_tui_timer_paused", "1 if the timer starts no runs until somebody acts, else 0.",
     lambda timer: None if timer.state.job.unreadable else timer.state.job.stands_still),
    ("globus_tui_timer_next_run_timestamp_seconds", "When the timer runs next.",
     lambda timer: _stamp(timer.state.job.next_run)),
    ("globus_tui_timer_last_run_timestamp_seconds", "When it ran last.", lambda timer: _stamp(timer.state.last_ran)),
    ("globus_tui_timer_last_success_timestamp_seconds", "When its last good run ended or began.",
     lambda timer: _stamp(last_good(timer.state.job, {}, timer.state.history.outcomes))),
    ("globus_tui_timer_missed_ticks", "Ticks missed while the timer stands still.",
     lambda timer: None if timer.state.job.unreadable else timer.state.history.missed_now),
    ("globus_tui_timer_skipped_ticks", "Ticks skipped by the run in progress.",
     lambda timer: None if timer.state.job.unreadable else timer.state.history.skipped_now),
)  # fmt: skip
