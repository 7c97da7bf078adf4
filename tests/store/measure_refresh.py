"""What a refresh costs: run by hand, `python -m tests.store.measure_refresh [timers]`. Asserts nothing."""

from __future__ import annotations

import asyncio
import copy
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.job import Job, JobId
from globus_tui.domain.run import RunState
from tests.store.fakes import HOUR, NOON, World, a_job, a_run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def a_busy_job(number: int) -> Job:
    first = NOON - timedelta(minutes=30)
    runs = [
        replace(a_run(first - n * HOUR, f"t{number}-{n}", RunState.SUCCEEDED), ended=first - n * HOUR + HOUR / 6)
        for n in range(5)
    ]
    return a_job(f"j{number}", runs=runs)


class Stalls:
    """The longest time for which the event loop could do nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.perf_counter() - before)


async def measure(what: str, act: Callable[[], Awaitable[object]]) -> None:
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    await asyncio.sleep(0)
    began = time.process_time()
    await act()
    spent = time.process_time() - began
    await asyncio.sleep(0)
    watching.cancel()
    print(f"{what:46} {spent * 1000:8.1f} ms CPU   longest stall {stalls.longest * 1000:6.1f} ms")


async def main(timers: int) -> None:
    world = World(*(a_busy_job(number) for number in range(timers)))
    world.store.set_interval(3600)
    await measure(f"{timers} timers, first answer", world.store.refresh)
    await measure("the same again, same objects", world.store.refresh)
    world.jobs.put(*copy.deepcopy(list(world.jobs.jobs.values())))
    await measure("the same again, all objects new but equal", world.store.refresh)
    for number in range(0, timers, 100):
        job_id = JobId(f"j{number}")
        world.jobs.put(replace(world.jobs.jobs[job_id], name=f"renamed {number}"))
    await measure("1 % changed", world.store.refresh)

    async def tick() -> None:
        world.store.tick()

    await measure("a tick with nothing due", tick)
    world.later(60)
    await measure("a tick a minute later", tick)
    world.later(36 * 60)
    await measure("the first tick after which all are overdue", tick)

    async def catch_up() -> None:
        for _ in range(timers // 300 + 1):
            world.store.tick()
            await asyncio.sleep(0)

    await measure("all further ticks until they all are", catch_up)
    world.later(3 * 3600)
    await measure("everything goes out of date", tick)
    await measure("and comes back", world.store.refresh)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
