"""Columns of a line list: where they stand for a given width, and a row as pieces of text of that width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, cell_width, clip, fit, safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from globus_tui.present.safe_text import Align, Clip

R = TypeVar("R")

MARK = "*"
ARROWS = {False: "▲", True: "▼"}
"""Sort indicator by "descending"."""
ASCII_ARROWS = {False: "^", True: "v"}

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


class Column(NamedTuple, Generic[R]):
    """One column of a list.

    Attributes:
        id: Name by which the owner sorts, hides and is told of clicks.
        cell: What is shown for a row. Called for visible rows only, and again only when the row changed.
        width: Cells, or 0 for a column that shares what the fixed ones leave.
        min_width: Least cells of a flexible column.
        max_width: Most cells of a flexible column; 0 is no limit.
        weight: Share of the spare cells of a flexible column.
        align: Where text shorter than the column stands.
        clip: Which part of longer text is lost.
        priority: When the list is too narrow, the highest number is dropped first; 0 is never dropped.
        keeps_colours: Whether the cursor's bar goes behind its cells and leaves their colours, which say something.
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


class Place(NamedTuple, Generic[R]):
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
        weights, left = max(1, sum(column.weight for column in open_columns)), spare
        for column in open_columns:
            share = min(max(1, spare * column.weight // weights), left)
            if column.max_width:
                share = min(share, column.max_width - widths[column.id])
            widths[column.id] += max(0, share)
            left -= max(0, share)
        spare = left if left < spare else 0
        open_columns = [column for column in open_columns if not 0 < column.max_width <= widths[column.id]]
    return widths


def row_spans(row: R, places: Sequence[Place[R]], *, marked: bool, ascii_only: bool, bar: str = "") -> list[Span]:
    """Return a row as pieces that follow one another, from the gutter to the end of the last column.

    Args:
        marked: Whether it has a mark.
        ascii_only: Whether to write ASCII only.
        bar: The one style of the whole line, behind the colours of columns that keep them; empty: each has its own.
    """
    spans = [Span((MARK if marked else " ").ljust(GUTTER), bar or ("mark" if marked else ""))]
    for number, place in enumerate(places):
        if number:
            spans.append(Span(" " * GAP, bar))
        cells = cell_spans(place.column.cell(row), place, ascii_only=ascii_only)
        keeps = place.column.keeps_colours
        spans += [Span(span.text, f"{bar} {span.style}".strip() if keeps else bar or span.style) for span in cells]
    return spans


def cell_spans(cell: Cell, place: Place[R], *, ascii_only: bool) -> list[Span]:
    """Return what a column says as pieces that fill exactly its cells."""
    column, ellipsis = place.column, ASCII_ELLIPSIS if ascii_only else ELLIPSIS
    if isinstance(cell, str):
        cell = Span(cell)
    if isinstance(cell, Span):
        text = safe_line(cell.text, ascii_only=ascii_only)
        return [Span(fit(text, place.width, align=column.align, where=column.clip, ellipsis=ellipsis), cell.style)]
    spans = [Span(safe_line(span.text, ascii_only=ascii_only), span.style) for span in cell]
    missing = place.width - sum(cell_width(span.text) for span in spans)
    if missing < 0:
        return _cut(spans, place.width, ellipsis)
    before = {"left": 0, "right": missing, "center": missing // 2}[column.align]
    return [Span(" " * before), *spans, Span(" " * (missing - before))]


def header_spans(places: Sequence[Place[R]], sorted_by: tuple[str, bool] | None, *, ascii_only: bool) -> list[Span]:
    """Return the headings, an arrow behind the one that the rows are sorted by; at the end, where that is not shown."""
    arrows = ASCII_ARROWS if ascii_only else ARROWS
    line = [" " * GUTTER]
    for number, place in enumerate(places):
        title = safe_line(place.column.title, ascii_only=ascii_only)
        ellipsis = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
        if sorted_by is not None and sorted_by[0] == place.column.id:
            title = clip(title, place.width - 1, ellipsis=ellipsis) + arrows[sorted_by[1]]
        if number == len(places) - 1 and sorted_by and sorted_by[0] not in {place.column.id for place in places}:
            mark = f" by {sorted_by[0].upper()}{arrows[sorted_by[1]]}"
            title = fit(title, max(0, place.width - cell_width(mark)), ellipsis=ellipsis) + mark
        line.append(" " * (GAP if number else 0) + fit(title, place.width, align=place.column.align, ellipsis=ellipsis))
    return [Span("".join(line), "header")]


def merge(spans: Sequence[Span]) -> list[Span]:
    """Join neighbours of the same style and drop empty pieces: fewer pieces are fewer bytes."""
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if merged and merged[-1].style == span.style:
            merged[-1] = Span(merged[-1].text + span.text, span.style)
        else:
            merged.append(span)
    return merged


def _cut(spans: Sequence[Span], width: int, ellipsis: str) -> list[Span]:
    room = width - cell_width(ellipsis)
    if room < 0:
        return [Span(fit("", width))]
    kept: list[Span] = []
    for span in spans:
        piece = clip(span.text, room, ellipsis="")
        kept.append(Span(piece, span.style))
        room -= cell_width(piece)
        if piece != span.text:
            break
    return [*kept, Span(ellipsis + " " * room, kept[-1].style if kept else "")]
