"""Editing a timer: the service changes nothing but its name, so another one takes its place and the old one is paused.

The steps are create, verify, swap (pause the old one, or the new one if the old one was paused), record. Whatever
fails, exactly one of the two stays active: the new one is taken back unless the old one is known to be paused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain import wire
from globus_tui.domain.errors import ErrorKind, GlobusTuiError, ServiceError
from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.same_timer import differences
from globus_tui.store.creation_outcome import Created, Creation
from globus_tui.store.effects import ambiguous

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import Any

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.job import Job
    from globus_tui.domain.readings import JobReading
    from globus_tui.store.creation import Creator
    from globus_tui.store.recorder import Recorder


class SwapService(Protocol):
    """Timers, as swapping needs them."""

    async def get_job(self, job_id: str) -> JobReading:
        """One timer."""

    async def pause_job(self, job_id: str) -> str:
        """Pauses it."""

    async def resume_job(self, job_id: str) -> str:
        """Resumes it."""

    async def delete_job(self, job_id: str) -> JobReading:
        """Deletes it."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """The new timer has taken the place of the old one, which is kept, paused."""

    new: Job
    old_id: str
    words: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NotSwapped:
    """It did not work.

    Attributes:
        step: `create`, `verify` or `swap`.
        creation: how the creation ended, when it was that: consent, sign-in, refusal, or no answer. After
            `Unconfirmed` look again, and hand what is found to `Swapper.finish`.
        clean: everything is as before: the old timer as it was, the new one gone. False: look at both.
        created: the new timer, when it may still be there.
    """

    step: str
    words: str
    error: GlobusTuiError | None = None
    creation: Creation | None = None
    clean: bool = True
    created: Created | None = None


Swap = Swapped | NotSwapped


class Swapper:
    """Replaces timers."""

    def __init__(self, creator: Creator, jobs: SwapService, recorder: Recorder) -> None:
        self._creator = creator
        self._jobs = jobs
        self._recorder = recorder

    async def replace(self, old: JobReading, draft: Draft, *, check_consents: bool = True) -> Swap:
        """Puts what a draft describes in the place of a timer.

        Args:
            old: as read just now.
            draft: made with `clone(..., for_edit=True)`, and changed.
            check_consents: False after a sign-in that was asked for.
        """
        made = await self._creator.create(draft, check_consents=check_consents)
        if not isinstance(made, Created):
            return NotSwapped("create", "The old timer stays as it is.", creation=made)
        return await self.finish(old, made, draft)

    async def finish(self, old: JobReading, made: Created, draft: Draft) -> Swap:
        """Goes on once the new timer is there; may be called again after it failed."""
        try:
            new = await self._jobs.get_job(made.job.job_id)
        except GlobusTuiError as error:
            return await self._take_back(made, "verify", f"The new timer could not be read: {error}", error)
        if wrong := differences(draft.to_timer(), new.job):
            return await self._take_back(made, "verify", f"The new timer came out differently: {', '.join(wrong)}.")
        resting = old.job.stands_still
        loser = new if resting else old
        paused, problem = await self._pause(str(loser.job.job_id))
        if paused is None:
            words = f"Nobody can tell whether the old timer is paused: {problem} Both may be active; try again."
            return NotSwapped("swap", words, problem, clean=False, created=made)
        if not paused:
            which = "new" if resting else "old"
            return await self._take_back(made, "swap", f"The {which} timer could not be paused: {problem}", problem)
        await self._record_swap(new, old)
        state = "Both are paused, as the old one was" if resting else "The old one is kept, paused"
        words = f"{new.job.label} has taken the place of the old timer. {state}."
        return Swapped(new.job, str(old.job.job_id), words, self._recorder.take_warning())

    async def _record_swap(self, new: JobReading, old: JobReading) -> None:
        """The lineage: which timer has taken the place of which."""
        await self._recorder.record(
            "swap",
            {
                "timer": {"id": new.job.job_id, "name": new.job.name},
                "replaces": {"id": old.job.job_id, "name": old.job.name},
            },
            before=old.document,
            after=new.document,
            effect=True,
            error=None,
        )

    async def go_back(self, new_id: str, old_id: str) -> Swap:
        """Undoes a swap: the new timer is paused, and the old one, which was kept, runs again.

        Whatever fails, the new one is active again if the old one is not.
        """
        try:
            new, old = await self._jobs.get_job(new_id), await self._jobs.get_job(old_id)
        except GlobusTuiError as error:
            return NotSwapped("verify", f"Nothing was changed: the timers could not be read: {error}", error)
        if old.job.status is not JobStatus.INACTIVE:
            return NotSwapped("verify", "Nothing was changed: the old timer is not kept, paused, any more.")
        rested = new.job.stands_still
        paused, problem = (True, None) if rested else await self._pause(new_id)
        if paused is None:
            words = f"Nobody can tell whether the new timer is paused: {problem} Nothing else was changed; try again."
            return NotSwapped("swap", words, problem, clean=False)
        if not paused:
            return NotSwapped("swap", f"Nothing was changed: the new timer could not be paused: {problem}", problem)
        if not rested:
            resumed, problem = await self._resume(old_id)
            if not resumed:
                return await self._new_again(new_id, old_id, problem, sure=resumed is False)
        await self._record_swap(old, new)
        state = "Both are paused, as the new one was" if rested else "The new one is kept, paused"
        return Swapped(
            old.job, new_id, f"{old.job.label} is back in its place. {state}.", self._recorder.take_warning()
        )

    async def _new_again(self, new_id: str, old_id: str, problem: GlobusTuiError | None, *, sure: bool) -> NotSwapped:
        """The old one could not be resumed: the new one goes on, once the old one is known to stand still."""
        words = f"The old timer could not be resumed: {problem}"
        if not sure and not (await self._pause(old_id))[0]:
            words = f"{words} Nobody can tell whether it runs; the new one is paused. Look at both."
            return NotSwapped("swap", words, problem, clean=False)
        if (await self._resume(new_id))[0]:
            return NotSwapped("swap", f"{words} The new one goes on as before.", problem)
        return NotSwapped(
            "swap", f"{words} The new one is paused and could not be resumed: BOTH rest.", problem, clean=False
        )

    async def _resume(self, job_id: str) -> tuple[bool | None, GlobusTuiError | None]:
        """Whether it runs afterwards; None when nobody can tell."""
        return await self._tell(self._jobs.resume_job, job_id, lambda after, error: not after.stands_still)

    async def _pause(self, job_id: str) -> tuple[bool | None, GlobusTuiError | None]:
        """Whether it is paused afterwards; None when nobody can tell."""
        resting = (JobStatus.INACTIVE, JobStatus.ENDED, JobStatus.DELETING)
        return await self._tell(
            self._jobs.pause_job, job_id, lambda after, error: after.status in resting or error is None
        )

    async def _tell(
        self,
        call: Callable[[str], Awaitable[object]],
        job_id: str,
        done: Callable[[Job, GlobusTuiError | None], bool],
    ) -> tuple[bool | None, GlobusTuiError | None]:
        """Calls, and looks what became of it: a call whose answer was lost may have been carried out."""
        error: GlobusTuiError | None = None
        try:
            await call(job_id)
        except GlobusTuiError as found:
            if not ambiguous(found):
                return False, found
            error = found
        try:
            after = (await self._jobs.get_job(job_id)).job
        except GlobusTuiError as found:
            return (True, None) if error is None else (None, found)
        return done(after, error), error

    async def _take_back(self, made: Created, step: str, words: str, error: GlobusTuiError | None = None) -> NotSwapped:
        """Deletes the new timer; if that cannot be, pauses it."""
        job_id = str(made.job.job_id)
        gone = await self._delete(job_id)
        await self._recorder.record(
            "take back",
            {"timer": {"id": job_id, "name": made.job.name}},
            before=made.document,
            after=None,
            effect=gone,
            error=error,
        )
        if gone:
            return NotSwapped(step, f"{words} It was taken back; the old timer is as it was.", error)
        paused, _ = await self._pause(job_id)
        if paused:
            words = f"{words} The new timer is paused, but could not be deleted; the old one is as it was."
            return NotSwapped(step, words, error, clean=False, created=made)
        words = f"{words} The new timer could not be taken back either: BOTH may be active. Pause one of them."
        return NotSwapped(step, words, error, clean=False, created=made)

    async def _delete(self, job_id: str) -> bool:
        try:
            await self._jobs.delete_job(job_id)
        except ServiceError as found:
            if found.kind is ErrorKind.NOT_FOUND:
                return True
        except GlobusTuiError:
            pass  # what became of it is looked up below, whatever the error was
        try:
            return (await self._jobs.get_job(job_id)).job.status is JobStatus.DELETING
        except ServiceError as found:
            return found.kind is ErrorKind.NOT_FOUND
        except GlobusTuiError:
            return False


@dataclass(frozen=True, slots=True)
class OldTimer:
    """A timer that was replaced and is kept, paused."""

    job_id: str
    name: str | None
    replaced_by: str
    replaced_at: datetime


def replaced_timers(entries: Iterable[Mapping[str, Any]]) -> tuple[OldTimer, ...]:
    """Those that were replaced and not deleted since, by the journal's entries, oldest first: the lineage."""
    kept: dict[str, OldTimer] = {}
    for entry in entries:
        timer, old = wire.document(entry.get("timer")), wire.document(entry.get("replaces"))
        job_id, moment = wire.text(old.get("id")), wire.moment(entry.get("when"))
        if entry.get("what") == "swap" and job_id and moment:
            kept.pop(wire.text(timer.get("id")) or "", None)  # one that was kept is back in its place
            kept[job_id] = OldTimer(job_id, wire.text(old.get("name")), wire.text(timer.get("id")) or "", moment)
        elif entry.get("what") == "delete" and entry.get("outcome") == "done":
            kept.pop(wire.text(timer.get("id")) or "", None)
    return tuple(kept.values())


def due_for_deletion(entries: Iterable[Mapping[str, Any]], now: datetime, days: int) -> tuple[OldTimer, ...]:
    """Replaced timers that have been kept long enough to ask whether to delete them."""
    return tuple(one for one in replaced_timers(entries) if now - one.replaced_at >= timedelta(days=days))


def replaced_by(entries: Iterable[Mapping[str, Any]], new_id: str) -> OldTimer | None:
    """The timer whose place one has taken, if it was not deleted since."""
    return next((one for one in replaced_timers(entries) if one.replaced_by == new_id), None)
