"""What a task leaves to read, as rows of words: events, files it skipped over, files it moved. Each is put into words
once, however often the log is shown.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from globus_tui.domain import wire
from globus_tui.present import moments, run_words
from globus_tui.present.error_words import short_words
from globus_tui.present.sizes import count, size
from globus_tui.present.transfer_words import join_route, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.transfer.task import MovedFile, SkippedError, TaskEvent


class LogLine(NamedTuple):
    """One line.

    Attributes:
        key: its number, counted from the newest.
        head: when it was, or how much.
        rest: more about it, as the service sent it; data.
        style: `error` for what went wrong.
        moment: of an event whose head is written when it is drawn.
    """

    key: int
    head: str
    words: str
    rest: str = ""
    style: Literal["", "error"] = ""
    moment: datetime | None = None


def event_lines(events: Iterable[TaskEvent], now: datetime, zone: tzinfo) -> tuple[LogLine, ...]:
    """The log of a task, in the order of the service: newest first. What failed is named in the first line."""
    events = tuple(events)
    heads = (moments.date_time(event.moment, now, zone) if event.moment else "?" for event in events)
    return tuple(_event_line(number, events, number, head) for number, head in enumerate(heads))


def _event_line(
    key: int, events: Sequence[TaskEvent], number: int, head: str, moment: datetime | None = None
) -> LogLine:
    event = events[number]
    path = run_words.named_path(event)
    if path is None and number == 0 and event.is_error:  # it says only that the task failed, one shortly before of what
        path = run_words.failed_path(events[:_LOOKED_BACK])
    words, rest = run_words.event_words(event, path), details_words(event.details)
    return LogLine(key, head, words, rest, "error" if event.is_error else "", moment)


_LOOKED_BACK = 20


def details_words(details: str | None) -> str:
    """The details of an event: JSON as `key value, key value`, anything else as it was sent, on one line.

    What stands in them is documented nowhere; progress, counts and error texts have been seen in fixtures.
    """
    if not details:
        return ""
    try:
        document = json.loads(details)
        return ", ".join(_leaves(document)) if isinstance(document, dict) else one_line(details)
    except (ValueError, RecursionError):
        return one_line(details)


def _leaves(part: object, name: str = "") -> Iterator[str]:
    """The plain values in a document, each after the last key that leads to it."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _leaves(value, str(key))
    elif isinstance(part, list):
        for value in part:
            yield from _leaves(value, name)
    elif isinstance(part, int) and (known := wire.whole(part)) is not None:
        words = size(known) if name.startswith("bytes") else count(known)
        yield f"{_readable(name)} {words}"
    else:
        yield f"{_readable(name)} {one_line(part if isinstance(part, str) else json.dumps(part))}"


def _readable(key: str) -> str:
    return one_line(key.replace("_", " "))


def skipped_lines(skipped: Iterable[SkippedError], now: datetime, zone: tzinfo) -> tuple[LogLine, ...]:
    """The files that a task skipped over because of an error: why, which, and what the service says."""
    return tuple(
        LogLine(
            number,
            moments.date_time(error.moment, now, zone) if error.moment else "?",
            f"{short_words(error.code, error.details)}: {one_line(error.source_path or '?')}",
            "" if error.source_path and error.source_path in (error.details or "") else one_line(error.details or ""),
            "error",
        )
        for number, error in enumerate(skipped)
    )


def moved_lines(moved: Iterable[MovedFile], *, ascii_only: bool = False) -> tuple[LogLine, ...]:
    """The files that a task moved; a side on which the user has no role is not told by the service."""
    return tuple(
        LogLine(
            number,
            size(file.size, ""),
            join_route(
                one_line(file.source_path or "(not shown to you)"),
                one_line(file.destination_path or "(not shown to you)"),
                ascii_only=ascii_only,
            ),
        )
        for number, file in enumerate(moved)
    )


class Times(Enum):
    """How the moments of a log are written."""

    ABSOLUTE = "date and time"
    RELATIVE = "how long ago"
    OFF = "left out"

    @property
    def after(self) -> Times:
        ways = list(Times)
        return ways[(ways.index(self) + 1) % len(ways)]


def time_words(line: LogLine, times: Times, now: datetime, zone: tzinfo) -> str:
    """What is at the head of a line: the time of an event, else a word."""
    if line.moment is None or times is Times.OFF:
        return "" if times is Times.OFF else line.head
    return moments.ago(line.moment, now) if times is Times.RELATIVE else moments.date_time(line.moment, now, zone)


class EventRows:
    """Makes rows of events. A row's key counts from the first event ever read, so newer ones leave it as it is."""

    def __init__(self) -> None:
        self._lines: dict[int, LogLine] = {}
        self._basis: tuple[Sequence[TaskEvent], int, datetime | None] | None = None
        self._rows: tuple[LogLine, ...] = ()

    def rows(self, events: Sequence[TaskEvent], newer: int, since: datetime | None) -> tuple[LogLine, ...]:
        """The rows of events, newest first: the same object as long as nothing changed.

        Args:
            events: newest first; grown at either end since the last time.
            newer: how many of them came in front since the first reading.
            since: leaves out what was before; events without a moment stay.
        """
        basis = self._basis
        if basis is not None and basis[0] is events and basis[1:] == (newer, since):
            return self._rows
        self._basis = (events, newer, since)
        self._rows = tuple(
            self._row(number - newer, events, number)
            for number, event in enumerate(events)
            if since is None or event.moment is None or event.moment >= since
        )
        return self._rows

    def _row(self, key: int, events: Sequence[TaskEvent], number: int) -> LogLine:
        if key not in self._lines:
            self._lines[key] = _event_line(key, events, number, "?", events[number].moment)
        return self._lines[key]
