"""A list of any length that costs what is on the screen: one line per row, drawn through Textual's line API.

It knows rows, columns and keys, nothing of what the rows are. Rows are immutable: a refresh hands it another sequence,
it compares the rows in its window and draws the lines that differ. The cursor, the marks and the place in the window
belong to row keys and survive every refresh, sort and filter. It is a plain widget with its own first row instead of a
scroll view, which lays the whole screen out again when its number of rows changes, and repaints all its lines when its
offset changes. README.md beside this file has an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Spacing
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from globus_tui.lines.columns import (
    GUTTER,
    Column,
    Place,
    Span,
    column_at,
    header_spans,
    lay_out,
    merge,
    row_spans,
    total_width,
)
from globus_tui.lines.cursor import LineCursor, Row
from globus_tui.lines.strip import LineStrip, lean
from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, fit, safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Sequence

    from textual import events


R = TypeVar("R", bound=Row)

PREFIX = "line-list--"
STYLE_NAMES = ("header", "cursor", "mark", "empty", "stale", "success", "warning", "error", "accent", "muted")
"""Names that a column may give to a :class:`Span`; a subclass adds more as component classes with the same prefix."""

# Text colours of a theme are tinted, and the nearest of 16 colours to a tinted red is white. With 16 colours a name
# gets the colour it stands for: bright on a dark background, plain on a light one.
_SIXTEEN = {
    "success": ("#55ff55", "#00aa00"),
    "warning": ("#ffff55", "#aa5500"),
    "error": ("#ff5555", "#aa0000"),
    "accent": ("#55ffff", "#00aaaa"),
    "mark": ("#55ffff", "#00aaaa"),
}

_ATTRIBUTES = frozenset(("bold", "dim", "italic", "underline", "reverse", "strike"))

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
        line = fit(" " * GUTTER * bool(text) + safe_line(text, ascii_only=self.ascii_only), self.width)
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
        whole, end = Strip(segments, total), self.left + self.width
        if not whole.crop(end, total).text.strip():
            return lean(whole.crop(self.left, end))
        sign = Segment(ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS, self._style(plain))
        return lean(Strip([*whole.crop(self.left, end - 1), sign], self.width))

    def _style(self, words: str) -> Style:
        style = self._styles.get(words)
        if style is None:
            style = self._styles[words] = self._style_of(words)
        return style


def resolve_style(widget: Widget, words: str) -> Style:
    """Return the style that ``words`` mean on ``widget``, with its text colour and background.

    Args:
        widget: A widget with component classes ``line-list--NAME``.
        words: Names of :data:`STYLE_NAMES` and attributes (``bold``, ``dim`` …), separated by spaces. What is not
            known is left out: a wrong name must not take a screen down.
    """
    sixteen = widget.app.console.color_system == "standard"
    if sixteen and words == "cursor" and widget.has_focus:
        # A theme's accent among 16 colours is white on cyan: hard to read. Reversed text never is.
        return widget.get_visual_style().rich_style + Style(reverse=True)
    if words.startswith("cursor ") and (sixteen or widget.get_component_styles(PREFIX + "cursor").text_style.reverse):
        words = words.removeprefix("cursor ")  # reversed, the lower half of a cell would be its upper half
    known = {name for cls in type(widget).__mro__ for name in getattr(cls, "COMPONENT_CLASSES", ())}
    names = [name for word in words.split() if (name := PREFIX + word) in known]
    style = widget.get_visual_style(*names).rich_style
    for name in names:  # get_visual_style leaves out "reverse", which is what marks the cursor without colours
        style += widget.get_component_styles(name).text_style
    for word in words.split():
        if sixteen and word in _SIXTEEN:
            style += Style.parse(_SIXTEEN[word][not widget.app.current_theme.dark])
        if word in _ATTRIBUTES:
            style += Style.parse(word)
    return style


_KEYS = {
    "down": ("down,j", "move(1)"),
    "up": ("up,k", "move(-1)"),
    "page-down": ("pagedown", "page(1.0)"),
    "page-up": ("pageup", "page(-1.0)"),
    "half-page-down": ("ctrl+d", "page(0.5)"),
    "half-page-up": ("ctrl+u", "page(-0.5)"),
    "first": ("g,home", "first"),
    "last": ("G,end", "last"),
    "left": ("left", "scroll_sideways(-1)"),
    "right": ("right", "scroll_sideways(1)"),
    "choose": ("enter", "choose"),
    "mark": ("space", "mark"),
    "mark-range": ("ctrl+@,ctrl+space", "mark_range"),
    "mark-all": ("asterisk", "mark_all"),
    "clear-marks": ("backslash", "clear_marks"),
}
LIST_BINDINGS: list[BindingType] = [
    Binding(keys, action, show=False, id=f"list.{name}") for name, (keys, action) in _KEYS.items()
]
"""Every binding has an id, so that a keymap can give it other keys."""

_WHEEL_ROWS = 3
_SIDE_STEP = 8


@dataclass
class _Said(Message):
    line_list: LineList[Any]

    @property
    def control(self) -> LineList[Any]:
        """The list it happened in: lets ``@on`` select by id."""
        return self.line_list


class LineList(Widget, Generic[R], can_focus=True):
    """A long list with a cursor, marks and columns. See the module for what it promises.

    The owner hands it rows (:meth:`set_rows`), columns (:meth:`set_columns`) and the order they are in
    (:attr:`sorted_by`); sorting and filtering are the owner's. Text is data and is made harmless here.
    """

    BINDINGS = LIST_BINDINGS

    @dataclass
    class Highlighted(_Said):
        """The cursor came to rest on another row: once for keys that piled up. None: there are no rows."""

        key: Hashable | None

    @dataclass
    class Chosen(_Said):
        """A row was opened with Enter, a double click or a click on the cursor row."""

        key: Hashable

    @dataclass
    class MarksChanged(_Said):
        """Marks were set or taken off. ``dropped`` holds the ones that went because their rows are gone."""

        keys: frozenset[Hashable]
        dropped: frozenset[Hashable]

    @dataclass
    class RowLost(_Said):
        """The row under the cursor is gone and the cursor went to its nearest neighbour (None: no rows)."""

        lost_key: Hashable
        key: Hashable | None

    @dataclass
    class HeaderClicked(_Said):
        """The heading of a column was clicked."""

        column_id: str

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {PREFIX + name for name in STYLE_NAMES}
    DEFAULT_CSS = """
    LineList {
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
        """Make a list without rows.

        Args:
            columns: What is shown of a row.
            empty: What to say when there are no rows.
            id: Name in the style sheet.
            classes: Classes in the style sheet.
        """
        super().__init__(id=id, classes=classes)
        self.set_reactive(LineList.empty, empty)
        self._line_columns = tuple(columns)
        self._line_cursor: LineCursor[R] = LineCursor()
        self._line_painter: LinePainter[R] = LinePainter(partial(resolve_style, self))
        self._line_painted: list[object] = []
        self._line_paint_is_due = False
        self._line_window: tuple[int, int] | None = None
        self._line_announced: Hashable | None = None
        self._line_chosen_by_click = False

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

    @property
    def columns(self) -> Sequence[Column[R]]:
        """What is shown of a row, also what there is no room for."""
        return self._line_columns

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns, or the same in another order."""
        self._line_columns = tuple(columns)
        self._paint_all()

    def set_rows(self, rows: Sequence[R], *, known: Container[Hashable] | None = None) -> None:
        """Show other rows; the cursor, its line on the screen and the marks stay with their keys.

        Args:
            rows: Rows in the order of showing; never changed afterwards. The same object again costs nothing.
            known: Keys that exist though a filter may hide them: their marks are kept. Without it a mark goes with
                its row, so that nobody acts on what he cannot see.
        """
        if rows is self._line_cursor.rows and (known is None or not self.marked):
            return
        swapped = self._line_cursor.swap_rows(rows, known)
        if swapped.lost_key is not None:
            self.post_message(self.RowLost(self, swapped.lost_key, self.cursor_key))
        if swapped.dropped:
            self.post_message(self.MarksChanged(self, self.marked, swapped.dropped))
        self._paint_soon()

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a row; returns whether there is such a row."""
        position = self._line_cursor.position_of(key)
        if position is not None:
            self._move(position)
        return position is not None

    def set_marks(self, keys: frozenset[Hashable]) -> None:
        """Mark exactly these keys."""
        if keys != self.marked:
            self._line_cursor.clear_marks()
            self._line_cursor.mark(keys)
            self._say_marks()

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the window, past Textual's styling where there is no border, padding, opacity or tint."""
        styles = self.styles
        if styles.gutter != Spacing() or self.opacity < 1 or styles.text_opacity < 1 or styles.tint.a:
            return super().render_lines(crop)
        self._fit_window()
        strips = [self._line(y) for y in crop.line_range]  # Textual asks for all of them, whichever are to be drawn
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def notify_style_update(self) -> None:
        """Resolve styles again: the theme, the focus or a class changed."""
        super().notify_style_update()
        self._line_painter.forget_styles()

    def on_mount(self) -> None:
        self._paint_soon()

    def on_resize(self) -> None:
        """Take the new size; Textual draws the whole widget after it anyway."""
        self._fit_window()

    def watch_ascii_only(self, ascii_only: bool) -> None:
        self._line_painter.ascii_only = ascii_only
        self._paint_all()

    def watch_stale(self, stale: bool) -> None:
        self._line_painter.stale = stale
        self._paint_all()

    def watch_show_header(self) -> None:
        self._paint_all()

    def watch_drop_columns(self) -> None:
        self._paint_all()

    def watch_empty(self) -> None:
        """Draw the words when they are what is shown."""
        if not self.rows:
            self.refresh()

    def watch_sorted_by(self) -> None:
        if self.show_header:
            self._refresh_lines([0])

    def _paint_soon(self) -> None:
        """Draw what changed once everything that waits in the queue has been done.

        A key held down over a slow link piles up. The cursor moves with every key at once, but is drawn and announced
        where it came to rest: it does not go on moving when the key is released.
        """
        if not self._line_paint_is_due and self.is_mounted:
            self._line_paint_is_due = True
            self.call_later(self._come_to_rest)

    def _come_to_rest(self) -> None:
        """Tell the owner first, and draw in the screen's turn: one frame then has both the lines and its words."""
        self._line_paint_is_due = False
        if self._line_announced != self.cursor_key:
            self._line_announced = self.cursor_key
            self.post_message(self.Highlighted(self, self.cursor_key))
        if self.is_attached:
            self.screen.call_later(self._paint_changes)

    def _paint_changes(self) -> None:
        lines = self._lines_now()
        if len(lines) == len(self._line_painted):
            changed = [y for y, line in enumerate(lines) if line != self._line_painted[y]]
            self._line_painted = lines
            self._refresh_lines([y + self.show_header for y in changed])

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
        size = (self.size.width, self.size.height - self.show_header)
        if size == self._line_window:
            return
        self._line_window = size
        self._line_cursor.set_height(size[1])
        self._line_painter.lay_out(self._line_columns, size[0], drop=self.drop_columns)
        self._line_painted = self._lines_now()

    def _paint_all(self) -> None:
        if self.is_mounted:
            self._line_window = None
            self._fit_window()
            self.refresh()

    # Keys.

    def action_move(self, rows: int) -> None:
        self._move(self._line_cursor.position + rows)

    def action_page(self, pages: float) -> None:
        """Move by pages; a whole page leaves one line of the last one in sight."""
        height = self._line_cursor.height
        rows = int(pages * height) if abs(pages) < 1 else int(pages * max(1, height - 1))
        self._line_cursor.page(rows or (1 if pages > 0 else -1))
        self._paint_soon()

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(len(self.rows) - 1)

    def action_choose(self) -> None:
        if (key := self.cursor_key) is not None:
            self.post_message(self.Chosen(self, key))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off, and go down."""
        self._line_cursor.toggle_mark()
        self._say_marks()
        self.action_move(1)

    def action_mark_range(self) -> None:
        self._line_cursor.mark_range()
        self._say_marks()

    def action_mark_all(self) -> None:
        self._line_cursor.mark(row.key for row in self.rows)
        self._say_marks()

    def action_clear_marks(self) -> None:
        if self.marked:
            self._line_cursor.clear_marks()
            self._say_marks()

    def action_scroll_sideways(self, steps: int) -> None:
        painter = self._line_painter
        left = max(0, min(painter.left + steps * _SIDE_STEP, painter.overflow))
        if left != painter.left:
            painter.left = left
            painter.forget_strips()
            self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the sideways keys to the owner while everything fits."""
        if action == "scroll_sideways":
            return self._line_painter.overflow > 0
        return super().check_action(action, parameters)

    # The mouse, where there is one.

    def on_click(self, event: events.Click) -> None:
        """Move to a row; open it when it was the cursor row already, or on a double click."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        line = offset.y - self.show_header
        if line < 0:
            column_id = column_at(self._line_painter.places, offset.x + self._line_painter.left)
            if column_id is not None:
                self.post_message(self.HeaderClicked(self, column_id))
            return
        position = self._line_cursor.top + line
        if position >= len(self.rows):
            return
        again = event.chain > 1
        if position == self.cursor_position and not (again and self._line_chosen_by_click):
            self._line_chosen_by_click = True
            self.action_choose()
        elif not again:
            self._line_chosen_by_click = False
            self._move(position)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll without moving the cursor."""
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll without moving the cursor."""
        self._wheel(event, -_WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._line_cursor.scroll_to(self._line_cursor.top + rows)
        self._paint_soon()

    def _move(self, position: int) -> None:
        self._line_cursor.move_to(position)
        self._paint_soon()

    def _say_marks(self) -> None:
        self.post_message(self.MarksChanged(self, self.marked, frozenset()))
        self._paint_soon()
