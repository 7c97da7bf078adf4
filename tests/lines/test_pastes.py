"""Pastes are read as a whole, in whatever pieces they come; one without an end is given up."""

from __future__ import annotations

import itertools
import random

from textual.events import Key, Paste

from globus_tui.lines.driver import BEGIN, END, SILENCE, PasteLost, WholePastes


def told(parser: WholePastes, *pieces: str) -> list[str]:
    """Keys by their names, pastes by their text."""
    found = [message for piece in pieces for message in parser.feed(piece)]
    return [one.key if isinstance(one, Key) else repr(one.text) if isinstance(one, Paste) else "?" for one in found]


def test_pieces_make_no_difference() -> None:
    sent = f"ab{BEGIN}x\x1bXy\r\x1b[Az{END}cd{BEGIN}{END}q{BEGIN}22{END}\x1b[B"
    whole = told(WholePastes(), sent)
    assert whole == ["a", "b", repr("x\x1bXy\r\x1b[Az"), "c", "d", "''", "q", "'22'", "down"]
    chance = random.Random(7)
    for _ in range(500):
        cuts = [0, *sorted(chance.sample(range(1, len(sent)), chance.randint(1, 9))), len(sent)]
        assert told(WholePastes(), *(sent[a:b] for a, b in itertools.pairwise(cuts))) == whole


def test_a_paste_without_an_end_is_dropped_after_a_second_of_silence_and_keys_act_again() -> None:
    now = [100.0]
    parser = WholePastes()
    parser.clock = lambda: now[0]
    assert told(parser, f"{BEGIN}rm -rf", " more") == []
    now[0] += SILENCE / 2
    assert list(parser.tick()) == []
    assert told(parser, " still") == []
    now[0] += SILENCE - 0.01
    assert list(parser.tick()) == []
    now[0] += 0.02
    assert [type(one) for one in parser.tick()] == [PasteLost]
    assert told(parser, "jk") == ["j", "k"]


def test_ctrl_c_leaves_a_paste_that_does_not_end() -> None:
    assert told(WholePastes(), f"{BEGIN}abc", "\x03") == ["ctrl+c"]
    assert told(WholePastes(), f"{BEGIN}abc\x03") == ["ctrl+c"]
    now = [0.0]
    parser = WholePastes()
    parser.clock = lambda: now[0]
    assert told(parser, f"{BEGIN}ab\x03cd") == []
    now[0] += SILENCE
    assert [getattr(one, "key", "") for one in parser.tick()] == ["ctrl+c"]


def test_high_function_keys_of_a_console_are_no_letters() -> None:
    sent = "".join(f"\x1b[{number}~" for number in (24, 25, 26, 28, 29, 31, 32, 33, 34))
    found = [one.key for one in WholePastes().feed(sent) if isinstance(one, Key)]
    assert found == ["f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20"]
