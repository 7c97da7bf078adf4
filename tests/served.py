"""The whole program against a facility on a real socket, as a person with a profile and a home of their own."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from globus_tui.cli.arguments import parse
from globus_tui.cli.backend import person, real_backend
from globus_tui.cli.console import make_console
from globus_tui.cli.zones import find_zone
from globus_tui.domain.auth.credentials import Secret
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import SERVICES, environment, running
from globus_tui.sandbox.world.flows import OPS_USERNAME
from globus_tui.sandbox.world.history import facility
from globus_tui.screens.console import Switch
from globus_tui.settings import load_settings
from tests.rest import Rest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.pilot import Pilot

    from globus_tui.app import GlobusTui
    from globus_tui.domain.timer.job import JobId
    from globus_tui.sandbox.state import Sandbox

PATIENCE = 100.0
"""Seconds after which `until` gives up. Nothing waits that long unless it is broken."""


class Served:
    """A served facility, and the program that is opened on it.

    Attributes:
        sandbox: the facility.
        url: its root.
        app: the program, while `console` is open.
    """

    app: GlobusTui

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.url = url

    def variables(self) -> dict[str, str]:
        """What points the program at the facility, and keeps it from this machine's keyring."""
        found = {f"GLOBUS_SDK_SERVICE_URL_{name}": self.url for name in SERVICES}
        return found | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}

    def service_account(self) -> dict[str, str]:
        """What makes the program a service account."""
        return environment(self.sandbox, self.url)

    async def sign_in(self, profile: str = "default", username: str = OPS_USERNAME) -> None:
        """Signs somebody in under a profile, before the program is opened."""
        from globus_tui.api.http import Connection
        from globus_tui.cli.backend import environment_of, open_store, profile_key

        settings = load_settings(os.environ, profile=profile)
        async with Connection(environment_of(settings, os.environ)) as connection:
            key = profile_key(settings, connection.environment)
            account = person(connection, await open_store(settings), key)
            attempt = await account.begin()
            await account.finish(attempt, Secret(approve(self.sandbox, attempt.url, username)))

    @asynccontextmanager
    async def console(
        self,
        *options: str,
        profile: str | None = None,
        sign_in: bool = False,
        timer: JobId | None = None,
        size: tuple[int, int] = (120, 36),
    ) -> AsyncIterator[Pilot[Any]]:
        """Opens the program as `globus-tui` would."""
        settings = load_settings(os.environ, profile=profile)
        chosen = parse(["--refresh", "0", "--zone", "UTC", *options])
        backend = await real_backend(settings, os.environ)
        async with backend.connection:
            opened = Switch(profile=profile, sign_in=sign_in, timer=timer)
            self.app = make_console(backend, settings, chosen, find_zone("UTC"), os.environ, opened=opened)
            self.app.word = self.app.reading = 0  # keys come as fast as they can, and are meant
            with Rest(real_time=True).taking_over():
                async with self.app.run_test(size=size) as pilot:
                    yield pilot

    async def until(self, pilot: Pilot[Any], ready: Callable[[], object]) -> None:
        """Waits for something to come about."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not ready():
                    await pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"it did not come about:\n{self.text()}") from None

    async def until_shown(self, pilot: Pilot[Any], words: str) -> None:
        """Waits until words stand on the screen."""
        await self.until(pilot, lambda: words in self.text())

    def text(self) -> str:
        """The screen as text."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@contextmanager
def serving(speed: float = 1.0) -> Iterator[Served]:
    """Serves a facility that begins now."""
    sandbox = facility(Clock(speed=speed))
    with running(sandbox) as url:
        yield Served(sandbox, url)
