"""Turns rows into strips and remembers the ones on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.segment import Segment
from textual.strip import Strip

from globus_tui.present.safe_text import fit, safe_line
from globus_tui.widgets.line_cells import header_spans, merge, row_spans
from globus_tui.widgets.line_columns import Column, Place, Span, lay_out, total_width
from globus_tui.widgets.line_cursor import Row
from globus_tui.widgets.line_strip import LineStrip, lean

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from rich.style import Style

R = TypeVar("R", bound=Row)

_MOST_STRIPS = 400
"""Remembered lines: several screens, about a megabyte at the very most."""


class LinePainter(Generic[R]):
    """Lays columns out once per width and makes one strip per row, cursor and mark.

    Args:
        style_of: Resolves words such as ``error`` or ``muted bold`` into a style with text colour and background.
    """

    def __init__(self, style_of: Callable[[str], Style]) -> None:
        self.width = 0
        self.left = 0
        self.ascii_only = False
        self.stale = False
        self.places: tuple[Place[R], ...] = ()
        self._style_of = style_of
        self._styles: dict[str, Style] = {}
        self._header: tuple[tuple[str, bool] | None, LineStrip] | None = None
        self._strips: dict[tuple[Hashable, bool, bool], tuple[R, LineStrip]] = {}

    @property
    def overflow(self) -> int:
        """Cells by which the columns are wider than the list."""
        return max(0, total_width(self.places) - self.width)

    def lay_out(self, columns: Sequence[Column[R]], width: int, *, drop: bool) -> None:
        """Place the columns anew: after another width or other columns, not otherwise."""
        self.width = width
        self.places = lay_out(columns, width, drop=drop)
        self.left = min(self.left, self.overflow)
        self.forget_strips()

    def forget_styles(self) -> None:
        """Resolve style names again: the theme or the focus changed."""
        self._styles.clear()
        self.forget_strips()

    def forget_strips(self) -> None:
        """Format every row again when it is next drawn."""
        self._strips.clear()
        self._header = None

    def row(self, row: R, *, cursor: bool, marked: bool) -> LineStrip:
        """Return the strip of a row; the same object while nothing about it changed."""
        token = (row.key, cursor, marked)
        known = self._strips.get(token)
        if known is not None and (known[0] is row or known[0] == row):
            return known[1]
        if len(self._strips) >= _MOST_STRIPS:
            self._strips.clear()
        # The cursor line is one bar: it stands out, and it costs one change of colour.
        bar = "cursor" if cursor else ""
        spans = row_spans(row, self.places, marked=marked, ascii_only=self.ascii_only, bar=bar)
        strip = self._strip(spans, bar)
        self._strips[token] = (row, strip)
        return strip

    def header(self, sorted_by: tuple[str, bool] | None) -> LineStrip:
        """Return the line of headings."""
        if self._header is None or self._header[0] != sorted_by:
            spans = header_spans(self.places, sorted_by, ascii_only=self.ascii_only)
            self._header = (sorted_by, self._strip(spans, "header"))
        return self._header[1]

    def words(self, text: str, style: str) -> LineStrip:
        """Return a line of the list's own words, such as the reason why it is empty."""
        line = fit(safe_line(text, ascii_only=self.ascii_only), self.width)
        return LineStrip([Segment(line, self._style(style))], self.width)

    def _strip(self, spans: Sequence[Span], plain: str) -> LineStrip:
        """Join pieces into a line; `plain` is the style behind the last column."""
        if self.stale and not plain:
            plain = "stale"
            spans = [Span(span.text, f"{span.style} stale".strip()) for span in spans]
        padding = max(0, self.width + self.left - total_width(self.places))
        segments = [Segment(text, self._style(style)) for text, style in merge([*spans, Span(" " * padding, plain)])]
        total = total_width(self.places) + padding
        if self.left == 0 and total == self.width:
            return LineStrip(segments, total)
        return lean(Strip(segments, total).crop(self.left, self.left + self.width))

    def _style(self, words: str) -> Style:
        style = self._styles.get(words)
        if style is None:
            style = self._styles[words] = self._style_of(words)
        return style
