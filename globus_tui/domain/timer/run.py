"""One execution of a job and what became of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire
from globus_tui.domain.auth.gare import Gare, find_gare
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.task import Task, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from globus_tui.domain.wire import Document


class RunState(Enum):
    """What the Timers service knows of a run. Submitted says only that the work was accepted."""

    IN_PROGRESS = "in progress"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # as for `Outcome`


# The words of `run_status` are listed nowhere; these are the plausible ones, anything else stays UNKNOWN.
_STATES = (
    dict.fromkeys(("succeeded", "success", "completed", "complete", "done", "ok"), RunState.SUCCEEDED)
    | dict.fromkeys(("failed", "failure", "error", "expired", "canceled", "cancelled"), RunState.FAILED)
    | dict.fromkeys(
        ("active", "in_progress", "running", "started", "pending", "queued", "inactive", "paused"), RunState.IN_PROGRESS
    )
    | dict.fromkeys(("submitted", "accepted"), RunState.SUBMITTED)
    | dict.fromkeys(("refused", "rejected", "not_submitted"), RunState.REFUSED)
)
_STATES |= {word.upper(): state for word, state in _STATES.items()}


@dataclass(frozen=True, slots=True)
class Run:
    """One execution.

    Attributes:
        ended: when the service saw it end; None while in progress or not said (old documents never say).
        state_text: `run_status` as sent.
        resource_id: the Transfer task or flow run that it made, None when it made none.
        problem: the service's words on what went wrong, as data.
        gare: what Globus wanted before it would run.
        snapshot: the task as it stood inside an old run document, or as it was kept here.
        kept_here: Globus has forgotten it, this program has not; between such runs may have been others.
    """

    ran_at: datetime | None
    state: RunState
    state_text: str | None = None
    ended: datetime | None = None
    http_status: int | None = None
    resource_id: str | None = None
    problem: str | None = None
    gare: Gare | None = None
    snapshot: Task | None = None
    kept_here: bool = False

    @property
    def key(self) -> str:
        """Identifies the run within its job: the service gives runs no id."""
        return f"{self.ran_at.isoformat() if self.ran_at else '?'} {self.resource_id or ''}"

    @property
    def trouble(self) -> str | None:
        """Why a run in progress does not go on, as far as the Timers service itself says so: INACTIVE or PAUSED."""
        word = (self.state_text or "").upper()
        return word if self.ended is None and word in ("INACTIVE", "PAUSED") else None

    @property
    def finished_snapshot(self) -> Task | None:
        """The snapshot, if it shows the task after its end: what does not change any more can be trusted."""
        return self.snapshot if self.snapshot is not None and self.snapshot.finished else None

    @classmethod
    def from_document(cls, document: Document) -> Run:
        """Reads a JobResult of today or of before 2025 (`data`, `status`, `ran_at` only)."""
        seen = RunView(document)
        return cls(*(getattr(seen, name) for name in cls.__match_args__))


class RunView:
    """The document of a run: the same values as those of a `Run`; those that few ask for are read when asked for."""

    __slots__ = (
        "document", "ended", "gare", "http_status", "old", "problem", "ran_at", "resource_id", "snapshot", "state",
        "state_text",
    )  # fmt: skip
    old: _Old
    http_status: int | None
    kept_here = False

    def __init__(self, document: Document) -> None:
        """Keeps the document; most runs are never asked for more than their times."""
        self.document = document
        self.ran_at = wire.moment(document.get("ran_at")) or wire.moment(document.get("start_timestamp"))

    def _read(self) -> None:
        """Reads at once what every judgement of a run needs, which costs less than value by value."""
        get = self.document.get
        data, named = get("data"), wire.interned_text(get("run_status"))
        self.old = old = _read_old(wire.document(data)) if data else _SAYS_NOTHING
        self.http_status = wire.whole(get("http_status_submission")) or wire.whole(get("status"))
        made = wire.interned_text(get("resource_id"))
        self.resource_id = made or old.made
        self.state = _read_state(named, made, old, self.http_status)
        self.state_text = named or old.status
        self.snapshot = old.snapshot

    def __getattr__(self, name: str) -> Any:
        reader = _READERS.get(name)
        if reader is not None:
            setattr(self, name, reader(self))
        elif name in _TOGETHER:
            self._read()
        else:
            raise AttributeError(name)
        return object.__getattribute__(self, name)


_TOGETHER = {"old", "http_status", "resource_id", "state", "state_text", "snapshot"}

for _name, _property in vars(Run).items():
    if isinstance(_property, property):
        setattr(RunView, _name, _property)


class _Old(NamedTuple):
    """What documents of before 2025 say under `data`, and only there; today's leave it empty."""

    status: str | None = None
    made: str | None = None
    snapshot: Task | None = None


_SAYS_NOTHING = _Old()


def _read_old(data: Document) -> _Old:
    details = wire.document(data.get("details"))
    task_id = wire.text(details.get("task_id"))
    return _Old(
        wire.interned_text(data.get("status")),
        task_id or wire.text(data.get("run_id")) or wire.text(data.get("action_id")),
        Task.from_document(details) if task_id else None,
    )


_READERS: dict[str, Callable[[RunView], Any]] = {
    "ended": lambda run: (
        wire.moment(run.document.get("end_timestamp")) or (run.old.snapshot.completed if run.old.snapshot else None)
    ),
    "problem": lambda run: _read_problem(errors) if (errors := run.document.get("errors")) else None,
    "gare": lambda run: (
        find_gare(run.document.get("errors"))
        or (find_gare(run.document.get("data")) if run.http_status is None or run.http_status >= 400 else None)
    ),
}


def _read_state(named: str | None, made: str | None, old: _Old, status: int | None) -> RunState:
    if named is not None:
        state = _STATES.get(named) or _STATES.get(named.lower(), RunState.UNKNOWN)
        if status is None or status < 400 or made:
            return state
        return RunState.REFUSED if state in (RunState.FAILED, RunState.UNKNOWN) else state
    # The rule of old clients: a run without a status, or with 400 and above, could not be submitted.
    if status is None or status >= 400:
        return RunState.REFUSED
    snapshot = _STATES.get((old.status or "").lower(), RunState.SUBMITTED)
    return RunState.SUBMITTED if snapshot is RunState.IN_PROGRESS else snapshot


def _read_problem(errors: object) -> str | None:
    if isinstance(errors, str):
        return errors or None
    detail = wire.document(errors)
    inner = wire.document(detail.get("error")) or detail
    for key in ("message", "detail", "description", "code"):
        if text := wire.text(inner.get(key)):
            return text
    return None


class Outcome(Enum):
    """What became of a run, all layers joined: the timer's word, and the task that it made."""

    OK = "ok"
    EMPTY = "empty"
    WITH_SKIPS = "with skips"
    FAILED = "failed"
    REFUSED = "refused"
    RUNNING = "running"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # members are unique, and Enum's own hash is slow, with thousands of runs


def outcome(run: Run, task: Task | None) -> Outcome:
    """Joins a run with its task. The task, where known, decides: a run that was submitted is not yet a success.

    The snapshot in an old document counts only when it shows a finished task: how a running one went on, it cannot say.
    """
    if run.state is RunState.REFUSED:
        return Outcome.REFUSED
    if run.snapshot is not None and (task is None or task is run.snapshot):
        task = run.finished_snapshot
    if task is not None and task.status is not TaskStatus.UNKNOWN:
        return _task_outcome(task)
    return _OUTCOME_OF_STATE.get(run.state, Outcome.UNKNOWN)


_OUTCOME_OF_STATE = {
    RunState.SUCCEEDED: Outcome.OK,
    RunState.FAILED: Outcome.FAILED,
    RunState.IN_PROGRESS: Outcome.RUNNING,
}


def _task_outcome(task: Task) -> Outcome:
    if task.status is TaskStatus.FAILED:
        return Outcome.FAILED
    if task.status is not TaskStatus.SUCCEEDED:
        return Outcome.RUNNING
    if task.skipped_errors:
        return Outcome.WITH_SKIPS
    return Outcome.EMPTY if task.moved_nothing else Outcome.OK


def took(run: Run, task: Task | None) -> timedelta | None:
    """How long a finished run took, by its task if known; None while it runs or when nobody says."""
    task = task or run.finished_snapshot
    ended = (task.completed if task else None) or run.ended
    started = run.ran_at or (task.requested if task else None)
    return ended - started if ended and started and ended >= started else None
