"""Submitting a transfer or a deletion: the checks that refuse it, and the task that comes of it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import TransferTask, iso
from globus_tui.sandbox.transfer_documents import name_endpoints, settle_plan, task_document
from globus_tui.sandbox.transfer_guards import check_consent, check_document, check_session, find_collection
from globus_tui.sandbox.transfer_plan import estimate
from globus_tui.sandbox.transfer_progress import admit

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document, Sandbox, Session

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
        sandbox: the world.
        owner: identity that will own the task.
        client_id: client whose consents count.
        session: what the login behind the request proved; None is not checked.
        document: `transfer` or `delete` document.
        now: the simulated moment.
        plan: how the task turns out (see `transfer_plan`); figured from the tree when None or empty.
        label: overrides the document's label.
        root: scopes from the token's root down to Transfer, `(TRANSFER_ALL,)` for a direct call; empty when the
            caller has checked consents already, as the timer engine does against a timer's own credential.

    Raises:
        Refusal: the document is wrong, a collection is missing, consent is missing, or the session falls short.
    """
    check_document(document)
    collections = [find_collection(sandbox, key) for key in _endpoints(document)]
    check_consent(sandbox, collections, (owner, client_id), root, "/transfer")
    check_session(sandbox, collections, session, "/transfer", interactive=False)
    task_id = sandbox.new_id()
    wanted = plan or estimate(collections, document)
    task = TransferTask(
        task_id=task_id,
        owner=owner,
        document=task_document(task_id, owner, document, now),
        submission_id=document.get("submission_id"),
        outcome=str(wanted.get("outcome", "SUCCEEDED")),
        planned={**settle_plan(wanted, random.Random(task_id)), "items": document.get("DATA", [])},
    )
    shown = [(one.collection_id, str(one.document.get("display_name", ""))) for one in collections]
    name_endpoints(task.document, shown[0], shown[1] if len(shown) > 1 else None)
    task.document["type"] = "DELETE" if len(shown) == 1 else "TRANSFER"
    task.document["deadline"] = document.get("deadline") or iso(now + LIFETIME)
    task.document["label"] = label if label is not None else document.get("label")
    _hold_if_paused(task, [one.paused_message for one in collections])
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


def _hold_if_paused(task: TransferTask, messages: list[str | None]) -> None:
    if any(messages) and "hold" not in task.planned:
        task.planned.update(hold="PAUSED", hold_at=0.0)
