"""When a timer runs, as rows of label and words for its own screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from globus_tui.domain.job import JobStatus
from globus_tui.domain.schedule import RecurringSchedule
from globus_tui.present import moments, schedule_words
from globus_tui.present.health_sentences import next_if_resumed
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from datetime import tzinfo

    from globus_tui.present.health_words import Case


class Fact(NamedTuple):
    """One row: a label, what is said, and how.

    Attributes:
        label: empty for a row that goes on with the one above.
        style: `warning` for what may cost data or surprise; `muted` for what is by the way.
    """

    label: str
    words: str
    style: Literal["", "warning", "muted", "accent"] = ""


def schedule_facts(case: Case, fires: int = 3) -> tuple[Fact, ...]:
    """Everything about when it runs."""
    schedule = case.job.schedule
    exact = schedule_words.exact_words(schedule)
    rhythm = schedule_words.rhythm_words(schedule, case.now, case.zone)
    rows = [Fact("every" if exact else "when", rhythm.removeprefix("every ") if exact else rhythm)]
    if exact:
        rows.append(Fact("", exact, "muted"))
    rows += _bounds(case)
    rows += fire_facts(case, fires)
    if shift := shift_words(case):
        rows.append(Fact("clock", shift, "warning"))
    return tuple(rows)


def _bounds(case: Case) -> list[Fact]:
    schedule = case.job.schedule
    if not isinstance(schedule, RecurringSchedule):
        return []
    start = moments.stamp(schedule.start, case.zone) if schedule.start else "at its creation"
    shifted = schedule.start is not None and schedule.start.astimezone(case.zone).utcoffset()
    utc = f" ({moments.utc_time(schedule.start)})" if schedule.start and shifted else ""
    ends = schedule_words.end_words(schedule.end, case.now, case.zone) or "no end"
    return [Fact("start", start + utc), Fact("end", ends + _runs_done(case))]


def _runs_done(case: Case) -> str:
    return f", {counted(case.job.n_runs, 'run')} so far" if case.job.n_runs is not None else ""


def fire_facts(case: Case, wanted: int) -> list[Fact]:
    """The next fire times: local, UTC and how far away; of a paused timer, those after resuming it now."""
    job = case.job
    if job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return [Fact("next", "it will not run again", "muted")]
    fires = schedule_words.next_fires(job.schedule, case.now, case.zone, wanted, runs_done=job.n_runs)
    width = max((len(fire.local) for fire in fires), default=0)
    rows = [Fact("", f"{fire.local:<{width}}{_utc(fire, case.zone)}  {fire.away}") for fire in fires]
    if job.stands_still:
        head = Fact("next", "none while paused; if resumed now:", "warning")
        catch_up = next_if_resumed(case, 1)[:1] == ("at once",)
        return [head, *([Fact("", "at once (one catch-up run)")] if catch_up else []), *rows][: wanted + 1]
    if not rows:
        return [Fact("next", "not known" if job.next_run is None else next_word(case))]
    return [Fact("next", rows[0].words), *rows[1:]]


def _utc(fire: schedule_words.Fire, zone: tzinfo) -> str:
    """The time in UTC, unless that is what is shown anyway."""
    return f"  {fire.utc}" if fire.moment.astimezone(zone).utcoffset() else ""


def next_word(case: Case) -> str:
    """The next run on one line: `Sun 22 Nov 02:00 CST (08:00Z), in 11 h`."""
    job = case.job
    if job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return "it will not run again"
    if job.stands_still:
        return "if resumed now: " + (", ".join(next_if_resumed(case, 2)) or "not known")
    if job.next_run is None:
        return "not known"
    local = f"{moments.date_time(job.next_run, case.now, case.zone)} {moments.zone_name(job.next_run, case.zone)}"
    away = moments.relative_words(job.next_run, case.now)
    utc = f" ({moments.utc_time(job.next_run)})" if job.next_run.astimezone(case.zone).utcoffset() else ""
    return f"{local}{utc}, {away}"


def shift_words(case: Case) -> str | None:
    """Where daylight saving moves the hour; None when it does not within a year."""
    if case.job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return None
    return schedule_words.shift_warning(case.job.schedule, case.now, case.zone, runs_done=case.job.n_runs)
