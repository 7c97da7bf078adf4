"""Whether a timer that the service shows is the one that was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain.job import FlowStart, Job, JobStatus
from globus_tui.domain.new_timer import FlowTimer, NewTimer
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.transfer import FilterRule, TransferData

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from globus_tui.domain.schedule import Schedule

CLOCKS_APART = timedelta(minutes=2)
"""How far a start that was left to the service may lie from the creation."""
LOOK_BACK = timedelta(hours=1)
"""Creation is looked for from this long before the request left: the two clocks may differ. What tells the timers
that were there before is their ids."""
_OFF_BY_DEFAULT = (
    "verify_checksum",
    "preserve_timestamp",
    "encrypt_data",
    "skip_source_errors",
    "fail_on_quota_errors",
    "delete_destination_extra",
    "store_base_path_info",
)
_ON_BY_DEFAULT = ("notify_on_succeeded", "notify_on_failed", "notify_on_inactive")


def with_defaults(data: TransferData) -> TransferData:
    """The transfer with the service's defaults (documented) where nothing is stated, for comparison."""
    filled: dict[str, Any] = {key: False for key in _OFF_BY_DEFAULT if getattr(data, key) is None}
    filled |= {key: True for key in _ON_BY_DEFAULT if getattr(data, key) is None}
    rules = tuple(FilterRule(one.name, one.method, one.type) for one in data.filter_rules)
    return replace(data, filter_rules=rules, submission_id=None, label=data.label or None, extra={}, **filled)


def differences(wanted: NewTimer, made: Job) -> tuple[str, ...]:
    """What a timer does otherwise than asked for, by field; empty if it is as wanted."""
    found = [] if (wanted.name or None) == made.name else ["name"]
    if not same_schedule(wanted.schedule, made.schedule, made.submitted_at):
        found.append("schedule")
    if isinstance(wanted, FlowTimer):
        same_flow = isinstance(made.payload, FlowStart) and made.payload.flow_id == wanted.flow_id
        same_input = isinstance(made.payload, FlowStart) and dict(made.payload.inputs) == wanted.body.get("body", {})
        return (*found, *([] if same_flow else ["flow"]), *([] if same_input else ["flow_input"]))
    if made.transfer is None:
        return (*found, "body")
    asked, kept = with_defaults(wanted.body), with_defaults(made.transfer)
    return (*found, *(key for key in TransferData.__slots__ if getattr(asked, key) != getattr(kept, key)))


def same_schedule(wanted: Schedule, made: Schedule | None, created: datetime | None) -> bool:
    """Equal to the second; a start that was left to the service is near the creation."""
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
        wanted: what was asked for.
        jobs: all timers now.
        sent_at: when the request left, by the service's clock as far as known.
        known: ids of the timers that were there before it left.
    """
    found = [
        job
        for job in jobs
        if job.job_id not in known
        and job.status is not JobStatus.DELETING
        and (job.submitted_at is None or job.submitted_at >= sent_at - LOOK_BACK)
        and not differences(wanted, job)
    ]
    return tuple(sorted(found, key=lambda job: (job.submitted_at or sent_at, job.job_id)))
