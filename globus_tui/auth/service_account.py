"""Service accounts from the environment, and their tokens: asked for with the secret, for one service at a time.

Two texts meet in `GLOBUS_TUI_CLIENT_ID`. With `GLOBUS_TUI_CLIENT_SECRET` it is a service account. Without, it is either
a service account whose secret was forgotten, or the native-app client that a facility registered for its people. A
forgotten secret in a cron job must not quietly become a prompt for a person, so the id alone is refused with both
remedies named, until it is known to be meant for people: by `sign_in = "person"` or `GLOBUS_TUI_SIGN_IN=person`, by
`client_id` in the configuration or a sign-in with the same id, or by `globus-tui login`, which only people type.

Each service is asked for by itself when it is needed, as the official CLI and SDK do: an Auth that knows nothing of
Flows, or gives a service account no `openid`, must not keep anybody from the list of timers.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, NoReturn

from globus_tui.api.bearer import SingleFlight
from globus_tui.api.http import Clock, utc_now
from globus_tui.auth.records import decode_grants, encode_grants
from globus_tui.cache_files import make_folder, open_own, write_own
from globus_tui.domain import wire
from globus_tui.domain.auth.credentials import Secret, TokenGrant
from globus_tui.domain.auth.scope import BASE_SCOPES, TIMERS_SERVER, Scope, merge, render, server_of, server_words
from globus_tui.domain.errors import AuthAPIError, ServiceError, SettingsError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.settings import SIGN_INS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from globus_tui.api.globus_auth import AuthClient

_PAIRS = (("GLOBUS_TUI_CLIENT_ID", "GLOBUS_TUI_CLIENT_SECRET"), ("GLOBUS_CLI_CLIENT_ID", "GLOBUS_CLI_CLIENT_SECRET"))


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A client that signs in as itself. `origin`: the variables that it was read from, for `whoami`."""

    client_id: str
    client_secret: Secret
    origin: str = ""


def from_environ(
    environ: Mapping[str, str], *, sign_in: str | None = None, native_ids: Container[str] = ()
) -> ServiceAccount | None:
    """The service account that the environment names; None when a person is to sign in.

    Args:
        environ: the environment; empty variables count as unset.
        sign_in: `auto`, `person` or `service`; None reads `GLOBUS_TUI_SIGN_IN` (default `auto`).
        native_ids: client ids known to be native apps: from the configuration file or with a sign-in stored.

    Raises:
        SettingsError: half a pair, a service account demanded that is not there, or an unknown way to sign in.
    """
    way = sign_in or environ.get("GLOBUS_TUI_SIGN_IN") or "auto"
    if way not in SIGN_INS:
        raise SettingsError(f"GLOBUS_TUI_SIGN_IN must be one of {', '.join(SIGN_INS)}, not {way!r}")
    if way == "person":
        return None
    known_native = () if way == "service" else native_ids
    named = next(filter(None, (_pair(environ, pair, known_native) for pair in _PAIRS)), None)
    if named is None and way == "service":
        raise SettingsError(
            "Signing in as a service account was asked for, but GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET "
            "are not set"
        )
    return named


def _pair(environ: Mapping[str, str], names: tuple[str, str], native_ids: Container[str]) -> ServiceAccount | None:
    id_name, secret_name = names
    client_id, secret = environ.get(id_name, "").strip(), Secret(environ.get(secret_name, "").strip())
    if client_id and secret:
        return ServiceAccount(client_id, secret, f"{id_name} and {secret_name}")
    if secret:
        raise SettingsError(
            f"{secret_name} is set but {id_name} is missing",
            advice=f"Set {id_name} to the client id that the secret belongs to, or unset {secret_name}.",
        )
    if not client_id or client_id in native_ids:
        return None
    raise SettingsError(f"{id_name} is set but {secret_name} is missing", advice=_remedies(id_name, secret_name))


def _remedies(id_name: str, secret_name: str) -> str:
    service = f"For a service account, set {secret_name} too."
    if id_name != _PAIRS[0][0]:
        return f"{service} To sign in as a person, unset {id_name}."
    return (
        f"{service} If it is a native app that people sign in with, set GLOBUS_TUI_SIGN_IN=person, or write it as "
        "client_id in the configuration file."
    )


EARLY = timedelta(seconds=60)
"""An access token counts as expired this long before it is, as in the official SDK."""

ASKED_AGAIN = timedelta(minutes=15)
"""A refusal of a service's scopes holds this long: it is a matter of registration, which somebody may mend."""

_MOST_BYTES = 1_000_000


def kept_file(folder: Path, account: ServiceAccount, environment: str) -> Path:
    """Where the tokens of a service account are kept: a file for each and each environment, beside people's tokens."""
    whose = f"{account.client_id}\n{environment}".encode("utf-8", "surrogatepass")
    return folder / f"tokens.json.{sha256(whose).hexdigest()[:16]}"


class ClientCredentialsTokens:
    """A token source for a service account. There are no refresh tokens, so renewing is asking again."""

    def __init__(
        self, auth: AuthClient, account: ServiceAccount, *, clock: Clock = utc_now, kept_in: Path | None = None
    ) -> None:
        """`kept_in`: the file where tokens stay from one start to the next; None keeps them in memory."""
        self._auth = auth
        self._account = account
        self._scopes = BASE_SCOPES
        self._clock = clock
        self._token_file = kept_in
        self._grants = self._read_kept()
        self._refusals: dict[str, tuple[datetime, ServiceError]] = {}
        self._flight: SingleFlight[None] = SingleFlight()

    async def token(self, resource_server: str) -> Secret:
        """An access token that is good for at least a minute.

        Raises:
            SignedOut: the id or secret was refused, or the service gave no token for this resource server.
            AuthAPIError: there is no token for this one service, and why; the others may have theirs.
            GlobusTuiError: the service could not be reached or answered badly.
        """
        held = self._grants.get(resource_server)
        if held is None or held.expires_at - EARLY <= self._clock():
            await self._flight.run(resource_server, lambda: self._ask_for(resource_server))
        return self._token_for(resource_server)

    async def renew(self, resource_server: str, refused: Secret) -> Secret:
        """Another access token after a 401; the one that a sibling already fetched, when there is one."""
        held = self._grants.get(resource_server)
        if held is None or held.access_token == refused:
            self._grants.pop(resource_server, None)
            await self._flight.run(resource_server, lambda: self._ask_for(resource_server))
        return self._token_for(resource_server)

    async def add_scopes(self, scopes: Iterable[Scope]) -> None:
        """Asks for more, such as `data_access` on a collection: for a service account asking is consenting.

        Raises:
            ServiceError: a scope is unknown; what was asked for before still holds.
        """
        before, added = self._scopes, tuple(scopes)
        self._scopes = merge((*before, *added))
        try:
            for server in dict.fromkeys(map(server_of, added)):
                asked = self.scopes_of(server)
                await self._flight.run(render(asked), partial(self._ask, asked))
                self._refusals.pop(server, None)
        except ServiceError:
            self._scopes = before
            raise

    def scopes_of(self, resource_server: str) -> tuple[Scope, ...]:
        """What is asked for when a token for this service is needed."""
        return tuple(scope for scope in self._scopes if server_of(scope) == resource_server)

    async def _ask_for(self, server: str) -> None:
        refusal = self._refusals.get(server)
        if refusal is not None and self._clock() - refusal[0] < ASKED_AGAIN:
            raise refusal[1]
        scopes = self.scopes_of(server)
        if not scopes:
            return
        try:
            try:
                await self._ask(scopes)
            except ServiceError as refused:
                # Listing timers needs no more than the bare scope; what else is missing, a service asks for by name.
                if server != TIMERS_SERVER or not _is_final(refused):
                    raise
                await self._ask([Scope(scope.name) for scope in scopes])
        except ServiceError as refused:
            if not _is_final(refused):
                raise
            self._refuse(server, _no_token(server, f"Globus Auth refused {render(scopes)}: {refused}", refused))
        if server not in self._grants:
            # A token that by Auth's own word is for another service is not sent to this one.
            nothing = ServiceError("", service="auth", status=200)
            self._refuse(server, _no_token(server, f"Globus Auth gave none for {render(scopes)}.", nothing))

    def _refuse(self, server: str, error: AuthAPIError) -> NoReturn:
        self._refusals[server] = self._clock(), error
        raise error from None

    async def _ask(self, scopes: Iterable[Scope]) -> None:
        try:
            answer = await self._auth.client_credentials(
                self._account.client_id, self._account.client_secret, render(scopes)
            )
        except ServiceError as refused:
            # The standard says 400 or 401 `invalid_client`; what the real service says of a wrong secret is not known.
            if refused.status == 401 or refused.code in ("invalid_client", "unauthorized_client"):
                raise self._refused() from None
            raise
        self._grants |= {grant.resource_server: grant for grant in answer.grants}
        if self._token_file is not None:
            lives = {key: grant for key, grant in self._grants.items() if grant.expires_at > self._clock()}
            salt = os.urandom(16).hex()
            document = {"salt": salt, "proof": self._proof(salt), "grants": encode_grants(lives.values())}
            with suppress(OSError):  # then they are asked for again
                make_folder(self._token_file.parent)
                write_own(self._token_file, json.dumps(document).encode())

    def _read_kept(self) -> dict[str, TokenGrant]:
        """The tokens kept by an earlier start, if they were given for this secret and these scopes."""
        if self._token_file is None:
            return {}
        try:
            with open_own(self._token_file, _MOST_BYTES) as file:
                document = wire.document(json.loads(file.read()))
        except (OSError, ValueError, RecursionError):
            return {}
        kept = str(document.get("proof")).encode(errors="replace")
        same = compare_digest(kept, self._proof(str(document.get("salt"))).encode())
        return {grant.resource_server: grant for grant in decode_grants(document.get("grants"))} if same else {}

    def _proof(self, salt: str) -> str:
        account = self._account
        text = "\n".join((salt, account.client_id, account.client_secret.reveal(), render(BASE_SCOPES)))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _refused(self) -> SignedOut:
        return SignedOut(
            f"Globus Auth refused the service account {self._account.client_id}.",
            advice=f"Check {self._account.origin or 'its id and secret'}: the secret may be mistyped or deleted.",
        )

    def _token_for(self, resource_server: str) -> Secret:
        held = self._grants.get(resource_server)
        if held is None:
            raise SignedOut(f"Globus Auth gave the service account no token for {server_words(resource_server)}.")
        return held.access_token


def _is_final(refused: ServiceError) -> bool:
    """Whether asking again is useless: refused, or not offered (501), and not just busy or down for a while."""
    return refused.status == 501 or (400 <= refused.status < 500 and refused.status not in (408, 425, 429))


def _no_token(server: str, because: str, refused: ServiceError) -> AuthAPIError:
    if refused.status in (200, 501):
        advice = "This Globus Auth does not offer it; waiting will not help."
    else:
        advice = "Ask whoever registered the service account whether it may ask for this scope."
    error = AuthAPIError(
        f"There is no token for {server_words(server)}, because {because}",
        service="auth",
        status=refused.status,
        code=refused.code,
        request_id=refused.request_id,
    )
    error.advice = advice
    return error
