"""`window`: pauses timers for a maintenance and resumes exactly those later; also `pause` with a reason or an end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from globus_tui.cli.timers import Desk
    from globus_tui.store.outcome import Outcome
    from globus_tui.store.windows import Item, Window


def run(options: Namespace) -> int:
    """Carries the action out.

    Raises:
        GlobusTuiError: nothing was changed.
    """
    import asyncio

    return asyncio.run(_run(options))


async def _run(options: Namespace) -> int:
    from globus_tui.cli.timers import desk
    from globus_tui.settings import check_may_change

    async with desk(options) as here:
        if options.action == "list":
            return await _list(options, here)
        if options.action == "due" or not options.dry_run:
            check_may_change(here.settings)
        if options.action != "due" and not (options.dry_run or options.yes):
            _check_terminal(options.action)
        await here.read()
        if options.action == "open":
            return await open_window(options, here)
        return await (_due(here) if options.action == "due" else _close(options, here))


def _check_terminal(verb: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput(f"There is no terminal to ask on. Add --yes to {verb} without a question.")


def _moment(said: str | None, here: Desk) -> datetime | None:
    from globus_tui.cli.account import tell
    from globus_tui.domain.schedule.typed_times import parse_moment

    if said is None:
        return None
    found = parse_moment(said, here.store.now(), here.zone)
    tell(found.notices)
    return found.moment


async def open_window(options: Namespace, here: Desk) -> int:
    """Opens one for the timers that the options mean; they have been read."""
    from globus_tui.cli.account import show, tell
    from globus_tui.cli.change import agreed, end_of, meant_timers
    from globus_tui.present.report_words import opening_words
    from globus_tui.store.windows import Windows, check_times, why_not_paused

    meant = meant_timers(options.filter, here)
    now, at, until = here.store.now(), _moment(options.at, here), _moment(options.until, here)
    check_times(now, at, until, resume=options.resume)
    taken = [one for one in meant if why_not_paused(one.state) is None] if at is None else meant
    plan = [f"pause {one.state.job.label} ({one.state.job_id})" for one in taken]
    plan += [f"left out: {one.state.job.label} {why_not_paused(one.state)}" for one in meant if one not in taken]
    plan.append(opening_words(until, now, here.zone, resume=options.resume))
    (show if options.dry_run else tell)(plan)
    if options.dry_run or not taken:
        return OK
    if not options.yes and not agreed("pause", len(taken)):
        tell(("Nothing was changed.",))
        return FAILED
    windows = Windows(here.store)
    window = await windows.plan(
        (one.state.job_id for one in taken), reason=options.reason, at=at, until=until, resume=options.resume
    )
    if at is not None and at > now:
        show((f"window {window.window_id}: planned for {len(taken)} timers",))
        return OK
    names = {one.state.job_id: one.state.job.label for one in taken}
    window, outcomes = await windows.begin(window.window_id)
    codes = []
    for job_id, outcome in outcomes.items():
        code, words = end_of(outcome, here)
        codes.append(code)
        show((f"{'done' if code == OK else 'FAILED'}  {names[job_id]} ({job_id}): {words}",))
    show((f"window {window.window_id}: {len(window.holding())} paused; globus-tui window close {window.window_id}",))
    return max(codes, default=OK)


async def _list(options: Namespace, here: Desk) -> int:
    from globus_tui.cli.account import show, show_json, tell
    from globus_tui.cli.look import terminal_width
    from globus_tui.domain.schedule.schedule import wire_moment
    from globus_tui.present import moments, timer_table
    from globus_tui.present.report_words import state_words
    from globus_tui.present.safe_text import safe_line
    from globus_tui.store.windows import Windows, window_document

    now, found = here.store.now(), await Windows(here.store).all()
    if options.json:
        documents = [{**window_document(one), "state": one.state, "overdue": one.overdue(now)} for one in found]
        head = {"schema": timer_table.SCHEMA, "as_of": wire_moment(now), "profile": here.settings.profile}
        show_json(timer_table.as_json({**head, "windows": documents}))
        return OK
    if not found:
        tell((f"There is no maintenance window of profile {here.settings.profile}.",))
        return OK
    rows = []
    for one in found:
        until = moments.since_words(one.until, now, here.zone) if one.until else "-"
        words = (one.window_id, state_words(one, now, here.zone), until, one.by or "?", one.reason or "-")
        rows.append([safe_line(cell, ascii_only=here.ascii) for cell in words])
    headings = [(one, False) for one in ("ID", "STATE", "UNTIL", "BY", "REASON")]
    show(timer_table.table(rows, headings, terminal_width(), (1, 4), "..." if here.ascii else "…"))
    return OK


async def _which(said: str | None, here: Desk) -> Window:
    from globus_tui.store.windows import Windows

    found = [one for one in await Windows(here.store).all() if one.state != "closed"]
    meant = [one for one in found if one.window_id == said] if said else found
    if len(meant) == 1:
        return meant[0]
    ids = ", ".join(f"{one.window_id} ({one.reason or 'no reason given'})" for one in found)
    if not found:
        raise BadInput("No maintenance window is open.")
    raise BadInput(f"There is no open window {said}: {ids}." if said else f"Several are open, name one: {ids}.")


async def _close(options: Namespace, here: Desk) -> int:
    from globus_tui.cli.account import show, tell
    from globus_tui.cli.change import agreed, end_of
    from globus_tui.present.report_words import closing_lines
    from globus_tui.store.windows import Windows

    window, windows = await _which(options.window, here), Windows(here.store)
    if window.state == "planned":
        if options.dry_run or not (options.yes or agreed("close", 1)):
            (show if options.dry_run else tell)((f"forget window {window.window_id}, which has not begun",))
            return OK if options.dry_run else FAILED
        await windows.cancel(window.window_id)
        show((f"window {window.window_id}: forgotten, nothing was paused",))
        return OK
    found = await windows.closing(window)
    (show if options.dry_run else tell)(closing_lines(window, found, here.store.states))
    if options.dry_run:
        return OK
    if not options.yes and not agreed("resume", len(found.resumed)):
        tell(("Nothing was changed.",))
        return FAILED
    codes: list[int] = []

    def told(item: Item, outcome: Outcome) -> None:
        code, words = end_of(outcome, here)
        codes.append(code)
        show((f"{'done' if code == OK else 'FAILED'}  {item.name}: {words}",))
        sys.stdout.flush()

    await windows.close(window, found, stagger=options.stagger, told=told)
    return max(codes, default=OK)


async def _due(here: Desk) -> int:
    from globus_tui.cli.account import show
    from globus_tui.cli.change import end_of
    from globus_tui.store.windows import Windows

    codes = []
    for window, outcomes in await Windows(here.store).due():
        for item in window.items:
            if (outcome := outcomes.get(item.job_id)) is not None:
                code, words = end_of(outcome, here)
                codes.append(code)
                show((f"window {window.window_id}: {item.name}: {words}",))
    return max(codes, default=OK)
