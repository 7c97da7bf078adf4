"""Transfer's task document, and how its figures follow from a plan and the time that has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.state import iso

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from globus_tui.sandbox.state import Document

_NULL = (
    "canceled_by_admin canceled_by_admin_message completion_time destination_base_path "
    "destination_local_user destination_local_user_status fatal_error filter_rules label "
    "nice_status_details source_base_path source_local_user source_local_user_status sync_level"
)
_ZERO = (
    "bytes_checksummed bytes_transferred directories effective_bytes_per_second faults files "
    "files_skipped files_transferred subtasks_canceled subtasks_expired subtasks_failed subtasks_pending "
    "subtasks_retrying subtasks_skipped_errors subtasks_succeeded subtasks_total symlinks"
)
OPTIONS = (
    "delete_destination_extra",
    "encrypt_data",
    "fail_on_quota_errors",
    "preserve_timestamp",
    "skip_source_errors",
    "verify_checksum",
)
"""Boolean options of a submission that its task repeats."""

_BASE: Document = {
    "DATA_TYPE": "task",
    **dict.fromkeys(_NULL.split()),
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(OPTIONS, False),
    "command": "API 0.10",
    "history_deleted": False,
    "is_ok": True,
    "is_paused": False,
    "nice_status": "OK",
    "nice_status_short_description": "OK",
    "nice_status_expires_in": -1,
    "recursive_symlinks": "ignore",
    "status": "ACTIVE",
    "type": "TRANSFER",
    "username": "u_sandbox",
}

WORDS = {
    "CANCELED": "canceled by the user",
    "CONNECT_FAILED": "could not connect to the endpoint",
    "CONNECTION_RESET": "connection reset by peer",
    "ENDPOINT_ERROR": "an error occurred on the endpoint",
    "EXPIRED": "deadline expired",
    "FILE_NOT_FOUND": "No such file or directory",
    "FILE_SIZE_CHANGED": "the file changed while it was copied",
    "GC_NOT_CONNECTED": "the Globus Connect Personal endpoint is not running",
    "NO_CREDENTIALS": "credentials have expired or consent was withdrawn",
    "NO_SPACE_LEFT": "no space left on device",
    "PAUSED": "paused by an administrator",
    "PERMISSION_DENIED": "permission denied",
    "QUOTA_EXCEEDED": "the disk quota is exceeded",
    "TIMEOUT": "the operation timed out",
    "VERIFY_CHECKSUM": "checksum verification failed",
}
"""Short descriptions of event and error codes (wording of the service mostly not known)."""


def task_document(task_id: str, owner: str, submitted: Document, requested: datetime) -> Document:
    """The document of a task just accepted; `submitted` is the transfer document."""
    document = {**_BASE, "task_id": task_id, "owner_id": owner, "request_time": iso(requested)}
    for option in OPTIONS:
        document[option] = bool(submitted.get(option))
    document["sync_level"] = submitted.get("sync_level")
    document["label"] = submitted.get("label")
    document["filter_rules"] = submitted.get("filter_rules")
    return document


def settle_plan(plan: Document, rng: random.Random) -> Document:
    """A plan with this run's own luck: seconds, files and bytes vary by `spread` (a share, 0.1 by default)."""
    spread = float(plan.get("spread", 0.1))
    factor = 1 + rng.uniform(-spread, spread)
    settled = {**plan}
    for key in ("seconds", "bytes"):
        settled[key] = int(plan.get(key, 0) * factor) or plan.get(key, 0)
    files = int(plan.get("files", 0))
    settled["files"] = files + (rng.randrange(max(1, files // 200)) if files > 200 else 0)
    return settled


def figures(planned: Document, share: float, seconds: float) -> Document:
    """The numbers of a task that has done this share (0 to 1) of its plan in that many seconds."""
    found, skipped = int(planned.get("files", 0)), int(planned.get("skipped", 0))
    unchanged = min(found, int(planned.get("unchanged", 0)))
    moved = int(max(0, found - unchanged - skipped) * share)
    moved_bytes = int(planned.get("bytes", 0) * share)
    total = found + int(planned.get("directories", 0))
    done, lost = int(total * share), int(skipped * share)
    return {
        "files": found if share > 0.02 else 0,
        "files_skipped": int(unchanged * share),
        "files_transferred": moved,
        "directories": int(planned.get("directories", 0)) if share > 0.02 else 0,
        "bytes_transferred": moved_bytes,
        "bytes_checksummed": moved_bytes if planned.get("checksums") else 0,
        "effective_bytes_per_second": int(moved_bytes / seconds) if seconds > 0 else 0,
        "faults": min(int(planned.get("faults", 0)), int(planned.get("faults", 0) * share * 1.5 + 0.999)),
        "subtasks_total": total,
        "subtasks_succeeded": max(0, done - lost),
        "subtasks_skipped_errors": lost,
        "subtasks_pending": total - done,
    }


def ended(planned: Document, outcome: str, share: float, seconds: float) -> Document:
    """What changes in the document when the task ends; `share` is what it had done by then."""
    numbers = figures(planned, share, seconds)
    numbers["faults"] = int(planned.get("faults", 0))
    left = numbers.pop("subtasks_pending")
    code = str(planned.get("error") or "EXPIRED")
    lost: dict[str, Any] = {"subtasks_pending": 0}
    if outcome == "FAILED":
        lost["subtasks_canceled" if code == "CANCELED" else "subtasks_failed"] = left
        lost["fatal_error"] = {"code": code, "description": WORDS.get(code, code.lower().replace("_", " "))}
        if code != "CANCELED":
            numbers["faults"] = max(1, numbers["faults"])
    return {
        **numbers,
        **lost,
        "status": outcome,
        "is_ok": None,
        "is_paused": False,
        "nice_status": None,
        "nice_status_short_description": None,
        "nice_status_expires_in": None,
    }


def name_endpoints(document: Document, source: tuple[str, str] | None, target: tuple[str, str] | None) -> None:
    """Writes (id, display name) of both sides into a task document, under the present and the old field names."""
    for side, known in (("source", source), ("destination", target)):
        document[f"{side}_endpoint_id"] = known[0] if known else None
        document[f"{side}_endpoint_display_name"] = known[1] if known else None
        document[f"{side}_endpoint"] = f"u_sandbox#{known[0]}" if known else None
