"""A job is one timer, as the Timers service stores it. Users read *timer*; the wire and this code say job."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NewType
from urllib.parse import urlsplit

from globus_tui.domain import wire
from globus_tui.domain.gare import Gare, find_gare
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.run import Run
from globus_tui.domain.schedule import RecurringSchedule, Schedule, read_schedule
from globus_tui.domain.transfer import TransferData

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from globus_tui.domain.wire import Document

JobId = NewType("JobId", str)

_MADE_UP = "unreadable-"
"""Begins the ids of documents that have none."""


class JobStatus(Enum):
    """Life of a job. The wire's vocabulary is open: `status_text` of the job keeps the word."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ENDED = "ended"
    DELETING = "deleting"
    UNKNOWN = "unknown"


_STATUSES = {
    "active": JobStatus.ACTIVE,
    "new": JobStatus.ACTIVE,
    "loaded": JobStatus.ACTIVE,
    "updated": JobStatus.ACTIVE,
    "inactive": JobStatus.INACTIVE,
    "ended": JobStatus.ENDED,
    "delete_in_progress": JobStatus.DELETING,
    "delete_pending": JobStatus.DELETING,
    "deleted": JobStatus.DELETING,
}


class JobKind(Enum):
    """What a job starts."""

    TRANSFER = "transfer"
    FLOW = "flow"
    GENERIC = "generic"


class ActivityCode(Enum):
    """What the service is doing with a job right now; UNKNOWN for codes of a later day."""

    AWAITING_NEXT_RUN = "awaiting_next_run"
    RUN_IN_PROGRESS = "run_in_progress"
    RETRYING = "retrying"
    PAUSED = "paused"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """The service's own word on what goes on; `reason` is set when paused, `next_run` when it waits for a run."""

    code: ActivityCode
    since: datetime | None = None
    seconds: float | None = None
    reason: str | None = None
    next_run: datetime | None = None

    @classmethod
    def from_document(cls, found: object) -> Activity | None:
        """Reads `activity`; None when the job has none (finished, or an old document)."""
        document = wire.document(found)
        if not document:
            return None
        return cls(
            code=_CODES.get(wire.text(document.get("code")) or "", ActivityCode.UNKNOWN),
            since=wire.moment(document.get("start_timestamp")),
            seconds=wire.number(document.get("duration_seconds")),
            reason=wire.repeated(document.get("reason")),
            next_run=wire.moment(document.get("next_run")),
        )


_CODES = {code.value: code for code in ActivityCode}


class PauseCause(Enum):
    """Why a job is inactive."""

    USER = "user"
    AUTHORIZATION = "globus_auth_requirements"
    OTHER = "other"


_CAUSES = {cause.value: cause for cause in PauseCause}


@dataclass(frozen=True, slots=True)
class InactiveReason:
    """Why a job is inactive; `gare` is what Globus wants, None where it does not say in a form we know."""

    cause: PauseCause
    gare: Gare | None = None


@dataclass(frozen=True, slots=True)
class FlowStart:
    """What a flow job starts."""

    flow_id: str | None
    inputs: Mapping[str, object] = field(hash=False)


Payload = TransferData | FlowStart | None


@dataclass(frozen=True, slots=True)
class Job:
    """One timer.

    Attributes:
        name: None when it was given none.
        n_runs: runs so far; None when the service did not say.
        n_errors: what exactly this counts is not documented; shown, never judged by.
        payload: what it moves or starts; None for generic callbacks.
        runs: the runs that came with the document, newest first.
        runs_marker: asks for the page of runs after these; None when there is none.
        unreadable: why the document could not be understood; everything else may then be missing.
        sent: what the service sent, kept to be shown when it could not be understood; else None.
    """

    job_id: JobId
    name: str | None
    status: JobStatus
    status_text: str | None = None
    kind: JobKind = JobKind.GENERIC
    schedule: Schedule | None = None
    submitted_at: datetime | None = None
    last_ran_at: datetime | None = None
    next_run: datetime | None = None
    n_runs: int | None = None
    n_errors: int | None = None
    activity: Activity | None = None
    inactive_reason: InactiveReason | None = None
    payload: Payload = None
    scope: str | None = None
    callback_url: str | None = None
    runs: tuple[Run, ...] = ()
    runs_marker: str | None = None
    unreadable: str | None = None
    sent: object = field(default=None, compare=False, repr=False)

    @property
    def has_own_id(self) -> bool:
        """False for a document without an id: nothing can be asked of the service about it."""
        return not self.job_id.startswith(_MADE_UP)

    @property
    def transfer(self) -> TransferData | None:
        """What it moves, for transfer jobs."""
        return self.payload if isinstance(self.payload, TransferData) else None

    @property
    def interval_seconds(self) -> float | None:
        """Seconds between ticks; None for a job that runs once."""
        return self.schedule.interval.total_seconds() if isinstance(self.schedule, RecurringSchedule) else None

    @property
    def stands_still(self) -> bool:
        """It starts no runs until somebody acts. An unknown status is overruled by an activity that says paused."""
        if self.status in (JobStatus.ENDED, JobStatus.DELETING):
            return False
        paused = self.activity is not None and self.activity.code is ActivityCode.PAUSED
        return paused or self.status is JobStatus.INACTIVE

    @property
    def running(self) -> bool:
        """A run is in progress, by the service's word."""
        return self.activity is not None and self.activity.code is ActivityCode.RUN_IN_PROGRESS

    @property
    def label(self) -> str:
        """What to call it: its name, else the start of its id. Data of the service: sanitise before drawing."""
        return self.name or f"({str(self.job_id)[:8]})"

    @classmethod
    def from_document(cls, found: object) -> Job:
        """Reads a v1 or v2 document. Never raises: what cannot be understood is marked `unreadable`."""
        if not isinstance(found, dict):
            return unreadable_job(f"not an object but {type(found).__name__}", found)
        job_id = wire.text(found.get("job_id"))
        if job_id is None:
            return unreadable_job("it has no job_id", found)
        status = wire.repeated(found.get("status"))
        if status is None:
            return unreadable_job("it has no status", found)
        kind = _read_kind(found)
        activity = Activity.from_document(found.get("activity"))
        results = found.get("results")
        return cls(
            job_id=JobId(job_id),
            name=wire.text(found.get("name")),
            status=_STATUSES.get(status, JobStatus.UNKNOWN),
            status_text=status,
            kind=kind,
            schedule=read_schedule(found),
            submitted_at=wire.moment(found.get("submitted_at")),
            last_ran_at=wire.moment(found.get("last_ran_at")),
            next_run=wire.moment(found.get("next_run")) or (activity.next_run if activity else None),
            n_runs=_either(found, "n_runs", "number_of_runs"),
            n_errors=_either(found, "n_errors", "number_of_errors"),
            activity=activity,
            inactive_reason=_read_reason(found.get("inactive_reason")),
            payload=_read_payload(found, kind),
            scope=wire.repeated(found.get("scope")),
            callback_url=wire.repeated(found.get("callback_url")),
            runs=_read_runs(results),
            runs_marker=wire.text(wire.document(results).get("page_next")),
        )


def unreadable_job(why: str, found: object = None) -> Job:
    """A row for a document that cannot be understood, so that it never hides the other timers.

    Without an id of its own it gets one made from its content, so that it stays the same row at every refresh.
    """
    document = wire.document(found)
    job_id = wire.text(document.get("job_id")) or f"{_MADE_UP}{_digest(found)}"
    return Job(JobId(job_id), wire.text(document.get("name")), JobStatus.UNKNOWN, unreadable=why, sent=found)


def _digest(found: object) -> str:
    import hashlib

    return hashlib.sha256(repr(found).encode()).hexdigest()[:12]


def _either(found: Document, key: str, other: str) -> int | None:
    count = wire.whole(found.get(key))
    return wire.whole(found.get(other)) if count is None else count


def _read_kind(found: Document) -> JobKind:
    named = found.get("timer_type")
    if named == "transfer":
        return JobKind.TRANSFER
    if named == "flow":
        return JobKind.FLOW
    if wire.text(found.get("flow_id")):
        return JobKind.FLOW
    host, path = _host_and_path(wire.text(found.get("callback_url")) or "")
    if host.endswith("actions.automate.globus.org") and path.startswith("/transfer/transfer/run"):
        return JobKind.TRANSFER
    if host.startswith("transfer.actions.") and path.startswith("/transfer/run"):
        return JobKind.TRANSFER
    if path.startswith("/flows/") and "flows" in host:
        return JobKind.FLOW
    return JobKind.GENERIC


def _read_payload(found: Document, kind: JobKind) -> Payload:
    """Reads v2 `body` or v1 `callback_body`; how the latter looks for a v2 timer is in no source, so both are tried."""
    outer = wire.document(found.get("body")) or wire.document(found.get("callback_body"))
    inner = wire.document(outer.get("body"))
    if kind is JobKind.FLOW:
        flow_id = wire.text(found.get("flow_id")) or _flow_in(wire.text(found.get("callback_url")))
        return FlowStart(flow_id, dict(inner or outer))
    for candidate in (inner, outer):
        if "source_endpoint" in candidate or "source_endpoint_id" in candidate:
            return TransferData.from_document(candidate)
    return None


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path
    except ValueError:  # half a bracketed address
        return "", ""


def _flow_in(url: str | None) -> str | None:
    parts = _host_and_path(url or "")[1].split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "flows" else None


def _read_reason(found: object) -> InactiveReason | None:
    document = wire.document(found)
    if not document:
        return None
    cause = _CAUSES.get(wire.text(document.get("cause")) or "", PauseCause.OTHER)
    return InactiveReason(cause, find_gare(document.get("detail")))


def _read_runs(found: object) -> tuple[Run, ...]:
    """The runs, newest first: that is the order of all fixtures, promised nowhere, so it is made sure of."""
    listed = found if isinstance(found, list) else wire.items(wire.document(found).get("data"))
    runs = [Run.from_document(entry) for entry in listed if isinstance(entry, dict)]
    moments = [run.ran_at for run in runs if run.ran_at is not None]
    if len(moments) == len(runs) and any(newer < older for newer, older in pairwise(moments)):
        dated = sorted(zip(moments, runs, strict=True), key=itemgetter(0), reverse=True)
        runs = [run for _, run in dated]
    return tuple(runs)
