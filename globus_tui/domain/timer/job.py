"""A job is one timer, as the Timers service stores it. Users read *timer*; the wire and this code say job."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, NewType, TypeVar, cast
from urllib.parse import urlsplit

from globus_tui.domain import wire
from globus_tui.domain.auth.gare import Gare, find_gare, find_requirement
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import (
    EndCondition,
    RecurringSchedule,
    Schedule,
    read_end,
    read_interval,
    read_schedule,
)
from globus_tui.domain.timer.run import Run, RunView
from globus_tui.domain.transfer.transfer import TransferData, paths_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from globus_tui.domain.wire import Document

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobReading:
    """One job with the document it was read from, for the JSON view, cloning and the journal."""

    job: Job
    document: Document


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a longer list.

    Attributes:
        items: in the order of the service.
        marker: hand it back to get the next page; None on the last one.
        total: how many there are in all, where the service says.
    """

    items: tuple[T, ...]
    marker: str | None = None
    total: int | None = None


JobId = NewType("JobId", str)

_MADE_UP = "unreadable-"
"""Begins the ids of documents that have none."""
_LASTING = ("name", "submitted_at", "start", "interval", "schedule", "callback_url", "callback_body")
"""What no run of a timer changes in its document."""


class JobStatus(Enum):
    """Life of a job. The wire's vocabulary is open: `status_text` of the job keeps the word."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ENDED = "ended"
    DELETING = "deleting"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # as of `Word`: Enum's own is slow, with thousands of timers


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
    reason: str | None = None
    next_run: datetime | None = None

    @classmethod
    def from_document(cls, activity: object) -> Activity | None:
        """Reads `activity`; None when the job has none (finished, or an old document)."""
        document = wire.document(activity)
        if not document:
            return None
        return cls(
            code=_CODES.get(wire.text(document.get("code")) or "", ActivityCode.UNKNOWN),
            since=wire.moment(document.get("start_timestamp")),
            reason=wire.interned_text(document.get("reason")),
            next_run=wire.moment(document.get("next_run")),
        )


_CODES = {code.value: code for code in ActivityCode}


class PauseCause(Enum):
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
    flow_id: str | None
    inputs: Mapping[str, object] = field(hash=False)


Payload = TransferData | FlowStart | None


class _Derived:
    """What follows from the fields that `Job` and `JobView` have in common."""

    __slots__ = ()

    if TYPE_CHECKING:
        job_id: JobId
        name: str | None
        status: JobStatus
        activity: Activity | None
        schedule: Schedule | None
        payload: Payload
        callback_url: str | None

    @property
    def transfer(self) -> TransferData | None:
        return self.payload if isinstance(self.payload, TransferData) else None

    @property
    def calls_elsewhere(self) -> bool:
        """It calls an address that is none of Globus's: what it hands over, a token included, goes there."""
        return self.callback_url is not None and _kind_called(*_host_and_path(self.callback_url)) is JobKind.GENERIC

    @property
    def has_own_id(self) -> bool:
        """False for a document without an id: nothing can be asked of the service about it."""
        return not self.job_id.startswith(_MADE_UP)

    @property
    def interval_seconds(self) -> float | None:
        """Seconds between ticks; None for a job that runs once."""
        return self.schedule.interval.total_seconds() if isinstance(self.schedule, RecurringSchedule) else None

    @property
    def is_over(self) -> bool:
        """Whether it will never run again: it has ended, or is being deleted."""
        return self.status in (JobStatus.ENDED, JobStatus.DELETING)

    @property
    def stands_still(self) -> bool:
        """It starts no runs until somebody acts. An unknown status is overruled by an activity that says paused."""
        if self.is_over:
            return False
        paused = self.activity is not None and self.activity.code is ActivityCode.PAUSED
        return paused or self.status is JobStatus.INACTIVE

    @property
    def running(self) -> bool:
        """Whether a run is in progress, as the service says."""
        return self.activity is not None and self.activity.code is ActivityCode.RUN_IN_PROGRESS

    @property
    def label(self) -> str:
        """Its name, else the start of its id, if it has one. Data of the service: sanitise before drawing."""
        return self.name or (f"({str(self.job_id)[:8]})" if self.has_own_id else "(unreadable)")


@dataclass(frozen=True, slots=True)
class Job(_Derived):
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
    def end(self) -> EndCondition | None:
        """When its schedule ends; None for one that does not recur."""
        return self.schedule.end if isinstance(self.schedule, RecurringSchedule) else None

    @property
    def deletes(self) -> bool:
        """Whether it is a mirror: one that deletes what its source no longer has."""
        return self.transfer is not None and bool(self.transfer.delete_destination_extra)

    @property
    def sides(self) -> tuple[object, object]:
        """The collections that it moves from and to, as sent; None where not said."""
        moved = self.transfer
        return (moved.source_endpoint, moved.destination_endpoint) if moved else (None, None)

    @property
    def paths(self) -> tuple[list[str], list[str]]:
        """Source and destination path of each item on these collections."""
        items = self.transfer.items if self.transfer else ()
        return [item.source_path for item in items], [item.destination_path for item in items]

    @classmethod
    def from_document(cls, document: object) -> Job:
        """Reads a v1 or v2 document. Never raises: what cannot be understood is marked `unreadable`."""
        seen: Job | JobView = view(document)
        if isinstance(seen, Job):
            return seen
        values = {name: getattr(seen, name) for name in cls.__match_args__[:-2]}
        return cls(**{**values, "runs": _read_runs(seen.document.get("results"), Run.from_document)})


class JobView(_Derived):
    """The document of a job: the same values as those of a `Job`; those that few ask for are read when asked for.

    Judging ten thousand documents asks for few fields of each.
    """

    __slots__ = (
        "activity", "callback_url", "document", "inactive_reason", "interval_seconds", "job_id", "kind", "last_ran_at",
        "moved", "n_errors", "n_runs", "name", "next_run", "payload", "runs", "runs_marker", "schedule", "scope",
        "status", "status_text", "submitted_at",
    )  # fmt: skip
    unreadable: str | None = None
    sent: object = None

    if TYPE_CHECKING:
        moved: Document | None
        submitted_at: datetime | None
        inactive_reason: InactiveReason | None
        kind: JobKind
        runs_marker: str | None

    def __init__(self, document: dict[str, Any], job_id: str, status: str) -> None:
        """Of a document that has an id and a status. What every judgement asks for is read at once."""
        get = document.get
        self.document = document
        self.activity = activity = Activity.from_document(get("activity"))
        self.next_run = wire.moment(get("next_run")) or (activity.next_run if activity else None)
        self.last_ran_at = wire.moment(get("last_ran_at"))
        self.n_runs = _either(document, "n_runs", "number_of_runs")
        self.runs = _read_runs(get("results"), RunView)
        self.job_id = JobId(job_id)
        self.status_text = status
        self.status = _STATUSES.get(status, JobStatus.UNKNOWN)

    def __getattr__(self, name: str) -> Any:
        reader = _READERS.get(name)
        if reader is None:
            raise AttributeError(name)
        value = reader(self)
        setattr(self, name, value)
        return value

    @property
    def end(self) -> EndCondition | None:
        return None if self.interval_seconds is None else read_end(self.document)

    @property
    def deletes(self) -> bool:
        return self.moved is not None and self.moved.get("delete_destination_extra") is True

    @property
    def sides(self) -> tuple[object, object]:
        moved = self.moved or {}
        return (
            moved.get("source_endpoint") or moved.get("source_endpoint_id"),
            moved.get("destination_endpoint") or moved.get("destination_endpoint_id"),
        )

    @property
    def paths(self) -> tuple[list[str], list[str]]:
        return paths_in(self.moved) if self.moved else ([], [])


_READERS: dict[str, Callable[[JobView], Any]] = {
    "interval_seconds": lambda job: read_interval(job.document),
    "moved": lambda job: _moved(job.document, job.kind),
    "name": lambda job: wire.text(job.document.get("name")),
    "kind": lambda job: _read_kind(job.document),
    "schedule": lambda job: read_schedule(job.document),
    "submitted_at": lambda job: wire.moment(job.document.get("submitted_at")),
    "n_errors": lambda job: _either(job.document, "n_errors", "number_of_errors"),
    "inactive_reason": lambda job: _read_reason(job.document.get("inactive_reason")),
    "payload": lambda job: _read_payload(job.document, job.kind),
    "scope": lambda job: wire.interned_text(job.document.get("scope")),
    "callback_url": lambda job: wire.interned_text(job.document.get("callback_url")),
    "runs_marker": lambda job: wire.text(wire.document(job.document.get("results")).get("page_next")),
}


def view(document: object) -> Job:
    """A document as far as it is asked about: a `JobView`, to be read like the `Job` that it would be read as.

    It is a `Job` where it cannot be understood; what was read already stays as it is.
    """
    if isinstance(document, Job | JobView):
        return cast("Job", document)
    if not isinstance(document, dict):
        return unreadable_job(f"not an object but {type(document).__name__}", document)
    job_id = wire.text(document.get("job_id"))
    if job_id is None:
        return unreadable_job("it has no job_id", document)
    status = wire.interned_text(document.get("status"))
    if status is None:
        return unreadable_job("it has no status", document)
    return cast("Job", JobView(document, job_id, status))


def unreadable_job(why: str, sent: object = None) -> Job:
    """A row for a document that cannot be understood, so that it never hides the other timers.

    Without an id of its own it gets one made from its content, so that it stays the same row at every refresh: from
    what lasts, where that says when it was made, by which two of one name are told apart.
    """
    document = wire.document(sent)
    lasting = {name: document[name] for name in _LASTING if name in document}
    job_id = wire.text(document.get("job_id")) or f"{_MADE_UP}{_digest(lasting if 'submitted_at' in lasting else sent)}"
    return Job(JobId(job_id), wire.text(document.get("name")), JobStatus.UNKNOWN, unreadable=why, sent=sent)


def _digest(value: object) -> str:
    import hashlib

    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def _either(document: Document, key: str, other: str) -> int | None:
    count = wire.whole(document.get(key))
    return wire.whole(document.get(other)) if count is None else count


def _read_kind(document: Document) -> JobKind:
    named = document.get("timer_type")
    if named == "transfer":
        return JobKind.TRANSFER
    if named == "flow":
        return JobKind.FLOW
    if wire.text(document.get("flow_id")):
        return JobKind.FLOW
    host, path = _host_and_path(wire.text(document.get("callback_url")) or "")
    return _kind_called(host, path)


def _kind_called(host: str, path: str) -> JobKind:
    """By the addresses that the official CLI knows, all of them below the two domains of Globus."""
    if not host.endswith((".globus.org", ".globuscs.info")):
        return JobKind.GENERIC
    if host.endswith("actions.automate.globus.org") and path.startswith("/transfer/transfer/run"):
        return JobKind.TRANSFER
    if host.startswith("transfer.actions.") and path.startswith("/transfer/run"):
        return JobKind.TRANSFER
    if path.startswith("/flows/") and "flows" in host:
        return JobKind.FLOW
    return JobKind.GENERIC


def _read_payload(document: Document, kind: JobKind) -> Payload:
    """Reads v2 `body` or v1 `callback_body`: how the latter looks for v2 timers is not known, so both are tried."""
    if kind is JobKind.FLOW:
        flow_id = wire.text(document.get("flow_id")) or _flow_in(wire.text(document.get("callback_url")))
        outer = body_of(document)
        return FlowStart(flow_id, dict(outer["body"] if isinstance(outer.get("body"), dict) else outer))
    moved = _moved(document, kind)
    return None if moved is None else TransferData.from_document(moved)


def body_of(document: Document) -> Document:
    """What a timer hands over at each run, as either version of the service writes it."""
    return wire.document(document.get("body")) or wire.document(document.get("callback_body"))


def _moved(document: Document, kind: JobKind) -> Document | None:
    """The part of a document that says what is moved."""
    outer = body_of(document)
    for candidate in (wire.document(outer.get("body")), outer) if kind is not JobKind.FLOW else ():
        if "source_endpoint" in candidate or "source_endpoint_id" in candidate:
            return candidate
    return None


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path
    except ValueError:  # an IPv6 address without its closing bracket
        return "", ""


def _flow_in(url: str | None) -> str | None:
    parts = _host_and_path(url or "")[1].split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "flows" else None


def _read_reason(value: object) -> InactiveReason | None:
    document = wire.document(value)
    if not document:
        return None
    cause, detail = _CAUSES.get(wire.text(document.get("cause")) or "", PauseCause.OTHER), document.get("detail")
    return InactiveReason(cause, find_requirement(detail) if cause is PauseCause.AUTHORIZATION else find_gare(detail))


def _read_runs(value: object, make: Callable[[Document], Any]) -> tuple[Any, ...]:
    """The runs, newest first. All fixtures have that order, but nothing promises it, so it is made sure of."""
    listed = value if isinstance(value, list) else wire.items(wire.document(value).get("data"))
    runs = [make(entry) for entry in listed if isinstance(entry, dict)]
    if len(runs) > 1 and all(run.ran_at for run in runs):
        runs.sort(key=attrgetter("ran_at"), reverse=True)
    return tuple(runs)
