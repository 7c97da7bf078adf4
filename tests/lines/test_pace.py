"""When the terminal is asked whether it has drawn what it was sent, and when new frames wait."""

from __future__ import annotations

from globus_tui.lines.app import Pace


def test_single_keys_ask_nothing() -> None:
    pace = Pace()
    assert not any(pace.sent(6000, float(second)) for second in range(10))
    assert not pace.full


def test_small_frames_that_follow_closely_ask_once_they_are_worth_it() -> None:
    pace = Pace()
    asked = [pace.sent(400, 0.03 * number) for number in range(5)]
    assert asked == [False, False, False, True, False]


def test_frames_wait_while_too_much_is_on_its_way() -> None:
    pace = Pace()
    pace.sent(400, 0.0)
    pace.sent(2000, 0.03)
    assert not pace.full
    pace.sent(700, 0.06)
    assert pace.full


def test_an_answer_speaks_of_what_was_sent_before_the_question_only() -> None:
    pace = Pace()
    pace.sent(400, 0.0)
    pace.sent(2000, 0.03)
    pace.sent(2900, 0.06)
    pace.answered()
    assert not pace.full
    assert pace.sent(200, 0.09)
    assert pace.full


def test_an_answer_that_nobody_asked_for_is_none() -> None:
    pace = Pace()
    pace.answered()
    assert not pace.waiting
    assert not pace.full
