"""What takes a timer's place keeps its rhythm, and starts no run that nobody asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, What
from globus_tui.domain.making.taking_place import (
    LEAD,
    SHORT,
    SWAP,
    Skip,
    check_ahead,
    in_place_of,
    not_before,
    starts_at_once,
    with_kept_rhythm,
    without_next_run,
)
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from tests.domain.samples import DAY, HOUR, MINUTE, NOW

if TYPE_CHECKING:
    from globus_tui.domain.schedule.schedule import Schedule

SECOND = timedelta(seconds=1)


def old(schedule: Schedule | None, status: JobStatus = JobStatus.ACTIVE, n_runs: int | None = 5) -> Job:
    return Job(JobId("one"), "one", status, schedule=schedule, n_runs=n_runs)


def ticks(every: timedelta, ahead: timedelta, **end: object) -> RecurringSchedule:
    """One whose next tick is so far ahead."""
    return RecurringSchedule(every, NOW + ahead - 10 * every, EndCondition(**end))  # type: ignore[arg-type]  # handed on


def draft(schedule: Schedule | None) -> Draft:
    return Draft(name="one", schedule=schedule)


@pytest.mark.parametrize(
    ("schedule", "at_once"),
    [
        (None, False),
        (OnceSchedule(), True),
        (RecurringSchedule(HOUR), True),
        (OnceSchedule(NOW - HOUR), True),
        (OnceSchedule(NOW + MINUTE - SECOND), True),
        (OnceSchedule(NOW + MINUTE), False),
        (RecurringSchedule(HOUR, NOW + 59 * SECOND), True),
        (RecurringSchedule(HOUR, NOW + MINUTE), False),
    ],
)
def test_what_has_no_start_or_one_of_this_minute_starts_at_once(schedule: Schedule | None, at_once: bool) -> None:
    assert starts_at_once(schedule, NOW) is at_once


def test_of_a_schedule_of_which_only_the_interval_was_said_the_rest_stays() -> None:
    was = ticks(HOUR, 20 * MINUTE, until=NOW + 9 * DAY)
    read = RecurringSchedule(6 * HOUR)
    kept = with_kept_rhythm(read, was, NOW)
    assert (kept.interval, kept.end) == (6 * HOUR, was.end)
    assert kept.start is not None
    assert was.start is not None
    assert NOW < kept.start <= NOW + 6 * HOUR
    assert not (kept.start - was.start) % (6 * HOUR)
    other_end = EndCondition(after_runs=3)
    assert with_kept_rhythm(replace(read, end=other_end), was, NOW).end == other_end
    said = RecurringSchedule(6 * HOUR, NOW + DAY)
    assert with_kept_rhythm(said, was, NOW) is said
    assert with_kept_rhythm(read, OnceSchedule(NOW), NOW) is read
    assert with_kept_rhythm(read, None, NOW) is read


# --- in the place of one that runs


@pytest.mark.parametrize(
    ("every", "ahead", "starts"),
    [
        (HOUR, 20 * MINUTE, 20 * MINUTE),
        (HOUR, SWAP, SWAP),
        (SHORT, 3 * MINUTE, 3 * MINUTE),
        (SHORT, SWAP, SWAP),
        (SHORT, MINUTE, MINUTE + SHORT),
        (MINUTE, 30 * SECOND, 30 * SECOND + 2 * MINUTE),
    ],
)
def test_a_tick_within_the_swap_is_left_out_where_there_are_many(
    every: timedelta, ahead: timedelta, starts: timedelta
) -> None:
    schedule = ticks(every, ahead)
    found = in_place_of(old(schedule), draft(schedule), NOW)
    assert isinstance(found.schedule, RecurringSchedule)
    assert found.schedule.start == NOW + starts
    assert replace(found, schedule=None) == replace(draft(None))


@pytest.mark.parametrize("every", [SHORT + SECOND, HOUR, DAY])
def test_a_tick_within_the_swap_is_waited_for_where_there_are_few(every: timedelta) -> None:
    schedule = ticks(every, SWAP - SECOND)
    with pytest.raises(BadInput, match="about to start: wait"):
        in_place_of(old(schedule), draft(schedule), NOW)
    ended = replace(schedule, end=EndCondition(after_runs=5))
    in_place_of(old(ended), draft(ticks(every, HOUR)), NOW)  # no run of it comes any more


def test_what_is_to_run_once_or_as_soon_as_it_is_made_is_left_as_it_is() -> None:
    running = old(ticks(HOUR, 20 * MINUTE))
    for schedule in (OnceSchedule(NOW + DAY), RecurringSchedule(HOUR), None):
        one = draft(schedule)
        assert in_place_of(running, one, NOW) is one
    with pytest.raises(BadInput, match="about to start"):
        in_place_of(old(ticks(HOUR, MINUTE)), draft(OnceSchedule(NOW + DAY)), NOW)
    assert in_place_of(old(None), draft(None), NOW).schedule is None


def test_a_run_of_the_new_one_during_the_swap_is_meant_where_the_old_one_has_none_then() -> None:
    near = draft(RecurringSchedule(HOUR, NOW + MINUTE))
    assert in_place_of(old(ticks(HOUR, 20 * MINUTE)), near, NOW) is near
    often = draft(RecurringSchedule(SHORT, NOW + MINUTE))
    found = in_place_of(old(ticks(HOUR, 20 * MINUTE)), often, NOW).schedule
    assert isinstance(found, RecurringSchedule)
    assert found.start == NOW + MINUTE + SHORT


def test_where_nothing_is_moved_the_draft_stays_with_its_group() -> None:
    later = replace(draft(RecurringSchedule(HOUR, NOW + DAY)), group=("a", "b"))  # type: ignore[arg-type]  # only handed on
    assert in_place_of(old(ticks(HOUR, 20 * MINUTE)), later, NOW) is later
    near = replace(later, schedule=ticks(HOUR, 20 * MINUTE))
    assert in_place_of(old(ticks(HOUR, 20 * MINUTE)), near, NOW).group == ()


def test_a_single_transfer_takes_no_timers_place() -> None:
    with pytest.raises(BadInput, match="single transfer"):
        in_place_of(old(ticks(HOUR, 20 * MINUTE)), replace(draft(None), what=What.TRANSFER_NOW), NOW)


# --- in the place of one that stands still


@pytest.mark.parametrize(
    ("ahead", "starts"), [(LEAD, LEAD), (LEAD - SECOND, LEAD - SECOND + DAY), (MINUTE, MINUTE + DAY), (-DAY, DAY)]
)
def test_the_first_run_of_one_that_is_to_stand_still_lies_an_hour_ahead(ahead: timedelta, starts: timedelta) -> None:
    schedule = RecurringSchedule(DAY, NOW + ahead)
    found = in_place_of(old(ticks(DAY, HOUR), JobStatus.INACTIVE), draft(schedule), NOW)
    assert isinstance(found.schedule, RecurringSchedule)
    assert found.schedule.start == NOW + starts


def test_one_without_a_start_begins_just_behind_that_hour() -> None:
    found = not_before(RecurringSchedule(DAY), NOW + LEAD + timedelta(microseconds=7))
    assert isinstance(found, RecurringSchedule)
    assert found.start == NOW + LEAD + SECOND


@pytest.mark.parametrize("at", [None, NOW + LEAD - SECOND, NOW - DAY])
def test_a_single_run_that_is_too_near_is_refused(at: object) -> None:
    with pytest.raises(BadInput, match="more than an hour from now"):
        not_before(OnceSchedule(at), NOW + LEAD)  # type: ignore[arg-type]  # a moment or none
    late = OnceSchedule(NOW + LEAD)
    assert not_before(late, NOW + LEAD) is late
    assert not_before(None, NOW) is None


def test_one_that_ends_before_it_could_begin_is_refused() -> None:
    start = NOW + MINUTE
    ends = RecurringSchedule(DAY, start, EndCondition(until=start + DAY))
    assert not_before(ends, NOW + LEAD) == replace(ends, start=start + DAY)
    with pytest.raises(BadInput, match="ends before its first run"):
        not_before(replace(ends, end=EndCondition(until=start + DAY - SECOND)), NOW + LEAD)


# --- leaving out a run


def test_the_next_run_is_left_out_and_all_others_come() -> None:
    schedule = ticks(HOUR, 20 * MINUTE, until=NOW + 80 * MINUTE)
    one = replace(draft(schedule), group=("a",))  # type: ignore[arg-type]  # only handed on
    found = without_next_run(old(schedule), one, NOW)
    then = NOW + 80 * MINUTE
    assert found == Skip(replace(one, schedule=replace(schedule, start=then), group=()), NOW + 20 * MINUTE, then)


@pytest.mark.parametrize(
    ("schedule", "status", "words"),
    [
        (ticks(HOUR, 20 * MINUTE), JobStatus.INACTIVE, "paused"),
        (OnceSchedule(NOW + HOUR), JobStatus.ACTIVE, "only once"),
        (RecurringSchedule(HOUR), JobStatus.ACTIVE, "cannot be told"),
        (None, JobStatus.ACTIVE, "cannot be told"),
        (ticks(HOUR, 20 * MINUTE, after_runs=5), JobStatus.ACTIVE, "or it has none"),
        (ticks(HOUR, SWAP - SECOND), JobStatus.ACTIVE, "two minutes"),
        (ticks(HOUR, 20 * MINUTE, until=NOW + 79 * MINUTE), JobStatus.ACTIVE, "last one"),
    ],
)
def test_where_there_is_no_run_to_leave_out_it_is_said_why(
    schedule: Schedule | None, status: JobStatus, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        without_next_run(old(schedule, status), draft(schedule), NOW)


def test_a_draft_of_another_kind_leaves_out_nothing() -> None:
    with pytest.raises(BadInput, match="cannot be told"):
        without_next_run(old(ticks(HOUR, 20 * MINUTE)), draft(None), NOW)


def test_a_run_two_minutes_ahead_can_just_be_left_out() -> None:
    check_ahead(NOW + SWAP, NOW)
    with pytest.raises(BadInput, match="look again"):
        check_ahead(NOW + SWAP - SECOND, NOW)
