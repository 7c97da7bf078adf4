"""What is about to be created, in words: when it will run, as it is typed and for one page before it is sent; and what
became of timers that were made together.
"""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.auth.scope import collection_of
from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import What, intent_of
from globus_tui.domain.making.taking_place import in_place_of, starts_at_once
from globus_tui.domain.schedule.clock_changes import Season, clock_shifts
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.present import moments, transfer_words
from globus_tui.present.gare_words import scope_words
from globus_tui.present.marks import LEVEL_WORDS
from globus_tui.present.schedule_words import clock_shift_words, end_words, interval_words
from globus_tui.present.sizes import count, counted
from globus_tui.present.timer_facts import Fact
from globus_tui.present.transfer_words import collection_name, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from globus_tui.domain.auth.scope import Scope
    from globus_tui.domain.making.draft import Draft, FlowPart
    from globus_tui.domain.making.draft_checks import Lookups
    from globus_tui.domain.making.draft_fields import Finding
    from globus_tui.domain.making.when_form import KeptHour
    from globus_tui.domain.schedule.clock_changes import ClockShift
    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.hour_load import HourLoad
    from globus_tui.domain.timer.job import Job
    from globus_tui.store.creation import GroupCreation


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
    local = moments.with_zone(moment, now, zone)
    return local if _is_utc(moment, zone) else f"{local} ({utc_words(moment, zone)})"


def utc_words(moment: datetime, zone: tzinfo) -> str:
    """UTC time of day; with the weekday where that is another one than the local one: `Tue 00:00Z`."""
    utc = moment.astimezone(UTC)
    same_day = moment.astimezone(zone).date() == utc.date()
    return moments.utc_time(moment) if same_day else f"{moments.DAYS[utc.weekday()]} {moments.utc_time(moment)}"


def _is_utc(moment: datetime, zone: tzinfo) -> bool:
    return not moment.astimezone(zone).utcoffset() and moments.zone_name(moment, zone) == "UTC"


def schedule_echo(draft: Draft, now: datetime, zone: tzinfo) -> str:
    """What a draft's schedule means: `= every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end`; "" for none."""
    several = f"{len(draft.group)} timers, each " if len(draft.group) > 1 else ""
    return f"= {several}{echo(draft.schedule, now, zone)}" if draft.schedule else ""


def echo(schedule: Schedule, now: datetime, zone: tzinfo) -> str:
    """How a schedule was understood: `every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end`."""
    if isinstance(schedule, OnceSchedule):
        return f"once, {both_times(schedule.at, now, zone)}" if schedule.at else "once, as soon as it is created"
    first = both_times(schedule.start, now, zone) if schedule.start else "when it is created"
    return f"every {interval_words(schedule.interval)}, first {first}, {end_words(schedule.end, now, zone) or 'no end'}"


def counted_seconds(schedule: Schedule | None) -> str:
    """What the service counts: `Globus counts 86 400 s, not calendar days`; nothing where nobody would confuse them."""
    if not isinstance(schedule, RecurringSchedule) or schedule.interval.total_seconds() % 86400:
        return ""
    return f"Globus counts {count(int(schedule.interval.total_seconds()))} s, not calendar days"


def preview_lines(draft: Draft, now: datetime, zone: tzinfo, wanted: int = 10) -> tuple[FireLine, ...]:
    """The next runs of all timers of a draft. One that starts at its creation is shown as if created now."""
    lines, before = [], None
    for tick in fires(draft, now, wanted):
        offset = tick.astimezone(zone).utcoffset()
        moved = "clocks changed" if before is not None and offset != before else ""
        lines.append(FireLine(moments.with_zone(tick, now, zone), utc_words(tick, zone), moved))
        before = offset
    return tuple(lines)


def fires(draft: Draft, now: datetime, wanted: int) -> list[datetime]:
    """The next runs of all timers of a draft, in UTC; one that starts at its creation begins now."""
    times: list[datetime] = []
    for schedule in draft.schedules:
        if isinstance(schedule, OnceSchedule):
            times += next_ticks(schedule, now, 1) if schedule.at else (now,)
            continue
        begun = RecurringSchedule(schedule.interval, schedule.start or now, schedule.end)
        at_once = (now,) if begun.start == now else ()
        times += (*at_once, *next_ticks(begun, now, wanted))[: schedule.end.after_runs]
    return sorted(times)[:wanted]


def creation_words(draft: Draft) -> tuple[str, ...]:
    """That the runs of a timer without a start are those of one that is created now."""
    known = all(not _from_creation(schedule) for schedule in draft.schedules)
    return () if known else ("It starts when it is created: the runs are those of a timer created now.",)


def when_lines(
    draft: Draft, notices: Sequence[str], now: datetime, zone: tzinfo, wanted: int, named: tzinfo | None = None
) -> tuple[str, ...]:
    """All about a phrase: what it means, what is to be known, the runs in local time and UTC, and clock changes.

    `named`: the zone that the phrase names, whose clock changes count.
    """
    lines = preview_lines(draft, now, zone, wanted)
    width = max((len(line.local) for line in lines), default=0)
    shifts = shift_lines(draft, now, named or zone)
    return (
        schedule_echo(draft, now, zone),
        *notices,
        *creation_words(draft),
        "Next runs:" if lines else "No run is left.",
        *(f"  {line.local:<{width}}  {line.utc}{f'  {line.note}' if line.note else ''}" for line in lines),
        *(("Clock changes:", *(f"  {line}" for line in shifts)) if shifts else ()),
    )


def phrases_page(width: int = 80) -> str:
    """The page of help about what can be typed for times and schedules, in lines of a width."""
    from globus_tui.domain.schedule.typed_schedules import PHRASES

    lines = ["What can be typed for times and schedules:"]
    for phrase, meaning in PHRASES:
        first, *rest = textwrap.wrap(meaning, max(20, width - _MEANING_AT))
        lines += [f"  {phrase:<{_MEANING_AT - 2}}{first}", *(" " * _MEANING_AT + line for line in rest)]
    return "\n".join(lines)


_MEANING_AT = 42


def _from_creation(schedule: Schedule) -> bool:
    return (schedule.at if isinstance(schedule, OnceSchedule) else schedule.start) is None


def shift_lines(draft: Draft, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Every clock change within a year that moves the hour: `Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT`.

    Of a group those of each timer; timers that move alike share a line: `…: mon, tue`.
    """
    if len(draft.group) < 2:
        return tuple(clock_shift_words(shift, zone) for shift in clock_shifts(draft.schedule, now, zone))
    same = len({member.suffix.rpartition(" ")[2] for member in draft.group}) == 1  # then the weekday tells them apart
    names = {member.suffix: member.suffix.rpartition(" ")[0] if same else member.suffix for member in draft.group}
    shifts = [(shift, names[each.suffix]) for each in draft.group for shift in clock_shifts(each.schedule, now, zone)]
    alike: dict[str, tuple[ClockShift, list[str]]] = {}
    for shift, suffix in sorted(shifts, key=lambda pair: pair[0].after.astimezone(UTC)):
        words = f"{shift.after.year} {clock_shift_words(shift, zone).partition(': ')[2]}"
        alike.setdefault(words, (shift, []))[1].append(suffix)
    return tuple(f"{clock_shift_words(shift, zone)}: {', '.join(some)}" for shift, some in alike.values())


def hour_choices(kept: KeptHour) -> tuple[tuple[str, str], ...]:
    """The two ways to live with clock changes, by the season in which the wanted hours hold."""
    local = _clocks(kept.clocks, timedelta())
    return (
        (Season.WINTER.value, f"{local} winter, {_clocks(kept.clocks, kept.apart)} summer"),
        (Season.SUMMER.value, f"{local} summer, {_clocks(kept.clocks, -kept.apart)} winter"),
    )


def _clocks(clocks: Sequence[timedelta], by: timedelta) -> str:
    """`18:00`; of many the first ones."""
    shown = [f"{datetime(2000, 1, 2, tzinfo=UTC) + clock + by:%H:%M}" for clock in clocks[:3]]
    return "/".join(shown) + ("/…" if len(clocks) > 3 else "")


def together_words(starts: int) -> str:
    if not starts:
        return ""
    verb = "starts" if starts == 1 else "start"
    return f"{counted(starts, 'other timer')} {verb} in the same minute: Globus works on a few tasks at a time"


def load_words(load: Sequence[HourLoad], quiet: HourLoad | None) -> str:
    """Runs of other timers in the hours around: `other runs: 01h 4  02h 9  03h 2  04h 1; quietest: 04:00`."""
    days = len({hour.begins.date() for hour in load}) > 1  # a group's timers start on several days
    hours = "  ".join(f"{hour.begins:{'%a ' if days else ''}%H}h {hour.starts}" for hour in load)
    return f"other runs: {hours}" + (f"; quietest {quiet.begins:%H}h" if quiet else "")


def group_words(group: GroupCreation, wanted: int) -> str:
    """How many of a group's timers exist, and what an earlier attempt left; empty when there is nothing to say."""
    made = len(group.created)
    already = sum(created.found_again for created in group.created)
    parts = []
    if group.stopped_by is None:
        old = f" ({already} of them were there already)" if already else ""
        parts.append(f"Created {wanted} timers that keep the schedule together{old}; the list shows them as one row.")
    elif made:
        parts.append(f"{made} of {wanted} timers are there; going on makes only the others.")
    if group.others:
        named = ", ".join(job.label for job in group.others[:3]) + (" …" if len(group.others) > 3 else "")
        parts.append(f"Made before the draft was changed, and still there: {named}.")
    return " ".join(parts)


WHAT_WORDS = {
    What.TRANSFER_TIMER: "a timer that moves data",
    What.FLOW_TIMER: "a timer that starts a flow",
    What.TRANSFER_NOW: "one transfer that starts now",
}


def changes(old: Draft, new: Draft, names: Mapping[str, str], now: datetime, zone: tzinfo, arrow: str) -> list[Fact]:
    """How a draft differs from the timer that it comes from: a row each with old, arrow and new; empty if it does not.

    `names`: of collections, by id.
    """
    before, after = (_by_label(review(draft, names, now, zone)) for draft in (old, new))
    rows: list[Fact] = []
    for label in dict.fromkeys((*before, *after)):
        was, is_now = before.get(label, []), after.get(label, [])
        gone = [line for line in was if line not in is_now]
        come = [line for line in is_now if line not in was]
        if len(was) <= 1 and len(is_now) <= 1 and (gone or come):
            rows.append(Fact(label, f"{''.join(gone) or 'none'} {arrow} {''.join(come) or 'none'}", "warning"))
        else:
            lines = [*(f"no more: {line}" for line in gone), *(f"new: {line}" for line in come)]
            if not lines and was != is_now:
                lines = ["in another order"]
            rows += [Fact("" if place else label, words, "warning") for place, words in enumerate(lines)]
    return rows


def _by_label(rows: tuple[Fact, ...]) -> dict[str, list[str]]:
    by_label: dict[str, list[str]] = {}
    label = ""
    for row in rows:
        label = row.label or label
        by_label.setdefault(label, []).append(row.words)
    return by_label


def review(draft: Draft, names: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Fact, ...]:
    """Everything that is about to be created, however much it is. `names`: of collections, by id."""
    rows = [Fact("what", WHAT_WORDS[draft.what]), Fact("name", one_line(draft.name) or "none")]
    rows += _flow(draft) if draft.what is What.FLOW_TIMER else _transfer(draft, names)
    if draft.what is not What.TRANSFER_NOW:
        rows += _when(draft, now, zone)
    return tuple(rows)


def _transfer(draft: Draft, names: Mapping[str, str]) -> list[Fact]:
    data = draft.transfer
    known = dict(names)
    for collection_id, name in (
        (data.source_endpoint, draft.source_name),
        (data.destination_endpoint, draft.destination_name),
    ):
        if collection_id and name:
            known.setdefault(collection_id, name)
    rows = [
        Fact("from", collection_name(data.source_endpoint, known) if data.source_endpoint else "not chosen"),
        Fact("to", collection_name(data.destination_endpoint, known) if data.destination_endpoint else "not chosen"),
    ]
    for place, item in enumerate(data.items):
        checked = (
            f" checksum {item.external_checksum} {item.checksum_algorithm or ''}" if item.external_checksum else ""
        )
        rows.append(Fact("" if place else "items", f"{transfer_words.item_words(item)}{checked.rstrip()}"))
    if not data.items:
        rows.append(Fact("items", "nothing chosen"))
    if data.delete_destination_extra:
        percent = draft.guards.fewer_percent
        rows.append(Fact("alarm", "never" if percent is None else f"at {percent:g}% fewer files at the source"))
    return rows + [Fact(label, words) for label, words in transfer_words.options(data)]


def _flow(draft: Draft) -> list[Fact]:
    flow = draft.flow
    rows = [Fact("flow", one_line(flow.title or "") or flow.flow_id or "not chosen")]
    rows += [
        Fact(one_line(str(key)), one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
        for key, value in flow.inputs.items()
    ]
    return rows + _beside_input(flow)


def _beside_input(flow: FlowPart) -> list[Fact]:
    people = (("managers", flow.run_managers), ("monitors", flow.run_monitors), ("tags", flow.tags))
    rows = [Fact(label, ", ".join(map(one_line, listed))) for label, listed in people if listed]
    rows += [Fact("run label", one_line(flow.label))] if flow.label else []
    return rows + [Fact("also", one_line(f"{key}={_short(value)}")) for key, value in flow.extra.items()]


def _when(draft: Draft, now: datetime, zone: tzinfo) -> list[Fact]:
    if len(draft.group) > 1:
        rows = [Fact("when", f"{len(draft.group)} timers together:")]
        return rows + [Fact("", echo(member.schedule, now, zone)) for member in draft.group]
    return [Fact("when", echo(draft.schedule, now, zone) if draft.schedule else "not said")]


_MOST_ITEMS = 3


def review_facts(draft: Draft, names: Mapping[str, str], now: datetime, zone: tzinfo, who: str) -> tuple[Fact, ...]:
    """From, to, how, when, as whom: a row each. Names that the draft knows win over those of the list."""
    rows = _flow_rows(draft) if draft.what is What.FLOW_TIMER else _transfer_rows(draft, names)
    if draft.what is not What.TRANSFER_NOW:
        when = schedule_echo(draft, now, zone).removeprefix("= ")
        rows.append(Fact("when", when or "not said yet", "" if when else "warning"))
    if any("AT ONCE" in line or "NOW" in line for line in start_words(draft, now, zone)):
        rows += [Fact("!", line, "warning") for line in start_words(draft, now, zone)]
    rows.append(Fact("as", who))
    return tuple(rows)


def start_words(draft: Draft, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """What is asked once before it is sent: about a single run, and a run that starts on creation; else empty."""
    deletes = " It DELETES at the destination what the source has not." if draft.deletes else ""
    if draft.what is What.TRANSFER_NOW:
        return (f"The transfer STARTS NOW, and runs once.{deletes}",)
    if any(starts_at_once(schedule, now) for schedule in draft.schedules):
        return (f"A run STARTS AT ONCE, as soon as it is created.{deletes}",)
    if isinstance(draft.schedule, OnceSchedule) and draft.schedule.at is not None:
        return (f"It runs a single time, {both_times(draft.schedule.at, now, zone)}.{deletes}",)
    return ()


def taken_from_facts(
    base: Draft, draft: Draft, old: Job, names: Mapping[str, str], now: datetime, zone: tzinfo, *, ascii_only: bool
) -> tuple[list[Fact], Draft]:
    """What a copy or an edit does otherwise than the timer that it comes from, and the draft as it will be sent.

    Args:
        base: the draft as it was made of that timer.
        names: of collections, by id.
        ascii_only: no other arrow than `->`.
    """
    rows: list[Fact] = []
    sent, resting = draft, draft.replaces is not None and old.stands_still
    if draft.replaces is not None:
        try:
            sent = in_place_of(old, draft, now)
        except BadInput as wrong:
            rows.append(Fact("!", str(wrong), "warning"))
    arrow = transfer_words.ASCII_ARROW if ascii_only else transfer_words.ARROW
    differing = changes(base, sent, names, now, zone, arrow)
    rows += differing or [Fact("changed", "nothing: it does what the old one does", "muted")]
    if resting:
        rows.append(Fact("then", "it is paused before its first run, as the old one is: no run starts", "accent"))
    elif draft.replaces is not None:
        rows.append(Fact("then", "the old one is paused and kept", "accent"))
    elif old.stands_still:
        rows.append(Fact("!", "the timer that it is copied from is paused; this one is active at once", "warning"))
    return rows, sent


def _flow_rows(draft: Draft) -> list[Fact]:
    flow = draft.flow
    rows = [Fact("flow", flow.title or flow.flow_id or "not chosen yet", "" if flow.flow_id else "warning")]
    words = ", ".join(f"{key}={_short(value)}" for key, value in flow.inputs.items())
    return [*rows, Fact("input", words or "empty"), *_beside_input(flow)]


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)  # 0 and "0" are told apart
    return text if len(text) <= 40 else f"{text[:39]}…"


def _transfer_rows(draft: Draft, names: Mapping[str, str]) -> list[Fact]:
    data = draft.transfer
    source = draft.source_name or transfer_words.collection_name(data.source_endpoint, names)
    destination = draft.destination_name or transfer_words.collection_name(data.destination_endpoint, names)
    first = data.items[0] if data.items else None
    rows = [Fact("from", f"{source}:{first.source_path if first else ''}")]
    rows.append(Fact("to", f"{destination}:{first.destination_path if first else ''}"))
    rows += [Fact("also", transfer_words.item_words(item)) for item in data.items[1:_MOST_ITEMS]]
    if len(data.items) > _MOST_ITEMS:
        rows.append(Fact("", f"and {counted(len(data.items) - _MOST_ITEMS, 'more item', 'more items')}"))
    intent = intent_of(draft)
    rows.append(Fact("how", f"{intent.value}: {how_words(draft)}" if intent else how_words(draft)))
    rows += [Fact("!", words, "warning") for words in transfer_words.warnings(data)]
    if data.filter_rules:
        rows.append(Fact("filter", ", then ".join(map(transfer_words.filter_words, data.filter_rules))))
    rows.append(Fact("mail", transfer_words.notify_words(data)))
    also = {
        "label": data.label,
        "deadline": data.deadline,
        "source user": data.source_local_user,
        "destination user": data.destination_local_user,
        "links": None if data.recursive_symlinks == "ignore" else data.recursive_symlinks,
        "base paths": "kept with the task" if data.store_base_path_info else None,
        **{str(key): _short(value) for key, value in data.extra.items()},
    }
    if listed := ", ".join(f"{key} {value}" for key, value in also.items() if value):
        rows.append(Fact("also", listed))
    return rows


def how_words(draft: Draft) -> str:
    data = draft.transfer
    parts = [transfer_words.sync_words(data.sync_level)]
    parts += ["verify checksums"] if data.verify_checksum else []
    parts += ["keep timestamps"] if data.preserve_timestamp else []
    parts += ["encrypt"] if data.encrypt_data else []
    parts += ["fail when the quota is full"] if data.fail_on_quota_errors else []
    return ", ".join(parts)


def consent_lines(needed: Sequence[Scope], lookups: Lookups, names: Mapping[str, str]) -> tuple[str, ...]:
    """Which consents exist and which will be asked for when it is created, one sentence each."""
    if lookups.consents is None:
        return ("?    which consents there are is being looked up",)
    lines = []
    for scope in needed:
        words = _innermost(scope, names)
        if scope in lookups.consents.missing:
            lines.append(f"ask  will be asked for when you create: {words}")
        elif scope in lookups.consents.unknown:
            lines.append(f"?    nobody can tell whether it is there: {words}")
        else:
            lines.append(f"ok   is there: {words}")
    return tuple(lines) or ("ok   no consent beyond the sign-in is needed",)


def _innermost(scope: Scope, names: Mapping[str, str]) -> str:
    inner = [part for part in scope.walk() if collection_of(part) is not None or not part.dependencies]
    return ", ".join(scope_words(part, names) for part in inner)


def broken(line: str, room: int) -> list[str]:
    """A line with a word of five cells before it, broken into as many as it takes; whole where there is no room."""
    if room < 30:
        return [line]
    return textwrap.wrap(line, room, subsequent_indent="     ") or [""]


def finding_line(finding: Finding) -> str:
    """`WARN 37 of 42 entries …`."""
    where = f" (item {finding.item + 1})" if finding.item is not None else ""
    return f"{LEVEL_WORDS[finding.level]:4} {finding.words}{where}"
