"""What a timer that takes another's place keeps of its rhythm, and when it may begin: no run starts for the swap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import What
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_tick

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job

LEAD = timedelta(hours=1)
"""A timer that is to stand still is created active and paused then: its first tick lies at least this far ahead, so
that slow and lost answers, and a person asked in between, leave time for the pause."""
SWAP = timedelta(minutes=2)
"""What a swap usually takes at most: within it the old and the new one are both active."""
SHORT = timedelta(minutes=10)
"""Of timers with an interval up to this, a tick may be left out for the swap; for others one waits."""


def starts_at_once(schedule: Schedule | None, now: datetime) -> bool:
    """Whether a run starts as soon as the timer is created: no start is said, or it is this very minute or past."""
    if schedule is None:
        return False
    first = schedule.at if isinstance(schedule, OnceSchedule) else schedule.start
    return first is None or first < now + timedelta(minutes=1)


def with_kept_rhythm(read: RecurringSchedule, original: Schedule | None, now: datetime) -> RecurringSchedule:
    """A schedule of which only the interval was said: start and end stay those of the timer that it comes from."""
    if not isinstance(original, RecurringSchedule) or read.start is not None:
        return read
    start = next_tick(RecurringSchedule(read.interval, original.start), now)
    return RecurringSchedule(read.interval, start, original.end if read.end.never else read.end)


def in_place_of(old: Job, draft: Draft, now: datetime) -> Draft:
    """The draft as it may be sent to take a timer's place: its runs on the same grid, none of them too near.

    The one of a timer that stands still begins `LEAD` from now or later. Of an active one a tick within `SWAP` could
    fire in both: with a short interval it is left out, with a longer one it has to be waited for.

    Raises:
        BadInput: it cannot be made without a run that nobody asked for, or takes nothing's place; the message says
            what to do.
    """
    if draft.what is What.TRANSFER_NOW:
        raise BadInput("A single transfer cannot take a timer's place: choose a kind of timer under What.")
    if old.stands_still:
        schedule = not_before(draft.schedule, now + LEAD)
    else:
        recurring = draft.schedule if isinstance(draft.schedule, RecurringSchedule) else None
        short = recurring is not None and recurring.interval <= SHORT
        coming = next_tick(old.schedule, now, runs_done=old.n_runs)
        if not short and coming is not None and coming < now + SWAP:
            raise BadInput("The old timer's next run is about to start: wait until it has, then create this.")
        has_start = recurring is not None and recurring.start is not None  # without one it was to start on creation
        schedule = not_before(recurring, now + SWAP if short else now) if has_start else draft.schedule
    return draft if schedule is draft.schedule else replace(draft, schedule=schedule, group=())


class Skip(NamedTuple):
    """One run left out.

    Attributes:
        draft: what takes the timer's place.
        run: the tick at which nothing runs.
        then: the tick after it, at which it runs again.
    """

    draft: Draft
    run: datetime
    then: datetime


def without_next_run(old: Job, draft: Draft, now: datetime) -> Skip:
    """A timer in the place of another one, with the same runs but the next one.

    Pausing would not do: a timer that is resumed after a tick makes up for it at once (documented).

    Args:
        draft: `clone` of it, for an edit.
        now: the present: what is next is worked out from it.

    Raises:
        BadInput: there is no run to leave out, or it is too near; the message says what to do.
    """
    schedule, (run, then) = draft.schedule, runs_to_skip(old, now)
    if not isinstance(schedule, RecurringSchedule):
        raise BadInput(_NOT_TOLD)
    return Skip(replace(draft, schedule=replace(schedule, start=then), group=()), run, then)


def runs_to_skip(job: Job, now: datetime) -> tuple[datetime, datetime]:
    """The run that would be left out, and the one with which it would go on.

    Raises:
        BadInput: as `without_next_run` does.
    """
    if job.stands_still:
        raise BadInput("It is paused: nothing runs that could be left out.")
    if isinstance(job.schedule, OnceSchedule):
        raise BadInput("It runs only once: pause it, or delete it.")
    schedule, run = job.schedule, next_tick(job.schedule, now, runs_done=job.n_runs)
    if not isinstance(schedule, RecurringSchedule) or run is None:
        raise BadInput(_NOT_TOLD)
    check_ahead(run, now)
    then = run + schedule.interval
    if schedule.end.until is not None and then > schedule.end.until:
        raise BadInput("Its next run is its last one: pause it, or delete it.")
    return run, then


_NOT_TOLD = "Which run is its next one cannot be told, or it has none."


def check_ahead(run: datetime, now: datetime) -> None:
    """Refuses to leave out a run that could start before the swap is through.

    Raises:
        BadInput: it is too near, or has started meanwhile.
    """
    if run < now + SWAP:
        raise BadInput("The run to be left out is less than two minutes away, or has started meanwhile: look again.")


def not_before(schedule: Schedule | None, earliest: datetime) -> Schedule | None:
    """A schedule on the same grid without the runs before a moment.

    Raises:
        BadInput: nothing of it is left; the message says what to do.
    """
    if isinstance(schedule, OnceSchedule):
        if schedule.at is None or schedule.at < earliest:
            raise BadInput(
                "The old timer is paused, and a run this soon could start before the new one is paused too: "
                "choose a moment more than an hour from now, or clone it (C)."
            )
        return schedule
    if schedule is None:
        return None
    start = schedule.start or earliest.replace(microsecond=0) + timedelta(seconds=1)
    if start < earliest:
        start += -((start - earliest) // schedule.interval) * schedule.interval
    if schedule.end.until is not None and start > schedule.end.until:
        raise BadInput(
            "It ends before its first run could begin: that of a timer which is to stand still lies an hour ahead at "
            "least, so that it can be paused before. Choose a later end."
        )
    return schedule if start == schedule.start else replace(schedule, start=start)
