"""Timers that keep a calendar's schedule together, put together into what a list shows of them as one."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from globus_tui.domain.job import JobId
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import RecurringSchedule
from globus_tui.store.job_state import JobState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from globus_tui.domain.history import Mark
    from globus_tui.domain.timer_groups import TimerGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState(JobState):
    """Several timers as one: the worst of them, with the name they share, their joined past and the nearest run.

    Its `job` has an id that no timer has; `key`, by which a list knows it, is that of its first timer.

    Attributes:
        group: which timers, and what sets them apart.
        parts: their states, in the group's order.
    """

    group: TimerGroup
    parts: tuple[JobState, ...]

    @property
    def key(self) -> JobId:
        """The id of the first timer: so the cursor stays when the group is shown one by one."""
        return self.group.job_ids[0]

    @property
    def members(self) -> tuple[JobState, ...]:
        """Its timers."""
        return self.parts

    @property
    def worst(self) -> JobState:
        """The timer that needs a person most."""
        return min(self.parts, key=lambda one: one.health.word.rank)

    @property
    def soonest(self) -> JobState:
        """The timer that runs next."""
        return _soonest(self.parts) or self.worst

    @property
    def last_ran(self) -> datetime | None:
        """When any of them ran last."""
        return max((one.last_ran for one in self.parts if one.last_ran), default=None)

    @property
    def worst_suffix(self) -> str:
        """Which of its timers is the worst one; empty when all are alike."""
        worst = self.worst
        if all(one.health.word is worst.health.word for one in self.parts):
            return ""
        return self.group.suffixes[self.parts.index(worst)]


def group_state(group: TimerGroup, states: Mapping[JobId, JobState]) -> GroupState:
    """Puts a group's row together."""
    parts = tuple(states[job_id] for job_id in group.job_ids)
    worst = min(parts, key=lambda one: one.health.word.rank)
    soonest = _soonest(parts)
    job = replace(
        worst.job,
        job_id=JobId(f"group of {group.job_ids[0]}"),
        name=group.name,
        next_run=soonest.job.next_run if soonest else None,
    )
    failures = max(one.history.failures_in_a_row for one in parts)
    history = replace(worst.history, marks=_joined_marks(parts), failures_in_a_row=failures)
    pending = next((replace(one.pending, new_name=None) for one in parts if one.pending), None)
    return GroupState(job, history, worst.health, pending, group=group, parts=parts)


def _soonest(parts: tuple[JobState, ...]) -> JobState | None:
    live = [(one.job, place) for place, one in enumerate(parts) if not one.job.stands_still]
    upcoming = [(job.next_run, place) for job, place in live if job.next_run is not None]
    return parts[min(upcoming)[1]] if upcoming else None


def _joined_marks(parts: tuple[JobState, ...]) -> tuple[Mark, ...]:
    """Their marks taken in turn, newest tick first. Marks carry no times, so one that paused may be some ticks off."""
    newest = max((one.last_ran for one in parts if one.last_ran), default=None)

    def last_tick(state: JobState) -> float:
        schedule = state.job.schedule
        if newest is None or not isinstance(schedule, RecurringSchedule) or schedule.start is None:
            return 0.0
        return -((newest - schedule.start) % schedule.interval).total_seconds()

    in_turn = sorted(parts, key=last_tick, reverse=True)
    rounds = zip_longest(*(one.history.marks for one in in_turn))
    return tuple(mark for one in rounds for mark in one if mark is not None)
