"""What creating timers needs, over a backend: questions to the services, the shelf of drafts, the creator.

Imported when a timer is made: loading it takes time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.api.flows import FlowsClient
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.store.browsing import Browser
from globus_tui.store.creation import CreationServices, Creator, Making, Sending, untold
from globus_tui.store.drafts import DraftShelf
from globus_tui.store.journal import Recorder
from globus_tui.store.swapping import Swapper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from globus_tui.cli.backend import Backend
    from globus_tui.settings import Settings
    from globus_tui.store.job_store import JobStore


def make_making(
    backend: Backend,
    settings: Settings,
    store: JobStore,
    *,
    drafts: Path | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Making:
    """Builds it without any request.

    Args:
        settings: say where drafts are kept.
        store: its journal records what is made, and its clock is the service's.
        drafts: folder for drafts instead; the demo keeps them in memory without one.
        sleep: waits between looks for a lost creation.
    """
    tokens = backend.account.tokens
    transfer = TransferClient(backend.connection, tokens)
    timers = TimersClient(backend.connection, tokens)
    services = CreationServices(timers, transfer, transfer, backend.account)
    recorder = Recorder(store.journal, store.now)

    def creator(sending: Sending) -> Creator:
        return Creator(services, recorder, store.now, sleep=sleep, sending=sending)

    folder = drafts or (None if backend.demo else settings.paths.state / "drafts" / settings.profile)
    return Making(
        Browser(transfer, FlowsClient(backend.connection, tokens), creator(untold), store.clock),
        DraftShelf(folder, store.clock),
        creator,
        swapper=lambda sending: Swapper(creator(sending), timers, recorder, store.hand_on),
        read=timers.get_job,
    )
