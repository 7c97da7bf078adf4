"""Start at once what a timer does: asked how, then handed in; the task is followed on a screen of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.making.run_now import RunChoice
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.present import moments
from globus_tui.present.transfer_words import DELETES_EXTRA
from globus_tui.widgets.page import Question, bound
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from globus_tui.domain.timer.job import Job
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState


_SOON = 3600


def overlap_words(job: Job, *, running: bool, now: datetime) -> str | None:
    """Words for another run that is under way or near; None when there is none."""
    if running:
        return "WARN a run of it is in progress: both would write to the same place."
    coming = job.next_run if isinstance(job.schedule, RecurringSchedule) else None
    if coming is not None and not job.stands_still and 0 <= (coming - now).total_seconds() < _SOON:
        return f"WARN its next run begins {moments.relative_words(coming, now)}, maybe before this one ends."
    return None


USUAL_TEST = 10
_MOST_FILES = 1000


class RunNow(Question[tuple[RunChoice, int]]):
    """How to start it; gives the way and, for a test, how many files. Enter alone starts nothing."""

    app: Console  # type: ignore[assignment]  # the application fulfils it

    BINDINGS: ClassVar = bound("q cancel; f full; t test; o timer")
    DEFAULT_CSS = "RunNow #files { width: 6; display: none; }"
    AUTO_FOCUS = ""

    def __init__(self, state: JobState, *, running: bool) -> None:
        """Ask about a timer; `running`: a run of it is in progress."""
        super().__init__(classes="-danger" if _deletes(state) else "")
        self.question = f"Run {state.job.label} now?"
        self._now_state = state
        self._now_running = running

    def compose_sheet(self) -> ComposeResult:
        job = self._now_state.job
        warning = overlap_words(job, running=self._now_running, now=self.app.store.now())
        if warning:
            yield self.line(warning, "$text-warning")
        if _deletes(self._now_state):
            yield self.line(f"DANGER {DELETES_EXTRA}", "$text-error")
        yield self.line("The timer itself and its counters stay as they are.")
        if job.transfer is not None:
            yield _way("f", "in full: hand in the same transfer now")
            yield _way("t", f"a test with the first {USUAL_TEST} files or another number; deletes nothing")
        yield _way("o", "a timer that runs once, now: it starts with the timer's own consents")
        yield TextField(str(USUAL_TEST), id="files")
        yield Static(Content.styled(" Cancel (Escape) ", "reverse"), classes="sheet-answer", id="answer-line")

    def action_full(self) -> None:
        if self._now_state.job.transfer is not None:
            self.dismiss((RunChoice.FULL, 0))

    def action_timer(self) -> None:
        self.dismiss((RunChoice.ONE_SHOT, 0))

    def action_test(self) -> None:
        if self._now_state.job.transfer is None:
            return
        field = self.query_one("#files", TextField)
        field.display = True
        field.focus()
        self.query_one("#answer-line", Static).update("How many files? Enter starts the test, Escape cancels.")

    @on(TextField.Submitted, "#files")
    def take_number(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        typed = submitted.value.strip()
        if typed.isascii() and typed.isdecimal() and 0 < int(typed[:6]) <= _MOST_FILES:
            self.dismiss((RunChoice.TEST, int(typed)))
        else:
            self.refuse("#answer-line", f"Write a number from 1 to {_MOST_FILES}.")


def _way(key: str, words: str) -> Static:
    return Static(Content.assemble((f"  {key}  ", "bold $primary"), words))


def _deletes(state: JobState) -> bool:
    return state.job.transfer is not None and state.job.transfer.delete_destination_extra is True
