"""Named styles of a line list, looked up in the style sheet of the running theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

PREFIX = "line-list--"
STYLE_NAMES = ("header", "cursor", "mark", "empty", "stale", "success", "warning", "error", "accent", "muted")
"""Names that a column may give to a :class:`Span`; a subclass adds more as component classes with the same prefix."""

# Text colours of a theme are tinted, and the nearest of 16 colours to a tinted red is white. With 16 colours a name
# gets the colour it stands for: bright on a dark background, plain on a light one.
_SIXTEEN = {
    "success": ("#55ff55", "#00aa00"),
    "warning": ("#ffff55", "#aa5500"),
    "error": ("#ff5555", "#aa0000"),
    "accent": ("#55ffff", "#00aaaa"),
    "mark": ("#55ffff", "#00aaaa"),
}

_ATTRIBUTES = frozenset(("bold", "dim", "italic", "underline", "reverse", "strike"))


def resolve_style(widget: Widget, words: str) -> Style:
    """Return the style that ``words`` mean on ``widget``, with its text colour and background.

    Args:
        widget: A widget with component classes ``line-list--NAME``.
        words: Names of :data:`STYLE_NAMES` and attributes (``bold``, ``dim`` …), separated by spaces. What is not
            known is left out: a wrong name must not take a screen down.
    """
    sixteen = widget.app.console.color_system == "standard"
    if sixteen and words == "cursor" and widget.has_focus:
        # A theme's accent among 16 colours is white on cyan: hard to read. Reversed text never is.
        return widget.get_visual_style().rich_style + Style(reverse=True)
    names = [name for word in words.split() if (name := PREFIX + word) in _component_names(widget)]
    style = widget.get_visual_style(*names).rich_style
    for name in names:  # get_visual_style leaves out "reverse", which is what marks the cursor without colours
        style += widget.get_component_styles(name).text_style
    for word in words.split():
        if sixteen and word in _SIXTEEN:
            style += Style.parse(_SIXTEEN[word][not widget.app.current_theme.dark])
        if word in _ATTRIBUTES:
            style += Style.parse(word)
    return style


def _component_names(widget: Widget) -> frozenset[str]:
    return frozenset(name for cls in type(widget).__mro__ for name in getattr(cls, "COMPONENT_CLASSES", ()))
