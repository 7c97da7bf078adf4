"""The list of timers: one row each, health first, and why in plain words."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeVar

from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.cursor import Row as LineRow
from globus_tui.lines.list import LineList
from globus_tui.present import health_words, marks, moments, schedule_words
from globus_tui.present.transfer_words import collection_name
from globus_tui.store.job_state import GroupState, JobState
from globus_tui.store.rows import RUNS_KEPT, Row
from globus_tui.widgets.viewpoint import Viewpoint, case_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from globus_tui.domain.timer.health import Word


STRIP_WIDE, STRIP_NARROW = 14, 7
COLUMNS = ("health", "name", "runs", "last", "next", "every", "from", "to", "why", "status", "id")
"""All that can be chosen."""
USUAL = ("health", "name", "runs", "last", "next", "every", "why")
_USUAL_WIDE = ("health", "name", "runs", "last", "next", "every", "from", "to", "why")
_WIDE = 170
"""Cells from which on both ends of a route have columns of their own."""


def health_cell(word: Word, view: Viewpoint) -> Cell:
    sign = marks.health_sign(word)
    return Span(f"{sign.glyph(ascii_only=view.ascii)} {sign.word}", sign.style)


class TableRow(Protocol):
    """What a row of timers says of its timer."""

    @property
    def key(self) -> Hashable: ...
    @property
    def job_id(self) -> JobId: ...
    @property
    def source(self) -> str: ...
    @property
    def destination(self) -> str: ...


R = TypeVar("R", bound=TableRow)


L = TypeVar("L", bound=LineRow)


class ViewedList(LineList[L]):
    """Its words depend on a viewpoint."""

    _row_view = Viewpoint()

    def look_from(self, view: Viewpoint) -> None:
        """Use another present, zone or set of names; lines whose words stay are not drawn again."""
        if view == self._row_view:
            return
        self._row_view = view
        if self.ascii_only != view.ascii:
            self.ascii_only = view.ascii
        elif self.is_mounted:
            self.reformat()


class TimerTable(ViewedList[R]):
    """Timers as rows. Told rows and a viewpoint; says which one was opened or marked.

    Attributes:
        pins: ids of timers that are kept on top.
        folded_groups: the groups among its rows, by key: marking one marks all its timers.
        states: all timers, of which those are made whole that are shown.
    """

    states: Mapping[JobId, JobState]
    folded_groups: Mapping[Hashable, GroupState]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make the table; rows come by `set_rows`, words by `look_from`."""
        super().__init__(id=id)
        self.folded_groups = {}
        self.states = {}
        self.pins: Sequence[str] = ()
        self._row_columns: tuple[object, ...] = ()
        self._row_strip = STRIP_WIDE
        self._row_chosen: Sequence[str] = ()
        self._choose_columns(100)

    def state_of(self, row: R) -> JobState:
        return self.folded_groups.get(row.key) or self.states[row.job_id]

    def view_of(self, row: R) -> Viewpoint:
        """From where the timer of a row is looked at."""
        del row
        return self._row_view

    @property
    def job_ids(self) -> Iterator[JobId]:
        """The timers of all rows, in their order."""
        for row in self.rows:
            yield from self.ids_of(row)

    def ids_of(self, row: R) -> tuple[JobId, ...]:
        """The timer, or timers, of a row."""
        group = self.folded_groups.get(row.key)
        return (row.job_id,) if group is None else group.group.job_ids

    @property
    def cursor_state(self) -> JobState | None:
        row = self.cursor_row
        known = row is not None and (row.key in self.folded_groups or row.key in self.states)
        return self.state_of(row) if row is not None and known else None

    def on_resize(self) -> None:
        """A narrow screen shows half the strip, a wide one more of it, and both ends of the route."""
        self._choose_columns(self.size.width)
        super().on_resize()

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show these columns from left to right; none are the usual ones, which depend on the width."""
        self._row_chosen = tuple(names)
        self._choose_columns(self.size.width or 100)

    def _choose_columns(self, width: int) -> None:
        strip = STRIP_NARROW if width < 100 else min(RUNS_KEPT, STRIP_WIDE + max(0, (width - 120) // 8))
        wide = width >= _WIDE
        chosen = self._row_chosen or (_USUAL_WIDE if wide else USUAL)
        if (strip, chosen, wide) == self._row_columns:
            return
        self._row_columns, self._row_strip = (strip, chosen, wide), strip
        columns: tuple[Column[R], ...] = (
            Column("health", "HEALTH", self._cell_health, width=9),
            Column("name", "NAME", self._cell_name, min_width=34 if wide else 22, max_width=44, weight=2),
            Column("runs", f"LAST {strip}", self._cell_strip, width=strip, priority=1, keeps_colours=True),
            Column("last", "LAST", self._cell_last, width=9, priority=3),
            Column("next", "NEXT", self._cell_next, width=12),
            Column("every", "EVERY", self._cell_every, width=5, priority=4),
            Column("from", "FROM", partial(self._side, place=0), min_width=16, max_width=40, weight=2, priority=5),
            Column("to", "TO", partial(self._side, place=1), min_width=16, max_width=40, weight=2, priority=5),
            Column("why", "WHY, OR ROUTE", self._cell_why, min_width=24, weight=5),
            Column("status", "STATUS", self._cell_status, width=8, priority=6),
            Column("id", "ID", lambda row: str(row.key), width=36, priority=7),
        )
        known = {column.id: column for column in columns}
        self.set_columns(tuple(known[name] for name in chosen if name in known))

    def _say_marks(self) -> None:
        """Marks belong to timers: those of a group follow its row before anybody hears of it."""
        for key, group in self.folded_groups.items():
            ids = frozenset(group.group.job_ids)
            self._line_cursor.marked = self.marked | ids if key in self.marked else self.marked - ids
        super()._say_marks()

    def _cell_health(self, row: R) -> Cell:
        state = self.state_of(row)
        if state.pending is not None:
            return Span(f"{'~' if self._row_view.ascii else '…'} {state.pending.doing.value}", "accent")
        return health_cell(state.health.word, self._row_view)

    def _cell_name(self, row: R) -> Cell:
        state = self.state_of(row)
        pin = (Span("+ " if self._row_view.ascii else "▲ ", "accent"),) if row.key in self.pins else ()
        if isinstance(state, GroupState):
            return (*pin, Span(f"{self._times(state)} ", "accent"), Span(state.job.label))
        new_name = state.pending.new_name if state.pending else None
        return (*pin, Span(new_name or state.job.label)) if pin else new_name or state.job.label

    def _times(self, state: GroupState) -> str:
        return f"{len(state.rows)}{'x' if self._row_view.ascii else '×'}"

    def _cell_strip(self, row: R) -> Cell:
        state = self.state_of(row)
        cells = marks.strip(state.history, self._row_strip, ascii_only=self._row_view.ascii)
        runs = groupby(cells, lambda cell: cell[1])
        return tuple(Span("".join(char for char, _ in run), style) for style, run in runs)

    def _cell_last(self, row: R) -> Cell:
        state = self.state_of(row)
        moment = state.last_ran
        return moments.ago(moment, self._row_view.now) if moment else Span("-", "muted")

    def _cell_next(self, row: R) -> Cell:
        state = self.state_of(row)
        words = health_words.next_words(case_of(state.soonest, self.view_of(row)))
        return words if state.job.next_run else Span(words, "muted")

    def _cell_every(self, row: R) -> Cell:
        state = self.state_of(row)
        if isinstance(state, GroupState) and state.outage:
            return Span("-", "muted")
        every = schedule_words.every_short(state.job)
        return f"{self._times(state)}{every}" if isinstance(state, GroupState) else every

    def _side(self, row: R, place: int) -> Cell:
        job = self.state_of(row).job
        if job.transfer is None:
            return Span("-", "muted")
        paths = job.paths[place]
        rest = f" +{len(paths) - 1}" if len(paths) > 1 else ""
        name = collection_name((row.source, row.destination)[place] or None, self.view_of(row).names)
        return f"{name} {paths[0] if paths else ''}{rest}".rstrip()

    def _cell_status(self, row: R) -> Cell:
        status = self.state_of(row).job.status
        return "paused" if status is JobStatus.INACTIVE else status.value

    def _cell_why(self, row: R) -> Cell:
        state = self.state_of(row)
        words = health_words.why(case_of(state.worst, self.view_of(row)))
        if isinstance(state, GroupState) and state.worst_suffix:
            words = f"{state.worst_suffix}: {words}"
        return words if state.health.word.is_trouble else Span(words, "muted")


class JobTable(TimerTable[Row]):
    """The timers of one profile."""
