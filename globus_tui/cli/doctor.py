"""`globus-tui doctor`: what is wrong with sign-in, network and storage, and how to mend each fault."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from globus_tui.api.globus_auth import AuthClient, PeopleClient
from globus_tui.api.http import Connection, utc_now
from globus_tui.api.network import proxy_of
from globus_tui.api.retry import RetryRules
from globus_tui.auth.doctor import Check, Finding, Probes, Subject, check_proxy, examine, lines
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.auth.token_store import FILE_NAME
from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import Standing, show, stand
from globus_tui.cli.backend import person
from globus_tui.domain.errors import PRESS_S, GlobusTuiError, ServiceError, SettingsError, TimedOut, UnreadableAnswer
from globus_tui.private_files import make_private_folder, write_private
from globus_tui.settings import Settings, load_settings

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from globus_tui.api.environment import Environment
    from globus_tui.domain.auth.credentials import ConsentRecord

V = TypeVar("V")
PATIENCE = 15.0
"""Seconds for what is asked of Globus; the single probes have their own, shorter limit."""
EXAMINED = ("auth", "transfer", "timer", "flows")


def run_doctor(options: Namespace) -> int:
    """Prints each finding, faults with a fix; the exit code is 1 when there are faults."""
    try:
        settings = load_settings(os.environ, profile=options.profile)
    except SettingsError as wrong:
        show(lines((Check("settings", Finding.FAULT, f"{wrong}.", wrong.advice),)))
        return FAILED
    if settings.theme:
        from globus_tui.themes import OwnThemes, theme_problem

        if problem := theme_problem(settings.theme, OwnThemes(settings.paths.config.parent / "themes").themes):
            settings = settings.without_theme(problem)
    checks = [_wrong_file(problem) for problem in settings.problems]
    loop = asyncio.new_event_loop()
    try:
        checks += loop.run_until_complete(_examine_all(settings))
        checks += (_journal(settings.paths.state), _zones())
    finally:
        loop.close()
    show(lines(checks))
    code = FAILED if any(check.finding is Finding.FAULT for check in checks) else OK
    sys.stdout.flush()
    waiting = (thread for thread in threading.enumerate() if thread.is_alive() and not thread.daemon)
    if any(thread.name.startswith("asyncio_") for thread in waiting):
        _leave(code)
    return code


def _leave(code: int) -> None:
    """Ends the program though a look-up of a host's name still hangs: that can take a minute and cannot be stopped."""
    # Idle threads of the pool end at once; give them that moment, and leave those that hang.
    end = time.monotonic() + 0.5
    for thread in threading.enumerate():
        if thread.name.startswith("asyncio_"):
            thread.join(max(0.0, end - time.monotonic()))
    if any(thread.name.startswith("asyncio_") for thread in threading.enumerate()):
        sys.stderr.flush()
        os._exit(code)


def _wrong_file(problem: str) -> Check:
    sentence = problem if problem.endswith("?") else f"{problem}."
    return Check("settings", Finding.FAULT, sentence, "Correct the file; until then the default holds for it.")


def _journal(folder: Path) -> Check:
    """Whether changes can be written down: a full disk, say, is found before one is made."""
    journal, probe = folder / "journal.jsonl", folder / "doctor.tmp"
    try:
        make_private_folder(folder)
        write_private(probe, b" " * _LONG_ENTRY)
        probe.unlink()
        if journal.exists() and not os.access(journal, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as wrong:
        words = f"{journal} cannot be written, so no change is recorded: {wrong.strerror}."
        return Check("journal", Finding.FAULT, words, "Make room, or the folder and the file your own.")
    return Check("journal", Finding.OK, f"changes are written to {journal}.")


_LONG_ENTRY = 64 * 1024
"""Bytes that there should be room for: of a timer with many items, before and after."""


def _zones() -> Check:
    from globus_tui.cli.zones import zone_data

    data = zone_data()
    return Check("zones", Finding.WARNING if data.advice() else Finding.OK, f"{data.words()}.", data.advice())


async def _examine_all(settings: Settings) -> Sequence[Check]:
    """Every check; a setting that lets nothing be tried is the one finding."""
    try:
        standing = await stand(settings)
    except SettingsError as wrong:
        return (Check("settings", Finding.FAULT, str(wrong), wrong.advice), *check_proxy(os.environ))
    subject = Subject(
        store=standing.store,
        key=standing.key,
        token_file=standing.settings.paths.data / FILE_NAME,
        environ=os.environ,
        urls={name: standing.environment.urls[name] for name in EXAMINED},
        account=standing.service,
    )
    return await examine(subject, _probes(standing), utc_now())


def _probes(standing: Standing) -> Probes:
    names = {standing.environment.urls[name]: name for name in reversed(EXAMINED)}

    async def reach(url: str) -> timedelta | None:
        return await _reach(standing.environment, names[url])

    async def consents(identity_id: str) -> tuple[ConsentRecord, ...]:
        def ask(connection: Connection) -> Awaitable[tuple[ConsentRecord, ...]]:
            tokens = person(connection, standing.store, standing.key).tokens
            return PeopleClient(connection, tokens).consents(identity_id)

        return await _asked(standing, ask)

    async def token(account: ServiceAccount, resource_server: str) -> object:
        def ask(connection: Connection) -> Awaitable[object]:
            return ClientCredentialsTokens(AuthClient(connection), account).token(resource_server)

        return await _asked(standing, ask)

    return Probes(_resolve, reach, consents, token)


async def _resolve(host: str) -> object:
    if proxy_of(f"https://{host}/"):
        return None  # the proxy does that; this machine may not be able to
    return await asyncio.get_running_loop().getaddrinfo(host, None)


async def _reach(environment: Environment, service: str) -> timedelta | None:
    """Asks for the root of a service, once. Any answer will do; its date tells how the clocks differ."""
    async with Connection(environment, rules=RetryRules(repeats=0)) as connection:
        with contextlib.suppress(ServiceError, UnreadableAnswer):  # it answered
            await connection.request(service, "GET", "/")
        return connection.skew if connection.skew_known else None


async def _asked(standing: Standing, ask: Callable[[Connection], Awaitable[V]]) -> V:
    """Asks Globus Auth once, for no longer than a person waits."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            Connection(standing.environment, rules=RetryRules(repeats=0)) as connection,
        ):
            return await ask(connection)
    except TimeoutError:
        raise TimedOut("Globus Auth did not answer in time.", maybe_processed=False) from None
    except GlobusTuiError as wrong:
        wrong.advice = wrong.advice.replace(PRESS_S, "Run: globus-tui login")
        raise
