"""Finds rows by the letters typed, as file managers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

R = TypeVar("R")

_PAUSE_SECONDS = 1.0
_FIRST = "._-~"


class TypeAhead(Generic[R]):
    """Remembers the letters typed without a pause and finds the row whose text starts with them.

    Args:
        text_of: What a row is called, such as the name of a file.
    """

    def __init__(self, text_of: Callable[[R], str]) -> None:
        self._text_of = text_of
        self._typed = ""
        self._typed_at = 0.0

    def find(self, rows: Sequence[R], position: int, character: str, now: float) -> int | None:
        """Take a letter and return the number of the row it leads to.

        Args:
            rows: All rows.
            position: Where the cursor is; the search goes round from there.
            character: What was typed.
            now: Seconds of a clock that only goes forward.

        Returns:
            The row's number, -1 when no row starts like this, None when the key is not a letter for searching.
        """
        if now - self._typed_at > _PAUSE_SECONDS:
            self._typed = ""
        if not (character.isalnum() or character in _FIRST or (self._typed and character.isprintable())):
            return None
        self._typed += character.casefold()
        self._typed_at = now
        start = max(position, 0) if len(self._typed) > 1 else position + 1
        for step in range(len(rows)):
            number = (start + step) % len(rows)
            if self._text_of(rows[number]).casefold().startswith(self._typed):
                return number
        return -1
