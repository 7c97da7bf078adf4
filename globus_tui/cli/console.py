"""The full-screen console: joins backend, store and application."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.cli.ending import ENDING
from globus_tui.cli.first_frame import FirstFrame, first_frame
from globus_tui.cli.kept_rows import Keeping, kept_rows
from globus_tui.cli.terminal import can_browse, check_terminal, fit_colours, over_ssh, trim_heap, wants_ascii

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from globus_tui.api.exchange import Exchange
    from globus_tui.api.timers import TimersClient
    from globus_tui.api.transfer import TransferClient
    from globus_tui.app import GlobusTui
    from globus_tui.cli.backend import Backend
    from globus_tui.screens.console import Switch
    from globus_tui.screens.profiles import Profiles
    from globus_tui.settings import Settings
    from globus_tui.store.answer_cache import AnswerCache
    from globus_tui.store.creation import Making
    from globus_tui.store.job_store import JobStore


_TIDY_EVERY = 60.0
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
    fit_colours(os.environ)
    sys.setswitchinterval(_TURN)
    gc.disable()  # while so much is loaded there is nothing to collect: a tenth of the time; see `_enter`
    with ENDING.on_a_terminal(), first_frame("globus_tui  starting") as frame:
        ENDING.at_last(frame.give_back)
        import asyncio
        from dataclasses import replace

        from globus_tui.cli.zones import find_zone
        from globus_tui.domain.errors import SettingsError
        from globus_tui.logs import start_log
        from globus_tui.screens.console import Switch
        from globus_tui.settings import load_settings

        opened, before, trouble = Switch(options.demo, options.profile), None, ""
        while True:
            try:
                settings = load_settings(os.environ, profile=opened.profile, read_only=options.read_only)
                zone = find_zone(options.zone or settings.zone)
                start_log(settings.paths.state)
                if trouble:
                    settings = replace(settings, problems=(*settings.problems, trouble))
                switch = asyncio.run(_stay(settings, options, zone, os.environ, frame, opened))
            except SettingsError as wrong:
                if before is None:
                    raise
                # What was switched to cannot be opened: back to what could.
                trouble = f"{opened.profile} cannot be opened: {wrong.in_full}"
                opened, before = Switch(before.demo, before.profile), None
                continue
            if isinstance(switch, int):
                return switch
            opened, before, trouble = switch._replace(profile=switch.profile or opened.profile), opened, ""


async def _stay(
    settings: Settings, options: Namespace, zone: tzinfo, environ: Mapping[str, str], frame: FirstFrame, opened: Switch
) -> Switch | int:
    from globus_tui.cli.backend import demo_backend, real_backend

    speed = 1.0 if options.demo_speed is None else options.demo_speed
    backend = await (demo_backend(speed) if opened.demo else real_backend(settings, environ))
    async with backend.connection:
        return await _enter(backend, settings, options, zone, environ, frame, opened)


async def _enter(
    backend: Backend,
    settings: Settings,
    options: Namespace,
    zone: tzinfo,
    environ: Mapping[str, str],
    frame: FirstFrame,
    opened: Switch,
) -> Switch | int:
    """Asks for the timers first and loads the screen while the answer is on its way."""
    import asyncio
    from importlib import import_module

    _share_answers(backend, settings, environ)
    store = make_store(backend, settings, options)
    cache = _cache_of(backend, settings)
    kept = cache.load() if cache else None
    early: list[Exchange] = []
    backend.connection.on_exchange = early.append
    first, answered = None, asyncio.Event()
    if kept is not None:
        store.show_cached(kept)
    elif backend.account.who is not None:
        await backend.connection.open()
        store.subscribe(lambda change: answered.set())
        store.refresher.rows_on_screen.clear()
        first = asyncio.create_task(store.refresh())
    for module in ("textual.app", "globus_tui.app", "globus_tui.screens.job_list"):
        await asyncio.to_thread(import_module, module)
    if first is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(answered.wait(), _PATIENCE)
    app = make_console(backend, settings, options, zone, environ, store=store, opened=opened)
    for exchange in early:
        app.activity.note(exchange)
    app.call_later(_collect_again)
    keeping = Keeping(store, cache, backend.account) if cache else None
    # At the end the last is let go of first, by whoever is able to.
    rows = (keeping.end,) if keeping else ()
    ENDING.at_last(frame.give_back, *rows, partial(_leave_others, backend), partial(_save_drafts, app))
    mouse = options.mouse or (settings.mouse if settings.mouse is not None else not over_ssh(environ))
    frame.draw_over()
    tidying = asyncio.create_task(_tidy_now_and_then())
    try:
        with ENDING.by(_leaving(app)):
            switch = await app.run_async(mouse=bool(mouse))
        frame.given_back = True
        if switch is not None and ENDING.code is None:
            return switch
        ENDING.begin(app.return_code or 0)
        return ENDING.code or 0
    finally:
        for task in filter(None, (first, tidying)):
            task.cancel()
        ENDING.let_go()


def _leaving(app: GlobusTui) -> Callable[[int], object]:
    """Leaves from another thread: whatever waits for the terminal is let go on, and the application told."""
    import asyncio

    loop = asyncio.get_running_loop()

    def leave(code: int) -> None:
        app.hurry()
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(app.leave_at_once, code)

    return leave


def _save_drafts(app: GlobusTui) -> None:
    """What was typed in a wizard that nobody could close."""
    for screen in app.screen_stack:
        keeper = getattr(screen, "keeper", None)
        if keeper is not None:
            keeper.save_now()


def _cache_of(backend: Backend, settings: Settings) -> AnswerCache | None:
    """Where the last answer is kept: one file for each profile, environment and identity; none for the demo."""
    who = backend.account.who
    return None if backend.demo or who is None else kept_rows(settings, backend.connection.environment, who)


def _share_answers(backend: Backend, settings: Settings, environ: Mapping[str, str]) -> None:
    """Copies of the same profile, environment and identity share what Globus answers; not in the demo."""
    if backend.demo or not settings.share_answers:
        return
    from globus_tui.api.shared_answers import SharedAnswers, meeting_place

    account, environment = backend.account, backend.connection.environment

    def label() -> str | None:
        who = account.identity_label
        return who and "\n".join((settings.profile, environment.name, environment.urls["timer"], who))

    backend.connection.shared = SharedAnswers(partial(meeting_place, environ), label)


def _leave_others(backend: Backend) -> None:
    if backend.connection.shared is not None:
        backend.connection.shared.leave()


async def _tidy_now_and_then() -> None:
    """What is let go of is given back: the collector by itself leaves closed pages for hours, and a heap has holes."""
    import asyncio

    while True:
        await asyncio.sleep(_TIDY_EVERY)
        if gc.get_count()[2]:  # thousands of values were made since the last time; at rest few are, and it takes 15 ms
            gc.collect()
        trim_heap()


def _collect_again() -> None:
    """What is loaded by now stays for good: the collector need not look at it, and keys are not held up."""
    gc.freeze()
    gc.enable()


def make_store(backend: Backend, settings: Settings, options: Namespace) -> JobStore:
    """The store over a backend, nothing asked of it yet."""
    from pathlib import Path

    from globus_tui.api.http import utc_now
    from globus_tui.cli.backend import DEMO_REFRESH, lazily
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.journal import Journal
    from globus_tui.store.ledger import Ledger
    from globus_tui.store.refresh_plan import usable_interval
    from globus_tui.store.services import Services

    connection = backend.connection
    tokens = backend.account.tokens
    timers: TimersClient = lazily("globus_tui.api.timers", "TimersClient", connection, tokens)
    transfer: TransferClient = lazily("globus_tui.api.transfer", "TransferClient", connection, tokens)
    seconds = options.refresh if options.refresh is not None else DEMO_REFRESH if backend.demo else settings.refresh
    store = JobStore(
        Services(timers, transfer, transfer, backend.account),
        journal=Journal(
            None if backend.demo else settings.paths.state / "journal.jsonl",
            profile=settings.profile,
            syslog=settings.syslog and not backend.demo,
        ),
        ledger=Ledger(None if backend.demo else settings.paths.state / "ledger.json", settings.profile),
        clock=utc_now,
        skew=backend.skew,
        interval=usable_interval(seconds, floor=backend.floor),
    )
    if settings.notes_file and not backend.demo:
        store.notes = Ledger(Path(settings.notes_file).expanduser(), "all", shared=True)
    if settings.keep_runs_mb and not backend.demo:
        from globus_tui.store.kept_runs import KeptRuns

        store.keep_runs(KeptRuns(settings.paths.state / "runs", settings.keep_runs_mb * 1_000_000))
    return store


def make_console(
    backend: Backend,
    settings: Settings,
    options: Namespace,
    zone: tzinfo,
    environ: Mapping[str, str],
    *,
    store: JobStore | None = None,
    opened: Switch | None = None,
) -> GlobusTui:
    """The application over a backend; it asks for the timers unless the store has been asked already."""
    from globus_tui.app import GlobusTui, Host
    from globus_tui.cli.backend import lazily
    from globus_tui.cli.profiles import OtherProfiles
    from globus_tui.themes import OwnThemes, fitting_theme, theme_problem

    own = OwnThemes(settings.paths.config.parent / "themes").themes
    if settings.theme and (problem := theme_problem(settings.theme, own)):
        settings = settings.without_theme(problem)
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
        profiles=(profiles := _profiles(backend, settings, environ)),
        others=None if profiles is None else OtherProfiles(profiles, options),
        sign_in=opened is not None and opened.sign_in,
        timer=opened.timer if opened else None,
    )
    store = store or make_store(backend, settings, options)
    making: Making = lazily("globus_tui.cli.making", "make_making", backend, settings, store)
    app = GlobusTui(store, backend.account, settings, host._replace(making=making))
    backend.connection.on_exchange = app.activity.note
    backend.connection.read_only = settings.read_only
    return app


def _open_link(url: str) -> None:
    import webbrowser

    from globus_tui.private_files import hiding_secrets

    with hiding_secrets(os.environ):
        webbrowser.open(url)


def _profiles(backend: Backend, settings: Settings, environ: Mapping[str, str]) -> Profiles | None:
    if backend.store is None:
        return None
    from globus_tui.auth.account import PersonAccount
    from globus_tui.cli.profiles import StoredProfiles

    if not isinstance(backend.account, PersonAccount):
        return None
    return StoredProfiles(backend.store, environ, settings.profile, backend.account)
