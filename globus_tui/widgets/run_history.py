"""The past of one timer, one line for each run and for each tick at which nothing ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.timeline import Moment
from globus_tui.present import detail_words
from globus_tui.present.marks import history_sign
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Callable

_COUNTS = {"FILES": "files_transferred", "SKIP": "skipped_errors", "FAULT": "faults"}


class RunHistory(LineList[Moment]):
    """Runs as rows. Told rows and a viewpoint; says which one was opened."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make the list; rows come by `set_rows`, words by `look_from`."""
        super().__init__(id=id)
        self._run_view = Viewpoint()
        self.set_columns(
            (
                Column("started", "STARTED", self._started, width=detail_words.STARTED_CELLS),
                Column("took", "TOOK", lambda row: detail_words.took_words(row, self._run_view.now), width=7),
                Column("result", "RESULT", self._result, width=13),
                Column("files", "FILES", self._count("FILES"), width=8, align="right", priority=1),
                Column(
                    "bytes", "BYTES", lambda row: _quiet(detail_words.moved(row)), width=8, align="right", priority=2
                ),
                Column("skips", "SKIP", self._count("SKIP"), width=5, align="right", priority=4),
                Column("faults", "FAULT", self._count("FAULT"), width=5, align="right", priority=5),
                Column("task", "TASK", lambda row: Span(detail_words.task_id(row), "muted"), width=8, priority=6),
                Column("message", "MESSAGE", self._message, min_width=18),
            )
        )

    def look_from(self, view: Viewpoint) -> None:
        """Use another present, zone or set of names; lines whose words stay are not drawn again."""
        if view == self._run_view:
            return
        self._run_view = view
        if self.ascii_only != view.ascii:
            self.ascii_only = view.ascii
        elif self.is_mounted:
            self.reformat()

    def _started(self, row: Moment) -> Cell:
        return detail_words.started(row, self._run_view.now, self._run_view.zone)

    def _result(self, row: Moment) -> Cell:
        sign = history_sign(row.mark)
        return Span(f"{sign.drawn(ascii_only=self._run_view.ascii)} {detail_words.result(row)}", sign.style)

    def _message(self, row: Moment) -> Cell:
        words = detail_words.message(row, self._run_view.now, self._run_view.zone)
        return Span(words, "muted") if row.run is None else words

    @staticmethod
    def _count(title: str) -> Callable[[Moment], Cell]:
        field = _COUNTS[title]
        return lambda row: _quiet(detail_words.number(row, field))


def _quiet(text: str) -> Cell:
    """What is not there, or nothing, stands back."""
    return Span(text, "muted") if text in (detail_words.NONE, detail_words.UNKNOWN, "0") else text
