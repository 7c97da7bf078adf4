"""Guards for mirrors that delete: what may be lost, said before it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.places import plain
from globus_tui.domain.transfer.task import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.domain.transfer.collection import Collection, FolderEntry
    from globus_tui.domain.transfer.task import Task

USUAL_PERCENT = 5.0
"""How many percent fewer files at the source of a mirror alarm, unless another number is chosen."""
MOST_COMPARED = 20_000
"""Names that a comparison looks at, on each side."""
DANGER = (
    "Each run DELETES what is at the destination and not in the source. If the source is purged, unmounted or empty, "
    "the next run deletes the copy and still reports success."
)
_SCRATCH = re.compile(r"(^|[/_\W])(scratch|purge[d]?|tmp|temp|shm|nobackup|volatile|transient)([/_\W\d]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Deletions:
    """What the first run would delete from one folder.

    Attributes:
        names: of entries at the destination that are not in the source, folders with a slash, sorted; all that
            was looked at.
        looked_at: how many entries of the destination were compared.
        complete: both listings were compared whole. If not, there may be more, or some of these may be in the part
            of the source that was not looked at.
        source_empty: the source has no entries at all: everything would go.
    """

    names: tuple[str, ...]
    looked_at: int
    complete: bool
    source_empty: bool


def first_run_deletions(
    source: Sequence[FolderEntry],
    destination: Sequence[FolderEntry],
    *,
    cap: int = MOST_COMPARED,
    source_complete: bool = True,
    destination_complete: bool = True,
) -> Deletions:
    """Compares two listings by name, the top level of the folders only.

    Filter rules are left out of it: whether the service deletes what they exclude is not documented, so it is
    counted as what may be deleted only when the source does not have it.

    Args:
        cap: names looked at on each side.
        source_complete: the listing is the whole folder.
        destination_complete: the same for the destination.
    """
    named = {entry.name: entry for entry in source[:cap]}
    seen = destination[:cap]
    gone = [entry for entry in seen if entry.name not in named or named[entry.name].is_folder != entry.is_folder]
    whole = source_complete and destination_complete and len(source) <= cap and len(destination) <= cap
    return Deletions(
        tuple(sorted(f"{entry.name}/" if entry.is_folder else entry.name for entry in gone)),
        len(seen),
        whole,
        not source,
    )


def scratch_signs(path: str, collection: Collection | None) -> tuple[str, ...]:
    """Signs that a place is purged after some time: words in its path, or in the collection's name or description."""
    signs = []
    if match := _SCRATCH.search(plain(path)):
        signs.append(f"its path has “{match.group(2)}” in it")
    if collection is not None:
        for field, text in (("name", collection.name), ("description", collection.description or "")):
            if match := _SCRATCH.search(text):
                signs.append(f"the collection's {field} says “{match.group(2)}”")
        if collection.user_message and (match := _SCRATCH.search(collection.user_message)):
            signs.append(f"the collection's message says “{match.group(2)}”")
    return tuple(signs)


@dataclass(frozen=True, slots=True)
class Shrinking:
    """The source of a mirror has fewer files than at the run before.

    Attributes:
        before: files met by the earlier of the two runs.
        now: files met by the later one.
        is_empty: there are none left.
    """

    before: int
    now: int

    @property
    def percent(self) -> float:
        return 100.0 * (self.before - self.now) / self.before

    @property
    def is_empty(self) -> bool:
        return self.now == 0


def shrinking(
    tasks: Iterable[Task | None], fewer_percent: float | None = USUAL_PERCENT, fewer_files: int | None = None
) -> Shrinking | None:
    """The shrinking-source alarm.

    Args:
        tasks: of a mirror's runs, newest first; those that are not known may be None.
        fewer_percent: how many percent fewer files than at the run before alarm; None: never.
        fewer_files: how many fewer alarm, whatever percent that is; None: no number does.

    Returns:
        The two counts, or None when all is well or it cannot be told. Counts are those of files found at the
        source, by finished tasks that succeeded; a task that does not say is passed over. A source with hardly a tenth
        of what any listed run found, or nothing at all, alarms for as long as it is so, against that run.
    """
    counts = [task.files for task in tasks if task and task.status is TaskStatus.SUCCEEDED and task.files is not None]
    before = next(iter(counts[1:]), 0)
    most = max(counts[1:], default=0)
    if counts and counts[0] * _ALL_BUT_GONE <= most:  # a few survivors do not make it right
        before = most
    return fewer(before, counts[0], fewer_percent, fewer_files) if before else None


_ALL_BUT_GONE = 10


def fewer(before: int, now: int, percent: float | None = USUAL_PERCENT, files: int | None = None) -> Shrinking | None:
    """The alarm for these two counts, by the limits that `shrinking` takes; no files at all always alarm."""
    if (percent is None and files is None) or not 0 <= now < before:
        return None
    result = Shrinking(before, now)
    too_many = (percent is not None and result.percent >= percent) or (files is not None and before - now >= files)
    return result if too_many or result.is_empty else None
