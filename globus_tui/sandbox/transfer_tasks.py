"""Tasks as clients see them: submitted, listed, read, changed, canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.refusals import request_id, transfer_refusal
from globus_tui.sandbox.state import TRANSFER_ALL
from globus_tui.sandbox.transfer_filters import filtered, ordered_tasks
from globus_tui.sandbox.transfer_log import events_of, skipped_of, successes_of
from globus_tui.sandbox.transfer_progress import finish, refresh
from globus_tui.sandbox.transfer_submit import submit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.sandbox.state import Document, TransferTask
    from globus_tui.sandbox.transfer_asking import Asking

LARGEST_PAGE = 1000
MARKED_PAGE = 100
"""Rows on a marker-paged page; the real figure is not known."""
UNFINISHED = ("ACTIVE", "INACTIVE")


def submission_id(asking: Asking) -> Document:
    """A fresh id that makes sending a submission twice harmless."""
    return {"DATA_TYPE": "submission_id", "value": asking.sandbox.new_id()}


def accept(asking: Asking) -> Document:
    """POST /transfer and POST /delete."""
    kind = "delete" if asking.resource == "/delete" else "transfer"
    key = asking.body.get("submission_id")
    if not isinstance(key, str) or not key:
        raise asking.bad("missing required field 'submission_id'")
    known = next((task for task in asking.sandbox.tasks.values() if task.submission_id == key), None)
    if known is not None and known.owner == asking.who.identity_id:
        return _accepted(asking, known, "Duplicate", "A task with this submission id has been accepted already")
    task = submit(
        asking.sandbox,
        asking.who.identity_id,
        asking.who.client_id,
        asking.who.session,
        {**asking.body, "DATA_TYPE": kind},
        now=asking.now,
        root=(TRANSFER_ALL,),
    )
    message = f"The {kind} has been accepted and a task has been created and queued for execution"
    return _accepted(asking, task, "Accepted", message)


def _accepted(asking: Asking, task: TransferTask, code: str, message: str) -> Document:
    return {
        "DATA_TYPE": f"{asking.resource[1:]}_result",
        "code": code,
        "message": message,
        "task_id": task.task_id,
        "submission_id": task.submission_id,
        "request_id": request_id(code, task.task_id),
        "resource": f"/v0.10{asking.resource}",
        "task_link": {
            "DATA_TYPE": "link",
            "href": f"task/{task.task_id}?format=json",
            "rel": "related",
            "resource": "task",
            "title": "related task",
        },
    }


def listing(asking: Asking) -> Document:
    """One page of the caller's tasks, newest first unless asked otherwise."""
    found = filtered(asking, list(_mine(asking)), asking.query.get("filter", ""))
    for task in found:  # no filter asks for a figure
        refresh(task, asking.now)
    found = ordered_tasks(asking, found, asking.query.get("orderby") or "request_time DESC")
    offset, limit = asking.number("offset", 0, 10**9), asking.number("limit", 10, LARGEST_PAGE)
    page = [asking.trimmed(task.document) for task in found[offset : offset + limit]]
    return {
        "DATA_TYPE": "task_list",
        "DATA": page,
        "length": len(page),
        "limit": limit,
        "offset": offset,
        "total": len(found),
    }


def read(asking: Asking) -> Document:
    """One task."""
    return asking.trimmed(found_task(asking).document)


def update(asking: Asking) -> Document:
    """Another label or deadline, while it is not finished."""
    task = found_task(asking)
    if set(asking.body) - {"DATA_TYPE", "label", "deadline"}:
        raise asking.bad("only label and deadline can be changed")
    if task.document["status"] not in UNFINISHED:
        raise transfer_refusal(409, "Conflict", "The task is finished", asking.resource)
    for key in ("label", "deadline"):
        if key in asking.body:
            task.document[key] = asking.body[key]
    return asking.result("Updated", "Updated task successfully")


def cancel(asking: Asking) -> Document:
    """Cancels a task; one that has ended stays as it is (code `TaskComplete`, inferred)."""
    task = found_task(asking)
    if task.document["status"] not in UNFINISHED:
        return asking.result("TaskComplete", "The task completed before the cancel request was processed.")
    refresh(task, asking.now)
    finish(asking.sandbox, task, asking.now, outcome="FAILED", error="CANCELED")
    return asking.result("Canceled", "The task has been cancelled successfully.")


def events(asking: Asking) -> Document:
    """The event log, newest first."""
    task = found_task(asking)
    rows = events_of(task, asking.now)
    for clause in filter(None, asking.query.get("filter", "").split("/")):
        key, _, value = clause.partition(":")
        if key != "is_error" or value not in ("0", "1"):
            raise asking.bad(f"invalid filter clause '{clause}'")
        rows = [row for row in rows if row["is_error"] == (value == "1")]
    offset, limit = asking.number("offset", 0, 10**9), asking.number("limit", 10, LARGEST_PAGE)
    page = rows[offset : offset + limit]
    return {
        "DATA_TYPE": "event_list",
        "DATA": page,
        "length": len(page),
        "limit": limit,
        "offset": offset,
        "total": len(rows),
    }


def successes(asking: Asking) -> Document:
    """Files that were moved; of completed tasks only (documented)."""
    task = found_task(asking)
    if task.document["status"] in UNFINISHED:
        raise transfer_refusal(409, "Conflict", "The task has not completed yet", asking.resource)
    return _marked(asking, "successful_transfers", successes_of(task))


def skipped(asking: Asking) -> Document:
    """Files that were left out because they could not be read."""
    return _marked(asking, "skipped_errors", skipped_of(found_task(asking)))


def _marked(asking: Asking, kind: str, rows: list[Document]) -> Document:
    marker = asking.number("marker", 0, 10**9)
    after = marker + MARKED_PAGE
    return {
        "DATA_TYPE": kind,
        "marker": marker,
        "next_marker": after if after < len(rows) else None,
        "DATA": rows[marker:after],
    }


def _mine(asking: Asking) -> Iterator[TransferTask]:
    who = asking.who.identity_id
    same = {
        owner for owner in {task.owner for task in asking.sandbox.tasks.values()} if asking.sandbox.owns(who, owner)
    }
    return (task for task in asking.sandbox.tasks.values() if task.owner in same)


def found_task(asking: Asking) -> TransferTask:
    """The task that the path names.

    Raises:
        Refusal: 404 when there is none that the caller may see.
    """
    task = asking.sandbox.tasks.get(asking.key)
    if task is None or not asking.sandbox.owns(asking.who.identity_id, task.owner):
        raise transfer_refusal(404, "TaskNotFound", f"No task with id '{asking.key}'", asking.resource)
    refresh(task, asking.now)
    return task
