"""As whom this program acts: a person under a profile, or a service account. The one door through which the rest of
the program signs in, asks for consents and gets tokens.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from globus_tui.api.http import Clock, utc_now
from globus_tui.domain.auth.scope import TIMERS_SERVER
from globus_tui.domain.errors import GlobusTuiError, SignedOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.globus_auth import AuthClient, PeopleClient
    from globus_tui.auth.login import Login, LoginAttempt, PersonSignIn
    from globus_tui.auth.logout import Logout
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.sign_in_request import BrokenJob, FixPlan, SignInRequest, Verdict
    from globus_tui.auth.stored_tokens import StoredTokens
    from globus_tui.auth.token_store import TokenStore
    from globus_tui.domain.auth.credentials import Identity, Secret
    from globus_tui.domain.auth.gare import Gare


class Account(Protocol):
    """As whom the program acts. Every method raises `GlobusTuiError` and nothing else.

    Attributes:
        tokens: what signs requests.
    """

    tokens: TokenSource

    @property
    def who(self) -> str | None:
        """A name for whoever is signed in; None when nobody is."""

    @property
    def identity_label(self) -> str | None:
        """A label that no other identity has; None when nobody is signed in."""

    @property
    def tokens_at(self) -> str:
        """Where the tokens are, or would be, kept."""

    def identity_names(self) -> Mapping[str, str]:
        """User names by id of whoever is signed in and of the identities linked to them, as far as they have any."""
        return {}

    async def begin(self, request: SignInRequest | None = None) -> LoginAttempt | None:
        """Starts a login; None when none is needed, because a service account consents by asking: see `consent`."""
        return None

    async def consent(self, request: SignInRequest) -> None:
        """Asks for what `begin` gave no login for. To be called once the user agreed to it."""
        return

    async def finish(self, attempt: LoginAttempt, pasted: Secret) -> Login:
        """Completes the login with the code that was pasted."""

    async def is_granted(self, gare: Gare) -> bool | None:
        """Whether the scopes that a requirement names are granted to this program; None: cannot be found out."""
        return None

    async def prepare_fix(self, broken: Iterable[BrokenJob]) -> FixPlan:
        """The login that these timers need before they can be resumed."""

    async def check_fix(self, fix_plan: FixPlan) -> tuple[Verdict, ...]:
        """Which of these timers may be resumed now."""

    def notices(self) -> tuple[str, ...]:
        """What the user should know once: a keyring that did not answer, tokens that will not be kept or lapse soon."""
        return ()


class PersonAccount(Account):
    """A person under a profile, with tokens in a store."""

    def __init__(
        self, auth: AuthClient, people: PeopleClient, tokens: StoredTokens, store: TokenStore, *, clock: Clock = utc_now
    ) -> None:
        """Nothing is read yet: `load` does.

        Args:
            people: looks up identities and consents, signed with `tokens`.
            tokens: the source that signs requests; it reads `store` under its key.
        """
        self.tokens: StoredTokens = tokens
        self._auth, self._people, self._store, self._clock = auth, people, store, clock

    @cached_property
    def _person(self) -> PersonSignIn:
        import socket

        from globus_tui.auth.login import PersonSignIn

        label = f"globus-tui on {socket.gethostname()}"
        return PersonSignIn(self._auth, self._store, self.key, label=label, clock=self._clock)

    @property
    def key(self) -> ProfileKey:
        return self.tokens.key

    @property
    def identity(self) -> Identity | None:
        return self.tokens.identity

    @property
    def who(self) -> str | None:
        return self.identity.username if self.identity else None

    @property
    def identity_label(self) -> str | None:
        return f"identity {self.identity.identity_id}" if self.identity else None

    @property
    def tokens_at(self) -> str:
        return self._store.where()

    def identity_names(self) -> Mapping[str, str]:
        known = (self.identity, *self.identity.linked) if self.identity else ()
        return {identity.identity_id: identity.username for identity in known}

    async def load(self) -> None:
        """Reads the store.

        Raises:
            SettingsError: the stored tokens are readable by others; the message has the command that mends it.
        """
        await self.tokens.load()

    async def begin(self, request: SignInRequest | None = None) -> LoginAttempt:
        """Makes the link of a login. User names in the request become ids, which is all that the page takes."""
        if request is not None and request.identities:
            from globus_tui.auth.sign_in_request import resolve_identities

            request = await resolve_identities(request, self._people, self.identity)
        return await self._person.begin(request)

    async def finish(self, attempt: LoginAttempt, pasted: Secret) -> Login:
        login, before = await self._person.finish(attempt, pasted), self.identity
        if before is not None and before.identity_id != login.identity.identity_id:
            from globus_tui.auth.login import LoginFailed

            # Another program has signed `before` out meanwhile. The sign-in holds, but not for what is shown here.
            came, here = login.identity.username, before.username
            raise LoginFailed(
                f"{came} signed in, and that is kept; but the timers here are those of {here}. Nothing was done.",
                advice=f"Leave this program and start it again: the profile belongs to {came} now.",
            )
        self.tokens.adopt(login.sign_in)
        return login

    async def is_granted(self, gare: Gare) -> bool | None:
        from globus_tui.auth.sign_in_request import missing_scopes

        if self.identity is None:
            return None
        try:
            return not missing_scopes(gare, await self._people.consents(self.identity.identity_id))
        except GlobusTuiError:
            return None

    async def prepare_fix(self, broken: Iterable[BrokenJob]) -> FixPlan:
        from globus_tui.auth.sign_in_request import FixAndResume

        return await FixAndResume(self._people, self._signed_in()).prepare(broken)

    async def check_fix(self, fix_plan: FixPlan) -> tuple[Verdict, ...]:
        from globus_tui.auth.sign_in_request import FixAndResume

        return await FixAndResume(self._people, self._signed_in()).check(fix_plan)

    async def logout(self) -> Logout:
        from globus_tui.auth.logout import logout

        done = await logout(self._auth, self._store, self.key)
        self.tokens.adopt(None)
        return done

    def notices(self) -> tuple[str, ...]:
        lapse = self.tokens.lapse_warning(self._clock())
        return (*self._store.take_notices(), *((lapse,) if lapse else ()))

    def _signed_in(self) -> Identity:
        if self.identity is None:
            raise SignedOut("Nobody is signed in.")
        return self.identity


class ServiceIdentity(Account):
    """A service account: no browser is needed, to ask for a scope is to consent to it, and consents cannot be read."""

    def __init__(
        self, auth: AuthClient, account: ServiceAccount, *, clock: Clock = utc_now, kept_in: Path | None = None
    ) -> None:
        """Nothing is asked of Globus yet; `kept_in` as for `ClientCredentialsTokens`."""
        from globus_tui.auth.service_account import ClientCredentialsTokens

        self.tokens = ClientCredentialsTokens(auth, account, clock=clock, kept_in=kept_in)
        self._kept_in = kept_in
        self._account = account

    @property
    def who(self) -> str:
        return f"service account {self._account.client_id[:8]}"

    @property
    def identity_label(self) -> str:
        return f"client {self._account.client_id}"

    @property
    def tokens_at(self) -> str:
        """The file; or memory, and then tokens are asked for anew at each start."""
        return str(self._kept_in or "memory")

    async def begin(self, request: SignInRequest | None = None) -> None:
        """Needs no login. Where nothing else is asked for, it is found out whether Globus takes its secret."""
        if request is None or not request.scopes:
            await self.tokens.token(TIMERS_SERVER)

    async def consent(self, request: SignInRequest) -> None:
        """Asks for the scopes, which consents to them. What a person would have to prove, a service account cannot."""
        if request.scopes:
            await self.tokens.add_scopes(request.scopes)

    async def finish(self, attempt: LoginAttempt, pasted: Secret) -> Login:
        raise SignedOut("A service account does not sign in by link and code.", advice=self._account.origin)

    async def prepare_fix(self, broken: Iterable[BrokenJob]) -> FixPlan:
        """Everything the timers lack is asked for.

        Names of identities are left as they came: they would only be needed as ids for a link, and there is none.
        """
        from globus_tui.auth.sign_in_request import FixPlan, plan

        jobs = tuple(broken)
        request, apart = plan(job.gare for job in jobs)
        return FixPlan(
            request,
            tuple(job for job in jobs if job.gare not in apart),
            tuple(job for job in jobs if job.gare in apart),
        )

    async def check_fix(self, fix_plan: FixPlan) -> tuple[Verdict, ...]:
        """All may be resumed, except those that need a sign-in that only a person can do."""
        from globus_tui.auth.sign_in_request import Verdict

        reason = "Globus wants proof that only a person can give by signing in; a service account cannot."
        return tuple(
            Verdict(job.job_id, False, reason=reason)
            if job.gare.wants_session and not job.gare.names_nothing
            else Verdict(job.job_id, True)
            for job in fix_plan.jobs
        )
