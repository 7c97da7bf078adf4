"""On or off: `[x] verify checksums`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import safe_line

if TYPE_CHECKING:
    from textual.app import RenderResult


class Toggle(Widget, can_focus=True):
    """Space switches it, which is told as `Toggle.Changed`. Enter does nothing, so that nothing is switched unseen."""

    DEFAULT_CSS = """
    Toggle { height: 1; width: auto; &:focus { text-style: reverse; } }
    """
    BINDINGS: ClassVar = [Binding("space", "switch", "Switch", show=False)]

    value: reactive[bool] = reactive(False)
    """Setting it says nothing to anybody."""

    @dataclass
    class Changed(Message):
        """The user switched it."""

        toggle: Toggle
        value: bool

        @property
        def control(self) -> Toggle:
            """The toggle it happened in: lets `@on` select by id."""
            return self.toggle

    def __init__(
        self,
        words: str,
        value: bool = False,
        *,
        danger: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        """Make a toggle.

        Args:
            words: what it switches.
            value: on or off.
            danger: a word put behind it in the colour of errors while it is on.
            id: name in the style sheet.
        """
        super().__init__(id=id)
        self._toggle_words = words
        self._toggle_danger = danger
        self.set_reactive(Toggle.value, value)

    def render(self) -> RenderResult:
        """The box and the words."""
        words = f"[{'x' if self.value else ' '}] {safe_line(self._toggle_words)}"
        if self.value and self._toggle_danger:
            return Content.assemble((words, "bold $text-error"), f"  {self._toggle_danger}")
        return Content(words if not self._toggle_danger else f"{words}  {' ' * len(self._toggle_danger)}")

    def action_switch(self) -> None:
        """On to off, off to on."""
        self.value = not self.value
        self.post_message(self.Changed(self, self.value))

    def on_click(self) -> None:
        """A click switches it too."""
        self.action_switch()
