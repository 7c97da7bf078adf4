"""One Transfer task that was handed in here: followed until it is over. It belongs to no timer's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from globus_tui.commands import LIST_MOVES, TASK, Command, bindings
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.run import Run, RunState, outcome
from globus_tui.present import run_words
from globus_tui.present.log_lines import event_lines
from globus_tui.present.marks import history_sign
from globus_tui.present.run_facts import run_facts
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.task_reading import TaskReading, View
from globus_tui.store.operations import CancelTask
from globus_tui.widgets.event_log import EventLog
from globus_tui.widgets.facts import Facts
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from globus_tui.domain.task import Task

EVERY = 5.0
"""Seconds between readings while it goes on."""
_LISTS_OWN = {one.command_id for one in LIST_MOVES}


class TaskScreen(TimerScreen):
    """Numbers and log of one task, read again every few seconds until it has ended."""

    CSS_PATH = "run_detail.tcss"
    ABOUT = "A Transfer task that you started by hand. It goes on at Globus whether this screen is open or not."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = TASK
    BINDINGS = bindings(one for one in TASK if one.command_id not in _LISTS_OWN)  # type: ignore[assignment]  # as in app
    AUTO_FOCUS = "#log"

    def __init__(self, task_id: str, heading: str) -> None:
        """Follow a task; `heading` says what it is."""
        super().__init__()
        self._follow_id = task_id
        self._follow_heading = heading
        self._follow_reading = TaskReading()

    def compose_middle(self) -> ComposeResult:
        """What became of it, its numbers, its log."""
        yield TextLine(id="outcome")
        yield Facts(8, id="task")
        yield EventLog(id="log")

    def on_mount(self) -> None:
        """Read it now and every few seconds."""
        self.show_task()
        self._read()
        self.set_interval(EVERY, self._read_on)

    def title_words(self) -> str:
        """Where one is."""
        return f"Timers > {self._follow_heading}"

    @property
    def _followed(self) -> Task | None:
        return self.app.store.tasks.get(self._follow_id)

    def _read_on(self) -> None:
        task = self._followed
        if self.is_active and not self._follow_reading.busy and not (task is not None and task.finished):
            self._read()

    def _read(self) -> None:
        self._follow_reading.busy = True
        self.run_worker(self._read_then_show(), group="detail", exclusive=True)

    async def _read_then_show(self) -> None:
        self._follow_reading.problem = None
        try:
            await self._follow_reading.read(self.app.store.details, self._follow_id, View.LOG)
        except GlobusTuiError as error:
            self._follow_reading.problem = str(error)
            self.offer_consent(error, "To read this transfer task", self._read)
        self._follow_reading.busy = False
        self.show_task()

    def watch_view(self) -> None:
        """Its numbers came in, or time has passed."""
        super().watch_view()
        if self.is_mounted:
            self.show_task()

    def show_task(self) -> None:
        """Hand everything its words."""
        task, reading, view = self._followed, self._follow_reading, self.view
        run = Run(task.requested if task else None, RunState.SUBMITTED, resource_id=self._follow_id)
        found = outcome(run, task)
        sign = history_sign(run_words.mark_of(found))
        said = safe_line(run_words.message(run, task), ascii_only=view.ascii)
        head = f" {sign.drawn(ascii_only=view.ascii)} {run_words.result(found)}"
        self.query_one("#outcome", TextLine).left = Content.assemble((head, f"bold $text-{sign.style}"), f"  {said}")
        facts = self.query_one("#task", Facts)
        facts.ascii_only = view.ascii
        rows = run_facts(
            run, task, self._follow_id, view.now, view.zone, paused_for=reading.paused_for, ascii_only=view.ascii
        )
        facts.rows = tuple(row for row in rows if row.label != "fired")
        log = self.query_one(EventLog)
        log.ascii_only = view.ascii
        problem = (
            f"It could not be read: {safe_line(reading.problem)}" if reading.problem else "Nothing in its log yet."
        )
        log.empty = f"  {problem}"
        log.show(event_lines(reading.events, view.now, view.zone), wraps=False)
        self.show_title()

    def action_job_cancel_task(self) -> None:
        """Ask, then cancel it."""
        from globus_tui.screens.confirm import Confirm

        task = self._followed
        if task is not None and task.finished:
            self.app.say("It is over already.", "warning")
            return
        sheet = Confirm("Cancel this task?", ("What was copied so far stays.",), verb="cancel the task")
        operations = [CancelTask(self._follow_id)]
        self.app.push_screen(sheet, lambda agreed: self.app.operate(operations) if agreed else None)

    def action_job_copy(self) -> None:
        """Offer what can be copied of it."""
        from globus_tui.screens.job_copying import offer, task_choices

        offer(self.app, task_choices(self.app, self._follow_id))
