"""One row as pieces of text of an exact total width, each with the name of its style."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, cell_width, clip, fit, safe_line
from globus_tui.widgets.line_columns import GAP, GUTTER, Cell, Place, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

R = TypeVar("R")

MARK = "*"
ARROWS = {False: "▲", True: "▼"}
"""Sort indicator by "descending"."""
ASCII_ARROWS = {False: "^", True: "v"}


def row_spans(row: R, places: Sequence[Place[R]], *, marked: bool, ascii_only: bool, bar: str = "") -> list[Span]:
    """Return a row as pieces that follow one another, from the gutter to the end of the last column.

    Args:
        row: Any row.
        places: Where its columns stand.
        marked: Whether it has a mark.
        ascii_only: Whether to write ASCII only.
        bar: The one style of the whole line, but for columns that keep their colours; empty where each has its own.
    """
    spans = [Span((MARK if marked else " ").ljust(GUTTER), bar or ("mark" if marked else ""))]
    for number, place in enumerate(places):
        if number:
            spans.append(Span(" " * GAP, bar))
        cells = cell_spans(place.column.cell(row), place, ascii_only=ascii_only)
        spans += [Span(cell.text, bar) for cell in cells] if bar and not place.column.keeps_colours else cells
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
    """Return the headings, an arrow behind the one that the rows are sorted by."""
    arrows = ASCII_ARROWS if ascii_only else ARROWS
    line = [" " * GUTTER]
    for number, place in enumerate(places):
        title = safe_line(place.column.title, ascii_only=ascii_only)
        ellipsis = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
        if sorted_by is not None and sorted_by[0] == place.column.id:
            title = clip(title, place.width - 1, ellipsis=ellipsis) + arrows[sorted_by[1]]
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
