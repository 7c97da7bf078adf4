"""Lines to read one below the other, each cut to the width or wrapped to several."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from globus_tui.present.log_lines import LogLine
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 16
_MOST_WRAPPED = 40
"""Lines that one wrapped entry may take."""


class EventLog(LineList[LogLine]):
    """A task's log, or what stands in its place."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make an empty log."""
        super().__init__(id=id)
        self._log_lines: tuple[LogLine, ...] = ()
        self._log_wraps = False
        self._log_has_rest = True
        self.set_reactive(EventLog.show_header, False)
        self._choose_columns()

    @property
    def wraps(self) -> bool:
        """Long lines are broken, not cut."""
        return self._log_wraps

    def show(self, lines: Sequence[LogLine], *, wraps: bool) -> None:
        """Show these lines."""
        self._log_lines, before = tuple(lines), (self._log_wraps, self._log_has_rest)
        self._log_wraps, self._log_has_rest = wraps, any(line.rest for line in lines)
        if before != (self._log_wraps, self._log_has_rest):
            self._choose_columns()
        self.set_rows(tuple(self._wrapped()) if wraps else self._log_lines)

    def on_resize(self) -> None:
        """Wrap for the new width."""
        if self._log_wraps:
            self.set_rows(tuple(self._wrapped()))

    def _choose_columns(self) -> None:
        two = self._log_has_rest and not self._log_wraps
        rest = (Column("rest", "", self._rest, min_width=10, weight=3, priority=1),) if two else ()
        self.set_columns(
            (
                Column("head", "", lambda row: Span(row.head, "muted"), width=_HEAD),
                Column("words", "", self._words, min_width=24, weight=2, max_width=48 if rest else 0),
                *rest,
            )
        )

    def _wrapped(self) -> Iterator[LogLine]:
        """Every line broken to the width there is; the pieces are rows of their own."""
        width = max(20, self.size.width - _HEAD - 3)
        for line in self._log_lines:
            text = safe_line(f"{line.words}  {line.rest}".strip(), ascii_only=self.ascii_only)
            pieces = textwrap.wrap(text, width)[:_MOST_WRAPPED] or [""]
            for number, piece in enumerate(pieces):
                head = "" if number else line.head
                yield LogLine(line.key * _MOST_WRAPPED + number, head, piece, "", line.style)

    @staticmethod
    def _words(row: LogLine) -> Cell:
        return Span(row.words, row.style)

    @staticmethod
    def _rest(row: LogLine) -> Cell:
        return Span(row.rest, "muted")
