"""The program's own themes, and the choice of one that the terminal can show."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.theme import BUILTIN_THEMES, Theme

from globus_tui.private_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def sheets(*names: str) -> str:
    """Style sheets of the package, in this order, as a class's `CSS`. Textual's `CSS_PATH` cannot read out of a zip."""
    return "\n".join((pkgutil.get_data("globus_tui", name) or b"").decode() for name in names)


DARK = Theme(
    name="globus-dark", primary="#7aa2f7", secondary="#7dcfff", accent="#bb9af7", foreground="#d5d9e4",
    background="#14161b", surface="#14161b", panel="#20242d", success="#8fc97f", warning="#e6b450", error="#ff6b6b",
    dark=True,
    # Textual would mix these with the text colour until they are pale; here the colour is a sign beside a word.
    variables={
        "text-success": "#8fc97f", "text-warning": "#e6b450", "text-error": "#ff7a75", "text-accent": "#7dcfff",
        "block-cursor-background": "#33415e", "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#252c3c", "block-cursor-blurred-foreground": "#d5d9e4",
    },
)  # fmt: skip

LIGHT = Theme(
    name="globus-light", primary="#1f5fbf", secondary="#0b7285", accent="#7048c6", foreground="#1c2230",
    background="#fbfbf8", surface="#fbfbf8", panel="#e8e9ec", success="#2b7a1f", warning="#8f5b00", error="#c01c28",
    dark=False,
    variables={
        "text-success": "#2b7a1f", "text-warning": "#8f5b00", "text-error": "#c01c28", "text-accent": "#0b6a99",
        "block-cursor-background": "#cfe0fb", "block-cursor-foreground": "#101828",
        "block-cursor-blurred-background": "#e4e9f2", "block-cursor-blurred-foreground": "#1c2230",
    },
)  # fmt: skip


def _from_dark(name: str, *, success: str, warning: str, error: str, accent: str, **more: str) -> Theme:
    """The dark theme in other colours. Signs and words stand beside every colour: none is needed to read the list."""
    variables = {**DARK.variables, "text-success": success, "text-warning": warning, "text-error": error}
    return replace(
        DARK, name=name, success=success, warning=warning, error=error, accent=accent,
        variables={**variables, "text-accent": accent, **more},
    )  # fmt: skip


CONTRAST = replace(
    _from_dark(
        "globus-contrast", success="#5dff5d", warning="#ffe600", error="#ff9c9c", accent="#7df9ff",
        **{"text-muted": "#e8e8e8", "foreground-muted": "#e8e8e8", "block-cursor-background": "#0050c8",
           "block-cursor-foreground": "#ffffff", "block-cursor-blurred-background": "#303030",
           "block-cursor-blurred-foreground": "#ffffff"},
    ),
    primary="#9ecbff", secondary="#7df9ff", foreground="#ffffff", background="#000000", surface="#000000",
    panel="#1c1c1c",
)  # fmt: skip
RED_GREEN = _from_dark("globus-red-green", success="#56b4e9", warning="#f0e442", error="#ff9a1f", accent="#d9a7c7")
"""For who sees red and green alike: blue is well, yellow is a warning, orange is wrong."""
BLUE_YELLOW = _from_dark("globus-blue-yellow", success="#35d0ba", warning="#f7c6d0", error="#ff5c5c", accent="#c9c9c9")
"""For who sees blue and yellow alike: teal is well, pale pink is a warning, red is wrong."""

THEMES = (DARK, LIGHT, CONTRAST, RED_GREEN, BLUE_YELLOW)
_COLOURS = (
    "primary", "secondary", "accent", "foreground", "background", "surface", "panel", "success", "warning", "error",
)  # fmt: skip


class OwnThemes:
    """The user's themes, each a file `NAME.toml` of colours over another theme: `base`, `dark`, and `[variables]`.

    Attributes:
        themes: those that could be read, by name.
        problems: what is wrong in the files; a colour that is none costs itself alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None
        self.themes: dict[str, Theme] = {}
        self.problems: tuple[str, ...] = ()
        self.changed()

    def changed(self) -> bool:
        """Reads them again if a file is another one than before; whether it was."""
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.suffix == ".toml")
            seen = [(path, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in paths]
        except OSError:
            paths, seen = [], []
        if seen == self._seen:
            return False
        self._seen = seen
        problems: list[str] = []
        read = [_read_theme(path, problems) for path in paths]
        self.themes, self.problems = {theme.name: theme for theme in read if theme is not None}, tuple(problems)
        return True


def _read_theme(path: Path, problems: list[str]) -> Theme | None:
    import tomllib

    try:
        document = tomllib.loads(read_file(path, 100_000).decode())
    except (OSError, ValueError, RecursionError) as wrong:
        problems.append(f"{path}: it cannot be read: {wrong}")
        return None
    themes = {**BUILTIN_THEMES, **{theme.name: theme for theme in THEMES}}
    base = themes.get(str(document.pop("base", DARK.name)))
    if base is None:
        problems.append(f"{path}: base: there is no theme of that name")
        base = DARK
    dark, variables = document.pop("dark", base.dark), document.pop("variables", {})
    colours = _colours(path, document, _COLOURS, problems)
    named = _colours(path, variables, None, problems) if isinstance(variables, dict) else {}
    texts = {f"text-{name}": colours[name] for name in ("success", "warning", "error", "accent") if name in colours}
    theme = replace(
        base,
        dark=dark is True,
        variables={**base.variables, **texts},
        **colours,  # type: ignore[arg-type]  # names of colours only
    )
    theme = with_quiet_bar(theme)
    return replace(theme, name=path.stem, variables={**theme.variables, **named})


def with_quiet_bar(theme: Theme) -> Theme:
    """One of Textual's with a bar of the cursor on which the colours of a strip are seen, as they are on the ground.

    Its own bar is the primary colour itself: signs of well and wrong vanish on it, and what is selected in a field.
    """
    if theme.name not in BUILTIN_THEMES or theme.name.startswith("ansi"):
        return theme
    made = theme.to_color_system().generate()
    bars = {
        f"{name}-{part}": made["primary-muted" if part == "background" else "foreground"]
        for name in ("block-cursor", "input-selection")
        for part in ("background", "foreground")
    }
    return replace(theme, variables={**theme.variables, **bars})


def _colours(
    path: Path, texts: dict[str, object], known: tuple[str, ...] | None, problems: list[str]
) -> dict[str, str]:
    from textual.color import Color, ColorParseError

    colours = {}
    for key, value in texts.items():
        if known is not None and key not in known:
            problems.append(f"{path}: {key!r} is no colour of a theme; there are {', '.join(known)}")
            continue
        try:
            Color.parse(str(value))
        except ColorParseError:
            problems.append(f"{path}: {key}: {value!r} is no colour; write #rrggbb")
        else:
            colours[key] = str(value)
    return colours


def theme_problem(name: str, own: Iterable[str] = ()) -> str | None:
    """Why there is no theme of that name, with those that there are; None when there is one."""
    from difflib import get_close_matches

    names = sorted({*BUILTIN_THEMES, *(theme.name for theme in THEMES), *own})
    if name in names:
        return None
    near = get_close_matches(name.lower(), names, 1)
    return f"there is no theme {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}")


def draw_scroll_bars(*, ascii_only: bool) -> None:
    """Scroll bars of colours, or of `|` and `#` that need none; Textual has one way for the whole program."""
    from rich.segment import Segment, Segments
    from textual.scrollbar import ScrollBar, ScrollBarRender

    class PlainBars(ScrollBarRender):
        VERTICAL_BARS = [" "] * 8
        HORIZONTAL_BARS = [" "] * 8
        BLANK_GLYPH = "|"

        @classmethod
        def render_bar(cls, *args: Any, **kwargs: Any) -> Segments:
            drawn = super().render_bar(*args, **kwargs)
            for at, (text, style, _) in enumerate(drawn.segments):
                if style and style.reverse:  # the part that is in sight
                    drawn.segments[at] = Segment(text.replace(cls.BLANK_GLYPH, "#"), style)
            return drawn

    ScrollBar.renderer = PlainBars if ascii_only else ScrollBarRender


def fitting_theme(environ: Mapping[str, str]) -> str:
    """The theme to start with: the terminal's own sixteen colours where that is all it has, or under NO_COLOR.

    Textual draws greys in 24 bits under NO_COLOR; only its ansi themes leave colours to the terminal.
    """
    if environ.get("TEXTUAL_COLOR_SYSTEM") == "256" and "NO_COLOR" not in environ:
        return DARK.name
    if "NO_COLOR" in environ or environ.get("TERM", "") in ("linux", "vt100", "vt220", "screen", "xterm", "ansi"):
        return "ansi-dark"
    return DARK.name
