"""When a draft runs, as typed: one phrase, or fields for interval, start and end. Texts that make no sense stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft_fields import END, INTERVAL, SCHEDULE, START
from globus_tui.domain.making.taking_place import with_kept_rhythm
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.clock_changes import Season, clock_sides, move_runs
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.schedule.typed_clock import at_wall_clock
from globus_tui.domain.schedule.typed_intervals import amount_words, parse_interval
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.schedule.typed_times import parse_end, parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, time, tzinfo

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.schedule.calendar_groups import GroupMember
    from globus_tui.domain.schedule.clock_changes import ClockSides
    from globus_tui.domain.schedule.schedule import Schedule

REPEAT, ENDS, KEEP = "repeat", "ends", "keep"
"""Names under which a draft's `typed` keeps the choices that are no text."""
ONCE, EVERY = "once", "every"
NEVER, RUNS, DATE = "never", "runs", "date"
_OWN = (SCHEDULE, REPEAT, INTERVAL, START, ENDS, END, KEEP)


@dataclass(frozen=True, slots=True)
class WhenForm:
    """The fields as they stand.

    Attributes:
        start: as typed; empty is "as soon as it is created".
        ends: NEVER, RUNS or DATE.
        end: the number of runs or the date, as typed.
    """

    repeat: str = EVERY
    interval: str = ""
    start: str = ""
    ends: str = NEVER
    end: str = ""


def moment_text(moment: datetime | None, zone: tzinfo) -> str:
    """A moment as its field takes it: local, to the second where needed; with its offset where the hour is double."""
    if moment is None:
        return ""
    wall = moment.astimezone(zone).replace(microsecond=0)
    text = wall.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    # Compared in UTC: datetimes of one zone count as equal even where the clock shows an hour twice.
    same = at_wall_clock(wall.date(), wall.time(), zone)[0] == wall.astimezone(UTC)
    return text if same else wall.isoformat()


def form_of(draft: Draft, zone: tzinfo) -> WhenForm:
    """The fields of a draft: what was typed, else what its schedule says."""
    form = _form_of_schedule(draft.schedule, zone)
    typed = draft.typed
    return WhenForm(
        repeat=typed.get(REPEAT, form.repeat),
        interval=typed.get(INTERVAL, form.interval),
        start=typed.get(START, form.start),
        ends=typed.get(ENDS, form.ends),
        end=typed.get(END, form.end),
    )


def _form_of_schedule(schedule: Schedule | None, zone: tzinfo) -> WhenForm:
    if isinstance(schedule, OnceSchedule):
        return WhenForm(repeat=ONCE, start=moment_text(schedule.at, zone))
    if schedule is None:
        return WhenForm()
    ends, end = NEVER, ""
    if schedule.end.after_runs is not None:
        ends, end = RUNS, str(schedule.end.after_runs)
    elif schedule.end.until is not None:
        ends, end = DATE, moment_text(schedule.end.until, zone)
    return WhenForm(EVERY, amount_words(schedule.interval), moment_text(schedule.start, zone), ends, end)


def with_phrase(draft: Draft, text: str, now: datetime, zone: tzinfo) -> Draft:
    """The draft with its schedule said in one phrase. What cannot be understood leaves it without a schedule."""
    typed = _without(draft, *_OWN) | {SCHEDULE: text}
    if not text.strip():
        return replace(draft, typed={**draft.typed, SCHEDULE: ""})
    try:
        read = parse_schedule(text, now, zone)
    except BadInput:
        return replace(draft, schedule=None, group=(), typed=typed)
    group = read.members if len(read.members) > 1 else ()
    schedule = read.schedules[0]
    if not group and isinstance(schedule, RecurringSchedule):
        schedule = with_kept_rhythm(schedule, draft.original, now)
    draft = replace(draft, schedule=schedule, group=group, typed=typed)
    if len(read.members) == 1 and (season := _season_of(read.members[0], read.clock, now, read.zone or zone)):
        return replace(draft, typed=typed | {KEEP: season.value})
    return draft


def _season_of(member: GroupMember, clock: timedelta | None, now: datetime, zone: tzinfo) -> Season | None:
    """The season in which a timer has its hour, where its first run is at another one; None else."""
    start, sides = member.schedule.start, clock_sides(member.schedule, now, zone)
    if sides is None or start is None or clock is None:
        return None
    if _since_midnight(start.astimezone(zone).time()) == clock % _DAY:
        return None
    return next((side for side in Season if _moved_by(member, clock, sides, side) == _NOTHING), None)


def with_form(draft: Draft, form: WhenForm, now: datetime, zone: tzinfo) -> Draft:
    """The draft with its schedule said in fields. Of a calendar group only the end can be changed here."""
    texts = {REPEAT: form.repeat, INTERVAL: form.interval, START: form.start, ENDS: form.ends, END: form.end}
    if len(draft.group) > 1:
        return _with_group_end(draft, form, now, zone)
    typed = _without(draft, SCHEDULE, KEEP) | texts
    schedule = read_form(form, now, zone)
    if draft.original is not None and START not in draft.typed and form.start == form_of(draft, zone).start:
        typed.pop(START)  # not typed by anybody: it comes from the interval and the old timer's ticks
        if isinstance(schedule, RecurringSchedule):
            kept = with_kept_rhythm(replace(schedule, start=None), draft.original, now)
            schedule = replace(schedule, start=kept.start)
    return replace(draft, schedule=schedule, group=(), typed=typed)


def as_original(draft: Draft, now: datetime) -> Draft:
    """The draft with the schedule of the timer that it comes from, from its next tick on."""
    schedule, typed = draft.original, _without(draft, *_OWN)
    if isinstance(schedule, RecurringSchedule) and schedule.start is not None and schedule.start <= now:
        schedule = with_kept_rhythm(replace(schedule, start=None), schedule, now)
    return replace(draft, schedule=schedule, group=(), typed=typed)


def _with_group_end(draft: Draft, form: WhenForm, now: datetime, zone: tzinfo) -> Draft:
    typed = {**draft.typed, ENDS: form.ends, END: form.end}
    if group_end_problem(draft, form) is not None:
        return replace(draft, typed=typed)
    try:
        end = _end(form, now, zone)
    except BadInput:
        return replace(draft, typed=typed)
    group = tuple(replace(member, schedule=replace(member.schedule, end=end)) for member in draft.group)
    return replace(draft, schedule=group[0].schedule, group=group, typed=typed)


def group_end_problem(draft: Draft, form: WhenForm) -> str | None:
    if len(draft.group) > 1 and form.ends == RUNS:
        return f"This takes {len(draft.group)} timers, and each counts its own runs: end it on a date instead."
    return None


def read_form(form: WhenForm, now: datetime, zone: tzinfo) -> Schedule | None:
    """The schedule that the fields say; None while they make no sense."""
    try:
        start = _start(form, now, zone)
        if form.repeat == ONCE:
            return OnceSchedule(start)
        return RecurringSchedule(parse_interval(form.interval), start, _end(form, now, zone))
    except BadInput:
        return None


def form_problems(form: WhenForm, now: datetime, zone: tzinfo) -> dict[str, str]:
    """What is wrong with the fields, by field; notices about how a moment was understood too."""
    problems: dict[str, str] = {}
    start = form.start.strip()
    reads: list[tuple[str, Callable[[], object]]] = [
        (START, lambda: " ".join(parse_moment(start, now, zone).notices) if start else "")
    ]
    if form.repeat == EVERY:
        reads += [(INTERVAL, lambda: parse_interval(form.interval)), (END, lambda: _end(form, now, zone))]
    for field, read in reads:
        try:
            notice = read()
        except BadInput as wrong:
            problems[field] = str(wrong)
        else:
            if isinstance(notice, str) and notice:
                problems[field] = notice
    return problems


def _start(form: WhenForm, now: datetime, zone: tzinfo) -> datetime | None:
    return parse_moment(form.start, now, zone).moment if form.start.strip() else None


def _end(form: WhenForm, now: datetime, zone: tzinfo) -> EndCondition:
    typed = form.end.strip()
    if form.ends == RUNS:
        if not typed.isdecimal() or not typed.isascii() or not 0 < int(typed[:7]) <= 999_999:
            raise BadInput("After how many runs does it end? Write a number.")
        return EndCondition(after_runs=int(typed[:7]))
    if form.ends == DATE:
        return EndCondition(until=parse_end(typed, now, zone).moment or now)
    return EndCondition()


@dataclass(frozen=True, slots=True)
class KeptHour:
    """What clock changes do to the hours of a draft.

    Attributes:
        clocks: the hours that are wanted, since midnight, each once.
        apart: by how much the clock is put forward.
        season: in which they hold; None where it is not the same for all timers of a group.
    """

    clocks: tuple[timedelta, ...]
    apart: timedelta
    season: Season | None


def clock_zone(draft: Draft, now: datetime, zone: tzinfo) -> tzinfo:
    """The zone whose clock changes count: the one that the phrase names, else the user's own."""
    try:
        return parse_schedule(draft.typed.get(SCHEDULE, ""), now, zone).zone or zone
    except BadInput:
        return zone


def kept_hour(draft: Draft, now: datetime, zone: tzinfo) -> KeptHour | None:
    """The hours that were asked for, and in which season they hold; None when no clock change moves them."""
    zone, own = clock_zone(draft, now, zone), zone
    sides = next((both for schedule in draft.schedules if (both := clock_sides(schedule, now, zone))), None)
    if sides is None:
        return None
    keep = draft.typed.get(KEEP)
    season = Season(keep) if keep in (Season.WINTER.value, Season.SUMMER.value) else None
    if len(draft.group) < 2:
        season = season or sides.first
        held = sides.winter if season is Season.WINTER else sides.summer
        return KeptHour((_since_midnight(held),), sides.apart, season)
    clocks = [_wanted(member, sides, season, zone, named=zone is own) for member in draft.group]
    holding = [
        {side for side in Season if _moved_by(member, clock, sides, side) == _NOTHING}
        for member, clock in zip(draft.group, clocks, strict=True)
    ]
    common = set.intersection(*holding)
    return KeptHour(tuple(sorted(set(clocks))), sides.apart, season or next(iter(common), None))


_NOTHING = timedelta()
_DAY = timedelta(days=1)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def _wanted(member: GroupMember, sides: ClockSides, season: Season | None, zone: tzinfo, *, named: bool) -> timedelta:
    """The hour that a timer is to have; `named`: its name, which tells the user's own hours, tells it."""
    start = member.schedule.start
    if start is None or (named and member.clock is not None):
        return member.clock or _NOTHING
    if season is not None:
        return _since_midnight((start.astimezone(UTC) + _offset(sides, season)).time())
    return _since_midnight(start.astimezone(zone).time())


def _offset(sides: ClockSides, season: Season) -> timedelta:
    return sides.behind + (sides.apart if season is Season.SUMMER else _NOTHING)


def _moved_by(member: GroupMember, clock: timedelta, sides: ClockSides, season: Season) -> timedelta:
    """By how much a timer has to be shifted to keep its local hour in a season."""
    start = member.schedule.start
    if start is None:
        return _NOTHING
    off = (clock - _offset(sides, season) - _since_midnight(start.astimezone(UTC).time())) % _DAY
    return off - _DAY if off > _DAY / 2 else off


def with_kept_hour(draft: Draft, keep: Season, now: datetime, zone: tzinfo) -> Draft:
    """The draft with its hours holding in a season; every timer of a group is moved by its own difference."""
    kept = kept_hour(draft, now, zone)
    zone, own = clock_zone(draft, now, zone), zone
    if kept is None or not isinstance(draft.schedule, RecurringSchedule):
        return draft
    typed = _without(draft, START) | {KEEP: keep.value}
    if len(draft.group) < 2:
        by = _NOTHING if keep is kept.season else -kept.apart if keep is Season.SUMMER else kept.apart
        return replace(draft, schedule=move_runs(draft.schedule, by, now), typed=typed)
    sides = next(both for member in draft.group if (both := clock_sides(member.schedule, now, zone)))
    group = []
    for member in draft.group:
        clock = _wanted(member, sides, kept.season, zone, named=zone is own)
        schedule = move_runs(member.schedule, _moved_by(member, clock, sides, keep), now)
        group.append(replace(member, schedule=schedule))
    return replace(draft, schedule=group[0].schedule, group=tuple(group), typed=typed)


def phrase_notices(draft: Draft, now: datetime, zone: tzinfo) -> tuple[str, bool]:
    """What is to be said of the phrase: words, and whether they are about something wrong."""
    text = draft.typed.get(SCHEDULE, "")
    if not text.strip():
        return "", False
    try:
        return " ".join(parse_schedule(text, now, zone).notices), False
    except BadInput as wrong:
        return str(wrong), True


def _without(draft: Draft, *names: str) -> dict[str, str]:
    return {key: text for key, text in draft.typed.items() if key not in names}
