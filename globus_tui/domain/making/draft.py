"""What somebody is about to create, complete or not: one frozen value that the wizard changes step by step, with the
items that folders chosen on both sides make.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.auth.scope import TIMER, Scope, flow_user_scope, timer_scope, transfer_scope
from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.new_timer import FlowTimer, TransferTimer
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_tick
from globus_tui.domain.timer.job import FlowStart, body_of
from globus_tui.domain.transfer.destructive import USUAL_PERCENT
from globus_tui.domain.transfer.places import plain
from globus_tui.domain.transfer.transfer import SyncLevel, TransferData, TransferItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.making.new_timer import NewTimer
    from globus_tui.domain.schedule.calendar_groups import GroupMember
    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.collection import Collection, FolderEntry
    from globus_tui.domain.wire import Document

SOURCE_PATH, DESTINATION_PATH = "source_path", "destination_path"
"""Under these names a draft remembers the paths as typed."""


def parent_of(path: str) -> str:
    """The folder that a path is in, with its slash; a root is its own."""
    head = path.rstrip("/").rpartition("/")[0]
    if path.rstrip("/") in ("", "~", "/~"):
        return path
    return f"{head}/" if head or path.startswith("/") else ""


def inside(folder: str, name: str) -> str:
    return f"{folder}{name}" if not folder or folder.endswith("/") else f"{folder}/{name}"


def items_between(
    source: str, destination: str, picked: Sequence[FolderEntry] = (), *, is_folder: bool | None = None
) -> tuple[TransferItem, ...]:
    """The items that two paths stand for.

    Without picked entries one path goes to the other: what is in the source folder comes to be in the destination
    folder, whatever that is called. Picked entries go into the destination folder under their own names.

    Args:
        source: a folder, or a file.
        destination: the same; a file that goes to a path with a slash at its end keeps its name.
        picked: entries of the source folder.
        is_folder: what the source path is, where that is known.
    """
    if not source or not destination:
        return ()
    if picked:
        return tuple(
            TransferItem(inside(source, entry.name) + end, inside(destination, entry.name) + end, entry.is_folder)
            for entry in picked
            for end in ("/" if entry.is_folder else "",)
        )
    if is_folder or source.endswith("/") or source in ("~", "/~"):
        return (TransferItem(_slashed(source), _slashed(destination), recursive=True),)
    if is_folder is False:
        whole = inside(destination, source.rpartition("/")[2]) if destination.endswith("/") else destination
        return (TransferItem(source, whole, recursive=False),)
    return (TransferItem(source, destination),)


def _slashed(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"


_LOOKED_AT = 200
"""Items whose common folder is looked for: an imported batch has thousands."""


def _folder_of(paths: list[str]) -> str:
    """The path itself if there is one only, else the deepest folder that all are in."""
    if len(paths) == 1:
        return paths[0]
    folder = parent_of(paths[0])
    while not all(path.startswith(folder) for path in paths):
        above = parent_of(folder)
        folder = above if above != folder else ""
    return folder


def chosen_paths(draft: Draft) -> tuple[str, str]:
    """The two paths of a draft: as typed, else those of its single item, else the folders that its items are in."""
    items = draft.transfer.items
    if not items:
        return draft.typed.get(SOURCE_PATH, ""), draft.typed.get(DESTINATION_PATH, "")
    source = _folder_of([item.source_path for item in items[:_LOOKED_AT]])
    destination = _folder_of([item.destination_path for item in items[:_LOOKED_AT]])
    return draft.typed.get(SOURCE_PATH, source), draft.typed.get(DESTINATION_PATH, destination)


def swap_sides(draft: Draft) -> Draft:
    """The same the other way round: what was the destination is the source, item by item."""
    data = draft.transfer
    items = tuple(
        replace(item, source_path=item.destination_path, destination_path=item.source_path, external_checksum=None)
        for item in data.items
    )
    other_way = replace(
        data,
        source_endpoint=data.destination_endpoint,
        destination_endpoint=data.source_endpoint,
        source_local_user=data.destination_local_user,
        destination_local_user=data.source_local_user,
        items=items,
    )
    sides = {SOURCE_PATH: DESTINATION_PATH, DESTINATION_PATH: SOURCE_PATH}
    return replace(
        draft,
        transfer=other_way,
        source_name=draft.destination_name,
        destination_name=draft.source_name,
        guards=replace(draft.guards, typed_folder=""),
        typed={sides.get(key, key): text for key, text in draft.typed.items()},
    )


class What(Enum):
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
        label: what Globus calls its runs.
        extra: what else stands beside the input, kept so that a clone loses nothing.
    """

    flow_id: str | None = None
    title: str | None = None
    scope: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    run_managers: tuple[str, ...] = ()
    run_monitors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    label: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def body(self) -> dict[str, Any]:
        beside = {"run_managers": self.run_managers, "run_monitors": self.run_monitors, "tags": self.tags}
        label = {"label": self.label} if self.label else {}
        return {
            "body": dict(self.inputs),
            **self.extra,
            **{key: list(values) for key, values in beside.items() if values},
            **label,
        }


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
        source_name: what the collection was called when it was chosen.
        typed: texts of fields as typed, by field name, kept even while they make no sense.
        cloned_from: id of the timer that it was copied from.
        replaces: id of the timer whose place it is to take.
        original: the schedule of the timer that it was copied from, from its very start, with the end that is left of
            it: what was not said anew stays so.
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
    replaces: str | None = None
    original: Schedule | None = None

    @property
    def deletes(self) -> bool:
        return self.what is not What.FLOW_TIMER and self.transfer.delete_destination_extra is True

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """The schedules of all timers that it takes."""
        if self.what is What.TRANSFER_NOW:
            return ()
        if len(self.group) > 1:
            return tuple(member.schedule for member in self.group)
        return (self.schedule,) if self.schedule else ()

    @property
    def collection_ids(self) -> tuple[str, ...]:
        """The collections that it moves data between; one if both are the same."""
        if self.what is What.FLOW_TIMER:
            return ()
        both = (self.transfer.source_endpoint, self.transfer.destination_endpoint)
        return tuple(dict.fromkeys(collection_id for collection_id in both if collection_id))

    def with_typed(self, name: str, text: str) -> Draft:
        return replace(self, typed={**self.typed, name: text})

    def with_alarm(self, fewer_percent: float | None) -> Draft:
        """The same with another alarm level, see `Guards`; of a timer that exists only the store knows it."""
        return replace(self, guards=replace(self.guards, fewer_percent=fewer_percent))

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
            return tuple(
                self._timer(member.schedule, f"{self.name} ({member.suffix})".strip()) for member in self.group
            )
        if self.schedule is None:
            raise BadInput("It is not said yet when the timer runs.")
        return (self._timer(self.schedule, self.name),)

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
        document: the v1 or v2 document that it was read from: flows' managers, monitors and tags are only there.
        now: the present; a start that has passed moves to the next tick, so that the rhythm stays.
        for_edit: it replaces the timer: an end by number of runs then counts what is left of it.

    Raises:
        BadInput: the timer calls some other action provider, which no wizard can fill in.
    """
    if job.calls_elsewhere:
        raise BadInput("This timer calls an address that is neither Transfer nor a flow: only Globus can copy it.")
    original = _left_of(job, for_edit=for_edit)
    draft = Draft(
        name=job.name or "",
        schedule=from_next_tick(original, now),
        cloned_from=job.job_id,
        replaces=job.job_id if for_edit else None,
        original=original,
    )
    if isinstance(job.payload, TransferData):
        return replace(draft, transfer=replace(job.payload, submission_id=None))
    if isinstance(job.payload, FlowStart):
        start = replace(flow_beside(body_of(document)), flow_id=job.payload.flow_id, inputs=dict(job.payload.inputs))
        return replace(draft, what=What.FLOW_TIMER, flow=start)
    raise BadInput("This timer neither moves data nor starts a flow in a form that can be copied.")


def flow_beside(outer: Document) -> FlowPart:
    """What stands beside a flow's input in its start document; nothing where that is the input alone."""
    if not isinstance(outer.get("body"), dict):
        return FlowPart()
    return FlowPart(
        run_managers=wire.texts(outer.get("run_managers")),
        run_monitors=wire.texts(outer.get("run_monitors")),
        tags=wire.texts(outer.get("tags")),
        label=wire.text(outer.get("label")),
        extra={key: value for key, value in outer.items() if key not in FLOW_BODY and value is not None},
    )


FLOW_BODY = frozenset({"body", "run_managers", "run_monitors", "tags", "label"})
"""What a flow's start document holds; the specification of timers lists all but the label, which starting takes."""


def from_next_tick(schedule: Schedule | None, now: datetime) -> Schedule | None:
    """A schedule that begins with its next tick; None for a single run that has passed.

    The service takes a start "in the future or close to the present" only (documented; how close is not).
    """
    if isinstance(schedule, OnceSchedule):
        return schedule if schedule.at is None or schedule.at > now else None
    if not isinstance(schedule, RecurringSchedule) or schedule.start is None or schedule.start > now:
        return schedule
    return replace(schedule, start=next_tick(RecurringSchedule(schedule.interval, schedule.start), now))


def _left_of(job: Job, *, for_edit: bool) -> Schedule | None:
    """A timer's schedule with what is left of its end: for an edit the runs it has not made yet; None when none is."""
    schedule = job.schedule
    if not isinstance(schedule, RecurringSchedule) or schedule.end.after_runs is None or not for_edit:
        return schedule
    runs_left = schedule.end.after_runs - (job.n_runs or 0)
    return replace(schedule, end=replace(schedule.end, after_runs=runs_left)) if runs_left > 0 else None


def scopes_needed(draft: Draft, collections: Iterable[Collection]) -> tuple[Scope, ...]:
    """The scopes without which it would be made and then fail: the proactive pattern.

    `collections`: the documents of its collections; only they tell whether `data_access` is needed.
    """
    sensitive = {collection.collection_id for collection in collections if collection.needs_data_access_consent}
    ids = [collection_id for collection_id in draft.collection_ids if collection_id in sensitive]
    if draft.what is What.TRANSFER_TIMER:
        return tuple(timer_scope([collection_id]) for collection_id in ids)
    if draft.what is What.FLOW_TIMER and draft.flow.flow_id:
        start = Scope(draft.flow.scope) if draft.flow.scope else flow_user_scope(draft.flow.flow_id)
        return (Scope(TIMER, (start,)),)
    return tuple(transfer_scope([collection_id]) for collection_id in ids)


def intent_of(draft: Draft) -> Intent | None:
    """The intent that sets exactly these options; None when there is none."""
    return next((intent for intent in Intent if with_intent(draft, intent).transfer == draft.transfer), None)


def word_to_type(draft: Draft) -> str:
    """What has to be typed before a timer that deletes is made: the last folder of the first destination path.

    The real folder's: `projects` for `/archive/projects/./` too. The collection's name where the path is its root,
    `delete` where that is not known either.
    """
    paths = [plain(item.destination_path) for item in draft.transfer.items]
    folder = paths[0].rstrip("/").rpartition("/")[2] if paths else ""
    return folder if folder not in ("", "..") else draft.destination_name or "delete"


def is_confirmed(draft: Draft) -> bool:
    """Whether the word that confirms deleting was typed. Drafts that delete nothing need none."""
    return not draft.deletes or draft.guards.typed_folder.strip().rstrip("/") == word_to_type(draft)
