"""How a transfer will turn out. A plan is a plain document, so that the seeded world and tests can write one:

`seconds` how long it takes · `files` found in the source · `unchanged` of them not copied (sync) · `bytes` moved ·
`directories` · `faults` recovered errors, of code `fault` · `skipped` files skipped for `skip_code` ·
`outcome` `SUCCEEDED` or `FAILED`, then `error` (an event code) and `moved` (share done by then) ·
`hold` (`PAUSED`, `NO_CREDENTIALS`, `GC_NOT_CONNECTED`) stops it at the share `hold_at` · `spread` varies the figures.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from globus_tui.sandbox.state import Collection, Document, Entry, Sandbox, Session, TransferTask, iso
from globus_tui.sandbox.transfer.documents import WORDS, ended, figures, name_endpoints, settle_plan, task_document
from globus_tui.sandbox.transfer.files import find
from globus_tui.sandbox.transfer.guards import check_consent, check_document, check_session, find_collection

_ENOUGH = 2_000
"""Entries counted before the rest is left out: trees have no end."""
_BYTES_A_SECOND = 350_000_000


def estimate(collections: list[Collection], document: Document) -> Document:
    """A plan from what really is in the source tree; a missing source file makes it fail."""
    source = collections[0]
    if not all(collection.connected for collection in collections):
        return {"seconds": 60, "hold": "GC_NOT_CONNECTED", "hold_at": 0.0, "files": 1, "bytes": 0}
    plan: Document = {"files": 0, "bytes": 0, "directories": 0, "skipped": 0, "spread": 0.0}
    items = document.get("DATA", [])
    for item in items:
        entry = find(source, str(item.get("source_path", item.get("path", "/"))))
        if entry is None:
            failed = {"seconds": 20, "outcome": "FAILED", "error": "FILE_NOT_FOUND", "faults": 2}
            return {**plan, **failed, "files": len(items)}
        if entry.forbidden:
            return {**plan, "seconds": 15, "outcome": "FAILED", "error": "PERMISSION_DENIED", "faults": 2}
        _count(entry, plan)
    plan["seconds"] = max(8, plan["bytes"] / _BYTES_A_SECOND + plan["files"] * 0.05)
    return plan


def _count(entry: Entry, plan: Document) -> None:
    waiting, seen = [entry], 0
    while waiting and seen < _ENOUGH:
        node = waiting.pop()
        seen += 1
        if node.is_folder:
            plan["directories"] += 1
            waiting.extend(node.contents().values())
        else:
            plan["files"] += 1
            plan["bytes"] += node.size


HOLDS = ("PAUSED", "NO_CREDENTIALS", "GC_NOT_CONNECTED")
"""Reasons why a task moves nothing for now: a pause rule, lost credentials, a personal computer that is off."""


def admit(sandbox: Sandbox, now: datetime) -> None:
    """Lets waiting tasks begin, oldest first, while their owner has fewer than the allowed number at work."""
    busy = Counter(task.owner for task in sandbox.unfinished.values() if task.starts_at and not _held(task))
    waiting = [task for task in sandbox.unfinished.values() if task.starts_at is None]
    for task in waiting:
        if _held(task):
            begin(sandbox, task, now)
        elif busy[task.owner] < sandbox.active_limit:
            busy[task.owner] += 1
            begin(sandbox, task, now)


def begin(sandbox: Sandbox, task: TransferTask, now: datetime) -> None:
    task.starts_at = now
    task.document.update(nice_status="OK", nice_status_short_description="OK")
    if _held(task):
        hold(task, str(task.planned["hold"]))
        return
    task.ends_at = now + timedelta(seconds=float(task.planned.get("seconds", 60)))
    book_end(sandbox, task)


def book_end(sandbox: Sandbox, task: TransferTask) -> None:
    """Books the end of a task that has `ends_at`; a cancellation before that makes the booking void."""
    if task.ends_at is not None:
        sandbox.agenda.at(task.ends_at, partial(_end, sandbox, task, task.ends_at))


def _end(sandbox: Sandbox, task: TransferTask, due: datetime, moment: datetime) -> None:
    if task.ends_at == due:
        finish(sandbox, task, moment)


def hold(task: TransferTask, reason: str) -> None:
    task.ends_at = None
    status = "INACTIVE" if reason == "NO_CREDENTIALS" else "ACTIVE"
    task.document.update(
        status=status,
        is_ok=False,
        is_paused=reason == "PAUSED",
        nice_status=reason,
        nice_status_short_description=WORDS.get(reason, reason),
        nice_status_expires_in=0 if reason == "NO_CREDENTIALS" else -1,
    )


def finish(
    sandbox: Sandbox, task: TransferTask, moment: datetime, *, outcome: str | None = None, error: str | None = None
) -> None:
    """Ends a task at this moment, as planned unless told otherwise, and lets the next one begin."""
    if error:
        task.planned["error"] = error
    result = outcome or task.outcome
    done = 1.0 if result == "SUCCEEDED" else min(share(task, moment), float(task.planned.get("moved", 0.0)))
    if error == "CANCELED":
        done = share(task, moment)
    seconds = (moment - task.starts_at).total_seconds() if task.starts_at else 0.0
    task.document.update(ended(task.planned, result, done, seconds), completion_time=iso(moment))
    task.ends_at, task.outcome = None, result
    sandbox.unfinished.pop(task.task_id, None)
    admit(sandbox, moment)


def share(task: TransferTask, now: datetime) -> float:
    """How much of its plan a task has done, 0 to 1."""
    if task.starts_at is None:
        return 0.0
    if task.ends_at is None:
        return float(task.planned.get("hold_at", 0.0))
    whole = (task.ends_at - task.starts_at).total_seconds()
    return min(1.0, max(0.0, (now - task.starts_at).total_seconds() / whole)) if whole > 0 else 1.0


def refresh(task: TransferTask, now: datetime) -> None:
    """Brings the figures of an unfinished task up to the present."""
    if task.document["status"] not in ("ACTIVE", "INACTIVE"):
        return
    if task.starts_at is None:
        task.document.update(nice_status="Queued", nice_status_short_description="Queued")
        return
    reach = float(task.planned.get("moved", 0.0)) if task.outcome == "FAILED" else 1.0
    seconds = (now - task.starts_at).total_seconds()
    task.document.update(figures(task.planned, share(task, now) * reach, seconds))


def _held(task: TransferTask) -> bool:
    return task.planned.get("hold") in HOLDS


LIFETIME = timedelta(hours=24)
"""Deadline of a task that asks for none (as in the SDK's fixtures)."""


def submit(  # noqa: PLR0913 - who asks, for what, with which rights: each is a separate fact
    sandbox: Sandbox,
    owner: str,
    client_id: str,
    session: Session | None,
    document: Document,
    *,
    now: datetime,
    plan: Document | None = None,
    label: str | None = None,
    root: tuple[str, ...] = (),
) -> TransferTask:
    """Accepts a transfer document (or a delete document) and starts or queues its task.

    Args:
        plan: how the task turns out (see `transfer_plan`); figured from the tree when None or empty.
        root: scopes from the token's root down to Transfer, `(TRANSFER_ALL,)` for a direct call; empty when
            the caller has checked consents already, as the timer engine does against a timer's own
            credential.

    Raises:
        Refusal: the document is wrong, a collection is missing, consent is missing, or the session falls
            short.
    """
    check_document(document)
    collections = [find_collection(sandbox, key) for key in _endpoints(document)]
    check_consent(sandbox, collections, (owner, client_id), root, "/transfer")
    check_session(sandbox, collections, session, "/transfer", interactive=False)
    task_id = sandbox.new_id()
    settled = plan or estimate(collections, document)
    task = TransferTask(
        task_id=task_id,
        owner=owner,
        document=task_document(task_id, owner, document, now),
        submission_id=document.get("submission_id"),
        outcome=str(settled.get("outcome", "SUCCEEDED")),
        planned={**settle_plan(settled, random.Random(task_id)), "items": document.get("DATA", [])},
    )
    shown = [(collection.collection_id, str(collection.document.get("display_name", ""))) for collection in collections]
    name_endpoints(task.document, shown[0], shown[1] if len(shown) > 1 else None)
    task.document["type"] = "DELETE" if len(shown) == 1 else "TRANSFER"
    task.document["deadline"] = document.get("deadline") or iso(now + LIFETIME)
    task.document["label"] = label if label is not None else document.get("label")
    if any(collection.paused_message for collection in collections) and "hold" not in task.planned:
        task.planned.update(hold="PAUSED", hold_at=0.0)
    sandbox.tasks[task_id] = sandbox.unfinished[task_id] = task
    admit(sandbox, now)
    return task


def _endpoints(document: Document) -> list[str]:
    if document.get("DATA_TYPE") == "delete":
        return [str(document.get("endpoint"))]
    return [
        str(document.get("source_endpoint") or document.get("source_endpoint_id")),
        str(document.get("destination_endpoint") or document.get("destination_endpoint_id")),
    ]
