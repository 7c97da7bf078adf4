"""Timers at Globus written as fleet files: readable, grouped by where they read, and read back as what they are."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections import defaultdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, flow_beside, new_draft, word_to_type
from globus_tui.domain.making.new_timer import NOT_IN_TIMERS, with_defaults
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, Schedule, schedule_document
from globus_tui.domain.schedule.typed_clock import DAY_NAMES
from globus_tui.domain.schedule.typed_intervals import amount_words
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.schedule.typed_zones import zone_words
from globus_tui.domain.timer.job import FlowStart, Job, JobReading, JobStatus, PauseCause, body_of
from globus_tui.domain.timer.orders import NONE, Orders
from globus_tui.domain.timer.timer_groups import timer_groups
from globus_tui.domain.transfer.destructive import USUAL_PERCENT
from globus_tui.domain.transfer.typed_filters import parse_rule, rule_text
from globus_tui.fleet.fields import FLAGS, refused, split_place
from globus_tui.fleet.plan import Planner, some_at_once
from globus_tui.fleet.wanted import on_one_grid
from globus_tui.present.safe_text import safe_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from globus_tui.domain.transfer.transfer import FilterRule, TransferData
    from globus_tui.domain.wire import Document
    from globus_tui.fleet.documents import FleetFault
    from globus_tui.store.job_store import JobStore

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_TEXTS = ("label", "deadline", "source_local_user", "destination_local_user", "recursive_symlinks")


async def export_timers(
    jobs: Sequence[Job],
    planner: Planner,
    store: JobStore,
    read: Callable[[str], Awaitable[JobReading]],
    zone: tzinfo,
    *,
    defaults: Mapping[str, Any] | None = None,
    keys: Iterable[str] = (),
) -> Exporter:
    """Timers as files, with names of collections and flows only where these are unique.

    Args:
        planner: looks up what names mean.
        store: knows collections, and what people decided here: notes, tags, when a mirror alarms.
        read: one timer with its document.
        zone: another one than UTC in which groups of timers may have been made.
        defaults: of the folder that they are added to; None for a folder of their own.

    Raises:
        GlobusTuiError: a service could not be asked.
    """
    names = {key: collection.name for key, collection in store.collections.items() if collection.name}
    sides = dict.fromkeys(str(side) for job in jobs for side in job.sides if side)
    flows = [job.payload.flow_id for job in jobs if isinstance(job.payload, FlowStart) and job.payload.flow_id]
    sure: dict[str, str] = {}

    async def look(name: str, *, flow: bool) -> None:
        if flow:
            titles = [(each.flow_id, each.title) for each in await planner.find_flows(name)]
            names.update(titles)
            if len(titles) == 1 and len(await planner.find_flows(titles[0][1])) == 1:
                sure[name] = titles[0][1]
        elif name in names and [key for key, _ in await planner.find_collections(names[name])] == [name]:
            sure[name] = names[name]

    async def document(job_id: str) -> Document:
        return (await read(job_id)).document

    await some_at_once([look(side, flow=False) for side in sides])
    await some_at_once([look(flow_id, flow=True) for flow_id in dict.fromkeys(flows)])
    bare = [str(job.job_id) for job in jobs if job.transfer is None and not job.unreadable]
    known = dict(zip(bare, await some_at_once([document(job_id) for job_id in bare]), strict=True))
    exporter = Exporter(sure, names, store.now(), zone, defaults, keys)
    exporter.add_all([(job, known.get(str(job.job_id), {})) for job in jobs], store.decisions)
    return exporter


class Exporter:
    """Writes timers.

    Args:
        sure: names that mean exactly one collection or flow, by its id; others are written as ids.
        names: of collections and flows by id, for comments.
        zone: another zone than UTC in which groups of timers may have been made.
        defaults: of a folder that they are added to: what they say is said of each anew. None: the folder is their own.
    """

    def __init__(
        self,
        sure: Mapping[str, str],
        names: Mapping[str, str],
        now: datetime,
        zone: tzinfo,
        defaults: Mapping[str, Any] | None = None,
        keys: Iterable[str] = (),
    ) -> None:
        self._sure, self._names, self._now, self._zone, self._defaults = sure, names, now, zone, defaults
        self._keys = set(keys)
        self.files: dict[str, list[str]] = defaultdict(list)
        self.keys: dict[str, str] = {}
        """Ids of the timers that were written, by their keys in the lock file."""
        self.left_out: list[str] = []
        """The timers that no file can express, a sentence each."""

    def add_all(self, jobs: Sequence[tuple[Job, Document]], orders: Mapping[str, Orders]) -> None:
        """Writes them all, those of one schedule together.

        Args:
            jobs: with the documents that they were read from, which are asked for of those that move no data only.
            orders: what people decided here, by id.
        """
        documents = {str(job.job_id): (job, document) for job, document in jobs}
        grouped: set[str] = set()
        for group in timer_groups(job for job, _ in jobs):
            members = [documents[str(job_id)] for job_id in group.job_ids]
            if reading := self._phrase_of(members, group.suffixes):
                phrase, zone = reading
                own = {} if zone is UTC else {"zone": zone_words(zone)}
                key = self._add(group.name, members, {"when": phrase, **own}, orders)
                if key is not None:
                    keys = (f"{key}@{suffix}" for suffix in group.suffixes)
                    self.keys |= dict(zip(keys, map(str, group.job_ids), strict=True))
                    grouped |= set(map(str, group.job_ids))
        for job_id, (job, document) in documents.items():
            if job_id in grouped:
                continue
            key = self._add(job.name or "", [(job, document)], self._when(job.schedule), orders)
            if key is not None:
                self.keys[key] = job_id

    # --- one timer

    def _add(
        self,
        name: str,
        members: Sequence[tuple[Job, Document]],
        when: dict[str, Any],
        orders: Mapping[str, Orders],
    ) -> str | None:
        """Adds a timer to a file and returns its key; None when no file can express it."""
        job, document = members[0]
        decided = [orders.get(str(job.job_id), NONE) for job, _ in members]
        why = self._why_not(job, when)
        if why is not None:
            self.left_out.append(f"{job.label} ({job.job_id}) {why}")
            return None
        content, file = self._what(job, document, decided[0])
        if (why := refused({"name": name} | when | content)) is not None:
            self.left_out.append(f"{job.label} ({job.job_id}) cannot be said in a file: {why}")
            return None
        key = self._key(name)
        values = {**({"name": name} if name != key else {}), **when}
        if not name:  # without the lock file it could not be found again
            values["id"] = str(job.job_id)
        by_user = job.inactive_reason is None or job.inactive_reason.cause is PauseCause.USER
        if job.stands_still and by_user:
            values["paused"] = True
        if self._defaults is not None:
            values = {**self._against_defaults(job), **({"zone": "UTC"} if "when" in values else {}), **values}
        comments = dict.fromkeys((*(line for order in decided for line in _noted(order)), *self._comments(job)))
        lines = [*(f"# {safe_line(words)}" for words in comments), f"[timer.{_key(key)}]"]
        lines += [f"{field} = {_value(value)}" for field, value in (values | content).items()]
        self.files[file].append("\n".join(lines) + "\n")
        return key

    def leave_out(self, faults: Iterable[FleetFault]) -> bool:
        """Takes out the timers that could not be read again, with the reason; False when it is none of them."""
        why: dict[str, str] = {}
        for fault in faults:
            key = fault.place.key.removeprefix("timer.").partition(".")[0]
            why.setdefault(key, fault.words)
        for key, words in why.items():
            ids = [job_id for own, job_id in self.keys.items() if own.partition("@")[0] == key]
            if not ids:
                return False
            self.keys = {own: job_id for own, job_id in self.keys.items() if job_id not in ids}
            heading = f"[timer.{_key(key)}]"
            for file, parts in list(self.files.items()):
                self.files[file] = [part for part in parts if heading not in part.split("\n")]
                if not self.files[file]:
                    del self.files[file]
            self.left_out.append(f"{key} ({', '.join(ids)}) cannot be said in a file: {words}")
        return bool(why)

    def _against_defaults(self, job: Job) -> dict[str, Any]:
        """Settings to be written out because the folder's defaults would change them."""
        stated, data = {"paused": False, "sync_level": "always", "filter_rules": []}, job.transfer
        if data is not None:
            stated |= {key: bool(getattr(with_defaults(data), key)) for key in FLAGS}
        return {key: value for key, value in stated.items() if key in (self._defaults or {}) and data is not None}

    def _why_not(self, job: Job, when: dict[str, Any]) -> str | None:
        if job.unreadable:
            return f"cannot be understood: {job.unreadable}"
        if job.status is JobStatus.DELETING:
            return "is being deleted"
        if not when:
            return "has no schedule that makes sense"
        moved = job.transfer
        if moved is not None and not (moved.source_endpoint and moved.destination_endpoint and moved.items):
            return "does not say what it moves"
        return None

    def _comments(self, job: Job) -> list[str]:
        comments = []
        if job.status is JobStatus.ENDED:
            comments.append("has ended")
        if job.stands_still and job.inactive_reason and job.inactive_reason.cause is not PauseCause.USER:
            comments.append("waits for a sign-in or a consent")
        for side in dict.fromkeys(job.sides):
            if isinstance(side, str) and side in self._names and side not in self._sure:
                comments.append(f"{side} is {self._names[side]}")
        return comments

    def _key(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        stem = name if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name, re.ASCII) else ""
        stem = stem or re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-").lower()[:60] or "timer"
        key, number = stem, 1
        while key in self._keys:
            number += 1
            key = f"{stem}-{number}"
        self._keys.add(key)
        return key

    def _what(self, job: Job, document: Document, decided: Orders) -> tuple[dict[str, Any], str]:
        if job.transfer is not None:
            values = self._transfer(job.transfer)
            if job.deletes:
                values["deletes"] = word_to_type(Draft(transfer=job.transfer))
                if (level := decided.fewer_percent) != USUAL_PERCENT:
                    values["fewer_percent"] = False if level is None else level
            source = job.transfer.source_endpoint or ""
            return values, _slug(self._names.get(source) or source)
        if isinstance(job.payload, FlowStart) and not job.calls_elsewhere:
            flow_id = job.payload.flow_id or ""
            part = flow_beside(body_of(document))
            values = {"flow": self._sure.get(flow_id, flow_id), "input": dict(job.payload.inputs)}
            values |= {key: list(getattr(part, key)) for key in ("run_managers", "run_monitors", "tags")}
            values["run_label"] = part.label
            return {key: value for key, value in values.items() if key == "flow" or value}, "flows"
        body = document.get("callback_body")
        return {"calls": job.callback_url or "", **({"body": body} if body else {})}, "calls"

    def _transfer(self, data: TransferData) -> dict[str, Any]:
        source, destination = self._called(data.source_endpoint), self._called(data.destination_endpoint)
        item = data.items[0]
        both = {"from": f"{source}:{item.source_path}", "to": f"{destination}:{item.destination_path}"}
        plain = len(data.items) == 1 and item.external_checksum is None and item.checksum_algorithm is None
        back = [split_place(place) for place in both.values()]
        if plain and back == [(source, item.source_path), (destination, item.destination_path)]:
            values: dict[str, Any] = dict(both)
            if item.recursive is not None:
                values["recursive"] = item.recursive
        else:
            values = {"from": source, "to": destination, "items": [_item(item.to_document()) for item in data.items]}
        if data.sync_level is not None:
            values["sync_level"] = data.sync_level.name.lower()
        usual, stated = new_draft().transfer, with_defaults(data)
        values |= {key: getattr(stated, key) for key in FLAGS if getattr(stated, key) != (getattr(usual, key) or False)}
        values |= {key: getattr(data, key) for key in _TEXTS if getattr(data, key)}
        if data.filter_rules:
            values["filter_rules"] = [_rule(rule) for rule in data.filter_rules]
        extra = {key: value for key, value in data.extra.items() if key not in NOT_IN_TIMERS and value is not None}
        return values | ({"more": extra} if extra else {})

    def _called(self, collection_id: str | None) -> str:
        name = self._sure.get(collection_id or "", "")
        return name if name and split_place(f"{name}:/") == (name, "/") else collection_id or ""

    # --- when

    def _when(self, schedule: Schedule | None) -> dict[str, Any]:
        """A phrase that is read back as this schedule; the schedule itself where no phrase is."""
        if schedule is None:
            return {}
        for phrase in _phrases(schedule):
            try:
                read = parse_schedule(phrase, self._now, UTC).schedules
            except BadInput:
                continue
            if len(read) == 1 and _reads_as(read[0], schedule):
                return {"when": phrase}
        return {"schedule": schedule_document(schedule)}

    def _phrase_of(self, members: Sequence[tuple[Job, Document]], suffixes: Sequence[str]) -> tuple[str, tzinfo] | None:
        """One phrase for several timers, and the zone in which it is read; None when there is none that fits."""
        jobs = [job for job, _ in members]
        schedules = [job.schedule for job in jobs]
        if len({(job.stands_still, job.status is JobStatus.ENDED) for job in jobs}) > 1:
            return None
        days = list(dict.fromkeys(suffix.rpartition(" ")[0] for suffix in suffixes))
        clocks = list(dict.fromkeys(suffix.rpartition(" ")[2] for suffix in suffixes))
        weekly, when = days != [""], f"at {' and '.join(clocks)}"
        full = {name[:3]: name for name in DAY_NAMES}
        phrase = f"{', '.join(full[day] for day in days)} {when}" if weekly else f"every day {when}"
        first = schedules[0]
        step = first.interval // (_WEEK if weekly else _DAY) if isinstance(first, RecurringSchedule) else 1
        if step > 1:
            phrase = f"every {step} {'weeks on ' if weekly else 'days '}{phrase.removeprefix('every day ')}"
        for candidate in (phrase, f"every {phrase}"):
            for zone in dict.fromkeys((UTC, self._zone)):
                try:
                    read = parse_schedule(candidate, self._now, zone)
                except BadInput:
                    continue
                read_as = {member.suffix: member.schedule for member in read.members}
                if set(read_as) == set(suffixes) and all(
                    made is not None and _reads_as(read_as[suffix], made)
                    for suffix, made in zip(suffixes, schedules, strict=True)
                ):
                    return candidate, zone
        return None


def _phrases(schedule: Schedule) -> list[str]:
    """Ways to say it in UTC, the most readable first."""
    if isinstance(schedule, OnceSchedule):
        return [] if schedule.at is None else [_moment(schedule.at)]
    every, end = f"every {amount_words(schedule.interval)}", ""
    if schedule.end.after_runs is not None:
        end += f" for {schedule.end.after_runs} {'run' if schedule.end.after_runs == 1 else 'runs'}"
    if schedule.end.until is not None:
        end += f" until {schedule.end.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if schedule.start is None:
        return [every + end]
    start = schedule.start.astimezone(UTC)
    clock = f"{start:%H:%M:%S}".removesuffix(":00")
    phrases = [f"{every} from {_moment(start)}{end}"]
    if schedule.interval == _DAY:
        phrases.insert(0, f"every day at {clock}{end}")
    elif schedule.interval == _WEEK:
        phrases.insert(0, f"every {DAY_NAMES[start.weekday()]} at {clock}{end}")
    return phrases


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}".removesuffix(":00") + " UTC"


def _reads_as(read: Schedule, made: Schedule) -> bool:
    if isinstance(read, OnceSchedule) or isinstance(made, OnceSchedule):
        return isinstance(read, OnceSchedule) and isinstance(made, OnceSchedule) and read.at == _whole(made.at)
    same_end = read.end.after_runs == made.end.after_runs and _whole(read.end.until) == _whole(made.end.until)
    return same_end and on_one_grid(read, made) and (read.start is None) is (made.start is None)


def _whole(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment is not None else None


def _item(document: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {"source_path": "from", "destination_path": "to"}
    return {renamed.get(key, key): value for key, value in document.items() if key != "DATA_TYPE"}


def _rule(rule: FilterRule) -> str | dict[str, str]:
    text = rule_text(rule)
    try:
        same = parse_rule(text) == rule
    except BadInput:
        same = False
    return text if same else {"name": rule.name, "method": rule.method, **({"type": rule.type} if rule.type else {})}


# --- TOML


def _noted(decided: Orders) -> list[str]:
    """People's notes on a timer, as comment lines."""
    lines = [part for line in decided.note.splitlines() for part in textwrap.wrap(line, 110)]
    return [*lines, f"tags: {', '.join(decided.tags)}"] if decided.tags else lines


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "timers"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key, re.ASCII) else _text(key)


def _text(text: str) -> str:
    r"""A TOML string; characters that are invisible or misleading are escaped, as in `\u202e`."""
    escaped = "".join(f"\\{char}" if char in '"\\' else char if char.isprintable() else _escaped(char) for char in text)
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict | list) and _has_null(value):
        return _text(json.dumps(value, ensure_ascii=False))  # TOML has no null; a table may be written as JSON
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        if len(value) > 1 and any(isinstance(item, dict) for item in value):
            return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _has_null(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_null, value.values() if isinstance(value, dict) else value))
    return value is None


def file_texts(exporter: Exporter, head: Iterable[str]) -> dict[str, str]:
    schema_line = "#:schema ./fleet.schema.json\n"
    texts = {
        "fleet.toml": schema_line + "".join(f"# {safe_line(line)}\n" for line in head) + '\n[defaults]\nzone = "UTC"\n'
    }
    for name, parts in sorted(exporter.files.items()):
        texts[f"{'timers' if name == 'fleet' else name}.toml"] = schema_line + "\n" + "\n".join(parts)
    return texts


def added_text(exporter: Exporter) -> str:
    """The text added to all files, one below the other."""
    return "\n".join(part for parts in exporter.files.values() for part in parts)
