"""`list`, `show`, `runs` and `log`: what the console shows, as text or documents. Changes nothing."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.cli import FAILED, OK, code_of
from globus_tui.cli.account import (
    in_a_shell,
    read_settings,
    show,
    show_document,
    show_json,
    show_table,
    tell,
    terminal_width,
    write,
)
from globus_tui.cli.backend import open_store, whose
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain.errors import BadInput, GlobusTuiError, SettingsError
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.timer.filter import checked_filter
from globus_tui.domain.timer.history import Moment, timeline
from globus_tui.domain.timer.run import took
from globus_tui.domain.timer.sorting import in_order
from globus_tui.domain.transfer.task import TaskEvent, TaskStatus
from globus_tui.present import detail_words, moments, run_words, timer_table
from globus_tui.present.event_rows import event_lines
from globus_tui.present.health_sentences import explain
from globus_tui.present.health_words import why
from globus_tui.present.timer_facts import schedule_facts, what_facts
from globus_tui.present.timer_table import FIELDS, NARROW, USUAL, WIDE, Listed, timer_document
from globus_tui.settings import configured_profiles, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.timer.job import JobId
    from globus_tui.store.details import Details


_NARROW = 100
"""Cells below which a table leaves out what can be spared, as the console does."""


async def run_list(options: Namespace) -> int:
    columns = _columns(options)
    reading = await read_listed(options)
    for name, wrong in reading.failed:
        tell((f"{name}: {in_a_shell(wrong)}",))
    if reading.as_of is None:
        return max(code_of(wrong) for _, wrong in reading.failed)
    listed = _sorted(reading.listed, options.sort)
    if options.format in ("json", "jsonl"):
        documents = map(timer_table.timer_document, listed)
        told = [*((name, str(wrong)) for name, wrong in reading.failed), *reading.unsure]
        problems = [{"profile": name, "problem": words} for name, words in told]
        if options.format == "jsonl":
            show_json(timer_table.as_lines(documents))
        else:
            extra = {"problems": problems} if options.all_profiles or problems else {}
            show_document(reading.as_of, profile=reading.profile, timers=documents, **extra)
    elif options.format == "csv":
        write(timer_table.as_csv(listed, options.columns or ()))
    elif options.format == "markdown":
        write(timer_table.markdown([FIELDS[key].heading for key in columns], timer_table.cells(listed, columns)))
    elif not listed:
        tell(("No timer matches." if options.filter else "There are no timers.",))
    else:
        ascii_only = listed[0].case.ascii_only
        show(timer_table.timer_table(listed, columns, terminal_width(), ascii_only=ascii_only))
    return max((code_of(wrong) for _, wrong in reading.failed), default=OK)


def _columns(options: Namespace) -> Sequence[str]:
    if options.columns and options.format in ("json", "jsonl"):
        raise BadInput(f"--columns is not for --format {options.format}, which has fields of its own.")
    sorts = [key.removeprefix("-") for key in options.sort.split(",")] if options.sort else []
    for key in (*(options.columns or ()), *sorts):
        if key not in FIELDS:
            from difflib import get_close_matches

            near = get_close_matches(key, FIELDS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise BadInput(f"{key[:40]!r} is no column{hint}; there are {', '.join(FIELDS)}.")
    width = terminal_width() if options.format == "table" else None
    usual = WIDE if options.format == "wide" else NARROW if width is not None and width < _NARROW else USUAL
    return options.columns or (*(("profile",) if options.all_profiles else ()), *usual)


def _sorted(listed: list[Listed], key: str | None) -> list[Listed]:
    """In the order asked for; several profiles together are put in the order of the list, the worst first."""
    if key is None and len({timer.profile for timer in listed}) < 2:
        return listed
    for part in reversed((key or "health").split(",")):
        listed = in_order(listed, FIELDS[part.removeprefix("-")].value, descending=part.startswith("-"))
    return listed


class Found(NamedTuple):
    """What was read of one profile or of several.

    Attributes:
        failed: profiles that could not be read.
        unsure: profiles of whose runs it could not be read what became of them, with the reason.
        profile: the one that was asked for, if it was one.
        as_of: when, by the service's clock; None when none could be read.
    """

    listed: list[Listed]
    failed: list[tuple[str, GlobusTuiError]]
    unsure: list[tuple[str, str]]
    profile: str | None
    as_of: datetime | None
    zone: tzinfo


async def read_listed(options: Namespace, *, names: bool = True) -> Found:
    """Reads the timers that the options mean; `names` as for `JobStore.read_once`.

    Raises:
        GlobusTuiError: no profile at all could be opened.
        BadInput: some of the filter was not understood.
    """
    checked_filter(" ".join(options.filter))  # before anything is asked of Globus
    profiles = await all_profiles(options) if options.all_profiles else (options.profile,)
    reads = [_read_one(Namespace(**{**vars(options), "profile": name}), names) for name in profiles]
    total = Found([], [], [], None, None, UTC)
    for name, reading in zip(profiles, await asyncio.gather(*reads, return_exceptions=True), strict=True):
        if isinstance(reading, GlobusTuiError):
            total.failed.append((name or "default", reading))
        elif isinstance(reading, BaseException):
            raise reading
        else:
            total.listed.extend(reading.listed)
            total.unsure.extend(reading.unsure)
            total = reading._replace(listed=total.listed, failed=total.failed, unsure=total.unsure)
    if total.as_of is None and len(profiles) == 1:
        raise total.failed[0][1]
    return total._replace(profile=None) if options.all_profiles else total


async def _read_one(options: Namespace, names: bool) -> Found:
    async with signed_in(options) as context:
        await context.read(names=names)
        if getattr(options, "sources", False):
            await context.source_counts().count()
        listed = context.matching(" ".join(options.filter))
        if names and not options.filter:
            context.keep_names(listed)
        profile, why = context.settings.profile, context.store.freshness.partial or "The tasks of runs were not read"
        unsure = [] if context.store.has_all_tasks else [(profile, why.rstrip("."))]
        return Found(listed, [], unsure, profile, context.store.now(), context.zone)


async def all_profiles(options: Namespace) -> tuple[str, ...]:
    """Names of the profiles that are configured or signed in; the one in use where there are none.

    A service account is the same under each profile, so only the one in use is left beside those for persons.
    """
    settings = read_settings(options)
    service, store = await whose(settings, os.environ)
    stored = {key.profile for key in (store or await open_store(settings)).profiles()}
    names = {*stored, *configured_profiles(os.environ)}
    if service is not None:
        names = {*filter(_is_of_a_person, names), settings.profile}
    return tuple(sorted(names)) or (settings.profile,)


def _is_of_a_person(profile: str) -> bool:
    try:
        return load_settings(os.environ, profile=profile).sign_in == "person"
    except SettingsError:  # told where it is read
        return True


async def run_show(options: Namespace) -> int:
    async with signed_in(options) as context:
        await context.read()
        timer = context.find(options.timer)
        sent: object = timer.state.job.sent
        if timer.state.job.has_own_id and not timer.state.job.unreadable:
            sent = (await context.store.details.load_detail(timer.state.job_id)).document
            timer = context.listed([context.store.states[timer.state.job_id]])[0]
        if options.json:
            show_document(context.store.now(), profile=timer.profile, timer=timer_document(timer), sent=sent)
        else:
            show(_all_about(timer, context))
    return OK


def _all_about(timer: Listed, context: Context) -> list[str]:
    case, job = timer.case, timer.state.job
    plots = detail_words.plots(job, context.store.tasks, ascii_only=context.ascii)
    past = detail_words.past_words(timeline(job, context.store.tasks, case.now), complete=timer.state.history.complete)
    facts = [
        ("health", f"{timer.state.health.word.value}  {why(case)}"),
        ("", explain(case)),
        *((fact.label, fact.words) for fact in what_facts(case, context.store.collections, items=10_000, in_full=True)),
        *((fact.label, fact.words) for fact in schedule_facts(case)),
        ("past", past),
        ("", detail_words.usual_words(job, context.store.tasks)),
        *((name, f"{drawn}  {words}") for name, drawn, words in plots),
    ]
    return [job.label, *(f"  {label:<9} {words}" for label, words in facts if words)]


async def run_runs(options: Namespace) -> int:
    async with signed_in(options) as context:
        await context.ask()
        job_id = context.find(options.timer).state.job_id
        more, partial = await _load_runs(context, job_id, options.limit)
        tell(filter(None, (partial,)))
        row = context.listed([context.store.states[job_id]])[0]
        job, now = row.state.job, row.case.now
        lines = timeline(job, context.store.tasks, now)
        complete = not more and len(job.runs) <= options.limit and row.state.history.complete
        if options.json:
            runs = [_run(line) for line in lines if line.run is not None][: options.limit]
            timer = {"id": str(job.job_id), "name": job.name}
            show_document(now, profile=row.profile, timer=timer, complete=complete, runs=runs)
            return OK
        if not lines:
            tell((detail_words.no_runs_words(job, busy=False, problem=None),))
            return OK
        odd = detail_words.odd_runs(job, context.store.tasks)
        rows = [
            (
                detail_words.started(line, now, context.zone),
                detail_words.took_words(line, now),
                detail_words.result(line),
                detail_words.number(line, "files"),
                detail_words.moved(line),
                detail_words.number(line, "faults"),
                (line.run and line.run.resource_id) or "-",
                detail_words.message(line, now, context.zone),
                odd.get(line.run.key, "") if line.run else "",
            )
            for line in lines[: options.limit]
        ]
        headings = ("STARTED", "TOOK", "RESULT", "FILES", "MOVED", "FAULTS", "TASK", "MESSAGE", "UNUSUAL")
        show_table(rows, headings, (6, 7), right=("TOOK", "FILES", "MOVED", "FAULTS"))
        return OK


def _run(moment: Moment) -> dict[str, Any]:
    """A run for a program; what is not known is null."""
    run, task = moment.run, moment.task
    lasted = took(run, task) if run else None
    return {
        "started": wire_moment(moment.at) if moment.at else None,
        "seconds": lasted.total_seconds() if lasted is not None else None,
        "result": moment.mark.value,
        "message": (run_words.message(run, task) if run else "") or None,
        "task_id": run.resource_id if run else None,
        "files": task.files if task else None,
        "bytes": task.bytes_transferred if task else None,
        "faults": task.faults if task else None,
    }


async def _load_runs(context: Context, job_id: JobId, count: int) -> tuple[bool, str | None]:
    """Reads so many runs of a timer, if there are; whether there are more, and why their tasks could not be read."""
    detail = await context.store.details.load_detail(job_id)
    more = detail.more
    while more and len(context.store.states[job_id].job.runs) < count:
        more = await context.store.details.load_more_runs(job_id)
    return more, detail.partial


async def run_log(options: Namespace) -> int:
    async with signed_in(options) as context:
        await context.ask()
        job_id = context.find(options.timer).state.job_id
        details = context.store.details
        await _load_runs(context, job_id, options.run or 1)
        state = context.store.states[job_id]
        runs, told_run = state.job.runs, state.run_to_show
        if len(runs) < (options.run or 1):
            raise BadInput(f"Globus lists {len(runs)} runs of it, so there is no run {options.run or 1}.")
        newer = options.run is None and not options.follow and state.job.running
        run = told_run if newer and told_run is not None else runs[(options.run or 1) - 1]
        if run is not runs[0] and options.run is None:
            tell(("A newer run is listed: --run 1 prints its log.",))
        if run.resource_id is None or context.store.states[job_id].job.transfer is None:
            raise BadInput(f"Run {options.run or 1} made no transfer task: {run_words.message(run, None) or 'no log'}.")
        shown: set[object] = set()
        while True:
            task = await details.load_task(run.resource_id)
            events = await _events(details, run.resource_id)
            fresh = [event for event in events if event not in shown]
            shown.update(fresh)
            lines = event_lines(fresh, context.store.now(), context.zone)
            words = (f"{row.head}  {row.words}{f'  {row.rest}' if row.rest else ''}" for row in reversed(lines))
            if not (show(words) and write("", at_once=True)):
                return OK  # nobody reads on
            if task.finished or not options.follow:
                break
            await asyncio.sleep(_FOLLOWING)
        when = moments.date_time(run.ran_at, context.store.now(), context.zone) if run.ran_at else "?"
        path = run_words.failed_path(events) if task.status is TaskStatus.FAILED else None
        message = run_words.message(run, task) + (f": {path}" if path else "")
        tell((f"run of {when}: {run_words.task_status(task)}{f', {message}' if message else ''}",))
        return FAILED if options.follow and task.status is TaskStatus.FAILED else OK


_FOLLOWING = 10.0
"""Seconds between two looks at a task that goes on."""
_MOST_EVENTS = 10_000


async def _events(details: Details, task_id: str) -> list[TaskEvent]:
    events: list[TaskEvent] = []
    while len(events) < _MOST_EVENTS:
        page = await details.tasks.task_events(task_id, limit=1000, offset=len(events))
        events += page.items
        if not page.items or (page.total is not None and len(events) >= page.total):
            break
    return events
