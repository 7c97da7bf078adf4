"""`watch`: how the timers are, in big words for a screen on the wall. Takes no keys and changes nothing."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

from globus_tui.cli import OK, SIGN_IN_NEEDED, UNREACHABLE
from globus_tui.cli.account import tell, write
from globus_tui.cli.timers import Context, looks, signed_in
from globus_tui.domain.timer.alerts import Watcher
from globus_tui.present import moments
from globus_tui.present.alert_words import alert_document
from globus_tui.present.health_words import why
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.present.timer_table import SCHEMA, begun, by_cause, called
from globus_tui.store.alert_hook import AlertHook
from globus_tui.store.ledger import Ledger
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from argparse import Namespace


_LONGEST_WAIT = 60.0


async def run(options: Namespace) -> int:
    async with signed_in(options) as context:
        context.backend.connection.read_only = True
        wall = sys.stdout.isatty()
        if wall:
            sys.stdout.write("\x1b[?1049h\x1b[?25l")
        try:
            return await _watch(context, options, wall=wall)
        finally:
            if wall:
                sys.stdout.write("\x1b[?25h\x1b[?1049l")
                sys.stdout.flush()


async def _watch(context: Context, options: Namespace, *, wall: bool) -> int:
    settings, store, sources = context.settings, context.store, context.source_counts()
    watcher = Watcher(settings.alert_after, settings.clear_after, quiet_at_first=not options.alert_first)
    ledger = Ledger(None if context.backend.demo else settings.paths.state / "alerts.json", settings.profile)
    hook = AlertHook(settings.on_alert, ledger, SCHEMA) if settings.on_alert else None
    await store.read_journal()
    await store.refresh()
    shown: list[str] = []
    tried, read_at, tries = None, None, 0
    while True:
        freshness = store.freshness
        signed_out = freshness.state is FreshnessState.SIGNED_OUT
        if tried != (tried := (freshness.checked_at, freshness.failures, signed_out)):
            tries += 1
        # The first look is quiet, and what is in trouble already has to be known by then.
        if freshness.checked_at != read_at and (read_at or options.alert_first or store.has_all_tasks):
            read_at = freshness.checked_at
            await sources.count()
            await _alert(context, options, watcher, hook)
        lines = _lines(context, options)
        if not _print(lines, shown, wall=wall):
            return OK  # nobody looks any more
        shown = lines
        if options.count and tries >= options.count:
            fresh = freshness.state in (FreshnessState.FRESH, FreshnessState.PAUSED)
            return OK if fresh else SIGN_IN_NEEDED if signed_out else UNREACHABLE
        wake = store.next_wake()
        await asyncio.sleep(min(_LONGEST_WAIT, max(0.05, wake.seconds)) if wake else _LONGEST_WAIT)
        await store.wake()


def _print(lines: list[str], shown: list[str], *, wall: bool) -> bool:
    """Draws the wall anew, or writes a line to what is no terminal, where it says something else than before.

    False as of `write`.
    """
    text = ""
    if lines != shown and wall:
        text = "\x1b[H\x1b[2J" + "\n".join(lines)
    elif not wall and lines[:1] != shown[:1]:
        text = f"{lines[0]}\n"
    return write(text, at_once=True)


def _lines(context: Context, options: Namespace) -> list[str]:
    """The first says how it is, in a few words; on a wall they are big."""
    now, freshness = context.store.now(), context.store.freshness
    chosen = context.matching(" ".join(options.filter))
    trouble = [
        timer for timer in chosen if timer.state.health.word.is_trouble and timer.state.health.acknowledged is None
    ]
    if freshness.state is FreshnessState.SIGNED_OUT:
        head = "signed out"
    elif freshness.state is not FreshnessState.FRESH:
        head = "no answer"
    elif trouble:
        worst = trouble[0].state.health.word
        count = sum(timer.state.health.word is worst for timer in trouble)
        head = f"{count} {worst.value}"
    elif options.filter and not chosen:
        head = "no timer matches"
    elif freshness.partial and not context.store.has_all_tasks:
        head = "runs not known"
    else:
        head = "all well"
    at = moments.stamp(freshness.checked_at, context.zone) if freshness.checked_at else "never"
    counts = f"{len(trouble)} in trouble of {len(chosen)}" if freshness.checked_at else "? in trouble of ?"
    heading = f"{head}  ({counts}, read {at})"
    if not sys.stdout.isatty():
        return [f"{moments.clock(now, context.zone)} {head}, {counts}"]
    width, height = shutil.get_terminal_size()
    lines = [*_big(head, width, ascii_only=context.ascii), "", heading, ""]
    room = max(0, height - len(lines) - 1)
    together = by_cause(trouble)
    for group in together[:room]:
        first = group[0]
        since = begun(group)
        lasted = moments.duration(now - since) if since else ""
        lines.append(f"{first.state.health.word.value:<8} {lasted:>6}  {called(group)}: {why(first.case)}")
    rest = sum(map(len, together[room:]))
    lines += [f"and {rest} more"] if rest else []
    ellipsis = "..." if context.ascii else "…"
    return [clip(safe_line(line, ascii_only=context.ascii), width, ellipsis=ellipsis) for line in lines]


async def _alert(context: Context, options: Namespace, watcher: Watcher, hook: AlertHook | None) -> None:
    """The bell and the command of the user's: once for each cause."""
    if context.store.freshness.state is not FreshnessState.FRESH:
        return
    listed = {str(timer.state.job_id): timer for timer in context.matching(" ".join(options.filter))}
    alerts = watcher.look(looks(listed), context.store.now())
    if alerts and sys.stdout.isatty():
        sys.stdout.write("\a")
    if hook is not None:
        documents = {alert.key: alert_document(alert, listed[alert.key]) for alert in alerts}
        tell(filter(None, (await hook.tell(alerts, documents),)))


_BIG_ROWS = 5
_BIG_FONT = {
    "A": "010 101 111 101 101", "B": "110 101 110 101 110", "C": "011 100 100 100 011", "D": "110 101 101 101 110",
    "E": "111 100 110 100 111", "F": "111 100 110 100 100", "G": "011 100 101 101 011", "H": "101 101 111 101 101",
    "I": "111 010 010 010 111", "J": "001 001 001 101 010", "K": "101 101 110 101 101", "L": "100 100 100 100 111",
    "M": "101 111 111 101 101", "N": "110 101 101 101 101", "O": "010 101 101 101 010", "P": "110 101 110 100 100",
    "Q": "010 101 101 110 011", "R": "110 101 110 101 101", "S": "011 100 010 001 110", "T": "111 010 010 010 010",
    "U": "101 101 101 101 111", "V": "101 101 101 101 010", "W": "101 101 111 111 101", "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010", "Z": "111 001 010 100 111", "0": "111 101 101 101 111", "1": "010 110 010 010 111",
    "2": "110 001 010 100 111", "3": "110 001 010 001 110", "4": "101 101 111 001 001", "5": "111 100 110 001 110",
    "6": "011 100 111 101 111", "7": "111 001 010 010 010", "8": "111 101 111 101 111", "9": "111 101 111 001 110",
    "-": "000 000 111 000 000", "?": "110 001 010 000 010", " ": "000 000 000 000 000",
}  # fmt: skip


def _big(words: str, width: int, *, ascii_only: bool = False) -> list[str]:
    """Five lines of blocks two cells wide, or one where room is short; else the words as they are."""
    glyphs = [_BIG_FONT.get(letter, _BIG_FONT["?"]).split() for letter in words.upper()]
    block = "#" if ascii_only else "█"
    for wide in (2, 1):
        if len(glyphs) * (3 * wide + wide) <= width:
            return [
                "".join("".join((block if bit == "1" else " ") * wide for bit in glyph[row] + "0") for glyph in glyphs)
                for row in range(_BIG_ROWS)
            ]
    return [words]
