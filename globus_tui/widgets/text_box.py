"""A field of several lines; apart from those of one line, for the list needs none and Textual's is long to load."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.widgets import TextArea

from globus_tui.present.safe_text import safe_in_place


class TextBox(TextArea):
    """Several lines of text, on the ground of a field, without border or blinking."""

    DEFAULT_CSS = "TextBox, TextBox:focus { height: 6; border: none; padding: 0; background: $panel; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, **options)
        self.cursor_blink = self.highlight_cursor_line = False

    def get_line(self, line_index: int) -> Text:
        """As Textual's, which it draws."""
        text = safe_in_place(self.document.get_line(line_index), ascii_only=self.app.has_class("-ascii"))
        return Text(text, end="", no_wrap=True)
