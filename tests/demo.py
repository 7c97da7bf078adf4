"""The whole program over the pretend facility, at a clock that stands still: for tests that press real keys."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual.worker import WorkerCancelled

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.records import ProfileKey
from globus_tui.auth.token_store import MemoryTokens
from globus_tui.cli.arguments import parse
from globus_tui.cli.backend import DEMO_FLOOR, DEMO_USER, Backend, _pretend_page, person
from globus_tui.cli.console import make_console
from globus_tui.cli.making import make_making
from globus_tui.cli.zones import find_zone
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.timer.job import JobId
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.auth.people import sign_in_accounts
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.world.flows import NATIVE_CLIENT_ID
from globus_tui.settings import load_settings
from globus_tui.store.job_store import JobStore
from globus_tui.store.journal import Journal, merge_by_request
from globus_tui.store.services import Services
from globus_tui.widgets.text_line import TextLine
from tests.facility import copied_facility
from tests.rest import Rest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import httpx
    from textual.pilot import Pilot

    from globus_tui.app import GlobusTui
    from globus_tui.sandbox.faults import Fault
    from globus_tui.sandbox.state import Sandbox, Timer
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.job_table import JobTable

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
"""When the facility of the tests begins: its history is always the same."""
PATIENCE = 100.0
"""Seconds after which `until` gives up. Nothing waits that long unless it is broken."""

A_WHILE = 0.5
"""Seconds by which `settle` puts the loop's clock forward: what waits for typing or moving to end has begun then."""


async def no_waiting(seconds: float) -> None:
    """Waits as long as a clock that stands still shows: not at all."""
    del seconds


class Demo:
    """A facility and, once `console` opened it, the program that looks at it.

    Attributes:
        clock: stands still; both the facility and the program go by it.
        service: the facility's services; `service.requests` is what was asked of them.
        app: the program, while `console` is open.
        drafts: folder for drafts; None keeps them in memory until the console closes.
    """

    app: GlobusTui

    def __init__(self, start: datetime = NOON, service: Service | None = None) -> None:
        """Make the facility; another service may take its place."""
        self.drafts: Path | None = None
        self.clock = service.sandbox.clock if service else Clock(start, speed=0)
        self.service = service or make_app(copied_facility(self.clock))

    @property
    def sandbox(self) -> Sandbox:
        """The facility itself."""
        return self.service.sandbox

    @asynccontextmanager
    async def console(
        self,
        *options: str,
        size: tuple[int, int] = (120, 36),
        transport: httpx.AsyncBaseTransport | None = None,
        environment: Environment | None = None,
    ) -> AsyncIterator[Pilot[Any]]:
        """Open the program, as `globus-tui --demo` with these options would; its first answers are on the screen.

        It refreshes when asked, or when `pass_time` says that it is due: on this clock, nothing happens by itself.
        """
        backend = await self._backend(transport or InProcessTransport(self.service), environment)
        chosen = parse(["--demo", "--refresh", "30", "--zone", "UTC", *options])
        settings = load_settings(os.environ, read_only=chosen.read_only)
        self.rest = Rest()
        with self.rest.taking_over():
            async with backend.connection:
                self.app = make_console(backend, settings, chosen, find_zone(chosen.zone), os.environ)
                self.app.store = store = self._store(backend)
                making = make_making(backend, self.app.settings, store, drafts=self.drafts, sleep=no_waiting)
                self.app.host = self.app.host._replace(making=making)
                self.app.word = self.app.reading = 0  # keys come as fast as they can, and are meant
                async with self.app.run_test(size=size) as pilot:
                    await self.until(pilot, lambda: not self.app._batch_count)
                    await self.settle(pilot)
                    yield pilot

    async def _backend(self, transport: httpx.AsyncBaseTransport, environment: Environment | None) -> Backend:
        connection = Connection(
            environment or Environment.read({}), transport=transport, clock=self.clock.now, sleep=no_waiting
        )
        key = ProfileKey("demo", "demo", NATIVE_CLIENT_ID)
        account = person(connection, MemoryTokens(), key, clock=self.clock.now)
        attempt = await account.begin()
        await account.finish(attempt, Secret(approve(self.sandbox, attempt.url, DEMO_USER)))
        page = [one.username for one in sign_in_accounts(self.sandbox)], _pretend_page(self.sandbox)
        return Backend(connection, account, timedelta, DEMO_FLOOR, page)

    def _store(self, backend: Backend) -> JobStore:
        """As in the real program, with the facility's clock for this machine's, and a journal."""
        tokens = backend.account.tokens
        transfer = TransferClient(backend.connection, tokens)
        return JobStore(
            Services(TimersClient(backend.connection, tokens), transfer, transfer, backend.account),
            journal=Journal(self.app.settings.paths.state / "journal.jsonl", who=DEMO_USER),
            clock=self.clock.now,
            interval=30,
            draw=lambda: 0.5,
        )

    # --- letting things happen

    async def settle(self, pilot: Pilot[Any]) -> None:
        """Wait until nothing is under way: no request, no worker, no message, nothing that was put off for a moment.

        Not while a fault holds a request.
        """
        left: float | None = A_WHILE
        await pilot.pause()
        while True:
            left = self.rest.put_forward(left) if left is not None else None
            busy = [worker for worker in self.app.workers if not worker.is_finished]
            if left is None and not busy:
                return
            if left is None:
                with suppress(WorkerCancelled):  # a newer question took its place
                    await self.app.workers.wait_for_complete(busy)
                left = A_WHILE
            await pilot.pause()

    async def press(self, pilot: Pilot[Any], *keys: str) -> None:
        """Press keys and wait until everything that they set going is over."""
        await pilot.press(*keys)
        await self.settle(pilot)

    async def write(self, pilot: Pilot[Any], text: str) -> None:
        """Type a text into the field that has the focus."""
        await self.press(pilot, *("space" if char == " " else char for char in text))

    async def until(self, pilot: Pilot[Any], ready: Callable[[], object]) -> None:
        """Wait for something that happens while a request is still held."""
        async with asyncio.timeout(PATIENCE):
            while not ready():
                await self.rest()
                await pilot.pause(0.001)

    async def pass_time(self, pilot: Pilot[Any], by: timedelta | float) -> None:
        """Let simulated time pass, then do what is due by then."""
        self.clock.advance(by)
        self.app.look()
        self.app._wake()
        await self.settle(pilot)

    # --- what is on the screen

    def screen(self) -> list[str]:
        """The lines on the screen, as text."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """The whole screen as one text."""
        return "\n".join(self.screen())

    def row(self, name: str) -> str:
        """The line of a timer in the list."""
        place = self.table.region
        found = [line for line in self.screen()[place.y : place.bottom] if name in line]
        assert len(found) == 1, f"{name!r} is in {len(found)} rows of:\n{self.text()}"
        return found[0]

    def note(self) -> str:
        """The last thing said to the user, as it is on the screen's note line."""
        return self.app.screen_stack[-1].query_one("#note", TextLine).left.plain.strip()

    @property
    def table(self) -> JobTable:
        """The list of timers."""
        from globus_tui.widgets.job_table import JobTable

        screens = [screen for screen in self.app.screen_stack if screen.query("#jobs")]
        return screens[0].query_one("#jobs", JobTable)

    def names(self) -> list[str]:
        """Names of the timers in the list, in its order; also those outside the window."""
        return [state.job.label for state in self.shown]

    @property
    def shown(self) -> list[JobState]:
        """What the rows of the list are of, in its order."""
        return [self.table.state_of(row) for row in self.table.rows]

    # --- the facility behind it

    def timer(self, name: str) -> Timer:
        """A timer of the facility."""
        return next(one for one in self.sandbox.timers.values() if one.name == name)

    def job_id(self, name: str) -> JobId:
        """Its id."""
        return JobId(self.timer(name).job_id)

    def point_at(self, name: str) -> None:
        """Put the cursor on a timer."""
        assert self.table.move_to(self.job_id(name)), f"{name} is not in the list"

    def asked(self, part: str = "") -> list[str]:
        """The requests so far that have this in them, as `GET /jobs/`."""
        calls = (f"{seen.method} {seen.path}" for seen in self.service.requests)
        return [call for call in calls if part in call]

    def changes(self) -> list[str]:
        """The requests so far that may have changed something, sign-ins left out."""
        return [call for call in self.asked() if not call.startswith("GET") and "/oauth2/" not in call]

    def fault(self, fault: Fault) -> Fault:
        """Make something go wrong from now on."""
        return self.sandbox.faults.add(fault)

    def journal(self) -> list[dict[str, Any]]:
        """What the journal says, one entry for each request."""
        path: Path = self.app.settings.paths.state / "journal.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [dict(one) for one in merge_by_request(lines)]
