"""Creates timers and hands in transfers. Nothing is ever sent twice by itself; a lost answer is looked into."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.draft import What, scopes_needed
from globus_tui.domain.draft_fields import problems_of
from globus_tui.domain.errors import BadInput, GlobusTuiError, ServiceError, UnreadableAnswer
from globus_tui.domain.gare import Gare
from globus_tui.domain.same_timer import find_created
from globus_tui.store.alarm_levels import alarm_entry
from globus_tui.store.creation_outcome import (
    Attempt,
    ConsentCheck,
    Created,
    Creation,
    CreationServices,
    GroupCreation,
    NotCreated,
    Submitted,
    Unconfirmed,
)
from globus_tui.store.effects import ambiguous
from globus_tui.store.freshness import is_sign_out, requirement
from globus_tui.store.outcome import NeedsConsent, SignedOut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.job import Job
    from globus_tui.domain.new_timer import NewTimer
    from globus_tui.domain.wire import Document
    from globus_tui.store.recorder import Recorder

LOOKS = (0.0, 1.0, 3.0)
"""Seconds before each look for a timer whose creation was not answered."""


def _remember_nothing(_: Attempt, __: Draft) -> None:
    pass


class Creator:
    """Creates what drafts describe.

    Args:
        services: what it asks.
        recorder: journals each request.
        now: the service's present.
        sleep: waits between looks for a lost creation.
        sending: told of each attempt, with the draft as sent, just before it leaves; keep both with the draft, so
            that after a crash it can be looked for.
    """

    def __init__(
        self,
        services: CreationServices,
        recorder: Recorder,
        now: Callable[[], datetime],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        sending: Callable[[Attempt, Draft], None] = _remember_nothing,
    ) -> None:
        self._services = services
        self._recorder = recorder
        self._now = now
        self._sleep = sleep
        self._sending = sending
        self._busy = asyncio.Lock()

    async def check_consents(self, draft: Draft) -> ConsentCheck:
        """Which consents are there and which would be asked for. Raises what the services raise."""
        endpoints = [self._services.collections.get_endpoint(one) for one in draft.collection_ids]
        collections = tuple(await asyncio.gather(*endpoints))
        missing, unknown = [], []
        for scope in scopes_needed(draft, collections):
            gare = Gare("ConsentRequired", (str(scope),))
            there = await self._services.consents.granted(gare) if self._services.consents else None
            if there is None:
                unknown.append(scope)
            elif not there:
                missing.append(scope)
        return ConsentCheck(tuple(missing), tuple(unknown), collections)

    async def create(self, draft: Draft, *, check_consents: bool = True, after: Attempt | None = None) -> Creation:
        """Creates the timer (the first of a group), or hands in the transfer. Never raises for what a service does.

        Args:
            draft: complete; `draft_checks` says whether it is.
            check_consents: False after a sign-in that was asked for, so that it is asked once only.
            after: an earlier attempt at the same that stayed without an answer: it is looked for first.
        """
        if self._busy.locked():  # a key pressed twice must not make two timers
            return NotCreated("Wait: it is being created already.")
        async with self._busy:
            if after is not None and isinstance(found := await self._look(after, draft, None), Created):
                return found
            if after is not None and after.submission_id is not None:
                draft = replace(draft, transfer=replace(draft.transfer, submission_id=after.submission_id))
            if check_consents and (wanted := await self._consent_wanted(draft)) is not None:
                return wanted
            if draft.what is What.TRANSFER_NOW:
                return await self._submit(draft)
            try:
                timer = draft.to_timer()
            except BadInput as problem:
                return NotCreated(str(problem), problem)
            return await self._create(timer, draft)

    async def create_group(
        self, draft: Draft, *, check_consents: bool = True, after: Attempt | None = None
    ) -> GroupCreation:
        """Creates the timers of a calendar group, one after the other; stops at the first that is not made.

        Args:
            draft: complete.
            check_consents: as for `create`.
            after: an earlier attempt that stopped on the way, or whose end is not known: what it made is looked for
                and not made again.
        """
        if self._busy.locked():
            return GroupCreation((), NotCreated("Wait: they are being created already."))
        try:
            timers = draft.to_timers()
        except BadInput as problem:
            return GroupCreation((), NotCreated(str(problem), problem))
        async with self._busy:
            try:
                there = await self._services.timers.list_jobs()
            except GlobusTuiError as error:
                return GroupCreation((), self._unread(draft, error, after))
            return await self._create_missing(timers, there, draft, after, check_consents=check_consents)

    def _unread(self, draft: Draft, error: GlobusTuiError, after: Attempt | None) -> Creation:
        if after is None or is_sign_out(error) or requirement(error) is not None:
            return self._not_created(draft, error, "Nothing was sent: your timers could not be read")
        return Unconfirmed(_unconfirmed_words(error, looked=False), error, after, False, draft)

    async def _create_missing(
        self,
        timers: tuple[NewTimer, ...],
        there: tuple[Job, ...],
        draft: Draft,
        after: Attempt | None,
        *,
        check_consents: bool,
    ) -> GroupCreation:
        if after is not None:
            sent = after.group or ((after.timer,) if after.timer else ())
            earlier = {one: _found(one, there, after) for one in dict.fromkeys((*timers, *sent))}
            began = replace(after, group=tuple(dict.fromkeys((*sent, *timers))))
        else:
            earlier = {}
            began = Attempt(self._now(), known=frozenset(str(job.job_id) for job in there), group=timers)
        made = [found for one in timers if (found := earlier.get(one)) is not None]
        ids = {found.job.job_id for found in made}
        others = tuple(found.job for found in earlier.values() if found is not None and found.job.job_id not in ids)
        if check_consents and len(made) < len(timers) and (wanted := await self._consent_wanted(draft)) is not None:
            return GroupCreation(tuple(made), wanted, others)
        done: list[Created] = []
        for timer in timers:
            ended: Creation = earlier.get(timer) or await self._send(timer, draft, replace(began, timer=timer))
            if not isinstance(ended, Created):
                rest = [one for one in made if one not in done]
                return GroupCreation((*done, *rest), ended, others)
            done.append(ended)
        return GroupCreation(tuple(done), None, others)

    async def look_again(self, attempt: Attempt, draft: Draft) -> Creation:
        """Looks for what an attempt may have made; sends nothing."""
        async with self._busy:
            return await self._look(attempt, draft, None)

    async def _consent_wanted(self, draft: Draft) -> Creation | None:
        try:
            check = await self.check_consents(draft)
        except GlobusTuiError as error:
            return self._not_created(draft, error, "Nothing was sent: the collections could not be looked up")
        if not check.missing:
            return None
        return NeedsConsent(Gare("ConsentRequired", tuple(str(one) for one in check.missing)), None)

    async def _create(self, timer: NewTimer, draft: Draft) -> Creation:
        try:
            before = await self._services.timers.list_jobs()
        except GlobusTuiError as error:
            return self._not_created(draft, error, "Nothing was sent: your timers could not be read")
        return await self._send(timer, draft, Attempt(self._now(), timer, frozenset(str(job.job_id) for job in before)))

    async def _send(self, timer: NewTimer, draft: Draft, attempt: Attempt) -> Creation:
        self._sending(attempt, draft)
        subject: dict[str, object] = {"timer": {"id": None, "name": timer.name}, "asked": timer.to_document()}
        subject |= alarm_entry(draft)
        try:
            made = await self._services.timers.create_timer(timer)
        except GlobusTuiError as error:
            return await self._looked_for(error, attempt, draft, subject)
        except asyncio.CancelledError:
            self._recorder.record_interrupted("create", subject, None)
            raise
        if made.job.unreadable is not None:
            odd = UnreadableAnswer(f"The answer cannot be understood: {made.job.unreadable}.")
            return await self._looked_for(odd, attempt, draft, subject)
        created = Created(made.job, f"Created {made.job.label}.", made.document)
        await self._record(subject, created, None)
        return self._noted(created)

    async def _looked_for(
        self, error: GlobusTuiError, attempt: Attempt, draft: Draft, subject: Mapping[str, object]
    ) -> Creation:
        found = await self._after_error(error, attempt, draft)
        await self._record(subject, found, error)
        return self._noted(found)

    async def _after_error(self, error: GlobusTuiError, attempt: Attempt, draft: Draft) -> Creation:
        if ambiguous(error) and requirement(error) is None:
            return await self._look(attempt, draft, error)
        return self._not_created(draft, error, "It was not created")

    async def _look(self, attempt: Attempt, draft: Draft, lost: GlobusTuiError | None) -> Creation:
        """Looks for what an attempt made: a few times at first, as the service may still be at it; once later on."""
        error = lost or GlobusTuiError("No answer came.")
        if attempt.timer is None:
            return Unconfirmed("Hand it in again: it is carried out once however often.", error, attempt, False, draft)
        looked = False
        for wait in LOOKS if lost is not None else LOOKS[:1]:
            await self._sleep(wait)
            try:
                jobs = await self._services.timers.list_jobs()
            except GlobusTuiError:
                continue
            looked = True
            found = find_created(attempt.timer, jobs, sent_at=attempt.sent_at, known=attempt.known)
            if found:
                more = f" There are {len(found)} of them now." if len(found) > 1 else ""
                words = f"The answer was lost, but {found[0].label} was created.{more}"
                return Created(found[0], words, found_again=True)
        return Unconfirmed(_unconfirmed_words(error, looked=looked), error, attempt, looked, draft)

    async def _submit(self, draft: Draft) -> Creation:
        data = draft.to_transfer()
        try:
            if data.submission_id is None:
                data = replace(data, submission_id=await self._services.transfers.submission_id())
        except GlobusTuiError as error:
            return self._not_created(draft, error, "Nothing was sent")
        draft = replace(draft, transfer=data)
        attempt = Attempt(self._now(), submission_id=data.submission_id)
        self._sending(attempt, draft)
        subject: dict[str, object] = {"transfer": {"label": data.label}, "asked": data.to_document()}
        try:
            made = await self._services.transfers.submit_transfer(data)
        except GlobusTuiError as error:
            found: Creation = (
                Unconfirmed(_unsubmitted_words(error), error, attempt, False, draft)
                if ambiguous(error) and requirement(error) is None
                else self._not_created(draft, error, "It was not started")
            )
            await self._record(subject, found, error, what="transfer")
            return self._noted(found)
        except asyncio.CancelledError:
            self._recorder.record_interrupted("transfer", subject, None)
            raise
        words = "It was under way already." if made.duplicate else "The transfer is under way."
        submitted = Submitted(made.task_id, words, made.duplicate)
        await self._record({**subject, "task": {"id": made.task_id}}, submitted, None, what="transfer")
        return self._noted(submitted)

    def _not_created(self, draft: Draft, error: GlobusTuiError, words: str) -> Creation:
        if is_sign_out(error):
            return SignedOut(str(error), error.advice)
        if (gare := requirement(error)) is not None:
            return NeedsConsent(gare, None)
        problems = problems_of(error, draft) if isinstance(error, ServiceError) else ()
        return NotCreated(f"{words}: {error}", error, problems)

    async def _record(
        self, subject: Mapping[str, object], found: Creation, error: GlobusTuiError | None, *, what: str = "create"
    ) -> None:
        effect = True if isinstance(found, Created | Submitted) else None if isinstance(found, Unconfirmed) else False
        after: Document | None = None
        if isinstance(found, Created):
            subject = {**subject, "timer": {"id": found.job.job_id, "name": found.job.name}}
            after = found.document
        await self._recorder.record(what, subject, before=None, after=after, effect=effect, error=error)

    def _noted(self, found: Creation) -> Creation:
        if not isinstance(found, Created | Submitted):
            return found
        note = self._recorder.take_warning()
        return replace(found, note=note) if note else found


def _found(timer: NewTimer, jobs: Iterable[Job], after: Attempt) -> Created | None:
    """What an earlier attempt made of it."""
    found = find_created(timer, jobs, sent_at=after.sent_at, known=after.known)
    return Created(found[0], f"{found[0].label} was created before.", found_again=True) if found else None


def _unconfirmed_words(error: GlobusTuiError, *, looked: bool) -> str:
    if looked:
        return f"{error} The timer is not in your list, but the request may still arrive: look again before repeating."
    return f"{error} Your timers cannot be read either, so nobody can tell whether it was created. Look again later."


def _unsubmitted_words(error: GlobusTuiError) -> str:
    return f"{error} Nobody can tell whether the transfer was started. Handing it in again is safe: it runs once."
