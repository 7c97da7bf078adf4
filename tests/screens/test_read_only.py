"""A read-only session shows everything and changes nothing, whatever is pressed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.commands import CHANGING, DEFAULT_KEYS
from globus_tui.domain.errors import ReadOnly, SettingsError
from globus_tui.settings import check_may_change, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from globus_tui.screens.everybody import Look
    from tests.demo import Demo

ALL_KEYS = sorted({key for keys in DEFAULT_KEYS.values() for key in keys.split(",")} - {"ctrl+q", "ctrl+c", "ctrl+z"})
ALL_KEYS += ["d", "tab", "1"]
ACTING = [key for name, keys in DEFAULT_KEYS.items() if name in CHANGING for key in keys.split(",")]
PAGES: dict[str, tuple[str, ...]] = {
    "list": (),
    "timer": ("enter",),
    "fire times": ("enter", "plus"),
    "run and its log": ("l",),
    "activity": ("at",),
    "agenda": ("a",),
    "document": ("y",),
    "copying": ("c",),
    "itself": ("i",),
    "interval": ("I",),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
    "filter": ("slash",),
    "quitting": ("q",),
    "maintenance windows": ("M",),
    "journal": ("J",),
    "alerts": ("b",),
    "impact": ("d",),
    "report": ("p",),
    "fleet": ("D",),
    "all profiles": ("0",),
    "facets": ("percent_sign",),
    "note": ("comma",),
    "limit": ("L",),
    "known trouble": ("full_stop",),
    "view": ("equals_sign",),
}
"""The keys that lead to each of them from the list. What only changes something opens none."""


class NobodyElse:
    """The other profiles of a user who has none."""

    async def __call__(self, told: Callable[[Look], None]) -> None:
        """There is nothing to tell."""


FLEET = """
[timer.new]
when = "every sunday at 02:00"
from = "Ops Vault:/db/"
to = "Campus Archive:/archive/projects/"
recursive = true
"""


@pytest.mark.parametrize(
    "names",
    [("list",), ("timer",), tuple(PAGES)[2:14], tuple(PAGES)[14:]],
    ids=["list", "timer", "others", "what is kept here"],
)
async def test_no_key_of_any_page_changes_anything(
    demo: Demo, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the two pages of timers every key, on the others whatever changes something anywhere."""
    monkeypatch.chdir(tmp_path)  # some keys save files
    (tmp_path / "timers").mkdir()
    (tmp_path / "timers" / "sun.toml").write_text(FLEET)
    (tmp_path / "config.toml").write_text(f'fleet = "{tmp_path / "timers"}"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(tmp_path / "config.toml"))
    async with demo.console("--read-only") as pilot:
        demo.app.host = demo.app.host._replace(others=NobodyElse())
        monkeypatch.setattr(demo.app.alerting, "lines", lambda: ["db-dumps is FAILED"])

        async def back(page: tuple[str, ...]) -> None:
            while len(demo.app.screen_stack) > 1:
                demo.app.screen.dismiss(None)
                await pilot.pause()
            while not demo.table.move_to(demo.job_id("sim-checkpoints")):
                await demo.press(pilot, "escape")  # a key narrowed the list
            for key in page:
                await demo.press(pilot, key)

        for name in names:
            page = PAGES[name]
            await back(page)
            there = demo.app.screen
            assert (name == "list") is (demo.app.focused is demo.table), f"{name} did not open"
            for key in ALL_KEYS if name in ("list", "timer") else [*ACTING, "enter", "y"]:
                await pilot.press(key)
                if demo.app.screen is not there:
                    await pilot.press("y", "enter")
                    while demo.app.screen is not there and len(demo.app.screen_stack) > 1:
                        demo.app.screen.dismiss(None)
                        await pilot.pause()
                if demo.app.screen is not there:
                    await back(page)
                    there = demo.app.screen
            assert demo.changes() == [], name


async def test_the_lock_is_in_the_title_and_the_reason_is_said(demo: Demo) -> None:
    async with demo.console("--read-only", size=(60, 20)) as pilot:
        assert demo.screen()[0].startswith(" READ-ONLY ")
        for key in ("s", "X", "R", "n", "C", "e", "t", "f", "F", "K"):
            demo.app.say("")
            await demo.press(pilot, key)
            assert demo.note().startswith("Read-only: nothing is changed at Globus."), key
        await demo.press(pilot, "ctrl+p")
        await demo.write(pilot, "delete")
        await demo.press(pilot, "enter", "enter")
        assert demo.note().startswith("Read-only")
        assert demo.changes() == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("service", ["timer", "transfer", "flows"])
async def test_nothing_but_reading_leaves_the_connection(service: str, method: str) -> None:
    async with Connection(Environment.read({})) as connection:
        connection.read_only = True
        with pytest.raises(ReadOnly):
            await connection.request(service, method, "/anything")


@pytest.mark.parametrize(
    ("text", "profile", "read_only"),
    [
        ("", "default", False),
        ("read_only = true", "default", True),
        ("[profiles.ops]\nread_only = true", "ops", True),
        ("[profiles.ops]\nread_only = true", "default", False),
        ("read_only = true\n[profiles.ops]\nread_only = false", "ops", False),
    ],
)
def test_it_is_configured_for_all_or_for_a_profile(tmp_path: Path, text: str, profile: str, read_only: bool) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    environ = {**os.environ, "GLOBUS_TUI_CONFIG": str(file)}
    assert load_settings(environ, profile=profile).read_only is read_only
    locked = load_settings(environ, profile=profile, read_only=True)
    with pytest.raises(ReadOnly, match="nothing is changed"):
        check_may_change(locked)


def test_a_value_that_is_not_understood_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('read_only = "yes"')
    with pytest.raises(SettingsError, match="read_only"):
        load_settings({**os.environ, "GLOBUS_TUI_CONFIG": str(file)})
