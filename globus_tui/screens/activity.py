"""What this program asked of Globus and said to its user: nothing of what was in the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from globus_tui.commands import LIST_MOVES, SEARCH, Command
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import moments, sizes
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.searching import Searching
from globus_tui.store.activity_log import Activity, Said

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.app import ComposeResult


class ActivityScreen(Searching, TimerScreen):
    """Requests and notes, newest first."""

    ABOUT = "Every request that this program made and every note it gave, newest first; not what was in the requests."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*SEARCH, *LIST_MOVES)
    AUTO_FOCUS = "#requests"

    def __init__(self) -> None:
        super().__init__()
        self._drawn_for: tuple[tzinfo, bool] | None = None

    def compose_middle(self) -> ComposeResult:
        yield self.search_field()
        yield LineList[Activity](
            (
                Column("at", "AT", self._cell_at, width=5),
                Column("service", "SERVICE", lambda one: one.exchange.service, width=8, priority=2),
                Column("method", "METHOD", lambda one: one.exchange.method, width=6),
                Column("path", "PATH, OR NOTE", lambda one: one.exchange.path, min_width=20),
                Column("status", "STATUS", self._cell_status, width=9),
                Column("ms", "MS", self._cell_milliseconds, width=6, align="right", priority=1),
                Column("bytes", "BYTES", self._cell_bytes, width=8, align="right", priority=3),
            ),
            empty="Nothing was asked yet.",
            id="requests",
        )

    def title_words(self) -> str:
        return "Activity"

    def on_mount(self) -> None:
        self._show()

    def watch_view(self) -> None:
        """Another zone, or letters; the passing of time changes nothing here."""
        super().watch_view()
        drawn = (self.view.zone, self.view.ascii)
        if self.is_mounted and drawn != self._drawn_for:
            self._drawn_for = drawn
            self._show()
            self.query_one("#requests", LineList).reformat()

    def watch_freshness(self) -> None:
        """Something was asked meanwhile."""
        super().watch_freshness()
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        requests = self.query_one("#requests", LineList)
        requests.ascii_only = self.view.ascii
        requests.set_rows(tuple(reversed(self.app.activity)))

    def _cell_at(self, one: Activity) -> Cell:
        return moments.clock(one.at, self.view.zone)

    @staticmethod
    def _cell_milliseconds(one: Activity) -> Cell:
        return "" if isinstance(one.exchange, Said) else str(one.exchange.milliseconds)

    @staticmethod
    def _cell_status(one: Activity) -> Cell:
        status = one.exchange.status
        if isinstance(one.exchange, Said):
            worse = one.exchange.severity in ("error", "warning")
            return Span(one.exchange.severity, one.exchange.severity) if worse else ""
        if status is None:
            return Span("no answer", "error")
        return Span(str(status), "error" if status >= 400 else "success")

    @staticmethod
    def _cell_bytes(one: Activity) -> Cell:
        return "" if isinstance(one.exchange, Said) else sizes.size(one.exchange.received)

    @on(LineList.Chosen)
    def do_nothing(self) -> None:
        """There is nothing more to tell of a request."""
