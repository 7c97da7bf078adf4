from __future__ import annotations

import pytest

from globus_tui.auth.sign_in_request import BrokenJob, FixAndResume, SignInRequest
from globus_tui.domain.auth.gare import Gare, find_requirement
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TIMER, TRANSFER_ALL, data_access, timer_scope
from globus_tui.domain.timer.job import JobId
from tests.auth.fakes import PAT, FakeAuth
from tests.auth.test_consents import TO_A, A, B, chain

TO_B = chain(TIMER, TRANSFER_ALL, data_access(B).name, start=200)


def job(name: str, **gare: object) -> BrokenJob:
    return BrokenJob(JobId(name), Gare("AuthorizationRequired", **gare))  # type: ignore[arg-type]  # fields by name


def wants(*ids: str) -> dict[str, object]:
    return {"required_scopes": (str(timer_scope(ids)),)}


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture
def fix(auth: FakeAuth) -> FixAndResume:
    return FixAndResume(auth, PAT)


async def test_timers_that_share_a_cause_are_fixed_by_one_login(auth: FakeAuth, fix: FixAndResume) -> None:
    fix_plan = await fix.prepare([job("one", **wants(A)), job("two", **wants(A)), job("three", **wants(A, B))])
    assert fix_plan.request == SignInRequest(scopes=(timer_scope([A, B]),))
    auth.granted = (*chain(TIMER, TRANSFER_ALL, data_access(A).name),)
    verdicts = await fix.check(fix_plan)
    assert [one.may_resume for one in verdicts] == [True, True, False]
    assert verdicts[2].missing == (timer_scope([A, B]),)
    assert f"{B}/data_access" in verdicts[2].reason


async def test_what_is_granted_already_needs_no_login(auth: FakeAuth, fix: FixAndResume) -> None:
    auth.granted = TO_A
    fix_plan = await fix.prepare([job("one", **wants(A))])
    assert fix_plan.request is None
    assert (await fix.check(fix_plan))[0].may_resume


async def test_a_login_asks_only_for_what_is_missing(auth: FakeAuth, fix: FixAndResume) -> None:
    auth.granted = TO_A
    fix_plan = await fix.prepare([job("one", **wants(A)), job("two", **wants(B))])
    assert fix_plan.request == SignInRequest(scopes=(timer_scope([B]),))
    assert [one.job_id for one in fix_plan.jobs] == ["one", "two"]


async def test_a_session_requirement_needs_a_login_though_all_consents_are_there(
    auth: FakeAuth, fix: FixAndResume
) -> None:
    auth.granted = TO_A
    fix_plan = await fix.prepare([job("one", **wants(A), session_required_mfa=True)])
    assert fix_plan.request == SignInRequest(mfa=True, prompt="login")
    assert (await fix.check(fix_plan))[0].may_resume


@pytest.mark.parametrize(
    "detail",
    [
        {"code": "AuthorizationRequired", "authorization_parameters": {}},
        {"authorization_parameters": {"required_scopes": [], "session_required_mfa": False}},
        {"code": "ConsentRequired", "message": "Your consent is gone"},
        "Please sign in once more",
        "[" * 100_000,
    ],
    ids=["no parameters", "empty ones", "no known form", "plain words", "no end of brackets"],
)
async def test_a_requirement_that_names_nothing_is_met_by_one_fresh_login(fix: FixAndResume, detail: object) -> None:
    gare = find_requirement(detail)
    assert gare is not None
    fix_plan = await fix.prepare([BrokenJob(JobId("one"), gare), BrokenJob(JobId("two"), gare)])
    assert fix_plan.request is not None
    assert (fix_plan.request.prompt, fix_plan.request.scopes) == ("login", ())
    assert [one.may_resume for one in await fix.check(fix_plan)] == [True, True]


REQUIREMENTS: list[dict[str, object]] = [
    wants(A),
    {"required_scopes": (f"{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]",)},
    {"required_scopes": (f"{TIMER}[{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]]",)},
    {"session_required_identities": (PAT.username,)},
    {"session_required_single_domain": ("lab.example.org",)},
    {"session_required_policies": ("p", "q")},
    {"session_required_mfa": True},
    {"session_required_mfa": False},
    {"prompt": "login"},
    {**wants(A), "session_required_mfa": True},
    {**wants(A), "session_required_policies": ("p",), "session_required_mfa": True},
    {**wants(A), "session_required_identities": (PAT.identity_id,), "session_required_single_domain": ("x.org",)},
    {"session_required_policies": ("p",), "session_required_mfa": True, "prompt": "login", "session_message": "Hi"},
]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: "+".join(one))
async def test_every_requirement_ends_resumed_or_says_what_is_missing(
    auth: FakeAuth, fix: FixAndResume, requirement: dict[str, object]
) -> None:
    broken = job("one", **requirement)
    fix_plan = await fix.prepare([broken])
    assert fix_plan.request is not None
    before = await fix.check(fix_plan)
    assert before[0].may_resume or before[0].missing
    auth.granted = TO_A  # the person allowed what was asked
    (verdict,) = await fix.check(fix_plan)
    assert verdict.may_resume
    again = await fix.prepare([broken])
    assert (again.request is None) is not broken.gare.wants_session


async def test_an_identity_that_nobody_has_is_named_and_its_timer_left_alone(fix: FixAndResume) -> None:
    fix_plan = await fix.prepare([job("one", session_required_identities=("ghost@nowhere.example",))])
    (verdict,) = await fix.check(fix_plan)
    assert not verdict.may_resume
    assert "ghost@nowhere.example" in verdict.reason


async def test_contradicting_domains_are_left_for_a_login_of_their_own(fix: FixAndResume) -> None:
    first = job("one", session_required_single_domain=("uni.edu",))
    second = job("two", session_required_single_domain=("lab.org",))
    fix_plan = await fix.prepare([first, second])
    assert fix_plan.jobs == (first,)
    assert fix_plan.later == (second,)
