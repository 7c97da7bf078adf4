"""Maintenance windows: what one node pauses, another resumes, exactly that; in one file that both share."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.timer.health import Why
from globus_tui.domain.timer.job import JobId
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.world.flows import SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET
from globus_tui.store.job_store import JobStore
from globus_tui.store.journal import Journal
from globus_tui.store.ledger import Ledger
from globus_tui.store.operations import Failed, Operation, Outcome, Pause, Resume
from globus_tui.store.services import Services
from globus_tui.store.windows import Windows
from tests.facility import copied_facility
from tests.store.workbench import NOON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


HOUR = timedelta(hours=1)


class Node:
    """One machine with the program; several share the state folder."""

    def __init__(self, store: JobStore) -> None:
        self.store = store
        self.waits: list[float] = []
        self.windows = Windows(store, self._wait)

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def ids(self, *names: str) -> list[JobId]:
        found = {state.job.name: job_id for job_id, state in self.store.states.items()}
        return [found[name] for name in names]

    async def close(self, stagger: float = 0.0) -> tuple[list[str], dict[str, str]]:
        """Ends the only window; which were resumed, and which were left, with the reason."""
        (window,) = (one for one in await self.windows.all() if one.state == "open")
        found = await self.windows.closing(window)
        outcomes = await self.windows.close(window, found, stagger=stagger)
        names = {one.job_id: one.name for one in window.items}
        return [names[one] for one in outcomes], {item.name: why for item, why in found.left_alone}


class Facility:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOON, speed=0)
        self.app: Service = make_app(copied_facility(self.clock))

    @asynccontextmanager
    async def node(self) -> AsyncIterator[Node]:
        async with Connection(
            Environment.read({}), transport=InProcessTransport(self.app), clock=self.clock.now
        ) as connection:
            account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET))
            tokens = ClientCredentialsTokens(AuthClient(connection), account, clock=self.clock.now)
            transfer = TransferClient(connection, tokens)
            store = JobStore(
                Services(TimersClient(connection, tokens), transfer, transfer),
                journal=Journal(self.folder / "journal.jsonl", who="robot"),
                ledger=Ledger(self.folder / "ledger.json"),
                clock=self.clock.now,
                draw=lambda: 0.5,
            )
            await store.read_once()
            yield Node(store)

    def paused(self) -> set[str]:
        return {one.name or "" for one in self.app.sandbox.timers.values() if one.status == "inactive"}

    def sent(self, what: str) -> int:
        return sum(seen.path.endswith(what) for seen in self.app.requests)


@pytest.fixture
def facility(tmp_path: Path) -> Facility:
    return Facility(tmp_path)


async def test_exactly_those_are_resumed_that_it_paused_and_that_nobody_touched(facility: Facility) -> None:
    before = facility.paused()
    assert "mirror-secondary" in before
    async with facility.node() as one, facility.node() as other:
        meant = one.ids("db-dumps", "mirror-secondary", "astro-ingest", "bio-results-out", "dicom-offload",
                       "telemetry-rollup")  # fmt: skip
        window = await one.windows.plan(meant, reason="disk swap", until=NOON + 6 * HOUR)
        window, outcomes = await one.windows.begin(window.window_id)
        assert len(outcomes) == 5
        assert {item.name: item.why for item in window.items if item.state == "left"} == {
            "mirror-secondary": "was paused before"
        }
        mine = {"db-dumps", "astro-ingest", "bio-results-out", "dicom-offload", "telemetry-rollup"}
        assert facility.paused() == before | mine
        await one.store.refresh()
        health = one.store.states[meant[0]].health
        assert health.pause_note is not None
        assert (health.pause_note.reason, health.pause_note.until) == ("disk swap", NOON + 6 * HOUR)
        # somebody touches two of them
        facility.clock.advance(HOUR)
        await other.store.read_once()
        await other.store.operate(Resume(meant[2]))
        await other.store.operate(Resume(meant[3]))
        facility.app.sandbox.timers[meant[5]].status = "active"  # from the web app, say
        facility.clock.advance(HOUR)
        await other.store.operate(Pause(meant[3]))
        facility.clock.advance(5 * HOUR)
        await other.store.read_once()
        other.store.refresher.tick()
        assert other.store.states[meant[0]].health.why is Why.OVERSTAYED
        (overdue,) = (found for found in await other.windows.all() if found.overdue(other.store.now()))
        assert overdue.window_id == window.window_id
        resumed, left = await other.close(stagger=30)
        assert set(resumed) == {"db-dumps", "dicom-offload"}
        assert left == {
            "mirror-secondary": "was paused before",
            "astro-ingest": "was resumed meanwhile",
            "bio-results-out": "was resumed meanwhile",
            "telemetry-rollup": "runs again: somebody resumed it meanwhile",
        }
        assert facility.paused() == before | {"bio-results-out"}
        (closed,) = await one.windows.all()
        assert closed.state == "closed"
        await one.store.read_ledger()
        assert one.store.orders(meant[0]).pause_note is None


async def test_one_whose_resume_was_refused_is_resumed_when_the_window_ends(facility: Facility) -> None:
    async with facility.node() as node:
        (meant,) = node.ids("db-dumps")
        window = await node.windows.plan([meant], reason="disk swap")
        await node.windows.begin(window.window_id)
        await node.store.read_once()
        facility.app.sandbox.faults.add(Fault("*/resume", "POST", status=403))
        assert isinstance(await node.store.operate(Resume(meant)), Failed)
        assert await node.close() == (["db-dumps"], {})
        assert "db-dumps" not in facility.paused()


async def test_the_worst_overdue_comes_first_and_runs_that_start_at_once_are_spaced(facility: Facility) -> None:
    async with facility.node() as node:
        names = ("db-dumps", "astro-ingest", "beamline-7-hourly-pull", "dicom-offload")
        window = await node.windows.plan(node.ids(*names), reason="")
        await node.windows.begin(window.window_id)
        facility.clock.advance(5 * HOUR)
        await node.store.read_once()
        (window,) = await node.windows.all()
        found = await node.windows.closing(window)
        at_once = {node.store.states[JobId(job_id)].job.name for job_id in found.at_once}
        assert "db-dumps" not in at_once  # its tick is in the night
        order = [item.name for item in found.resumed]
        assert set(order[: len(at_once)]) == at_once
        resumed, _ = await node.close(stagger=30)
        assert resumed == order
        assert node.waits == [30] * (len(at_once) - 1)
        await node.store.read_once()
        mine = [one for one in node.store.states.values() if one.job.name in names]
        just_now = facility.clock.now() - timedelta(minutes=1)
        started = {one.job.name for one in mine if one.last_ran is not None and one.last_ran >= just_now}
        assert started == at_once


async def test_what_is_due_waits_for_whoever_planned_it_where_somebody_else_has_the_profile(facility: Facility) -> None:
    async with facility.node() as planner, facility.node() as other:
        meant = planner.ids("db-dumps", "astro-ingest")
        await planner.windows.plan(meant, reason="x", at=NOON + HOUR, until=NOON + 2 * HOUR, resume=True)
        other.store.journal.who = "kim"  # to whom Globus shows none of these timers
        for path, hours in (("/pause", 1), ("/resume", 2)):
            facility.clock.advance(hours * HOUR)
            for node in (planner, other):
                await node.store.read_once()
            assert await other.windows.due() == []
            assert facility.sent(path) == 0
            ((_, outcomes),) = await planner.windows.due()
            assert len(outcomes) == 2
            assert facility.sent(path) == 2


async def test_two_nodes_pause_and_resume_each_timer_once(facility: Facility) -> None:
    async with facility.node() as one, facility.node() as other:
        meant = one.ids("db-dumps", "astro-ingest")
        window = await one.windows.plan(meant, reason="x", at=NOON + HOUR, until=NOON + 2 * HOUR, resume=True)
        assert await one.windows.due() == []
        facility.clock.advance(HOUR)
        (done,) = await one.windows.due()
        assert len(done[1]) == 2
        assert await other.windows.due() == []
        assert facility.sent("/pause") == 2
        facility.clock.advance(2 * HOUR)
        for node in (one, other):
            await node.store.read_once()
        (ended,) = await other.windows.due()
        assert len(ended[1]) == 2
        assert await one.windows.due() == []
        assert facility.sent("/resume") == 2
        assert (await one.windows.all())[0].window_id == window.window_id


async def test_of_two_windows_opened_at_once_one_has_the_timer(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with facility.node() as one, facility.node() as other:
        first, second = [await node.windows.plan(node.ids("db-dumps"), reason="x") for node in (one, other)]
        operate, late = one.store.operate, []

        async def after_the_other_began(operation: Operation, *, announced: bool) -> Outcome:
            late.append(await other.windows.begin(second.window_id))
            return await operate(operation, announced=announced)

        monkeypatch.setattr(one.store, "operate", after_the_other_began)
        holds, _ = await one.windows.begin(first.window_id)
        assert [item.name for item in holds.holding()] == ["db-dumps"]
        ((left, outcomes),) = late
        assert (outcomes, [item.why for item in left.items]) == ({}, ["another window pauses it"])
        assert facility.sent("/pause") == 1


async def test_a_window_that_is_ended_while_it_opens_leaves_no_timer_waiting(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with facility.node() as node:
        window = await node.windows.plan(node.ids("db-dumps", "astro-ingest"), reason="x")

        async def ended(operation: Operation, *, announced: bool) -> Outcome:
            assert all(node.store.states.rows[job_id].pending for job_id in node.ids("db-dumps", "astro-ingest"))
            raise asyncio.CancelledError

        monkeypatch.setattr(node.store, "operate", ended)
        with pytest.raises(asyncio.CancelledError):
            await node.windows.begin(window.window_id)
        assert not any(row.pending for row in node.store.states.rows.values())


async def test_a_program_that_was_killed_while_pausing_leaves_no_timer_behind(facility: Facility) -> None:
    async with facility.node() as node:
        window = await node.windows.plan(node.ids("db-dumps", "astro-ingest"), reason="x")
        facility.app.sandbox.faults.add(Fault("*/pause", "POST", status=500, skip=1))
        await node.windows.begin(window.window_id)
        facility.app.sandbox.faults.clear()
        document = json.loads((facility.folder / "ledger.json").read_text())
        (kept,) = document["profiles"]["default"]["windows"]
        for item in kept["items"]:
            item["state"], item["since"] = "asked", None
        kept["closed"] = None
        (facility.folder / "ledger.json").write_text(json.dumps(document))
        await node.store.read_once()
        paused = facility.paused() & {"db-dumps", "astro-ingest"}
        resumed, left = await node.close()
        assert set(resumed) == paused
        assert set(left) == {"db-dumps", "astro-ingest"} - paused


async def test_what_makes_no_sense_is_refused_and_a_damaged_file_is_left_as_it_is(facility: Facility) -> None:
    async with facility.node() as node:
        with pytest.raises(BadInput, match="end before it begins"):
            await node.windows.plan(node.ids("db-dumps"), reason="", until=NOON - HOUR)
        with pytest.raises(BadInput, match="name the end"):
            await node.windows.plan(node.ids("db-dumps"), reason="", resume=True)
        window = await node.windows.plan(node.ids("db-dumps"), reason="", at=NOON + HOUR)
        await node.windows.cancel(window.window_id)
        assert await node.windows.all() == ()
        path = facility.folder / "ledger.json"
        path.write_text("{half")
        with pytest.raises(GlobusTuiError, match="cannot be understood"):
            await node.windows.plan(node.ids("db-dumps"), reason="")
        assert path.read_text() == "{half"
        await node.store.read_ledger()
        assert node.store.ledger_problem is not None
        assert facility.sent("/pause") == 0
