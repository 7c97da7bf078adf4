"""Editing a timer: the service changes nothing but its name, so another one takes its place and the old one is paused.

The steps are create, verify, swap (pause the old one, or the new one if the old one was paused), record. Whatever
fails, exactly one of the two stays active: the new one is taken back unless the old one is known to be paused. One
that is to stand still begins late enough to be paused before its first run (`domain.making.taking_place`); should the
service start one all the same, that is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput, ErrorKind, GlobusTuiError
from globus_tui.domain.making.new_timer import NewTimer, differences, same_schedule
from globus_tui.domain.making.taking_place import check_ahead, in_place_of
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import Job, JobReading, JobStatus
from globus_tui.store.creation import Created, Creation, Creator, NotCreated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.timer.run import Run
    from globus_tui.store.journal import Recorder
    from globus_tui.store.services import JobService

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Swapped:
    """The new timer has taken the place of the old one, which is kept, paused.

    Attributes:
        runs_started: runs that the service started of the new one although it was to stand still.
    """

    new: Job
    old_id: str
    words: str
    note: str | None = None
    runs_started: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSwapped:
    """It did not work.

    Attributes:
        step: `create`, `verify` or `swap`.
        creation: how the creation ended, when it was that: consent, sign-in, refusal, or no answer. After
            `Unconfirmed` look again, and hand what is found to `Swapper.finish`.
        clean: everything is as before: the old timer as it was, the new one gone. False: look at both.
        created: the new timer, when it may still be there.
        runs_started: runs of the new timer that started before it was taken back.
    """

    step: str
    words: str
    error: GlobusTuiError | None = None
    creation: Creation | None = None
    clean: bool = True
    created: Created | None = None
    runs_started: tuple[Run, ...] = ()


Swap = Swapped | NotSwapped


class Swapper:
    def __init__(
        self,
        creator: Creator,
        jobs: JobService,
        recorder: Recorder,
        hand_on: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> None:
        """`hand_on` gives notes, tags and limits of one timer to another."""
        self.creator = creator
        self._jobs = jobs
        self._recorder = recorder
        self._hand_on = hand_on
        self._asked_to_pause: set[str] = set()

    async def replace(
        self, old: JobReading, draft: Draft, *, check_consents: bool = True, leaves_out: datetime | None = None
    ) -> Swap:
        """Puts what a draft describes in the place of a timer.

        Args:
            draft: made with `clone(..., for_edit=True)`, and changed.
            check_consents: False after a sign-in that was asked for.
            leaves_out: the run of the old one that the new one is to leave out.
        """
        ready = await self.prepare(old, draft, leaves_out=leaves_out)
        if isinstance(ready, NotSwapped):
            return ready
        made = await self.creator.create(ready[1], check_consents=check_consents)
        if not isinstance(made, Created):
            return NotSwapped("create", "The old timer stays as it is.", creation=made)
        return await self.finish(ready[0], made, ready[1])

    async def prepare(
        self, old: JobReading, draft: Draft, *, leaves_out: datetime | None = None
    ) -> tuple[JobReading, Draft] | NotSwapped:
        """The old timer read anew, and the draft with its runs where the swap starts none: both just before sending.

        Runs that the old one made meanwhile are left out of an end by number of runs that was not changed.
        """
        try:
            again = await self._jobs.get_job(str(old.job.job_id))
        except GlobusTuiError as error:
            return NotSwapped("prepare", f"Nothing was sent: the old timer could not be read: {error}", error)
        try:
            if again.job.status in (JobStatus.ENDED, JobStatus.DELETING):
                raise BadInput("The old timer has ended meanwhile: C makes another one like it.")
            if leaves_out is not None:
                check_ahead(leaves_out, self.creator.now())
                if again.job.stands_still:
                    raise BadInput("It was paused meanwhile.")
            return again, in_place_of(again.job, _with_runs_left(draft, old.job, again.job), self.creator.now())
        except BadInput as problem:
            return NotSwapped("prepare", f"Nothing was sent. {problem}", problem, NotCreated(str(problem), problem))

    async def finish(self, old: JobReading, made: Created, draft: Draft) -> Swap:
        """Goes on once the new timer is there; may be called again after it failed."""
        resting = old.job.stands_still
        try:
            new = await self._jobs.get_job(made.job.job_id)
        except GlobusTuiError as error:
            return await self._take_back(made, "verify", f"The new timer could not be read: {error}", error)
        wanted = draft.to_timer()
        wrong = [field for field in differences(wanted, new.job) if not (resting and field == "schedule")]
        if resting and not _on_one_grid(wanted, new.job):
            wrong.append("schedule")
        if wrong:
            return await self._take_back(made, "verify", f"The new timer came out differently: {', '.join(wrong)}.")
        if not resting and await self._is_paused_by_another(old):
            return await self._take_back(
                made, "swap", "The old timer was paused meanwhile, perhaps by another edit of it."
            )
        loser, which = (new, "new") if resting else (old, "old")
        paused, problem, after = await self._pause(loser)
        if paused is None:
            words = f"Nobody can tell whether the {which} timer is paused: {problem} Both may be active; try again."
            return NotSwapped("swap", words, problem, clean=False, created=made)
        if not paused:
            words = f"The {which} timer could not be paused: {problem}{_may_arrive(problem)}"
            return await self._take_back(made, "swap", words, problem)
        await self._record_swap(new, old)
        state = "Both are paused, as the old one was" if resting else "The old one is kept, paused"
        words = f"{new.job.label} has taken the place of the old timer. {state}."
        if resting and after is None:
            words += " Whether a run of it has started could not be looked at: look at its page."
        fired = after.runs if resting and after is not None else ()
        note = made.note or self._recorder.take_warning()  # said once: its creation may have been told
        return Swapped(new.job, str(old.job.job_id), words, note, fired)

    async def _is_paused_by_another(self, old: JobReading) -> bool:
        """Whether the old timer, which ran when all this began, was paused since, and not from here."""
        if old.job.job_id in self._asked_to_pause:
            return False
        try:
            return (await self._jobs.get_job(str(old.job.job_id))).job.status is JobStatus.INACTIVE
        except GlobusTuiError:
            return False  # what becomes of pausing it tells

    async def _record_swap(self, new: JobReading, old: JobReading) -> None:
        await self._recorder.record_swap(
            {
                "timer": {"id": new.job.job_id, "name": new.job.name},
                "replaces": {"id": old.job.job_id, "name": old.job.name},
            },
            old.document,
            new.document,
        )
        if self._hand_on is not None:
            await self._hand_on(str(old.job.job_id), str(new.job.job_id))

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
        paused, problem, _ = (True, None, None) if rested else await self._pause(new)
        if paused is None:
            words = f"Nobody can tell whether the new timer is paused: {problem} Nothing else was changed; try again."
            return NotSwapped("swap", words, problem, clean=False)
        if not paused:
            words = f"Nothing was changed: the new timer could not be paused: {problem}{_may_arrive(problem)}"
            return NotSwapped("swap", words, problem)
        if not rested:
            resumed, problem, _ = await self._resume(old)
            if not resumed:
                return await self._new_again(new, old, problem, sure=resumed is False)
        await self._record_swap(old, new)
        state = "Both are paused, as the new one was" if rested else "The new one is kept, paused"
        return Swapped(
            old.job, new_id, f"{old.job.label} is back in its place. {state}.", self._recorder.take_warning()
        )

    async def _new_again(
        self, new: JobReading, old: JobReading, problem: GlobusTuiError | None, *, sure: bool
    ) -> NotSwapped:
        """Resumes the new timer after the old one could not be resumed, once the old one is known to be paused."""
        why = problem or "Globus said yes, but it still rests."
        words = f"The old timer could not be resumed: {why}{_may_arrive(problem)}"
        if not sure and not (await self._pause(old))[0]:
            words = f"{words} Nobody can tell whether it runs; the new one is paused. Look at both."
            return NotSwapped("swap", words, problem, clean=False)
        if (await self._resume(new))[0]:
            return NotSwapped("swap", f"{words} The new one goes on as before.", problem)
        return NotSwapped(
            "swap", f"{words} The new one is paused and could not be resumed: BOTH rest.", problem, clean=False
        )

    async def _resume(self, timer: JobReading) -> tuple[bool | None, GlobusTuiError | None, Job | None]:
        """Whether it runs afterwards; None when nobody can tell."""
        return await self._tell("resume", self._jobs.resume_job, timer, lambda after, _: not after.stands_still)

    async def _pause(self, timer: JobReading) -> tuple[bool | None, GlobusTuiError | None, Job | None]:
        """Whether it is paused afterwards; None when nobody can tell."""
        self._asked_to_pause.add(timer.job.job_id)
        resting = (JobStatus.INACTIVE, JobStatus.ENDED, JobStatus.DELETING)
        return await self._tell(
            "pause", self._jobs.pause_job, timer, lambda after, error: after.status in resting or error is None
        )

    async def _tell(
        self,
        what: str,
        call: Callable[[str], Awaitable[object]],
        timer: JobReading,
        done: Callable[[Job, GlobusTuiError | None], bool],
    ) -> tuple[bool | None, GlobusTuiError | None, Job | None]:
        """Calls, and looks what became of it.

        What is not seen may still arrive. It counts as not carried out, so that of the two timers one is active, and
        stays open in the journal: what becomes of it is told.
        """
        job_id = str(timer.job.job_id)
        ended = await self._recorder.carry_out(
            self._recorder.asking(what, _subject(timer.job, "swap"), timer.document),
            lambda: call(job_id),
            lambda: self._jobs.get_job(job_id),
            lambda after, error: done(after.job, error) or None,
            lambda after: after.document,
        )
        effect = False if ended.looked and not ended.effect else ended.effect
        return effect, ended.error, ended.after.job if ended.after else None

    async def _take_back(self, made: Created, step: str, words: str, error: GlobusTuiError | None = None) -> NotSwapped:
        """Deletes the new timer; if that cannot be, pauses it."""
        async with self._recorder.asking("delete", _subject(made.job, "take back"), made.document) as asked:
            gone, problem, fired = await self._delete(str(made.job.job_id))
            await asked.ended(gone, error=problem)
        if gone:
            words = f"{words} The new timer was deleted again; the old one is as it was."
            return NotSwapped(step, words, error, runs_started=fired)
        paused, _, after = await self._pause(JobReading(made.job, made.document or {}))
        if paused:
            words = f"{words} The new timer is paused, but could not be deleted; the old one is as it was."
            return NotSwapped(step, words, error, clean=False, created=made, runs_started=after.runs if after else ())
        words = f"{words} The new timer could be neither deleted nor paused: BOTH may be active. Pause one of them."
        return NotSwapped(step, words, error, clean=False, created=made)

    async def _delete(self, job_id: str) -> tuple[bool | None, GlobusTuiError | None, tuple[Run, ...]]:
        """Whether it is gone, None when nobody can tell; and the runs that it made, as far as they can be told."""
        error: GlobusTuiError | None = None
        fired: tuple[Run, ...] = ()
        try:
            fired = (await self._jobs.delete_job(job_id)).job.runs
        except GlobusTuiError as found:
            error = found
        sure = error is not None and not error.may_have_arrived
        try:
            after = (await self._jobs.get_job(job_id)).job
            gone, fired = after.status is JobStatus.DELETING, after.runs or fired
        except GlobusTuiError as found:
            gone = found.kind is ErrorKind.NOT_FOUND
        return (True if gone else False if sure else None), error, fired


def _with_runs_left(draft: Draft, before: Job, after: Job) -> Draft:
    """The draft with the runs taken off that the old timer made since it was read, if its end is still the old one."""
    schedule, kept = draft.schedule, draft.original
    runs = (after.n_runs or 0) - (before.n_runs or 0)
    if runs <= 0 or not isinstance(schedule, RecurringSchedule) or not isinstance(kept, RecurringSchedule):
        return draft
    if schedule.end.after_runs is None or schedule.end != kept.end:
        return draft
    runs_left = schedule.end.after_runs - runs
    if runs_left <= 0:
        raise BadInput("The old timer has made its last run meanwhile: C makes another one like it.")
    return replace(draft, schedule=replace(schedule, end=replace(schedule.end, after_runs=runs_left)))


def _on_one_grid(wanted: NewTimer, made: Job) -> bool:
    """The new timer's runs are those that were asked for, be it from another of their ticks on.

    One that was found again after a lost answer begins where it was then to begin.
    """
    asked, came = wanted.schedule, made.schedule
    if not isinstance(asked, RecurringSchedule) or not isinstance(came, RecurringSchedule):
        return same_schedule(asked, came, made.submitted_at)
    if asked.start is None or came.start is None:
        return False
    off = (came.start - asked.start + _SECOND / 2) % asked.interval  # sent to the second
    return off <= _SECOND and same_schedule(replace(asked, start=came.start), came, made.submitted_at)


def _may_arrive(problem: GlobusTuiError | None) -> str:
    lost = problem is not None and problem.may_have_arrived
    return " The request may still arrive: the list will show it." if lost else ""


def _subject(job: Job, why: str) -> dict[str, Any]:
    return {"timer": {"id": job.job_id, "name": job.name}, "why": why}
