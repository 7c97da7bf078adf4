"""Globus Auth: the page where a person grants scopes, as a URL; grants of tokens; and who is who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from globus_tui.api.bearer import AUTH, Basic, Bearer, FixedToken, TokenSource
from globus_tui.api.decode import read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain import wire
from globus_tui.domain.auth.credentials import ConsentRecord, Identity, Secret, TokenAnswer, TokenGrant
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.api.environment import Environment
    from globus_tui.api.http import Connection
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.wire import Document


def code_page(environment: Environment) -> str:
    """The redirect URI of native applications: a page of Globus that shows the code to copy."""
    return environment.url("auth", "/v2/web/auth-code")


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What is asked of the person.

    Attributes:
        state: comes back unchanged with the code; the official SDK sends `_default` and does not check it.
        challenge: base64url of the verifier's SHA-256, without padding; None for clients with a secret.
        redirect_uri: registered on the client; None is the page that shows the code.
        label: proposed on the consent page as the name of the grant.
        prompt: `login` forces a new authentication.
        session: what the Globus session must have; its identities have to be ids here, not user names. Its
            `required_scopes` and `prompt` are not used: they belong into the fields above.
    """

    client_id: str
    scopes: str
    state: str
    challenge: str | None = None
    redirect_uri: str | None = None
    offline: bool = True
    label: str | None = None
    prompt: str | None = None
    session: Gare | None = None

    def url(self, environment: Environment) -> str:
        """The URL to open in a browser, anywhere."""
        asked: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri or code_page(environment),
            "scope": self.scopes,
            "state": self.state,
            "response_type": "code",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256" if self.challenge else None,
            "access_type": "offline" if self.offline else "online",
            "prefill_named_grant": self.label,
            "prompt": self.prompt,
        }
        asked |= _session(self.session) if self.session else {}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"{environment.url('auth', '/v2/oauth2/authorize')}?{query}"


def _session(gare: Gare) -> dict[str, str | None]:
    mfa = gare.session_required_mfa
    return {
        "session_required_identities": ",".join(gare.session_required_identities),
        "session_required_single_domain": ",".join(gare.session_required_single_domain),
        "session_required_policies": ",".join(gare.session_required_policies),
        "session_required_mfa": None if mfa is None else str(mfa).lower(),
        "session_message": gare.session_message,
    }


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
    """Grants, revocation and what a token is worth. All methods raise what `Connection.request` raises.

    A grant that is refused raises AuthAPIError with `code` such as `invalid_grant`; its status is 401 in the official
    fixtures and 400 by the standard.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def authorize_url(self, request: AuthorizeRequest) -> str:
        return request.url(self._connection.environment)

    async def exchange_code(
        self,
        client_id: str,
        code: str | Secret,
        redirect_uri: str,
        verifier: str | Secret | None = None,
        *,
        client_secret: Secret | None = None,
    ) -> TokenAnswer:
        """Tokens for a code, which works once: never sent twice by itself.

        Args:
            code: as shown or delivered after signing in; best as a `Secret`, as crash reports show local variables.
            redirect_uri: the very one of the authorize request.
            verifier: whose challenge was in the authorize request; for clients without a secret.
        """
        form: dict[str, str | Secret] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        form |= {"code_verifier": verifier} if verifier else {}
        return await self._grant(form, client_id, client_secret, repeatable=False)

    async def refresh(
        self, client_id: str, refresh_token: Secret, *, client_secret: Secret | None = None
    ) -> TokenAnswer:
        """A new access token for one resource server. An answer without a refresh token keeps the one used."""
        form: dict[str, str | Secret] = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._grant(form, client_id, client_secret, repeatable=True, kept=refresh_token)

    async def client_credentials(self, client_id: str, client_secret: Secret, scopes: str) -> TokenAnswer:
        form = {"grant_type": "client_credentials", "scope": scopes}
        return await self._grant(form, client_id, client_secret, repeatable=True)

    async def revoke(self, client_id: str, token: Secret, *, client_secret: Secret | None = None) -> None:
        """Makes an access or refresh token useless; the tokens of each resource server are revoked one by one."""
        form = {"token": token}
        await self._post("/v2/oauth2/token/revoke", form, client_id, client_secret, repeatable=True)

    async def introspect(
        self, client_id: str, client_secret: Secret, token: Secret, *, include: str | None = None
    ) -> Document:
        """What a token is: `active`, `scope`, `sub`, `exp`… For clients with a secret only.

        Args:
            include: more to be told, e.g. `session_info`, `identity_set`; comma-separated.
        """
        form: dict[str, str | Secret] = {"token": token}
        form |= {"include": include} if include else {}
        path = "/v2/oauth2/token/introspect"
        return (await self._post(path, form, client_id, client_secret, repeatable=True)).object()

    async def userinfo(self, access_token: Secret) -> Identity:
        auth = Bearer(FixedToken(access_token), AUTH)
        answer = await self._connection.request("auth", "GET", "/v2/oauth2/userinfo", auth=auth)
        return Identity.from_document(answer.object())

    async def _grant(
        self,
        form: Mapping[str, str | Secret],
        client_id: str,
        client_secret: Secret | None,
        *,
        repeatable: bool,
        kept: Secret | None = None,
    ) -> TokenAnswer:
        asked_at = self._connection.clock()
        answer = await self._post("/v2/oauth2/token", form, client_id, client_secret, repeatable=repeatable)
        return read_tokens(answer, asked_at, kept)

    async def _post(
        self,
        path: str,
        form: Mapping[str, str | Secret],
        client_id: str,
        client_secret: Secret | None,
        *,
        repeatable: bool,
    ) -> Answer:
        """A client with a secret proves itself with it; one without only says who it is."""
        auth = Basic(client_id, client_secret) if client_secret else None
        sent = dict(form) if auth else {**form, "client_id": client_id}
        return await self._connection.request("auth", "POST", path, form=sent, auth=auth, repeatable=repeatable)


class PeopleClient:
    """Who is who and what they allowed, asked with the Auth token of whoever is signed in."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, AUTH)

    async def identities(self, *, ids: Sequence[str] = (), usernames: Sequence[str] = ()) -> tuple[Identity, ...]:
        """Looks identities up; unknown ones are missing from the answer.

        Raises:
            BadInput: both ids and user names are given, or none.
        """
        if bool(ids) == bool(usernames):
            raise BadInput("Identities are looked up either by id or by user name.")
        query = {"ids": ",".join(ids) or None, "usernames": ",".join(usernames) or None}
        query |= {"provision": "false"} if usernames else {}
        answer = await self._connection.request("auth", "GET", "/v2/api/identities", query=query, auth=self._auth)
        page = await read_listing(answer, "identities", lambda entry: Identity.from_document(wire.document(entry)))
        return page.items

    async def consents(self, identity_id: str, *, all: bool = False) -> tuple[ConsentRecord, ...]:  # noqa: A002
        """What an identity granted, as a flat list with paths.

        Args:
            identity_id: the `sub` of the sign-in.
            all: not only what was granted to this client; needs the scope `view_consents`.
        """
        path = f"/v2/api/identities/{segment(identity_id)}/consents"
        answer = await self._connection.request("auth", "GET", path, query={"all": all}, auth=self._auth)
        page = await read_listing(answer, "consents", lambda entry: ConsentRecord.from_document(wire.document(entry)))
        return page.items
