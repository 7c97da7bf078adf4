"""Texts to take elsewhere: commands of the official CLI, requests, lines of Python, rows. No token is ever in them.

Checked against globus-cli 3.43, which has no command for some things: then it is the API call, `globus api timers …`,
or a note says what the command leaves out.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.making.draft import What
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, wire_moment
from globus_tui.domain.transfer.batch_format import write_batch
from globus_tui.present import health_words, marks, schedule_words
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.transfer.transfer import TransferData
    from globus_tui.present.health_words import Case

TOKEN = "$TOKEN"  # noqa: S105 - a place for one, not one
"""Stands where the token goes: the shell fills it in."""


def row_text(case: Case) -> str:
    """A timer as a line with tabs, for a ticket or a spreadsheet: health, name, next run, interval, why, id."""
    job = case.job
    cells = (
        marks.health_sign(case.health.word).word, job.label, health_words.next_words(case),
        schedule_words.every_short(job), health_words.why(case), job.job_id,
    )  # fmt: skip
    return "\t".join(one_line(cell) for cell in cells)


def curl_command(urls: Sequence[str]) -> str:
    """Reads these addresses with curl; the token is taken from the variable TOKEN of the shell."""
    return "\n".join(f'curl -sS -H "Authorization: Bearer {TOKEN}" {shlex.quote(url)}' for url in urls)


def timers_python(job_ids: Sequence[str]) -> str:
    return _python("TimersClient", [f"print(client.get_job({job_id!r}))" for job_id in job_ids])


def task_python(task_id: str) -> str:
    lines = [f"print(client.get_task({task_id!r}))", f"for event in client.task_event_list({task_id!r}):"]
    return _python("TransferClient", [*lines, "    print(event)"])


def _python(client: str, lines: Sequence[str]) -> str:
    head = (
        "import os", "", "import globus_sdk", "", f'token = os.path.expandvars("{TOKEN}")',
        f"client = globus_sdk.{client}(authorizer=globus_sdk.AccessTokenAuthorizer(token))",
    )  # fmt: skip
    return "\n".join((*head, *lines))


_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
_END = "ITEMS"


@dataclass(frozen=True, slots=True)
class CliCommand:
    """A command to copy into a shell.

    Attributes:
        text: the whole of it; several lines when it reads items from its input.
        notes: what it does otherwise than this program, one sentence each.
    """

    text: str
    notes: tuple[str, ...] = ()


def create_command(draft: Draft) -> CliCommand:
    """The command that makes the same timer or transfer (the first timer of a group).

    What is not chosen yet stands as a word in capitals, so that the command can be shown while the draft grows.
    """
    if draft.what is What.FLOW_TIMER:
        return _flow_command(draft)
    if draft.what is What.TRANSFER_NOW:
        return _transfer("globus transfer", [], draft.transfer, timer=False)
    words, notes = _schedule_words(draft.schedule), []
    if draft.name:
        words = ["--name", draft.name, *words]
    else:
        notes.append("The CLI names a timer without a name by itself.")
    if len(draft.group) > 1:
        notes.append(f"One command for each of the {len(draft.group)} timers is needed; this is the first.")
    command = _transfer("globus timer create transfer", words, draft.transfer, timer=True)
    return CliCommand(command.text, (*notes, *command.notes))


def _flow_command(draft: Draft) -> CliCommand:
    flow = draft.flow
    words = ["--input", json.dumps(dict(flow.inputs), ensure_ascii=False)] if flow.inputs else []
    words += (["--name", draft.name] if draft.name else []) + _schedule_words(draft.schedule)
    left_out = [word for word in ("run_managers", "run_monitors", "tags", "label") if getattr(flow, word)]
    words_left_out = ", ".join((*left_out, *flow.extra)).replace("_", " ")
    notes = [f"The CLI leaves out {words_left_out}: it has no option for it."] if words_left_out else []
    return CliCommand(f"globus timer create flow {shlex.join([*words, flow.flow_id or 'FLOW'])}", tuple(notes))


def _schedule_words(schedule: Schedule | None) -> list[str]:
    if schedule is None:
        return ["--interval", "INTERVAL"]
    if isinstance(schedule, OnceSchedule):
        start = ["--start", wire_moment(schedule.at)] if schedule.at else []
        return [*start, "--stop-after-runs", "1"]
    words = ["--interval", interval_word(schedule.interval)]
    words += ["--start", wire_moment(schedule.start)] if schedule.start else []
    if schedule.end.until:
        words += ["--stop-after-date", wire_moment(schedule.end.until)]
    if schedule.end.after_runs is not None:
        words += ["--stop-after-runs", str(schedule.end.after_runs)]
    return words


def interval_word(interval: timedelta) -> str:
    """An interval as the CLI takes it: `1h30m`, `1d`, `2w`."""
    rest, word = int(interval.total_seconds()), ""
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        word += f"{count}{unit}" if count else ""
    return word or "0s"


def _transfer(command: str, words: list[str], data: TransferData, *, timer: bool) -> CliCommand:
    words = [*words, *_option_words(data), *_filter_words(data)]
    if not timer:
        words += ["--label", data.label] if data.label else []
        words += ["--submission-id", data.submission_id] if data.submission_id else []
        deadline = wire.moment(data.deadline)  # in UTC: the CLI takes no offset, and the service takes its text as UTC
        words += ["--deadline", f"{deadline:%Y-%m-%dT%H:%M:%S}"] if deadline else []
        for side in ("source", "destination"):
            user = getattr(data, f"{side}_local_user")
            words += [f"--{side}-local-user", user] if user else []
    elif data.label:
        words += ["--label", data.label]
    source, destination = data.source_endpoint or "SOURCE", data.destination_endpoint or "DESTINATION"
    notes = _notes(data, timer=timer)
    first = data.items[0] if data.items else None
    if len(data.items) == 1 and first is not None and first.external_checksum is None:
        words += {True: ["--recursive"], False: ["--no-recursive"], None: []}[first.recursive]
        words += [f"{source}:{first.source_path}", f"{destination}:{first.destination_path}"]
        return CliCommand(f"{command} {shlex.join(words)}", notes)
    if first is None:
        return CliCommand(f"{command} {shlex.join([*words, f'{source}:PATH', f'{destination}:PATH'])}", notes)
    text = f"{command} {shlex.join([*words, '--batch', '-', source, destination])} <<'{_END}'\n"
    return CliCommand(f"{text}{write_batch(data.items)}{_END}", notes)


def _option_words(data: TransferData) -> list[str]:
    words = ["--sync-level", data.sync_level.name.lower()] if data.sync_level is not None else []
    words += ["--verify-checksum" if data.verify_checksum else "--no-verify-checksum"]
    words += [f"--{key.replace('_', '-')}" for key in _FLAGS if getattr(data, key)]
    return words + _notify_words(data)


_FLAGS = (
    "preserve_timestamp", "encrypt_data", "skip_source_errors", "fail_on_quota_errors", "delete_destination_extra",
)  # fmt: skip
"""Options that the CLI calls as the document does."""


def _notify_words(data: TransferData) -> list[str]:
    known = ("succeeded", "failed", "inactive")
    events = [event for event in known if getattr(data, f"notify_on_{event}") is not False]
    return [] if len(events) == 3 else ["--notify", ",".join(events) or "off"]


def _filter_words(data: TransferData) -> list[str]:
    return [word for rule in data.filter_rules for word in (f"--{rule.method}", rule.name)]


def _notes(data: TransferData, *, timer: bool) -> tuple[str, ...]:
    notes = []
    if any(rule.type != "file" for rule in data.filter_rules):
        notes.append("The CLI's filter rules are for files only.")
    missing = ["store_base_path_info"] if data.store_base_path_info else []
    missing += ["recursive_symlinks"] if data.recursive_symlinks not in (None, "ignore") else []
    if timer:
        missing += [key for key in ("deadline", "source_local_user", "destination_local_user") if getattr(data, key)]
    missing += ["checksum_algorithm"] if any(item.checksum_algorithm for item in data.items) else []
    missing += [str(key) for key in data.extra]
    if missing:
        notes.append(f"The CLI has no option here for {', '.join(missing)}.")
    if timer and len(data.items) != 1:
        notes.append("The items are lines of its input.")
    return tuple(notes)
