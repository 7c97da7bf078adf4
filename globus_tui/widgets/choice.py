"""One of a few, on one line: `(*) mirror ( ) archive`; more lines where it does not fit. On or off: `[x] verify
checksums`. And rules in order, one a line, moved and removed with keys; the owner does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, cell_width, clip, safe_line
from globus_tui.widgets.page import bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size


class RuleList(Widget, can_focus=True):
    """Lines of (rule, remark) with a cursor. Text is data and is made harmless here."""

    DEFAULT_CSS = "RuleList { height: auto; width: 1fr; }"
    BINDINGS: ClassVar = bound(
        "down,j move(1); up,k move(-1); shift+down,J shift(1); shift+up,K shift(-1); x,delete,backspace remove"
    )

    rows: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    cursor: reactive[int] = reactive(0)
    ascii_only: reactive[bool] = reactive(False)

    @dataclass
    class Removed(Message):
        """The user removes the rule at this place."""

        place: int

    @dataclass
    class Shifted(Message):
        """The user moves the rule at this place up or down."""

        place: int
        by: int

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.rows)

    def watch_rows(self) -> None:
        """The cursor stays inside; without rules there is nothing to focus."""
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self.display = bool(self.rows)

    def render(self) -> RenderResult:
        return Content("\n").join(self._line(place) for place in range(len(self.rows)))

    def _line(self, place: int) -> Content:
        rule, remark = (safe_line(text, ascii_only=self.ascii_only) for text in self.rows[place])
        ellipsis = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        current = self.has_focus and place == self.cursor
        words = clip(f"{place + 1} {rule}", max(8, self.size.width - len(remark) - 2), ellipsis=ellipsis)
        return Content.assemble((words, "reverse" if current else ""), "  ", (remark, "$text-muted"))

    def action_move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, len(self.rows) - 1))

    def action_shift(self, by: int) -> None:
        if 0 <= self.cursor + by < len(self.rows):
            self.post_message(self.Shifted(self.cursor, by))
            self.cursor += by

    def action_remove(self) -> None:
        if self.rows:
            self.post_message(self.Removed(self.cursor))


class Toggle(Widget, can_focus=True):
    """Space switches it, which is told as `Toggle.Changed`. Enter does nothing, so that nothing is switched unseen."""

    DEFAULT_CSS = "Toggle { height: 1; width: auto; &:focus { text-style: reverse; } }"
    BINDINGS: ClassVar = bound("space switch")

    value: reactive[bool] = reactive(False)
    """Setting it says nothing to anybody."""

    @dataclass
    class Changed(Message):
        """The user switched it."""

        toggle: Toggle
        value: bool

        @property
        def control(self) -> Toggle:
            return self.toggle

    def __init__(
        self,
        words: str,
        value: bool = False,
        *,
        danger: str = "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        """Make a toggle. `danger`: a word put behind it in the colour of errors while it is on."""
        super().__init__(name=name, id=id)
        self._toggle_words = words
        self._toggle_danger = danger
        self.set_reactive(Toggle.value, value)

    def render(self) -> RenderResult:
        words = safe_line(self._toggle_words, ascii_only=self.app.has_class("-ascii"))
        words = f"[{'x' if self.value else ' '}] {words}"
        if self.value and self._toggle_danger:
            return Content.assemble((words, "bold $text-error"), f"  {self._toggle_danger}")
        return Content(words if not self._toggle_danger else f"{words}  {' ' * len(self._toggle_danger)}")

    def action_switch(self) -> None:
        self.value = not self.value
        self.post_message(self.Changed(self, self.value))

    def on_click(self) -> None:
        self.action_switch()


_GAP = 2


class Choice(Widget, can_focus=True):
    """Arrow keys choose at once; what is chosen is told as `Choice.Changed`. Words are data, never markup."""

    DEFAULT_CSS = """
    Choice { height: auto; width: 1fr; }
    Choice.-beside { width: auto; margin-right: 2; }
    """
    BINDINGS: ClassVar = bound("right,l,space step(1); left,h step(-1)")

    value: reactive[str | None] = reactive(None)
    """The key of what is chosen; None while nothing is. Setting it says nothing to anybody."""

    @dataclass
    class Changed(Message):
        """The user chose another one."""

        choice: Choice
        value: str

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(id=id)
        self._choice_options = tuple(options)
        self.set_reactive(Choice.value, value)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        if tuple(options) != self._choice_options:
            self._choice_options = tuple(options)
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        widths = [cell_width(self._words(place)) for place in range(len(self._choice_options))]
        return sum(widths) + _GAP * (len(widths) - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> RenderResult:
        lines = self._lines(self.size.width)
        return Content("\n").join(Content(" " * _GAP).join(map(self._piece, line)) for line in lines)

    def _words(self, place: int) -> str:
        key, words = self._choice_options[place]
        return f"({'*' if key == self.value else ' '}) {safe_line(words)}"

    def _piece(self, place: int) -> Content:
        keys = [key for key, _ in self._choice_options]
        chosen = keys[place] == self.value
        current = self.has_focus and (chosen or (place == 0 and self.value not in keys))
        return Content.styled(self._words(place), "bold reverse" if current else "bold $primary" if chosen else "")

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
        keys = [key for key, _ in self._choice_options]
        if not keys:
            return
        at = keys.index(self.value) if self.value in keys else (-1 if by > 0 else 0)
        self._choose(keys[(at + by) % len(keys)])

    def on_click(self, event: events.Click) -> None:
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
