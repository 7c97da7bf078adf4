"""Profiles: switching without a restart, and never one's timers under another's name."""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING, Any

from textual import events

from globus_tui.app import Switch
from globus_tui.auth.token_store import choose_store
from globus_tui.cli import run
from globus_tui.lines.list import LineList
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.world.flows import OPS_USERNAME
from globus_tui.screens.profiles import ProfilesScreen
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
        assert not served.app.states


async def test_a_token_file_that_is_not_read_is_told_where_the_profiles_would_stand(served: Served) -> None:
    await served.sign_in("default")
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        (place,) = served.app.settings.paths.data.glob("tokens.json")
        place.chmod(0o644)
        await pilot.press("P")
        await served.until_shown(pilot, "so it is not used")
        assert any(str(place)[:30] in line for line in served.text().splitlines()[:5])
        assert "Looking" not in served.text()


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
        assert not served.app.states


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


async def test_somebody_else_who_signs_in_does_not_take_over_what_is_shown(served: Served) -> None:
    await served.sign_in()
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        assert await asyncio.to_thread(run, ["logout"]) == 0, "in another terminal"
        await pilot.press("r")
        await served.until_shown(pilot, "SIGNED OUT")
        await pilot.press("S")
        await served.until(pilot, lambda: served.app.screen.query("#code"))
        prompt: Any = served.app.screen
        code = approve(served.sandbox, prompt._url, KIM)
        prompt.post_message(events.Paste(code))
        await served.until(pilot, lambda: prompt.query_one("#code").value == code)
        await pilot.press("enter")
        await served.until_shown(pilot, f"{KIM} signed in, and that is kept; but the timers here are those of")
        await pilot.press("escape")
        await served.until_shown(pilot, "climate-nightly-mirror")
        assert f"[default] {OPS_USERNAME}" in served.text()
        assert "SIGNED OUT" in served.text()
    async with served.console() as pilot:
        await served.until_shown(pilot, f"[default] {KIM}")
        assert "climate-nightly-mirror" not in served.text()


async def test_the_profiles_begin_at_the_present_one_and_say_all_of_when_a_sign_in_lapses(served: Served) -> None:
    await served.sign_in("default")
    await served.sign_in("lab", KIM)
    async with served.console(profile="lab", size=(80, 24)) as pilot:
        await pilot.press("P")
        await served.until_shown(pilot, "now lab")
        await pilot.pause()
        assert served.app.screen.query_one("#profiles", LineList).cursor_key == "lab"
        (line,) = [line for line in served.text().splitlines() if "now lab" in line]
        assert re.search(r"lapses \d{4}-\d\d-\d\d if unused$", line.rstrip())


async def test_signing_out_says_at_once_what_it_waits_for(served: Served) -> None:
    await served.sign_in("default")
    answered = asyncio.Event()
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("P")
        await served.until_shown(pilot, "now default")
        page = served.app.screen
        assert isinstance(page, ProfilesScreen)
        log_out = page._profile_shelf.log_out

        class NotReached:
            async def log_out(self, name: str) -> tuple[str, ...]:
                await answered.wait()
                return await log_out(name)

        page._profile_shelf = NotReached()  # type: ignore[assignment]  # all that is asked of it
        await pilot.press("X", "y")
        await served.until_shown(pilot, f"signing {OPS_USERNAME} out of the profile default: asking Globus")
        answered.set()
        await served.until_shown(pilot, f"Signed out {OPS_USERNAME}")
        assert served.app.note.words == ""


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


async def test_all_profiles_are_one_list_in_which_an_expired_one_is_labelled_and_hides_nobody(served: Served) -> None:
    await served.sign_in("lab", KIM)
    for token in served.sandbox.tokens.values():
        token.revoked = True  # the sign-in of this one has expired
    await served.sign_in("default")
    await served.sign_in("second")
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("0")
        await served.until_shown(pilot, "lab: SIGN-IN.")
        await served.until_shown(pilot, "second: 79 timers")
        lines = served.text().splitlines()
        assert any("lab " in line and "SIGN-IN the whole profile" in line for line in lines)
        assert "default: 79 timers" in served.text()
        everybody: Any = served.app.screen.query_one("#everybody")
        # The language of the list: a filter, an order, problems only.
        await pilot.press("slash", *"profile:second next:<12h", "enter")
        await served.until_shown(pilot, "default: 0 of 79 timers")
        await pilot.press("slash", "ctrl+u", *"helth:failed", "enter")
        await served.until_shown(pilot, "health")
        await pilot.press("escape", "exclamation_mark")
        await served.until_shown(pilot, "problems only")
        needy = {one.row.word.is_trouble for one in everybody.rows if one.row}
        assert needy == {True}
        await pilot.press("exclamation_mark", "N")
        await pilot.pause()
        names = [one.row.folded_name for one in everybody.rows if one.row]
        assert names == sorted(names)
        assert len(names) == 158
        # Every line is of its own profile; the one that has expired stays on top, whatever is filtered.
        await pilot.press("slash", *"name:climate-nightly-mirror", "enter")
        await served.until_shown(pilot, "default: 1 of 79 timers")
        assert "lab: SIGN-IN" in served.text()
        assert [one.key[0] for one in everybody.rows] == ["lab", "default", "second"]
        await pilot.press("enter", "n")
        assert served.app.is_running
        await pilot.press("G", "enter")
        await served.until_shown(pilot, "Go over to the profile second?")
        await pilot.press("n")
        assert served.app.is_running
        timer = everybody.rows[-1].row.job_id
        await pilot.press("enter", "y")
        await served.until(pilot, lambda: served.app.return_value is not None)
        assert served.app.return_value == Switch(profile="second", timer=timer)
    async with served.console(profile="second", timer=timer) as pilot:
        await served.until_shown(pilot, "[second]")
        await served.until_shown(pilot, "Schedule")
        assert "climate-nightly-mirror" in served.text().splitlines()[0]


async def test_going_over_to_a_profile_whose_sign_in_has_expired_opens_the_sign_in(served: Served) -> None:
    await served.sign_in("lab", KIM)
    for token in served.sandbox.tokens.values():
        token.revoked = True
    await served.sign_in("default")
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("0")
        await served.until_shown(pilot, "lab: SIGN-IN.")
        await pilot.press("g", "enter")
        await served.until_shown(pilot, "Go over to the profile lab?")
        await pilot.press("y")
        await served.until(pilot, lambda: served.app.return_value is not None)
        assert served.app.return_value == Switch(profile="lab", sign_in=True)
    async with served.console(profile="lab", sign_in=True) as pilot:
        await served.until_shown(pilot, "Paste the code")


async def test_how_many_need_somebody_is_not_said_of_a_profile_that_cannot_be_read(served: Served) -> None:
    await served.sign_in("default")
    async with served.console() as pilot:
        await served.until_shown(pilot, "climate-nightly-mirror")
        await pilot.press("0")
        await served.until_shown(pilot, " need you.")
        served.sandbox.faults.add(Fault("*", status=503, times=None))
        await pilot.press("r")
        await served.until_shown(pilot, "default: NOT READ, 79 timers.")


async def test_the_demo_has_no_other_profiles(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "0")
        assert "only this profile" in demo.note()
