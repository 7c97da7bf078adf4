"""Undo and redo, by the journal: what was done last, what takes it back, and doing that.

What was done together is one step. Undoing is done by requests like any others: they stand in the journal with the
step that they undo, so undoing such a step is redoing. A step that cannot be taken back any more is set aside when
somebody says so, and the journal says that, too: what was done before it is then the next.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import clone
from globus_tui.domain.making.taking_place import LEAD, not_before
from globus_tui.domain.timer.job import Job, JobId
from globus_tui.private_files import take_lock
from globus_tui.store.creation import Created
from globus_tui.store.journal import has_gaps, id_of, noting
from globus_tui.store.operations import Delete, Done, NeedsConsent, Outcome, Pause, Rename, Resume, resume_preview

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from globus_tui.store.board import States
    from globus_tui.store.creation import Creation
    from globus_tui.store.job_state import JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.journal import Journal
    from globus_tui.store.operations import JobOperation
    from globus_tui.store.swapping import Swapped, Swapper

_UNDONE_BY = {
    "pause": "resume", "resume": "pause", "rename": "rename", "delete": "create", "create": "delete", "swap": "swap",
}  # fmt: skip
_ASIDE = "set aside"


class Step(NamedTuple):
    """What was done together.

    Attributes:
        key: by which what undoes it names it.
        undoes: the step that it undid, if it did.
        entries: of the journal, those only that were carried out.
        in_vain: ids of the timers of the step that it undid of which that failed.
        taken_back: of which it was done.
        cut_off: it was ended before all that were meant had their turn.
    """

    key: str
    undoes: str | None
    entries: tuple[Mapping[str, Any], ...]
    in_vain: frozenset[str] = frozenset()
    taken_back: frozenset[str] = frozenset()
    cut_off: bool = False

    def rest_of(self, undone: Step) -> list[Step]:
        """What is left of the step that this one undid: the timers of which that failed, or that had no turn."""
        rest = tuple(
            entry
            for entry in undone.entries
            if id_of(entry) in self.in_vain or (self.cut_off and id_of(entry) not in self.taken_back)
        )
        return [undone._replace(entries=rest)] if rest else []

    @property
    def what(self) -> str:
        return str(self.entries[0].get("what"))

    @property
    def when(self) -> str:
        return str(self.entries[-1].get("when"))


def steps(entries: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The steps of a journal that can be undone, and what was set aside, oldest first."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    tried: dict[str, set[str]] = {}
    for entry in entries:
        part = entry.get("why") in ("swap", "take back")  # of an edit, which has an entry of its own
        if entry.get("what") not in (*_UNDONE_BY, _ASIDE) or part:
            continue
        key = wire.text(entry.get("batch")) or wire.text(entry.get("request")) or wire.text(entry.get("when")) or ""
        if entry.get("outcome") == "done":
            grouped.setdefault(key, []).append(entry)
        elif entry.get("undoes"):
            tried.setdefault(key, set()).add(_undone(entry))
    all_steps, gone = list[Step](), set[str]()
    for key, group in grouped.items():
        deleted = {id_of(entry) for entry in group if entry.get("what") == "delete"}
        first = [entry for entry in group if id_of(entry) not in deleted & gone]  # two copies did: it is made anew once
        gone |= deleted
        if first:
            all_steps.append(_step(key, first, frozenset(tried.get(key, ()))))
    return [step for step in all_steps if step.what != "create" or step.undoes is not None]


def _step(key: str, group: Sequence[Mapping[str, Any]], tried: frozenset[str]) -> Step:
    done = frozenset(map(_undone, group))
    cut_off = (wire.whole(group[0].get("of")) or 0) > len(done | tried)
    return Step(key, wire.text(group[0].get("undoes")), _weighty(group), tried - done, done, cut_off)


def _timers(step: Step) -> list[str]:
    return [id_of(entry) for entry in step.entries]


@contextmanager
def _alone(journal: Path | None) -> Iterator[None]:
    """Holds the lock that stands beside a journal, where there is one and its file system has locks."""
    if journal is None:
        yield
        return
    try:
        lock = os.open(journal.with_name("undo.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:  # no room: what was done stands in memory only, where no other copy finds it
        yield
        return
    try:
        if take_lock(lock) is False:
            raise GlobusTuiError("Nothing was done: another copy of this program is undoing something. Wait for it.")
        yield
    finally:
        os.close(lock)


def _undone(entry: Mapping[str, Any]) -> str:
    """The timer of which an entry takes something back: one that is made anew has another id."""
    return wire.text(entry.get("undone")) or id_of(entry)


def _weighty(entries: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Drops entries that belong to another: the pause before a deletion or after a creation, a swap's creation."""
    swapped = {id_of(entry) for entry in entries if entry.get("what") == "swap"}
    entries = [entry for entry in entries if entry.get("what") != "create" or id_of(entry) not in swapped]
    made_or_gone = {id_of(entry) for entry in entries if entry.get("what") in ("delete", "create")}
    return tuple(entry for entry in entries if entry.get("what") != "pause" or id_of(entry) not in made_or_gone)


def stacks(history: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """What may be undone and what may be redone, the next one last."""
    undo: list[Step] = []
    redo: list[Step] = []
    for step in history:
        if step.what == _ASIDE:
            undo, redo = ([one for one in stack if one.key != step.undoes] for stack in (undo, redo))
        elif step.undoes is None:
            undo.append(step)
            redo = []
        elif undo and undo[-1].key == step.undoes:
            undo += step.rest_of(undo.pop())
            redo.append(step)
        elif redo and redo[-1].key == step.undoes:
            redo += step.rest_of(redo.pop())
            undo.append(step)
    return undo, redo


async def own_stacks(journal: Journal) -> tuple[list[Step], list[Step]]:
    """`stacks` of what whoever acts now has done: nobody takes back what somebody else did under this profile."""
    return stacks(steps([entry for entry in await journal.entries() if not journal.is_somebody_else(entry.get("who"))]))


class Act(NamedTuple):
    """What takes one entry back.

    Attributes:
        what: `pause`, `resume`, `rename`, `create`, `delete` or `swap`.
        job_id: of the timer; for `swap` the one that is in place now.
        to: the name to give it, or the timer to put back in its place.
        why_not: why it cannot be taken back any more; None when it can.
    """

    what: str
    job_id: JobId
    label: str
    to: str = ""
    document: Mapping[str, Any] = {}
    why_not: str | None = None


def acts(step: Step, states: States) -> list[Act]:
    """What takes a step back, as things stand now."""
    return [_act(entry, states) for entry in step.entries]


def _act(entry: Mapping[str, Any], states: States) -> Act:
    timer, before, after = (wire.document(entry.get(key)) for key in ("timer", "before", "after"))
    job_id = JobId(wire.text(timer.get("id")) or "")
    state = states.get(job_id)
    label = (state.job.label if state else None) or wire.text(timer.get("name")) or job_id[:8]
    act = Act(_UNDONE_BY[str(entry.get("what"))], job_id, label)
    if act.what == "create":
        return act._replace(document=before, why_not=_why_not_made_anew(before))
    if act.what == "swap":
        old = id_of(entry, "replaces")
        gone = old not in states or state is None
        return act._replace(to=old, why_not="one of the two timers is not there any more" if gone else None)
    if state is None:
        return act._replace(why_not="is not there any more")
    if act.what == "rename":
        name, now = wire.text(before.get("name")) or "", state.job.name
        other = now != (wire.text(after.get("name")) or now)
        return act._replace(to=name, why_not="was renamed again since" if other else None if name else "had no name")
    return act._replace(why_not=_why_not_switched(act.what, state))


def _why_not_made_anew(before: Mapping[str, Any]) -> str | None:
    if not before:
        return "what it was is not in the journal"
    if has_gaps([before.get("body"), before.get("callback_body")]):
        return "had a password or the like in what it hands over, which is not in the journal"
    return None


def _why_not_switched(change: str, state: JobState) -> str | None:
    if change == "pause" and state.job.stands_still:
        return "is paused already"
    return "runs already" if change == "resume" and not state.job.stands_still else None


def act_words(act: Act, states: States, store: JobStore) -> str:
    if act.why_not is not None:
        return f"left out: {act.label} {act.why_not}"
    at_once = {True: ": ONE run starts at once", None: ": a run may start at once", False: ""}
    starts = at_once[starts_run(act, states, store)]
    if act.what == "rename":
        return f"rename {act.label} to {act.to}"
    if act.what == "create":
        return f"make {act.label} anew as it was, paused (with a new id; its history is gone)"
    if act.what == "swap":
        old = states[JobId(act.to)].job.label if JobId(act.to) in states else act.to
        words = f"put {old} ({act.to[:8]}) back in the place of {act.label} ({act.job_id[:8]}), which is paused"
        return words + starts
    if act.what == "resume":
        return f"resume {act.label}{starts}"
    return f"{act.what} {act.label}" + (" for good" if act.what == "delete" else "")


def starts_run(act: Act, states: States, store: JobStore) -> bool | None:
    """Whether a run starts at once when that is done; None when that cannot be told."""
    swap = act.what == "swap"
    state = states.get(JobId(act.to) if swap else act.job_id)
    if act.why_not is not None or state is None or not (swap or act.what == "resume"):
        return False
    if swap and states[act.job_id].job.stands_still:
        return False
    return resume_preview(state.job, state.history, store.now()).catch_up


class Undoer:
    def __init__(self, store: JobStore, swapper: Swapper) -> None:
        self._store = store
        self._swapper = swapper

    @asynccontextmanager
    async def turn(self, step: Step, *, again: bool = False) -> AsyncIterator[None]:
        """Keeps other copies on this journal from undoing meanwhile; to be entered before anything is done.

        Raises:
            GlobusTuiError: somebody does, or the step is not the next one any more; nothing was done.
        """
        with _alone(self._store.journal.path):
            stack = (await own_stacks(self._store.journal))[again]
            if not stack or (stack[-1].key, _timers(stack[-1])) != (step.key, _timers(step)):
                raise GlobusTuiError("Nothing was done: something was changed or undone meanwhile. Look again.")
            yield

    async def carry_out(
        self,
        step: Step,
        chosen: Sequence[Act],
        *,
        again: bool = False,
        told: Callable[[tuple[bool, str, str]], object] = lambda _: None,
    ) -> list[tuple[bool, str, str]]:
        """Does it; whether each was done, the timer, and words. Never raises for what a service does.

        Args:
            again: the step was an undo, so this does again what that took back.
            told: is handed each of them as it ends.
        """
        ends = []
        able = [act for act in chosen if act.why_not is None]
        requests = {act.job_id: request for act in able if (request := _request(act)) is not None}
        announced = self._store.announce(requests.values())
        step_noted = {"batch": os.urandom(8).hex(), "undoes": step.key, **({"again": True} if again else {})}
        waiting = set(announced)
        try:
            for act in able:
                waiting.discard(act.job_id)
                with noting(**step_noted, undone=act.job_id, of=len(able)):
                    done, words = await self._do(act, requests.get(act.job_id), announced)
                ends.append((done, act.label, words))
                told(ends[-1])
        finally:
            self._store.take_back(waiting)
        return ends

    async def set_aside(self, step: Step) -> None:
        """Goes by a step from now on; changes nothing at Globus."""
        when = self._store.now().astimezone(UTC).isoformat()
        about = {"when": when, "what": _ASIDE, "batch": os.urandom(8).hex(), "undoes": step.key, "outcome": "done"}
        for entry in step.entries:
            await self._store.journal.append({**about, "timer": entry.get("timer")})

    async def _do(self, act: Act, request: JobOperation | None, announced: Container[JobId]) -> tuple[bool, str]:
        if request is not None:
            return _end(await self._store.operate(request, announced=act.job_id in announced))
        if act.what == "create":
            return await self._make_anew(act)
        from globus_tui.store.swapping import Swapped

        swap = await self._swapper.go_back(act.job_id, act.to)
        await self._store.refresh()
        await self._store.read_journal()
        return (True, _with_note(swap)) if isinstance(swap, Swapped) else (False, swap.words)

    async def _make_anew(self, act: Act) -> tuple[bool, str]:
        """As it was; its first run is far enough ahead that it can be paused before."""
        now = self._store.now()
        try:
            job = Job.from_document(dict(act.document))
            draft = clone(job, act.document, now)
            draft = replace(draft, schedule=not_before(draft.schedule, now + LEAD), group=())
        except GlobusTuiError as wrong:
            return False, wrong.in_full
        made = await self._swapper.creator.create(draft)
        if not isinstance(made, Created):
            return False, _words_of_failure(made)
        await self._store.refresh()
        done, words = _end(await self._store.operate(Pause(JobId(made.job.job_id))))
        summary = "Made anew, paused." if done else f"Made anew, but it could not be paused: {words}"
        return done, " ".join(filter(None, (f"{summary} Its id is {made.job.job_id}.", made.note)))


def _request(act: Act) -> JobOperation | None:
    """What does it at one go; None where it takes more."""
    requests: dict[str, JobOperation] = {
        "pause": Pause(act.job_id),
        "resume": Resume(act.job_id),
        "delete": Delete(act.job_id, act.label),
        "rename": Rename(act.job_id, act.to, act.label),
    }
    return requests.get(act.what)


def _end(outcome: Outcome) -> tuple[bool, str]:
    if isinstance(outcome, Done):
        return True, _with_note(outcome)
    return False, _words_of_failure(outcome)


def _with_note(end: Done | Swapped) -> str:
    return f"{end.words} {end.note}" if end.note else end.words


def _words_of_failure(outcome: Outcome | Creation) -> str:
    return "Globus wants a sign-in or a consent first" if isinstance(outcome, NeedsConsent) else outcome.words
