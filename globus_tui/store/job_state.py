"""What the store publishes for one job, and for timers that keep a calendar's schedule together. Frozen, so that a row
that did not change is the same object.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from heapq import nlargest, nsmallest
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.health import Health, Word
from globus_tui.domain.timer.job import Job, JobId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from globus_tui.domain.timer.history import History, Mark, Past
    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.timer.timer_groups import TimerGroup
    from globus_tui.store.rows import Row


class Doing(Enum):
    """What is being done to a job; the value is the word for it."""

    PAUSING = "pausing"
    RESUMING = "resuming"
    RENAMING = "renaming"
    DELETING = "deleting"
    CANCELLING = "cancelling its task"


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation under way.

    `new_name`: for a rename, what it is to be called.
    """

    doing: Doing
    new_name: str | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """The timer that has taken the place of another.

    Attributes:
        label: what it is called; None when it is not there any more.
        state: `active`, `paused`, `ended` or `gone`.
    """

    job_id: str
    label: str | None
    state: str


class Glance(NamedTuple):
    """A timer as far as words about it ask, to be read like a `JobState`: `job` may be the view of its document."""

    job: Job
    health: Health
    replacement: Replacement | None
    history: Past

    @property
    def job_id(self) -> JobId:
        return self.job.job_id

    @property
    def last_ran(self) -> datetime | None:
        return self.job.runs[0].ran_at if self.job.runs else self.job.last_ran_at


@dataclass(frozen=True, slots=True)
class JobState:
    """One timer as it is known now, all layers joined.

    When it was last read is not in here: then every refresh would change every row. See `Freshness`.

    Attributes:
        replacement: what an edit put in its place, as long as it stands still for that.
    """

    job: Job
    history: History
    health: Health
    pending: Pending | None = None
    replacement: Replacement | None = None

    @property
    def job_id(self) -> JobId:
        return self.job.job_id

    @property
    def key(self) -> JobId:
        """What a list knows its row by."""
        return self.job.job_id

    @property
    def members(self) -> Sequence[JobState]:
        """The timers that the row stands for: itself, unless it is a group."""
        return (self,)

    @property
    def worst(self) -> JobState:
        """The timer to look at first."""
        return self

    @property
    def soonest(self) -> JobState:
        """The timer that runs next."""
        return self

    @property
    def run_to_show(self) -> Run | None:
        """The run to look at: the newest that made a task; where one failed, not yet that in progress since."""
        runs = [run for run in self.job.runs if run.resource_id]
        newer = self.job.running and self.health.word is Word.FAILED and runs[:1] == list(self.job.runs[:1])
        return next(iter(runs[1:] if newer and len(runs) > 1 else runs), None)

    @property
    def last_ran(self) -> datetime | None:
        return self.job.runs[0].ran_at if self.job.runs else self.job.last_ran_at


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication changed.

    Attributes:
        jobs: ids of the timers that are new or differ.
        removed: ids of the timers that are gone.
        freshness: how current the data are has changed; it does so at every refresh.
        collections: names of collections came in.
    """

    jobs: frozenset[JobId] = frozenset()
    removed: frozenset[JobId] = frozenset()
    freshness: bool = False
    collections: bool = False

    def __bool__(self) -> bool:
        return bool(self.jobs or self.removed or self.freshness or self.collections)


class GroupState(JobState):
    """Several timers as one: the worst of them, with the name they share, their joined past and the nearest run.

    Its `job` has an id that no timer has; `key`, by which a list knows it, is that of its first timer. Timers are made
    of their rows when it is looked at: one cause may hit thousands, and most groups are never seen.

    Attributes:
        group: which timers, and what sets them apart.
        rows: of its timers, in the group's order.
        make: makes a timer of its row.
        worst_row: of the timer that needs a person most; of several that need as much, the one that runs next.
        soonest_row: of the timer that runs next; None when none will.
    """

    def __init__(self, group: TimerGroup, rows: Mapping[JobId, Row], make: Callable[[Row], JobState]) -> None:
        self.group, self.make = group, make
        self.rows = tuple(rows[job_id] for job_id in group.job_ids)
        self.worst_row = min(self.rows, key=lambda row: (row.rank, _runs_at(row)))
        soonest = min(self.rows, key=_runs_at)
        self.soonest_row = None if _runs_at(soonest) == _NEVER else soonest

    @cached_property
    def worst(self) -> JobState:
        return self.make(self.worst_row)

    @cached_property
    def soonest(self) -> JobState:
        """The timer that runs next; if none will, the worst."""
        return self.make(self.soonest_row) if self.soonest_row else self.worst

    @cached_property
    def job(self) -> Job:
        """The worst one's, under the name they share."""
        next_run = self.soonest.job.next_run if self.soonest_row else None
        return replace(self.worst.job, job_id=self.job_id, name=self.group.name, next_run=next_run)

    @cached_property
    def history(self) -> History:
        """The worst one's, with the marks of all in turn; of many those that ran last."""
        rows = self.rows
        latest = rows if len(rows) <= LOOKED_AT else nlargest(LOOKED_AT, rows, key=lambda row: row.last_run or 0.0)
        return replace(self.worst.history, marks=_joined_marks(tuple(map(self.make, latest))))

    @property
    def health(self) -> Health:
        return self.worst_row.health

    @property
    def pending(self) -> Pending | None:
        return next((replace(row.pending, new_name=None) for row in self.rows if row.pending), None)

    @property
    def replacement(self) -> None:
        """Groups are made of timers that nothing has replaced."""

    @property
    def job_id(self) -> JobId:
        return JobId(f"group of {self.key}")

    @property
    def key(self) -> JobId:
        """The id of the first timer: so the cursor stays when the group is shown one by one."""
        return self.group.job_ids[0]

    @property
    def outage(self) -> bool:
        """One cause hits them; they have nothing else in common."""
        return not any(self.group.suffixes)

    @property
    def members(self) -> Sequence[JobState]:
        """Its timers, of many those that run soonest."""
        rows = self.rows if len(self.rows) <= LOOKED_AT else nsmallest(LOOKED_AT, self.rows, key=_runs_at)
        return tuple(map(self.make, rows))

    @property
    def last_seconds(self) -> float | None:
        """When one of them ran last, in seconds since 1970."""
        return max((row.last_run for row in self.rows if row.last_run is not None), default=None)

    @property
    def last_ran(self) -> datetime | None:
        last = self.last_seconds
        return None if last is None else datetime.fromtimestamp(last, UTC)

    @property
    def worst_suffix(self) -> str:
        """Which of its timers is the worst one; empty when all are alike."""
        if all(row.word is self.worst_row.word for row in self.rows):
            return ""
        return self.group.suffixes[self.group.job_ids.index(self.worst_row.job_id)]


LOOKED_AT = 30
"""Timers of a group of which more is looked at than their rows: no strip shows more marks."""

_NEVER = float("inf")


def _runs_at(row: Row) -> float:
    """When it starts a run by itself, in seconds since 1970."""
    return _NEVER if row.undated or row.stands_still else row.next_run


def _joined_marks(parts: tuple[JobState, ...]) -> tuple[Mark, ...]:
    """Their marks taken in turn, newest tick first. Marks carry no times, so one that paused may be some ticks off."""
    newest = max((state.last_ran for state in parts if state.last_ran), default=None)

    def last_tick(state: JobState) -> float:
        schedule = state.job.schedule
        if newest is None or not isinstance(schedule, RecurringSchedule) or schedule.start is None:
            return 0.0
        return -((newest - schedule.start) % schedule.interval).total_seconds()

    in_turn = sorted(parts, key=last_tick, reverse=True)
    rounds = zip_longest(*(state.history.marks for state in in_turn))
    return tuple(mark for marks in rounds for mark in marks if mark is not None)
