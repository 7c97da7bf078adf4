"""Runs of other timers in the hours around a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from globus_tui.domain.hour_load import hour_load, quietest
from globus_tui.domain.job import Job
from tests.domain.making import job_document

KOLKATA = ZoneInfo("Asia/Kolkata")


def timer(start: datetime, hours: int, status: str = "loaded") -> Job:
    schedule = {"type": "recurring", "start": start.isoformat(), "interval_seconds": hours * 3600}
    return Job.from_document(job_document([], schedule=schedule, status=status))


def test_starts_are_counted_by_the_local_hour_and_each_once() -> None:
    begin = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)  # 02:00 in a zone half an hour off
    jobs = [timer(begin, 24), timer(begin + timedelta(minutes=59), 24), timer(begin + timedelta(hours=1), 24)]
    found = hour_load(jobs, datetime(2026, 11, 21, 20, 40, tzinfo=UTC), KOLKATA)
    assert [(one.begins.hour, one.starts, one.wanted) for one in found] == [
        (1, 0, False),
        (2, 2, True),
        (3, 1, False),
        (4, 0, False),
    ]


def test_timers_that_stand_still_start_nothing() -> None:
    begin = datetime(2026, 11, 1, 8, tzinfo=UTC)
    found = hour_load([timer(begin, 24, "inactive")], begin + timedelta(days=20), UTC)
    assert [one.starts for one in found] == [0, 0, 0, 0]


def test_the_quietest_hour_is_told_only_when_it_is_another_one() -> None:
    begin = datetime(2026, 11, 1, 8, 15, tzinfo=UTC)
    busy = hour_load([timer(begin, 24)], begin + timedelta(days=20), UTC)
    quiet = quietest(busy)
    assert quiet is not None
    assert quiet.begins.hour == 7
    assert quietest(hour_load([], begin, UTC)) is None
