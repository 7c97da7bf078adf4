"""How many timers there are of each health word, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.health import Word
from globus_tui.present.marks import health_sign
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.present.marks import StyleName

_SHORT = {Word.FAILED: "FAIL"}


def count_parts(
    counts: Mapping[Word, int] | None, *, short: bool = False, shown: int | None = None
) -> tuple[tuple[str, StyleName | None], ...]:
    """The line as pieces of text with the name of a style: `41 timers: 2 SIGN-IN 1 FAILED | 27 ok 2 paused`.

    Args:
        counts: timers by word; None when it is not known, which is shown as `?`, never as 0.
        short: for 80 columns: fewer letters.
        shown: how many a filter leaves, when there is one.
    """
    if counts is None:
        return (("?" if short else "? timers", None),)
    total = sum(counts.values())
    of = f"{shown} of " if shown is not None and shown != total else ""
    head = f"{of}{total}" if short else f"{of}{counted(total, 'timer')}"
    trouble = [word for word in Word if word.is_trouble and counts.get(word)]
    rest = [word for word in Word if not word.is_trouble and counts.get(word)]
    pieces: list[tuple[str, StyleName | None]] = [(head + (":" if trouble or rest else ""), None)]
    pieces += [_piece(word, counts, short) for word in trouble]
    pieces += [("|", None)] if trouble and rest else []
    return tuple(pieces + [_piece(word, counts, short) for word in rest])


def count_words(counts: Mapping[Word, int] | None, *, short: bool = False, shown: int | None = None) -> str:
    """The same as one string."""
    return " ".join(text for text, _ in count_parts(counts, short=short, shown=shown))


def _piece(word: Word, counts: Mapping[Word, int], short: bool) -> tuple[str, StyleName | None]:
    name = _SHORT.get(word, word.value) if short else word.value
    return f"{counts[word]} {name}", health_sign(word).style
