"""What an operation does to a timer, in rules and in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, NetworkError, ServiceError, UnreadableAnswer
from globus_tui.domain.job import Job, JobStatus
from globus_tui.store.operations import Delete, JobOperation, Pause, Rename, Resume

if TYPE_CHECKING:
    from globus_tui.store.job_state import JobState


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


def ambiguous(error: GlobusTuiError) -> bool:
    """The request may have been carried out although no good answer came: look before doing anything else."""
    if isinstance(error, NetworkError):
        return error.maybe_processed
    if isinstance(error, ServiceError):
        return error.kind is ErrorKind.BROKEN
    return isinstance(error, UnreadableAnswer)


def done_words(operation: JobOperation, *, confirmed: bool) -> str:
    """One sentence for what was done."""
    words = {Pause: "Paused.", Resume: "Resumed.", Delete: "Deleted."}.get(type(operation))
    if words is None and isinstance(operation, Rename):
        words = f"Renamed to {operation.name}."
    return f"{words}" if confirmed else f"{words} The service said yes, but the timer does not show it yet."


_VERBS = {Pause: "paused", Resume: "resumed", Delete: "deleted", Rename: "renamed"}


def failed_words(operation: JobOperation, error: GlobusTuiError, effect: bool | None) -> str:
    """Why it was not done, and whether everything is as before."""
    verb = _VERBS[type(operation)]
    if effect is None:
        return f"Nobody can tell whether it was {verb}: {error} It is read again by itself; look before you repeat it."
    if ambiguous(error):
        return f"It was not {verb}: the request was not carried out. {error}"
    return f"It was not {verb}: {error}"
