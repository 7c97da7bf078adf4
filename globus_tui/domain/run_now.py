"""Running a timer's work now. The service has no such call: it is a transfer of its own, or a timer that runs once."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.draft import Draft, What, clone
from globus_tui.domain.errors import BadInput
from globus_tui.domain.filter_preview import judge
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import OnceSchedule
from globus_tui.domain.transfer import TransferItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.collection import FolderEntry
    from globus_tui.domain.job import Job
    from globus_tui.domain.task import Task
    from globus_tui.domain.transfer import TransferData
    from globus_tui.domain.wire import Document


class RunChoice(Enum):
    """How to run it."""

    FULL = "full"
    TEST = "test"
    ONE_SHOT = "one-shot timer"


@dataclass(frozen=True, slots=True)
class RunNow:
    """What would be sent.

    Attributes:
        draft: a transfer that starts now, or a timer that runs once.
        warnings: sentences to show before.
    """

    draft: Draft
    warnings: tuple[str, ...] = ()


def run_now(
    job: Job,
    document: Document,
    choice: RunChoice,
    now: datetime,
    *,
    tasks: Mapping[str, Task] | None = None,
    first: int = 10,
    listing: Sequence[FolderEntry] = (),
) -> RunNow:
    """What runs a timer's work now; the timer itself and its counters stay as they are.

    Args:
        job: the timer.
        document: that it was read from.
        choice: FULL: the same transfer, once, at once. TEST: its first files only, and nothing is ever deleted.
            ONE_SHOT: a timer that runs once, with the credentials that timers use.
        now: the present.
        tasks: known tasks, to see whether a run goes on.
        first: how many files a test takes.
        listing: of the first item's source folder; a test of a folder takes its files one by one.

    Raises:
        BadInput: it cannot be run so; the message says why.
    """
    draft = replace(clone(job, document, now), schedule=None)
    warnings = _overlap(job, tasks or {})
    if choice is RunChoice.ONE_SHOT:
        name = f"{job.name or 'timer'} (once)"
        return RunNow(replace(draft, what=draft.what, name=name, schedule=OnceSchedule()), warnings)
    if draft.what is What.FLOW_TIMER:
        raise BadInput("A flow is run now by a one-shot timer.")
    data = replace(draft.transfer, label=_label(job, draft.transfer), deadline=None)
    if choice is RunChoice.TEST:
        items = first_items(data, first, listing)
        data = replace(data, items=items, delete_destination_extra=False, filter_rules=())
        warnings = (*warnings, f"A test copies {len(items)} items to the real destination and deletes nothing.")
    elif data.delete_destination_extra:
        warnings = (*warnings, "It deletes what is at the destination and not in the source.")
    return RunNow(replace(draft, what=What.TRANSFER_NOW, transfer=data), warnings)


def _label(job: Job, data: TransferData) -> str | None:
    label = (data.label or job.name or "").strip()
    return f"{' '.join(label.split())[:118]} (run now)" if label else None


def first_items(data: TransferData, count: int, listing: Sequence[FolderEntry] = ()) -> tuple[TransferItem, ...]:
    """The first things of a transfer: its items one by one, or files of its folder when that is the first item.

    Raises:
        BadInput: the first item is a folder of which no file is known to be taken.
    """
    if not data.items:
        raise BadInput("This timer moves nothing.")
    head = data.items[0]
    if head.recursive is False or (head.recursive is None and not listing):
        return data.items[:count]
    taken = [entry for entry in listing if not entry.is_folder and judge(entry, data.filter_rules).taken]
    if not taken:
        raise BadInput(f"There is no file directly in {head.source_path} to try it with.")
    return tuple(
        TransferItem(_below(head.source_path, entry.name), _below(head.destination_path, entry.name), recursive=False)
        for entry in taken[:count]
    )


def _below(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _overlap(job: Job, tasks: Mapping[str, Task]) -> tuple[str, ...]:
    going = job.running or any(
        (task := tasks.get(run.resource_id or "")) is not None and not task.finished for run in job.runs
    )
    return ("A run of this timer is going on: both would write to the same place.",) if going else ()
