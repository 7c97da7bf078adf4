"""The page for the change of shift, as `globus-tui report` prints it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import work

from globus_tui.commands import LIST_MOVES, TEXT, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.lines.columns import Cell, Span
from globus_tui.present.report_words import report
from globus_tui.present.timer_table import Listed
from globus_tui.screens.searching import TextScreen
from globus_tui.screens.taking_out import TakingOut
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.timer.job import JobId

SHIFT = timedelta(hours=12)
"""Looked back and ahead."""


class ReportScreen(TextScreen, TakingOut):
    ABOUT = (
        "One page in Markdown for the change of shift, of the timers that the list shows: open problems with notes, "
        "maintenance windows, what ran and was changed in the last 12 hours, what runs in the next. E saves it."
    )
    CALLED = "Report"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*TEXT, *LIST_MOVES)
    SHOWN_ANEW_FOR = frozenset()

    def __init__(self, only: frozenset[JobId] | None = None) -> None:
        """Of some timers only, if they are given."""
        super().__init__()
        self._report_only = only
        self._report_text = ""

    @work(group="journal", exclusive=True)
    async def show(self) -> None:
        store = self.app.store
        try:
            entries, windows = await store.journal.entries(), await self.app.windows.all()
        except GlobusTuiError as wrong:
            self.tell(wrong.in_full)
            return
        only, view, profile = self._report_only, self.view, self.app.settings.profile
        rows = [row for row in self.states.rows.values() if only is None or row.job_id in only]
        whole = await self.whole(rows)
        states = [whole[row.job_id] for row in sorted(rows) if row.job_id in whole]
        listed = [Listed(state, case_of(state, view), profile) for state in states]
        about = listed, entries, windows, store, view.now, view.zone
        self._report_text = await asyncio.to_thread(report, *about, since=SHIFT, some=only is not None)
        self.text.show([_cell(line) for line in self._report_text.splitlines()])

    def text_out(self) -> tuple[str, Sequence[str]]:
        return f"report-{self.view.now.astimezone(self.view.zone):%Y-%m-%d}.md", self._report_text.splitlines()


def _cell(line: str) -> Cell:
    return Span(line, "bold accent") if line.startswith("#") else line
