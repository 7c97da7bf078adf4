"""The agenda in words and signs: lanes on a time line, and what is in whose way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.agenda import AT_ONCE, ClashKind
from globus_tui.present import moments
from globus_tui.present.marks import history_sign
from globus_tui.present.sizes import counted
from globus_tui.present.transfer_words import route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.agenda import Clash, Coming, Forecast, PastRun
    from globus_tui.domain.timer.impact import StoppedTimer
    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.present.health_words import Case

_MINUTE = timedelta(minutes=1)
_STEPS = tuple(count * _MINUTE for count in (5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440))
_INSTANT = timedelta(microseconds=1)
_NAMED = 3
SIGNS = {"start": ("█", "#"), "going": ("▬", "="), "waits": ("░", "~"), "skipped": ("─", "-"), "now": ("│", "|")}
LEGEND = "start, going (as long as usual), waits in the queue, will be skipped, now"


def wait_words(run: Coming) -> str:
    """What happens to a coming run that will not simply start."""
    if run.begins is None:
        return "skipped: the run before will go on"
    return f"waits {moments.duration(run.begins - run.at)}" if run.begins - run.at >= _MINUTE else ""


def past_words(past: Sequence[PastRun], waiting: int) -> str:
    """The past in one line, as after an outage: what ran, what was skipped, what still waits."""
    counts: dict[str, int] = {}
    for run in past:
        counts[run.mark.value] = counts.get(run.mark.value, 0) + run.ticks
    parts = [f"{count} {mark}" for mark, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))]
    late = sum(run.late for run in past)
    parts += [f"{late} of them caught up on a missed one"] if late else []
    parts.append(f"{counted(waiting, 'timer')} still waiting for a run that is due" if waiting else "none still waits")
    return ", ".join(parts)


def clash_words(clash: Clash, label: Callable[[JobId], str], now: datetime, zone: tzinfo) -> str:
    """A sentence on runs that clash."""
    names = [label(job_id) for job_id in clash.job_ids]
    named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    at, until = (moments.since_words(moment, now, zone) for moment in (clash.at, clash.until))
    if clash.kind is ClashKind.QUEUE:
        wait = moments.duration(clash.wait) if clash.wait is not None else "?"
        runs = "1 run waits" if clash.times == 1 else f"{clash.times} runs wait"
        longest = "" if clash.times == 1 else "the longest "
        return f"{at} to {until}: {runs} in the queue, {longest}{wait} ({AT_ONCE} tasks at a time): {named}"
    if clash.kind is ClashKind.OWN_TICK:
        skipped = "1 run will be" if clash.times == 1 else f"{clash.times} runs until {until} will be"
        return f"{at}: a run of {named} waits or goes on past its next tick: {skipped} skipped"
    times = "" if clash.times == 1 else f", {clash.times} times until {until}"
    return f"{at}: {names[0]} and {names[-1]} write to one place at one time{times}"


def notes(outlook: Forecast, until: datetime, now: datetime, zone: tzinfo) -> list[str]:
    """What the forecast does not know."""
    lines = []
    if outlook.unsure:
        runs = counted(outlook.unsure, "run")
        lines.append(f"of {runs} it is not known how long they take: they hold up no other here")
    if outlook.until < until:
        lines.append(f"reckoned until {moments.date_time(outlook.until, now, zone)}: these are very many runs")
    return lines


def unread_words(jobs: Iterable[Job]) -> str:
    """What cannot be said of timers that Globus sent unreadably; empty when there are none."""
    unread = sum(job.unreadable is not None for job in jobs)
    return f"of {counted(unread, 'timer')} that cannot be read it is not known" if unread else ""


def change_words(at: datetime, by: timedelta, now: datetime, zone: tzinfo) -> str:
    way = "forward" if by > timedelta() else "back"
    return f"{moments.date_time(at, now, zone)}: the clocks go {way} by {moments.duration(abs(by))}"


StyleName = Literal["", "error", "warning", "success", "accent", "muted"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time drawn in cells."""

    begins: datetime
    step: timedelta
    cells: int

    def cell(self, at: datetime) -> int:
        """The cell of a moment; beyond the ends for moments outside the stretch."""
        return (at - self.begins) // self.step


def fitting(begins: datetime, length: timedelta, cells: int) -> Stretch:
    """The finest step at which a stretch of time fits into so many cells."""
    step = next((step for step in _STEPS if length <= step * cells), _STEPS[-1])
    return Stretch(begins, step, min(cells, -(-length // step)))


def axis(stretch: Stretch, zone: tzinfo) -> str:
    """Hours, or days where the line is long, above their cells."""
    line = [" "] * stretch.cells
    free, before = 0, None
    for cell in range(stretch.cells):
        local = (stretch.begins + cell * stretch.step).astimezone(zone)
        midnight = before is None or before.date() != local.date()
        if stretch.step < 60 * _MINUTE:
            whole = local.minute < stretch.step // _MINUTE
            words = f"{local.hour:02}"
            if midnight and before is not None:
                words = f"{moments.DAYS[local.weekday()]}"
        else:
            whole, words = midnight, f"{moments.DAYS[local.weekday()]} {local.day}"
        if whole and cell >= free and cell + len(words) <= stretch.cells:
            line[cell : cell + len(words)] = words
            free = cell + len(words) + 1
        before = local
    return "".join(line)


def lane(
    stretch: Stretch, past: Sequence[PastRun], coming: Sequence[Coming], now: datetime, *, ascii_only: bool
) -> tuple[tuple[str, StyleName], ...]:
    """One sign for each cell: past runs and coming ones; a start is never hidden by a bar."""
    cells: list[tuple[str, StyleName]] = [(" ", "")] * stretch.cells

    def sign(name: str) -> str:
        return SIGNS[name][ascii_only]

    def put(first: datetime, last: datetime, sign: str, style: StyleName) -> None:
        for cell in range(max(0, stretch.cell(first)), min(stretch.cell(last), stretch.cells - 1) + 1):
            cells[cell] = (sign, style)

    put(now, now, sign("now"), "muted")
    for ran in past:
        put(ran.at, (ran.ends or ran.at) - _INSTANT, sign("going"), history_sign(ran.mark).style)
    begun = [(run, run.begins) for run in coming if run.begins is not None]
    for run, begins in begun:
        put(run.at, begins - _INSTANT, sign("waits"), "warning")
        put(begins, (run.ends or begins) - _INSTANT, sign("going"), "accent")
    for ran in past:
        drawn = history_sign(ran.mark)
        put(ran.at, ran.at, drawn.glyph(ascii_only=ascii_only), drawn.style)
    for run in coming:
        put(run.at, run.at if run.begins is None else run.at - stretch.step, sign("skipped"), "warning")
    for _, begins in begun:
        put(begins, begins, sign("start"), "accent")
    return tuple(cells)


def stopped_words(stop: StoppedTimer, case: Case) -> tuple[str, str]:
    """The next runs of a timer that would stop, and its route."""
    runs = ", ".join(moments.since_words(at, case.now, case.zone) for at in stop.runs)
    return runs or "paused, or none due", route(stop.job, case.names, ascii_only=case.ascii_only)


def busiest(runs: Sequence[Coming], zone: tzinfo) -> tuple[datetime, int] | None:
    """The hour in which most runs start, with their number."""
    counts: dict[datetime, int] = {}
    for run in runs:
        hour = run.at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        counts[hour] = counts.get(hour, 0) + 1
    return max(counts.items(), key=lambda entry: (entry[1], -entry[0].timestamp()), default=None)
