"""Ticks are start + n × interval, counted in UTC; everything about them is checked against counting one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.schedule.schedule import (
    EndCondition,
    OnceSchedule,
    RecurringSchedule,
    next_clock_shift,
    next_tick,
    next_ticks,
    read_interval,
    read_schedule,
    schedule_document,
    tick_count,
    ticks_between,
)
from tests.domain.samples import DAY, HOUR, MINUTE, NOW, START, wire

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


def moments_within(days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 86400).map(lambda seconds: JANUARY + timedelta(seconds=seconds))


moments = moments_within(60)
intervals = st.integers(30, 60 * 24 * 9).map(lambda minutes: minutes * MINUTE)
ends = st.one_of(st.none(), moments)


def every_tick(schedule: RecurringSchedule, until: datetime) -> list[datetime]:
    """The oracle: one by one."""
    assert schedule.start is not None
    found, tick = [], schedule.start
    while tick <= until and (schedule.end.until is None or tick <= schedule.end.until):
        found.append(tick)
        tick += schedule.interval
    return found


@given(moments, intervals, ends, moments, moments)
def test_ticks_between_two_moments_are_those_counted_one_by_one(
    start: datetime, interval: timedelta, end: datetime | None, after: datetime, until: datetime
) -> None:
    schedule = RecurringSchedule(interval, start, EndCondition(until=end))
    wanted = [tick for tick in every_tick(schedule, until) if after < tick]
    assert ticks_between(schedule, after, until, limit=10**6) == wanted
    assert tick_count(schedule, after, until) == len(wanted)
    assert ticks_between(schedule, after, until, limit=3) == wanted[-3:]


@given(moments, intervals, ends, moments, st.integers(0, 12))
def test_the_next_ticks_are_those_counted_one_by_one(
    start: datetime, interval: timedelta, end: datetime | None, now: datetime, count: int
) -> None:
    schedule = RecurringSchedule(interval, start, EndCondition(until=end))
    wanted = [tick for tick in every_tick(schedule, max(now, start) + (count + 1) * interval) if tick > now]
    assert next_ticks(schedule, now, count) == tuple(wanted[:count])


@given(moments, intervals, st.integers(1, 20), st.integers(0, 25))
def test_an_end_by_runs_leaves_as_many_ticks_as_runs_are_left(
    start: datetime, interval: timedelta, ends_after: int, done: int
) -> None:
    schedule = RecurringSchedule(interval, start, EndCondition(after_runs=ends_after))
    assert len(next_ticks(schedule, start, 50, runs_done=done)) == max(0, ends_after - done)


def test_a_single_run_has_one_tick_and_one_without_a_time_has_none() -> None:
    once = OnceSchedule(NOW)
    assert next_ticks(once, NOW - MINUTE, 10) == (NOW,)
    assert next_ticks(once, NOW, 10) == ()
    assert ticks_between(once, NOW - MINUTE, NOW) == [NOW]
    assert next_ticks(OnceSchedule(), NOW, 10) == ()
    assert next_ticks(None, NOW, 10) == ()
    assert next_ticks(RecurringSchedule(DAY), NOW, 10) == ()


def shift_by_looking_at_each_day(schedule: RecurringSchedule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The oracle for whole days: the first tick whose wall clock differs from that of the tick before it."""
    assert schedule.start is not None
    ticks = [tick for tick in every_tick(schedule, now + timedelta(days=366)) if tick > now]
    for before, after in pairwise(ticks):
        if before.astimezone(zone).time() != after.astimezone(zone).time():
            return after
    return None


ZONES = [
    "America/Chicago",
    "Europe/Berlin",
    "Australia/Sydney",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Tokyo",
    "UTC",
]


@pytest.mark.parametrize("zone", ZONES)
@given(
    moments_within(365),
    st.sampled_from([1, 1, 2, 7, 30]),
    st.integers(0, 23),
)
def test_the_next_clock_change_that_moves_a_run_is_found(zone: str, now: datetime, days: int, hour: int) -> None:
    schedule = RecurringSchedule(timedelta(days=days), START.replace(year=2025, hour=hour))
    found = next_clock_shift(schedule, now, ZoneInfo(zone))
    # In UTC: times in the hour that comes twice are never equal across zones.
    assert (found.after.astimezone(UTC) if found else None) == shift_by_looking_at_each_day(
        schedule, now, ZoneInfo(zone)
    )


@pytest.mark.parametrize(
    ("zone", "now", "before", "after"),
    [
        ("America/Chicago", NOW, "2027-03-13T02:00:00-06:00", "2027-03-14T03:00:00-05:00"),
        (
            "America/Chicago",
            datetime(2026, 10, 20, tzinfo=UTC),
            "2026-10-31T03:00:00-05:00",
            "2026-11-01T02:00:00-06:00",
        ),
        ("Europe/Berlin", NOW, "2027-03-27T09:00:00+01:00", "2027-03-28T10:00:00+02:00"),
        ("Europe/Berlin", datetime(2026, 10, 20, tzinfo=UTC), "2026-10-24T10:00:00+02:00", "2026-10-25T09:00:00+01:00"),
        (
            "Australia/Sydney",
            datetime(2026, 9, 1, tzinfo=UTC),
            "2027-04-03T19:00:00+11:00",
            "2027-04-04T18:00:00+10:00",
        ),
    ],
)
def test_both_clock_changes_of_a_year_are_told_by_the_wall_clock(
    zone: str, now: datetime, before: str, after: str
) -> None:
    shift = next_clock_shift(RecurringSchedule(DAY, START), now, ZoneInfo(zone))
    assert shift is not None
    assert (shift.before.isoformat(), shift.after.isoformat()) == (before, after)


def test_a_zone_without_summer_time_never_moves_a_run() -> None:
    assert next_clock_shift(RecurringSchedule(DAY, START), NOW, ZoneInfo("Asia/Tokyo")) is None


def test_twice_a_day_loses_its_hours_too_but_hourly_keeps_them() -> None:
    chicago = ZoneInfo("America/Chicago")
    assert next_clock_shift(RecurringSchedule(12 * HOUR, START), NOW, chicago) is not None
    assert next_clock_shift(RecurringSchedule(HOUR, START), NOW, chicago) is None
    assert next_clock_shift(RecurringSchedule(5 * HOUR, START), NOW, chicago) is None


def test_no_clock_change_is_announced_beyond_the_end() -> None:
    chicago = ZoneInfo("America/Chicago")
    until = RecurringSchedule(DAY, START, EndCondition(until=datetime(2027, 3, 1, tzinfo=UTC)))
    ten = RecurringSchedule(DAY, START, EndCondition(after_runs=50))
    assert next_clock_shift(until, NOW, chicago) is None
    assert next_clock_shift(ten, NOW, chicago, runs_done=43) is None


@pytest.mark.parametrize(
    ("document", "meant"),
    [
        (
            {"schedule": {"type": "recurring", "interval_seconds": 3600, "start": wire(START), "end": {"count": 2}}},
            RecurringSchedule(HOUR, START, EndCondition(after_runs=2)),
        ),
        (
            {
                "schedule": {
                    "type": "recurring",
                    "interval_seconds": 3600,
                    "start": wire(START),
                    "end": {"condition": "iterations", "iterations": 5},
                }
            },
            RecurringSchedule(HOUR, START, EndCondition(after_runs=5)),
        ),
        (
            {"schedule": {"type": "recurring", "interval_seconds": 60, "end": {"datetime": wire(NOW)}}},
            RecurringSchedule(MINUTE, None, EndCondition(until=NOW)),
        ),
        ({"schedule": {"type": "recurring", "interval_seconds": 60, "end": None}}, RecurringSchedule(MINUTE)),
        ({"schedule": {"type": "once", "datetime": wire(NOW)}}, OnceSchedule(NOW)),
        ({"schedule": {"type": "once"}}, OnceSchedule()),
        ({"start": wire(START), "interval": 86400}, RecurringSchedule(DAY, START)),
        ({"start": wire(START), "interval": None}, OnceSchedule(START)),
        (
            {"start": wire(START), "interval": 60, "stop_after": {"date": None, "n_runs": 3}},
            RecurringSchedule(MINUTE, START, EndCondition(after_runs=3)),
        ),
        (
            {"start": wire(START), "interval": 60, "stop_after": wire(NOW)},
            RecurringSchedule(MINUTE, START, EndCondition(until=NOW)),
        ),
        ({}, None),
        ({"schedule": "daily"}, None),
        ({"schedule": {"type": "recurring", "interval_seconds": -5}}, None),
        ({"schedule": {"type": "recurring", "interval_seconds": 1e300, "start": wire(START)}}, None),
    ],
)
def test_schedules_are_read_in_every_form(document: dict[str, object], meant: object) -> None:
    assert read_schedule(document) == meant


@given(moments, intervals, st.one_of(st.just(EndCondition()), st.builds(EndCondition, until=moments)))
def test_a_schedule_that_is_sent_reads_back_the_same(start: datetime, interval: timedelta, end: EndCondition) -> None:
    whole = start.replace(microsecond=0)
    ending = EndCondition(until=end.until.replace(microsecond=0)) if end.until else end
    schedule = RecurringSchedule(interval, whole, ending)
    assert read_schedule({"schedule": schedule_document(schedule)}) == schedule


def test_an_end_by_runs_is_sent_as_a_count() -> None:
    sent = schedule_document(RecurringSchedule(HOUR, START, EndCondition(after_runs=24)))
    assert sent["end"] == {"condition": "iterations", "count": 24}


@given(moments, moments, intervals, ends, st.none() | st.integers(0, 5), st.none() | st.integers(0, 5))
def test_the_next_tick_is_the_first_of_the_next_ticks(
    start: datetime,
    now: datetime,
    interval: timedelta,
    until: datetime | None,
    after_runs: int | None,
    runs_done: int | None,
) -> None:
    end = EndCondition(until, after_runs)
    for schedule in (RecurringSchedule(interval, start, end), OnceSchedule(start), RecurringSchedule(interval), None):
        found = next_tick(schedule, now, runs_done=runs_done)
        assert (found,) == (next_ticks(schedule, now, 1, runs_done=runs_done) or (None,))


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ({"schedule": {"type": "recurring", "interval_seconds": 3600}}, 3600.0),
        ({"interval": 90.5, "start": "2026-09-01T08:00:00"}, 90.0),
        ({"interval": 0.5}, 1.0),
        ({"schedule": {"type": "once", "interval_seconds": 3600}}, None),
        ({"interval": -5}, None),
        ({"interval": 1e12}, None),
        ({}, None),
    ],
)
def test_the_interval_alone_is_that_of_the_schedule(document: dict[str, object], seconds: float | None) -> None:
    assert read_interval(document) == seconds
    schedule = read_schedule(document)
    whole = schedule.interval.total_seconds() if isinstance(schedule, RecurringSchedule) else None
    assert whole == seconds


def test_an_end_is_a_moment_or_a_count_and_never_is_neither() -> None:
    assert EndCondition().never
    assert not EndCondition(until=NOW).never
    assert not EndCondition(after_runs=3).never
