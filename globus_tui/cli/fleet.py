"""`schema`, `plan`, `apply`, `drift` and `export --all`: timers as files."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.cache_files import write_named
from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import (
    agreed,
    in_a_shell,
    may_be_changed,
    show,
    show_end,
    show_json,
    tell,
    tell_as_it_is,
    write,
)
from globus_tui.cli.sign_in import meet
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, GlobusTuiError, why_unread
from globus_tui.fleet.apply import Applier, carry_out, record
from globus_tui.fleet.documents import FleetFaults
from globus_tui.fleet.export import Exporter, export_timers, file_texts
from globus_tui.fleet.fields import ENDINGS, SCHEMA_FILE, schema
from globus_tui.fleet.lock import lock_path
from globus_tui.fleet.plan import Act, Plan, Planner
from globus_tui.fleet.words import Line, drift_words, plan_lines, result_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.present.timer_table import as_json
from globus_tui.private_files import write_private

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable, Iterable

    Command = Callable[[Namespace], Awaitable[int]]

CHANGES = 2


def run_schema(options: Namespace) -> int:
    del options
    show_json(as_json(schema()))
    return OK


def _failing_once(command: Command) -> Command:
    """Reports any error line by line with exit code 1, as 2 means "changes" here."""

    @wraps(command)
    async def run(options: Namespace) -> int:
        try:
            return await command(options)
        except GlobusTuiError as wrong:
            tell(in_a_shell(wrong).splitlines())
            return FAILED

    return run


def planner(context: Context) -> Planner:
    owner = context.backend.account.identity_label or context.backend.account.who or ""
    return Planner(context.store, context.making.lookup, context.making.read, owner=owner, zone=context.zone)


@_failing_once
async def run_plan(options: Namespace) -> int:
    """Shows what it takes. Exit codes: 0 no changes, 2 changes, 1 it cannot be told or done."""
    async with signed_in(options) as context:
        await context.read(names=False)
        plan = await planner(context).plan(Path(options.folder), prune=options.prune)
        if options.out is not None:
            _keep(plan, options)
        if options.json:
            show_json(as_json(plan.document()))
        else:
            print_lines(plan_lines(plan, everything=options.everything), context)
        return FAILED if plan.stopped else CHANGES if plan.to_do else OK


def _keep(plan: Plan, options: Namespace) -> None:
    document = {**plan.document(), "format": "globus-tui plan", "prune": options.prune, "basis": plan.basis()}
    try:
        write_named(options.out, as_json(document).encode(errors="backslashreplace"))
    except OSError as problem:
        raise BadInput(f"{options.out} cannot be written: {problem.strerror or problem}") from problem


_COLOURS = {"add": "32", "change": "33", "remove": "31", "bad": "1;31", "warn": "33", "dim": "2"}


def print_lines(lines: Iterable[Line], context: Context, *, error: bool = False) -> None:
    """Prints lines, in colours on a terminal that has them."""
    stream = sys.stderr if error else sys.stdout
    coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in lines:
        text = safe_line(line.text, ascii_only=context.ascii)
        text = f"\x1b[{_COLOURS[line.style]}m{text}\x1b[0m" if coloured and line.style else text
        if error:
            tell_as_it_is((text,))
        else:
            write(f"{text}\n")


@_failing_once
async def run_apply(options: Namespace) -> int:
    """Applies the plan. Exit codes: 0 all is as the files say now, 1 it is not."""
    where, basis, prune = _kept(Path(options.folder))
    async with signed_in(options) as context:
        may_be_changed(options, context.settings)
        await context.read(names=False)
        makes = planner(context)
        plan = await makes.plan(where, prune=options.prune or prune)
        print_lines(plan_lines(plan), context, error=not options.dry_run)
        if basis is not None and plan.basis() != basis:
            raise BadInput(
                "Nothing was sent: the files or the timers have changed since that plan was made.",
                advice=f"Make another: globus-tui plan {where} --out {options.folder}",
            )
        if options.dry_run:
            return FAILED if plan.stopped else OK
        deleted = sum(Act.DELETE in item.acts for item in plan.items)
        ask = plan.to_do and not plan.stopped and not options.yes
        if ask and not agreed("delete" if deleted else "apply", deleted):
            tell(("Nothing was changed.",))
            return FAILED

        async def planned() -> Plan:
            await context.read(names=False)
            return await makes.plan(where, prune=options.prune or prune, preflight=False)

        shown: list[int] = []
        applier = Applier(
            context.store,
            context.making,
            lambda result: shown.append(show_end(result_words(result))),
            keeps_lock=not context.backend.demo,
        )
        consent = partial(meet, context.backend.account, plan.names.names_by_id)
        results = await carry_out(applier, plan, None, planned, consent)
        bad = sum(not result.done for result in results)
        tell((f"{len(results) - bad} done, {bad} failed." if results else "Nothing was to be done.",))
        return FAILED if bad else max(shown, default=OK)


def _kept(file: Path) -> tuple[Path, list[object] | None, bool]:
    """The folder, with the plan that was written of it, if a plan is named.

    Raises:
        BadInput: it is no plan.
    """
    if not file.is_file() or file.suffix in ENDINGS:
        return file, None, False
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        words = str(problem) if isinstance(problem, OSError) else why_unread(problem)
        raise BadInput(f"{file} is neither a folder nor a plan: {words}") from problem
    folder = wire.text(wire.document(document).get("folder"))
    if not folder or wire.document(document).get("format") != "globus-tui plan":
        raise BadInput(f"{file} is neither a folder nor a plan. globus-tui plan DIR --out FILE writes one.")
    return Path(folder), wire.items(document.get("basis")), document.get("prune") is True


@_failing_once
async def run_drift(options: Namespace) -> int:
    """Says in one line whether timers differ from the files. Exit codes: 0 none, 2 some, 1 it cannot be told."""
    async with signed_in(options) as context:
        await context.read(names=False)
        plan = await planner(context).plan(Path(options.folder), preflight=False)
        show((drift_words(plan),))
        return CHANGES if plan.differing else OK


async def export_all(options: Namespace) -> int:
    *typed, folder = options.timer
    where = _new_folder(Path(folder))
    async with signed_in(options) as context:
        await context.read()
        chosen = context.matching(" ".join(typed))
        if typed and not chosen:
            raise BadInput(f"No timer matches {' '.join(typed)[:80]!r}.", advice="globus-tui list shows all.")
        makes = planner(context)
        ids = (timer.state.job_id for timer in chosen if timer.state.replacement is None)
        jobs = [context.store.states[job_id].job for job_id in ids]
        exporter = await export_timers(jobs, makes, context.store, context.making.read, context.zone)
        plan = await _write_readable(exporter, where, context)
        tell(f"left out: {words}" for words in exporter.left_out)
        tell(f"not as it is at Globus: {item.name}" for item in plan.items if item.acts or item.stopped)
        show((f"{counted(len(exporter.keys), 'timer')} in {where}; {counted(len(plan.to_do), 'change')} to apply.",))
        return FAILED if plan.to_do or plan.stopped else OK


async def _write_readable(exporter: Exporter, where: Path, context: Context) -> Plan:
    """Writes the folder so that it can be read: one timer that no file can say must not cost all the others."""
    planned = partial(planner(context).plan, where, preflight=False)
    while True:
        written = [*_write_folder(exporter, where, context), lock_path(where)]
        try:
            return await record(where, exporter.keys, planned)
        except FleetFaults as wrong:
            if not exporter.leave_out(wrong.faults):
                raise
        for path in written:
            path.unlink(missing_ok=True)


def _new_folder(where: Path) -> Path:
    if where.exists() and (not where.is_dir() or any(where.iterdir())):
        raise BadInput(f"{where} is there already and not an empty folder: the files go into a new one.")
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(f"{where} cannot be made: {problem.strerror or problem}") from problem
    return where


def _write_folder(exporter: Exporter, where: Path, context: Context) -> list[Path]:
    """The files that were written."""
    head = [
        f"Timers of {context.backend.account.who}, as they were on {context.store.now():%Y-%m-%d %H:%M} UTC.",
        "globus-tui plan shows what differs from these files, globus-tui apply makes it so.",
        *(f"Left out: {words}" for words in exporter.left_out),
    ]
    texts = file_texts(exporter, head) | {SCHEMA_FILE: as_json(schema())}
    paths = [where / name for name in texts]
    try:
        for path, text in zip(paths, texts.values(), strict=True):
            write_private(path, text.encode(), mode=0o644)
    except OSError as problem:
        for path in paths:  # half a folder would say that nobody wants the other timers
            with suppress(OSError):
                path.unlink()
        raise GlobusTuiError(f"{where} cannot be written: {problem.strerror or problem}") from problem
    return paths
