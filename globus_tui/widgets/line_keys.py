"""Keys of a line list. Every binding has an id, so that a keymap can give it other keys."""

from __future__ import annotations

from textual.binding import Binding, BindingType

LIST_BINDINGS: list[BindingType] = [
    Binding("down,j", "move(1)", "Down", id="list.down", show=False),
    Binding("up,k", "move(-1)", "Up", id="list.up", show=False),
    Binding("pagedown", "page(1.0)", "Page down", id="list.page-down", show=False),
    Binding("pageup", "page(-1.0)", "Page up", id="list.page-up", show=False),
    Binding("ctrl+d", "page(0.5)", "Half a page down", id="list.half-page-down", show=False),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", id="list.half-page-up", show=False),
    Binding("g,home", "first", "First row", id="list.first", show=False),
    Binding("G,end", "last", "Last row", id="list.last", show=False),
    Binding("left", "scroll_sideways(-1)", "Scroll left", id="list.left", show=False),
    Binding("right", "scroll_sideways(1)", "Scroll right", id="list.right", show=False),
    Binding("enter", "choose", "Open", id="list.choose", show=False),
    Binding("space", "mark", "Mark", tooltip="Mark or unmark this row and go down", id="list.mark", show=False),
    Binding(
        "ctrl+@,ctrl+space",
        "mark_range",
        "Mark range",
        tooltip="Mark from the last mark to this row",
        id="list.mark-range",
        show=False,
    ),
    Binding("asterisk", "mark_all", "Mark all", id="list.mark-all", show=False),
    Binding("backslash", "clear_marks", "Clear marks", id="list.clear-marks", show=False),
]
