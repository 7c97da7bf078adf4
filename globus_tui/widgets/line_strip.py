"""A strip that says no more to the terminal than it must."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import Console
    from rich.style import Style
    from textual.color import Color
    from textual.filter import LineFilter

_COLOUR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "windows": ColorSystem.WINDOWS,
}
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("reverse", "7"),
    ("strike", "9"),
)


class LineStrip(Strip):
    """A strip whose segments are written as differences from one another.

    Textual writes the whole style (text colour, background, attributes) before every segment and a reset after it:
    about 40 bytes a segment in 24-bit colour. A line of a list changes only its text colour once or twice, so this
    writes the background once, each change of colour alone and one reset: about a quarter fewer bytes for a page.
    For the same reason text colours are taken from the palette of 256 even where 24 bits are understood: half the
    bytes, and a difference nobody sees in a letter. Backgrounds stay exact, they must meet their surroundings.
    Links and meta data of styles are not written.
    """

    __slots__ = ("_line_filtered", "_line_written")

    _line_written: str | None
    _line_filtered: tuple[LineFilter, Color, Strip]

    def render(self, console: Console) -> str:
        """Return the line as terminal sequences; it starts and ends in the terminal's default style."""
        try:
            written = self._line_written
        except AttributeError:
            written = None
        if written is None:
            written = self._line_written = self._write(console.color_system or "truecolor")
        return written

    def _write(self, colour_system: str) -> str:
        pieces: list[str] = []
        current = _PLAIN
        for text, style, _ in self:
            wanted = _PLAIN if style is None else _codes(style, colour_system)
            if not wanted[0] and not current[0] and text.isspace():
                wanted = ("", current[1], wanted[2])  # a blank has no text colour
            if wanted != current:
                pieces.append(_change(current, wanted))
                current = wanted
            pieces.append(text)
        if current != _PLAIN:
            pieces.append("\x1b[m")
        return "".join(pieces)

    def apply_filter(self, filter: LineFilter, background: Color) -> Strip:  # noqa: A002 - the base class's name
        """Return the strip with a Textual line filter applied (no colour, dimming), still written as differences."""
        try:
            known = self._line_filtered
        except AttributeError:
            known = None
        if known is None or known[0] is not filter or known[1] != background:
            filtered = super().apply_filter(filter, background)
            known = (filter, background, filtered if isinstance(filtered, LineStrip) else lean(filtered))
            self._line_filtered = known
        return known[2]


def lean(strip: Strip) -> LineStrip:
    """Return ``strip`` as one that is written as differences."""
    return LineStrip(strip, strip.cell_length)


_Codes = tuple[str, str, str]
_PLAIN: _Codes = ("", "39", "49")


@lru_cache(maxsize=1024)
def _codes(style: Style, colour_system: str) -> _Codes:
    """Return the attributes, text colour and background of a style as SGR parameters."""
    system = _COLOUR_SYSTEMS.get(colour_system, ColorSystem.TRUECOLOR)
    attributes = ";".join(code for name, code in _ATTRIBUTES if getattr(style, name))
    text, background = "39", "49"
    if style.color is not None:
        near = ColorSystem.EIGHT_BIT if system is ColorSystem.TRUECOLOR else system
        text = ";".join(style.color.downgrade(near).get_ansi_codes())
    if style.bgcolor is not None:
        background = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False))
    return attributes, text, background


@lru_cache(maxsize=1024)
def _change(current: _Codes, wanted: _Codes) -> str:
    parts: list[str] = []
    if current[0] != wanted[0]:
        if current[0]:  # an attribute can only be taken off by name or by starting again, which is as short
            parts.append("0")
            current = _PLAIN
        parts.append(wanted[0])
    parts += [new for old, new in zip(current[1:], wanted[1:], strict=True) if old != new]
    return f"\x1b[{';'.join(part for part in parts if part)}m"
