from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.documents import Entry
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.domain.timer.run import Run, RunState
from globus_tui.store.board import Board
from globus_tui.store.job_state import Doing, Pending
from globus_tui.store.rows import merge_job, merge_runs
from tests.store.fakes import HOUR, NOON, a_job, a_run

if TYPE_CHECKING:
    from collections.abc import Iterable

IDS = ("a", "b", "c", "d")
names = st.sampled_from(["old", "new", "newest"])
hours = st.lists(st.integers(0, 40), unique=True, max_size=12).map(lambda found: sorted(found))


def named(job_id: str, name: str) -> Job:
    return replace(a_job(job_id), name=name)


def board_of(*jobs: Job) -> Board:
    board = Board(lambda: NOON, lambda: NOON)
    take(board, jobs)
    return board


def take(board: Board, jobs: Iterable[Job], asked: int | None = None) -> frozenset[JobId]:
    read = board.reading().take(Entry(None, job, "") for job in jobs)
    return board.take_list(read, board.number() if asked is None else asked)


def shown(board: Board) -> dict[JobId, Job]:
    return {job_id: state.job for job_id, state in board.states.items()}


def runs_at(found: list[int]) -> tuple[Run, ...]:
    return tuple(a_run(NOON - hour * HOUR) for hour in found)


answers = st.dictionaries(st.sampled_from(IDS), names, max_size=4).map(
    lambda found: [named(job_id, name) for job_id, name in found.items()]
)


@given(answers, answers, st.sets(st.sampled_from(IDS)), st.sets(st.sampled_from(IDS)))
def test_an_answer_never_touches_pending_rows_or_rows_with_newer_news(
    before: list[Job], answer: list[Job], pending: set[str], touched: set[str]
) -> None:
    board = board_of(*before)
    asked = board.number()
    for one in map(JobId, pending):
        board.begin({one: Pending(Doing.PAUSING)})
    for one in map(JobId, touched - pending):
        board.begin({one: Pending(Doing.PAUSING)})
        board.finish(one)
    known = shown(board)
    changed = take(board, answer, asked)
    for job_id in map(JobId, pending | touched):
        assert shown(board).get(job_id) is known.get(job_id)
        assert job_id not in changed


@given(answers, answers)
def test_with_nothing_going_on_here_the_answer_is_what_there_is(before: list[Job], answer: list[Job]) -> None:
    board = board_of(*before)
    known = shown(board)
    changed = take(board, answer)
    assert list(shown(board).values()) == answer
    assert changed == {job.job_id for job in answer if known.get(job.job_id) != job}


@given(answers)
def test_folding_an_answer_twice_changes_nothing_and_keeps_the_rows(answer: list[Job]) -> None:
    board = board_of(*answer)
    states = board.states
    assert not take(board, [replace(job) for job in answer])
    assert board.states is states


@given(hours, hours, st.integers(1, 20))
def test_runs_are_united_newest_first_without_doubles_and_none_found_is_lost(
    old: list[int], found: list[int], kept: int
) -> None:
    runs = merge_runs(runs_at(old), runs_at(found), kept)
    moments = [run.ran_at for run in runs if run.ran_at]
    assert moments == sorted(set(moments), reverse=True)
    assert len(runs) <= max(kept, len(found))
    every = sorted({*old, *found})
    assert set(runs) <= set(runs_at(every))
    if len(every) <= kept:
        assert len(runs) == len(every)


def test_a_run_whose_task_became_known_later_is_the_same_run() -> None:
    runs = merge_runs((a_run(NOON),), (a_run(NOON, "t1", RunState.SUCCEEDED),), 10)
    assert runs == (a_run(NOON, "t1", RunState.SUCCEEDED),)


def test_a_deleted_timer_that_is_still_listed_as_being_deleted_stays_away() -> None:
    board = board_of(a_job("a"), a_job("b"))
    board.drop_job(JobId("a"), deleted_here=True)
    take(board, [replace(a_job("a"), status=JobStatus.DELETING), a_job("b")])
    assert list(board.states) == ["b"]


def test_a_deleted_timer_that_turns_out_to_live_is_shown_again() -> None:
    board = board_of(a_job("a"))
    asked = board.number()
    board.drop_job(JobId("a"), deleted_here=True)
    take(board, [a_job("a")], asked)
    assert list(board.states) == []
    take(board, [a_job("a")])
    assert list(board.states) == ["a"]


def test_a_page_of_older_runs_survives_a_shorter_answer_with_its_marker() -> None:
    deep = replace(a_job(runs=runs_at(list(range(10)))), runs_marker="older than ten")
    short = replace(a_job(runs=runs_at([0, 1])), runs_marker="older than two")
    merged = merge_job(deep, short)
    assert merged.runs == deep.runs
    assert merged.runs_marker == "older than ten"


def test_what_cannot_be_read_any_more_does_not_borrow_from_what_could() -> None:
    broken = Job(JobId("one"), None, JobStatus.UNKNOWN, unreadable="it has no status")
    assert merge_job(a_job(runs=runs_at([1])), broken) is broken


def test_runs_without_a_moment_do_not_upset_the_order() -> None:
    odd = Run(None, RunState.UNKNOWN)
    assert set(merge_runs((odd,), (a_run(NOON - timedelta(hours=1)),), 5)) == {odd, a_run(NOON - HOUR)}
