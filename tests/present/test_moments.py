"""Moments in words: coarse, and known beforehand when the words will change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.present import moments

NOW = datetime(2026, 11, 21, 20, 32, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
INSTANT = timedelta(microseconds=1)
distances = st.one_of(
    st.integers(-120, 120).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(-200_000, 200_000).map(lambda seconds: timedelta(seconds=seconds)),
    st.timedeltas(timedelta(days=-900), timedelta(days=900)),
)


@pytest.mark.parametrize(
    ("away", "short", "words"),
    [
        ({"seconds": 0}, "just now", "just now"),
        ({"seconds": -59}, "just now", "just now"),
        ({"seconds": -60}, "1m ago", "1 min ago"),
        ({"minutes": -32}, "32m ago", "32 min ago"),
        ({"minutes": -119}, "1h ago", "1 h ago"),
        ({"hours": -25}, "25h ago", "25 h ago"),
        ({"hours": -48}, "2d ago", "2 days ago"),
        ({"days": -21}, "21d ago", "21 days ago"),
        ({"seconds": 30}, "in <1m", "in <1 min"),
        ({"minutes": 4, "seconds": 30}, "in 4m", "in 4 min"),
        ({"hours": 11}, "in 11h", "in 11 h"),
        ({"days": 9}, "in 9d", "in 9 days"),
    ],
)
def test_how_far_away_a_moment_is(away: dict[str, int], short: str, words: str) -> None:
    moment = NOW + timedelta(**away)
    assert moments.relative(moment, NOW) == short
    assert moments.relative_words(moment, NOW) == words


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        ({"seconds": 38}, "<1m"),
        ({"minutes": 47, "seconds": 59}, "47m"),
        ({"hours": 1, "minutes": 32}, "1h32m"),
        ({"hours": 2, "minutes": 5}, "2h05m"),
        ({"hours": 2}, "2h"),
        ({"hours": 31, "minutes": 40}, "31h"),
        ({"days": 2, "hours": 12}, "2d12h"),
        ({"days": 18, "hours": 3}, "18d"),
        ({"seconds": -5}, "<1m"),
    ],
)
def test_how_long_something_lasted(lasted: dict[str, int], words: str) -> None:
    assert moments.duration(timedelta(**lasted)) == words


def test_a_finished_run_may_be_told_to_the_second() -> None:
    assert moments.duration(timedelta(seconds=38.9), seconds=True) == "38s"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 21, 19, 0, tzinfo=UTC), "13:00 today"),
        (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), "23:59 today"),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), "Sun 00:00"),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), "Fri 02:00"),
        (datetime(2026, 11, 28, 8, 0, tzinfo=UTC), "28 Nov 02:00"),
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), "20 Nov 02:00"),
        (datetime(2027, 3, 14, 8, 0, tzinfo=UTC), "14 Mar 2027"),
    ],
)
def test_a_local_time_fits_its_column(moment: datetime, words: str) -> None:
    assert moments.column(moment, NOW, CHICAGO) == words
    assert len(words) <= 12


@given(distances)
def test_no_local_time_is_wider_than_its_column(distance: timedelta) -> None:
    assert len(moments.column(NOW + distance, NOW, CHICAGO)) <= 12


def test_full_dates_carry_the_year_only_when_it_is_another() -> None:
    assert moments.date_time(datetime(2026, 11, 19, 8, 0, tzinfo=UTC), NOW, CHICAGO) == "Thu 19 Nov 02:00"
    assert moments.date_time(datetime(2027, 3, 14, 8, 0, tzinfo=UTC), NOW, CHICAGO) == "Sun 14 Mar 2027 03:00"
    assert moments.stamp(datetime(2026, 11, 19, 8, 0, tzinfo=UTC), CHICAGO) == "Thu 19 Nov 2026 02:00 CST"
    assert moments.since_words(NOW, NOW, CHICAGO) == "14:32"
    assert moments.utc_time(NOW) == "20:32Z"


def test_both_hours_of_the_night_the_clocks_go_back_are_told_apart() -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 7))
    assert moments.stamp(first, CHICAGO) == "Sun 1 Nov 2026 01:30 CDT"
    assert moments.stamp(second, CHICAGO) == "Sun 1 Nov 2026 01:30 CST"


def test_a_zone_without_a_name_is_told_by_its_offset() -> None:
    assert moments.zone_name(NOW, ZoneInfo("Asia/Kolkata")) == "IST"
    assert moments.zone_name(NOW, ZoneInfo("America/Sao_Paulo")) == "UTC-03"
    assert moments.zone_name(NOW, timezone(timedelta(hours=5, minutes=30))) == "UTC+05:30"
    assert moments.zone_name(NOW, UTC) == "UTC"


def test_what_has_happened_is_never_said_to_lie_ahead() -> None:
    assert moments.ago(NOW + timedelta(seconds=20), NOW) == "just now"
    assert moments.ago(NOW - timedelta(hours=2), NOW) == "2h ago"
