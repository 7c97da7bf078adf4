from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ConnectionFailed, TransferAPIError
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.run import RunState
from globus_tui.domain.transfer.collection import Collection
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.refresh_plan import FreshnessState
from tests.store.fakes import HOUR, NOON, Gate, World, a_job, a_run

if TYPE_CHECKING:
    from globus_tui.store.job_state import Change

ONE = JobId("one")
HALF_PAST = NOON - timedelta(minutes=30)


def no_network() -> ConnectionFailed:
    return ConnectionFailed("No route to the service.", maybe_processed=False)


def listening(world: World) -> list[Change]:
    changes: list[Change] = []
    world.store.subscribe(changes.append)
    return changes


async def test_before_the_first_answer_the_counts_are_not_zero_but_unknown() -> None:
    world = World()
    assert world.store.count_words() is None
    world.jobs.errors["list_jobs"] = [no_network()]
    await world.store.refresh()
    assert world.store.count_words() is None
    await world.store.refresh()
    counts = world.store.count_words()
    assert counts is not None
    assert set(counts.values()) == {0}


async def test_a_tick_that_finds_a_refresh_running_is_dropped() -> None:
    world = World(a_job())
    gate = world.jobs.gates["list_jobs"] = Gate()
    first = asyncio.create_task(world.store.refresh())
    await gate.reached.wait()
    await world.store.refresher.refresh(own=False)
    assert world.store.next_wake() is None
    gate.open.set()
    await first
    assert world.jobs.calls == ["list_jobs"]


async def test_what_was_made_while_a_list_was_under_way_is_in_the_one_asked_for_after_it() -> None:
    world = World(a_job())
    gate = world.jobs.gates["list_jobs"] = Gate()
    first = asyncio.create_task(world.store.refresh())
    await gate.reached.wait()
    made = a_job("made meanwhile")
    world.jobs.put(made)
    asked = [asyncio.create_task(world.store.refresh()) for _ in range(3)]
    gate.open.set()
    await asyncio.gather(first, *asked)
    assert made.job_id in world.store.states
    assert world.jobs.calls == ["list_jobs", "list_jobs"]


async def test_tasks_that_do_not_come_hold_up_no_list() -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]))
    gate = world.tasks.gate = Gate()
    first = asyncio.create_task(world.store.refresh())
    await gate.reached.wait()
    made = a_job("made meanwhile")
    world.jobs.put(made)
    await world.store.refresh()
    assert made.job_id in world.store.states
    gate.open.set()
    await first
    assert world.tasks.asked == [("t1",)]


async def test_rows_are_published_before_their_tasks_and_names() -> None:
    failed = Task("t1", TaskStatus.FAILED)
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]), tasks=[failed])
    changes = listening(world)
    words: list[Word] = []
    world.store.subscribe(lambda _: words.append(world.store.states[ONE].health.word))
    await world.store.refresh()
    assert words[0] is not Word.FAILED
    assert words[-1] is Word.FAILED
    assert changes[-1].collections
    assert world.store.collections["to-here"].name == "the to-here collection"


async def test_a_timer_whose_task_failed_is_never_green_though_its_run_was_accepted() -> None:
    runs = [a_run(HALF_PAST - n * HOUR, f"t{n}") for n in range(3)]
    world = World(a_job(runs=runs), tasks=[Task(f"t{n}", TaskStatus.FAILED) for n in range(3)])
    await world.store.refresh()
    assert world.store.states[ONE].health.word is Word.FAILED
    assert world.store.states[ONE].health.count == 3


async def test_only_the_row_that_changed_is_a_new_object() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    before = world.store.states
    world.jobs.put(replace(a_job("two"), name="another name"))
    changes = listening(world)
    await world.store.refresh()
    assert world.store.states is not before
    assert world.store.states[ONE] is before[ONE]
    assert {one for change in changes for one in change.jobs} == {JobId("two")}


async def test_equal_answers_made_of_new_objects_change_nothing() -> None:
    world = World(a_job("one"), a_job("two"))
    await world.store.refresh()
    before = world.store.states
    world.jobs.put(a_job("one"), a_job("two"))
    await world.store.refresh()
    assert world.store.states is before


async def test_a_timer_that_is_gone_leaves_the_list_and_a_new_one_takes_its_place_in_order() -> None:
    world = World(a_job("one"), a_job("three"))
    await world.store.refresh()
    world.jobs.jobs = {job.job_id: job for job in (a_job("zero"), a_job("two"), a_job("three"))}
    changes = listening(world)
    await world.store.refresh()
    assert list(world.store.states) == ["zero", "two", "three"]
    assert changes[0].removed == {ONE}


async def test_finished_tasks_are_asked_for_once_and_running_ones_again() -> None:
    runs = [a_run(HALF_PAST, "running"), a_run(HALF_PAST - HOUR, "over")]
    world = World(a_job(runs=runs), tasks=[Task("running", TaskStatus.ACTIVE), Task("over", TaskStatus.SUCCEEDED)])
    await world.store.refresh()
    await world.store.refresh()
    assert world.tasks.asked == [("running", "over"), ("running",)]


async def test_the_newest_run_of_every_timer_is_looked_up_before_any_older_one() -> None:
    many = [
        a_job(f"j{n}", runs=[a_run(HALF_PAST - k * HOUR, f"t{n}-{k}", RunState.SUCCEEDED) for k in range(4)])
        for n in range(30)
    ]
    world = World(*many)
    await world.store.refresh()
    assert {task_id.split("-")[1] for task_id in world.tasks.asked[0][:30]} == {"0"}


async def test_tasks_and_names_are_asked_for_behind_the_rows_on_the_screen() -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]))
    listed = asyncio.Event()
    world.store.subscribe(lambda change: listed.set() if change.freshness else None)
    world.store.refresher.rows_on_screen.clear()
    reading = asyncio.create_task(world.store.refresh())
    await listed.wait()
    assert world.store.freshness.state is FreshnessState.FRESH
    assert (world.tasks.asked, world.collections.asked) == ([], {})
    world.store.refresher.rows_on_screen.set()
    await reading
    assert world.tasks.asked == [("t1",)]
    assert world.collections.asked == {"from-there": 1, "to-here": 1}


async def test_a_task_that_transfer_does_not_know_is_not_asked_for_at_every_refresh() -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "lost")]))
    await world.store.refresh()
    world.later(30)
    await world.store.refresh()
    assert len(world.tasks.asked) == 1
    world.later(3600)
    await world.store.refresh()
    assert len(world.tasks.asked) == 2


async def test_transfer_being_down_is_told_but_the_timers_stay_fresh() -> None:
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]))
    world.tasks.errors["tasks_by_id"] = [no_network()]
    await world.store.refresh()
    freshness = world.store.freshness
    assert freshness.state is FreshnessState.FRESH
    assert freshness.partial is not None
    await world.store.refresh()
    assert world.store.freshness.partial is None


async def test_names_are_looked_up_once_and_a_refused_look_up_is_not_repeated_for_a_while() -> None:
    world = World(a_job("one"), a_job("two"))
    world.collections.errors["from-there"] = TransferAPIError("Not yours.", service="transfer", status=403)
    for _ in range(3):
        await world.store.refresh()
    assert world.collections.asked == {"from-there": 1, "to-here": 1}
    assert world.store.freshness.partial is None
    world.later(3601)
    await world.store.refresh()
    assert world.collections.asked["from-there"] == 2


async def test_names_that_came_with_tasks_need_no_look_up() -> None:
    task = Task(
        "t1",
        TaskStatus.SUCCEEDED,
        source_id="from-there",
        source_name="There",
        destination_id="to-here",
        destination_name="Here",
    )
    world = World(a_job(runs=[a_run(HALF_PAST, "t1")]), tasks=[task])
    await world.store.refresh()
    assert world.store.collections["to-here"].name == "Here"
    assert not world.collections.asked
    assert (await world.store.details.load_collection("to-here")) == Collection("to-here", "the to-here collection")


async def test_older_runs_stay_though_later_answers_carry_fewer() -> None:
    runs = [a_run(HALF_PAST - n * HOUR, state=RunState.SUCCEEDED) for n in range(10)]
    world = World(a_job(runs=runs))
    await world.store.refresh()
    world.jobs.put(replace(a_job(runs=runs), runs=tuple(runs[:4])))
    before = world.store.states
    await world.store.refresh()
    assert world.store.states is before
    assert world.jobs.asked[0] != world.jobs.asked[1]


async def test_a_listener_hears_nothing_after_it_unsubscribed() -> None:
    world = World(a_job())
    changes: list[Change] = []
    world.store.subscribe(changes.append)()
    await world.store.refresh()
    assert changes == []


async def test_of_more_running_tasks_than_one_look_up_holds_each_has_its_turn() -> None:
    many = [a_job(f"j{n}", runs=[a_run(HALF_PAST - n * HOUR, f"t{n}")]) for n in range(300)]
    world = World(*many, tasks=[Task(f"t{n}", TaskStatus.ACTIVE) for n in range(300)])
    for _ in range(9):
        world.later(30)
        await world.store.refresh()
    asked = [set(ids) for ids in world.tasks.asked]
    assert [len(ids) for ids in asked] == [300, *[80] * 8]
    assert set.union(*asked[1:5]) == set.union(*asked[5:]) == asked[0]
