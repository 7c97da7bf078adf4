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
from globus_tui.domain.timer.agenda import Clash, Coming, Forecast, clock_changes, forecast, habit_of, past_runs
from globus_tui.domain.timer.health import Why
from globus_tui.present import agenda_words, moments, schedule_words
from globus_tui.present.agenda_words import wait_words
from globus_tui.present.marks import history_sign
from globus_tui.present.transfer_words import route

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from globus_tui.present.timer_table import Listed

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=31)
_ROUTE_FROM = 100
"""Cells of the terminal from which on the route is shown too."""
NO_MATCH = "No timer matches."
_SINGLY = 24
"""Runs of one timer that get a line each."""


async def run_agenda(options: Namespace) -> int:
    """Prints which runs are due, in order of time, or with `past` what became of those that were."""
    if options.past:
        return await _past(options)
    async with signed_in(options) as context:
        parse_span(options.filter, context.store.now(), context.zone)  # what is wrong is told before anything is asked
        await context.read()
        now, states = context.store.now(), context.store.states
        begins, until, typed = parse_span(options.filter, now, context.zone)
        begins = max(begins, now)
        habits = [habit_of(state.job, state.history) for state in states.values() if not state.job.unreadable]
        outlook = forecast(habits, now, until, context.store.collections)
        chosen = {timer.state.job_id: timer for timer in context.matching(typed)}
        runs = [run for run in outlook.runs if run.job_id in chosen and run.at >= begins]
        clashes = [clash for clash in outlook.clashes if clash.until >= begins and chosen.keys() & set(clash.job_ids)]
        if options.json:
            show_document(now, **_document(context, begins, until, outlook, runs, clashes, chosen))
            return OK
        unread = agenda_words.unread_words(timer.state.job for timer in chosen.values())
        if not runs:
            none = "; ".join(filter(None, (f"No run is due until {moments.stamp(until, context.zone)}", unread)))
            tell((f"{none}." if chosen or not typed else NO_MATCH,))
            return OK
        _print_runs(runs, chosen, now, context)
        zone = context.zone
        lines = [agenda_words.clash_words(clash, lambda key: states[key].job.label, now, zone) for clash in clashes]
        lines += [agenda_words.change_words(*change, now, zone) for change in clock_changes(begins, until, zone)]
        lines += [*agenda_words.notes(outlook, until, now, context.zone), *filter(None, (unread,))]
        show(["", *lines] if lines else ())
        return OK


def _unread(listed: Iterable[Listed]) -> list[str]:
    """What the timers are called that cannot be read: nothing is known of their runs."""
    return [timer.state.job.label for timer in listed if timer.state.job.unreadable]


def _print_runs(runs: Sequence[Coming], chosen: dict[Any, Listed], now: datetime, context: Context) -> None:
    by_timer: dict[Any, list[Coming]] = {}
    for run in runs:
        by_timer.setdefault(run.job_id, []).append(run)
    lines = []
    for job_id, fires in by_timer.items():
        timer, many = chosen[job_id], len(fires) > _SINGLY
        for run in fires[:1] if many else fires:
            every = f" (and {len(fires) - 1} more, every {schedule_words.every_short(timer.state.job)})" if many else ""
            words = (
                moments.date_time(run.at, now, context.zone),
                moments.relative(run.at, now),
                timer.state.job.label + every,
                moments.duration(run.usual) if run.usual is not None else "?",
                wait_words(run),
                route(timer.state.job, timer.case.names, ascii_only=context.ascii),
            )
            lines.append((run.at, words))
    rows = [row for _, row in sorted(lines, key=lambda line: line[0])]
    narrow = (terminal_width() or _ROUTE_FROM) < _ROUTE_FROM
    headings = ("WHEN", "AWAY", "TIMER", "USUALLY", "NOTE", "ROUTE")[: 5 if narrow else 6]
    show_table(rows, headings, (2, 4, 5))


def _document(
    context: Context,
    begins: datetime,
    until: datetime,
    outlook: Forecast,
    runs: Sequence[Coming],
    clashes: Sequence[Clash],
    chosen: dict[Any, Listed],
) -> dict[str, Any]:
    def seconds(length: timedelta | None) -> float | None:
        return None if length is None else length.total_seconds()

    return {
        "begins": wire_moment(begins),
        "until": wire_moment(until),
        "reckoned_until": wire_moment(outlook.until),
        "profile": context.settings.profile,
        "unread": _unread(chosen.values()),
        "runs": [
            {
                "at": wire_moment(run.at),
                "id": str(run.job_id),
                "name": chosen[run.job_id].state.job.name,
                "usual_seconds": seconds(run.usual),
                "begins": wire_moment(run.begins) if run.begins else None,
                "skipped": run.begins is None,
            }
            for run in runs
        ],
        "clashes": [
            {
                "kind": clash.kind.value,
                "at": wire_moment(clash.at),
                "until": wire_moment(clash.until),
                "timers": [str(job_id) for job_id in clash.job_ids],
                "count": clash.times,
                "wait_seconds": seconds(clash.wait),
            }
            for clash in clashes
        ],
        "clock_changes": [
            {"at": wire_moment(at), "seconds": by.total_seconds()}
            for at, by in clock_changes(begins, until, context.zone)
        ],
        "runs_of_unknown_length": outlook.unsure,
    }


async def _past(options: Namespace) -> int:
    async with signed_in(options) as context:
        await context.read()
        now = context.store.now()
        since = now - _length(options.past)
        chosen = context.matching(" ".join(options.filter))
        tasks = context.store.tasks
        pairs = [(past, timer) for timer in chosen for past in past_runs(timer.state.job, tasks, now, since)]
        pairs.sort(key=lambda line: line[0].at)
        late = sum(timer.state.health.why is Why.LATE for timer in chosen)
        if options.json:
            runs = [
                {
                    "at": wire_moment(past.at),
                    "ended": wire_moment(past.ends) if past.ends else None,
                    "id": str(timer.state.job_id),
                    "name": timer.state.job.name,
                    "result": past.mark.value,
                }
                for past, timer in pairs
            ]
            counts = Counter(past.mark.value for past, _ in pairs for _ in range(past.ticks))
            summary = {"counts": counts, "caught_up": sum(past.late for past, _ in pairs), "still_waiting": late}
            known = {"profile": context.settings.profile, "unread": _unread(chosen), "runs": runs}
            show_document(now, since=wire_moment(since), **known, **summary)
            return OK
        unread = agenda_words.unread_words(timer.state.job for timer in chosen)
        if not pairs:
            none = "; ".join(filter(None, (f"Nothing ran since {moments.stamp(since, context.zone)}", unread)))
            tell((NO_MATCH if options.filter and not chosen else f"{none}.",))
            return OK
        rows = []
        for past, timer in pairs:
            took = moments.duration(past.ends - past.at, seconds=True) if past.ends else "?"
            when = moments.date_time(past.at, now, context.zone)
            rows.append((when, took, history_sign(past.mark).word, timer.state.job.label))
        headings = ("WHEN", "TOOK", "RESULT", "TIMER")
        show_table(rows, headings, (2, 3), right=("TOOK",))
        show(["", "; ".join(filter(None, (agenda_words.past_words([past for past, _ in pairs], late), unread)))])
        return OK


def parse_span(typed: Sequence[str], now: datetime, zone: tzinfo) -> tuple[datetime, datetime, str]:
    """From when until when, and the filter: `7d …`, `02:00-04:00 …`, else a day; hours may go past midnight.

    Raises:
        BadInput: it is too far ahead, or looks like a time and is none.
    """
    first = typed[0] if typed else ""
    if re.fullmatch(r"[1-9]\d{0,2}[hd]", first, re.ASCII):
        return now, now + _length(first), " ".join(typed[1:])
    clock = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
    if (hours := re.fullmatch(f"{clock}-(?:{clock}|24:00)", first, re.ASCII)) is None:
        if re.fullmatch(r"[\d:.]+-[\d:.]*\d|\d+(?:h|d|m|min|w)?", first, re.ASCII):
            raise BadInput(
                f"{first[:40]!r} is no time: write for example 24h, 7d or 22:00-24:00; as text name:{first[:40]}"
            )
        return now, now + _UNITS["d"], " ".join(typed)
    today = now.astimezone(zone).date()
    first_hour, last_hour = (hour.zfill(5) for hour in (hours[1], hours[2] or "00:00"))
    for day in range(-1, 3):
        begins, ends = (
            datetime.fromisoformat(f"{today + timedelta(days=day + late)}T{hour}").replace(tzinfo=zone)
            for hour, late in ((first_hour, 0), (last_hour, int(last_hour <= first_hour)))
        )
        if ends > now:
            return begins.astimezone(now.tzinfo), ends.astimezone(now.tzinfo), " ".join(typed[1:])
    raise AssertionError(first)


def _length(text: str) -> timedelta:
    length = int(text[:-1]) * _UNITS[text[-1]]
    if length > _LONGEST:
        raise BadInput(f"{text} is too long: at most 31d.")
    return length


def check_length(text: str) -> None:
    """Raises BadInput for a text that is no length of time.

    Raises:
        BadInput: it is not like 24h or 7d.
    """
    if not re.fullmatch(r"[1-9]\d{0,2}[hd]", text, re.ASCII):
        raise BadInput(f"{text[:40]!r} is no length of time: write for example 24h or 7d")
    _length(text)
