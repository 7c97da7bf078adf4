"""Fix and resume: from timers that Globus stopped for want of a consent or a login, to timers that run again.

Three steps, each a call, so that a screen can show what comes before it happens and a test needs no screen:

1. `prepare(broken)` reads the consents and says what one login has to ask for, and what needs none;
2. the login (see `login.py`), if there is one to make;
3. `check(fix_plan)` reads the consents again and judges each timer; those that may be are resumed as by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.auth.sign_in_request import SignInRequest, modern_form, plan, required_scopes, resolve_identities
from globus_tui.auth.wanted import missing_scopes
from globus_tui.domain.auth.scope import render
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.auth.services import People
    from globus_tui.domain.auth.credentials import ConsentRecord, Identity
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.auth.scope import Scope
    from globus_tui.domain.timer.job import JobId


@dataclass(frozen=True, slots=True)
class BrokenJob:
    """A job that Globus made inactive, and what it wants."""

    job_id: JobId
    gare: Gare


@dataclass(frozen=True, slots=True)
class FixPlan:
    """What has to be done for some broken jobs.

    Attributes:
        request: the one login that serves all of `jobs`; None when none is needed.
        jobs: everything to judge and resume after it.
        later: jobs whose demands contradict those of the login; they need one of their own.
    """

    request: SignInRequest | None
    jobs: tuple[BrokenJob, ...]
    later: tuple[BrokenJob, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job may be resumed now.

    Attributes:
        missing: scopes that were not granted.
        reason: why not, in a sentence; or what to know when it may.
    """

    job_id: JobId
    may_resume: bool
    missing: tuple[Scope, ...] = ()
    reason: str = ""


class FixAndResume:
    """The procedure for one signed-in identity."""

    def __init__(self, people: People, identity: Identity) -> None:
        self._people = people
        self._identity = identity

    async def prepare(self, broken: Iterable[BrokenJob]) -> FixPlan:
        """Says what the login must ask for: only what is missing.

        Raises:
            GlobusTuiError: the consents could not be read.
        """
        jobs = tuple(broken)
        granted = await self._people.consents(self._identity.identity_id)
        wanting = [job for job in jobs if job.gare.wants_session or missing_scopes(job.gare, granted)]
        if not wanting:
            return FixPlan(None, jobs)
        request, apart = plan(_lacking(job.gare, granted) for job in wanting)
        later = tuple(job for job in wanting if _lacking(job.gare, granted) in apart)
        request = await resolve_identities(request, self._people, self._identity)
        return FixPlan(request, tuple(job for job in jobs if job not in later), later)

    async def check(self, fix_plan: FixPlan) -> tuple[Verdict, ...]:
        """Judges each job of the plan, after the login or when none was needed.

        Session requirements cannot be looked up by a native app: after a fresh login they are taken as met, and the
        service says so if they are not.

        Raises:
            GlobusTuiError: the consents could not be read.
        """
        granted = await self._people.consents(self._identity.identity_id)
        unknown = fix_plan.request.unknown_identities if fix_plan.request else ()
        return tuple(_judge(job, granted, unknown) for job in fix_plan.jobs)


def _lacking(gare: Gare, granted: Iterable[ConsentRecord]) -> Gare:
    """The requirement without the scopes that are granted already."""
    lacking = missing_scopes(gare, granted)
    kept = tuple(
        text
        for text in gare.required_scopes
        if set(required_scopes(replace(gare, required_scopes=(text,)))) & {*lacking}
    )
    return replace(gare, required_scopes=kept)


def _judge(job: BrokenJob, granted: tuple[ConsentRecord, ...], unknown: tuple[str, ...]) -> Verdict:
    lacking = missing_scopes(job.gare, granted)
    if lacking:
        return Verdict(job.job_id, False, lacking, f"Not allowed yet: {render(lacking)}")
    nobody = [one for one in job.gare.session_required_identities if one in unknown]
    if nobody:
        return Verdict(
            job.job_id, False, reason=f"Globus wants a login as {nobody[0]}, and nobody there has that name."
        )
    if any(modern_form(scope) for scope in required_scopes(job.gare)):
        return Verdict(job.job_id, True, reason="It names an outdated consent; the present form of it is granted.")
    return Verdict(job.job_id, True)
