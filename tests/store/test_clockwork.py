from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from globus_tui.domain.errors import ConnectionFailed, SignedOut, TimersAPIError
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.run import RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.refresher import WakeKind
from tests.store.fakes import HOUR, NOON, Gate, World, a_job, a_run, refused

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
    world.store.tick()
    assert world.store.states[ONE].health.word is Word.OK
    world.later(1)
    world.store.tick()
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
    world.store.signed_in()
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
    world.store.signed_in(fresh=True)
    await world.store.wake()
    freshness = world.store.freshness
    assert freshness.state is not FreshnessState.SIGNED_OUT
    assert freshness.advice is not None
    assert "another will not help" in freshness.advice
    assert freshness.next_attempt is not None
    await world.store.refresh()
    await world.store.refresh()
    assert world.store.freshness.state is FreshnessState.SIGNED_OUT, "what was good for a while can end"


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
    world.store.set_interval(0)
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
    world.store.set_interval(3600)
    world.later(30)
    await world.store.wake()
    world.later(30 * 60 - 30 + 4)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "list_jobs"]
    world.later(1)
    await world.store.wake()
    world.later(10)
    await world.store.wake()
    assert world.jobs.calls == ["list_jobs", "list_jobs", "get_job"]


async def test_many_timers_falling_due_together_are_left_to_the_list() -> None:
    world = World(*(a_job(f"j{n}") for n in range(20)))
    await world.store.refresh()
    world.store.set_interval(3600)
    world.later(30)
    await world.store.wake()
    world.later(30 * 60)
    await world.store.wake()
    assert "get_job" not in world.jobs.calls


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
    world.store.set_interval(3600)
    world.later(36 * 60)
    world.store.tick()
    before = world.store.states[ONE].health.word
    world.later(1)
    world.store.tick()
    after = world.store.states[ONE].health
    assert (before, after.word, after.lasted) == (Word.OK, Word.OVERDUE, timedelta(minutes=6))


async def test_a_still_running_timer_is_a_new_row_once_a_minute_not_at_every_look() -> None:
    began = a_run(NOON - timedelta(seconds=20), "t1", RunState.IN_PROGRESS)
    world = World(a_job(runs=[began]), tasks=[Task("t1", TaskStatus.ACTIVE)])
    await world.store.refresh()
    before = world.store.states
    world.later(39)
    world.store.tick()
    assert world.store.states is before
    world.later(1)
    world.store.tick()
    assert world.store.states[ONE].health.lasted == timedelta(minutes=1)


async def test_someone_who_looks_away_is_served_more_slowly_and_at_once_on_return() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.set_focus(False)
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds > 60
    world.later(60)
    world.store.set_focus(True)
    wake = world.store.next_wake()
    assert wake is not None
    assert (wake.seconds, wake.kind) == (0, WakeKind.REFRESH)


async def test_whoever_comes_back_is_not_told_of_a_silence_before_globus_was_asked() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.set_focus(False)
    world.later(100)  # more than three intervals of somebody who looks, less than one of somebody who does not
    world.store.set_focus(True)
    world.store.tick()
    assert not world.store.freshness.outdated
    world.later(61)
    world.store.tick()
    assert world.store.freshness.outdated, "it was asked two intervals ago and has not answered"


async def test_while_nobody_looks_a_run_that_falls_due_is_not_asked_for_by_itself() -> None:
    world = World(replace(a_job(), next_run=NOON + timedelta(seconds=5)))
    world.store.set_interval(600)
    await world.store.refresh()
    looked = world.store.next_wake()
    world.store.set_focus(False)
    away = world.store.next_wake()
    assert looked is not None
    assert away is not None
    assert looked.kind is WakeKind.JOBS
    assert away.kind is not WakeKind.JOBS


async def test_the_first_reading_is_not_put_off_when_nobody_looks() -> None:
    world = World(a_job())
    world.store.set_focus(False)
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
        world.store.tick()
    assert published[0] == len(jobs)


async def test_while_something_is_being_read_it_is_not_due_again_so_that_nothing_spins() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.store.set_interval(3600)
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
