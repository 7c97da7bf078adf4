"""The part of a line list that draws: a window on rows, through Textual's line API.

It is a plain widget with its own first row instead of a scroll view: a scroll view lays the whole screen out again when
its number of rows changes, and repaints all its lines when its offset changes.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.color import TRANSPARENT
from textual.geometry import Region, Spacing
from textual.reactive import var
from textual.widget import Widget

from globus_tui.widgets.line_cursor import LineCursor, Row
from globus_tui.widgets.line_painter import LinePainter
from globus_tui.widgets.line_strip import LineStrip, lean
from globus_tui.widgets.line_styles import PREFIX, STYLE_NAMES, resolve_style

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from textual.strip import Strip

    from globus_tui.widgets.line_columns import Column

R = TypeVar("R", bound=Row)


class LineWindow(Widget, Generic[R]):
    """Rows, columns and a cursor line, of which only what changed is drawn. Keys and messages are in ``LineList``."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {PREFIX + name for name in STYLE_NAMES}
    DEFAULT_CSS = """
    LineWindow {
        width: 1fr;
        height: 1fr;
        & > .line-list--header { text-style: bold; }
        & > .line-list--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        & > .line-list--mark, & > .line-list--accent { color: $text-accent; }
        & > .line-list--empty, & > .line-list--muted { color: $text-muted; }
        & > .line-list--stale { text-style: dim; }
        & > .line-list--success { color: $text-success; }
        & > .line-list--warning { color: $text-warning; }
        & > .line-list--error { color: $text-error; }
        &:focus > .line-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        &:nocolor > .line-list--cursor, &:ansi > .line-list--cursor {
            background: $background;
            color: $foreground;
            text-style: underline;
        }
        &:nocolor:focus > .line-list--cursor, &:ansi:focus > .line-list--cursor { text-style: reverse; }
    }
    """

    ascii_only: var[bool] = var(False, init=False)
    """Whether only ASCII is written: escapes for other letters, ``^`` and ``v`` for the order."""
    stale: var[bool] = var(False, init=False)
    """Whether the rows are old news: everything but the cursor line is dimmed."""
    empty: var[str] = var("", init=False)
    """What to say when there are no rows; several lines are allowed."""
    show_header: var[bool] = var(True, init=False)
    sorted_by: var[tuple[str, bool] | None] = var(None, init=False)
    """Column id and whether the order is descending: puts the arrow into the heading, sorts nothing."""
    drop_columns: var[bool] = var(True, init=False)
    """Whether columns are left out when they do not fit; else the list scrolls sideways."""

    def __init__(
        self,
        columns: Sequence[Column[R]] = (),
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Make a window without rows; the arguments are those of ``LineList``."""
        super().__init__(id=id, classes=classes)
        self.set_reactive(LineWindow.empty, empty)
        self._line_columns = tuple(columns)
        self._line_cursor: LineCursor[R] = LineCursor()
        self._line_painter: LinePainter[R] = LinePainter(partial(resolve_style, self))
        self._line_painted: list[object] = []
        self._line_paint_is_due = False
        self._line_window: tuple[int, int] | None = None

    @property
    def rows(self) -> Sequence[R]:
        """The rows as they were handed in."""
        return self._line_cursor.rows

    @property
    def cursor_key(self) -> Hashable | None:
        """Key of the row under the cursor, None when there are no rows."""
        return self._line_cursor.key

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor."""
        cursor = self._line_cursor
        return cursor.rows[cursor.position] if cursor.position >= 0 else None

    @property
    def cursor_position(self) -> int:
        """Number of the row under the cursor, counted from 0; -1 when there are no rows."""
        return self._line_cursor.position

    @property
    def marked(self) -> frozenset[Hashable]:
        """Keys of marked rows, also of those that a filter hides (see ``known`` of :meth:`set_rows`)."""
        return self._line_cursor.marked

    @property
    def visible_keys(self) -> tuple[Hashable, ...]:
        """Keys of the rows in the window, from the top."""
        cursor = self._line_cursor
        return tuple(row.key for row in cursor.rows[cursor.top : cursor.top + cursor.height])

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns, or the same in another order."""
        self._line_columns = tuple(columns)
        self._paint_all()

    def reformat(self) -> None:
        """Ask the columns again what they say, when that depends on more than the row (a time zone, the minute)."""
        before = [self.render_line(y).text for y in range(self.size.height)]
        self._line_painter.forget_strips()
        lines = [y for y, text in enumerate(before) if self.render_line(y).text != text]
        self._refresh_lines(lines)

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the window."""
        self._fit_window()
        return self._line(y)

    def _line(self, y: int) -> Strip:
        painter, cursor = self._line_painter, self._line_cursor
        line = y - self.show_header
        if line < 0:
            return painter.header(self.sorted_by)
        position = cursor.top + line
        if position < len(cursor.rows):
            row = cursor.rows[position]
            return painter.row(row, cursor=position == cursor.position, marked=row.key in cursor.marked)
        words = self.empty.split("\n") if not cursor.rows else []
        return painter.words(words[line] if line < len(words) else "", "empty")

    @property
    def is_bare(self) -> bool:
        """Whether nothing but its lines is drawn: no border, padding, opacity or tint of Textual's styling."""
        styles = self.styles
        return not (styles.gutter != Spacing() or self.opacity < 1 or styles.text_opacity < 1 or styles.tint.a)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the window, past Textual's styling of borders and padding where there is none."""
        if not self.is_bare:
            return super().render_lines(crop)
        self._fit_window()
        strips = [self._line(y) for y in crop.line_range]  # Textual asks for all of them, whichever are to be drawn
        if filters := self.get_line_filters():
            background = self.background_colors[1]
            for line_filter in filters:
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def parts(self, spans: Iterable[tuple[int, int, int]]) -> Iterator[LineStrip]:
        """Return cells of lines, for a compositor that wants no more than those: line, first cell, end."""
        self._fit_window()
        filters = self.get_line_filters()
        background = self.background_colors[1] if filters else TRANSPARENT
        for y, first, end in spans:
            strip = self._line(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            yield lean(strip).part(first, end)

    def notify_style_update(self) -> None:
        """Resolve styles again: the theme, the focus or a class changed."""
        super().notify_style_update()
        self._line_painter.forget_styles()

    def on_mount(self) -> None:
        """Say where the cursor is."""
        self._paint_soon()

    def on_resize(self) -> None:
        """Take the new size; Textual draws the whole widget after it anyway."""
        self._fit_window()

    def watch_ascii_only(self, ascii_only: bool) -> None:
        """Write other letters."""
        self._line_painter.ascii_only = ascii_only
        self._paint_all()

    def watch_stale(self, stale: bool) -> None:
        """Dim or light up the rows."""
        self._line_painter.stale = stale
        self._paint_all()

    def watch_show_header(self) -> None:
        """Give the line of headings to the rows, or take it back."""
        self._paint_all()

    def watch_drop_columns(self) -> None:
        """Lay the columns out again."""
        self._paint_all()

    def watch_empty(self) -> None:
        """Draw the words when they are what is shown."""
        if not self.rows:
            self.refresh()

    def watch_sorted_by(self) -> None:
        """Move the arrow."""
        if self.show_header:
            self._refresh_lines([0])

    def _paint_soon(self) -> None:
        """Draw what changed once everything that waits in the queue has been done.

        A key held down over a slow link piles up. The cursor moves with every key at once, but is drawn and announced
        where it came to rest: it does not go on moving when the key is released.
        """
        if not self._line_paint_is_due and self.is_mounted:
            self._line_paint_is_due = True
            self.call_later(self._paint_changes)

    def _paint_changes(self) -> None:
        self._line_paint_is_due = False
        lines = self._lines_now()
        if len(lines) == len(self._line_painted):
            changed = [y for y, line in enumerate(lines) if line != self._line_painted[y]]
            self._line_painted = lines
            self._refresh_lines([y + self.show_header for y in changed])
        self._came_to_rest()

    def _came_to_rest(self) -> None:
        """Called when all that was asked for has been done and is about to be drawn."""

    def _lines_now(self) -> list[object]:
        """Return what stands on every line: a row (tuples compare by identity first) and how it is shown."""
        cursor = self._line_cursor
        shown: list[object] = [
            (row, position == cursor.position, row.key in cursor.marked)
            for position, row in enumerate(cursor.rows[cursor.top : cursor.top + cursor.height], cursor.top)
        ]
        return shown + [not cursor.rows] * (cursor.height - len(shown))

    def _refresh_lines(self, lines: Sequence[int]) -> None:
        """Ask for exactly these lines to be drawn, neighbours as one region."""
        regions = []
        for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
            block = [y for _, y in run]
            regions.append(Region(0, block[0], self.size.width, len(block)))
        if regions:
            self.refresh(*regions)

    def _fit_window(self) -> None:
        """Lay out for the size there is now.

        Also asked before drawing, because Textual draws a widget before it is told of its size: the first frame shows
        the rows.
        """
        wanted = (self.size.width, self.size.height - self.show_header)
        if wanted == self._line_window:
            return
        self._line_window = wanted
        self._line_cursor.set_height(wanted[1])
        self._line_painter.lay_out(self._line_columns, wanted[0], drop=self.drop_columns)
        self._line_painted = self._lines_now()

    def _paint_all(self) -> None:
        if self.is_mounted:
            self._line_window = None
            self._fit_window()
            self.refresh()
