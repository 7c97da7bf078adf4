"""A text of many lines to read: moved about with the keys of every list, sideways too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from globus_tui.present.safe_text import cell_width, safe_line
from globus_tui.widgets.found import plain, set_off
from globus_tui.widgets.line_columns import Cell, Column
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Sequence


class TextRow(NamedTuple):
    """One line: its number and its pieces."""

    key: int
    cell: Cell


class TextLines(LineList[TextRow]):
    """Lines as they are, none cut: wider ones scroll sideways. Text is data and is made harmless."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make an empty text."""
        super().__init__(id=id)
        self._text_needle = ""
        self.set_reactive(TextLines.show_header, False)
        self.set_reactive(TextLines.drop_columns, False)

    def show(self, lines: Sequence[Cell]) -> None:
        """Show other lines; the cursor stays on its line's number."""
        widest = sorted((plain(line) for line in lines), key=len)[-20:]
        width = max((cell_width(safe_line(text, ascii_only=self.ascii_only)) for text in widest), default=1)
        self.set_columns((Column("text", "", self._cell, width=max(1, width)),))
        self.set_rows(tuple(TextRow(number, line) for number, line in enumerate(lines)))

    def set_needle(self, needle: str) -> None:
        """Set off what matches this text."""
        if needle != self._text_needle:
            self._text_needle = needle
            self._line_painter.forget_strips()
            self.refresh()

    def _cell(self, row: TextRow) -> Cell:
        return set_off(row.cell, self._text_needle)
