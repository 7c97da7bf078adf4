"""What a task leaves to read: its events, the files it skipped over, the files it moved, as rows of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from globus_tui.present import moments, run_words
from globus_tui.present.error_words import short_words
from globus_tui.present.sizes import size
from globus_tui.present.transfer_words import join_route, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    """

    key: int
    head: str
    words: str
    rest: str = ""
    style: Literal["", "error"] = ""


def event_lines(events: Iterable[TaskEvent], now: datetime, zone: tzinfo) -> tuple[LogLine, ...]:
    """The log of a task, in the order of the service: newest first."""
    return tuple(
        LogLine(
            number,
            moments.date_time(event.moment, now, zone) if event.moment else "?",
            run_words.event_words(event),
            one_line(event.details or ""),
            "error" if event.is_error else "",
        )
        for number, event in enumerate(events)
    )


def skipped_lines(skipped: Iterable[SkippedError], now: datetime, zone: tzinfo) -> tuple[LogLine, ...]:
    """The files that a task skipped over because of an error: why, which, and what the service says."""
    return tuple(
        LogLine(
            number,
            moments.date_time(one.moment, now, zone) if one.moment else "?",
            f"{short_words(one.code, one.details)}: {one_line(one.source_path or '?')}",
            one_line(one.details or ""),
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
