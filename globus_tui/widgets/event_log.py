"""Lines to read one below the other, each cut to the width or wrapped to several."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.present.event_rows import LogLine
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_lines import SearchedList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_HEAD = 16
_MOST_WRAPPED = 40
"""Lines that one wrapped entry may take."""


class EventLog(SearchedList[LogLine]):
    """A task's log, or what stands in its place."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._log_lines: tuple[LogLine, ...] = ()
        self._log_wraps = False
        self._log_has_rest = True
        self._log_head: Callable[[LogLine], str] | None = lambda line: line.head
        self._log_pieces: dict[int, tuple[LogLine, int, tuple[LogLine, ...]]] = {}
        self.set_reactive(EventLog.show_header, False)
        self._choose_columns()

    def show(
        self, lines: Sequence[LogLine], *, wraps: bool, head: Callable[[LogLine], str] | None = lambda line: line.head
    ) -> None:
        """Show these lines.

        Args:
            lines: the same object again costs nothing.
            head: what stands before a line, asked for lines in sight only; None leaves the heads out.
        """
        before = (self._log_wraps, self._log_has_rest, self._log_head is None)
        self._log_lines, self._log_head = tuple(lines), head
        self._log_wraps, self._log_has_rest = wraps, any(line.rest for line in lines)
        if before != (self._log_wraps, self._log_has_rest, head is None):
            self._choose_columns()
        elif self.is_mounted:
            self.reformat()
        self._show_rows()

    def on_resize(self) -> None:
        super().on_resize()
        if self._log_wraps:
            self._show_rows()

    def _choose_columns(self) -> None:
        two = self._log_has_rest and not self._log_wraps
        rest = (Column("rest", "", self._rest, min_width=10, priority=1),) if two else ()
        heads = (Column("head", "", self._head, width=_HEAD),) if self._log_head is not None else ()
        words = Column("words", "", self._words, min_width=24, weight=8, max_width=90 if rest else 0)
        self.set_columns((*heads, words, *rest))

    def _show_rows(self) -> None:
        if not self._log_wraps:
            self.set_rows(self._log_lines)
            return
        width = max(20, self.size.width - (_HEAD if self._log_head is not None else 0) - 3)
        self.set_rows(tuple(self._wrap_all(width)))

    def _wrap_all(self, width: int) -> Iterator[LogLine]:
        """Wraps every line to the width; the pieces are rows of their own, made once."""
        for line in self._log_lines:
            known = self._log_pieces.get(line.key)
            if known is None or known[0] is not line or known[1] != width:
                known = self._log_pieces[line.key] = (line, width, tuple(self._pieces(line, width)))
            yield from known[2]

    def _pieces(self, line: LogLine, width: int) -> Iterator[LogLine]:
        text = safe_line(f"{line.words}  {line.rest}".strip(), ascii_only=self.ascii_only)
        pieces = [text] if len(text) * 2 <= width else textwrap.wrap(text, width)[:_MOST_WRAPPED] or [""]
        for number, piece in enumerate(pieces):
            first = not number
            key, moment = line.key * _MOST_WRAPPED + number, line.moment if first else None
            yield LogLine(key, line.head if first else "", piece, "", line.style, moment)

    def _head(self, row: LogLine) -> Cell:
        return Span(self._log_head(row) if self._log_head is not None else "", "muted")

    def _words(self, row: LogLine) -> Cell:
        return self.searched(Span(row.words, row.style))

    def _rest(self, row: LogLine) -> Cell:
        return self.searched(Span(row.rest, "muted"))
