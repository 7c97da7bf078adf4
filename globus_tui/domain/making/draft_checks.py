"""All checks of a draft before anything is sent. What services have to be asked is handed in, so nothing here waits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.auth.scope import collection_of
from globus_tui.domain.making.draft import What, word_to_type
from globus_tui.domain.making.draft_fields import (
    CONSENT,
    DEADLINE,
    DESTINATION,
    END,
    FILTERS,
    FLOW,
    INTERVAL,
    ITEMS,
    LABEL,
    NAME,
    OPTIONS,
    RUN_MANAGERS,
    RUN_MONITORS,
    SCHEDULE,
    SOURCE,
    START,
    WHOLE,
    ConsentCheck,
    Finding,
    Level,
    note,
    ok,
    stop,
    warn,
)
from globus_tui.domain.making.json_checks import is_principal
from globus_tui.domain.making.new_timer import NOT_IN_TIMERS
from globus_tui.domain.making.timer_index import TimerIndex, pairs
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.schedule.typed_clock import Refusal
from globus_tui.domain.schedule.typed_intervals import check_interval
from globus_tui.domain.timer.history import look_back, task_of
from globus_tui.domain.timer.hour_load import LIMIT_PER_HOUR, rate_number
from globus_tui.domain.timer.job import FlowStart
from globus_tui.domain.timer.run import took
from globus_tui.domain.timer.timer_groups import too_long
from globus_tui.domain.transfer.collection import CollectionKind
from globus_tui.domain.transfer.destructive import DANGER, scratch_signs
from globus_tui.domain.transfer.places import (
    HOME,
    Place,
    Relation,
    above,
    home_of,
    is_somebodys,
    is_whole,
    own_path,
    path_words,
    relation,
    sources,
    targets,
)
from globus_tui.domain.transfer.typed_filters import doubt_about, unreachable_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.auth.scope import Scope
    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.collection import Collection, PauseRule
    from globus_tui.domain.transfer.destructive import Deletions
    from globus_tui.domain.transfer.task import Task
    from globus_tui.domain.transfer.transfer import FilterRule, TransferData, TransferItem


_BY_PAIRS = 200
"""Items whose homes are compared with each place; with more the first ones stand for the others."""


class _Ways:
    """Sources and destinations of items, as places and in words."""

    def __init__(self, data: TransferData, known: Mapping[str, Collection]) -> None:
        self.data = data
        self.home = home_of(known.get(data.destination_endpoint or ""))
        self.read, self.written = sources(data, known), targets(data, known)
        self.from_words = [path_words(own_path(data.source_endpoint, item.source_path, known)) for item in data.items]
        self.own_targets = [own_path(data.destination_endpoint, item.destination_path, known) for item in data.items]
        self.to_words = [path_words(target) for target in self.own_targets]
        self.complete = [bool(item.source_path and item.destination_path) for item in data.items]
        self.folders = [item.recursive is not False for item in data.items]
        """It may be a folder: where nothing is said the service finds out."""

    @property
    def places(self) -> Iterator[int]:
        """The places of all items that have both paths."""
        return (place for place, complete in enumerate(self.complete) if complete)


def check_places(data: TransferData, known: Mapping[str, Collection]) -> Iterator[Finding]:
    """Everything about where items read and write.

    `known`: documents of collections by id, as far as they were read.
    """
    ways = _Ways(data, known)
    deletes = data.delete_destination_extra is True
    for place in ways.places:
        yield from _out_of_home(ways, place)
        if deletes and ways.folders[place]:
            yield from _whole(ways, place)
        yield from _onto_itself(ways, place, deletes=deletes)
    yield from _twice(ways)
    if deletes:
        yield from _among_items(ways)
        yield from _unsure_among_items(ways)


def _out_of_home(ways: _Ways, place: int) -> Iterator[Finding]:
    for words in (ways.from_words[place], ways.to_words[place]):
        if words.startswith("/~/../"):
            yield warn(ITEMS, f"{words} leads out of the home folder, nobody can tell to where: write it from /", place)


def _whole(ways: _Ways, place: int) -> Iterator[Finding]:
    path = ways.own_targets[place]
    if is_whole(path, ways.home):
        which = "the root of the collection" if path == "/" else "a folder above the home"
        which = "a home folder" if path in (HOME, ways.home) or is_somebodys(path) else which
        yield stop(
            ITEMS, f"{path_words(path)} is {which}: a mirror would delete all else in it. Choose a folder in it", place
        )


def _onto_itself(ways: _Ways, place: int, *, deletes: bool) -> Iterator[Finding]:
    source, destination = ways.from_words[place], ways.to_words[place]
    how = relation(ways.read[place], ways.written[place])
    if how is Relation.SAME:
        yield stop(ITEMS, f"{source} would be copied onto itself", place)
    elif how is Relation.AROUND and ways.folders[place]:
        words = f"{destination} is inside {source}"
        if deletes:
            yield stop(ITEMS, f"{words}: the mirror would delete in its own source", place)
        else:
            yield warn(ITEMS, f"{words}: each run copies the copy too", place)
    elif how is Relation.INSIDE and deletes:
        yield stop(ITEMS, f"{source} is inside {destination}, where extra files are deleted", place)
    elif how is Relation.UNSURE and deletes:
        yield warn(
            ITEMS,
            f"Nobody tells whether {source} and {destination} are the same or in each other; "
            "extra files are deleted: write both from / to be sure",
            place,
        )


def _twice(ways: _Ways) -> Iterator[Finding]:
    first: dict[Place, int] = {}
    for place in ways.places:
        before = first.setdefault(ways.written[place], place)
        if before != place:
            yield warn(ITEMS, f"Items {before + 1} and {place + 1} both go to {ways.to_words[place]}", place)


def _numbered(places: Sequence[Place], which: Iterable[int]) -> dict[Place, list[int]]:
    numbered: dict[Place, list[int]] = defaultdict(list)
    for number in which:
        numbered[places[number]].append(number)
    return numbered


def _around(place: Place, numbered: Mapping[Place, list[int]]) -> Iterator[int]:
    """Items whose place is this one or a folder around it."""
    for path in (place.path, *above(place.path)):
        around = Place(place.collection, path)
        if around in numbered and relation(place, around) in (Relation.SAME, Relation.INSIDE):
            yield from numbered[around]


def _among_items(ways: _Ways) -> Iterator[Finding]:
    """What one item deletes of another's."""
    deleting = _numbered(ways.written, (number for number in ways.places if ways.folders[number]))
    reading = _numbered(ways.read, (number for number in ways.places if ways.folders[number]))
    for place in ways.places:
        source, destination = ways.from_words[place], ways.to_words[place]
        for other in _around(ways.read[place], deleting):
            if other != place:
                words = f"Item {place + 1} reads {source}, in which item {other + 1} deletes ({ways.to_words[other]})"
                yield stop(ITEMS, words, place)
        for other in _around(ways.written[place], deleting):
            if other != place and _keeps(ways, place, other):
                yield note(ITEMS, f"Item {other + 1} moves what item {place + 1} moves", place)
            elif other != place:
                words = f"Item {other + 1} deletes in {ways.to_words[other]} what item {place + 1} writes"
                yield stop(ITEMS, f"{words} to {destination}", place)
        if ways.folders[place]:
            for other in _around(ways.written[place], reading):
                if other != place and ways.written[place] != ways.read[other]:
                    words = f"Item {place + 1} deletes in {destination}, which is inside what item {other + 1} reads"
                    yield warn(ITEMS, words, place)


def _keeps(ways: _Ways, inner: int, outer: int) -> bool:
    """The outer item writes the same there as the inner one: it deletes nothing of it."""
    rest = ways.written[inner].path[len(ways.written[outer].path) :]
    source = ways.read[outer]
    return ways.read[inner] == Place(source.collection, source.path + rest)


def _unsure_among_items(ways: _Ways) -> Iterator[Finding]:
    """Once for all of them: written from the home folder in one item and from the root in another."""
    if not any(HOME in where.path for where in (*ways.read, *ways.written)):
        return
    some = list(ways.places)[:_BY_PAIRS]
    for place in some:
        for other in some:
            if place == other or not ways.folders[other]:
                continue
            for own in (ways.read[place], ways.written[place]):
                if relation(own, ways.written[other]) is Relation.UNSURE:
                    words = f"Nobody tells whether item {other + 1} deletes in {ways.to_words[other]}"
                    yield warn(ITEMS, f"{words} what item {place + 1} moves: write all paths from / to be sure", place)
                    return


LONGEST_LABEL = 128
"""Characters (documented)."""


def check_items(
    data: TransferData, now: datetime, known: Mapping[str, Collection] | None = None, *, timer: bool = False
) -> Iterator[Finding]:
    """Everything about collections, items, label, filters and options.

    Args:
        known: documents of collections by id, as far as they were read.
        timer: a timer is made of it, which takes less than a transfer that starts now.
    """
    yield from _collections(data)
    yield from _label(data.label)
    if not data.items:
        yield stop(ITEMS, "Nothing is chosen to be moved")
    for place, item in enumerate(data.items):
        yield from _item(item, place)
    yield from check_places(data, known or {})
    yield from _filters(data)
    yield from _options(data, now)
    if timer:
        yield from _not_in_timers(data)
    else:
        yield from (_as_it_is(key) for key in data.extra)


def _collections(data: TransferData) -> Iterator[Finding]:
    for side, collection_id in ((SOURCE, data.source_endpoint), (DESTINATION, data.destination_endpoint)):
        if not collection_id:
            yield stop(side, f"No {side} collection is chosen")
        elif not is_id(collection_id):
            yield stop(side, f"{collection_id} is no collection id")


def is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _label(label: str | None) -> Iterator[Finding]:
    if not label:
        return
    if len(label) > LONGEST_LABEL:
        yield stop(LABEL, f"The label has {len(label)} characters; Globus allows {LONGEST_LABEL}")
    if "\n" in label or "\r" in label:
        yield stop(LABEL, "The label must be one line")
    if label != label.strip():
        yield stop(LABEL, "The label must not begin or end with a blank")


def _item(item: TransferItem, place: int) -> Iterator[Finding]:
    for word, path in (("source", item.source_path), ("destination", item.destination_path)):
        if not path:
            yield stop(ITEMS, f"The {word} path is missing", place)
        elif "\n" in path or "\r" in path or "\0" in path:
            yield stop(ITEMS, f"The {word} path has a line break in it, which Globus does not allow", place)
        elif not path.startswith(("/", "~")):
            yield warn(ITEMS, f"The {word} path {path} does not begin with / or ~: the collection decides where", place)
    if item.recursive is False and item.destination_path.endswith("/"):
        yield stop(ITEMS, f"A file needs a whole destination path, not the folder {item.destination_path}", place)
    if item.recursive is False and item.source_path.endswith("/"):
        yield stop(ITEMS, f"{item.source_path} ends like a folder, but is to be moved as a file", place)
    if item.external_checksum and item.recursive:
        yield stop(ITEMS, "A checksum is for a file, not for a folder", place)
    if item.checksum_algorithm and not item.external_checksum:
        yield warn(ITEMS, "A checksum algorithm without a checksum has no effect", place)


def _filters(data: TransferData) -> Iterator[Finding]:
    rules = data.filter_rules
    folders = not data.items or any(item.recursive is not False for item in data.items)
    for place, rule in enumerate(rules):
        yield from _rule(rule, place, folders=folders)
    for place in unreachable_rules(rules):
        yield warn(FILTERS, f"Rule {place + 1} never decides: an earlier one takes all its names", place)
    if rules and all(rule.method == "include" for rule in rules):
        yield warn(FILTERS, "Include rules alone leave nothing out: add exclude files * behind them")
    if rules and data.items and all(item.recursive is False for item in data.items):
        yield warn(FILTERS, "Filter rules have no effect: no folder is among the items")


def _rule(rule: FilterRule, place: int, *, folders: bool) -> Iterator[Finding]:
    if not rule.name.strip():
        yield stop(FILTERS, "A filter rule needs a name, such as *.tmp", place)
    elif "/" in rule.name:
        yield warn(FILTERS, f"{rule.name} matches nothing: rules are about names, not about paths", place)
    elif doubt := doubt_about(rule.name):
        yield warn(FILTERS, doubt, place)
    if rule.method not in ("include", "exclude"):
        yield stop(FILTERS, f"A filter rule is include or exclude, not {rule.method}", place)
    if rule.type not in (None, "file", "dir"):
        yield stop(FILTERS, f"A filter rule is for file or dir, not {rule.type}", place)
    elif folders and rule.method == "exclude" and rule.type != "file" and rule.name and not rule.name.strip("*"):
        words = f"Rule {place + 1} leaves out every subfolder with all that is in it"
        yield warn(FILTERS, f"{words}: write exclude files * for files only", place)


def _options(data: TransferData, now: datetime) -> Iterator[Finding]:
    if data.delete_destination_extra and any(item.recursive is False for item in data.items):
        yield stop(OPTIONS, "Deleting extra files works for folders only, and there is a file among the items")
    if data.delete_destination_extra and data.skip_source_errors:
        yield warn(OPTIONS, "Source files that cannot be read are skipped, and their copies may be deleted as extra")
    elif data.skip_source_errors:
        yield note(OPTIONS, "A run that skips files that it cannot read still counts as a success")
    if data.sync_level is None and data.items:
        yield note(OPTIONS, "Everything is copied every time, changed or not")
    if not data.verify_checksum:
        yield note(OPTIONS, "Copies are not verified")
    if data.notify_on_failed is False and data.notify_on_inactive is False:
        yield note(OPTIONS, "Nobody is mailed when a run fails or is held up")
    if data.deadline is not None:
        yield from _own_deadline(data.deadline, now)


def _not_in_timers(data: TransferData) -> Iterator[Finding]:
    """Settings that a transfer accepts when it starts now, but a timer does not."""
    if data.recursive_symlinks not in (None, "ignore"):
        words = f"Timers cannot {data.recursive_symlinks} symbolic links, only ignore them: Globus withdrew it"
        yield stop("recursive_symlinks", f"{words}. Choose ignore, or move once now")
    for key in (*(["submission_id"] if data.submission_id else []), *data.extra):
        left_out = warn(str(key), f"{key} is left out: timers do not take it")
        yield left_out if key in NOT_IN_TIMERS else _as_it_is(key)


def _as_it_is(key: str) -> Finding:
    return warn(str(key), f"The option {key} is not known to this program; it is sent as it is")


def _own_deadline(deadline: str, now: datetime) -> Iterator[Finding]:
    moment = wire.moment(deadline)
    if moment is None:
        yield stop(DEADLINE, f"{deadline} is no date and time")
    elif moment <= now:
        yield stop(DEADLINE, "The deadline has passed already")


def check_against_timers(
    draft: Draft,
    timers: TimerIndex,
    tasks: Mapping[str, Task],
    *,
    now: datetime,
    known: Mapping[str, Collection],
    replaces: str | None = None,
    rate: bool = True,
) -> Iterator[Finding]:
    """Everything that other timers have to do with it.

    Args:
        known: documents of collections by id, as far as they were read.
        replaces: id of the timer that is to be replaced by it.
    """
    if draft.what is not What.TRANSFER_NOW:
        if rate:
            yield from _rate(draft, timers, replaces)
        yield from _name(draft, timers, replaces)
    if draft.what is What.FLOW_TIMER:
        yield from _same_flow(draft, timers, replaces)
        return
    yield from _relations(draft, timers, known, replaces)
    yield from _overlap(draft, timers, tasks, now, known)


def _rate(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    budget = timers.rates(draft.schedules, replaces)
    limit = rate_number(LIMIT_PER_HOUR)
    if budget.over:
        yield stop(
            INTERVAL,
            f"Your timers together would start {rate_number(budget.total)} times an hour; Globus allows {limit}",
        )
    elif budget.over_when_resumed:
        both = rate_number(budget.total + budget.standing)
        yield warn(
            INTERVAL, f"With the paused ones your timers would start {both} times an hour; Globus allows {limit}"
        )
    elif budget.added:
        yield ok(INTERVAL, f"Your timers together start {rate_number(budget.total)} times an hour (limit: {limit})")


def _name(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    if not draft.name.strip():
        yield note(NAME, "It has no name: it will be hard to find again")
    elif problem := too_long(draft.name):
        yield stop(NAME, problem.rstrip("."))
    elif any(job.job_id != replaces for job in timers.with_name(draft.name)):
        yield warn(NAME, "Another timer has this name")


def _same_flow(draft: Draft, timers: TimerIndex, replaces: str | None) -> Iterator[Finding]:
    inputs = dict(draft.flow.inputs)
    for job in timers.starting(draft.flow.flow_id or ""):
        same = isinstance(job.payload, FlowStart) and dict(job.payload.inputs) == inputs
        if same and job.job_id != replaces:
            yield warn(WHOLE, f"{job.label} starts the same flow with the same input")


def _relations(
    draft: Draft, timers: TimerIndex, known: Mapping[str, Collection], replaces: str | None
) -> Iterator[Finding]:
    """At most one finding for each other timer, the worst; many of one kind are counted after the first few."""
    data, deletes = draft.transfer, draft.deletes
    forth, read, written = pairs(data, known), sources(data, known), targets(data, known)
    named: set[int] = set()

    def new(numbers: set[int], *, deleting: bool = False) -> list[Job]:
        jobs = {number: timers.jobs[number] for number in sorted(numbers - named)}
        fresh = {
            number: job
            for number, job in jobs.items()
            if not job.is_over and job.job_id != replaces and (not deleting or job.deletes)
        }
        named.update(fresh)
        return list(fresh.values())

    yield from _listed(warn, WHOLE, new(timers.moving(forth)), _same_things(draft))
    back = new(timers.moving({(to, at, source, path) for source, path, to, at in forth}))
    yield from _opposite(back, deletes=deletes)
    writing, feeding = timers.writing(written), timers.writing(read)
    lost = "to the same folder as a mirror: what this puts there may be deleted"
    yield from _summed(warn, DESTINATION, new(writing, deleting=True), lost, "write")
    lost = ", and what they put there would be deleted" if deletes else ""
    yield from _summed(warn if deletes else note, DESTINATION, new(writing), f"to the same folder{lost}", "write")
    if deletes:
        lost = "what is in the folder in which this deletes"
        yield from _summed(warn, DESTINATION, new(timers.reading(written)), lost, "read")
    lost = "to the source as a mirror: what this reads may be deleted"
    yield from _summed(warn, SOURCE, new(feeding, deleting=True), lost, "write")
    yield from _summed(note, SOURCE, new(feeding), "to the source: a run may find it half done", "write")
    yield from _summed(note, SOURCE, new(timers.reading(read)), "the same folder", "read")


_NAMED = 3
"""Timers of one kind that are named; the others are counted."""


def _same_things(draft: Draft) -> Callable[[Job], str]:
    def words(job: Job) -> str:
        same_time = isinstance(job.schedule, RecurringSchedule) and job.schedule in draft.schedules
        return f"moves the same things between the same places{' at the same times' if same_time else ''}"

    return words


def _opposite(jobs: list[Job], *, deletes: bool) -> Iterator[Finding]:
    """Timers in the opposite direction: two that delete may undo each other for good."""

    def words(job: Job) -> str:
        also = ", and deletes: they may undo each other" if deletes or job.deletes else ""
        return f"moves the same things in the opposite direction{also}"

    fatal = [job for job in jobs if deletes and job.deletes]
    yield from _listed(stop, WHOLE, fatal, words)
    yield from _listed(warn, WHOLE, [job for job in jobs if not (deletes and job.deletes)], words)


def _listed(
    make: Callable[[str, str], Finding], field: str, jobs: list[Job], words: Callable[[Job], str]
) -> Iterator[Finding]:
    for job in jobs[:_NAMED]:
        yield make(field, f"{job.label} {words(job)}")
    if rest := jobs[_NAMED:]:
        yield make(field, f"{len(rest)} more: the first of them, {rest[0].label}, {words(rest[0])}")


def _summed(
    make: Callable[[str, str], Finding], field: str, jobs: list[Job], words: str, verb: str
) -> Iterator[Finding]:
    """The same finding about several timers, as one sentence."""
    if len(jobs) == 1:
        yield make(field, f"{jobs[0].label} {verb}s {words.replace('they put', 'it puts')}")
    elif jobs:
        named, rest = [job.label for job in jobs[:_NAMED]], len(jobs) - _NAMED
        listed = f"{', '.join(named)} and {rest} more" if rest > 0 else f"{', '.join(named[:-1])} and {named[-1]}"
        yield make(field, f"{listed} {verb} {words}")


_MOST_LOOKED_BACK = 30
"""Timers of a route whose runs are gone through: those with most runs tell how long it takes."""


def usual_time(
    draft: Draft,
    timers: TimerIndex,
    tasks: Mapping[str, Task],
    now: datetime,
    known: Mapping[str, Collection] | None = None,
) -> tuple[timedelta | None, timedelta | None]:
    """How long runs between the same collections took: the median of the timer with most runs, and the last one."""
    data = draft.transfer
    exact = sorted(
        (timers.jobs[number] for number in timers.moving(pairs(data, known or {}))), key=lambda job: -(job.n_runs or 0)
    )
    alike = exact or timers.between((data.source_endpoint, data.destination_endpoint))
    usual: timedelta | None = None
    last: tuple[datetime, timedelta] | None = None
    for job in alike[:_MOST_LOOKED_BACK]:
        usual = usual or look_back(job, tasks, now).usual
        for run in job.runs:
            lasted = took(run, task_of(run, tasks))
            if lasted is not None and run.ran_at is not None and (last is None or run.ran_at > last[0]):
                last = (run.ran_at, lasted)
    return usual, last[1] if last else None


def _overlap(
    draft: Draft, timers: TimerIndex, tasks: Mapping[str, Task], now: datetime, known: Mapping[str, Collection]
) -> Iterator[Finding]:
    schedule = draft.schedule
    if draft.what is What.TRANSFER_NOW or not isinstance(schedule, RecurringSchedule):
        return
    usual, last = usual_time(draft, timers, tasks, now, known)
    if last is not None and last >= schedule.interval:
        yield warn(
            INTERVAL,
            f"The last run between these collections took {_minutes(last)}: longer than the interval, ticks are lost",
        )
    elif usual is not None and usual >= schedule.interval:
        yield warn(INTERVAL, f"Runs between these collections usually take {_minutes(usual)}, longer than the interval")
    elif usual is not None:
        yield note(INTERVAL, f"Similar runs took {_minutes(usual)} (median), so no skipped ticks are expected")


def _minutes(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"


@dataclass(frozen=True, slots=True)
class PathLook:
    """What was found at a path.

    Attributes:
        kind: `dir`, `file`, or another type of the listing; None when nothing is there or it cannot be told.
        missing: the service says that there is no such path.
        problem: why it cannot be told, in words.
        gare: what Globus wants before it tells.
    """

    kind: str | None = None
    missing: bool = False
    problem: str | None = None
    gare: Gare | None = None


@dataclass(frozen=True, slots=True)
class Lookups:
    """Answers; None or empty where nothing was asked yet.

    Attributes:
        source_problem: why there is none, in words.
        paths: by (collection id, path).
        consents: None: they were not looked up.
        pauses: rules of the managers that are in force, by collection id.
        deletions: what the first run would delete.
        flow_problem: why the flow cannot be used, in words.
    """

    source: Collection | None = None
    destination: Collection | None = None
    source_problem: str | None = None
    destination_problem: str | None = None
    paths: Mapping[tuple[str, str], PathLook] = field(default_factory=dict, hash=False)
    consents: ConsentCheck | None = None
    pauses: Mapping[str, tuple[PauseRule, ...]] = field(default_factory=dict, hash=False)
    deletions: Deletions | None = None
    signed_in: bool | None = None
    flow_problem: str | None = None


def check_lookups(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    if lookups.signed_in is False:
        yield stop(CONSENT, "Nobody is signed in")
    elif lookups.signed_in:
        yield ok(CONSENT, "Signed in")
    pauses = tuple(_pauses(draft, lookups))
    held = {pause.field for pause in pauses}
    yield from _collection(SOURCE, lookups.source, lookups.source_problem, held=SOURCE in held)
    yield from _collection(DESTINATION, lookups.destination, lookups.destination_problem, held=DESTINATION in held)
    yield from _consents(draft, lookups)
    yield from pauses
    yield from _paths(draft, lookups)
    yield from _local_users(draft, lookups)
    yield from _deleting(draft, lookups)
    if lookups.flow_problem:
        yield stop(FLOW, lookups.flow_problem)


def _collection(
    place: str, collection: Collection | None, problem: str | None, *, held: bool = False
) -> Iterator[Finding]:
    if problem:
        yield stop(place, f"The {place} cannot be used: {problem}")
    if collection is None:
        return
    if collection.deleted:
        yield stop(place, f"{collection.name} has been deleted")
    elif collection.non_functional or collection.kind is CollectionKind.ENDPOINT:
        yield stop(place, f"{collection.name} is an endpoint that holds no data itself: choose one of its collections")
    elif collection.connected is False:
        yield warn(place, f"{collection.name} is not connected now: runs wait until it is")
    elif collection.paused:
        yield warn(place, f"{collection.name} is paused by its owner")
    elif not held:
        yield ok(place, f"{collection.name} can be used")
    yield from _assurance(place, collection)
    if collection.user_message:
        yield note(place, f"{collection.name} says: {collection.user_message}")


def _assurance(place: str, collection: Collection) -> Iterator[Finding]:
    if collection.session_minutes or collection.mfa_required or collection.policy_id:
        span = f" of the last {collection.session_minutes} minutes" if collection.session_minutes else ""
        yield warn(
            place,
            f"{collection.name} wants a sign-in{span}: runs without one may stop the timer until somebody signs in",
        )
    elif collection.high_assurance:
        yield note(place, f"{collection.name} is high assurance")


def _consents(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    check = lookups.consents or ConsentCheck()
    for scope in check.missing:
        yield warn(CONSENT, f"A consent is missing and will be asked for: {_allowed(scope, draft, lookups)}")
    for scope in check.unknown:
        yield note(CONSENT, f"Whether this consent is there cannot be told: {_allowed(scope, draft, lookups)}")
    if lookups.consents == ConsentCheck():
        yield ok(CONSENT, "All consents are there")


def _allowed(scope: Scope, draft: Draft, lookups: Lookups) -> str:
    """What a scope is about, by the names that are known; as it is written where it is about something else."""
    names = {side.collection_id: side.name for side in (lookups.source, lookups.destination) if side is not None}
    ids = [collection_id for collection_id in map(collection_of, scope.walk()) if collection_id]
    if ids:
        return f"data on {', '.join(names.get(collection_id, collection_id) for collection_id in ids)}"
    flow = draft.flow
    return f"to start the flow {flow.title or flow.flow_id}" if draft.what is What.FLOW_TIMER else str(scope)


def _pauses(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    data = draft.transfer
    for place, collection_id, collection, chosen in (
        (SOURCE, data.source_endpoint, lookups.source, draft.source_name),
        (DESTINATION, data.destination_endpoint, lookups.destination, draft.destination_name),
    ):
        writing, name = place == DESTINATION, collection.name if collection else chosen
        if rules := [rule for rule in lookups.pauses.get(collection_id or "", ()) if rule.holds(writing=writing)]:
            which = "to" if writing else "from"
            reasons = "; ".join(dict.fromkeys(rule.message for rule in rules if rule.message)) or "they give no reason"
            yield warn(place, f"{name or collection_id}: its managers have paused transfers {which} it: {reasons}")


def _paths(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    data = draft.transfer
    for number, item in enumerate(data.items):
        for side, collection_id, path in (
            (SOURCE, data.source_endpoint, item.source_path),
            (DESTINATION, data.destination_endpoint, item.destination_path),
        ):
            if look := lookups.paths.get((collection_id or "", path)):
                yield _path(look, path, number, at_source=side == SOURCE, recursive=item.recursive)


def _path(look: PathLook, path: str, number: int, *, at_source: bool, recursive: bool | None) -> Finding:
    there = path if at_source else f"{path} at the destination"
    if look.gare is not None:
        return warn(ITEMS, f"Globus wants something of you before it shows {there}", number)
    if look.missing and at_source:
        return stop(ITEMS, f"There is no {path} at the source", number)
    if look.missing:
        return note(ITEMS, f"{path} is not there yet and will be made", number)
    if look.problem or look.kind is None:
        return warn(ITEMS, f"{there} cannot be read: {look.problem or 'nobody tells what it is'}", number)
    if look.kind == "dir" and recursive is False:
        why = "but is to be moved as a file" if at_source else "but a file needs a whole path"
        return stop(ITEMS, f"{there} is a folder, {why}", number)
    if look.kind != "dir" and recursive:
        why = "but is to be moved as a folder" if at_source else "where a folder is to go"
        return stop(ITEMS, f"{there} is a file, {why}", number)
    words = "can be read" if at_source else "is there; writing cannot be tried without writing"
    return ok(ITEMS, f"{path} {words}")


def _local_users(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    for place, collection, user in (
        (SOURCE, lookups.source, draft.transfer.source_local_user),
        (DESTINATION, lookups.destination, draft.transfer.destination_local_user),
    ):
        if user and collection is not None and collection.kind not in (CollectionKind.MAPPED, CollectionKind.OTHER):
            yield stop(place, f"A local user can be chosen on mapped collections only, and {collection.name} is none")


def _deleting(draft: Draft, lookups: Lookups) -> Iterator[Finding]:
    if not draft.deletes:
        return
    yield warn(OPTIONS, DANGER.split(". ")[0])
    for item in draft.transfer.items[:1]:
        for sign in scratch_signs(item.source_path, lookups.source):
            level = stop if draft.guards.refuse_scratch else warn
            yield level(SOURCE, f"The source looks like storage that is purged ({sign}), and this timer deletes")
    if not draft.transfer.fail_on_quota_errors:
        yield note(OPTIONS, "Free space cannot be seen through Globus; a full quota is tried again until the deadline")
    gone = lookups.deletions
    if gone is None:
        return
    if gone.source_empty and gone.looked_at:
        yield stop(SOURCE, "The source is empty now: the first run would delete everything at the destination")
    elif gone.names:
        or_more = "" if gone.complete else " or more"
        yield warn(
            OPTIONS,
            f"{len(gone.names)}{or_more} of {gone.looked_at} entries at the destination are not in the source: "
            f"the first run would DELETE them ({word_to_type(draft)})",
        )
    elif gone.complete:
        yield ok(OPTIONS, "The first run would delete nothing at the top level")


FARTHEST_START = timedelta(days=365)
PAST_ALLOWED = timedelta(days=1)
"""A start must be "in the future or close to the present" (documented); how close is not known. Within this it is a
warning, beyond it is not sent."""


def check_schedule(draft: Draft, now: datetime) -> Iterator[Finding]:
    """All findings about the schedule, and of each member of a calendar group."""
    if draft.what is What.TRANSFER_NOW:
        return
    seen = set()
    for schedule in draft.schedules or (None,):
        for finding in _check(schedule, now, last_run=draft.replaces is not None):
            if finding not in seen:
                seen.add(finding)
                yield finding
    yield from _deadline(draft, now)


def _check(schedule: Schedule | None, now: datetime, *, last_run: bool) -> Iterator[Finding]:
    if schedule is None:
        yield stop(SCHEDULE, "It is not said when it runs")
    elif isinstance(schedule, OnceSchedule):
        if schedule.at is not None:
            yield from _start(schedule.at, now)
    else:
        yield from _interval(schedule.interval)
        if schedule.start is not None:
            yield from _start(schedule.start, now)
        yield from _end(schedule, now, last_run=last_run)


def _interval(interval: timedelta) -> Iterator[Finding]:
    try:
        check_interval(interval)
    except Refusal as wrong:
        yield stop(INTERVAL, wrong.reason.rstrip("."))
    if interval % timedelta(seconds=1):
        yield stop(INTERVAL, "An interval must be in whole seconds")


def _start(start: datetime, now: datetime) -> Iterator[Finding]:
    if start > now + FARTHEST_START:
        yield stop(START, "It starts more than a year from now, which Globus does not allow")
    elif start < now - PAST_ALLOWED:
        yield stop(START, "Its start has passed more than a day ago")
    elif start < now:
        yield warn(START, "Its start has passed: the first run may begin at once")


def _end(schedule: RecurringSchedule, now: datetime, *, last_run: bool) -> Iterator[Finding]:
    """`last_run`: one run may be all that is left of the timer whose place it takes; only v1 refuses that."""
    end = schedule.end
    if end.after_runs is not None and end.after_runs < 1:
        yield stop(END, "It has to make at least one run")
    if end.after_runs == 1 and not last_run:
        yield stop(END, "A timer that runs once has no interval: choose a single run")
    if end.until is not None and end.until <= now:
        yield stop(END, "It ends in the past")
    elif end.until is not None and end.until < (schedule.start or now):
        yield stop(END, "It ends before its first run")
    elif end.until is not None and (schedule.start or now) + schedule.interval > end.until:
        yield note(END, "It ends before its second run")
    if end.until is not None and end.after_runs is not None:
        both = f"on {end.until:%Y-%m-%d} and after {end.after_runs} runs"
        yield stop(END, f"It ends on a date or after a number of runs, not both; it says {both}: say one of them anew")


def _deadline(draft: Draft, now: datetime) -> Iterator[Finding]:
    """A timer's deadline is a fixed moment: runs after it would fail."""
    moment = wire.moment(draft.transfer.deadline) if draft.what is What.TRANSFER_TIMER else None
    if moment is None or moment <= now or draft.schedule is None:
        return
    schedule = draft.schedule
    if isinstance(schedule, RecurringSchedule):
        yield warn(DEADLINE, "The deadline is one moment for all runs: those after it fail")
    elif schedule.at is not None and schedule.at >= moment:
        yield stop(DEADLINE, "The deadline is before the run")


_NOTHING = Lookups()


def check_draft(
    draft: Draft,
    now: datetime,
    *,
    jobs: Iterable[Job] | TimerIndex = (),
    tasks: Mapping[str, Task] | None = None,
    lookups: Lookups = _NOTHING,
    replaces: str | None = None,
    rate: bool = True,
) -> tuple[Finding, ...]:
    """Everything that can be found, worst first, otherwise in the order of the wizard's steps.

    Args:
        jobs: all timers, for rate, duplicates and overlap; a `TimerIndex` of them when there are many checks.
        lookups: what services answered so far.
        replaces: id of the timer that an edit replaces.
        rate: False leaves out how often all timers run together.
    """
    timers = jobs if isinstance(jobs, TimerIndex) else TimerIndex(jobs)
    asked = {side.collection_id: side for side in (lookups.source, lookups.destination) if side is not None}
    known = {**timers.collections, **asked}
    findings: list[Finding] = []
    if draft.what is What.FLOW_TIMER:
        if not draft.flow.flow_id:
            findings.append(stop(FLOW, "No flow is chosen"))
        findings += _check_people(draft)
        for key in draft.flow.extra:
            findings.append(warn(FLOW, f"{key} beside the input is not known to this program; it is sent as it is"))
    else:
        findings += check_items(draft.transfer, now, known, timer=draft.what is What.TRANSFER_TIMER)
    findings += check_schedule(draft, now)
    findings += check_against_timers(draft, timers, tasks or {}, now=now, known=known, replaces=replaces, rate=rate)
    findings += check_lookups(draft, lookups)
    return tuple(sorted(findings, key=lambda finding: -finding.level))


def _check_people(draft: Draft) -> Iterator[Finding]:
    """Who may manage and monitor the runs stands as URNs (documented); the service refuses the run, not the timer."""
    for place in (RUN_MANAGERS, RUN_MONITORS):
        for person in getattr(draft.flow, place):
            if not is_principal(person):
                bare = is_principal(f"{IDENTITY}{person}")
                choices = f"{IDENTITY}{person}, or {GROUP}{person}" if bare else f"{IDENTITY}ID, or {GROUP}ID"
                yield stop(place, f"“{person}” names no person and no group. Write {choices}")


IDENTITY, GROUP = "urn:globus:auth:identity:", "urn:globus:groups:id:"


def may_be_sent(findings: Iterable[Finding]) -> bool:
    return all(finding.level is not Level.STOP for finding in findings)
