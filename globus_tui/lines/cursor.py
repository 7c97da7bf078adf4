"""Where the cursor, the marks and the window of a long list stand. Pure: no terminal, no toolkit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable, Sequence


class Row(Protocol):
    """One immutable row: equal rows look the same, a changed row is a new object."""

    @property
    def key(self) -> Hashable: ...  # stays the same while the row changes, is sorted or filtered; unique in a list


R = TypeVar("R", bound=Row)


class RowsSwapped(NamedTuple):
    """What new rows did to the place of the reader.

    Attributes:
        lost_key: Key of the row under the cursor when it is gone, else None.
        dropped: Marked keys that are gone.
    """

    lost_key: Hashable | None = None
    dropped: frozenset[Hashable] = frozenset()


class LineCursor(Generic[R]):
    """Rows, the cursor among them, the marks and which rows are in the window.

    The cursor belongs to a key, not to a number: new rows, another order or a filter leave it on its row, and that
    row on its line of the window.
    """

    def __init__(self) -> None:
        self.rows: Sequence[R] = ()
        self.position = -1
        """Number of the row under the cursor, -1 when there are no rows."""
        self.top = 0
        """Number of the first row in the window."""
        self.height = 1
        """Rows that fit in the window."""
        self.marked: frozenset[Hashable] = frozenset()
        self._positions: dict[Hashable, int] = {}
        self._anchor: Hashable | None = None
        self._last_key: Hashable | None = None

    @property
    def key(self) -> Hashable | None:
        """Key of the row under the cursor."""
        return self.rows[self.position].key if self.position >= 0 else None

    def position_of(self, key: Hashable) -> int | None:
        """Return the number of the row with ``key``."""
        return self._positions.get(key)

    def swap_rows(self, rows: Sequence[R], known: Container[Hashable] | None) -> RowsSwapped:
        """Take new rows; keep the cursor on its row, that row on its line, and the marks.

        Args:
            rows: The rows to show, in order.
            known: Keys that exist though they may not be among ``rows`` (hidden by a filter): their marks stay.
        """
        before, old_position, old_top = self.rows, self.position, self.top
        key = self.key if old_position >= 0 else self._last_key
        self.rows = rows
        self._positions = {row.key: number for number, row in enumerate(rows)}
        place = self._positions.get(key)
        self.position = self._neighbour(before, old_position) if place is None else place
        self._keep_line(before, old_position, old_top)
        lost = key if old_position >= 0 and self.key != key else None
        self._last_key = key if self.position < 0 else self.key
        dropped = frozenset(
            mark for mark in self.marked if mark not in self._positions and (known is None or mark not in known)
        )
        self.marked -= dropped
        return RowsSwapped(lost, dropped)

    def move_to(self, position: int) -> None:
        """Put the cursor on a row, and the row into the window.

        A cursor that leaves the window takes it half a page further, not one line: over a slow link a page that is
        drawn once in eighteen keys costs less than one drawn with every key.
        """
        if not self.rows:
            return
        self.position = min(max(0, position), len(self.rows) - 1)
        self._last_key = self.key
        if not self.top <= self.position < self.top + self.height:
            self.scroll_to(self.position - self.height // 2)

    def page(self, rows: int) -> None:
        """Move the window and the cursor by a number of rows: the cursor stays on its line where it can."""
        self.scroll_to(self.top + rows)
        self.move_to(self.position + rows)

    def scroll_to(self, top: int) -> None:
        """Move the window without the cursor, as a mouse wheel does."""
        self.top = max(0, min(top, len(self.rows) - self.height))

    def set_height(self, height: int) -> None:
        """Take another number of lines; the cursor stays in the window if it was in it."""
        was_visible = self.top <= self.position < self.top + self.height
        self.height = max(1, height)
        self.scroll_to(self.top)
        if was_visible and self.position >= self.top + self.height:
            self.scroll_to(self.position - self.height + 1)

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off; a range starts here."""
        if (key := self.key) is not None:
            self.marked ^= {key}
            self._anchor = key

    def mark_range(self) -> None:
        """Mark every row from the one last marked or unmarked by hand to the cursor."""
        if self.position < 0:
            return
        start = self._positions.get(self._anchor, self.position)
        low, high = sorted((start, self.position))
        self.mark(row.key for row in self.rows[low : high + 1])
        self._anchor = self.key

    def mark(self, keys: Iterable[Hashable]) -> None:
        """Add marks."""
        self.marked |= frozenset(keys)

    def clear_marks(self) -> None:
        """Take all marks off, also those of rows that a filter hides."""
        self.marked = frozenset()
        self._anchor = None

    def _neighbour(self, before: Sequence[R], position: int) -> int:
        """Return the nearest row that is still there: below the lost one first, then above, else the first row."""
        if not self.rows:
            return -1
        if position < 0:
            return 0
        for near in (range(position + 1, len(before)), range(position - 1, -1, -1)):
            for number in near:
                if (place := self._positions.get(before[number].key)) is not None:
                    return place
        return min(position, len(self.rows) - 1)

    def _keep_line(self, before: Sequence[R], old_position: int, old_top: int) -> None:
        """Scroll so that the reader's row stays on its line: the cursor's row, or the first visible one."""
        line = old_position - old_top
        if self.position >= 0 and old_position >= 0 and 0 <= line < self.height:
            self.scroll_to(self.position - line)
            self.move_to(self.position)
            return
        for number in range(old_top, min(old_top + self.height, len(before))):
            if (found := self._positions.get(before[number].key)) is not None:
                self.scroll_to(found - (number - old_top))
                return
        self.scroll_to(old_top)
