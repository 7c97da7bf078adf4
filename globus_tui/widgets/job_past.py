"""The past of one timer: in numbers, as a strip, line by line, and what is usual for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from globus_tui.domain.timer.history import Moment, timeline
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.present import detail_words, marks
from globus_tui.present.marks import history_sign
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.job_table import ViewedList
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from textual.app import ComposeResult

    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint


class RunHistory(ViewedList[Moment]):
    """Runs as rows. Told rows and a viewpoint; says which one was opened.

    `odd`: what is unusual about runs, by their keys.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        columns: tuple[Column[Moment], ...] = (
            Column("started", "STARTED", self._started, width=detail_words.STARTED_CELLS),
            Column("took", "TOOK", lambda row: detail_words.took_words(row, self._row_view.now), width=7),
            Column("result", "RESULT", self._result, width=13),
            Column("files", "FILES", _count("files_transferred"), width=8, align="right", priority=1),
            Column("bytes", "BYTES", lambda row: _quiet(detail_words.moved(row)), width=8, align="right", priority=2),
            Column("skips", "SKIP", _count("skipped_errors"), width=5, align="right", priority=4),
            Column("faults", "FAULT", _count("faults"), width=5, align="right", priority=5),
            Column("task", "TASK", lambda row: Span(detail_words.task_id(row), "muted"), width=8, priority=6),
            Column("message", "MESSAGE", self._message, min_width=18),
        )
        super().__init__(columns, id=id)
        self.odd: Mapping[str, str] = {}

    def _started(self, row: Moment) -> Cell:
        return detail_words.started(row, self._row_view.now, self._row_view.zone)

    def _result(self, row: Moment) -> Cell:
        sign = history_sign(row.mark)
        return Span(f"{sign.glyph(ascii_only=self._row_view.ascii)} {detail_words.result(row)}", sign.style)

    def _message(self, row: Moment) -> Cell:
        words = detail_words.message(row, self._row_view.now, self._row_view.zone)
        if row.run is None:
            return Span(words, "muted")
        odd = self.odd.get(row.run.key)
        return (Span(odd, "warning"), Span(f"; {words}" if words else "")) if odd else words


def _count(field: str) -> Callable[[Moment], Cell]:
    return lambda row: _quiet(detail_words.number(row, field))


def _quiet(text: str) -> Cell:
    """Mutes zeros and unknown values."""
    return Span(text, "muted") if text in (detail_words.NONE, detail_words.UNKNOWN, "0") else text


TICKS_WIDE, TICKS_NARROW = 60, 40


@dataclass
class PastReading:
    """How far the runs have been read.

    Attributes:
        more: there are older runs; None before anything was read.
        problem: why not everything could be read.
    """

    busy: bool = False
    more: bool | None = None
    problem: str | None = None


class JobPast(Vertical):
    """Told a state; draws its past. The list in it says which run was opened."""

    def __init__(self, key_of: Callable[[str], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make an empty past; `key_of` gives the key of a command."""
        super().__init__(id=id)
        self._past_key_of = key_of

    def compose(self) -> ComposeResult:
        yield TextLine(id="totals")
        yield TextLine(id="strip")
        yield RunHistory(id="runs")
        yield TextLine(id="usual")
        for name in ("took", "moved", "faults"):
            yield TextLine(id=f"plot-{name}", classes="plot")

    def show(self, state: JobState, view: Viewpoint, reading: PastReading, *, stale: bool) -> None:
        lines = timeline(state.job, view.tasks, view.now)
        runs = self.query_one(RunHistory)
        runs.stale = stale
        words = detail_words.no_runs_words(state.job, busy=reading.busy, problem=reading.problem)
        runs.empty = words
        runs.look_from(view)
        runs.odd = detail_words.odd_runs(state.job, view.tasks)
        runs.set_rows(lines)
        if reading.more is None and lines:
            runs.move_to(lines[0].key)  # until the runs have been read, the newest is where one begins
        complete = reading.more is False and state.job.n_runs is not None
        self._show_totals(detail_words.past_words(lines, complete=complete), view, reading)
        self._show_strip(state, view)
        self._show_usual(state, view, reading)

    def _show_usual(self, state: JobState, view: Viewpoint, reading: PastReading) -> None:
        """Show what is usual, or what could not be read."""
        line = self.query_one("#usual", TextLine)
        problem, usual = reading.problem, detail_words.usual_words(state.job, view.tasks)
        words = f"not all is known: {problem}" if problem else usual
        line.set_class(reading.problem is not None, "-problem")
        style = "$text-warning" if reading.problem else "$foreground-muted"
        line.left = Content.styled(f" {safe_line(words, ascii_only=view.ascii)}", style)
        high, ascii_only = self.screen.has_class("-high"), view.ascii
        plots = detail_words.plots(state.job, view.tasks, TICKS_WIDE if high else 0, ascii_only=ascii_only)
        for name, drawn, text in plots:
            pieces = (f" {name:<7}", "$foreground-muted"), (drawn, "$text-accent"), f"  {text}"
            self.query_one(f"#plot-{name}", TextLine).left = Content.assemble(*pieces)
        for plot in self.query(".plot").results(TextLine):
            plot.display = high and bool(plot.left)
        room = self.size.width - line.left.cell_length - 3
        small = detail_words.plots(state.job, view.tasks, max(0, min(30, room)), ascii_only=ascii_only)
        shown = small and not high and not reading.problem
        line.right = Content.assemble((small[0][1], "$text-accent"), " ") if shown else Content()

    def _show_totals(self, words: str, view: Viewpoint, reading: PastReading) -> None:
        line = self.query_one("#totals", TextLine)
        line.left = Content.assemble((" Runs  ", "bold"), safe_line(words, ascii_only=view.ascii))
        if reading.busy:
            line.right = Content(f"{detail_words.READING} ")
        elif reading.more:
            line.right = Content.assemble((self._past_key_of("runs.more"), "bold $primary"), " older runs ")
        else:
            line.right = Content()

    def _show_strip(self, state: JobState, view: Viewpoint) -> None:
        strip = self.query_one("#strip", TextLine)
        most = TICKS_WIDE if self.app.size.width >= 100 else TICKS_NARROW
        ticks = min(most, len(state.history.marks))
        if not ticks:
            strip.left, strip.right = Content(), Content()
            return
        cells = marks.strip(state.history, ticks, ascii_only=view.ascii)
        strip.left = Content.assemble((f" last {ticks}  ", "$foreground-muted"), *_styled(cells))
        strip.right = _legend(frozenset(cells), ascii_only=view.ascii)


def _legend(shown: Container[tuple[str, str]], *, ascii_only: bool) -> Content:
    """The signs that stand in the strip, with their words."""
    pieces = [
        piece
        for char, style, words in marks.legend(ascii_only=ascii_only)
        if (char, style) in shown
        for piece in ((char, _style(style)), (f" {words}  ", "$foreground-muted"))
    ]
    return Content.assemble(*pieces)


def _styled(cells: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Cells of a strip as pieces for `Content`, neighbours of the same style joined."""
    return [("".join(char for char, _ in run), _style(style)) for style, run in groupby(cells, lambda cell: cell[1])]


def _style(name: str) -> str:
    """A style's name of `present` as one of `Content`."""
    return "$foreground-muted" if name == "muted" else f"$text-{name}"
