"""When a draft will run, in words: the echo of what was typed, the next runs, clock changes, and other timers then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.clock_sides import Season, clock_shifts
from globus_tui.domain.schedule import OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.present import moments
from globus_tui.present.schedule_words import clock_shift_words, end_words, interval_words
from globus_tui.present.sizes import count, counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from globus_tui.domain.clock_sides import ClockSides
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.hour_load import HourLoad
    from globus_tui.domain.schedule import Schedule


class FireLine(NamedTuple):
    """One run to come.

    Attributes:
        local: `Sun 22 Nov 02:00 CST`.
        utc: `08:00Z`; with the weekday where that is another one.
        note: for a run after a clock change, that the hour moved.
    """

    local: str
    utc: str
    note: str = ""


def both_times(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment as local time and as UTC: `Sun 22 Nov 02:00 CST (08:00Z)`."""
    local = f"{moments.date_time(moment, now, zone)} {moments.zone_name(moment, zone)}"
    return local if _is_utc(moment, zone) else f"{local} ({utc_words(moment, zone)})"


def utc_words(moment: datetime, zone: tzinfo) -> str:
    """UTC time of day; with the weekday where that is another one than the local one: `Tue 00:00Z`."""
    there = moment.astimezone(UTC)
    same_day = moment.astimezone(zone).date() == there.date()
    return moments.utc_time(moment) if same_day else f"{moments.DAYS[there.weekday()]} {moments.utc_time(moment)}"


def _is_utc(moment: datetime, zone: tzinfo) -> bool:
    return not moment.astimezone(zone).utcoffset() and moments.zone_name(moment, zone) == "UTC"


def schedule_echo(draft: Draft, now: datetime, zone: tzinfo) -> str:
    """What a draft's schedule means: `= every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end`; "" for none."""
    schedule = draft.schedule
    if schedule is None:
        return ""
    if isinstance(schedule, OnceSchedule):
        return f"= once, {both_times(schedule.at, now, zone)}" if schedule.at else "= once, as soon as it is created"
    several = f"{len(draft.group)} timers, each " if len(draft.group) > 1 else ""
    first = f"first {both_times(schedule.start, now, zone)}" if schedule.start else "first when it is created"
    end = end_words(schedule.end, now, zone) or "no end"
    return f"= {several}every {interval_words(schedule.interval)}, {first}, {end}"


def counted_seconds(schedule: Schedule | None) -> str:
    """What the service counts: `Globus counts 86 400 s, not calendar days`; nothing where nobody would confuse them."""
    if not isinstance(schedule, RecurringSchedule) or schedule.interval.total_seconds() % 86400:
        return ""
    return f"Globus counts {count(int(schedule.interval.total_seconds()))} s, not calendar days"


def preview_lines(draft: Draft, now: datetime, zone: tzinfo, wanted: int = 10) -> tuple[FireLine, ...]:
    """The next runs of all timers of a draft. One that starts at its creation is shown as if created now."""
    found: list[datetime] = []
    for schedule in _schedules(draft):
        ticks = next_ticks(schedule, now, wanted)
        if _from_creation(schedule):
            ticks = (now, *next_ticks(_begun(schedule, now), now, wanted))[:wanted]
            ticks = ticks[:1] if isinstance(schedule, OnceSchedule) else _ended(schedule, ticks)
        found += ticks
    found.sort()
    lines, before = [], None
    for tick in found[:wanted]:
        offset = tick.astimezone(zone).utcoffset()
        moved = "clocks changed" if before is not None and offset != before else ""
        lines.append(FireLine(_local(tick, now, zone), utc_words(tick, zone), moved))
        before = offset
    return tuple(lines)


def _schedules(draft: Draft) -> list[Schedule]:
    if len(draft.group) > 1:
        return [one.schedule for one in draft.group]
    return [draft.schedule] if draft.schedule else []


def _from_creation(schedule: Schedule) -> bool:
    return (schedule.at if isinstance(schedule, OnceSchedule) else schedule.start) is None


def _begun(schedule: Schedule, now: datetime) -> Schedule:
    if isinstance(schedule, OnceSchedule):
        return schedule
    return RecurringSchedule(schedule.interval, now, schedule.end)


def _ended(schedule: Schedule, ticks: tuple[datetime, ...]) -> tuple[datetime, ...]:
    most = schedule.end.after_runs if isinstance(schedule, RecurringSchedule) else None
    return ticks if most is None else ticks[:most]


def _local(tick: datetime, now: datetime, zone: tzinfo) -> str:
    return f"{moments.date_time(tick, now, zone)} {moments.zone_name(tick, zone)}"


def shift_lines(draft: Draft, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Every clock change within a year that moves the hour: `Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT`."""
    return tuple(clock_shift_words(one, zone) for one in clock_shifts(draft.schedule, now, zone))


def hour_choices(sides: ClockSides, kept: Season) -> tuple[tuple[str, str], ...]:
    """The two ways to live with clock changes, by the season in which the wanted hour holds."""
    winter, summer = (datetime.combine(date(2000, 1, 2), one) for one in (sides.winter, sides.summer))
    keep_winter = (winter, summer) if kept is Season.WINTER else (winter + sides.apart, summer + sides.apart)
    keep_summer = (winter, summer) if kept is Season.SUMMER else (winter - sides.apart, summer - sides.apart)
    return (
        (Season.WINTER.value, f"{keep_winter[0]:%H:%M} winter, {keep_winter[1]:%H:%M} summer"),
        (Season.SUMMER.value, f"{keep_summer[1]:%H:%M} summer, {keep_summer[0]:%H:%M} winter"),
    )


def together_words(starts: int) -> str:
    """That other timers start at the same time."""
    if not starts:
        return ""
    verb = "starts" if starts == 1 else "start"
    return f"{counted(starts, 'other timer')} {verb} in the same minute: Globus works on a few tasks at a time"


def load_words(load: Sequence[HourLoad], quiet: HourLoad | None) -> str:
    """Runs of other timers in the hours around: `other runs: 01h 4  02h 9  03h 2  04h 1; quietest: 04:00`."""
    hours = "  ".join(f"{one.begins:%H}h {one.starts}" for one in load)
    return f"other runs: {hours}" + (f"; quietest {quiet.begins:%H}h" if quiet else "")
