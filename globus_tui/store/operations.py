"""Requests that change something, as values, with what they do to a timer, in rules and in words, and how they end; and
what Globus wants before a resume. Pure. The rules are those of the official CLI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import next_tick
from globus_tui.domain.timer.history import History, Past, starts_at_once
from globus_tui.domain.timer.job import Job, JobId, JobStatus, PauseCause
from globus_tui.store.job_state import Doing, JobState
from globus_tui.store.refresh_plan import is_sign_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.store.services import ConsentService


@dataclass(frozen=True, slots=True)
class ResumePreview:
    """What resuming would set going.

    Attributes:
        catch_up: one run starts at once because one was missed (documented); None when that cannot be told.
        missed: ticks that passed without a run; resuming makes up for one of them only.
        next_run: the next tick after that; None when there is none or it cannot be told.
    """

    catch_up: bool | None
    missed: int | None
    next_run: datetime | None


def resume_preview(job: Job, history: History | Past, now: datetime) -> ResumePreview:
    """What resuming a paused timer now would set going; nothing but its next tick for one that is not paused."""
    at_once = starts_at_once(job, history, now)
    runs = None if job.n_runs is None else job.n_runs + bool(at_once)
    next_run = next_tick(job.schedule, now, runs_done=runs)
    return ResumePreview(at_once, history.missed_now, next_run)


def stopped_for(job: Job) -> tuple[bool, Gare | None]:
    """Whether Globus stopped the timer for an authorization requirement, and which, as far as it can be read."""
    reason = job.inactive_reason
    if not job.stands_still or reason is None or reason.cause is not PauseCause.AUTHORIZATION:
        return False, None
    return True, reason.gare


async def still_unmet(gare: Gare, consents: ConsentService | None) -> bool:
    """Whether something must be granted or proved before resuming makes sense.

    Consents can be looked up; a session requirement cannot, so it counts as unmet until the caller says that a fresh
    sign-in took place.
    """
    return gare.wants_session or consents is None or await consents.is_granted(gare) is not True


def credentials_rule(job: Job, wish: bool | None) -> bool | None:
    """The `update_credentials` to send.

    True exactly when there is a readable requirement, False otherwise, as in the CLI. Where Globus stopped the timer
    for a requirement in a form that this version cannot read, it is left to the service (None): False would keep the
    credentials that were refused.
    """
    if wish is not None:
        return wish
    stopped, gare = stopped_for(job)
    return None if stopped and gare is None else gare is not None


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop a timer until it is resumed."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class Resume:
    """Let a timer run again.

    Attributes:
        update_credentials: whether the timer takes over the credentials of this request. None: as the official CLI
            does it, exactly when Globus had stopped it for an authorization requirement.
        skip_check: do not ask first whether that requirement is met now; after a fresh sign-in for it.
    """

    job_id: JobId
    update_credentials: bool | None = None
    skip_check: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a timer another name: the only thing of it that the service lets one edit.

    Attributes:
        called: what it was called where this was asked for; somebody else has renamed it if it is not any more.
    """

    job_id: JobId
    name: str
    called: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a timer for good; it is paused first so that nothing starts meanwhile. `called` as with `Rename`."""

    job_id: JobId
    called: str | None = None


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Cancel a Transfer task; `job_id` is the timer whose run it is, where known."""

    task_id: str
    job_id: JobId | None = None


JobOperation = Pause | Resume | Rename | Delete
Operation = JobOperation | CancelTask


# --- how it ended


@dataclass(frozen=True, slots=True)
class Done:
    """It was carried out.

    Attributes:
        words: one sentence for the user; names in it are data of the service.
        job: the timer as re-read afterwards; None when it is gone.
        confirmed: the re-reading showed the effect. False: the service said yes but could not be asked again.
        note: something else the user should know once, as that the journal cannot be written.
        changed: False: it was so already, and nothing was sent.
    """

    words: str
    job: Job | None = None
    confirmed: bool = True
    note: str | None = None
    changed: bool = True


@dataclass(frozen=True, slots=True)
class NeedsConsent:
    """Globus wants something from the user first; nothing was changed."""

    gare: Gare
    job_id: JobId | None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """There are no usable credentials; nothing was changed."""

    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work.

    Attributes:
        rolled_back: True: everything is as before. False: it is not, or nobody can tell; `words` say which.
        words: one or two sentences for the user.
    """

    error: GlobusTuiError
    rolled_back: bool
    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The store did not even ask the service; `words` say why."""

    words: str


Outcome = Done | NeedsConsent | SignedOut | Failed | Refused


def wanted_first(error: GlobusTuiError, job_id: JobId | None = None) -> SignedOut | NeedsConsent | None:
    """The sign-in or the consent that Globus asks for with this error, if it does."""
    if is_sign_out(error):
        return SignedOut(str(error), error.advice)
    return NeedsConsent(error.gare, job_id) if error.gare else None


# --- rules and words

DOING: dict[type[JobOperation], Doing] = {
    Pause: Doing.PAUSING,
    Resume: Doing.RESUMING,
    Rename: Doing.RENAMING,
    Delete: Doing.DELETING,
}


def why_not(operation: JobOperation, state: JobState | None) -> str | None:
    """Why an operation is refused here, in words; None when it may be sent."""
    if state is None:
        return "This timer is not in the list any more."
    if state.pending is not None:
        return f"Wait: {state.pending.doing.value} is still under way for this timer."
    if state.job.unreadable:
        return "What the service says of this timer cannot be understood, so nothing is changed from here."
    if state.job.status is JobStatus.DELETING:
        return "This timer is being deleted."
    if state.job.status is JobStatus.ENDED and isinstance(operation, Pause | Resume):
        return "This timer has ended: there is nothing left to pause or resume."
    if isinstance(operation, Rename) and not operation.name.strip():
        return "A timer needs a name."
    return None


def already_so(operation: JobOperation, job: Job) -> str | None:
    """Words when the timer, as just read, is already as wanted; nothing is sent then."""
    if isinstance(operation, Pause) and job.stands_still:
        return "It was paused already."
    if isinstance(operation, Rename) and job.name == operation.name:
        return "It is called that already."
    return None


def renamed_since(operation: JobOperation, job: Job) -> str | None:
    """Words when the timer, as just read, is not called as it was where this was asked for; nothing is sent then."""
    called = operation.called if isinstance(operation, Rename | Delete) else None
    if called is None or called == job.label:
        return None
    return f"Nothing was changed: somebody has renamed it to {job.label} since. Look at it, then ask again."


def took_effect(operation: JobOperation, after: Job | None) -> bool:
    """Whether a timer read afterwards (None: it is gone) shows that the request was carried out."""
    if isinstance(operation, Delete):
        return after is None or after.status is JobStatus.DELETING
    if after is None:
        return False
    if isinstance(operation, Pause):
        return after.stands_still
    if isinstance(operation, Resume):
        return not after.stands_still
    return after.name == operation.name


def done_words(operation: JobOperation, *, confirmed: bool) -> str:
    """One sentence for what was done."""
    words = f"{_VERBS[type(operation)].capitalize()}."
    if isinstance(operation, Rename):
        words = f"Renamed to {operation.name}."
    return words if confirmed else f"{words} The service said yes, but the timer does not show it yet."


_VERBS = {Pause: "paused", Resume: "resumed", Delete: "deleted", Rename: "renamed", CancelTask: "canceled"}


def verbs(operations: Iterable[Operation]) -> str:
    """What was done by several operations, in a word or two: `paused`, `paused or resumed`."""
    return " or ".join(dict.fromkeys(_VERBS[type(operation)] for operation in operations))


def failed_words(operation: JobOperation, error: GlobusTuiError, effect: bool | None, *, looked: bool) -> str:
    """Why it was not done, and whether everything is as before; `looked`: the timer was read and does not show it."""
    verb = _VERBS[type(operation)]
    if effect is None and looked:
        return f"{error} It is not {verb} so far, but the request may still arrive: the list will show it."
    if effect is None:
        return f"Nobody can tell whether it was {verb}: {error} It is read again by itself; look before you repeat it."
    return f"It was not {verb}: {error}"
