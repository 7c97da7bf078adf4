"""Checks of a draft against the timers that are there: rate, duplicates, opposite directions, overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import DESTINATION, INTERVAL, NAME, SOURCE, WHOLE
from globus_tui.domain.findings import Finding, note, ok, stop, warn
from globus_tui.domain.history import look_back, task_of
from globus_tui.domain.job import FlowStart, JobStatus
from globus_tui.domain.rate_budget import LIMIT_PER_HOUR, rate_budget, rate_number
from globus_tui.domain.run import took
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.job import Job
    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.task import Task
    from globus_tui.domain.transfer import TransferData


def check_against_timers(
    draft: Draft, jobs: Iterable[Job], tasks: Mapping[str, Task], now: datetime, *, replaces: str | None = None
) -> Iterator[Finding]:
    """Everything that other timers have to do with it.

    Args:
        draft: what is to be made.
        jobs: all timers.
        tasks: known tasks of their runs, by id.
        now: the present.
        replaces: id of the timer that is to be replaced by it.
    """
    others = [job for job in jobs if job.job_id != replaces and job.status not in (JobStatus.ENDED, JobStatus.DELETING)]
    if draft.what is not What.TRANSFER_NOW:
        yield from _rate(draft, others)
        yield from _name(draft, others)
    if draft.what is What.FLOW_TIMER:
        yield from _same_flow(draft, others)
        return
    for job in others:
        if job.transfer is not None:
            yield from _relation(draft, job, job.transfer)
    yield from _overlap(draft, jobs, tasks, now)


def schedules_of(draft: Draft) -> tuple[Schedule, ...]:
    """The schedules of all timers that it takes."""
    if draft.what is What.TRANSFER_NOW:
        return ()
    if len(draft.group) > 1:
        return tuple(one.schedule for one in draft.group)
    return (draft.schedule,) if draft.schedule else ()


def _rate(draft: Draft, others: list[Job]) -> Iterator[Finding]:
    budget = rate_budget(others, schedules_of(draft))
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


def _name(draft: Draft, others: list[Job]) -> Iterator[Finding]:
    if not draft.name.strip():
        yield note(NAME, "It has no name: it will be hard to find again")
    elif any(job.name == draft.name for job in others):
        yield warn(NAME, "Another timer has this name")


def _same_flow(draft: Draft, others: list[Job]) -> Iterator[Finding]:
    for job in others:
        start = job.payload
        if not isinstance(start, FlowStart) or not start.flow_id or start.flow_id != draft.flow.flow_id:
            continue
        if dict(start.inputs) == dict(draft.flow.inputs):
            yield warn(WHOLE, f"{job.label} starts the same flow with the same input")


def _relation(draft: Draft, job: Job, other: TransferData) -> Iterator[Finding]:
    """At most one finding for each other timer: the worst."""
    mine = draft.transfer
    if _pairs(mine) & _pairs(other):
        same_time = isinstance(job.schedule, RecurringSchedule) and job.schedule in schedules_of(draft)
        also = " at the same times" if same_time else ""
        yield warn(WHOLE, f"{job.label} moves the same things between the same places{also}")
    elif {(to, at, source, path) for source, path, to, at in _pairs(mine)} & _pairs(other):
        words = f"{job.label} moves the same things in the opposite direction"
        deleting = mine.delete_destination_extra or other.delete_destination_extra
        yield (stop if mine.delete_destination_extra and other.delete_destination_extra else warn)(
            WHOLE, f"{words}, and deletes: they may undo each other" if deleting else words
        )
    elif _nested(_targets(mine), _targets(other)):
        yield (warn if mine.delete_destination_extra else note)(
            DESTINATION,
            f"{job.label} writes to the same folder"
            + (", and what it puts there would be deleted" if mine.delete_destination_extra else ""),
        )
    elif _nested(_targets(other), _sources(mine)):
        yield note(SOURCE, f"{job.label} writes to the source: a run may find it half done")
    elif _nested(_sources(mine), _sources(other)):
        yield note(SOURCE, f"{job.label} reads the same folder")


_Place = tuple[str | None, str]


def _pairs(data: TransferData) -> set[tuple[str | None, str, str | None, str]]:
    return {(*one, *other) for one, other in zip(_sources(data), _targets(data), strict=True)}


def _sources(data: TransferData) -> list[_Place]:
    return [(data.source_endpoint, item.source_path.rstrip("/") + "/") for item in data.items]


def _targets(data: TransferData) -> list[_Place]:
    return [(data.destination_endpoint, item.destination_path.rstrip("/") + "/") for item in data.items]


def _nested(some: list[_Place], others: list[_Place]) -> bool:
    return any(
        one[0] == other[0] and (one[1].startswith(other[1]) or other[1].startswith(one[1]))
        for one in some
        for other in others
    )


def usual_time(
    draft: Draft, jobs: Iterable[Job], tasks: Mapping[str, Task], now: datetime
) -> tuple[timedelta | None, timedelta | None]:
    """How long runs between the same collections took: the median of the timer with most runs, and the last one."""
    pair = (draft.transfer.source_endpoint, draft.transfer.destination_endpoint)
    same = [job for job in jobs if job.transfer and _route(job.transfer) == pair]
    exact = [job for job in same if job.transfer and _pairs(job.transfer) & _pairs(draft.transfer)]
    usual: timedelta | None = None
    last: tuple[datetime, timedelta] | None = None
    for job in sorted(exact or same, key=lambda one: one.n_runs or 0):
        usual = look_back(job, tasks, now).usual or usual
        for run in job.runs:
            lasted = took(run, task_of(run, tasks))
            if lasted is not None and run.ran_at is not None and (last is None or run.ran_at > last[0]):
                last = (run.ran_at, lasted)
    return usual, last[1] if last else None


def _route(data: TransferData) -> tuple[str | None, str | None]:
    return data.source_endpoint, data.destination_endpoint


def _overlap(draft: Draft, jobs: Iterable[Job], tasks: Mapping[str, Task], now: datetime) -> Iterator[Finding]:
    schedule = draft.schedule
    if draft.what is What.TRANSFER_NOW or not isinstance(schedule, RecurringSchedule):
        return
    usual, last = usual_time(draft, jobs, tasks, now)
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
