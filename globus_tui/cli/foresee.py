"""`agenda`: what runs when, what is in whose way, and what became of past runs. Changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from globus_tui.cli import OK
from globus_tui.cli.account import show, show_document, show_table, tell, terminal_width
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.timer.agenda import Clash, Coming, Forecast, clock_changes, forecast, habit_of, happened
from globus_tui.domain.timer.health import Why
from globus_tui.present import agenda_words, moments, schedule_words
from globus_tui.present.agenda_words import wait_words
from globus_tui.present.marks import history_sign
from globus_tui.present.transfer_words import route

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from globus_tui.present.timer_table import Listed

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=31)
_ROUTE_FROM = 100
"""Cells of the terminal from which on the route is shown too."""
NO_MATCH = "No timer matches."
_SINGLY = 24
"""Runs of one timer that get a line each."""


async def run_agenda(options: Namespace) -> int:
    """Prints which runs are due, in order of time, or with `past` what became of those that were.

    Raises:
        GlobusTuiError: Globus could not be asked, or what is asked for cannot be understood.
    """
    if options.past:
        return await _past(options)
    async with signed_in(options) as here:
        parse_span(options.filter, here.store.now(), here.zone)  # what is wrong is told before anything is asked
        await here.read()
        now, states = here.store.now(), here.store.states
        begins, until, typed = parse_span(options.filter, now, here.zone)
        begins = max(begins, now)
        habits = [habit_of(one.job, one.history) for one in states.values() if not one.job.unreadable]
        found = forecast(habits, now, until, here.store.collections)
        meant = {one.state.job_id: one for one in here.matching(typed)}
        runs = [one for one in found.runs if one.job_id in meant and one.at >= begins]
        clashes = [one for one in found.clashes if one.until >= begins and meant.keys() & set(one.job_ids)]
        if options.json:
            show_document(now, **_document(here, begins, until, found, runs, clashes, meant))
            return OK
        if not runs:
            tell((f"No run is due until {moments.stamp(until, here.zone)}." if meant or not typed else NO_MATCH,))
            return OK
        _print_runs(runs, meant, now, here)
        said = [
            agenda_words.clash_words(one, lambda job_id: states[job_id].job.label, now, here.zone) for one in clashes
        ]
        said += [agenda_words.change_words(*one, now, here.zone) for one in clock_changes(begins, until, here.zone)]
        said += agenda_words.notes(found, until, now, here.zone)
        show(["", *said] if said else ())
        return OK


def _print_runs(runs: Sequence[Coming], meant: dict[Any, Listed], now: datetime, here: Context) -> None:
    by_timer: dict[Any, list[Coming]] = {}
    for run in runs:
        by_timer.setdefault(run.job_id, []).append(run)
    lines = []
    for job_id, fires in by_timer.items():
        one, many = meant[job_id], len(fires) > _SINGLY
        for run in fires[:1] if many else fires:
            every = f" (and {len(fires) - 1} more, every {schedule_words.every_short(one.state.job)})" if many else ""
            words = (
                moments.date_time(run.at, now, here.zone),
                moments.relative(run.at, now),
                one.state.job.label + every,
                moments.duration(run.usual) if run.usual is not None else "?",
                wait_words(run),
                route(one.state.job, one.case.names, ascii_only=here.ascii),
            )
            lines.append((run.at, words))
    rows = [row for _, row in sorted(lines, key=lambda line: line[0])]
    narrow = (terminal_width() or _ROUTE_FROM) < _ROUTE_FROM
    headings = ("WHEN", "AWAY", "TIMER", "USUALLY", "NOTE", "ROUTE")[: 5 if narrow else 6]
    show_table(rows, headings, (2, 4, 5), ascii_only=here.ascii)


def _document(
    here: Context,
    begins: datetime,
    until: datetime,
    found: Forecast,
    runs: Sequence[Coming],
    clashes: Sequence[Clash],
    meant: dict[Any, Listed],
) -> dict[str, Any]:
    def seconds(length: timedelta | None) -> float | None:
        return None if length is None else length.total_seconds()

    return {
        "begins": wire_moment(begins),
        "until": wire_moment(until),
        "reckoned_until": wire_moment(found.until),
        "profile": here.settings.profile,
        "runs": [
            {
                "at": wire_moment(one.at),
                "id": str(one.job_id),
                "name": meant[one.job_id].state.job.name,
                "usual_seconds": seconds(one.usual),
                "begins": wire_moment(one.begins) if one.begins else None,
                "skipped": one.begins is None,
            }
            for one in runs
        ],
        "clashes": [
            {
                "kind": one.kind.value,
                "at": wire_moment(one.at),
                "until": wire_moment(one.until),
                "timers": [str(job_id) for job_id in one.job_ids],
                "count": one.times,
                "wait_seconds": seconds(one.wait),
            }
            for one in clashes
        ],
        "clock_changes": [
            {"at": wire_moment(at), "seconds": by.total_seconds()} for at, by in clock_changes(begins, until, here.zone)
        ],
        "runs_of_unknown_length": found.unsure,
    }


async def _past(options: Namespace) -> int:
    async with signed_in(options) as here:
        await here.read()
        now = here.store.now()
        since = now - _length(options.past)
        meant = here.matching(" ".join(options.filter))
        found = [(past, one) for one in meant for past in happened(one.state.job, here.store.tasks, now, since)]
        found.sort(key=lambda line: line[0].at)
        late = sum(one.state.health.why is Why.LATE for one in meant)
        if options.json:
            runs = [
                {
                    "at": wire_moment(past.at),
                    "ended": wire_moment(past.ends) if past.ends else None,
                    "id": str(one.state.job_id),
                    "name": one.state.job.name,
                    "result": past.mark.value,
                }
                for past, one in found
            ]
            counts = Counter(past.mark.value for past, _ in found for _ in range(past.ticks))
            summary = {"counts": counts, "caught_up": sum(past.late for past, _ in found), "still_waiting": late}
            show_document(now, since=wire_moment(since), profile=here.settings.profile, runs=runs, **summary)
            return OK
        if not found:
            tell(
                (f"Nothing ran since {moments.stamp(since, here.zone)}." if meant or not options.filter else NO_MATCH,)
            )
            return OK
        rows = []
        for past, one in found:
            took = moments.duration(past.ends - past.at, seconds=True) if past.ends else "?"
            when = moments.date_time(past.at, now, here.zone)
            rows.append((when, took, history_sign(past.mark).word, one.state.job.label))
        headings = ("WHEN", "TOOK", "RESULT", "TIMER")
        show_table(rows, headings, (2, 3), ascii_only=here.ascii, right=("TOOK",))
        show(["", agenda_words.past_words([past for past, _ in found], late)])
        return OK


def parse_span(said: Sequence[str], now: datetime, zone: tzinfo) -> tuple[datetime, datetime, str]:
    """From when until when, and the filter: `7d …`, `02:00-04:00 …`, else a day; hours may go past midnight.

    Raises:
        BadInput: it is too far ahead, or looks like a time and is none.
    """
    first = said[0] if said else ""
    if re.fullmatch(r"[1-9]\d{0,2}[hd]", first, re.ASCII):
        return now, now + _length(first), " ".join(said[1:])
    clock = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
    if (hours := re.fullmatch(f"{clock}-(?:{clock}|24:00)", first, re.ASCII)) is None:
        if re.fullmatch(r"[\d:.]+-[\d:.]*\d|\d+(?:h|d|m|min|w)?", first, re.ASCII):
            raise BadInput(
                f"{first[:40]!r} is no time: write for example 24h, 7d or 22:00-24:00; as text name:{first[:40]}"
            )
        return now, now + _UNITS["d"], " ".join(said)
    today = now.astimezone(zone).date()
    first_hour, last_hour = (one.zfill(5) for one in (hours[1], hours[2] or "00:00"))
    for day in range(-1, 3):
        begins, ends = (
            datetime.fromisoformat(f"{today + timedelta(days=day + late)}T{hour}").replace(tzinfo=zone)
            for hour, late in ((first_hour, 0), (last_hour, int(last_hour <= first_hour)))
        )
        if ends > now:
            return begins.astimezone(now.tzinfo), ends.astimezone(now.tzinfo), " ".join(said[1:])
    raise AssertionError(first)


def _length(said: str) -> timedelta:
    length = int(said[:-1]) * _UNITS[said[-1]]
    if length > _LONGEST:
        raise BadInput(f"{said} is too long: at most 31d.")
    return length


def check_length(said: str) -> None:
    """Refuses what is no length of time.

    Raises:
        BadInput: it is not like 24h or 7d.
    """
    if not re.fullmatch(r"[1-9]\d{0,2}[hd]", said, re.ASCII):
        raise BadInput(f"{said[:40]!r} is no length of time: write for example 24h or 7d")
    _length(said)
