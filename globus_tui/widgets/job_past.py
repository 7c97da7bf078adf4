"""The past of one timer: in numbers, as a strip, line by line, and what is usual for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from globus_tui.domain.timeline import timeline
from globus_tui.present import detail_words, marks
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.run_history import RunHistory
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from textual.app import ComposeResult

    from globus_tui.domain.timeline import Moment
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint

TICKS_WIDE, TICKS_NARROW = 60, 40


@dataclass
class PastReading:
    """How far the runs have been read.

    Attributes:
        busy: a page is being read.
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
        """Numbers, strip, list, usual."""
        yield TextLine(id="totals")
        yield TextLine(id="strip")
        yield RunHistory(id="runs")
        yield TextLine(id="usual")

    def show(self, state: JobState, view: Viewpoint, reading: PastReading, *, stale: bool) -> None:
        """Show the past of a timer as it is known now."""
        lines = timeline(state.job, view.tasks, view.now)
        runs = self.query_one(RunHistory)
        runs.stale = stale
        words = detail_words.no_runs_words(state.job, busy=reading.busy, problem=reading.problem)
        runs.empty = "\n".join(f"  {line}" for line in words.split("\n"))
        runs.look_from(view)
        runs.set_rows(lines)
        if reading.more is None and lines:
            runs.move_to(lines[0].key)  # until the runs have been read, the newest is where one begins
        self._show_totals(lines, view, reading)
        self._show_strip(state, view)
        self._show_usual(state, view, reading)

    def _show_usual(self, state: JobState, view: Viewpoint, reading: PastReading) -> None:
        """What is usual; when something could not be read, that instead."""
        line = self.query_one("#usual", TextLine)
        words = detail_words.unread_words(reading.problem) or detail_words.usual_words(state.job, view.tasks)
        line.set_class(reading.problem is not None, "-problem")
        style = "$text-warning" if reading.problem else "$foreground-muted"
        line.left = Content.styled(f" {safe_line(words, ascii_only=view.ascii)}", style)

    def _show_totals(self, lines: Sequence[Moment], view: Viewpoint, reading: PastReading) -> None:
        line = self.query_one("#totals", TextLine)
        words = detail_words.past_words(lines, complete=reading.more is False)
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
    return [("".join(char for char, _ in run), _style(style)) for style, run in groupby(cells, lambda one: one[1])]


def _style(name: str) -> str:
    """A style's name of `present` as one of `Content`."""
    return "$foreground-muted" if name == "muted" else f"$text-{name}"
