"""Fix and resume: from timers that Globus stopped for want of a consent or a login, to timers that run again.

Four steps, each a call, so that a screen can show what comes before it happens and a test needs no screen:

1. `prepare(broken)` reads the consents and says what one login has to ask for, and what needs none;
2. the login (see `login.py`), if there is one to make;
3. `check(fix_plan)` reads the consents again and judges each timer;
4. `resume(verdicts, ...)` resumes those that may be, and lists the outcome one by one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from globus_tui.auth.consents import missing_scopes
from globus_tui.auth.sign_in_request import SignInRequest, modern_form, plan, required_scopes, resolve_identities
from globus_tui.domain.errors import GlobusTuiError, NetworkError, ServiceError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.scope import render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from globus_tui.auth.services import People
    from globus_tui.domain.credentials import ConsentRecord, Identity
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.job import JobId
    from globus_tui.domain.scope import Scope


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


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """What became of one job.

    Attributes:
        resumed: the service accepted; whether the next run succeeds is seen when it starts.
        unsure: no answer came: it may have been resumed.
        reason: why not, in a sentence.
    """

    job_id: JobId
    resumed: bool
    unsure: bool = False
    reason: str = ""


class Resume(Protocol):
    """Resumes one job."""

    def __call__(self, job_id: JobId, *, update_credentials: bool) -> Awaitable[object]:
        """With `update_credentials`, the job runs with the tokens of whoever calls from now on."""


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

    async def resume(
        self, verdicts: Iterable[Verdict], resume: Resume, tell: Callable[[FixOutcome], None] | None = None
    ) -> tuple[FixOutcome, ...]:
        """Resumes, one after another, those that may be; one that fails does not keep the others.

        Args:
            verdicts: from `check`; the person may have left some out.
            resume: does it, with new credentials.
            tell: hears of each outcome at once.
        """
        outcomes: list[FixOutcome] = []
        for verdict in verdicts:
            outcome = await _resumed(verdict, resume)
            outcomes.append(outcome)
            if tell is not None:
                tell(outcome)
        return tuple(outcomes)


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


async def _resumed(verdict: Verdict, resume: Resume) -> FixOutcome:
    if not verdict.may_resume:
        return FixOutcome(verdict.job_id, False, reason=verdict.reason)
    try:
        await resume(verdict.job_id, update_credentials=True)
    except NetworkError as fault:
        return FixOutcome(verdict.job_id, False, fault.maybe_processed, str(fault))
    except ServiceError as refusal:
        return FixOutcome(verdict.job_id, False, reason=_still_wanted(refusal))
    except GlobusTuiError as fault:
        return FixOutcome(verdict.job_id, False, reason=str(fault))
    return FixOutcome(verdict.job_id, True)


def _still_wanted(refusal: ServiceError) -> str:
    gare = refusal.gare
    if gare is None:
        return str(refusal)
    wanted = [
        ("consent to", " ".join(gare.required_scopes)),
        ("a login as", ", ".join(gare.session_required_identities)),
        ("a login from", " or ".join(gare.session_required_single_domain)),
        ("the policy", ", ".join(gare.session_required_policies)),
        ("a second factor", " " if gare.session_required_mfa else ""),
    ]
    words = "; ".join(f"{lead} {what}".strip() for lead, what in wanted if what)
    return f"Globus still wants {words or gare.session_message or gare.code}."
