"""Undo and redo with keys: what they will do is said, each timer by its name, and asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.wire import moment
from globus_tui.present import moments
from globus_tui.present.sizes import counted
from globus_tui.store.creation import untold
from globus_tui.store.undoing import Act, Step, Undoer, act_words, acts, own_stacks, starts_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.screens.console import Console


async def offer(app: Console, *, redo: bool) -> None:
    """Ask, then take the last step back, or do again what was undone last."""
    from globus_tui.screens.confirm import Confirm

    stack = (await own_stacks(app.store.journal))[redo]
    if not stack:
        app.say("Nothing was undone that could be done again." if redo else "Nothing was changed that could be undone.")
        return
    step = stack[-1]
    chosen, starting, listed = await asyncio.to_thread(_acts_in_words, app, step)
    able = sum(act.why_not is None for act in chosen)
    at = moment(step.when)
    when = moments.relative_words(min(at, app.store.now()), app.store.now()) if at else "at an unknown time"
    verb = "Redo" if redo else "Undo"
    heading = f"{verb} the last {'undo' if redo else step.what}?"
    sentences = [f"{counted(len(step.entries), 'timer')}, {when}, by {step.entries[0].get('who') or '?'}."]
    if starting and len(chosen) > 1:
        sentences.append(f"Runs that start at once, or may: {starting}, listed first.")
    if not able:
        sentences.append(f"It cannot be taken back any more: set aside, {verb.lower()} takes the one before.")
        _offer_aside(app, step, verb, sentences, listed)
        return
    danger = any(act.what == "delete" for act in chosen)
    sheet = Confirm(heading, sentences, verb=f"{verb.lower()} it", listed=listed, danger=danger)
    sheet.ask(lambda _: app.attempt(_carry_out(app, step, chosen, again=redo), group="operations"))


def _acts_in_words(app: Console, step: Step) -> tuple[Sequence[Act], int, list[str]]:
    """What it would do; how many runs may start at once by that; and each of them in words, those first."""
    chosen = acts(step, app.states)
    starting = {act.job_id for act in chosen if starts_run(act, app.states, app.store) is not False}
    first = sorted(chosen, key=lambda act: act.job_id not in starting)
    return chosen, len(starting), [f"· {act_words(act, app.states, app.store)}" for act in first]


def _offer_aside(app: Console, step: Step, verb: str, sentences: Sequence[str], listed: Sequence[str]) -> None:
    from globus_tui.screens.confirm import Confirm

    aside = Confirm(f"{verb} goes no further", sentences, verb="set it aside", listed=listed)
    aside.ask(lambda _: app.attempt(_set_aside(app, step, verb.lower()), group="operations"))


async def _set_aside(app: Console, step: Step, verb: str) -> None:
    undoer = Undoer(app.store, app.making.swapper(untold))
    async with undoer.turn(step, again=verb == "redo"):
        await undoer.set_aside(step)
    app.say(f"It is set aside; the next {verb} takes the one before. Nothing was changed.")


async def _carry_out(app: Console, step: Step, chosen: Sequence[Act], *, again: bool) -> None:
    from globus_tui.screens.confirm import tell_ends

    undoer = Undoer(app.store, app.making.swapper(untold))
    async with undoer.turn(step, again=again):
        if len(chosen) > 1:  # a while goes by, and what stands there is about something else
            app.say(f"{'Redo' if again else 'Undo'} of {counted(len(chosen), 'timer')} is under way, one by one.")
        ends = await undoer.carry_out(step, chosen, again=again)
    app.book_wake()
    if len(ends) == 1:
        app.say(f"{ends[0][1]}: {ends[0][2]}", "information" if ends[0][0] else "error")
    elif any(done for done, _, _ in ends):
        tell_ends(app, ends, "done again" if again else "taken back")
    if not any(done for done, _, _ in ends):
        verb = "Redo" if again else "Undo"
        sentences = (f"Not done. It stays what {verb.lower()} tries next; set aside, the one before is the next.",)
        _offer_aside(app, step, verb, sentences, [f"· {label}: {words}" for _, label, words in ends])
