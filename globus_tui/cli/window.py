"""`window`: pauses timers for a maintenance and resumes exactly those later; also `pause` with a reason or an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import (
    Ends,
    agreed,
    goes_on,
    may_be_changed,
    show,
    show_document,
    show_end,
    show_table,
    tell,
)
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain.errors import BadInput
from globus_tui.present import moments
from globus_tui.present.report_words import closing_lines, opening_words, planned_words, state_words
from globus_tui.present.sizes import counted
from globus_tui.store.windows import Item, Window, Windows, check_times, why_not_paused, window_document

if TYPE_CHECKING:
    from argparse import Namespace

    from globus_tui.store.operations import Outcome


async def run(options: Namespace) -> int:
    async with signed_in(options) as context:
        if options.action == "list":
            return await _list(options, context)
        may_be_changed(options, context.settings, asks=options.action != "due")
        await context.read()
        if options.action == "open":
            return await open_window(options, context)
        return await (_due(context) if options.action == "due" else _close(options, context))


async def open_window(options: Namespace, context: Context) -> int:
    """Opens one for the timers that the options mean; they have been read."""
    chosen = context.selected(options.filter)
    at, until, now = context.moment(options.at), context.moment(options.until), context.store.now()
    at = at if at is not None and at > now else None
    check_times(now, at, until, resume=options.resume)
    taken = [timer for timer in chosen if why_not_paused(timer.state) is None] if at is None else chosen
    plan = [f"pause {timer.state.job.label} ({timer.state.job_id})" for timer in taken]
    others = (timer.state for timer in chosen if timer not in taken)
    plan += [f"left out: {state.job.label} {why_not_paused(state)}" for state in others]
    plan += [planned_words(at, now, context.zone)] if taken and at is not None else []
    plan += [opening_words(until, now, context.zone, resume=options.resume)] if taken else []
    if (code := goes_on(options, plan, "pause", len(taken))) is not None:
        return code
    windows = Windows(context.store)
    window = await windows.plan(
        (timer.state.job_id for timer in taken), reason=options.reason, at=at, until=until, resume=options.resume
    )
    if at is not None:
        return show_end(f"window {window.window_id}: planned for {counted(len(taken), 'timer')}")
    names = {timer.state.job_id: timer.state.job.label for timer in taken}
    window, outcomes = await windows.begin(window.window_id)
    ends = Ends()
    for job_id, outcome in outcomes.items():
        code, words = context.end_of(outcome)
        ends.show(code, f"{names[job_id]} ({job_id})", words)
    closing = f"globus-tui window close {window.window_id}"
    shown = show_end(f"window {window.window_id}: {len(window.holding())} paused; {closing}")
    return ends.code or shown


async def _list(options: Namespace, context: Context) -> int:
    now, windows = context.store.now(), await Windows(context.store).all()
    if options.json:
        documents = [{**window_document(each), "state": each.state, "overdue": each.overdue(now)} for each in windows]
        show_document(now, profile=context.settings.profile, windows=documents)
        return OK
    if not windows:
        tell((f"There is no maintenance window of profile {context.settings.profile}.",))
        return OK
    rows = []
    for window in windows:
        until = moments.since_words(window.until, now, context.zone) if window.until else "-"
        state = state_words(window, now, context.zone)
        rows.append((window.window_id, state, until, window.by or "?", window.reason or "-"))
    show_table(rows, ("ID", "STATE", "UNTIL", "BY", "REASON"), (1, 4))
    return OK


async def _which(name: str | None, context: Context) -> Window:
    open_windows = [window for window in await Windows(context.store).all() if window.state != "closed"]
    matching = [window for window in open_windows if window.window_id == name] if name else open_windows
    if len(matching) == 1:
        return matching[0]
    ids = ", ".join(f"{window.window_id} ({window.reason or 'no reason given'})" for window in open_windows)
    if not open_windows:
        raise BadInput("No maintenance window is open.")
    raise BadInput(f"There is no open window {name}: {ids}." if name else f"Several are open, name one: {ids}.")


async def _close(options: Namespace, context: Context) -> int:
    window, windows = await _which(options.window, context), Windows(context.store)
    if window.state == "planned":
        if options.dry_run or not (options.yes or agreed("close", 1)):
            (show if options.dry_run else tell)((f"forget window {window.window_id}, which has not begun",))
            return OK if options.dry_run else FAILED
        await windows.cancel(window.window_id)
        return show_end(f"window {window.window_id}: forgotten, nothing was paused")
    closing = await windows.closing(window)
    if (code := goes_on(options, closing_lines(closing), "resume", 1)) is not None:
        return code
    ends = Ends()

    def told(item: Item, outcome: Outcome) -> None:
        code, words = context.end_of(outcome)
        ends.show(code, item.name, words)

    await windows.close(window, closing, stagger=options.stagger, report=told)
    return ends.code


async def _due(context: Context) -> int:
    ends = Ends()
    for window, outcomes in await Windows(context.store).due():
        for item in window.items:
            if (outcome := outcomes.get(item.job_id)) is not None:
                code, words = context.end_of(outcome)
                ends.show(code, f"window {window.window_id}: {item.name}", words)
    return ends.code
