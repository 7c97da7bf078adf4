"""Running a timer's work now. The service has no such call: it is a transfer of its own, or a timer that runs once."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, What, clone, inside
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule
from globus_tui.domain.transfer.transfer import TransferItem
from globus_tui.domain.transfer.typed_filters import judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.domain.transfer.task import Task
    from globus_tui.domain.transfer.transfer import TransferData
    from globus_tui.domain.wire import Document


class RunChoice(Enum):
    FULL = "full"
    TEST = "test"
    ONE_SHOT = "one-shot timer"


@dataclass(frozen=True, slots=True)
class RunNow:
    """What would be sent. `draft`: a transfer that starts now, or a timer that runs once."""

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
    listings: Mapping[str, Sequence[FolderEntry] | None] = MappingProxyType({}),
) -> RunNow:
    """What runs a timer's work now; the timer itself and its counters stay as they are.

    Args:
        document: that it was read from.
        choice: FULL: the same transfer, once, at once. TEST: its first files only, and nothing is ever deleted.
            ONE_SHOT: a timer that runs once, with the credentials that timers use.
        tasks: known tasks, to see whether a run goes on.
        first: how many files a test takes.
        listings: what is in the source folders of items, by path; None for one that is a file. A test takes a folder's
            files one by one, and nothing of which it is not known what it is.

    Raises:
        BadInput: it cannot be run so; the message says why.
    """
    draft = replace(clone(job, document, now), schedule=None)
    warnings = _overlap(job, tasks or {})
    if choice is RunChoice.ONE_SHOT:
        name = f"{job.name or 'timer'} (once)"
        return RunNow(replace(draft, name=name, schedule=OnceSchedule()), warnings)
    if draft.what is What.FLOW_TIMER:
        raise BadInput("A flow is run now by a one-shot timer.")
    data = replace(draft.transfer, label=_label(job, draft.transfer), deadline=None)
    if choice is RunChoice.TEST:
        items, empty = first_items(data, first, listings)
        data = replace(data, items=items, delete_destination_extra=False)
        files = "this 1 file" if len(items) == 1 else f"these {len(items)} files"
        warnings = (*warnings, f"A test copies {files} to the real destination and deletes nothing.")
        warnings += tuple(f"Left out: there is no file directly in {path}." for path in empty)
    elif data.delete_destination_extra:
        warnings = (*warnings, "It deletes what is at the destination and not in the source.")
    return RunNow(replace(draft, what=What.TRANSFER_NOW, transfer=data), warnings)


def _label(job: Job, data: TransferData) -> str | None:
    label = (data.label or job.name or "").strip()
    return f"{' '.join(label.split())[:118]} (run now)" if label else None


def first_items(
    data: TransferData, count: int, listings: Mapping[str, Sequence[FolderEntry] | None]
) -> tuple[tuple[TransferItem, ...], tuple[str, ...]]:
    """The first files of a transfer, never a folder: its items that are files, and files directly in its folders.

    Args:
        listings: as for `run_now`.

    Returns:
        The files, and the folders before the last of them in which there is none.

    Raises:
        BadInput: it is not known what stands at an item's path, or no file is to be had.
    """
    if not data.items:
        raise BadInput("This timer moves nothing.")
    taken: list[TransferItem] = []
    empty: list[str] = []
    for item in data.items:
        if len(taken) >= count:
            break
        if item.recursive is not False and item.source_path not in listings:
            raise BadInput(f"It is not known whether {item.source_path} is a folder, so nothing of it is tried.")
        listing = listings.get(item.source_path)
        if item.recursive is False or (item.recursive is None and listing is None):
            taken.append(replace(item, recursive=False))
            continue
        files = [
            entry for entry in listing or () if entry.kind == "file" and judge(entry, data.filter_rules).is_included
        ]
        taken += [
            TransferItem(inside(item.source_path, file.name), inside(item.destination_path, file.name), recursive=False)
            for file in files
        ]
        if not files:
            empty.append(item.source_path)
    if not taken:
        raise BadInput(f"There is no file directly in {empty[0]} to try it with.")
    return tuple(taken[:count]), tuple(empty)


def _overlap(job: Job, tasks: Mapping[str, Task]) -> tuple[str, ...]:
    going = job.running or any(
        (task := tasks.get(run.resource_id or "")) is not None and not task.finished for run in job.runs
    )
    return ("A run of this timer is going on: both would write to the same place.",) if going else ()
