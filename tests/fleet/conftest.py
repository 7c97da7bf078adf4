"""A facility that stands still, with what commands work with opened on it, and folders of files."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.cli.arguments import parse
from globus_tui.cli.backend import sandbox_backend
from globus_tui.cli.console import make_store
from globus_tui.cli.fleet import planner
from globus_tui.cli.making import make_making
from globus_tui.cli.timers import Context
from globus_tui.cli.zones import find_zone
from globus_tui.sandbox.clock import Clock
from globus_tui.settings import load_settings
from tests.demo import NOON, no_waiting
from tests.facility import copied_facility

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from globus_tui.fleet.plan import Plan
    from globus_tui.sandbox.state import Timer


class Bench:
    """The facility, and a folder.

    Attributes:
        folder: of the files.
        sandbox: the facility.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOON, speed=0)
        self.sandbox = copied_facility(self.clock)

    def write(self, text: str, name: str = "lab.toml") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Context]:
        """As a command would open it; all timers are read."""
        options, settings = parse(["--demo", "--zone", "UTC"]), load_settings({})
        backend = await sandbox_backend(self.sandbox)
        backend.connection._sleep = no_waiting
        async with backend.connection:
            store = make_store(backend, settings, options)
            store.journal.who = backend.account.who
            making = make_making(backend, settings, store, sleep=no_waiting)
            here = Context(store, making, find_zone("UTC"), settings, backend, False)
            await here.read(names=False)
            yield here

    async def plan(self, **options: Any) -> Plan:
        async with self.context() as here:
            return await planner(here).plan(self.folder, **options)

    def named(self, name: str) -> list[Timer]:
        """Timers of that name that are not deleted."""
        return [one for one in self.sandbox.timers.values() if one.name == name and "delete" not in one.status]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "timers")
