"""Drafts as JSON documents: what is exported, what `create --from-file` reads, and how drafts are kept.

    {"format": "globus-tui timer", "version": 1,
     "timer": {the `timer` of POST /v2/timer},          or "transfer": {the document of POST /transfer}
     "names": {...}, "guards": {...}, "group": [...], "typed": {...}, "cloned_from": "..."}

A bare `{"timer": {...}}`, as it is posted, is read too, as is the timer alone, and what made timers of the first
version (`callback_url` and `callback_body`), as far as it moves data or starts a flow. What would start at once, or is
a timer that exists, is called by its name and not read.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, why_unread
from globus_tui.domain.making.draft import Draft, FlowPart, Guards, What, flow_beside
from globus_tui.domain.schedule.calendar_groups import GroupMember
from globus_tui.domain.schedule.schedule import (
    LONGEST_INTERVAL,
    RecurringSchedule,
    Schedule,
    read_schedule,
    schedule_document,
    wire_moment,
)
from globus_tui.domain.schedule.typed_intervals import parse_interval
from globus_tui.domain.timer.job import FlowStart, Job
from globus_tui.domain.transfer.transfer import SyncLevel, TransferData

if TYPE_CHECKING:
    from datetime import tzinfo

    from globus_tui.domain.wire import Document

FORMAT, VERSION = "globus-tui timer", 1
_TOP = {"format", "version", "timer", "transfer", "names", "guards", "group", "typed", "cloned_from"}
_TIMER = {"timer_type", "name", "schedule", "body", "flow_id", "resource_server"}
_VERSION_1 = {"name", "callback_url", "callback_body", "start", "interval", "stop_after", "stop_after_n", "scope"}
_TRANSFER_TIMERS = "transfer.api.globus.org"
"""The only `resource_server` that timers take (specification)."""


def to_file(draft: Draft) -> dict[str, Any]:
    """The document of a draft, complete or not; JSON types only."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if draft.what is What.TRANSFER_NOW:
        document["transfer"] = draft.transfer.to_document()
    else:
        document["timer"] = _timer(draft)
    if draft.name and draft.what is What.TRANSFER_NOW:
        document["names"] = {"draft": draft.name}
    names = {"source": draft.source_name, "destination": draft.destination_name, "flow": draft.flow.title}
    stated = {key: value for key, value in names.items() if value} | document.get("names", {})
    guards = _guards(draft.guards)
    extras = {
        "names": stated, "guards": guards,
        "group": [{"suffix": member.suffix, "schedule": schedule_document(member.schedule)} for member in draft.group],
        "typed": dict(draft.typed), "cloned_from": draft.cloned_from,
    }  # fmt: skip
    return document | {key: value for key, value in extras.items() if value}


def _timer(draft: Draft) -> dict[str, Any]:
    flow = draft.what is What.FLOW_TIMER
    timer: dict[str, Any] = {"timer_type": "flow" if flow else "transfer"}
    if draft.name:
        timer["name"] = draft.name
    if draft.schedule is not None:
        timer["schedule"] = schedule_document(draft.schedule)
    if flow and draft.flow.flow_id:
        timer["flow_id"] = draft.flow.flow_id
    return timer | {"body": draft.flow.body() if flow else replace(draft.transfer, submission_id=None).to_document()}


def _guards(guards: Guards) -> dict[str, Any]:
    """The guards that differ from the usual; the folder that confirms deleting is typed each time, and not kept."""
    usual = Guards()
    settings: dict[str, Any] = {}
    if guards.fewer_percent != usual.fewer_percent:
        settings["fewer_percent"] = guards.fewer_percent
    if guards.refuse_scratch != usual.refuse_scratch:
        settings["refuse_scratch"] = guards.refuse_scratch
    return settings


def read_json(text: str) -> Any:
    """What somebody wrote as JSON. Raises `BadInput`: it is none (with the line), or has a name twice in one object."""
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_each_once)
    except json.JSONDecodeError as problem:
        raise BadInput(f"Line {problem.lineno}, column {problem.colno}: this is no JSON: {problem.msg}.") from problem
    except BadInput:
        raise
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"This cannot be read: {why_unread(problem)}.") from problem


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadInput(f"“{max(names, key=names.count)}” is said twice in one object; only one of them can be meant.")
    return members


def from_file(document: object, zone: tzinfo | None = None) -> Draft:
    """Reads such a document.

    Args:
        zone: of this machine, for a document that people wrote: a time without a zone is refused with how it could be
            read. None takes such times as UTC, as in what was read of the service.

    Raises:
        BadInput: it is none, of a later version, or says something that would be lost; the message names the place.
    """
    if not isinstance(document, dict):
        raise BadInput("The document must be a JSON object.")
    written = {key: value for key, value in document.items() if key not in ("typed", "callback_body")}
    document = _as_posted(document)
    if zone is not None:
        refuse_bare_times(written, zone)
        refuse_bare_times({key: value for key, value in document.items() if key != "typed"}, zone)
    if document.get("format", FORMAT) != FORMAT:
        raise BadInput(f"“format” must be “{FORMAT}”.")
    if document.get("version", VERSION) != VERSION:
        raise BadInput(f"“version” {document.get('version')!r} is not known to this program; it knows {VERSION}.")
    _only(document, _TOP, "the document")
    names = _object(document, "names")
    draft = _read_what(document, names)
    return replace(
        draft,
        source_name=wire.text(names.get("source")),
        destination_name=wire.text(names.get("destination")),
        guards=_read_guards(_object(document, "guards")),
        group=_read_group(document.get("group")),
        typed={key: value for key, value in _object(document, "typed").items() if isinstance(value, str)},
        cloned_from=wire.text(document.get("cloned_from")),
    )


_MOMENTS = {"start", "datetime", "deadline", "date", "stop_after"}


def refuse_bare_times(part: object, zone: tzinfo, where: tuple[str, ...] = ()) -> None:
    """Times without a zone: the official tools take them as local, the service as UTC.

    Raises:
        BadInput: there is one, outside of what a flow is handed; with both readings.
    """
    if isinstance(part, list):
        for place, entry in enumerate(part):
            refuse_bare_times(entry, zone, (*where[:-1], f"{where[-1]}[{place}]") if where else ())
        return
    if not isinstance(part, dict) or where[-2:] == ("body", "body"):
        return
    for key, value in part.items():
        if key in _MOMENTS and isinstance(value, str) and (naive := _bare_time(value)) is not None:
            utc, local = naive.replace(tzinfo=UTC).isoformat(), naive.replace(tzinfo=zone).isoformat()
            either = f"Write {utc} if it is UTC, or {local} if it is the time of this machine."
            either = either if utc != local else f"Write {utc}: UTC, as the time of this machine is."
            raise BadInput(f"{'.'.join((*where, key))}: {value} has no time zone. {either}")
        if key != "inputs":
            refuse_bare_times(value, zone, (*where, key))


def _bare_time(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo is None else None


def _as_posted(document: Document) -> Document:
    """The document in the form of this module, when it is one that people have at hand.

    Raises:
        BadInput: it is one that must not be read as something to make; with how to go on.
    """
    if "job_id" in wire.document(document.get("timer")):  # what creating a timer answered
        document = document["timer"]
    if {"timer", "transfer"} & set(document):
        return document
    if "job_id" in document:
        raise BadInput(
            f"This is the timer {document['job_id']} as Globus shows it, which is there already. globus-tui export "
            f"{document['job_id']} writes a file of it that can be created from."
        )
    if isinstance(document.get("jobs"), list):
        raise BadInput(
            "This is a list of timers as Globus shows it. globus-tui export ID writes a file of one of them."
        )
    if "timer_type" in document:
        return {"timer": document}
    if "callback_url" in document or "callback_body" in document:
        return {"timer": _of_version_1(document)}
    if {"source_endpoint", "source_endpoint_id"} & set(document) or document.get("DATA_TYPE") == "transfer":
        raise BadInput(
            'This is a transfer by itself, which does not say when. Write {"transfer": …} around it to start it once, '
            'now; for a timer {"timer": {"timer_type": "transfer", "schedule": {…}, "body": …}}.'
        )
    return document


def _of_version_1(document: Document) -> Document:
    """What POST /jobs/ takes, as a timer of today.

    Raises:
        BadInput: it calls something else than Transfer or a flow, or says something that would be lost.
    """
    _only(document, _VERSION_1, "This is a timer of the first version")
    job = Job.from_document({**document, "job_id": "none", "status": "new"})
    seconds, start = document.get("interval"), document.get("start")
    end: dict[str, Any] = {}
    if isinstance(job.schedule, RecurringSchedule) and job.schedule.end.until:
        end["datetime"] = wire_moment(job.schedule.end.until)
    if isinstance(job.schedule, RecurringSchedule) and job.schedule.end.after_runs:
        end["count"] = job.schedule.end.after_runs
    if document.get("stop_after_n"):
        end["count"] = document["stop_after_n"]
    schedule: dict[str, Any] = {"type": "once", "datetime": start}
    if seconds:
        schedule = {"type": "recurring", "interval_seconds": seconds, "start": start, "end": end or None}
    common = {"name": document.get("name"), "schedule": schedule}
    if isinstance(job.payload, FlowStart):
        outer = wire.document(document.get("callback_body"))
        body = outer if isinstance(outer.get("body"), dict) else {"body": outer}
        return {"timer_type": "flow", "flow_id": job.payload.flow_id, "body": body} | common
    if job.transfer is None or job.calls_elsewhere:
        raise BadInput(
            f"This timer of the first version calls {document.get('callback_url')!r}, which is neither Transfer nor a "
            "flow: it cannot be made here."
        )
    inner = wire.document(wire.document(document.get("callback_body")).get("body")) or document["callback_body"]
    return {"timer_type": "transfer", "body": inner} | common


def _read_what(document: Document, names: Document) -> Draft:
    if ("timer" in document) == ("transfer" in document):
        raise BadInput("The document needs either “timer” or “transfer”.")
    if "transfer" in document:
        data = _read_transfer(_object(document, "transfer"), "transfer")
        return Draft(What.TRANSFER_NOW, wire.text(names.get("draft")) or "", data)
    timer = _object(document, "timer")
    _only(timer, _TIMER, "timer")
    if timer.get("resource_server") not in (None, _TRANSFER_TIMERS):
        raise BadInput(f"timer: “resource_server” can only be {_TRANSFER_TIMERS}.")
    schedule, name = strict_schedule(timer.get("schedule")), timer.get("name")
    if name is not None and not isinstance(name, str):
        raise BadInput("timer: “name” must be text.")
    if timer.get("timer_type") == "flow":
        flow = _read_flow(timer, wire.text(names.get("flow")))
        return Draft(What.FLOW_TIMER, name or "", schedule=schedule, flow=flow)
    if timer.get("timer_type") != "transfer":
        raise BadInput("timer: “timer_type” must be “transfer” or “flow”.")
    data = _read_transfer(_object(timer, "body"), "timer.body")
    return Draft(What.TRANSFER_TIMER, name or "", data, schedule)


def _read_transfer(document: Document, where: str) -> TransferData:
    """Reads strictly: whatever would not come out again as it went in is refused."""
    level = document.get("sync_level")
    if isinstance(level, str) and level.upper() in SyncLevel.__members__:
        document = {**document, "sync_level": int(SyncLevel[level.upper()])}
    read = TransferData.from_document(document)
    again = read.to_document()
    for key, value in document.items():
        key_now = (
            key.removesuffix("_id") if key.endswith("_endpoint_id") else "DATA" if key == "transfer_items" else key
        )
        if value is None or value == [] == (again.get(key_now) or []):
            continue
        if key_now in ("DATA", "filter_rules"):
            _same_list(value, again.get(key_now), f"{where}.{key}")
        elif again.get(key_now) != value:
            raise BadInput(f"{where}: “{key}” cannot be {value!r}.")
    return read


def _same_list(value: object, again: object, where: str) -> None:
    if not isinstance(value, list) or not isinstance(again, list) or len(value) != len(again):
        raise BadInput(f"{where} must be a list of objects.")
    for place, (item, other) in enumerate(zip(value, again, strict=True)):
        if not isinstance(item, dict):
            raise BadInput(f"{where}[{place}] must be an object.")
        lost = [key for key, part in item.items() if part is not None and other.get(key) != part]
        if lost:
            raise BadInput(f"{where}[{place}]: “{lost[0]}” cannot be {item[lost[0]]!r}.")


def _read_flow(timer: Document, title: str | None) -> FlowPart:
    body = _object(timer, "body")
    for key in ("run_managers", "run_monitors", "tags"):
        if body.get(key) is not None and list(wire.texts(body[key])) != body[key]:
            raise BadInput(f"timer.body: “{key}” must be a list of texts.")
    if body.get("label") is not None and not isinstance(body["label"], str):
        raise BadInput("timer.body: “label” must be text.")
    inputs = dict(_object(body, "body"))
    beside = flow_beside({**body, "body": inputs})
    return replace(beside, flow_id=wire.text(timer.get("flow_id")), title=title, inputs=inputs)


def strict_schedule(value: object, where: str = "timer.schedule") -> Schedule | None:
    """Reads a schedule as Globus writes it; None where none is said.

    Raises:
        BadInput: something in it would be lost.
    """
    if value is None:
        return None
    document = wire.document(value)
    _refuse_odd_schedule(document, where)
    read = read_schedule({"schedule": value})
    if read is None:
        raise BadInput(f"{where} is no schedule: see “once” with “datetime”, or “recurring” with “interval_seconds”.")
    again = schedule_document(read)
    _only(document, {"type", "interval_seconds", "start", "datetime", "end"}, where)
    for key in ("type", "interval_seconds", "start", "datetime", "end"):
        if document.get(key) is not None and key not in again:
            raise BadInput(f"{where}: “{key}” cannot be {document[key]!r}.")
    end = wire.document(document.get("end"))
    _only(end, {"condition", "datetime", "count", "iterations"}, f"{where}.end")
    if isinstance(read, RecurringSchedule) and end:
        kept = {"datetime": read.end.until, "count": read.end.after_runs, "iterations": read.end.after_runs}
        for key in kept:
            if end.get(key) is not None and kept[key] is None:
                raise BadInput(f"{where}.end: “{key}” cannot be {end[key]!r}.")
    return read


_WHOLE = "whole seconds, from 60 to 31536000 (365 days)"


def _refuse_odd_schedule(document: Document, where: str) -> None:
    """Refuses what would be read as something else, or not at all.

    Raises:
        BadInput: with the reason, and what could be written instead.
    """
    kind, seconds, end = document.get("type"), document.get("interval_seconds"), document.get("end")
    if kind not in (None, "once", "recurring"):
        raise BadInput(f"{where}: “type” cannot be {kind!r}: it is “once” or “recurring”.")
    if kind == "once" and seconds is not None:
        raise BadInput(f"{where}: what runs once has no “interval_seconds”; write “recurring”, or leave it out.")
    if kind == "recurring" or "interval_seconds" in document:
        _refuse_odd_interval(seconds, f"{where}: “interval_seconds”")
    if end is not None and (not isinstance(end, dict) or end.get("condition") == "never"):
        raise BadInput(f"{where}: “end” cannot be {end!r}; leave it out for a timer that does not end.")
    for key in ("count", "iterations"):
        number = wire.document(end).get(key)
        if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
            raise BadInput(f"{where}.end: “{key}” cannot be {number!r}: it is a whole number of runs, at least 1.")
    moments = {(where, key): document.get(key) for key in ("start", "datetime")}
    moments[f"{where}.end", "datetime"] = wire.document(end).get("datetime")
    for (place, key), value in moments.items():
        moment = wire.moment(value)
        if value is not None and moment is None:
            raise BadInput(f"{place}: “{key}” cannot be {value!r}: write a moment such as 2026-12-01T02:00:00Z.")
        if moment is not None and moment.microsecond:
            whole = wire_moment(moment)
            raise BadInput(f"{place}: “{key}” cannot be {value!r}: timers count whole seconds, write {whole}.")


def _refuse_odd_interval(seconds: object, where: str) -> None:
    if seconds is None:
        raise BadInput(f"{where} is missing: {_WHOLE}.")
    if isinstance(seconds, str):
        try:
            short = seconds.isdecimal() and len(seconds) < 10
            number = int(seconds) if short else int(parse_interval(seconds).total_seconds())
            hint = f": write {number}, a number of seconds"
        except BadInput:
            hint = f": it is a number, {_WHOLE}"
        raise BadInput(f"{where} cannot be {seconds!r}{hint}.")
    count = wire.number(seconds)
    if count is None or not 0 < count <= 100 * LONGEST_INTERVAL.total_seconds():
        raise BadInput(f"{where} cannot be {seconds!r}: it is a number, {_WHOLE}.")
    if count % 1:
        raise BadInput(f"{where} cannot be {seconds!r}: timers count whole seconds, write {round(count)}.")


def _read_guards(guards: Document) -> Guards:
    _only(guards, {"fewer_percent", "refuse_scratch"}, "guards")
    limit = guards.get("fewer_percent", Guards().fewer_percent)
    percent = wire.number(limit)
    if limit is not None and (percent is None or not 0 <= percent <= 100):
        raise BadInput("guards: “fewer_percent” must be a number from 0 to 100, or null.")
    return Guards(fewer_percent=percent, refuse_scratch=guards.get("refuse_scratch") is not False)


def _read_group(value: object) -> tuple[GroupMember, ...]:
    members = []
    for place, member in enumerate(wire.items(value)):
        schedule = strict_schedule(wire.document(member).get("schedule"), f"group[{place}].schedule")
        if not isinstance(schedule, RecurringSchedule):
            raise BadInput(f"group[{place}] needs a recurring schedule.")
        members.append(GroupMember(schedule, wire.text(wire.document(member).get("suffix")) or str(place + 1)))
    return tuple(members)


def _object(document: Document, key: str) -> Document:
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"“{key}” must be an object.")
    return value


def _only(document: Document, known: set[str], where: str) -> None:
    if unknown := sorted(set(document) - known):
        raise BadInput(f"{where}: unknown “{unknown[0]}”; known are {', '.join(sorted(known))}.")
