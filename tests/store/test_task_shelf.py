"""Which tasks are asked for: of many timers only the newest, unless somebody looks into one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.timer.job import JobId
from globus_tui.store.board import STATES_AT_HAND
from globus_tui.store.rows import make_row, row_news
from globus_tui.store.task_shelf import TaskShelf
from tests.domain.samples import NOW, job, job_document, run_document, task, task_id
from tests.store.test_one_judge import board_of, read_list

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job

NIGHTLY = job([run_document(NOW - timedelta(days=day), number=day) for day in range(5)])
MANY, SOME, FEW = 10_000, 1_000, 100


def note(shelf: TaskShelf, timer: Job, *, opened: bool = False) -> None:
    shelf.note(timer.job_id, row_news(make_row(timer, {}, NOW), timer, timer, None).tasks, opened=opened)


def wanted_of(timers: int, *, opened: bool = False) -> set[str]:
    shelf = TaskShelf()
    shelf.fit(timers)
    note(shelf, NIGHTLY, opened=opened)
    return set(shelf.wanted(NOW))


def test_the_more_timers_there_are_the_fewer_of_their_runs_are_looked_up() -> None:
    assert wanted_of(MANY) == {task_id(0)}
    assert wanted_of(SOME) == {task_id(0), task_id(1), task_id(2)}
    assert wanted_of(FEW) == {task_id(number) for number in range(5)}


def test_a_task_of_an_older_run_changes_the_timer_that_somebody_opened() -> None:
    shelf = TaskShelf()
    shelf.fit(MANY)
    note(shelf, NIGHTLY)
    assert shelf.take([task(3)]) == set()
    note(shelf, NIGHTLY, opened=True)
    assert shelf.take([task(4)]) == {NIGHTLY.job_id}


def test_a_run_that_another_followed_is_not_asked_for_any_more_unless_its_task_still_ran() -> None:
    shelf = TaskShelf()
    shelf.fit(MANY)
    note(shelf, job([run_document(NOW - timedelta(days=1), number=1)]))
    shelf.take([task(1, "ACTIVE")])
    followed = job([run_document(NOW - timedelta(days=day), number=day) for day in range(2)])
    note(shelf, followed)
    assert set(shelf.wanted(NOW)) == {task_id(0), task_id(1)}
    other = TaskShelf()
    other.fit(MANY)
    note(other, job([run_document(NOW - timedelta(days=1), number=1)]))
    note(other, followed)
    assert set(other.wanted(NOW)) == {task_id(0)}


def test_tasks_of_runs_that_newer_ones_pushed_out_are_forgotten() -> None:
    shelf = TaskShelf()
    shelf.fit(FEW)
    for newest in range(14, 2000):
        runs = [
            run_document(NOW - timedelta(minutes=2000 - number), number=number)
            for number in range(newest, newest - 14, -1)
        ]
        note(shelf, job(runs))
        shelf.take([task(newest)])
    assert len(shelf.tasks) == 14
    assert all(len(known) <= 14 for known in vars(shelf).values() if isinstance(known, dict))


def test_tasks_of_timers_that_are_gone_stay_while_such_a_timer_may_still_be_on_the_screen() -> None:
    board, last = board_of([]), 2 * STATES_AT_HAND
    for number in range(last + 1):
        read_list(board, [job_document([run_document(NOW, number=number)], job_id=f"id-{number}")])
        board.take_tasks([task(number)])
    held = {task_id(number) for number in range(last - STATES_AT_HAND, last + 1)}
    assert board.shelf.tasks.keys() == held
    assert len(board.shelf._newest) == len(held)


def test_a_timer_that_is_back_keeps_its_tasks_when_those_that_went_with_it_lose_theirs() -> None:
    board = board_of([job_document([run_document(NOW)])])
    board.take_tasks([task(0)])
    read_list(board, [])
    for number in range(1, 2 * STATES_AT_HAND):
        other = job_document([run_document(NOW, number=number)], job_id=f"id-{number}")
        read_list(board, [job_document([run_document(NOW)]), other])
    assert task_id(0) in board.shelf.tasks


def test_of_many_timers_the_first_keep_no_more_tasks_than_the_last_but_one_that_is_open_keeps_its_own() -> None:
    def listed(newest: int) -> list[object]:
        return [
            job_document(
                [run_document(NOW + timedelta(days=day), number=100 * timer + day) for day in range(newest, -1, -1)],
                job_id=f"id-{timer:03}",
            )
            for timer in range(301)
        ]

    board = board_of(listed(0))
    board.runs_to_keep[JobId("id-007")] = 14
    for newest in range(1, 6):
        read_list(board, listed(newest))
        board.take_tasks([task(100 * timer + newest) for timer in range(301)])
    kept = [sum(task_id(100 * timer + day) in board.shelf.tasks for day in range(6)) for timer in (0, 7, 300)]
    assert kept == [3, 5, 3]
