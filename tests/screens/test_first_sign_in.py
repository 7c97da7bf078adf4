"""From a clean profile to a repaired timer that runs: with a real browser on the served page, and as a service account.

The same by keys alone, in the demo, is in `test_fix_and_resume`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import OPS_USERNAME, data_access
from globus_tui.screens.confirm import Results
from globus_tui.screens.consent import ConsentScreen
from tests.sandbox.headless import CHROMIUM, browser

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.served import Served

NAME = "climate-nightly-mirror"


def timer(served: Served, name: str = NAME) -> Any:
    return next(one for one in served.sandbox.timers.values() if one.name == name)


async def by_calls(served: Served, url: str) -> str:
    return approve(served.sandbox, url, OPS_USERNAME)


async def by_browser(served: Served, url: str) -> str:
    """Opens the link as a person would: picks the account, allows, and reads the code off the page."""

    def drive() -> str:
        with browser() as page:
            page.open(url)
            mine = f"one => one.textContent.includes('{OPS_USERNAME}')"
            page.ask(f"[...document.querySelectorAll('label')].find({mine})?.click()")
            page.follow("document.querySelector('button[value=allow]').click()")
            return str(page.ask("document.getElementById('auth-code').value"))

    return await asyncio.to_thread(drive)


async def paste_the_code(served: Served, pilot: Pilot[Any], allow: Callable[[Served, str], Awaitable[str]]) -> None:
    await served.until(pilot, lambda: isinstance(served.app.screen, ConsentScreen))
    screen = served.app.screen
    assert isinstance(screen, ConsentScreen)
    await served.until(pilot, lambda: screen.is_mounted and screen.query("#code"))
    code = await allow(served, screen._url)
    screen.post_message(events.Paste(code))
    await served.until(pilot, lambda: screen.query_one("#code").value == code)  # type: ignore[attr-defined]  # the field
    await pilot.press("enter")
    await served.until(pilot, lambda: screen not in served.app.screen_stack)


async def point_at(served: Served, pilot: Pilot[Any], name: str = NAME) -> None:
    from globus_tui.widgets.job_table import JobTable

    table = served.app.screen_stack[0].query_one("#jobs", JobTable)
    await served.until(pilot, lambda: table.move_to(timer(served, name).job_id))


def was_told(served: Served, words: str) -> bool:
    """The note line said so; something else may stand there by now, so the activity log is asked."""
    return any(words in one.path for one in reversed(served.app.activity))


@pytest.mark.parametrize(
    "allow",
    [
        by_calls,
        pytest.param(
            by_browser,
            marks=[pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")],
        ),
    ],
)
async def test_a_clean_profile_signs_in_mends_a_timer_and_sees_it_run(
    served: Served, allow: Callable[[Served, str], Awaitable[str]]
) -> None:
    async with served.console() as pilot:
        await served.until_shown(pilot, "Nobody is signed in to the profile 'default'")
        await pilot.press("S")
        await paste_the_code(served, pilot, allow)
        await served.until_shown(pilot, "consent missing: National Lab DTN")
        await point_at(served, pilot)
        await pilot.press("f")
        await paste_the_code(served, pilot, allow)
        await served.until(pilot, lambda: isinstance(served.app.screen, Results))
        assert timer(served).status == "active"
        await pilot.press("escape")
        await served.until(pilot, lambda: not isinstance(served.app.screen, Results))
        await pilot.press("r")
        await served.until(pilot, lambda: was_told(served, " started"))


async def test_a_service_account_whose_secret_was_changed_is_not_said_to_be_signed_in(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in served.service_account().items():
        monkeypatch.setenv(name, value)
    account = served.sandbox.clients[served.service_account()["GLOBUS_TUI_CLIENT_ID"]]
    async with served.console() as pilot:
        await served.until(pilot, lambda: served.app.freshness.checked_at is not None)
        secret, account.secret = account.secret, "another"
        for token in served.sandbox.tokens.values():
            token.revoked = True
        await pilot.press("r")
        await served.until_shown(pilot, "SIGNED OUT")
        await pilot.press("S")
        await served.until_shown(pilot, "the secret may be mistyped or deleted.")
        await served.until(pilot, lambda: was_told(served, "Globus Auth refused the service account"))
        assert not was_told(served, "signed in as service account")
        account.secret = secret
        await pilot.press("S")
        await served.until(pilot, lambda: was_told(served, "signed in as service account"))
        await served.until(pilot, lambda: "SIGNED OUT" not in served.text())


def data_access_of(served: Served, account: str) -> list[str]:
    """The collections that the account may read and write so far."""
    mine = [one.scope for one in served.sandbox.consents if one.identity_id == account]
    return [one for one in mine if one.endswith("/data_access")]


async def test_a_service_account_needs_no_link_and_no_code_and_asks_only_after_enter(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in served.service_account().items():
        monkeypatch.setenv(name, value)
    account = served.service_account()["GLOBUS_TUI_CLIENT_ID"]
    mine = timer(served)
    mine.owner, mine.client_id = account, account
    wanted = data_access(collection_id("national"))
    served.sandbox.consents[:] = [one for one in served.sandbox.consents if one.scope != wanted]
    async with served.console() as pilot:
        await served.until_shown(pilot, NAME)
        assert "service account" in served.text()
        await point_at(served, pilot)
        await pilot.press("f")
        await served.until_shown(pilot, "No sign-in is needed.")
        assert "ONE run starts at once" in served.text()
        assert "with Enter it asks for this itself" in served.text()
        assert "Paste the code" not in served.text()
        await pilot.press("escape")
        await served.until(pilot, lambda: was_told(served, "Nothing was changed"))
        assert wanted not in data_access_of(served, account)
        await pilot.press("f")
        await served.until_shown(pilot, "No sign-in is needed.")
        assert wanted not in data_access_of(served, account)
        await pilot.press("enter")
        await served.until(pilot, lambda: isinstance(served.app.screen, Results))
        assert wanted in data_access_of(served, account)
        assert mine.status == "active"
        await pilot.press("escape")
        await served.until(pilot, lambda: not isinstance(served.app.screen, Results))
        await pilot.press("r")
        await served.until(pilot, lambda: was_told(served, " started"))
        await pilot.press("P")
        await served.until_shown(pilot, "there are no profiles to switch to")


async def test_a_home_that_cannot_be_written_lets_the_program_run_and_says_so(
    served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file in place of a folder stands for a full or read-only home: root may write everywhere else."""
    home = tmp_path / "no-home"
    home.write_text("")
    monkeypatch.setenv("HOME", str(home))
    async with served.console() as pilot:
        await served.until_shown(pilot, "Nobody is signed in")
        await served.until_shown(pilot, "memory only")
        await pilot.press("S")
        await paste_the_code(served, pilot, by_calls)
        await served.until_shown(pilot, NAME)
        await point_at(served, pilot)
        await pilot.press("f")
        await paste_the_code(served, pilot, by_calls)
        await served.until(pilot, lambda: isinstance(served.app.screen, Results))
        assert timer(served).status == "active"
    async with served.console() as pilot:
        await served.until_shown(pilot, "Nobody is signed in")
