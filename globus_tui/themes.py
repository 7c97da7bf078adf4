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
    variables={"footer-key-foreground": "#e6b450"},
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
)

THEMES = (DARK, LIGHT)


def fitting_theme(environ: Mapping[str, str]) -> str:
    """The theme to start with: the terminal's own sixteen colours where that is all it has, or under NO_COLOR.

    Textual draws greys in 24 bits under NO_COLOR; only its ansi themes leave colours to the terminal.
    """
    if "NO_COLOR" in environ or environ.get("TERM", "") in ("linux", "vt100", "vt220", "screen", "xterm", "ansi"):
        return "ansi-dark"
    return DARK.name
