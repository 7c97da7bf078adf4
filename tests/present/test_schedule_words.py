"""Schedules in words, with local time, UTC and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, Schedule
from globus_tui.present import schedule_words
from tests.domain.samples import DAY, HOUR, MINUTE, NOW, START, job, recurring

CHICAGO = ZoneInfo("America/Chicago")
DECEMBER = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "short", "words"),
    [
        (86400, "1d", "1 day"),
        (5400, "90m", "90 minutes"),
        (14400, "4h", "4 hours"),
        (604800, "1w", "1 week"),
        (2592000, "30d", "30 days"),
        (129600, "36h", "36 hours"),
        (100, "100s", "100 seconds"),
        (60, "1m", "1 minute"),
    ],
)
def test_an_interval_is_told_in_its_largest_whole_unit(seconds: int, short: str, words: str) -> None:
    assert schedule_words.interval_short(seconds) == short
    assert schedule_words.interval_words(timedelta(seconds=seconds)) == words


def test_a_row_says_once_for_a_single_run_and_a_question_mark_for_no_schedule() -> None:
    assert schedule_words.every_short(job()) == "1d"
    assert schedule_words.every_short(job(schedule={"type": "once"})) == "once"
    assert schedule_words.every_short(job(schedule=None)) == "?"
    assert schedule_words.every_short(job(schedule=recurring(90 * 60))) == "90m"


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (
            RecurringSchedule(6 * HOUR, DECEMBER, EndCondition(after_runs=10)),
            "every 6 hours, 10 times, from Tue 1 Dec 09:00",
        ),
        (
            RecurringSchedule(DAY, START, EndCondition(until=datetime(2027, 1, 1, 6, tzinfo=UTC))),
            "every 1 day, until Fri 1 Jan 2027 00:00, from Sat 10 Oct 03:00",
        ),
        (RecurringSchedule(7 * DAY), "every 1 week, from its creation"),
        (OnceSchedule(DECEMBER), "once, Tue 1 Dec 09:00"),
        (OnceSchedule(), "once, at creation"),
        (None, "schedule not known"),
    ],
)
def test_a_schedule_is_told_as_one_phrase(schedule: Schedule | None, words: str) -> None:
    assert schedule_words.schedule_words(schedule, NOW, CHICAGO) == words


def test_the_time_of_day_is_that_of_the_next_run_not_of_the_first() -> None:
    started_in_summer = RecurringSchedule(DAY, START)
    assert schedule_words.rhythm_words(started_in_summer, NOW, CHICAGO) == "every 1 day at 02:00 CST"
    assert schedule_words.rhythm_words(RecurringSchedule(6 * HOUR, START), NOW, CHICAGO) == "every 6 hours"
    assert schedule_words.rhythm_words(OnceSchedule(), NOW, CHICAGO) == "once, at creation"


def test_the_seconds_that_are_really_counted_are_told() -> None:
    assert schedule_words.exact_words(RecurringSchedule(DAY)) == "86 400 s, counted in UTC"
    assert schedule_words.exact_words(OnceSchedule()) == ""


def test_a_clock_change_is_told_with_both_clocks() -> None:
    daily = RecurringSchedule(DAY, START)
    assert schedule_words.shift_warning(daily, NOW, CHICAGO) == "Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT"
    october = datetime(2026, 10, 20, tzinfo=UTC)
    assert schedule_words.shift_warning(daily, october, CHICAGO) == "Sun 1 Nov 2026: 03:00 CDT becomes 02:00 CST"
    berlin = ZoneInfo("Europe/Berlin")
    assert schedule_words.shift_warning(daily, NOW, berlin) == "Sun 28 Mar 2027: 09:00 CET becomes 10:00 CEST"
    assert schedule_words.shift_warning(daily, NOW, UTC) is None
    assert schedule_words.shift_warning(RecurringSchedule(90 * MINUTE + 7 * MINUTE, START), NOW, CHICAGO) is None
