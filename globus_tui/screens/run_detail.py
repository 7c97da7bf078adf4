"""One run of a timer: its Transfer task, the task's log, what it skipped over and what it moved."""

from __future__ import annotations

from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from globus_tui.commands import RUN_DETAIL, Command
from globus_tui.domain.schedule.typed_intervals import parse_interval
from globus_tui.domain.timer.history import task_of
from globus_tui.domain.timer.job import JobId, JobKind
from globus_tui.present.detail_words import usual_words
from globus_tui.present.event_rows import LogLine, Times, moved_lines, skipped_lines, time_words
from globus_tui.present.moments import duration
from globus_tui.present.sizes import count
from globus_tui.screens.base import OneTimerScreen
from globus_tui.screens.job_actions import JobActions
from globus_tui.screens.taking_out import TakingOut, safe_name
from globus_tui.screens.task_screen import TaskPage, TaskReading, View
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.widgets.event_log import EventLog
from globus_tui.widgets.facts import Facts
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime, timedelta

    from textual.app import ComposeResult

    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.task import Task


READING_TASK = "reading"
_NAMES = {View.SKIPPED: "Skipped files", View.MOVED: "Moved files"}


class RunDetailScreen(TaskPage, TakingOut, OneTimerScreen, JobActions):
    """One run. Keeps the timer's id and the run's key; the run itself is looked up in the application's states."""

    ABOUT = "One run of a timer and the Transfer task that it made. The log is newest first."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = RUN_DETAIL
    PART = " > run"
    WANTED = "To read this run's transfer task"

    def __init__(self, job_id: JobId, run_key: str) -> None:
        super().__init__(job_id)
        self.run_key = run_key
        self.task_reading = TaskReading()
        self._log_view = View.LOG
        self._log_wraps = False
        self._log_times = Times.ABSOLUTE
        self._log_follows = False
        self._log_since: timedelta | None = None
        self._read_with: datetime | None = None

    def compose_middle(self) -> ComposeResult:
        yield TextLine(id="outcome")
        yield Facts(8, id="task")
        yield TextLine(id="views")
        yield self.search_field()
        yield EventLog(id="log")

    @property
    def shown_run(self) -> Run | None:
        """The run, as it is known now."""
        state = self.state
        return next((run for run in state.job.runs if run.key == self.run_key), None) if state else None

    @property
    def _task_id(self) -> str | None:
        """The Transfer task that the run made; None where it made none, as runs of flows do."""
        state, run = self.state, self.shown_run
        transfers = state is not None and (state.job.kind is JobKind.TRANSFER or state.job.transfer is not None)
        return run.resource_id if run is not None and transfers else None

    @property
    def _shown_task(self) -> Task | None:
        run = self.shown_run
        return task_of(run, self.view.tasks) if run else None

    # --- reading

    def read_task(self) -> None:
        if (task_id := self._task_id) is not None:
            self.start_reading(self.task_reading.read(self.app.store.details, task_id, self._log_view))
        self.show_page()

    def start_reading(self, reading: Coroutine[None, None, None]) -> None:
        self._read_with = self.freshness.checked_at  # opening tells of freshness twice, and is one reading
        super().start_reading(reading)

    def action_runs_more(self) -> None:
        reading, task_id = self.task_reading, self._task_id
        if reading.busy or task_id is None:
            self.app.say("The task is being read; wait a moment." if reading.busy else "This run made no task.")
        elif self._more_to_read():
            self.start_reading(reading.read_on(self.app.store.details, task_id, self._log_view))
            self._show_log()
        else:
            self.app.say("That is all there is.")

    @on(EventLog.Highlighted)
    def read_on_at_the_end(self) -> None:
        log, reading = self.query_one(EventLog), self.task_reading
        at_end = log.cursor_position == len(log.rows) - 1 > 0
        if at_end and not reading.busy and reading.problem is None and self._more_to_read():
            self.action_runs_more()

    # --- showing

    def watch_states(self) -> None:
        self.show_page()

    def watch_freshness(self) -> None:
        """While the task goes on, its numbers and log are read again after each refresh."""
        super().watch_freshness()
        if not self.is_mounted or self.freshness.state is not FreshnessState.FRESH:
            return
        task, reading = self._shown_task, self.task_reading
        unfinished = task is None or not task.finished
        if not self.is_active or reading.busy:
            return
        if reading.problem:
            self.read_task()
        elif unfinished and self.freshness.checked_at != self._read_with:
            self._read_newer()

    def _read_newer(self) -> None:
        """Bring what is new of a task that goes on; the reader keeps the place."""
        reading, task_id = self.task_reading, self._task_id
        if task_id is None or reading.busy:
            return
        if self._log_view is View.LOG and reading.pages.get(View.LOG):
            self.start_reading(reading.read_newer(self.app.store.details, task_id))
        elif reading.pages.get(self._log_view, 0) <= 1:
            self.read_task()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_page)

    def show_page(self) -> None:
        if not self.is_mounted or not self.is_attached:
            return
        run, state = self.shown_run, self.state
        if run is None:
            words = " This run is not known any more; q goes back."
            self.query_one("#outcome", TextLine).left = Content.styled(words, "bold")
            self.query_one("#task", Facts).rows = ()
            return
        usual = usual_words(state.job, self.view.tasks, in_full=True) if state else ""
        self.show_task(run, self._shown_task, self._task_id, usual)
        self._show_log()
        self._show_hints()
        self.show_title()

    def _show_log(self) -> None:
        log = self.query_one(EventLog)
        log.ascii_only = self.view.ascii
        log.empty = self._empty_words()
        newest = log.rows[0].key if log.rows else None
        log.show(self._lines(), wraps=self._log_wraps, head=self._head_words())
        if self._log_follows and self._log_view is View.LOG and log.rows and log.rows[0].key != newest:
            log.action_first()
        self._show_views()

    def _show_views(self) -> None:
        line, reading = self.query_one("#views", TextLine), self.task_reading
        # The brackets say which one it is without colours, too.
        pieces: list[tuple[str, str]] = []
        for view in View:
            words, current = self._view_words(view), view is self._log_view
            pieces.append((f"[{words}] " if current else f" {words}  ", "bold" if current else "$foreground-muted"))
        key = self.key_of("log.view")
        line.left = Content.assemble(*pieces, " ", (key, "bold $primary"), (" switches", "$foreground-muted"))
        if reading.busy:
            line.right = Content(f"{READING_TASK} ")
        elif self._more_to_read():
            line.right = Content.assemble((self.key_of("runs.more"), "bold $primary"), " older ")
        else:
            line.right = Content()

    def _view_words(self, view: View) -> str:
        """The name of a view with how much is in it, where the task tells."""
        if view is View.LOG:
            words = "Log, errors only" if self.task_reading.errors_only else "Log"
            words += f", last {duration(self._log_since, seconds=True)}" if self._log_since is not None else ""
            return f"{words}, following" if self._log_follows else words
        task = self._shown_task
        listing = (task.skipped_errors if view is View.SKIPPED else task.files_transferred) if task else None
        return _NAMES[view] if listing is None else f"{_NAMES[view]} {count(listing)}"

    def _empty_words(self) -> str:
        reading, run = self.task_reading, self.shown_run
        if run is not None and run.kept_here:
            return "Globus keeps no log of this run any more."
        if run is not None and self._task_id is None:
            return "This run made no transfer task, so there is no log."
        if reading.busy:
            return "Reading the task"
        if reading.problem:
            return f"It could not be read: {reading.problem}"
        if self._log_view is View.SKIPPED:
            return "No file was skipped over."
        if self._log_view is View.MOVED:
            return "No file is listed as moved; Globus lists them once the task is over."
        if reading.events and self._log_since is not None:
            return "Nothing happened in that time."
        return "No error in the log." if reading.errors_only else "Globus keeps no log of this task any more."

    def _show_hints(self) -> None:
        hints = self.query_one(KeyHints)
        hints.unable = self.unable()
        hints.absent = frozenset({"job.fix" if self._has_log else "log.follow"})

    # --- commands

    @property
    def _has_log(self) -> bool:
        """There is a task to follow: following and mending share a key, as a run that was refused has no log."""
        return self._task_id is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only one of the two is there at a time."""
        if action == ("job_fix" if self._has_log else "log_follow"):
            return False
        return super().check_action(action, parameters)

    def _go(self, step: int) -> None:
        state = self.state
        keys = [run.key for run in state.job.runs] if state else []
        place = keys.index(self.run_key) + step if self.run_key in keys else -1
        if not 0 <= place < len(keys):
            self.app.say("This is the newest run." if step < 0 else "This is the oldest run that was read.")
            return
        self.run_key = keys[place]
        self.task_reading = TaskReading(errors_only=self.task_reading.errors_only)
        self.read_task()

    action_job_previous = partialmethod(_go, -1)
    action_job_next = partialmethod(_go, 1)

    def action_job_copy(self) -> None:
        task_id = self._task_id
        if task_id is None:
            self.app.say("This run made no transfer task, so there is nothing to copy.", "warning")
            return
        from globus_tui.screens.job_copying import offer, task_choices

        offer(self.app, [*task_choices(self.app, task_id), ("t", "what is shown", "\n".join(self.text_out()[1]))])

    # --- what is shown

    def _more_to_read(self) -> bool:
        """There is another page, and it may have what is asked for: nothing before `since` is."""
        reading, start = self.task_reading, self._start_of_log()
        if self._log_view is View.LOG and start is not None and reading.events:
            oldest = reading.events[-1].moment
            if oldest is not None and oldest < start:
                return False
        return reading.more(self._log_view)

    def _start_of_log(self) -> datetime | None:
        return self.view.now - self._log_since if self._log_since is not None else None

    def _lines(self) -> Sequence[LogLine]:
        reading = self.task_reading
        if self._log_view is View.LOG:
            return reading.rows.rows(reading.events, reading.newer, self._start_of_log())
        if self._log_view is View.SKIPPED:
            return skipped_lines(reading.skipped, self.view.now, self.view.zone)
        return moved_lines(reading.moved, ascii_only=self.view.ascii)

    def _head_words(self) -> Callable[[LogLine], str] | None:
        if self._log_view is View.MOVED:
            return lambda line: line.head
        if self._log_times is Times.OFF:
            return None
        return lambda line: time_words(line, self._log_times, self.view.now, self.view.zone)

    # --- keys

    def action_log_view(self) -> None:
        views = list(View)
        self._log_view = views[(views.index(self._log_view) + 1) % len(views)]
        self.read_task()

    def action_jobs_problems(self) -> None:
        self._log_view = View.LOG
        self.task_reading.errors_only = not self.task_reading.errors_only
        self.read_task()

    def action_log_wrap(self) -> None:
        self._log_wraps = not self._log_wraps
        self._show_log()

    def action_log_times(self) -> None:
        self._log_times = self._log_times.after
        self._show_log()
        self.app.say(f"times of the log: {self._log_times.value}")

    def action_log_follow(self) -> None:
        self._log_follows = not self._log_follows
        task = self._shown_task
        if self._log_follows:
            self._log_view = View.LOG
            self.query_one(EventLog).action_first()
            over = task is not None and task.finished
            self.app.say("The task is over: nothing more comes." if over else "following: new lines come on top")
            self._read_newer()
        else:
            self.app.say("not following any more")
        self._show_log()

    def action_log_since(self) -> None:
        from globus_tui.screens.confirm import ask

        def take(since: timedelta | None) -> None:
            self._log_view, self._log_since = View.LOG, since
            self._show_log()
            self.read_on_at_the_end()

        def interval(typed: str) -> timedelta | None:
            return parse_interval(typed) if typed else None

        ask("Log since", ("How far back: 15 min, 2 hours, 3 days. Nothing shows all of it.", "", interval), then=take)

    # --- as a text

    def search_text(self, row: LogLine) -> str:
        return f"{row.words}\n{row.rest}"

    def left_out(self) -> str:
        return "Older lines were not read yet, so they are left out." if self._more_to_read() else ""

    def text_out(self) -> tuple[str, Sequence[str]]:
        head = self._head_words()
        lines = [f"{head(line) if head else ''}  {line.words}  {line.rest}".strip() for line in self._lines()]
        return f"{self._log_view.value}-{safe_name(self._task_id or self.run_key)}.txt", lines
