"""A list of JSON documents: walked one by one while its answer is unpacked, told apart by their bytes, kept packed.

A whole-body `json.loads` of 10,000 timers holds the interpreter for 0.3 s wherever it runs, because it is one call into
C, and what it makes takes ten times the memory of the body. Here one document is there at a time; of those that are
kept only the text is, in blocks that are packed when they are full.
"""

from __future__ import annotations

import codecs
import json
import re
import time
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BLOCK = 96 * 1024
"""Characters of a block: unpacking one takes 0.2 ms, and packed together documents that are alike take a tenth."""
_AHEAD = 64 * 1024
"""Characters that are unpacked beyond where a document begins; again as many where it is longer."""
_A_TURN = 40
"""Documents after which other threads get their turn."""
_DEEPEST = 100
"""Values nested deeper than this are null: nobody writes such, and much that reads them calls itself for each level."""
_LONGEST_NUMBER = 400
_token = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_blanks = re.compile(r"[ \t\n\r]*").match


def _whole(text: str) -> int | None:
    """An integer; None when it is longer than any of Globus: Python is slow with such numbers, or refuses them."""
    return int(text) if len(text) <= _LONGEST_NUMBER else None


_raw_decode = json.JSONDecoder().raw_decode
_decode_carefully = json.JSONDecoder(parse_int=_whole).raw_decode
"""A tenth slower: for what Python refuses."""


def decode(text: str, at: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at a position, and the position behind it. Raises `ValueError`: there is none."""
    try:
        return _raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _decode_carefully(text, at)
    except RecursionError:
        flat, end = _flatten(text, at)
        return _decode_carefully(flat)[0], end


def _flatten(text: str, at: int) -> tuple[str, int]:
    """The value that begins at a position, with null for what is nested too deep, and the position behind it."""
    pieces: list[str] = []
    depth, kept = 0, at
    for token in _token.finditer(text, at):
        sign = token[0][0]
        if sign in "[{":
            depth += 1
            if depth == _DEEPEST + 1:
                pieces += text[kept : token.start()], "null"
        elif sign in "]}":
            if depth == _DEEPEST + 1:
                kept = token.end()
            depth -= 1
            if depth <= 0:
                return "".join((*pieces, text[kept : token.end()])), token.end()
    raise ValueError("it does not end")


class Block:
    """Texts of documents, one after the other, compressed together once it is full.

    They lie in it as UTF-8: one letter of another alphabet would make a text that stays at hand four times as long.
    """

    __slots__ = ("_packed", "_parts", "count", "size")

    def __init__(self) -> None:
        self.count = self.size = 0
        self._parts: list[bytes] = []
        self._packed: bytes | None = None

    def add(self, text: str) -> Source:
        """Appends a text; returns where it is."""
        part = text.encode()
        place = Source(self, self.size, self.size + len(part))
        self._parts.append(part)
        self.size += len(part)
        self.count += 1
        if self.size >= _BLOCK:
            self._packed = zlib.compress(b"".join(self._parts), 1)
            self._parts = []
        return place

    @property
    def full(self) -> bool:
        return self._packed is not None

    def content(self) -> bytes:
        return b"".join(self._parts) if self._packed is None else _unpack_block(self)

    def unpack(self) -> bytes:
        return zlib.decompress(self._packed or b"")


@lru_cache(maxsize=12)
def _unpack_block(block: Block) -> bytes:
    """What is in a block. A few are kept: whoever reads one document often reads its neighbour next."""
    return block.unpack()


class Source(NamedTuple):
    """Where the text of a document is."""

    block: Block
    start: int
    end: int

    def text(self) -> str:
        """As it was sent."""
        return self.block.content()[self.start : self.end].decode()

    def document(self) -> Any:
        return decode(self.text())[0]


class Entry(NamedTuple):
    """One entry of a list.

    Attributes:
        key: of the entry of the last list that has the same text; None when there is none.
        value: what it says; None when `key` is not.
    """

    key: str | None
    value: Any
    text: str


def walk(
    chunks: Iterable[bytes],
    name: str,
    last: Mapping[Any, object],
    id_name: str = "",
    rest: dict[str, Any] | None = None,
) -> Iterator[Entry]:
    """The entries of the list under a name in a JSON object, one after another.

    Args:
        last: the entries of the last list in their order, by the text under `id_name`. One that stands there again
            with the same text is not decoded: comparing is a hundred times faster.
        id_name: tells entries apart, to find the place in the last list again after some came or went.
        rest: takes the other members of the object.

    Raises:
        ValueError: it is not JSON, or not an object.
        LookupError: there is no such list.
    """
    text, named = _Text(chunks), False
    text.expect("{")
    more = not text.stands("}")
    while more:
        key, _ = text.value()
        if not isinstance(key, str):
            raise ValueError("expected a name")
        text.expect(":")
        if key == name and text.stands("["):
            named = True
            yield from _entries(text, last, id_name)
        else:
            member, _ = text.value()
            if rest is not None:
                rest[key] = member
        more = text.comma()
    text.expect("}")
    if not text.at_end():
        raise ValueError("unexpected text behind the object")
    if not named:
        raise LookupError(name)


def _entries(text: _Text, last: Mapping[Any, object], id_name: str) -> Iterator[Entry]:
    before = list(last.items())
    places: dict[str, int] | None = None
    place = number = 0
    text.expect("[")
    more = not text.stands("]")
    while more:
        known = before[place] if place < len(before) else None
        same = known[1].text() if known is not None and isinstance(known[1], Source) else ""
        if known is not None and same.startswith("{") and text.passes(same):
            yield Entry(known[0], None, same)
            place += 1
        else:
            value, written = text.value()
            yield Entry(None, value, written)
            if before:
                if places is None:
                    places = {key: at for at, (key, _) in enumerate(before)}
                # This entry was changed: go on after the old one. Or it is new: then the old one may come next.
                at = places.get(str(value.get(id_name))) if isinstance(value, dict) else None
                place = place if at is None else at + 1
        number += 1
        if number % _A_TURN == 0:
            time.sleep(0)
        more = text.comma()
    text.expect("]")


class _Text:
    """A body that is decoded only as far as it is read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._more = "", 0, True
        self._fill(_AHEAD)
        if self._text.startswith("\ufeff"):
            self._at = 1

    def _fill(self, ahead: int) -> None:
        if not self._more or len(self._text) - self._at >= ahead:
            return
        parts, size = [self._text[self._at :]], len(self._text) - self._at
        while size < ahead and self._more:
            chunk = next(self._chunks, None)
            parts.append(self._decoder.decode(chunk or b"", final=chunk is None))
            size += len(parts[-1])
            self._more = chunk is not None
        self._text, self._at = "".join(parts), 0

    def _pass_blanks(self) -> None:
        while True:
            blanks = _blanks(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text) or not self._more:
                return
            self._fill(_AHEAD)

    def stands(self, token: str) -> bool:
        """Whether this is the next character that is not blank."""
        self._pass_blanks()
        return self._text.startswith(token, self._at)

    def expect(self, token: str) -> None:
        """Skips a character that has to come next."""
        if not self.stands(token):
            raise ValueError(f"expected {token}")
        self._at += 1

    def comma(self) -> bool:
        """Skips a comma; whether there was one."""
        stands = self.stands(",")
        self._at += stands
        return stands

    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return not self.stands("") or self._at >= len(self._text)

    def passes(self, text: str) -> bool:
        """Skips a text if it comes next; whether it did."""
        self._pass_blanks()
        self._fill(len(text))
        comes = self._text.startswith(text, self._at)
        self._at += len(text) if comes else 0
        return comes

    def value(self) -> tuple[Any, str]:
        """Reads a value; returns it and its text."""
        self._pass_blanks()
        ahead = _AHEAD
        while True:
            self._fill(ahead)
            try:
                value, end = decode(self._text, self._at)
            except ValueError:
                if not self._more:
                    raise
            else:
                # A number at the end of what was decoded may have more digits to come.
                if end < len(self._text) or not self._more:
                    written, self._at = self._text[self._at : end], end
                    return value, written
            ahead = 4 * (len(self._text) - self._at)
