"""What the screen of a run has read of its task so far: pages of the log and of lists of files."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present.event_rows import EventRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.task import MovedFile, SkippedError, TaskEvent
    from globus_tui.store.details import Details

EVENTS_A_PAGE = 100
EVENTS_READ_ON = 1000
"""Who reads on in a long log wants much of it: fewer requests, and fewer times that the list is made anew."""


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
        newer: events that came in front of those read first.
        rows: the events in words.
        paused_for: messages of the collections' managers while the task is paused.
    """

    errors_only: bool = False
    busy: bool = False
    problem: str | None = None
    events: tuple[TaskEvent, ...] = ()
    newer: int = 0
    rows: EventRows = field(default_factory=EventRows)
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

    async def read_newer(self, details: Details, task_id: str) -> None:
        """Reads the task and the events that came since; what was read before stays where it is.

        Raises:
            GlobusTuiError: it could not be read.
        """
        task = await details.load_task(task_id)
        self.paused_for = await _pause_messages(details, task_id) if task.is_paused else ()
        page = await details.load_events(task_id, errors_only=self.errors_only, limit=EVENTS_A_PAGE)
        fresh = tuple(page.items)
        came = next((number for number, event in enumerate(fresh) if self.events[:1] == (event,)), None)
        if came is None or fresh[came:] != self.events[: len(fresh) - came]:
            # More than a page is new, or the log is another one: begin again.
            self._forget(View.LOG)
            self.events, self.markers[View.LOG], self.pages[View.LOG] = fresh, page.marker, 1
        elif came:
            self.events, self.newer = (*fresh[:came], *self.events), self.newer + came

    async def read_on(self, details: Details, task_id: str, view: View) -> None:
        """Reads the next page of a view.

        Raises:
            GlobusTuiError: it could not be read.
        """
        self.pages[view] = self.pages.get(view, 0) + 1
        if view is View.LOG:
            limit = EVENTS_READ_ON if self.events else EVENTS_A_PAGE
            page = await details.load_events(
                task_id, errors_only=self.errors_only, limit=limit, offset=len(self.events)
            )
            self.events, self.markers[view] = (*self.events, *_unread(self.events, page.items)), page.marker
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
            self.events, self.newer, self.rows = (), 0, EventRows()
        elif view is View.SKIPPED:
            self.skipped = ()
        else:
            self.moved = ()


def _unread(known: Sequence[TaskEvent], page: Sequence[TaskEvent]) -> Sequence[TaskEvent]:
    """A page without the events at its front that are known: the log grew, and pages are counted from the newest."""
    for overlap in range(min(len(known), len(page)), 0, -1):
        if page[overlap - 1] == known[-1] and tuple(page[:overlap]) == tuple(known[-overlap:]):
            return page[overlap:]
    return page


async def _pause_messages(details: Details, task_id: str) -> tuple[str, ...]:
    """Why the task is paused; nothing where nobody says, and a failure to find out hides nothing else."""
    try:
        return (await details.pause_info(task_id)).messages
    except GlobusTuiError:
        return ()
