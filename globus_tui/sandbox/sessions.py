"""What a login proved, held against what a resource demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from globus_tui.sandbox.state import Document, Sandbox, Session

IDENTITY_URN = "urn:globus:auth:identity:"


def resolve_identity(sandbox: Sandbox, name: str) -> str | None:
    """The id behind a username, a plain UUID or an identity URN; None when nobody is called that."""
    plain = name.strip().removeprefix(IDENTITY_URN)
    if plain in sandbox.people:
        return plain
    wanted = plain.lower()
    return next((p.identity_id for p in sandbox.people.values() if p.username.lower() == wanted), None)


def domain_of(sandbox: Sandbox, identity_id: str) -> str:
    """The part of the username after `@`, in lower case; empty for an unknown identity."""
    person = sandbox.people.get(identity_id)
    return person.username.rpartition("@")[2].lower() if person else ""


def session_problem(
    sandbox: Sandbox,
    session: Session,
    policies: Iterable[str] = (),
    domains: Iterable[str] = (),
    mfa: bool = False,
    identities: Iterable[str] = (),
    timeout: timedelta | None = None,
) -> Document | None:
    """The `authorization_parameters` that would cure the session; None when it satisfies everything.

    Args:
        sandbox: the world, for the names of identities and the policies' own rules.
        session: what the login proved.
        policies: ids of policies, all required.
        domains: domains of which any one suffices.
        mfa: whether a second factor is required.
        identities: ids, usernames or identity URNs, all required.
        timeout: how old an authentication may be to count; None for any age.
    """
    now = sandbox.clock.now()
    fresh = {who for who, when in session.authenticated.items() if timeout is None or now - when <= timeout}
    needed: Document = {}
    if missing := [one for one in identities if resolve_identity(sandbox, one) not in fresh]:
        needed["session_required_identities"] = missing
    if missing := [one for one in policies if not _policy_met(sandbox, session, one, fresh)]:
        needed["session_required_policies"] = missing
    wanted = list(domains)
    if wanted and not any(domain_of(sandbox, who) in {d.lower() for d in wanted} for who in fresh):
        needed["session_required_single_domain"] = wanted
    if mfa and not session.mfa:
        needed["session_required_mfa"] = True
    if timeout is not None and not needed and not fresh:
        needed["session_required_identities"] = sorted(session.authenticated)
        needed["prompt"] = "login"
    return needed or None


def policy_domains(sandbox: Sandbox, policy_id: str) -> list[str]:
    """The domains a policy admits; empty for a policy that admits every domain (or is unknown here)."""
    included = sandbox.policies.get(policy_id, {}).get("domain_constraints_include") or []
    return [str(domain).lower() for domain in included]


def policy_needs_mfa(sandbox: Sandbox, policy_id: str) -> bool:
    """Whether a policy asks for a second factor."""
    return bool(sandbox.policies.get(policy_id, {}).get("required_mfa"))


def _policy_met(sandbox: Sandbox, session: Session, policy_id: str, fresh: set[str]) -> bool:
    passed = session.policies.get(policy_id)
    if passed is None:
        return False
    limit = sandbox.policies.get(policy_id, {}).get("authentication_assurance_timeout")
    young = limit is None or (sandbox.clock.now() - passed).total_seconds() <= limit
    return young and bool(fresh)
