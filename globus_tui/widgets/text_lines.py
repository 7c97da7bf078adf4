"""A text of many lines to read, moved about with the keys of every list, sideways too; and what was searched for set
off in a cell.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.cursor import Row
from globus_tui.lines.list import LineList
from globus_tui.present.safe_text import cell_width, safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

R = TypeVar("R", bound=Row)


@lru_cache(maxsize=8)
def finder(needle: str) -> re.Pattern[str]:
    """A pattern that finds a text literally, ignoring case."""
    return re.compile(re.escape(needle), re.IGNORECASE)


def plain(cell: Cell) -> str:
    """The text of a cell without its styles."""
    if isinstance(cell, str):
        return cell
    return cell.text if isinstance(cell, Span) else "".join(span.text for span in cell)


def set_off(cell: Cell, needle: str) -> Cell:
    """The cell with each match reversed, which is seen without colours too; not a match across two styles."""
    if not needle or finder(needle).search(plain(cell)) is None:
        return cell
    spans = (Span(cell),) if isinstance(cell, str) else (cell,) if isinstance(cell, Span) else cell
    return tuple(piece for span in spans for piece in _pieces(span, finder(needle)))


def _pieces(span: Span, pattern: re.Pattern[str]) -> list[Span]:
    pieces, end = [], 0
    for match in pattern.finditer(span.text):
        pieces.append(Span(span.text[end : match.start()], span.style))
        pieces.append(Span(match.group(), f"{span.style} reverse".strip()))
        end = match.end()
    return [*pieces, Span(span.text[end:], span.style)]


class SearchedList(LineList[R]):
    """Sets off what is searched for in the cells that it is asked to."""

    _list_needle = ""

    def set_needle(self, needle: str) -> None:
        if needle != self._list_needle:
            self._list_needle = needle
            self._line_painter.forget_strips()
            self.refresh()

    def searched(self, cell: Cell) -> Cell:
        return set_off(cell, self._list_needle)


class TextRow(NamedTuple):
    """One line: its number and its pieces."""

    key: int
    cell: Cell


class TextLines(SearchedList[TextRow]):
    """Lines as they are, none cut: wider ones scroll sideways. Text is data and is made harmless."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.set_reactive(TextLines.show_header, False)
        self.set_reactive(TextLines.drop_columns, False)

    def show(self, lines: Sequence[Cell]) -> None:
        """Show other lines; the cursor stays on its line's number."""
        widest = sorted((plain(line) for line in lines), key=len)[-20:]
        width = max((cell_width(safe_line(text, ascii_only=self.ascii_only)) for text in widest), default=1)
        self.set_columns((Column("text", "", lambda row: self.searched(row.cell), width=max(1, width)),))
        self.set_rows(tuple(TextRow(number, line) for number, line in enumerate(lines)))
