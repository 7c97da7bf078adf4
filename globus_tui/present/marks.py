"""Signs for health words and history: a symbol, an ASCII letter, a word and a style; never colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from globus_tui.domain.health import Word
from globus_tui.domain.history import Mark
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.history import History

StyleName = Literal["error", "warning", "success", "accent", "muted"]


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is shown.

    Attributes:
        symbol: one cell wide.
        plain: the same in ASCII, one character.
        word: what it says.
        style: the name of a style of the theme; the shape says the same without it.
    """

    symbol: str
    plain: str
    word: str
    style: StyleName

    def drawn(self, *, ascii_only: bool) -> str:
        """The symbol, or its ASCII form."""
        return self.plain if ascii_only else self.symbol


_HEALTH: dict[Word, tuple[str, str, StyleName]] = {
    Word.UNKNOWN: ("?", "?", "warning"),
    Word.SIGN_IN: ("◆", "@", "error"),
    Word.OVERDUE: ("◷", "!", "error"),
    Word.FAILED: ("✗", "x", "error"),
    Word.BLOCKED: ("■", "=", "warning"),
    Word.OVERRUN: ("»", "+", "warning"),
    Word.RETRY: ("↻", "~", "warning"),
    Word.WARN: ("▲", "^", "warning"),
    Word.RUNNING: ("►", ">", "accent"),
    Word.OK: ("✓", ".", "success"),
    Word.PAUSED: ("‖", "p", "muted"),
    Word.ENDED: ("○", "-", "muted"),
}

_HISTORY: dict[Mark, tuple[str, str, str, StyleName]] = {
    Mark.OK: ("▄", "#", "ok", "success"),
    Mark.EMPTY: ("▁", "0", "ok but nothing moved", "warning"),
    Mark.WITH_SKIPS: ("▂", "!", "ok with skipped files", "warning"),
    Mark.FAILED: ("✗", "x", "failed", "error"),
    Mark.REFUSED: ("✗", "x", "refused", "error"),
    Mark.SKIPPED: ("─", "-", "skipped: the run before was still going", "warning"),
    Mark.MISSED: ("‖", "p", "missed while paused", "muted"),
    Mark.RUNNING: ("►", ">", "running", "accent"),
    Mark.UNKNOWN: ("·", ".", "no run, or not known", "muted"),
}

HEALTH_SIGNS: dict[Word, Sign] = {
    word: Sign(symbol, plain, word.value, style) for word, (symbol, plain, style) in _HEALTH.items()
}
HISTORY_SIGNS: dict[Mark, Sign] = {mark: Sign(*sign) for mark, sign in _HISTORY.items()}

_CELLS = {
    ascii_only: {mark: (sign.drawn(ascii_only=ascii_only), sign.style) for mark, sign in HISTORY_SIGNS.items()}
    for ascii_only in (False, True)
}
_LEGEND = ("OK", "FAILED", "WITH_SKIPS", "EMPTY", "SKIPPED", "MISSED", "RUNNING", "UNKNOWN")
_SHORT_WORDS = {
    Mark.FAILED: "failed or refused",
    Mark.WITH_SKIPS: "files skipped",
    Mark.EMPTY: "moved nothing",
    Mark.SKIPPED: "skipped",
    Mark.MISSED: "missed",
    Mark.UNKNOWN: "none or not known",
}


def health_sign(word: Word) -> Sign:
    """How a health word is shown."""
    return HEALTH_SIGNS[word]


def history_sign(mark: Mark) -> Sign:
    """How one run or tick of the past is shown."""
    return HISTORY_SIGNS[mark]


def strip(history: History, width: int, *, ascii_only: bool = False) -> tuple[tuple[str, StyleName], ...]:
    """The newest `width` ticks as one cell each, newest right; before the first known one stand dots."""
    cells = _CELLS[ascii_only]
    marks = history.marks[: max(0, width)]
    before = (cells[Mark.UNKNOWN],) * (max(0, width) - len(marks))
    return before + tuple(cells[mark] for mark in reversed(marks))


def legend(*, ascii_only: bool = False) -> tuple[tuple[str, StyleName, str], ...]:
    """What the cells of a strip mean: cell, style and short words, for a line below it."""
    marks = [Mark[name] for name in _LEGEND]
    return tuple((*_CELLS[ascii_only][mark], _SHORT_WORDS.get(mark, HISTORY_SIGNS[mark].word)) for mark in marks)
