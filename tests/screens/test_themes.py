"""The theme is the one asked for from the first frame on."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.errors import SettingsError
from globus_tui.themes import THEMES

if TYPE_CHECKING:
    from pathlib import Path

    from textual.theme import Theme

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


def brightness(colour: str) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines have it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def seen_by(colour: str, kind: str) -> tuple[float, ...]:
    """A colour as somebody sees it who lacks green, or blue, cones (Viénot 1999, Brettel 1997, in linear light)."""
    r, g, b = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (one**2.2 for one in (r, g, b))
    if kind == "green":
        return (0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b)
    return (1.01277 * r + 0.13548 * g - 0.14826 * b, -0.01243 * r + 0.86812 * g + 0.14431 * b,
            0.07589 * r + 0.805 * g + 0.11911 * b)  # fmt: skip


@pytest.mark.parametrize("theme", THEMES, ids=lambda one: one.name)
def test_words_can_be_read_in_every_theme(theme: Theme) -> None:
    assert theme.background is not None
    least = 7 if theme.name == "globus-contrast" else 4.5
    for name in ("text-success", "text-warning", "text-error", "text-accent"):
        assert contrast(theme.variables[name], theme.background) >= least, name
        if theme.name == "globus-contrast":  # the strip keeps its colours on the bar of the cursor
            assert contrast(theme.variables[name], theme.variables["block-cursor-background"]) >= 3, name


async def test_signs_are_seen_on_the_bar_of_the_cursor_in_every_theme_there_is(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").touch()
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "mine.toml").write_text('base = "nord"\nprimary = "#88c0d0"\n')
    async with demo.console():
        for name in demo.app.available_themes:
            theme = demo.app.get_theme(name)
            assert theme is not None
            if name.startswith("ansi"):  # reversed, and a strip is drawn beside the bar
                continue
            made = theme.to_color_system().generate()
            bar = made["block-cursor-background"]
            if name not in {one.name for one in THEMES}:  # theirs are kept
                assert contrast(made["input-selection-foreground"], made["input-selection-background"]) > 3, name
            ground = contrast(made["background"], bar)
            assert ground > 1.2, f"{name}: the bar is not seen"
            for sign in ("text-success", "text-warning", "text-error", "block-cursor-foreground"):
                seen = contrast(made[sign], bar) if made[sign].startswith("#") else 21
                assert seen > min(2.7, contrast(made[sign], made["background"]) / ground * 0.95), f"{name}: {sign}"


@pytest.mark.parametrize("theme", ["globus-dark", "globus-light", "globus-contrast"])
async def test_what_to_type_can_be_read_in_an_empty_field(demo: Demo, theme: str) -> None:
    async with demo.console("--theme", theme) as pilot:
        await demo.press(pilot, "question_mark")
        field = demo.app.screen.query_one("#help-search")
        style = field.get_component_rich_style("input--placeholder")
        assert style.color is not None
        assert style.bgcolor is not None
        words, ground = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
        assert contrast(words, ground) >= 4.5


@pytest.mark.parametrize(("theme", "kind"), [("globus-red-green", "green"), ("globus-blue-yellow", "blue")])
def test_well_warning_and_wrong_look_different_to_whom_a_theme_is_for(theme: str, kind: str) -> None:
    found = next(one for one in THEMES if one.name == theme)
    colours = [seen_by(found.variables[f"text-{name}"], kind) for name in ("success", "warning", "error")]
    for one, other in combinations(colours, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.25


async def test_a_theme_of_ones_own_is_read_from_its_file_and_painted_anew_when_that_changes(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("production = true\n")
    (tmp_path / "themes").mkdir()
    file = tmp_path / "themes" / "mine.toml"
    file.write_text('base = "globus-light"\nbackground = "#102030"\nerrr = "#000000"\nwarning = "nightly"\n')
    async with demo.console("--theme", "mine") as pilot:
        assert demo.app.screen.styles.background.hex == "#102030"
        assert "'errr' is no colour of a theme" in demo.note()
        assert "'nightly' is no colour" in demo.note()
        assert demo.screen()[0][1:].startswith(" PRODUCTION ")
        assert {(line[0], line[-1]) for line in demo.screen()} == {("┃", "┃")}  # a frame, whatever colours there are
        file.write_text('background = "#405060"\n')
        demo.app._look_at_themes()
        await pilot.pause()
        assert demo.app.screen.styles.background.hex == "#405060"


@pytest.mark.parametrize("theme", ["globus-dark", "globus-light", "globus-contrast"])
async def test_the_line_above_the_preview_is_seen(demo: Demo, theme: str) -> None:
    async with demo.console("--theme", theme):
        ground = demo.app.screen.styles.background
        _, line = demo.app.screen.query_one("#preview").styles.border_top
        assert abs((ground + line).brightness - ground.brightness) > 0.1
