"""What a task leaves to read: its events, the files it skipped over, the files it moved, as rows of words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple

from globus_tui.present import moments, run_words
from globus_tui.present.error_words import short_words
from globus_tui.present.sizes import count, size
from globus_tui.present.transfer_words import join_route, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from globus_tui.domain.task import MovedFile, SkippedError, TaskEvent


class LogLine(NamedTuple):
    """One line.

    Attributes:
        key: its number, counted from the newest.
        head: when it was, or how much.
        words: what happened.
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
    """The log of a task, in the order of the service: newest first."""
    return tuple(
        LogLine(
            number,
            moments.date_time(event.moment, now, zone) if event.moment else "?",
            run_words.event_words(event),
            details_words(event.details),
            "error" if event.is_error else "",
        )
        for number, event in enumerate(events)
    )


def details_words(details: str | None) -> str:
    """The details of an event: JSON as `key value, key value`, anything else as it was sent, on one line.

    What stands in them is documented nowhere; progress, counts and error texts have been seen in fixtures.
    """
    if not details:
        return ""
    try:
        found = json.loads(details)
    except ValueError:
        return one_line(details)
    return ", ".join(_leaves(found)) if isinstance(found, dict) else one_line(details)


def _leaves(found: object, name: str = "") -> Iterator[str]:
    """The values at the ends of a document, each with the last key that leads to it."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _leaves(value, str(key))
    elif isinstance(found, list):
        for value in found:
            yield from _leaves(value, name)
    elif isinstance(found, int) and not isinstance(found, bool):
        said = size(found) if name.startswith("bytes") else count(found)
        yield f"{_readable(name)} {said}"
    else:
        yield f"{_readable(name)} {one_line(found if isinstance(found, str) else json.dumps(found))}"


def _readable(key: str) -> str:
    return one_line(key.replace("_", " "))


def skipped_lines(skipped: Iterable[SkippedError], now: datetime, zone: tzinfo) -> tuple[LogLine, ...]:
    """The files that a task skipped over because of an error: why, which, and what the service says."""
    return tuple(
        LogLine(
            number,
            moments.date_time(one.moment, now, zone) if one.moment else "?",
            f"{short_words(one.code, one.details)}: {one_line(one.source_path or '?')}",
            "" if one.source_path and one.source_path in (one.details or "") else one_line(one.details or ""),
            "error",
        )
        for number, one in enumerate(skipped)
    )


def moved_lines(moved: Iterable[MovedFile], *, ascii_only: bool = False) -> tuple[LogLine, ...]:
    """The files that a task moved; a side on which the user has no role is not told by the service."""
    return tuple(
        LogLine(
            number,
            size(one.size, ""),
            join_route(
                one_line(one.source_path or "(not shown to you)"),
                one_line(one.destination_path or "(not shown to you)"),
                ascii_only=ascii_only,
            ),
        )
        for number, one in enumerate(moved)
    )
