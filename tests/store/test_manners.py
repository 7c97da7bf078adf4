"""How often the services are asked: counted over minutes of simulated time, whatever the timers do meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.run import RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.operations import Pause
from tests.store.fakes import NOON, World, a_job, a_run

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job

EVERY = timedelta(minutes=4)


def at_work(number: int, world: World) -> Job:
    """A timer that runs every four minutes, a few seconds after the one before, and whose task goes on for a minute."""
    offset = timedelta(seconds=6.1 * number)
    gone_by = (world.present - NOON - offset) // EVERY
    runs = [
        a_run(NOON + offset + EVERY * n, f"task-{number}-{n}", RunState.SUBMITTED)
        for n in range(gone_by, gone_by - 3, -1)
    ]
    following = NOON + offset + EVERY * (gone_by + 1)
    return replace(a_job(f"j{number}", runs=runs, interval=EVERY), next_run=following)


def tasks_of(jobs: list[Job], world: World) -> dict[str, Task]:
    def status(age: timedelta) -> TaskStatus:
        return TaskStatus.ACTIVE if age < timedelta(minutes=1) else TaskStatus.SUCCEEDED

    return {
        run.resource_id: Task(run.resource_id, status(world.present - run.ran_at))
        for job in jobs
        for run in job.runs
        if run.resource_id and run.ran_at
    }


class Minutes:
    """Lets time pass over a busy facility, waking the store whenever it wants to be."""

    def __init__(self, timers: int, *, unknown: frozenset[int] = frozenset()) -> None:
        self.world = World()
        self.timers = timers
        self.unknown = unknown
        self.wakes = 0
        self._go_on()

    def _go_on(self) -> None:
        jobs = [at_work(number, self.world) for number in range(self.timers)]
        self.world.jobs.put(*jobs)
        self.world.tasks.known = tasks_of([one for n, one in enumerate(jobs) if n not in self.unknown], self.world)

    async def pass_by(self, minutes: float) -> Counter[str]:
        """What was asked in that time."""
        world, store = self.world, self.world.store
        before, looked_up = len(world.jobs.calls), len(world.tasks.asked)
        end = world.present + timedelta(minutes=minutes)
        while (wake := store.next_wake()) is not None and world.present + timedelta(seconds=wake.seconds) < end:
            world.later(max(0.05, wake.seconds))
            self._go_on()
            await store.wake()
            self.wakes += 1
        world.present = end
        return Counter(world.jobs.calls[before:]) + Counter(tasks_by_id=len(world.tasks.asked) - looked_up)


@pytest.mark.parametrize("timers", [1, 3, 40])
async def test_ten_minutes_at_thirty_seconds_are_twenty_lists_and_as_many_look_ups_of_tasks(timers: int) -> None:
    time = Minutes(timers)
    await time.pass_by(2)
    asked = await time.pass_by(10)
    assert asked["list_jobs"] in (20, 21)
    assert asked["tasks_by_id"] <= 21
    assert asked["get_job"] == 0
    assert time.wakes < 12 * 60 / 5


async def test_tasks_that_transfer_does_not_know_are_asked_for_with_the_list_and_not_between() -> None:
    time = Minutes(40, unknown=frozenset(range(20)))
    await time.pass_by(2)
    asked = await time.pass_by(10)
    assert asked["list_jobs"] in (20, 21)
    assert asked["tasks_by_id"] <= 21


async def test_nobody_looking_is_a_quarter_of_that_until_somebody_does() -> None:
    time = Minutes(3)
    await time.pass_by(2)
    time.world.store.refresher.set_focus(False)
    asked = await time.pass_by(10)
    assert asked["list_jobs"] == 5
    assert asked["get_job"] == 0
    time.world.store.refresher.set_focus(True)
    assert (await time.pass_by(1))["list_jobs"] in (2, 3)


async def test_a_timer_that_somebody_has_open_is_read_just_after_each_of_its_runs_falls_due() -> None:
    time = Minutes(40)
    await time.pass_by(1)
    await time.world.store.details.load_detail(JobId("j7"))
    asked = await time.pass_by(9)
    assert asked["list_jobs"] in (18, 19)
    assert 2 <= asked["get_job"] <= 3
    time.world.store.details.close(JobId("j7"))
    assert (await time.pass_by(9))["get_job"] == 0


async def test_with_a_long_interval_runs_are_still_seen_but_single_readings_are_a_minute_apart() -> None:
    time = Minutes(3)
    await time.pass_by(1)
    time.world.store.refresher.set_interval(3600)
    await time.pass_by(1)
    asked = await time.pass_by(20)
    assert asked["list_jobs"] == 0
    assert 5 <= asked["get_job"] <= 20


async def test_after_an_action_on_many_timers_one_list_tells_what_became_of_them() -> None:
    time = Minutes(40)
    await time.pass_by(1.1)
    store = time.world.store
    for number in range(30):
        await store.operate(Pause(JobId(f"j{number}")))
    asked = await time.pass_by(0.2)
    assert asked["list_jobs"] == 1
    assert asked["get_job"] == 0


async def test_after_an_action_on_one_timer_that_timer_is_read_again() -> None:
    time = Minutes(3)
    await time.pass_by(1.1)
    await time.world.store.operate(Pause(JobId("j1")))
    asked = await time.pass_by(0.2)
    assert (asked["list_jobs"], asked["get_job"]) == (0, 1)
