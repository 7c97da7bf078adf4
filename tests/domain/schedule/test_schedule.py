"""Ticks are start + n × interval, counted in UTC; everything about them is checked against counting one by one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.schedule.clock_changes import ClockSides, Season, clock_shifts, clock_sides, next_clock_shift
from globus_tui.domain.schedule.schedule import (
    EndCondition,
    OnceSchedule,
    RecurringSchedule,
    keeps_wall_clock,
    next_tick,
    next_ticks,
    read_end,
    read_interval,
    read_schedule,
    schedule_document,
    tick_count,
    ticks_between,
    wire_moment,
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
    assert list(ticks_between(schedule, after, until)) == wanted
    assert tick_count(schedule, after, until) == len(wanted)


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
    assert list(ticks_between(once, NOW - MINUTE, NOW)) == [NOW]
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
    "Africa/Casablanca",  # whose clocks go back for the month of Ramadan
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
    assert next_clock_shift(RecurringSchedule(3 * HOUR, START), NOW, ZoneInfo("Europe/Berlin")) is not None
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


# --- the hour on both sides of a clock change


@pytest.mark.parametrize(
    ("zone", "now", "winter", "summer", "apart", "behind", "first"),
    [
        ("America/Chicago", NOW, "02:00", "03:00", 60, -6 * 60, Season.WINTER),
        ("America/Chicago", NOW.replace(month=7), "02:00", "03:00", 60, -6 * 60, Season.SUMMER),
        ("Europe/Berlin", NOW, "09:00", "10:00", 60, 60, Season.WINTER),
        ("Australia/Sydney", NOW, "18:00", "19:00", 60, 600, Season.SUMMER),
        ("Australia/Lord_Howe", NOW.replace(month=7), "18:30", "19:00", 30, 630, Season.WINTER),
    ],
)
def test_the_hour_in_winter_and_in_summer_and_which_comes_first(
    zone: str, now: datetime, winter: str, summer: str, apart: int, behind: int, first: Season
) -> None:
    found = clock_sides(RecurringSchedule(DAY, START.replace(year=2025)), now, ZoneInfo(zone))
    assert found == ClockSides(
        time.fromisoformat(winter), time.fromisoformat(summer), apart * MINUTE, behind * MINUTE, first
    )


def test_where_no_clock_change_moves_it_there_are_no_two_sides() -> None:
    assert clock_sides(RecurringSchedule(DAY, START), NOW, ZoneInfo("Asia/Tokyo")) is None
    assert clock_sides(OnceSchedule(NOW), NOW - DAY, ZoneInfo("Europe/Berlin")) is None


def test_the_clock_changes_of_a_year_are_both_told_and_not_those_of_the_next() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    shifts = clock_shifts(RecurringSchedule(DAY, START), NOW, berlin)
    assert [f"{one.after:%Y-%m-%d %H}" for one in shifts] == ["2027-03-28 10", "2027-10-31 09"]
    assert [f"{one.before:%Y-%m-%d %H}" for one in shifts] == ["2027-03-27 09", "2027-10-30 10"]
    days_366_before = shifts[1].after.astimezone(UTC) - 366 * DAY
    told = [
        len(clock_shifts(RecurringSchedule(DAY, START), days_366_before - early, berlin)) for early in (0 * DAY, MINUTE)
    ]
    assert told == [2, 1]
    weekly = clock_shifts(RecurringSchedule(7 * DAY, START), NOW, berlin)
    assert [f"{one.after:%Y-%m-%d}" for one in weekly] == ["2027-04-03", "2027-11-06"]


def test_a_clock_change_that_an_end_by_runs_comes_before_is_not_told() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    ending = [RecurringSchedule(DAY, START, EndCondition(after_runs=runs)) for runs in (344, 343, 127, 126, 0)]
    assert [len(clock_shifts(schedule, NOW, berlin)) for schedule in ending] == [2, 1, 1, 0, 0]


def test_the_last_tick_of_a_schedule_is_within_reach_of_a_change_and_none_behind_it() -> None:
    chicago, change = ZoneInfo("America/Chicago"), datetime(2027, 3, 14, 8, 0, tzinfo=UTC)
    for until, there in ((change, True), (change - MINUTE, False)):
        found = next_clock_shift(RecurringSchedule(DAY, START, EndCondition(until=until)), NOW, chicago)
        assert (found is not None) == there
    days = 22  # from 10 October to 1 November
    for runs, there in ((days + 1, True), (days, False)):
        ending = RecurringSchedule(DAY, START, EndCondition(after_runs=runs))
        assert (next_clock_shift(ending, START - HOUR, chicago) is not None) == there
    winter = datetime(2027, 3, 13, 12, 0, tzinfo=UTC)  # the day before the change; a year later it is the day after
    for now, there in ((winter - DAY, True), (winter - DAY - MINUTE, False)):
        found = next_clock_shift(RecurringSchedule(365 * DAY, winter), now, chicago)
        assert (found is not None) == there, "366 days ahead and no further"
    years_on = RecurringSchedule(DAY, datetime(2029, 3, 10, 12, 0, tzinfo=UTC))  # the day before the change
    assert next_clock_shift(years_on, NOW, chicago) is None
    assert next_clock_shift(years_on, NOW.replace(year=2028), chicago) is not None


@pytest.mark.parametrize(
    ("hours", "keeps"), [(1, True), (5, False), (7, False), (8, True), (24, True), (36, False), (48, True)]
)
def test_an_interval_keeps_its_hours_if_it_divides_a_day_or_days_divide_it(hours: int, keeps: bool) -> None:
    assert keeps_wall_clock(hours * HOUR) == keeps


# --- what is sent, and what is read, in unusual cases


def test_ticks_are_counted_for_schedules_of_every_kind() -> None:
    once = OnceSchedule(NOW)
    assert (tick_count(once, NOW - MINUTE, NOW), tick_count(once, NOW, NOW + MINUTE)) == (1, 0)
    assert [*ticks_between(once, NOW, NOW + MINUTE), *ticks_between(once, NOW - DAY, NOW - MINUTE)] == []
    for unknown in (None, OnceSchedule(), RecurringSchedule(DAY)):
        assert (tick_count(unknown, NOW - DAY, NOW), [*ticks_between(unknown, NOW - DAY, NOW)]) == (0, [])
    daily = RecurringSchedule(DAY, START)
    assert tick_count(daily, NOW, NOW - 7 * DAY) == 0
    assert len([*ticks_between(daily, START - DAY, START + 2000 * DAY)]) == 2001


@pytest.mark.parametrize(
    ("schedule", "sent"),
    [
        (OnceSchedule(), {"type": "once"}),
        (OnceSchedule(NOW), {"type": "once", "datetime": wire(NOW)}),
        (RecurringSchedule(DAY), {"type": "recurring", "interval_seconds": 86400}),
        (
            RecurringSchedule(DAY, START, EndCondition(until=NOW)),
            {
                "type": "recurring",
                "interval_seconds": 86400,
                "start": wire(START),
                "end": {"condition": "time", "datetime": wire(NOW)},
            },
        ),
        (
            RecurringSchedule(DAY, None, EndCondition(until=NOW, after_runs=0)),
            {"type": "recurring", "interval_seconds": 86400, "end": {"datetime": wire(NOW), "count": 0}},
        ),
        (
            RecurringSchedule(DAY, None, EndCondition(after_runs=0)),
            {"type": "recurring", "interval_seconds": 86400, "end": {"condition": "iterations", "count": 0}},
        ),
    ],
)
def test_a_schedule_is_sent_as_it_is(schedule: OnceSchedule | RecurringSchedule, sent: dict[str, object]) -> None:
    assert schedule_document(schedule) == sent


def test_a_moment_is_sent_to_the_second_with_its_offset() -> None:
    assert wire_moment(NOW.replace(microsecond=700_000)) == "2026-11-21T20:32:00+00:00"
    assert wire_moment(datetime(2026, 11, 21, 20, 32, tzinfo=ZoneInfo("America/Chicago"))) == (
        "2026-11-21T20:32:00-06:00"
    )
    naive = NOW.astimezone().replace(tzinfo=None)
    assert datetime.fromisoformat(wire_moment(naive)) == NOW


@pytest.mark.parametrize(("days", "read"), [(36_500, True), (36_501, False)])
def test_an_interval_of_a_century_is_the_longest_that_makes_sense(days: int, read: bool) -> None:
    document = {"schedule": {"type": "recurring", "interval_seconds": days * 86400}}
    assert (read_schedule(document) is not None) == (read_interval(document) is not None) == read


@pytest.mark.parametrize(
    ("document", "end"),
    [
        ({"stop_after": {"date": wire(NOW), "n_runs": 4}}, EndCondition(NOW, 4)),
        ({"stop_after": {"date": None, "n_runs": None}}, EndCondition()),
        ({"schedule": {"end": {"datetime": wire(NOW)}}, "stop_after": {"n_runs": 9}}, EndCondition(NOW, 9)),
        ({"schedule": {"end": {"count": 2, "iterations": 3}}, "stop_after": {"n_runs": 9}}, EndCondition(None, 2)),
        ({"schedule": {"end": {"iterations": 3}}, "stop_after": {"n_runs": 9, "date": None}}, EndCondition(None, 3)),
        ({"schedule": {"end": {"datetime": wire(NOW)}}, "stop_after": wire(START)}, EndCondition(NOW)),
    ],
)
def test_the_end_is_read_from_the_schedule_first(document: dict[str, object], end: EndCondition) -> None:
    assert read_end(document) == end


def test_a_start_at_the_root_stands_in_for_one_in_the_schedule() -> None:
    inside = {"schedule": {"type": "recurring", "interval_seconds": 60, "start": wire(START)}, "start": wire(NOW)}
    assert read_schedule(inside) == RecurringSchedule(MINUTE, START)
    root = {"schedule": {"type": "recurring", "interval_seconds": 60}, "start": wire(NOW)}
    assert read_schedule(root) == RecurringSchedule(MINUTE, NOW)
    assert read_schedule({"schedule": {"type": "once"}, "start": wire(NOW)}) == OnceSchedule(NOW)
