"""Runs of other timers in the hours around a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.hour_load import hour_load, quietest, starts_together, will_start
from globus_tui.domain.timer.job import Job
from tests.domain.samples import job_document

KOLKATA = ZoneInfo("Asia/Kolkata")


DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def timer(start: datetime, hours: int, status: str = "loaded", **changes: Any) -> Job:
    schedule = {"type": "recurring", "start": start.isoformat(), "interval_seconds": hours * 3600}
    schedule["end"] = changes.pop("end", None)
    return Job.from_document(
        job_document([], schedule=schedule, status=status, **{"next_run": None, "activity": None} | changes)
    )


def test_starts_are_counted_by_the_local_hour_and_each_once() -> None:
    begin = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)  # 02:00 in a zone half an hour off
    jobs = [timer(begin, 24), timer(begin + timedelta(minutes=59), 24), timer(begin + timedelta(hours=1), 24)]
    found = hour_load(jobs, [datetime(2026, 11, 21, 20, 40, tzinfo=UTC)], KOLKATA, begin)
    assert [(one.begins.hour, one.starts, one.wanted) for one in found] == [
        (1, 0, False),
        (2, 2, True),
        (3, 1, False),
        (4, 0, False),
    ]


def test_timers_that_stand_still_start_nothing() -> None:
    begin = datetime(2026, 11, 1, 8, tzinfo=UTC)
    found = hour_load([timer(begin, 24, "inactive")], [begin + timedelta(days=20)], UTC, begin)
    assert [one.starts for one in found] == [0, 0, 0, 0]


def test_the_quietest_hour_is_told_only_when_it_is_another_one() -> None:
    begin = datetime(2026, 11, 1, 8, 15, tzinfo=UTC)
    busy = hour_load([timer(begin, 24)], [begin + timedelta(days=20)], UTC, begin)
    quiet = quietest(busy)
    assert quiet is not None
    assert quiet.begins.hour == 7
    assert quietest(hour_load([], [begin], UTC, begin)) is None


NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "counted"),
    [
        (timer(EIGHT - 20 * DAY, 24), 1),
        (timer(EIGHT - 20 * DAY, 1), 1),
        (timer(EIGHT - 20 * DAY + timedelta(minutes=20), 24), 0),
        (timer(EIGHT - 19 * DAY, 7 * 24), 1),  # next due in two days: not its next tick, but one of the draft's
        (timer(EIGHT - 20 * DAY, 24, "inactive"), 0),
        (timer(EIGHT - 20 * DAY, 24, "ended"), 0),
        (timer(EIGHT - 20 * DAY, 24, "delete_in_progress"), 0),
        (timer(EIGHT - 20 * DAY, 24, end={"condition": "time", "datetime": (NOW - HOUR).isoformat()}), 0),
        (timer(EIGHT - 20 * DAY, 24, end={"condition": "iterations", "count": 20}, n_runs=20), 0),
        (timer(EIGHT - 20 * DAY, 24, end={"condition": "iterations", "count": 20}, n_runs=19), 1),
        (timer(EIGHT + 30 * DAY, 24), 0),
    ],
)
def test_what_starts_in_the_same_minute_is_what_will_really_fire(other: Job, counted: int) -> None:
    assert starts_together([RecurringSchedule(DAY, EIGHT)], [other], NOW) == counted


def test_every_member_of_a_group_is_compared_and_a_timer_counted_once() -> None:
    group = [RecurringSchedule(7 * DAY, EIGHT + n * DAY) for n in range(5)]
    others = [timer(EIGHT + 3 * DAY, 7 * 24), timer(EIGHT, 24), timer(EIGHT + 5 * DAY, 7 * 24)]
    assert starts_together(group, others, NOW) == 2


def test_a_single_run_meets_every_tick_of_the_others() -> None:
    often = timer(EIGHT - 9 * DAY, 1)
    assert starts_together([OnceSchedule(EIGHT + 5 * HOUR)], [often], NOW) == 1
    assert starts_together([OnceSchedule(EIGHT + 5 * HOUR + timedelta(minutes=9))], [often], NOW) == 0
    assert starts_together([OnceSchedule(None)], [often], NOW) == 0


def test_a_timer_with_few_runs_left_starts_no_more_than_those() -> None:
    few = timer(EIGHT, 1, end={"condition": "iterations", "count": 3}, n_runs=1)
    assert will_start(few, NOW, NOW + DAY, NOW) == 2
    assert will_start(few, EIGHT + 30 * timedelta(minutes=1), NOW + DAY, NOW) == 1
    assert will_start(few, EIGHT + 2 * HOUR, NOW + DAY, NOW) == 0


def test_a_schedule_without_a_start_counts_from_its_next_run() -> None:
    schedule = {"type": "recurring", "interval_seconds": 3600}
    known = Job.from_document(job_document([], schedule=schedule, next_run=EIGHT.isoformat()))
    assert will_start(known, NOW, NOW + 3 * HOUR, NOW) == 3
    unknown = Job.from_document(job_document([], schedule=None, next_run=EIGHT.isoformat()))
    assert will_start(unknown, NOW, NOW + 3 * HOUR, NOW) == 1


def test_hours_that_are_past_are_not_offered_and_those_of_a_whole_group_are_shown() -> None:
    jobs = [timer(EIGHT - 20 * DAY, 24)]
    assert [one.begins.hour for one in hour_load(jobs, [EIGHT], UTC, EIGHT)] == [8, 9, 10]
    found = hour_load(jobs, [EIGHT, EIGHT + DAY], UTC, EIGHT - HOUR)
    assert [(one.begins.day, one.begins.hour, one.starts, one.wanted) for one in found] == [
        (21, 7, 0, False),
        (21, 8, 1, True),
        (21, 9, 0, False),
        (21, 10, 0, False),
        (22, 8, 1, True),
    ]


def test_the_limit_by_number_and_a_schedule_that_ends_count_for_the_draft_too() -> None:
    short = RecurringSchedule(HOUR, EIGHT, EndCondition(after_runs=2))
    assert starts_together([short], [timer(EIGHT + 5 * HOUR, 24)], NOW) == 0
    assert starts_together([short], [timer(EIGHT + HOUR, 24)], NOW) == 1
