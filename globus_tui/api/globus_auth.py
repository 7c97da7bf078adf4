"""Globus Auth: grants of tokens, and who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.api.bearer import AUTH, Basic, Bearer, FixedToken
from globus_tui.api.decode import read_listing
from globus_tui.api.token_answers import read_tokens
from globus_tui.api.urls import segment
from globus_tui.domain import wire
from globus_tui.domain.credentials import ConsentRecord, Identity
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.api.authorize import AuthorizeRequest
    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.exchange import Answer
    from globus_tui.api.http import Connection
    from globus_tui.domain.credentials import Secret, TokenAnswer
    from globus_tui.domain.wire import Document


class AuthClient:
    """Grants, revocation and what a token is worth. All methods raise what `Connection.request` raises.

    A grant that is refused raises AuthAPIError with `code` such as `invalid_grant`; its status is 401 in the official
    fixtures and 400 by the standard.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def authorize_url(self, request: AuthorizeRequest) -> str:
        """The page to open in a browser."""
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
            client_id: who asks.
            code: as shown or delivered after signing in; best as a `Secret`, as crash reports show local variables.
            redirect_uri: the very one of the authorize request.
            verifier: whose challenge was in the authorize request; for clients without a secret.
            client_secret: for clients with one.
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
        """Tokens for a client itself, a service account."""
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
            client_id: who asks.
            client_secret: of the same.
            token: access or refresh token.
            include: more to be told, e.g. `session_info`, `identity_set`; comma-separated.
        """
        form: dict[str, str | Secret] = {"token": token}
        form |= {"include": include} if include else {}
        path = "/v2/oauth2/token/introspect"
        return (await self._post(path, form, client_id, client_secret, repeatable=True)).object()

    async def userinfo(self, access_token: Secret) -> Identity:
        """Who a token of Globus Auth speaks for."""
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
        found = await read_listing(answer, "identities", lambda entry: Identity.from_document(wire.document(entry)))
        return found.items

    async def consents(self, identity_id: str, *, all: bool = False) -> tuple[ConsentRecord, ...]:  # noqa: A002
        """What an identity granted, as a flat list with paths.

        Args:
            identity_id: the `sub` of the sign-in.
            all: not only what was granted to this client; needs the scope `view_consents`.
        """
        path = f"/v2/api/identities/{segment(identity_id)}/consents"
        answer = await self._connection.request("auth", "GET", path, query={"all": all}, auth=self._auth)
        found = await read_listing(answer, "consents", lambda entry: ConsentRecord.from_document(wire.document(entry)))
        return found.items
