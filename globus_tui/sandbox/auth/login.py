"""Signing in: what an authorize link asks for, whether an account can give it, and the code for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from globus_tui.sandbox.auth.people import domain_of, native_app, policy_domains, policy_needs_mfa, resolve_identity
from globus_tui.sandbox.auth.scopes import grant
from globus_tui.sandbox.auth.tokens import new_session, requested_scopes
from globus_tui.sandbox.state import Client, Refusal, Sandbox, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.auth.scope import Scope

CODE_LIFE = timedelta(minutes=10)
"""How long a code can be used. The service's own figure is not known."""
CODE_PAGE = "/v2/web/auth-code"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class LoginRefused(Exception):
    """A login that does not end in a code.

    Attributes:
        error: the OAuth2 error, as `access_denied`.
        login: what was asked for, when it is safe to send the browser back to the client with the error; None
            when the error has to be shown on Auth's own page.
    """

    def __init__(self, error: str, description: str, login: Login | None = None) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.login = error, description, login


class NotEnough(Exception):
    """The chosen account, or the way it signed in, does not meet what the link requires."""


@dataclass(frozen=True)
class Login:
    """What an authorize link asks for."""

    client: Client
    redirect_uri: str
    nodes: tuple[Scope, ...]
    state: str | None
    challenge: str | None
    offline: bool
    label: str | None
    message: str | None
    identities: tuple[str, ...]
    domains: tuple[str, ...]
    policies: tuple[str, ...]
    mfa: bool

    def back(self, **fields: str) -> str:
        """The redirect URI with these fields (and the state) in its query."""
        parts = urlsplit(self.redirect_uri)
        query = dict(parse_qsl(parts.query)) | fields
        if self.state is not None:
            query["state"] = self.state
        return urlunsplit(parts._replace(query=urlencode(query)))


def read_login(sandbox: Sandbox, query: Mapping[str, str]) -> Login:
    """The request behind the query of an authorize link.

    Raises:
        LoginRefused: for an unknown client, an unregistered redirect, unknown scopes, a native client without
            PKCE, or `prompt=none` (there is never a browser session that could answer silently).
    """
    client = native_app(sandbox, query.get("client_id", ""))
    if client is None:
        raise LoginRefused("UNKNOWN_CLIENT", "No client has that id")
    redirect = query.get("redirect_uri", "")
    if not _registered(client, redirect):
        raise LoginRefused("MISMATCHING_REDIRECT_URI", "That redirect is not registered for the client")
    login = Login(
        client=client,
        redirect_uri=redirect,
        nodes=_scopes(sandbox, query.get("scope", ""), client),
        state=query.get("state"),
        challenge=query.get("code_challenge"),
        offline=query.get("access_type") == "offline" or "offline_access" in query.get("scope", "").split(),
        label=query.get("prefill_named_grant"),
        message=query.get("session_message"),
        identities=_listed(query.get("session_required_identities")),
        domains=_listed(query.get("session_required_single_domain")),
        policies=_listed(query.get("session_required_policies")),
        mfa=query.get("session_required_mfa", "").lower() == "true",
    )
    _check_protocol(login, query)
    return login


def approve(sandbox: Sandbox, authorize_url: str, username: str, *, mfa: bool = False, allow: bool = True) -> str:
    """Acts as the browser: opens the link, picks the account, and returns the code.

    Raises:
        LoginRefused: when the link is no good, access is denied (`allow=False`), or nobody has that username.
        NotEnough: when the account does not meet what the link requires.
    """
    login = read_login(sandbox, dict(parse_qsl(urlsplit(authorize_url).query)))
    identity_id = resolve_identity(sandbox, username)
    if identity_id is None:
        raise LoginRefused("access_denied", f"Nobody is called {username}", login)
    return decide(sandbox, login, identity_id, mfa=mfa, allow=allow)


def decide(sandbox: Sandbox, login: Login, identity_id: str, *, mfa: bool, allow: bool) -> str:
    """Lets an account allow or deny the request; records the consents and returns the code.

    Raises:
        LoginRefused: `access_denied` when it denies.
        NotEnough: when it does not meet the session requirements; nothing is recorded then.
    """
    if not allow:
        raise LoginRefused("access_denied", "The user denied the request", login)
    session = _session(sandbox, login, identity_id, mfa)
    grant(sandbox, identity_id, login.client.client_id, login.nodes)
    sandbox.sessions[identity_id] = session
    code = sandbox.new_secret("code")
    sandbox.codes[code] = {
        "client_id": login.client.client_id,
        "identity_id": identity_id,
        "session": session,
        "scopes": [node.name for node in login.nodes],
        "redirect_uri": login.redirect_uri,
        "challenge": login.challenge,
        "state": login.state,
        "offline": login.offline,
        "expires": sandbox.clock.now() + CODE_LIFE,
        "used": False,
    }
    return code


def _session(sandbox: Sandbox, login: Login, identity_id: str, mfa: bool) -> Session:
    """The session after this login: what the browser had proved before, and what is proved now.

    Identities linked to the account are authenticated on the way where the link requires them: the real service
    walks through their logins one by one.
    """
    person = sandbox.people[identity_id]
    reachable = [identity_id, *person.linked]
    proved = {identity_id, *_required(sandbox, login, reachable)}
    for domain_list in (login.domains, *(policy_domains(sandbox, policy) for policy in login.policies)):
        if domain_list:
            proved.add(_one_of(sandbox, domain_list, reachable))
    wants_mfa = login.mfa or any(policy_needs_mfa(sandbox, policy) for policy in login.policies)
    if wants_mfa and not mfa:
        raise NotEnough("A second factor is required")
    now = sandbox.clock.now()
    before = sandbox.sessions.get(identity_id)
    session = new_session(sandbox)
    if before is not None:
        session.authenticated |= before.authenticated
        session.policies |= before.policies
    session.authenticated |= dict.fromkeys(sorted(proved), now)
    session.policies |= dict.fromkeys(login.policies, now)
    session.mfa = mfa or (before is not None and before.mfa)
    return session


def _required(sandbox: Sandbox, login: Login, reachable: list[str]) -> list[str]:
    identities = []
    for name in login.identities:
        identity_id = resolve_identity(sandbox, name)
        if identity_id not in reachable:
            raise NotEnough(f"Sign in as {name}")
        identities.append(identity_id)
    return identities


def _one_of(sandbox: Sandbox, domains: Iterable[str], reachable: list[str]) -> str:
    allowed = {domain.lower() for domain in domains}
    for identity_id in reachable:
        if domain_of(sandbox, identity_id) in allowed:
            return identity_id
    raise NotEnough(f"Sign in with an account of {' or '.join(sorted(allowed))}")


def _scopes(sandbox: Sandbox, text: str, client: Client) -> tuple[Scope, ...]:
    # `offline_access` is how the JavaScript SDK asks for refresh tokens; it is no consent.
    scopes = " ".join(word for word in text.split() if word != "offline_access")
    try:
        return requested_scopes(sandbox, scopes, client.client_id)
    except Refusal as refusal:
        errors = refusal.body.get("errors") or [{}]
        description = errors[0].get("detail") or str(refusal.body.get("error_description"))
        raise LoginRefused(errors[0].get("code") or "INVALID_SCOPE", description) from None


def _check_protocol(login: Login, query: Mapping[str, str]) -> None:
    if query.get("response_type") != "code":
        raise LoginRefused("unsupported_response_type", "Only response_type=code is known", login)
    if login.challenge and query.get("code_challenge_method") != "S256":
        raise LoginRefused("invalid_request", "code_challenge_method must be S256", login)
    if login.client.secret is None and not login.challenge:
        raise LoginRefused("invalid_request", "A native client must send a code_challenge", login)
    if query.get("prompt") == "none":
        raise LoginRefused("login_required", "Nobody is signed in", login)


def _registered(client: Client, redirect: str) -> bool:
    """Registered redirects, and the two that every client here may use: Auth's own code page and loopback."""
    if redirect in client.redirect_uris:
        return True
    parts = urlsplit(redirect)
    host = parts.hostname or ""
    if parts.path == CODE_PAGE:
        return host in _LOOPBACK or host.endswith((".globus.org", ".globuscs.info"))
    return parts.scheme == "http" and host in _LOOPBACK


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
