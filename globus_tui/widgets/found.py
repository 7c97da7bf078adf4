"""Setting off in a cell what was searched for."""

from __future__ import annotations

import re
from functools import lru_cache

from globus_tui.widgets.line_columns import Cell, Span


@lru_cache(maxsize=8)
def finder(needle: str) -> re.Pattern[str]:
    """Finds a text as it stands, whether in capitals or not."""
    return re.compile(re.escape(needle), re.IGNORECASE)


def plain(cell: Cell) -> str:
    """The text of a cell without its styles."""
    if isinstance(cell, str):
        return cell
    return cell.text if isinstance(cell, Span) else "".join(span.text for span in cell)


def set_off(cell: Cell, needle: str) -> Cell:
    """The cell with each match reversed, which is seen without colours too; not a match across two styles."""
    if not needle or finder(needle).search(plain(cell)) is None:
        return cell
    spans = (Span(cell),) if isinstance(cell, str) else (cell,) if isinstance(cell, Span) else cell
    return tuple(piece for span in spans for piece in _pieces(span, finder(needle)))


def _pieces(span: Span, found: re.Pattern[str]) -> list[Span]:
    pieces, end = [], 0
    for match in found.finditer(span.text):
        pieces.append(Span(span.text[end : match.start()], span.style))
        pieces.append(Span(match.group(), f"{span.style} reverse".strip()))
        end = match.end()
    return [*pieces, Span(span.text[end:], span.style)]
