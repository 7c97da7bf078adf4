"""Transfer's task document, its figures at a moment, and what its log says of events and files."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any

from globus_tui.sandbox.state import Document, TransferTask, iso

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
    "delete_destination_extra", "encrypt_data", "fail_on_quota_errors", "preserve_timestamp", "skip_source_errors",
    "verify_checksum",
)  # fmt: skip
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
    files, skipped = int(planned.get("files", 0)), int(planned.get("skipped", 0))
    unchanged = min(files, int(planned.get("unchanged", 0)))
    moved = int(max(0, files - unchanged - skipped) * share)
    moved_bytes = int(planned.get("bytes", 0) * share)
    total = files + int(planned.get("directories", 0))
    done, lost = int(total * share), int(skipped * share)
    return {
        "files": files if share > 0.02 else 0,
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
    pending = numbers.pop("subtasks_pending")
    code = str(planned.get("error") or "EXPIRED")
    lost: dict[str, Any] = {"subtasks_pending": 0}
    if outcome == "FAILED":
        lost["subtasks_canceled" if code == "CANCELED" else "subtasks_failed"] = pending
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


LISTED = 500
"""Files listed at most: enough for several pages."""
_PARALLEL = '{"type":"GridFTP Transfer","concurrency":2,"parallelism":4,"pipelining":20}'


def events_of(task: TransferTask, now: datetime) -> list[Document]:
    """The events until now, newest first; nothing for a task whose details have been purged."""
    if task.document["history_deleted"] or task.starts_at is None:
        return list(task.events)
    over = _moment(task.document["completion_time"])
    until = over or now
    span = ((over or task.ends_at or now) - task.starts_at).total_seconds()
    rows = [*_lifecycle(task, span), *_errors(task, span), *task.events]
    if over is not None:
        rows.append(_last(task, over))
    visible = [row for row in rows if datetime.fromisoformat(row["time"]) <= until]
    return sorted(visible, key=lambda row: str(row["time"]))[::-1]  # of the same second, the later one comes first


def _lifecycle(task: TransferTask, span: float) -> list[Document]:
    began = task.starts_at
    if began is None:
        return []
    rows = [_event("STARTED", "started", _PARALLEL, began)]
    moved = int(task.planned.get("bytes", 0))
    for step in range(1, 5):
        share = step / 5
        details = json.dumps(
            {
                "bytes_transferred": int(moved * share),
                "duration": round(span / 5, 2),
                "mbps": round(moved * 8 / 1e6 / span, 2) if span > 0 else 0,
            }
        )
        rows.append(_event("PROGRESS", "progress", details, began + timedelta(seconds=span * share)))
    return rows


def _errors(task: TransferTask, span: float) -> list[Document]:
    began, count = task.starts_at, int(task.document["faults"])
    if began is None or not count:
        return []
    rng = random.Random(task.task_id)
    failing = task.outcome == "FAILED" and task.planned.get("error") not in (None, "CANCELED")
    code = str(task.planned.get("hold") or task.planned["error"] if failing else task.planned.get("fault") or "")
    code = code or str(task.planned.get("hold") or "CONNECTION_RESET")
    shown = min(count, 50)
    reach = 0.9 if task.planned.get("hold") else 0.95
    return [
        _event(
            code,
            WORDS.get(code, code.lower()),
            _details(task, code, rng),
            began + timedelta(seconds=span * reach * (n + 1) / (shown + 1)),
            is_error=True,
        )
        for n in range(shown)
    ]


def _details(task: TransferTask, code: str, rng: random.Random) -> str:
    items = task.planned.get("items") or [{}]
    folder = str(items[0].get("source_path") or items[0].get("path") or "/")
    path = f"{folder.rstrip('/')}/{_file_name(rng.randrange(10_000))}"
    if code == "CONNECTION_RESET":
        return json.dumps({"context": [{"operation": "file transfer", "path": path}], "error": {"body": WORDS[code]}})
    text = WORDS.get(code, code)
    where = task.document["source_endpoint_display_name"] or "the endpoint"
    return (
        f"Error (transfer)\nEndpoint: {where}\nFile: {path}\nCommand: RETR {path}\nMessage: {text}\n---\nDetails: "
        f"500-Command failed. : {text}\\r\\n500 End.\\r\\n"
    )


def _last(task: TransferTask, over: datetime) -> Document:
    error = (task.document["fatal_error"] or {}).get("code")
    if error == "CANCELED":
        return _event("CANCELED", "canceled", "canceled by the user", over)
    if error:
        return _event(str(error), WORDS.get(str(error), str(error)), "the task has failed", over, is_error=True)
    details = json.dumps({"files_succeeded": task.document["files_transferred"]})
    return _event("SUCCEEDED", "succeeded", details, over)


def successes_of(task: TransferTask) -> list[Document]:
    """Files that were moved; unchanged and skipped ones are not listed (documented)."""
    if task.document["history_deleted"]:
        return []
    count = min(int(task.document["files_transferred"]), LISTED)
    total = int(task.document["bytes_transferred"])
    whole = max(1, int(task.document["files_transferred"]))
    rows = []
    for number in range(count):
        source, target = _paths(task, number)
        rows.append(
            {
                "DATA_TYPE": "successful_transfer",
                "source_path": source,
                "destination_path": target,
                "size": total // whole,
                "checksum": f"{random.Random(f'{task.task_id}{number}').getrandbits(128):032x}",
                "checksum_algorithm": "MD5",
                "dynamic": False,
            }
        )
    return rows


def skipped_of(task: TransferTask) -> list[Document]:
    """Files that were skipped after an error."""
    count = min(int(task.document["subtasks_skipped_errors"]), LISTED)
    code = str(task.planned.get("skip_code", "PERMISSION_DENIED"))
    rows = []
    for number in range(count):
        source, target = _paths(task, 100_000 + number)
        reason = code if number % 5 else "FILE_NOT_FOUND"
        rows.append(
            {
                "DATA_TYPE": "skipped_error",
                "error_code": reason,
                "error_details": f"Error ({WORDS.get(reason, reason)})\nFile: {source}",
                "error_time": iso(task.starts_at and task.starts_at + timedelta(seconds=5 + number)),
                "source_path": source,
                "destination_path": target,
                "is_directory": False,
                "is_symlink": False,
                "is_delete_destination_extra": False,
                "external_checksum": None,
                "checksum_algorithm": None,
            }
        )
    return rows


def _paths(task: TransferTask, number: int) -> tuple[str, str]:
    items = task.planned.get("items") or [{}]
    item = items[number % len(items)]
    name = "" if item.get("recursive") is False else f"/{_file_name(number)}"
    source = str(item.get("source_path") or item.get("path") or "/").rstrip("/")
    return source + name, str(item.get("destination_path") or "/").rstrip("/") + name


def _file_name(number: int) -> str:
    return f"run_{number // 40:05d}/frame_{number % 40:04d}.h5"


def _event(code: str, description: str, details: str, moment: datetime, *, is_error: bool = False) -> Document:
    return {
        "DATA_TYPE": "event",
        "code": code,
        "description": description,
        "details": details,
        "is_error": is_error,
        "time": iso(moment),
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
