from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from globus_tui.domain.errors import ConnectionFailed, SignedOut, TimersAPIError
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import Job, JobId
from globus_tui.domain.timer.run import Outcome, RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store import board
from globus_tui.store import rows as store_rows
from globus_tui.store.operations import Pause, Rename
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.refresher import DueJobs, Reach, WakeKind
from globus_tui.store.rows import Row, make_row
from tests.store.fakes import HOUR, NOON, Gate, World, a_job, a_run, paused, refused

ONE = JobId("one")
HALF_PAST = NOON - timedelta(minutes=30)


def no_network() -> ConnectionFailed:
    return ConnectionFailed("No route to the service.", maybe_processed=False)


async def test_a_failed_refresh_keeps_the_rows_says_why_and_when_it_tries_again() -> None:
    world = World(a_job())
    await world.store.refresh()
    rows = world.store.states
    world.later(30)
    world.jobs.errors["list_jobs"] = [no_network(), no_network()]
    await world.store.refresh()
    first = world.store.freshness
    assert world.store.states is rows
    assert first.state is FreshnessState.STALE
    assert first.checked_at == NOON
    assert first.problem == "No route to the service."
    assert first.next_attempt == world.present + timedelta(seconds=30)
    await world.store.refresh()
    assert world.store.freshness.next_attempt == world.present + timedelta(seconds=60)
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.FRESH


async def test_after_three_intervals_without_an_answer_every_word_is_unknown_until_it_comes_back() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    world.later(89)
    world.store.refresher.tick()
    assert world.store.states[ONE].health.word is Word.OK
    world.later(1)
    world.store.refresher.tick()
    assert {state.health.word for state in world.store.states.values()} == {Word.UNKNOWN}
    await world.store.refresh()
    assert {state.health.word for state in world.store.states.values()} == {Word.OK}


async def test_being_signed_out_stops_the_clock_until_somebody_signs_in() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.errors["list_jobs"] = [SignedOut("The sign-in was withdrawn.")]
    await world.store.refresh()
    freshness = world.store.freshness
    assert freshness.state is FreshnessState.SIGNED_OUT
    assert freshness.next_attempt is None
    assert freshness.advice == "Press S to sign in."
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.kind is WakeKind.TICK
    world.store.refresher.signed_in()
    assert world.store.freshness.next_attempt == world.present
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.kind is WakeKind.REFRESH
    await world.store.wake()
    assert world.store.freshness.state is FreshnessState.FRESH


async def test_timers_that_refuses_a_fresh_sign_in_says_so_instead_of_asking_for_another() -> None:
    world = World(a_job())
    world.jobs.errors["list_jobs"] = [refused(401), refused(401), None, refused(401)]
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT
    world.store.refresher.signed_in(fresh=True)
    await world.store.wake()
    freshness = world.store.freshness
    assert freshness.state is not FreshnessState.SIGNED_OUT
    assert freshness.advice is not None
    assert "another will not help" in freshness.advice
    assert freshness.next_attempt is not None
    await world.store.refresh()
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT, "what was good for a while can end"


async def test_credentials_that_are_gone_after_a_fresh_sign_in_are_signed_out_all_the_same() -> None:
    world = World(a_job())
    world.store.refresher.signed_in(fresh=True)
    world.jobs.errors["list_jobs"] = [SignedOut("The sign-in was withdrawn.")]
    await world.store.wake()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT
    assert world.store.freshness.advice == "Press S to sign in."


async def test_whoever_is_signed_out_is_not_asked_for_single_timers_either() -> None:
    world = World(a_job())
    await world.store.refresh()
    await world.store.operate(Pause(ONE))
    world.jobs.errors["list_jobs"] = [SignedOut("The sign-in was withdrawn.")]
    await world.store.refresh()
    calls = list(world.jobs.calls)
    world.later(60)
    await world.store.wake()
    assert world.jobs.calls == calls


async def test_the_same_list_is_handed_over_again_only_where_something_was_changed_here() -> None:
    world = World(a_job())
    await world.store.refresh()
    await world.store.operate(Rename(ONE, "another name"))
    for _ in range(2):
        world.later(1)
        await world.store.refresh()
    assert world.jobs.unless_same == [True, False, True]


async def test_a_401_of_the_service_counts_as_signed_out() -> None:
    world = World(a_job())
    world.jobs.errors["list_jobs"] = [refused(401)]
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT


async def test_retry_after_is_obeyed() -> None:
    world = World(a_job())
    busy = TimersAPIError("Too many requests.", service="timer", status=429, retry_after=600)
    world.jobs.errors["list_jobs"] = [busy]
    await world.store.refresh()
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds >= 600


async def test_refreshing_switched_off_asks_nothing_by_itself_but_on_request() -> None:
    world = World(a_job())
    world.store.refresher.set_interval(0)
    await world.store.wake()
    assert world.jobs.calls == []
    await world.store.refresh()
    freshness = world.store.freshness
    assert freshness.state is FreshnessState.PAUSED
    assert freshness.next_attempt is None


async def test_a_timer_is_read_alone_just_after_its_next_run_falls_due_and_only_once() -> None:
    world = World(a_job("one"), a_job("two", interval=HOUR * 2))
    world.jobs.put(replace(a_job("two"), next_run=NOON + HOUR))
    await world.store.refresh()
    world.store.refresher.set_interval(3600)
    world.later(30)
    await world.store.wake()
    world.later(30 * 60 - 30 + 4)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "list_jobs"]
    world.later(1)
    for _ in range(2):
        await world.store.wake()
        assert world.jobs.calls == ["list_jobs", "list_jobs", "get_job"]
        world.later(10)


@pytest.mark.parametrize(("timers", "read_alone"), [(3, 3), (4, 0), (20, 0)])
async def test_many_timers_falling_due_together_are_left_to_the_list(timers: int, read_alone: int) -> None:
    world = World(*(a_job(f"j{n}") for n in range(timers)))
    await world.store.refresh()
    world.store.refresher.set_interval(3600)
    world.later(30)
    await world.store.wake()
    world.later(30 * 60)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "list_jobs", *["get_job"] * read_alone]


async def test_countdowns_go_by_the_services_clock() -> None:
    world = World(a_job())
    world.ahead = timedelta(minutes=45)
    await world.store.refresh()
    assert world.store.now() == NOON + timedelta(minutes=45)
    assert world.store.states[ONE].health.word is Word.OVERDUE
    assert world.store.freshness.checked_at == NOON


async def test_time_alone_makes_a_timer_overdue_without_any_request() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_interval(3600)
    world.later(36 * 60)
    world.store.refresher.tick()
    before = world.store.states[ONE].health.word
    world.later(1)
    world.store.refresher.tick()
    after = world.store.states[ONE].health
    assert (before, after.word, after.since) == (Word.OK, Word.OVERDUE, NOON + timedelta(minutes=30))


async def test_a_run_that_goes_on_is_judged_again_when_its_age_means_something_else_not_at_every_look() -> None:
    began = a_run(NOON - timedelta(seconds=20), "t1", RunState.IN_PROGRESS)
    world = World(a_job(runs=[began]), tasks=[Task("t1", TaskStatus.ACTIVE)])
    await world.store.refresh()
    world.store.refresher.set_interval(7200)
    before = world.store.states
    for _ in range(5):
        world.later(60)
        world.store.refresher.tick()
    assert world.store.states is before
    world.later(3600)
    world.store.refresher.tick()
    assert world.store.states[ONE].health.word is Word.OVERRUN


async def test_someone_who_looks_away_is_served_more_slowly_and_at_once_on_return() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_focus(False)
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds > 60
    assert world.store.freshness.next_attempt == NOON + timedelta(seconds=120)
    world.later(60)
    world.store.refresher.set_focus(True)
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.seconds, wake.kind) == (0, WakeKind.REFRESH)


async def test_whoever_comes_back_is_not_told_of_a_silence_before_globus_was_asked() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_focus(False)
    world.later(100)  # more than three intervals of somebody who looks, less than one of somebody who does not
    world.store.refresher.set_focus(True)
    world.store.refresher.tick()
    assert not world.store.freshness.outdated
    world.later(61)
    world.store.refresher.tick()
    assert world.store.freshness.outdated, "it was asked two intervals ago and has not answered"


async def test_what_is_outdated_is_made_good_by_an_answer_and_by_nothing_else() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.errors["list_jobs"] = [refused(503)]
    world.later(91)
    await world.store.refresh()
    assert world.store.freshness.outdated
    world.store.refresher.set_focus(False)
    assert world.store.freshness.outdated, "three intervals of somebody who looks away are longer"
    world.store.refresher.set_interval(600)
    assert world.store.freshness.outdated
    world.later(-60)
    world.store.refresher.tick()
    assert world.store.freshness.outdated
    await world.store.refresh()
    assert not world.store.freshness.outdated


async def test_while_nobody_looks_a_run_that_falls_due_is_not_asked_for_by_itself() -> None:
    world = World(replace(a_job(), next_run=NOON + timedelta(seconds=5)))
    world.store.refresher.set_interval(600)
    await world.store.refresh()
    looked = world.store.next_wake()
    world.store.refresher.set_focus(False)
    away = world.store.next_wake()
    assert looked is not None
    assert away is not None
    assert looked.kind is WakeKind.JOBS
    assert away.kind is not WakeKind.JOBS
    world.later(11)
    await world.store.details.load_detail(ONE)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "get_job"], "what was opened, and nothing by itself"
    world.store.refresher.set_focus(True)
    await world.store.wake()
    assert world.jobs.calls[2:] == ["get_job"]


async def test_the_first_reading_is_not_put_off_when_nobody_looks() -> None:
    world = World(a_job())
    world.store.refresher.set_focus(False)
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.seconds, wake.kind) == (0, WakeKind.REFRESH)


async def test_a_first_list_is_published_as_a_whole_though_time_passes_while_it_is_judged() -> None:
    jobs = [replace(a_job(f"timer {number}"), next_run=NOON + timedelta(minutes=1)) for number in range(1000)]
    world = World(*jobs)
    published: list[int] = []
    world.store.subscribe(lambda change: published.append(len(world.store.states)) if change.jobs else None)
    reading = asyncio.create_task(world.store.refresh())
    while not reading.done():
        await asyncio.sleep(0)
        world.later(60)
        world.store.refresher.tick()
    assert published[0] == len(jobs)


async def test_while_something_is_being_read_it_is_not_due_again_so_that_nothing_spins() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_interval(3600)
    world.later(30)
    await world.store.wake()
    world.later(30 * 60)
    gate = world.jobs.gates["get_job"] = Gate()
    reading = asyncio.create_task(world.store.wake())
    await gate.reached.wait()
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.kind is not WakeKind.JOBS
    gate.open.set()
    await reading
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds > 0


async def test_a_broken_transfer_service_is_not_hammered_for_older_tasks() -> None:
    runs = [a_run(HALF_PAST - n * HOUR, f"t{n}", RunState.SUCCEEDED) for n in range(10)]
    world = World(*(a_job(f"j{n}", runs=[replace(run, resource_id=f"{n}-{run.resource_id}") for run in runs])
                    for n in range(20)))  # fmt: skip
    world.tasks.errors["tasks_by_id"] = [no_network()] * 50
    await world.store.refresh()
    for _ in range(4):
        world.later(6)
        await world.store.wake()
    assert len(world.tasks.asked) == 1
    world.later(300)
    await world.store.refresh()
    assert len(world.tasks.asked) == 2


async def test_what_became_of_older_runs_is_looked_up_bit_by_bit_until_all_is_known() -> None:
    world = with_a_long_past()
    await world.store.refresh()
    known = [world.store.has_all_tasks]
    for _ in range(20):
        wake = world.store.next_wake()
        assert wake is not None
        if wake.kind is not WakeKind.TASKS:
            break
        assert wake.seconds == 5
        world.later(wake.seconds)
        await world.store.wake()
    known.append(world.store.has_all_tasks)
    assert known == [False, True]
    assert world.jobs.calls == ["list_jobs"]
    assert len({one for ids in world.tasks.asked for one in ids}) == sum(map(len, world.tasks.asked)) == 1400


async def test_while_a_look_up_of_tasks_is_under_way_no_other_one_is_begun() -> None:
    world = with_a_long_past()
    await world.store.refresh()
    gate = world.tasks.gate = Gate()
    world.later(5)
    looking = asyncio.create_task(world.store.wake())
    await gate.reached.wait()
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.kind is not WakeKind.TASKS
    await world.store.refresh()
    assert len(world.tasks.asked) == 2
    gate.open.set()
    await looking
    assert len(world.tasks.known) > len(world.store.tasks) > 0


async def test_a_program_that_does_not_stay_reads_on_until_all_is_known_and_told() -> None:
    world = with_a_long_past()
    await world.store.read_once()
    assert world.store.has_all_tasks
    assert len(world.store.tasks) == 1400
    assert world.store.freshness.partial is None
    asked = len(world.tasks.asked)
    await world.store.read_once()
    assert len(world.tasks.asked) == asked


async def test_a_program_that_does_not_stay_judges_each_timer_once_knowing_its_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = with_a_long_past()
    judged: list[str] = []

    def noting(job: Job, *others: Any, **more: Any) -> Row:
        judged.append(job.job_id)
        return make_row(job, *others, **more)

    for module in (store_rows, board):
        monkeypatch.setattr(module, "make_row", noting)
    await world.store.read_once()
    assert len(judged) == len(set(judged)) == 100
    assert {row.word for row in world.store.states.rows.values()} == {Word.OK}
    glance = world.store.states.glance(next(iter(world.store.states.rows.values())))
    whole = world.store.states[glance.job_id]
    assert glance.history.outcomes[0] is whole.history.outcomes[0] is Outcome.OK
    assert (glance.last_ran, glance.history.missed_now) == (whole.last_ran, whole.history.missed_now)
    await world.store.refresh()  # a wall goes on so
    assert world.store.states[glance.job_id] == whole


@pytest.mark.parametrize("status", [401, 503])
async def test_a_program_that_does_not_stay_asks_for_no_tasks_when_its_timers_cannot_be_read(status: int) -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]), tasks=[Task("t1", TaskStatus.ACTIVE)])
    await world.store.read_once()
    world.jobs.errors["list_jobs"] = [refused(status)]
    await world.store.read_once()
    assert world.tasks.asked == [("t1",)]
    await world.store.read_once()
    assert world.tasks.asked == [("t1",)] * 2


async def test_a_program_that_does_not_stay_says_what_it_could_not_read_and_stops_there() -> None:
    world = with_a_long_past()
    for asked in (1, 2):
        world.tasks.errors["tasks_by_id"] = [no_network()]
        await world.store.read_once()
        assert len(world.tasks.asked) == asked
        assert world.store.freshness.partial == "What became of the runs could not be read: No route to the service."
        assert not world.collections.asked
        assert len(world.store.states) == 100


def with_a_long_past() -> World:
    """100 timers with 14 runs each, more tasks than a look-up holds."""
    jobs = [
        a_job(f"j{n}", runs=[a_run(HALF_PAST - k * HOUR, f"{n}-{k}", RunState.SUCCEEDED) for k in range(14)])
        for n in range(100)
    ]
    return World(*jobs, tasks=[Task(f"{n}-{k}", TaskStatus.SUCCEEDED) for n in range(100) for k in range(14)])


# --- what another copy on this host was told


async def test_a_list_that_another_copy_was_told_is_as_old_as_it_is_and_the_next_comes_a_little_later() -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]), tasks=[Task("t1", TaskStatus.ACTIVE)])
    world.jobs.age = 12.0
    await world.store.wake()
    assert world.store.freshness.checked_at == NOON - timedelta(seconds=12)
    assert world.store.freshness.next_attempt == NOON + timedelta(seconds=30 - 12 + 2)
    refresher = world.store.refresher
    assert (refresher.lists_shared, refresher.lists_requested, refresher.last_was_shared) == (1, 0, True)
    await world.store.refresh()
    assert world.store.freshness.next_attempt == NOON + timedelta(seconds=30)
    assert (refresher.lists_shared, refresher.lists_requested, refresher.last_was_shared) == (1, 1, False)
    assert (world.jobs.younger_than, world.tasks.younger_than) == ([30.0, 0.0], [30.0, 0.0])


async def test_whoever_does_not_look_makes_do_with_an_older_list_of_another_copy() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_focus(False)
    world.later(120)
    await world.store.wake()
    assert world.jobs.younger_than == [0.0, 120.0]


async def test_copies_that_failed_together_do_not_come_back_together() -> None:
    attempts = []
    for drawn in (0.0, 1.0):
        world = World(a_job())
        world.drawn = drawn
        world.jobs.errors["list_jobs"] = [no_network()]
        await world.store.refresh()
        attempts.append(world.store.freshness.next_attempt)
    assert attempts == [NOON + timedelta(seconds=22.5), NOON + timedelta(seconds=37.5)]


# --- single timers


async def test_a_timer_that_cannot_be_read_by_itself_stays_in_the_list_until_it_is_known_to_be_gone() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    refresher = world.store.refresher
    world.jobs.errors["get_job"] = [no_network(), refused(500), refused(401)]
    for _ in range(2):
        await refresher.read_job(ONE)
        assert world.store.freshness.state is FreshnessState.FRESH
    await refresher.read_job(ONE)
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT
    assert list(world.store.states) == ["one", "two"]
    del world.jobs.jobs[ONE]
    await refresher.read_job(ONE)
    assert list(world.store.states) == ["two"]


async def test_the_look_after_an_action_waits_for_the_next_action_on_that_timer() -> None:
    world = World(a_job())
    await world.store.refresh()
    await world.store.operate(Pause(ONE))
    gate = world.jobs.gates["update_job"] = Gate()
    renaming = asyncio.create_task(world.store.operate(Rename(ONE, "another name")))
    await gate.reached.wait()
    calls = list(world.jobs.calls)
    world.later(3)
    await world.store.wake()
    assert world.jobs.calls == calls
    gate.open.set()
    await renaming


@pytest.mark.parametrize(("acted_on", "calls"), [(9, ["get_job"] * 9), (10, ["list_jobs"])])
async def test_after_an_action_on_ten_timers_one_list_is_less_than_ten_readings(
    acted_on: int, calls: list[str]
) -> None:
    world = World(*(a_job(f"j{number}") for number in range(12)))
    await world.store.refresh()
    for number in range(acted_on):
        await world.store.operate(Pause(JobId(f"j{number}")))
    before = len(world.jobs.calls)
    world.later(3)
    await world.store.wake()
    assert world.jobs.calls[before:] == calls


async def test_a_timer_that_left_the_list_after_an_action_is_not_looked_at_again() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    await world.store.operate(Pause(ONE))
    del world.jobs.jobs[ONE]
    await world.store.refresh()
    calls = list(world.jobs.calls)
    world.later(3)
    await world.store.wake()
    assert world.jobs.calls == calls


async def test_single_timers_are_read_by_one_reading_at_a_time() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    refresher = world.store.refresher
    refresher.due.wish(ONE, world.present)
    gate = world.jobs.gates["get_job"] = Gate()
    reading = asyncio.create_task(refresher.read_due_jobs())
    await gate.reached.wait()
    refresher.due.wish(JobId("two"), world.present)
    await refresher.read_due_jobs()
    assert world.jobs.calls == ["list_jobs", "get_job"]
    gate.open.set()
    await reading
    await refresher.read_due_jobs()
    assert world.jobs.calls == ["list_jobs", "get_job", "get_job"]


async def test_while_the_list_cannot_be_read_single_timers_are_not_asked_for() -> None:
    world = World(replace(a_job(), next_run=NOON + timedelta(seconds=40)))
    world.store.refresher.set_interval(600)
    await world.store.refresh()
    world.jobs.errors["list_jobs"] = [no_network()]
    await world.store.refresh()
    world.later(60)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "list_jobs"]


# --- the clock


async def test_a_verdict_that_time_alone_changes_is_given_when_it_is_due() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.refresher.set_interval(0)
    published: list[bool] = []
    world.store.subscribe(lambda change: published.append(ONE in change.jobs))
    waited = 0.0
    for _ in range(10):
        wake = world.store.next_wake()
        assert wake is not None
        assert wake.kind is WakeKind.TICK
        assert wake.seconds > 0, "nothing spins"
        waited += wake.seconds
        world.later(wake.seconds)
        await world.store.wake()
        if world.store.freshness.outdated:
            break
    assert waited == 900
    assert world.jobs.calls == ["list_jobs"]


async def test_signed_out_and_told_that_all_is_old_there_is_nothing_left_to_wake_for() -> None:
    world = World()
    await world.store.refresh()
    world.jobs.errors["list_jobs"] = [refused(401)]
    await world.store.refresh()
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.kind, wake.seconds) == (WakeKind.TICK, 90)
    world.later(90)
    await world.store.wake()
    assert world.store.freshness.outdated
    assert world.store.next_wake() is None


async def test_looks_at_what_time_changes_are_half_a_minute_apart() -> None:
    world = World(a_job("one"), replace(a_job("two"), next_run=NOON + timedelta(minutes=30, seconds=4)))
    await world.store.refresh()
    world.store.refresher.set_interval(0)
    world.store.refresher.board.set_freshness(replace(world.store.freshness, outdated=True))
    world.later(36 * 60)
    world.store.refresher.tick()
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.kind, wake.seconds) == (WakeKind.TICK, 30)
    world.later(5)
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.kind, wake.seconds) == (WakeKind.TICK, 25)


async def test_the_header_tells_at_once_that_refreshing_is_off_and_that_it_is_on_again() -> None:
    world = World(a_job())
    await world.store.refresh()
    told = []
    for seconds in (0, 60):
        world.store.refresher.set_interval(seconds)
        told.append((world.store.freshness.state, world.store.freshness.next_attempt))
    world.jobs.errors["list_jobs"] = [no_network()]
    await world.store.refresh()
    world.store.refresher.set_interval(120)
    told.append((world.store.freshness.state, world.store.freshness.next_attempt))
    assert told == [
        (FreshnessState.PAUSED, None),
        (FreshnessState.FRESH, NOON + timedelta(seconds=60)),
        (FreshnessState.STALE, NOON + timedelta(seconds=60)),
    ]


# --- which timers are read by themselves


def due_jobs(**next_runs: float | None) -> DueJobs:
    found = DueJobs()
    found.note(rows_of(**next_runs))
    return found


def rows_of(**next_runs: float | None) -> list[Row]:
    """Timers with their next runs in so many seconds from noon; None: not known."""
    ats = {one: None if at is None else NOON + timedelta(seconds=at) for one, at in next_runs.items()}
    return [make_row(replace(a_job(one), next_run=at), {}, NOON) for one, at in ats.items()]


FAR = Reach(NOON + timedelta(days=1))


def at(seconds: float) -> tuple[datetime, datetime]:
    """So many seconds after noon, by both clocks."""
    return NOON + timedelta(seconds=seconds), NOON + timedelta(seconds=seconds)


def test_runs_that_fall_due_one_after_the_other_are_read_a_minute_apart() -> None:
    due = due_jobs(one=60, two=80, three=200)
    assert due.next_at(*at(0), FAR) == 65
    assert due.take(*at(65), FAR) == ("one",)
    assert due.next_at(*at(66), FAR) == 59
    assert due.take(*at(90), FAR) == ()
    assert due.take(*at(125), FAR) == ("two",)
    assert due.next_at(*at(185), FAR) == 20


def test_a_run_that_the_next_list_tells_of_soon_enough_is_left_to_it() -> None:
    due = due_jobs(one=60, two=500)
    soon = Reach(NOON + timedelta(seconds=65))
    assert due.next_at(*at(0), soon) is None
    assert due.take(*at(70), soon) == ()
    assert due.next_at(*at(70), replace(soon, before=NOON + timedelta(seconds=66))) == 0


@pytest.mark.parametrize("later", [{"one": None}, {"one": 3600}])
def test_a_next_run_that_is_not_planned_any_more_wakes_nobody(later: dict[str, float | None]) -> None:
    due = due_jobs(one=60, two=900)
    due.note(rows_of(**later))
    assert due.take(*at(65), FAR) == ()
    due = due_jobs(one=60, two=900)
    due.note(rows_of(**later))
    assert due.next_at(*at(0), FAR) == 905


def test_a_timer_that_stands_still_is_not_read_at_its_next_run() -> None:
    due = due_jobs(one=60)
    due.note([make_row(replace(paused(a_job("one")), next_run=NOON + timedelta(seconds=60)), {}, NOON)])
    assert due.next_at(*at(0), FAR) is None


def test_a_timer_that_somebody_has_open_is_read_once_for_each_next_run_whatever_the_list_does() -> None:
    due = due_jobs(one=60)
    opened = Reach(NOON, (JobId("one"), JobId("unknown")))
    assert due.next_at(*at(0), opened) == 65
    assert due.take(*at(64), opened) == ()
    assert due.take(*at(65), opened) == ("one",)
    assert due.next_at(*at(66), opened) is None
    assert due.take(*at(66), replace(FAR, open_jobs=opened.open_jobs)) == (), "it was looked at already"
    due.note(rows_of(one=120))
    assert due.take(*at(125), opened) == ("one",)


def test_of_two_wishes_for_one_timer_the_earlier_counts_and_it_is_fulfilled_once() -> None:
    due = DueJobs()
    for seconds in (9, 3, 6):
        due.wish(ONE, NOON + timedelta(seconds=seconds))
    assert due.next_at(*at(1), FAR) == 2
    assert due.take(*at(3), FAR) == (ONE,)
    assert due.next_at(*at(4), FAR) is None


def test_a_run_that_was_long_past_when_first_seen_is_not_asked_for() -> None:
    due = due_jobs(long_ago=-66, just_now=-65)
    assert due.take(*at(0), FAR) == ("long_ago", "just_now")
    due = due_jobs(long_ago=-66, just_now=-65)
    assert due.next_at(*at(0), FAR) == 0
    assert due.take(*at(0), FAR) == ("just_now",)


def test_next_runs_that_move_all_the_time_do_not_fill_the_memory() -> None:
    due = DueJobs()
    for second in range(1, 1000):
        due.note(rows_of(one=3600 - second, two=7200, three=7200, four=7200, five=7200))
        assert len(due._heap) <= 2 * 5 + 100
    assert due.next_at(*at(0), FAR) == 3600 - 999 + 5
