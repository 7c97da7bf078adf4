"""All timers at once: which need a person, why, and what runs next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content

from globus_tui.commands import EVERYWHERE, JOB_LIST, LIST_MOVES, MARKS, ONE_JOB, Command, bindings, key_words
from globus_tui.domain.job import JobId, JobStatus
from globus_tui.domain.sorting import Column
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.job_actions import JobActions, why_not
from globus_tui.screens.job_order import JobOrder
from globus_tui.store.freshness import FreshnessState
from globus_tui.widgets.job_preview import JobPreview
from globus_tui.widgets.job_summary import JobSummary
from globus_tui.widgets.job_table import SORTABLE, JobTable
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import ScreenResume

    from globus_tui.store.job_state import JobState

_LISTS_OWN = {one.command_id for one in (*LIST_MOVES, *MARKS)} | {"list.choose"}
_BACK = tuple(one for one in EVERYWHERE if one.command_id == "app.back")
"""Bound here too: a key that only the application binds never reaches the list's own way back."""
_RESTING = 0.15
"""Seconds without a move after which the preview follows the cursor: longer than between the keys of a held arrow."""
_COLUMNS = {name: Column[name.upper()] for name in SORTABLE}


class JobListScreen(TimerScreen, JobActions):
    """The timer list. Keeps no timers: rows are the application's states, in the order chosen here."""

    CSS_PATH = "job_list.tcss"
    ABOUT = (
        "One line for each timer, worst first. HEALTH is one word from four layers: the timer, its last run, "
        "the transfer task of that run, and the clock. Timers made together for weekdays or several times a day are "
        "one line, as 5x, and are acted on as one; the counts on top count each of them."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = JOB_LIST
    BINDINGS = [
        # Of keys that arrive together, those after the slash must find the focus moved: else they act on a timer.
        replace(one, priority=one.id == "jobs.filter")
        for one in bindings((*(one for one in JOB_LIST if one.command_id not in _LISTS_OWN), *_BACK))
    ]
    AUTO_FOCUS = "#jobs"

    def __init__(self) -> None:
        """Trouble first, nothing filtered, preview shown."""
        super().__init__()
        self._row_order = JobOrder()
        self._filter_field: TextField | None = None
        self._show_is_due = self._resize_is_due = self._rows_are_kept = False
        self._freshness_shown: tuple[object, ...] = ()
        self._cursor_clock: asyncio.TimerHandle | None = None
        self._previewed: tuple[object, object] = (None, None)

    def compose_middle(self) -> ComposeResult:
        """Counts, list, preview; the filter line comes when it is asked for."""
        yield JobSummary(id="summary")
        yield TextLine(id="narrowed")
        yield JobTable(id="jobs")
        yield JobPreview(lambda command_id: key_words(self.app.settings.keys, command_id), id="preview")

    def on_mount(self) -> None:
        """What is known already is drawn as soon as there is a size."""
        self.query_one("#narrowed").display = False

    # --- showing

    def watch_states(self) -> None:
        """Timers changed."""
        self._show_soon()

    def watch_view(self) -> None:
        """Time has passed, names came in, or the zone changed."""
        super().watch_view()
        self._show_soon()

    def watch_freshness(self) -> None:
        """How current the list is changed: the title says so, the rows only if they look different for it."""
        super().watch_freshness()
        if self._freshness_shown != self._what_rows_show_of_freshness():
            self._show_soon()

    def _what_rows_show_of_freshness(self) -> tuple[object, ...]:
        """After a refresh that brought nothing new it is the same as before, and nothing needs to be put in order."""
        now = self.freshness
        said_instead_of_rows = () if self.states else (now.problem, now.advice)
        return now.state, now.outdated, now.checked_at is None, said_instead_of_rows

    def on_resize(self) -> None:
        """Counts have words for narrow screens. Before the first frame one size is told several times."""
        if not self._resize_is_due:
            self._resize_is_due = True
            self.call_after_refresh(self._show_resized)

    def _compositor_refresh(self) -> None:
        """Textual's own: before the first frame nothing is worked out that would not be shown."""
        if self.app.first_frame_due:
            self._repaint_required = True
        else:
            super()._compositor_refresh()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Textual's own, which styles every widget anew: before the first frame all were styled a moment ago."""
        if self.app.first_frame_due:
            event.refresh_styles = False

    def _show_resized(self) -> None:
        self._resize_is_due = False
        self.show_jobs()
        self.app.draw_first_frame()

    def _show_soon(self) -> None:
        """Show once for everything that changed together."""
        if not self._show_is_due and self.is_mounted:
            self._show_is_due = True
            self.call_later(self.show_jobs)

    def show_jobs(self) -> None:
        """Hand the rows in their order to the table, and everything around it its words."""
        self._show_is_due = False
        if not self.is_mounted or not self.is_attached:
            return
        self._freshness_shown = self._what_rows_show_of_freshness()
        table = self.query_one("#jobs", JobTable)
        rows = self._row_order.rows(self.states, self.view, table.marked)
        table.folded = self._row_order.folded
        table.look_from(self.view)
        table.stale = self.freshness.state in (FreshnessState.STALE, FreshnessState.SIGNED_OUT, FreshnessState.CACHED)
        table.sorted_by = (self._row_order.column.name.lower(), self._row_order.descending)
        table.empty = self._empty_words()
        kept, self._rows_are_kept = self._rows_are_kept, self.freshness.state is FreshnessState.CACHED
        on_top = table.cursor_position == 0 and (kept or self._rows_are_kept)
        table.set_rows(rows, known=self.states)
        if on_top:  # nobody has chosen that row: the worst one is on top, not the one that was it in the last session
            table.action_first()
        self._show_around(len(rows) + sum(len(one.members) - 1 for one in table.folded.values()))
        self._show_cursor()

    def _show_around(self, shown: int) -> None:
        narrowed = self._row_order.narrowed
        summary = self.query_one("#summary", JobSummary)
        summary.show(self.app.store.count_words(), self.states, self.view, shown if narrowed else None)
        line = self.query_one("#narrowed", TextLine)
        line.display = narrowed and not self._filter_is_open
        problems = "problems only (! shows all)  " if self._row_order.problems_only else ""
        typed = f"filter: {safe_line(self._row_order.typed)}  (/ changes, esc clears)" if self._row_order.typed else ""
        line.left = Content.styled(f" {problems}{typed}", "$text-accent")

    def _empty_words(self) -> str:
        if self.states:
            return "Nothing matches.\nEscape clears the filter, ! shows all timers."
        if self.who is None:
            return "Nobody is signed in: S signs in."
        if self.freshness.checked_at is None:
            problem = self.freshness.problem
            return (
                f"No timers are known yet: {problem}\n{self.freshness.advice or ''}"
                if problem
                else "Asking Globus for your timers …"
            )
        return "Globus has no timers for you."

    def _show_cursor(self) -> None:
        """Preview and hints of the timer under the cursor."""
        table = self.query_one("#jobs", JobTable)
        previewed = table.cursor_row, self.view
        if any(one is not other for one, other in zip(previewed, self._previewed, strict=True)):
            self._previewed = previewed
            self.query_one("#preview", JobPreview).show(table.cursor_row, self.view)
        states, freshness = self.targets(), self.freshness.state
        commands = (one.command_id for one in ONE_JOB)
        hints = self.query_one(KeyHints)
        hints.unable = frozenset(one for one in commands if why_not(one, states, freshness))
        hints.reword()

    def words_of(self, command: Command) -> str:
        """Pause or resume, whichever the key would do now; and there is nothing to go back to but the shell."""
        if command.command_id == "app.back":
            return "Quit"
        if command.command_id != "job.pause-resume" or not self.is_mounted:
            return command.words
        states = self.targets()
        paused = states and all(one.job.status is JobStatus.INACTIVE for one in states)
        return "Resume" if paused else "Pause"

    def targets(self) -> tuple[JobState, ...]:
        """The marked timers, else the one under the cursor, or all of the group under it."""
        table = self.query_one("#jobs", JobTable)
        if table.marked:
            return tuple(state for job_id, state in self.states.items() if job_id in table.marked)
        row = table.cursor_row
        ids = [one.job_id for one in row.members] if row else []
        return tuple(self.states[job_id] for job_id in ids if job_id in self.states)

    # --- moving

    @on(JobTable.Highlighted)
    def show_what_is_under_the_cursor(self) -> None:
        """The cursor came to rest: at once for a single key, after the last one while keys follow one another."""
        if self._cursor_clock is None:
            self.call_after_refresh(self._show_cursor)  # the line first: it is what the key is answered with
        else:
            self._cursor_clock.cancel()
        # Not Textual's timer: that is a task for every key.
        self._cursor_clock = asyncio.get_running_loop().call_later(_RESTING, self.call_later, self._cursor_rests)

    def _cursor_rests(self) -> None:
        self._cursor_clock = None
        if self.is_attached:
            self._show_cursor()

    @on(JobTable.MarksChanged)
    def show_what_is_marked(self, changed: JobTable.MarksChanged) -> None:
        """Say how many are marked, and that some went."""
        self._show_cursor()
        gone = changed.dropped - self.app.deleted_here
        if changed.dropped and not gone:
            return
        lost = f"; {len(gone)} marked are gone" if gone else ""
        self.app.say(f"{len(changed.keys)} marked{lost}" if changed.keys or lost else "nothing marked")

    @on(JobTable.RowLost)
    def tell_of_the_lost_row(self, lost: JobTable.RowLost) -> None:
        """The timer under the cursor is not in the list any more, or went into the row of its group."""
        group = self._row_order.shown_together(JobId(str(lost.lost_key)))
        if group is not None and self.query_one("#jobs", JobTable).move_to(group.key):
            return
        hidden = self._row_order.narrowed or lost.lost_key in self.app.states  # by a filter, perhaps of a moment ago
        if not hidden and lost.lost_key not in self.app.deleted_here:
            self.app.say("The timer under the cursor is gone; the cursor went to the next one.", "warning")

    @on(JobTable.Chosen)
    def open_the_job(self, chosen: JobTable.Chosen) -> None:
        """Open the timer that was chosen; of a group the one that needs a person most, the others are beside it."""
        from globus_tui.screens.job_detail import JobDetailScreen

        table, job_id = self.query_one("#jobs", JobTable), JobId(str(chosen.key))
        order = tuple(one.job_id for row in table.rows for one in row.members)
        group = table.folded.get(job_id)
        self.app.open_screen(JobDetailScreen(group.worst.job_id if group else job_id, order))

    def action_jobs_unfold(self) -> None:
        """Show the timers of a group one by one, or as one row again."""
        table, order = self.query_one("#jobs", JobTable), self._row_order
        group = order.shown_together(JobId(str(table.cursor_key)))
        if group is None:
            self.app.say("This timer stands alone: there is nothing to unfold.", "warning")
        elif group.key in table.folded:
            order.unfolded.add(group.key)
            self.show_jobs()
        elif group.key in order.unfolded:
            order.unfolded.discard(group.key)
            table.move_to(group.key)  # first, so that the cursor is on no row that goes
            self.show_jobs()
        if group is not None and group.key not in (order.unfolded | table.folded.keys()):
            self.app.say(
                "Some of its timers are marked or hidden: they stay apart until all are or none is.", "warning"
            )

    def action_job_new(self) -> None:
        """Make a timer, or go on with a draft that was left."""
        from globus_tui.screens.create.opening import open_wizard

        open_wizard(self.app)

    # --- order and filter

    @on(JobTable.HeaderClicked)
    def sort_by_clicked(self, clicked: JobTable.HeaderClicked) -> None:
        """Sort by the column whose heading was clicked."""
        if clicked.column_id in _COLUMNS:
            self._sort_by(_COLUMNS[clicked.column_id])

    def _sort_by(self, column: Column) -> None:
        order = self._row_order
        order.descending = order.column is column and not order.descending
        order.column = column
        self.show_jobs()

    def action_jobs_sort_health(self) -> None:
        """Worst first."""
        self._sort_by(Column.HEALTH)

    def action_jobs_sort_name(self) -> None:
        """By name."""
        self._sort_by(Column.NAME)

    def action_jobs_sort_next(self) -> None:
        """What runs next first."""
        self._sort_by(Column.NEXT)

    def action_jobs_sort_column(self) -> None:
        """Turn the present order round."""
        self._sort_by(self._row_order.column)

    def action_jobs_sort_left(self) -> None:
        """Sort by the column left of the present one."""
        self._sort_beside(-1)

    def action_jobs_sort_right(self) -> None:
        """Sort by the column right of the present one."""
        self._sort_beside(1)

    def _sort_beside(self, step: int) -> None:
        columns = list(_COLUMNS.values())
        place = columns.index(self._row_order.column) + step
        self._sort_by(columns[place % len(columns)])

    def action_jobs_problems(self) -> None:
        """Only what needs a person, or everything again."""
        self._row_order.problems_only = not self._row_order.problems_only
        self.show_jobs()

    def action_jobs_preview(self) -> None:
        """Show or hide the preview."""
        preview = self.query_one("#preview")
        preview.set_class(not preview.has_class("-hidden"), "-hidden")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A slash typed into the filter is a slash."""
        if action == "jobs_filter" and self.focused is not None and self.focused.id == "filter":
            return False
        return super().check_action(action, parameters)

    @property
    def _filter_is_open(self) -> bool:
        return self._filter_field is not None and self._filter_field.display

    async def action_jobs_filter(self) -> None:
        """Open the filter line."""
        field = self._filter_field
        if field is None:
            field = TextField(placeholder="words, health:fail, from:, to:, why:, !not", id="filter")
            self._filter_field = field
            await self.mount(field, before="#narrowed")
        field.display = True
        field.value = self._row_order.typed
        self.set_focus(field)
        self.show_jobs()
        self.run_worker(self._prepare_filter(), group="filter", exclusive=True)

    async def _prepare_filter(self) -> None:
        for _ in self._row_order.prepare(self.states, self.view):
            await asyncio.sleep(0)

    @on(TextField.Changed, "#filter")
    def narrow_the_list(self, changed: TextField.Changed) -> None:
        """Filter as it is typed."""
        self._row_order.typed = changed.value
        self.show_jobs()

    @on(TextField.Submitted, "#filter")
    def keep_the_filter(self, submitted: TextField.Submitted) -> None:
        """Back to the list, the filter stays."""
        submitted.stop()
        self._close_filter()

    def _close_filter(self) -> None:
        if self._filter_field is not None:
            self._filter_field.display = False
        self.query_one("#jobs").focus()
        self.show_jobs()

    def action_app_back(self) -> None:
        """Unwind one level: the filter line, the filter, the marks; then ask to quit."""
        table = self.query_one("#jobs", JobTable)
        if self._filter_is_open:
            self._row_order.typed = ""
            self._close_filter()
        elif self._row_order.narrowed:
            self._row_order.typed, self._row_order.problems_only = "", False
            self.show_jobs()
        elif table.marked:
            table.action_clear_marks()
        else:
            self.app.action_app_back()
