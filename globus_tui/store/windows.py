"""Maintenance windows: timers that are paused for a while, with a reason, of which exactly those are resumed later.

They stand in the ledger, so any node that shares the state folder may end what another began. Whoever pauses or
resumes first writes down there that it is about to: what another copy has begun is not done twice. What was paused
before, or touched meanwhile, is left alone and named.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import secrets
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.job import JobId, JobStatus, PauseCause
from globus_tui.private_files import is_alive
from globus_tui.store.journal import id_of, noting
from globus_tui.store.ledger import edit_timer
from globus_tui.store.operations import Done, Failed, Outcome, Pause, Resume, ResumePreview, resume_preview

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Iterable, Mapping

    from globus_tui.domain.timer.job import Job
    from globus_tui.store.job_state import Glance, JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.rows import Row

PLANNED, ASKED, PAUSED, RESUMING, RESUMED, LEFT = "planned", "asked", "paused", "resuming", "resumed", "left"
_HELD = (ASKED, PAUSED, RESUMING)
_CLAIMED = timedelta(minutes=10)
"""Whoever has not gone on with a window for so long is no more."""
_FORGOTTEN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Item:
    """One timer of a window.

    Attributes:
        state: `planned`, `asked` (the pause is about to be sent), `paused`, `resuming`, `resumed`, or `left` alone.
        since: when the pause began, by the service's word, if it says so.
        runs: how many it had made by then: if it makes more, somebody resumed it.
        why: for one left alone, the reason.
    """

    job_id: JobId
    name: str
    state: str = PLANNED
    since: datetime | None = None
    runs: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window.

    Attributes:
        at: when its timers are paused.
        until: when it is to end; None: when somebody ends it.
        resume: it ends by itself then, wherever this program runs.
        claimed: when somebody last went on with it.
    """

    window_id: str
    reason: str
    by: str | None
    host: str
    opened: datetime
    at: datetime
    until: datetime | None
    resume: bool
    items: tuple[Item, ...]
    closed: datetime | None = None
    claimed: datetime | None = None
    claimed_by: str = ""

    @property
    def key(self) -> str:
        return self.window_id

    @property
    def state(self) -> str:
        """`planned`, `open`, `closed`."""
        if self.closed is not None:
            return "closed"
        return "planned" if all(item.state == PLANNED for item in self.items) else "open"

    def overdue(self, now: datetime) -> bool:
        """It should have ended and still holds timers."""
        return self.state == "open" and self.until is not None and self.until < now

    def holding(self) -> tuple[Item, ...]:
        """The timers that it paused and has not resumed."""
        return tuple(item for item in self.items if item.state in _HELD)


def window_of(document: Mapping[str, Any]) -> Window | None:
    """Reads one; None for one that cannot be understood."""
    window_id, opened = wire.text(document.get("id")), wire.moment(document.get("opened"))
    at = wire.moment(document.get("at"))
    if window_id is None or opened is None or at is None:
        return None
    items = [
        Item(
            JobId(job_id),
            wire.text(item.get("name")) or "",
            wire.text(item.get("state")) or ASKED,
            wire.moment(item.get("since")),
            wire.whole(item.get("runs")),
            wire.text(item.get("why")) or "",
        )
        for item in map(wire.document, wire.items(document.get("items")))
        if (job_id := wire.text(item.get("id")))
    ]
    return Window(
        window_id,
        wire.text(document.get("reason")) or "",
        wire.text(document.get("by")),
        wire.text(document.get("host")) or "",
        opened,
        at,
        wire.moment(document.get("until")),
        document.get("resume") is True,
        tuple(items),
        wire.moment(document.get("closed")),
        wire.moment(document.get("claimed")),
        wire.text(document.get("claimed_by")) or "",
    )


def window_document(window: Window) -> dict[str, Any]:
    """As it is kept, and shown to programs: its fields by their names, but `id` for what tells it from others."""

    def fields_of(value: Window | Item) -> dict[str, Any]:
        document = {}
        for field in dataclasses.fields(value):
            name, part = field.name, getattr(value, field.name)
            moment = part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part
            document["id" if name in ("window_id", "job_id") else name] = moment
        return document

    return {**fields_of(window), "items": [fields_of(item) for item in window.items]}


def windows_in(document: Mapping[str, Any]) -> tuple[Window, ...]:
    """All that can be understood, the newest first."""
    windows = (window_of(wire.document(window)) for window in wire.items(document.get("windows")))
    return tuple(
        sorted((window for window in windows if window is not None), key=lambda window: window.opened, reverse=True)
    )


class Closing(NamedTuple):
    """What ending a window would do.

    Attributes:
        resumed: the timers that it would resume, the worst overdue first.
        previews: by their ids, what resuming each would set going.
        left_alone: those that are left alone, with the reason.
    """

    resumed: tuple[Item, ...]
    previews: Mapping[str, ResumePreview]
    left_alone: tuple[tuple[Item, str], ...]

    @property
    def at_once(self) -> tuple[str, ...]:
        """The ids of those of which a run starts at once, or may."""
        return tuple(job_id for job_id, preview in self.previews.items() if preview.catch_up is not False)


def closing(
    window: Window, states: Mapping[JobId, JobState], now: datetime, paused_by_us: Mapping[str, datetime]
) -> Closing:
    """Works out what ending it now would do.

    Args:
        states: the timers as read just now.
        paused_by_us: when the journal last has each timer paused from here: tells of one whose pause was about to be
            sent when the program stopped whether it was.
    """
    resumed: list[tuple[float, Item]] = []
    previews: dict[str, ResumePreview] = {}
    left_alone = [(item, item.why) for item in window.items if item.state == LEFT]
    for item in window.holding():
        state = states.get(item.job_id)
        if state is None:
            left_alone.append((item, "is not there any more"))
            continue
        if (why := _why_left(item, state, window, paused_by_us.get(item.job_id))) is not None:
            left_alone.append((item, why))
            continue
        previews[item.job_id] = preview = resume_preview(state.job, state.history, now)
        resumed.append((-(preview.missed or 0) * (state.job.interval_seconds or 0.0), item))
    resumed.sort(key=lambda pair: pair[0])
    return Closing(tuple(item for _, item in resumed), previews, tuple(left_alone))


def _why_left(item: Item, state: JobState, window: Window, journal: datetime | None) -> str | None:
    job, activity = state.job, state.job.activity
    if job.unreadable or job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return "has ended" if job.status is JobStatus.ENDED else "cannot be resumed"
    if not job.stands_still:
        return "runs again: somebody resumed it meanwhile"
    if job.inactive_reason is not None and job.inactive_reason.cause is PauseCause.AUTHORIZATION:
        return "was paused by Globus meanwhile: it needs a sign-in first"
    if item.state == ASKED and (journal is None or journal < window.opened - timedelta(minutes=1)):
        return "nobody can tell whether this window paused it"
    since = activity.since if activity else None
    again = item.since is not None and since is not None and since != item.since
    ran = item.runs is not None and job.n_runs is not None and job.n_runs > item.runs
    if again or ran:
        return "was resumed and paused again meanwhile"
    return "was replaced meanwhile" if state.replacement is not None else None


def why_not_paused(state: JobState | Glance | None) -> str | None:
    """Why a window leaves a timer alone; None when it pauses it."""
    return why_left_alone(state.job if state else None)


def why_left_alone(timer: Job | Row | None) -> str | None:
    """The same of its row."""
    if timer is None:
        return "is not there any more"
    if timer.unreadable:
        return "cannot be understood"
    if timer.status in (JobStatus.ENDED, JobStatus.DELETING):
        return "has ended"
    return "was paused before" if timer.stands_still else None


def check_times(now: datetime, at: datetime | None, until: datetime | None, *, resume: bool) -> None:
    """Refuses impossible times of a window.

    Raises:
        BadInput: it would end before it begins, or nobody says when it is to end by itself.
    """
    if until is not None and until <= max(at or now, now):
        raise BadInput("The window would end before it begins.")
    if resume and until is None:
        raise BadInput("When it is to be resumed by itself is not said: name the end.")


class Windows:
    """Opens and ends them. `store`: has the ledger and the timers, and pauses and resumes."""

    def __init__(self, store: JobStore, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._store = store
        self._sleep = sleep
        self._me = f"{socket.gethostname()} {os.getpid()}"

    async def all(self) -> tuple[Window, ...]:
        """Those that are kept, the newest first. Raises `GlobusTuiError`: the ledger cannot be read."""
        return windows_in(await self._store.ledger.read())

    async def plan(
        self,
        job_ids: Iterable[JobId],
        *,
        reason: str,
        at: datetime | None = None,
        until: datetime | None = None,
        resume: bool = False,
    ) -> Window:
        """Writes a window down; its timers are paused by `begin`.

        Raises:
            BadInput: it would end before it begins, or the ledger cannot be written.
        """
        now = self._store.now()
        begins = at or now
        check_times(now, at, until, resume=resume)
        rows = self._store.states.rows
        items = tuple(Item(job_id, rows[job_id].label) for job_id in job_ids if job_id in rows)
        who, host = self._store.journal.who, socket.gethostname()
        window = Window(secrets.token_hex(3), reason, who, host, now, begins, until, resume, items)

        def write(document: dict[str, Any]) -> None:
            windows = [old for old in windows_in(document) if old.closed is None or now - old.closed < _FORGOTTEN]
            document["windows"] = [window_document(each) for each in (window, *windows)]

        await self._store.ledger.change(write)
        return window

    async def begin(self, window_id: str) -> tuple[Window, dict[JobId, Outcome]]:
        """Pauses the timers of a window that nobody else is pausing; those that stand still already are left alone.

        Raises:
            GlobusTuiError: the ledger cannot be read or written: nothing was paused.
        """
        rows, now = self._store.states.rows, self._store.now()

        def claim(item: Item, others: Container[JobId]) -> Item | None:
            if item.state != PLANNED:
                return None
            why = "another window pauses it" if item.job_id in others else why_left_alone(rows.get(item.job_id))
            return replace(item, state=ASKED) if why is None else replace(item, state=LEFT, why=why)

        ours = [item for item in await self._claim(window_id, claim, now) if item.state == ASKED]
        announced, gate = self._store.announce(Pause(item.job_id) for item in ours), asyncio.Semaphore(4)
        ended: dict[JobId, Outcome] = {}

        async def pause(item: Item) -> None:
            async with gate:
                ended[item.job_id] = await self._store.operate(Pause(item.job_id), announced=item.job_id in announced)

        try:
            with noting():
                await asyncio.gather(*map(pause, ours))
        finally:
            self._store.take_back(announced - ended.keys())
        outcomes = {item.job_id: ended[item.job_id] for item in ours}

        def after_pausing(item: Item) -> Item | None:
            outcome = outcomes.get(item.job_id)
            if outcome is None or item.state != ASKED:
                return None
            if not isinstance(outcome, Done):
                may_be_paused = isinstance(outcome, Failed) and not outcome.rolled_back
                return None if may_be_paused else replace(item, state=LEFT, why="could not be paused")
            if not outcome.changed:
                return replace(item, state=LEFT, why="was paused before")
            job = outcome.job or self._store.states[item.job_id].job
            since = job.activity.since if job.activity else None
            return replace(item, state=PAUSED, since=since, runs=job.n_runs)

        return await self._write(window_id, after_pausing), outcomes

    async def closing(self, window: Window) -> Closing:
        self._store.refresher.tick()
        paused: dict[str, datetime] = {}
        for entry in await self._store.journal.entries():
            job_id, when = id_of(entry), wire.moment(entry.get("when"))
            if entry.get("what") == "pause" and entry.get("outcome") == "done" and job_id and when:
                paused[job_id] = when
        return await asyncio.to_thread(closing, window, self._store.states, self._store.now(), paused)

    async def close(
        self,
        window: Window,
        plan: Closing,
        *,
        stagger: float = 0.0,
        report: Callable[[Item, Outcome], object] = lambda item, outcome: None,
    ) -> dict[JobId, Outcome]:
        """Resumes what was worked out, one after the other where a run starts at once, and closes the window.

        Those that could not be resumed keep the window open. Those that another copy is resuming are left to it.

        Args:
            plan: what `closing` gave, and the user agreed to.
            stagger: seconds between two resumes of which runs start at once.
            report: called with each as it ends.

        Raises:
            GlobusTuiError: the ledger cannot be read or written.
        """
        agreed, now = {item.job_id for item in plan.resumed}, self._store.now()
        left_alone = {item.job_id: why for item, why in plan.left_alone}

        def claim(item: Item, _: Container[JobId]) -> Item | None:
            if item.job_id in left_alone and item.state in _HELD:
                return replace(item, state=LEFT, why=left_alone[item.job_id])
            resumes = item.job_id in agreed and item.state in _HELD
            return replace(item, state=RESUMING) if resumes else None

        claimed = {item.job_id for item in await self._claim(window.window_id, claim, now) if item.state == RESUMING}
        ours = [item for item in plan.resumed if item.job_id in claimed]
        announced = self._store.announce(Resume(item.job_id) for item in ours)
        outcomes: dict[JobId, Outcome] = {}
        begun = False
        try:
            for item in ours:
                if begun and stagger and item.job_id in plan.at_once:
                    await self._sleep(stagger)
                begun = begun or item.job_id in plan.at_once
                operation = Resume(item.job_id)
                outcome = await self._store.operate(operation, announced=item.job_id in announced)
                outcomes[item.job_id] = outcome
                report(item, outcome)
                if isinstance(outcome, Done):
                    await self._write(window.window_id, partial(_resumed, item.job_id))
        finally:
            self._store.take_back(announced - outcomes.keys())
        await self._write(window.window_id, lambda item: None)
        return outcomes

    async def due(self) -> list[tuple[Window, dict[JobId, Outcome]]]:
        """Does what was asked for by now: begins windows whose time has come, and ends those that are to by themselves.

        Those of somebody else under this profile, a person or the service account of a cron job, wait for them.

        Raises:
            GlobusTuiError: the ledger cannot be read or written.
        """
        now, done = self._store.now(), []
        for window in await self.all():
            if self._store.journal.is_somebody_else(window.by):
                continue
            if window.state == "planned" and window.at <= now and (window.until is None or now < window.until):
                done.append(await self.begin(window.window_id))
            elif window.resume and window.overdue(now) and not self._is_claimed_elsewhere(window, now):
                plan = await self.closing(window)
                done.append((window, await self.close(window, plan, stagger=float(bool(plan.at_once)))))
        return done

    def _is_claimed_elsewhere(self, window: Window, now: datetime) -> bool:
        busy = any(item.state == RESUMING for item in window.items) and window.claimed_by != self._me
        return busy and self._is_gone_on_with(window, now)

    @staticmethod
    def _is_gone_on_with(window: Window, now: datetime) -> bool:
        host, _, pid = window.claimed_by.rpartition(" ")
        if host == socket.gethostname() and pid.isdecimal() and not is_alive(int(pid)):
            return False  # it was ended in the middle
        return window.claimed is not None and now - window.claimed < _CLAIMED

    async def cancel(self, window_id: str) -> None:
        """Forgets a window that has not begun.

        Raises:
            GlobusTuiError: it has begun meanwhile, or the ledger cannot be written.
        """

        def forget(document: dict[str, Any]) -> None:
            windows = windows_in(document)
            if any(window.window_id == window_id and window.state != "planned" for window in windows):
                raise BadInput("The window has begun meanwhile.")
            document["windows"] = [window_document(window) for window in windows if window.window_id != window_id]

        await self._store.ledger.change(forget)

    async def _claim(
        self, window_id: str, claim: Callable[[Item, Container[JobId]], Item | None], now: datetime
    ) -> list[Item]:
        """Claims items for this copy of the program; returns those that no other copy has claimed.

        Args:
            claim: given an item, and the timers that are being paused for other windows.
        """
        ours: list[Item] = []

        def claimed(window: Window, windows: tuple[Window, ...]) -> Window:
            if self._is_claimed_elsewhere(window, now):
                raise BadInput(f"{window.claimed_by} is resuming the timers of this window.", advice="Wait for it.")
            gone_on_with = [other for other in windows if other != window and self._is_gone_on_with(other, now)]
            others = {item.job_id for other in gone_on_with for item in other.items if item.state == ASKED}
            items = [(item, claim(item, others)) for item in window.items]
            ours.extend(changed for _, changed in items if changed is not None)
            now_claimed = tuple(changed or item for item, changed in items)
            return replace(window, items=now_claimed, claimed=now, claimed_by=self._me)

        await self._change(window_id, claimed)
        return ours

    async def _write(self, window_id: str, edit: Callable[[Item], Item | None]) -> Window:
        """Changes its items, and closes it when it holds none any more."""
        now = self._store.now()

        def edited(window: Window, _: tuple[Window, ...]) -> Window:
            window = replace(window, items=tuple(edit(item) or item for item in window.items), claimed=now)
            over = not window.holding() and window.state != "planned"
            return replace(window, closed=window.closed or now) if over else window

        window = await self._change(window_id, edited)
        await self._store.read_ledger()
        return window

    async def _change(self, window_id: str, change: Callable[[Window, tuple[Window, ...]], Window]) -> Window:
        """Writes what `change` makes of a window as it is now; it is told of all windows."""
        result: list[Window] = []

        def write(document: dict[str, Any]) -> None:
            windows = windows_in(document)
            window = next((window for window in windows if window.window_id == window_id), None)
            if window is None:
                raise BadInput(f"There is no window {window_id}.", advice="globus-tui window list shows all.")
            result.append(change(window, windows))
            self._put(document, result[-1])

        await self._store.ledger.change(write)
        return result[-1]

    @staticmethod
    def _put(document: dict[str, Any], window: Window) -> None:
        windows = (window if old.window_id == window.window_id else old for old in windows_in(document))
        document["windows"] = [window_document(each) for each in windows]
        for item in window.items:
            if item.state in _HELD:
                since = item.since.astimezone(UTC).isoformat() if item.since else None
                edit_timer(document, item.job_id, window=window.window_id, since=since)
            elif (
                wire.document(wire.document(document.get("timers")).get(item.job_id)).get("window") == window.window_id
            ):
                edit_timer(document, item.job_id, window=None, since=None)


def note_resumed(document: dict[str, Any], job_id: JobId) -> None:
    """Takes a timer that somebody resumed out of the window that paused it."""
    windows = windows_in(document)
    for window in windows:
        items = tuple(
            replace(item, state=LEFT, why="was resumed meanwhile")
            if item.job_id == job_id and item.state in (ASKED, PAUSED)
            else item
            for item in window.items
        )
        if items != window.items:
            Windows._put(document, replace(window, items=items))


def _resumed(job_id: JobId, item: Item) -> Item | None:
    return replace(item, state=RESUMED) if item.job_id == job_id else None
