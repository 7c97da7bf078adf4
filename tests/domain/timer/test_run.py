"""What became of a run: the timer's word and the task's, joined; what is not known is never a success."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from globus_tui.domain.timer.run import Outcome, Run, RunState, outcome, took
from globus_tui.domain.transfer.task import TaskStatus
from tests.domain.samples import (
    DATA_ACCESS,
    MINUTE,
    NOW,
    TODAY_TICK,
    consent_required,
    failed_task,
    refused_document,
    run_document,
    task,
    task_document,
    wire,
)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"run_status": "succeeded"}, RunState.SUCCEEDED),
        ({"run_status": "SUCCEEDED"}, RunState.SUCCEEDED),
        ({"run_status": "failed"}, RunState.FAILED),
        ({"run_status": "failed", "http_status_submission": 403, "resource_id": None}, RunState.REFUSED),
        ({"run_status": "failed", "http_status_submission": 403}, RunState.FAILED),
        ({"run_status": "newspeak", "http_status_submission": 502, "resource_id": None}, RunState.REFUSED),
        ({"run_status": "in_progress"}, RunState.IN_PROGRESS),
        ({"run_status": "submitted"}, RunState.SUBMITTED),
        ({"run_status": "newspeak"}, RunState.UNKNOWN),
        ({"run_status": None}, RunState.SUBMITTED),
        ({"run_status": None, "http_status_submission": None, "status": None}, RunState.REFUSED),
        ({"run_status": None, "http_status_submission": None, "status": 500}, RunState.REFUSED),
        ({"run_status": None, "data": {"status": "ACTIVE"}}, RunState.SUBMITTED),
        ({"run_status": None, "data": {"status": "SUCCEEDED"}}, RunState.SUCCEEDED),
    ],
)
def test_the_timers_word_on_a_run_is_read_in_every_form(changes: dict[str, Any], state: RunState) -> None:
    assert Run.from_document(run_document(TODAY_TICK) | changes).state is state


SUBMITTED = Run.from_document(run_document(TODAY_TICK, status="submitted"))
SUCCEEDED = Run.from_document(run_document(TODAY_TICK))


@pytest.mark.parametrize(
    ("run", "its_task", "found"),
    [
        (SUBMITTED, None, Outcome.UNKNOWN),
        (SUBMITTED, task(status="NEWSPEAK"), Outcome.UNKNOWN),
        (SUBMITTED, task(), Outcome.OK),
        (SUBMITTED, task(status="ACTIVE"), Outcome.RUNNING),
        (SUBMITTED, task(status="INACTIVE"), Outcome.RUNNING),
        (SUBMITTED, failed_task(), Outcome.FAILED),
        (SUCCEEDED, failed_task(), Outcome.FAILED),
        (SUCCEEDED, None, Outcome.OK),
        (SUBMITTED, task(subtasks_skipped_errors=3), Outcome.WITH_SKIPS),
        (SUBMITTED, task(files_transferred=0, files_skipped=0), Outcome.EMPTY),
        (SUBMITTED, task(files_transferred=0, files_skipped=5), Outcome.OK),
        (SUBMITTED, task(files_transferred=0, files_skipped=None), Outcome.OK),
        (SUBMITTED, task(files_transferred=None, files_skipped=None), Outcome.OK),
        (SUBMITTED, task(files_transferred=0, type="DELETE"), Outcome.OK),
        (Run.from_document(refused_document(TODAY_TICK)), task(), Outcome.REFUSED),
    ],
)
def test_the_task_decides_and_an_unknown_one_is_no_success(run: Run, its_task: Any, found: Outcome) -> None:
    assert outcome(run, its_task) is found


def old_run(task_status: str) -> Run:
    details = task_document(status=task_status)
    return Run.from_document(
        {"ran_at": wire(TODAY_TICK), "status": 202, "data": {"status": task_status, "details": details}}
    )


def test_an_old_snapshot_of_a_finished_task_counts() -> None:
    run = old_run("SUCCEEDED")
    assert outcome(run, None) is Outcome.OK
    assert took(run, None) == 48 * MINUTE


def test_an_old_snapshot_of_a_running_task_says_nothing_about_today() -> None:
    run = old_run("ACTIVE")
    assert run.snapshot is not None
    assert run.snapshot.status is TaskStatus.ACTIVE
    assert outcome(run, None) is Outcome.UNKNOWN
    assert outcome(run, run.snapshot) is Outcome.UNKNOWN
    assert outcome(run, failed_task()) is Outcome.FAILED


def test_what_globus_wanted_is_kept_with_a_refused_run() -> None:
    run = Run.from_document(refused_document(TODAY_TICK, errors=consent_required(DATA_ACCESS)))
    assert run.gare is not None
    assert run.gare.required_scopes == (DATA_ACCESS,)


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"error": {"detail": "boom", "code": "ERROR"}}, "boom"),
        ({"message": "boom"}, "boom"),
        ("boom", "boom"),
        ({"code": "ConsentRequired"}, "ConsentRequired"),
        ({}, None),
        (None, None),
        (["boom"], None),
    ],
)
def test_the_services_words_on_a_failed_run_are_found(errors: Any, said: str | None) -> None:
    assert Run.from_document(refused_document(TODAY_TICK, errors=errors)).problem == said


def test_how_long_a_run_took_is_by_its_task_and_not_known_while_it_runs() -> None:
    ends_later = task(completion_time=wire(TODAY_TICK + timedelta(hours=2)))
    assert took(SUCCEEDED, ends_later) == timedelta(hours=2)
    assert took(SUCCEEDED, None) == 48 * MINUTE
    assert took(Run.from_document(run_document(NOW, status="active")), task(status="ACTIVE")) is None
