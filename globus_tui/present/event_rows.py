"""The rows of a log that grows at both ends: each event is put into words once, however often the log is shown."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.present import moments, run_words
from globus_tui.present.log_lines import LogLine, details_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.task import TaskEvent


class Times(Enum):
    """How the moments of a log are written."""

    ABSOLUTE = "date and time"
    RELATIVE = "how long ago"
    OFF = "left out"

    @property
    def after(self) -> Times:
        """The next of the three."""
        ways = list(Times)
        return ways[(ways.index(self) + 1) % len(ways)]


def time_words(line: LogLine, times: Times, now: datetime, zone: tzinfo) -> str:
    """What stands at the head of a line; what is no event has words of its own."""
    if line.moment is None or times is Times.OFF:
        return "" if times is Times.OFF else line.head
    return moments.ago(line.moment, now) if times is Times.RELATIVE else moments.date_time(line.moment, now, zone)


class EventRows:
    """Makes rows of events. A row's key counts from the first event ever read, so newer ones leave it as it is."""

    def __init__(self) -> None:
        """Begin with no event."""
        self._made: dict[int, LogLine] = {}
        self._asked: tuple[Sequence[TaskEvent], int, datetime | None] | None = None
        self._rows: tuple[LogLine, ...] = ()

    def rows(self, events: Sequence[TaskEvent], newer: int, since: datetime | None) -> tuple[LogLine, ...]:
        """The rows of events, newest first: the same object as long as nothing changed.

        Args:
            events: newest first; grown at either end since the last time.
            newer: how many of them came in front since the first reading.
            since: leaves out what was before; events without a moment stay.
        """
        asked = self._asked
        if asked is not None and asked[0] is events and asked[1:] == (newer, since):
            return self._rows
        self._asked = (events, newer, since)
        self._rows = tuple(
            self._row(number - newer, event)
            for number, event in enumerate(events)
            if since is None or event.moment is None or event.moment >= since
        )
        return self._rows

    def _row(self, key: int, event: TaskEvent) -> LogLine:
        row = self._made.get(key)
        if row is None:
            row = self._made[key] = LogLine(
                key,
                "?",
                run_words.event_words(event),
                details_words(event.details),
                "error" if event.is_error else "",
                event.moment,
            )
        return row
