"""The rank that a row is sorted by and the word that is shown come from one judgement, and the counts from both."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from globus_sdk.testing import get_response_set
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.documents import Source, walk
from globus_tui.domain.timer import health
from globus_tui.domain.timer.history import Past
from globus_tui.domain.timer.job import Job, view
from globus_tui.domain.timer.orders import NONE
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.timers.routes import job_document as sandbox_document
from globus_tui.sandbox.timers.routes import page_of
from globus_tui.sandbox.world.history import facility
from globus_tui.store.board import Board
from globus_tui.store.rows import MOST_UNPACKED, counts, make_row
from tests.domain.samples import DAY, NOW, TODAY_TICK, job_document, refused_document, run_document, task_id, wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

moments = st.integers(-900, 900).map(lambda quarters: wire(NOW + timedelta(minutes=15 * quarters)))
odd: st.SearchStrategy[Any] = st.sampled_from([None, "", "soon", 7, [], {}, True])
runs = st.lists(
    st.builds(
        lambda day, number, status, more: run_document(TODAY_TICK - day * DAY, number, status) | more,
        st.integers(0, 20),
        st.integers(0, 5),
        st.sampled_from(["succeeded", "failed", "active", "inactive", "nonsense"]),
        st.sampled_from(
            [{}, {"resource_id": None}, {"end_timestamp": None}, {"http_status_submission": 403}, {"data": {}}]
        ),
    )
    | st.integers(0, 20).map(lambda day: refused_document(TODAY_TICK - day * DAY)),
    max_size=6,
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["active", "inactive", "ended", "delete_in_progress", "loaded", "never heard of"])
        | odd,
        "activity": st.sampled_from(
            [
                None,
                {"code": "paused", "reason": "user", "start_timestamp": wire(TODAY_TICK)},
                {"code": "run_in_progress", "start_timestamp": wire(TODAY_TICK)},
                {"code": "retrying", "start_timestamp": wire(TODAY_TICK)},
                {"code": "awaiting_next_run", "next_run": wire(TODAY_TICK + DAY)},
                {"code": "from a later day"},
            ]
        )
        | odd,
        "inactive_reason": st.sampled_from(
            [None, {"cause": "user"}, {"cause": "globus_auth_requirements", "detail": {"code": "ConsentRequired"}}]
        )
        | odd,
        "next_run": moments | odd,
        "last_ran_at": moments | odd,
        "submitted_at": moments | odd,
        "n_runs": st.integers(0, 30) | odd,
        "schedule": st.sampled_from(
            [
                {"type": "once", "datetime": wire(NOW - DAY)},
                {"type": "recurring", "interval_seconds": 60, "start": wire(NOW - DAY)},
                {"type": "recurring", "interval_seconds": 86400, "start": wire(NOW), "end": {"count": 20}},
            ]
        )
        | odd,
        "job_id": st.uuids().map(str) | odd,
        "body": st.sampled_from([{}, {"source_endpoint": "a", "delete_destination_extra": True}]) | odd,
        "results": odd,
    },
)
documents = st.builds(lambda found, more: job_document(found) | more, runs, changes) | odd
tasks = st.lists(
    st.builds(
        Task,
        st.integers(0, 5).map(task_id),
        st.sampled_from(TaskStatus),
        files=st.sampled_from([None, 0, 10, 1000]),
        files_transferred=st.sampled_from([None, 0, 5]),
        files_skipped=st.sampled_from([None, 0, 5]),
        skipped_errors=st.sampled_from([None, 0, 3]),
        nice_status=st.sampled_from([None, "OK", "PERMISSION_DENIED"]),
    ),
    max_size=6,
)


def board_of(listed: Sequence[object], tasks: Sequence[Task] = (), now: datetime = NOW) -> Board:
    """A list that is read, in pieces, as an answer would be."""
    board = Board(lambda: now, lambda: now)
    board.take_tasks(tasks)
    read_list(board, listed)
    return board


def read_list(board: Board, listed: Sequence[object]) -> frozenset[Any]:
    reading, asked = board.reading(), board.number()
    body = json.dumps({"jobs": listed}).encode()
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return board.take_list(reading.take(walk(pieces, "jobs", reading.documents, "job_id")), asked)


def agrees(board: Board) -> None:
    """Every row is ranked by the word that is shown, and counted under it."""
    shown = {job_id: state.health.word for job_id, state in board.states.items()}
    assert {job_id: row.word for job_id, row in board.states.rows.items()} == shown
    assert {word: count for word, count in counts(board.states.rows.values()).items() if count} == Counter(
        shown.values()
    )


@given(documents, tasks)
def test_what_is_read_when_it_is_asked_for_is_what_a_timer_says(found: Any, known: list[Task]) -> None:
    by_id = {task.task_id: task for task in known}
    job, seen = Job.from_document(found), view(found)
    for name in Job.__match_args__[:-1]:
        if name not in ("runs", "n_errors"):
            assert getattr(seen, name) == getattr(job, name), name
    assert [(run.key, run.state, run.ended, run.problem) for run in seen.runs] == [
        (run.key, run.state, run.ended, run.problem) for run in job.runs
    ]
    assert seen.sides == job.sides
    assert (seen.deletes, seen.label, seen.interval_seconds) == (job.deletes, job.label, job.interval_seconds)
    assert seen.end == job.end
    one, other = make_row(job, by_id, NOW), make_row(seen, by_id, NOW)
    assert one[:5] == other[:5]
    assert one[6:] == other[6:]


@given(documents, tasks, moments.map(datetime.fromisoformat))
def test_a_timer_that_waits_after_a_good_run_is_judged_as_in_full(found: Any, known: list[Task], now: datetime) -> None:
    by_id, job = {task.task_id: task for task in known}, Job.from_document(found)
    judged = health.judge(job, by_id, now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "_nothing_to_say", lambda *_: False)
        assert health.judge(job, by_id, now) == judged


def test_most_timers_are_such() -> None:
    job = Job.from_document(job_document())
    assert health._nothing_to_say(job, Past(job, {}, NOW), NOW, NONE)


@given(st.lists(documents, max_size=5), st.lists(documents, max_size=5), tasks, tasks)
def test_rank_and_word_agree_after_every_kind_of_news(
    first: list[Any], second: list[Any], before: list[Task], after: list[Task]
) -> None:
    board = board_of(first, before)
    agrees(board)
    board.take_tasks(after)
    agrees(board)
    read_list(board, second)
    agrees(board)
    if len(board.states) == len(second):  # two of one id take turns
        assert not read_list(board, second)


def test_a_list_that_comes_again_is_told_by_its_bytes_and_nothing_is_decoded() -> None:
    listed = [job_document(name=f"timer {number}", job_id=f"id-{number}") for number in range(500)]
    board = board_of(listed)
    entries = list(walk([json.dumps({"jobs": listed}).encode()], "jobs", board.reading().documents, "job_id"))
    assert [one.value for one in entries] == [None] * 500
    assert list(board.documents) == [f"id-{number}" for number in range(500)]


def test_documents_that_change_with_every_list_stay_packed_and_nothing_of_theirs_is_lost() -> None:
    listed = [job_document(name=f"timer {number} {'x' * 2000}", job_id=f"id-{number}") for number in range(300)]
    board = board_of(listed)
    for turn in range(40):
        for number in range(turn, 300, 20):
            listed[number] |= {"next_run": wire(NOW + timedelta(hours=turn))}
        assert len(read_list(board, listed)) == len(range(turn, 300, 20))
    assert [one.document() for one in board.documents.values() if isinstance(one, Source)] == listed
    blocks = {id(one.block): one.block for one in board.documents.values() if isinstance(one, Source)}.values()
    assert sum(one.size for one in blocks if not one.full) < MOST_UNPACKED + 100_000
    assert sum(one.count for one in blocks) < 3 * len(listed)
    assert len(board._rechecks) <= 2 * len(listed) + 100


def test_in_the_pretend_facility_they_agree_and_go_on_doing_so_as_time_passes() -> None:
    clock = Clock(speed=0)
    sandbox = facility(clock)
    now = clock.now()
    board = Board(lambda: now, lambda: now)
    listed = [sandbox_document(timer, now, *page_of(timer, 14)) for timer in sandbox.timers.values()]
    read_list(board, listed)
    assert len(board.states) == len(listed) > 70
    agrees(board)
    for _ in range(40):
        now += timedelta(minutes=37)
        while board.next_verdict_at is not None and board.next_verdict_at <= now.timestamp():
            board.tick()
        agrees(board)
        assert {word for word, count in counts(board.states.rows.values()).items() if count}


def test_the_timers_of_the_official_fixtures_are_ranked_as_they_are_shown() -> None:
    listed: list[Mapping[str, Any]] = []
    for operation in ("list_jobs", "get_job", "create_job"):
        responses = get_response_set(f"timer.{operation}")
        for name in responses.cases():
            found: Any = getattr(responses.lookup(name), "json", None) or {}
            listed += found.get("jobs", [found])
    assert listed
    agrees(board_of(listed))
