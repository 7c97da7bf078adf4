"""One line of text with a left and a right part; the right one gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.app import RenderResult


class TextLine(Widget):
    """A line that is drawn again only when its words change. Handed `Content`, so nothing in it is markup."""

    DEFAULT_CSS = """
    TextLine { height: 1; }
    """

    left: reactive[Content] = reactive(Content)
    right: reactive[Content] = reactive(Content)

    def render(self) -> RenderResult:
        """Both parts, at least two cells apart; the left one is cut when there is no room even for it."""
        width = self.size.width
        left = self.left.truncate(width, ellipsis=True)
        room = width - left.cell_length - 2
        if room < self.right.cell_length:
            return left
        return Content.assemble(left, " " * (width - left.cell_length - self.right.cell_length), self.right)
