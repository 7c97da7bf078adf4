"""What one login has to ask for: scopes and session requirements, several requirements of services united in one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TIMER, Scope, collection_of, merge, parse, timer_scope
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.auth.services import People
    from globus_tui.domain.auth.credentials import Identity
    from globus_tui.domain.auth.gare import Gare

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
        """Something has to be proved, not only allowed."""
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
    lowered = {one.lower() for one in added}
    return tuple(one for one in known if one.lower() in lowered) or None


def _with(request: SignInRequest, gare: Gare) -> SignInRequest:
    messages = _unique(filter(None, (request.message, gare.session_message)))
    # Proving something again needs a new authentication, whatever the browser remembers: as the official CLI does.
    # For a consent alone the browser may remember: nobody should type a password to tick a box.
    prompt = gare.prompt or request.prompt or ("login" if gare.wants_session else None)
    return replace(
        request,
        scopes=merge((*request.scopes, *scopes_to_ask(gare))),
        identities=_unique((*request.identities, *gare.session_required_identities)),
        policies=_unique((*request.policies, *gare.session_required_policies)),
        mfa=request.mfa or gare.session_required_mfa is True,
        message=" / ".join(messages) or None,
        prompt=prompt,
    )


def scopes_to_ask(gare: Gare) -> tuple[Scope, ...]:
    """The required scopes as they were sent, and their present form where a timer names an outdated one.

    Timers made before November 2024 name the Transfer action provider between timer and Transfer. New consents may
    never match that form, so the present one is asked for too (inferred to be what the service then accepts).
    """
    required = required_scopes(gare)
    return merge((*required, *filter(None, map(modern_form, required))))


def required_scopes(gare: Gare) -> tuple[Scope, ...]:
    """The required scopes; one that cannot be parsed is passed on letter by letter."""
    found: list[Scope] = []
    for text in gare.required_scopes:
        try:
            found.extend(parse(text))
        except BadInput:
            found.append(Scope(text.strip()))
    return tuple(found)


def modern_form(scope: Scope) -> Scope | None:
    """The present form of an outdated scope: timer > Transfer > data_access; None for one that is not outdated."""
    outdated = scope.name == LEGACY_TRANSFER_ACTION or (
        scope.name == TIMER and any(below.name == LEGACY_TRANSFER_ACTION for below in scope.dependencies)
    )
    if not outdated:
        return None
    return timer_scope(_unique(found for one in scope.walk() if (found := collection_of(one))))


async def resolve_identities(request: SignInRequest, people: People, known: Identity | None) -> SignInRequest:
    """Turns usernames and URNs into ids, which is all that the login page takes; linked identities need no look-up.

    Raises:
        GlobusTuiError: the look-up failed.
    """
    own = {one.username.lower(): one.identity_id for one in ((known, *known.linked) if known else ())}
    named = [one.strip().removeprefix(IDENTITY_URN) for one in request.identities]
    strangers = _unique(one for one in named if not _is_uuid(one) and one.lower() not in own)
    if strangers:
        found = await people.identities(usernames=strangers)
        own |= {one.username.lower(): one.identity_id for one in found}
    ids = {one: one if _is_uuid(one) else own.get(one.lower()) for one in named}
    return replace(
        request,
        identities=_unique(filter(None, ids.values())),
        unknown_identities=tuple(one for one, found_id in ids.items() if found_id is None),
    )


def _is_uuid(text: str) -> bool:
    from uuid import UUID  # asks the system about itself

    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
