"""Guards for mirrors that delete: what may be lost, said before it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.task import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.domain.collection import Collection, FolderEntry
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.task import Task

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
        source: what is in the source folder.
        destination: what is in the destination folder.
        cap: names looked at on each side.
        source_complete: the listing is the whole folder.
        destination_complete: the same for the destination.
    """
    there = {entry.name: entry for entry in source[:cap]}
    seen = destination[:cap]
    gone = [entry for entry in seen if entry.name not in there or there[entry.name].is_folder != entry.is_folder]
    whole = source_complete and destination_complete and len(source) <= cap and len(destination) <= cap
    return Deletions(
        tuple(sorted(f"{entry.name}/" if entry.is_folder else entry.name for entry in gone)),
        len(seen),
        whole,
        not source,
    )


def scratch_signs(path: str, collection: Collection | None) -> tuple[str, ...]:
    """Signs that a place is purged after some time: words in its path, or in the collection's name or description."""
    found = []
    if match := _SCRATCH.search(path):
        found.append(f"its path has “{match.group(2)}” in it")
    if collection is not None:
        for what, text in (("name", collection.name), ("description", collection.description or "")):
            if match := _SCRATCH.search(text):
                found.append(f"the collection's {what} says “{match.group(2)}”")
        if collection.user_message and (match := _SCRATCH.search(collection.user_message)):
            found.append(f"the collection's message says “{match.group(2)}”")
    return tuple(found)


def word_to_type(draft: Draft) -> str:
    """What has to be typed before a timer that deletes is made: the last folder of the first destination path.

    The collection's name where the path is its root, `delete` where that is not known either.
    """
    paths = [item.destination_path for item in draft.transfer.items]
    folder = paths[0].rstrip("/").rpartition("/")[2] if paths else ""
    return folder if folder not in ("", "~") else draft.destination_name or "delete"


def confirmed(draft: Draft) -> bool:
    """Whether it was typed. Drafts that delete nothing need no word."""
    return not draft.deletes or draft.guards.typed_folder.strip().rstrip("/") == word_to_type(draft)


@dataclass(frozen=True, slots=True)
class Shrinking:
    """The source of a mirror has fewer files than at the run before.

    Attributes:
        before: files met by the earlier of the two runs.
        now: files met by the later one.
        percent: how many fewer.
        emptied: there are none left.
    """

    before: int
    now: int

    @property
    def percent(self) -> float:
        """How many percent fewer."""
        return 100.0 * (self.before - self.now) / self.before

    @property
    def emptied(self) -> bool:
        """There are none left."""
        return self.now == 0


def shrinking(tasks: Iterable[Task | None], fewer_percent: float | None = USUAL_PERCENT) -> Shrinking | None:
    """The shrinking-source alarm.

    Args:
        tasks: of a mirror's runs, newest first; those that are not known may be None.
        fewer_percent: how many percent fewer files than at the run before alarm; None: never.

    Returns:
        The two counts, or None when all is well or it cannot be told. Counts are those of files found at the
        source, by finished tasks that succeeded; a task that does not say is passed over. An empty source alarms for
        as long as it is empty: against the last run that found anything.
    """
    if fewer_percent is None:
        return None
    counts = [task.files for task in tasks if task and task.status is TaskStatus.SUCCEEDED and task.files is not None]
    before = next((one for one in counts[1:] if one or counts[0]), 0)
    if before <= 0:
        return None
    found = Shrinking(before, counts[0])
    return found if found.now < found.before and (found.percent >= fewer_percent or found.emptied) else None
