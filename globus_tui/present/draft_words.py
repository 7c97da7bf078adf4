"""A draft in words: what the review shows before anything is sent, and what came of sending it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from globus_tui.domain.collection import CollectionKind
from globus_tui.domain.draft import What
from globus_tui.domain.findings import Level
from globus_tui.domain.schedule import OnceSchedule
from globus_tui.domain.scope import collection_of
from globus_tui.present import moments, transfer_words
from globus_tui.present.schedule_facts import Fact
from globus_tui.present.schedule_words import end_words, interval_words
from globus_tui.present.transfer_words import collection_name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.destructive import Deletions
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.scope import Scope

LEVEL_WORDS = {Level.OK: "ok", Level.NOTE: "note", Level.WARN: "WARN", Level.STOP: "STOP"}
WHAT_WORDS = {
    What.TRANSFER_TIMER: "a timer that moves data",
    What.FLOW_TIMER: "a timer that starts a flow",
    What.TRANSFER_NOW: "one transfer that starts now",
}
MOST_ITEMS = 10


def review(draft: Draft, names: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Fact, ...]:
    """Everything that is about to be created, on one page.

    Args:
        draft: complete or not; what is missing reads `not chosen`.
        names: of collections, by id.
        now: the present.
        zone: of the user.
    """
    rows = [Fact("what", WHAT_WORDS[draft.what]), Fact("name", one_line(draft.name) or "none")]
    rows += _flow(draft) if draft.what is What.FLOW_TIMER else _transfer(draft, names)
    if draft.what is not What.TRANSFER_NOW:
        rows += _when(draft, now, zone)
    return tuple(rows)


def _transfer(draft: Draft, names: Mapping[str, str]) -> list[Fact]:
    data = draft.transfer
    known = dict(names)
    for collection_id, name in (
        (data.source_endpoint, draft.source_name),
        (data.destination_endpoint, draft.destination_name),
    ):
        if collection_id and name:
            known.setdefault(collection_id, name)
    rows = [
        Fact("from", collection_name(data.source_endpoint, known) if data.source_endpoint else "not chosen"),
        Fact("to", collection_name(data.destination_endpoint, known) if data.destination_endpoint else "not chosen"),
    ]
    for place, item in enumerate(data.items[:MOST_ITEMS]):
        rows.append(Fact("" if place else "items", transfer_words.item_words(item)))
    if len(data.items) > MOST_ITEMS:
        rows.append(Fact("", f"and {len(data.items) - MOST_ITEMS} more", "muted"))
    if not data.items:
        rows.append(Fact("items", "nothing chosen"))
    warned = transfer_words.warnings(data)
    rows += [Fact("" if place else "beware", words, "warning") for place, words in enumerate(warned)]
    return rows + [Fact(label, words) for label, words in transfer_words.options(data)]


def _flow(draft: Draft) -> list[Fact]:
    flow = draft.flow
    rows = [Fact("flow", one_line(flow.title or "") or flow.flow_id or "not chosen")]
    rows += [
        Fact(one_line(str(key)), one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
        for key, value in flow.inputs.items()
    ]
    for label, listed in (("managers", flow.run_managers), ("monitors", flow.run_monitors), ("tags", flow.tags)):
        if listed:
            rows.append(Fact(label, ", ".join(map(one_line, listed))))
    return rows


def _when(draft: Draft, now: datetime, zone: tzinfo) -> list[Fact]:
    if len(draft.group) > 1:
        rows = [Fact("when", f"{len(draft.group)} timers together:")]
        return rows + [Fact("", echo(member.schedule, now, zone)) for member in draft.group]
    return [Fact("when", echo(draft.schedule, now, zone) if draft.schedule else "not said")]


def echo(schedule: Schedule, now: datetime, zone: tzinfo) -> str:
    """How a schedule was understood, in local time and UTC: `every 1 day, first Sun 22 Nov 2026 02:00 CST (08:00Z)`."""
    if isinstance(schedule, OnceSchedule):
        return f"once, {both_clocks(schedule.at, zone)}" if schedule.at else "once, as soon as it is created"
    first = both_clocks(schedule.start, zone) if schedule.start else "as soon as it is created"
    end = end_words(schedule.end, now, zone, before=", ") or ", no end"
    return f"every {interval_words(schedule.interval)}, first {first}{end}"


def both_clocks(moment: datetime, zone: tzinfo) -> str:
    """A moment in local time and UTC: `Sun 22 Nov 2026 02:00 CST (08:00Z)`."""
    return f"{moments.stamp(moment, zone)} ({moments.utc_time(moment)})"


def request_text(draft: Draft) -> str:
    """The exact request of the review: the document that is sent, after the line that says where.

    Raises:
        BadInput: the draft is not complete.
    """
    if draft.what is What.TRANSFER_NOW:
        return f"POST /v0.10/transfer\n{_json(draft.to_transfer().to_document())}"
    return "\n\n".join(f"POST /v2/timer\n{_json({'timer': one.to_document()})}" for one in draft.to_timers())


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def consent_words(scope: Scope, names: Mapping[str, str]) -> str:
    """A consent in words: `read and write Campus Archive for you (data_access)`, `start this flow for you`."""
    for below in scope.walk():
        if (collection_id := collection_of(below)) is not None:
            return f"read and write {collection_name(collection_id, names)} for you (data_access)"
    if any(below.name.endswith("_user") for below in scope.walk()):
        return "start this flow for you"
    return one_line(str(scope))


def collection_trouble(collection: Collection) -> str | None:
    """What is wrong with a collection that cannot be browsed or used now, as a sentence; None when nothing is."""
    if collection.deleted:
        return "It has been deleted: a timer with it fails at every run."
    if collection.non_functional or collection.kind is CollectionKind.ENDPOINT:
        return "It is an endpoint, which holds no data itself: choose one of its collections."
    if collection.connected is False:
        return "It is not connected: Globus Connect Personal does not run there, or the computer is off."
    if collection.paused:
        return "It is paused by its owner: nothing moves until that ends."
    return None


def deletion_words(found: Deletions, shown: int = 20) -> str:
    """What the first run would delete: a sentence, then names."""
    if not found.names:
        whole = "" if found.complete else " in the part that was compared"
        return f"The first run would delete nothing at the top level{whole}."
    least = "" if found.complete else "at least "
    names = ", ".join(map(one_line, found.names[:shown]))
    more = f" and {len(found.names) - shown} more" if len(found.names) > shown else ""
    return f"The first run would DELETE {least}{len(found.names)} of {found.looked_at} entries: {names}{more}."


def notices_line(notices: Iterable[str]) -> str:
    """Notices of what was typed, on one line."""
    return " ".join(map(one_line, notices))
