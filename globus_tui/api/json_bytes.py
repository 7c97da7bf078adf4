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
