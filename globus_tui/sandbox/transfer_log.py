"""What a task's log says: events, files moved, files skipped. Made from the plan when somebody asks."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import iso
from globus_tui.sandbox.transfer_documents import WORDS

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document, TransferTask

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
    told = [row for row in rows if datetime.fromisoformat(row["time"]) <= until]
    return sorted(told, key=lambda row: str(row["time"]))[::-1]  # of the same second, the later one comes first


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
    """Files that were left out after an error."""
    count = min(int(task.document["subtasks_skipped_errors"]), LISTED)
    code = str(task.planned.get("skip_code", "PERMISSION_DENIED"))
    rows = []
    for number in range(count):
        source, target = _paths(task, 100_000 + number)
        one = code if number % 5 else "FILE_NOT_FOUND"
        rows.append(
            {
                "DATA_TYPE": "skipped_error",
                "error_code": one,
                "error_details": f"Error ({WORDS.get(one, one)})\nFile: {source}",
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
