"""A timer as the service describes it, as JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, ClassVar

from textual import work

from globus_tui.commands import LIST_MOVES, ONE_JOB, TEXT, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.lines.columns import Cell, Span
from globus_tui.screens.base import OneTimerScreen
from globus_tui.screens.job_actions import JobActions
from globus_tui.screens.searching import TextScreen
from globus_tui.screens.taking_out import TakingOut, safe_name

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES = 20_000
_COPY = tuple(command for command in ONE_JOB if command.command_id == "job.copy")
_KEY = re.compile(r'( *)("(?:[^"\\]|\\.)*")(: .*)')


class RawJsonScreen(TextScreen, TakingOut, OneTimerScreen, JobActions):
    """The document, line by line. Its runs are the first page of them, as the service sends it."""

    ABOUT = "The timer as the Timers service describes it, unchanged but for the line breaks."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*TEXT, *_COPY, *LIST_MOVES)
    PART = " > JSON"
    SHOWN_ANEW_FOR = frozenset()
    _was_open = False

    def show(self) -> None:
        lines, state = self.text, self.states.get(self.job_id) or self.app.store.states.get(self.job_id)
        detail = self.app.store.details.last_read(self.job_id)
        if state is not None and state.job.unreadable:
            lines.show(json_lines(state.job.sent))
        elif detail is not None:
            self._was_open = True
            lines.show(json_lines(detail.document))
        else:
            lines.empty = "Reading the timer"
            self._read()

    def on_unmount(self) -> None:
        """Unless the timer's own screen is below, its document need not be kept."""
        if not self._was_open:
            self.app.store.details.close(self.job_id)

    @work(group="detail", exclusive=True)
    async def _read(self) -> None:
        lines = self.text
        try:
            detail = await self.app.store.details.load_detail(self.job_id)
        except GlobusTuiError as error:
            lines.empty = f"The timer could not be read: {error}"
        else:
            lines.show(json_lines(detail.document))

    def text_out(self) -> tuple[str, Sequence[str]]:
        state, detail = self.state, self.app.store.details.last_read(self.job_id)
        document = detail.document if detail is not None else state.job.sent if state is not None else None
        return f"timer-{safe_name(self.job_id)}.json", _lines(document) if document is not None else ()


def json_lines(document: object) -> tuple[Cell, ...]:
    """A document as lines, its keys set off; a monstrous one is cut, and says so."""
    lines = _lines(document)
    cut = len(lines) - MOST_LINES
    cells = tuple(_cell(line) for line in lines[:MOST_LINES])
    return (*cells, Span(f"and {cut} more lines", "muted")) if cut > 0 else cells


def _lines(document: object) -> list[str]:
    return json.dumps(document, indent=2, ensure_ascii=False, default=str).split("\n")


def _cell(line: str) -> Cell:
    match = _KEY.fullmatch(line)
    return (Span(match[1]), Span(match[2], "accent"), Span(match[3])) if match else line
