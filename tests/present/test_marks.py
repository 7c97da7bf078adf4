"""Signs differ in shape, not only in colour, in both alphabets; strips are as wide as asked for."""

from __future__ import annotations

import unicodedata

import pytest

from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.history import History, Mark
from globus_tui.present.marks import HEALTH_SIGNS, HISTORY_SIGNS, history_sign, legend, strip

STYLES = {"error", "warning", "success", "accent", "muted"}
SIGNS = [*HEALTH_SIGNS.values(), *HISTORY_SIGNS.values()]


def test_every_word_and_every_mark_has_a_sign() -> None:
    assert set(HEALTH_SIGNS) == set(Word)
    assert set(HISTORY_SIGNS) == set(Mark)


def test_signs_take_one_cell_and_have_a_known_style() -> None:
    for sign in SIGNS:
        assert (len(sign.symbol), len(sign.plain)) == (1, 1)
        assert sign.plain.isascii()
        assert unicodedata.east_asian_width(sign.symbol) not in "WF"
        assert sign.style in STYLES
        assert sign.word


def test_shapes_tell_signs_apart_without_colour() -> None:
    for alphabet in ("symbol", "plain"):
        assert len({getattr(sign, alphabet) for sign in HEALTH_SIGNS.values()}) == len(Word)
        cells = {getattr(sign, alphabet) for mark, sign in HISTORY_SIGNS.items() if mark is not Mark.REFUSED}
        assert len(cells) == len(Mark) - 1


def test_strips_use_the_letters_of_the_legend() -> None:
    letters = {mark: HISTORY_SIGNS[mark].plain for mark in Mark}
    assert "".join(letters[mark] for mark in Mark) == "#0!xx>.-p"
    assert [letter for letter, _, _ in legend(ascii_only=True)] == list("#x!0-p>.")


@pytest.mark.parametrize(
    ("marks", "width", "drawn"),
    [
        ((Mark.FAILED, Mark.OK, Mark.OK), 5, "..##x"),
        ((Mark.FAILED, Mark.OK, Mark.OK), 2, "#x"),
        ((), 3, "..."),
        ((Mark.OK,), 0, ""),
        ((Mark.OK,), -4, ""),
        ((Mark.SKIPPED, Mark.RUNNING, Mark.MISSED, Mark.EMPTY), 4, "0p>-"),
    ],
)
def test_a_strip_has_its_newest_tick_at_the_right(marks: tuple[Mark, ...], width: int, drawn: str) -> None:
    cells = strip(History(marks), width, ascii_only=True)
    assert "".join(cell for cell, _ in cells) == drawn
    assert len(strip(History(marks), width)) == max(0, width)


def test_a_cell_has_the_style_of_its_mark() -> None:
    (cell,) = strip(History((Mark.FAILED,)), 1)
    assert cell == (history_sign(Mark.FAILED).symbol, "error")
