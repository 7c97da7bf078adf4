"""The journal: every change from here, by whom, with before and after, and whether the file is as it was written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on

from globus_tui.commands import LINES, Command
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present.report_words import entry_lines, entry_words
from globus_tui.present.sizes import counted
from globus_tui.screens.base import once_more
from globus_tui.screens.searching import ListScreen, Searching
from globus_tui.screens.show_text import BareText
from globus_tui.store.journal import read_journal

if TYPE_CHECKING:
    from collections.abc import Mapping


class JournalRow(NamedTuple):
    key: int
    entry: Mapping[str, Any]
    words: tuple[str, ...]


class JournalScreen(Searching, ListScreen):
    ABOUT = (
        "Every change that was asked for from here, newest first: it stands in the file before the request leaves, and "
        "what became of it behind that. Lines are chained by hashes: one that was edited is found."
    )
    CALLED = "Journal"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = LINES
    LIST, HEAD, EMPTY = "entries", "whole", "Nothing was changed so far."
    SHOWN_ANEW_FOR = frozenset({"states"})

    def columns(self) -> tuple[Column[JournalRow], ...]:
        return (
            Column("when", "WHEN", lambda row: row.words[0], width=26),
            Column("what", "WHAT", lambda row: row.words[3], width=13),
            Column("timer", "TIMER", lambda row: row.words[4], min_width=16, weight=2),
            Column("outcome", "OUTCOME", self._cell_outcome, width=8),
            Column("who", "WHO", lambda row: row.words[1], min_width=10, priority=1),
            Column("host", "HOST", lambda row: row.words[2], min_width=8, priority=2),
            Column("why", "WHY", lambda row: row.words[6], min_width=8, priority=3),
        )

    @once_more
    async def show(self) -> None:
        journal, zone = self.app.store.journal, self.view.zone
        entries = await journal.entries()
        rows = [JournalRow(number, entry, entry_words(entry, zone)) for number, entry in enumerate(entries)]
        self.set_rows(reversed(rows), *await self._whole())

    async def _whole(self) -> tuple[str, str]:
        """Whether the file is as it was written, and a style."""
        path = self.app.store.journal.path
        if path is None:
            return "kept in memory until the program is left", ""
        try:
            lines = await asyncio.to_thread(read_journal, path)
        except OSError as wrong:
            return f"{path} cannot be read: {wrong.strerror}", "$text-error"
        broken = [str(line.place) for line in lines if not line.whole]
        if broken:
            which, them = (
                (f"Lines {', '.join(broken)} are", "them") if len(broken) > 1 else (f"Line {broken[0]} is", "it")
            )
            words = f"{which} broken, or something before {them} was changed or taken out: {path}"
            return words, "$text-error bold"
        return f"{counted(len(lines), 'line')}, all as written: {path}", "$text-muted"

    @staticmethod
    def _cell_outcome(row: JournalRow) -> Cell:
        return Span(row.words[5], {"done": "success", "refused": "warning"}.get(row.words[5], "error"))

    @on(LineList.Chosen, "#entries")
    def show_entry(self) -> None:
        row = self.line_list.cursor_row
        if isinstance(row, JournalRow):
            self.app.push_screen(BareText("\n".join(entry_lines(row.entry, self.view.zone))))
