"""What Globus asks of the user before it goes on, and why, in plain words: every kind and every mixture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.auth import scope as scopes
from globus_tui.present.transfer_words import collection_name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.auth.scope import Scope

_NAMED = {
    scopes.TIMER: "manage your timers",
    scopes.TRANSFER_ALL: "transfer files for you",
    scopes.LEGACY_TRANSFER_ACTION: "start transfers for you (older form)",
    scopes.FLOWS_ALL: "manage your flows",
    "openid": "know who you are",
    "profile": "see your name and organization",
    "email": "see your e-mail address",
    "urn:globus:auth:scope:auth.globus.org:view_identities": "see your linked identities",
    "urn:globus:auth:scope:auth.globus.org:view_identity_set": "see your linked identities",
    "urn:globus:auth:scope:auth.globus.org:manage_projects": "manage your projects",
}
_SERVICE = {scopes.TIMER: "Timers", scopes.TRANSFER_ALL: "Transfer", scopes.LEGACY_TRANSFER_ACTION: "Transfer"}
_FLOW_USER = r"https://auth\.globus\.org/scopes/([0-9a-f-]{36})/flow_[0-9a-f_]{36}_user"
_AUTH_VIEW = r"urn:globus:auth:scope:auth\.globus\.org:view_\w+|.*/view_consents|.*/manage_\w+"
_URN = "urn:globus:auth:identity:"


def scope_words(scope: Scope, names: Mapping[str, str]) -> str:
    """What one scope allows, without what is below it; a scope that is not known here as it is written."""
    if (collection := scopes.collection_of(scope)) is not None:
        return f"read and write your files on {collection_name(collection, names)}"
    if flow := re.fullmatch(_FLOW_USER, scope.name):
        return f"start the flow {collection_name(flow[1], names)}"
    if scope.name in _NAMED:
        return _NAMED[scope.name]
    if re.fullmatch(_AUTH_VIEW, scope.name):
        return scope.name.rpartition(":")[2].rpartition("/")[2].replace("_", " ")
    return one_line(scope.name)


def scope_tree(scope: Scope, names: Mapping[str, str], *, ascii_only: bool = False) -> tuple[str, ...]:
    """A scope and what is below it, one line each, indented; optional ones (which can be withdrawn alone) marked."""
    return tuple(_tree(scope, names, 0, "`-" if ascii_only else "└"))


def _tree(scope: Scope, names: Mapping[str, str], depth: int, branch: str) -> Iterator[str]:
    lead = f"{'  ' * (depth - 1)}{branch} " if depth else ""
    yield f"{lead}{scope_words(scope, names)}{'  (optional)' if scope.optional else ''}"
    for below in scope.dependencies:
        yield from _tree(below, names, depth + 1, branch)


def consent_collections(gare: Gare) -> tuple[str, ...]:
    """Ids of the collections whose `data_access` is asked for, in order, each once."""
    collections = (scopes.collection_of(scope) for root in gare.scopes for scope in root.walk())
    return tuple(dict.fromkeys(collection for collection in collections if collection))


def allow_words(gare: Gare, names: Mapping[str, str]) -> tuple[str, ...]:
    """What the browser will ask to allow: `Timers > Transfer > read and write your files on NERSC DTN`."""
    return tuple(dict.fromkeys(path for root in gare.scopes for path in _paths(root, names, ())))


def _paths(scope: Scope, names: Mapping[str, str], above: tuple[str, ...]) -> Iterator[str]:
    if not scope.dependencies:
        yield " > ".join((*above, scope_words(scope, names)))
    for below in scope.dependencies:
        yield from _paths(below, names, (*above, _SERVICE.get(scope.name, scope_words(scope, names))))


def requirement_lines(
    gare: Gare, names: Mapping[str, str], identities: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Everything that is asked, one sentence each; never empty.

    Args:
        names: of collections, by id.
        identities: usernames by identity id, as far as known.
    """
    sentences = (*(f"Allow: {path}." for path in allow_words(gare, names)), *proofs(gare, identities or {}))
    return sentences or ("Sign in again: Globus does not say what it misses.",)


def proofs(gare: Gare, identities: Mapping[str, str]) -> tuple[str, ...]:
    """What has to be proved by signing in, one sentence each; empty when only consents are asked for."""
    sentences = [*_session(gare, identities)]
    if gare.prompt == "login" and not sentences:
        sentences.append("Sign in again, even if your browser still remembers you.")
    elif gare.prompt and gare.prompt != "login":
        sentences.append(f"Globus asks for the prompt {one_line(gare.prompt)!r}.")
    return tuple(sentences)


def _session(gare: Gare, identities: Mapping[str, str]) -> Iterator[str]:
    if gare.session_required_identities:
        who = [identity_name(identity, identities) for identity in gare.session_required_identities]
        yield f"Sign in as {' and as '.join(who)}."
    if gare.session_required_single_domain:
        yield f"Sign in with an identity of {' or '.join(map(one_line, gare.session_required_single_domain))}."
    if gare.session_required_policies:
        several = len(gare.session_required_policies) > 1
        ids = ", ".join(f"({one_line(policy)[:8]})" for policy in gare.session_required_policies)
        yield f"Satisfy the sign-in {'policies' if several else 'policy'} {ids} of the collection's manager."
    if gare.session_required_mfa:
        yield "Use a second factor (MFA)."


def message(gare: Gare) -> str | None:
    """The service's own words, as one line of data; None when it gave none."""
    return one_line(gare.session_message or "") or None


def session_short(gare: Gare) -> str:
    """What has to be proved, for a narrow column: `sign in as pat@lab.example.org, with MFA`; empty when nothing."""
    parts = []
    if gare.session_required_identities:
        parts.append(f"as {' + '.join(identity_name(identity, {}) for identity in gare.session_required_identities)}")
    if gare.session_required_single_domain:
        parts.append(f"with {' or '.join(map(one_line, gare.session_required_single_domain))}")
    if gare.session_required_mfa:
        parts.append("with MFA")
    if gare.session_required_policies:
        parts.append("by the collection's policy")
    if parts:
        return f"sign in {', '.join(parts)}"
    return "sign in again" if gare.prompt else ""


def identity_name(identity: str, known: Mapping[str, str]) -> str:
    """A username as it is; an id or URN by its username where known, else its beginning."""
    bare = one_line(identity.removeprefix(_URN))
    if bare in known:
        return one_line(known[bare])
    return f"identity ({bare[:8]})" if re.fullmatch(r"[0-9a-f-]{36}", bare) else bare
