"""Drafts as JSON documents: what is exported, what `create --from-file` reads, and how drafts are kept.

    {"format": "globus-tui timer", "version": 1,
     "timer": {the `timer` of POST /v2/timer},          or "transfer": {the document of POST /transfer}
     "names": {...}, "guards": {...}, "group": [...], "typed": {...}, "cloned_from": "..."}

A bare `{"timer": {...}}`, as it is posted, is read too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.calendar_groups import GroupMember
from globus_tui.domain.draft import Draft, FlowPart, Guards, What
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule import RecurringSchedule, Schedule, read_schedule, schedule_document
from globus_tui.domain.transfer import SyncLevel, TransferData

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document

FORMAT, VERSION = "globus-tui timer", 1
_TOP = {"format", "version", "timer", "transfer", "names", "guards", "group", "typed", "cloned_from"}
_TIMER = {"timer_type", "name", "schedule", "body", "flow_id", "resource_server"}
_OLD_KEYS = {
    "source_endpoint_id": "source_endpoint",
    "destination_endpoint_id": "destination_endpoint",
    "transfer_items": "DATA",
}
_FLOW_BODY = {"body", "run_managers", "run_monitors", "tags", "label"}


def to_file(draft: Draft) -> dict[str, Any]:
    """The document of a draft, complete or not; JSON types only."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if draft.what is What.TRANSFER_NOW:
        found["transfer"] = draft.transfer.to_document()
    else:
        found["timer"] = _timer(draft)
    if draft.name and draft.what is What.TRANSFER_NOW:
        found["names"] = {"draft": draft.name}
    names = {"source": draft.source_name, "destination": draft.destination_name, "flow": draft.flow.title}
    stated = {key: value for key, value in names.items() if value} | found.get("names", {})
    guards = _guards(draft.guards)
    more = {
        "names": stated,
        "guards": guards,
        "group": [{"suffix": one.suffix, "schedule": schedule_document(one.schedule)} for one in draft.group],
        "typed": dict(draft.typed),
        "cloned_from": draft.cloned_from,
    }
    return found | {key: value for key, value in more.items() if value}


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
    """What differs from the usual; the folder that was typed is not kept, it has to be typed each time."""
    usual = Guards()
    found: dict[str, Any] = {}
    if guards.fewer_percent != usual.fewer_percent:
        found["fewer_percent"] = guards.fewer_percent
    if guards.refuse_scratch != usual.refuse_scratch:
        found["refuse_scratch"] = guards.refuse_scratch
    return found


def from_file(found: object) -> Draft:
    """Reads such a document.

    Raises:
        BadInput: it is none, of a later version, or says something that would be lost; the message names the place.
    """
    if not isinstance(found, dict):
        raise BadInput("The document must be a JSON object.")
    if found.get("format", FORMAT) != FORMAT:
        raise BadInput(f"“format” must be “{FORMAT}”.")
    if found.get("version", VERSION) != VERSION:
        raise BadInput(f"“version” {found.get('version')!r} is not known to this program; it knows {VERSION}.")
    _only(found, _TOP, "the document")
    names = _object(found, "names")
    draft = _read_what(found, names)
    return replace(
        draft,
        source_name=wire.text(names.get("source")),
        destination_name=wire.text(names.get("destination")),
        guards=_read_guards(_object(found, "guards")),
        group=_read_group(found.get("group")),
        typed={key: value for key, value in _object(found, "typed").items() if isinstance(value, str)},
        cloned_from=wire.text(found.get("cloned_from")),
    )


def _read_what(found: Document, names: Document) -> Draft:
    if ("timer" in found) == ("transfer" in found):
        raise BadInput("The document needs either “timer” or “transfer”.")
    if "transfer" in found:
        data = _read_transfer(_object(found, "transfer"), "transfer")
        return Draft(What.TRANSFER_NOW, wire.text(names.get("draft")) or "", data)
    timer = _object(found, "timer")
    _only(timer, _TIMER, "timer")
    schedule, name = _read_schedule(timer.get("schedule")), timer.get("name")
    if name is not None and not isinstance(name, str):
        raise BadInput("timer: “name” must be text.")
    if timer.get("timer_type") == "flow":
        flow = _read_flow(timer, wire.text(names.get("flow")))
        return Draft(What.FLOW_TIMER, name or "", schedule=schedule, flow=flow)
    if timer.get("timer_type") != "transfer":
        raise BadInput("timer: “timer_type” must be “transfer” or “flow”.")
    data = _read_transfer(_object(timer, "body"), "timer.body")
    return Draft(What.TRANSFER_TIMER, name or "", data, schedule)


def _read_transfer(found: Document, where: str) -> TransferData:
    """Reads strictly: whatever would not come out again as it went in is refused."""
    level = found.get("sync_level")
    if isinstance(level, str) and level.upper() in SyncLevel.__members__:
        found = {**found, "sync_level": int(SyncLevel[level.upper()])}
    read = TransferData.from_document(found)
    again = read.to_document()
    for key, value in found.items():
        key_now = (
            key.removesuffix("_id") if key.endswith("_endpoint_id") else "DATA" if key == "transfer_items" else key
        )
        if value is None or key == "DATA_TYPE" or value == [] == (again.get(key_now) or []):
            continue
        if key_now in ("DATA", "filter_rules"):
            _same_list(value, again.get(key_now), f"{where}.{key}")
        elif again.get(key_now) != value:
            raise BadInput(f"{where}: “{key}” cannot be {value!r}.")
    return read


def _same_list(value: object, again: object, where: str) -> None:
    if not isinstance(value, list) or not isinstance(again, list) or len(value) != len(again):
        raise BadInput(f"{where} must be a list of objects.")
    for place, (one, other) in enumerate(zip(value, again, strict=True)):
        if not isinstance(one, dict):
            raise BadInput(f"{where}[{place}] must be an object.")
        lost = [key for key, said in one.items() if said is not None and key != "DATA_TYPE" and other.get(key) != said]
        if lost:
            raise BadInput(f"{where}[{place}]: “{lost[0]}” cannot be {one[lost[0]]!r}.")


def _read_flow(timer: Document, title: str | None) -> FlowPart:
    body = _object(timer, "body")
    _only(body, _FLOW_BODY, "timer.body")
    for key in ("run_managers", "run_monitors", "tags"):
        if key in body and list(wire.texts(body[key])) != body[key]:
            raise BadInput(f"timer.body: “{key}” must be a list of texts.")
    return FlowPart(
        flow_id=wire.text(timer.get("flow_id")),
        title=title,
        inputs=dict(_object(body, "body")),
        run_managers=wire.texts(body.get("run_managers")),
        run_monitors=wire.texts(body.get("run_monitors")),
        tags=wire.texts(body.get("tags")),
    )


def _read_schedule(found: object, where: str = "timer.schedule") -> Schedule | None:
    if found is None:
        return None
    read = read_schedule({"schedule": found})
    if read is None:
        raise BadInput(f"{where} is no schedule: see “once” with “datetime”, or “recurring” with “interval_seconds”.")
    said, again = wire.document(found), schedule_document(read)
    for key in ("type", "interval_seconds", "start", "datetime", "end"):
        if said.get(key) is not None and key not in again:
            raise BadInput(f"{where}: “{key}” cannot be {said[key]!r}.")
    return read


def _read_guards(found: Document) -> Guards:
    _only(found, {"fewer_percent", "refuse_scratch"}, "guards")
    said = found.get("fewer_percent", Guards().fewer_percent)
    percent = wire.number(said)
    if said is not None and (percent is None or not 0 <= percent <= 100):
        raise BadInput("guards: “fewer_percent” must be a number from 0 to 100, or null.")
    return Guards(fewer_percent=percent, refuse_scratch=found.get("refuse_scratch") is not False)


def _read_group(found: object) -> tuple[GroupMember, ...]:
    members = []
    for place, one in enumerate(wire.items(found)):
        schedule = _read_schedule(wire.document(one).get("schedule"), f"group[{place}].schedule")
        if not isinstance(schedule, RecurringSchedule):
            raise BadInput(f"group[{place}] needs a recurring schedule.")
        members.append(GroupMember(schedule, wire.text(wire.document(one).get("suffix")) or str(place + 1)))
    return tuple(members)


def _object(found: Document, key: str) -> Document:
    value = found.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"“{key}” must be an object.")
    return value


def _only(found: Document, known: set[str], where: str) -> None:
    if unknown := sorted(set(found) - known):
        raise BadInput(f"{where}: unknown “{unknown[0]}”; known are {', '.join(sorted(known))}.")
