"""The program's own themes, and the choice of one that the terminal can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

DARK = Theme(
    name="globus-dark",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#bb9af7",
    foreground="#d5d9e4",
    background="#14161b",
    surface="#14161b",
    panel="#20242d",
    success="#8fc97f",
    warning="#e6b450",
    error="#ff6b6b",
    dark=True,
    # Textual would mix these with the text colour until they are pale; here the colour is a sign beside a word.
    variables={
        "text-success": "#8fc97f",
        "text-warning": "#e6b450",
        "text-error": "#ff7a75",
        "text-accent": "#7dcfff",
        "block-cursor-background": "#33415e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#252c3c",
        "block-cursor-blurred-foreground": "#d5d9e4",
    },
)

LIGHT = Theme(
    name="globus-light",
    primary="#1f5fbf",
    secondary="#0b7285",
    accent="#7048c6",
    foreground="#1c2230",
    background="#fbfbf8",
    surface="#fbfbf8",
    panel="#e8e9ec",
    success="#2b7a1f",
    warning="#8f5b00",
    error="#c01c28",
    dark=False,
    variables={
        "text-success": "#2b7a1f",
        "text-warning": "#8f5b00",
        "text-error": "#c01c28",
        "text-accent": "#0b6a99",
        "block-cursor-background": "#cfe0fb",
        "block-cursor-foreground": "#101828",
        "block-cursor-blurred-background": "#e4e9f2",
        "block-cursor-blurred-foreground": "#1c2230",
    },
)

THEMES = (DARK, LIGHT)


def draw_scroll_bars(*, ascii_only: bool) -> None:
    """Scroll bars with or without block letters at their ends; Textual has one way for the whole program."""
    from textual.scrollbar import ScrollBar, ScrollBarRender

    class PlainBars(ScrollBarRender):
        VERTICAL_BARS = [" "] * 8
        HORIZONTAL_BARS = [" "] * 8

    ScrollBar.renderer = PlainBars if ascii_only else ScrollBarRender


def fitting_theme(environ: Mapping[str, str]) -> str:
    """The theme to start with: the terminal's own sixteen colours where that is all it has, or under NO_COLOR.

    Textual draws greys in 24 bits under NO_COLOR; only its ansi themes leave colours to the terminal.
    """
    if "NO_COLOR" in environ or environ.get("TERM", "") in ("linux", "vt100", "vt220", "screen", "xterm", "ansi"):
        return "ansi-dark"
    return DARK.name
