"""Pause rules: what the managers of collections hold up for a while, and what it says of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.refusals import request_id
from globus_tui.sandbox.state import iso
from globus_tui.sandbox.transfer_guards import find_collection
from globus_tui.sandbox.transfer_tasks import found_task

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Collection, Document
    from globus_tui.sandbox.transfer_asking import Asking


def pause_info(asking: Asking) -> Document:
    """Which rules hold the task."""
    task = found_task(asking)
    collections = asking.sandbox.collections
    sides = [collections.get(str(task.document[side])) for side in ("source_endpoint_id", "destination_endpoint_id")]
    messages = [side.paused_message if side and task.document["is_paused"] else None for side in sides]
    rules = task.pause_rules or [
        _rule(side, message, iso(task.starts_at))
        for side, message in zip(sides, messages, strict=True)
        if side and message
    ]
    return {
        "DATA_TYPE": "pause_info_limited",
        "pause_rules": rules,
        "source_pause_message": messages[0],
        "source_pause_message_share": None,
        "destination_pause_message": messages[1],
        "destination_pause_message_share": None,
    }


def my_effective_pause_rules(asking: Asking) -> Document:
    """The rules on one collection that concern the caller (the outer document is inferred from other lists)."""
    collection = find_collection(asking.sandbox, asking.key, asking.resource)
    since = iso(asking.now.replace(hour=0, minute=0, second=0, microsecond=0))
    message = collection.paused_message
    return {"DATA_TYPE": "pause_rule_list", "DATA": [_rule(collection, message, since)] if message else []}


def _rule(collection: Collection, message: str, since: str | None) -> Document:
    """A rule that lets nothing through."""
    return {
        "DATA_TYPE": "pause_rule_limited",
        "id": request_id("pause", collection.collection_id),
        "message": message,
        "start_time": since,
        "endpoint_id": collection.collection_id,
        "endpoint_display_name": collection.document.get("display_name"),
        "identity_id": None,
        "pause_ls": True,
        "pause_mkdir": True,
        "pause_symlink": True,
        "pause_rename": True,
        "pause_task_delete": True,
        "pause_task_transfer_read": True,
        "pause_task_transfer_write": True,
    }
