"""Creates timers and hands in transfers. Nothing is ever sent twice by itself; a lost answer is looked into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import BadInput, GlobusTuiError, ServiceError, UnreadableAnswer
from globus_tui.domain.making.draft import Draft, What, scopes_needed
from globus_tui.domain.making.draft_fields import ConsentCheck, Finding, problems_of
from globus_tui.domain.making.new_timer import NewTimer, find_created
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.ledger import alarm_entry
from globus_tui.store.open_requests import LATE
from globus_tui.store.operations import NeedsConsent, SignedOut, wanted_first

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from datetime import datetime

    from globus_tui.domain.timer.job import Job, JobReading
    from globus_tui.domain.transfer.task import Submission
    from globus_tui.domain.transfer.transfer import TransferData
    from globus_tui.domain.wire import Document
    from globus_tui.store.browsing import Browser
    from globus_tui.store.drafts import DraftShelf
    from globus_tui.store.journal import Asking, Recorder
    from globus_tui.store.services import CollectionService, ConsentService
    from globus_tui.store.swapping import Swapper


class TimerMaker(Protocol):
    """Timers, as creation needs them."""

    async def create_timer(self, timer: NewTimer) -> JobReading: ...  # never sent twice by itself
    async def list_jobs(self) -> tuple[Job, ...]: ...


class TransferMaker(Protocol):
    """Transfer, as creation needs it."""

    async def submission_id(self) -> str:
        """An id under which a transfer is carried out once, however often it is handed in."""

    async def submit_transfer(self, data: TransferData) -> Submission: ...


@dataclass(frozen=True, slots=True)
class CreationServices:
    """All that creation asks. Without `consents` nothing can be said of consents."""

    timers: TimerMaker
    transfers: TransferMaker
    collections: CollectionService
    consents: ConsentService | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to create something, as sent: all that is needed to find out later whether it worked.

    Attributes:
        timer: what was asked for; None for a transfer, which its submission id tells.
        group: all timers of a calendar group that were asked for so far; `timer` is then the one that left last (None
            once its end is known), and the other attributes are those of the first request, so that any of them can be
            looked for.
        known_ids: ids of the timers that were there before.
        submission_id: of a transfer; handing it in again under the same id is safe.
    """

    sent_at: datetime
    timer: NewTimer | None = None
    known_ids: frozenset[str] = frozenset()
    submission_id: str | None = None
    group: tuple[NewTimer, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """The timer is there.

    Attributes:
        document: as the service described it; None when it was found in the list.
        found_again: the answer was lost, and a look at the list showed it.
        note: something else the user should know once.
    """

    job: Job
    words: str
    document: Document | None = None
    found_again: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    task_id: str
    words: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Certainly nothing was made. `problems` belong beside their fields."""

    words: str
    error: GlobusTuiError | None = None
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """No answer came. Ask the user: look again (`Creator.look_again`), or create again (`create(..., after=)`).

    Attributes:
        list_was_read: the list was read and does not show it. False: it could not be read, so nobody can tell.
        draft: hand this one in again: it carries the submission id that makes repeating a transfer safe.
    """

    words: str
    error: GlobusTuiError
    attempt: Attempt
    list_was_read: bool
    draft: Draft


Sending = Callable[[Attempt | None, Draft], None]
"""Is told of each attempt, with the draft as sent, just before it leaves: kept, it can be looked for after a crash.

None: nothing of what was sent can be there without being known any more.
"""


def untold(_: Attempt | None, __: Draft) -> None:
    """Keeps nothing: for what is found again without."""


Creation = Created | Submitted | NotCreated | Unconfirmed | NeedsConsent | SignedOut


@dataclass(frozen=True, slots=True)
class GroupCreation:
    """What became of the timers of a calendar group.

    Attributes:
        created: those that are there now, in order; those of an earlier attempt included.
        stopped_by: what stopped it, if anything did.
        others: timers of an earlier attempt that are there too, but that the draft does not ask for any more.
    """

    created: tuple[Created, ...]
    stopped_by: Creation | None = None
    others: tuple[Job, ...] = ()


_MAY_ARRIVE = "What was sent before it may still arrive: that is looked for before anything is sent again."
LOOKS = (0.0, 1.0, 3.0)
"""Seconds before each look for a timer whose creation was not answered."""


class Creator:
    """Creates what drafts describe.

    Args:
        sleep: waits between looks for a lost creation.
        sending: told of each attempt.
    """

    def __init__(
        self,
        services: CreationServices,
        recorder: Recorder,
        now: Callable[[], datetime],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        sending: Sending = untold,
    ) -> None:
        self._services = services
        self._recorder = recorder
        self.now = now
        self._sleep = sleep
        self._sending = sending
        self._busy = asyncio.Lock()

    async def check_consents(self, draft: Draft) -> ConsentCheck:
        """Which consents are there and which would be asked for. Raises what the services raise."""
        endpoints = [self._services.collections.get_endpoint(collection_id) for collection_id in draft.collection_ids]
        collections = await asyncio.gather(*endpoints)
        missing, unknown = [], []
        for scope in scopes_needed(draft, collections):
            gare = Gare("ConsentRequired", (str(scope),))
            granted = await self._services.consents.is_granted(gare) if self._services.consents else None
            if granted is None:
                unknown.append(scope)
            elif not granted:
                missing.append(scope)
        return ConsentCheck(tuple(missing), tuple(unknown))

    async def create(
        self,
        draft: Draft,
        *,
        check_consents: bool = True,
        after: Attempt | None = None,
        again: bool = False,
        jobs: tuple[Job, ...] | None = None,
    ) -> Creation:
        """Creates the timer (the first of a group), or hands in the transfer. Never raises for what a service does.

        Args:
            draft: complete; `draft_checks` says whether it is.
            check_consents: False after a sign-in that was asked for, so that it is asked once only.
            after: an earlier attempt at the same that stayed without an answer: it is looked for first. While it may
                still arrive nothing is sent, and the answer is `Unconfirmed`.
            again: whoever asks knows that, and wants it sent all the same.
            jobs: all timers, where they were read just now; None reads them.
        """
        if self._busy.locked():  # a key pressed twice must not make two timers
            return NotCreated("Wait: it is being created already.")
        async with self._busy:
            lost = None
            if after is not None and after.timer is not None:
                earlier = await self._look_before(after, draft)
                late = self.now() - after.sent_at >= LATE and isinstance(earlier, Unconfirmed) and earlier.list_was_read
                if not isinstance(earlier, Unconfirmed) or not (again or late):
                    return earlier
                lost = None if late else after
            if after is not None and after.submission_id is not None:
                draft = replace(draft, transfer=replace(draft.transfer, submission_id=after.submission_id))
            if check_consents and (consent := await self._consent_wanted(draft)) is not None:
                return consent
            if draft.what is What.TRANSFER_NOW:
                return await self._submit(draft)
            try:
                timer = draft.to_timer()
            except BadInput as problem:
                return NotCreated(str(problem), problem)
            return await self._create(timer, draft, jobs, lost)

    async def create_group(
        self, draft: Draft, *, check_consents: bool = True, after: Attempt | None = None, again: bool = False
    ) -> GroupCreation:
        """Creates the timers of a calendar group, one after the other; stops at the first that is not made.

        Args:
            check_consents: as for `create`.
            after: an earlier attempt that stopped on the way, or whose end is not known: what it made is looked for
                and not made again. While its last request may still arrive nothing is sent.
            again: whoever asks knows that, and wants it sent all the same.
        """
        if self._busy.locked():
            return GroupCreation((), NotCreated("Wait: they are being created already."))
        try:
            timers = draft.to_timers()
        except BadInput as problem:
            return GroupCreation((), NotCreated(str(problem), problem))
        async with self._busy:
            try:
                jobs = await self._services.timers.list_jobs()
            except GlobusTuiError as error:
                return GroupCreation((), self._unread(draft, error, after))
            return await self._create_missing(timers, jobs, draft, after, check_consents=check_consents, again=again)

    def _unread(self, draft: Draft, error: GlobusTuiError, after: Attempt | None) -> Creation:
        if after is None or wanted_first(error) is not None:
            return self._not_created(draft, error, "Nothing was sent: your timers could not be read")
        return Unconfirmed(_unconfirmed_words(error, looked=False), error, after, False, draft)

    async def _create_missing(
        self,
        timers: tuple[NewTimer, ...],
        jobs: tuple[Job, ...],
        draft: Draft,
        after: Attempt | None,
        *,
        check_consents: bool,
        again: bool,
    ) -> GroupCreation:
        if after is not None:
            sent = after.group or ((after.timer,) if after.timer else ())
            earlier = {timer: _found(timer, jobs, after) for timer in dict.fromkeys((*timers, *sent))}
            began = replace(after, group=tuple(dict.fromkeys((*sent, *timers))))
        else:
            earlier = {}
            began = Attempt(self.now(), known_ids=frozenset(str(job.job_id) for job in jobs), group=timers)
        made = [old for timer in timers if (old := earlier.get(timer)) is not None]
        ids = {old.job.job_id for old in made}
        others = tuple(old.job for old in earlier.values() if old is not None and old.job.job_id not in ids)
        lost = None
        if after is not None and after.timer is not None and earlier.get(after.timer) is None:
            error = GlobusTuiError("No answer came.")
            if self.now() - after.sent_at < LATE and not again:
                words = _unconfirmed_words(error, looked=True)
                return GroupCreation(tuple(made), Unconfirmed(words, error, began, True, draft), others)
            lost = replace(began, timer=after.timer) if self.now() - after.sent_at < LATE else None
        if check_consents and len(made) < len(timers) and (consent := await self._consent_wanted(draft)) is not None:
            return GroupCreation(tuple(made), consent, others)
        done: list[Created] = []
        for timer in timers:
            ended: Creation = earlier.get(timer) or await self._send(
                timer, draft, replace(began, timer=timer), jobs, lost
            )
            if not isinstance(ended, Created):
                rest = [old for old in made if old not in done]
                if not isinstance(ended, Unconfirmed) and lost is None:  # of this one nothing can arrive any more
                    self._sending(replace(began, timer=None) if done or rest or others else None, draft)
                return GroupCreation((*done, *rest), ended, others)
            done.append(ended)
        return GroupCreation(tuple(done), None, others)

    async def look_again(self, attempt: Attempt, draft: Draft) -> Creation:
        """Looks for what an attempt may have made; sends nothing."""
        async with self._busy:
            return await self._look_before(attempt, draft)

    async def _look_before(self, attempt: Attempt, draft: Draft) -> Creation:
        """Looks for what an earlier attempt created, which may differ from what the draft says now."""
        creation = await self._look(attempt, draft)
        if not isinstance(creation, Created) or attempt.timer is None or _asks_for(draft, attempt.timer):
            return creation
        self._sending(None, draft)
        return NotCreated(
            f"{creation.job.label} was created after all, as it was when it was sent. The draft says something else "
            "now, and of that nothing was sent: create again to make it too, or change the one that is there."
        )

    async def _consent_wanted(self, draft: Draft) -> Creation | None:
        try:
            check = await self.check_consents(draft)
        except GlobusTuiError as error:
            return self._not_created(draft, error, "Nothing was sent: the collections could not be looked up")
        if not check.missing:
            return None
        return NeedsConsent(Gare("ConsentRequired", tuple(str(scope) for scope in check.missing)), None)

    async def _create(
        self, timer: NewTimer, draft: Draft, jobs: tuple[Job, ...] | None, lost: Attempt | None
    ) -> Creation:
        try:
            existing = await self._services.timers.list_jobs() if jobs is None else jobs
        except GlobusTuiError as error:
            return self._not_created(draft, error, "Nothing was sent: your timers could not be read")
        known_ids = frozenset(str(job.job_id) for job in existing)
        return await self._send(timer, draft, Attempt(self.now(), timer, known_ids), existing, lost)

    async def _send(
        self, timer: NewTimer, draft: Draft, attempt: Attempt, jobs: Iterable[Job], lost: Attempt | None
    ) -> Creation:
        """Sends the request.

        Args:
            jobs: the timers that existed before.
            lost: an earlier attempt that may still arrive: it stays known where this one is refused.
        """
        self._sending(attempt, draft)
        subject: dict[str, object] = {"timer": {"id": None, "name": timer.name}, "asked": timer.to_document()}
        twins = find_created(timer, jobs, sent_at=self.now(), known=())
        subject |= {"twins": [str(job.job_id) for job in twins], **alarm_entry(draft)}

        async def create() -> Creation:
            reading = await self._services.timers.create_timer(timer)
            if reading.job.unreadable is not None:
                raise UnreadableAnswer(f"The answer cannot be understood: {reading.job.unreadable}.")
            return Created(reading.job, f"Created {reading.job.label}.", reading.document)

        asking, look = self._recorder.asking("create", subject), partial(self._look, attempt, draft)
        creation = await self._asked(asking, draft, create, look, "It was not created")
        if not isinstance(creation, Created | Unconfirmed):
            self._sending(lost, draft)
        if isinstance(creation, NotCreated) and lost is not None:
            return replace(creation, words=f"{creation.words} {_MAY_ARRIVE}")
        return creation

    async def _asked(
        self,
        asking: Asking,
        draft: Draft,
        send: Callable[[], Awaitable[Creation]],
        lost: Callable[[GlobusTuiError], Awaitable[Creation]],
        refused: str,
    ) -> Creation:
        """Sends a request; `lost` says what became of it if it may have arrived although no good answer came."""
        error: GlobusTuiError | None = None
        async with asking:
            try:
                creation = await send()
            except GlobusTuiError as problem:
                error = problem
                creation = (
                    await lost(problem) if problem.may_have_arrived else self._not_created(draft, problem, refused)
                )
            if isinstance(creation, Created):
                timer = {"timer": {"id": creation.job.job_id, "name": creation.job.name}}
                await asking.ended(True, after=creation.document, error=error, found=timer)
            elif isinstance(creation, Submitted):
                await asking.ended(True, found={"task": {"id": creation.task_id}})
            else:
                await asking.ended(None if isinstance(creation, Unconfirmed) else False, error=error)
        if isinstance(creation, Created | Submitted) and (note := self._recorder.take_warning()):
            return replace(creation, note=note)
        return creation

    async def _look(self, attempt: Attempt, draft: Draft, lost: GlobusTuiError | None = None) -> Creation:
        """Looks in the list for what an attempt created: repeatedly at first, as the service may lag; once later."""
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
            matches = find_created(attempt.timer, jobs, sent_at=attempt.sent_at, known=attempt.known_ids)
            if matches:
                more_words = f" There are {len(matches)} of them now." if len(matches) > 1 else ""
                words = f"The answer was lost, but {matches[0].label} was created.{more_words}"
                return Created(matches[0], words, found_again=True)
        return Unconfirmed(_unconfirmed_words(error, looked=looked), error, attempt, looked, draft)

    async def _submit(self, draft: Draft) -> Creation:
        data, asked = draft.transfer, draft
        try:
            if data.submission_id is None:
                data = replace(data, submission_id=await self._services.transfers.submission_id())
        except GlobusTuiError as problem:
            return self._not_created(draft, problem, "Nothing was sent")
        draft = replace(draft, transfer=data)
        attempt = Attempt(self.now(), submission_id=data.submission_id)
        self._sending(attempt, draft)
        subject: dict[str, object] = {"transfer": {"label": data.label}, "asked": data.to_document()}

        async def submit() -> Creation:
            accepted = await self._services.transfers.submit_transfer(data)
            words = "It was under way already." if accepted.duplicate else "The transfer is under way."
            return Submitted(accepted.task_id, words)

        async def lost(problem: GlobusTuiError) -> Creation:
            words = "Nobody can tell whether the transfer was started. Handing it in again is safe: it runs once."
            return Unconfirmed(f"{problem} {words}", problem, attempt, False, draft)

        asking = self._recorder.asking("transfer", subject)
        creation = await self._asked(asking, draft, submit, lost, "It was not started")
        if asked.transfer.submission_id is None and not isinstance(creation, Submitted | Unconfirmed):
            self._sending(None, asked)  # under the id of before an earlier one may still be there
        return creation

    def _not_created(self, draft: Draft, error: GlobusTuiError, words: str) -> Creation:
        if (wanted := wanted_first(error)) is not None:
            return wanted
        problems = problems_of(error, draft) if isinstance(error, ServiceError) else ()
        return NotCreated(f"{words}: {error}", error, problems)


def _asks_for(draft: Draft, sent: NewTimer) -> bool:
    try:
        timers = draft.to_timers()
    except BadInput:
        return False
    return any(timer.to_document() == sent.to_document() for timer in timers)


def _found(timer: NewTimer, jobs: Iterable[Job], after: Attempt) -> Created | None:
    """The timer that an earlier attempt created, if there is one."""
    matches = find_created(timer, jobs, sent_at=after.sent_at, known=after.known_ids)
    return Created(matches[0], f"{matches[0].label} was created before.", found_again=True) if matches else None


def _unconfirmed_words(error: GlobusTuiError, *, looked: bool) -> str:
    if looked:
        return f"{error} The timer is not in your list, but the request may still arrive: look again before repeating."
    return f"{error} Your timers cannot be read either, so nobody can tell whether it was created. Look again later."


@dataclass(frozen=True, slots=True)
class Making:
    """All that creating timers needs besides the application.

    Attributes:
        creator: makes what sends a draft.
        swapper: makes what puts a new timer in the place of an old one.
        read: one timer with its document. Raises `GlobusTuiError`.
    """

    lookup: Browser
    drafts: DraftShelf
    creator: Callable[[Sending], Creator]
    swapper: Callable[[Sending], Swapper]
    read: Callable[[str], Awaitable[JobReading]]
