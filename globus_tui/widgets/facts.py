"""Rows of label and words, one line each: cut with an ellipsis rather than wrapped. Warnings are never cut."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, clip, fit, safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import RenderResult
    from textual.geometry import Size

    from globus_tui.present.schedule_facts import Fact

_STYLES = {"warning": "$text-warning", "muted": "$foreground-muted", "accent": "$text-accent"}
_WIDEST_LABEL = 18


class Facts(Widget):
    """Draws facts; as high as it has rows. Text is data: it is made harmless here."""

    DEFAULT_CSS = """
    Facts { height: auto; }
    """

    rows: reactive[tuple[Fact, ...]] = reactive((), layout=True)
    ascii_only: reactive[bool] = reactive(False)
    least_height: reactive[int] = reactive(0, layout=True)
    """Lines to take even without so many rows: panels side by side end together."""

    def __init__(self, label_width: int = 6, *, wraps: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make an empty panel.

        Args:
            label_width: least cells for labels; longer ones widen the column for all.
            wraps: words that do not fit go on below; else only those of warnings do, and others are cut.
            id: name in the style sheet.
        """
        super().__init__(id=id)
        self._facts_wrap = wraps
        self._label_least = label_width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each row, more for a warning that does not fit."""
        return max(self.least_height, self._height_at(width))

    @property
    def wanted_height(self) -> int:
        """Lines that its rows take at the present width."""
        return self._height_at(self.size.width)

    def _height_at(self, width: int) -> int:
        return sum(len(self._pieces(row, width - self._column)) for row in self.rows)

    def render(self) -> RenderResult:
        """Labels in one column, words in the other."""
        column, room = self._column, max(8, self.size.width - self._column)
        return Content("\n").join(line for row in self.rows for line in self._lines(row, column, room))

    @property
    def _column(self) -> int:
        widest = max((len(row.label) for row in self.rows), default=0)
        return max(self._label_least, min(widest, _WIDEST_LABEL)) + 1

    def _pieces(self, row: Fact, room: int) -> list[str]:
        words = safe_line(row.words, ascii_only=self.ascii_only)
        if self._facts_wrap or row.style == "warning":
            return textwrap.wrap(words, max(8, room)) or [""]
        return [clip(words, max(1, room), ellipsis=self._ellipsis)]

    @property
    def _ellipsis(self) -> str:
        return ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS

    def _lines(self, row: Fact, column: int, room: int) -> Iterator[Content]:
        label = fit(safe_line(row.label, ascii_only=self.ascii_only), column, ellipsis=self._ellipsis)
        label_style = "bold $text-warning" if row.label == "!" else "$foreground-muted"
        for number, words in enumerate(self._pieces(row, room)):
            yield Content.assemble(
                (" " * column if number else label, label_style), (words, _STYLES.get(row.style, ""))
            )
