"""Rows of label and words, one line each: cut with an ellipsis rather than wrapped, so that nothing below moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, clip, fit, safe_line

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Size

    from globus_tui.present.schedule_facts import Fact

_STYLES = {"warning": "$text-warning", "muted": "$foreground-muted", "accent": "$text-accent"}


class Facts(Widget):
    """Draws facts; as high as it has rows. Text is data: it is made harmless here."""

    DEFAULT_CSS = """
    Facts { height: auto; }
    """

    rows: reactive[tuple[Fact, ...]] = reactive((), layout=True)
    ascii_only: reactive[bool] = reactive(False)

    def __init__(self, label_width: int = 6, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make an empty panel; labels longer than `label_width` widen the column for all."""
        super().__init__(id=id)
        self._label_least = label_width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each row."""
        return len(self.rows)

    def render(self) -> RenderResult:
        """Labels in one column, words in the other."""
        widest = max((len(row.label) for row in self.rows), default=0)
        column = max(self._label_least, min(widest, 18)) + 1
        return Content("\n").join(self._line(row, column) for row in self.rows)

    def _line(self, row: Fact, column: int) -> Content:
        ellipsis = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        label = fit(safe_line(row.label, ascii_only=self.ascii_only), column, ellipsis=ellipsis)
        words = safe_line(row.words, ascii_only=self.ascii_only)
        words = clip(words, max(1, self.size.width - column), ellipsis=ellipsis)
        label_style = "bold $text-warning" if row.label == "!" else "$foreground-muted"
        return Content.assemble((label, label_style), (words, _STYLES.get(row.style, "")))
