"""`create` and `export`: a timer made from a JSON document, checked as the wizard would, and a document of a timer."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK, UNSURE
from globus_tui.cli.account import show, show_json, tell
from globus_tui.cli.timers import Context, signed_in
from globus_tui.cli.zones import find_zone
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.making.draft import Draft, What, clone, is_confirmed, word_to_type
from globus_tui.domain.making.draft_checks import Lookups, check_draft, may_be_sent
from globus_tui.domain.making.draft_fields import Finding, Level
from globus_tui.domain.making.flow_inputs import choose_flow
from globus_tui.domain.making.timer_index import TimerIndex
from globus_tui.present.gare_words import requirement_lines
from globus_tui.present.review_facts import finding_line, group_words
from globus_tui.store.creation import Created, Creation, NotCreated, Submitted, Unconfirmed
from globus_tui.store.drafts import DraftKeeper, draft_text, read_timer_file, read_timer_stream, to_fill_in
from globus_tui.store.operations import NeedsConsent, SignedOut
from globus_tui.store.preflight import Preflight

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from datetime import datetime, tzinfo


async def run_create(options: Namespace) -> int:
    """Prints ids of what was made on standard output, everything else on standard error.

    Exit codes: 0 made (or, with `--dry-run`, it could be), 1 certainly not made, 2 the document cannot be used, 3
    nobody can tell, or only some of several.
    """
    draft = _read(options.from_file, find_zone(options.zone))
    async with signed_in(options, reads=options.dry_run) as context:
        draft = await _with_defaults(draft, context)
        findings = await _check(draft, context)
        tell(_finding_words(findings, everything=options.dry_run))
        if options.dry_run:
            show_json(_request(draft))
            return OK if may_be_sent(findings) else FAILED
        if not may_be_sent(findings):
            tell(("Nothing was sent.",))
            return FAILED
        _insist_on_the_folder(draft, options.deletes)
        return await _make(draft, context)


def _read(name: str, zone: tzinfo) -> Draft:
    return read_timer_stream(sys.stdin.buffer, zone) if name == "-" else read_timer_file(Path(name), zone)


async def _with_defaults(draft: Draft, context: Context) -> Draft:
    """What a flow requires and has a default for is sent, as the form of the wizard does, and told."""
    if draft.what is not What.FLOW_TIMER or not draft.flow.flow_id:
        return draft
    try:
        filled = choose_flow(draft, await context.making.lookup.flow(draft.flow.flow_id))
    except GlobusTuiError:
        return draft  # the checks tell why
    if filled.flow.inputs != draft.flow.inputs:
        before, whole = (json.dumps(each.flow.inputs, ensure_ascii=False) for each in (draft, filled))
        tell((f"The flow requires more than is said and has defaults for it: {whole} is sent in place of {before}.",))
    return filled


async def _check(draft: Draft, context: Context) -> tuple[Finding, ...]:
    """Runs the checks of the wizard, also those that ask services."""
    await context.store.refresh()
    lookups: list[Lookups] = [Lookups()]
    await Preflight(context.making.lookup, lookups.append).look(draft, lookups[-1], signed_in=True)
    timers = TimerIndex((state.job for state in context.store.states.values()), context.store.collections)
    return check_draft(draft, context.store.now(), jobs=timers, tasks=context.store.tasks, lookups=lookups[-1])


def _finding_words(findings: Sequence[Finding], *, everything: bool) -> list[str]:
    return [finding_line(finding) for finding in findings if everything or finding.level >= Level.WARN]


def _request(draft: Draft) -> str:
    """The exact requests, one JSON object each, as they would be posted; nothing while it is not complete."""
    try:
        if draft.what is What.TRANSFER_NOW:
            documents = [draft.transfer.to_document()]
        else:
            documents = [{"timer": timer.to_document()} for timer in draft.to_timers()]
    except BadInput:
        return ""
    return "".join(json.dumps(document, ensure_ascii=False, indent=2) + "\n" for document in documents)


def _insist_on_the_folder(draft: Draft, typed: str | None) -> None:
    """A timer that deletes is made only when its folder is named, in a script too.

    Raises:
        BadInput: it was not.
    """
    if not is_confirmed(replace(draft, guards=replace(draft.guards, typed_folder=typed or ""))):
        word = word_to_type(draft)
        raise BadInput(f"It deletes files at the destination. Add --deletes {word!r} to show that you mean it.")


async def _make(draft: Draft, context: Context) -> int:
    """Creates one after the other; a draft whose answer is lost stays for the console to look into."""
    keeper = DraftKeeper(context.making.drafts, None, draft, "review")
    creator = context.making.creator(keeper.sending)
    if len(draft.group) > 1:
        group = await creator.create_group(draft)
        for timer in group.created:
            show((timer.job.job_id,))
        tell(filter(None, (group_words(group, len(draft.group)),)))
        if group.stopped_by is not None and group.created:
            _end(group.stopped_by)
            tell(("Some of them are there. The draft is kept: globus-tui, then n, makes the others.",))
            return UNSURE
        creation: Creation = group.stopped_by or group.created[-1]
    else:
        creation = await creator.create(draft)
        if isinstance(creation, Created):
            show((creation.job.job_id,))
    if not isinstance(creation, Unconfirmed):
        keeper.discard()
    return _end(creation)


def _end(creation: Creation) -> int:
    if isinstance(creation, Submitted):
        show((creation.task_id,))
    if isinstance(creation, Created | Submitted):
        tell(filter(None, (creation.words, creation.note)))
        return OK
    if isinstance(creation, Unconfirmed):
        tell((creation.words, "The draft is kept: globus-tui, then n, goes on with it."))
        return UNSURE
    if isinstance(creation, NotCreated):
        tell((creation.words,))
    elif isinstance(creation, NeedsConsent):
        advice = "Nothing was created. Create it once in the console (n), which asks for this."
        tell((*requirement_lines(creation.gare, {}), advice))
    elif isinstance(creation, SignedOut):
        tell((f"{creation.words} Run globus-tui login first.",))
    return FAILED


async def run_export(options: Namespace) -> int:
    """Prints the document, and nothing else, on standard output; what has to be filled in, on standard error."""
    if options.all:
        from globus_tui.cli.fleet import export_all

        return await export_all(options)
    if len(options.timer) > 1:
        raise BadInput(
            "One timer is printed at a time: write its id or name, or --all FILTER DIR for a folder of many."
        )
    async with signed_in(options) as context:
        job_id = await _meant(options.timer[0], context)
        reading = await context.making.read(job_id)
        await context.store.read_journal()
        now = context.store.now()
        draft = clone(reading.job, reading.document, now).with_alarm(context.store.alarm_level(job_id))
    show_json(draft_text(draft))
    tell(to_fill_in(draft, now) or _not_kept(draft, now))
    return OK


async def _meant(text: str, context: Context) -> str:
    """The id of the timer that `show` would print; one that is written whole needs no list."""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return text
    await context.read(names=False)
    try:
        return context.find(text).state.job.job_id
    except BadInput as wrong:  # ends with 1, as an id that Globus does not know
        raise GlobusTuiError(str(wrong), advice=wrong.advice) from None


def _not_kept(draft: Draft, now: datetime) -> list[str]:
    """The fields of a timer that a new one cannot have, or that this program does not know."""
    extra = {*draft.transfer.extra, *(["flow"] if draft.flow.extra else [])}
    findings = check_draft(draft, now)
    return [finding_line(finding) for finding in findings if finding.level is Level.STOP or finding.field in extra]
