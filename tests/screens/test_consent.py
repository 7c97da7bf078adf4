"""The consent prompt itself: poor terminals, and the ways of the link."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from globus_tui.cli.backend import DEMO_USER
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.confirm import Results
from globus_tui.screens.consent import ConsentScreen, _fetching
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo


def is_ascii(demo: Demo) -> bool:
    return demo.text().replace("\n", "").isascii()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_ascii_only_is_ascii_from_the_prompt_to_the_result(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console("--ascii", size=size) as pilot:
        demo.point_at("climate-nightly-mirror")
        await open_prompt(demo, pilot)
        assert "`- " in demo.text()
        for keys in (("pagedown",), ("pageup",), ("y",), ("escape",), ("enter",), ("x", "y"), ("enter",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert is_ascii(demo), demo.text()
        await demo.until(pilot, lambda: "does not look like a code" in demo.text())
        assert is_ascii(demo), demo.text()
        demo.app.screen.query_one("#link").focus()
        await pilot.press("b")
        await demo.until(pilot, lambda: "Pretend browser" in demo.text())
        assert is_ascii(demo), demo.text()
        await pilot.press("1")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, Results))
        await demo.settle(pilot)
        assert is_ascii(demo), demo.text()


async def test_q_leaves_the_prompt_and_in_its_field_is_a_letter_of_the_code(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        demo.point_at("climate-nightly-mirror")
        await open_prompt(demo, pilot)
        field = demo.app.screen.query_one("#code", TextField)
        field.focus()
        await pilot.press(*"qrs8")
        await demo.until(pilot, lambda: field.value == "qrs8")
        assert demo.app.screen.query("#code")
        demo.app.screen.query_one("#link").focus()
        await pilot.press("q")
        await demo.until(pilot, lambda: not isinstance(demo.app.screen, ConsentScreen))


async def test_a_code_that_no_answer_came_for_is_pasted_again_and_nothing_old_is_said_beside_it(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        demo.point_at("climate-nightly-mirror")
        await open_prompt(demo, pilot)
        prompt = demo.app.screen
        assert isinstance(prompt, ConsentScreen)
        code = approve(demo.sandbox, prompt._url, DEMO_USER)
        demo.fault(Fault("/v2/oauth2/token", method="POST", kind="reset"))
        demo.app.post_message(events.Paste(code))
        await pilot.press("enter")
        await demo.until(pilot, lambda: "Paste the code once more" in demo.text())
        assert "tried again by itself" not in demo.text()
        demo.app.post_message(events.Paste(code))
        await demo.until(pilot, lambda: "Paste the code once more" not in demo.text())
        await pilot.press("enter")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, Results))


async def open_prompt(demo: Demo, pilot: Pilot[Any]) -> None:
    await pilot.press("f")
    await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
    await pilot.pause()


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        (".local/state/globus_tui", "cat .local/state/globus_tui/login-url"),
        ("/scratch/me/state", "cat /scratch/me/state/login-url"),
        ("my files", "'cat '\"'\"'my files/login-url'\"'\"''"),
    ],
)
def test_the_line_for_the_laptop_is_short_and_survives_two_shells(folder: str, command: str) -> None:
    said = _fetching(Path.home() / folder / "login-url")
    assert said.startswith("ssh ")
    assert said.split(" ", 2)[2] == command
