"""Which tasks are asked for: of many timers only the newest, unless somebody looks into one."""

from __future__ import annotations

from datetime import timedelta

from globus_tui.store.task_shelf import TaskShelf
from tests.domain.making import NOW, job, run_document, task, task_id

NIGHTLY = job([run_document(NOW - timedelta(days=day), number=day) for day in range(5)])
MANY, SOME, FEW = 10_000, 1_000, 100


def wanted_of(timers: int, *, opened: bool = False) -> set[str]:
    shelf = TaskShelf()
    shelf.fit(timers)
    shelf.note(NIGHTLY, opened=opened)
    return set(shelf.wanted(NOW))


def test_the_more_timers_there_are_the_fewer_of_their_runs_are_looked_up() -> None:
    assert wanted_of(MANY) == {task_id(0)}
    assert wanted_of(SOME) == {task_id(0), task_id(1), task_id(2)}
    assert wanted_of(FEW) == {task_id(number) for number in range(5)}


def test_when_timers_went_there_is_reason_to_note_the_rest_again() -> None:
    shelf = TaskShelf()
    assert not shelf.fit(MANY)
    shelf.note(NIGHTLY)
    assert shelf.fit(FEW)
    shelf.note(NIGHTLY)
    assert len(shelf.wanted(NOW)) == 5
    assert not shelf.fit(MANY)


def test_a_task_of_an_older_run_changes_the_timer_that_somebody_opened() -> None:
    shelf = TaskShelf()
    shelf.fit(MANY)
    shelf.note(NIGHTLY)
    assert shelf.take([task(3)]) == set()
    shelf.note(NIGHTLY, opened=True)
    assert shelf.take([task(4)]) == {NIGHTLY.job_id}


def test_a_run_that_another_followed_is_not_asked_for_any_more_unless_its_task_still_ran() -> None:
    shelf = TaskShelf()
    shelf.fit(MANY)
    shelf.note(job([run_document(NOW - timedelta(days=1), number=1)]))
    shelf.take([task(1, "ACTIVE")])
    followed = job([run_document(NOW - timedelta(days=day), number=day) for day in range(2)])
    shelf.note(followed)
    assert set(shelf.wanted(NOW)) == {task_id(0), task_id(1)}
    other = TaskShelf()
    other.fit(MANY)
    other.note(job([run_document(NOW - timedelta(days=1), number=1)]))
    other.note(followed)
    assert set(other.wanted(NOW)) == {task_id(0)}
