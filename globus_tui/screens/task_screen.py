"""One Transfer task that was handed in here, followed until it is over (it belongs to no timer); and what screens of a
task have read of it: pages of the log and of lists of files.
"""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from globus_tui.commands import TASK, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer.history import mark_of
from globus_tui.domain.timer.run import Outcome, Run, RunState, outcome
from globus_tui.present import run_words
from globus_tui.present.event_rows import EventRows, event_lines
from globus_tui.present.marks import history_sign
from globus_tui.present.safe_text import safe_line
from globus_tui.present.timer_facts import run_facts
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.searching import Searching
from globus_tui.store.operations import CancelTask
from globus_tui.themes import sheets
from globus_tui.widgets.event_log import EventLog
from globus_tui.widgets.facts import Facts
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from textual.app import ComposeResult

    from globus_tui.domain.transfer.task import MovedFile, SkippedError, Task, TaskEvent
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
        problem: why the last one could not be.
        newer: events that came in front of those read first.
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
        """Whether there is another page of it."""
        return self.markers.get(view) is not None

    async def read(self, details: Details, task_id: str, view: View) -> None:
        """Reads the task and the first page of a view. Raises `GlobusTuiError`: it could not be read."""
        self._forget(view)
        await self._read_task(details, task_id)
        await self.read_on(details, task_id, view)

    async def _read_task(self, details: Details, task_id: str) -> None:
        """Reads the task, and why it is paused, unless that cannot be read."""
        paused_for: tuple[str, ...] = ()  # what was said before stays on the screen until this is known
        if (await details.load_task(task_id)).is_paused:
            with suppress(GlobusTuiError):
                paused_for = (await details.tasks.pause_info(task_id)).messages
        self.paused_for = paused_for

    async def read_newer(self, details: Details, task_id: str) -> None:
        """Reads the task and what came since; what was read before stays where it is. Raises `GlobusTuiError`."""
        await self._read_task(details, task_id)
        page = await details.tasks.task_events(task_id, errors_only=self.errors_only, limit=EVENTS_A_PAGE)
        fresh = tuple(page.items)
        new_count = next((number for number, event in enumerate(fresh) if self.events[:1] == (event,)), None)
        if new_count is None or fresh[new_count:] != self.events[: len(fresh) - new_count]:
            # More than a page is new, or the log is another one: begin again.
            self._forget(View.LOG)
            self.events, self.markers[View.LOG], self.pages[View.LOG] = fresh, page.marker, 1
        elif new_count:
            self.events, self.newer = (*fresh[:new_count], *self.events), self.newer + new_count

    async def read_on(self, details: Details, task_id: str, view: View) -> None:
        """Reads the next page of a view. Raises `GlobusTuiError`: it could not be read."""
        self.pages[view] = self.pages.get(view, 0) + 1
        if view is View.LOG:
            limit = EVENTS_READ_ON if self.events else EVENTS_A_PAGE
            page = await details.tasks.task_events(
                task_id, errors_only=self.errors_only, limit=limit, offset=len(self.events)
            )
            self.events, self.markers[view] = (*self.events, *_unread(self.events, page.items)), page.marker
        elif view is View.SKIPPED:
            skipped = await details.tasks.skipped_errors(task_id, self.markers.get(view))
            self.skipped, self.markers[view] = (*self.skipped, *skipped.items), skipped.marker
        else:
            moved = await details.tasks.successful_transfers(task_id, self.markers.get(view))
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
    """A page without the events that are known already: the log grew, and pages are counted from the newest."""
    for overlap in range(min(len(known), len(page)), 0, -1):
        if page[overlap - 1] == known[-1] and tuple(page[:overlap]) == tuple(known[-overlap:]):
            return page[overlap:]
    return page


class TaskPage(Searching, TimerScreen):
    """A page about one Transfer task: how it ended, its numbers and its log.

    `WANTED`: why a consent is asked for where the task cannot be read without one.
    """

    CSS = sheets("screens/run_detail.tcss")
    AUTO_FOCUS = "#log"
    WANTED: ClassVar[str]
    task_reading: TaskReading

    @abstractmethod
    def read_task(self) -> None:
        """Read the task and what is shown of it."""

    @abstractmethod
    def show_page(self) -> None:
        """Show everything again."""

    def on_mount(self) -> None:
        self.show_page()
        self.read_task()

    def watch_view(self) -> None:
        super().watch_view()
        self.show_page()

    def start_reading(self, reading: Coroutine[None, None, None]) -> None:
        self.task_reading.busy, self.task_reading.problem = True, None
        self.run_worker(self._read_then_show(reading), group="detail", exclusive=True)

    async def _read_then_show(self, reading: Coroutine[None, None, None]) -> None:
        try:
            await reading
        except GlobusTuiError as error:
            self.task_reading.problem = str(error)
            self.offer_consent(error, self.WANTED, self.read_task)
        self.task_reading.busy = False
        self.show_page()

    def show_task(self, run: Run, task: Task | None, task_id: str | None, usual: str = "") -> None:
        """Write how the task ended, and its numbers; `usual`: what is usual for its timer."""
        reading, view, result = self.task_reading, self.view, outcome(run, task)
        sign = history_sign(mark_of(result))
        message = self.safe(run_words.message(run, task))
        path = run_words.failed_path(reading.events) if result is Outcome.FAILED else None
        message = f"{message}: {self.safe(path)}" if path and path not in message else message
        head = f" {sign.glyph(ascii_only=view.ascii)} {run_words.result(result)}"
        self.query_one("#outcome", TextLine).left = Content.assemble((head, f"bold $text-{sign.style}"), f"  {message}")
        facts = self.query_one("#task", Facts)
        facts.ascii_only = view.ascii
        facts.rows = run_facts(
            run, task, task_id, view.now, view.zone, paused_for=reading.paused_for, usual=usual, ascii_only=view.ascii
        )


EVERY = 5.0
"""Seconds between readings while it goes on."""


class TaskScreen(TaskPage):
    """One task that was handed in here, read again every few seconds until it has ended."""

    ABOUT = "A Transfer task that you started by hand. It goes on at Globus whether this screen is open or not."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = TASK
    WANTED = "To read this transfer task"

    def __init__(self, task_id: str, heading: str) -> None:
        super().__init__()
        self._follow_id = task_id
        self._follow_heading = heading
        self.task_reading = TaskReading()

    def compose_middle(self) -> ComposeResult:
        yield TextLine(id="outcome")
        yield Facts(8, id="task")
        yield self.search_field()
        yield EventLog(id="log")

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._read_on)

    def title_words(self) -> str:
        return f"Timers > {self._follow_heading}"

    @property
    def _followed(self) -> Task | None:
        return self.app.store.tasks.get(self._follow_id)

    def _read_on(self) -> None:
        task = self._followed
        if self.is_active and not self.task_reading.busy and not (task is not None and task.finished):
            self.read_task()

    def read_task(self) -> None:
        self.start_reading(self.task_reading.read(self.app.store.details, self._follow_id, View.LOG))

    def show_page(self) -> None:
        if not self.is_mounted or not self.is_attached:
            return
        task, reading, view = self._followed, self.task_reading, self.view
        run = Run(task.requested if task else None, RunState.SUBMITTED, resource_id=self._follow_id)
        self.show_task(run, task, self._follow_id)
        facts, log = self.query_one("#task", Facts), self.query_one(EventLog)
        facts.rows = tuple(row for row in facts.rows if row.label != "fired")
        log.ascii_only = view.ascii
        problem = reading.problem and f"It could not be read: {safe_line(reading.problem)}"
        log.empty = problem or "Nothing in its log yet."
        log.show(event_lines(reading.events, view.now, view.zone), wraps=False)
        self.show_title()

    def action_job_cancel_task(self) -> None:
        from globus_tui.screens.confirm import Confirm

        task = self._followed
        if task is not None and task.finished:
            self.app.say("It is over already.", "warning")
            return
        sheet = Confirm("Cancel this task?", ("What was copied so far stays.",), verb="cancel the task")
        sheet.ask(lambda _: self.app.operate([CancelTask(self._follow_id)]))

    def action_job_copy(self) -> None:
        from globus_tui.screens.job_copying import offer, task_choices

        offer(self.app, task_choices(self.app, self._follow_id))
