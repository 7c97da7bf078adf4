"""What one login has to ask for: scopes and session requirements, several requirements of services united in one; and
with it from timers that Globus stopped for want of a consent or a login to timers that run again.

Three steps, each a call, so that a screen can show what comes before it happens and a test needs no screen:

1. `FixAndResume.prepare` reads the consents and says what one login has to ask for, and what needs none;
2. the login (see `login.py`), if there is one to make;
3. `FixAndResume.check` reads the consents again and judges each timer; those that may be are resumed as by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.auth.credentials import are_granted
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TIMER, Scope, collection_of, merge, render, timer_scope
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.api.globus_auth import PeopleClient
    from globus_tui.domain.auth.credentials import ConsentRecord, Identity
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.timer.job import JobId

IDENTITY_URN = "urn:globus:auth:identity:"


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """One login.

    Attributes:
        scopes: what to consent to, besides what the profile always needs.
        identities: as the service named them: ids, usernames or URNs; ids once `resolve_identities` was through.
        domains: an identity of any one of them suffices.
        policies: ids of authentication policies, all of them.
        mfa: a second factor is required.
        message: the service's words to show on the login page; data.
        prompt: `login` asks for the password again even if the browser remembers.
        unknown_identities: names that nobody at Globus has; the login cannot satisfy them.
    """

    scopes: tuple[Scope, ...] = ()
    identities: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    mfa: bool = False
    message: str | None = None
    prompt: str | None = None
    unknown_identities: tuple[str, ...] = ()

    @property
    def wants_session(self) -> bool:
        """Whether the user has to sign in in some way, not only to consent."""
        return bool(self.identities or self.domains or self.policies or self.mfa or self.prompt)


def plan(gares: Iterable[Gare]) -> tuple[SignInRequest, tuple[Gare, ...]]:
    """Unites requirements in one login.

    Only one list of domains fits in a login, and any one of it suffices. Requirements whose domains have none in common
    with those before need a login of their own.

    Returns:
        The login, and the requirements that need another one after it.
    """
    request = SignInRequest()
    later: list[Gare] = []
    for gare in gares:
        domains = _common(request.domains, gare.session_required_single_domain)
        if domains is None:
            later.append(gare)
        else:
            request = replace(_with(request, gare), domains=domains)
    return request, tuple(later)


def _common(known: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...] | None:
    if not known or not added:
        return known or _unique(added)
    lowered = {entry.lower() for entry in added}
    return tuple(entry for entry in known if entry.lower() in lowered) or None


def _with(request: SignInRequest, gare: Gare) -> SignInRequest:
    # Proving something again needs a new authentication, whatever the browser remembers: as the official CLI does.
    # For a consent alone the browser may remember: nobody should type a password to tick a box.
    prompt = gare.prompt or request.prompt or ("login" if gare.wants_session else None)
    return replace(
        request,
        scopes=merge((*request.scopes, *scopes_to_ask(gare))),
        identities=_unique((*request.identities, *gare.session_required_identities)),
        policies=_unique((*request.policies, *gare.session_required_policies)),
        mfa=request.mfa or gare.session_required_mfa is True,
        message=_with_words(request.message, gare.session_message),
        prompt=prompt,
    )


_MOST_WORDS = 400
"""Characters of what services say that a link repeats: with the words of dozens of timers no server would take it."""


def _with_words(said: str | None, more: str | None) -> str | None:
    """What the login page repeats of the services' words, each once; what would be too much is left out."""
    if not said:
        return more and more[:_MOST_WORDS]
    return f"{said} / {more}" if more and more not in said and len(said) + len(more) < _MOST_WORDS else said


def scopes_to_ask(gare: Gare) -> tuple[Scope, ...]:
    """The required scopes as they were sent, and their present form where a timer names an outdated one.

    Timers made before November 2024 name the Transfer action provider between timer and Transfer. New consents may
    never match that form, so the present one is asked for too (inferred to be what the service then accepts).
    """
    return merge((*gare.scopes, *filter(None, map(modern_form, gare.scopes))))


def modern_form(scope: Scope) -> Scope | None:
    """The present form of an outdated scope: timer > Transfer > data_access; None for one that is not outdated."""
    outdated = scope.name == LEGACY_TRANSFER_ACTION or (
        scope.name == TIMER and any(below.name == LEGACY_TRANSFER_ACTION for below in scope.dependencies)
    )
    if not outdated:
        return None
    return timer_scope(_unique(collection_id for part in scope.walk() if (collection_id := collection_of(part))))


async def resolve_identities(request: SignInRequest, people: PeopleClient, known: Identity | None) -> SignInRequest:
    """Turns usernames and URNs into ids, the only form that the login page takes; linked identities need no look-up.

    Raises:
        GlobusTuiError: the look-up failed.
    """
    own = {identity.username.lower(): identity.identity_id for identity in ((known, *known.linked) if known else ())}
    named = [name.strip().removeprefix(IDENTITY_URN) for name in request.identities]
    strangers = _unique(name for name in named if not _is_uuid(name) and name.lower() not in own)
    if strangers:
        identities = await people.identities(strangers)
        own |= {identity.username.lower(): identity.identity_id for identity in identities}
    ids = {name: name if _is_uuid(name) else own.get(name.lower()) for name in named}
    return replace(
        request,
        identities=_unique(filter(None, ids.values())),
        unknown_identities=tuple(name for name, found_id in ids.items() if found_id is None),
    )


def _is_uuid(text: str) -> bool:
    from uuid import UUID  # imported late: it is slow to load

    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def missing_scopes(gare: Gare, consents: Iterable[ConsentRecord]) -> tuple[Scope, ...]:
    """The required scopes that the consents do not cover.

    An outdated required scope counts as granted once its present form is: consents given today are rooted otherwise,
    and asking again would go on for ever. One rooted at the Transfer action provider counts only then: a timer's
    credential starts at the timer scope.
    """
    known = tuple(consents)
    return tuple(scope for scope in gare.scopes if not _granted(known, scope))


def _granted(known: tuple[ConsentRecord, ...], scope: Scope) -> bool:
    modern = modern_form(scope)
    if modern is None:
        return are_granted(known, (scope,))
    return are_granted(known, (modern,)) or (scope.name == TIMER and are_granted(known, (scope,)))


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
    """Mends broken jobs of one signed-in identity: asks, signs in, checks."""

    def __init__(self, people: PeopleClient, identity: Identity) -> None:
        self._people = people
        self._identity = identity

    async def prepare(self, broken: Iterable[BrokenJob]) -> FixPlan:
        """Says what the login must ask for: only what is missing.

        Raises:
            GlobusTuiError: the consents could not be read.
        """
        jobs = tuple(broken)
        consents = await self._people.consents(self._identity.identity_id)
        wanting = [job for job in jobs if job.gare.wants_session or missing_scopes(job.gare, consents)]
        if not wanting:
            return FixPlan(None, jobs)
        request, apart = plan(_lacking(job.gare, consents) for job in wanting)
        later = tuple(job for job in wanting if _lacking(job.gare, consents) in apart)
        request = await resolve_identities(request, self._people, self._identity)
        return FixPlan(request, tuple(job for job in jobs if job not in later), later)

    async def check(self, fix_plan: FixPlan) -> tuple[Verdict, ...]:
        """Judges each job of the plan, after the login or when none was needed.

        Session requirements cannot be looked up by a native app: after a fresh login they are taken as met, and the
        service says so if they are not.

        Raises:
            GlobusTuiError: the consents could not be read.
        """
        consents = await self._people.consents(self._identity.identity_id)
        unknown = fix_plan.request.unknown_identities if fix_plan.request else ()
        return tuple(_judge(job, consents, unknown) for job in fix_plan.jobs)


def _lacking(gare: Gare, consents: Iterable[ConsentRecord]) -> Gare:
    """The requirement without the scopes that are granted already."""
    lacking = missing_scopes(gare, consents)
    kept = tuple(
        text for text in gare.required_scopes if set(replace(gare, required_scopes=(text,)).scopes) & {*lacking}
    )
    return replace(gare, required_scopes=kept)


def _judge(job: BrokenJob, consents: tuple[ConsentRecord, ...], unknown: tuple[str, ...]) -> Verdict:
    lacking = missing_scopes(job.gare, consents)
    if lacking:
        return Verdict(job.job_id, False, lacking, f"Not allowed yet: {render(lacking)}")
    nobody = [identity_id for identity_id in job.gare.session_required_identities if identity_id in unknown]
    if nobody:
        return Verdict(
            job.job_id, False, reason=f"Globus wants a login as {nobody[0]}, and nobody there has that name."
        )
    if any(map(modern_form, job.gare.scopes)):
        return Verdict(job.job_id, True, reason="It names an outdated consent; the present form of it is granted.")
    return Verdict(job.job_id, True)
