"""Which cells a line shows that was written as text and colours: the way back of `LineStrip.write`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.widgets.line_strip import PLAIN, is_narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from globus_tui.widgets.line_strip import Cell, Codes

_PIECE = re.compile(r"\x1b\[([0-9;]*)m|([^\x1b]+)")
_TEXT, _BACKGROUND = {"38", "39"}, {"48", "49"}


def cells_of(written: Iterable[str]) -> Iterator[list[Cell]]:
    """The cells of lines that were written one after another, from the terminal's default style on.

    None of a line in which a character may take more or less than one: terminals do not agree on where the next one is.
    """
    style = PLAIN
    for line in written:
        cells: list[Cell] = []
        narrow = True
        for codes, text in _PIECE.findall(line):
            if not text:
                style = _after(style, codes)
                continue
            narrow = narrow and is_narrow(text)
            blank = style if style[0] else ("", "", style[2])
            cells += [(character, blank if character == " " else style) for character in text]
        yield cells if narrow else []


def _after(style: Codes, codes: str) -> Codes:
    """The style after a sequence of SGR parameters."""
    attributes, text, background = style
    for group in _groups(codes.split(";")):
        kind = group[0]
        if kind in ("", "0"):
            attributes, text, background = PLAIN
        elif kind in _TEXT or (kind[0] in "39" and len(kind) == 2):
            text = ";".join(group)
        elif kind in _BACKGROUND or len(kind) > 1:
            background = ";".join(group)
        else:
            attributes = f"{attributes};{kind}" if attributes else kind
    return attributes, text, background


def _groups(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parameters that belong together: `38;5;204` and `48;2;20;22;27` are one each."""
    place = 0
    while place < len(codes):
        count = 1
        if codes[place] in ("38", "48") and place + 1 < len(codes):
            count = 3 if codes[place + 1] == "5" else 5
        yield codes[place : place + count]
        place += count
