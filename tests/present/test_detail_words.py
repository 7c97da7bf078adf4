"""What the screen of one timer says about its past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from globus_tui.domain.timer.history import Mark, Moment
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.domain.timer.run import Run, RunState
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.present import detail_words
from globus_tui.present.event_rows import details_words

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def run(state: RunState = RunState.SUCCEEDED, task_id: str | None = "0a1b2c3d-task", minutes: int = 47) -> Run:
    """A run that began two hours ago."""
    at = NOW - timedelta(hours=2)
    return Run(at, state, ended=at + timedelta(minutes=minutes), resource_id=task_id)


def done(task_id: str = "0a1b2c3d-task", *, files: int | None = None, moved: int | None = None) -> Task:
    """A task that succeeded."""
    return Task(task_id, TaskStatus.SUCCEEDED, files_transferred=files, bytes_transferred=moved)


def test_a_number_that_cannot_be_is_a_dash_and_one_that_is_not_known_a_question_mark() -> None:
    refused = Moment(Mark.REFUSED, NOW, run(RunState.REFUSED, None))
    unread = Moment(Mark.UNKNOWN, NOW, run(RunState.SUBMITTED))
    told = Moment(Mark.OK, NOW, run(), done(files=0))
    assert [detail_words.number(one, "files_transferred") for one in (refused, unread, told)] == ["-", "?", "0"]
    assert [detail_words.moved(one) for one in (refused, unread, told)] == ["-", "?", "?"]
    assert detail_words.number(Moment(Mark.MISSED, NOW), "faults") == "-"
    assert detail_words.number(Moment(Mark.RUNNING, NOW), "faults") == "?"


def test_when_it_ran_fits_its_column_in_any_year() -> None:
    past = datetime(2025, 12, 26, 7, 0, tzinfo=UTC)
    assert detail_words.started(Moment(Mark.OK, NOW), NOW, UTC) == "Tue 1 Sep 12:00"
    assert detail_words.started(Moment(Mark.OK, past), NOW, UTC) == "26 Dec 2025 07:00"
    assert detail_words.started(Moment(Mark.OK, None), NOW, UTC) == "?"


def test_how_long_it_took() -> None:
    assert detail_words.took_words(Moment(Mark.OK, NOW, run()), NOW) == "47m"
    assert detail_words.took_words(Moment(Mark.REFUSED, NOW, run(RunState.REFUSED, None)), NOW) == "-"
    assert detail_words.took_words(Moment(Mark.RUNNING, NOW - timedelta(hours=3)), NOW) == "3h+"
    unknown = Run(NOW, RunState.SUBMITTED, resource_id="one")
    assert detail_words.took_words(Moment(Mark.UNKNOWN, NOW, unknown), NOW) == "?"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (Moment(Mark.SKIPPED, NOW), "run before still going"),
        (Moment(Mark.MISSED, NOW, standing=True), "timer paused"),
        (Moment(Mark.MISSED, NOW), "paused, or the service was away"),
        (Moment(Mark.UNKNOWN, NOW), "Globus lists no run for it"),
        (Moment(Mark.RUNNING, NOW), "in progress, not listed yet"),
        (
            Moment(Mark.MISSED, NOW, ticks=50, oldest=NOW - timedelta(hours=49), standing=True),
            "since Sun 30 Aug 11:00: timer paused",
        ),
    ],
)
def test_why_nothing_ran(moment: Moment, words: str) -> None:
    assert detail_words.message(moment, NOW, UTC) == words


def test_a_line_for_many_ticks_says_how_many() -> None:
    assert detail_words.result(Moment(Mark.MISSED, NOW, ticks=50)) == "50 missed"
    assert detail_words.result(Moment(Mark.SKIPPED, NOW)) == "skipped"
    assert detail_words.result(Moment(Mark.UNKNOWN, NOW)) == "not known"
    assert detail_words.result(Moment(Mark.OK, NOW, run(), done())) == "ok"


def test_the_past_in_numbers_counts_ticks_not_lines() -> None:
    lines = (Moment(Mark.MISSED, NOW, ticks=50), Moment(Mark.OK, NOW), Moment(Mark.OK, NOW), Moment(Mark.FAILED, NOW))
    assert detail_words.past_words(lines, complete=True) == "53 ticks: 2 ok, 1 failed, 50 missed"
    assert detail_words.past_words(lines, complete=False).startswith("last 53 ticks: ")
    assert detail_words.past_words((), complete=False) == "no runs known"
    assert detail_words.past_words((), complete=True) == "no run so far"


def test_what_is_usual_is_the_median_of_good_runs_and_needs_three_of_them() -> None:
    runs = tuple(
        Run(at, RunState.SUCCEEDED, ended=at + timedelta(minutes=40 + day), resource_id=str(day))
        for day in range(1, 4)
        for at in (NOW - timedelta(days=day),)
    )
    tasks = {str(day): done(str(day), moved=day * 10**12) for day in range(1, 4)}
    failed = Run(NOW, RunState.FAILED, ended=NOW + timedelta(minutes=1))
    job = Job(JobId("one"), "one", JobStatus.ACTIVE, runs=(failed, *runs))
    assert detail_words.usual_words(job, tasks) == "a normal run takes 42m (median of 3) and moves 2.00 TB"
    assert detail_words.usual_words(job, {}) == "a normal run takes 42m (median of 3)"
    assert detail_words.usual_words(Job(JobId("one"), "one", JobStatus.ACTIVE, runs=runs[:2]), tasks) == ""


def test_an_empty_list_of_runs_is_explained() -> None:
    def words(n_runs: int | None, *, busy: bool = False, problem: str | None = None) -> str:
        job = Job(JobId("one"), "one", JobStatus.ACTIVE, n_runs=n_runs)
        return detail_words.no_runs_words(job, busy=busy, problem=problem)

    assert words(None, busy=True) == "Reading runs"
    assert words(0, problem="no answer").startswith("The runs could not be read: no answer")
    assert words(0) == "It has not run yet."
    assert words(9) == "Globus keeps no run of it any more."
    assert words(None) == "How often it has run is not known."


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (None, ""),
        ('{"files_succeeded": 7767}', "files succeeded 7 767"),
        ('{"bytes_transferred": 2500000000, "mbps": 83.5}', "bytes transferred 2.50 GB, mbps 83.5"),
        (
            '{"context": [{"operation": "file transfer", "path": "/a"}], "error": {"body": "reset"}}',
            "operation file transfer, path /a, body reset",
        ),
        ("Error (transfer)\nFile: /a", "Error (transfer) File: /a"),
        ("{half", "{half"),
        ("[1, 2]", "[1, 2]"),
        ('{"bytes_transferred": 1%s}' % ("0" * 400), "bytes transferred 1" + "0" * 400),
        ("[" * 3000, "[" * 3000),
        ('{"a":' * 900 + "1" + "}" * 900, "a 1"),
    ],
)
def test_details_of_an_event_are_words_where_they_are_json(sent: str | None, shown: str) -> None:
    assert details_words(sent) == shown
