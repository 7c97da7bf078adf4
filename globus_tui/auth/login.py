"""Signing in as a person without leaving the terminal: native-app OAuth2 with PKCE, as data.

`PersonSignIn.begin` gives a link to open anywhere; `finish` takes what was pasted back. Between the two nothing runs
and nothing is kept but the `LoginAttempt`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import re
import secrets
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from globus_tui.api.globus_auth import AuthorizeRequest
from globus_tui.api.http import Clock, utc_now
from globus_tui.auth.logout import revoke_all
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.sign_in_request import SignInRequest
from globus_tui.domain import wire
from globus_tui.domain.auth.credentials import Identity, Secret
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import SERVER_WORDS, Scope, render, with_base
from globus_tui.domain.errors import BadInput, GlobusTuiError, ServiceError, UnreadableAnswer
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.auth.credentials import TokenAnswer


def read_id_token(token: Secret | None) -> Identity | None:
    """The identity in an id token; None when there is none or it cannot be read."""
    parts = token.reveal().split(".") if token else []
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    identity = Identity.from_document(wire.document(claims))
    return identity if identity.identity_id else None


_LONGEST = 8000
_NOISE = re.compile(r"\x1b\[[0-9;]*[~A-Za-z]|[\s\x00-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
_LABEL = re.compile(r"^(?:authorization|native|globus|your|the|auth)*code(?:is)?[:=]+", re.IGNORECASE)
_ANSWER = re.compile(r"(?:^|[?&#])(?:code|error)=")
_CODE = re.compile(r"[A-Za-z0-9._~+/=-]{4,1000}")
_QUOTES = "\"'`<>[](),;*“”‘’«»"


@dataclass(frozen=True, slots=True)
class PastedAnswer:
    """What a paste says.

    Attributes:
        code: the authorization code; None when the login ended in an error.
        state: None for a bare code, which carries none.
        error: Globus' word for what went wrong, e.g. `access_denied`.
        description: its sentence, where it sent one.
    """

    code: Secret | None = None
    state: str | None = None
    error: str | None = None
    description: str | None = None


def read_paste(pasted: str | Secret) -> PastedAnswer:
    """Reads a paste; white space, line ends, quotes and the marks of bracketed paste do not matter.

    Raises:
        BadInput: there is no code in it. The message never repeats what was pasted.
    """
    text = pasted.reveal() if isinstance(pasted, Secret) else pasted
    if len(text) > _LONGEST:
        raise BadInput("That is far too long for a code.", advice="Copy only the code that Globus shows.")
    text = _NOISE.sub("", text).strip(_QUOTES)
    if not text:
        raise BadInput("Nothing was pasted.", advice="Paste the code that Globus shows after you allow the login.")
    if "code_challenge=" in text:
        raise BadInput(
            "That is the link of step 1, not the code.",
            advice="Open it in a browser, allow the login, and paste the code that Globus shows then.",
        )
    if _ANSWER.search(text):
        return _from_address(text)
    code = _LABEL.sub("", text).strip(_QUOTES)
    if not _CODE.fullmatch(code) or "://" in code:
        raise BadInput("That does not look like a code.", advice="Copy only the code that Globus shows.")
    return PastedAnswer(code=Secret(code))


def _from_address(text: str) -> PastedAnswer:
    parts = re.split(r"[?#]", text)
    query = next((part for part in reversed(parts) if _ANSWER.search(f"&{part}")), text)
    fields = parse_qs(query)
    code = fields.get("code", [""])[0]
    error = fields.get("error", [None])[0]
    if error is None and not _CODE.fullmatch(code):
        raise BadInput("There is no code in that address.", advice="Copy the whole address, or only the code.")
    return PastedAnswer(
        code=Secret(code) if error is None else None,
        state=fields.get("state", [None])[0],
        error=error,
        description=fields.get("error_description", [None])[0],
    )


class LoginFailed(GlobusTuiError):
    """A login failed; nothing has changed. `advice` says how to go on. `declined`: the person said no."""

    def __init__(self, message: str, *, advice: str, declined: bool = False) -> None:
        super().__init__(message, advice=advice)
        self.declined = declined


class WrongIdentity(LoginFailed):
    """Somebody else signed in than the profile belongs to; the new tokens were revoked."""

    def __init__(self, expected: Identity, came: Identity, not_revoked: int = 0) -> None:
        rest = f" {not_revoked} of the new tokens could not be revoked." if not_revoked else ""
        super().__init__(
            f"This profile belongs to {expected.username}, but {came.username} signed in. Nothing was changed.{rest}",
            advice=(
                f"Sign in as {expected.username}: log out of Globus in the browser first, or open the link in a "
                "private window. For another identity use another profile (--profile NAME)."
            ),
        )


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A login under way.

    Attributes:
        url: the link to open, some 740 characters long or longer.
        state: comes back with the answer, which is how a stranger's answer is told.
    """

    url: str
    state: str
    verifier: Secret
    redirect_uri: str
    request: SignInRequest
    scopes: tuple[Scope, ...]
    codes_tried: set[Secret] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Login:
    """A completed login.

    Attributes:
        sign_in: everything the profile holds now.
        scopes_refused: names of scopes that were asked for and not given.
        renewable: whether refresh tokens came for all; if not, the sign-in ends with the access tokens.
    """

    identity: Identity
    sign_in: SignIn
    scopes_refused: tuple[str, ...]
    renewable: bool


class PersonSignIn:
    """Signs people in under one profile."""

    def __init__(
        self, auth: AuthClient, store: TokenStore, key: ProfileKey, *, label: str | None = None, clock: Clock = utc_now
    ) -> None:
        self._auth = auth
        self._store = store
        self._key = key
        self._label = label
        self._clock = clock

    async def begin(self, request: SignInRequest | None = None) -> LoginAttempt:
        """Makes the link, with a new verifier and state. Refresh tokens are always asked for.

        It asks for what the profile has and what the request adds, so that nothing gets weaker.

        Raises:
            SettingsError: the stored tokens are readable by others.
        """
        kept = await asyncio.to_thread(self._store.load, self._key)
        request = request or SignInRequest()
        verifier, state = Secret(secrets.token_urlsafe(48)), secrets.token_urlsafe(16)
        scopes = with_base((*_held_scopes(kept), *request.scopes))
        session = Gare(
            "AuthorizationRequired",
            session_message=request.message,
            session_required_identities=request.identities,
            session_required_policies=request.policies,
            session_required_single_domain=request.domains,
            session_required_mfa=request.mfa or None,
        )
        asked = AuthorizeRequest(
            self._key.client_id, render(scopes), state, challenge_of(verifier), self._label, request.prompt, session
        )
        url = self._auth.authorize_url(asked)
        redirect_uri = parse_qs(urlsplit(url).query)["redirect_uri"][0]  # the exchange must name the very same one
        return LoginAttempt(url, state, verifier, redirect_uri, request, scopes)

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
        code = _checked(read_paste(pasted), attempt)
        answer = await self._exchange(attempt, code)
        identity = read_id_token(answer.id_token)
        if identity is None:
            await revoke_all(self._auth, self._key.client_id, answer.grants)
            raise UnreadableAnswer("Globus Auth gave tokens but did not say who signed in; they were given back.")
        kept = await asyncio.to_thread(
            self._store.merge, self._key, SignIn.fresh(identity, answer.grants, self._clock())
        )
        if kept is None or kept.identity.identity_id != identity.identity_id:
            not_revoked = await revoke_all(self._auth, self._key.client_id, answer.grants)
            raise WrongIdentity(kept.identity if kept else identity, identity, len(not_revoked))
        granted = {name for grant in answer.grants for name in grant.scopes}
        return Login(
            identity=identity,
            sign_in=kept,
            scopes_refused=tuple(scope.name for scope in attempt.scopes if scope.name not in granted),
            renewable=all(grant.refresh_token for grant in answer.grants),
        )

    async def _exchange(self, attempt: LoginAttempt, code: Secret) -> TokenAnswer:
        again = code in attempt.codes_tried
        attempt.codes_tried.add(code)
        try:
            return await self._auth.exchange_code(self._key.client_id, code, attempt.redirect_uri, attempt.verifier)
        except ServiceError as refusal:
            if refusal.status not in (400, 401):
                raise
            words = f"{refusal.code or ''} {refusal}".lower()
            if "client" in words and "invalid_grant" not in words:
                raise LoginFailed(
                    f"Globus Auth does not know the app {self._key.client_id} that this program signs in with.",
                    advice="Check client_id in the configuration, or GLOBUS_TUI_CLIENT_ID.",
                ) from None
            raise _code_refused(again) from None


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


def _checked(pasted: PastedAnswer, attempt: LoginAttempt) -> Secret:
    came = None if pasted.state is None else pasted.state.encode(errors="replace")
    if came is not None and not secrets.compare_digest(came, attempt.state.encode()):
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
        why = pasted.description or pasted.error or "no reason"
        raise LoginFailed(
            f"Globus refused the login: {why[:300]}", advice="Open the link again; if it goes on, ask Globus support."
        )
    return pasted.code


def _code_refused(again: bool) -> LoginFailed:
    why = (
        "That code was tried before; each works only once."
        if again
        else "Globus did not accept that code: it is mistyped, incomplete, already used, or has expired."
    )
    return LoginFailed(why, advice="Open the same link again to get a new code.")
