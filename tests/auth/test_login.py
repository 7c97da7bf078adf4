from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from globus_tui.api.environment import Environment
from globus_tui.auth.login import LoginAttempt, LoginFailed, PersonSignIn, WrongIdentity, challenge_of, read_id_token
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.sign_in_request import SignInRequest
from globus_tui.auth.token_store import MemoryTokens
from globus_tui.domain.auth.credentials import Identity, Secret, TokenAnswer, TokenGrant
from globus_tui.domain.auth.scope import (
    FLOWS_SERVER,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    render,
    timer_scope,
    with_base,
)
from globus_tui.domain.errors import AuthAPIError, BadInput, ConnectionFailed, UnreadableAnswer
from tests.auth.fakes import PAT, SAM, START, FakeAuth, grants_for, refusal

if TYPE_CHECKING:
    from globus_tui.api.globus_auth import AuthorizeRequest

KEY = ProfileKey("default", "production", "an-id")
CODE = "AbCdEf0123456789"


def id_token(person: Identity) -> Secret:
    claims = {"sub": person.identity_id, "preferred_username": person.username, "name": person.display_name}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Secret(f"e30.{middle}.c2ln")


@dataclass
class FakeLogin(FakeAuth):
    leave_out: str = ""
    offline: bool = True
    with_id_token: bool = True

    def authorize_url(self, request: AuthorizeRequest) -> str:
        return request.url(Environment.read({}))

    async def exchange_code(self, client_id: str, code: Secret, redirect_uri: str, verifier: Secret) -> TokenAnswer:
        await self._answer("exchange_code", code.reveal(), redirect_uri, verifier.reveal())
        if code != Secret(CODE) or CODE in self.used:
            raise refusal()
        self.used.add(CODE)
        grants = grants_for(render(with_base()), len(self.calls), self.clock(), offline=self.offline)
        kept = tuple(one for one in grants if one.resource_server != self.leave_out)
        return TokenAnswer(kept, id_token(self.person) if self.with_id_token else None)


@pytest.fixture
def auth() -> FakeLogin:
    return FakeLogin()


@pytest.fixture
def store() -> MemoryTokens:
    return MemoryTokens()


@pytest.fixture
def sign_in(auth: FakeLogin, store: MemoryTokens) -> PersonSignIn:
    return PersonSignIn(auth, store, KEY, label="globus-tui on login01", clock=auth.clock)


def asked(attempt: LoginAttempt) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(attempt.url).query).items()}


async def test_the_link_asks_for_refresh_tokens_with_pkce(sign_in: PersonSignIn) -> None:
    attempt = await sign_in.begin()
    query = asked(attempt)
    assert query["access_type"] == "offline"
    assert query["code_challenge_method"] == "S256"
    assert query["code_challenge"] == challenge_of(attempt.verifier)
    assert 43 <= len(attempt.verifier.reveal()) <= 128
    assert query["state"] == attempt.state
    assert len(attempt.state) >= 16
    assert query["redirect_uri"] == attempt.redirect_uri == "https://auth.globus.org/v2/web/auth-code"
    assert {"openid", "profile", "email", "urn:globus:auth:scope:auth.globus.org:view_identity_set"} <= set(
        query["scope"].split()
    )
    assert attempt.verifier.reveal() not in attempt.url + repr(attempt)


def test_the_challenge_is_that_of_the_standard() -> None:
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_every_attempt_has_its_own_verifier_and_state(sign_in: PersonSignIn) -> None:
    first, second = await sign_in.begin(), await sign_in.begin()
    assert first.state != second.state
    assert first.verifier != second.verifier


async def test_a_login_asks_for_what_the_profile_has_and_what_is_missing(
    sign_in: PersonSignIn, store: MemoryTokens
) -> None:
    more = TokenGrant(TRANSFER_SERVER, Secret("a"), START, (TRANSFER_ALL, "transfer:gcp_install"), Secret("r"))
    flow = TokenGrant("a-flow", Secret("a"), START, ("flow_a_user",), Secret("r"))
    store.merge(KEY, SignIn.fresh(PAT, (more, flow), START))
    attempt = await sign_in.begin(SignInRequest(scopes=(timer_scope(["abc"]),)))
    assert "transfer:gcp_install" in attempt.url.replace("%3A", ":")
    assert str(timer_scope(["abc"])) in asked(attempt)["scope"]
    assert "flow_a_user" not in attempt.url


async def test_session_requirements_are_in_the_link(sign_in: PersonSignIn) -> None:
    request = SignInRequest(
        identities=("x", "y"),
        domains=("a.org",),
        policies=("p", "q"),
        mfa=True,
        message="Use MFA & <b>",
        prompt="login",
    )
    query = asked(await sign_in.begin(request))
    assert query["session_required_identities"] == "x,y"
    assert query["session_required_single_domain"] == "a.org"
    assert query["session_required_policies"] == "p,q"
    assert query["session_required_mfa"] == "true"
    assert query["session_message"] == "Use MFA & <b>"
    assert query["prompt"] == "login"


async def test_a_pasted_code_signs_in(sign_in: PersonSignIn, store: MemoryTokens, auth: FakeLogin) -> None:
    attempt = await sign_in.begin()
    login = await sign_in.finish(attempt, f"  {CODE}\n")
    assert (login.identity.username, login.scopes_refused, login.renewable) == (PAT.username, (), True)
    kept = store.load(KEY)
    assert kept == login.sign_in
    assert kept is not None
    assert {TIMERS_SERVER, TRANSFER_SERVER, FLOWS_SERVER} < set(kept.grants)
    assert auth.calls == [("exchange_code", CODE, attempt.redirect_uri, attempt.verifier.reveal())]


async def test_a_pasted_address_is_checked_for_its_state(sign_in: PersonSignIn, auth: FakeLogin) -> None:
    attempt = await sign_in.begin()
    with pytest.raises(LoginFailed, match="another login"):
        await sign_in.finish(attempt, f"https://x/?{urlencode({'code': CODE, 'state': 'ünknown'})}")
    with pytest.raises(LoginFailed, match="another login"):
        await sign_in.finish(attempt, f"https://x/?code={CODE}&state=\udcff")  # a byte that the terminal could not read
    assert auth.calls == []
    await sign_in.finish(attempt, f"https://x/?{urlencode({'code': CODE, 'state': attempt.state})}")


async def test_a_wrong_code_and_a_reused_one_are_told_apart(sign_in: PersonSignIn, auth: FakeLogin) -> None:
    attempt = await sign_in.begin()
    with pytest.raises(LoginFailed, match="did not accept that code") as refused:
        await sign_in.finish(attempt, "WrongCode0123456")
    assert "WrongCode" not in str(refused.value)
    assert "Open the same link again" in refused.value.advice
    await sign_in.finish(attempt, CODE)
    with pytest.raises(LoginFailed, match="works only once"):
        await sign_in.finish(attempt, CODE)


async def test_a_declined_login_is_not_an_accident(sign_in: PersonSignIn, auth: FakeLogin) -> None:
    attempt = await sign_in.begin()
    with pytest.raises(LoginFailed, match="declined") as refused:
        await sign_in.finish(attempt, f"https://x/?error=access_denied&state={attempt.state}")
    assert refused.value.declined
    with pytest.raises(LoginFailed, match="Unknown scope") as refused:
        await sign_in.finish(
            attempt, f"https://x/?error=invalid&error_description=Unknown%20scope&state={attempt.state}"
        )
    assert not refused.value.declined
    assert auth.calls == []


@pytest.mark.parametrize(
    "refused",
    [
        refusal("invalid_client"),
        refusal("invalid_client", 400),
        AuthAPIError("Unknown Client", service="auth", status=401),
    ],
)
async def test_an_unknown_app_is_named(sign_in: PersonSignIn, auth: FakeLogin, refused: AuthAPIError) -> None:
    auth.failures = [refused]
    with pytest.raises(LoginFailed, match="app an-id") as told:
        await sign_in.finish(await sign_in.begin(), CODE)
    assert "GLOBUS_TUI_CLIENT_ID" in told.value.advice


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_service_that_is_busy_or_broken_says_nothing_about_the_code(
    sign_in: PersonSignIn, auth: FakeLogin, status: int
) -> None:
    auth.failures = [refusal("unknown_client", status)]
    attempt = await sign_in.begin()
    with pytest.raises(AuthAPIError):
        await sign_in.finish(attempt, CODE)
    assert (await sign_in.finish(attempt, CODE)).identity == PAT


@pytest.mark.parametrize("token", ["", "e30.e30", "e30.e30.e30.e30", "e30.!.c2ln", "e30.W10.c2ln", "e30.e30.c2ln"])
def test_an_id_token_that_names_nobody_is_none(token: str) -> None:
    assert read_id_token(Secret(token)) is None


def test_an_id_token_whose_claims_have_no_end_is_none() -> None:
    claims = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert read_id_token(Secret(f"e30.{claims}.c2ln")) is None
    assert read_id_token(None) is None


@pytest.mark.parametrize("name", ["p", "pa", "pat", "pät"])
def test_an_id_token_is_read_whatever_padding_it_lacks(name: str) -> None:
    assert read_id_token(id_token(replace(PAT, username=name))) == replace(PAT, username=name)


async def test_a_refused_code_is_not_the_fault_of_the_app_whatever_words_come_with_it(
    sign_in: PersonSignIn, auth: FakeLogin
) -> None:
    words = "The authorization code was not issued to this client"
    auth.failures = [AuthAPIError(words, service="auth", status=400, code="invalid_grant")]
    with pytest.raises(LoginFailed, match="did not accept that code"):
        await sign_in.finish(await sign_in.begin(), CODE)


async def test_somebody_else_is_refused_and_their_tokens_given_back(
    sign_in: PersonSignIn, auth: FakeLogin, store: MemoryTokens
) -> None:
    await sign_in.finish(await sign_in.begin(), CODE)
    before = store.load(KEY)
    auth.person, auth.used = SAM, set()
    with pytest.raises(WrongIdentity, match=r"belongs to pat@.*but sam@") as refused:
        await sign_in.finish(await sign_in.begin(), CODE)
    assert f"belongs to {PAT.username}, but {SAM.username} signed in" in str(refused.value)
    assert store.load(KEY) == before
    assert before is not None
    assert len(auth.revoked) == 2 * len(before.grants)
    olds = {saved.grant.access_token.reveal() for saved in before.grants.values()}
    assert not olds & set(auth.revoked)


async def test_a_refusal_that_names_neither_app_nor_code_is_about_the_code(
    sign_in: PersonSignIn, auth: FakeLogin
) -> None:
    auth.failures = [AuthAPIError("Bad things happened", service="auth", status=400)]
    with pytest.raises(LoginFailed, match="did not accept that code"):
        await sign_in.finish(await sign_in.begin(), CODE)


async def test_an_error_without_a_sentence_is_told_by_its_word(sign_in: PersonSignIn) -> None:
    attempt = await sign_in.begin()
    with pytest.raises(LoginFailed, match="temporarily_unavailable"):
        await sign_in.finish(attempt, f"https://x/?error=temporarily_unavailable&state={attempt.state}")
    with pytest.raises(LoginFailed) as told:
        await sign_in.finish(attempt, f"https://x/?error=bad&error_description={'x' * 400}&state={attempt.state}")
    assert str(told.value) == f"Globus refused the login: {'x' * 300}"
    assert told.value.advice.startswith("Open the link again")


async def test_the_consent_page_says_on_which_machine(sign_in: PersonSignIn) -> None:
    assert "globus-tui on login01" in asked(await sign_in.begin()).values()


async def test_of_tokens_that_were_all_given_back_nothing_is_said(sign_in: PersonSignIn, store: MemoryTokens) -> None:
    store.merge(KEY, SignIn(SAM))
    with pytest.raises(WrongIdentity) as told:
        await sign_in.finish(await sign_in.begin(), CODE)
    assert "could not be revoked" not in str(told.value)


async def test_tokens_that_could_not_be_given_back_are_counted(
    sign_in: PersonSignIn, auth: FakeLogin, store: MemoryTokens
) -> None:
    store.merge(KEY, SignIn(SAM))
    attempt = await sign_in.begin()

    async def down(client_id: str, token: Secret) -> None:
        raise ConnectionFailed("no route", maybe_processed=False)

    auth.revoke = down  # type: ignore[method-assign]  # the network goes away after the exchange
    with pytest.raises(WrongIdentity, match="8 of the new tokens could not be revoked"):
        await sign_in.finish(attempt, CODE)


async def test_tokens_of_nobody_are_given_back(sign_in: PersonSignIn, auth: FakeLogin, store: MemoryTokens) -> None:
    auth.with_id_token = False
    with pytest.raises(UnreadableAnswer):
        await sign_in.finish(await sign_in.begin(), CODE)
    assert store.load(KEY) is None
    assert len(auth.revoked) == 8


async def test_what_was_not_granted_is_told(sign_in: PersonSignIn, auth: FakeLogin) -> None:
    auth.leave_out, auth.offline = TRANSFER_SERVER, False
    login = await sign_in.finish(await sign_in.begin(), CODE)
    assert login.scopes_refused == (TRANSFER_ALL,)
    assert not login.renewable


async def test_junk_costs_nothing(sign_in: PersonSignIn, auth: FakeLogin) -> None:
    with pytest.raises(BadInput):
        await sign_in.finish(await sign_in.begin(), "what?")
    assert auth.calls == []
