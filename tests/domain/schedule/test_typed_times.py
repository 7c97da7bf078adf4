"""What people type for times, and what is made of it. Present: Saturday 21 November 2026, 14:33 in Chicago."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.domain.schedule.typed_intervals import parse_interval
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.schedule.typed_times import parse_moment

NOW = datetime(2026, 11, 21, 20, 33, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")

INTERVALS = {
    "1h30m": 5400,
    "90 min": 5400,
    "2 days": 172_800,
    "weekly": 604_800,
    "every 6 hours": 21_600,
    "daily": 86_400,
    "60s": 60,
    "1.5 hours": 5400,
    "1 day and 6 hours": 108_000,
    "Every  Two Weeks.": 1_209_600,
    "an hour": 3600,
    "every other day": 172_800,
    "fortnightly": 1_209_600,
    "twice a day": 43_200,
    "half an hour": 1800,
    "365d": 31_536_000,
    "every minute": 60,
    "10d": 864_000,
    "500s": 500,
}


@pytest.mark.parametrize(("typed", "seconds"), INTERVALS.items())
def test_intervals(typed: str, seconds: int) -> None:
    assert parse_interval(typed).total_seconds() == seconds


@pytest.mark.parametrize(
    ("typed", "part_of_the_reason"),
    [
        ("", "missing"),
        ("90", "what?"),
        ("1:30", "time of day"),
        ("monthly", "every 4 weeks"),
        ("3 months", "every 30 days"),
        ("quarterly", "13 weeks"),
        ("every year", "365 days"),
        ("biweekly", "twice a week"),
        ("-5 min", "negative"),
        ("0s", "longer than nothing"),
        ("999999999 weeks", "365 days at most"),
        ("5 parsecs", "no unit"),
        ("soon", "no interval"),
    ],
)
def test_intervals_that_cannot_be(typed: str, part_of_the_reason: str) -> None:
    with pytest.raises(BadInput, match=part_of_the_reason.replace("?", r"\?")):
        parse_interval(typed)


MOMENTS = {
    "tomorrow 02:00": "2026-11-22 02:00",
    "02:00 tomorrow": "2026-11-22 02:00",
    "2026-12-01 6pm": "2026-12-01 18:00",
    "2026-12-01 at 6:30 PM": "2026-12-01 18:30",
    "2026-12-01T18:00": "2026-12-01 18:00",
    "2026-12-01T18:00:00-05:00": "2026-12-01 17:00",
    "2026-12-01 18:00Z": "2026-12-01 12:00",
    "in 2 hours": "2026-11-21 16:33",
    "+90 min": "2026-11-21 16:03",
    "2 days from now": "2026-11-23 14:33",
    "sun 02:00": "2026-11-22 02:00",
    "next monday 9am": "2026-11-23 09:00",
    "next saturday 23:00": "2026-11-28 23:00",
    "saturday 23:00": "2026-11-21 23:00",
    "6pm": "2026-11-21 18:00",
    "2am": "2026-11-22 02:00",
    "today noon": "2026-11-21 12:00",
    "midnight": "2026-11-22 00:00",
    "tonight 11pm": "2026-11-21 23:00",
    "friday": "2026-11-27 00:00",
    "1 dec 6pm": "2026-12-01 18:00",
    "dec 1 2026 at 18:00": "2026-12-01 18:00",
    "3 jan 02:00": "2027-01-03 02:00",
    "yesterday 6pm": "2026-11-20 18:00",
    "2026-12-01": "2026-12-01 00:00",
}


@pytest.mark.parametrize(("typed", "local"), MOMENTS.items())
def test_moments(typed: str, local: str) -> None:
    found = parse_moment(typed, NOW, CHICAGO).moment
    assert found is not None
    assert found.astimezone(CHICAGO).strftime("%Y-%m-%d %H:%M") == local
    assert found.utcoffset() == timedelta()


def test_now_means_as_soon_as_it_is_created() -> None:
    assert parse_moment("now", NOW, CHICAGO).moment is None


@pytest.mark.parametrize(
    ("typed", "part_of_the_reason"),
    [
        ("01/02/2027", "two ways"),
        ("25:00", "no 25:00"),
        ("13pm", "1 to 12"),
        ("2026-02-30", "calendar"),
        ("1 dec 6pm qst", "offset|understood"),
        ("tonight", "what time"),
        ("0001-01-01 00:00", "range"),
        ("banana", "understood"),
        ("7", "understood"),
    ],
)
def test_moments_that_cannot_be(typed: str, part_of_the_reason: str) -> None:
    with pytest.raises(BadInput, match=part_of_the_reason):
        parse_moment(typed, NOW, CHICAGO)


def test_a_start_in_the_past_is_pointed_out() -> None:
    assert "past" in parse_moment("2026-11-01 12:00", NOW, CHICAGO).notices[-1]


def test_a_time_that_the_clocks_skip_is_pointed_out() -> None:
    found = parse_moment("2027-03-14 02:30", NOW, CHICAGO)
    assert found.moment == datetime(2027, 3, 14, 8, 30, tzinfo=UTC)
    assert "does not exist" in found.notices[0]


def test_a_time_that_comes_twice_is_pointed_out_with_a_way_to_say_the_other() -> None:
    found = parse_moment("2027-11-07 01:30", NOW, CHICAGO)
    assert found.moment == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    assert "2027-11-07T01:30-06:00" in found.notices[0]
    assert parse_moment("2027-11-07T01:30-06:00", NOW, CHICAGO).moment == datetime(2027, 11, 7, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "night", "offset_of_the_later"),
    [
        ("America/Chicago", "2027-11-07 01:30", -6),
        ("Europe/Berlin", "2027-10-31 02:30", 1),
        ("Europe/London", "2027-10-31 01:30", 0),
        ("Australia/Sydney", "2027-04-04 02:30", 10),
        ("America/Sao_Paulo", "2027-11-07 01:30", None),
        ("Asia/Kolkata", "2027-11-07 01:30", None),
    ],
)
def test_the_hour_that_comes_twice_in_six_zones(zone: str, night: str, offset_of_the_later: int | None) -> None:
    notices = parse_moment(night, NOW, ZoneInfo(zone)).notices
    assert bool(notices) == (offset_of_the_later is not None)
    if offset_of_the_later is not None:
        sign = "-" if offset_of_the_later < 0 else "+"
        assert f"{sign}{abs(offset_of_the_later):02d}:00" in notices[0]


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("America/Chicago", "2027-03-14 02:30"),
        ("Europe/Berlin", "2027-03-28 02:30"),
        ("Europe/London", "2027-03-28 01:30"),
        ("Australia/Sydney", "2027-10-03 02:30"),
        ("America/Sao_Paulo", None),
        ("Asia/Kolkata", None),
    ],
)
def test_every_time_of_a_year_that_the_clocks_skip_is_pointed_out_in_six_zones(zone: str, night: str | None) -> None:
    there = ZoneInfo(zone)
    first = datetime.fromisoformat("2027-01-01T00:30")
    skipped = []
    for hour in range(365 * 24):
        shown = first + timedelta(hours=hour)
        exists = shown.replace(tzinfo=there).astimezone(UTC).astimezone(there).replace(tzinfo=None) == shown
        if not exists:
            skipped.append(f"{shown:%Y-%m-%d %H:%M}")
    assert skipped == ([night] if night else [])
    for typed in skipped:
        assert "does not exist" in parse_moment(typed, NOW, there).notices[0]


DAY, WEEK = 86_400, 604_800
PHRASES = {
    "every night at 2am": [(DAY, "Sun 02:00")],
    "daily at 18:00": [(DAY, "Sat 18:00")],
    "nightly 02:00": [(DAY, "Sun 02:00")],
    "every noon": [(DAY, "Sun 12:00")],
    "every monday 9am": [(WEEK, "Mon 09:00")],
    "mondays 9am": [(WEEK, "Mon 09:00")],
    "weekly on sun 02:00": [(WEEK, "Sun 02:00")],
    "weekly from sun 02:00": [(WEEK, "Sun 02:00")],
    "weekends 9am": [(WEEK, "Sun 09:00"), (WEEK, "Sat 09:00")],
    "weekdays 18:00": [(WEEK, f"{day} 18:00") for day in ("Mon", "Tue", "Wed", "Thu", "Fri")],
    "mon-fri at 6 pm": [(WEEK, f"{day} 18:00") for day in ("Mon", "Tue", "Wed", "Thu", "Fri")],
    "mon, wed and fri at 6pm": [(WEEK, f"{day} 18:00") for day in ("Mon", "Wed", "Fri")],
    "daily at 02:00 and 14:00": [(DAY // 2, "Sun 02:00")],
    "daily at 02:00, 03:00": [(DAY, "Sun 02:00"), (DAY, "Sun 03:00")],
    "every saturday at 1am and 1pm": [(WEEK, "Sat 01:00"), (WEEK, "Sat 13:00")],
    "every 6 hours from tomorrow 02:00": [(21_600, "Sun 02:00")],
    "every 2 days at 3am": [(2 * DAY, "Sun 03:00")],
    "every hour at :15": [(3600, "Sat 15:15")],
    "every 6 hours": [(21_600, None)],
    "hourly": [(3600, None)],
    "every day": [(DAY, None)],
    "1h30m": [(5400, None)],
}


@pytest.mark.parametrize(("typed", "expected"), PHRASES.items())
def test_phrases(typed: str, expected: list[tuple[int, str | None]]) -> None:
    found = []
    for one in parse_schedule(typed, NOW, CHICAGO).schedules:
        assert isinstance(one, RecurringSchedule)
        start = one.start.astimezone(CHICAGO).strftime("%a %H:%M") if one.start else None
        found.append((int(one.interval.total_seconds()), start))
    assert found == expected


def test_weekdays_are_five_timers_that_can_be_told_apart() -> None:
    group = parse_schedule("weekdays 18:00", NOW, CHICAGO).members
    assert [one.suffix for one in group] == ["mon 18:00", "tue 18:00", "wed 18:00", "thu 18:00", "fri 18:00"]


def test_a_moment_alone_is_a_single_run() -> None:
    found = parse_schedule("tomorrow 02:00", NOW, CHICAGO)
    assert found.schedules == (OnceSchedule(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),)
    assert parse_schedule("now", NOW, CHICAGO).schedules == (OnceSchedule(None),)


def test_ends_by_runs_and_by_date() -> None:
    (ten,) = parse_schedule("every 6 hours starting 2026-12-01 6pm, 10 times", NOW, CHICAGO).schedules
    assert isinstance(ten, RecurringSchedule)
    assert ten.end.after_runs == 10
    assert len(next_ticks(ten, NOW, 50)) == 10
    (until,) = parse_schedule("every night at 2am until 2027-01-01", NOW, CHICAGO).schedules
    assert isinstance(until, RecurringSchedule)
    assert until.end.until == datetime(2027, 1, 2, 5, 59, 59, tzinfo=UTC)  # the run of that night too


@pytest.mark.parametrize(
    ("typed", "part_of_the_reason"),
    [
        ("monthly", "every 4 weeks"),
        ("every month on the 1st", "every 30 days"),
        ("yearly", "365 days"),
        ("every night", "what time"),
        ("every weekday", "what time"),
        ("weekdays 18:00 10 times", "counts its own runs"),
        ("every banana", "no interval"),
        ("every 90", "what"),
        ("every 0 minutes", "longer than nothing"),
        ("banana", "understood"),
        ("", "missing"),
        ("every day at 2am 0 times", "at least one run"),
    ],
)
def test_phrases_that_cannot_be(typed: str, part_of_the_reason: str) -> None:
    with pytest.raises(BadInput, match=part_of_the_reason):
        parse_schedule(typed, NOW, CHICAGO)


WORDS = [
    "every",
    "at",
    "on",
    "from",
    "until",
    "mon",
    "weekdays",
    "2am",
    "25:00",
    "2026-12-01",
    "9999999 hours",
    ",",
    "1 dec",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)))
def test_nothing_that_can_be_typed_raises_but_bad_input(typed: str) -> None:
    with contextlib.suppress(BadInput):
        parse_interval(typed)
    with contextlib.suppress(BadInput):
        assert parse_moment(typed, NOW, CHICAGO).moment != NOW
    with contextlib.suppress(BadInput):
        assert parse_schedule(typed, NOW, CHICAGO).schedules
