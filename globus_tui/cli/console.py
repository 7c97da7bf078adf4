"""The full-screen console: joins backend, store and application."""

from __future__ import annotations

import asyncio
import os
import webbrowser
from typing import TYPE_CHECKING

from globus_tui.cli.backend import DEMO_REFRESH, Backend, demo_backend, real_backend
from globus_tui.cli.terminal import check_terminal, over_ssh, wants_ascii
from globus_tui.domain.errors import BadInput
from globus_tui.settings import load_settings

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from datetime import tzinfo

    from globus_tui.app import GlobusTui, Switch
    from globus_tui.settings import Settings


def run(options: Namespace) -> int:
    """Opens the console and stays until it is left; the demo or another profile may be opened from inside."""
    from globus_tui.logs import start_log

    environ = os.environ
    check_terminal(environ)
    demo, profile = options.demo, options.profile
    while True:
        settings = load_settings(environ, profile=profile)
        zone = find_zone(options.zone or settings.zone)
        start_log(settings.paths.state)
        switch = asyncio.run(_stay(demo, settings, options, zone, environ))
        if switch is None:
            return 0
        demo, profile = switch.demo, switch.profile or profile


async def _stay(
    demo: bool, settings: Settings, options: Namespace, zone: tzinfo, environ: Mapping[str, str]
) -> Switch | None:
    speed = 1.0 if options.demo_speed is None else options.demo_speed
    backend = await (demo_backend(speed) if demo else real_backend(settings, environ))
    mouse = options.mouse or (settings.mouse if settings.mouse is not None else not over_ssh(environ))
    async with backend.connection:
        return await make_console(backend, settings, options, zone, environ).run_async(mouse=bool(mouse))


def make_console(
    backend: Backend, settings: Settings, options: Namespace, zone: tzinfo, environ: Mapping[str, str]
) -> GlobusTui:
    """The application over a backend, nothing asked of it yet."""
    from globus_tui.api.timers import TimersClient
    from globus_tui.api.transfer import TransferClient
    from globus_tui.app import GlobusTui, Host
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.journal import Journal
    from globus_tui.store.refresh_plan import usable_interval
    from globus_tui.store.services import Services
    from globus_tui.themes import fitting_theme

    connection = backend.connection
    tokens = backend.account.tokens
    transfer = TransferClient(connection, tokens)
    wanted = options.refresh if options.refresh is not None else DEMO_REFRESH if backend.demo else settings.refresh
    store = JobStore(
        Services(TimersClient(connection, tokens), transfer, transfer, backend.account),
        journal=Journal(None if backend.demo else settings.paths.state / "journal.jsonl", profile=settings.profile),
        skew=backend.skew,
        interval=usable_interval(wanted, floor=backend.floor),
    )
    host = Host(
        zone=zone,
        theme=options.theme or settings.theme or fitting_theme(environ),
        demo=backend.demo,
        ascii=options.ascii or (settings.ascii if settings.ascii is not None else wants_ascii(environ)),
        floor=backend.floor,
        web=connection.environment.app_url(""),
        open_link=None if over_ssh(environ) else webbrowser.open,
        browser=backend.browser,
    )
    return GlobusTui(store, backend.account, settings, host)


def find_zone(named: str | None) -> tzinfo:
    """The time zone to show: the one named, or this machine's.

    Raises:
        BadInput: there is no zone of that name.
    """
    from globus_tui.cli.zones import local_zone, zone_named

    if named is None:
        return local_zone(os.environ)
    zone = zone_named(named)
    if zone is None:
        raise BadInput(f"there is no time zone {named!r}; use an IANA name such as America/Chicago, or UTC")
    return zone
