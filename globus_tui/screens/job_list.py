"""All timers at once: which need a person, why, and what runs next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar

from textual import on

from globus_tui.commands import JOB_LIST, LIST_MOVES, SHOWN_OTHERWISE, Command, key_words
from globus_tui.domain.timer.job import JobId
from globus_tui.screens.base import LineCommand
from globus_tui.screens.job_actions import JobActions
from globus_tui.screens.job_order import JobOrder
from globus_tui.screens.narrowing import Narrowing
from globus_tui.store.list_memory import VIEWS, SavedView
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.rows import counts
from globus_tui.widgets.job_preview import JobPreview, JobSummary
from globus_tui.widgets.job_table import JobTable
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual.app import ComposeResult
    from textual.events import Key, ScreenResume

    from globus_tui.store.rows import Row

_LONG, _RESTING_MOST = 0.02, 0.4
"""Seconds of showing thousands of rows, after which their next changes wait for a moment."""
_RESTING = 0.15
"""Seconds without a move after which the preview follows the cursor: longer than between the keys of a held arrow."""


class JobListScreen(Narrowing, JobActions):
    """The timer list. Keeps no timers: rows are the application's states, in the order chosen here."""

    ABOUT = (
        "One line for each timer, worst first. HEALTH is one word from four layers: the timer, its last run, "
        "the transfer task of that run, and the clock. Timers made together for weekdays or several times a day are "
        "one line, as 5x, and are acted on as one; so are five or more that one cause hits (enter or z shows each). "
        "The counts on top count each of them."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = JOB_LIST
    AUTO_FOCUS = "#jobs"

    def __init__(self) -> None:
        """Trouble first, nothing filtered, preview shown."""
        super().__init__()
        self._row_order = JobOrder()
        self._show_is_due = self._resize_is_due = self._rows_are_kept = False
        self._show_not_before = 0.0
        self._cursor_inside: tuple[Hashable, Hashable] | None = None
        self._filtered_by = ("", False)
        self._freshness_shown: tuple[object, ...] = ()
        self._cursor_clock: asyncio.TimerHandle | None = None
        self._previewed: tuple[object, object] = (None, None)
        self._shown_rows: Sequence[Row] = ()
        self._marks_are_done = False

    def compose_middle(self) -> ComposeResult:
        yield JobSummary(id="summary")
        yield TextLine(id="narrowed")
        yield JobTable(id="jobs")
        yield JobPreview(self.key_of, id="preview")

    @property
    def table(self) -> JobTable:
        return self.query_one("#jobs", JobTable)

    def on_mount(self) -> None:
        self._row_order.profile = self.app.settings.profile
        memory = self.app.list_memory
        first = memory.views.get(memory.default or 0)
        self._look_by(first or replace(memory.last, filter=""))
        self.query_one("#narrowed").display = False

    # --- showing

    def watch_states(self) -> None:
        self._show_soon()

    def watch_view(self) -> None:
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

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Textual styles every widget anew after this: before the first frame all were styled a moment ago."""
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
            loop = asyncio.get_running_loop()
            if loop.time() < self._show_not_before:
                loop.call_at(self._show_not_before, self.call_later, self._show_due)
            else:
                self.call_later(self._show_due)

    def _show_due(self) -> None:
        """Where that takes long, keys come first: thousands of changes are told of one by one."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self.show_jobs()
        took = loop.time() - begun
        self._show_not_before = begun + min(_RESTING_MOST, 5 * took) if took > _LONG else 0.0

    def show_jobs(self) -> None:
        self._show_is_due = False
        if not self.is_mounted or not self.is_attached:
            return
        self._freshness_shown = self._what_rows_show_of_freshness()
        table = self.table
        rows = self._row_order.rows(self.states, self.view, table.marked)
        table.look_from(self.view)  # draws the rows of before, of which some may be gone by now
        table.folded_groups, table.states = self._row_order.folded_groups, self.states
        table.stale = self.freshness.is_old
        table.sorted_by = (self._row_order.column.name.lower(), self._row_order.descending)
        table.empty = self._empty_words()
        kept, self._rows_are_kept = self._rows_are_kept, self.freshness.state is FreshnessState.CACHED
        on_top = table.cursor_position == 0 and (kept or self._rows_are_kept)
        before = table.cursor_key
        table.set_rows(rows, known=self.states)
        self._stay_on(table, before)
        filtered, self._filtered_by = self._filtered_by, (self._row_order.filter_text, self._row_order.problems_only)
        hidden = (
            filtered != self._filtered_by and self._cursor_inside is None and before not in (None, table.cursor_key)
        )
        if on_top or hidden:  # nobody has chosen that row: the best answer to a filter, as the worst timer, is on top
            table.action_first()
        self._shown_rows = rows
        self._show_around()
        self._show_cursor()

    def _stay_on(self, table: JobTable, before: Hashable) -> None:
        """A timer that a group or an outage took in is where its row is; let go, it is under the cursor."""
        target = self._cursor_inside[1] if self._cursor_inside and before == self._cursor_inside[0] else before
        self._cursor_inside = None
        if target is None or target == table.cursor_key or table.move_to(target):
            return
        around = self._row_order.shown_together(JobId(str(target)))
        if around is not None and table.move_to(around.key):
            self._cursor_inside = around.key, target

    def _show_around(self) -> None:
        self._show_counts()
        line = self.query_one("#narrowed", TextLine)
        line.left = self._narrowed_words()
        line.display = bool(line.left.plain)

    def _show_counts(self) -> None:
        """How many there are of each health word; of those that a filter leaves, where there is one."""
        totals, of = self.app.store.count_words(), None
        if self._row_order.is_narrowed and totals is not None:
            of = sum(totals.values())
            totals = counts(self._row_order.single(self._shown_rows, self.states))
        summary = self.query_one("#summary", JobSummary)
        summary.show(totals, self.states, self.view, of, *self._marks_count(), self.states.under_way)

    def _empty_words(self) -> str:
        if self.states:
            return "Nothing matches.\nEscape clears the filter, ! shows all timers."
        if self.who is None:
            return "Nobody is signed in: S signs in."
        if self.freshness.checked_at is None:
            problem, advice = self.freshness.problem, self.freshness.advice or ""
            return f"No timers are known yet: {problem}\n{advice}" if problem else "Asking Globus for your timers …"
        return "Globus has no timers for you."

    def _show_cursor(self) -> None:
        state = self.table.cursor_state
        previewed = state, self.view
        if any(new is not old for new, old in zip(previewed, self._previewed, strict=True)):
            self._previewed = previewed
            self.query_one("#preview", JobPreview).show(state, self.view)
        hints = self.query_one(KeyHints)
        hints.unable = self.unable()
        hints.reword()

    def words_of(self, command: Command) -> str:
        """There is nothing to go back to but the shell."""
        return "Quit" if command.command_id == "app.back" else super().words_of(command)

    def target_ids(self) -> Sequence[JobId]:
        """The marked timers, else the one under the cursor, or all of the group under it."""
        table, marked = self.table, self.table.marked
        if marked:
            return [job_id for job_id in self.states if job_id in marked]
        row = table.cursor_row
        return () if row is None else [job_id for job_id in table.ids_of(row) if job_id in self.states]

    @property
    def marking(self) -> bool:
        return bool(self.table.marked)

    @property
    def marked_elsewhere(self) -> bool:
        table = self.table
        row = table.cursor_row
        return self.marking and (row is None or table.marked.isdisjoint(table.ids_of(row)))

    def narrowed_to(self) -> frozenset[JobId] | None:
        """The timers that a filter leaves; None while all are shown."""
        return frozenset(self.table.job_ids) if self._row_order.is_narrowed else None

    def hidden_targets(self) -> frozenset[JobId]:
        if not (marked := self.table.marked) or not self._row_order.is_narrowed:
            return frozenset()
        shown = set(self.table.job_ids)
        return frozenset(key for key in self.states if key in marked and key not in shown)

    def action_over(self, job_ids: frozenset[JobId], failed: frozenset[JobId]) -> None:
        """The marks have done their work; those stay for which it did not work."""
        marked, over = self.table.marked, job_ids - failed
        self._marks_are_done = bool(marked & over)
        self.table.set_marks(marked - over)

    def _marks_count(self) -> tuple[int, int]:
        marked = self.table.marked
        return (len(self.states.rows.keys() & marked), len(self.hidden_targets())) if marked else (0, 0)

    # --- moving

    @on(JobTable.Highlighted)
    def show_what_is_under_the_cursor(self) -> None:
        """The cursor came to rest: at once for a single key, after the last one while keys follow one another."""
        self.app.unsay("cursor")
        if self._cursor_clock is None:
            self._show_cursor()  # in the same frame as the line: a second one costs as much as the first
        else:
            self._cursor_clock.cancel()
        # Not Textual's timer: that is a task for every key.
        self._cursor_clock = asyncio.get_running_loop().call_later(_RESTING, self.call_later, self._cursor_rests)

    def _cursor_rests(self) -> None:
        self._cursor_clock = None
        if self.is_attached and self.table.cursor_state is not self._previewed[0]:
            self._show_cursor()

    @on(JobTable.MarksChanged)
    def show_what_is_marked(self, changed: JobTable.MarksChanged) -> None:
        self._show_cursor()
        self._show_counts()
        done, self._marks_are_done = self._marks_are_done, False
        dropped = changed.dropped - self.app.deleted_here
        if not dropped and (done or changed.dropped):
            return  # what became of the action is said already
        lost = f"; {len(dropped)} marked are gone" if dropped else ""
        self.app.say(f"{len(changed.keys)} marked{lost}" if changed.keys or lost else "nothing marked")

    @on(JobTable.RowLost)
    def tell_of_the_lost_row(self, lost: JobTable.RowLost) -> None:
        """The timer under the cursor is not in the list any more, or went into the row of its group."""
        if self._row_order.shown_together(JobId(str(lost.lost_key))) is not None:
            return
        hidden = self._row_order.is_narrowed or lost.lost_key in self.app.states  # by a filter, perhaps of a moment ago
        if not hidden and lost.lost_key not in self.app.deleted_here:
            self.app.say("The timer under the cursor is gone; the cursor went to the next one.", "warning")

    @on(JobTable.Chosen)
    def open_the_job(self, chosen: JobTable.Chosen) -> None:
        """Open the timer that was chosen; of a group the one that needs a person most, the others are beside it."""
        from globus_tui.screens.job_detail import JobDetailScreen

        table, job_id = self.table, JobId(str(chosen.key))
        group = table.folded_groups.get(job_id)
        if group is not None and group.outage:
            self.action_jobs_unfold()
        else:
            first = group.worst.job_id if group else job_id
            self.app.open_screen(JobDetailScreen(first, tuple(table.job_ids)))

    def action_jobs_unfold(self) -> None:
        table, order = self.table, self._row_order
        group = order.shown_together(JobId(str(table.cursor_key)))
        if group is None:
            self.app.say("This timer stands alone: there is nothing to unfold.", "warning", about="cursor")
            return
        if group.key in table.folded_groups:
            order.unfolded_keys.add(group.key)
        elif group.key in order.unfolded_keys:
            order.unfolded_keys.discard(group.key)
            table.move_to(group.key)  # first, so that the cursor is on no row that goes
        self.show_jobs()
        if group.key not in (order.unfolded_keys | table.folded_groups.keys()):
            self.tell("Some of its timers are marked or hidden: they stay apart until all are or none is.")

    def action_job_new(self) -> None:
        from globus_tui.screens.create.opening import open_wizard

        open_wizard(self.app)

    # --- views, columns, pins

    def _look_by(self, view: SavedView) -> None:
        self._row_order.filter_text = view.filter
        self._row_order.pins = self.table.pins = tuple(self.app.list_memory.pins)
        self.look_by(view)

    def _remember(self) -> None:
        """Columns and order are as they were left, at the next start."""
        memory = self.app.list_memory
        now = self._view_now()
        if replace(now, filter="") != memory.last:
            memory.last = replace(now, filter="")
            memory.save()

    def _view_now(self) -> SavedView:
        order = self._row_order
        then = tuple(f"{'-' if turned else ''}{column.name.lower()}" for column, turned in order.then)
        return SavedView(order.filter_text, self._chosen_columns, order.column.name.lower(), order.descending, then)

    def line_commands(self) -> dict[str, LineCommand]:
        numbers = [str(number) for number in self.app.list_memory.views]
        return {
            **super().line_commands(),
            "impact": LineCommand(self._impact_of, self._collection_names),
            "view": LineCommand(self._open_view, lambda typed: [view for view in numbers if view.startswith(typed)]),
            "save-view": LineCommand(
                self._save_view, lambda typed: [f"{number} default" for number in typed.split()[:1] if number.isdigit()]
            ),
        }

    def _impact_of(self, typed: str) -> str | None:
        from globus_tui.screens.impact import open_impact

        return open_impact(self.app, typed)

    def _collection_names(self, typed: str) -> list[str]:
        return [name for name in self._known_names()["to"] if name.casefold().startswith(typed.casefold())]

    def _open_view(self, typed: str) -> str | None:
        view = self.app.list_memory.views.get(int(typed)) if typed.isdecimal() and len(typed) == 1 else None
        if view is None:
            key = self.key_of("jobs.save-view")
            return f"There is no view {typed[:20] or 'without a number'}: {key} keeps what is shown as one."
        self._look_by(view)
        self._row_order.problems_only = False
        self.show_jobs()
        self._remember()
        words = f"filter {view.filter}" if view.filter else "all timers"
        self.app.say(f"view {typed}: {words}, by {view.order}{' turned round' if view.descending else ''}")
        return None

    def _save_view(self, typed: str) -> str | None:
        number, _, rest = typed.partition(" ")
        if number not in map(str, range(1, VIEWS + 1)) or rest.strip() not in ("", "default"):
            return "Write :save-view and a number from 1 to 9; with default behind it, the list begins with it."
        memory = self.app.list_memory
        memory.views[int(number)] = self._view_now()
        if rest.strip():
            memory.default = int(number)
        elif memory.default == int(number):
            memory.default = None
        wrong = memory.save()
        key = self.key_of(f"jobs.view-{number}")
        self.app.say(f"kept as view {number}: {key} shows it{', and so does every start' if rest.strip() else ''}")
        return wrong

    async def action_jobs_save_view(self) -> None:
        await self.app.open_command_line("save-view ")

    def _press_view(self, number: str) -> None:
        if (wrong := self._open_view(number)) is not None:
            self.app.say(wrong, "warning")

    def action_jobs_facets(self) -> None:
        from globus_tui.screens.facets import FacetsScreen

        rows = tuple(self._row_order.single(self._shown_rows, self.states))
        typed = self._row_order.filter_text
        self.app.open_screen(FacetsScreen(rows, lambda facet: self._filter_by(f"{typed} {facet}".strip())))

    def action_jobs_everybody(self) -> None:
        from globus_tui.screens.everybody import EverybodyScreen

        if self.app.host.others is None:
            self.app.say("There is only this profile here.", "warning")
        else:
            self.app.open_screen(EverybodyScreen(self.app.host.others))

    def action_jobs_pin(self) -> None:
        table, memory = self.table, self.app.list_memory
        row = table.cursor_row
        if row is None:
            self.app.say("There is no timer under the cursor.", "warning", about="cursor")
            return
        pinned = row.key in memory.pins
        memory.pins = [pin for pin in memory.pins if pin != row.key] + ([] if pinned else [row.key])
        self._row_order.pins = table.pins = tuple(memory.pins)
        self.show_jobs()
        table.reformat()
        stays = "pinned: it stays on top, also after a restart"
        self.app.say(memory.save() or ("let go: it stands where the order puts it" if pinned else stays))

    def action_jobs_preview(self) -> None:
        preview = self.query_one("#preview")
        preview.set_class(not preview.has_class("-hidden"), "-hidden")

    def begins_a_word(self, key: Key) -> bool:
        """Letters of the list, but for those that move the cursor or show the timers in another way."""
        keys = self.app.settings.keys
        at_once = SHOWN_OTHERWISE.union(command.command_id for command in LIST_MOVES)
        return (
            isinstance(self.focused, JobTable)
            and key.character is not None
            and key.character.isalpha()
            and not any(key.key in keys[command_id].split(",") for command_id in at_once)
        )

    async def take_word(self, keys: Sequence[Key]) -> None:
        """A word was typed without a slash: offer it as a filter, where nothing can happen by it."""
        word = "".join(key.character or "" for key in keys)
        await self.action_jobs_filter()
        if self._filter_field is not None:
            self._filter_field.value = word
            self._filter_field.cursor_position = len(word)
        back = key_words(self.app.settings.keys, "app.back", all_keys=True).split()[-1]
        words = f"“{word}” was typed without / and changed no timer: Enter keeps it as a filter, {back} forgets it."
        self.app.say(words, "warning", about="filter")

    def action_app_back(self) -> None:
        """Unwind one level: the filter line, the filter, the marks; then ask to quit."""
        table = self.table
        if self._leave_filter():
            return
        if table.marked:
            table.action_clear_marks()
        else:
            self.app.action_app_back()


for _number in range(1, VIEWS + 1):  # nine commands with one meaning
    setattr(JobListScreen, f"action_jobs_view_{_number}", partialmethod(JobListScreen._press_view, str(_number)))
