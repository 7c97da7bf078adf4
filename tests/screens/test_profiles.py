"""Profiles: switching without a restart, and never one's timers under another's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from globus_tui.app import Switch
from globus_tui.auth.token_store import choose_store
from globus_tui.sandbox.world_people import OPS_USERNAME
from globus_tui.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from globus_tui.auth.records import ProfileKey
    from tests.demo import Demo
    from tests.served import Served


def stored() -> tuple[ProfileKey, ...]:
    settings = load_settings(os.environ)
    return choose_store("file", settings.paths.data).profiles()


KIM = "kim@example-facility.org"


async def test_the_switcher_lists_who_is_signed_in_where_and_opens_another_profile(served: Served) -> None:
    await served.sign_in("default")
    await served.sign_in("lab", KIM)
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        assert f"[default] {OPS_USERNAME}" in served.text()
        await pilot.press("P")
        await served.until_shown(pilot, KIM)
        assert "now default" in served.text()
        await pilot.press("down", "enter")
        await served.until(pilot, lambda: served.app.return_value is not None)
        assert served.app.return_value == Switch(profile="lab")
    async with served.console(profile="lab") as pilot:
        await served.until(pilot, lambda: served.app.freshness.checked_at is not None)
        await pilot.pause()
        assert f"[lab] {KIM}" in served.text()
        assert "climate-nightly-mirror" not in served.text()
        assert served.app.states == {}


async def test_configured_profiles_are_listed_with_their_environment(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles.trial]\nenvironment = "preview"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    await served.sign_in()
    async with served.console() as pilot:
        await pilot.press("P")
        await served.until_shown(pilot, "trial")
        (line,) = [line for line in served.text().splitlines() if "trial" in line]
        assert "nobody" in line
        assert "preview@127.0.0.1" in line


async def test_a_new_profile_opens_with_signing_in(served: Served) -> None:
    await served.sign_in()
    async with served.console() as pilot:
        await pilot.press("P")
        await served.until_shown(pilot, "now default")
        await pilot.press("n", *"../x", "enter")
        await served.until_shown(pilot, "cannot be a profile's name")
        await pilot.press("ctrl+u", *"hipaa", "enter")
        await served.until(pilot, lambda: served.app.return_value is not None)
        assert served.app.return_value == Switch(profile="hipaa", sign_in=True)
    async with served.console(profile="hipaa", sign_in=True) as pilot:
        await served.until_shown(pilot, "Sign in to Globus")
        assert served.app.states == {}


async def test_signing_out_revokes_the_tokens_and_starts_clean(served: Served) -> None:
    await served.sign_in()
    live = [one for one in served.sandbox.tokens.values() if one.kind == "refresh" and not one.revoked]
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("P")
        await served.until_shown(pilot, "now default")
        await pilot.press("X", "y")
        await served.until_shown(pilot, f"Signed out {OPS_USERNAME}")
        await pilot.press("enter")
        await served.until(pilot, lambda: served.app.return_value is not None)
        assert served.app.return_value == Switch(profile="default")
    mine = [one for one in live if one.client_id == served.app.settings.client_id]
    assert [one for one in mine if one.revoked]
    async with served.console() as pilot:
        await served.until_shown(pilot, "Nobody is signed in to the profile")


async def test_signing_out_of_another_profile_leaves_this_one(served: Served) -> None:
    await served.sign_in()
    await served.sign_in("lab", KIM)
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("P")
        await served.until_shown(pilot, KIM)
        await pilot.press("down", "X", "y")
        await served.until_shown(pilot, f"Signed out {KIM}")
        await pilot.press("enter")
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("r")
        await served.until_shown(pilot, "synced just now")
    assert [key.profile for key in stored()] == ["default"]


async def test_the_demo_says_that_it_has_one_profile(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "P")
        assert "one pretend profile" in demo.note()
