"""Tokens that Globus takes no more: what was read stays in sight, nothing is asked, and S goes on where it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.consent import ConsentScreen
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo


def state(demo: Demo) -> FreshnessState:
    return demo.app.freshness.state


def dimmed(demo: Demo) -> bool:
    return demo.table.stale


def revoke_all(demo: Demo) -> None:
    for token in demo.sandbox.tokens.values():
        token.revoked = True


async def sign_in_again(demo: Demo, pilot: Pilot[Any], account: str = "1") -> None:
    await pilot.press("S")
    await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
    await pilot.press("b")
    await demo.until(pilot, lambda: "Pretend browser" in demo.text())
    await pilot.press(account)
    await demo.until(pilot, lambda: not any(isinstance(one, ConsentScreen) for one in demo.app.screen_stack))
    await demo.settle(pilot)


async def test_a_lost_sign_in_keeps_everything_in_sight_and_asks_nothing_until_somebody_signs_in(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("home-backup")
        await demo.press(pilot, "space")
        before, under_cursor = demo.names(), demo.table.cursor_key
        revoke_all(demo)
        await demo.press(pilot, "r")
        assert state(demo) is FreshnessState.SIGNED_OUT
        assert "SIGNED OUT: press S to sign in" in demo.text()
        assert demo.names() == before
        assert dimmed(demo)
        asked = len(demo.asked())
        await demo.pass_time(pilot, timedelta(hours=2))
        assert len(demo.asked()) == asked
        await demo.press(pilot, "s")
        assert "You are signed out: press S to sign in first." in demo.note()
        await sign_in_again(demo, pilot)
        assert state(demo) is FreshnessState.FRESH
        assert "SIGNED OUT" not in demo.text()
        assert not dimmed(demo)
        assert demo.table.cursor_key == under_cursor
        assert demo.table.marked == {demo.job_id("home-backup")}
        await demo.pass_time(pilot, timedelta(seconds=31))
        assert len(demo.asked()) > asked + 2


async def test_signing_in_again_from_inside_a_timer_leaves_it_open(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("home-backup")
        await demo.press(pilot, "enter")
        screen = demo.app.screen
        revoke_all(demo)
        await demo.press(pilot, "r")
        assert "SIGNED OUT" in demo.text()
        await sign_in_again(demo, pilot)
        assert demo.app.screen is screen
        assert "SIGNED OUT" not in demo.text()


async def test_somebody_else_does_not_take_the_profile_over(demo: Demo) -> None:
    async with demo.console() as pilot:
        revoke_all(demo)
        await demo.press(pilot, "r")
        await pilot.press("S", "b")
        await demo.until(pilot, lambda: "Pretend browser" in demo.text())
        await pilot.press("3")
        await demo.until(pilot, lambda: "belongs to ops@example-facility.org" in demo.text())
        await demo.press(pilot, "escape")
        assert "SIGNED OUT" in demo.text()


async def test_what_globus_wants_before_it_lists_timers_is_asked_for_by_the_same_key(demo: Demo) -> None:
    async with demo.console() as pilot:
        body = {
            "code": "AuthorizationParameters",
            "authorization_parameters": {"session_required_mfa": True, "session_message": "Prove it"},
        }
        fault = demo.fault(Fault(path="/jobs/", status=403, body=body))
        await demo.press(pilot, "r")
        assert "SIGN-IN WANTED: press S" in demo.text()
        await pilot.press("S")
        await demo.until(pilot, lambda: "Use a second factor (MFA)." in demo.text())
        assert "Globus says: Prove it" in demo.text()
        demo.sandbox.faults.active.remove(fault)
        await pilot.press("b", "m", "1")
        await demo.until(pilot, lambda: demo.app.freshness.state is FreshnessState.FRESH)
        await demo.settle(pilot)
        assert "SIGN-IN WANTED" not in demo.text()


async def test_a_sign_in_about_to_lapse_is_told_once(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console() as pilot:
        monkeypatch.setattr("globus_tui.auth.records.WARNING", timedelta(days=200))
        await demo.press(pilot, "r")
        assert "lapses in" in demo.note()
        await demo.press(pilot, "space", "r")
        assert demo.note() == "1 marked"


@pytest.mark.parametrize(("path", "keys"), [("/jobs/*", ["enter"]), ("*/event_list", ["l"])])
async def test_a_reading_that_wants_a_consent_asks_for_it_and_is_made_once_more(
    demo: Demo, path: str, keys: list[str]
) -> None:
    scope = "urn:globus:auth:scope:transfer.api.globus.org:all"
    body = {"code": "ConsentRequired", "message": "Missing consent", "required_scopes": [scope]}
    async with demo.console() as pilot:
        demo.point_at("home-backup")
        await demo.press(pilot, "down", "up")
        fault = demo.fault(Fault(path=path, status=403, body=body, times=1))
        await pilot.press(*keys)
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        assert "Globus says: Missing consent" in demo.text()
        await pilot.press("b")
        await demo.until(pilot, lambda: "Pretend browser" in demo.text())
        await pilot.press("1")
        await demo.until(pilot, lambda: not any(isinstance(one, ConsentScreen) for one in demo.app.screen_stack))
        await demo.settle(pilot)
        assert fault.seen == 1
        assert "Missing consent" not in demo.text()


async def test_somebody_who_declines_a_consent_for_reading_is_not_asked_again(demo: Demo) -> None:
    body = {"code": "ConsentRequired", "message": "Missing consent", "required_scopes": ["openid"]}
    async with demo.console() as pilot:
        demo.point_at("home-backup")
        demo.fault(Fault(path="/jobs/*-*", status=403, body=body, times=None))
        await pilot.press("enter")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        await demo.press(pilot, "escape")
        await demo.press(pilot, "r")
        assert not any(isinstance(one, ConsentScreen) for one in demo.app.screen_stack)
        assert "Missing consent" in demo.text()


async def allow(demo: Demo, pilot: Pilot[Any]) -> None:
    await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
    await pilot.press("b")
    await demo.until(pilot, lambda: "Pretend browser" in demo.text())
    await pilot.press("1")
    await demo.until(pilot, lambda: not any(isinstance(one, ConsentScreen) for one in demo.app.screen_stack))
    await demo.settle(pilot)


MISSING = {
    "code": "ConsentRequired",
    "message": "Missing consent",
    "required_scopes": ["urn:globus:auth:scope:transfer.api.globus.org:all"],
}


@pytest.mark.parametrize(
    ("timer", "path", "keys", "changes"),
    [
        ("tape-second-copy", "*/cancel", ("K", "y"), ["cancel", "cancel"]),
        ("db-dumps", "/v0.10/transfer", ("t", "f", "y"), ["transfer", "transfer"]),
        ("nightly-project-mirror", "*/ls", ("t", "t", "enter"), ["transfer"]),
    ],
)
async def test_a_transfer_call_that_wants_a_consent_asks_for_it_and_is_made_once_more(
    demo: Demo, timer: str, path: str, keys: tuple[str, ...], changes: list[str]
) -> None:
    async with demo.console() as pilot:
        fault = demo.fault(Fault(path=path, status=403, body=MISSING, times=1))
        demo.point_at(timer)
        await pilot.press(*keys)
        await allow(demo, pilot)
        if "Cancel (Enter)" in demo.text():  # what the test hands in is known only once its folder is read
            await demo.press(pilot, "y")
        assert fault.seen == 1
        assert [call.rpartition("/")[2] for call in demo.changes()] == changes
        assert "Missing consent" not in demo.note()


async def test_a_change_that_goes_on_wanting_a_consent_is_asked_about_once_and_then_told(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault(path="*/cancel", status=403, body=MISSING, times=None))
        demo.point_at("tape-second-copy")
        await pilot.press("K", "y")
        await allow(demo, pilot)
        assert "Globus still asks for a consent, though it was given: Missing consent." in demo.note()
        assert len(demo.changes()) == 2


async def test_a_change_whose_consent_is_declined_is_not_made(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault(path="*/cancel", status=403, body=MISSING, times=None))
        demo.point_at("tape-second-copy")
        await pilot.press("K", "y")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        await demo.press(pilot, "escape")
        assert demo.note() == "tape-second-copy: Nothing was changed."
        assert len(demo.changes()) == 1
