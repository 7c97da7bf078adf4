"""What the words of a timer depend on besides the timer itself."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import next_tick
from globus_tui.domain.timer.filter import fold_case
from globus_tui.domain.timer.health import Why, Word, last_good
from globus_tui.domain.timer.history import Past, task_of
from globus_tui.domain.timer.job import Job, JobKind, JobStatus
from globus_tui.domain.timer.orders import NONE, Orders
from globus_tui.present.health_words import Case, why
from globus_tui.present.transfer_words import collection_name, join_route
from globus_tui.store.rows import SIDES_APART, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.board import States
    from globus_tui.store.job_state import Glance, JobState

    Glancing = Callable[[Row], JobState | Glance]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where the timers are looked at.

    Attributes:
        now: the service's present, to the minute: nothing on the screen is finer.
        names: of collections, by id, as far as known.
        tasks: by id, as far as known.
        fleet: what differs from the fleet's files, by id.
        orders: what people decided here about timers, by id.
    """

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    ascii: bool = False
    fleet: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, Orders] = field(default_factory=dict)


def case_of(state: JobState | Glance, view: Viewpoint) -> Case:
    """What the words about a timer need, put together."""
    newest = state.job.runs[0] if state.job.runs else None
    task = task_of(newest, view.tasks) if newest else None
    fleet = view.fleet.get(str(state.job.job_id), "")
    orders = view.orders.get(str(state.job.job_id), NONE)
    note = " ".join(filter(None, (orders.note, *(f"#{tag}" for tag in orders.tags))))
    about = task, view.ascii, state.replacement, fleet, note
    return Case(state.job, state.health, view.names, view.now, view.zone, *about)


def says_why(row: Row) -> bool:
    """A row knows all that the words of its WHY column say: those of a transfer that is fine say its route."""
    return row.health.why is Why.FINE and bool(row.source and row.destination)


def why_words(row: Row, glance: Glancing, view: Viewpoint) -> str:
    """The words of a row's WHY column; `glance` as of `States`."""
    if says_why(row) and row.job_id not in view.fleet:
        source, destination = (collection_name(side, view.names) for side in (row.source, row.destination))
        return join_route(source, destination, ascii_only=view.ascii)
    return why(case_of(glance(row), view))


_TEXTS_APART = "\0"
_HEALTHS = {word: word.value.casefold() for word in Word}


class RowSubject:
    """What of a row can be filtered by (`domain.filter.Subject`): each made when a condition asks for it, then kept.

    Attributes:
        note: what somebody wrote about it.
        tags: words that somebody gave it.
    """

    note: str
    tags: Sequence[str]

    def __init__(self, row: Row, states: States, view: Viewpoint, profile: str = "") -> None:
        self.job_id = row.job_id.casefold()
        self.name = row.folded_name
        self.profile = fold_case(profile)
        self.word = row.word
        self.health = _HEALTHS[row.word]
        self.cause = row.health.why.value
        self.interval_seconds = row.interval_seconds
        self.next_run = None if row.undated or not row.active else row.next_run
        self.last_run = row.last_run
        self.view = view
        orders = view.orders.get(row.job_id, NONE)
        self.note, self.tags = fold_case(orders.note), tuple(map(fold_case, orders.tags))
        self._row, self._glance = row, states.glance  # kept for days, it must not hold the states of back then

    @property
    def source(self) -> str:
        """The collection that it moves from and the paths there, a line each."""
        return f"{self._name(self._row.source)}\n{self._row.paths.partition(SIDES_APART)[0]}"

    @property
    def destination(self) -> str:
        """The same of that it moves to."""
        return f"{self._name(self._row.destination)}\n{self._row.paths.partition(SIDES_APART)[2]}"

    @property
    def why(self) -> str:
        return self._texts.rpartition(_TEXTS_APART)[2]

    @property
    def everything(self) -> Sequence[str]:
        """The texts that a bare word is searched in."""
        return self._texts.split(_TEXTS_APART)

    def has(self, text: str) -> bool:
        """Whether a text stands anywhere in `everything`."""
        return text in self._texts

    @cached_property
    def _texts(self) -> str:
        """One text of all: one search in it takes a fifth of five."""
        why = fold_case(why_words(self._row, self._glance, self.view))
        texts = self.name, self.health, self.source, self.destination, why
        return _TEXTS_APART.join(text.replace(_TEXTS_APART, " ") for text in texts)

    def make_texts(self) -> None:
        """Makes now what is searched in.

        Raises:
            KeyError: the timer is gone.
        """
        _ = self._texts

    def place(self, key: str) -> tuple[str, ...]:
        """The texts that `from:`, `to:` and `path:` search in."""
        if key == "path":
            return (self._row.paths,)
        side = self._row.source, self._row.destination
        return (self.source, side[0].casefold()) if key == "from" else (self.destination, side[1].casefold())

    @property
    def job(self) -> Job:
        """The timer, of its document as far as it is asked; read again each time, for ten thousand fill memory."""
        return self._glance(self._row).job

    @property
    def ids(self) -> list[str]:
        tasks = (run.resource_id for run in self.job.runs)
        return [key.casefold() for key in (self.job_id, self._row.source, self._row.destination, *tasks) if key]

    @cached_property
    def status(self) -> str:
        """`active`, `paused` and so on."""
        status = self.job.status
        return "paused" if status is JobStatus.INACTIVE else status.value

    @cached_property
    def kind(self) -> str:
        """What it starts: `transfer`, `flow` or `other`."""
        kind = self.job.kind
        return "other" if kind is JobKind.GENERIC else kind.value

    @cached_property
    def readable(self) -> bool:
        return self.job.unreadable is None

    @cached_property
    def last_good(self) -> float | None:
        """When its newest good copy was complete, in seconds since 1970."""
        if not self.readable:
            return None
        past = Past(self.job, self.view.tasks, self.view.now)
        moment = last_good(self.job, self.view.tasks, past.outcomes)
        return moment.timestamp() if moment else None

    @cached_property
    def counts(self) -> Mapping[str, int | None]:
        """`failed`, `missed` and `skipped`: runs failed in a row, ticks missed, ticks skipped."""
        if not self.readable:
            return {"failed": None, "missed": None, "skipped": None}
        past = Past(self.job, self.view.tasks, self.view.now)
        return {"failed": past.failures_in_a_row, "missed": past.missed_now, "skipped": past.skipped_now}

    @property
    def now(self) -> datetime:
        return self.view.now

    @property
    def zone(self) -> tzinfo:
        return self.view.zone

    def due(self, start: float, end: float) -> bool:
        """Whether a run is to start from `start` on and before `end`."""
        if self.next_run is None or self.next_run >= end:
            return False
        if self.next_run >= start:
            return True
        job = self.job
        before = datetime.fromtimestamp(start, UTC) - timedelta(microseconds=1)
        tick = next_tick(job.schedule, before, runs_done=job.n_runs)
        return tick is not None and tick.timestamp() < end

    def _name(self, collection_id: str) -> str:
        return fold_case(self.view.names.get(collection_id) or collection_id)
