"""Cancels Transfer tasks; and requests of which nobody knows what became: looked up at the service until that is known,
and closed in the journal.

There are two kinds: those that this program got no good answer to, and those of an earlier one that was killed.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import ErrorKind, GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.job import FlowStart, Job, JobId
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.job_state import Doing, Pending
from globus_tui.store.journal import OUTCOMES, Journal, Recorder, id_of, without_secrets
from globus_tui.store.operations import (
    Delete,
    Done,
    Failed,
    Outcome,
    Pause,
    Refused,
    Rename,
    Resume,
    took_effect,
    wanted_first,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from globus_tui.store.board import Board
    from globus_tui.store.operations import CancelTask, JobOperation
    from globus_tui.store.services import JobService, TaskService


class Canceller:
    """Asks for tasks to be cancelled and looks whether they were."""

    def __init__(self, board: Board, tasks: TaskService, recorder: Recorder) -> None:
        self._board = board
        self._tasks = tasks
        self._recorder = recorder
        self._under_way: set[str] = set()

    async def cancel(self, operation: CancelTask) -> Outcome:
        task_id, job_id = operation.task_id, operation.job_id
        state = self._board.states.get(job_id) if job_id else None
        if task_id in self._under_way or (state is not None and state.pending is not None):
            return Refused("Wait: something is still under way for this timer.")
        self._under_way.add(task_id)
        if job_id is not None and state is not None:
            self._board.begin({job_id: Pending(Doing.CANCELLING)})
        try:
            return await self._carry_out(operation)
        except GlobusTuiError as error:
            return self._refused(operation, error)
        finally:
            self._under_way.discard(task_id)
            if job_id is not None and state is not None:
                self._board.finish(job_id)

    async def _carry_out(self, operation: CancelTask) -> Outcome:
        before = await self._read(operation.task_id)
        if before.finished:
            return Refused("This task is over already.")
        subject = {"task": {"id": operation.task_id}, "timer": {"id": operation.job_id}}
        ended = await self._recorder.carry_out(
            self._recorder.asking("cancel", subject, _document(before)),
            lambda: self._tasks.cancel_task(operation.task_id),
            lambda: self._read(operation.task_id),
            lambda after, error: cancelled(after) if error else True,
            _document,
        )
        if ended.error is not None and not ended.effect:
            return self._refused(operation, ended.error, ended.effect)
        over = ended.after is not None and ended.after.finished
        words = "The task was cancelled." if over else "The task is being cancelled; that can take a minute."
        job_id = operation.job_id
        job = self._board.job(job_id) if job_id in self._board.documents else None
        return Done(words, job, confirmed=over, note=self._recorder.take_warning())

    async def _read(self, task_id: str) -> Task:
        task = await self._tasks.get_task(task_id)
        self._board.take_tasks((task,))
        return task

    def _refused(self, operation: CancelTask, error: GlobusTuiError, effect: bool | None = False) -> Outcome:
        if effect is None:
            return Failed(error, False, f"Nobody can tell whether the task was cancelled: {error}")
        return wanted_first(error, operation.job_id) or Failed(error, True, f"The task was not cancelled: {error}")


def cancelled(task: Task) -> bool | None:
    """Whether a task that was read after a cancellation shows it; None while it may still arrive."""
    return task.status is TaskStatus.FAILED if task.finished else None


def _document(task: Task) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value.value if isinstance(value, Enum) else value
        for key, value in asdict(task).items()
        if value is not None
    }


LATE = timedelta(minutes=10)
"""A request that has not been carried out by then never will be: no proxy and no service keeps one for so long."""
_UNDO: dict[object, str] = {"pause": "resume", "resume": "pause"}
_FIRST = timedelta(seconds=2)
_FAILED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ClosedRequest:
    """What became of a request, in the end.

    Attributes:
        what: `pause`, `resume`, `rename`, `delete`, `cancel`, `create` or `transfer`.
        name: of the timer, as far as known.
        effect: it was carried out; False: certainly not; None: nobody can tell.
    """

    what: str
    name: str
    asked_at: datetime | None
    effect: bool | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a look shows: `effect` as in `ClosedRequest`, where the look settles it; `job` is the timer it made."""

    settled: bool
    effect: bool | None = None
    job: Job | None = None


_NOT_YET = _Answer(settled=False)


class OpenRequests:
    """Looks up open requests: first soon, then ever less often, until the result is certain or it is too late.

    Args:
        tasks: what was to be cancelled.
    """

    def __init__(self, journal: Journal, jobs: JobService, tasks: TaskService, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._jobs = jobs
        self._tasks = tasks
        self._now = now
        self._read = False
        self._looking = False
        self._looks: dict[str, datetime] = {}
        self._watched: set[str] = set()

    def next_in(self) -> float | None:
        """Seconds until the next look; None while there is nothing to look for, or a look is under way."""
        if self._looking or not self._journal.lost:
            return None
        return max(0.0, (min(map(self._due_at, self._journal.lost)) - self._now()).total_seconds())

    def _due_at(self, request: str) -> datetime:
        when = wire.moment(self._journal.lost[request].get("when"))
        return self._looks.get(request) or (when + _FIRST if when else self._now())

    async def look(self) -> tuple[ClosedRequest, ...]:
        """Looks up all that are due; returns those whose result is known now. Never raises."""
        if self._looking:
            return ()
        self._looking = True
        try:
            if not self._read:
                self._journal.lost |= {str(entry["request"]): entry for entry in await self._journal.left_open()}
                self._read = True
            due = [request for request in self._journal.lost if self._due_at(request) <= self._now()]
            return await self._look_up({request: self._journal.lost[request] for request in due}) if due else ()
        finally:
            self._looking = False

    async def _look_up(self, due: Mapping[str, Mapping[str, Any]]) -> tuple[ClosedRequest, ...]:
        try:
            jobs = {job.job_id: job for job in await self._jobs.list_jobs()}
            done = [entry for entry in await self._journal.entries() if entry.get("outcome") == "done"]
            answers = {request: await self._what_became(request, entry, jobs, done) for request, entry in due.items()}
        except GlobusTuiError:
            self._looks |= dict.fromkeys(due, self._now() + _FAILED)
            return ()
        closed = []
        for request, answer in answers.items():
            if answer.settled:
                closed.append(await self._close(request, due[request], answer))
            else:  # again after half as long as it has been waiting
                self._looks[request] = self._now() + max(_FIRST, self._age(due[request]) / 2)
        return tuple(closed)

    def _age(self, entry: Mapping[str, Any]) -> timedelta:
        when = wire.moment(entry.get("when"))
        return LATE if when is None else self._now() - when

    async def _close(self, request: str, entry: Mapping[str, Any], answer: _Answer) -> ClosedRequest:
        asked_at = entry.get("asked_at") or entry.get("when")
        timer = wire.document(entry.get("timer"))
        if answer.job is not None:
            timer = {"id": answer.job.job_id, "name": answer.job.name}
        what, name = wire.text(entry.get("what")) or "", wire.text(timer.get("name"))
        own = {"v", "profile", "who", "host", "pid", "prev", "unlocked"}
        last = {key: value for key, value in entry.items() if key not in own} | {
            "when": self._now().astimezone(UTC).isoformat(),
            "asked_at": asked_at,
            "timer": timer,
            "outcome": OUTCOMES[answer.effect],
            "closed": True,
        }
        for memory in (self._journal.lost, self._looks):
            memory.pop(request, None)
        self._watched.discard(request)
        await self._journal.append(last)
        name = name or wire.text(wire.document(entry.get("transfer")).get("label"))
        return ClosedRequest(what, name or "", wire.moment(asked_at), answer.effect)

    async def _what_became(
        self, request: str, entry: Mapping[str, Any], jobs: Mapping[JobId, Job], done: Iterable[Mapping[str, Any]]
    ) -> _Answer:
        late = self._age(entry) >= LATE
        what = wire.text(entry.get("what")) or ""
        others = [other for other in done if _is_later(other, entry)]
        about = "task" if what == "cancel" else "timer"
        since = {wire.text(other.get("what")) for other in others if id_of(other, about) == id_of(entry, about)}
        if not late:
            self._watched.add(request)
        if what == "cancel":
            answer = await self._of_a_task(entry)
        elif what == "create":
            made = {id_of(entry) for entry in others if entry.get("what") == what}
            unclaimed = {job_id: job for job_id, job in jobs.items() if job_id not in made}
            answer = _made(entry, unclaimed, self._now() - self._age(entry))
        elif (operation := _operation(entry)) is not None:
            answer = _done(operation, jobs.get(operation.job_id))
        else:
            answer = _Answer(settled=True)  # handed in again under its id, a transfer runs once: nothing need be known
        if answer.effect and what in since:
            return _Answer(settled=True)  # asked for again, and done: which of the two it was, nobody can tell
        if answer.settled or not late:
            return answer
        # What was looked at all the while, or cannot be undone, was certainly not carried out; else somebody may have
        # changed it back since, as it was here when the opposite was asked for.
        certain = (request in self._watched or what == "delete") and _UNDO.get(what, what) not in since
        return _Answer(settled=True, effect=False if certain else None)

    async def _of_a_task(self, entry: Mapping[str, Any]) -> _Answer:
        try:
            task: Task = await self._tasks.get_task(id_of(entry, "task"))
        except GlobusTuiError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return _Answer(settled=True)
            raise
        effect = cancelled(task)
        return _NOT_YET if effect is None else _Answer(settled=True, effect=effect)


def _is_later(entry: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether this is another request that ended after `asked` was sent."""
    when, asked_at = wire.moment(entry.get("when")), wire.moment(asked.get("asked_at") or asked.get("when"))
    return entry.get("request") != asked.get("request") and (not when or not asked_at or when >= asked_at)


def _operation(entry: Mapping[str, Any]) -> JobOperation | None:
    job_id, what = id_of(entry), wire.text(entry.get("what"))
    if not job_id:
        return None
    if what == "rename":
        return Rename(JobId(job_id), wire.text(wire.document(entry.get("asked")).get("name")) or "")
    kinds: dict[object, type[Pause | Resume | Delete]] = {"pause": Pause, "resume": Resume, "delete": Delete}
    kind = kinds.get(what)
    return kind(JobId(job_id)) if kind else None


def _done(operation: JobOperation, job: Job | None) -> _Answer:
    if took_effect(operation, job):
        return _Answer(settled=True, effect=True)
    return _Answer(settled=True) if job is None else _NOT_YET


def _made(entry: Mapping[str, Any], jobs: Mapping[JobId, Job], asked_at: datetime) -> _Answer:
    from globus_tui.domain.making.new_timer import find_created
    from globus_tui.store.drafts import read_timer

    timer = read_timer(wire.document(entry.get("asked")))
    if timer is None:
        return _Answer(settled=True)
    kept = map(_as_kept, jobs.values())
    matches = find_created(timer, kept, sent_at=asked_at, known=wire.texts(entry.get("twins")))
    return _Answer(settled=True, effect=True, job=matches[0]) if matches else _NOT_YET


def _as_kept(job: Job) -> Job:
    """The job without what the journal leaves out of a flow's input, so that the two can be compared."""
    flow = job.payload
    if not isinstance(flow, FlowStart):
        return job
    return replace(job, payload=replace(flow, inputs=without_secrets(flow.inputs)))
