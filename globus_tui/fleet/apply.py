"""Carries a plan out: few changes at once, each in the journal, and the lock file written before and after each.

Whatever ends the program on the way, the next plan finds what was made: a request that left stands in the lock file
with the timers that there were before, and what came of it is looked for before anything is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import BadInput, GlobusTuiError, NetworkError
from globus_tui.domain.making.new_timer import differences
from globus_tui.domain.making.taking_place import LEAD, not_before
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.job import Job, JobId, JobReading, JobStatus
from globus_tui.fleet.lock import Lock, LockEntry, lock_path, read_lock, write_lock
from globus_tui.fleet.plan import AT_ONCE, Act, Item, Plan, some_at_once
from globus_tui.fleet.wanted import WantedTimer, ahead, changes, taking_over
from globus_tui.present.gare_words import requirement_lines
from globus_tui.present.sizes import counted
from globus_tui.private_files import take_lock
from globus_tui.store.creation import Attempt, Created, Creation, NotCreated, Unconfirmed
from globus_tui.store.open_requests import LATE
from globus_tui.store.operations import (
    Delete,
    Done,
    Failed,
    JobOperation,
    NeedsConsent,
    Pause,
    Rename,
    Resume,
    SignedOut,
)
from globus_tui.store.swapping import NotSwapped, Swapped, Swapper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft
    from globus_tui.store.creation import Making, Sending
    from globus_tui.store.job_store import JobStore

NOT_TRIED = "Not tried: Globus cannot be reached. Apply again when it can."
SIGN_IN = "Run globus-tui apply in a terminal, which asks for that, or use the console (D, then x)."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one timer.

    Attributes:
        done: everything that was planned for it.
        gare: what Globus wants first, where that can be asked for.
    """

    item: Item
    done: bool
    words: str
    job_id: str | None = None
    gare: Gare | None = None


class _Stopped(GlobusTuiError):
    """A step of one timer did not work; nothing more is done to it."""

    def __init__(self, words: str, gare: Gare | None = None, error: GlobusTuiError | None = None) -> None:
        super().__init__(words)
        self.gare, self.error = gare, error


class _Busy(BadInput):
    """Somebody else is applying the folder."""


async def carry_out(
    applier: Applier,
    seen: Plan,
    only: Collection[str] | None,
    planned: Callable[[], Awaitable[Plan]],
    meet: Callable[[Gare], Awaitable[bool | None]],
) -> tuple[Result, ...]:
    """Carries out a plan that somebody agreed to. Consents that it names are asked for before, others after.

    Args:
        only: keys of the timers that are meant; None: all.
        planned: reads all timers, and makes another plan of the same, without looking into it.
        meet: lets somebody consent or sign in; None: nobody can be asked, and what needs it fails by itself.

    Raises:
        BadInput: nothing was sent, because something has changed since, or a consent was not given.
    """
    scopes = tuple(sorted({scope for item in seen.steps(only) for scope in item.consents}))
    if scopes and (met := await meet(Gare("ConsentRequired", scopes))) is not None:
        if not met:
            raise BadInput("Nothing was sent: the consent was not given.")
        seen = replace(seen, items=tuple(replace(item, consents=()) for item in seen.items))
    with alone(seen.where):  # from the last look on: whoever applied it meanwhile is seen
        now = await planned()
        if now.basis(only) != seen.basis(only):
            raise BadInput(
                "Nothing was sent: the files or the timers have changed since the plan was shown. Look at it again."
            )
        results = {ended.item.key: ended for ended in await applier.apply(replace(seen, lock=now.lock), only)}
    wants = {
        key: ended.gare
        for key, ended in results.items()
        if ended.gare is not None and ended.gare.required_scopes != scopes
    }
    if wants and await meet(_merge_gares(wants.values())):
        with contextlib.suppress(_Busy), alone(seen.where):  # who applies it now does that, too
            again = await planned()
            same = [key for key in wants if again.basis([key]) == seen.basis([key])]
            results |= {ended.item.key: ended for ended in await applier.apply(again, same)}
    return tuple(results.values())


def _merge_gares(gares: Iterable[Gare]) -> Gare:
    """All scopes that are wanted, with the first sign-in that is required: the next apply asks for others."""
    listed = sorted(gares, key=lambda gare: not gare.wants_session)
    return replace(listed[0], required_scopes=tuple(dict.fromkeys(s for gare in listed for s in gare.required_scopes)))


class Applier:
    """Carries out plans of one folder.

    Args:
        store: has just read all timers.
        told: is handed each result as it comes.
        keeps_lock: False for the demo, which begins anew each time: its timers are none of another start.
    """

    def __init__(
        self,
        store: JobStore,
        making: Making,
        told: Callable[[Result], None] = lambda _: None,
        *,
        keeps_lock: bool = True,
    ) -> None:
        self._keeps_lock = keeps_lock
        self._store = store
        self._making = making
        self._report = told
        self._path: Path
        self._lock: Lock
        self._there: tuple[Job, ...] = ()
        self._names_by_id: Mapping[str, str] = {}
        self._failures_to_reach = 0

    async def apply(self, plan: Plan, only: Collection[str] | None = None) -> tuple[Result, ...]:
        """Does what a plan says; `alone` in the folder.

        Args:
            only: keys of timers; None does all.

        Raises:
            BadInput: it cannot be applied, or the lock file cannot be written; nothing was sent.
        """
        chosen = plan.steps(only)
        if plan.stopped if only is None else any(item.stopped for item in chosen):
            raise BadInput("Nothing was sent: the plan cannot be applied as it is.")
        self._path, self._lock = lock_path(plan.where), _adopt_found(plan)
        self._write_lock()
        states = self._store.states
        whole = await asyncio.to_thread(states.whole, states.rows.values())
        self._there = tuple(state.job for state in whole.values())
        self._names_by_id, self._failures_to_reach = plan.names.names_by_id, 0
        deleted = [item for item in chosen if Act.DELETE in item.acts]
        others = [item for item in chosen if Act.DELETE not in item.acts]
        first = await some_at_once([self._apply_item(item, plan) for item in others])
        last = await some_at_once([self._apply_item(item, plan) for item in deleted])
        return (*first, *last)

    async def _apply_item(self, item: Item, plan: Plan) -> Result:
        gone = self._failures_to_reach >= AT_ONCE
        result = Result(item, False, NOT_TRIED) if gone else await self._item(item, plan)
        self._report(result)
        return result

    async def _item(self, item: Item, plan: Plan) -> Result:
        done: list[str] = []
        try:
            for act in item.acts:
                done.append(await self._act(act, item, plan))
        except GlobusTuiError as wrong:
            gare = wrong.gare
            stopped = wrong if isinstance(wrong, _Stopped) else _Stopped(str(wrong), gare, wrong)
            self._failures_to_reach += isinstance(stopped.error, NetworkError)
            return Result(item, False, " ".join([*done, str(wrong)]), self._id(item), stopped.gare)
        self._failures_to_reach = 0
        return Result(item, True, " ".join(filter(None, done)), self._id(item))

    def _id(self, item: Item) -> str | None:
        known = self._lock.timers.get(item.key)
        return known.job_id if known is not None else None

    async def _act(self, act: Act, item: Item, plan: Plan) -> str:
        wanted, job = item.wanted, item.job
        if act is Act.DELETE and job is not None:
            words = await self._operate(Delete(job.job_id, job.label))
            self._keep(item.key, None)
            return words
        if wanted is None:
            raise _Stopped("It is in no file.")
        if act is Act.CREATE:
            return await self._create(item, wanted)
        if act is Act.REPLACE and job is not None:
            return await self._replace(item, wanted, job, plan)
        known = self._lock.timers.get(item.key) or LockEntry()
        job_id = JobId(known.job_id) if known.job_id else job.job_id if job else None
        if job_id is None:
            raise _Stopped("It is not there any more.")
        if act is Act.RENAME:
            words = await self._operate(Rename(job_id, wanted.draft.name))
        else:
            words = await self._operate(Pause(job_id) if act is Act.PAUSE else Resume(job_id))
        self._record(item, wanted, str(job_id), known.runs_before)
        return words

    # --- the lock file

    def _write_lock(self) -> None:
        if self._keeps_lock:
            write_lock(self._path, self._lock)

    def _keep(self, key: str, locked: LockEntry | None) -> None:
        known = self._lock.timers.get(key)
        self._lock = self._lock.with_entry(key, replace(locked, said=known.said) if locked and known else locked)
        self._write_lock()

    def _record(self, item: Item, wanted: WantedTimer, job_id: str, runs_before: int = 0) -> None:
        """Records in the lock file that the timer exists as the files want it."""
        self._keep(item.key, LockEntry(job_id, wanted.draft.name, wanted.paused, wanted.digest, runs_before))

    def _sending(self, item: Item, wanted: WantedTimer) -> Sending:
        def sending(attempt: Attempt | None, _: Draft) -> None:
            if attempt is None:  # `_not_created` says whether it is forgotten
                return
            known = self._lock.timers.get(item.key) or LockEntry(None, wanted.draft.name, False, wanted.digest)
            self._keep(item.key, replace(known, attempt=attempt))

        return sending

    def _forget_attempt(self, item: Item) -> None:
        """Records that the last request has certainly created nothing."""
        known = self._lock.timers.get(item.key)
        if known is not None and known.attempt is not None:
            self._keep(item.key, replace(known, attempt=None) if known.job_id else None)

    # --- steps

    async def _operate(self, operation: JobOperation) -> str:
        """Changes a timer, which is read first where the list does not have it yet.

        Raises:
            _Stopped: it did not work; with the reason.
        """
        if operation.job_id not in self._store.states:
            await self._store.details.load_detail(operation.job_id)
        outcome = await self._store.operate(operation)
        if isinstance(outcome, Done):
            return " ".join(filter(None, (outcome.words, outcome.note)))
        if isinstance(outcome, NeedsConsent):
            wanted = " ".join(requirement_lines(outcome.gare, self._names_by_id))
            raise _Stopped(f"{wanted} Run globus-tui fix, or press f on it in the console.")
        raise _Stopped(outcome.words, error=outcome.error if isinstance(outcome, Failed) else None)

    async def _create(self, item: Item, wanted: WantedTimer) -> str:
        self._insist_on_consents(item)
        known, now = self._lock.timers.get(item.key), self._store.now()
        schedule = ahead(wanted.draft.schedule, now)
        if wanted.paused:  # it is created active and then paused: no run may start in between
            schedule = not_before(schedule, now + LEAD)
        draft = replace(wanted.draft, schedule=schedule)
        creator = self._making.creator(self._sending(item, wanted))
        after = known.attempt if known is not None else None
        creation = await creator.create(draft, check_consents=False, after=after, jobs=self._there)
        if not isinstance(creation, Created):
            if isinstance(creation, Unconfirmed) and after is not None and creation.attempt == after:
                raise _Stopped(_later(after, now))
            raise self._not_created(item, creation)
        # Created as asked for; whether it is to be paused comes next.
        self._keep(item.key, LockEntry(str(creation.job.job_id), wanted.draft.name, False, wanted.digest))
        wrong = differences(draft.to_timer(), creation.job) if not creation.found_again else ()
        if wrong:
            raise _Stopped(f"{creation.words} It came out differently: {', '.join(wrong)}.")
        words = " ".join(filter(None, (creation.words, creation.note)))
        if wanted.paused:
            words += " " + await self._operate(Pause(creation.job.job_id))
            self._record(item, wanted, str(creation.job.job_id))
        return words

    def _insist_on_consents(self, item: Item) -> None:
        if item.consents:
            raise _wanting(Gare("ConsentRequired", item.consents), self._names_by_id)

    def _not_created(self, item: Item, creation: Creation, rest: str = "") -> _Stopped:
        if isinstance(creation, Unconfirmed):
            return _Stopped(f"{creation.words} The next apply looks for it first. {rest}".strip(), error=creation.error)
        if not isinstance(creation, NotCreated) or "created after all" not in creation.words:
            self._forget_attempt(item)
        if isinstance(creation, NeedsConsent):
            return _wanting(creation.gare, self._names_by_id, rest)
        error = creation.error if isinstance(creation, NotCreated) else None
        signed_out = " Run globus-tui login first." if isinstance(creation, SignedOut) else ""
        return _Stopped(f"{creation.words}{signed_out} {rest}".strip(), error=error)

    async def _replace(self, item: Item, wanted: WantedTimer, job: Job, plan: Plan) -> str:
        """Replaces a timer: the new one is created and verified, then takes over."""
        self._insist_on_consents(item)
        now, key = self._store.now(), item.key
        known = self._lock.timers.get(key) or LockEntry(str(job.job_id), job.name or "", job.stands_still)
        self._keep(key, replace(known, job_id=str(job.job_id)))
        old = await self._making.read(str(job.job_id))
        same = (old.job.name, old.job.schedule, old.job.payload) == (job.name, job.schedule, job.payload)
        if not same or old.job.stands_still is not job.stands_still:  # another one has taken its place, say
            raise _Stopped("It was changed at Globus since the plan was made.")
        before = known.runs_before + (old.job.n_runs or 0)
        swapper = self._making.swapper(self._sending(item, wanted))
        if item.half is not None:
            done = await self._finish(item, item.half, wanted, old, swapper, plan)
            if done is not None:
                counts = (wanted.draft.schedule is not None and before) or 0
                self._record(item, wanted, str(item.half.job_id), counts)
                return done
        draft = replace(
            wanted.draft, schedule=taking_over(wanted, old.job, now, known.runs_before), replaces=job.job_id
        )
        swap = await swapper.replace(old, draft, check_consents=False)
        if isinstance(swap, Swapped):
            rests = swap.new.stands_still or old.job.stands_still
            self._keep(key, LockEntry(str(swap.new.job_id), wanted.draft.name, rests, wanted.digest, before))
            return " ".join(filter(None, (swap.words, swap.note)))
        raise self._not_swapped(item, swap)

    async def _finish(
        self, item: Item, half: Job, wanted: WantedTimer, old: JobReading, swapper: Swapper, plan: Plan
    ) -> str | None:
        """Goes on with a replacement that was interrupted once the new timer was there.

        None when the new timer is not what the files say any more: it was taken back, and all begins anew.
        """
        new = await self._making.read(str(half.job_id))
        known = self._lock.timers.get(item.key) or LockEntry()
        before = known.runs_before + (old.job.n_runs or 0)
        if changes(wanted, new.job, new.document, plan.names, plan.now, before) or new.job.name != wanted.draft.name:
            await self._operate(Delete(new.job.job_id))
            return None
        if not old.job.stands_still and old.job.status is not JobStatus.ENDED:
            attempt = known.attempt
            schedule = attempt.timer.schedule if attempt and attempt.timer else wanted.draft.schedule
            swap = await swapper.finish(
                old, Created(new.job, "", new.document), replace(wanted.draft, schedule=schedule)
            )
            if isinstance(swap, NotSwapped):
                raise self._not_swapped(item, swap)
            if new.job.stands_still and not wanted.paused:  # it was left paused when it could not be deleted again
                return f"{swap.words} {await self._operate(Resume(new.job.job_id))}"
            return swap.words
        if wanted.paused is not new.job.stands_still:
            return await self._operate((Pause if wanted.paused else Resume)(new.job.job_id))
        return f"{new.job.label} has taken the place of the old timer."

    def _not_swapped(self, item: Item, swap: NotSwapped) -> _Stopped:
        if swap.creation is not None and not isinstance(swap.creation, Created):
            return self._not_created(item, swap.creation, swap.words)
        if swap.clean and not isinstance(swap.creation, NotCreated):
            self._forget_attempt(item)
        return _Stopped(swap.words, error=swap.error)


def _wanting(gare: Gare, called: Mapping[str, str], rest: str = "") -> _Stopped:
    return _Stopped(" ".join(filter(None, (*requirement_lines(gare, called), SIGN_IN, rest))), gare)


def _later(attempt: Attempt, now: datetime) -> str:
    minutes = max(1, -(-(LATE - (now - attempt.sent_at)) // timedelta(minutes=1)))
    return (
        "A request to make it was sent before, and nobody knows what became of it: it may still arrive. Apply again in "
        f"{counted(minutes, 'minute')}, and it is looked for first."
    )


def _adopt_found(plan: Plan) -> Lock:
    """The lock file before anything is done: timers that were found are in it, those that are gone are not."""
    lock = plan.lock
    keys = {item.key for item in plan.items}
    for item in plan.items:
        if item.locked_as and item.locked_as != item.key:
            known = lock.timers.get(item.locked_as)
            lock = lock.with_entry(item.locked_as, None).with_entry(item.key, known)
        if item.record is not None and not item.acts:
            lock = lock.with_entry(item.key, item.record)
        elif (job := item.job) is not None:
            known = lock.timers.get(item.key) or LockEntry()
            if known.job_id != job.job_id:  # not found yet; or the files, or the console, have put another in its place
                known = replace(known, job_id=str(job.job_id), name=job.name or "", paused=job.stands_still)
                lock = lock.with_entry(item.key, known)
        if item.wanted is not None and (known := lock.timers.get(item.key)) is not None:
            lock = lock.with_entry(item.key, replace(known, said=item.wanted.entry.values.get("id", "").lower()))
    for key in () if plan.partial else set(lock.timers) - keys:
        attempt = lock.timers[key].attempt
        if attempt is None or plan.now - attempt.sent_at >= LATE:
            lock = lock.with_entry(key, None)
    return lock


async def record(where: Path, ids: Mapping[str, str], planned: Callable[[], Awaitable[Plan]]) -> Plan:
    """Notes in the lock file that timers were written into a folder as they are; gives the plan that is left.

    Args:
        ids: of the timers, by their keys.
        planned: makes a plan of the folder.

    Raises:
        GlobusTuiError: the lock file cannot be used, or a service could not be asked.
    """
    path = lock_path(where)
    lock = await asyncio.to_thread(read_lock, path)
    for key, job_id in ids.items():
        lock = lock.with_entry(key, LockEntry(job_id))
    write_lock(path, lock)
    plan = await planned()
    write_lock(path, _adopt_found(plan))
    return plan


@contextlib.contextmanager
def alone(where: Path) -> Iterator[None]:
    """Keeps others on this machine from applying the folder meanwhile, where the file system can lock.

    Raises:
        BadInput: somebody does.
    """
    try:
        descriptor = os.open(where if where.is_dir() else where.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as problem:
        raise BadInput(f"Nothing was sent: {where} cannot be read: {problem.strerror or problem}") from problem
    try:
        if take_lock(descriptor) is False:
            raise _Busy(f"Nothing was sent: {where} is being applied already.")
        yield
    finally:
        os.close(descriptor)
