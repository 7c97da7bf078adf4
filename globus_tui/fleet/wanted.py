"""The timers that a fleet's files want, as drafts, and what a timer at Globus does otherwise. Asks no service."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, FlowPart, Guards, What, flow_beside, from_next_tick, new_draft
from globus_tui.domain.making.draft_file import refuse_bare_times, strict_schedule
from globus_tui.domain.making.new_timer import with_defaults
from globus_tui.domain.making.taking_place import with_kept_rhythm
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, Schedule, next_tick
from globus_tui.domain.schedule.typed_schedules import TypedSchedule, parse_schedule
from globus_tui.domain.schedule.typed_zones import zone_by_name, zone_words
from globus_tui.domain.timer.job import FlowStart, Job, JobStatus, body_of
from globus_tui.domain.timer.timer_groups import too_long
from globus_tui.domain.transfer.transfer import TransferData, TransferItem
from globus_tui.domain.transfer.typed_filters import rule_text
from globus_tui.fleet.fields import Entry, split_place
from globus_tui.fleet.lock import digest_of
from globus_tui.present.schedule_words import schedule_words
from globus_tui.present.transfer_words import collection_name, item_words, sync_short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from globus_tui.domain import wire
    from globus_tui.domain.transfer.flow import Flow

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
_ABOUT = timedelta(hours=1)
"""How far ends may differ: `for 2 weeks` counts from when it was read, and people take time to agree."""


class Names(NamedTuple):
    """What the names in the files stand for, by the name as written.

    Attributes:
        names_by_id: what collections and flows are called, to be shown.
    """

    collections: Mapping[str, str]
    flows: Mapping[str, Flow]
    names_by_id: Mapping[str, str]


class Change(NamedTuple):
    """One setting that differs, named by its key in the files."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WantedTimer:
    """One timer as it should be.

    Attributes:
        key: of its entry; with its time behind it, where several timers keep one schedule.
        draft: with its schedule as read now.
        paused: it is to stand still.
        member: the time of one of several timers; else empty.
        zone: in which its phrase is read.
        notices: of how its phrase was read.
    """

    key: str
    entry: Entry
    draft: Draft
    paused: bool
    member: str
    zone: tzinfo
    notices: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """See `lock.LockEntry`."""
        values = self.entry.values
        return digest_of(self.draft, [values.get("when"), values.get("schedule"), self.member, values.get("calls")])

    def schedule_at(self, moment: datetime) -> Schedule | None:
        """Its schedule as read at another moment; None when the phrase made no sense then."""
        if "when" not in self.entry.values:
            return self.draft.schedule
        try:
            return dict(_read_when(self.entry, moment, self.zone)[0]).get(self.member)
        except BadInput:
            return None


def ahead(schedule: Schedule | None, now: datetime) -> Schedule | None:
    """The schedule from its next run on, at the same ticks; None when no run is left."""
    rest = from_next_tick(schedule, now)
    if rest is schedule or not isinstance(rest, RecurringSchedule):
        return rest
    over = rest.start is None or (rest.end.until is not None and rest.start > rest.end.until)
    return None if over else rest


def taking_over(wanted: WantedTimer, old: Job, now: datetime, runs_before: int) -> Schedule | None:
    """The schedule of a timer that replaces another: it begins with the next run of the rhythm.

    Args:
        runs_before: of those that the old one had taken the place of; an end by number of runs counts them all.

    Raises:
        BadInput: nothing of it is left.
    """
    schedule = ahead(wanted.draft.schedule, now)
    if not isinstance(schedule, RecurringSchedule):
        if schedule is None:
            raise BadInput("Nothing of its schedule lies ahead.")
        return schedule
    schedule = with_kept_rhythm(schedule, old.schedule, now)
    asked = wanted.draft.schedule
    dated = (
        isinstance(asked, RecurringSchedule)
        and asked.start == schedule.start
        and wanted.schedule_at(now + _DAY) == asked
    )
    if schedule.start is not None and not dated:
        schedule = replace(
            schedule, start=schedule.start - (schedule.start - now) // schedule.interval * schedule.interval
        )
    runs = schedule.end.after_runs
    if runs is not None:
        runs_left = runs - runs_before - (old.n_runs or 0)
        if runs_left <= 0:
            raise BadInput(f"It has made its {runs} runs already.")
        schedule = replace(schedule, end=replace(schedule.end, after_runs=runs_left))
    return schedule


def wanted_of(entry: Entry, names: Names, now: datetime, own: tzinfo) -> tuple[WantedTimer, ...]:
    """The timers of an entry: one, or the group that keeps a calendar's schedule.

    Args:
        own: the zone for times that say none.

    Raises:
        FleetFault: its schedule, zone or something else makes no sense.
    """
    zone_name = entry.values.get("zone")
    zone = zone_by_name(zone_name) if zone_name else own
    if zone is None:
        raise entry.fault("zone", f"“{zone_name}” is no time zone; write a name such as Europe/Berlin, or UTC")
    field = "when" if "when" in entry.values else "schedule"
    try:
        members, notices = _read_when(entry, now, zone)
        if "deadline" in entry.values:
            field = "deadline"
            refuse_bare_times({"deadline": entry.values["deadline"]}, zone)
    except BadInput as wrong:
        raise entry.fault(field, str(wrong)) from wrong
    base = _draft(entry, names)
    many = len(members) > 1
    if problem := too_long(base.name):
        raise entry.fault("name", problem)
    return tuple(
        WantedTimer(
            f"{entry.key}@{suffix}" if many else entry.key,
            entry,
            replace(base, name=f"{base.name} ({suffix})" if many else base.name, schedule=schedule),
            entry.values.get("paused", False),
            suffix if many else "",
            zone,
            notices,
        )
        for suffix, schedule in members
    )


def _read_when(entry: Entry, now: datetime, zone: tzinfo) -> tuple[list[tuple[str, Schedule]], tuple[str, ...]]:
    """Schedules by the suffixes of their timers; one that is alone has none."""
    if "when" not in entry.values:
        refuse_bare_times({"schedule": entry.values["schedule"]}, zone)
        schedule = strict_schedule(entry.values["schedule"], "schedule")
        if schedule is None:
            raise BadInput("is empty")
        return [("", schedule)], ()
    phrase = entry.values["when"]
    read = _parsed(phrase, now, zone)
    if read.once is not None:
        later = None if read.once.at is None else _at_later(phrase, now + timedelta(days=400), zone)
        if read.once.at is not None and later not in (None, read.once):
            moment = read.once.at.astimezone(zone)
            written = f"{moment:%Y-%m-%d %H:%M} {zone_words(zone)}"
            daily = (
                f", or “every day at {moment:%H:%M}”" if re.fullmatch(r"(?:at )?[\d:.]+ ?(?:[ap]m)?", phrase) else ""
            )
            raise BadInput(f"“{phrase}” means another moment when it is read later. Write the date: {written}{daily}")
        return [("", read.once)], read.notices
    many = len(read.members) > 1
    return [(member.suffix if many else "", member.schedule) for member in read.members], read.notices


@lru_cache(maxsize=1024)  # the timers of a fleet have few phrases, and a plan asks for each of them several times
def _parsed(phrase: str, now: datetime, zone: tzinfo) -> TypedSchedule:
    """Reads a phrase; one that was valid stays so once its end has passed."""
    try:
        return parse_schedule(phrase, now, zone)
    except BadInput as wrong:
        for days in (30, 400, 4000):
            try:
                read = parse_schedule(phrase, now - timedelta(days=days), zone)
            except BadInput:
                continue
            ends = [schedule.end.until for schedule in read.schedules if isinstance(schedule, RecurringSchedule)]
            if ends and all(end is not None and end <= now for end in ends):
                return read
        raise wrong from None


def _at_later(phrase: str, moment: datetime, zone: tzinfo) -> OnceSchedule | None:
    try:
        return parse_schedule(phrase, moment, zone).once
    except BadInput:
        return None


def _draft(entry: Entry, names: Names) -> Draft:
    values = entry.values
    guards = Guards(values.get("deletes", ""), values.get("fewer_percent", Guards().fewer_percent))
    guards = replace(guards, refuse_scratch=values.get("refuse_scratch", True))
    if entry.kind == "C":
        return Draft(name=entry.name)
    if entry.kind == "F":
        flow = names.flows[values["flow"]]
        part = FlowPart(flow.flow_id, flow.title, flow.scope, values.get("input", {}), label=values.get("run_label"))
        part = replace(part, **{key: values[key] for key in ("run_managers", "run_monitors", "tags") if key in values})
        return Draft(What.FLOW_TIMER, entry.name, flow=part)
    (source, source_path), (destination, destination_path) = split_place(values["from"]), split_place(values["to"])
    stated = {key: values[key] for key in TransferData.__slots__ if key in values and key not in ("items", "extra")}
    if "items" in values:
        items = tuple(
            TransferItem(
                item["from"], item["to"], *map(item.get, ("recursive", "external_checksum", "checksum_algorithm"))
            )
            for item in values["items"]
        )
    else:
        items = (TransferItem(source_path, destination_path, values.get("recursive")),)
    data = replace(
        new_draft().transfer,
        source_endpoint=names.collections[source],
        destination_endpoint=names.collections[destination],
        items=items,
        extra=values.get("more", {}),
        **stated,
    )
    called = names.names_by_id
    return Draft(
        name=entry.name,
        transfer=data,
        guards=guards,
        source_name=called.get(data.source_endpoint or ""),
        destination_name=called.get(data.destination_endpoint or ""),
    )


# --- what differs


def same_rhythm(wanted: WantedTimer, made: Schedule | None, job: Job, now: datetime, runs_before: int = 0) -> bool:
    """Whether a timer runs when the files say.

    A phrase without a start is kept by any start. One that means other days every time it is read, such as every 2
    days at 3am, is kept by what it meant when the timer was made.
    """
    schedule = wanted.draft.schedule
    tomorrow = wanted.schedule_at(now + _DAY)
    if schedule is None:
        return False
    if _same(schedule, made, runs_before):
        return tomorrow != schedule or job.status is JobStatus.ENDED or not _begins_early(schedule, made, now)
    if "when" not in wanted.entry.values or job.submitted_at is None or not isinstance(schedule, RecurringSchedule):
        return False
    after = wanted.schedule_at(schedule.start + _SECOND) if schedule.start else None
    floats = any(other is not None and not _same(schedule, other, 0) for other in (tomorrow, after))
    then = wanted.schedule_at(job.submitted_at) if floats else None
    return then is not None and _same(then, made, runs_before, within=_ABOUT)


def _begins_early(wanted: Schedule, made: Schedule | None, now: datetime) -> bool:
    """Whether it is to begin at a date but runs before that."""
    if not isinstance(wanted, RecurringSchedule) or not isinstance(made, RecurringSchedule) or wanted.start is None:
        return False
    coming = next_tick(RecurringSchedule(made.interval, made.start), now)
    return coming is not None and coming < wanted.start - _SECOND


def _same(wanted: Schedule, made: Schedule | None, runs_before: int, within: timedelta = _SECOND) -> bool:
    if isinstance(wanted, OnceSchedule):
        if not isinstance(made, OnceSchedule):
            return False
        return wanted.at is None or (made.at is not None and abs(made.at - wanted.at) < _SECOND)
    if not isinstance(made, RecurringSchedule) or not on_one_grid(wanted, made):
        return False
    runs = wanted.end.after_runs
    if (None if runs is None else runs - runs_before) != made.end.after_runs:
        return False
    if wanted.end.until is None or made.end.until is None:
        return wanted.end.until is made.end.until
    return abs(wanted.end.until - made.end.until) < within


def on_one_grid(one: Schedule, other: Schedule) -> bool:
    """Whether the runs of two schedules are the same, from some day on."""
    if not isinstance(one, RecurringSchedule) or not isinstance(other, RecurringSchedule):
        return one == other
    if one.interval != other.interval or (one.end.until is None) is not (other.end.until is None):
        return False
    if one.start is None or other.start is None:
        return True
    return (other.start - one.start + _SECOND / 2) % one.interval <= _SECOND


def changes(
    wanted: WantedTimer, job: Job, document: wire.Document, names: Names, now: datetime, runs_before: int = 0
) -> tuple[Change, ...]:
    """What a timer does otherwise than the files say; its name and whether it stands still left out.

    Args:
        document: that it was read from, for what stands beside a flow's input.
        runs_before: see `lock.LockEntry`.
    """
    differing: list[Change] = []
    if not same_rhythm(wanted, job.schedule, job, now, runs_before):
        before = schedule_words(job.schedule, now, wanted.zone)
        after = wanted.entry.values.get("when") or schedule_words(wanted.draft.schedule, now, wanted.zone)
        if wanted.draft.schedule is not None:
            exact = schedule_words(wanted.draft.schedule, now, wanted.zone)
            after = after if exact == after else f"{after}: {exact}"
        differing.append(Change("when" if "when" in wanted.entry.values else "schedule", before, after))
    if wanted.entry.kind == "C":
        return (*differing, *_call_changes(wanted, job, document))
    if wanted.entry.kind == "F":
        return (*differing, *_flow_changes(wanted.draft.flow, job, document, names))
    if job.transfer is None:
        return (*differing, Change("from", _what(job), "a transfer"))
    return (*differing, *_transfer_changes(wanted.draft.transfer, job.transfer, names))


def _what(job: Job) -> str:
    return "a flow" if isinstance(job.payload, FlowStart) else f"calls {job.callback_url}"


def _call_changes(wanted: WantedTimer, job: Job, document: wire.Document) -> list[Change]:
    values = wanted.entry.values
    pairs = (
        ("calls", job.callback_url, values["calls"]),
        ("body", document.get("callback_body") or {}, values.get("body", {})),
    )
    return [Change(field, _short(before), _short(after)) for field, before, after in pairs if before != after]


def _flow_changes(wanted: FlowPart, job: Job, document: wire.Document, names: Names) -> list[Change]:
    if not isinstance(job.payload, FlowStart):
        return [Change("flow", _what(job), wanted.title or wanted.flow_id or "")]
    beside = flow_beside(body_of(document))
    differing = []
    if job.payload.flow_id != wanted.flow_id:
        called = names.names_by_id.get(job.payload.flow_id or "") or job.payload.flow_id or "?"
        differing.append(Change("flow", called, wanted.title or wanted.flow_id or ""))
    pairs: list[tuple[str, Any, Any]] = [("input", dict(job.payload.inputs), dict(wanted.inputs))]
    pairs += [(key, getattr(beside, key), getattr(wanted, key)) for key in ("run_managers", "run_monitors", "tags")]
    pairs.append(("run_label", beside.label, wanted.label))
    return differing + [Change(key, _short(before), _short(after)) for key, before, after in pairs if before != after]


def _transfer_changes(wanted: TransferData, made: TransferData, names: Names) -> list[Change]:
    as_wanted, as_made = _compared(wanted), _compared(made)
    differing = []
    for key in TransferData.__slots__:
        before, after = getattr(as_made, key), getattr(as_wanted, key)
        if before != after and key not in ("submission_id", "extra"):
            field, say = _WORDS.get(key, (key, lambda value, _: _short(value)))
            differing.append(Change(field, say(before, names), say(after, names)))
    for key, value in wanted.extra.items():
        if made.extra.get(key) != value:
            differing.append(Change(f"more.{key}", _short(made.extra.get(key)), _short(value)))
    return differing


def _compared(data: TransferData) -> TransferData:
    links = None if data.recursive_symlinks == "ignore" else data.recursive_symlinks
    return replace(with_defaults(data), recursive_symlinks=links)


def _collection(value: str | None, names: Names) -> str:
    return collection_name(value, names.names_by_id)


_WORDS: dict[str, tuple[str, Callable[[Any, Names], str]]] = {
    "source_endpoint": ("from", _collection),
    "destination_endpoint": ("to", _collection),
    "items": ("items", lambda value, _: "; ".join(map(item_words, value)) or "nothing"),
    "sync_level": ("sync_level", lambda value, _: sync_short(value)),
    "filter_rules": ("filter_rules", lambda value, _: "; ".join(map(rule_text, value)) or "none"),
}
"""Fields of a transfer with the keys of the files and how their values are said; others are called alike."""


def _short(value: object) -> str:
    if value is None or value in ("", (), {}):
        return "not set"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=list, sort_keys=True)
    return words if len(words) <= 200 else f"{words[:199]}…"
