"""Signing in as a person without leaving the terminal: native-app OAuth2 with PKCE, as data.

`begin` gives a link to open anywhere; `finish` takes what was pasted back. Between the two nothing runs and nothing is
kept but the `LoginAttempt`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from dataclasses import field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, urlsplit

from globus_tui.api.authorize import AuthorizeRequest
from globus_tui.auth.id_token import read_id_token
from globus_tui.auth.pasted import read_pasted
from globus_tui.auth.records import SignIn
from globus_tui.auth.revocation import revoke_all
from globus_tui.auth.services import real_clock
from globus_tui.auth.sign_in_request import SignInRequest
from globus_tui.auth.wanted import SERVER_WORDS, with_base
from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError, ServiceError, UnreadableAnswer
from globus_tui.domain.gare import Gare
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.scope import Scope, render

if TYPE_CHECKING:
    from globus_tui.auth.pasted import Pasted
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.services import Clock
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.credentials import Identity, TokenAnswer


class LoginService(Protocol):
    """The part of Globus Auth that a login needs."""

    def authorize_url(self, request: AuthorizeRequest) -> str:
        """The link of the login page; without a redirect address, codes are shown on a page of Globus."""

    async def exchange_code(self, client_id: str, code: Secret, redirect_uri: str, verifier: Secret) -> TokenAnswer:
        """The tokens for a code."""

    async def revoke(self, client_id: str, token: Secret) -> None:
        """Makes a token useless."""


class LoginFailed(GlobusTuiError):
    """A login did not come about; nothing has changed. `advice` says how to go on.

    Attributes:
        declined: the person said no.
    """

    def __init__(self, message: str, *, advice: str, declined: bool = False) -> None:
        super().__init__(message, advice=advice)
        self.declined = declined


class WrongIdentity(LoginFailed):
    """Somebody else signed in than the profile belongs to.

    Attributes:
        expected: whose the profile is.
        came: who signed in; the new tokens were revoked.
    """

    def __init__(self, expected: Identity, came: Identity, not_revoked: int = 0) -> None:
        left = f" {not_revoked} of the new tokens could not be revoked." if not_revoked else ""
        super().__init__(
            f"This profile belongs to {expected.username}, but {came.username} signed in. Nothing was changed.{left}",
            advice=(
                f"Sign in as {expected.username}: log out of Globus in the browser first, or open the link in a "
                "private window. For another identity use another profile (--profile NAME)."
            ),
        )
        self.expected = expected
        self.came = came


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A login under way.

    Attributes:
        url: the link to open, some 740 characters long or longer.
        state: comes back with the answer, which is how a stranger's answer is told.
        scopes: everything asked for.
    """

    url: str
    state: str
    verifier: Secret
    redirect_uri: str
    request: SignInRequest
    scopes: tuple[Scope, ...]
    tried: set[Secret] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """A login that came about.

    Attributes:
        sign_in: everything the profile holds now.
        refused: names of scopes that were asked for and not given.
        renewable: whether refresh tokens came for all; if not, the sign-in ends with the access tokens.
    """

    identity: Identity
    sign_in: SignIn
    request: SignInRequest
    refused: tuple[str, ...] = ()
    renewable: bool = True


class PersonSignIn:
    """Signs people in under one profile."""

    def __init__(
        self,
        auth: LoginService,
        store: TokenStore,
        key: ProfileKey,
        *,
        label: str | None = None,
        clock: Clock = real_clock,
    ) -> None:
        self._auth = auth
        self._store = store
        self._key = key
        self._label = label
        self._clock = clock

    async def begin(self, request: SignInRequest | None = None) -> LoginAttempt:
        """Makes the link. It asks for what the profile has and what the request adds, so that nothing gets weaker.

        Raises:
            SettingsError: the stored tokens are readable by others.
        """
        kept = await asyncio.to_thread(self._store.load, self._key)
        return begin(self._auth, self._key.client_id, request or SignInRequest(), held=kept, label=self._label)

    async def finish(self, attempt: LoginAttempt, pasted: str | Secret) -> Login:
        """Turns what was pasted into tokens and keeps them.

        Args:
            attempt: from `begin`.
            pasted: best as a `Secret` from the moment it was typed: crash reports show local variables.

        Raises:
            BadInput: there is no code in it; the same link still works.
            LoginFailed: the code was not accepted, or the person declined.
            WrongIdentity: somebody else signed in; their tokens were revoked, the old ones stay.
            GlobusTuiError: Globus could not be reached or answered badly.
        """
        code = _checked(read_pasted(pasted), attempt)
        answer = await self._exchange(attempt, code)
        identity = read_id_token(answer.id_token)
        if identity is None:
            await revoke_all(self._auth, self._key.client_id, answer.grants)
            raise UnreadableAnswer("Globus Auth gave tokens but did not say who signed in; they were given back.")
        kept = await asyncio.to_thread(
            self._store.merge, self._key, SignIn.fresh(identity, answer.grants, self._clock())
        )
        if kept is None or kept.identity.identity_id != identity.identity_id:
            left = await revoke_all(self._auth, self._key.client_id, answer.grants)
            raise WrongIdentity(kept.identity if kept else identity, identity, len(left))
        given = {name for grant in answer.grants for name in grant.scopes}
        return Login(
            identity=identity,
            sign_in=kept,
            request=attempt.request,
            refused=tuple(one.name for one in attempt.scopes if one.name not in given),
            renewable=all(grant.refresh_token for grant in answer.grants),
        )

    async def _exchange(self, attempt: LoginAttempt, code: Secret) -> TokenAnswer:
        again = code in attempt.tried
        attempt.tried.add(code)
        try:
            return await self._auth.exchange_code(self._key.client_id, code, attempt.redirect_uri, attempt.verifier)
        except ServiceError as refusal:
            if refusal.status not in (400, 401):
                raise
            said = f"{refusal.code or ''} {refusal}".lower()
            if "client" in said and "invalid_grant" not in said:
                raise LoginFailed(
                    f"Globus Auth does not know the app {self._key.client_id} that this program signs in with.",
                    advice="Check client_id in the configuration, or GLOBUS_TUI_CLIENT_ID.",
                ) from None
            raise _code_refused(again) from None


def begin(
    auth: LoginService,
    client_id: str,
    request: SignInRequest,
    *,
    held: SignIn | None = None,
    label: str | None = None,
) -> LoginAttempt:
    """Makes a link for a login, with a new verifier and state. Refresh tokens are always asked for.

    Args:
        auth: knows where the login page is.
        client_id: the native app.
        request: what to ask for.
        held: what the profile has; its scopes are asked for again.
        label: what the consent page calls this sign-in, e.g. "globus-tui on login01".
    """
    verifier, state = Secret(secrets.token_urlsafe(48)), secrets.token_urlsafe(16)
    scopes = with_base((*_held_scopes(held), *request.scopes))
    url = auth.authorize_url(
        AuthorizeRequest(
            client_id,
            render(scopes),
            state,
            challenge=challenge_of(verifier),
            label=label,
            prompt=request.prompt,
            session=_session(request),
        )
    )
    redirect_uri = parse_qs(urlsplit(url).query)["redirect_uri"][0]  # the exchange must name the very same one
    return LoginAttempt(url, state, verifier, redirect_uri, request, scopes)


def _session(request: SignInRequest) -> Gare:
    return Gare(
        "AuthorizationRequired",
        session_message=request.message,
        session_required_identities=request.identities,
        session_required_policies=request.policies,
        session_required_single_domain=request.domains,
        session_required_mfa=request.mfa or None,
    )


def _held_scopes(held: SignIn | None) -> tuple[Scope, ...]:
    """What the profile has at the services that this login brings new tokens for, which replace the old.

    Tokens for other resource servers, such as single flows, stay as they are: asking for the scope of a flow that was
    deleted meanwhile would make every login fail.
    """
    grants = held.grants if held else {}
    return tuple(Scope(name) for server in SERVER_WORDS if server in grants for name in grants[server].grant.scopes)


def challenge_of(verifier: Secret) -> str:
    """The S256 challenge: base64url of the verifier's SHA-256, without padding (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.reveal().encode()).digest()).rstrip(b"=").decode()


def _checked(pasted: Pasted, attempt: LoginAttempt) -> Secret:
    if pasted.state is not None and not secrets.compare_digest(pasted.state.encode(), attempt.state.encode()):
        raise LoginFailed(
            "That answer belongs to another login, perhaps an older one.",
            advice="Open the link shown now and paste what comes of it.",
        )
    if pasted.error == "access_denied":
        raise LoginFailed(
            "You declined at Globus, so nothing was changed.",
            advice="Open the same link again if you want to allow it after all.",
            declined=True,
        )
    if pasted.code is None:
        said = pasted.description or pasted.error or "no reason"
        raise LoginFailed(
            f"Globus refused the login: {said[:300]}", advice="Open the link again; if it goes on, ask Globus support."
        )
    return pasted.code


def _code_refused(again: bool) -> LoginFailed:
    why = (
        "That code was tried before; each works only once."
        if again
        else "Globus did not accept that code: it is mistyped, incomplete, already used, or has expired."
    )
    return LoginFailed(why, advice="Open the same link again to get a new code.")
