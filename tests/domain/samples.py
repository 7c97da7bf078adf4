"""Documents as the services send them, for tests: one daily timer of a facility and variations of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.task import Task

NOW = datetime(2026, 11, 21, 20, 32, tzinfo=UTC)
START = datetime(2026, 10, 10, 8, 0, tzinfo=UTC)
TODAY_TICK = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

JOB_ID = "7f3c21aa-4e75-49f6-a1b2-c0ffee01cafe"
SOURCE = "0b1c0000-0000-4000-8000-000000000001"
DESTINATION = "9d8e0000-0000-4000-8000-000000000002"
NAMES = {SOURCE: "NERSC DTN", DESTINATION: "Campus Archive"}
DATA_ACCESS = (
    "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer"
    f"[urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{SOURCE}/data_access]]"
)


def wire(moment: datetime) -> str:
    return moment.isoformat()


def task_id(number: int) -> str:
    return f"22f0148c-0000-4000-8000-{number:012}"


def run_document(ran_at: datetime, number: int = 0, status: str = "succeeded", **changes: Any) -> dict[str, Any]:
    """A run of today's form; it took 48 minutes unless it still goes on."""
    ended = None if status in ("active", "in_progress") else wire(ran_at + 48 * MINUTE)
    found = {
        "ran_at": wire(ran_at),
        "start_timestamp": wire(ran_at),
        "end_timestamp": ended,
        "run_status": status,
        "resource_id": task_id(number),
        "http_status_submission": 202,
        "status": 202,
    }
    return found | changes


def refused_document(ran_at: datetime, status: int = 403, **changes: Any) -> dict[str, Any]:
    """A run that Transfer did not take."""
    return run_document(
        ran_at, status="failed", resource_id=None, http_status_submission=status, end_timestamp=wire(ran_at), **changes
    )


def job_document(runs: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A daily transfer timer, active, waiting for its next run; 14 good runs unless told others."""
    if runs is None:
        runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(14)]
    found: dict[str, Any] = {
        "job_id": JOB_ID,
        "name": "climate-nightly-mirror",
        "status": "active",
        "timer_type": "transfer",
        "schedule": {"type": "recurring", "interval_seconds": 86400, "start": wire(START), "end": None},
        "submitted_at": wire(START - HOUR),
        "last_ran_at": runs[0]["ran_at"] if runs else None,
        "next_run": wire(TODAY_TICK + DAY),
        "n_runs": len(runs),
        "n_errors": 0,
        "activity": {"code": "awaiting_next_run", "next_run": wire(TODAY_TICK + DAY)},
        "inactive_reason": None,
        "body": {
            "DATA_TYPE": "transfer",
            "source_endpoint": SOURCE,
            "destination_endpoint": DESTINATION,
            "DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/proj/", "destination_path": "/climate/"}],
        },
        "results": {"data": runs, "page_next": None},
    }
    return found | changes


def recurring(seconds: float, start: datetime = START, end: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "recurring", "interval_seconds": seconds, "start": wire(start), "end": end}


def job(runs: list[dict[str, Any]] | None = None, **changes: Any) -> Job:
    return Job.from_document(job_document(runs, **changes))


def paused(cause: str, detail: object = None, **changes: Any) -> dict[str, Any]:
    """What differs in the document of a timer that stands still."""
    return {
        "status": "inactive",
        "next_run": None,
        "activity": {"code": "paused", "reason": cause},
        "inactive_reason": {"cause": cause, "detail": detail},
    } | changes


def running(since: datetime, **changes: Any) -> dict[str, Any]:
    """What differs in the document of a timer with a run in progress."""
    return {
        "activity": {"code": "run_in_progress", "start_timestamp": wire(since), "duration_seconds": 1.0},
    } | changes


def task_document(number: int = 0, status: str = "SUCCEEDED", **changes: Any) -> dict[str, Any]:
    ended = status in ("SUCCEEDED", "FAILED")
    found = {
        "DATA_TYPE": "task",
        "task_id": task_id(number),
        "type": "TRANSFER",
        "status": status,
        "request_time": wire(TODAY_TICK),
        "completion_time": wire(TODAY_TICK + 48 * MINUTE) if ended else None,
        "files": 12481,
        "files_transferred": 12481,
        "files_skipped": 0,
        "subtasks_skipped_errors": 0,
        "bytes_transferred": 1_930_000_000_000,
        "effective_bytes_per_second": 310_000_000,
        "faults": 0,
        "is_paused": False,
        "nice_status": None if ended else "OK",
        "fatal_error": None,
    }
    return found | changes


def task(number: int = 0, status: str = "SUCCEEDED", **changes: Any) -> Task:
    return Task.from_document(task_document(number, status, **changes))


def failed_task(number: int = 0, code: str = "QUOTA_EXCEEDED", text: str = "disk quota exceeded") -> Task:
    return task(number, "FAILED", fatal_error={"code": code, "description": text})


def by_id(*tasks: Task) -> dict[str, Task]:
    return {one.task_id: one for one in tasks}


def consent_required(*scopes: str, **session: Any) -> dict[str, Any]:
    parameters = {"session_message": "Missing required data_access consent", "required_scopes": list(scopes)}
    return {"code": "ConsentRequired", "authorization_parameters": parameters | session}


def session_required(**parameters: Any) -> dict[str, Any]:
    return {"code": "AuthorizationRequired", "authorization_parameters": parameters}
