"""The past of a timer as lines: runs, and between them the ticks at which nothing ran."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.history import SINGLY, Mark, look_back, timeline
from globus_tui.domain.timer.job import Activity, ActivityCode, Job, JobId, JobStatus
from globus_tui.domain.timer.run import Run, RunState

START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tick(number: int) -> datetime:
    """A tick of the hourly timer."""
    return START + number * HOUR


def ran(number: int, lasted: timedelta = timedelta(minutes=10)) -> Run:
    """A run that succeeded at a tick."""
    at = tick(number) + timedelta(seconds=3)
    return Run(at, RunState.SUCCEEDED, ended=at + lasted, resource_id=f"task-{number}")


def hourly(*runs: Run, status: JobStatus = JobStatus.ACTIVE, activity: Activity | None = None) -> Job:
    """An hourly timer with these runs, newest first."""
    return Job(
        JobId("one"),
        "hourly",
        status,
        schedule=RecurringSchedule(HOUR, START),
        submitted_at=START,
        activity=activity,
        runs=runs,
    )


def marks(job: Job, now: datetime) -> list[tuple[Mark, datetime | None]]:
    return [(line.mark, line.at) for line in timeline(job, {}, now)]


def test_runs_stand_newest_first() -> None:
    job = hourly(ran(1), ran(0))
    assert [line.run for line in timeline(job, {}, tick(1) + timedelta(minutes=30))] == list(job.runs)


def test_a_tick_skipped_by_a_long_run_stands_where_it_was_due() -> None:
    job = hourly(ran(3), ran(1, lasted=timedelta(minutes=70)))
    assert marks(job, tick(3) + timedelta(minutes=5))[1] == (Mark.SKIPPED, tick(2))


def test_ticks_missed_since_a_pause_are_told_apart_from_older_gaps() -> None:
    job = hourly(ran(3), ran(0), status=JobStatus.INACTIVE)
    lines = timeline(job, {}, tick(5) + timedelta(minutes=1))
    assert [(line.mark, line.at, line.standing) for line in lines if line.run is None] == [
        (Mark.MISSED, tick(5), True),
        (Mark.MISSED, tick(4), True),
        (Mark.MISSED, tick(2), False),
        (Mark.MISSED, tick(1), False),
    ]


def test_a_long_gap_is_one_line_that_says_how_many() -> None:
    job = hourly(ran(0), status=JobStatus.INACTIVE)
    gap = timeline(job, {}, tick(50))[0]
    assert (gap.mark, gap.at, gap.oldest, gap.ticks) == (Mark.MISSED, tick(50), tick(1), 50)


def test_a_gap_of_years_costs_one_line() -> None:
    job = hourly(ran(0), status=JobStatus.INACTIVE)
    assert len(timeline(job, {}, tick(100_000))) == 2


def test_a_run_in_progress_that_is_not_listed_yet_has_a_line() -> None:
    activity = Activity(ActivityCode.RUN_IN_PROGRESS, since=tick(1))
    lines = timeline(hourly(ran(0), activity=activity), {}, tick(1) + timedelta(minutes=5))
    assert (lines[0].mark, lines[0].at, lines[0].run) == (Mark.RUNNING, tick(1), None)


def test_a_run_that_is_only_just_due_is_no_gap_yet() -> None:
    assert marks(hourly(ran(0)), tick(1) + timedelta(minutes=1))[0][0] is Mark.OK
    assert marks(hourly(ran(0)), tick(1) + timedelta(minutes=20))[0] == (Mark.UNKNOWN, tick(1))


def test_lines_say_the_same_as_the_strip() -> None:
    job = hourly(ran(9), ran(6, lasted=timedelta(minutes=90)), ran(2), ran(1), status=JobStatus.INACTIVE)
    now = tick(11) + timedelta(minutes=2)
    lines = timeline(job, {}, now)
    assert max(line.ticks for line in lines) <= SINGLY
    assert tuple(line.mark for line in lines) == look_back(job, {}, now).marks


def test_keys_of_lines_are_unique() -> None:
    job = hourly(ran(9), ran(6), ran(2), ran(1), status=JobStatus.INACTIVE)
    keys = [line.key for line in timeline(job, {}, tick(30))]
    assert len(set(keys)) == len(keys)
