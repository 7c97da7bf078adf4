"""Checks of a draft against the timers that are there: rate, duplicates, opposite directions, overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import DESTINATION, INTERVAL, NAME, SOURCE, WHOLE
from globus_tui.domain.findings import note, ok, stop, warn
from globus_tui.domain.history import look_back, task_of
from globus_tui.domain.job import FlowStart
from globus_tui.domain.rate_budget import LIMIT_PER_HOUR, rate_number
from globus_tui.domain.run import took
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.timer_index import counts, pairs, sources, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.findings import Finding
    from globus_tui.domain.job import Job
    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.task import Task
    from globus_tui.domain.timer_index import TimerIndex

    _Make = Callable[[str, str], Finding]


def check_against_timers(
    draft: Draft, timers: TimerIndex, tasks: Mapping[str, Task], *, now: datetime, replaces: str | None = None
) -> Iterator[Finding]:
    """Everything that other timers have to do with it.

    Args:
        draft: what is to be made.
        timers: all of them.
        tasks: known tasks of their runs, by id.
        now: the present.
        replaces: id of the timer that is to be replaced by it.
    """
    if draft.what is not What.TRANSFER_NOW:
        yield from _rate(draft, timers, replaces)
        yield from _name(draft, timers, replaces)
    if draft.what is What.FLOW_TIMER:
        yield from _same_flow(draft, timers, replaces)
        return
    yield from _relations(draft, timers, replaces)
    yield from _overlap(draft, timers, tasks, now)


def schedules_of(draft: Draft) -> tuple[Schedule, ...]:
    """The schedules of all timers that it takes."""
    if draft.what is What.TRANSFER_NOW:
        return ()
    if len(draft.group) > 1:
        return tuple(one.schedule for one in draft.group)
    return (draft.schedule,) if draft.schedule else ()


def _rate(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    budget = timers.rates(schedules_of(draft), replaces)
    limit = rate_number(LIMIT_PER_HOUR)
    if budget.over:
        yield stop(
            INTERVAL,
            f"Your timers together would start {rate_number(budget.total)} times an hour; Globus allows {limit}",
        )
    elif budget.over_when_resumed:
        both = rate_number(budget.total + budget.standing)
        yield warn(
            INTERVAL, f"With the paused ones your timers would start {both} times an hour; Globus allows {limit}"
        )
    elif budget.added:
        yield ok(INTERVAL, f"Your timers together start {rate_number(budget.total)} times an hour (limit: {limit})")


def _name(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    if not draft.name.strip():
        yield note(NAME, "It has no name: it will be hard to find again")
    elif any(job.job_id != replaces for job in timers.named(draft.name)):
        yield warn(NAME, "Another timer has this name")


def _same_flow(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    inputs = dict(draft.flow.inputs)
    for job in timers.starting(draft.flow.flow_id or ""):
        same = isinstance(job.payload, FlowStart) and dict(job.payload.inputs) == inputs
        if same and job.job_id != replaces:
            yield warn(WHOLE, f"{job.label} starts the same flow with the same input")


def _relations(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    """At most one finding for each other timer, the worst; many of one kind are counted after the first few."""
    mine, deletes = draft.transfer, draft.transfer.delete_destination_extra
    forth = pairs(mine)
    told: set[int] = set()

    def new(found: set[int]) -> list[Job]:
        fresh = sorted(found - told)
        told.update(found)
        return [one for one in map(timers.jobs.__getitem__, fresh) if counts(one) and one.job_id != replaces]

    yield from _listed(warn, WHOLE, new(timers.moving(forth)), _same_things(draft))
    back = new(timers.moving({(to, at, source, path) for source, path, to, at in forth}))
    yield from _opposite(back, deletes=deletes is True)
    lost = ", and what they put there would be deleted" if deletes else ""
    alike = new(timers.writing(targets(mine)))
    yield from _summed(warn if deletes else note, DESTINATION, alike, f"to the same folder{lost}", "write")
    yield from _summed(
        note, SOURCE, new(timers.writing(sources(mine))), "to the source: a run may find it half done", "write"
    )
    yield from _summed(note, SOURCE, new(timers.reading(sources(mine))), "the same folder", "read")


_NAMED = 3
"""Timers of one kind that are named; the others are counted."""


def _same_things(draft: Draft) -> Callable[[Job], str]:
    schedules = schedules_of(draft)

    def words(job: Job) -> str:
        same_time = isinstance(job.schedule, RecurringSchedule) and job.schedule in schedules
        return f"moves the same things between the same places{' at the same times' if same_time else ''}"

    return words


def _opposite(found: list[Job], *, deletes: bool) -> Iterator[Finding]:
    """Timers in the opposite direction: two that delete may undo each other for good."""

    def deleting(job: Job) -> bool:
        return job.transfer is not None and job.transfer.delete_destination_extra is True

    def words(job: Job) -> str:
        also = ", and deletes: they may undo each other" if deletes or deleting(job) else ""
        return f"moves the same things in the opposite direction{also}"

    fatal = [job for job in found if deletes and deleting(job)]
    yield from _listed(stop, WHOLE, fatal, words)
    yield from _listed(warn, WHOLE, [job for job in found if not (deletes and deleting(job))], words)


def _listed(make: _Make, field: str, found: list[Job], words: Callable[[Job], str]) -> Iterator[Finding]:
    for job in found[:_NAMED]:
        yield make(field, f"{job.label} {words(job)}")
    if rest := found[_NAMED:]:
        yield make(field, f"{len(rest)} more: the first of them, {rest[0].label}, {words(rest[0])}")


def _summed(make: _Make, field: str, found: list[Job], words: str, verb: str) -> Iterator[Finding]:
    """One sentence about all of them."""
    if len(found) == 1:
        yield make(field, f"{found[0].label} {verb}s {words.replace('they put', 'it puts')}")
    elif found:
        named, rest = [job.label for job in found[:_NAMED]], len(found) - _NAMED
        listed = f"{', '.join(named)} and {rest} more" if rest > 0 else f"{', '.join(named[:-1])} and {named[-1]}"
        yield make(field, f"{listed} {verb} {words}")


_MOST_LOOKED_BACK = 30
"""Timers of a route whose runs are gone through: those with most runs tell how long it takes."""


def usual_time(
    draft: Draft, timers: TimerIndex, tasks: Mapping[str, Task], now: datetime
) -> tuple[timedelta | None, timedelta | None]:
    """How long runs between the same collections took: the median of the timer with most runs, and the last one."""
    mine = draft.transfer
    exact = sorted((timers.jobs[one] for one in timers.moving(pairs(mine))), key=lambda job: -(job.n_runs or 0))
    alike = exact or timers.between((mine.source_endpoint, mine.destination_endpoint))
    usual: timedelta | None = None
    last: tuple[datetime, timedelta] | None = None
    for job in alike[:_MOST_LOOKED_BACK]:
        usual = usual or look_back(job, tasks, now).usual
        for run in job.runs:
            lasted = took(run, task_of(run, tasks))
            if lasted is not None and run.ran_at is not None and (last is None or run.ran_at > last[0]):
                last = (run.ran_at, lasted)
    return usual, last[1] if last else None


def _overlap(draft: Draft, timers: TimerIndex, tasks: Mapping[str, Task], now: datetime) -> Iterator[Finding]:
    schedule = draft.schedule
    if draft.what is What.TRANSFER_NOW or not isinstance(schedule, RecurringSchedule):
        return
    usual, last = usual_time(draft, timers, tasks, now)
    if last is not None and last >= schedule.interval:
        yield warn(
            INTERVAL,
            f"The last run between these collections took {_minutes(last)}: longer than the interval, ticks are lost",
        )
    elif usual is not None and usual >= schedule.interval:
        yield warn(INTERVAL, f"Runs between these collections usually take {_minutes(usual)}, longer than the interval")
    elif usual is not None:
        yield note(INTERVAL, f"Similar runs took {_minutes(usual)} (median), so no skipped ticks are expected")


def starts_together(draft: Draft, jobs: Iterable[Job]) -> int:
    """How many timers start within a minute of its first tick: Globus works on a few tasks of a user at a time."""
    schedule = draft.schedule
    first = schedule.at if isinstance(schedule, OnceSchedule) else schedule.start if schedule else None
    if first is None:
        return 0
    coming = (job.next_run for job in jobs if not job.stands_still)
    return sum(1 for moment in coming if moment and abs((moment - first).total_seconds()) < 60)


def _minutes(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
