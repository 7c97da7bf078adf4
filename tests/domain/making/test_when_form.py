"""When a draft runs, as typed: a phrase and fields that say the same, and the hour kept across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.making.draft import new_draft
from globus_tui.domain.making.when_form import (
    DATE,
    EVERY,
    NEVER,
    ONCE,
    RUNS,
    WhenForm,
    form_of,
    form_problems,
    group_end_problem,
    kept_hour,
    moment_text,
    phrase_notices,
    with_form,
    with_kept_hour,
    with_phrase,
)
from globus_tui.domain.schedule.clock_changes import Season, clock_shifts, clock_sides
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.domain.schedule.typed_intervals import amount_words

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_phrase_fills_the_fields() -> None:
    draft = with_phrase(new_draft(), "every night at 2am until 2027-03-01 00:00", NOW, CHICAGO)
    assert form_of(draft, CHICAGO) == WhenForm(EVERY, "1 day", "2026-11-22 02:00", DATE, "2027-03-01 00:00")


@pytest.mark.parametrize(
    "schedule",
    [
        OnceSchedule(),
        OnceSchedule(datetime(2026, 12, 1, 6, tzinfo=UTC)),
        RecurringSchedule(DAY),
        RecurringSchedule(timedelta(seconds=5430), datetime(2026, 12, 1, 6, 0, 13, tzinfo=UTC)),
        RecurringSchedule(DAY, datetime(2026, 12, 1, 6, tzinfo=UTC), EndCondition(after_runs=9)),
        RecurringSchedule(7 * DAY, None, EndCondition(until=datetime(2027, 11, 7, 7, 30, tzinfo=UTC))),
    ],
)
def test_what_the_fields_show_of_a_schedule_is_that_schedule_when_read_again(
    schedule: OnceSchedule | RecurringSchedule,
) -> None:
    from dataclasses import replace

    draft = replace(new_draft(), schedule=schedule)
    again = with_form(draft, form_of(draft, CHICAGO), NOW, CHICAGO)
    assert again.schedule == schedule


def test_both_halves_of_a_doubled_hour_come_back_as_they_were() -> None:
    first, second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    assert moment_text(first, CHICAGO) == "2026-11-01 01:30"
    assert moment_text(second, CHICAGO) == "2026-11-01T01:30:00-06:00"


def test_a_phrase_that_cannot_be_understood_leaves_no_schedule_that_somebody_might_create() -> None:
    draft = with_phrase(new_draft(), "every night at 2am", NOW, CHICAGO)
    draft = with_phrase(draft, "every night at 2am on the moon", NOW, CHICAGO)
    assert draft.schedule is None
    words, wrong = phrase_notices(draft, NOW, CHICAGO)
    assert wrong
    assert "cannot be understood" in words or "no" in words


def test_a_month_is_refused_with_the_nearest_choices() -> None:
    draft = with_phrase(new_draft(), "monthly", NOW, CHICAGO)
    words, wrong = phrase_notices(draft, NOW, CHICAGO)
    assert wrong
    assert "every 4 weeks" in words


def test_wiping_the_phrase_out_leaves_the_fields_as_they_were() -> None:
    draft = with_phrase(with_phrase(new_draft(), "1h30m", NOW, CHICAGO), "", NOW, CHICAGO)
    assert draft.schedule == RecurringSchedule(timedelta(minutes=90))
    assert form_of(draft, CHICAGO).interval == "90 minutes"


def test_weekdays_are_five_timers_of_a_week_and_only_their_end_is_changed_by_fields() -> None:
    draft = with_phrase(new_draft(), "weekdays 18:00", NOW, CHICAGO)
    assert [one.schedule.interval for one in draft.group] == [7 * DAY] * 5
    ended = with_form(draft, WhenForm(EVERY, "1 day", "", DATE, "2027-01-31 00:00"), NOW, CHICAGO)
    assert {one.schedule.end.until for one in ended.group} == {datetime(2027, 1, 31, 6, tzinfo=UTC)}
    assert [one.schedule.start for one in ended.group] == [one.schedule.start for one in draft.group]
    form = WhenForm(EVERY, "1 week", "", RUNS, "10")
    assert "each counts its own runs" in (group_end_problem(draft, form) or "")
    assert with_form(draft, form, NOW, CHICAGO).group == draft.group


def test_what_is_wrong_with_a_field_is_said_of_that_field() -> None:
    found = form_problems(WhenForm(EVERY, "a bit", "soonish", RUNS, "many"), NOW, CHICAGO)
    assert set(found) == {"interval", "start", "end"}
    assert form_problems(WhenForm(ONCE, "a bit", "", NEVER, ""), NOW, CHICAGO) == {}


def test_a_start_in_the_past_is_taken_and_said() -> None:
    form = WhenForm(EVERY, "1 day", "2026-11-21 02:00", NEVER, "")
    assert form_problems(form, NOW, CHICAGO) == {"start": "This is in the past."}


@pytest.mark.parametrize(
    ("seconds", "text"), [(60, "1 minute"), (86400, "1 day"), (5400, "90 minutes"), (61, "61 seconds")]
)
def test_intervals_are_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert amount_words(timedelta(seconds=seconds)) == text


# --- clock changes


def hours(start_of: object, zone: ZoneInfo) -> tuple[set[str], set[str]]:
    """Local times of day in winter and in summer, over a year."""
    from globus_tui.domain.making.draft import Draft

    assert isinstance(start_of, Draft)
    ticks = [tick.astimezone(zone) for tick in next_ticks(start_of.schedule, NOW, 365)]
    least = min(tick.utcoffset() or timedelta() for tick in ticks)
    winter = {f"{tick:%H:%M}" for tick in ticks if tick.utcoffset() == least}
    return winter, {f"{tick:%H:%M}" for tick in ticks if tick.utcoffset() != least}


@pytest.mark.parametrize(
    "zone", ["America/Chicago", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "Europe/Dublin"]
)
def test_the_hour_is_kept_in_the_season_that_was_chosen(zone: str) -> None:
    here = ZoneInfo(zone)
    draft = with_phrase(new_draft(), "every night at 2:30am", NOW, here)
    for season in (Season.WINTER, Season.SUMMER, Season.WINTER):
        draft = with_kept_hour(draft, season, NOW, here)
        winter, summer = hours(draft, here)
        assert (winter if season is Season.WINTER else summer) == {"02:30"}
        kept = kept_hour(draft, NOW, here)
        assert kept is not None
        assert kept.season is season


@pytest.mark.parametrize("phrase", ["every night at 2:30am America/Chicago", "weekdays 2:30am America/Chicago"])
def test_the_clock_changes_of_the_zone_that_is_typed_count(phrase: str) -> None:
    """A login node's clock is UTC, and who names a zone means its hours."""
    draft = with_phrase(new_draft(), phrase, NOW, UTC)
    for season, hour in ((Season.WINTER, "02:30"), (Season.SUMMER, "01:30"), (Season.WINTER, "02:30")):
        draft = with_kept_hour(draft, season, NOW, UTC)
        kept = kept_hour(draft, NOW, UTC)
        assert kept is not None
        assert (kept.season, kept.clocks) == (season, (timedelta(hours=2, minutes=30),))
        starts = {f"{min(next_ticks(each, NOW, 1)).astimezone(CHICAGO):%H:%M}" for each in draft.schedules}
        assert starts == {hour}  # the first runs are in winter


def test_there_is_nothing_to_choose_where_clocks_do_not_change_or_hours_do_not_matter() -> None:
    nightly = with_phrase(new_draft(), "every night at 2am", NOW, ZoneInfo("Asia/Tokyo"))
    assert clock_sides(nightly.schedule, NOW, ZoneInfo("Asia/Tokyo")) is None
    hourly = with_phrase(new_draft(), "every hour", NOW, CHICAGO)
    assert kept_hour(hourly, NOW, CHICAGO) is None


def test_both_changes_of_a_year_are_found() -> None:
    draft = with_phrase(new_draft(), "every night at 2am", NOW, CHICAGO)
    days = [shift.after.date().isoformat() for shift in clock_shifts(draft.schedule, NOW, CHICAGO)]
    assert days == ["2027-03-14", "2027-11-07"]


def test_a_group_is_moved_as_a_whole() -> None:
    draft = with_phrase(new_draft(), "weekdays 18:00", NOW, CHICAGO)
    moved = with_kept_hour(draft, Season.SUMMER, NOW, CHICAGO)
    starts = [(one.schedule.start or NOW).astimezone(CHICAGO) for one in moved.group]
    assert {f"{one:%H:%M}" for one in starts} == {"17:00"}
