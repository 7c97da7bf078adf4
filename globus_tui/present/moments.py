"""Moments and durations in words. Nothing is finer than a minute, so that a still screen stays still.

Moments are aware datetimes. Days and months are written in English whatever the locale of the shell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_HOURS_UNTIL = 48 * _HOUR
_SHORT = {_MINUTE: "m", _HOUR: "h", _DAY: "d"}
_LONG = {_MINUTE: "min", _HOUR: "h", _DAY: "days"}


def relative(moment: datetime, now: datetime) -> str:
    """How far away, for a narrow column: `32m ago`, `25h ago`, `2d ago`, `in 4m`, `just now`."""
    return _relative(moment, now, _SHORT, "")


def ago(moment: datetime, now: datetime) -> str:
    """`relative` for what has happened: a moment somewhat ahead, as clocks differ, is just now."""
    return relative(min(moment, now), now)


def relative_words(moment: datetime, now: datetime) -> str:
    """How far away, for a sentence: `32 min ago`, `25 h ago`, `2 days ago`, `in 4 min`, `just now`."""
    return _relative(moment, now, _LONG, " ")


def _relative(moment: datetime, now: datetime, units: dict[int, str], space: str) -> str:
    ahead = moment > now
    count, unit = _in_units(abs(moment - now))
    if not count:
        return f"in <1{space}{units[_MINUTE]}" if ahead else "just now"
    words = f"{count}{space}{units[unit]}"
    return f"in {words}" if ahead else f"{words} ago"


def _in_units(distance: timedelta) -> tuple[int, int]:
    """Whole units and the length of one in seconds; 0 minutes below a minute."""
    seconds = distance // timedelta(seconds=1)
    unit = _MINUTE if seconds < _HOUR else _HOUR if seconds < _HOURS_UNTIL else _DAY
    return seconds // unit, unit


def duration(lasted: timedelta, *, seconds: bool = False) -> str:
    """How long: `47m`, `2h10m`, `31h`, `2d12h`, `18d`; below a minute `<1m`, or `38s` if asked for seconds."""
    total = max(0, lasted // timedelta(seconds=1))
    if total < _MINUTE:
        return f"{total}s" if seconds else "<1m"
    if total < _HOUR:
        return f"{total // _MINUTE}m"
    if total < _HOURS_UNTIL:
        hours, minutes = total // _HOUR, total % _HOUR // _MINUTE
        return f"{hours}h{minutes:02}m" if minutes and hours < 10 else f"{hours}h"
    days, hours = total // _DAY, total % _DAY // _HOUR
    return f"{days}d{hours}h" if hours and days < 10 else f"{days}d"


def column(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Local time in 12 cells: `13:00 today`, `Sun 02:00` (in the next six days), `22 Nov 02:00`, `14 Mar 2027`."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{clock(moment, zone)} today"
    if 0 < days < 7:
        return f"{DAYS[local.weekday()]} {clock(moment, zone)}"
    if local.year != today.year:
        return f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]} {clock(moment, zone)}"


def clock(moment: datetime, zone: tzinfo) -> str:
    """Local time of day, `02:00`."""
    local = moment.astimezone(zone)
    return f"{local.hour:02}:{local.minute:02}"


def date(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Local date, `Thu 19 Nov`, with the year when it is not this one."""
    local = moment.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"


def date_time(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Local date and time, `Thu 19 Nov 02:00`, with the year when it is not this one."""
    return f"{date(moment, now, zone)} {clock(moment, zone)}"


def with_zone(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The same with the zone's name: `Thu 19 Nov 02:00 CST`."""
    return f"{date_time(moment, now, zone)} {zone_name(moment, zone)}"


def since_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A past moment as briefly as possible: `14:30` when it is today, else `Thu 19 Nov 02:00`."""
    same_day = moment.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(moment, zone) if same_day else date_time(moment, now, zone)


def full_date(moment: datetime, zone: tzinfo) -> str:
    """Local date with the year: `Thu 19 Nov 2026`."""
    local = moment.astimezone(zone)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """Everything about a moment: `Thu 19 Nov 2026 02:00 CST`."""
    return f"{full_date(moment, zone)} {clock(moment, zone)} {zone_name(moment, zone)}"


def utc_time(moment: datetime) -> str:
    """UTC time of day, `08:00Z`."""
    return f"{clock(moment, UTC)}Z"


def zone_name(moment: datetime, zone: tzinfo) -> str:
    """Abbreviation of the zone at that moment: `CST`, `CDT`, `UTC`; zones without one read `UTC+05:30`."""
    local = moment.astimezone(zone)
    named = local.tzname() or "?"
    return f"UTC{local.isoformat()[-6:].removesuffix(':00')}" if named[:1] in "+-" else named
