"""What the program does, as a command of the official CLI to copy. Checked against globus-cli 3.43, which has no
command for some things: then it is the API call, `globus api timers …`, or a note says what the command leaves out.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from globus_tui.domain.batch_format import write_batch
from globus_tui.domain.draft import What
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import OnceSchedule, wire_moment
from globus_tui.domain.scope import collection_of, parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.transfer import TransferData

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
    found = _transfer("globus timer create transfer", words, draft.transfer, timer=True)
    return CliCommand(found.text, (*notes, *found.notes))


def _flow_command(draft: Draft) -> CliCommand:
    flow = draft.flow
    words = ["--input", json.dumps(dict(flow.inputs), ensure_ascii=False)] if flow.inputs else []
    words += (["--name", draft.name] if draft.name else []) + _schedule_words(draft.schedule)
    left_out = [word for word in ("run_managers", "run_monitors", "tags") if getattr(flow, word)]
    notes = [f"The CLI has no option for {', '.join(left_out).replace('_', ' ')}."] if left_out else []
    return CliCommand(f"globus timer create flow {_join([*words, flow.flow_id or 'FLOW'])}", tuple(notes))


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
    elif schedule.end.after_runs is not None:
        words += ["--stop-after-runs", str(schedule.end.after_runs)]
    return words


def interval_word(interval: timedelta) -> str:
    """An interval as the CLI takes it: `1h30m`, `1d`, `2w`."""
    rest, found = int(interval.total_seconds()), ""
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        found += f"{count}{unit}" if count else ""
    return found or "0s"


def _transfer(command: str, words: list[str], data: TransferData, *, timer: bool) -> CliCommand:
    words = [*words, *_option_words(data), *_filter_words(data)]
    if not timer:
        words += ["--label", data.label] if data.label else []
        words += ["--submission-id", data.submission_id] if data.submission_id else []
        words += ["--deadline", data.deadline[:19]] if data.deadline else []
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
        return CliCommand(f"{command} {_join(words)}", notes)
    if first is None:
        return CliCommand(f"{command} {_join([*words, f'{source}:PATH', f'{destination}:PATH'])}", notes)
    text = f"{command} {_join([*words, '--batch', '-', source, destination])} <<'{_END}'\n"
    return CliCommand(f"{text}{write_batch(data.items)}{_END}", notes)


def _option_words(data: TransferData) -> list[str]:
    words = ["--sync-level", data.sync_level.name.lower()] if data.sync_level is not None else []
    words += ["--verify-checksum" if data.verify_checksum else "--no-verify-checksum"]
    words += ["--preserve-timestamp"] if data.preserve_timestamp else []
    words += ["--encrypt-data"] if data.encrypt_data else []
    words += ["--skip-source-errors"] if data.skip_source_errors else []
    words += ["--fail-on-quota-errors"] if data.fail_on_quota_errors else []
    words += ["--delete-destination-extra"] if data.delete_destination_extra else []
    return words + _notify_words(data)


def _notify_words(data: TransferData) -> list[str]:
    wanted = [
        word
        for word, value in (
            ("succeeded", data.notify_on_succeeded),
            ("failed", data.notify_on_failed),
            ("inactive", data.notify_on_inactive),
        )
        if value is not False
    ]
    return [] if len(wanted) == 3 else ["--notify", ",".join(wanted) or "off"]


def _filter_words(data: TransferData) -> list[str]:
    return [word for rule in data.filter_rules for word in (f"--{rule.method}", rule.name)]


def _notes(data: TransferData, *, timer: bool) -> tuple[str, ...]:
    said = []
    if any(rule.type != "file" for rule in data.filter_rules):
        said.append("The CLI's filter rules are for files only.")
    missing = ["store_base_path_info"] if data.store_base_path_info else []
    missing += ["recursive_symlinks"] if data.recursive_symlinks else []
    if timer:
        missing += [key for key in ("deadline", "source_local_user", "destination_local_user") if getattr(data, key)]
    missing += ["checksum_algorithm"] if any(item.checksum_algorithm for item in data.items) else []
    missing += [str(key) for key in data.extra]
    if missing:
        said.append(f"The CLI has no option here for {', '.join(missing)}.")
    if timer and len(data.items) != 1:
        said.append("The items are lines of its input.")
    return tuple(said)


def _join(words: Iterable[str]) -> str:
    return shlex.join(words)


# --- other actions


def pause_command(job_id: str) -> CliCommand:
    """Pauses a timer."""
    return CliCommand(f"globus timer pause {shlex.quote(job_id)}")


def resume_command(job_id: str, *, skip_check: bool = False) -> CliCommand:
    """Resumes a timer."""
    skip = "--skip-inactive-reason-check " if skip_check else ""
    return CliCommand(f"globus timer resume {skip}{shlex.quote(job_id)}")


def delete_command(job_id: str) -> CliCommand:
    """Deletes a timer; this program pauses it first."""
    return CliCommand(f"globus timer delete {shlex.quote(job_id)}")


def show_command(job_id: str) -> CliCommand:
    """Shows a timer with its runs, which the CLI's text leaves out."""
    return CliCommand(f"globus timer show {shlex.quote(job_id)} --format json")


def list_command() -> CliCommand:
    """Lists all timers."""
    return CliCommand("globus timer list")


def rename_command(job_id: str, name: str) -> CliCommand:
    """Renames a timer: no command of its own, so it is the API call."""
    body = json.dumps({"name": name}, ensure_ascii=False)
    return CliCommand(f"globus api timers patch {_join([f'/jobs/{job_id}', '--body', body])}")


def task_command(task_id: str) -> CliCommand:
    """Shows a task."""
    return CliCommand(f"globus task show {shlex.quote(task_id)}")


def task_log_command(task_id: str, *, errors_only: bool = False) -> CliCommand:
    """Shows a task's log."""
    errors = "--filter-errors " if errors_only else ""
    return CliCommand(f"globus task event-list {errors}{shlex.quote(task_id)}")


def cancel_command(task_id: str) -> CliCommand:
    """Cancels a task."""
    return CliCommand(f"globus task cancel {shlex.quote(task_id)}")


def consent_command(gare: Gare) -> CliCommand:
    """Meets a requirement for the CLI's own sign-in; this program's is another, and is not changed by it.

    `session consent` for scopes, `session update` for everything that is proved by signing in.
    """
    notes = ("It changes what the CLI may do; this program asks for its own consents.",)
    if gare.wants_session:
        words = list(gare.session_required_identities or gare.session_required_single_domain)
        if gare.session_required_policies:
            words += ["--policy", ",".join(gare.session_required_policies)]
        for scope in gare.required_scopes:
            words += ["--scope", scope]
        if not words:
            return CliCommand("globus login --force", notes)
        return CliCommand(f"globus session update {_join(words)}", notes)
    timers = [_timer_collection(scope) for scope in gare.required_scopes]
    if timers and all(timers):
        words = [word for one in timers if one for word in ("--timer-data-access", one)]
        return CliCommand(f"globus session consent {_join(words)}", notes)
    return CliCommand(f"globus session consent {_join(gare.required_scopes)}", notes)


def _timer_collection(scope: str) -> str | None:
    """The one collection of a timer > transfer > data_access scope; None for any other."""
    try:
        (root,) = parse(scope)
    except ValueError:  # BadInput, or not exactly one
        return None
    chain = list(root.walk())
    if len(chain) != 3 or not root.name.endswith("/timer"):
        return None
    return collection_of(chain[2])
