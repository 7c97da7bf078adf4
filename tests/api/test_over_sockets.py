"""The clients on real sockets against the served sandbox: what a pretend network cannot show."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthClient, PeopleClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import (
    ConnectionFailed,
    ErrorKind,
    SettingsError,
    TimedOut,
    TimersAPIError,
    TransferAPIError,
)
from globus_tui.domain.making.new_timer import TransferTimer
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import JobStatus
from globus_tui.domain.transfer.transfer import TransferData, TransferItem
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.serve import environment, running
from globus_tui.sandbox.world.history import facility
from tests.troubles import proxy_page, too_many

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from globus_tui.api.exchange import Exchange
    from globus_tui.sandbox.state import Sandbox

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
IMPATIENT = {"GLOBUS_SDK_HTTP_TIMEOUT": "0.2"}


MAPPED, GUEST = "1a2b3c4d-0000-4000-8000-000000000001", "1a2b3c4d-0000-4000-8000-000000000002"


async def at_once(seconds: float) -> None:
    """Waits for nothing."""


class Services:
    """All clients, signed in as the sandbox's service account."""

    def __init__(self, connection: Connection, environ: dict[str, str]) -> None:
        account = ServiceAccount(environ["GLOBUS_TUI_CLIENT_ID"], Secret(environ["GLOBUS_TUI_CLIENT_SECRET"]))
        self.seen: list[Exchange] = []
        connection.on_exchange = self.seen.append
        self.connection = connection
        self.auth = AuthClient(connection)
        self.client_id = account.client_id
        self.tokens = ClientCredentialsTokens(self.auth, account, clock=connection.clock)
        self.people = PeopleClient(connection, self.tokens)
        self.timers = TimersClient(connection, self.tokens)
        self.transfer = TransferClient(connection, self.tokens)

    def asked(self, path: str) -> int:
        return sum(one.path == path for one in self.seen)


@pytest.fixture(scope="module")
def world() -> Sandbox:
    return facility(Clock(NOON, speed=0))


@pytest.fixture(scope="module")
def base_url(world: Sandbox) -> Iterator[str]:
    with running(world) as url:
        yield url


@pytest.fixture
def environ(world: Sandbox, base_url: str) -> Iterator[dict[str, str]]:
    yield environment(world, base_url)
    world.faults.clear()


@pytest.fixture
async def globus(environ: dict[str, str]) -> AsyncIterator[Services]:
    async with Connection(Environment.read(environ), clock=lambda: NOON, sleep=at_once) as connection:
        yield Services(connection, environ)


@pytest.fixture
async def hurried(environ: dict[str, str]) -> AsyncIterator[Services]:
    async with Connection(Environment.read(environ), clock=lambda: NOON, sleep=at_once) as connection:
        services = Services(connection, environ)
        await services.tokens.token("transfer.api.globus.org")
    async with Connection(Environment.read(environ | IMPATIENT), clock=lambda: NOON, sleep=at_once) as connection:
        again = Services(connection, environ)
        again.tokens._grants = services.tokens._grants
        yield again


async def test_the_timers_of_the_facility_are_all_readable(globus: Services) -> None:
    jobs = await globus.timers.list_jobs()
    assert len(jobs) > 30
    assert [job.label for job in jobs if job.unreadable] == ["not understandable"]
    submitted = [job.submitted_at for job in jobs if job.submitted_at]
    assert submitted == sorted(submitted)
    assert max(len(job.runs) for job in jobs) > 2


async def test_a_timer_lives_from_creation_to_deletion(globus: Services) -> None:
    (source, *_) = (await globus.transfer.endpoint_search(filter_scope="recently-used")).items or (None,)
    assert source is not None
    data = TransferData(source.collection_id, source.collection_id, (TransferItem("/a/", "/b/", recursive=True),))
    schedule = RecurringSchedule(timedelta(days=1), NOON + timedelta(hours=1))
    made = (await globus.timers.create_timer(TransferTimer(data, schedule, "of a test"))).job
    assert (made.name, made.status) == ("of a test", JobStatus.ACTIVE)
    await globus.timers.pause_job(made.job_id)
    assert (await globus.timers.get_job(made.job_id)).job.status is JobStatus.INACTIVE
    assert (await globus.timers.update_job(made.job_id, name="renamed")).job.name == "renamed"
    assert await globus.timers.resume_job(made.job_id, update_credentials=False)
    read = (await globus.timers.get_job(made.job_id, page_size=5)).job
    assert (read.status, read.name, read.transfer and read.transfer.items) == (JobStatus.ACTIVE, "renamed", data.items)
    await globus.timers.delete_job(made.job_id)
    left = {job.job_id: job.status for job in await globus.timers.list_jobs()}
    assert left[made.job_id] is JobStatus.DELETING


async def test_a_refused_timer_says_which_field(globus: Services) -> None:
    data = TransferData(MAPPED, GUEST, (TransferItem("/a/", "/b/"),))
    too_late = TransferTimer(data, OnceSchedule(NOON + timedelta(days=800)))
    with pytest.raises(TimersAPIError) as caught:
        await globus.timers.create_timer(too_late)
    assert caught.value.kind is ErrorKind.INVALID
    assert caught.value.problems


async def test_folders_tasks_and_people_are_readable(globus: Services) -> None:
    jobs = await globus.timers.list_jobs()
    ids = [run.resource_id for job in jobs for run in job.runs if run.resource_id]
    tasks = await globus.transfer.tasks_by_id(ids)
    assert tasks
    assert {task.task_id for task in tasks} <= set(ids)
    task = await globus.transfer.get_task(tasks[0].task_id)
    assert task.task_id == tasks[0].task_id
    logs = [await globus.transfer.task_events(one.task_id, limit=2) for one in tasks if one.finished]
    assert {len(log.items) for log in logs} & {1, 2}
    assert {log.marker for log in logs} & {"2"}
    collection = await globus.transfer.get_endpoint(task.source_id or task.destination_id or "")
    assert collection.name
    (person,) = await globus.people.identities(["ops@example-facility.org"])
    assert person.username == "ops@example-facility.org"
    assert await globus.people.consents(globus.client_id)


async def test_an_unknown_task_is_not_found(globus: Services) -> None:
    with pytest.raises(TransferAPIError) as caught:
        await globus.transfer.get_task("00000000-0000-4000-8000-000000000000")
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_connections_are_used_again(world: Sandbox, globus: Services) -> None:
    await asyncio.gather(*(globus.timers.list_jobs() for _ in range(8)))
    assert globus.asked("/v2/oauth2/token") == 1
    assert globus.asked("/jobs/") == 8


async def test_a_connection_that_breaks_is_made_anew_for_reading(world: Sandbox, globus: Services) -> None:
    world.faults.add(Fault("/jobs/", kind="reset"))
    world.faults.add(Fault("/jobs/", kind="truncate"))
    assert await globus.timers.list_jobs()
    assert globus.asked("/jobs/") == 3


async def test_a_change_whose_answer_is_lost_may_have_been_made(world: Sandbox, globus: Services) -> None:
    world.faults.add(Fault("/v2/timer", kind="lose"))
    before = len(world.timers)
    data = TransferData(MAPPED, GUEST, (TransferItem("/a/", "/b/"),))
    with pytest.raises(ConnectionFailed) as caught:
        await globus.timers.create_timer(TransferTimer(data, OnceSchedule(NOON + timedelta(days=1)), "lost"))
    assert caught.value.maybe_processed
    assert globus.asked("/v2/timer") == 1
    assert len(world.timers) == before + 1


async def test_a_silent_service_is_given_up(world: Sandbox, hurried: Services) -> None:
    world.faults.add(Fault("/jobs/", kind="hang"))
    with pytest.raises(TimedOut):
        await hurried.timers.list_jobs()
    assert hurried.asked("/jobs/") == 1


async def test_an_answer_in_small_pieces_is_given_up_in_time(world: Sandbox, hurried: Services) -> None:
    world.faults.add(Fault("/jobs/", kind="trickle", delay=0.1))
    with pytest.raises(TimedOut):
        await hurried.timers.list_jobs()


async def test_a_proxys_page_and_a_busy_service_pass(world: Sandbox, globus: Services) -> None:
    world.faults.add(proxy_page("/jobs/"))
    world.faults.add(too_many("/jobs/", retry_after=0))
    assert await globus.timers.list_jobs()
    assert globus.asked("/jobs/") == 3


async def test_nobody_there_is_known_not_to_have_been_asked() -> None:
    environ = {"GLOBUS_SDK_SERVICE_URL_AUTH": "http://127.0.0.1:1"}
    async with Connection(Environment.read(environ)) as connection:
        with pytest.raises(ConnectionFailed, match="Globus Auth could not be reached") as caught:
            await AuthClient(connection).exchange_code("me", Secret("code"), "http://localhost:1", Secret("v"))
    assert not caught.value.maybe_processed


async def test_a_proxy_is_not_asked_for_what_runs_on_this_machine(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with Connection(Environment.read(environ), clock=lambda: NOON) as connection:
        assert await Services(connection, environ).timers.list_jobs()


async def test_a_proxy_is_asked_for_the_world_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.readline()).startswith(b"CONNECT auth.globus.org:443"):
            heard.set()
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        async with Connection(Environment.read({}), sleep=at_once) as connection:
            with pytest.raises(ConnectionFailed, match="on the way to Globus Auth refused it"):
                await AuthClient(connection).client_credentials("me", Secret("s"), "openid")
    assert heard.is_set()


async def test_a_file_that_holds_no_certificates_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = tmp_path / "ca.pem"
    nothing.write_text("nothing")
    async with Connection(Environment.read({"GLOBUS_SDK_VERIFY_SSL": str(nothing)})) as connection:
        with pytest.raises(SettingsError, match="GLOBUS_SDK_VERIFY_SSL"):
            await connection.request("auth", "GET", "/")
    monkeypatch.setenv("SSL_CERT_FILE", str(nothing))
    async with Connection(Environment.read({})) as connection:
        with pytest.raises(SettingsError, match="SSL_CERT_FILE"):
            await connection.request("auth", "GET", "/")
