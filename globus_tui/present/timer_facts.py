"""What is known of a timer, its run and its task, as rows of label and words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from globus_tui.domain.schedule.schedule import RecurringSchedule, next_ticks
from globus_tui.domain.timer.job import FlowStart
from globus_tui.domain.timer.run import Outcome, outcome
from globus_tui.domain.transfer.collection import CollectionKind
from globus_tui.domain.transfer.transfer import TransferData
from globus_tui.present import moments, run_words, schedule_words, transfer_words
from globus_tui.present.error_words import explain_error
from globus_tui.present.health_sentences import next_if_resumed
from globus_tui.present.sizes import count, counted, size, speed
from globus_tui.present.transfer_words import collection_name, join_route, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task
    from globus_tui.present.health_words import Case


class Fact(NamedTuple):
    """One row: a label, what is said, and how.

    Attributes:
        label: empty for a row that goes on with the one above.
        style: `warning` for what may cost data or surprise; `muted` for what is by the way.
    """

    label: str
    words: str
    style: Literal["", "warning", "muted", "accent"] = ""


def schedule_facts(case: Case, fires: int = 3) -> tuple[Fact, ...]:
    schedule = case.job.schedule
    exact = schedule_words.exact_words(schedule)
    rhythm = schedule_words.rhythm_words(schedule, case.now, case.zone)
    rows = [Fact("every" if exact else "when", rhythm.removeprefix("every ") if exact else rhythm)]
    if exact:
        rows.append(Fact("", exact, "muted"))
    rows += _bounds(case)
    rows += fire_facts(case, fires)
    if shift := shift_words(case):
        rows.append(Fact("clock", shift, "warning"))
    return tuple(rows)


def _bounds(case: Case) -> list[Fact]:
    schedule = case.job.schedule
    if not isinstance(schedule, RecurringSchedule):
        return []
    start = moments.stamp(schedule.start, case.zone) if schedule.start else "at its creation"
    utc = _utc(" ({})", schedule.start, case.zone) if schedule.start else ""
    ends = schedule_words.end_words(schedule.end, case.now, case.zone) or "no end"
    so_far = f", {counted(case.job.n_runs, 'run')} so far" if case.job.n_runs is not None else ""
    return [Fact("start", start + utc), Fact("end", ends + so_far)]


def fire_facts(case: Case, wanted: int) -> list[Fact]:
    """The next fire times: local, UTC and how far away; of a paused timer, those after resuming it now."""
    job = case.job
    if job.is_over:
        return [Fact("next", "it will not run again", "muted")]
    ticks = next_ticks(job.schedule, case.now, wanted, runs_done=job.n_runs)
    local = [moments.with_zone(tick, case.now, case.zone) for tick in ticks]
    width = max(map(len, local), default=0)
    rows = [
        Fact("", f"{words:<{width}}{_utc('  {}', tick, case.zone)}  {moments.relative_words(tick, case.now)}")
        for tick, words in zip(ticks, local, strict=True)
    ]
    if job.stands_still:
        head = Fact("next", "none while paused; if resumed now:", "warning")
        catch_up = next_if_resumed(case, 1)[:1] == ("at once",)
        return [head, *([Fact("", "at once (one catch-up run)")] if catch_up else []), *rows][: wanted + 1]
    if not rows:
        return [Fact("next", "not known" if job.next_run is None else next_word(case))]
    return [Fact("next", rows[0].words), *rows[1:]]


def _utc(form: str, moment: datetime, zone: tzinfo) -> str:
    """The time in UTC, as `form` has it, unless that is what is shown anyway."""
    return form.format(moments.utc_time(moment)) if moment.astimezone(zone).utcoffset() else ""


def next_word(case: Case) -> str:
    """The next run on one line: `Sun 22 Nov 02:00 CST (08:00Z), in 11 h`."""
    job = case.job
    if job.is_over:
        return "it will not run again"
    if job.stands_still:
        return "if resumed now: " + (", ".join(next_if_resumed(case, 2)) or "not known")
    if job.next_run is None:
        return "not known"
    local = moments.with_zone(job.next_run, case.now, case.zone)
    away = moments.relative_words(job.next_run, case.now)
    return f"{local}{_utc(' ({})', job.next_run, case.zone)}, {away}"


def shift_words(case: Case) -> str | None:
    """Where daylight saving moves the hour; None when it does not within a year."""
    job = case.job
    return (
        None if job.is_over else schedule_words.shift_warning(job.schedule, case.now, case.zone, runs_done=job.n_runs)
    )


_KINDS = {
    CollectionKind.MAPPED: "mapped", CollectionKind.GUEST: "guest", CollectionKind.GCP_MAPPED: "personal computer",
    CollectionKind.GCP_GUEST: "guest on a personal computer", CollectionKind.ENDPOINT: "endpoint",
}  # fmt: skip


def collection_words(collection: Collection | None) -> str:
    """What kind of place it is, as far as known: `mapped, needs data_access`."""
    if collection is None:
        return ""
    parts = [_KINDS[collection.kind]] if collection.kind in _KINDS else []
    parts += ["needs data_access"] if collection.needs_data_access_consent else []
    parts += ["high assurance"] if collection.high_assurance else []
    parts += ["DELETED"] if collection.deleted else []
    parts += ["not connected"] if collection.connected is False else []
    return ", ".join(parts)


def what_facts(case: Case, collections: Mapping[str, Collection], *, items: int, in_full: bool) -> tuple[Fact, ...]:
    """Everything about what it does.

    Args:
        collections: what is known of them, by id.
        items: at most so many items are listed; the rest is counted.
        in_full: every option, those at the service's default included, instead of a line that sums them up.
    """
    job, payload = case.job, case.job.payload
    identity = [Fact("id", str(job.job_id), "muted")]
    if (elsewhere := transfer_words.address_warning(job)) is not None:
        identity.insert(0, Fact("!", elsewhere, "warning"))
    if job.transfer is not None:
        return (*_transfer_facts(job.transfer, case, collections, items, in_full=in_full), *identity)
    rows = [Fact("does", transfer_words.route(job, case.names, ascii_only=case.ascii_only))]
    if isinstance(payload, FlowStart):
        rows += [Fact("flow", payload.flow_id or "?", "muted")]
        rows += [Fact(one_line(str(key)), _plain(value)) for key, value in payload.inputs.items()]
    if job.scope:
        rows.append(Fact("scope", one_line(job.scope), "muted"))
    return (*rows, *identity)


def _plain(value: object) -> str:
    return one_line(value) if isinstance(value, str) else json.dumps(value, default=str)


def _transfer_facts(
    data: TransferData, case: Case, collections: Mapping[str, Collection], items: int, *, in_full: bool
) -> list[Fact]:
    rows = []
    for label, endpoint in (("from", data.source_endpoint), ("to", data.destination_endpoint)):
        kind = collection_words(collections.get(endpoint or ""))
        rows.append(Fact(label, collection_name(endpoint, case.names) + (f"  {kind}" if kind else "")))
    shown = [transfer_words.item_words(item, ascii_only=case.ascii_only) for item in data.items[:items]]
    rest = len(data.items) - len(shown)
    rows += [Fact("" if number else "moves", words) for number, words in enumerate(shown)]
    rows += [Fact("", f"and {rest} more, + shows all", "muted")] if rest > 0 else []
    rows += [] if data.items else [Fact("moves", "nothing is listed", "warning")]
    if in_full:
        rows += [Fact(label, words, "warning" if words in transfer_words.warnings(data) else "")
                 for label, words in transfer_words.options(data)]  # fmt: skip
        return rows
    rows.append(Fact("how", transfer_words.summary(data)))
    rows += [Fact("!", words, "warning") for words in transfer_words.warnings(data)]
    rows.append(Fact("notify", transfer_words.notify_words(data)))
    return rows


def run_facts(
    run: Run,
    task: Task | None,
    task_id: str | None,
    now: datetime,
    zone: tzinfo,
    *,
    paused_for: tuple[str, ...] = (),
    usual: str = "",
    ascii_only: bool = False,
) -> tuple[Fact, ...]:
    """Everything about a run: what went wrong and what to do about it, when it was, and what its task did.

    `usual`: what the good runs of the timer are like, to hold beside it.
    """
    fired = f"{moments.stamp(run.ran_at, zone)} ({moments.utc_time(run.ran_at)})" if run.ran_at else "?"
    rows = [*_why(run, task), Fact("fired", fired)]
    if run.kept_here and task is not None:
        rows += [Fact("task", "kept here: Globus has forgotten it", "muted"), *_numbers(task, now, zone)]
    elif run.resource_id is None:
        rows.append(Fact("task", "none was made", "muted"))
    elif task_id is None:
        words = run_words.result(outcome(run, None))
        rows += [Fact("made", run.resource_id), Fact("status", f"{words}, says the timer; it is no transfer task")]
    elif task is None:
        rows += [Fact("task", task_id), Fact("status", "not known: the task has not been read")]
    else:
        rows.append(Fact("task", f"{task.task_id}  {run_words.task_status(task)}"))
        rows += _route(task, ascii_only=ascii_only)
        rows += _numbers(task, now, zone)
        at = next(place for place, fact in enumerate(rows) if fact.label == "bytes") + 1
        rows[at:at] = [Fact("usual", usual, "muted")] if usual else []
    return (*(Fact("paused", one_line(message), "warning") for message in dict.fromkeys(paused_for)), *rows)


def _route(task: Task, *, ascii_only: bool) -> list[Fact]:
    if not (task.source_name or task.destination_name):
        return []
    source, destination = one_line(task.source_name or "?"), one_line(task.destination_name or "?")
    return [Fact("route", join_route(source, destination, ascii_only=ascii_only))]


def _numbers(task: Task, now: datetime, zone: tzinfo) -> list[Fact]:
    rows = [
        Fact("time", _times(task, now, zone)),
        Fact("files", _files(task)),
        Fact("bytes", f"{size(task.bytes_transferred)} at {speed(task.bytes_per_second)}"),
    ]
    troubled = bool(task.faults or task.skipped_errors)
    words = f"{counted(task.faults, 'fault')}, {counted(task.skipped_errors, 'file')} skipped over an error"
    rows.append(Fact("trouble", words, "warning" if troubled else ""))
    if task.deadline and not task.finished:
        ends = f"{moments.date_time(task.deadline, now, zone)}, {moments.relative_words(task.deadline, now)}"
        rows.append(Fact("deadline", ends))
    return rows


def _times(task: Task, now: datetime, zone: tzinfo) -> str:
    if task.requested is None:
        return "?"
    begun = f"from {moments.date_time(task.requested, now, zone)}"
    if task.completed is not None:
        ended = moments.date_time(task.completed, now, zone)
        return f"{begun} to {ended}, {moments.duration(task.completed - task.requested, seconds=True)}"
    lasted = max(timedelta(), now - task.requested)
    return f"{begun} to a time not known" if task.finished else f"{begun}, {moments.duration(lasted)} so far"


def _files(task: Task) -> str:
    words = f"{count(task.files_transferred)} moved"
    if task.files_skipped is not None:
        words += f", {count(task.files_skipped)} unchanged"
    return f"{words}, {count(task.files)} met in {counted(task.directories, 'folder')}"


def _why(run: Run, task: Task | None) -> list[Fact]:
    """What went wrong: the service's own words, then what is known of such an error."""
    ending = outcome(run, task)
    code, text = (task.error_code, task.error_text) if task else (None, run.problem)
    if ending is Outcome.REFUSED:
        code, text = run.gare.code if run.gare else str(run.http_status or "") or None, run.problem
    elif ending is Outcome.RUNNING and task is not None and task.trouble:
        code, text = task.trouble, task.nice_status_text
    elif ending is not Outcome.FAILED:
        return []
    known = explain_error(code, text)
    rows = [
        Fact("error", known.words if not code or known.words.startswith(code) else f"{known.words} ({code})", "warning")
    ]
    if text and one_line(text) not in known.words:
        rows.append(Fact("said", one_line(text)))
    if known.cause:
        rows.append(Fact("cause", known.cause))
    if known.step:
        rows.append(Fact("do", known.step + (f"; ask {known.ask}" if known.ask else "")))
    return rows


def compact_facts(case: Case) -> tuple[Fact, ...]:
    """What moves where, when next, what could cost data, how often, and what the clocks do to it."""
    job = case.job
    rows = [
        Fact("moves", transfer_words.route_with_paths(job, case.names, ascii_only=case.ascii_only)),
        Fact("next", next_word(case)),
    ]
    data = job.payload if isinstance(job.payload, TransferData) else None
    if (elsewhere := transfer_words.address_warning(job)) is not None:
        rows.append(Fact("!", elsewhere, "warning"))
    rows += [Fact("!", words, "warning") for words in (_warnings(data) if data else ())]
    rows.append(Fact("runs", _rhythm(case)))
    if shift := shift_words(case):
        rows.append(Fact("clock", shift, "warning"))
    rows += [Fact("how", transfer_words.summary(data))] if data else []
    return tuple(rows)


def _warnings(data: TransferData) -> Iterator[str]:
    if data.delete_destination_extra:
        yield "DELETES extra files at the destination (mirror)"
    if data.skip_source_errors:
        yield "skips unreadable source files and still succeeds"


def _rhythm(case: Case) -> str:
    schedule = case.job.schedule
    rhythm = schedule_words.rhythm_words(schedule, case.now, case.zone)
    end = getattr(schedule, "end", None)
    ends = schedule_words.end_words(end, case.now, case.zone, before=", ") if end else ""
    exact = schedule_words.exact_words(schedule)
    return f"{rhythm}{ends}" + (f" ({exact})" if exact else "")
