"""Words about old timers that were replaced and are kept, paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from globus_tui.present import moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

LISTED = 8


class Old(Protocol):
    """A timer that was replaced, as these words need it."""

    @property
    def job_id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str | None:
        """What it was called then."""

    @property
    def replaced_by(self) -> str:
        """The id of the one in its place."""

    @property
    def replaced_at(self) -> datetime:
        """When."""


def kept_words(number: int) -> str:
    """How many: `1 timer that was replaced`."""
    return "1 timer that was replaced" if number == 1 else f"{number} timers that were replaced"


def ask_words(number: int, days: int, key: str) -> str:
    """The question on the note line."""
    was = "was replaced" if number == 1 else "were replaced"
    timers = "1 old timer that" if number == 1 else f"{number} old timers that"
    still = "is still kept" if number == 1 else "are still kept"
    return f"{timers} {was} {days} days ago or more {still}, paused: {key} lists what to delete."


def kept_lines(found: Sequence[Old], labels: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """One line for each: its name, when it was replaced, and by what.

    Args:
        found: the old timers.
        labels: what the timers in the list are called, by id.
        now: the present.
        zone: times are shown in it.
    """
    lines = [
        f"· {labels.get(one.job_id) or one.name or one.job_id}, replaced {moments.date(one.replaced_at, now, zone)} by "
        f"{labels.get(one.replaced_by, 'one that is gone')}"
        for one in found
    ]
    more = (f"… and {len(lines) - LISTED} more",) if len(lines) > LISTED else ()
    return (*lines[:LISTED], *more)


def back_sentences(new: str, old: str) -> tuple[str, ...]:
    """What undoing a replacement means; both names may be the same."""
    which = f"The old {old}" if new != old else "The old one"
    return (
        f"{which} was kept, paused; it runs again from its next tick. This one is paused and kept in its stead.",
        "Whatever fails, one of the two stays active. The same key on the old one undoes this.",
    )
