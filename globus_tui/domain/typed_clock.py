"""Times of day, weekdays and local wall-clock moments as people type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from datetime import tzinfo

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?(a\.?m\.?|p\.?m\.?|h|o'clock)?", re.ASCII)


def parse_time_of_day(said: str) -> time | None:
    """Reads `2am`, `6:30 pm`, `18:00`, `18h`, `noon`; None when it is no time of day. A bare number is none.

    Raises:
        BadInput: it looks like a time of day, and there is none such.
    """
    if said in _NAMED:
        return _NAMED[said]
    found = _TIME.fullmatch(said)
    if found is None or (found.group(2) is None and found.group(4) is None):
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    half = (found.group(4) or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise BadInput(f"“{said}”: with am or pm the hour is 1 to 12.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadInput(f"There is no {said} on a clock. Write 00:00 to 23:59, or 6pm.")
    return time(hour, minute, second)


def weekday_of(word: str) -> int | None:
    """0 for Monday to 6 for Sunday: `mon`, `tues`, `thursday`, `fridays`; None for anything else."""
    single = word.removesuffix("s") if word.endswith("days") else word
    if len(single) < 3:
        return None
    return next((place for place, name in enumerate(DAY_NAMES) if name.startswith(single)), None)


@dataclass(frozen=True, slots=True)
class TypedMoment:
    """A moment as understood.

    Attributes:
        moment: in UTC; None stands for "as soon as it is created".
        notices: what the user should know of how it was understood, one sentence each.
    """

    moment: datetime | None
    notices: tuple[str, ...] = ()


def at_wall_clock(day: date, clock: time, zone: tzinfo) -> TypedMoment:
    """A local time of day on a day, with a notice where the clocks are put forward or back over it.

    A time that the clocks skip becomes the moment as far behind the change as it was typed; of two equal ones the
    earlier is taken.

    Raises:
        BadInput: outside the calendar.
    """
    naive = datetime.combine(day, clock)
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    try:
        moment, other = early.astimezone(UTC), late.astimezone(UTC)
        shown = moment.astimezone(zone)
    except (OverflowError, ValueError) as error:
        raise BadInput("That is outside the calendar.") from error
    if shown.replace(tzinfo=None) != naive:
        return TypedMoment(
            moment,
            (f"{naive:%H:%M} does not exist on {naive:%a %d %b %Y}: the clocks go forward. Taken as {shown:%H:%M}.",),
        )
    if other != moment:
        return TypedMoment(
            moment,
            (
                f"{naive:%H:%M} happens twice on {naive:%a %d %b %Y}: the clocks go back. The first is taken "
                f"({_offset(early)}); for the second write {naive:%Y-%m-%dT%H:%M}{_offset(late)}.",
            ),
        )
    return TypedMoment(moment)


def _offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]


def next_at(clock: time, now: datetime, zone: tzinfo, *, days: frozenset[int] | None = None) -> TypedMoment:
    """The next moment after now at a local time of day, on one of the weekdays if any are given."""
    today = now.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if days is not None and day.weekday() not in days:
            continue
        found = at_wall_clock(day, clock, zone)
        if found.moment is not None and found.moment > now:
            return found
    raise BadInput("No such moment within the next days.")  # cannot be: every weekday comes within nine days
