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
    from collections.abc import Iterator, Mapping, Sequence
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


_WORST = (State.CRITICAL, State.UNKNOWN, State.WARNING, State.OK)


def state_of(one: Listed) -> State:
    """How bad it is with a timer. A blocked run is critical from the first tick on that is skipped for it.

    Trouble that somebody knows of is counted apart.
    """
    if one.state.health.known is not None:
        return State.OK
    if one.state.health.word is Word.BLOCKED and one.state.history.skipped_now:
        return State.CRITICAL
    return _STATES.get(one.state.health.word, State.OK)


class Range(NamedTuple):
    """A threshold: an alert is due outside of it, or with `inside` within it. Both ends belong to it.

    `said`: as it was written, for the performance data.
    """

    low: float
    high: float
    inside: bool
    said: str

    def alerts(self, value: float) -> bool:
        return (self.low <= value <= self.high) is self.inside


def parse_range(said: str) -> Range:
    """Reads a range of the Monitoring Plugins guidelines: `10`, `10:`, `~:10`, `10:20`, `@10:20`.

    Raises:
        BadInput: it is none.
    """
    found = _RANGE.fullmatch(said.strip())
    if found is None:
        raise BadInput(f"{said[:40]!r} is no range: write for example 5 (0 to 5), 1:, ~:10, 2:8 or @2:8")
    inside, start, _, end = found.groups()
    low = float("-inf") if start == "~" else float(start or 0)
    high = float(end) if end else float("inf")
    if low > high:
        raise BadInput(f"{said[:40]!r} is no range: its start is above its end")
    return Range(low, high, bool(inside), said.strip())


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
    """

    listed: Sequence[Listed]
    unread: Sequence[tuple[str, str]]
    as_of: datetime | None
    warning: Range = NOTHING
    critical: Range = NOTHING
    filtered: bool = False
    quiet: str | None = None

    @property
    def loud(self) -> State:
        """The state without regard to quiet hours. What is not known of one timer is never well, and hides no other."""
        states = [state_of(one) for one in self.listed]
        if self.unread or (self.filtered and not states):
            return State.UNKNOWN
        if self.critical.alerts(states.count(State.CRITICAL)):
            return State.CRITICAL
        if State.UNKNOWN in states:
            return State.UNKNOWN
        in_trouble = len(states) - states.count(State.OK)
        return State.WARNING if self.warning.alerts(in_trouble) else State.OK

    @property
    def state(self) -> State:
        if not self.quiet or self.loud is State.UNKNOWN:
            return self.loud
        return State.UNKNOWN if State.UNKNOWN in map(state_of, self.listed) else State.OK

    def words(self) -> str:
        """What is the matter, on one line."""
        said = [f"{profile}: {problem}" for profile, problem in self.unread]
        trouble = sorted((one for one in self.listed if state_of(one)), key=lambda one: _WORST.index(state_of(one)))
        if self.filtered and not self.listed and not said:
            said.append("no timer matches the filter")
        elif not trouble and not said:
            said.append(f"{counted(len(self.listed), 'timer')}, none in trouble")
        elif trouble:
            said.append(f"{len(trouble)} of {counted(len(self.listed), 'timer')} in trouble")
            together = by_cause(trouble)
            said += [_line(one, self.as_of) for one in together[:_NAMED]]
            more = sum(map(len, together[_NAMED:]))
            said += [f"and {more} more"] if more else []
        known = sum(one.state.health.known is not None for one in self.listed)
        said += [f"{known} more in trouble that somebody knows of"] if known else []
        if self.quiet and self.loud not in (State.OK, State.UNKNOWN):
            said.insert(0, f"quiet until {self.quiet}, else {self.loud.name}")
        return clip(safe_line("; ".join(said)).replace("|", "¦"), _LONGEST)

    def counts(self) -> dict[str, int | None]:
        """How many timers there are in each state and of each health word; None where that is not known."""
        states = Counter(map(state_of, self.listed))
        words = Counter(one.state.health.word for one in self.listed)
        found: dict[str, int | None] = {
            "timers": len(self.listed),
            "trouble": len(self.listed) - states[State.OK],
            "critical": states[State.CRITICAL],
            "known": sum(one.state.health.known is not None for one in self.listed),
        }
        found |= {word.value.lower().replace("-", "_"): words[word] for word in Word}
        return dict.fromkeys(found) if self.unread else found

    def plugin_line(self) -> str:
        ends = {"trouble": f";{self.warning.said};", "critical": f";;{self.critical.said}"}
        data = (
            f"{key}={'U' if value is None else value}{ends.get(key, ';;')};0" for key, value in self.counts().items()
        )
        return f"TIMERS {self.state.name} - {self.words()} | {' '.join(data)}\n"

    def metrics(self) -> str:
        """Gauges for Prometheus: one HELP and TYPE each, no moments beside the values, nothing that is not known."""
        return "".join(line + "\n" for line in self._metrics())

    def _metrics(self) -> Iterator[str]:
        profiles = sorted({one.profile for one in self.listed} | {name for name, _ in self.unread}) or ["default"]
        unread = {name for name, _ in self.unread}
        words = Counter((one.profile, one.state.health.word) for one in self.listed)
        known = [name for name in profiles if name not in unread]
        yield from _gauge("globus_tui_up", "1 if the timers of a profile could be read, else 0.",
                          [({"profile": name}, float(name not in unread)) for name in profiles])  # fmt: skip
        if self.as_of is not None:
            yield from _gauge("globus_tui_checked_timestamp_seconds", "When the timers were read.",
                              [({"profile": name}, self.as_of.timestamp()) for name in known])  # fmt: skip
        yield from _gauge("globus_tui_timers", "Timers by health.",
                          [({"profile": name, "health": word.value.lower()}, float(words[name, word]))
                           for name in known for word in Word])  # fmt: skip
        for name, said, value in _GAUGES:
            found = ((_labels(one), value(one)) for one in self.listed)
            yield from _gauge(name, said, [(labels, float(one)) for labels, one in found if one is not None])


def _line(one: Sequence[Listed], now: datetime | None) -> str:
    """A timer, or those that one cause hits: which, how bad, for how long, and why."""
    worst, since = one[0].state, begun(one)
    lasted, words = duration(now - since) if since is not None and now is not None else "", why(one[0].case)
    known = f" for {lasted}" if lasted and lasted not in words else ""
    return f"{called(one)} {worst.health.word.value}{known}: {words}"


def _labels(one: Listed) -> dict[str, str]:
    return {"profile": one.profile, "id": str(one.state.job.job_id), "name": safe_line(one.state.job.label)}


def _gauge(name: str, said: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_quoted(one)}"' for key, one in labels.items())
        yield f"{name}{{{inside}}} {value:.3f}".removesuffix(".000")


def _quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


_GAUGES = (
    ("globus_tui_timer_state", "0 well, 1 warning, 2 critical, 3 not known.", state_of),
    ("globus_tui_timer_known",
     "1 if it is in trouble that somebody knows of, which globus_tui_timer_state leaves out, else 0.",
     lambda one: one.state.health.known is not None),
    ("globus_tui_timer_paused", "1 if the timer starts no runs until somebody acts, else 0.",
     lambda one: None if one.state.job.unreadable else one.state.job.stands_still),
    ("globus_tui_timer_next_run_timestamp_seconds", "When the timer runs next.",
     lambda one: _stamp(one.state.job.next_run)),
    ("globus_tui_timer_last_run_timestamp_seconds", "When it ran last.", lambda one: _stamp(one.state.last_ran)),
    ("globus_tui_timer_last_success_timestamp_seconds", "When its last good run ended or began.",
     lambda one: _stamp(last_good(one.state.job, {}, one.state.history.outcomes))),
    ("globus_tui_timer_missed_ticks", "Ticks missed while the timer stands still.",
     lambda one: None if one.state.job.unreadable else one.state.history.missed_now),
    ("globus_tui_timer_skipped_ticks", "Ticks skipped by the run in progress.",
     lambda one: None if one.state.job.unreadable else one.state.history.skipped_now),
)  # fmt: skip
