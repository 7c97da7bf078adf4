"""One timer: how it is, when it runs, what it moves, and what became of its runs."""

from __future__ import annotations

from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from globus_tui.commands import JOB_DETAIL, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present import detail_words, moments
from globus_tui.present.timer_facts import compact_facts, schedule_facts, what_facts
from globus_tui.screens.base import OneTimerScreen
from globus_tui.screens.job_actions import JobActions
from globus_tui.screens.searching import Searching
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.themes import sheets
from globus_tui.widgets.banner import Banner
from globus_tui.widgets.facts import Facts
from globus_tui.widgets.job_past import JobPast, PastReading, RunHistory
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from globus_tui.domain.timer.job import JobId
    from globus_tui.present.health_words import Case

ROOMY = 45
"""From this height on every option is listed."""


class JobDetailScreen(Searching, OneTimerScreen, JobActions):
    CSS = sheets("screens/job_detail.tcss")
    ABOUT = (
        "One timer with its past. A line for each run and each tick at which nothing ran: - is something that "
        "cannot be there, ? something that is not known."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = JOB_DETAIL
    AUTO_FOCUS = "#runs"

    def __init__(self, job_id: JobId, order: Sequence[JobId] = ()) -> None:
        """Make the screen. `order`: the timers of the list in its order, for going to the one before and after."""
        super().__init__(job_id)
        self._list_order = tuple(order)
        self._past_reading = PastReading()

    def compose_middle(self) -> ComposeResult:
        yield Static(id="gone", markup=False)
        yield Banner(self.key_of, id="banner")
        with Horizontal(id="panels"):
            yield Facts(id="schedule")
            yield Facts(id="what")
        yield Facts(id="compact")
        yield self.search_field()
        yield JobPast(self.key_of, id="past")

    def on_mount(self) -> None:
        self.query_one("#schedule").border_title = "Schedule"
        self.query_one("#what").border_title = "What"
        self.show_job()
        self._read()

    def on_unmount(self) -> None:
        """Its document and older runs need not be kept; the reading under way is cancelled with the screen."""
        self.app.store.details.close(self.job_id)

    # --- reading

    def _read(self) -> None:
        state = self.app.store.states.get(self.job_id)
        if state is not None and not state.job.has_own_id:
            return  # there is nothing to ask for by
        self._past_reading.busy = True
        self._read_runs(older=False)

    @work(group="detail", exclusive=True)
    async def _read_runs(self, *, older: bool) -> None:
        details, past = self.app.store.details, self._past_reading
        try:
            if older:
                past.more, past.problem = await details.load_more_runs(self.job_id), None
            else:
                detail = await details.load_detail(self.job_id)
                past.more, past.problem = detail.more, detail.partial
        except GlobusTuiError as error:
            past.problem = str(error)
            if not older:
                self.offer_consent(error, "To read this timer", self._read)
        past.busy = False
        self.show_job()

    def action_runs_more(self) -> None:
        if self._past_reading.busy:
            self.app.say("The runs are being read; wait a moment.")
        elif self._past_reading.more is False:
            self.app.say("These are all runs that Globus keeps.")
        else:
            self._read_more()

    def action_runs_plot(self) -> None:
        """The runs that are known over time, as many as fit, and which of them are unusual."""
        from globus_tui.screens.show_text import BareText

        state, view, room = self.state, self.view, self.size.width - 14
        plotted = detail_words.plots(state.job, view.tasks, room, ascii_only=view.ascii) if state else []
        if state is None or not plotted:
            self.app.say("Fewer than five runs are known: nothing can be called usual.", "warning")
            return
        lines = [line for name, drawn, words in plotted for line in (f"{name:<7} {drawn}", f"{'':<7} {words}", "")]
        odd, ran = detail_words.odd_runs(state.job, view.tasks), {run.key: run.ran_at for run in state.job.runs}
        for key, words in odd.items():
            lines.append(f"{moments.date_time(at, view.now, view.zone) if (at := ran[key]) else '?'}: {words}")
        if not odd:
            lines.append("No run took three times as long as usual, or moved a tenth of the usual files.")
        self.app.push_screen(BareText("\n".join(lines)))

    def _read_more(self) -> None:
        self._past_reading.busy = True
        self._show_past()
        self._read_runs(older=True)

    @on(RunHistory.Highlighted)
    def read_on_at_the_end(self) -> None:
        runs = self.query_one(RunHistory)
        at_end = runs.cursor_position == len(runs.rows) - 1 > 0
        if at_end and self._past_reading.more and not self._past_reading.busy and self._past_reading.problem is None:
            self._read_more()

    # --- showing

    def watch_states(self) -> None:
        self.show_job()

    def watch_view(self) -> None:
        super().watch_view()
        self.show_job()

    def watch_freshness(self) -> None:
        """After a failure, try again once Globus answers again."""
        super().watch_freshness()
        if self.is_mounted and self._past_reading.problem and self.freshness.state is FreshnessState.FRESH:
            self._read()
        self.show_job()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_job)

    def show_job(self) -> None:
        if not self.is_mounted or not self.is_attached:
            return
        state = self.state
        self.set_class(state is None, "-gone")
        self.set_class(self.view.ascii, "-ascii")
        if state is None:
            self._show_gone()
            return
        case = case_of(state, self.view)
        self.query_one(Banner).show(case, state.pending.doing.value if state.pending else None)
        self._show_facts(case)
        self._show_past()
        self._show_hints()
        self.show_title()

    def _show_facts(self, case: Case) -> None:
        in_full = self.size.height >= ROOMY
        rows = {
            "#schedule": schedule_facts(case, fires=10 if in_full else 3),
            "#what": what_facts(case, self.app.store.collections, items=12 if in_full else 3, in_full=in_full),
            "#compact": compact_facts(case),
        }
        for selector, facts in rows.items():
            panel = self.query_one(selector, Facts)
            panel.ascii_only, panel.rows = self.view.ascii, facts
        side_by_side = self.has_class("-wide") and self.has_class("-high")
        pair = (self.query_one("#schedule", Facts), self.query_one("#what", Facts)) if side_by_side else ()
        least = max((facts.wanted_height for facts in pair), default=0)
        for selector in ("#schedule", "#what"):
            self.query_one(selector, Facts).least_height = least

    def _show_gone(self) -> None:
        known = self.freshness.checked_at is not None
        words = detail_words.GONE if known else detail_words.NOT_READ
        back = self.key_of("app.back")
        self.query_one("#gone", Static).update(
            Content.assemble((words, "bold"), "\n\n", (back, "bold $primary"), "  back")
        )
        self._show_hints()
        self.show_title()

    def _show_past(self) -> None:
        state = self.state
        if state is not None:
            self.query_one(JobPast).show(state, self.view, self._past_reading, stale=self.freshness.is_old)

    def _show_hints(self) -> None:
        hints = self.query_one(KeyHints)
        hints.unable = self.unable()
        hints.reword()

    # --- commands

    @on(RunHistory.Chosen)
    def open_the_run(self, chosen: RunHistory.Chosen) -> None:
        row = self.query_one(RunHistory).cursor_row
        if row is None or row.key != chosen.key:
            return
        if row.run is None:
            self.app.say(detail_words.unopened_words(row, self.view.now, self.view.zone), "warning")
            return
        from globus_tui.screens.run_detail import RunDetailScreen

        self.app.open_screen(RunDetailScreen(self.job_id, row.run.key))

    def action_job_go_back(self) -> None:
        """Undo an edit, or a kept hour: the timer that this one replaced takes its place again."""
        if (state := self.state) is not None:
            self.app.go_back(state)

    def action_job_fires(self) -> None:
        from globus_tui.screens.fires import FiresScreen

        self.app.open_screen(FiresScreen(self.job_id))

    def _go(self, step: int) -> None:
        order = [key for key in self._list_order or tuple(self.states) if key in self.states or key == self.job_id]
        place = order.index(self.job_id) + step if self.job_id in order else -1
        if not 0 <= place < len(order):
            self.app.say("This is the first timer of the list." if step < 0 else "This is the last timer of the list.")
            return
        self.app.store.details.close(self.job_id)
        self.job_id = order[place]
        self._past_reading = PastReading()
        self.query_one(RunHistory).set_rows(())
        self._read()
        self.show_job()

    action_job_previous = partialmethod(_go, -1)
    action_job_next = partialmethod(_go, 1)
