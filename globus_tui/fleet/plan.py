"""What it takes to make the timers at Globus what a fleet's files say. Reads, and changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import normalize

from globus_tui.domain.errors import BadInput, ErrorKind, NetworkError, ServiceError
from globus_tui.domain.making.draft import Draft, What, is_confirmed, word_to_type
from globus_tui.domain.making.draft_checks import Lookups, check_draft, is_id
from globus_tui.domain.making.draft_fields import Finding, Level, note, stop, warn
from globus_tui.domain.making.new_timer import find_created
from globus_tui.domain.making.taking_place import starts_at_once
from globus_tui.domain.making.timer_index import TimerIndex
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.schedule.typed_zones import zone_by_name, zone_words
from globus_tui.domain.timer.filter import fold_case
from globus_tui.domain.timer.hour_load import LIMIT_PER_HOUR, first_start, rate_number, runs_an_hour
from globus_tui.domain.timer.job import FlowStart, Job, JobId, JobKind, JobReading, JobStatus, PauseCause
from globus_tui.fleet.documents import FleetFault, FleetFaults
from globus_tui.fleet.fields import Entry, fleet_of, read_fleet, split_place
from globus_tui.fleet.lock import Lock, LockEntry, lock_path, read_lock
from globus_tui.fleet.wanted import Change, Names, WantedTimer, ahead, changes, wanted_of
from globus_tui.present.sizes import counted
from globus_tui.store.browsing import MOST_FOUND
from globus_tui.store.preflight import Preflight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from globus_tui.domain.making.draft_fields import ConsentCheck
    from globus_tui.domain.transfer.flow import Flow
    from globus_tui.domain.wire import Document
    from globus_tui.store.browsing import Browser
    from globus_tui.store.creation import Attempt
    from globus_tui.store.job_store import JobStore

T = TypeVar("T")
SCHEMA = 1
"""Of the document of a plan."""
AT_ONCE = 4
"""Timers that are looked into together."""
_TOGETHER = 5
"""From so many new timers in one minute on, a warning is given."""


class Act(Enum):
    CREATE = "create"
    REPLACE = "replace"
    RENAME = "rename"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Item:
    """One timer, and what is to be done to it.

    Attributes:
        key: of the files, or of the lock file for one that is in no file any more.
        acts: in order; none where it is as it should be.
        changes: what differs from the files.
        drift: what somebody changed at Globus since the files were last applied.
        notes: what else is to be known.
        starts: a run starts at once; None when that cannot be told.
        record: what the lock file says of it when nothing is left to do.
        locked_as: its key in the lock file so far.
        half: what an interrupted replacement has made, whose place it was to take.
    """

    key: str
    name: str
    wanted: WantedTimer | None
    job: Job | None = None
    acts: tuple[Act, ...] = ()
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    starts: bool | None = False
    consents: tuple[str, ...] = ()
    record: LockEntry | None = None
    locked_as: str = ""
    half: Job | None = None

    @property
    def stopped(self) -> bool:
        return any(finding.level is Level.STOP for finding in self.findings)

    @property
    def to_be_made(self) -> WantedTimer | None:
        """The timer that is to be created, in place of another or not; None when none is."""
        return self.wanted if Act.CREATE in self.acts or Act.REPLACE in self.acts else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan.

    Attributes:
        findings: about the fleet as a whole.
        rate: runs an hour of all timers, now and afterwards.
        others: timers at Globus that are in no file, and are left alone.
        partial: it is of one file of several, and says nothing of the timers of the others.
    """

    where: Path
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]
    rate: tuple[float, float]
    others: tuple[Job, ...]
    lock: Lock
    names: Names
    now: datetime
    zone: tzinfo
    partial: bool = False

    @property
    def to_do(self) -> tuple[Item, ...]:
        """The steps that change something at Globus."""
        return self.steps(None)

    @property
    def stopped(self) -> bool:
        return any(finding.level is Level.STOP for finding in self.findings) or any(item.stopped for item in self.items)

    @property
    def differing(self) -> tuple[Item, ...]:
        """The steps for existing or vanished timers that differ from the files."""
        return tuple(item for item in self.items if item.drift or (item.acts and item.job is not None))

    def document(self) -> dict[str, Any]:
        counts = Counter(act.value for item in self.items for act in item.acts)
        return {
            "schema": SCHEMA,
            "as_of": wire_moment(self.now.astimezone(UTC)),
            "folder": str(self.where.resolve()),
            "actions": [_document(item) for item in self.items if item.acts or item.drift or item.findings],
            "counts": {act.value: counts[act.value] for act in Act},
            "unchanged": sum(not item.acts for item in self.items),
            "not_in_files": len(self.others),
            "findings": [_finding(finding) for finding in self.findings],
            "runs_an_hour": {"now": self.rate[0], "afterwards": self.rate[1], "limit": LIMIT_PER_HOUR},
            "consents": sorted({scope for item in self.items for scope in item.consents}),
            "can_be_applied": not self.stopped,
        }

    def steps(self, only: Collection[str] | None) -> tuple[Item, ...]:
        """The steps with these keys that change something at Globus; None: all of them."""
        return tuple(item for item in self.items if item.acts and (only is None or item.key in only))

    def basis(self, only: Collection[str] | None = None) -> list[object]:
        """What must not have changed between showing a plan and carrying it out: everything but the time of day."""
        return [
            [
                item.key,
                item.name,
                _id(item),
                [act.value for act in item.acts],
                item.wanted.digest if item.wanted else "",
                [list(change) for change in item.changes if change.field not in ("when", "schedule")],
            ]
            for item in self.steps(only)
        ]


def _id(item: Item) -> str | None:
    return str(item.job.job_id) if item.job else None


def _document(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "name": item.name,
        "id": _id(item),
        "acts": [act.value for act in item.acts],
        "changes": [change._asdict() for change in item.changes],
        "drift": [change._asdict() for change in item.drift],
        "notes": list(item.notes),
        "findings": [_finding(finding) for finding in item.findings if finding.level >= Level.WARN],
        "starts_at_once": item.starts,
        "consents": list(item.consents),
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {"level": finding.level.name.lower(), "field": finding.field, "words": finding.words}


class Planner:
    """Makes plans of a folder.

    Args:
        store: that has read all timers, and the journal.
        read: one timer with its document.
        owner: tells whoever is signed in from everybody else.
        zone: for times that say none, where the lock file names none either.
    """

    def __init__(
        self,
        store: JobStore,
        lookup: Browser,
        read: Callable[[str], Awaitable[JobReading]],
        *,
        owner: str,
        zone: tzinfo,
    ) -> None:
        self._store = store
        self._lookup = lookup
        self._read = read
        self._owner = owner
        self._zone = zone
        self._consents: dict[object, asyncio.Task[ConsentCheck]] = {}

    async def plan(self, where: Path, *, prune: bool = False, preflight: bool = True) -> Plan:
        """Compares the files with what is there.

        Args:
            where: the folder, or one file: of those in a folder each is read, and this one alone is planned.
            prune: timers that are in no file any more are to be deleted.
            preflight: what is to be made is checked, with collections, paths and consents, unless the whole cannot be.

        Raises:
            FleetFaults: something is wrong in the files.
            BadInput: the lock file cannot be used, or is of somebody else.
            GlobusTuiError: a service could not be asked.
        """
        folder = await asyncio.to_thread(fleet_of, where)
        if prune and folder != where:
            raise BadInput(f"{where.name} is one of several files.", advice="To prune, name their folder.")
        entries = await asyncio.to_thread(read_fleet, folder, around=folder != where)
        lock = await asyncio.to_thread(read_lock, lock_path(where))
        if lock.owner and lock.owner != self._owner:
            raise BadInput(
                f"{lock_path(where)} is about the timers of {lock.owner}, and {self._owner} is signed in.",
                advice="Choose the profile with --profile.",
            )
        now = self._store.now()
        names = await self._names(entries)
        zone = zone_by_name(lock.zone) if lock.zone else self._zone
        if zone is None and any("zone" not in entry.values for entry in entries):  # in another one they would differ
            raise BadInput(
                f"{lock_path(where)} says that times are read in {lock.zone}, no zone that this machine knows.",
                advice="globus-tui doctor says where its zones are from.",
            )
        zone = zone or self._zone
        # What is about all timers is done in a thread: of thousands it takes seconds.
        timers = await asyncio.to_thread(_all_wanted, entries, names, now, zone)
        states = self._store.states
        whole = await asyncio.to_thread(states.whole, states.rows.values())
        jobs = {str(key): state.job for key, state in whole.items()}
        # As far as the journal tells.
        new_ids = {str(key): state.replacement.job_id for key, state in whole.items() if state.replacement}
        replaced = {key: new for key, new in new_ids.items() if new in jobs}
        matched = await asyncio.to_thread(_Match, timers, jobs, lock, replaced)
        planned = [timer for timer in timers if folder == where or timer.entry.is_in(where.name)]
        items = await some_at_once([self._item(timer, matched, lock, names, now) for timer in planned])
        if folder == where:
            items += _gone_from_files(matched, jobs, lock, prune=prune)
        findings, rate, index = await asyncio.to_thread(self._whole, items, jobs, now)
        if preflight and not any(finding.level is Level.STOP for finding in findings):
            items = await some_at_once([self._preflight(item, index, now) for item in items])
        if not any("zone" in entry.values for entry in entries) and any("when" in entry.values for entry in entries):
            words = f"No zone is said in the files: times are read in {zone_words(zone)}. Write zone under [defaults]"
            findings = (*findings, note("zone", words))
        others = tuple(
            job
            for job_id, job in jobs.items()
            if job_id not in matched.matched_ids and job_id not in replaced and not job.is_over and job.has_own_id
        )
        lock = replace(lock, owner=self._owner, zone=lock.zone or zone_words(zone))
        return Plan(where, tuple(items), findings, rate, others, lock, names, now, zone, partial=folder != where)

    # --- names

    async def _names(self, entries: Sequence[Entry]) -> Names:
        """Looks up the collections and flows that are named.

        Raises:
            FleetFaults: there is none of a name, or several.
        """
        sides: dict[str, Entry] = {}
        flows: dict[str, Entry] = {}
        for entry in entries:
            for field in ("from", "to") if entry.kind == "T" else ():
                sides.setdefault(split_place(entry.values[field])[0], entry)
            if entry.kind == "F":
                flows.setdefault(entry.values["flow"], entry)
        known = self._named()
        faults: list[FleetFault] = []
        ids, called = {}, dict(known)
        for name, matches in zip(
            sides, await some_at_once([self.find_collections(name) for name in sides]), strict=True
        ):
            if len(matches) == 1:
                ids[name], called = matches[0][0], called | dict(matches)
            else:
                field = "from" if split_place(sides[name].values["from"])[0] == name else "to"
                alike = () if matches else (*known.values(), *await self._lookup.alike(name))
                faults.append(sides[name].fault(field, _not_one("collection", name, matches, alike)))
        flow_of: dict[str, Flow] = {}
        for name, those in zip(flows, await some_at_once([self.find_flows(name) for name in flows]), strict=True):
            if len(those) == 1:
                flow_of[name], called[those[0].flow_id] = those[0], those[0].title
            else:
                pairs = [(flow.flow_id, flow.title) for flow in those]
                titles = [] if pairs else [flow.title for flow in await self._lookup.flows("")]
                faults.append(flows[name].fault("flow", _not_one("flow", name, pairs, titles)))
        if faults:
            raise FleetFaults(faults)
        return Names(ids, flow_of, called)

    async def find_collections(self, name: str) -> list[tuple[str, str]]:
        """Ids and names of the collections that are called so; the id itself where one is said.

        Raises:
            BadInput: nobody can tell.
        """
        if is_id(name):
            known = self._store.collections.get(name.lower())
            return [(name.lower(), known.name if known is not None and known.name else name)]
        try:
            found = await self._lookup.all_found(name)
        except (NetworkError, ServiceError) as wrong:
            raise BadInput(f"The collection “{name}” could not be looked up: {wrong}", advice="") from None
        named = self._named() | {collection.collection_id: collection.name for collection in found}
        same = [(key, called) for key, called in named.items() if called == name]
        same = same or [(key, called) for key, called in named.items() if fold_case(called) == fold_case(name)]
        if not same and len(found) >= MOST_FOUND:
            words = f"“{name}” is not among the {MOST_FOUND} collections that Globus lists for these words"
            raise BadInput(f"{words}, and lists no more.", advice="Write its id.")
        return same

    def _named(self) -> dict[str, str]:
        """Names of the collections of timers, by id."""
        return {key: collection.name for key, collection in self._store.collections.items() if collection.name}

    async def find_flows(self, name: str) -> list[Flow]:
        """The flows with this title, in either case of letters, or with this id."""
        if is_id(name):
            try:
                return [await self._lookup.flow(name.lower())]
            except ServiceError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    raise
                return []
        flows = await self._lookup.flows(name)
        return [flow for flow in flows if fold_case(flow.title) == fold_case(name)]

    # --- one timer

    async def _item(self, wanted: WantedTimer, matched: _Match, lock: Lock, names: Names, now: datetime) -> Item:
        """What it takes for one timer of the files; what services say of it comes later."""
        job, notes, findings = matched.timer_of(wanted)
        key = matched.key_of(wanted)
        locked = lock.timers.get(key) or LockEntry()
        item = Item(wanted.key, wanted.draft.name, wanted, job, notes=notes, findings=findings, locked_as=key)
        over = ahead(wanted.draft.schedule, now) is None
        if job is None:
            if findings:
                return item
            if over:
                return replace(item, findings=(warn("when", "Nothing of its schedule lies ahead: it is not made"),))
            if locked.job_id is not None:
                item = replace(item, drift=(Change("", "there", "deleted at Globus"),))
            if wanted.entry.kind == "C":
                return replace(item, findings=(stop("calls", "Timers that call other addresses are not made here"),))
            return replace(item, acts=(Act.CREATE,), starts=_starts(wanted, now))
        if job.unreadable is not None:
            words = f"What Globus says of it cannot be understood ({job.unreadable}), so it is left alone"
            return replace(item, findings=(warn("", words),))
        document: Document = {}
        if wanted.entry.kind != "T" or job.kind is not JobKind.TRANSFER:
            document = (await self._read(str(job.job_id))).document
        differing = await asyncio.to_thread(changes, wanted, job, document, names, now, locked.runs_before)
        record = LockEntry(str(job.job_id), wanted.draft.name, wanted.paused, wanted.digest, locked.runs_before)
        half = matched.half(wanted, job)
        if half is not None:
            item = replace(item, half=half, notes=(*item.notes, "goes on with the replacement that was interrupted"))
        item = replace(item, record=record, drift=_drift(locked, job, wanted) if not half else ())
        return self._acts(item, job, wanted, differing)

    def _acts(self, item: Item, job: Job, wanted: WantedTimer, differing: tuple[Change, ...]) -> Item:
        renamed = (job.name or "") != wanted.draft.name and not (job.name is None and not wanted.draft.name)
        name = (Change("name", job.name or "", wanted.draft.name),) if renamed else ()
        rests, ended = job.stands_still, job.status is JobStatus.ENDED
        by_user = job.inactive_reason is None or job.inactive_reason.cause is PauseCause.USER
        acts: list[Act] = []
        starts: bool | None = False
        notes = list(item.notes)
        if differing and wanted.entry.kind == "C":
            return replace(
                item, changes=differing, findings=(stop("calls", "It calls another address: it is not changed"),)
            )
        if differing and ended and ahead(wanted.draft.schedule, self._store.now()) is None:
            notes.append("it has ended, and nothing of its schedule in the files lies ahead")
            return replace(item, notes=tuple(notes))
        if differing and ended:
            notes.append("it has ended; another one is made, and the old one is left as it is")
            return replace(
                item,
                acts=(Act.CREATE,),
                changes=name + differing,
                notes=tuple(notes),
                starts=_starts(wanted, self._store.now()),
            )
        if wanted.paused and not rests and not ended:
            acts.append(Act.PAUSE)
        if differing:
            acts.append(Act.REPLACE)
            starts = _starts(wanted, self._store.now()) and not rests
        elif renamed:
            acts.append(Act.RENAME)
        if rests and not wanted.paused and by_user:
            acts.append(Act.RESUME)
            starts = starts if differing else self._store.resume_preview(job.job_id).catch_up
        elif rests and not wanted.paused:
            notes.append("it waits for a sign-in or a consent: globus-tui fix, or f in the console")
        still = (Change("paused", str(rests).lower(), str(wanted.paused).lower()),)
        moved = Act.PAUSE in acts or Act.RESUME in acts
        if ended:
            notes.append("it has ended, as it was to")
        every = name + differing + (still if moved else ())
        return replace(item, acts=tuple(acts), changes=every, notes=tuple(notes), starts=starts)

    # --- the fleet as a whole

    def _whole(
        self, items: Sequence[Item], jobs: Mapping[str, Job], now: datetime
    ) -> tuple[tuple[Finding, ...], tuple[float, float], TimerIndex]:
        after = dict(jobs)
        for item in items:
            if Act.DELETE in item.acts or Act.REPLACE in item.acts:
                after.pop(_id(item) or "", None)
            if (made := item.to_be_made) is not None:
                after[f"new:{item.key}"] = _as_job(made)
            elif item.job is not None and item.acts and item.wanted is not None:
                status = JobStatus.INACTIVE if item.wanted.paused else JobStatus.ACTIVE
                after[str(item.job.job_id)] = replace(item.job, status=status, activity=None)
        before, rate = _rate(jobs.values()), _rate(after.values())
        findings: list[Finding] = []
        if rate > LIMIT_PER_HOUR + 1e-6:
            words = (
                f"{counted(len(after), 'timer')} together would start {rate_number(rate)} times an hour; Globus allows "
                f"{rate_number(LIMIT_PER_HOUR)}"
            )
            findings.append(stop("when", words) if rate > before + 1e-6 else warn("when", words))
        new = [made for item in items if (made := item.to_be_made) is not None]
        starts = ((first_start(timer.draft.schedule) or now) for timer in new if not timer.paused)
        moments = Counter(start.replace(second=0, microsecond=0) for start in starts)
        for moment, count in moments.most_common(3):
            if count >= _TOGETHER:
                at = moment.astimezone(self._zone)
                findings.append(warn("when", f"{count} of the new ones start together, at {at:%Y-%m-%d %H:%M %Z}"))
        return tuple(findings), (before, rate), TimerIndex(after.values(), self._store.collections)

    async def _preflight(self, item: Item, index: TimerIndex, now: datetime) -> Item:
        if (wanted := item.to_be_made) is None:
            return item
        known = [Lookups()]
        await Preflight(self._lookup, known.append, self._consents_once).look(wanted.draft, known[-1], signed_in=True)
        missing = tuple(map(str, known[-1].consents.missing)) if known[-1].consents else ()
        findings = self._check(wanted, known[-1], index, now)
        return replace(item, findings=(*item.findings, *findings), consents=missing)

    async def _consents_once(self, draft: Draft) -> ConsentCheck:
        """Asks once for all timers that need the same consents: two hundred timers ask much the same."""
        about = (draft.what, draft.collection_ids, draft.flow.flow_id)
        if about not in self._consents:
            self._consents[about] = asyncio.ensure_future(self._lookup.consents(draft))
        return await self._consents[about]

    def _check(self, wanted: WantedTimer, known: Lookups, index: TimerIndex, now: datetime) -> Iterator[Finding]:
        draft = replace(wanted.draft, schedule=ahead(wanted.draft.schedule, now))
        if draft.schedule is None:
            yield stop("when", "Nothing of its schedule lies ahead")
            return
        if not is_confirmed(draft):
            word = word_to_type(draft)
            yield stop(
                "deletes", f'It deletes files at the destination. Write deletes = "{word}" to show that it is meant'
            )
        own = f"new:{wanted.key}"
        yield from check_draft(draft, now, jobs=index, tasks=self._store.tasks, lookups=known, replaces=own, rate=False)


def _starts(wanted: WantedTimer, now: datetime) -> bool:
    return not wanted.paused and starts_at_once(ahead(wanted.draft.schedule, now), now)


def _as_job(wanted: WantedTimer) -> Job:
    draft, status = wanted.draft, JobStatus.INACTIVE if wanted.paused else JobStatus.ACTIVE
    flow = FlowStart(draft.flow.flow_id, draft.flow.inputs) if draft.what is What.FLOW_TIMER else None
    kind = JobKind.FLOW if flow else JobKind.TRANSFER
    job_id = JobId(f"new:{wanted.key}")
    return Job(job_id, draft.name, status, None, kind, draft.schedule, payload=flow or draft.transfer)


def _rate(jobs: Iterable[Job]) -> float:
    return sum(runs_an_hour(job.schedule) for job in jobs if not job.is_over and not job.stands_still)


def _all_wanted(entries: Iterable[Entry], names: Names, now: datetime, zone: tzinfo) -> list[WantedTimer]:
    timers: list[WantedTimer] = []
    faults: list[FleetFault] = []
    for entry in entries:
        try:
            timers += wanted_of(entry, names, now, zone)
        except FleetFault as fault:
            faults.append(fault)
    if faults:
        raise FleetFaults(faults)
    return timers


def _not_one(noun: str, name: str, matches: Sequence[tuple[str, str]], names: Iterable[str] = ()) -> str:
    if not matches:
        spelled = {fold_case(known): known for known in names}
        near = next((spelled[key] for key in get_close_matches(fold_case(name), spelled, 1)), None)
        advice = f"did you mean “{near}”?" if near else "write the name as Globus shows it, or its id"
        return f"no {noun} that you can see is called “{name}”; {advice}"
    ids = ", ".join(key for key, _ in matches[:5])
    return f"“{name}” fits {counted(len(matches), noun)}: {ids}; write the id of the one that is meant"


def _drift(locked: LockEntry, job: Job, wanted: WantedTimer) -> tuple[Change, ...]:
    """What was changed at Globus since the files were applied, as far as it differs from the files of today too."""
    if locked.job_id is None:
        return ()
    drift = []
    if (job.name or "") not in (locked.name, wanted.draft.name):
        drift.append(Change("name", locked.name, job.name or ""))
    by_user = job.inactive_reason is None or job.inactive_reason.cause is PauseCause.USER
    rests = job.stands_still
    moved = rests is not locked.paused and rests is not wanted.paused and (by_user or not rests)
    if moved and job.status is not JobStatus.ENDED:
        drift.append(Change("paused", str(locked.paused).lower(), str(rests).lower()))
    return tuple(drift)


def _made_by(attempt: Attempt | None, jobs: Mapping[str, Job]) -> tuple[Job, ...]:
    """The timers that may have come of a request whose answer was lost."""
    if attempt is None or attempt.timer is None:
        return ()
    return find_created(attempt.timer, jobs.values(), sent_at=attempt.sent_at, known=attempt.known_ids)


def _gone_from_files(matched: _Match, jobs: Mapping[str, Job], lock: Lock, *, prune: bool) -> list[Item]:
    """Timers that these files created or took over, and that are in none of them any more."""
    items = []
    for key, locked in lock.timers.items():
        job = jobs.get(matched.current(locked.job_id) or "") or next(iter(_made_by(locked.attempt, jobs)), None)
        if (
            key in matched.keys
            or job is None
            or job.status is JobStatus.DELETING
            or str(job.job_id) in matched.matched_ids
        ):
            continue
        acts, note_ = ((Act.DELETE,), ()) if prune else ((), ("in no file any more; --prune deletes it",))
        items.append(Item(key, job.name or "", None, job, acts=acts, notes=note_, record=locked))
    return items


class _Match:
    """Which timer of the files is which at Globus: by recorded id, else by what it does, else by name.

    Attributes:
        matched_ids: ids of those that are some timer of the files.
        keys: of the lock file that are some timer of the files.
    """

    def __init__(
        self, timers: Sequence[WantedTimer], jobs: Mapping[str, Job], lock: Lock, replaced: Mapping[str, str]
    ) -> None:
        self._jobs, self._lock, self._replaced = jobs, lock, replaced
        self._job_ids: dict[str, str] = {}
        self.matched_ids: set[str] = set()
        self._problems: dict[str, Finding] = {}
        self._old_keys: dict[str, str] = {}
        self.keys = {timer.key for timer in timers} & set(lock.timers)
        self._by_id(timers)
        for timer in timers:
            self._by_lock(timer, lock.timers.get(timer.key))
        self._by_work([timer for timer in timers if timer.key not in self._job_ids and timer.key not in lock.timers])
        self._by_name([timer for timer in timers if timer.key not in self._job_ids and timer.key not in self._problems])
        new = [timer for timer in timers if timer.key not in self._job_ids and timer.key not in self._problems]
        alike = Counter((timer.draft.name, timer.digest) for timer in new)
        for timer in new:
            if alike[(timer.draft.name, timer.digest)] > 1:
                self._problems[timer.key] = stop("name", "Another one in the files is called so and does the same")

    def key_of(self, wanted: WantedTimer) -> str:
        """Its key in the lock file."""
        return self._old_keys.get(wanted.key, wanted.key)

    def timer_of(self, wanted: WantedTimer) -> tuple[Job | None, tuple[str, ...], tuple[Finding, ...]]:
        """The timer at Globus that a wanted one already is, with notes on how it was found, and problems."""
        problem = self._problems.get(wanted.key)
        job = self._jobs.get(self._job_ids.get(wanted.key, ""))
        known = self._lock.timers.get(self.key_of(wanted))
        notes = ("found by its name",) if job is not None and known is None and "id" not in wanted.entry.values else ()
        return job, notes, (problem,) if problem else ()

    def current(self, job_id: str | None) -> str | None:
        """The timer that has replaced this one in the console, else this one."""
        seen: set[str] = set()
        while job_id is not None and job_id in self._replaced and job_id not in seen:
            seen.add(job_id)
            job_id = self._replaced[job_id]
        return job_id

    def half(self, wanted: WantedTimer, job: Job) -> Job | None:
        """The new timer of a replacement that was interrupted before the lock file knew of its end."""
        locked = self._lock.timers.get(self.key_of(wanted))
        made = _made_by(locked.attempt, self._jobs) if locked is not None and locked.job_id is not None else ()
        half = next((own for own in made if own.job_id != job.job_id and str(own.job_id) not in self.matched_ids), None)
        if half is not None:
            self.matched_ids.add(str(half.job_id))
        return half

    def _take(self, wanted: WantedTimer, job_id: str | None) -> bool:
        job = self._jobs.get(job_id or "")
        if job is None or job.status is JobStatus.DELETING or str(job.job_id) in self.matched_ids:
            return False
        self._job_ids[wanted.key] = str(job.job_id)
        self.matched_ids.add(str(job.job_id))
        return True

    def _by_id(self, timers: Sequence[WantedTimer]) -> None:
        """Finds those whose id is said: one that led to a timer before stands for what has replaced that since."""
        found_before = {locked.said: key for key, locked in self._lock.timers.items() if locked.said}
        for timer in timers:
            timer_id = timer.entry.values.get("id", "").lower()
            key = found_before.get(timer_id)
            if not timer_id or key == timer.key:
                continue
            if timer.member:
                self._problems[timer.key] = stop("id", "Its schedule takes several timers, which have ids of their own")
                continue
            if key is not None and key not in self.keys:
                self._old_keys[timer.key] = key
                self.keys.add(key)
            meant = self.current(timer_id if key is None else self._lock.timers[key].job_id)
            if not self._take(timer, meant):
                words = "is meant twice" if meant in self.matched_ids else "is not there"
                self._problems[timer.key] = stop("id", f"The timer {timer_id} {words}")

    def _by_lock(self, wanted: WantedTimer, locked: LockEntry | None) -> None:
        """Finds it by its recorded id; else as what was created by a request whose answer was lost."""
        if locked is None or wanted.key in self._job_ids:
            return
        known = self._jobs.get(self.current(locked.job_id) or "")
        if known is None or known.status is JobStatus.ENDED:
            made = _made_by(locked.attempt, self._jobs)
            if any(self._take(wanted, str(job.job_id)) for job in made if job is not known):
                return
        if not self._take(wanted, mine := self.current(locked.job_id)) and mine in self.matched_ids:
            self._problems[wanted.key] = stop("id", f"The timer {mine} is meant twice")

    def _by_work(self, timers: Sequence[WantedTimer]) -> None:
        """Finds timers whose key was changed: only one in the files and one left over do the same work."""
        free: dict[str, list[str]] = defaultdict(list)
        for key, locked in self._lock.timers.items():
            if key not in self.keys and locked.digest:
                free[locked.digest].append(key)
        own_count = Counter(timer.digest for timer in timers)
        for timer in timers:
            keys = free.get(timer.digest, [])
            alone = own_count[timer.digest] == len(keys) == 1
            if alone and self._take(timer, self.current(self._lock.timers[keys[0]].job_id)):
                self._old_keys[timer.key] = keys[0]
                self.keys.add(keys[0])

    def _by_name(self, timers: Sequence[WantedTimer]) -> None:
        named: dict[str, list[Job]] = defaultdict(list)
        kept = {self.current(locked.job_id) for key, locked in self._lock.timers.items() if key in self.keys}
        for job_id, job in self._jobs.items():
            free = job_id not in self.matched_ids and job_id not in kept and job_id not in self._replaced
            if free and job.status is not JobStatus.DELETING:
                named[normalize("NFC", job.name or "")].append(job)
        names = [normalize("NFC", timer.draft.name) for timer in timers]
        own_count = Counter(names)
        for timer, name in zip(timers, names, strict=True):
            at_globus = named.get(name, [])
            live = [job for job in at_globus if job.status is not JobStatus.ENDED] or at_globus
            if name and len(live) == 1 and own_count[name] == 1:
                self._take(timer, str(live[0].job_id))
            elif live:
                ids = ", ".join(str(job.job_id) for job in live[:5])
                own, have = own_count[name], "has" if len(live) == 1 else "have"
                words = f"{counted(len(live), 'timer')} at Globus {have} {'this' if name else 'no'} name ({ids})"
                words += f", and {own} of the files" if own > 1 else ""
                self._problems[timer.key] = stop("name", f"{words}: write id = for the one that is meant")


async def some_at_once(asked: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The answers in order; a few questions are asked at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def answer(asking: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await asking

    return list(await asyncio.gather(*map(answer, asked)))
