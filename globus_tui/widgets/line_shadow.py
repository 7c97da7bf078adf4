"""What a terminal shows, cell by cell, so that only cells are written that will show something else."""

from __future__ import annotations

from itertools import compress, repeat
from operator import ne
from typing import TYPE_CHECKING

from globus_tui.widgets.line_strip import PLAIN, RESET, Cell, LineStrip, write_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORTH_A_JUMP = 8
"""Equal cells between two different ones from which on moving the terminal's cursor is shorter than writing them."""


class Shadow:
    """Remembers what was written where, and writes what differs.

    It is wrong once anybody else writes to the terminal: then :meth:`forget` must be called.
    """

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Take every cell for unknown: whatever is written next is written in full."""
        self._lines.clear()

    def believe(self, lines: Iterable[str]) -> None:
        """Take the terminal to show these lines, which were written from its top as text and colours."""
        from globus_tui.widgets.line_known import cells_of  # loaded only where something was written before

        self._lines = {y: list(cells) for y, cells in enumerate(cells_of(lines))}

    def write(self, parts: Iterable[tuple[int, int, LineStrip]], colour_system: str) -> str:
        """Return terminal sequences that draw `parts`: column, line and strip, from the top and from the left.

        A style goes on from one part to the next, and the cursor moves the shortest way. Terminals do not agree on the
        width of every character: a part with characters other than of one cell is written whole and not remembered.
        """
        pieces: list[str] = []
        style, at = PLAIN, (-1, -2)  # nowhere near: the top line is not one below it
        for x, y, strip in parts:
            cells = strip.cells(colour_system)
            if cells is None:
                self._lines.pop(y, None)
                pieces.append(_move(at, (x, y)))
                style = strip.write(pieces, style, colour_system)
                at = (x + strip.cell_length, y)
                continue
            for first, end in self._take(x, y, cells):
                pieces.append(_move(at, (first, y)))
                style = write_cells(cells[first - x : end - x], pieces, style)
                at = (end, y)
        if style != PLAIN:
            pieces.append(RESET)
        return "".join(pieces)

    def _take(self, x: int, y: int, cells: list[Cell]) -> list[tuple[int, int]]:
        """Remember cells and return the columns of them, as (first, end), that the terminal does not show yet."""
        line = self._lines.setdefault(y, [])
        end = x + len(cells)
        if len(line) < end:
            line += repeat(None, end - len(line))
        known = line[x:end]
        if known == cells:
            return []
        line[x:end] = cells
        spans: list[tuple[int, int]] = []
        for column in compress(range(x, end), map(ne, known, cells)):
            if spans and column - spans[-1][1] < _WORTH_A_JUMP:
                spans[-1] = (spans[-1][0], column + 1)
            else:
                spans.append((column, column + 1))
        return spans


def _move(at: tuple[int, int], to: tuple[int, int]) -> str:
    (column, line), (x, y) = at, to
    if y == line:
        return f"\x1b[{x + 1}G" if x != column else ""
    if y == line + 1 and not x:
        return "\r\n"
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"
