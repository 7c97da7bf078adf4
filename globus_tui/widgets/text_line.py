"""One line of text with a left and a right part; the right one gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.app import RenderResult


class TextLine(Widget):
    """A line that is drawn again only when its words change. Handed `Content`, so nothing in it is markup."""

    DEFAULT_CSS = """
    TextLine { height: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """An empty line."""
        super().__init__(id=id)
        self._line_left = self._line_right = Content()

    @property
    def left(self) -> Content:
        """What stands at the left."""
        return self._line_left

    @left.setter
    def left(self, words: Content) -> None:
        if not _same(words, self._line_left):
            self._line_left = words
            self.refresh()

    @property
    def right(self) -> Content:
        """What stands at the right."""
        return self._line_right

    @right.setter
    def right(self, words: Content) -> None:
        if not _same(words, self._line_right):
            self._line_right = words
            self.refresh()

    def render(self) -> RenderResult:
        """Both parts, at least two cells apart; the left one is cut when there is no room even for it."""
        width = self.size.width
        left = self.left.truncate(width, ellipsis=not self.app.has_class("-ascii"))
        room = width - left.cell_length - 2
        if room < self.right.cell_length:
            return left
        return Content.assemble(left, " " * (width - left.cell_length - self.right.cell_length), self.right)


def _same(one: Content, other: Content) -> bool:
    """Equal in words and in style: Textual's own comparison looks at the words only."""
    return one.plain == other.plain and one.spans == other.spans
