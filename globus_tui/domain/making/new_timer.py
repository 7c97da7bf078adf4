"""Timers to be created, as values; and whether a timer that the service shows is the one that was asked for."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, schedule_document, wire_moment
from globus_tui.domain.timer.job import FlowStart, Job, JobStatus
from globus_tui.domain.transfer.transfer import TransferData

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.schedule.schedule import Schedule

NOT_IN_TIMERS = frozenset({"submission_id", "skip_activation_check"})
"""What a transfer has and a timer's does not: left out of what is sent, as the official SDK does."""


@dataclass(frozen=True, slots=True)
class TransferTimer:
    """A timer that submits a transfer at every tick.

    Attributes:
        body: what it moves; its submission id is left out, since timers do not take one (documented).
        name: None leaves it unnamed.
    """

    body: TransferData
    schedule: Schedule
    name: str | None = None

    def to_document(self) -> dict[str, Any]:
        body = {key: value for key, value in self.body.to_document().items() if key not in NOT_IN_TIMERS}
        if body.get("recursive_symlinks") == "ignore":  # what a timer does anyway: it has no such field
            del body["recursive_symlinks"]
        return _timer("transfer", self.name, self.schedule) | {"body": body}


@dataclass(frozen=True, slots=True)
class FlowTimer:
    """A timer that starts a flow at every tick.

    Attributes:
        body: `{"body": {the flow's input}}`, with `run_managers`, `run_monitors` and `tags` beside it if wanted.
        name: None leaves it unnamed.
    """

    flow_id: str
    body: Mapping[str, Any] = field(hash=False)
    schedule: Schedule
    name: str | None = None

    def to_document(self) -> dict[str, Any]:
        return _timer("flow", self.name, self.schedule) | {"flow_id": self.flow_id, "body": dict(self.body)}


NewTimer = TransferTimer | FlowTimer


def _timer(kind: str, name: str | None, schedule: Schedule) -> dict[str, Any]:
    named = {} if name is None else {"name": name}
    return {"timer_type": kind, "schedule": schedule_document(schedule)} | named


@dataclass(frozen=True, slots=True)
class TimerJob:
    """A timer of the first version of the service: calls any action provider. Deprecated for transfers.

    Attributes:
        start: the first tick; text is sent as it is.
        interval: between ticks; a number is seconds, fractions are dropped; None runs once.
        stop_after_n: stops after that many runs; `interval` must be None when it is 1 (documented).
        scope: with which the service calls back; its default is Transfer's.
    """

    callback_url: str
    callback_body: Mapping[str, Any] = field(hash=False)
    start: datetime | str
    interval: timedelta | int | None
    name: str | None = None
    stop_after: datetime | None = None
    stop_after_n: int | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        if self.stop_after_n == 1 and self.interval is not None:
            raise BadInput("A timer that stops after one run has no interval: leave the interval out.")

    def to_document(self) -> dict[str, Any]:
        stated = {
            "name": self.name, "stop_after": wire_moment(self.stop_after) if self.stop_after else None,
            "stop_after_n": self.stop_after_n, "scope": self.scope,
        }  # fmt: skip
        return {
            "callback_url": self.callback_url,
            "callback_body": dict(self.callback_body),
            "start": self.start if isinstance(self.start, str) else wire_moment(self.start),
            "interval": _seconds(self.interval),
        } | {key: value for key, value in stated.items() if value is not None}

    @classmethod
    def from_transfer_data(
        cls,
        transfer_data: TransferData,
        start: datetime | str,
        interval: timedelta | int | None,
        *,
        actions_url: str,
        name: str | None = None,
        stop_after: datetime | None = None,
        stop_after_n: int | None = None,
        scope: str | None = None,
    ) -> TimerJob:
        """A v1 timer that calls the Transfer action provider with a transfer document.

        As version 3 of the official SDK made it; there a submission id is an error, here it is left out.

        Args:
            actions_url: root of the action providers, which differs between environments
                (`api.environment.Environment.actions_url`).
            scope: with which the service calls back.

        Raises:
            BadInput: it is to run once and has an interval.
        """
        body = {key: value for key, value in transfer_data.to_document().items() if key not in NOT_IN_TIMERS}
        return cls(
            callback_url=f"{actions_url.rstrip('/')}/transfer/transfer/run",
            callback_body={"body": body},
            start=start,
            interval=interval,
            name=name,
            stop_after=stop_after,
            stop_after_n=stop_after_n,
            scope=scope,
        )


def _seconds(interval: timedelta | int | None) -> int | None:
    return interval if interval is None or isinstance(interval, int) else int(interval.total_seconds())


CLOCKS_APART = timedelta(minutes=2)
"""How far a start that was left to the service may lie from the creation."""
LOOK_BACK = timedelta(hours=1)
"""Creation is looked for from this long before the request left: the two clocks may differ. What tells the timers
that were there before is their ids."""
_OFF_BY_DEFAULT = (
    "verify_checksum", "preserve_timestamp", "encrypt_data", "skip_source_errors", "fail_on_quota_errors",
    "delete_destination_extra", "store_base_path_info",
)  # fmt: skip
_ON_BY_DEFAULT = ("notify_on_succeeded", "notify_on_failed", "notify_on_inactive")


def with_defaults(data: TransferData) -> TransferData:
    """The transfer with the service's defaults (documented) where nothing is stated, for comparison."""
    filled: dict[str, Any] = {key: False for key in _OFF_BY_DEFAULT if getattr(data, key) is None}
    filled |= {key: True for key in _ON_BY_DEFAULT if getattr(data, key) is None}
    return replace(data, submission_id=None, label=data.label or None, extra={}, **filled)


def differences(wanted: NewTimer, made: Job) -> tuple[str, ...]:
    """What a timer does otherwise than asked for, by field; empty if it is as wanted."""
    differing = [] if (wanted.name or None) == made.name else ["name"]
    if not same_schedule(wanted.schedule, made.schedule, made.submitted_at):
        differing.append("schedule")
    if isinstance(wanted, FlowTimer):
        same_flow = isinstance(made.payload, FlowStart) and made.payload.flow_id == wanted.flow_id
        same_input = isinstance(made.payload, FlowStart) and dict(made.payload.inputs) == wanted.body.get("body", {})
        return (*differing, *([] if same_flow else ["flow"]), *([] if same_input else ["flow_input"]))
    if made.transfer is None:
        return (*differing, "body")
    asked, kept = with_defaults(wanted.body), with_defaults(made.transfer)
    return (*differing, *(key for key in TransferData.__slots__ if getattr(asked, key) != getattr(kept, key)))


def same_schedule(wanted: Schedule, made: Schedule | None, created: datetime | None) -> bool:
    """Whether both are equal to the second; a start that was left to the service has to be near the creation."""
    if isinstance(wanted, OnceSchedule):
        return isinstance(made, OnceSchedule) and _same_start(wanted.at, made.at, created)
    if not isinstance(made, RecurringSchedule) or made.interval != wanted.interval:
        return False
    same_end = made.end.after_runs == wanted.end.after_runs and _same_moment(made.end.until, wanted.end.until)
    return same_end and _same_start(wanted.start, made.start, created)


def _same_start(wanted: datetime | None, made: datetime | None, created: datetime | None) -> bool:
    if wanted is None:
        return made is None or created is None or abs(made - created) <= CLOCKS_APART
    return _same_moment(wanted, made)


def _same_moment(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < timedelta(seconds=1)


def find_created(
    wanted: NewTimer, jobs: Iterable[Job], *, sent_at: datetime, known: Collection[str]
) -> tuple[Job, ...]:
    """The timers that may have come of a request whose answer was lost, oldest first.

    Args:
        sent_at: when the request left, by the service's clock as far as known.
        known: ids of the timers that were there before it left.
    """
    candidates = [
        job
        for job in jobs
        if job.job_id not in known
        and job.status is not JobStatus.DELETING
        and (job.submitted_at is None or job.submitted_at >= sent_at - LOOK_BACK)
        and not differences(wanted, job)
    ]
    return tuple(sorted(candidates, key=lambda job: (job.submitted_at or sent_at, job.job_id)))
