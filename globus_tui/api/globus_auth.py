"""Globus Auth: the page where a person grants scopes, as a URL; grants of tokens; and who is who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from globus_tui.api.bearer import Basic, Bearer, TokenSource
from globus_tui.api.decode import read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain import wire
from globus_tui.domain.auth.credentials import ConsentRecord, Identity, Secret, TokenAnswer, TokenGrant
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import AUTH_SERVER
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from globus_tui.api.environment import Environment
    from globus_tui.api.http import Connection
    from globus_tui.domain.wire import Document

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What is asked of the person.

    Attributes:
        state: comes back unchanged with the code; the official SDK sends `_default` and does not check it.
        challenge: base64url of the verifier's SHA-256, without padding.
        label: proposed on the consent page as the name of the grant.
        prompt: `login` forces a new authentication.
        session: what the Globus session must have; its identities have to be ids here, not user names. Its
            `required_scopes` and `prompt` are not used: they belong into the fields above.
    """

    client_id: str
    scopes: str
    state: str
    challenge: str
    label: str | None = None
    prompt: str | None = None
    session: Gare = Gare("")

    def url(self, environment: Environment) -> str:
        """The URL to open in a browser, anywhere; it leads to a page of Globus that shows the code to copy."""
        session, mfa = self.session, self.session.session_required_mfa
        asked = {
            "client_id": self.client_id,
            "redirect_uri": environment.url("auth", "/v2/web/auth-code"),
            "scope": self.scopes,
            "state": self.state,
            "response_type": "code",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prefill_named_grant": self.label,
            "prompt": self.prompt,
            "session_required_identities": ",".join(session.session_required_identities),
            "session_required_single_domain": ",".join(session.session_required_single_domain),
            "session_required_policies": ",".join(session.session_required_policies),
            "session_required_mfa": None if mfa is None else str(mfa).lower(),
            "session_message": session.session_message,
        }
        query = urlencode({key: value for key, value in asked.items() if value}, errors="replace")
        return f"{environment.url('auth', '/v2/oauth2/authorize')}?{query}"


# Where `expires_in` is missing: soon, so that the token is renewed rather than trusted.
_UNSAID_LIFE = timedelta(minutes=5)


def read_tokens(answer: Answer, asked_at: datetime, kept: Secret | None = None) -> TokenAnswer:
    """Reads one token for each resource server.

    Which of them is at the top and which in `other_tokens` is not guaranteed, and `other_tokens` may be missing.

    Args:
        asked_at: when it was asked for; lives are counted from there, so that a slow answer does not stretch them.
        kept: the refresh token that was used, for answers that do not repeat it.

    Raises:
        UnreadableAnswer: there is no token in it.
    """
    document = answer.object()
    others = (other for other in wire.items(document.get("other_tokens")) if isinstance(other, dict))
    documents = [document, *others]
    grants = tuple(grant for part in documents if (grant := _grant(part, asked_at, kept)) is not None)
    if not grants:
        raise answer.unreadable("a document without a token")
    id_token = wire.text(document.get("id_token"))
    return TokenAnswer(grants, Secret(id_token) if id_token else None)


def _grant(document: Document, asked_at: datetime, kept: Secret | None) -> TokenGrant | None:
    access, server = wire.text(document.get("access_token")), wire.text(document.get("resource_server"))
    if access is None or server is None:
        return None
    seconds, refresh = wire.number(document.get("expires_in")), wire.text(document.get("refresh_token"))
    life = _UNSAID_LIFE if seconds is None or not 0 <= seconds < 10**9 else timedelta(seconds=seconds)
    return TokenGrant(
        resource_server=server,
        access_token=Secret(access),
        expires_at=asked_at + life,
        scopes=tuple((wire.text(document.get("scope")) or "").split()),
        refresh_token=Secret(refresh) if refresh else kept,
    )


class AuthClient:
    """Grants and revocation. All methods raise what `Connection.request` raises.

    A grant that is refused raises AuthAPIError with `code` such as `invalid_grant`; its status is 401 in the official
    fixtures and 400 by the standard.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def authorize_url(self, request: AuthorizeRequest) -> str:
        """The link that a person opens to sign in; nothing is sent."""
        return request.url(self._connection.environment)

    async def exchange_code(self, client_id: str, code: Secret, redirect_uri: str, verifier: Secret) -> TokenAnswer:
        """Tokens for a code, which works once: never sent twice by itself.

        Args:
            redirect_uri: the very one of the authorize request.
            verifier: whose challenge was in the authorize request.
        """
        form = {"grant_type": "authorization_code", "redirect_uri": redirect_uri, "client_id": client_id}
        return await self._grant({**form, "code": code, "code_verifier": verifier}, repeatable=False)

    async def refresh(self, client_id: str, refresh_token: Secret) -> TokenAnswer:
        """A new access token for one resource server. An answer without a refresh token keeps the one used."""
        form = {"grant_type": "refresh_token", "client_id": client_id}
        return await self._grant({**form, "refresh_token": refresh_token}, kept=refresh_token)

    async def client_credentials(self, client_id: str, client_secret: Secret, scopes: str) -> TokenAnswer:
        """Tokens of a service account, one for each resource server of `scopes` (separated by blanks)."""
        form = {"grant_type": "client_credentials", "scope": scopes}
        return await self._grant(form, auth=Basic(client_id, client_secret))

    async def revoke(self, client_id: str, token: Secret) -> None:
        """Makes an access or refresh token useless; the tokens of each resource server are revoked one by one."""
        form: dict[str, str | Secret] = {"token": token, "client_id": client_id}
        await self._connection.request("auth", "POST", "/v2/oauth2/token/revoke", form=form, repeatable=True)

    async def _grant(
        self,
        form: Mapping[str, str | Secret],
        *,
        auth: Basic | None = None,
        repeatable: bool = True,
        kept: Secret | None = None,
    ) -> TokenAnswer:
        asked_at, path = self._connection.clock(), "/v2/oauth2/token"
        answer = await self._connection.request("auth", "POST", path, form=form, auth=auth, repeatable=repeatable)
        return read_tokens(answer, asked_at, kept)


class PeopleClient:
    """Who is who and what they allowed, asked with the Auth token of whoever is signed in."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, AUTH_SERVER)

    async def identities(self, usernames: Sequence[str]) -> tuple[Identity, ...]:
        """Looks identities up by user name; unknown ones are missing from the answer."""
        query = {"usernames": ",".join(usernames), "provision": "false"}
        return await self._listed("/v2/api/identities", query, "identities", Identity.from_document)

    async def consents(self, identity_id: str) -> tuple[ConsentRecord, ...]:
        """What an identity, named by the `sub` of the sign-in, granted to this client: a flat list with paths."""
        path = f"/v2/api/identities/{segment(identity_id)}/consents"
        return await self._listed(path, {"all": False}, "consents", ConsentRecord.from_document)

    async def _listed(
        self, path: str, query: Mapping[str, object], key: str, read: Callable[[Document], T]
    ) -> tuple[T, ...]:
        answer = await self._connection.request("auth", "GET", path, query=query, auth=self._auth)
        return (await read_listing(answer, key, lambda entry: read(wire.document(entry)))).items
