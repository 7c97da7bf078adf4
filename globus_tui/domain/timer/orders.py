"""What people decided here about a timer, for which Globus has no place: why it rests, what is known, limits, notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.destructive import USUAL_PERCENT

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PauseNote:
    """Why a timer was paused, and until when that is meant to be.

    Attributes:
        until: None: until somebody resumes it.
        since: when the pause began by the service's word: a later one is another pause.
    """

    reason: str
    until: datetime | None = None
    since: datetime | None = None

    def over(self, now: datetime) -> bool:
        """Whether the rest is over: the timer should run again by now."""
        return self.until is not None and self.until < now


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody knows of a timer's trouble: it is counted apart and rings no bell until it gets worse or this ends.

    Attributes:
        rank: of the health word at that time, 0 the worst.
        until: None: until it is well again.
    """

    rank: int
    reason: str = ""
    until: datetime | None = None

    def holds(self, rank: int, now: datetime) -> bool:
        """Whether the trouble is still the one that is known, or less."""
        return rank >= self.rank and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """What stood in the source folders of a mirror when they were counted between two runs.

    Attributes:
        entries: names in them, not in folders below.
        usual: how many there were when that was no reason to alarm; of one that was never counted the files of its
            last run.
    """

    at: datetime
    entries: int
    usual: int


@dataclass(frozen=True, slots=True)
class Orders:
    """All of it for one timer.

    Attributes:
        fewer_percent: how many percent fewer files at the source of a mirror alarm; None: never.
        fewer_files: how many files fewer alarm, whatever percent that is.
        good_within: how old its last good copy may get.
        tags: words it is found by.
        good_at: when the last good copy was complete of the timer whose place it has taken.
        source: what stood in its source folders.
    """

    fewer_percent: float | None = USUAL_PERCENT
    fewer_files: int | None = None
    good_within: timedelta | None = None
    pause_note: PauseNote | None = None
    acknowledged: Acknowledgement | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    source: Source | None = None
    good_at: datetime | None = None


NONE = Orders()
_LONGEST = 36_525 * 86400.0
"""Seconds: a hundred years; with longer ones the moment at which a copy gets too old could leave the calendar."""


def orders_of(document: Mapping[str, Any], windows: Mapping[str, Mapping[str, Any]]) -> Orders:
    """Reads what is kept of one timer; what cannot be read is left out. `windows`: the maintenance windows by id."""
    known = wire.document(document.get("known"))
    window = windows.get(wire.text(document.get("window")) or "")
    within = wire.number(document.get("good_within")) or 0.0
    return Orders(
        good_at=wire.moment(document.get("good_at")),
        source=_source(wire.document(document.get("source"))),
        fewer_files=wire.whole(document.get("fewer_files")),
        good_within=timedelta(seconds=within) if 0 < within <= _LONGEST else None,
        pause_note=None
        if window is None
        else PauseNote(
            wire.text(window.get("reason")) or "", wire.moment(window.get("until")), wire.moment(document.get("since"))
        ),
        acknowledged=_known(known) if known else None,
        note=wire.text(document.get("note")) or "",
        tags=tuple(filter(None, map(wire.text, wire.items(document.get("tags"))))),
    )


def _source(document: Mapping[str, Any]) -> Source | None:
    at = wire.moment(document.get("at"))
    entries, usual = wire.whole(document.get("entries")), wire.whole(document.get("usual"))
    return Source(at, entries, usual) if at is not None and entries is not None and usual is not None else None


def _known(document: Mapping[str, Any]) -> Acknowledgement | None:
    rank = wire.whole(document.get("rank"))
    if rank is None:
        return None
    return Acknowledgement(rank, wire.text(document.get("reason")) or "", wire.moment(document.get("until")))


def with_level(orders: Orders, level: float | None) -> Orders:
    return replace(orders, fewer_percent=level)
