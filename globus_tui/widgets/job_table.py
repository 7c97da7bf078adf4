"""The list of timers: one row each, health first, and why in plain words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from globus_tui.domain.history import task_of
from globus_tui.present import health_words, marks, moments, schedule_words
from globus_tui.present.health_words import Case
from globus_tui.store.group_state import GroupState
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.job import JobId
    from globus_tui.store.job_state import JobState

STRIP_WIDE, STRIP_NARROW = 14, 7
SORTABLE = ("health", "name", "last", "next", "every", "why")
"""Columns that rows can be put in order of, left to right."""


def case_of(state: JobState, view: Viewpoint) -> Case:
    """What the words about a timer need, put together."""
    newest = state.job.runs[0] if state.job.runs else None
    task = task_of(newest, view.tasks) if newest else None
    return Case(state.job, state.health, view.names, view.now, view.zone, task, view.ascii)


class JobTable(LineList["JobState"]):
    """Timers as rows. Told rows and a viewpoint; says which one was opened or marked.

    Attributes:
        folded: the groups among its rows, by key: marking one marks all its timers.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make the table; rows come by `set_rows`, words by `look_from`."""
        super().__init__(id=id)
        self.folded: Mapping[JobId, GroupState] = {}
        self._row_view = Viewpoint()
        self._row_strip = 0
        self._choose_columns(STRIP_WIDE)

    def look_from(self, view: Viewpoint) -> None:
        """Use another present, zone or set of names; lines whose words stay are not drawn again."""
        if view == self._row_view:
            return
        self._row_view = view
        if self.ascii_only != view.ascii:
            self.ascii_only = view.ascii
        elif self.is_mounted:
            self.reformat()

    def on_resize(self) -> None:
        """A narrow screen shows half the strip."""
        self._choose_columns(STRIP_WIDE if self.size.width >= 100 else STRIP_NARROW)
        super().on_resize()

    def _choose_columns(self, strip: int) -> None:
        if strip == self._row_strip:
            return
        self._row_strip = strip
        self.set_columns(
            (
                Column("health", "HEALTH", self._cell_health, width=9),
                Column("name", "NAME", self._cell_name, min_width=22, max_width=44, weight=2),
                Column("runs", f"LAST {strip}", self._cell_strip, width=strip, priority=1, keeps_colours=True),
                Column("last", "LAST", self._cell_last, width=9, priority=3),
                Column("next", "NEXT", self._cell_next, width=12),
                Column("every", "EVERY", self._cell_every, width=5, priority=4),
                Column("why", "WHY, OR ROUTE WHEN ALL IS WELL", self._cell_why, min_width=24, weight=5),
            )
        )

    def _say_marks(self) -> None:
        """Marks belong to timers: those of a group follow its row before anybody hears of it."""
        for key, group in self.folded.items():
            ids = frozenset(group.group.job_ids)
            self._line_cursor.marked = self.marked | ids if key in self.marked else self.marked - ids
        super()._say_marks()

    def _cell_health(self, state: JobState) -> Cell:
        if state.pending is not None:
            return Span(f"{'~' if self._row_view.ascii else '…'} {state.pending.doing.value}", "accent")
        sign = marks.health_sign(state.health.word)
        return Span(f"{sign.drawn(ascii_only=self._row_view.ascii)} {sign.word}", sign.style)

    def _cell_name(self, state: JobState) -> Cell:
        if isinstance(state, GroupState):
            return (Span(f"{self._times(state)} ", "accent"), Span(state.job.label))
        new_name = state.pending.new_name if state.pending else None
        return new_name or state.job.label

    def _times(self, state: GroupState) -> str:
        return f"{len(state.members)}{'x' if self._row_view.ascii else '×'}"

    def _cell_strip(self, state: JobState) -> Cell:
        cells = marks.strip(state.history, self._row_strip, ascii_only=self._row_view.ascii)
        return tuple(
            Span("".join(char for char, _ in run), style) for style, run in groupby(cells, lambda cell: cell[1])
        )

    def _cell_last(self, state: JobState) -> Cell:
        moment = state.last_ran
        return moments.ago(moment, self._row_view.now) if moment else Span("-", "muted")

    def _cell_next(self, state: JobState) -> Cell:
        words = health_words.next_words(case_of(state.soonest, self._row_view))
        return words if state.job.next_run else Span(words, "muted")

    def _cell_every(self, state: JobState) -> Cell:
        every = schedule_words.every_short(state.job)
        return f"{self._times(state)}{every}" if isinstance(state, GroupState) else every

    def _cell_why(self, state: JobState) -> Cell:
        words = health_words.why(case_of(state.worst, self._row_view))
        if isinstance(state, GroupState) and state.worst_suffix:
            words = f"{state.worst_suffix}: {words}"
        return words if state.health.word.is_trouble else Span(words, "muted")
