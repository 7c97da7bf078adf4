"""Narrowing a table of timers: the filter line, problems only, the order and the columns. A `JobOrder` has the rows."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from difflib import get_close_matches
from functools import partialmethod
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content

from globus_tui.domain.timer.filter import completions
from globus_tui.domain.timer.sorting import SortColumn
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import LineCommand, TimerScreen
from globus_tui.widgets.job_table import COLUMNS, TimerTable
from globus_tui.widgets.text_field import CompletingField, TextField

if TYPE_CHECKING:
    from globus_tui.screens.job_order import JobOrder
    from globus_tui.store.list_memory import SavedView

_OPTIONS = 8
"""Completions that are shown."""
COLUMN_OF = {column.value: column for column in SortColumn}


def _column_completions(typed: str) -> list[str]:
    before, _, last = typed.rpartition(" ") if " " in typed else typed.rpartition(",")
    begin, said = typed[: len(typed) - len(last)], before.replace(",", " ").split()
    return [f"{begin}{name}" for name in COLUMNS if name.startswith(last) and name not in said]


class Narrowing(TimerScreen):
    """For screens with one `TimerTable`, below a line `#narrowed` that says what narrows it."""

    _row_order: JobOrder
    _filter_field: TextField | None = None
    _chosen_columns: tuple[str, ...] = ()

    @abstractmethod
    def show_jobs(self) -> None:
        """Hand the rows in their order to the table."""

    def _remember(self) -> None:
        """Columns or order were chosen."""

    def look_by(self, view: SavedView) -> None:
        order = self._row_order
        order.column, order.descending = COLUMN_OF.get(view.order, SortColumn.HEALTH), view.descending
        then = ((COLUMN_OF.get(key.removeprefix("-")), key.startswith("-")) for key in view.then)
        order.then = tuple((column, turned) for column, turned in then if column is not None)
        self._chosen_columns = tuple(name for name in view.columns if name in COLUMNS)
        self.query_one(TimerTable).choose_columns(self._chosen_columns)

    def _known_names(self) -> dict[str, tuple[str, ...]]:
        """What may stand behind a key of the filter."""
        names = tuple(sorted(set(self.view.names.values()), key=str.casefold))
        return {"from": names, "to": names, "profile": (self.app.settings.profile,)}

    def line_commands(self) -> dict[str, LineCommand]:
        return {
            "filter": LineCommand(self._filter_by, self._completions),
            "sort": LineCommand(self._sort_by_name, lambda typed: [key for key in COLUMN_OF if key.startswith(typed)]),
            "columns": LineCommand(self._show_columns, _column_completions),
        }

    def _completions(self, typed: str) -> tuple[str, ...]:
        return completions(typed, self._known_names())

    def _narrowed_words(self) -> Content:
        """What narrows the list; while a filter is typed, what of it is not understood, or how it may go on."""
        order, problem = self._row_order, next(iter(self._row_order.problems), None)
        if problem is not None:
            return Content.styled(f" {safe_line(problem)}", "$text-error")
        if self._filter_is_open:
            options = self._completions(order.filter_text)
            begun = order.filter_text.rfind(" ") + 1
            words = "  ".join(option[begun:] for option in options[:_OPTIONS])
            rest = "  …" if len(options) > _OPTIONS and not self.view.ascii else ""
            return Content.styled(f" tab: {safe_line(words)}{rest}" if options else "", "$text-muted")
        problems = "problems only (! shows all)  " if order.problems_only else ""
        typed = f"filter: {safe_line(order.filter_text)}  (/ changes, esc clears)" if order.filter_text else ""
        return Content.styled(f" {problems}{typed}".rstrip(), "$text-accent")

    @on(TimerTable.HeaderClicked)
    def sort_by_clicked(self, clicked: TimerTable.HeaderClicked) -> None:
        if clicked.column_id in COLUMN_OF:
            self._sort_by(COLUMN_OF[clicked.column_id])

    def _sort_by(self, column: SortColumn) -> None:
        order = self._row_order
        order.descending = order.column is column and not order.descending
        order.column, order.then = column, ()
        self._remember()
        self.show_jobs()

    def _filter_by(self, typed: str) -> str | None:
        self._row_order.filter_text = typed
        self.show_jobs()
        return next(iter(self._row_order.problems), None)

    def _sort_by_name(self, typed: str) -> str | None:
        keys = [(COLUMN_OF.get(name.removeprefix("-")), name.startswith("-")) for name in typed.casefold().split(",")]
        known = [(column, turned) for column, turned in keys if column is not None]
        if len(known) < len(keys):
            return f"Write :sort and one or several of {', '.join(COLUMN_OF)}: :sort to,-next; - turns one round."
        order = self._row_order
        (order.column, order.descending), order.then = known[0], tuple(known[1:])
        self._remember()
        self.show_jobs()
        return None

    def _show_columns(self, typed: str) -> str | None:
        names = tuple(typed.casefold().replace(",", " ").split())
        wrong = next((name for name in names if name not in COLUMNS), None)
        if wrong is not None:
            near = get_close_matches(wrong, COLUMNS, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            return f"There is no column {wrong[:40]!r}{hint} There are {', '.join(COLUMNS)}."
        self._chosen_columns = names
        self.query_one(TimerTable).choose_columns(names)
        self._remember()
        self.app.say(f"columns: {', '.join(names)}" if names else "columns: the usual ones for this width")
        return None

    def _sort_beside(self, step: int) -> None:
        columns = list(COLUMN_OF.values())
        place = columns.index(self._row_order.column) + step
        self._sort_by(columns[place % len(columns)])

    action_jobs_sort_health = partialmethod(_sort_by, SortColumn.HEALTH)
    action_jobs_sort_name = partialmethod(_sort_by, SortColumn.NAME)
    action_jobs_sort_next = partialmethod(_sort_by, SortColumn.NEXT)
    action_jobs_sort_column = partialmethod(_sort_beside, 0)
    action_jobs_sort_left = partialmethod(_sort_beside, -1)
    action_jobs_sort_right = partialmethod(_sort_beside, 1)

    def action_jobs_problems(self) -> None:
        self._row_order.problems_only = not self._row_order.problems_only
        self.show_jobs()

    @property
    def _filter_is_open(self) -> bool:
        return self._filter_field is not None and self._filter_field.display

    async def action_jobs_filter(self) -> None:
        field = self._filter_field
        if field is None:
            field = CompletingField(
                self._completions, placeholder='words  "a phrase"  -not  or  ~abbr  health:fail  next:<2h', id="filter"
            )
            self._filter_field = field
            await self.mount(field, before="#narrowed")
        field.display = True
        field.value = self._row_order.filter_text
        self.set_focus(field)
        self.show_jobs()
        self._prepare_filter()

    @work(group="filter", exclusive=True)
    async def _prepare_filter(self) -> None:
        for _ in self._row_order.prepare(self.states, self.view):
            await asyncio.sleep(0)

    @on(TextField.Changed, "#filter")
    def narrow_the_list(self, changed: TextField.Changed) -> None:
        self._row_order.filter_text = changed.value
        self.show_jobs()

    @on(TextField.Submitted, "#filter")
    def keep_the_filter(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        self._close_filter()

    def _close_filter(self) -> None:
        self.app.unsay("filter")
        if self._filter_field is not None:
            self._filter_field.display = False
        self.query_one(TimerTable).focus()
        self.show_jobs()

    def _leave_filter(self) -> bool:
        """Unwind one level: the filter line, then the filter; False when there was none."""
        self.workers.cancel_group(self, "filter")  # else it goes on to make what is forgotten here
        order, typing = self._row_order, self._filter_is_open
        if not typing and not order.is_narrowed:
            return False
        order.filter_text, order.problems_only = "", order.problems_only and typing
        order.forget()
        if typing:
            self._close_filter()
        else:
            self.show_jobs()
        return True
