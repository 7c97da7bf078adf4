"""Carries out operations on timers: pending at once, then the request, then what the service says became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, ServiceError
from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.effects import already_so, ambiguous, done_words, failed_words, took_effect, why_not
from globus_tui.store.freshness import is_sign_out, requirement
from globus_tui.store.job_state import Pending
from globus_tui.store.operations import DOING, Delete, JobOperation, Pause, Rename, Resume
from globus_tui.store.outcome import Done, Failed, NeedsConsent, Outcome, Refused, SignedOut
from globus_tui.store.refresh_plan import SOON
from globus_tui.store.resuming import credentials_rule, still_unmet, stopped_for

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from globus_tui.domain.job import JobId
    from globus_tui.domain.readings import JobReading
    from globus_tui.store.board import Board
    from globus_tui.store.recorder import Recorder
    from globus_tui.store.refresher import Refresher
    from globus_tui.store.services import Services


@dataclass(frozen=True, slots=True)
class _Step:
    """One request that changes something, and what a look afterwards showed.

    Attributes:
        error: what came instead of a good answer.
        effect: it was carried out; None when nobody can tell.
        after: the timer as read afterwards; None when gone, or not read.
        seen: the look afterwards showed the effect.
    """

    error: GlobusTuiError | None
    effect: bool | None
    after: JobReading | None = None
    seen: bool = False


class Operator:
    """Carries out what changes a timer."""

    def __init__(
        self,
        board: Board,
        services: Services,
        refresher: Refresher,
        recorder: Recorder,
    ) -> None:
        self._board = board
        self._jobs = services.jobs
        self._consents = services.consents
        self._refresher = refresher
        self._recorder = recorder

    async def operate(self, operation: JobOperation) -> Outcome:
        """Does it and says how it ended; never raises for what a service does."""
        job_id, board = operation.job_id, self._board
        if (words := why_not(operation, board.states.get(job_id))) is not None:
            return Refused(words)
        new_name = operation.name if isinstance(operation, Rename) else None
        board.begin(job_id, Pending(DOING[type(operation)], board.now(), new_name))
        try:
            found = await self._carry_out(operation)
        finally:
            board.end(job_id)
            self._refresher.due.wish(job_id, board.clock() + timedelta(seconds=SOON))
        if isinstance(found, Done):
            return replace(found, note=self._recorder.take_warning())
        return found

    async def _carry_out(self, operation: JobOperation) -> Outcome:
        try:
            before = await self._read(operation.job_id)
        except GlobusTuiError as error:
            return self._refused(operation, error, f"Nothing was changed: {error}")
        if before is None:
            return Refused("This timer does not exist any more.")
        if (words := already_so(operation, before.job)) is not None:
            return Done(words, before.job)
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
            return Done(done_words(operation, confirmed=step.seen), None, confirmed=step.seen)
        if paused and step.error is not None:
            words = (
                "It is paused now, and nobody can tell whether it was deleted"
                if step.effect is None
                else ("It is paused now but was not deleted")
            )
            return Failed(step.error, False, f"{words}: {step.error}")
        return self._outcome(operation, step)

    async def _step(self, operation: JobOperation, before: JobReading) -> _Step:
        """Sends one request, looks what became of it, and records both."""
        subject = _subject(operation, before)
        what = type(operation).__name__.lower()
        error: GlobusTuiError | None = None
        try:
            await self._request(operation, before)
        except GlobusTuiError as found:
            error = found
        except asyncio.CancelledError:
            self._recorder.record_interrupted(what, subject, before.document)
            raise
        step = await self._look(operation, error)
        await self._recorder.record(
            what,
            subject,
            before=before.document,
            after=step.after.document if step.after else None,
            effect=step.effect,
            error=error,
        )
        return step

    async def _look(self, operation: JobOperation, error: GlobusTuiError | None) -> _Step:
        if error is not None and not ambiguous(error):
            return _Step(error, False)
        try:
            after = await self._read(operation.job_id)
        except GlobusTuiError:
            return _Step(error, None if error else True)
        seen = took_effect(operation, after.job if after else None)
        return _Step(error, seen if error else True, after, seen)

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
        except ServiceError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            self._board.drop_job(job_id)
            return None
        self._board.take_job(reading.job, asked)
        return reading

    def _outcome(self, operation: JobOperation, step: _Step) -> Outcome:
        if step.effect:
            job = self._board.held.jobs.get(operation.job_id)
            return Done(done_words(operation, confirmed=step.seen), job, confirmed=step.seen)
        if step.error is None:  # cannot be: no error means effect
            return Refused("Nothing was sent.")
        words = failed_words(operation, step.error, step.effect)
        return self._refused(operation, step.error, words, rolled_back=step.effect is False)

    def _refused(
        self, operation: JobOperation, error: GlobusTuiError, words: str, *, rolled_back: bool = True
    ) -> Outcome:
        if is_sign_out(error):
            self._refresher.note_failure(error)
            return SignedOut(str(error), error.advice)
        if (gare := requirement(error)) is not None and rolled_back:
            return NeedsConsent(gare, operation.job_id)
        return Failed(error, rolled_back, words)


def _subject(operation: JobOperation, before: JobReading) -> dict[str, Any]:
    subject: dict[str, Any] = {"timer": {"id": operation.job_id, "name": before.job.name}}
    if isinstance(operation, Rename):
        subject["asked"] = {"name": operation.name}
    return subject
