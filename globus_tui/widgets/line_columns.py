"""Columns of a line list: what they say of a row, and where they stand for a given width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from globus_tui.present.safe_text import Align, Clip

R = TypeVar("R")

GUTTER = 2
"""Cells before the first column: the mark and a space."""
GAP = 1
"""Cells between two columns."""


class Span(NamedTuple):
    """A piece of text in a named style, such as ``Span("FAILED", "error")``."""

    text: str
    style: str = ""
    """Words: component names of the list (``error``, ``muted``) or ``bold dim italic underline reverse``."""


Cell = str | Span | tuple[Span, ...]
"""What a column says of a row. Text is data: it is never read as markup."""


@dataclass(frozen=True)  # no slots: with them `Column[Row](...)` cannot be called in Python 3.11
class Column(Generic[R]):
    """One column of a list.

    Attributes:
        id: Name by which the owner sorts, hides and is told of clicks.
        title: Heading.
        cell: What is shown for a row. Called for visible rows only, and again only when the row changed.
        width: Cells, or 0 for a column that shares what the fixed ones leave.
        min_width: Least cells of a flexible column.
        max_width: Most cells of a flexible column; 0 is no limit.
        weight: Share of the spare cells of a flexible column.
        align: Where text shorter than the column stands.
        clip: Which part of longer text is lost.
        priority: When the list is too narrow, the highest number is dropped first; 0 is never dropped.
        keeps_colours: Whether the cursor's bar leaves the column out, for cells whose colours say something.
    """

    id: str
    title: str
    cell: Callable[[R], Cell]
    width: int = 0
    min_width: int = 8
    max_width: int = 0
    weight: int = 1
    align: Align = "left"
    clip: Clip = "end"
    priority: int = 0
    keeps_colours: bool = False

    @property
    def least(self) -> int:
        """Cells that the column cannot do without."""
        return self.width or self.min_width


@dataclass(frozen=True)
class Place(Generic[R]):
    """A column that is shown, its first cell and its cells."""

    column: Column[R]
    start: int
    width: int


def lay_out(columns: Sequence[Column[R]], width: int, *, drop: bool = True) -> tuple[Place[R], ...]:
    """Place columns side by side in ``width`` cells.

    Args:
        columns: All columns, in the order of showing.
        width: Cells of the list.
        drop: Whether columns may be left out when they do not fit. Without, or when no more may be dropped, the
            result is wider than the list, which then scrolls sideways.
    """
    kept = list(columns)
    while drop and _needed(kept) > width:
        droppable = [column for column in kept if column.priority > 0]
        if not droppable:
            break
        kept.remove(max(reversed(droppable), key=lambda column: column.priority))
    widths = _share(kept, max(0, width - _needed(kept)))
    places: list[Place[R]] = []
    start = GUTTER
    for column in kept:
        places.append(Place(column, start, widths[column.id]))
        start += widths[column.id] + GAP
    return tuple(places)


def total_width(places: Sequence[Place[R]]) -> int:
    """Return the cells from the left edge of the list to the end of the last column."""
    return places[-1].start + places[-1].width if places else GUTTER


def column_at(places: Sequence[Place[R]], x: int) -> str | None:
    """Return the id of the column that covers cell ``x`` of the laid-out line."""
    for place in places:
        if place.start <= x < place.start + place.width + GAP:
            return place.column.id
    return None


def _needed(columns: Sequence[Column[R]]) -> int:
    return GUTTER + sum(column.least for column in columns) + GAP * max(0, len(columns) - 1)


def _share(columns: Sequence[Column[R]], spare: int) -> dict[str, int]:
    """Divide ``spare`` cells among flexible columns by weight; a column that is full leaves its share to the rest."""
    widths = {column.id: column.least for column in columns}
    open_columns = [column for column in columns if not column.width]
    while spare > 0 and open_columns:
        weights = sum(column.weight for column in open_columns)
        given = 0
        for column in open_columns:
            share = max(1, spare * column.weight // weights) if weights else 0
            share = min(share, spare - given, _room(column, widths[column.id]))
            widths[column.id] += share
            given += share
        if not given:
            break
        spare -= given
        open_columns = [column for column in open_columns if _room(column, widths[column.id]) > 0]
    return widths


def _room(column: Column[R], width: int) -> int:
    return max(0, column.max_width - width) if column.max_width else 1_000_000
