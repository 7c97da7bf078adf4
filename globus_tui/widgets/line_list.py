"""A list of any length that costs what is on the screen: one line per row, drawn through Textual's line API.

It knows rows, columns and keys, nothing of what the rows are. Rows are immutable: a refresh hands it another sequence,
it compares the rows in its window and draws the lines that differ. The cursor, the marks and the place in the window
belong to row keys and survive every refresh, sort and filter.

    class Folder(LineList[Entry]):  # an Entry is frozen and has a `key`
        def __init__(self) -> None:
            super().__init__([
                Column("name", "NAME", lambda entry: entry.name, min_width=20),
                Column("size", "SIZE", lambda entry: Span(entry.size, "muted"), width=8, align="right", priority=1),
            ])

    folder.set_rows(entries)          # again with what was read anew, sorted or filtered: only what differs is drawn
    folder.sorted_by = ("name", False)  # the arrow in the heading
    @on(LineList.Chosen)              # Highlighted, MarksChanged, RowLost, HeaderClicked

The modules `line_*` and `type_ahead` need nothing of this program but `present.safe_text`, which makes text harmless
and knows its width, and `domain.quick_dataclass`, for which `dataclasses` will do. `line_app` lets a whole application
write only cells that changed; the list works without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from globus_tui.widgets.line_columns import Column, column_at
from globus_tui.widgets.line_cursor import Row
from globus_tui.widgets.line_keys import LIST_BINDINGS
from globus_tui.widgets.line_window import LineWindow

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Sequence

    from textual import events

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


class LineList(LineWindow[R], can_focus=True):
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
        super().__init__(columns, empty=empty, id=id, classes=classes)
        self._line_type_ahead = type_ahead
        self._line_announced: Hashable | None = None
        self._line_chosen_by_click = False

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

    def _move(self, position: int) -> None:
        self._line_cursor.move_to(position)
        self._paint_soon()

    def _say_marks(self) -> None:
        self.post_message(self.MarksChanged(self, self.marked, frozenset()))
        self._paint_soon()

    def _came_to_rest(self) -> None:
        if self._line_announced != self.cursor_key:
            self._line_announced = self.cursor_key
            self.post_message(self.Highlighted(self, self.cursor_key))
