"""The keys of a run's log: which part of it is shown and how. The screen reads; this says what to read and to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.typed_intervals import parse_interval
from globus_tui.present.event_rows import Times, time_words
from globus_tui.present.log_lines import moved_lines, skipped_lines
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.searching import Searching
from globus_tui.screens.taking_out import TakingOut, safe_name
from globus_tui.screens.task_reading import TaskReading, View
from globus_tui.widgets.event_log import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from globus_tui.domain.task import Task
    from globus_tui.present.log_lines import LogLine


class LogKeys(Searching, TakingOut, TimerScreen):
    """For the screen of a run, which has an `EventLog`."""

    run_key: str

    def __init__(self) -> None:
        """All of the log, with date and time, cut at the edge."""
        super().__init__()
        self._task_reading = TaskReading()
        self._log_view = View.LOG
        self._log_wraps = False
        self._log_times = Times.ABSOLUTE
        self._log_follows = False
        self._log_since: timedelta | None = None

    @property
    def _task_id(self) -> str | None:
        raise NotImplementedError

    @property
    def _shown_task(self) -> Task | None:
        raise NotImplementedError

    def _read(self) -> None:
        raise NotImplementedError

    def _read_newer(self) -> None:
        raise NotImplementedError

    def _show_log(self) -> None:
        raise NotImplementedError

    def read_on_at_the_end(self) -> None:
        """Read the next page when the cursor is on the last line."""
        raise NotImplementedError

    # --- what is shown

    def _more_to_read(self) -> bool:
        """There is another page, and it may have what is asked for: nothing before `since` is."""
        reading, start = self._task_reading, self._start_of_log()
        if self._log_view is View.LOG and start is not None and reading.events:
            oldest = reading.events[-1].moment
            if oldest is not None and oldest < start:
                return False
        return reading.more(self._log_view)

    def _start_of_log(self) -> datetime | None:
        return self.view.now - self._log_since if self._log_since is not None else None

    def _lines(self) -> Sequence[LogLine]:
        reading = self._task_reading
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
        """Go on to the next of log, skipped files and moved files."""
        views = list(View)
        self._log_view = views[(views.index(self._log_view) + 1) % len(views)]
        self._read()

    def action_jobs_problems(self) -> None:
        """Only errors of the log, or all of it."""
        self._log_view = View.LOG
        self._task_reading.errors_only = not self._task_reading.errors_only
        self._read()

    def action_log_wrap(self) -> None:
        """Break long lines, or cut them."""
        self._log_wraps = not self._log_wraps
        self._show_log()

    def action_log_times(self) -> None:
        """Date and time, how long ago, none."""
        self._log_times = self._log_times.after
        self._show_log()
        self.app.say(f"times of the log: {self._log_times.value}")

    def action_log_follow(self) -> None:
        """Stay on the newest line, or no longer."""
        self._log_follows = not self._log_follows
        task = self._shown_task
        if self._log_follows:
            self._log_view = View.LOG
            self.query_one(EventLog).move_to_newest()
            over = task is not None and task.finished
            self.app.say("The task is over: nothing more comes." if over else "following: new lines come on top")
            self._read_newer()
        else:
            self.app.say("not following any more")
        self._show_log()

    def action_log_since(self) -> None:
        """Ask how far back the log is shown."""
        from globus_tui.screens.ask import Ask

        def take(answer: str | None) -> None:
            if answer is not None:
                self._log_view = View.LOG
                self._log_since = parse_interval(answer) if answer else None
                self._show_log()
                self.read_on_at_the_end()

        sentences = ("How far back: 15 min, 2 hours, 3 days. Nothing shows all of it.",)
        self.app.push_screen(Ask("Log since", sentences, check=_check_since), take)

    # --- as a text

    @property
    def search_list(self) -> EventLog:
        """The lines below."""
        return self.query_one(EventLog)

    def search_text(self, row: LogLine) -> str:
        """What happened, and the details."""
        return f"{row.words}\n{row.rest}"

    def set_needle(self, needle: str) -> None:
        """Set it off."""
        self.search_list.set_needle(needle)

    def left_out(self) -> str:
        """Pages that were not read."""
        return "Older lines were not read yet, so they are left out." if self._more_to_read() else ""

    def text_out(self) -> tuple[str, Sequence[str]]:
        """What was read of the present view, a line each."""
        head = self._head_words()
        lines = [f"{head(line) if head else ''}  {line.words}  {line.rest}".strip() for line in self._lines()]
        return f"{self._log_view.value}-{safe_name(self._task_id or self.run_key)}.txt", lines


def _check_since(typed: str) -> None:
    if typed:
        parse_interval(typed)
