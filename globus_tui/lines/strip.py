"""A strip that says no more to the terminal than it must."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color import ColorSystem
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

_COLOUR_SYSTEMS = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "windows": ColorSystem.WINDOWS}
_ATTRIBUTES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7", "strike": "9"}
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What takes an attribute off; bold and dim go together."""

Codes = tuple[str, str, str]
"""A style as SGR parameters: attributes, text colour, background."""
Cell = tuple[str, Codes]
"""A character and how it looks; blanks have no text colour."""
Run = tuple[Codes, str]
"""Several that look alike."""
_CHARACTER, _LOOKS = itemgetter(0), itemgetter(1)
PLAIN: Codes = ("", "39", "49")
"""The terminal's default style."""
RESET = "\x1b[m"


class LineStrip(Strip):
    """A strip that is written as cells of which the terminal shows some already.

    Textual writes the whole style (text colour, background, attributes) before every segment and a reset after it:
    about 40 bytes a segment in 24-bit colour. A line of a list changes only its text colour once or twice, so what
    differs is written, and one reset: about a quarter fewer bytes for a page. For the same reason text colours are
    taken from the palette of 256 even where 24 bits are understood: half the bytes, and a difference nobody sees in a
    letter. Backgrounds stay exact, they must meet their surroundings. Links and meta data of styles are not written.
    """

    __slots__ = ("_line_cells",)

    _line_cells: list[Cell] | None

    def runs(self, colour_system: str) -> list[Run]:
        """Return its pieces, each of one look."""
        looks = (PLAIN if style is None else _codes(style, colour_system) for _, style, _ in self)
        return [
            (("", "", codes[2]) if not codes[0] and text.isspace() else codes, text)
            for codes, (text, _, _) in zip(looks, self, strict=True)
        ]

    def cells(self, colour_system: str) -> list[Cell] | None:
        """Return what every cell shows; None when a character takes more or less than one."""
        try:
            return self._line_cells
        except AttributeError:
            self._line_cells = cells = self._cells(colour_system)
            return cells

    def _cells(self, colour_system: str) -> list[Cell] | None:
        cells: list[Cell] = []
        for text, style, _ in self:
            if not is_narrow(text):
                return None
            codes = PLAIN if style is None else _codes(style, colour_system)
            if codes[0] or " " not in text:
                cells += zip(text, repeat(codes))
            else:
                blank = ("", "", codes[2])
                cells += [(character, blank if character == " " else codes) for character in text]
        return cells if len(cells) == self.cell_length else None

    def part(self, start: int, end: int) -> LineStrip:
        """Return the cells from `start` to before `end`."""
        if start <= 0 and end >= self.cell_length:
            return self
        return lean(self.crop(start, end))


def runs_of(cells: Sequence[Cell]) -> list[Run]:
    """Return neighbours of one look as pieces."""
    return [(codes, "".join(map(_CHARACTER, run))) for codes, run in groupby(cells, _LOOKS)]


def write_runs(runs: Sequence[Run], pieces: list[str], current: Codes) -> Codes:
    """Add texts to `pieces`, for a terminal in the style `current`; returns the one that it is in afterwards."""
    for number, (wanted, text) in enumerate(runs, 1):
        if not wanted[1]:  # blanks: the text colour of what is before or behind them will do
            following = runs[number][0] if number < len(runs) else PLAIN
            near = current if (current[0], current[2]) == (wanted[0], wanted[2]) else following
            same = (near[0], near[2]) == (wanted[0], wanted[2])
            wanted = near if same and near[1] else (wanted[0], PLAIN[1], wanted[2])
        if wanted != current:
            pieces.append(_change(current, wanted))
            current = wanted
        pieces.append(text)
    return current


@lru_cache(maxsize=2048)
def is_narrow(text: str) -> bool:
    """Whether every character takes one cell in every terminal, as far as that can be said."""
    return text.isascii() or all(character < "\u2e80" and cell_len(character) == 1 for character in text)


def lean(strip: Strip) -> LineStrip:
    """Return ``strip`` as one of ours."""
    return strip if isinstance(strip, LineStrip) else LineStrip(strip, strip.cell_length)


@lru_cache(maxsize=1024)
def _codes(style: Style, colour_system: str) -> Codes:
    """Return the attributes, text colour and background of a style as SGR parameters."""
    system = _COLOUR_SYSTEMS.get(colour_system, ColorSystem.TRUECOLOR)
    attributes = ";".join(code for name, code in _ATTRIBUTES.items() if getattr(style, name))
    text, background = "39", "49"
    if style.color is not None:
        near = ColorSystem.EIGHT_BIT if system is ColorSystem.TRUECOLOR else system
        text = ";".join(style.color.downgrade(near).get_ansi_codes())
    if style.bgcolor is not None:
        background = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False))
    return attributes, text, background


@lru_cache(maxsize=1024)
def _change(current: Codes, wanted: Codes) -> str:
    """The shorter of two ways from one style to another: what differs, or all of it from the start."""
    return min(_differences(current, wanted, ()), _differences(PLAIN, wanted, ("0",)), key=len)


def _differences(current: Codes, wanted: Codes, first: tuple[str, ...]) -> str:
    have, want = (set(filter(None, codes[0].split(";"))) for codes in (current, wanted))
    off = {_OFF[code] for code in have - want}
    on = sorted(code for code in want if code not in have or _OFF[code] in off)
    colours = (new for old, new in zip(current[1:], wanted[1:], strict=True) if old != new)
    return f"\x1b[{';'.join((*first, *sorted(off), *on, *colours))}m"
