"""What clock changes do to rhythms, against oracles that walk through a year of local days, and cron's own answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, new_draft
from globus_tui.domain.making.when_form import kept_hour, with_kept_hour, with_phrase
from globus_tui.domain.schedule.clock_changes import Season, clock_shifts, next_clock_shift
from globus_tui.domain.schedule.schedule import RecurringSchedule, next_ticks
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.present.review_facts import fires, hour_choices, shift_lines

ZONES = ("America/Chicago", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "America/Sao_Paulo")
YEAR = datetime(2027, 1, 1, 9, 17, tzinfo=UTC)
DAY = timedelta(days=1)


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", ["00:00", "01:30", "02:15", "02:30", "18:00"])
def test_whatever_the_day_a_nightly_rhythm_has_its_hour_from_the_second_night_on(zone: str, clock: str) -> None:
    here = ZoneInfo(zone)
    for day in range(365):
        now = YEAR + day * DAY
        (found,) = parse_schedule(f"every day at {clock}", now, here).schedules
        assert isinstance(found, RecurringSchedule)
        first, second = next_ticks(found, now, 2)
        assert first - now <= timedelta(hours=25, minutes=1)
        local = [tick.astimezone(here) for tick in (first, second)]
        if offset(first, here) == offset(second, here):
            assert [f"{one:%H:%M}" for one in local] == [clock, clock]
        else:  # the clocks change between the two: one of them has the hour, by which the rhythm is anchored
            assert clock in [f"{one:%H:%M}" for one in local]


@pytest.mark.parametrize(("night", "runs"), [("2027-03-14", ["01:30", "02:30"]), ("2027-11-07", ["02:30", "02:30"])])
def test_a_first_night_without_its_hour_is_apart(night: str, runs: list[str]) -> None:
    here = ZoneInfo("America/Chicago")
    now = datetime.combine(datetime.fromisoformat(night), time(0, 5), here).astimezone(UTC)
    read = parse_schedule("every night at 2:30", now, here)
    ticks = next_ticks(read.schedules[0], now, 2)
    assert [f"{tick.astimezone(here):%H:%M}" for tick in ticks] == runs
    assert bool(read.notices) == (runs[0] != runs[1])


def test_in_a_doubled_hour_the_second_is_taken_which_the_rhythm_keeps() -> None:
    here, now = ZoneInfo("America/Chicago"), datetime(2027, 11, 6, 12, tzinfo=UTC)
    read = parse_schedule("every night at 1:30", now, here)
    first, second = next_ticks(read.schedules[0], now, 2)
    assert (first, second) == (datetime(2027, 11, 7, 7, 30, tzinfo=UTC), datetime(2027, 11, 8, 7, 30, tzinfo=UTC))
    assert "happens twice" in read.notices[0]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("interval", [timedelta(minutes=45), timedelta(hours=1), timedelta(hours=6), DAY, 7 * DAY])
def test_the_next_change_that_moves_a_timer_is_the_first_of_a_walk(zone: str, interval: timedelta) -> None:
    here = ZoneInfo(zone)
    schedule = RecurringSchedule(interval, YEAR)
    walked = next(
        (
            tick
            for tick in (YEAR + n * interval for n in range(1, 366 * DAY // interval))
            if (offset(tick, here) - offset(tick - interval, here)) % interval
        ),
        None,
    )
    found = next_clock_shift(schedule, YEAR - interval, here)
    assert (found.after.astimezone(UTC) if found else None) == walked


def test_an_hourly_timer_is_moved_where_clocks_change_by_half_an_hour() -> None:
    draft = with_phrase(new_draft(), "hourly at :00", YEAR, ZoneInfo("Australia/Lord_Howe"))
    assert shift_lines(draft, YEAR, ZoneInfo("Australia/Lord_Howe"))[0] == (
        "Sun 4 Apr 2027: 02:00 UTC+11 becomes 01:30 UTC+10:30"
    )
    assert not clock_shifts(draft.schedule, YEAR, ZoneInfo("Europe/Berlin"))


def hours(draft: Draft, now: datetime, zone: ZoneInfo) -> dict[bool, set[str]]:
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for tick in fires(draft, now, 800):
        found[bool(tick.astimezone(zone).dst())].add(f"{tick.astimezone(zone):%H:%M}")
    return found


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "Australia/Sydney"])
def test_every_timer_of_a_group_made_across_a_change_gets_exactly_the_hours_that_are_chosen(zone: str) -> None:
    here = ZoneInfo(zone)
    for now in (datetime(2026, 10, 2, 20, tzinfo=UTC), datetime(2026, 10, 23, 20, tzinfo=UTC), YEAR):
        for days_on in (0, 7, 73):
            at = now + days_on * DAY
            draft = with_phrase(new_draft(), "weekdays 18:00", at, here)
            for season, chosen in ((Season.SUMMER, ("17:00", "18:00")), (Season.WINTER, ("18:00", "19:00"))):
                moved = with_kept_hour(draft, season, at, here)
                found = hours(moved, at, here)
                assert (found[False], found[True]) == ({chosen[0]}, {chosen[1]})
                kept = kept_hour(moved, at, here)
                assert kept is not None
                assert kept.season is season
                assert kept.clocks == (timedelta(hours=18),)
                draft = moved


def test_a_group_across_a_change_lists_the_changes_of_every_timer_and_nothing_is_chosen_yet() -> None:
    here, now = ZoneInfo("America/Chicago"), datetime(2026, 10, 29, 12, tzinfo=UTC)
    draft = with_phrase(new_draft(), "weekdays 18:00", now, here)
    kept = kept_hour(draft, now, here)
    assert kept is not None
    assert kept.season is None
    assert hour_choices(kept) == (
        ("winter", "18:00 winter, 19:00 summer"),
        ("summer", "18:00 summer, 17:00 winter"),
    )
    lines = shift_lines(draft, now, here)
    assert lines[0] == "Thu 5 Nov 2026: 18:00 CDT becomes 17:00 CST: thu, fri"
    assert lines[1] == "Mon 15 Mar 2027: 18:00 CST becomes 19:00 CDT: mon, tue, wed"
    assert all(any(one.suffix[:3] in line.rpartition(": ")[2] for line in lines) for one in draft.group)


def test_a_rhythm_whose_first_night_is_in_the_gap_holds_in_summer() -> None:
    here, now = ZoneInfo("Europe/Berlin"), datetime(2027, 3, 27, 12, tzinfo=UTC)
    draft = with_phrase(new_draft(), "every night at 02:30", now, here)
    kept = kept_hour(draft, now, here)
    assert kept is not None
    assert kept.season is Season.SUMMER
    assert hour_choices(kept)[1] == ("summer", "02:30 summer, 01:30 winter")


NUMBER = st.integers(0, 59).map(str)


def field(most: int, least: int = 0) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    span = st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}")
    # Of a span of one number cronsim 2.8 makes all from there on (`5-5/2` as `5/2`); Debian's cron that one number.
    long = span.filter(lambda one: len(set(one.split("-"))) == 2)
    step = st.tuples(st.just("*") | long, st.integers(1, most)).map(lambda two: f"{two[0]}/{two[1]}")
    return st.one_of(
        st.just("*"), number.map(str), span, step, st.lists(number.map(str), max_size=3, min_size=1).map(",".join)
    )


LINES = st.tuples(field(59), field(23), st.sampled_from(["*", "*", "1-31", "1", "*/2"]), st.just("*"), field(7))


@given(LINES.map(" ".join))
@settings(max_examples=300)
def test_a_line_of_cron_runs_when_cron_runs_it_or_is_refused_with_a_reason(line: str) -> None:
    try:
        read = parse_schedule(line, YEAR, ZoneInfo("UTC"))
    except BadInput as refused:
        assert re.search("restricts|shorter last gap|would take", str(refused)), (line, str(refused))  # noqa: PT017
        return
    cron = CronSim(line, YEAR)
    wanted = [next(cron) for _ in range(40)]
    members = read.members if len(read.members) > 1 else ()
    assert fires(Draft(schedule=read.schedules[0], group=members), YEAR, 40) == wanted
