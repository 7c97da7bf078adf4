"""Signs for health words and history (a symbol, an ASCII letter, a word and a style; never colour alone), and how many
timers there are of each word, worst first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.history import Mark
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.timer.history import History

StyleName = Literal["error", "warning", "success", "accent", "muted"]
LEVEL_WORDS = ("ok", "note", "WARN", "STOP")
"""How bad a finding is, by its `Level`."""
LEVEL_STYLES = ("muted", "", "warning", "error")


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is shown. `style`: the name of a style of the theme; the shape says the same without it."""

    symbol: str
    plain: str
    word: str
    style: StyleName

    def glyph(self, *, ascii_only: bool) -> str:
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
    ascii_only: {mark: (sign.glyph(ascii_only=ascii_only), sign.style) for mark, sign in HISTORY_SIGNS.items()}
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
    return HEALTH_SIGNS[word]


def history_sign(mark: Mark) -> Sign:
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


_SHORT = {Word.FAILED: "FAIL"}
_SHORTER = {
    Word.UNKNOWN: "UNKN",
    Word.OVERDUE: "DUE",
    Word.FAILED: "FAIL",
    Word.BLOCKED: "BLOCK",
    Word.OVERRUN: "OVERR",
}


def count_parts(
    counts: Mapping[Word, int] | None, *, short: bool = False, of: int | None = None, room: int | None = None
) -> tuple[tuple[str, StyleName | None], ...]:
    """The line as pieces of text with the name of a style: `41 timers: 2 SIGN-IN, 1 FAILED | 27 ok, 2 paused`.

    Args:
        counts: timers by word; None when it is not known, which is shown as `?`, never as 0.
        short: for 80 columns: fewer letters.
        room: cells that there are: first those that need nobody become one number, then words are shortened.
        of: how many there are, when a filter left those that are counted.
    """
    if counts is None:
        return (("?" if short else "? timers", None),)
    total = sum(counts.values())
    head = str(total) if short else counted(total, "timer")
    if of is not None:
        head = f"{total} of {of} shown"
    trouble = [word for word in Word if word.is_trouble and counts.get(word)]
    rest = [word for word in Word if not word.is_trouble and counts.get(word)]
    pieces: list[tuple[str, StyleName | None]] = [(head + (":" if trouble or rest else ""), None)]
    worst = _listed(trouble, counts, _SHORT if short else {})
    bar: list[tuple[str, StyleName | None]] = [("|", None)] if trouble and rest else []
    whole = [*pieces, *worst, *bar, *_listed(rest, counts, {})]
    if room is None or _length(whole) <= room:
        return tuple(whole)
    others: list[tuple[str, StyleName | None]] = (
        [(f"{sum(counts[word] for word in rest)} others", None)] if rest else []
    )
    fewer = [*pieces, *worst, *bar, *others]
    if _length(fewer) <= room:
        return tuple(fewer)
    return (*pieces, *_listed(trouble, counts, _SHORTER), *bar, *others)


def _length(pieces: Sequence[tuple[str, object]]) -> int:
    return sum(len(text) + 1 for text, _ in pieces)


def _listed(
    words: Sequence[Word], counts: Mapping[Word, int], names: Mapping[Word, str]
) -> list[tuple[str, StyleName | None]]:
    return [
        (f"{counts[word]} {names.get(word, word.value)}{'' if word is words[-1] else ','}", health_sign(word).style)
        for word in words
    ]


def left_out_words(taken: int, reasons: Sequence[tuple[str, str]], *, several: str) -> str:
    """For how many timers an action is, and why not for others: `17 of 23 marked: 4 are paused already, 2 have ended`.

    Args:
        taken: how many it acts on.
        left: for each timer that is left out, why, for one and for several: `("has ended", "have ended")`.
        several: what all of them are: `marked`.
    """
    if not reasons:
        return f"all {taken} {several}" if taken > 1 else f"the one {several}, not the one under the cursor"
    counts = Counter(reasons)
    words = ", ".join(f"{number} {one if number == 1 else many}" for (one, many), number in counts.items())
    return f"{taken} of {taken + len(reasons)} {several}: {words}"
