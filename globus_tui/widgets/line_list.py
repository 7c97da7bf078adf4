"""A list of any length that costs what is on the screen: one line per row, drawn through Textual's line API.

It knows rows, columns and keys, nothing of what the rows are. Rows are immutable: a refresh hands it another sequence,
it compares the rows in its window and draws the lines that differ. The cursor, the marks and the place in the window
belong to row keys and survive every refresh, sort and filter.

It is a plain widget with its own first row instead of a scroll view: a scroll view lays the whole screen out again when
its number of rows changes, and repaints all its lines when its offset changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.geometry import Region, Spacing
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from globus_tui.widgets.line_columns import Column, column_at
from globus_tui.widgets.line_cursor import LineCursor, Row
from globus_tui.widgets.line_keys import LIST_BINDINGS
from globus_tui.widgets.line_painter import LinePainter
from globus_tui.widgets.line_styles import PREFIX, STYLE_NAMES, resolve_style

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Sequence

    from textual import events
    from textual.strip import Strip

    from globus_tui.widgets.type_ahead import TypeAhead

R = TypeVar("R", bound=Row)

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

    ALLOW_SELECT = False
    BINDINGS = LIST_BINDINGS
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

    def __init__(
        self,
        columns: Sequence[Column[R]] = (),
        *,
        empty: str = "",
        type_ahead: TypeAhead[R] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Make a list.

        Args:
            columns: What is shown of a row.
            empty: What to say when there are no rows.
            type_ahead: Finds rows as letters are typed (which then no longer move the cursor); off by default.
            id: Name in the style sheet.
            classes: Classes in the style sheet.
        """
        super().__init__(id=id, classes=classes)
        self.set_reactive(LineList.empty, empty)
        self._line_columns = tuple(columns)
        self._line_cursor: LineCursor[R] = LineCursor()
        self._line_painter: LinePainter[R] = LinePainter(partial(resolve_style, self))
        self._line_type_ahead = type_ahead
        self._line_painted: list[object] = []
        self._line_paint_is_due = False
        self._line_announced: Hashable | None = None
        self._line_chosen_by_click = False

    # What the owner reads.

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

    # What the owner does.

    def set_rows(self, rows: Sequence[R], *, known: Container[Hashable] | None = None) -> None:
        """Show other rows; the cursor, its line on the screen and the marks stay with their keys.

        Args:
            rows: Rows in the order of showing; never changed afterwards. The same object again costs nothing.
            known: Keys that exist though a filter may hide them: their marks are kept. Without it a mark goes with
                its row, so that nobody acts on what he cannot see.
        """
        if rows is self._line_cursor.rows and known is None:
            return
        swapped = self._line_cursor.swap_rows(rows, known)
        if swapped.lost_key is not None:
            self.post_message(self.RowLost(self, swapped.lost_key, self.cursor_key))
        if swapped.dropped:
            self.post_message(self.MarksChanged(self, self.marked, swapped.dropped))
        self._paint_soon()

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

    # Keys.

    def action_move(self, rows: int) -> None:
        """Move the cursor by a number of rows."""
        self._move(self._line_cursor.position + rows)

    def action_page(self, pages: float) -> None:
        """Move by pages; a whole page leaves one line of the last one in sight."""
        height = self._line_cursor.height
        rows = int(pages * height) if abs(pages) < 1 else int(pages * max(1, height - 1))
        self._line_cursor.page(rows or (1 if pages > 0 else -1))
        self._paint_soon()

    def action_first(self) -> None:
        """Go to the first row."""
        self._move(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move(len(self.rows) - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if (key := self.cursor_key) is not None:
            self.post_message(self.Chosen(self, key))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off, and go down."""
        self._line_cursor.toggle_mark()
        self._say_marks()
        self.action_move(1)

    def action_mark_range(self) -> None:
        """Mark every row between the last mark and the cursor."""
        self._line_cursor.mark_range()
        self._say_marks()

    def action_mark_all(self) -> None:
        """Mark every row that is shown, also outside the window."""
        self._line_cursor.mark(row.key for row in self.rows)
        self._say_marks()

    def action_clear_marks(self) -> None:
        """Take all marks off."""
        if self.marked:
            self._line_cursor.clear_marks()
            self._say_marks()

    def action_scroll_sideways(self, steps: int) -> None:
        """Show what is left or right of the window."""
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

    def on_key(self, event: events.Key) -> None:
        """Find rows by their first letters, where the owner asked for it."""
        if self._line_type_ahead is None or event.character is None:
            return
        found = self._line_type_ahead.find(self.rows, self.cursor_position, event.character, event.time)
        if found is None:
            return
        event.stop()
        event.prevent_default()
        if found >= 0:
            self._move(found)

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

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the window."""
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
        """Return the lines of the window, past Textual's styling of borders and padding where there is none."""
        styles = self.styles
        if styles.gutter != Spacing() or self.opacity < 1 or styles.text_opacity < 1 or styles.tint.a:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
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
        """Say where the cursor is."""
        self._paint_soon()

    def on_resize(self) -> None:
        """Lay the columns out for another width."""
        self._paint_all()

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

    def _move(self, position: int) -> None:
        self._line_cursor.move_to(position)
        self._paint_soon()

    def _say_marks(self) -> None:
        self.post_message(self.MarksChanged(self, self.marked, frozenset()))
        self._paint_soon()

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
        if self._line_announced != self.cursor_key:
            self._line_announced = self.cursor_key
            self.post_message(self.Highlighted(self, self.cursor_key))

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

    def _paint_all(self) -> None:
        if not self.is_mounted:
            return
        self._line_cursor.set_height(self.size.height - self.show_header)
        self._line_painter.lay_out(self._line_columns, self.size.width, drop=self.drop_columns)
        self._line_painted = self._lines_now()
        self.refresh()
