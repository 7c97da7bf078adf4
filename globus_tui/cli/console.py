"""The full-screen console: joins backend, store and application."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.cli.first_frame import FirstFrame, first_frame
from globus_tui.cli.kept_rows import Keeping, kept_rows
from globus_tui.cli.later import later
from globus_tui.cli.terminal import can_browse, check_terminal, over_ssh, wants_ascii

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.exchange import Exchange
    from globus_tui.api.http import Connection
    from globus_tui.api.packed_answers import PackedAnswers
    from globus_tui.api.timers import TimersClient
    from globus_tui.api.transfer import TransferClient
    from globus_tui.app import GlobusTui, Switch
    from globus_tui.cli.backend import Backend
    from globus_tui.cli.kept_frame import KeptFrame
    from globus_tui.screens.create.lookup import Making
    from globus_tui.screens.profiles import Profiles
    from globus_tui.settings import Settings
    from globus_tui.store.answer_cache import AnswerCache, Kept
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.services import SharedFolder


class Opening(NamedTuple):
    """The first session of a start: what the terminal shows already, and where that is kept for the next."""

    frame: FirstFrame
    drawn: KeptFrame


_PATIENCE = 0.3
"""Seconds that the first frame waits for the first answer: an empty frame and then a full one cost a slow link twice.
The line of `first_frame` is on the screen meanwhile."""

_TURN = 0.0005
"""Seconds after which a thread lets another one have its turn. With Python's 5 ms what is drawn waits so long for the
thread that writes it, and a key for the one that decodes: a page of ten thousand timers took 8.6 ms, now 5.4."""


def run(options: Namespace) -> int:
    """Opens the console and stays until it is left; the demo or another profile may be opened from inside.

    Everything that takes time to load is imported below, after the first line is on the screen.
    """
    check_terminal(os.environ)
    sys.setswitchinterval(_TURN)
    gc.disable()  # while so much is loaded there is nothing to collect: a tenth of the time; see `_enter`
    drawn = _drawn_last(options, os.environ)
    with first_frame("globus_tui  starting", drawn.picture()) as frame:
        import asyncio
        from dataclasses import replace

        from globus_tui.domain.errors import SettingsError
        from globus_tui.logs import start_log
        from globus_tui.settings import load_settings

        environ = os.environ
        demo, profile, sign_in = options.demo, options.profile, False
        before, trouble = None, ""
        opening: Opening | None = Opening(frame, drawn)
        while True:
            settings = load_settings(environ, profile=profile)
            zone = find_zone(options.zone or settings.zone)
            start_log(settings.paths.state)
            if trouble:
                settings = replace(settings, problems=(*settings.problems, trouble))
            try:
                switch = asyncio.run(_stay(settings, options, zone, environ, opening, demo=demo, sign_in=sign_in))
            except SettingsError as wrong:
                if before is None:
                    raise
                # What was switched to cannot be opened: back to what could.
                trouble = f"{profile} cannot be opened: {wrong.in_full}"
                (demo, profile), before, sign_in = before, None, False
                continue
            if isinstance(switch, int):
                return switch
            before, trouble, opening = (demo, profile), "", None
            demo, profile, sign_in = switch.demo, switch.profile or profile, switch.sign_in


async def _stay(
    settings: Settings,
    options: Namespace,
    zone: tzinfo,
    environ: Mapping[str, str],
    opening: Opening | None,
    *,
    demo: bool,
    sign_in: bool,
) -> Switch | int:
    from globus_tui.cli.backend import demo_backend, real_backend

    speed = 1.0 if options.demo_speed is None else options.demo_speed
    backend = await (demo_backend(speed) if demo else real_backend(settings, environ))
    async with backend.connection:
        return await _enter(backend, settings, options, zone, environ, opening, sign_in=sign_in)


async def _enter(
    backend: Backend,
    settings: Settings,
    options: Namespace,
    zone: tzinfo,
    environ: Mapping[str, str],
    opening: Opening | None,
    *,
    sign_in: bool,
) -> Switch | int:
    """Asks for the timers first and loads the screen while the answer is on its way."""
    import asyncio
    from importlib import import_module

    from globus_tui.cli.told_to_end import leave_when_told

    store = make_store(backend, settings, options, share=_sharing(backend, settings, environ))
    cache = _cache_of(backend, settings)
    kept = _load(cache, opening)
    early: list[Exchange] = []
    backend.connection.on_exchange = early.append
    first, answered = None, asyncio.Event()
    if kept is not None:
        store.show_kept(kept)
    elif backend.account.who is not None:
        await backend.connection.open()
        store.subscribe(lambda change: answered.set())
        first = asyncio.create_task(store.refresh())
    for module in ("textual.app", "globus_tui.app", "globus_tui.screens.job_list"):
        await asyncio.to_thread(import_module, module)
    if first is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(answered.wait(), _PATIENCE)
    app = make_console(backend, settings, options, zone, environ, store=store, sign_in=sign_in)
    for exchange in early:
        app.activity.note(exchange)
    app.call_later(_collect_again)
    leave_when_told(lambda code: app.exit(return_code=code))
    keeping = _hand_over(app, cache, opening)
    mouse = options.mouse or (settings.mouse if settings.mouse is not None else not over_ssh(environ))
    try:
        switch = await app.run_async(mouse=bool(mouse))
        return switch if switch is not None else app.return_code or 0
    finally:
        store.leave()
        if first is not None:
            first.cancel()
        if keeping is not None:
            keeping.end()


def _load(cache: AnswerCache | None, opening: Opening | None) -> Kept | None:
    """The rows of the last session; what is drawn on the screen already goes when it is not of these."""
    kept = cache.load() if cache else None
    picture = opening.frame.picture if opening else None
    if opening is not None and picture is not None and (kept is None or kept.label != picture.label):
        opening.frame.take_back()
    return kept


def _hand_over(app: GlobusTui, cache: AnswerCache | None, opening: Opening | None) -> Keeping | None:
    """Lets the application draw over what is on the screen, and keep what it knows and draws for the next."""
    if opening is not None and sys.platform != "win32":
        from globus_tui.widgets.taken_over import taking_over

        app.driver_class = taking_over(app.driver_class, opening.frame)
        if opening.frame.picture is not None:
            app.drawn_before = opening.frame.picture.lines, opening.frame.picture.size
    if cache is None:
        return None
    keeping = Keeping(app.store, cache, app.account, opening.drawn if opening else None)
    keeping.begin(app)
    return keeping


def _cache_of(backend: Backend, settings: Settings) -> AnswerCache | None:
    """Where the last answer is kept: one file for each profile, environment and identity; none for the demo."""
    who = backend.account.who
    return None if backend.demo or who is None else kept_rows(settings, backend.connection.environment, who)


def _sharing(
    backend: Backend, settings: Settings, environ: Mapping[str, str]
) -> Callable[[], SharedFolder | None] | None:
    """Opens the place where copies of this program meet; None where nothing is shared, as in the demo."""
    if backend.demo or not settings.share_answers:
        return None

    def open_it() -> SharedFolder | None:
        from globus_tui.cli.sharing import shared_answers

        return shared_answers(backend, settings, environ)

    return open_it


def _drawn_last(options: Namespace, environ: Mapping[str, str]) -> KeptFrame:
    """What the last session with these options drew; only little is loaded to tell."""
    from globus_tui.cli.kept_frame import KeptFrame, circumstances
    from globus_tui.settings import Paths

    paths = Paths.of_this_user(environ)
    return KeptFrame(paths.cache, circumstances(options, environ, paths))


def _collect_again() -> None:
    """What is loaded by now stays for good: the collector need not look at it, and keys are not held up."""
    gc.freeze()
    gc.enable()


def make_store(
    backend: Backend, settings: Settings, options: Namespace, *, share: Callable[[], SharedFolder | None] | None = None
) -> JobStore:
    """The store over a backend, nothing asked of it yet; `share` opens the place where copies of this program meet."""
    from globus_tui.cli.backend import DEMO_REFRESH
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.journal import Journal
    from globus_tui.store.refresh_plan import usable_interval
    from globus_tui.store.services import Services

    connection = backend.connection
    tokens = backend.account.tokens
    timers = later(partial(_timers_client, connection, tokens))
    transfer = later(partial(_transfer_client, connection, tokens))
    packed = later(partial(_packed_answers, timers, transfer))
    wanted = options.refresh if options.refresh is not None else DEMO_REFRESH if backend.demo else settings.refresh
    return JobStore(
        Services(timers, transfer, transfer, backend.account, packed, share),
        journal=Journal(None if backend.demo else settings.paths.state / "journal.jsonl", profile=settings.profile),
        skew=backend.skew,
        interval=usable_interval(wanted, floor=backend.floor),
    )


def _packed_answers(timers: TimersClient, transfer: TransferClient) -> PackedAnswers:
    from globus_tui.api.packed_answers import PackedAnswers

    return PackedAnswers(timers, transfer)


def _timers_client(connection: Connection, tokens: TokenSource) -> TimersClient:
    from globus_tui.api.timers import TimersClient

    return TimersClient(connection, tokens)


def _transfer_client(connection: Connection, tokens: TokenSource) -> TransferClient:
    from globus_tui.api.transfer import TransferClient

    return TransferClient(connection, tokens)


def make_console(
    backend: Backend,
    settings: Settings,
    options: Namespace,
    zone: tzinfo,
    environ: Mapping[str, str],
    *,
    store: JobStore | None = None,
    sign_in: bool = False,
) -> GlobusTui:
    """The application over a backend; it asks for the timers unless the store has been asked already."""
    from globus_tui.app import GlobusTui, Host
    from globus_tui.themes import fitting_theme

    host = Host(
        zone=zone,
        theme=options.theme or settings.theme or fitting_theme(environ),
        demo=backend.demo,
        ascii=options.ascii or (settings.ascii if settings.ascii is not None else wants_ascii(environ)),
        floor=backend.floor,
        web=backend.connection.environment.app_url(""),
        timers=backend.connection.environment.url("timer"),
        transfer=backend.connection.environment.url("transfer"),
        open_link=_open_link if can_browse(environ) else None,
        browser=backend.browser,
        profiles=_profiles(backend, settings, environ),
        sign_in=sign_in,
    )
    store = store or make_store(backend, settings, options)
    making = later(partial(_make_making, backend, settings, store))
    app = GlobusTui(store, backend.account, settings, host._replace(making=making))
    backend.connection.on_exchange = app.activity.note
    return app


def _make_making(backend: Backend, settings: Settings, store: JobStore) -> Making:
    from globus_tui.cli.making import make_making

    return make_making(backend, settings, store)


def _open_link(url: str) -> None:
    import webbrowser

    webbrowser.open(url)


def _profiles(backend: Backend, settings: Settings, environ: Mapping[str, str]) -> Profiles | None:
    if backend.store is None:
        return None
    from globus_tui.auth.account import PersonAccount
    from globus_tui.cli.profiles import StoredProfiles

    if not isinstance(backend.account, PersonAccount):
        return None
    return StoredProfiles(backend.store, environ, settings.profile, backend.account)


def find_zone(named: str | None) -> tzinfo:
    """The time zone to show: the one named, or this machine's.

    Raises:
        BadInput: there is no zone of that name.
    """
    from globus_tui.cli.zones import local_zone, zone_named
    from globus_tui.domain.errors import BadInput

    if named is None:
        return local_zone(os.environ)
    zone = zone_named(named)
    if zone is None:
        raise BadInput(f"there is no time zone {named!r}; use an IANA name such as America/Chicago, or UTC")
    return zone
