"""Text from a service as one harmless line of known width.

Names, paths and messages are typed by anyone. Shown raw they can move the cursor, colour the screen, reverse the
reading direction or shift every column after them. :func:`safe_line` makes whatever arrives into one printable line;
:func:`fit` gives that line an exact number of terminal cells. Both are pure and know no terminal.

Widths follow Unicode (wide and full-width characters take two cells, combining marks none). Where terminals are known
to disagree (joined emoji, skin tones, variation selectors, symbols that became wide in Unicode 16) the text is
simplified or shown as an escape, so that a column ends in the same place everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Align = Literal["left", "right", "center"]
Clip = Literal["end", "start", "middle"]

ELLIPSIS = "…"
ASCII_ELLIPSIS = "~"
UNSEEN, ASCII_UNSEEN = "\ufffd", "?"
"""Stand in a field for what is not seen as it is, such as controls of the reading direction."""
MAX_CHARACTERS = 2000
"""Longer text is cut before it is looked at: a name of a megabyte must not cost a second per line."""

_MOST_MARKS = 4
"""Combining marks kept on one letter. Real scripts stack up to four; more is a picture drawn over the lines around."""

_NAMED_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""They ask for another look of the character before them."""
# Invisible letters and marks (Hangul fillers, tone marks), and symbols that were narrow before Unicode 16, wide after.
_INVISIBLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x302E, 0x302F), (0x3164, 0x3164), (0xFFA0, 0xFFA0),
    (0x16FF0, 0x16FF1), *_SELECTORS,
)  # fmt: skip
_REWIDENED = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D376))
_UNSURE = _INVISIBLE + _REWIDENED


def safe_line(text: str, *, ascii_only: bool = False) -> str:
    r"""Return ``text`` as one line that no terminal can be harmed or misled by.

    Control characters become their pictures (``\x1b`` is shown as ``␛``, a newline as ``␊``); bidirectional controls,
    other invisible characters, unassigned and private ones become ``\u202e``-style escapes; letters are composed
    (NFC); a combining mark with nothing to sit on is given a dotted circle.

    Args:
        ascii_only: Write everything outside printable ASCII as an escape (``\xe9``, ``\n``).
    """
    if text.isascii() and text.isprintable() and len(text) <= MAX_CHARACTERS:
        return text
    return _escape_line(text[: MAX_CHARACTERS + 1], ascii_only)


def safe_in_place(text: str, *, ascii_only: bool = False) -> str:
    """Return ``text`` with a sign for each character that is not seen as it is: as long as it was, so that a cursor in
    it stands where it stood.
    """
    if text.isascii() and text.isprintable():
        return text
    sign = ASCII_UNSEEN if ascii_only else UNSEEN
    return "".join(character if _is_seen(character) else sign for character in text)


def _is_seen(character: str) -> bool:
    return character == "\t" or _is_mark(character) or _escape(character) in (character, " ", "  ")


def safe_json(text: str) -> str:
    r"""Return a JSON document that says the same, with every character that is not seen as it is as ``\u202e``."""
    return _outside_ascii.sub(lambda found: _in_json(found[0]), text)


_outside_ascii = re.compile(r"[^\n -~]")


@lru_cache(maxsize=8192)
def _in_json(character: str) -> str:
    if character.isprintable() and not _is_among(ord(character), _INVISIBLE):
        return character
    pairs = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at]:02x}{pairs[at + 1]:02x}" for at in range(0, len(pairs), 2))


def cell_width(text: str) -> int:
    """Return how many terminal cells ``text`` takes; ``text`` must come from :func:`safe_line`."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def clip(text: str, width: int, *, where: Clip = "end", ellipsis: str = ELLIPSIS) -> str:
    """Return ``text`` shortened to at most ``width`` cells, an ellipsis standing where something was cut.

    Args:
        width: Cells available; zero or less gives an empty string.
        where: Which part is lost. Paths read best with the middle or the start cut.
        ellipsis: What stands for the lost part; dropped when even that does not fit.
    """
    if cell_width(text) <= width:
        return text
    room = width - cell_width(ellipsis)
    if room < 0:
        return _head(text, width)
    if where == "start":
        return ellipsis + _tail(text, room)
    if where == "middle":
        return _head(text, room - room // 2) + ellipsis + _tail(text, room // 2)
    return _head(text, room) + ellipsis


def fit(text: str, width: int, *, align: Align = "left", where: Clip = "end", ellipsis: str = ELLIPSIS) -> str:
    """Return ``text`` clipped and padded to exactly ``width`` cells (see :func:`clip`)."""
    if text.isascii() and len(text) <= width:
        if align == "left":
            return text.ljust(width)
        missing = width - len(text)
    else:
        text = clip(text, width, where=where, ellipsis=ellipsis)
        missing = width - cell_width(text)
    if missing <= 0:
        return text
    before = {"left": 0, "right": missing, "center": missing // 2}[align]
    return " " * before + text + " " * (missing - before)


@lru_cache(maxsize=4096)
def _escape_line(text: str, ascii_only: bool) -> str:
    cut = len(text) > MAX_CHARACTERS
    text = text[:MAX_CHARACTERS]
    line = "".join(map(_ascii_escape, text)) if ascii_only else _readable(unicodedata.normalize("NFC", text))
    return line + (ASCII_ELLIPSIS if ascii_only else ELLIPSIS) * cut


def _readable(text: str) -> str:
    if all(map(_stands_alone, set(text))):
        return text
    shown: list[str] = []
    marks = _MOST_MARKS  # nothing to sit on yet: a mark that comes first gets a dotted circle
    based = False
    for position, character in enumerate(text):
        if _is_mark(character):
            if not based:
                shown.append("◌")
                based, marks = True, 0
            marks += 1
            if marks <= _MOST_MARKS:
                shown.append(character)
            continue
        piece = "" if _is_dropped(character, text, position) else _escape(character)
        shown.append(piece)
        if piece:
            based, marks = piece == character and character != " ", 0
    return "".join(shown)


@lru_cache(maxsize=8192)
def _stands_alone(character: str) -> bool:
    """Whether a character is seen as it is, whatever stands beside it, as most are."""
    return _escape(character) == character and not _is_mark(character) and not _is_dropped(character, "", 0)


def _is_dropped(character: str, text: str, position: int) -> bool:
    """Whether a character only asks for another look of its neighbours, which terminals do not agree about.

    Between plain ASCII letters they do nothing and may hide a difference between two names: they are shown.
    """
    code = ord(character)
    if character in _JOINERS or _is_among(code, _SELECTORS):
        around = text[max(0, position - 1) : position] + text[position + 1 : position + 2]
        return bool(around) and not around.isascii()
    return 0x1F3FB <= code <= 0x1F3FF


@lru_cache(maxsize=8192)
def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) == "Zs":
        return "  " if unicodedata.east_asian_width(character) == "F" else " "
    if not character.isprintable() or _is_unsure(code):
        return _numbered(code)
    return character


def _ascii_escape(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    return _NAMED_ESCAPES.get(character) or _numbered(ord(character))


def _numbered(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_unsure(code: int) -> bool:
    return _is_among(code, _UNSURE)


def _is_among(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


@lru_cache(maxsize=8192)
def _is_mark(character: str) -> bool:
    """Whether a character draws on the one before it: a combining mark, or the later part of a Hangul syllable."""
    code = ord(character)
    if 0x1160 < code <= 0x11FF or 0xD7B0 <= code <= 0xD7FB:
        return character.isprintable()
    if _is_unsure(code):
        return False
    return unicodedata.category(character) in ("Mn", "Me", "Mc")


@lru_cache(maxsize=8192)
def _character_width(character: str) -> int:
    if _is_mark(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _head(text: str, width: int) -> str:
    used = 0
    for position, character in enumerate(text):
        used += _character_width(character)
        if used > width:
            return text[:position]
    return text


def _tail(text: str, width: int) -> str:
    used, start = 0, len(text)
    for position in range(len(text) - 1, -1, -1):
        character = text[position]
        used += _character_width(character)
        if used > width:
            break
        if not _is_mark(character):
            start = position
    return text[start:]
