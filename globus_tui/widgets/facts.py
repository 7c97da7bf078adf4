"""Rows of label and words, one line each: cut with an ellipsis rather than wrapped; warnings are never cut. And the
next runs of what is being described, in as many columns as there is room for.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, cell_width, clip, fit, safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import RenderResult
    from textual.geometry import Size

    from globus_tui.present.review_facts import FireLine
    from globus_tui.present.timer_facts import Fact


_GAP = 2


class FiresPanel(Widget):
    """Draws runs downwards, then in a further column where there is room; below them what else is to be said."""

    DEFAULT_CSS = "FiresPanel { height: auto; }"

    fires: reactive[tuple[FireLine, ...]] = reactive((), layout=True)
    remarks: reactive[tuple[str, ...]] = reactive((), layout=True)
    """Lines below, such as clock changes: drawn as warnings."""
    empty: reactive[str] = reactive("", layout=True)
    """What to say while there are no runs."""
    ascii_only: reactive[bool] = reactive(False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width)) + len(self.remarks)

    def render(self) -> RenderResult:
        width, ellipsis = self.size.width, ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        remarks = (clip(safe_line(text, ascii_only=self.ascii_only), width, ellipsis=ellipsis) for text in self.remarks)
        return Content("\n").join([*self._lines(width), *(Content.styled(text, "$text-warning") for text in remarks)])

    def _lines(self, width: int) -> list[Content]:
        if not self.fires:
            return [Content.styled(safe_line(self.empty), "$text-muted")] if self.empty else []
        numbered = [self._fire(place, fire) for place, fire in enumerate(self.fires, start=1)]
        column = max(cell_width(part.plain) for part in numbered) + _GAP
        columns = max(1, min(2, (width + _GAP) // column))
        high = -(-len(numbered) // columns)
        lines = []
        for row in range(high):
            parts = numbered[row::high]
            padded = [part.pad_right(column - cell_width(part.plain)) for part in parts[:-1]]
            lines.append(Content("").join([*padded, parts[-1]]))
        return lines

    def _fire(self, place: int, fire: FireLine) -> Content:
        local = max(cell_width(fire.local) for fire in self.fires)
        utc = max(cell_width(fire.utc) for fire in self.fires)
        noted = any(fire.note for fire in self.fires)
        note = f"  {safe_line(fire.note, ascii_only=self.ascii_only)}" if noted else ""
        return Content.assemble(
            (f"{place:>2} ", "$text-muted"),
            f"{fire.local:<{local}}  ",
            (f"{fire.utc:<{utc}}" if noted else fire.utc, "$text-muted"),
            (note, "$text-accent"),
        )


_STYLES = {"warning": "$text-warning", "muted": "$foreground-muted", "accent": "$text-accent"}
_WIDEST_LABEL = 18


class Facts(Widget):
    """Draws facts; as high as it has rows. Text is data: it is made harmless here."""

    DEFAULT_CSS = "Facts { height: auto; }"

    rows: reactive[tuple[Fact, ...]] = reactive((), layout=True)
    ascii_only: reactive[bool] = reactive(False)
    least_height: reactive[int] = reactive(0, layout=True)
    """Lines to take even without so many rows: panels side by side end together."""

    def __init__(self, label_width: int = 6, *, wraps: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make an empty panel.

        Args:
            label_width: least cells for labels; longer ones widen the column for all.
            wraps: words that do not fit go on below; else only those of warnings do, and others are cut.
        """
        super().__init__(id=id)
        self._facts_wrap = wraps
        self._label_least = label_width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(self.least_height, self._height_at(width))

    @property
    def wanted_height(self) -> int:
        """Lines that its rows take at the present width."""
        return self._height_at(self.size.width)

    def _height_at(self, width: int) -> int:
        return sum(len(self._pieces(row, width - self._column)) for row in self.rows)

    def render(self) -> RenderResult:
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
