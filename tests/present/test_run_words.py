"""Runs and tasks in words."""

from __future__ import annotations

from typing import Any

import pytest

from globus_tui.domain.timer.history import mark_of
from globus_tui.domain.timer.run import Outcome, Run, outcome
from globus_tui.domain.transfer.task import TaskEvent
from globus_tui.present import run_words
from tests.domain.samples import (
    DATA_ACCESS,
    TODAY_TICK,
    consent_required,
    failed_task,
    refused_document,
    run_document,
    task,
)

SUBMITTED = run_document(TODAY_TICK, status="submitted")


@pytest.mark.parametrize(
    ("document", "its_task", "result", "message"),
    [
        (SUBMITTED, task(), "ok", ""),
        (SUBMITTED, task(faults=1), "ok", "1 fault, recovered"),
        (SUBMITTED, task(faults=None), "ok", ""),
        (SUBMITTED, task(subtasks_skipped_errors=412, faults=3), "ok, skips", "412 files skipped, 3 faults, recovered"),
        (SUBMITTED, task(files_transferred=0, files_skipped=0), "ok, empty", "met no files"),
        (SUBMITTED, failed_task(code="FILE_NOT_FOUND"), "FAILED", "file not found"),
        (SUBMITTED, failed_task(code="SOLAR_FLARE", text="sun"), "FAILED", "SOLAR_FLARE: sun"),
        (
            SUBMITTED,
            task(status="FAILED", fatal_error={"code": "CANCELED"}, canceled_by_admin="SOURCE"),
            "FAILED",
            "canceled, canceled by the source's manager",
        ),
        (
            SUBMITTED,
            task(status="ACTIVE", files=40000, files_transferred=18000),
            "running",
            "18k of 40k files, 310 MB/s",
        ),
        (SUBMITTED, None, "not known", "the timer says submitted"),
        (run_document(TODAY_TICK, status="failed"), None, "FAILED", "no reason given"),
        (refused_document(TODAY_TICK, errors=consent_required(DATA_ACCESS)), None, "REFUSED", "consent missing"),
        (refused_document(TODAY_TICK, 500, errors={"message": "boom"}), None, "REFUSED", "boom (HTTP 500)"),
        (refused_document(TODAY_TICK, 503), None, "REFUSED", "service unavailable"),
    ],
)
def test_a_run_has_a_result_and_what_there_is_to_say(
    document: dict[str, Any], its_task: Any, result: str, message: str
) -> None:
    run = Run.from_document(document)
    assert run_words.result(outcome(run, its_task)) == result
    assert run_words.message(run, its_task) == message


def test_every_outcome_has_a_word_and_a_mark() -> None:
    assert len({run_words.result(one) for one in Outcome}) == len(Outcome)
    assert {mark_of(one).name for one in Outcome} == {one.name for one in Outcome}


@pytest.mark.parametrize(
    ("its_task", "words"),
    [
        (None, "in progress"),
        (task(status="ACTIVE", nice_status="Queued"), "queued behind other tasks"),
        (task(status="ACTIVE", files=None, files_transferred=None, effective_bytes_per_second=None), "in progress"),
        (task(status="ACTIVE", files=None, files_transferred=None), "in progress, 310 MB/s"),
        (task(status="ACTIVE", files=9, files_transferred=None), "? of 9 files, 310 MB/s"),
        (task(status="ACTIVE", files=0, files_transferred=0, effective_bytes_per_second=0), "0 files, 0 B/s"),
        (task(status="ACTIVE", files=9, effective_bytes_per_second=None), "12k of 9 files, ?"),
    ],
)
def test_progress_never_makes_up_a_number(its_task: Any, words: str) -> None:
    assert run_words.progress(its_task) == words


@pytest.mark.parametrize(
    ("its_task", "words"),
    [
        (task(), "succeeded"),
        (failed_task(), "failed"),
        (task(status="ACTIVE"), "active"),
        (task(status="ACTIVE", nice_status="CONNECT_FAILED"), "active, but cannot connect to the collection"),
        (task(status="INACTIVE"), "waits for you"),
        (task(status="HIBERNATING"), "HIBERNATING"),
    ],
)
def test_a_tasks_status_is_told_and_an_unknown_one_shown_raw(its_task: Any, words: str) -> None:
    assert run_words.task_status(its_task) == words


def test_events_are_one_line_each() -> None:
    event = TaskEvent.from_document({"code": "CONNECT_FAILED", "description": "no\nroute", "is_error": True})
    assert run_words.event_words(event) == "cannot connect to the collection: no route"
    assert run_words.event_words(TaskEvent.from_document({"code": "STARTED", "description": "started"})) == "started"
    assert run_words.event_words(TaskEvent.from_document({})) == "?"
