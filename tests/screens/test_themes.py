"""The theme is the one asked for from the first frame on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from tests.demo import Demo


@pytest.mark.parametrize(("name", "background"), [("globus-dark", "#14161B"), ("globus-light", "#FBFBF8")])
async def test_the_first_frame_has_the_colours_of_the_theme_asked_for(demo: Demo, name: str, background: str) -> None:
    async with demo.console("--theme", name):
        assert demo.app.theme == name
        assert demo.app.has_class("-light-mode") is (name == "globus-light")
        assert demo.app.screen.styles.background.hex == background


async def test_a_theme_can_be_changed_while_it_runs(demo: Demo) -> None:
    async with demo.console("--theme", "globus-dark") as pilot:
        demo.app.theme = "globus-light"
        await pilot.pause()
        assert demo.app.screen.styles.background.hex == "#FBFBF8"


async def test_a_theme_that_does_not_exist_is_said_with_those_that_do(demo: Demo) -> None:
    with pytest.raises(SettingsError, match=r"no theme 'nightly'; there are .*globus-dark"):
        async with demo.console("--theme", "nightly"):
            pytest.fail("it opened")
