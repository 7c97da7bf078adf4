"""What the commands about timers share: a backend with somebody signed in, a store over it, and making timers."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from globus_tui.domain.errors import SignedOut
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import AsyncIterator
    from datetime import tzinfo

    from globus_tui.screens.create.lookup import Making
    from globus_tui.store.job_store import JobStore


@dataclass(frozen=True, slots=True)
class Desk:
    """Where timers are made: nothing has been asked of Globus yet, but who is signed in.

    Attributes:
        zone: in which times are shown.
    """

    store: JobStore
    making: Making
    zone: tzinfo


@asynccontextmanager
async def desk(options: Namespace) -> AsyncIterator[Desk]:
    """Opens the backend that the options name, and closes it again.

    Raises:
        SignedOut: nobody is signed in.
        SettingsError: a variable or the profile's name cannot be used.
    """
    from globus_tui.cli.account import read_settings
    from globus_tui.cli.backend import demo_backend, real_backend
    from globus_tui.cli.console import find_zone, make_store
    from globus_tui.cli.making import make_making

    settings = read_settings(options)
    backend = await (demo_backend(1.0) if options.demo else real_backend(settings, os.environ))
    async with backend.connection:
        if backend.account.who is None:
            raise SignedOut("Nobody is signed in.", advice="Run globus-tui login first.")
        store = make_store(backend, settings, options)
        making = make_making(backend, settings, store)
        yield Desk(store, making, find_zone(options.zone or settings.zone))
