"""What the screen of a run has read of its task so far: pages of the log and of lists of files."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError

if TYPE_CHECKING:
    from globus_tui.domain.task import MovedFile, SkippedError, TaskEvent
    from globus_tui.store.details import Details

EVENTS_A_PAGE = 100


class View(Enum):
    """What of a task is read."""

    LOG = "log"
    SKIPPED = "skipped"
    MOVED = "moved"


@dataclass
class TaskReading:
    """Pages of one task.

    Attributes:
        errors_only: of the log only events that are errors are asked for.
        busy: a page is being read.
        problem: why the last one could not be.
        paused_for: messages of the collections' managers while the task is paused.
    """

    errors_only: bool = False
    busy: bool = False
    problem: str | None = None
    events: tuple[TaskEvent, ...] = ()
    skipped: tuple[SkippedError, ...] = ()
    moved: tuple[MovedFile, ...] = ()
    paused_for: tuple[str, ...] = ()
    markers: dict[View, str | None] = field(default_factory=dict)
    pages: dict[View, int] = field(default_factory=dict)

    def more(self, view: View) -> bool:
        """There is another page of it."""
        return self.markers.get(view) is not None

    @property
    def is_first_page(self) -> bool:
        """Nobody has read on: reading again loses no place."""
        return all(count <= 1 for count in self.pages.values())

    async def read(self, details: Details, task_id: str, view: View) -> None:
        """Reads the task and the first page of a view.

        Raises:
            GlobusTuiError: it could not be read.
        """
        self._forget(view)
        task = await details.load_task(task_id)
        self.paused_for = await _pause_messages(details, task_id) if task.is_paused else ()
        await self.read_on(details, task_id, view)

    async def read_on(self, details: Details, task_id: str, view: View) -> None:
        """Reads the next page of a view.

        Raises:
            GlobusTuiError: it could not be read.
        """
        self.pages[view] = self.pages.get(view, 0) + 1
        if view is View.LOG:
            page = await details.load_events(
                task_id, errors_only=self.errors_only, limit=EVENTS_A_PAGE, offset=len(self.events)
            )
            self.events, self.markers[view] = (*self.events, *page.items), page.marker
        elif view is View.SKIPPED:
            skipped = await details.skipped_errors(task_id, self.markers.get(view))
            self.skipped, self.markers[view] = (*self.skipped, *skipped.items), skipped.marker
        else:
            moved = await details.moved_files(task_id, self.markers.get(view))
            self.moved, self.markers[view] = (*self.moved, *moved.items), moved.marker

    def _forget(self, view: View) -> None:
        self.markers.pop(view, None)
        self.pages.pop(view, None)
        if view is View.LOG:
            self.events = ()
        elif view is View.SKIPPED:
            self.skipped = ()
        else:
            self.moved = ()


async def _pause_messages(details: Details, task_id: str) -> tuple[str, ...]:
    """Why the task is paused; nothing where nobody says, and a failure to find out hides nothing else."""
    try:
        return (await details.pause_info(task_id)).messages
    except GlobusTuiError:
        return ()
