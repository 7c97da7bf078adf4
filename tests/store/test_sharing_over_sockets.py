"""Two copies of the program's store on real connections to one facility: what is asked of it is counted there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.exchange import Answer
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection
from globus_tui.api.shared_answers import SharedAnswers
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import environment, running
from globus_tui.sandbox.world.flows import SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET
from globus_tui.sandbox.world.history import facility
from globus_tui.store.job_store import JobStore
from globus_tui.store.operations import Pause
from globus_tui.store.services import Services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from globus_tui.api.exchange import Exchange


@dataclass
class Copy:
    """A store with connections of its own, and what it asked."""

    store: JobStore
    files: SharedAnswers
    exchanges: list[Exchange]

    def asked(self, path: str) -> int:
        return sum(one.path.endswith(path) and one.method == "GET" for one in self.exchanges)

    def named(self, name: str) -> JobId:
        return next(one for one, state in self.store.states.items() if state.job.name == name)


class Wall:
    """The clock of the facility and of this host, moved by hand."""

    def __init__(self) -> None:
        self.clock = Clock(speed=0)
        self.start = self.clock.now()

    def moment(self) -> float:
        return 5000 + (self.clock.now() - self.start).total_seconds()

    def later(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))


@asynccontextmanager
async def copy(wall: Wall, where: Environment, folder: Path) -> AsyncIterator[Copy]:
    async with Connection(where, clock=wall.clock.now) as connection:
        account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET))
        tokens = ClientCredentialsTokens(AuthClient(connection), account, clock=wall.clock.now)
        timers, transfer = TimersClient(connection, tokens), TransferClient(connection, tokens)
        files = SharedAnswers(lambda: folder, lambda: "the same account", moment=wall.moment)
        connection.shared = files
        store = JobStore(
            Services(timers, transfer, transfer),
            clock=wall.clock.now,
            moment=wall.moment,
        )
        exchanges: list[Exchange] = []
        connection.on_exchange = exchanges.append
        try:
            await store.refresh()
            while store.refresher.board.shelf.backlog(store.now()):
                wall.later(6)
                await store.wake()
            yield Copy(store, files, exchanges)
        finally:
            files.leave()


@asynccontextmanager
async def two_copies(tmp_path: Path) -> AsyncIterator[tuple[Wall, Copy, Copy]]:
    wall = Wall()
    folder = tmp_path / "meet"
    folder.mkdir(mode=0o700)
    sandbox = facility(wall.clock)
    with running(sandbox) as url:
        where = Environment.read(environment(sandbox, url))
        async with copy(wall, where, folder) as first, copy(wall, where, folder) as second:
            for one in (first, second):
                await one.store.refresh()
                one.exchanges.clear()
            yield wall, first, second


async def test_two_copies_ask_a_real_service_as_often_as_one(tmp_path: Path) -> None:
    async with two_copies(tmp_path) as (wall, first, second):
        for _ in range(10):
            wall.later(33)
            await first.store.wake()
            await second.store.wake()
            assert dict(second.store.states) == dict(first.store.states)
            assert second.store.tasks == first.store.tasks
        assert first.asked("/jobs/") + second.asked("/jobs/") == 10
        assert first.asked("/task_list") + second.asked("/task_list") <= 10
        assert first.store.refresher.lists_shared + second.store.refresher.lists_shared == 10
        tokens = [Secret(one) for one in ("Bearer", "token", SERVICE_CLIENT_SECRET)]
        for path in (tmp_path / "meet").iterdir():
            head = path.read_bytes().split(b"\n", 1)[0]
            assert not [one for one in tokens if one.reveal().encode() in head]


async def test_a_pause_in_one_copy_stands_although_the_other_was_told_before_it(tmp_path: Path) -> None:
    async with two_copies(tmp_path) as (wall, first, second):
        job_id = first.named("sensor-hourly")
        wall.later(25)
        await first.store.refresh()
        wall.later(1)
        await second.store.operate(Pause(job_id))
        wall.later(6)
        await second.store.refresher.refresh(own=False)
        assert second.store.refresher.lists_shared == 1
        assert second.store.states[job_id].job.status is JobStatus.INACTIVE
        assert first.store.states[job_id].job.status is JobStatus.ACTIVE
        wall.later(33)
        await second.store.wake()
        await first.store.wake()
        assert {one.store.states[job_id].job.status for one in (first, second)} == {JobStatus.INACTIVE}


@pytest.mark.parametrize(
    "wrong",
    [Answer("timer", 200, {}, b"", packed=b"<html>Sign in to this network</html>"), Answer("timer", 204, {}, b"")],
    ids=["a login page", "nothing"],
)
async def test_what_stood_in_the_way_of_one_copy_is_not_told_to_the_others(tmp_path: Path, wrong: Answer) -> None:
    right = Answer("timer", 200, {}, b"", packed=b'{"jobs": []}')
    first, second = (SharedAnswers(lambda: tmp_path, lambda: "who", moment=lambda: 5.0) for _ in range(2))

    async def asks(answer: Answer) -> Answer:
        return answer

    assert await first.read("timer", "all", 10, lambda: asks(wrong)) is wrong
    assert await second.read("timer", "all", 10, lambda: asks(right)) is right
    assert (await first.read("timer", "all", 10, lambda: asks(wrong))).packed == right.packed


async def test_a_copy_that_ends_is_not_missed(tmp_path: Path) -> None:
    async with two_copies(tmp_path) as (wall, first, second):
        wall.later(33)
        await first.store.wake()
        await second.store.wake()
        first.files.leave()
        wall.later(33)
        await second.store.wake()
        assert second.asked("/jobs/") == 1
