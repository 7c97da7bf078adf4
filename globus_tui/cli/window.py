"""`window`: pauses timers for a maintenance and resumes exactly those later; also `pause` with a reason or an end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import agreed, goes_on, may_be_changed, show, show_document, show_table, tell
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.typed_times import parse_moment
from globus_tui.present import moments
from globus_tui.present.report_words import closing_lines, opening_words, state_words
from globus_tui.store.windows import Item, Window, Windows, check_times, why_not_paused, window_document

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from globus_tui.store.operations import Outcome


async def run(options: Namespace) -> int:
    """Carries the action out.

    Raises:
        GlobusTuiError: nothing was changed.
    """
    async with signed_in(options) as here:
        if options.action == "list":
            return await _list(options, here)
        may_be_changed(options, here.settings, asks=options.action != "due")
        await here.read()
        if options.action == "open":
            return await open_window(options, here)
        return await (_due(here) if options.action == "due" else _close(options, here))


def _moment(said: str | None, here: Context) -> datetime | None:
    if said is None:
        return None
    found = parse_moment(said, here.store.now(), here.zone)
    tell(found.notices)
    return found.moment


async def open_window(options: Namespace, here: Context) -> int:
    """Opens one for the timers that the options mean; they have been read."""
    meant = here.meant(options.filter)
    now, at, until = here.store.now(), _moment(options.at, here), _moment(options.until, here)
    check_times(now, at, until, resume=options.resume)
    taken = [one for one in meant if why_not_paused(one.state) is None] if at is None else meant
    plan = [f"pause {one.state.job.label} ({one.state.job_id})" for one in taken]
    plan += [f"left out: {one.state.job.label} {why_not_paused(one.state)}" for one in meant if one not in taken]
    plan.append(opening_words(until, now, here.zone, resume=options.resume))
    if (code := goes_on(options, plan, "pause", len(taken))) is not None:
        return code
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
        code, words = here.end_of(outcome)
        codes.append(code)
        show((f"{'done' if code == OK else 'FAILED'}  {names[job_id]} ({job_id}): {words}",))
    show((f"window {window.window_id}: {len(window.holding())} paused; globus-tui window close {window.window_id}",))
    return max(codes, default=OK)


async def _list(options: Namespace, here: Context) -> int:
    now, found = here.store.now(), await Windows(here.store).all()
    if options.json:
        documents = [{**window_document(one), "state": one.state, "overdue": one.overdue(now)} for one in found]
        show_document(now, profile=here.settings.profile, windows=documents)
        return OK
    if not found:
        tell((f"There is no maintenance window of profile {here.settings.profile}.",))
        return OK
    rows = []
    for one in found:
        until = moments.since_words(one.until, now, here.zone) if one.until else "-"
        rows.append((one.window_id, state_words(one, now, here.zone), until, one.by or "?", one.reason or "-"))
    show_table(rows, ("ID", "STATE", "UNTIL", "BY", "REASON"), (1, 4), ascii_only=here.ascii)
    return OK


async def _which(said: str | None, here: Context) -> Window:
    found = [one for one in await Windows(here.store).all() if one.state != "closed"]
    meant = [one for one in found if one.window_id == said] if said else found
    if len(meant) == 1:
        return meant[0]
    ids = ", ".join(f"{one.window_id} ({one.reason or 'no reason given'})" for one in found)
    if not found:
        raise BadInput("No maintenance window is open.")
    raise BadInput(f"There is no open window {said}: {ids}." if said else f"Several are open, name one: {ids}.")


async def _close(options: Namespace, here: Context) -> int:
    window, windows = await _which(options.window, here), Windows(here.store)
    if window.state == "planned":
        if options.dry_run or not (options.yes or agreed("close", 1)):
            (show if options.dry_run else tell)((f"forget window {window.window_id}, which has not begun",))
            return OK if options.dry_run else FAILED
        await windows.cancel(window.window_id)
        show((f"window {window.window_id}: forgotten, nothing was paused",))
        return OK
    found = await windows.closing(window)
    if (code := goes_on(options, closing_lines(window, found, here.store.states), "resume", 1)) is not None:
        return code
    codes: list[int] = []

    def told(item: Item, outcome: Outcome) -> None:
        code, words = here.end_of(outcome)
        codes.append(code)
        show((f"{'done' if code == OK else 'FAILED'}  {item.name}: {words}",))
        sys.stdout.flush()

    await windows.close(window, found, stagger=options.stagger, told=told)
    return max(codes, default=OK)


async def _due(here: Context) -> int:
    codes = []
    for window, outcomes in await Windows(here.store).due():
        for item in window.items:
            if (outcome := outcomes.get(item.job_id)) is not None:
                code, words = here.end_of(outcome)
                codes.append(code)
                show((f"window {window.window_id}: {item.name}: {words}",))
    return max(codes, default=OK)
