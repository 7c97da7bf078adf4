"""The whole way against the sandbox: sign in by link and code, find a broken timer, allow what it lacks, resume it."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthClient, PeopleClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.auth.login import LoginFailed, PersonSignIn, WrongIdentity
from globus_tui.auth.logout import logout
from globus_tui.auth.records import ProfileKey
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.auth.sign_in_request import BrokenJob, FixAndResume
from globus_tui.auth.stored_tokens import StoredTokens
from globus_tui.auth.token_store import choose_store
from globus_tui.auth.whoami import whoami
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.auth.scope import AUTH_SERVER, TIMERS_SERVER
from globus_tui.domain.errors import SignedOut
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.auth.scopes import withdraw
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.service import InProcessTransport, make_app
from globus_tui.sandbox.world.flows import (
    NATIVE_CLIENT_ID,
    OPS_USERNAME,
    SERVICE_CLIENT_ID,
    SERVICE_CLIENT_SECRET,
)
from globus_tui.sandbox.world.history import facility
from tests.auth.fakes import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from globus_tui.auth.records import SignIn
    from globus_tui.auth.token_store import FallingBack
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.sandbox.state import Sandbox

KEY = ProfileKey("default", "production", NATIVE_CLIENT_ID)


@dataclass
class Console:
    sandbox: Sandbox
    connection: Connection
    auth: AuthClient
    store: FallingBack
    tokens: StoredTokens
    people: PeopleClient
    timers: TimersClient
    person: PersonSignIn

    async def sign_in(self) -> None:
        attempt = await self.person.begin()
        login = await self.person.finish(attempt, approve(self.sandbox, attempt.url, OPS_USERNAME))
        self.tokens.adopt(login.sign_in)

    async def broken(self) -> list[BrokenJob]:
        jobs = await self.timers.list_jobs()
        return [BrokenJob(job.job_id, gare) for job in jobs if (gare := gare_of(job))]

    async def status_of(self, job_id: JobId) -> JobStatus:
        return (await self.timers.get_job(job_id)).job.status


def gare_of(job: Job) -> Gare | None:
    return job.inactive_reason.gare if job.status is JobStatus.INACTIVE and job.inactive_reason else None


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    sandbox = facility(Clock(START, speed=0))
    environment = Environment.read({})
    transport = InProcessTransport(make_app(sandbox))
    async with Connection(environment, transport=transport, clock=sandbox.clock.now) as connection:
        auth = AuthClient(connection)
        store = choose_store("file", tmp_path / "data")
        tokens = StoredTokens(auth, store, KEY, clock=sandbox.clock.now)
        yield Console(
            sandbox,
            connection,
            auth,
            store,
            tokens,
            PeopleClient(connection, tokens),
            TimersClient(connection, tokens),
            PersonSignIn(auth, store, KEY, clock=sandbox.clock.now),
        )


async def test_a_person_signs_in_and_reads_timers(console: Console) -> None:
    with pytest.raises(SignedOut):
        await console.timers.list_jobs()
    await console.sign_in()
    assert await console.timers.list_jobs()
    assert console.tokens.identity is not None
    assert console.tokens.identity.username == OPS_USERNAME
    assert "tokens are kept in" in "\n".join(whoami(console.store, KEY, START).lines(START))


async def test_expired_tokens_are_renewed_unseen(console: Console) -> None:
    await console.sign_in()
    console.sandbox.clock.advance(3 * 24 * 3600)
    assert await console.timers.list_jobs()


async def test_a_token_revoked_at_globus_is_renewed_and_a_revoked_sign_in_is_told(console: Console) -> None:
    await console.sign_in()
    tokens = console.sandbox.tokens.values()
    for token in tokens:
        token.revoked = token.kind == "access"
    assert await console.timers.list_jobs()
    for token in tokens:
        token.revoked = True
    with pytest.raises(SignedOut, match="no longer accepts"):
        await console.timers.list_jobs()


async def test_codes_work_once_and_only_for_a_while(console: Console) -> None:
    attempt = await console.person.begin()
    code = approve(console.sandbox, attempt.url, OPS_USERNAME)
    console.sandbox.clock.advance(3600)
    with pytest.raises(LoginFailed, match="has expired"):
        await console.person.finish(attempt, code)
    fresh = approve(console.sandbox, attempt.url, OPS_USERNAME)
    await console.person.finish(attempt, f"https://auth.globus.org/v2/web/auth-code?code={fresh}&state={attempt.state}")
    with pytest.raises(LoginFailed, match="works only once"):
        await console.person.finish(attempt, fresh)


async def test_another_account_is_refused_and_leaves_no_living_token(console: Console) -> None:
    await console.sign_in()
    before = set(console.sandbox.tokens)
    attempt = await console.person.begin()
    with pytest.raises(WrongIdentity):
        await console.person.finish(attempt, approve(console.sandbox, attempt.url, "kim@example-facility.org"))
    new = [token for value, token in console.sandbox.tokens.items() if value not in before]
    assert new
    assert all(token.revoked for token in new)
    assert await console.timers.list_jobs()


async def test_one_login_fixes_every_timer_of_the_facility_or_says_what_is_missing(console: Console) -> None:
    await console.sign_in()
    broken = await console.broken()
    assert len(broken) >= 10
    assert console.tokens.identity is not None
    fix = FixAndResume(console.people, console.tokens.identity)
    fix_plan = await fix.prepare(broken)
    assert fix_plan.request is not None
    assert fix_plan.later == ()
    attempt = await console.person.begin(fix_plan.request)
    login = await console.person.finish(attempt, approve(console.sandbox, attempt.url, OPS_USERNAME, mfa=True))
    console.tokens.adopt(login.sign_in)
    verdicts = await fix.check(fix_plan)
    assert [one.reason for one in verdicts if not one.may_resume] == []
    for one in verdicts:
        await console.timers.resume_job(one.job_id, update_credentials=True)
    assert {await console.status_of(one.job_id) for one in verdicts} == {JobStatus.ACTIVE}
    assert (await fix.prepare(broken)).request is not None  # sessions are proved anew, consents are not asked for again
    consents = [one for one in broken if not one.gare.wants_session]
    assert (await fix.prepare(consents)).request is None


async def test_a_withdrawn_consent_is_asked_for_again(console: Console) -> None:
    await console.sign_in()
    assert console.tokens.identity is not None
    fix = FixAndResume(console.people, console.tokens.identity)
    (job, *_) = [one for one in await console.broken() if not one.gare.wants_session]
    fix_plan = await fix.prepare([job])
    assert fix_plan.request is not None
    attempt = await console.person.begin(fix_plan.request)
    await console.person.finish(attempt, approve(console.sandbox, attempt.url, OPS_USERNAME))
    assert (await fix.prepare([job])).request is None
    for consent in [one for one in console.sandbox.consents if one.scope.endswith("/data_access")]:
        withdraw(console.sandbox, consent.consent_id)
    assert (await fix.prepare([job])).request == fix_plan.request


async def test_logging_out_ends_every_token_at_globus(console: Console) -> None:
    await console.sign_in()
    done = await logout(console.auth, console.store, KEY)
    assert done.not_revoked == ()
    assert all(token.revoked for token in console.sandbox.tokens.values() if token.client_id == NATIVE_CLIENT_ID)
    console.tokens.adopt(None)
    with pytest.raises(SignedOut):
        await console.timers.list_jobs()


async def test_a_service_account_needs_no_browser(console: Console) -> None:
    account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET), "the environment")
    tokens = ClientCredentialsTokens(console.auth, account, clock=console.sandbox.clock.now)
    assert await TimersClient(console.connection, tokens).list_jobs()
    console.sandbox.clock.advance(3 * 24 * 3600)
    assert await TimersClient(console.connection, tokens).list_jobs()
    wrong = ServiceAccount(SERVICE_CLIENT_ID, Secret("wrong"), "the environment")
    with pytest.raises(SignedOut, match="refused the service account"):
        await ClientCredentialsTokens(console.auth, wrong).token(TIMERS_SERVER)


async def test_no_token_code_or_verifier_is_in_a_log_or_an_error(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    attempt = await console.person.begin()
    code = approve(console.sandbox, attempt.url, OPS_USERNAME)
    login = await console.person.finish(attempt, code)
    console.tokens.adopt(login.sign_in)
    await console.timers.list_jobs()
    await console.tokens.renew(AUTH_SERVER, await console.tokens.token(AUTH_SERVER))
    with pytest.raises(LoginFailed) as refused:
        await console.person.finish(attempt, code)
    secrets = [*console.sandbox.tokens, code, attempt.verifier.reveal()]
    said = caplog.text + repr(login) + repr(attempt) + repr(refused.value) + repr(vars(console.tokens))
    assert not [one for one in secrets if one in said]


async def test_a_crash_on_the_way_shows_no_secret_held_by_this_package(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Crash screens print local variables. The variables of other packages are their own tests' affair."""
    await console.sign_in()
    token = await console.tokens.token(TIMERS_SERVER)
    attempt = await console.person.begin()
    code = Secret(approve(console.sandbox, attempt.url, OPS_USERNAME))
    login = console.store.load(KEY)
    assert login is not None
    shown: list[str] = []

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("a fault in the program")

    monkeypatch.setattr(console.connection, "request", crash)
    monkeypatch.setattr("globus_tui.auth.token_store.write_private", crash_at_once)
    calls: tuple[Callable[[], Coroutine[None, None, object]], ...] = (
        lambda: console.person.finish(attempt, code),
        lambda: console.tokens.renew(TIMERS_SERVER, token),
        lambda: merged(console, login),
    )
    for call in calls:
        with pytest.raises(RuntimeError) as crashed:
            await call()
        frames = traceback.TracebackException.from_exception(crashed.value, capture_locals=True).stack
        own = [frame for frame in frames if "/globus_tui/auth/" in frame.filename]
        assert own
        shown += [f"{frame.name}: {frame.locals}" for frame in own]
    secrets = [*console.sandbox.tokens, code.reveal(), attempt.verifier.reveal()]
    assert [text for text in shown if any(secret in text for secret in secrets)] == []


def crash_at_once(path: Path, contents: Secret) -> None:
    raise RuntimeError("a fault in the program")


async def merged(console: Console, sign_in: SignIn) -> None:
    console.store.merge(KEY, sign_in)
