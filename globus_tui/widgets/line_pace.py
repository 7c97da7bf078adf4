"""How much the terminal has still to draw: over a slow link, what is written now is seen when all else came through.

A terminal answers questions in the order of what it was sent, so the answer to one says that all before it is drawn.
It is only asked while frames follow one another closely, and only a terminal that has answered this very question
before. Pure: no terminal, no toolkit, no clock.
"""

from __future__ import annotations

QUESTION = "\x1b[?2026$p"
"""Whether frames are drawn as a whole (DECRQM 2026). Textual asks it once at the start and reads its answer."""

_CLOSELY = 0.25
"""Seconds between two frames that belong together, as those of a key held down do."""
_WORTH_ASKING = 1500
"""Bytes: a question costs nine."""
_ENOUGH = 3000
"""Bytes on their way from which on new frames wait: 0.15 s of a link of 20 kB/s."""


class Pace:
    """Counts bytes that nobody knows to be drawn yet."""

    def __init__(self) -> None:
        self.waiting = False
        """Whether an answer is outstanding."""
        self._on_the_way = self._asked_about = 0
        self._last = float("-inf")

    @property
    def full(self) -> bool:
        """Whether a frame drawn now would be seen late."""
        return self.waiting and self._on_the_way >= _ENOUGH

    def sent(self, size: int, now: float) -> bool:
        """So many bytes were written; returns whether to ask the terminal now.

        Args:
            size: bytes.
            now: seconds of a clock that only goes forward.
        """
        closely = now - self._last < _CLOSELY
        self._last = now
        if not closely and not self.waiting:
            self._on_the_way = 0
        self._on_the_way += size
        if self.waiting or not closely or self._on_the_way < _WORTH_ASKING:
            return False
        self.waiting, self._asked_about = True, self._on_the_way
        return True

    def answered(self) -> None:
        """Everything up to the question is drawn."""
        if self.waiting:
            self.waiting = False
            self._on_the_way -= self._asked_about
