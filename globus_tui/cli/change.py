"""Commands that change timers, `undo` and `redo`: each shows what would be done, asks, and does it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.cli import FAILED, OK, SIGN_IN_NEEDED, UNREACHABLE, code_of_all, code_of_change
from globus_tui.cli.account import Ends, goes_on, in_a_shell, may_be_changed, tell
from globus_tui.cli.timers import Context, signed_in
from globus_tui.cli.window import open_window
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.making.draft import clone
from globus_tui.domain.making.run_now import RunChoice, run_now
from globus_tui.domain.making.taking_place import runs_to_skip, without_next_run
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import FlowStart, JobStatus
from globus_tui.domain.timer.run import Outcome, outcome
from globus_tui.domain.timer.timer_groups import check_name
from globus_tui.domain.transfer.task import TaskStatus
from globus_tui.present import moments, run_words
from globus_tui.present.error_words import short_words
from globus_tui.present.health_words import why
from globus_tui.present.operation_words import catch_up_words
from globus_tui.present.replaced_words import skip_end, skip_notes
from globus_tui.present.transfer_words import route_with_paths
from globus_tui.store.creation import Created, NotCreated, Submitted, Unconfirmed, untold
from globus_tui.store.drafts import DraftKeeper
from globus_tui.store.journal import noting
from globus_tui.store.operations import Delete, JobOperation, Pause, Rename, Resume
from globus_tui.store.swapping import Swapped
from globus_tui.store.undoing import Undoer, act_words, acts, own_stacks

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from datetime import datetime

    from globus_tui.domain.timer.job import JobId
    from globus_tui.domain.transfer.task import Task
    from globus_tui.present.timer_table import Listed

AT_ONCE = 4
"""Changes that may be under way together."""


async def run(options: Namespace) -> int:
    """Changes timers.

    Exit codes: 0 all done, 1 some failed, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in.
    """
    verb = options.name
    async with signed_in(options) as context:
        may_be_changed(options, context.settings)
        if verb == "rename":
            check_name(options.new_name.strip())
        await context.read()
        if verb == "pause" and (
            options.reason or options.resume or options.until is not None or options.at is not None
        ):
            return await open_window(options, context)
        chosen = [context.find(options.timer)] if verb == "rename" else context.selected(options.filter)
        reasons = [_left_out(verb, timer, context) for timer in chosen]
        taken = [timer for timer, reason in zip(chosen, reasons, strict=True) if reason is None]
        plan = [_planned(verb, timer, context, options) for timer in taken]
        left = [(timer, reason) for timer, reason in zip(chosen, reasons, strict=True) if reason is not None]
        plan += [f"left out: {_called(timer)}{':' if reason[0].isupper() else ''} {reason}" for timer, reason in left]
        codes = [code for code in map(_code_left_out, reasons) if code != OK]
        if (ended := goes_on(options, plan, verb, len(taken))) is not None:
            return ended if options.dry_run or taken else code_of_all(codes)
        return code_of_all([*codes, await _carry_out(verb, taken, context, options)])


def _left_out(verb: str, timer: Listed, context: Context) -> str | None:
    """Why nothing is done to it, behind its name or as a sentence; None when something is."""
    job, health = timer.state.job, timer.state.health
    if job.unreadable:
        return "cannot be understood"
    if job.status is JobStatus.DELETING:
        return "is being deleted"
    if job.status is JobStatus.ENDED and verb in ("pause", "resume", "fix", "skip"):
        return "has ended"
    if verb == "pause" and job.stands_still:
        return "is paused already"
    if verb in ("run", "skip") and job.calls_elsewhere:
        return "calls an address that is neither Transfer nor a flow: only Globus can do that"
    if verb == "skip":
        try:
            runs_to_skip(job, context.store.now())
        except BadInput as wrong:
            return str(wrong)
    if verb == "resume" and not job.stands_still:
        return "is not paused"
    wants_fix = health.word is Word.SIGN_IN or health.gare is not None
    if verb == "resume" and wants_fix:
        return _NEEDS_SIGN_IN
    return "wants no sign-in" if verb == "fix" and not wants_fix else None


_NEEDS_SIGN_IN = "needs a sign-in first: globus-tui fix"
_NOTHING_TO_DO = frozenset(("is paused already", "is not paused", "has ended", "is being deleted", "wants no sign-in"))


def _code_left_out(reason: str | None) -> int:
    """The exit code for what is left out: that it is so already, or over, is no failure."""
    if reason is None or reason in _NOTHING_TO_DO:
        return OK
    return SIGN_IN_NEEDED if reason == _NEEDS_SIGN_IN else FAILED


def _called(timer: Listed) -> str:
    return f"{timer.state.job.label} ({timer.state.job.job_id})"


def _planned(verb: str, timer: Listed, context: Context, options: Namespace) -> str:
    words = f"{verb} {_called(timer)}"
    if verb == "rename":
        return f"{words} to {options.new_name.strip()}"
    if verb in ("resume", "fix"):
        at_once = catch_up_words(context.store.resume_preview(timer.state.job_id))
        return f"{words}: {at_once}" if at_once else words
    if verb == "skip":
        now = context.store.now()
        times = " and goes on ".join(
            moments.date_time(run, now, context.zone) for run in runs_to_skip(timer.state.job, now)
        )
        words = f"{words}: leaves out {times}; another timer takes its place, this one is kept, paused."
        return " ".join((words, *skip_notes(timer.state.job)))
    if verb == "run":
        danger = ", and DELETES what is not in the source" if timer.state.job.deletes else ""
        return f"{words}: {route_with_paths(timer.state.job, timer.case.names, ascii_only=context.ascii)}{danger}"
    return words


class _Begun(NamedTuple):
    """How a change ended, and what it began: a task, or else the next run of a timer."""

    code: int
    words: str
    job_id: JobId
    task_id: str | None = None


async def _carry_out(verb: str, taken: Sequence[Listed], context: Context, options: Namespace) -> int:
    gate, looks = asyncio.Semaphore(1 if options.stagger or verb in ("run", "skip") else AT_ONCE), asyncio.Semaphore()
    ends, since = Ends(), context.store.now() - _UNSURE_BY
    chosen = () if verb in ("run", "skip") else taken
    operations = {timer.state.job_id: _operation(verb, timer, options) for timer in chosen}
    announced = context.store.announce(operations.values())

    async def begin(place: int, timer: Listed) -> _Begun:
        async with gate:
            if place and options.stagger:
                await asyncio.sleep(options.stagger)
            if verb == "run":
                return await _run_now(timer, context)
            if verb == "skip":
                return _Begun(*await _skip(timer, context), timer.state.job_id)
            job_id = timer.state.job_id
            outcome = await context.store.operate(operations[job_id], announced=job_id in announced)
            return _Begun(*context.end_of(outcome), job_id)

    async def do(place: int, timer: Listed) -> None:
        begun = await begin(place, timer)
        code, words = begun.code, begun.words
        if code == OK and getattr(options, "wait", False):  # outside the gate: the others begin meanwhile
            code, end = await _wait(begun, since, context, options.timeout, looks)
            words = f"{words} {end}".strip()
        ends.show(code, _called(timer), words)

    try:
        with noting():
            await asyncio.gather(*(do(place, timer) for place, timer in enumerate(taken)))
    except asyncio.CancelledError:
        tell((f"Ended early: {len(ends)} of {len(taken)} are through; globus-tui journal says what else was begun.",))
        raise
    return ends.code


async def _wait(
    begun: _Begun, since: datetime, context: Context, limit: float, looks: asyncio.Semaphore
) -> tuple[int, str]:
    """Until what was started has ended: its task, else the first run of its timer that starts from now on.

    Args:
        looks: lets one timer of several be looked at after the other.
    """
    states, follows = context.store.states, begun.task_id is None
    if follows and begun.job_id in states and context.store.resume_preview(begun.job_id).next_run is None:
        return OK, "There is no run that could be waited for."
    stopped, trouble, problem = 0, "", ""
    try:
        async with asyncio.timeout(limit):
            while True:
                try:
                    async with looks:
                        ended, words = await _ended_since(begun, since, context)
                    if ended is not None:
                        return ended, words
                    trouble, problem = words, ""
                except GlobusTuiError as wrong:
                    if (code := code_of_change(wrong)) != UNREACHABLE:
                        return code, in_a_shell(wrong)
                    problem = f" {wrong}"  # what was begun goes on all the same
                if follows and not problem and (now := context.store.states[begun.job_id]).job.stands_still:
                    stopped += 1  # at the first look its resuming may not show yet
                    if stopped > 1:
                        code = SIGN_IN_NEEDED if now.health.word is Word.SIGN_IN else FAILED
                        return code, f"It stands still again: {why(context.listed([now])[0].case)}."
                await asyncio.sleep(_LOOKS_AGAIN)
    except TimeoutError:
        return FAILED, f"It did not end within {limit:g} s.{trouble}{problem}"


async def _ended_since(begun: _Begun, since: datetime, context: Context) -> tuple[int | None, str]:
    """How the task ended, or the newest run that began since then; None while it goes on, and what is in its way."""
    if begun.task_id is not None:
        task = await context.store.details.load_task(begun.task_id)
        if not task.finished:
            return None, _in_its_way(task)
        words = f"{run_words.task_status(task)} {task.error_text or ''}".strip()
        return OK if task.status is TaskStatus.SUCCEEDED else FAILED, words
    await context.store.details.load_detail(begun.job_id)
    job = context.store.states[begun.job_id].job
    run = next(iter(job.runs), None)
    if run is None or run.ran_at is None or run.ran_at < since:
        return None, ""
    task_id = run.resource_id if job.transfer is not None else None
    run_task = await context.store.details.load_task(task_id) if task_id is not None else None
    result = outcome(run, run_task)
    if result in (Outcome.RUNNING, Outcome.UNKNOWN):
        return None, _in_its_way(run_task)
    bad = result in (Outcome.FAILED, Outcome.REFUSED)
    return FAILED if bad else OK, f"{result.value} {run_words.message(run, run_task)}".strip()


def _in_its_way(task: Task | None) -> str:
    if task is None or task.trouble is None:
        return ""
    return f" Its task does not move: {short_words(task.trouble, task.nice_status_text)}."


_LOOKS_AGAIN = 5.0
_UNSURE_BY = timedelta(seconds=2)
"""The service's clock is known to a second, and so are the moments of its runs."""


def _operation(verb: str, timer: Listed, options: Namespace) -> JobOperation:
    job_id = timer.state.job_id
    if verb == "rename":
        return Rename(job_id, options.new_name.strip(), timer.state.job.label)
    if verb == "pause":
        return Pause(job_id)
    return Delete(job_id, timer.state.job.label) if verb == "delete" else Resume(job_id)


async def _skip(timer: Listed, context: Context) -> tuple[int, str]:
    """Another timer in its place that leaves the next run out, worked out now."""
    now = context.store.now()
    try:
        old = await context.making.read(timer.state.job_id)
        skipped = without_next_run(old.job, clone(old.job, old.document, now, for_edit=True), now)
    except GlobusTuiError as wrong:
        return code_of_change(wrong), in_a_shell(wrong)
    draft = skipped.draft.with_alarm(context.store.alarm_level(timer.state.job_id))
    keeper = DraftKeeper(context.making.drafts, None, draft, "review")
    swap = await context.making.swapper(keeper.sending).replace(old, draft, leaves_out=skipped.run)
    creation = None if isinstance(swap, Swapped) else swap.creation
    if isinstance(creation, Unconfirmed):
        return FAILED, f"{creation.words} The draft is kept: globus-tui, then n, goes on with it. {swap.words}"
    keeper.discard()
    if isinstance(swap, Swapped):
        words = f"{swap.words}{skip_end(skipped.run, context.store.now(), context.zone)} Its id is {swap.new.job_id}."
        return OK, " ".join(filter(None, (words, swap.note)))
    if creation is None or isinstance(creation, Created | Submitted):
        return FAILED, swap.words
    if isinstance(creation, NotCreated):
        return FAILED, swap.words if creation.words in swap.words else f"{creation.words} {swap.words}"
    return context.end_of(creation)


async def _run_now(timer: Listed, context: Context) -> _Begun:
    """The same transfer once, or for a flow a timer that runs once; kept as a draft until it is known how it ended."""
    choice = RunChoice.ONE_SHOT if isinstance(timer.state.job.payload, FlowStart) else RunChoice.FULL
    try:
        reading = await context.making.read(timer.state.job_id)
        prepared = run_now(reading.job, reading.document, choice, context.store.now(), tasks=context.store.tasks)
        keeper = DraftKeeper(context.making.drafts, None, prepared.draft, "review")
        creation = await context.making.creator(keeper.sending).create(prepared.draft)
    except GlobusTuiError as wrong:
        return _Begun(code_of_change(wrong), in_a_shell(wrong), timer.state.job_id)
    if isinstance(creation, Unconfirmed):
        words = f"{creation.words} The draft is kept: globus-tui, then n, goes on with it."
        return _Begun(FAILED, words, timer.state.job_id)
    keeper.discard()
    if isinstance(creation, Created | Submitted):
        task_id = creation.task_id if isinstance(creation, Submitted) else None
        job_id = creation.job.job_id if isinstance(creation, Created) else timer.state.job_id
        words = " ".join(filter(None, (creation.words, task_id or job_id, *prepared.warnings, creation.note)))
        return _Begun(OK, words, job_id, task_id)
    end = (FAILED, creation.words) if isinstance(creation, NotCreated) else context.end_of(creation)
    return _Begun(*end, timer.state.job_id)


async def run_undo(options: Namespace) -> int:
    async with signed_in(options) as context:
        may_be_changed(options, context.settings)
        await context.read()
        stack = (await own_stacks(context.store.journal))[options.name == "redo"]
        if not stack:
            tell((f"There is nothing to {options.name}.",))
            return FAILED
        chosen = acts(stack[-1], context.store.states)
        able = [act for act in chosen if act.why_not is None and not options.set_aside]
        plan = [act_words(act, context.store.states, context.store) for act in chosen]
        if options.set_aside:
            plan = [f"set aside: {stack[-1].what} {act.label}" for act in chosen]
        aside = not able and (options.set_aside or not options.dry_run)
        if aside and not options.set_aside:
            plan.append(f"The last step cannot be taken back any more: set aside, {options.name} takes the one before.")
        if (code := goes_on(options, plan, options.name, len(able) or aside)) is not None:
            return code
        undoer = Undoer(context.store, context.making.swapper(untold))
        again = options.name == "redo"
        if aside:
            async with undoer.turn(stack[-1], again=again):
                await undoer.set_aside(stack[-1])
            tell((f"It is set aside; the next {options.name} takes the one before.", "Nothing was changed."))
            return OK if options.set_aside else FAILED
        ends = Ends()

        def told(end: tuple[bool, str, str]) -> None:
            ends.show(OK if end[0] else FAILED, *end[1:])

        try:
            async with undoer.turn(stack[-1], again=again):
                carried_out = await undoer.carry_out(stack[-1], chosen, again=again, told=told)
        except asyncio.CancelledError:
            tell((f"Ended early: the next {options.name} goes on with what had no turn.",))
            raise
        if not all(done for done, _, _ in carried_out):
            words = (
                f"What failed is what {options.name} tries next; --set-aside leaves it as it is, for the one before."
            )
            tell((words,))
        return ends.code
