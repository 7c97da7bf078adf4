from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.history import look_back
from globus_tui.domain.timer.job import Job, JobId
from globus_tui.domain.timer.run import Run, RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.operations import ResumePreview, resume_preview
from globus_tui.store.refresh_plan import LONGEST_WAIT, Plan, runs_to_ask_for, usable_interval, wait_after_failure
from globus_tui.store.rows import make_row
from tests.domain import samples as making
from tests.store.fakes import HOUR, NOON, World, a_job, a_run, paused

HALF_PAST = NOON - timedelta(minutes=30)


def test_a_run_is_judged_again_the_moment_that_it_gets_slow() -> None:
    usual = [making.run_document(making.TODAY_TICK - n * making.DAY, n) for n in range(1, 5)]  # 48 minutes each
    begun = making.NOW - 144 * making.MINUTE
    going = making.job([making.run_document(begun, 0, "active"), *usual], **making.running(begun))
    assert make_row(going, {}, making.NOW).recheck_at == (making.NOW + timedelta(microseconds=1)).timestamp()


def preview_of(job: Job) -> ResumePreview:
    return resume_preview(job, look_back(job, {}, NOON), NOON)


def run_over(at: datetime) -> Run:
    return replace(a_run(at), ended=at + timedelta(minutes=5))


@pytest.mark.parametrize(("wanted", "used"), [(0, 0), (-5, 0), (3, 10), (10, 10), (45, 45)])
def test_the_real_service_is_never_asked_more_often_than_every_ten_seconds(wanted: float, used: float) -> None:
    assert usable_interval(wanted) == used


def test_a_sandbox_may_be_asked_more_often() -> None:
    assert usable_interval(0.5, floor=0.1) == 0.5


@given(st.integers(1, 200), st.floats(0, 1), st.none() | st.floats(0, 5000))
def test_waits_grow_stay_within_the_cap_and_never_undercut_retry_after(
    failures: int, jitter: float, asked: float | None
) -> None:
    wait = wait_after_failure(failures, 30, asked, jitter)
    assert wait >= max(30 * 0.75, asked or 0)
    if asked is None:
        assert wait <= LONGEST_WAIT * 1.25


def test_an_interval_longer_than_the_cap_is_not_shortened_by_failing() -> None:
    assert wait_after_failure(1, 3600, None, 0.5) == 3600


def test_a_new_interval_counts_from_now_and_zero_switches_off() -> None:
    plan = Plan(30, next_at=NOON + timedelta(seconds=30))
    assert plan.with_interval(10, NOON).next_at == NOON + timedelta(seconds=10)
    assert plan.with_interval(0, NOON).next_at is None
    assert plan.with_interval(0, NOON).with_interval(20, NOON).next_at == NOON + timedelta(seconds=20)


def test_signing_out_cannot_be_undone_by_a_new_interval() -> None:
    assert Plan(30, next_at=NOON).signed_out_now().with_interval(10, NOON).next_at is None


def test_many_runs_are_asked_for_at_first_and_after_a_silence_few_in_between() -> None:
    assert runs_to_ask_for(0, None) == runs_to_ask_for(50, 600) > runs_to_ask_for(50, 30)
    assert runs_to_ask_for(10_000, None) < runs_to_ask_for(50, None)


def test_a_timer_paused_over_three_ticks_makes_up_for_one_of_them_at_once() -> None:
    job = paused(a_job(runs=[run_over(HALF_PAST - 3 * HOUR)]))
    preview = preview_of(job)
    assert (preview.catch_up, preview.missed) == (True, 3)
    assert preview.next_run == NOON + timedelta(minutes=30)


def test_a_timer_paused_since_its_last_tick_just_goes_on() -> None:
    preview = preview_of(paused(a_job(runs=[a_run(HALF_PAST)])))
    assert (preview.catch_up, preview.missed) == (False, 0)


def test_a_single_run_that_was_missed_runs_at_once_and_never_again() -> None:
    job = replace(paused(a_job()), schedule=OnceSchedule(NOON - HOUR))
    preview = preview_of(job)
    assert (preview.catch_up, preview.next_run) == (True, None)


def test_the_catch_up_run_may_be_the_last_one() -> None:
    schedule = RecurringSchedule(HOUR, NOON - timedelta(days=1), EndCondition(after_runs=5))
    job = replace(paused(a_job(runs=[run_over(HALF_PAST - 3 * HOUR)])), schedule=schedule, n_runs=4)
    assert preview_of(job).next_run is None


def test_without_a_schedule_nothing_is_foretold() -> None:
    preview = preview_of(replace(paused(a_job()), schedule=None))
    assert (preview.catch_up, preview.missed, preview.next_run) == (None, None, None)


async def test_the_preview_of_a_timer_that_is_gone_knows_nothing() -> None:
    assert World().store.resume_preview(JobId("gone")).catch_up is None


def running(minutes_ago: int) -> Job:
    runs = [
        a_run(NOON - timedelta(minutes=minutes_ago), "t0", RunState.IN_PROGRESS),
        *(replace(a_run(HALF_PAST - n * HOUR), ended=HALF_PAST - n * HOUR + 9 * n * HOUR / 60) for n in range(2, 6)),
    ]
    return a_job(runs=runs)


situations = st.sampled_from(
    [
        a_job(),
        a_job(runs=[a_run(HALF_PAST, state=RunState.SUCCEEDED)]),
        paused(a_job(runs=[a_run(HALF_PAST)])),
        running(0),
        running(-1),
        running(3),
        running(25),
        replace(running(25), next_run=None),
        replace(a_job(), next_run=None),
        replace(a_job(), next_run=None, schedule=OnceSchedule(NOON + HOUR)),
    ]
)


@given(situations, st.integers(0, 4 * 3600), st.integers(1, 4 * 3600))
def test_between_now_and_the_moment_it_names_a_verdict_does_not_change(job: Job, start: int, ahead: int) -> None:
    tasks = {"t0": Task("t0", TaskStatus.ACTIVE)}
    now = NOON + timedelta(seconds=start)
    again = make_row(job, tasks, now).recheck_at
    later = now + timedelta(seconds=ahead)
    if again is not None:
        assert again > now.timestamp()
    if again is None or later.timestamp() < again:
        one, other = ((make_row(job, tasks, at).health, look_back(job, tasks, at)) for at in (now, later))
        assert one == other
