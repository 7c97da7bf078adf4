"""What this program asked of Globus and said to its user: nothing of what was in the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on

from globus_tui.commands import LIST_MOVES, SEARCH, Command
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import moments, sizes
from globus_tui.screens.searching import ListScreen, Searching
from globus_tui.store.activity_log import Activity, Said

if TYPE_CHECKING:
    from datetime import tzinfo


class ActivityScreen(Searching, ListScreen):
    """Requests and notes, newest first."""

    ABOUT = "Every request that this program made and every note it gave, newest first; not what was in the requests."
    CALLED = "Activity"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*SEARCH, *LIST_MOVES)
    LIST, EMPTY = "requests", "Nothing was asked yet."
    _drawn_for: tuple[tzinfo, bool] | None = None

    def columns(self) -> tuple[Column[Any], ...]:
        return (
            Column("at", "AT", lambda row: moments.clock(row.at, self.view.zone), width=5),
            Column("service", "SERVICE", lambda row: row.exchange.service, width=8, priority=2),
            Column("method", "METHOD", lambda row: row.exchange.method, width=6),
            Column("path", "PATH, OR NOTE", lambda row: row.exchange.path, min_width=20),
            Column("status", "STATUS", self._cell_status, width=9),
            Column("ms", "MS", self._cell_milliseconds, width=6, align="right", priority=1),
            Column("bytes", "BYTES", self._cell_bytes, width=8, align="right", priority=3),
        )

    def watch_view(self) -> None:
        """Another zone, or letters; the passing of time changes nothing here."""
        drawn = (self.view.zone, self.view.ascii)
        if drawn != self._drawn_for:
            self._drawn_for = drawn
            super().watch_view()

    def watch_freshness(self) -> None:
        super().watch_freshness()
        if self.is_mounted:
            self.show()

    def show(self) -> None:
        self.set_rows(reversed(self.app.activity))

    @staticmethod
    def _cell_milliseconds(row: Activity) -> Cell:
        return "" if isinstance(row.exchange, Said) else str(row.exchange.milliseconds)

    @staticmethod
    def _cell_status(row: Activity) -> Cell:
        status = row.exchange.status
        if isinstance(row.exchange, Said):
            worse = row.exchange.severity in ("error", "warning")
            return Span(row.exchange.severity, row.exchange.severity) if worse else ""
        if status is None:
            return Span("no answer", "error")
        return Span(str(status), "error" if status >= 400 else "success")

    @staticmethod
    def _cell_bytes(row: Activity) -> Cell:
        return "" if isinstance(row.exchange, Said) else sizes.size(row.exchange.received)

    @on(LineList.Chosen)
    def do_nothing(self) -> None:
        """There is nothing more to tell of a request."""
