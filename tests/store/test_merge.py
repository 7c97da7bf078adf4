from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.job import Job, JobId, JobStatus
from globus_tui.domain.run import Run, RunState
from globus_tui.store.merge import Held, fold, merge_job, merge_runs
from tests.store.fakes import HOUR, NOON, a_job, a_run

IDS = ("a", "b", "c", "d")
names = st.sampled_from(["old", "new", "newest"])
hours = st.lists(st.integers(0, 40), unique=True, max_size=12).map(lambda found: sorted(found))


def named(job_id: str, name: str) -> Job:
    return replace(a_job(job_id), name=name)


def held(*jobs: Job) -> Held:
    return Held({job.job_id: job for job in jobs}, {job.job_id: job for job in jobs})


def runs_at(found: list[int]) -> tuple[Run, ...]:
    return tuple(a_run(NOON - hour * HOUR) for hour in found)


answers = st.dictionaries(st.sampled_from(IDS), names, max_size=4).map(
    lambda found: [named(job_id, name) for job_id, name in found.items()]
)


@given(answers, answers, st.sets(st.sampled_from(IDS)), st.sets(st.sampled_from(IDS)))
def test_an_answer_never_touches_pending_rows_or_rows_with_newer_news(
    before: list[Job], answer: list[Job], pending: set[str], touched: set[str]
) -> None:
    known = held(*before)
    known.touched = {JobId(one): 7 for one in touched}
    merged = fold(known, answer, asked=5, pending={JobId(one) for one in pending})
    for job_id in map(JobId, pending | touched):
        assert merged.jobs.get(job_id) is known.jobs.get(job_id)
        assert job_id not in merged.changed | merged.removed


@given(answers, answers)
def test_with_nothing_going_on_here_the_answer_is_what_there_is(before: list[Job], answer: list[Job]) -> None:
    known = held(*before)
    merged = fold(known, answer, asked=1)
    assert list(merged.jobs.values()) == answer
    assert merged.removed == known.jobs.keys() - merged.jobs.keys()
    assert merged.changed == {one for one, job in merged.jobs.items() if known.jobs.get(one) != job}


@given(answers)
def test_folding_an_answer_twice_changes_nothing_and_keeps_the_objects(answer: list[Job]) -> None:
    once = fold(Held(), answer, asked=1)
    twice = fold(Held(once.jobs, once.folded), [replace(job) for job in answer], asked=2)
    assert not twice.changed
    assert all(twice.jobs[one] is job for one, job in once.jobs.items())


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
    known = held(a_job("b"))
    known.deleted = {JobId("a"): 3}
    merged = fold(known, [replace(a_job("a"), status=JobStatus.DELETING), a_job("b")], asked=9)
    assert list(merged.jobs) == ["b"]


def test_a_deleted_timer_that_turns_out_to_live_is_shown_again() -> None:
    known = held()
    known.deleted = {JobId("a"): 3}
    assert list(fold(known, [a_job("a")], asked=9).jobs) == ["a"]
    assert list(fold(known, [a_job("a")], asked=2).jobs) == []


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
