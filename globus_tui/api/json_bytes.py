"""Steps through JSON in bytes: one value at a time, so that a long body is never decoded in one piece.

One piece would hold the interpreter for as long as it takes, and as text it needs up to four times the memory.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

_blanks = re.compile(rb"[ \t\n\r]*").match
_decode = json.JSONDecoder().raw_decode
_text = codecs.getincrementaldecoder("utf-8")
_WINDOW = 16 * 1024
_STRETCH = 64 * 1024
MARK = codecs.BOM_UTF8


def value(body: bytes, at: int) -> tuple[Any, int]:
    """The JSON value that begins at a position, and the position behind it.

    Raises:
        ValueError: there is none.
    """
    size = _WINDOW
    while True:
        whole = at + size >= len(body)
        text = _text().decode(body[at : at + size], final=whole)
        try:
            found, end = _decode(text)
        except ValueError:
            if whole:
                raise
        else:
            # A number that reaches the edge of the window may go on behind it.
            if whole or end < len(text):
                return found, at + (end if text.isascii() else len(text[:end].encode()))
        size *= 4


class Values:
    """`value` for values that follow one another: the text of a stretch is made once and they are decoded from it."""

    def __init__(self) -> None:
        """No text yet."""
        self._body = b""
        self._text = ""
        self._behind = (0, 0)

    def __call__(self, body: bytes, at: int) -> tuple[Any, int]:
        """As `value`."""
        begin = self._place(body, at)
        if begin is None:
            begin = self._begin_stretch(body, at)
        try:
            found, end = _decode(self._text, begin)
        except ValueError:
            found, end = None, len(self._text)
        if end >= len(self._text):  # it may go on behind the stretch: begin another with it
            self._body = b""
            return value(body, at) if begin == 0 else self(body, at)
        length = end - begin
        size = length if self._text.isascii() else len(self._text[begin:end].encode())
        self._behind = at + size, end
        return found, at + size

    def _place(self, body: bytes, at: int) -> int | None:
        """Where in the text a position of the body is; None when that is not known or outside."""
        passed, place = self._behind
        if body is not self._body or at < passed or not body[passed:at].isascii():
            return None
        begin = place + at - passed
        return begin if begin < len(self._text) else None

    def _begin_stretch(self, body: bytes, at: int) -> int:
        self._body, self._behind = body, (at, 0)
        self._text = _text().decode(body[at : at + _STRETCH])
        return 0


def expect(token: bytes, body: bytes, at: int) -> int:
    """The position of what follows a token; blanks on both sides of it are passed over.

    Raises:
        ValueError: something else stands there.
    """
    at = behind_blanks(body, at)
    if not body.startswith(token, at):
        raise ValueError(f"expected {token.decode()} at position {at}")
    return behind_blanks(body, at + len(token))


def comma(body: bytes, at: int) -> tuple[bool, int]:
    """Whether a comma follows, and the position of what comes next."""
    at = behind_blanks(body, at)
    return (True, expect(b",", body, at)) if body.startswith(b",", at) else (False, at)


def behind_blanks(body: bytes, at: int) -> int:
    """The next position at which something stands."""
    found = _blanks(body, at)
    return found.end() if found else at
