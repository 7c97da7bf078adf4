"""One of a few, on one line: `(*) mirror  ( ) archive  ( ) one copy`; more lines where it does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import cell_width, safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size

_GAP = 2


class Choice(Widget, can_focus=True):
    """Arrow keys choose at once; what is chosen is told as `Choice.Changed`. Words are data, never markup."""

    DEFAULT_CSS = """
    Choice { height: auto; width: 1fr; }
    Choice.-beside { width: auto; margin-right: 2; }
    """
    BINDINGS: ClassVar = [
        Binding("right,l,space", "step(1)", "Next", show=False),
        Binding("left,h", "step(-1)", "Before", show=False),
    ]

    value: reactive[str | None] = reactive(None)
    """The key of what is chosen; None while nothing is. Setting it says nothing to anybody."""

    @dataclass
    class Changed(Message):
        """The user chose another one."""

        choice: Choice
        value: str

        @property
        def control(self) -> Choice:
            """The choice it happened in: lets `@on` select by id."""
            return self.choice

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        """Make a choice among (key, words)."""
        super().__init__(id=id)
        self._choice_options = tuple(options)
        self.set_reactive(Choice.value, value)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer others."""
        if tuple(options) != self._choice_options:
            self._choice_options = tuple(options)
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All on one line."""
        widths = [cell_width(self._words(place)) for place in range(len(self._choice_options))]
        return sum(widths) + _GAP * (len(widths) - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the words take."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """The options; the chosen one bold."""
        lines = []
        for line in self._lines(self.size.width):
            pieces = [self._piece(place) for place in line]
            lines.append(Content(" " * _GAP).join(pieces))
        return Content("\n").join(lines)

    def _words(self, place: int) -> str:
        key, words = self._choice_options[place]
        return f"({'*' if key == self.value else ' '}) {safe_line(words)}"

    def _piece(self, place: int) -> Content:
        chosen = self._choice_options[place][0] == self.value
        here = self.has_focus and (chosen or (place == 0 and not self._is_chosen))
        return Content.styled(self._words(place), "bold reverse" if here else "bold $primary" if chosen else "")

    @property
    def _is_chosen(self) -> bool:
        return any(key == self.value for key, _ in self._choice_options)

    def on_focus(self) -> None:
        """Show where the keys go, in any number of colours."""
        self.refresh()

    def on_blur(self) -> None:
        """Take that back."""
        self.refresh()

    def _lines(self, width: int) -> list[list[int]]:
        lines: list[list[int]] = [[]]
        used = 0
        for place in range(len(self._choice_options)):
            needed = cell_width(self._words(place))
            if lines[-1] and used + _GAP + needed > width:
                lines.append([])
                used = 0
            used += needed + (_GAP if lines[-1] else 0)
            lines[-1].append(place)
        return lines

    def action_step(self, by: int) -> None:
        """Choose the one after or before, round and round."""
        keys = [key for key, _ in self._choice_options]
        if not keys:
            return
        at = keys.index(self.value) if self.value in keys else (-1 if by > 0 else 0)
        self._choose(keys[(at + by) % len(keys)])

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        offset = event.get_content_offset(self)
        lines = self._lines(self.size.width)
        if offset is None or offset.y >= len(lines):
            return
        end = 0
        for place in lines[offset.y]:
            end += cell_width(self._words(place)) + _GAP
            if offset.x < end:
                self._choose(self._choice_options[place][0])
                return

    def _choose(self, key: str) -> None:
        if key != self.value:
            self.value = key
            self.post_message(self.Changed(self, key))
