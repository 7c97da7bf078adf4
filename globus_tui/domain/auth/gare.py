"""Globus Auth Requirements Errors: what Globus wants from the user before it goes on, in one type.

Services send five shapes of it (the canonical one and four older ones); all become a `Gare`.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.auth.scope import Scope, parse, timer_scope
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_KNOWN = (
    "session_message",
    "session_required_identities",
    "session_required_policies",
    "session_required_single_domain",
    "session_required_mfa",
    "required_scopes",
    "prompt",
)


@dataclass(frozen=True, slots=True)
class Gare:
    """What must be granted or proved.

    Attributes:
        code: why, e.g. `ConsentRequired`, `AuthorizationRequired`, `AuthPolicyFailed`; open-ended.
        required_scopes: scope strings to consent to, exactly as they were sent.
        session_message: words of the service for the user; data, not markup.
        session_required_identities: identities (ids, usernames or URNs) that must be in the session.
        session_required_policies: ids of authentication policies to satisfy.
        session_required_single_domain: domains; an identity of any one of them suffices.
        session_required_mfa: True when a second factor is required; None when not mentioned.
        prompt: `login` forces a new authentication.
        extra: whatever else the service said.
    """

    code: str
    required_scopes: tuple[str, ...] = ()
    session_message: str | None = None
    session_required_identities: tuple[str, ...] = ()
    session_required_policies: tuple[str, ...] = ()
    session_required_single_domain: tuple[str, ...] = ()
    session_required_mfa: bool | None = None
    prompt: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The required scopes, read; one that cannot be parsed is a scope of that name."""
        return tuple(scope for text in self.required_scopes for scope in _scopes_in(text))

    @property
    def wants_consent(self) -> bool:
        return bool(self.required_scopes)

    @property
    def wants_session(self) -> bool:
        """Whether a sign-in is needed (as someone, of a domain, by a policy, with a second factor, or just again)."""
        return self._wants_proof or self.names_nothing

    @property
    def names_nothing(self) -> bool:
        """Whether it only says that the user must act: then a plain sign-in helps, as when `prompt` is `login`."""
        return not self.required_scopes and not self._wants_proof

    @property
    def _wants_proof(self) -> bool:
        return bool(
            self.session_required_identities
            or self.session_required_policies
            or self.session_required_single_domain
            or self.session_required_mfa
            or self.prompt
        )


@lru_cache(maxsize=256)  # hundreds of timers may want the same, and are asked whenever the list is put in order
def _scopes_in(text: str) -> tuple[Scope, ...]:
    try:
        return parse(text)
    except BadInput:
        return (Scope(text.strip()),)


def find_gare(body: object) -> Gare | None:
    """Finds a requirement in an error body or an `inactive_reason.detail`: at its root, else in its sub-errors."""
    if not wire.document(body):
        return None
    for part in _candidates(body):
        gare = to_gare(part)
        if gare is not None:
            return gare
    return None


def find_requirement(detail: object) -> Gare | None:
    """As `find_gare`, where it is known that this is a requirement: plain words, JSON in a text or a bare code do too.

    What can be read of those is only which collections' consent they name; otherwise any sign-in is asked for.
    """
    if isinstance(detail, str):
        try:
            decoded = json.loads(detail)
        except (ValueError, RecursionError):
            decoded = None
        if isinstance(decoded, dict | list):
            return find_requirement(decoded)
    elif isinstance(detail, list):
        detail = (
            {"errors": detail} if any(isinstance(entry, dict) for entry in detail) else " ".join(wire.texts(detail))
        )
    if (gare := find_gare(detail)) is not None:
        return gare
    body = wire.document(detail)
    message = (detail if isinstance(detail, str) else _first(body, _WORDS) or "").strip()
    if not body and not message:
        return None
    named = tuple(dict.fromkeys(re.findall(_COLLECTION_IN_WORDS, message)))
    scopes = (str(timer_scope(named)),) if named else ()
    code = _first(body, ("code",)) or ("ConsentRequired" if named else "AuthorizationRequired")
    return Gare(code, scopes, session_message=message or None)


_WORDS = ("session_message", "message", "description", "error_description", "detail", "reason", "error")
_COLLECTION_IN_WORDS = r"https://auth\.globus\.org/scopes/([0-9a-f-]{36})/data_access"


def _first(body: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    """The first text under one of these keys, at the root or in a sub-error."""
    return next((text for part in _candidates(body) for key in keys if (text := wire.text(part.get(key)))), None)


def _candidates(body: object) -> Iterator[Mapping[str, Any]]:
    root = wire.document(body)
    yield root
    yield from (entry for entry in wire.items(root.get("errors")) if isinstance(entry, dict))
    yield wire.document(root.get("error"))
    yield from (entry for entry in wire.items(root.get("detail")) if isinstance(entry, dict))
    yield wire.document(root.get("detail"))


def to_gare(body: Mapping[str, Any]) -> Gare | None:
    """Reads one document as a requirement; None when it is none. Tried in the order of the official SDK."""
    parameters = body.get("authorization_parameters")
    if isinstance(parameters, dict):
        gare = _from_parameters(body, parameters)
        if gare is not None:
            return gare
    if body.get("code") == "ConsentRequired":
        if scopes := _list(body.get("required_scopes")):
            return Gare("ConsentRequired", scopes, session_message=wire.interned_text(body.get("message")))
        if scopes := _list(body.get("required_scope")):
            return Gare("ConsentRequired", scopes, session_message=wire.text(body.get("description")))
    if body.get("error") == "dependent_consent_required":
        first = wire.document(next(iter(wire.items(body.get("errors"))), None))
        if scopes := _list(first.get("unapproved_scopes")):
            return Gare("ConsentRequired", scopes, session_message=wire.text(first.get("detail")))
    return None


def _from_parameters(body: Mapping[str, Any], parameters: Mapping[str, Any]) -> Gare | None:
    code = wire.interned_text(body.get("code"))
    prompt = wire.interned_text(parameters.get("prompt"))
    known = {key: parameters[key] for key in _KNOWN if parameters.get(key) is not None}
    if code is None and not known:
        return None
    scopes = _list(parameters.get("required_scopes")) or _list(body.get("required_scopes"))
    return Gare(
        code=code or "AuthorizationRequired",
        required_scopes=scopes or _list(body.get("required_scope")),
        session_message=wire.interned_text(parameters.get("session_message")),
        session_required_identities=_list(parameters.get("session_required_identities")),
        session_required_policies=_list(parameters.get("session_required_policies")),
        session_required_single_domain=_list(parameters.get("session_required_single_domain")),
        session_required_mfa=wire.flag(parameters.get("session_required_mfa")),
        prompt=prompt,
        extra={key: value for key, value in parameters.items() if key not in _KNOWN},
    )


def _list(value: object) -> tuple[str, ...]:
    """A list of strings, or one comma-separated string (Transfer still sends that for policies and domains).

    Scopes in one string stand behind one another with blanks; whoever parses one of them parses those too.
    """
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return wire.texts(value)
