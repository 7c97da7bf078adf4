"""Calendars as timers: as few as will do, which together make every run that was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.calendar_groups import (
    EVERY_DAY,
    MOST_TIMERS,
    CalendarGroup,
    GroupMember,
    calendar_group,
    clocks_text,
    days_text,
    moment_of_run,
)
from globus_tui.domain.schedule.schedule import RecurringSchedule, ticks_between
from globus_tui.domain.schedule.typed_clock import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

BERLIN = ZoneInfo("Europe/Berlin")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEDNESDAY = datetime(2026, 9, 2, 12, 0, tzinfo=UTC)
"""Two in the afternoon in Berlin."""
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def group(
    days: Collection[int], *clocks: float, apart: int = 1, after: datetime = WEDNESDAY, inclusive: bool = False
) -> CalendarGroup:
    some = [timedelta(hours=clock) for clock in clocks]
    return calendar_group(frozenset(days), some, after, BERLIN, apart=apart, inclusive=inclusive)


def runs(found: CalendarGroup, days: int) -> list[str]:
    """All runs of so many days, local."""
    until = WEDNESDAY + timedelta(days=days)
    ticks = [tick for member in found.members for tick in ticks_between(member.schedule, WEDNESDAY - MINUTE, until)]
    return [f"{tick.astimezone(BERLIN):%a %d %H:%M}" for tick in sorted(ticks)]


def test_every_day_at_one_time_is_one_timer() -> None:
    found = group(EVERY_DAY, 2)
    (member,) = found.members
    assert (member.schedule.interval, member.suffix, member.clock) == (DAY, "", None)
    assert (found.clock, found.notices) == (2 * HOUR, ())
    assert runs(found, 2) == ["Thu 03 02:00", "Fri 04 02:00"]


def test_a_run_at_this_very_moment_counts_only_where_it_is_meant() -> None:
    assert runs(group(EVERY_DAY, 14), 1) == ["Thu 03 14:00"]
    assert runs(group(EVERY_DAY, 14, inclusive=True), 1) == ["Wed 02 14:00", "Thu 03 14:00"]


@pytest.mark.parametrize(
    ("clocks", "step", "members"),
    [
        ((0, 6, 12, 18), 6 * HOUR, 1),
        ((1, 13), 12 * HOUR, 1),
        (tuple(range(24)), HOUR, 1),
        ((0, 0.25, 0.5, 0.75), DAY, 4),
        (tuple(hour + part for hour in range(24) for part in (0, 0.5)), 30 * MINUTE, 1),
        (tuple(hour + part for hour in range(24) for part in (0, 0.25)), HOUR, 2),
        ((0, 0.25, 12, 12.25), 12 * HOUR, 2),
        ((2, 5), DAY, 2),
        ((0, 12, 12.25), DAY, 3),
    ],
)
def test_times_that_are_spread_evenly_take_one_timer_and_others_one_each(
    clocks: tuple[float, ...], step: timedelta, members: int
) -> None:
    found = group(EVERY_DAY, *clocks)
    assert len(found.members) == members
    assert {member.schedule.interval for member in found.members} == {step}
    meant = {f"{clock // 1:02.0f}:{clock % 1 * 60:02.0f}" for clock in clocks}
    day = [one.split()[-1] for one in runs(found, 1)]
    assert sorted(day) == sorted(meant | ({"14:00"} & meant)), "each once in a day, and the present is past"
    suffixes = [member.suffix for member in found.members]
    assert len(set(suffixes)) == members
    assert (suffixes == [""]) is (members == 1)
    assert (found.clock is None) is (members > 1)


def test_weekdays_have_a_timer_each_that_is_named_after_its_day() -> None:
    found = group([MON, WED, FRI], 9, 18)
    assert [member.suffix for member in found.members] == [
        "wed 18:00", "fri 09:00", "fri 18:00", "mon 09:00", "mon 18:00", "wed 09:00",
    ]  # fmt: skip
    assert [member.clock for member in found.members[:2]] == [18 * HOUR, 9 * HOUR]
    assert {member.schedule.interval for member in found.members} == {7 * DAY}
    assert runs(found, 7)[:3] == ["Wed 02 18:00", "Fri 04 09:00", "Fri 04 18:00"]


def test_the_end_of_a_day_belongs_to_the_next_by_whose_name_the_timer_goes() -> None:
    found = group([FRI, SUN], 24)
    assert [member.suffix for member in found.members] == ["sat 00:00", "mon 00:00"]
    assert runs(found, 7) == ["Sat 05 00:00", "Mon 07 00:00"]
    assert runs(group([SUN], 24), 7) == ["Mon 07 00:00"]
    assert runs(group(EVERY_DAY, 24, apart=2), 3) == ["Thu 03 00:00", "Sat 05 00:00"]


def test_every_other_week_all_weekdays_run_in_the_same_weeks() -> None:
    found = group([MON, THU], 9, apart=2)
    assert runs(found, 21) == ["Thu 03 09:00", "Mon 14 09:00", "Thu 17 09:00"]
    assert runs(group([THU, FRI], 9, apart=2), 21) == ["Thu 03 09:00", "Fri 04 09:00", "Thu 17 09:00", "Fri 18 09:00"]
    assert runs(group([TUE, THU], 9, apart=3), 28) == ["Thu 03 09:00", "Tue 22 09:00", "Thu 24 09:00"]


def test_every_third_day_at_two_times_takes_a_timer_each() -> None:
    found = group(EVERY_DAY, 6, 18, apart=3)
    assert [(member.suffix, member.schedule.interval) for member in found.members] == [
        ("18:00", 3 * DAY), ("06:00", 3 * DAY),
    ]  # fmt: skip


def test_where_the_clocks_are_put_back_it_is_said_once() -> None:
    night = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    found = group([SUN], 2.5, 2.75, after=night)
    assert len(found.notices) == 2
    assert all("happens twice" in notice for notice in found.notices)
    assert group([SUN, MON], 5, after=night).notices == ()


@pytest.mark.parametrize(
    ("days", "clocks", "near"),
    [
        ([MON, TUE, WED, THU, FRI], [h + 0.25 for h in range(8)], "weekdays at 00:15, 02:15, 04:15 and 06:15"),
        ([MON, TUE], [1.1 * h for h in range(13)], "monday and tuesday at 00:00, 02:12"),
        (EVERY_DAY, [0.9 * h for h in range(25)], "daily at 00:00, 01:48"),
    ],
)
def test_too_many_timers_are_refused_with_what_can_be_had(
    days: Collection[int], clocks: list[float], near: str
) -> None:
    with pytest.raises(Refusal) as told:
        group(days, *clocks)
    assert f"That would take {len(clocks) * (len(days) if len(days) < 7 else 1)} timers; at most 24" in str(told.value)
    assert told.value.near[0].startswith(near)


def test_times_spread_evenly_over_weekdays_are_offered_for_every_day() -> None:
    with pytest.raises(Refusal) as told:
        group([MON, TUE, WED, THU, FRI], 0, 4, 8, 12, 16, 20)
    assert told.value.near == ("weekdays at 00:00, 08:00 and 16:00", "6 times a day at 00:00")
    with pytest.raises(Refusal) as told:
        group([MON, TUE, WED, THU, FRI, SAT], 1, 2, 3, 5, 8)
    assert told.value.near[1] == "every day at 01:00, 02:00, 03:00, 05:00 and 08:00"
    with pytest.raises(Refusal) as told:
        group([MON, TUE], *(0.3 * h for h in range(25)))
    assert len(told.value.near) == 1
    assert len(group([MON, TUE], *range(12)).members) == MOST_TIMERS


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([MON, TUE, WED, THU, FRI], "weekdays"),
        ([SAT, SUN], "weekends"),
        (EVERY_DAY, "daily"),
        ([MON], "every monday"),
        ([FRI, MON], "monday and friday"),
        ([SUN, MON, WED], "monday, wednesday and sunday"),
    ],
)
def test_days_are_said_as_they_are_typed(days: Collection[int], words: str) -> None:
    assert days_text(frozenset(days)) == words


def test_times_are_said_as_they_are_typed() -> None:
    assert clocks_text([6 * HOUR]) == "06:00"
    assert clocks_text([6 * HOUR, 12 * HOUR + 1 * MINUTE, DAY]) == "06:00, 12:01 and 24:00"


@pytest.mark.parametrize(
    ("suffix", "clock"),
    [("mon 18:00", 18 * HOUR), ("06:05:09", 6 * HOUR + 5 * MINUTE + timedelta(seconds=9)), ("", None), ("mon", None)],
)
def test_the_time_that_a_timer_is_named_after_is_read_again(suffix: str, clock: timedelta | None) -> None:
    assert GroupMember(RecurringSchedule(DAY), suffix).clock == clock


def test_the_run_of_a_number_is_counted_over_all_of_them() -> None:
    members = group([MON, WED, FRI], 9, 18).members
    all_runs = sorted(
        tick for member in members for tick in ticks_between(member.schedule, WEDNESDAY, WEDNESDAY + 70 * DAY)
    )
    assert [moment_of_run(members, number) for number in (1, 2, 7, 30)] == [
        all_runs[0], all_runs[1], all_runs[6], all_runs[29],
    ]  # fmt: skip
    assert moment_of_run(members, 10_000) == moment_of_run(members, 10**9)
    alone = group(EVERY_DAY, 2).members
    assert [later - earlier for earlier, later in pairwise(moment_of_run(alone, n) for n in (1, 2, 3))] == [DAY, DAY]
