"""Rules in order, one a line: they are moved and removed with keys; the owner does it and hands in the new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, clip, safe_line

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Size


class RuleList(Widget, can_focus=True):
    """Lines of (rule, remark) with a cursor. Text is data and is made harmless here."""

    DEFAULT_CSS = """
    RuleList { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("shift+down,J", "shift(1)", "Later", show=False),
        Binding("shift+up,K", "shift(-1)", "Earlier", show=False),
        Binding("x,delete,backspace", "remove", "Remove", show=False),
    ]

    rows: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    cursor: reactive[int] = reactive(0)
    ascii_only: reactive[bool] = reactive(False)

    @dataclass
    class Removed(Message):
        """The rule at this place is to go."""

        place: int

    @dataclass
    class Shifted(Message):
        """The rule at this place is to go up or down."""

        place: int
        by: int

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each rule."""
        return len(self.rows)

    def watch_rows(self) -> None:
        """The cursor stays inside; without rules there is nothing to focus."""
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self.display = bool(self.rows)

    def render(self) -> RenderResult:
        """Number, rule, remark."""
        return Content("\n").join(self._line(place) for place in range(len(self.rows)))

    def _line(self, place: int) -> Content:
        rule, remark = (safe_line(text, ascii_only=self.ascii_only) for text in self.rows[place])
        ellipsis = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        here = self.has_focus and place == self.cursor
        words = clip(f"{place + 1} {rule}", max(8, self.size.width - len(remark) - 2), ellipsis=ellipsis)
        return Content.assemble((words, "reverse" if here else ""), "  ", (remark, "$text-muted"))

    def action_move(self, by: int) -> None:
        """Another rule."""
        self.cursor = max(0, min(self.cursor + by, len(self.rows) - 1))

    def action_shift(self, by: int) -> None:
        """Earlier or later."""
        if 0 <= self.cursor + by < len(self.rows):
            self.post_message(self.Shifted(self.cursor, by))
            self.cursor += by

    def action_remove(self) -> None:
        """Take it away."""
        if self.rows:
            self.post_message(self.Removed(self.cursor))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()
