"""One line of text with a left and a right part; the right one gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Size


class TextLine(Widget):
    """A line that is drawn again only when its words change. Handed `Content`, so nothing in it is markup."""

    DEFAULT_CSS = "TextLine { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._line_left = self._line_right = Content()

    @property
    def left(self) -> Content:
        return self._line_left

    @left.setter
    def left(self, words: Content) -> None:
        if not same(words, self._line_left):
            before, self._line_left = self._height(self.size.width), words
            self.refresh(layout=before != self._height(self.size.width))

    @property
    def right(self) -> Content:
        return self._line_right

    @right.setter
    def right(self, words: Content) -> None:
        if not same(words, self._line_right):
            self._line_right = words
            self.refresh()

    def _height(self, width: int) -> int:
        del width
        return 1

    def render(self) -> RenderResult:
        """Both parts, at least two cells apart; the left one is cut when there is no room even for it."""
        width = self.size.width
        left = cut(self.left, width, ascii_only=self.app.has_class("-ascii"))
        room = width - left.cell_length - 2
        if room < self.right.cell_length:
            return left
        return Content.assemble(left, " " * (width - left.cell_length - self.right.cell_length), self.right)


class NoteLine(TextLine):
    """A sentence that takes more lines where one is too short, since nothing else says what it says.

    How many, the style sheet says (`max-height`); what does not fit on the last one is cut.
    """

    DEFAULT_CSS = "NoteLine { height: auto; max-height: 2; }"

    def _height(self, width: int) -> int:
        return len(self._note_lines(width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height(width)

    def _note_lines(self, width: int) -> list[Content]:
        """All lines begin below one another."""
        words, indent = self._line_left, " " * self._line_left.plain.startswith(" ")
        if words.cell_length <= width or width <= 1:
            return [words]
        lines = [Content.assemble(indent, line.rstrip()) for line in words[len(indent) :].wrap(width - len(indent))]
        most = self.styles.max_height
        if most is not None and len(lines) > (kept := max(1, int(most.value))):
            rest = Content(" ").join(line[len(indent) :] for line in lines[kept - 1 :])
            lines[kept - 1 :] = [cut(Content.assemble(indent, rest), width, ascii_only=self.app.has_class("-ascii"))]
        return lines

    def render(self) -> RenderResult:
        return Content("\n").join(self._note_lines(self.size.width))


def cut(words: Content, width: int, *, ascii_only: bool) -> Content:
    """Words no wider than that, with a sign where something was cut off."""
    if not ascii_only or words.cell_length <= width:
        return words.truncate(width, ellipsis=True)
    return words.truncate(max(0, width - 1)) + Content(ASCII_ELLIPSIS)


def same(line: Content, other: Content) -> bool:
    """Equal in words and in style: Textual's own comparison looks at the words only."""
    return line.plain == other.plain and line.spans == other.spans
