"""What somebody is about to create, complete or not: one frozen value that the wizard changes step by step."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.destructive import USUAL_PERCENT
from globus_tui.domain.errors import BadInput
from globus_tui.domain.job import FlowStart
from globus_tui.domain.new_timer import FlowTimer, TransferTimer
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.domain.scope import TIMER, Scope, flow_user_scope, timer_scope, transfer_scope
from globus_tui.domain.transfer import SyncLevel, TransferData

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.calendar_groups import GroupMember
    from globus_tui.domain.collection import Collection
    from globus_tui.domain.job import Job
    from globus_tui.domain.new_timer import NewTimer
    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.wire import Document


class What(Enum):
    """What is made."""

    TRANSFER_TIMER = "transfer timer"
    FLOW_TIMER = "flow timer"
    TRANSFER_NOW = "transfer now"


class Intent(Enum):
    """What a copy is for; sets the options that belong together."""

    MIRROR = "mirror"
    ARCHIVE = "archive"
    ONE_COPY = "one copy"


@dataclass(frozen=True, slots=True)
class FlowPart:
    """What a flow timer starts.

    Attributes:
        scope: of one run of the flow, as its document says; None builds it as documented.
        inputs: the flow's input, assembled.
        run_managers: principal URNs.
        run_monitors: principal URNs.
    """

    flow_id: str | None = None
    title: str | None = None
    scope: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    run_managers: tuple[str, ...] = ()
    run_monitors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """The `body` of a flow timer."""
        beside = {"run_managers": self.run_managers, "run_monitors": self.run_monitors, "tags": self.tags}
        return {"body": dict(self.inputs)} | {key: list(value) for key, value in beside.items() if value}


@dataclass(frozen=True, slots=True)
class Guards:
    """Precautions for timers that delete.

    Attributes:
        typed_folder: what was typed to confirm; compared by `destructive.confirmed`.
        fewer_percent: alarm when a run meets that many percent fewer files than the one before; None: never.
        refuse_scratch: do not create when the source looks like storage that is purged.
    """

    typed_folder: str = ""
    fewer_percent: float | None = USUAL_PERCENT
    refuse_scratch: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A timer or transfer in the making.

    Attributes:
        transfer: for transfers; its options are all stated in a new draft, so that no default surprises.
        schedule: for timers; None while it is not said.
        group: several timers that keep a calendar's schedule together; `schedule` is then that of the first.
        flow: for flow timers.
        source_name: what the collection was called when it was chosen.
        typed: texts of fields as typed, by field name, kept even while they make no sense.
        cloned_from: id of the timer that it was copied from.
    """

    what: What = What.TRANSFER_TIMER
    name: str = ""
    transfer: TransferData = field(default_factory=lambda: TransferData(None, None))
    schedule: Schedule | None = None
    group: tuple[GroupMember, ...] = ()
    flow: FlowPart = field(default_factory=FlowPart)
    guards: Guards = Guards()
    source_name: str | None = None
    destination_name: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict, hash=False)
    cloned_from: str | None = None

    @property
    def deletes(self) -> bool:
        """It deletes files at the destination."""
        return self.what is not What.FLOW_TIMER and self.transfer.delete_destination_extra is True

    @property
    def collection_ids(self) -> tuple[str, ...]:
        """The collections that it moves data between; one if both are the same."""
        if self.what is What.FLOW_TIMER:
            return ()
        both = (self.transfer.source_endpoint, self.transfer.destination_endpoint)
        return tuple(dict.fromkeys(one for one in both if one))

    def with_typed(self, name: str, text: str) -> Draft:
        """The same with the text of one field remembered as typed."""
        return replace(self, typed={**self.typed, name: text})

    def to_timer(self) -> NewTimer:
        """The timer to create; the first of a group.

        Raises:
            BadInput: it is no timer, or not complete enough to be sent.
        """
        return self.to_timers()[0]

    def to_timers(self) -> tuple[NewTimer, ...]:
        """All timers to create: one, or those of a calendar group, whose names are told apart by their suffixes.

        Raises:
            BadInput: it is no timer, or not complete enough to be sent.
        """
        if self.what is What.TRANSFER_NOW:
            raise BadInput("This is a single transfer, not a timer.")
        if len(self.group) > 1:
            return tuple(self._timer(one.schedule, f"{self.name} ({one.suffix})".strip()) for one in self.group)
        if self.schedule is None:
            raise BadInput("It is not said yet when the timer runs.")
        return (self._timer(self.schedule, self.name),)

    def to_transfer(self) -> TransferData:
        """The transfer to hand in at once."""
        return self.transfer

    def _timer(self, schedule: Schedule, name: str) -> NewTimer:
        if self.what is What.FLOW_TIMER:
            if not self.flow.flow_id:
                raise BadInput("No flow is chosen yet.")
            return FlowTimer(self.flow.flow_id, self.flow.body(), schedule, name or None)
        if not self.collection_ids or not self.transfer.source_endpoint or not self.transfer.destination_endpoint:
            raise BadInput("Source and destination are not both chosen yet.")
        return TransferTimer(replace(self.transfer, submission_id=None), schedule, name or None)


def new_draft(what: What = What.TRANSFER_TIMER) -> Draft:
    """An empty draft with every option stated, as the official CLI has them (it verifies checksums)."""
    return Draft(
        what=what,
        transfer=TransferData(
            None,
            None,
            verify_checksum=True,
            preserve_timestamp=False,
            encrypt_data=False,
            skip_source_errors=False,
            fail_on_quota_errors=False,
            delete_destination_extra=False,
            notify_on_succeeded=True,
            notify_on_failed=True,
            notify_on_inactive=True,
        ),
    )


def with_intent(draft: Draft, intent: Intent) -> Draft:
    """The draft with the options that an intent stands for; everything else as it was."""
    mirror, once = intent is Intent.MIRROR, intent is Intent.ONE_COPY
    data = replace(
        draft.transfer,
        sync_level=None if once else SyncLevel.MTIME,
        delete_destination_extra=mirror,
        preserve_timestamp=not once,
    )
    return replace(draft, transfer=data)


def clone(job: Job, document: Document, now: datetime, *, for_edit: bool = False) -> Draft:
    """A draft with everything of an existing timer, whichever version of the service made it.

    Args:
        job: as read.
        document: the v1 or v2 document that it was read from: flows' managers, monitors and tags are only there.
        now: the present; a start that has passed moves to the next tick, so that the rhythm stays.
        for_edit: it replaces the timer: an end by number of runs then counts what is left of it.

    Raises:
        BadInput: the timer calls some other action provider, which no wizard can fill in.
    """
    name, schedule = job.name or "", schedule_on_grid(job, now, for_edit=for_edit)
    if isinstance(job.payload, TransferData):
        data = replace(job.payload, submission_id=None)
        return Draft(What.TRANSFER_TIMER, name, data, schedule, cloned_from=job.job_id)
    if isinstance(job.payload, FlowStart):
        flow = _flow_part(job.payload, document)
        return Draft(What.FLOW_TIMER, name, schedule=schedule, flow=flow, cloned_from=job.job_id)
    raise BadInput("This timer neither moves data nor starts a flow in a form that can be copied.")


def _flow_part(payload: FlowStart, document: Document) -> FlowPart:
    outer = wire.document(document.get("body")) or wire.document(document.get("callback_body"))
    return FlowPart(
        flow_id=payload.flow_id,
        inputs=dict(payload.inputs),
        run_managers=wire.texts(outer.get("run_managers")),
        run_monitors=wire.texts(outer.get("run_monitors")),
        tags=wire.texts(outer.get("tags")),
    )


def schedule_on_grid(job: Job, now: datetime, *, for_edit: bool = False) -> Schedule | None:
    """A timer's schedule, begun at its next tick; None when nothing of it is left.

    The service takes a start "in the future or close to the present" only (documented; how close is not).
    """
    schedule = job.schedule
    if isinstance(schedule, OnceSchedule):
        return schedule if schedule.at is None or schedule.at > now else None
    if not isinstance(schedule, RecurringSchedule):
        return None
    end = schedule.end
    if end.until is not None and end.until <= now:
        end = replace(end, until=None)
    if for_edit and end.after_runs is not None and job.n_runs is not None:
        end = replace(end, after_runs=max(1, end.after_runs - job.n_runs))
    endless = RecurringSchedule(schedule.interval, schedule.start)
    start = schedule.start
    if start is not None and start <= now:
        start = next(iter(next_ticks(endless, now, 1)), None)
    return RecurringSchedule(schedule.interval, start, end)


def scopes_needed(draft: Draft, collections: Iterable[Collection]) -> tuple[Scope, ...]:
    """The scopes without which it would be made and then fail: the proactive pattern.

    Args:
        draft: what is to be made.
        collections: the documents of its collections; only they tell whether `data_access` is needed.
    """
    wanted = {one.collection_id for one in collections if one.needs_data_access_consent}
    ids = [one for one in draft.collection_ids if one in wanted]
    if draft.what is What.TRANSFER_TIMER:
        return tuple(timer_scope([one]) for one in ids)
    if draft.what is What.FLOW_TIMER and draft.flow.flow_id:
        return (_flow_timer_scope(draft.flow),)
    return tuple(transfer_scope([one]) for one in ids)


def _flow_timer_scope(flow: FlowPart) -> Scope:
    inner = Scope(flow.scope) if flow.scope else flow_user_scope(flow.flow_id or "")
    return Scope(TIMER, (inner,))
