"""A timer's local hour across a clock change: what gives it back, worked out and tried on the timer's own runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.clock_changes import anchor, move_runs
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, Schedule, next_ticks

CHICAGO, LORD_HOWE = ZoneInfo("America/Chicago"), ZoneInfo("Australia/Lord_Howe")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SUMMER = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
"""Two in the morning in Chicago, on summer time until 1 November."""
AUTUMN, WINTER = datetime(2026, 10, 20, 12, 0, tzinfo=UTC), datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NIGHTLY = RecurringSchedule(DAY, SUMMER)


def hours(schedule: Schedule, now: datetime, count: int = 3) -> set[int]:
    return {tick.astimezone(CHICAGO).hour for tick in next_ticks(schedule, now, count)}


def test_an_hour_that_has_moved_comes_back_with_the_proposal() -> None:
    found = anchor(NIGHTLY, WINTER, CHICAGO)
    assert found is not None
    assert (found.by, found.moved_already, found.coming.hour) == (HOUR, True, 1)
    assert found.coming == datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert found.shift is not None
    assert found.shift.after.date().isoformat() == "2027-03-15"
    assert hours(NIGHTLY, WINTER) == {1}
    assert hours(move_runs(NIGHTLY, found.by, WINTER), WINTER) == {2}


def test_an_hour_that_will_move_is_kept_from_the_change_on() -> None:
    found = anchor(NIGHTLY, AUTUMN, CHICAGO)
    assert found is not None
    assert (found.by, found.moved_already, found.coming.hour) == (HOUR, False, 2)
    assert found.shift is not None
    assert (found.shift.before.hour, found.shift.after.hour) == (2, 1)
    assert hours(move_runs(NIGHTLY, found.by, AUTUMN), WINTER) == {2}


@pytest.mark.parametrize(
    "schedule",
    [
        None,
        OnceSchedule(WINTER + DAY),
        RecurringSchedule(DAY),
        RecurringSchedule(timedelta(hours=5), SUMMER),
        RecurringSchedule(HOUR, SUMMER),
        RecurringSchedule(DAY, SUMMER, EndCondition(until=WINTER)),
        RecurringSchedule(DAY, SUMMER, EndCondition(after_runs=7)),
    ],
    ids=["none", "once", "no start", "no hour", "every hour", "over", "all runs made"],
)
def test_where_there_is_no_hour_to_keep_nothing_is_proposed(schedule: Schedule | None) -> None:
    assert anchor(schedule, WINTER, CHICAGO, runs_done=7) is None


def test_where_no_clock_changes_or_the_timer_ends_before_nothing_is_proposed() -> None:
    assert anchor(NIGHTLY, AUTUMN, ZoneInfo("UTC")) is None
    assert anchor(RecurringSchedule(DAY, SUMMER, EndCondition(after_runs=12)), AUTUMN, CHICAGO, runs_done=9) is None
    assert anchor(RecurringSchedule(DAY, SUMMER, EndCondition(after_runs=99)), AUTUMN, CHICAGO, runs_done=9) is not None


def test_where_the_clocks_change_by_half_an_hour_an_hourly_timer_has_minutes_to_keep() -> None:
    found = anchor(RecurringSchedule(HOUR, datetime(2026, 7, 1, 7, 0, tzinfo=UTC)), WINTER, LORD_HOWE)
    assert found is not None
    assert found.by == timedelta(minutes=-30)
    assert found.moved_already


def test_a_start_that_would_have_passed_by_that_is_put_off_to_the_next_run() -> None:
    now = SUMMER - timedelta(minutes=30)
    assert move_runs(NIGHTLY, -HOUR, now).start == SUMMER - HOUR + DAY
    assert move_runs(NIGHTLY, -timedelta(minutes=30), now).start == SUMMER - timedelta(minutes=30) + DAY
    assert move_runs(NIGHTLY, -HOUR, SUMMER).start == SUMMER - HOUR
    assert move_runs(NIGHTLY, HOUR, now).start == SUMMER + HOUR
    assert move_runs(NIGHTLY, -HOUR, SUMMER - 2 * HOUR).start == SUMMER - HOUR
    assert move_runs(RecurringSchedule(DAY), HOUR, now) == RecurringSchedule(DAY)
    ended = RecurringSchedule(DAY, SUMMER, EndCondition(after_runs=7))
    assert move_runs(ended, HOUR, now) == RecurringSchedule(DAY, SUMMER + HOUR, EndCondition(after_runs=7))
