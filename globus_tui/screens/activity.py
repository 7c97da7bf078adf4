"""What this program asked of Globus and said to its user: nothing of what was in the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from globus_tui.commands import LINES, Command
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.present import moments, sizes
from globus_tui.screens.searching import ListScreen, Searching

if TYPE_CHECKING:
    from globus_tui.store.activity_log import Activity


class ActivityScreen(Searching, ListScreen):
    ABOUT = "Every request that this program made and every note it gave, newest first; not what was in the requests."
    CALLED = "Activity"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = LINES
    LIST, EMPTY = "requests", "Nothing was asked yet."

    def columns(self) -> tuple[Column[Activity], ...]:
        return (
            Column("at", "AT", lambda row: moments.clock(row.at, self.view.zone), width=5),
            Column("service", "SERVICE", lambda row: row.service, width=8, priority=2),
            Column("method", "METHOD", lambda row: row.method, width=6),
            Column("path", "PATH, OR NOTE", lambda row: row.path, min_width=20),
            Column("status", "STATUS", self._cell_status, width=9),
            Column("ms", "MS", self._cell_took, width=6, align="right", priority=1),
            Column("bytes", "BYTES", self._cell_bytes, width=8, align="right", priority=3),
        )

    def watch_freshness(self) -> None:
        super().watch_freshness()
        if self.is_mounted:
            self.show()

    def show(self) -> None:
        self.set_rows(reversed(self.app.activity))

    @staticmethod
    def _cell_took(row: Activity) -> Cell:
        return "" if row.severity else str(row.milliseconds)

    @staticmethod
    def _cell_bytes(row: Activity) -> Cell:
        return "" if row.severity else sizes.size(row.bytes_received)

    @staticmethod
    def _cell_status(row: Activity) -> Cell:
        if row.severity:
            return Span(row.severity, row.severity) if row.severity in ("error", "warning") else ""
        if row.status is None:
            return Span("no answer", "error")
        return Span(str(row.status), "error" if row.status >= 400 else "success")
