"""`check`: how the timers are, for a monitoring system. Ends within its time limit, whatever hangs."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput, GlobusTuiError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, MutableMapping
    from datetime import datetime, tzinfo
    from typing import Any

    from globus_tui.cli.look import Found
    from globus_tui.domain.timer.alerts import Alert
    from globus_tui.domain.timer.cause import Hit
    from globus_tui.present.monitoring import Verdict
    from globus_tui.store.ledger import Ledger

UNKNOWN = 3
_MARGIN = 0.3
"""Seconds of the time limit for what comes before and after this module."""


def run(options: Namespace) -> int:
    """Prints one line, or a document; the exit code is that of a plugin: 0, 1, 2, and 3 for what is not known.

    The work is done by a child: a name server, a keyring or a file system that hangs, hangs the child.
    """
    from globus_tui.cli.account import tell

    until = time.monotonic() + max(0.2, options.timeout - _MARGIN - time.process_time())
    sys.stdout.flush()
    answer = _answer_of_child(options, until)
    if not answer:
        late = time.monotonic() >= until
        words = f"no answer within {options.timeout:g} s" if late else "the check ended without a result"
        answer = _answer(options, _not_known(options, words))
    text, _, words = answer[1:].decode(errors="replace").partition("\0")
    tell(filter(None, (words,)))
    try:
        if options.output is not None:
            from globus_tui.cache_files import write_named

            write_named(options.output, text.encode(errors="backslashreplace"))
        else:
            sys.stdout.write(text)
            sys.stdout.flush()
    except OSError as wrong:
        tell((f"{options.output or 'standard output'} cannot be written: {wrong.strerror}",))
        return UNKNOWN
    return answer[0]


def _answer_of_child(options: Namespace, until: float) -> bytes:
    """What the child found; empty if it did not end in time. Whatever ends this process, the child does not go on."""
    ear, mouth = os.pipe()
    try:
        child = os.fork()
    except OSError as wrong:  # no more processes, or memory
        return _answer(options, _not_known(options, f"no process can be started: {wrong.strerror}"))
    if child == 0:
        _work(options, ear, mouth, until)
    os.close(mouth)
    try:
        return _hear(ear, until)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _hear(ear: int, until: float) -> bytes:
    """Reads the child's output; empty if it did not end in time."""
    answer = b""
    while select.select([ear], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(ear, 1 << 16)
        if not part:
            return answer
        answer += part
    return b""


def _work(options: Namespace, ear: int, mouth: int, until: float) -> None:
    """Does the child's work and exits: the callers on the stack belong to the parent process."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.close(ear)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):  # whoever waits for the end of the output must not wait for a child that hangs
            os.dup2(nothing, stream)
        try:
            answer = _answer(options, _check(options, until))
        except Exception as fault:  # nobody sees what Python would print: it is written where it can be found
            answer = _answer(options, _not_known(options, _logged(options, fault)))
        with os.fdopen(mouth, "wb") as out:
            out.write(answer)
    finally:
        os._exit(0)


def _answer(options: Namespace, verdict: Verdict) -> bytes:
    """The exit code, what is printed, and behind a null what standard error is told: metrics have no words."""
    metrics = options.format not in ("nagios", "json")
    problems = [f"{profile}: {problem}" for profile, problem in verdict.unread]
    words = f"\0{'; '.join(problems)}" if metrics and problems else ""
    return bytes([verdict.state]) + (_shown(options, verdict) + words).encode(errors="backslashreplace")


def _logged(options: Namespace, fault: Exception) -> str:
    """Writes a fault of this program into the log; what it is and where that stands."""
    import logging
    import traceback

    from globus_tui.logs import start_log
    from globus_tui.settings import load_settings

    last = traceback.extract_tb(fault.__traceback__)[-1]
    words = f"a fault of this program: {type(fault).__name__} in {os.path.basename(last.filename)} line {last.lineno}"
    state = load_settings(os.environ, profile=options.profile).paths.state
    if (no_log := start_log(state)) is not None:
        return f"{words}; {no_log}"
    logging.getLogger(__name__).error("check ended by a fault of this program", exc_info=fault)
    return f"{words}; the traceback is in {state / 'globus_tui.log'}"


def _check(options: Namespace, until: float) -> Verdict:
    import asyncio

    from globus_tui.cli.look import read_listed
    from globus_tui.present.monitoring import Verdict, parse_range

    try:
        if not options.demo:
            hurry(os.environ, until - time.monotonic() - _MARGIN)
        reading = asyncio.run(read_listed(options, names=False))
        note = asyncio.run(_told(options, reading, until)) if options.alert else None
        warning, critical = parse_range(options.warning), parse_range(options.critical)
        unread = [*((name, _reason(wrong)) for name, wrong in reading.failed), *reading.unsure]
        quiet = _quiet_until(options.quiet, reading.as_of, reading.zone) if options.quiet and reading.as_of else None
        return Verdict(reading.listed, unread, reading.as_of, warning, critical, bool(options.filter), quiet, note)
    except GlobusTuiError as wrong:
        return _not_known(options, _reason(wrong))


def hurry(environ: MutableMapping[str, str], seconds: float) -> None:
    """Requests, and tries to send them again, end within these seconds: so what is wrong is told, not only that it is.

    Raises:
        SettingsError: the variable has a value that cannot be used.
    """
    from globus_tui.api.environment import TIMEOUT_VARIABLE, Environment

    usual = Environment.read(environ).timeout
    if usual is None or usual > seconds:
        environ[TIMEOUT_VARIABLE] = f"{max(0.2, seconds):.1f}"


async def _told(options: Namespace, reading: Found, until: float) -> str | None:
    """What went wrong with telling the command of alerts: how the timers are is known all the same."""
    try:
        return await _alert(options, reading, until)
    except GlobusTuiError as wrong:
        return f"nothing is told to on_alert: {_reason(wrong)}"


async def _alert(options: Namespace, reading: Found, until: float) -> str | None:
    """Tells the command of the setting on_alert what is new since the last check, as a console that stays would."""
    from globus_tui.cli.account import read_settings
    from globus_tui.cli.timers import looks
    from globus_tui.domain.timer.alerts import Watcher
    from globus_tui.domain.timer.health import Word
    from globus_tui.domain.wire import document, items
    from globus_tui.present.alert_words import alert_document
    from globus_tui.present.timer_table import SCHEMA
    from globus_tui.store.alert_hook import MOST_WAITING, CannotRunError, run_hook, write_down
    from globus_tui.store.ledger import Ledger

    settings = read_settings(options)
    if reading.as_of is None or not settings.on_alert:
        return None
    ledger = Ledger(settings.paths.state / "alerts.json", settings.profile)
    watcher, as_of = Watcher(settings.alert_after, settings.clear_after), reading.as_of
    listed = {f"{timer.profile} {timer.state.job_id}": timer for timer in reading.listed}
    unread = {profile for profile, _ in (*reading.failed, *reading.unsure)}
    waiting: list[Any] = []

    def is_unread(key: str) -> bool:
        return key.partition(" ")[0] in unread

    def is_seen(hit: Hit) -> bool:
        """That one is well cannot be told while it is not known what became of its runs."""
        bad = hit.health.word.is_trouble and hit.health.word is not Word.UNKNOWN
        return bad or not is_unread(hit.key)

    def look(kept: dict[str, Any]) -> None:
        """In one step: what is new waits in the file until it is told, whatever ends this check meanwhile."""
        watcher.restore(document(kept.get("check")))
        keys = {_by_timer(alert): alert.key for alert in watcher.look(filter(is_seen, looks(listed)), as_of, is_unread)}
        news = [alert_document(alert, listed[keys[alert]]) for alert in write_down(list(keys), kept)]
        waiting.extend([*items(kept.get("untold")), *news][-MOST_WAITING:])
        kept.update(check=watcher.document(), untold=waiting)

    def told(kept: dict[str, Any]) -> None:
        kept.update(untold=[alert for alert in items(kept.get("untold")) if alert not in waiting])

    with _teller(ledger) as tells:
        await ledger.change(look)
        if not waiting or not tells:  # another check tells now, or the next one does
            return None
        try:
            problem = await run_hook(
                settings.on_alert,
                {"schema": SCHEMA, "alerts": waiting},
                max(0.5, until - time.monotonic() - _MARGIN),
            )
        except CannotRunError as wrong:
            return str(wrong)
        try:
            await ledger.change(told)
        except GlobusTuiError as wrong:
            return f"{len(waiting)} told to on_alert will be told again: {_reason(wrong)}"
    return problem


def _by_timer(alert: Alert) -> Alert:
    """Named as consoles name it: without the profile."""
    return alert._replace(key=_job_id(alert.key), also=tuple(map(_job_id, alert.also)))


@contextlib.contextmanager
def _teller(ledger: Ledger) -> Iterator[bool]:
    """Whether this check is the one that tells: of several at once one does; also where there are no locks."""
    from globus_tui.private_files import make_private_folder, take_lock

    if ledger.path is None:
        yield True
        return
    try:
        make_private_folder(ledger.path.parent)
        handle = os.open(
            ledger.path.with_suffix(".telling"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
    except OSError as wrong:
        raise GlobusTuiError(f"{ledger.path.parent} cannot be written: {wrong.strerror or wrong}.") from None
    try:
        yield take_lock(handle) is not False
    finally:
        os.close(handle)


def _job_id(key: str) -> str:
    return key.partition(" ")[2]


def _reason(wrong: GlobusTuiError) -> str:
    from globus_tui.cli.account import in_a_shell

    return in_a_shell(wrong).rstrip(".")


def _not_known(options: Namespace, words: str) -> Verdict:
    from globus_tui.present.monitoring import Verdict, parse_range

    profile = options.profile or os.environ.get("GLOBUS_PROFILE") or "default"
    return Verdict((), [(profile, words)], None, parse_range(options.warning), parse_range(options.critical))


def _shown(options: Namespace, verdict: Verdict) -> str:
    if options.format == "nagios":
        return verdict.plugin_line()
    if options.format == "json":
        from globus_tui.domain.schedule.schedule import wire_moment
        from globus_tui.present.monitoring import state_of
        from globus_tui.present.safe_text import safe_json
        from globus_tui.present.timer_table import SCHEMA, as_json, timer_document

        document = {
            "schema": SCHEMA,
            "as_of": wire_moment(verdict.as_of) if verdict.as_of else None,
            "state": verdict.state.name,
            "code": int(verdict.state),
            "words": verdict.words(),
            "counts": verdict.counts(),
            "trouble": [timer_document(timer) for timer in verdict.listed if state_of(timer)],
            "problems": [{"profile": name, "problem": problem} for name, problem in verdict.unread],
        }
        return safe_json(as_json(document))
    return verdict.metrics() + ("# EOF\n" if options.format == "openmetrics" else "")


def _quiet_until(text: str, now: datetime, zone: tzinfo) -> str | None:
    """The end of the quiet hours, if these are; they may go past midnight."""
    begin, _, end = text.partition("-")
    clock = f"{now.astimezone(zone):%H:%M}"
    within = begin <= clock < end if begin < end else clock >= begin or clock < end
    return end if within else None


def check_quiet(text: str) -> None:
    """Raises BadInput for a text that is no span of hours.

    Raises:
        BadInput: it is not like 22:00-06:00.
    """
    import re

    clock = r"(?:[01]\d|2[0-3]):[0-5]\d"
    if not re.fullmatch(f"{clock}-{clock}", text, re.ASCII):
        raise BadInput(f"{text[:40]!r} are no hours: write for example 22:00-06:00")
