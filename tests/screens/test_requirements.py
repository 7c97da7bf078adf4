"""Every kind of requirement and mixture, through the program by keys: each timer runs again, or a sentence says what
is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.sandbox.world.collections import POLICY_ID, collection_id
from globus_tui.sandbox.world.flows import data_access
from globus_tui.screens.confirm import Results
from globus_tui.screens.consent import ConsentScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

TIMER = "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer"
TRANSFER = "urn:globus:auth:scope:transfer.api.globus.org:all"
PROVIDER = "https://auth.globus.org/scopes/actions.globus.org/transfer/transfer"
DATA = data_access(collection_id("national"))
CONSENT = f"{TIMER}[{TRANSFER}[*{DATA}]]"
LAB = "rops@uni.example.edu"


def wants(code: str = "AuthorizationParameters", **parameters: object) -> dict[str, Any]:
    return {"code": code, "authorization_parameters": parameters}


REQUIREMENTS = {
    "consent": wants("ConsentRequired", required_scopes=[CONSENT]),
    "consent, through the action provider": wants(
        "ConsentRequired", required_scopes=[f"{TIMER}[{PROVIDER}[{TRANSFER}[*{DATA}]]]"]
    ),
    "consent, flat": {"code": "ConsentRequired", "message": "Missing", "required_scopes": [CONSENT]},
    "identity": wants(session_required_identities=[LAB]),
    "domain": wants(session_required_single_domain=["uni.example.edu"]),
    "policy": wants("AuthPolicyFailed", session_required_policies=POLICY_ID),
    "second factor": wants(session_required_mfa=True),
    "login": wants(prompt="login"),
    "policy and second factor": wants(session_required_policies=[POLICY_ID], session_required_mfa=True),
    "consent and second factor": wants(required_scopes=[CONSENT], session_required_mfa=True),
    "identity and domain": wants(session_required_identities=[LAB], session_required_single_domain=["uni.example.edu"]),
    "everything": wants(
        required_scopes=[CONSENT],
        session_required_identities=[LAB],
        session_required_single_domain=["uni.example.edu"],
        session_required_policies=[POLICY_ID],
        session_required_mfa=True,
        prompt="login",
        session_message="All of it",
    ),
}


async def fix(demo: Demo, pilot: Pilot[Any], *keys: str) -> None:
    """Presses f, acts as the browser with these keys, and waits until the result is told."""
    await pilot.press("f")
    await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
    await pilot.press("b")
    await demo.until(pilot, lambda: "Pretend browser" in demo.text())
    await pilot.press(*keys)
    await demo.until(pilot, lambda: not any(isinstance(one, ConsentScreen) for one in demo.app.screen_stack))
    await demo.settle(pilot)


@pytest.mark.parametrize("kind", REQUIREMENTS)
async def test_each_requirement_is_met_by_one_sign_in(demo: Demo, kind: str) -> None:
    timer = demo.timer("climate-nightly-mirror")
    timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": REQUIREMENTS[kind]}
    async with demo.console() as pilot:
        demo.point_at("climate-nightly-mirror")
        await fix(demo, pilot, "m", "1")
        said = demo.text() if isinstance(demo.app.screen, Results) else demo.note()
        if timer.status != "active":
            assert "Not allowed yet" in said or "wants more than it had said" in said
            assert "National Lab DTN" in said
            if isinstance(demo.app.screen, Results):
                await demo.press(pilot, "escape")
            await fix(demo, pilot, "m", "1")
        assert timer.status == "active"


async def test_an_identity_that_nobody_has_is_named_as_what_is_missing(demo: Demo) -> None:
    timer = demo.timer("lab-identity-export")
    timer.inactive_reason = {
        "cause": "globus_auth_requirements",
        "detail": wants(session_required_identities=["nobody@nowhere.example.org"]),
    }
    async with demo.console() as pilot:
        demo.point_at("lab-identity-export")
        await pilot.press("f")
        await demo.until(pilot, lambda: "Nobody at Globus has the name nobody@nowhere.example.org" in demo.text())
        await pilot.press("b", "1")
        await demo.until(pilot, lambda: "nobody@nowhere.example.org, and nobody there" in demo.note())
        assert timer.status == "inactive"


async def test_a_requirement_in_an_unknown_form_ends_in_a_fresh_login_and_the_truth(demo: Demo) -> None:
    timer = demo.timer("climate-nightly-mirror")
    timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": {"code": "SomethingNew", "want": 7}}
    async with demo.console() as pilot:
        demo.point_at("climate-nightly-mirror")
        await fix(demo, pilot, "1")
        assert timer.status == "active" or "National Lab DTN" in demo.note()


async def test_demands_that_contradict_each_other_are_met_one_after_another(demo: Demo) -> None:
    first, second = demo.timer("genome-reference-pull"), demo.timer("lab-identity-export")
    second.inactive_reason = {
        "cause": "globus_auth_requirements",
        "detail": wants(session_required_single_domain=["example-facility.org"]),
    }
    async with demo.console() as pilot:
        demo.point_at("genome-reference-pull")
        await demo.press(pilot, "space")
        demo.point_at("lab-identity-export")
        await demo.press(pilot, "space")
        await fix(demo, pilot, "m", "1")
        assert "needs a login of its own" in demo.text()
        assert [first.status, second.status].count("active") <= 1
        await demo.press(pilot, "escape", "backslash")
        for name, timer in (("genome-reference-pull", first), ("lab-identity-export", second)):
            if timer.status != "active":
                demo.point_at(name)
                await fix(demo, pilot, "m", "1")
        assert [first.status, second.status] == ["active", "active"]
