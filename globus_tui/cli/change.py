"""Commands that change timers, `undo` and `redo`: each shows what would be done, asks, and does it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, MISUSED, OK, SIGN_IN_NEEDED, code_of
from globus_tui.cli.account import goes_on, may_be_changed, show, tell
from globus_tui.cli.timers import Context, signed_in
from globus_tui.cli.window import open_window
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import clone
from globus_tui.domain.making.run_now import RunChoice, run_now
from globus_tui.domain.making.taking_place import without_next_run
from globus_tui.domain.schedule.schedule import next_ticks
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import FlowStart, JobStatus
from globus_tui.domain.timer.run import Outcome, outcome
from globus_tui.domain.timer.timer_groups import check_name
from globus_tui.domain.transfer.task import TaskStatus
from globus_tui.present import moments, run_words
from globus_tui.present.health_words import why
from globus_tui.present.replaced_words import skip_end, skip_notes
from globus_tui.present.transfer_words import route_with_paths
from globus_tui.screens.create.making import DraftKeeper
from globus_tui.store.creation import Created, NotCreated, Submitted, Unconfirmed
from globus_tui.store.journal import noting
from globus_tui.store.operations import Delete, JobOperation, Pause, Rename, Resume
from globus_tui.store.swapping import Swapped
from globus_tui.store.undoing import Undoer, act_words, acts, stacks, steps

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from datetime import datetime

    from globus_tui.present.timer_table import Listed

AT_ONCE = 4
"""Changes that may be under way together."""


async def run(options: Namespace) -> int:
    """Changes timers.

    Exit codes: 0 all done, 1 some failed, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in.

    Raises:
        GlobusTuiError: nothing was changed.
    """
    verb = options.name
    async with signed_in(options) as here:
        may_be_changed(options, here.settings)
        if verb == "rename":
            check_name(options.new_name.strip())
        await here.read()
        if verb == "pause" and (options.reason or options.until or options.at or options.resume):
            return await open_window(options, here)
        meant = [here.find(options.timer)] if verb == "rename" else here.meant(options.filter)
        taken = [one for one in meant if _left_out(verb, one) is None]
        plan = [_planned(verb, one, here, options) for one in taken]
        plan += [f"left out: {_called(one)} {_left_out(verb, one)}" for one in meant if one not in taken]
        code = goes_on(options, plan, verb, len(taken))
        return code if code is not None else await _carry_out(verb, taken, here, options)


def _left_out(verb: str, one: Listed) -> str | None:
    """Why nothing is done to it; None when something is."""
    job, health = one.state.job, one.state.health
    if job.unreadable:
        return "cannot be understood"
    if job.status is JobStatus.DELETING:
        return "is being deleted"
    if job.status is JobStatus.ENDED and verb in ("pause", "resume", "fix", "skip"):
        return "has ended"
    if verb == "pause" and job.stands_still:
        return "is paused already"
    if verb == "skip":
        return "is paused" if job.stands_still else "has no run to come" if job.next_run is None else None
    if verb == "resume" and not job.stands_still:
        return "is not paused"
    wants_fix = health.word is Word.SIGN_IN or health.gare is not None
    if verb == "resume" and wants_fix:
        return "needs a sign-in first: globus-tui fix"
    return "wants no sign-in" if verb == "fix" and not wants_fix else None


def _called(one: Listed) -> str:
    return f"{one.state.job.label} ({one.state.job.job_id})"


def _planned(verb: str, one: Listed, here: Context, options: Namespace) -> str:
    words = f"{verb} {_called(one)}"
    if verb == "rename":
        return f"{words} to {options.new_name.strip()}"
    if verb in ("resume", "fix"):
        preview = here.store.resume_preview(one.state.job_id)
        at_once = {True: "one run starts at once", None: "a run may start at once"}.get(preview.catch_up)
        return f"{words}: {at_once}" if at_once else words
    if verb == "skip":
        now = here.store.now()
        coming = next_ticks(one.state.job.schedule, now, 2, runs_done=one.state.job.n_runs)
        said = " and goes on ".join(moments.date_time(run, now, here.zone) for run in coming) or "?"
        words = f"{words}: leaves out {said}; another timer takes its place, this one is kept, paused."
        return " ".join((words, *skip_notes(one.state.job)))
    if verb == "run":
        danger = ", and DELETES what is not in the source" if one.state.job.deletes else ""
        return f"{words}: {route_with_paths(one.state.job, one.case.names, ascii_only=here.ascii)}{danger}"
    return words


async def _carry_out(verb: str, taken: Sequence[Listed], here: Context, options: Namespace) -> int:
    gate = asyncio.Semaphore(1 if options.stagger or verb in ("run", "skip") else AT_ONCE)
    codes: list[int] = []
    since = here.store.now()

    async def do(place: int, one: Listed) -> None:
        async with gate:
            if place and options.stagger:
                await asyncio.sleep(options.stagger)
            if verb in ("run", "skip"):
                code, words = await (_run_now if verb == "run" else _skip)(one, here)
            else:
                code, words = here.end_of(await here.store.operate(_operation(verb, one, options)))
            if code == OK and getattr(options, "wait", False):
                code, words = await _wait(verb, one, words, since, here, options.timeout)
            codes.append(code)
            show((f"{'done' if code == OK else 'FAILED'}  {_called(one)}: {words}",))
            sys.stdout.flush()

    try:
        with noting():
            await asyncio.gather(*(do(place, one) for place, one in enumerate(taken)))
    except asyncio.CancelledError:
        tell((f"Ended early: {len(codes)} of {len(taken)} are through; globus-tui journal says what else was begun.",))
        raise
    bad = set(codes) - {OK}
    return OK if not bad else bad.pop() if len(bad) == 1 and OK not in codes else FAILED


async def _wait(verb: str, one: Listed, words: str, since: datetime, here: Context, limit: float) -> tuple[int, str]:
    """Until what was started has ended: of `run` its task, else the first run that starts from now on."""
    made = next((word for word in words.split() if len(word) == 36 and word.count("-") == 4), None)
    if (made is None) if verb == "run" else (here.store.resume_preview(one.state.job_id).next_run is None):
        return OK, f"{words} There is no run that could be waited for."
    stopped = 0
    try:
        async with asyncio.timeout(limit):
            while True:
                if made is not None and verb == "run":
                    task = await here.store.details.load_task(made)
                    if task.finished:
                        said = f"{words} {run_words.task_status(task)} {task.error_text or ''}".strip()
                        return (OK if task.status is TaskStatus.SUCCEEDED else FAILED), said
                elif (ended := await _ended_since(one, since, here)) is not None:
                    bad = ended[0] in (Outcome.FAILED, Outcome.REFUSED)
                    return (FAILED if bad else OK), f"{words} {ended[0].value} {ended[1]}".strip()
                elif (now := here.store.states[one.state.job_id]).job.stands_still:
                    stopped += 1  # at the first look its resuming may not show yet
                    if stopped > 1:
                        code = SIGN_IN_NEEDED if now.health.word is Word.SIGN_IN else FAILED
                        return code, f"{words} It stands still again: {why(here.listed([now])[0].case)}."
                await asyncio.sleep(_LOOKS_AGAIN)
    except TimeoutError:
        return FAILED, f"{words} It did not end within {limit:g} s."


async def _ended_since(one: Listed, since: datetime, here: Context) -> tuple[Outcome, str] | None:
    """What became of the newest run that began since then; None while there is none, or it goes on."""
    await here.store.details.load_detail(one.state.job_id)
    run = next(iter(here.store.states[one.state.job_id].job.runs), None)
    if run is None or run.ran_at is None or run.ran_at < since:
        return None
    task = await here.store.details.load_task(run.resource_id) if run.resource_id else None
    found = outcome(run, task)
    return None if found in (Outcome.RUNNING, Outcome.UNKNOWN) else (found, run_words.message(run, task))


_LOOKS_AGAIN = 5.0


def _operation(verb: str, one: Listed, options: Namespace) -> JobOperation:
    job_id = one.state.job_id
    if verb == "rename":
        return Rename(job_id, options.new_name.strip())
    if verb == "pause":
        return Pause(job_id)
    return Delete(job_id) if verb == "delete" else Resume(job_id)


async def _skip(one: Listed, here: Context) -> tuple[int, str]:
    """Another timer in its place that leaves the next run out, worked out now."""
    now = here.store.now()
    try:
        old = await here.making.read(one.state.job_id)
        found = without_next_run(old.job, clone(old.job, old.document, now, for_edit=True), now)
    except GlobusTuiError as wrong:
        return (FAILED if code_of(wrong) == MISUSED else code_of(wrong)), wrong.in_full
    guards = replace(found.draft.guards, fewer_percent=here.store.alarm_level(one.state.job_id))
    keeper = DraftKeeper(here.making.drafts, None, replace(found.draft, guards=guards), "review")
    creator = here.making.creator(keeper.sending)
    swap = await here.making.swapper(creator).replace(old, found.draft, leaves_out=found.run)
    made = None if isinstance(swap, Swapped) else swap.creation
    if isinstance(made, Unconfirmed):
        return FAILED, f"{made.words} The draft is kept: globus-tui, then n, goes on with it. {swap.words}"
    keeper.discard()
    if isinstance(swap, Swapped):
        words = f"{swap.words}{skip_end(found.run, here.store.now(), here.zone)} Its id is {swap.new.job_id}."
        return OK, " ".join(filter(None, (words, swap.note)))
    if made is None or isinstance(made, Created | Submitted):
        return FAILED, swap.words
    if isinstance(made, NotCreated):
        return FAILED, swap.words if made.words in swap.words else f"{made.words} {swap.words}"
    return here.end_of(made)


async def _run_now(one: Listed, here: Context) -> tuple[int, str]:
    """The same transfer once, or for a flow a timer that runs once; kept as a draft until it is known how it ended."""
    choice = RunChoice.ONE_SHOT if isinstance(one.state.job.payload, FlowStart) else RunChoice.FULL
    try:
        reading = await here.making.read(one.state.job_id)
        made = run_now(reading.job, reading.document, choice, here.store.now(), tasks=here.store.tasks)
        keeper = DraftKeeper(here.making.drafts, None, made.draft, "review")
        found = await here.making.creator(keeper.sending).create(made.draft)
    except GlobusTuiError as wrong:
        return (FAILED if code_of(wrong) == MISUSED else code_of(wrong)), wrong.in_full
    if isinstance(found, Unconfirmed):
        return FAILED, f"{found.words} The draft is kept: globus-tui, then n, goes on with it."
    keeper.discard()
    if isinstance(found, Created | Submitted):
        made_id = found.task_id if isinstance(found, Submitted) else found.job.job_id
        return OK, " ".join(filter(None, (found.words, made_id, *made.warnings, found.note)))
    return (FAILED, found.words) if isinstance(found, NotCreated) else here.end_of(found)


async def run_undo(options: Namespace) -> int:
    """Takes the last step back.

    Raises:
        GlobusTuiError: nothing was changed.
    """
    async with signed_in(options) as here:
        may_be_changed(options, here.settings)
        await here.read()
        found = stacks(steps(await here.store.journal.entries()))[options.name == "redo"]
        if not found:
            tell((f"There is nothing to {options.name}.",))
            return FAILED
        meant = acts(found[-1], here.store.states)
        able = [one for one in meant if one.why_not is None]
        plan = [act_words(one, here.store.states, here.store) for one in meant]
        if not able and not options.dry_run:
            tell((*plan, "Nothing was changed."))
            return FAILED
        if (code := goes_on(options, plan, options.name, len(able))) is not None:
            return code
        creator = here.making.creator(lambda _, __: None)
        ends = await Undoer(here.store, creator, here.making.swapper(creator)).carry_out(found[-1], meant)
        show(f"{'done' if done else 'FAILED'}  {label}: {words}" for done, label, words in ends)
        return OK if all(done for done, _, _ in ends) else FAILED
