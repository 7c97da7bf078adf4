"""`globus-tui when PHRASE`: how a time or schedule is read, and its next runs, as text or JSON."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from globus_tui.cli import OK
from globus_tui.cli.account import read_settings, write
from globus_tui.cli.zones import find_zone
from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft
from globus_tui.domain.schedule.schedule import OnceSchedule, Schedule, wire_moment
from globus_tui.domain.schedule.typed_clock import at_wall_clock
from globus_tui.domain.schedule.typed_schedules import TypedSchedule, parse_schedule
from globus_tui.domain.schedule.typed_zones import zone_words
from globus_tui.present import review_facts

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    phrase = " ".join(options.phrase)
    zone = find_zone(options.zone or read_settings(options).zone)
    now, notices = _base_time(options.now, zone)
    read = parse_schedule(phrase, now, zone)
    members = read.members if len(read.members) > 1 else ()
    draft = Draft(schedule=read.schedules[0], group=members)
    notices += read.notices
    if options.json:
        import json

        shown = _document(phrase, zone, read, draft, now, options.count, list(notices))
        write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    else:
        write("\n".join(review_facts.when_lines(draft, notices, now, zone, options.count, read.zone)) + "\n")
    return OK


def _base_time(text: str | None, zone: tzinfo) -> tuple[datetime, tuple[str, ...]]:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0), ()
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"--now {text[:40]!r} is no ISO moment; write for example 2026-12-01T18:00:00Z") from error
    if not 1971 <= typed.year < 2970:
        raise BadInput(f"--now {text[:40]!r} is out of range: the years are 1971 to 2969")
    if typed.tzinfo is not None:
        return typed.astimezone(UTC), ()
    moment, notices = at_wall_clock(typed.date(), typed.time(), zone)
    return moment, (f"The base time has no zone: read in {zone_words(zone)}.", *notices)


def _document(
    phrase: str, zone: tzinfo, read: TypedSchedule, draft: Draft, now: datetime, count: int, notices: list[str]
) -> dict[str, object]:
    return {
        "phrase": phrase,
        "zone": zone_words(zone),
        "timers": [_timer(schedule, now) for schedule in read.schedules],
        "notices": [
            *notices,
            *review_facts.creation_words(draft),
            *review_facts.shift_lines(draft, now, read.zone or zone),
        ],
        "fires": [_utc(tick) for tick in review_facts.fires(draft, now, count)],
    }


def _timer(schedule: Schedule, now: datetime) -> dict[str, object]:
    """One timer. What starts at its creation is shown as if that were now, as its runs are."""
    if isinstance(schedule, OnceSchedule):
        return {"type": "once", "interval_seconds": None, "start": _utc(schedule.at or now), "end": None}
    end: dict[str, object] | None = None
    if schedule.end.until is not None:
        end = {"until": _utc(schedule.end.until)}
    elif schedule.end.after_runs is not None:
        end = {"runs": schedule.end.after_runs}
    return {
        "type": "recurring",
        "interval_seconds": int(schedule.interval.total_seconds()),
        "start": _utc(schedule.start or now),
        "end": end,
    }


def _utc(moment: datetime) -> str:
    return wire_moment(moment.astimezone(UTC))
