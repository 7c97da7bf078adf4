"""Resuming: what Globus wants first, and what starts at once. The rules are those of the official CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.history import look_back
from globus_tui.domain.job import Job, PauseCause
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import next_ticks

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.gare import Gare
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


def resume_preview(job: Job, now: datetime) -> ResumePreview:
    """What resuming a paused timer now would set going; nothing but its next tick for one that is not paused."""
    history = look_back(job, {}, now)
    missed = history.missed_now if history.ticks_known else None
    runs = None if job.n_runs is None else job.n_runs + bool(missed)
    next_run = next(iter(next_ticks(job.schedule, now, 1, runs_done=runs)), None)
    return ResumePreview(None if missed is None else missed > 0, missed, next_run)


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
    if gare.wants_session or gare.session_required_mfa is not None:
        return True
    if not gare.wants_consent:
        return False
    return consents is None or await consents.granted(gare) is not True


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
