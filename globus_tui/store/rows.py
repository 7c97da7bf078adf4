"""One row for each timer: what the order of a list needs, made of its document; all else is made when it is looked at.

The rank of a row and the word that is shown come from the same judgement (`judge`), here of a document that is read as
far as it is asked about. A row is an immutable value; anything that changes what is shown of a timer makes another row.
"""

from __future__ import annotations

import itertools
import pickle
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire
from globus_tui.domain.documents import Block, Source, decode
from globus_tui.domain.schedule.schedule import next_tick
from globus_tui.domain.timer.filter import fold_case
from globus_tui.domain.timer.health import (
    LAST_OF_TROUBLE,
    RECENT,
    SHORTEST_SLOW_RUN,
    Health,
    Why,
    Word,
    grace,
    judge,
    last_good,
    task_in_progress,
)
from globus_tui.domain.timer.history import Past
from globus_tui.domain.timer.job import Job, JobId, JobKind, JobStatus, view
from globus_tui.domain.timer.orders import NONE
from globus_tui.store.task_shelf import RUNS_JOINED, depth_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from globus_tui.domain.documents import Entry
    from globus_tui.domain.timer.orders import Orders
    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.job_state import Pending

MOST_UNPACKED = 400_000
"""Bytes of documents that changed in the last few lists, and are not packed yet."""
RUNS_KEPT = 30
"""Runs kept for a job that nobody has opened; the strip of a row shows fewer."""

OUTDATED = Health(Word.UNKNOWN, Why.STALE)
SIDES_APART = "\0"
_WORDS = tuple(Word)
_COUNTING = (Word.RUNNING, Word.OVERRUN, Word.BLOCKED)
_AT_REST = (Word.OK, Word.FAILED, Word.WARN)
_SHORTEST_GRACE = timedelta(minutes=2)
_INSTANT = timedelta(microseconds=1)
_serials = itertools.count(1)

StoredDocument = Source | Job
"""Where the document of a timer is, or what was read of it: alone, or by a command that then ends, its view."""


class Row(NamedTuple):
    """What a list is sorted by, in the order of what counts first: rows are put in order as they are.

    Attributes:
        order: of the judgement, 0 the worst.
        undated: the service names no next run.
        next_run: seconds since 1970, 0 if undated.
        folded_name: what it is called, case folded.
        serial: another one for each row ever made: equal rows are the same row.
        judged_at: the moment of the judgement.
        recheck_at: seconds since 1970 from which the judgement may differ without any news; None if never.
        last_run: when it ran last, in seconds since 1970.
        interval_seconds: seconds between runs.
        health: the judgement, as it is shown.
        label: what it is called.
        task: the id of the Transfer task of the run in progress, or None.
        source: id of the collection that it moves from; empty when it moves nothing.
        destination: of that it moves to.
        paths: its paths there, `SIDES_APART`, and those on the other side; case folded.
        before_outdated: the row of before it was not known any more how things are; `health` is `OUTDATED` then.
    """

    order: int
    undated: bool
    next_run: float
    folded_name: str
    job_id: JobId
    serial: int
    judged_at: datetime
    recheck_at: float | None
    last_run: float | None
    interval_seconds: float | None
    status: JobStatus
    stands_still: bool
    health: Health
    label: str
    task: str | None
    source: str
    destination: str
    paths: str
    pending: Pending | None = None
    before_outdated: Row | None = None

    @property
    def key(self) -> JobId:
        """What a list knows it by."""
        return self.job_id

    @property
    def active(self) -> bool:
        return self.status is JobStatus.ACTIVE

    @property
    def unreadable(self) -> bool:
        return self.health.why is Why.UNREADABLE

    @property
    def said(self) -> tuple[object, ...]:
        """All but when it was judged and when it is again: what a list shows."""
        return self[:5] + self[8:]

    @property
    def word(self) -> Word:
        return self.health.word

    @property
    def is_trouble(self) -> bool:
        """Whether a person should look at it, or knows of it."""
        return self.order <= LAST_OF_TROUBLE

    @property
    def rank(self) -> int:
        """Of its health word, 0 the worst."""
        return self.health.word.rank

    def renumbered(self, **changes: Any) -> Row:
        """The same as another row, for one of which something was changed."""
        return self._replace(serial=next(_serials), **changes)


def make_row(
    job: Job, tasks: Mapping[str, Task], now: datetime, *, orders: Orders = NONE, pending: Pending | None = None
) -> Row:
    """Judges a job, or the view of its document; `orders` as for `judge`."""
    past = Past(job, tasks, now)
    health = judge(job, tasks, now, history=past, orders=orders)
    source, destination = (wire.interned_text(side) or "" for side in job.sides)
    at, name = job.next_run, job.label
    last = job.runs[0].ran_at if job.runs else job.last_ran_at
    small = fold_case(name)
    again = _first_moment(job, past, health, now, orders)
    return Row(
        health.order,
        at is None,
        at.timestamp() if at else 0.0,
        name if small == name else small,
        job.job_id,
        next(_serials),
        now,
        again.timestamp() if again else None,
        last.timestamp() if last else None,
        job.interval_seconds,
        job.status,
        job.stands_still,
        health,
        name,
        task_in_progress(job, health),
        source,
        destination,
        fold_case(SIDES_APART.join(map("\n".join, job.paths))),
        pending,
    )


# --- when time alone may change a judgement


def _first_moment(job: Job, past: Past, health: Health, now: datetime, orders: Orders) -> datetime | None:
    plain = orders.good_within is None and orders.acknowledged is None
    waiting = plain and job.status is JobStatus.ACTIVE and not job.running and not job.stands_still
    if waiting and health.word in _AT_REST and job.next_run is not None and job.next_run > now:
        return job.next_run + _SHORTEST_GRACE  # at the earliest: one look too many costs only that
    return min((*_moments(job, past, health, now), *_moments_of_orders(job, past, orders, now)), default=None)


def _moments(job: Job, past: Past, health: Health, now: datetime) -> Iterator[datetime]:
    """Moments after `now` at which the clock alone may change the verdict; one too many costs only a judgement."""
    if job.unreadable or job.status is JobStatus.DELETING:
        return
    yield from _moments_of_a_long_run(job, past, now)
    if job.status is JobStatus.ENDED:
        last = (job.runs[0].ran_at if job.runs else None) or job.last_ran_at
        if last and last + RECENT >= now:
            yield last + RECENT + _INSTANT
        return
    slack = grace(job)
    if job.next_run is not None and job.next_run + slack >= now:
        yield job.next_run + slack + _INSTANT
    if (tick := next_tick(job.schedule, now - slack - _INSTANT)) is not None:
        yield tick + slack + _INSTANT
    if health.word in _COUNTING or job.running or job.stands_still:
        tick = next_tick(job.schedule, now)
        if tick is not None:
            yield tick


def _moments_of_orders(job: Job, past: Past, orders: Orders, now: datetime) -> Iterator[datetime]:
    """When what was decided here ends, or a good copy gets too old."""
    ends = [
        order.until
        for order in (orders.pause_note, orders.acknowledged)
        if order is not None and order.until is not None
    ]
    if orders.good_within is not None:
        good = last_good(job, past.tasks, past.outcomes) or orders.good_at or job.submitted_at
        ends += [good + orders.good_within] if good is not None else []
    yield from (end + _INSTANT for end in ends if end >= now)


def _moments_of_a_long_run(job: Job, past: Past, now: datetime) -> Iterator[datetime]:
    """When the newest run, if it still goes on, gets longer than usual or than the interval."""
    newest = job.runs[0] if job.runs and job.runs[0].ended is None else None
    started = (newest.ran_at if newest else None) or (job.activity.since if job.activity else None)
    if started is None:
        return
    limits = [timedelta(0), SHORTEST_SLOW_RUN]
    if job.interval_seconds:
        limits.append(timedelta(seconds=job.interval_seconds))
    if past.usual:
        limits.append(3 * past.usual)
    yield from (moment for limit in limits if (moment := started + limit + _INSTANT) > now)


# --- runs that a later answer leaves out


def merge_runs(old: tuple[Run, ...], listed: tuple[Run, ...], kept: int) -> tuple[Run, ...]:
    """Unites runs, newest first, at most `kept` (but never fewer than found). What was found now wins.

    A run is known by the moment at which it fired, for a job has one run at a time and the service gives runs no id;
    what it made (`resource_id`) may become known only later.
    """
    if not old:
        return listed
    fresh = {run.ran_at or run.key for run in listed}
    known = tuple(run for run in old if (run.ran_at or run.key) not in fresh)
    if not known:
        return listed
    runs = (*listed, *known)
    if all(run.ran_at for run in runs):
        runs = tuple(sorted(runs, key=lambda run: run.ran_at.timestamp() if run.ran_at else 0.0, reverse=True))
    return runs[: max(kept, len(listed))]


def merge_job(old: Job | None, new: Job, runs_kept: int = RUNS_KEPT) -> Job:
    """The job as found, with the older runs that were known already: an answer may carry only the newest few."""
    if old is None or not old.runs or new.unreadable:
        return new
    runs = merge_runs(old.runs, new.runs, runs_kept)
    if runs == new.runs:
        return new
    reaches_deeper = len(runs) > len(new.runs)
    marker = old.runs_marker if reaches_deeper and runs[-1] == old.runs[-1] else new.runs_marker
    return replace(new, runs=runs, runs_marker=marker)


class OlderRuns(NamedTuple):
    """Runs of a timer that its document does not carry any more, and the marker behind them. Packed: few are seen."""

    packed: bytes

    @classmethod
    def of(cls, runs: tuple[Run, ...], marker: str | None) -> OlderRuns:
        return cls(zlib.compress(pickle.dumps((runs, marker), protocol=5), 1))

    def runs(self) -> tuple[tuple[Run, ...], str | None]:
        """Unpacks them. It is what this process packed, nothing from outside."""
        packed: tuple[tuple[Run, ...], str | None] = pickle.loads(zlib.decompress(self.packed))  # noqa: S301
        return packed


# --- a list


class RowNews(NamedTuple):
    """A new row, and what is to be remembered of its timer beside it.

    Attributes:
        tasks: ids of the tasks of its newest runs, with how new each is and when it ran; of transfers only.
        sides: collections that it moves between.
    """

    row: Row
    document: StoredDocument
    older_runs: OlderRuns | None
    tasks: tuple[tuple[str, int, float], ...]
    sides: tuple[str, ...]
    deleting: bool


class ListRead(NamedTuple):
    """A list that was read.

    Attributes:
        order: the ids, as the service lists them.
        news: rows of the timers that are new or say something else.
        moved: those that say the same, where their texts are now, and which runs those do not carry any more.
    """

    order: dict[JobId, None]
    news: dict[JobId, RowNews]
    moved: dict[JobId, tuple[Source, OlderRuns | None]]


class Reading:
    """Makes rows of a list's entries, in whatever thread; all it looks at is what was known when it began.

    Args:
        documents: what is known of each timer.
        tasks: by id.
        orders: see `Board.orders`.
        opened: how many runs to keep of timers that somebody looked into.
    """

    def __init__(
        self,
        documents: Mapping[JobId, StoredDocument],
        older: Mapping[JobId, OlderRuns],
        tasks: Mapping[str, Task],
        now: datetime,
        orders: Mapping[str, Orders],
        opened: Mapping[JobId, int],
    ) -> None:
        self.documents = dict(documents)
        self._older, self._tasks, self._now, self._orders, self._opened = dict(older), tasks, now, orders, dict(opened)
        self._block = Block()

    def judge(self, seen: Sequence[Job]) -> ListRead:
        """Makes rows of a first list that is kept as it was seen, see `views`."""
        read = ListRead({}, {}, {})
        for job in seen:
            read.order[job.job_id] = None
            row = make_row(job, self._tasks, self._now, orders=self._orders.get(job.job_id, NONE))
            read.news[job.job_id] = row_news(row, job, job, None, depth_for(len(seen)))
        return read

    def take(self, entries: Iterable[Entry]) -> ListRead:
        sparse = self._sparse()
        read = ListRead({}, {}, {})
        for key, document, text in entries:
            if key is not None:
                job_id = JobId(key)
                kept = self.documents[job_id]
                if isinstance(kept, Source) and id(kept.block) in sparse:
                    read.moved[job_id] = self._pack(text), self._older.get(job_id)
            else:
                job_id = self._take_news(view(document), document, text, read)
            read.order[job_id] = None
        return read

    def _take_news(self, job: Job, document: object, text: str, read: ListRead) -> JobId:
        job_id, before = job.job_id, self.documents.get(job.job_id)
        if isinstance(before, Job) and merge_job(before, Job.from_document(document)) == before:
            return job_id  # read alone a moment ago, and the list says the same
        if isinstance(before, Source) and before.text() == text:
            return job_id
        older = None if before is None else self._older_runs(job, before, text)
        if isinstance(before, Source) and _says_the_same(before.text(), text):
            read.moved[job_id] = self._pack(text), older
            return job_id
        if older is not None:
            job = with_older_runs(job, older, self._opened.get(job_id, RUNS_KEPT))
        row = make_row(job, self._tasks, self._now, orders=self._orders.get(job_id, NONE))
        kept = document if isinstance(document, Job) else self._pack(text)
        jobs = max(len(self.documents), len(read.order))  # as many as the list before had, or more
        deep = RUNS_JOINED if job_id in self._opened else depth_for(jobs)
        read.news[job_id] = row_news(row, kept, job, older, deep)
        return job_id

    def _older_runs(self, job: Job, before: StoredDocument, text: str) -> OlderRuns | None:
        known = self._older.get(job.job_id)
        if isinstance(before, Source) and _same_runs(before.text(), text):
            return known
        old = Job.from_document(before.document() if isinstance(before, Source) else before)
        if known is not None:
            old = with_older_runs(old, known, RUNS_KEPT)
        return runs_left_out(old, job, self._opened.get(job.job_id, RUNS_KEPT))

    def _pack(self, text: str) -> Source:
        if self._block.full:
            self._block = Block()
        return self._block.add(text)

    def _sparse(self) -> set[int]:
        """Blocks whose texts move: few of them are still of use, or many blocks are too short to have been packed."""
        used: dict[int, tuple[Block, list[None]]] = {}
        for kept in self.documents.values():
            if isinstance(kept, Source):
                used.setdefault(id(kept.block), (kept.block, []))[1].append(None)
        short = {key: block.size for key, (block, _) in used.items() if not block.full}
        many = short.keys() if sum(short.values()) > MOST_UNPACKED else ()
        return {*many, *(key for key, (block, still) in used.items() if 2 * len(still) < block.count)}


def row_news(row: Row, kept: StoredDocument, job: Job, older: OlderRuns | None, deep: int = RUNS_JOINED) -> RowNews:
    """What a timer's row brings, read off the document while it is at hand; of its newest runs `deep` many."""
    sides = tuple(filter(None, (row.source, row.destination)))
    return RowNews(row, kept, older, tasks_of(job, deep), sides, job.status is JobStatus.DELETING)


def tasks_of(job: Job, deep: int) -> tuple[tuple[str, int, float], ...]:
    """The tasks of a timer's newest runs, as `RowNews` has them."""
    if job.kind is not JobKind.TRANSFER:  # flow runs are not tasks of Transfer
        return ()
    return tuple(
        (run.resource_id, number, -(run.ran_at.timestamp() if run.ran_at else 0.0))
        for number, run in enumerate(job.runs[:deep])
        if run.resource_id is not None
    )


def runs_left_out(old: Job, new: Job, kept: int) -> OlderRuns | None:
    """The older runs of a job that what was found now does not carry."""
    if not old.runs or new.unreadable:
        return None
    runs = merge_runs(old.runs, new.runs, kept)
    older = tuple(run for run in runs if run in old.runs and run not in new.runs)
    if not older:
        return None
    return OlderRuns.of(older, old.runs_marker if older[-1] == old.runs[-1] else new.runs_marker)


def with_older_runs(job: Job, older: OlderRuns, kept: int) -> Job:
    """A job, or the view of a document, with these."""
    runs, marker = older.runs()
    seen: Any = job
    if isinstance(seen, Job):
        return merge_job(replace(job, runs=runs, runs_marker=marker), job, kept)
    seen.runs = merge_runs(runs, job.runs, kept)
    return job


def _same_runs(one: str, other: str) -> bool:
    """Whether two texts of a document certainly say the same of its runs."""
    mark = '"results":'
    if one.count(mark) != 1 or other.count(mark) != 1:
        return False
    return one[one.index(mark) :] == other[other.index(mark) :]


def _says_the_same(one: str, other: str) -> bool:
    """Whether a text of a document says nothing that an earlier one did not: it may carry fewer of the same runs."""
    mark = '"results":'
    if one.partition(mark)[0] != other.partition(mark)[0]:
        return False
    before, after = decode(one)[0], decode(other)[0]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    (runs, rest), (fewer, same) = _parts(before), _parts(after)
    return rest == same and bool(fewer) and fewer == runs[: len(fewer)]


def _parts(document: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The runs of a document, and all else but the marker behind them."""
    results = wire.document(document.get("results"))
    others = {key: value for key, value in results.items() if key not in ("data", "page_next")}
    return wire.items(results.get("data")), {**document, "results": others}


def job_of(kept: StoredDocument, older: OlderRuns | None, runs_kept: int = RUNS_KEPT) -> Job:
    job = Job.from_document(kept.document() if isinstance(kept, Source) else kept)
    return job if older is None else with_older_runs(job, older, runs_kept)


def view_of(kept: StoredDocument) -> Job:
    """The timer as far as it is asked about, without its older runs."""
    return view(kept.document() if isinstance(kept, Source) else kept)


def views(entries: Iterable[Entry]) -> list[Job]:
    """A list whose documents are kept as they are decoded: several times the memory, and each is decoded once."""
    return [view(entry.value) for entry in entries]


def counts(rows: Iterable[Row]) -> dict[Word, int]:
    """How many timers have each health word, worst first, words without a timer included."""
    numbers = [0] * len(_WORDS)
    for row in rows:
        numbers[row.rank] += 1
    return dict(zip(_WORDS, numbers, strict=True))


def worst(rows: Sequence[Row], limit: int) -> list[Row]:
    """Those that need a person most."""
    return sorted(rows)[:limit]
