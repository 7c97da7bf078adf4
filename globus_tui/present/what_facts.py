"""What a timer moves and how, as rows of label and words for its own screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from globus_tui.domain.collection import CollectionKind
from globus_tui.domain.job import FlowStart
from globus_tui.present import transfer_words
from globus_tui.present.schedule_facts import Fact
from globus_tui.present.transfer_words import collection_name, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.transfer import TransferData
    from globus_tui.present.health_words import Case

_KINDS = {
    CollectionKind.MAPPED: "mapped",
    CollectionKind.GUEST: "guest",
    CollectionKind.GCP_MAPPED: "personal computer",
    CollectionKind.GCP_GUEST: "guest on a personal computer",
    CollectionKind.ENDPOINT: "endpoint",
}


def collection_words(collection: Collection | None) -> str:
    """What kind of place it is, as far as known: `mapped, needs data_access`."""
    if collection is None:
        return ""
    said = [_KINDS[collection.kind]] if collection.kind in _KINDS else []
    said += ["needs data_access"] if collection.needs_data_access_consent else []
    said += ["high assurance"] if collection.high_assurance else []
    said += ["DELETED"] if collection.deleted else []
    said += ["not connected"] if collection.connected is False else []
    return ", ".join(said)


def what_facts(case: Case, collections: Mapping[str, Collection], *, items: int, in_full: bool) -> tuple[Fact, ...]:
    """Everything about what it does.

    Args:
        case: the timer and where it is looked at from.
        collections: what is known of them, by id.
        items: at most so many items are listed; the rest is counted.
        in_full: every option, those at the service's default included, instead of a line that sums them up.
    """
    job, payload = case.job, case.job.payload
    identity = [Fact("id", str(job.job_id), "muted")]
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
    for label, one in (("from", data.source_endpoint), ("to", data.destination_endpoint)):
        kind = collection_words(collections.get(one or ""))
        rows.append(Fact(label, collection_name(one, case.names) + (f"  {kind}" if kind else "")))
    shown = [transfer_words.item_words(one, ascii_only=case.ascii_only) for one in data.items[:items]]
    more = len(data.items) - len(shown)
    rows += [Fact("" if number else "moves", words) for number, words in enumerate(shown)]
    rows += [Fact("", f"and {more} more, + shows all", "muted")] if more > 0 else []
    rows += [] if data.items else [Fact("moves", "nothing is listed", "warning")]
    if in_full:
        rows += [Fact(label, words, "warning" if words in transfer_words.warnings(data) else "")
                 for label, words in transfer_words.options(data)]  # fmt: skip
        return rows
    rows.append(Fact("how", transfer_words.summary(data)))
    rows += [Fact("!", words, "warning") for words in transfer_words.warnings(data)]
    rows.append(Fact("notify", transfer_words.notify_words(data)))
    return rows
