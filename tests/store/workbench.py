"""The facility with a creator on the real clients, for tests of everything that makes timers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.api.environment import Environment
from globus_tui.api.flows import FlowsClient
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.making.draft import Draft, What, new_draft
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.transfer.transfer import TransferItem
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET
from globus_tui.store.creation import CreationServices, Creator
from globus_tui.store.journal import Journal, Recorder, read_journal
from tests.facility import copied_facility

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.sandbox.state import Timer
    from globus_tui.store.creation import Attempt

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ARCHIVE, SCRATCH = collection_id("archive"), collection_id("scratch")


class AllGranted:
    """Consents that are all there, save those whose text is in `missing`."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.answer: bool | None = True

    async def is_granted(self, gare: Gare) -> bool | None:
        if any(part in scope for part in self.missing for scope in gare.required_scopes):
            return False
        return self.answer


@dataclass
class Workbench:
    app: Service
    clock: Clock
    timers: TimersClient
    transfers: TransferClient
    flows: FlowsClient
    creator: Creator
    journal: Journal
    recorder: Recorder
    consents: AllGranted
    attempts: list[tuple[Attempt, Draft]]
    waits: list[float] = field(default_factory=list)

    def fault(self, path: str, kind: str, *, method: str = "*", **more: object) -> Fault:
        return self.app.sandbox.faults.add(Fault(path, method, kind, **more))  # type: ignore[arg-type]

    def calm(self) -> None:
        self.app.sandbox.faults.clear()

    def named(self, name: str) -> list[Timer]:
        """Timers of the sandbox of that name that are not deleted."""
        return [one for one in self.app.sandbox.timers.values() if one.name == name and "delete" not in one.status]

    def asked(self, method: str, path: str) -> int:
        return sum(seen.method == method and seen.path == path for seen in self.app.requests)


async def no_waiting(seconds: float) -> None:
    """Waits as long as a clock that stands still shows."""
    del seconds


@asynccontextmanager
async def workbench(few: tuple[str, ...] = ("climate-nightly-mirror",)) -> AsyncIterator[Workbench]:
    """Open a facility that has these timers only (none named: all of them), and everything that works on it."""
    clock = Clock(NOON, speed=0)
    app = make_app(copied_facility(clock, few))
    waits: list[float] = []

    async def counted(seconds: float) -> None:
        waits.append(seconds)

    async with Connection(
        Environment.read({}), transport=InProcessTransport(app), clock=clock.now, sleep=counted
    ) as connection:
        account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET))
        tokens = ClientCredentialsTokens(AuthClient(connection), account, clock=clock.now)
        timers, transfers = TimersClient(connection, tokens), TransferClient(connection, tokens)
        consents, journal = AllGranted(), Journal(None, who="robot")
        attempts: list[tuple[Attempt, Draft]] = []
        recorder = Recorder(journal, clock.now)
        creator = Creator(
            CreationServices(timers, transfers, transfers, consents),
            recorder,
            clock.now,
            sleep=counted,
            sending=lambda attempt, draft: attempts.append((attempt, draft)) if attempt else None,
        )
        flows = FlowsClient(connection, tokens)
        yield Workbench(app, clock, timers, transfers, flows, creator, journal, recorder, consents, attempts, waits)


def broken_places(path: Path) -> tuple[int, ...]:
    """Of a journal: lines that cannot be read, or before which something was changed or taken out."""
    return tuple(line.place for line in read_journal(path) if not line.whole)


def nightly(name: str = "a new mirror", what: What = What.TRANSFER_TIMER) -> Draft:
    """A complete draft: scratch to archive, each night at two."""
    draft = new_draft(what)
    data = replace(
        draft.transfer,
        source_endpoint=SCRATCH,
        destination_endpoint=ARCHIVE,
        items=(TransferItem("/scratch/ops/", "/archive/projects/", recursive=True),),
    )
    return replace(draft, name=name, transfer=data, schedule=RecurringSchedule(DAY, NOON + timedelta(hours=14)))
