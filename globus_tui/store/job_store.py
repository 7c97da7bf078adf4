"""The store: the only holder of job state. Screens look into it, ask it to change things, and are told of changes."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import ErrorKind, GlobusTuiError, NetworkError
from globus_tui.domain.timer.health import Word, last_good
from globus_tui.domain.timer.history import Past
from globus_tui.domain.timer.job import JobId, JobReading, JobStatus
from globus_tui.domain.timer.orders import NONE, Orders, with_level
from globus_tui.store.answer_cache import ROWS_KEPT, CachedRows
from globus_tui.store.board import Board, States
from globus_tui.store.details import Details
from globus_tui.store.job_state import Change, Pending
from globus_tui.store.journal import Ended, Journal, Recorder, replaced_timers
from globus_tui.store.ledger import FIELDS_HANDED_ON, SHARED_FIELDS, Ledger, alarm_levels, edit_timer, orders_in
from globus_tui.store.open_requests import Canceller, ClosedRequest, OpenRequests
from globus_tui.store.operations import (
    DOING,
    CancelTask,
    Delete,
    Done,
    Failed,
    JobOperation,
    NeedsConsent,
    Outcome,
    Pause,
    Refused,
    Rename,
    Resume,
    ResumePreview,
    already_so,
    credentials_rule,
    done_words,
    failed_words,
    renamed_since,
    resume_preview,
    still_unmet,
    stopped_for,
    took_effect,
    wanted_first,
    why_not,
)
from globus_tui.store.refresh_plan import DEFAULT_INTERVAL, SOON, Freshness, Plan, is_sign_out
from globus_tui.store.refresher import Refresher, Wake, WakeKind
from globus_tui.store.rows import counts, worst

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.job_state import JobState
    from globus_tui.store.kept_runs import KeptRuns
    from globus_tui.store.operations import Operation
    from globus_tui.store.services import Services


_IN_VAIN = 12
"""Changes that did not reach Globus, one after another: then the rest of many is not tried, for each takes seconds."""
_NOT_TRIED = "Not tried: Globus cannot be reached. Do it again when it can."


class Operator:
    def __init__(self, board: Board, services: Services, refresher: Refresher, recorder: Recorder) -> None:
        self._board = board
        self._jobs = services.jobs
        self._consents = services.consents
        self._refresher = refresher
        self._recorder = recorder
        self._in_vain = 0

    def announce(self, operations: Iterable[Operation]) -> frozenset[JobId]:
        """Marks the timers of operations that wait for their turn, and gives their ids: see `JobStore.announce`."""
        board = self._board
        waiting = {
            operation.job_id: self._pending(operation)
            for operation in operations
            if not isinstance(operation, CancelTask)
            and operation.job_id in board.states
            and operation.job_id not in board.pending
        }
        board.begin(waiting)
        self._in_vain = 0
        return frozenset(waiting)

    def _pending(self, operation: JobOperation) -> Pending:
        new_name = operation.name if isinstance(operation, Rename) else None
        return Pending(DOING[type(operation)], new_name)

    async def operate(self, operation: JobOperation, *, announced: bool = False) -> Outcome:
        """Does it and says how it ended; never raises for what a service does."""
        job_id, board = operation.job_id, self._board
        if not announced:
            if (words := why_not(operation, board.states.get(job_id))) is not None:
                return Refused(words)
            board.begin({job_id: self._pending(operation)})
        try:
            if announced and (words := why_not(operation, self._as_announced(job_id))) is not None:
                return Refused(words)
            if announced and self._in_vain >= _IN_VAIN:
                return Refused(_NOT_TRIED)
            outcome = await self._carry_out(operation)
            self._in_vain = self._in_vain + 1 if _is_out_of_reach(outcome) else 0
        finally:
            board.finish(job_id)
            self._refresher.due.wish(job_id, board.clock() + timedelta(seconds=SOON))
        if isinstance(outcome, Done):
            return replace(outcome, note=self._recorder.take_warning())
        return outcome

    def _as_announced(self, job_id: JobId) -> JobState | None:
        """A timer whose turn has come: what is under way is this."""
        state = self._board.states.get(job_id)
        return replace(state, pending=None) if state else None

    async def _carry_out(self, operation: JobOperation) -> Outcome:
        try:
            before = await self._read(operation.job_id)
        except GlobusTuiError as error:
            return self._refused(operation, error, f"Nothing was changed: {error}")
        if before is None:
            return Refused("This timer does not exist any more.")
        if (words := already_so(operation, before.job)) is not None:
            return Done(words, before.job, changed=False)
        if (words := renamed_since(operation, before.job)) is not None:
            return Refused(words)
        if isinstance(operation, Delete):
            return await self._delete(operation, before)
        if isinstance(operation, Resume) and (unmet := await self._what_is_wanted(operation, before)):
            return unmet
        step = await self._step(operation, before)
        return self._outcome(operation, step)

    async def _what_is_wanted(self, operation: Resume, before: JobReading) -> Outcome | None:
        _, gare = stopped_for(before.job)
        if gare is None or operation.skip_check:
            return None
        try:
            unmet = await still_unmet(gare, self._consents)
        except GlobusTuiError as error:
            return self._refused(operation, error, f"Nothing was changed: {error}")
        return NeedsConsent(gare, operation.job_id) if unmet else None

    async def _delete(self, operation: Delete, before: JobReading) -> Outcome:
        paused = False
        if before.job.status not in (JobStatus.ENDED, JobStatus.DELETING) and not before.job.stands_still:
            pausing = await self._step(Pause(operation.job_id), before)
            if pausing.error is not None and not pausing.effect:
                words = f"It could not be paused first, so it was not deleted: {pausing.error}"
                return self._refused(operation, pausing.error, words, rolled_back=pausing.effect is False)
            paused, before = True, pausing.after or before
        step = await self._step(operation, before)
        if step.effect:
            self._board.drop_job(operation.job_id, deleted_here=True)
            return self._done(operation, step)
        if paused and step.error is not None:
            words = ", and nobody can tell whether it was deleted" if step.effect is None else " but was not deleted"
            return Failed(step.error, False, f"It is paused now{words}: {step.error}")
        return self._outcome(operation, step)

    async def _step(self, operation: JobOperation, before: JobReading) -> _Step:
        """Sends one request and looks what became of it; both are recorded."""
        subject: dict[str, Any] = {"timer": {"id": operation.job_id, "name": before.job.name}}
        if isinstance(operation, Rename):
            subject["asked"] = {"name": operation.name}
        return await self._recorder.carry_out(
            self._recorder.asking(type(operation).__name__.lower(), subject, before.document),
            lambda: self._request(operation, before),
            lambda: self._read(operation.job_id),
            # Not seen after a lost answer: it may still arrive.
            lambda after, error: True if error is None or _shows(operation, after) else None,
            lambda after: after.document if after else None,
        )

    def _request(self, operation: JobOperation, before: JobReading) -> Awaitable[object]:
        job_id = operation.job_id
        if isinstance(operation, Pause):
            return self._jobs.pause_job(job_id)
        if isinstance(operation, Resume):
            rule = credentials_rule(before.job, operation.update_credentials)
            return self._jobs.resume_job(job_id, update_credentials=rule)
        if isinstance(operation, Rename):
            return self._jobs.update_job(job_id, name=operation.name)
        return self._jobs.delete_job(job_id)

    async def _read(self, job_id: JobId) -> JobReading | None:
        """Reads the timer into the board; None when it does not exist any more."""
        asked = self._board.number()
        try:
            reading = await self._jobs.get_job(job_id, page_size=1)
        except GlobusTuiError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            self._board.drop_job(job_id)
            return None
        self._board.take_job(reading.job, asked)
        return reading

    def _outcome(self, operation: JobOperation, step: _Step) -> Outcome:
        if step.effect or step.error is None:
            return self._done(operation, step)
        words = failed_words(operation, step.error, step.effect, looked=step.after is not None)
        return self._refused(operation, step.error, words, rolled_back=step.effect is False)

    def _done(self, operation: JobOperation, step: _Step) -> Done:
        confirmed = step.looked and _shows(operation, step.after)
        job = self._board.job(operation.job_id) if operation.job_id in self._board.documents else None
        return Done(done_words(operation, confirmed=confirmed), job, confirmed=confirmed)

    def _refused(
        self, operation: JobOperation, error: GlobusTuiError, words: str, *, rolled_back: bool = True
    ) -> Outcome:
        if is_sign_out(error):
            self._refresher.note_failure(error)
        wanted = wanted_first(error, operation.job_id) if rolled_back else None
        return wanted or Failed(error, rolled_back, words)


def _is_out_of_reach(outcome: Outcome) -> bool:
    error = outcome.error if isinstance(outcome, Failed) else None
    return isinstance(error, NetworkError) or (error is not None and error.kind is ErrorKind.BUSY)


_Step = Ended[JobReading | None]
"""How one request ended; what was seen afterwards is None where the timer is gone."""


def _shows(operation: JobOperation, after: JobReading | None) -> bool:
    return took_effect(operation, after.job if after else None)


class JobStore:
    """Joins the parts that do the work: `refresher` reads, `details` reads on demand, the rest changes things.

    Args:
        journal: where changes are recorded; None keeps them in memory.
        ledger: what people decided here about timers; None keeps it in memory.
        clock: this machine's present, aware; refreshing goes by it.
        skew: how far the service's clock is ahead of that; countdowns and verdicts go by the sum.
        interval: seconds between refreshes, see `refresh_plan.usable_interval`.
        draw: gives a number from 0 to 1, to spread retries.
        moment: seconds of a clock that other copies of this program on this host go by, too.
    """

    def __init__(
        self,
        services: Services,
        *,
        journal: Journal | None = None,
        ledger: Ledger | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        skew: Callable[[], timedelta] = timedelta,
        interval: float = DEFAULT_INTERVAL,
        draw: Callable[[], float] = random.random,
        moment: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._skew = skew
        self.journal = journal or Journal(None)
        self.ledger = ledger or Ledger(None)
        self.notes: Ledger | None = None
        """Where notes and tags are kept instead, which others write too; None: in the ledger."""
        self._levels: Mapping[str, float | None] = {}
        self._orders: Mapping[str, Orders] = {}
        self._shared: Mapping[str, Orders] = {}
        self._board = board = Board(self.now, clock, moment)
        self.refresher = Refresher(board, services, plan=Plan(interval, next_at=clock()), draw=draw)
        self.details = Details(board, services)
        recorder = Recorder(self.journal, self.now)
        self._operator = Operator(board, services, self.refresher, recorder)
        self._canceller = Canceller(board, services.tasks, recorder)
        self.ledger_problem: str | None = None
        self._open_requests = OpenRequests(self.journal, services.jobs, services.tasks, self.now)

    # --- what is known

    def keep_runs(self, keeper: KeptRuns) -> None:
        """Keeps finished runs there from now on, and looks up those of a timer that is opened."""
        self.details.kept_runs, self._board.shelf.on_finished = keeper, keeper.note

    async def _write_runs(self) -> None:
        keeper = self.details.kept_runs
        if keeper is not None and keeper.due:
            await asyncio.to_thread(keeper.write)

    def now(self) -> datetime:
        """The present by the service's clock."""
        return self.clock() + self._skew()

    @property
    def states(self) -> States:
        """All timers, in the service's order; a new mapping only when something in it changed."""
        return self._board.states

    @property
    def freshness(self) -> Freshness:
        """How current `states` is."""
        return self._board.freshness

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks known, by id: a live view."""
        return self._board.shelf.tasks

    @property
    def collections(self) -> Mapping[str, Collection]:
        """The collections known, by id; some with a name only. A new mapping only when something changed."""
        return self._board.names.collections

    @property
    def has_all_tasks(self) -> bool:
        """Whether the tasks of all runs that count were read; False while some are still to be read."""
        return not self._board.shelf.backlog(self.now())

    def count_words(self) -> Mapping[Word, int] | None:
        """How many timers have each health word; None when nothing was ever read."""
        if self._board.cached_rows is not None:
            return dict(self._board.cached_rows.counts)
        if self.freshness.checked_at is None and not self.states:
            return None  # not knowing is not the same as there being none
        return counts(self._board.states.rows.values())

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `listener` after each publication; returns what ends that."""
        return self._board.subscribe(listener)

    # --- from one session to the next

    def show_cached(self, kept: CachedRows) -> None:
        """Shows rows of an earlier session until the first answer; call it before anything else."""
        self._board.show_cached(kept)

    def to_cache(self, label: str) -> CachedRows | None:
        """What the next session may open with; None before the first answer of this one."""
        at = self.freshness.checked_at
        if self._board.cached_rows is not None or at is None or not self.states:
            return None
        rows = worst(tuple(self._board.states.rows.values()), ROWS_KEPT)
        jobs = [self._board.glance(row).job for row in rows]
        tasks = (self.tasks.get(run.resource_id or "") for job in jobs for run in job.runs)
        sides = {side for job in jobs for side in job.sides}
        return CachedRows(
            label,
            at,
            tuple(row._replace(pending=None, before_outdated=None) for row in rows),
            self._board.packed(row.job_id for row in rows),
            self.count_words() or {},
            tuple(task for task in tasks if task is not None and task.finished),
            {key: collection for key, collection in self.collections.items() if key in sides},
        )

    # --- alarms for mirrors

    def alarm_level(self, job_id: str) -> float | None:
        """How many percent fewer files at a mirror's source alarm; None: never."""
        return self._board.orders.get(job_id, NONE).fewer_percent

    async def read_journal(self) -> None:
        """Takes what only the journal knows: the alarm levels chosen when timers were made, and what replaced what."""
        await self.read_ledger()
        if entries := await self.journal.entries():
            self._levels = alarm_levels(entries)
            await self._take_orders()
            self._board.take_replaced({old.job_id: old.replaced_by for old in replaced_timers(entries)})

    # --- what people decided here

    def orders(self, job_id: str) -> Orders:
        """What people decided about one timer."""
        return self._board.orders.get(job_id, NONE)

    @property
    def replacements(self) -> Mapping[str, str]:
        """Ids of timers that an edit put others in the place of, with the ids of those."""
        return self._board.replacements

    @property
    def decisions(self) -> Mapping[str, Orders]:
        """What people decided, by timer id; timers without decisions are not in it."""
        return self._board.orders

    async def read_ledger(self) -> None:
        """Reads the ledger. If it cannot be read, `ledger_problem` says why and none of its decisions apply."""
        self.ledger_problem = None
        parts: list[Mapping[str, Orders]] = []
        for ledger in filter(None, (self.ledger, self.notes)):
            try:
                parts.append(orders_in(await ledger.read()))
            except GlobusTuiError as wrong:
                self.ledger_problem = wrong.in_full
                parts.append({})
        self._orders, *shared = parts
        self._shared = shared[0] if shared else {}
        await self._take_orders()

    async def look_into_ledger(self) -> None:
        """Reads the ledger again if somebody wrote to it since. Raises `GlobusTuiError`: it cannot be told."""
        if await self.ledger.has_changed() or (self.notes is not None and await self.notes.has_changed()):
            await self.read_ledger()

    async def decide(self, job_ids: Iterable[str], **changes: Any) -> None:
        """Writes the same decisions about several timers, see `edit_timer`, and applies them.

        Raises:
            GlobusTuiError: the ledger cannot be written; nothing was changed.
        """
        ids = tuple(job_ids)
        shared = {key: changes.pop(key) for key in SHARED_FIELDS if key in changes} if self.notes is not None else {}

        def edit(document: dict[str, Any], values: Mapping[str, Any]) -> None:
            for job_id in ids:
                edit_timer(document, job_id, **values)

        if self.notes is not None and shared:
            self._shared = orders_in(await self.notes.change(partial(edit, values=shared)))
            if any(key in self._orders and (self._orders[key].note or self._orders[key].tags) for key in ids):
                changes |= dict.fromkeys(shared)  # what was noted before there was a shared file
        if changes:
            self._orders = orders_in(await self.ledger.change(partial(edit, values=changes)))
        await self._take_orders()

    async def hand_on(self, old_id: str, new_id: str) -> None:
        """Moves note, tags and limits of a timer to the one that replaced it. A failure goes to `ledger_problem`."""

        def handing_on(keys: Sequence[str]) -> Callable[[dict[str, Any]], None]:
            def edit(document: dict[str, Any]) -> None:
                timer = wire.document(wire.document(document.get("timers")).get(old_id))
                fields = {**timer, "good_at": self._good_at(old_id) or timer.get("good_at")}
                edit_timer(document, new_id, **{key: fields.get(key) for key in keys})
                edit_timer(document, old_id, **dict.fromkeys(keys))

            return edit

        try:
            if {old_id, new_id} & self._orders.keys():
                self._orders = orders_in(await self.ledger.change(handing_on(FIELDS_HANDED_ON)))
            if self.notes is not None and {old_id, new_id} & self._shared.keys():
                self._shared = orders_in(await self.notes.change(handing_on(SHARED_FIELDS)))
        except GlobusTuiError as wrong:
            self.ledger_problem = wrong.in_full
        await self._take_orders()

    def _good_at(self, job_id: str) -> str | None:
        state = self.states.get(JobId(job_id))
        good = last_good(state.job, self.tasks, state.history.outcomes) if state else None
        return good.isoformat() if good else None

    async def _take_orders(self) -> None:
        orders = dict(self._orders)
        for job_id, noted in self._shared.items():
            orders[job_id] = replace(orders.get(job_id, NONE), note=noted.note, tags=noted.tags)
        for job_id, level in self._levels.items():
            orders[job_id] = with_level(orders.get(job_id, NONE), level)
        if orders != self._board.orders:
            await self._board.take_orders(orders)

    # --- staying current

    async def refresh(self) -> None:
        """Reads all timers now, after a reading that is under way. Never raises: see `freshness`."""
        await self.refresher.refresh()
        await self._write_runs()

    async def read_once(self, *, names: bool = True) -> None:
        """Reads all timers and their tasks once, for a command that then ends; see `freshness`.

        Without `names` those of a few collections are looked up only, as at every refresh.
        """
        await self.read_journal()
        await self.refresher.read_once(names=names)
        await self._write_runs()

    def next_wake(self) -> Wake | None:
        """In how many seconds to call `wake`; None: not by itself.

        Ask again after every publication and whenever `wake` or `refresh` returns. While a refresh runs it is not
        planned again, so that nothing spins.
        """
        wake, seconds = self.refresher.next_wake(), self._open_requests.next_in()
        if seconds is None or self.freshness.checked_at is None or self.refresher.plan.signed_out:
            return wake
        return wake if wake is not None and wake.seconds <= seconds else Wake(seconds, WakeKind.LOOK)

    async def wake(self) -> None:
        """Does whatever is due now: refresh, single timers, tasks, verdicts."""
        await self.refresher.wake()
        await self._write_runs()

    # --- changing things

    def announce(self, operations: Iterable[Operation]) -> frozenset[JobId]:
        """Says in their rows that these are about to be changed, and gives the ids of those that `operate` is told of.

        What waits for its turn may wait for minutes: a change that somebody asks for then must not be undone by it.
        """
        return self._operator.announce(operations)

    def take_back(self, announced: Iterable[JobId]) -> None:
        """Nothing is done to these after all."""
        for job_id in announced:
            self._board.finish(job_id)

    async def operate(self, operation: Operation, *, announced: bool = False) -> Outcome:
        """Carries an operation out; the row says so meanwhile. Never raises for what a service does."""
        if isinstance(operation, CancelTask):
            return await self._canceller.cancel(operation)
        outcome = await self._operator.operate(operation, announced=announced)
        if isinstance(operation, Resume) and isinstance(outcome, Done) and self.orders(operation.job_id).pause_note:
            from globus_tui.store.windows import note_resumed

            with suppress(GlobusTuiError):  # it runs: that the file cannot be written is said where it is read
                await self.ledger.change(partial(note_resumed, job_id=operation.job_id))
                await self.read_ledger()
        return outcome

    async def close_requests(self) -> tuple[ClosedRequest, ...]:
        """Looks up requests whose answer was lost, when that is due; see `OpenRequests.look`."""
        if self.freshness.checked_at is None or self.refresher.plan.signed_out:
            return ()
        closed = await self._open_requests.look()
        if any(entry.what == "create" and entry.effect for entry in closed):
            await self.read_journal()
        return closed

    def resume_preview(self, job_id: JobId) -> ResumePreview:
        """What resuming this timer now would set going; all None for one that is not known."""
        if (row := self.states.rows.get(job_id)) is None:
            return ResumePreview(None, None, None)
        job, now = self.states.glance(row).job, self.now()
        return resume_preview(job, Past(job, self.tasks, now), now)
