"""Alerts: once for each cause, not for one look in between, and not again while it goes back and forth."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.timer.alerts import AlertKind, Watcher
from globus_tui.domain.timer.cause import Hit
from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.orders import Acknowledgement
from tests.domain.samples import MINUTE, NOW

OK, FAILED, WARN = (Health(word, Why.FINE) for word in (Word.OK, Word.FAILED, Word.WARN))


def told(watcher: Watcher, *healths: Health, step: timedelta = MINUTE) -> list[str]:
    found = []
    for number, health in enumerate(healths):
        alerts = watcher.look([Hit("t", health)], NOW + number * step)
        found.append(" ".join(one.kind.value for one in alerts))
    return found


def test_it_is_told_once_and_once_that_it_is_over() -> None:
    assert told(Watcher(1, 2), OK, FAILED, FAILED, FAILED, OK, OK, OK) == ["", "bad", "", "", "", "recovered", ""]


def test_it_is_told_after_so_many_bad_looks_in_a_row() -> None:
    assert told(Watcher(3, 1), FAILED, FAILED, OK, FAILED, FAILED, FAILED, OK) == [*[""] * 5, "bad", "recovered"]


def test_back_and_forth_is_named_once_and_told_no_more() -> None:
    once = told(Watcher(1, 2), FAILED, OK, FAILED, OK, FAILED)
    assert once == ["bad", "", "", "", ""]
    flapping = told(Watcher(1, 1), FAILED, OK, FAILED, OK, FAILED, OK, FAILED)
    assert flapping == ["bad", "recovered", "flapping", "", "", "", ""]


def test_an_hour_later_it_is_news_again() -> None:
    assert told(Watcher(1, 1), FAILED, OK, FAILED, OK, step=timedelta(hours=2)) == ["bad", "recovered"] * 2


def test_what_gets_worse_is_told_and_what_somebody_knows_is_not() -> None:
    assert told(Watcher(), WARN, WARN, FAILED, WARN) == ["bad", "", "worse", ""]
    known = Health(Word.FAILED, Why.FINE, acknowledged=Acknowledgement(Word.FAILED.rank))
    assert told(Watcher(), known, known, FAILED) == ["", "", "bad"]


def test_what_is_paused_or_known_ends_an_alert_and_is_not_well() -> None:
    known = Health(Word.FAILED, Why.FINE, acknowledged=Acknowledgement(Word.FAILED.rank))
    for end, well in ((OK, True), (Health(Word.PAUSED, Why.PAUSED_BY_USER), False), (known, False)):
        watcher = Watcher(1, 1)
        watcher.look([Hit("t", FAILED)], NOW)
        (alert,) = watcher.look([Hit("t", end)], NOW + MINUTE)
        assert (alert.kind, alert.is_well) == (AlertKind.RECOVERED, well)


def test_what_is_in_trouble_at_the_first_look_may_be_no_news_but_its_end_is() -> None:
    assert told(Watcher(1, 1, quiet_at_first=True), FAILED, FAILED, OK) == ["", "", "recovered"]


def test_a_new_start_goes_on_where_the_last_one_was() -> None:
    first = Watcher()
    assert told(first, FAILED) == ["bad"]
    again = Watcher()
    again.restore(first.document())
    assert told(again, FAILED, OK, OK) == ["", "", "recovered"]


@given(st.lists(st.sampled_from([OK, FAILED, WARN]), max_size=60), st.integers(1, 3), st.integers(1, 3))
def test_nothing_is_over_that_was_not_told_and_memory_holds_only_what_is_in_trouble(
    looks: list[Health], after: int, clear: int
) -> None:
    watcher, open_alert = Watcher(after, clear), False
    for number, health in enumerate(looks):
        for alert in watcher.look([Hit("t", health)], NOW + number * timedelta(hours=2)):
            assert alert.kind is not AlertKind.FLAPPING
            assert open_alert == (alert.kind in (AlertKind.RECOVERED, AlertKind.WORSE))
            open_alert = alert.kind is not AlertKind.RECOVERED
    watcher.look([Hit("t", OK)], NOW + timedelta(days=30))
    watcher.look([Hit("t", OK)], NOW + timedelta(days=31))
    watcher.look([Hit("t", OK)], NOW + timedelta(days=32))
    assert watcher.document() == {}


# --- one cause that hits many

DOWN = Health(Word.FAILED, Why.TASK_FAILED, code="CONNECT_FAILED")
STUCK = Health(Word.BLOCKED, Why.TASK_TROUBLE, code="CONNECT_FAILED")


def looks(healths: list[Health]) -> list[Hit]:
    return [Hit(f"t{n}", one, ("down", f"c{n}")) for n, one in enumerate(healths)]


def news(watcher: Watcher, *turns: list[Health]) -> list[list[tuple[str, int]]]:
    found = (watcher.look(looks(one), NOW + n * MINUTE) for n, one in enumerate(turns))
    return [[(one.kind.value, 1 + len(one.also)) for one in alerts] for alerts in found]


def test_sixty_timers_behind_one_collection_are_one_alert_and_one_when_the_last_is_well() -> None:
    watcher = Watcher(1, 1)
    half, whole = [DOWN] * 30 + [OK] * 30, [DOWN] * 60
    assert news(watcher, [OK] * 60, half, whole, half, [DOWN] + [OK] * 59, [OK] * 60) == [
        [], [("bad", 30)], [], [], [], [("recovered", 1)],
    ]  # fmt: skip
    assert news(watcher, whole)[0] != []  # a new outage


def test_one_after_the_other_the_first_two_are_told_singly_and_then_the_cause() -> None:
    turns = [[DOWN] * n + [OK] * (9 - n) for n in range(8)]
    assert news(Watcher(1, 1), *turns) == [[], [("bad", 1)], [("bad", 1)], [("bad", 3)], [], [], [], []]


def test_an_outage_that_gets_worse_is_told_once_more_and_a_new_start_remembers_it() -> None:
    first, again = Watcher(1, 1), Watcher(1, 1)
    assert news(first, [STUCK] * 9) == [[("bad", 9)]]
    again.restore(first.document())
    assert news(again, [STUCK] * 9 + [DOWN], [DOWN] * 5 + [STUCK] * 5, [DOWN] * 10) == [[("bad", 10)], [], []]
