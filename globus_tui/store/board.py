"""What is known now and what was published of it. Everything that changes a row goes through here."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.documents import Block, Source
from globus_tui.domain.errors import UnreadableAnswer
from globus_tui.domain.timer.history import Past, look_back
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.domain.timer.orders import NONE
from globus_tui.domain.transfer.collection import Collection
from globus_tui.store.job_state import Change, Glance, JobState, Replacement
from globus_tui.store.refresh_plan import Freshness, FreshnessState
from globus_tui.store.rows import (
    OUTDATED,
    RUNS_KEPT,
    Reading,
    job_of,
    make_row,
    merge_job,
    merge_runs,
    row_news,
    tasks_of,
    view_of,
    with_older_runs,
)
from globus_tui.store.task_shelf import TaskShelf, depth_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Set

    from globus_tui.domain.timer.orders import Orders
    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.answer_cache import CachedRows
    from globus_tui.store.job_state import Pending
    from globus_tui.store.rows import ListRead, OlderRuns, Row, StoredDocument

NAMES_AT_ONCE = 40
"""Look-ups after one refresh; the rest waits for the next."""

_REFUSED_FOR, _UNREACHABLE_FOR = timedelta(hours=1), timedelta(minutes=2)


class NameShelf:
    """What is known of collections."""

    def __init__(self) -> None:
        self.collections: Mapping[str, Collection] = MappingProxyType({})
        self.ids_read: set[str] = set()
        self._from_cache: set[str] = set()
        self._wanted: dict[str, None] = {}
        self._not_before: dict[str, datetime] = {}

    def note(self, sides: Iterable[str]) -> None:
        """Takes down which collections a job touches."""
        for side in sides:
            if side not in self.collections or side in self._from_cache:
                self._wanted[side] = None

    def take_cached(self, collections: Mapping[str, Collection]) -> None:
        """Takes what an earlier session knew: good until it is looked up again."""
        self._from_cache.update(collections)
        self.collections = MappingProxyType(dict(collections))

    def wanted(self, now: datetime, limit: int = NAMES_AT_ONCE) -> tuple[str, ...]:
        """Ids to look up now."""
        due = (key for key in self._wanted if self._not_before.get(key, now) <= now)
        return tuple(key for key, _ in zip(due, range(limit), strict=False))

    def harvest(self, tasks: Iterable[Task]) -> bool:
        """Takes names that came with tasks; True if any was new. They are names only: see `read`."""
        collections: dict[str, Collection] = {}
        for task in tasks:
            sides = ((task.source_id, task.source_name), (task.destination_id, task.destination_name))
            for side, name in sides:
                if side and name and side not in self.collections and side in self._wanted:
                    collections[side] = Collection(side, name)
        return self._keep(collections)

    def take(self, collections: Mapping[str, Collection]) -> bool:
        """Takes collections that were looked up, by the id asked for; True if any was new or differs."""
        self.ids_read.update(collections)
        self._from_cache.difference_update(collections)
        for key in collections:
            self._wanted.pop(key, None)
        return self._keep({key: new for key, new in collections.items() if self.collections.get(key) != new})

    def note_failure(self, collection_id: str, now: datetime, *, refused: bool) -> None:
        """The look-up failed: not again for a while."""
        self._not_before[collection_id] = now + (_REFUSED_FOR if refused else _UNREACHABLE_FOR)

    def _keep(self, collections: dict[str, Collection]) -> bool:
        for key in collections:
            self._wanted.pop(key, None)
        if collections:
            self.collections = MappingProxyType({**self.collections, **collections})
        return bool(collections)


JUDGED_AT_ONCE, ORDERED_AT_ONCE = 300, 100
FEW = 10
"""Fewer timers are judged in any order: unpacking their documents costs less than looking for them."""
STATES_AT_HAND = 200
"""Timers that were made whole lately: some screens of them."""
RUNS_KEPT_WHEN_OPENED = 1000
NUMBERS_REMEMBERED = 5000
"""With their moments. For an earlier moment all that is known counts as newer, so nothing is undone."""


class States(Mapping[JobId, JobState]):
    """All timers by id, in the service's order. One is made whole of its document when it is asked for.

    Attributes:
        rows: what there is of each at any rate.
        make: makes a timer of its row.
        glance: what words about a row's timer need: a fifth of the work of making it whole.
    """

    __slots__ = ("glance", "make", "rows")

    def __init__(
        self, rows: dict[JobId, Row], make: Callable[[Row], JobState], glance: Callable[[Row], JobState | Glance]
    ) -> None:
        self.rows = rows
        self.make = make
        self.glance = glance

    @property
    def under_way(self) -> int:
        """How many wait for a change, or for its end."""
        return sum(row.pending is not None for row in self.rows.values())

    def __getitem__(self, job_id: JobId) -> JobState:
        return self.make(self.rows[job_id])

    def __iter__(self) -> Iterator[JobId]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self.rows

    def whole(self, rows: Iterable[Row]) -> dict[JobId, JobState]:
        """The timers of rows, each made whole, but for those that are gone; in whatever thread.

        It is fast for rows that come in the service's order: so their documents are packed.
        """
        made = {}
        for row in rows:
            with suppress(KeyError):
                made[row.job_id] = self.make(row)
        return made

    __eq__ = object.__eq__  # comparing two by what is in them would make all timers whole
    __hash__ = object.__hash__


def _nobody(row: Row) -> JobState:
    raise KeyError(row.job_id)


NO_STATES = States({}, _nobody, _nobody)
"""Before anything is known."""


class Board:
    """Documents, tasks, names, judgements and pending operations, joined into published rows.

    Attributes:
        now: the present by the service's clock.
        clock: the present by this machine's.
        moment: seconds of a clock that all programs of this machine share and nobody sets.
        documents: what is known of each timer, by id: where the text of its document is.
        states: what is published; a new mapping only when something in it changed.
        runs_to_keep: jobs somebody looked into, with the number of their runs to keep.
        cached_rows: rows of an earlier session, until the first answer of this one.
        orders: what people decided here about timers, by their ids.
        replacements: ids of timers that an edit put others in the place of, with the ids of those.
        changed_here: something changed a row since the last list: the same answer again may say something new.
    """

    def __init__(
        self, now: Callable[[], datetime], clock: Callable[[], datetime], moment: Callable[[], float] = time.monotonic
    ) -> None:
        self.now = now
        self.clock = clock
        self.moment = moment
        self.documents: dict[JobId, StoredDocument] = {}
        self._removed: dict[JobId, StoredDocument] = {}  # of the last that went, of an earlier session
        self.states = States({}, self.state_of, self.glance)
        self.freshness = Freshness()
        self.shelf = TaskShelf()
        self.names = NameShelf()
        self.pending: dict[JobId, Pending] = {}
        self.runs_to_keep: dict[JobId, int] = {}
        self.changed_here = False
        self.cached_rows: CachedRows | None = None
        self.orders: Mapping[str, Orders] = {}
        self.replacements: Mapping[str, str] = {}
        self._rows: dict[JobId, Row] = {}
        self._older_runs: dict[JobId, OlderRuns] = {}
        self._touched: dict[JobId, int] = {}
        self._deleted: dict[JobId, int] = {}
        self._states_at_hand: dict[JobId, tuple[Row, JobState]] = {}
        self._rechecks: list[tuple[float, JobId]] = []
        self._numbers = itertools.count(1)
        self._number_times: deque[tuple[float, int]] = deque(maxlen=NUMBERS_REMEMBERED)
        self._last_local = 0
        self._listeners: list[Callable[[Change], None]] = []

    def number(self) -> int:
        """The next number for a request or a local change.

        An answer says nothing new of a timer of which something happened after it was asked for.
        """
        number = next(self._numbers)
        self._number_times.append((self.moment(), number))
        return number

    def number_at(self, moment: float) -> int:
        """The last number drawn before a moment of `self.moment`: for an answer that was asked for elsewhere."""
        return max((number for at, number in self._number_times if at < moment), default=0)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `listener` after each publication, until the function returned is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    # --- one timer, made whole

    def state_of(self, row: Row) -> JobState:
        """All that is known of a row's timer, in whatever thread. Raises `KeyError`: it is gone."""
        known = self._states_at_hand.get(row.job_id)
        if known is not None and known[0] is row:
            return known[1]
        job = self.job(row.job_id)
        history = look_back(job, self.shelf.tasks, row.judged_at)
        state = JobState(job, history, row.health, row.pending, self._replacement(job))
        if len(self._states_at_hand) >= STATES_AT_HAND:
            for job_id in tuple(self._states_at_hand)[: STATES_AT_HAND // 2]:
                self._states_at_hand.pop(job_id, None)
        self._states_at_hand[row.job_id] = row, state
        return state

    def glance(self, row: Row) -> JobState | Glance:
        """What words about a row's timer need, of its document as far as they ask for it.

        Raises:
            KeyError: it is gone.
        """
        made = self._states_at_hand.get(row.job_id)
        if made is not None and made[0] is row:
            return made[1]
        seen = self._view_of(row.job_id)
        return Glance(seen, row.health, self._replacement(seen), Past(seen, self.shelf.tasks, row.judged_at))

    def job(self, job_id: JobId) -> Job:
        """A timer. Raises `KeyError`: it is not known."""
        return job_of(self._document(job_id), self._older_runs.get(job_id), self.runs_to_keep.get(job_id, RUNS_KEPT))

    def packed(self, ids: Iterable[JobId]) -> dict[JobId, StoredDocument]:
        """The documents of these timers in blocks of their own. Raises `KeyError`: one of them is not known."""
        block, found = Block(), {}
        for job_id in ids:
            kept = self._document(job_id)
            if isinstance(kept, Source):
                block = Block() if block.full else block
                kept = block.add(kept.text())
            found[job_id] = kept
        return found

    def _document(self, job_id: JobId) -> StoredDocument:
        return self.documents[job_id] if job_id in self.documents else self._removed[job_id]

    def _view_of(self, job_id: JobId) -> Job:
        """A timer as far as it is asked about; raises as `job`."""
        kept, older = self._document(job_id), self._older_runs.get(job_id)
        seen = view_of(kept)
        return seen if older is None else with_older_runs(seen, older, self.runs_to_keep.get(job_id, RUNS_KEPT))

    def _replacement(self, job: Job) -> Replacement | None:
        new_id = self.replacements.get(job.job_id) if job.stands_still else None
        if new_id is None:
            return None
        new = self._view_of(JobId(new_id)) if new_id in self.documents else None
        if new is None or new.status is JobStatus.DELETING:
            return Replacement(new_id, None, "gone")
        state = "ended" if new.status is JobStatus.ENDED else "paused" if new.stands_still else "active"
        return Replacement(new_id, new.label, state)

    # --- what an earlier session knew

    def show_cached(self, kept: CachedRows) -> None:
        """Publishes rows of an earlier session as they were judged then; the first list replaces them all."""
        self.cached_rows = kept
        self.shelf.take(task for task in kept.tasks if task.finished)
        self.names.take_cached(kept.collections)
        self._removed = dict(kept.documents)
        self.states = States(
            {row.job_id: row.renumbered(recheck_at=None) for row in kept.rows}, self.state_of, self.glance
        )
        self.freshness = Freshness(FreshnessState.CACHED, kept.at)

    # --- news from the service

    def reading(self) -> Reading:
        """Reads a list beside what is known at this moment."""
        return Reading(self.documents, self._older_runs, self.shelf.tasks, self.now(), self.orders, self.runs_to_keep)

    def expect(self, seen: Sequence[Job]) -> None:
        """Takes down the tasks behind the runs of a first list, which are read before it is judged."""
        self.shelf.fit(len(seen))
        for job in seen:
            self.shelf.note(job.job_id, tasks_of(job, depth_for(len(seen))))

    def take_list(self, read: ListRead, asked: int) -> frozenset[JobId]:
        """Folds a whole list in and publishes; returns which jobs are new or differ."""
        self.changed_here = bool(self.pending) or self._last_local > asked
        rows, changed = self._folded(read, asked)
        removed = self._rows.keys() - rows.keys()
        self._forget(removed)
        self._rows = rows
        for job_id in changed:
            self._store_document(job_id, read.news[job_id].document, read.news[job_id].older_runs)
        for job_id, moved in read.moved.items():
            if isinstance(self.documents.get(job_id), Source):
                self._store_document(job_id, *moved)
        # In the order of the service: the next list is compared with this one from the top.
        self.documents = {job_id: self.documents[job_id] for job_id in rows if job_id in self.documents}
        gone = self.states.keys() - rows.keys() if self.cached_rows else removed
        if self.cached_rows is not None:
            self.cached_rows = None
            self._states_at_hand.clear()
            self._removed = {job_id: self._removed[job_id] for job_id in gone}
        self.publish(changed, removed=gone)
        if list(self.states) != list(rows):  # the same in another order
            self.states = States(dict(rows), self.state_of, self.glance)
        self.shelf.fit(len(rows))
        for job_id in changed:
            self.shelf.note(job_id, read.news[job_id].tasks, opened=job_id in self.runs_to_keep)
            self.names.note(read.news[job_id].sides)
        return frozenset(changed)

    def _folded(self, read: ListRead, asked: int) -> tuple[dict[JobId, Row], set[JobId]]:
        """The rows in the order of a list, and which of them are its news; what happened here meanwhile stays."""
        rows: dict[JobId, Row] = {}
        changed: set[JobId] = set()
        local = [job_id for job_id in self._rows if self._is_older_than_here(job_id, asked)]
        for job_id in (*read.order, *local):
            before, news = self._rows.get(job_id), read.news.get(job_id)
            if news is not None and not self._is_older_than_here(job_id, asked):
                if not (news.deleting and job_id in self._deleted):
                    rows[job_id] = news.row
                    changed.add(job_id)
            elif before is not None:
                rows[job_id] = before
        return rows, changed

    def _is_older_than_here(self, job_id: JobId, asked: int) -> bool:
        if job_id in self.pending or self._touched.get(job_id, 0) > asked:
            return True
        return self._deleted.get(job_id, 0) > asked

    def take_job(self, reading: Job, asked: int) -> bool:
        """Folds the reading of one job in and publishes; False if something newer is known already.

        Raises:
            UnreadableAnswer: it cannot be understood, while what is known can: that stays.
        """
        job_id = reading.job_id
        if max(self._touched.get(job_id, 0), self._deleted.get(job_id, 0)) > asked:
            return False
        old = self.job(job_id) if job_id in self.documents else None
        if reading.unreadable is not None and old is not None and old.unreadable is None:
            raise UnreadableAnswer(f"What Globus sent about this timer cannot be read: {reading.unreadable}.")
        self._touch(job_id, asked)
        job = merge_job(old, reading, self.runs_to_keep.get(job_id, RUNS_KEPT))
        self._take(job, changed=job != old)
        return True

    def take_older_runs(self, job_id: JobId, job: Job) -> None:
        """Adds a page of older runs to a job; all else in that reading is as old as any list. Publishes."""
        if job_id not in self.documents:
            return
        old = self.job(job_id)
        listed, kept = ([run for run in old.runs if run.kept_here is local] for local in (False, True))
        runs = merge_runs(job.runs, tuple(listed), RUNS_KEPT_WHEN_OPENED)
        runs = merge_runs(tuple(kept), runs, RUNS_KEPT_WHEN_OPENED)
        self._take(replace(old, runs=runs, runs_marker=job.runs_marker), changed=True)

    def add_kept_runs(self, job_id: JobId, kept: tuple[Run, ...]) -> None:
        """Adds runs that were kept here to those that Globus lists, which go before them. Publishes."""
        if job_id in self.documents and kept:
            old = self.job(job_id)
            runs = merge_runs(kept, old.runs, RUNS_KEPT_WHEN_OPENED)
            if len(runs) > len(old.runs):
                self._take(replace(old, runs=runs), changed=True)

    def _take(self, job: Job, *, changed: bool) -> None:
        job_id = job.job_id
        if changed or job_id not in self._rows:
            self._store_document(job_id, job, None)
            self._rows[job_id] = self._judged(job_id)
        note = row_news(self._rows[job_id], job, job, None)
        self.shelf.note(job_id, note.tasks, opened=job_id in self.runs_to_keep)
        self.names.note(note.sides)
        self.publish((job_id,) if changed else ())

    def drop_job(self, job_id: JobId, *, deleted_here: bool = False) -> None:
        """Takes a job off the board and publishes."""
        self._touch(job_id, self.number())
        if deleted_here:
            self._deleted[job_id] = self._touched[job_id]
        self._forget({job_id})
        self._rows.pop(job_id, None)
        self.publish((), removed=(job_id,))

    def take_tasks(self, tasks: Sequence[Task]) -> None:
        """Takes tasks, judges the jobs they belong to again, and publishes."""
        touched = [job_id for job_id in self.shelf.take(tasks) if job_id in self._rows]
        self._judge_again(touched)
        going_on = {self.shelf.owner(task.task_id) for task in tasks if not task.finished}
        # How far it came is judged by nobody, but shown: of those that somebody sees.
        self._say_anew(job_id for job_id in touched if job_id in going_on and job_id in self._states_at_hand)
        self.publish(touched, collections=self.names.harvest(tasks))

    def take_collections(self, collections: Mapping[str, Collection]) -> None:
        self.publish((), collections=self.names.take(collections))

    # --- what happens here

    async def take_orders(self, orders: Mapping[str, Orders]) -> None:
        """Goes by these from now on; judges the timers again for which they are others, and publishes.

        Of thousands some at a time, so that others have their turn.
        """
        before, self.orders = self.orders, orders
        known = [job_id for job_id in self._rows if before.get(job_id, NONE) != orders.get(job_id, NONE)]
        for start in range(0, len(known), ORDERED_AT_ONCE):
            if start:
                await asyncio.sleep(0)
            self._judge_again(job_id for job_id in known[start : start + ORDERED_AT_ONCE] if job_id in self._rows)
        self.publish(known)

    def take_replaced(self, replaced: Mapping[str, str]) -> None:
        """Knows from now on which timers were replaced by which, and publishes."""
        before, self.replacements = self.replacements, replaced
        changed = [
            job_id
            for job_id in map(JobId, before.keys() | replaced.keys())
            if before.get(job_id) != replaced.get(job_id)
        ]
        self._say_anew(changed)
        self.publish(changed)

    def _say_anew(self, ids: Iterable[JobId]) -> None:
        for job_id in ids:
            if job_id in self._rows:
                self._rows[job_id] = self._rows[job_id].renumbered()

    def begin(self, pending: Mapping[JobId, Pending]) -> None:
        """Operations start, or wait for their turn: their rows say so from now on."""
        number = self.number()
        for job_id in pending:
            self._touch(job_id, number)
        self.pending.update(pending)
        self._say_pending(*pending)

    def finish(self, job_id: JobId) -> None:
        """It is over: answers asked for before this moment do not count for the row."""
        self._touch(job_id, self.number())
        if self.pending.pop(job_id, None) is not None:
            self._say_pending(job_id)

    def _say_pending(self, *job_ids: JobId) -> None:
        for job_id in job_ids:
            if job_id in self._rows:
                self._rows[job_id] = self._rows[job_id].renumbered(pending=self.pending.get(job_id))
        self.publish(job_ids)

    def tick(self) -> None:
        """Judges again what time alone may have changed, and publishes if it did.

        Not more than a few hundred jobs at once: what is left stays due, as `next_verdict_at` says.
        """
        due: set[JobId] = set()
        moment = self.now().timestamp()
        while self._rechecks and self._rechecks[0][0] <= moment and len(due) < JUDGED_AT_ONCE:
            at, job_id = heappop(self._rechecks)
            row = self._rows.get(job_id)
            if row is not None and row.recheck_at == at:
                due.add(job_id)
        self.publish(self._judge_again(due))

    def _judge_again(self, ids: Iterable[JobId]) -> set[JobId]:
        """Gives those that look different for it; the others keep what was made of them."""
        changed: set[JobId] = set()
        wanted = set(ids)  # one after another as they are packed, if many
        for job_id in wanted if len(wanted) < FEW else filter(wanted.__contains__, self._rows):
            before, made = self._rows[job_id], self._states_at_hand.get(job_id)
            self._rows[job_id] = row = self._judged(job_id)
            at_hand = made if made is not None and made[0] is before else None
            same = (row[:4], row.health) == (before[:4], before.health)
            if same and (at_hand is None or self.state_of(row) == at_hand[1]):
                self._rows[job_id] = self.states.rows[job_id] = row = row._replace(serial=before.serial)
                if at_hand is not None:
                    self._states_at_hand[job_id] = row, at_hand[1]
                if row.recheck_at is not None:
                    heappush(self._rechecks, (row.recheck_at, job_id))
            else:
                changed.add(job_id)
        return changed

    @property
    def next_verdict_at(self) -> float | None:
        """When `tick` has something to do, in seconds since 1970 by the service's clock."""
        while self._rechecks:
            at, job_id = self._rechecks[0]
            row = self._rows.get(job_id)
            if row is not None and row.recheck_at == at:
                return at
            heappop(self._rechecks)
        return None

    def set_freshness(self, freshness: Freshness) -> None:
        """Publishes how current the data are; outdated data make every word UNKNOWN."""
        if freshness == self.freshness:
            return
        turned = freshness.outdated != self.freshness.outdated
        self.freshness = freshness
        if turned:
            self._rows = {job_id: self._dated(row) for job_id, row in self._rows.items()}
        self.publish(self._rows if turned else (), freshness=True)

    def _dated(self, row: Row) -> Row:
        if not self.freshness.outdated:
            before = row.before_outdated
            return row if before is None else before.renumbered(pending=row.pending)
        if row.before_outdated is not None or row.unreadable:
            return row
        return row.renumbered(order=OUTDATED.order, health=OUTDATED, before_outdated=row)

    def publish(
        self,
        jobs: Iterable[JobId],
        *,
        removed: Iterable[JobId] = (),
        freshness: bool = False,
        collections: bool = False,
    ) -> None:
        """Publishes the rows of the jobs named, and tells the listeners what really changed."""
        before = self.states.rows
        if self.replacements:  # their rows tell how those in their place are
            jobs, removed = tuple(jobs), tuple(removed)
            old_ids = [
                job_id for job_id in map(JobId, self.replacements) if self.replacements[job_id] in {*jobs, *removed}
            ]
            self._say_anew(old_ids)
            jobs = (*jobs, *old_ids)
        news = frozenset(
            job_id
            for job_id in jobs
            if job_id in self._rows and (job_id not in before or self._rows[job_id].serial != before[job_id].serial)
        )
        gone = frozenset(job_id for job_id in removed if job_id in before)
        again = len(self._rechecks)
        for job_id in news:
            if (at := self._rows[job_id].recheck_at) is not None:
                self._rechecks.append((at, job_id))
        if len(self._rechecks) > 2 * len(self._rows) + 100:  # moments that do not hold any more
            self._rechecks = [(at, job_id) for job_id, row in self._rows.items() if (at := row.recheck_at) is not None]
            heapify(self._rechecks)
        elif len(self._rechecks) != again:
            heapify(self._rechecks)
        if news or gone:
            rows = {**(before if self.cached_rows else {}), **self._rows}  # until there is a list, one is read alone
            for job_id in gone:
                rows.pop(job_id, None)
            self.states = States(rows, self.state_of, self.glance)
        change = Change(news, gone, freshness, collections)
        if change:
            for listener in tuple(self._listeners):
                listener(change)

    def _judged(self, job_id: JobId) -> Row:
        orders = self.orders.get(job_id, NONE)
        row = make_row(
            self._view_of(job_id), self.shelf.tasks, self.now(), orders=orders, pending=self.pending.get(job_id)
        )
        return self._dated(row)

    def _store_document(self, job_id: JobId, kept: StoredDocument, older: OlderRuns | None) -> None:
        self.documents[job_id] = kept
        if older is None:
            self._older_runs.pop(job_id, None)
        else:
            self._older_runs[job_id] = older

    def _touch(self, job_id: JobId, number: int) -> None:
        self._touched[job_id] = number
        self._last_local = max(self._last_local, number)
        self.changed_here = True

    def _forget(self, ids: Set[JobId]) -> None:
        if ids:
            self.shelf.forget(ids)
        for job_id in ids:
            if job_id in self.documents:
                self._removed[job_id] = self.documents[job_id]
            for known in (self.documents, self._older_runs, self._states_at_hand, self.runs_to_keep):
                known.pop(job_id, None)
        for job_id in tuple(self._removed)[:-STATES_AT_HAND]:
            del self._removed[job_id]
            if job_id not in self.documents:  # it may be back
                self.shelf.let_go(job_id)
