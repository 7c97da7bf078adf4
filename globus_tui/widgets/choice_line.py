"""A line with a box to tick: something that is done unless it is left out."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line


class ChoiceLine(Static, can_focus=True):
    """Space ticks it or leaves it out."""

    DEFAULT_CSS = """
    ChoiceLine { height: auto; }
    ChoiceLine:focus { background: $panel; text-style: bold; }
    """
    BINDINGS = [Binding("space", "turn", "Leave out", show=False)]

    @dataclass
    class Toggled(Message):
        """It was ticked or left out."""

        key: str
        ticked: bool

    def __init__(self, key: str, words: str) -> None:
        """Make a ticked line; words may be text of a service."""
        super().__init__(markup=False)
        self.choice_key = key
        self.ticked = True
        self._choice_words = words

    def on_mount(self) -> None:
        """Draw the box."""
        self._draw_line()

    def _draw_line(self) -> None:
        box = ("[x]", "bold $success") if self.ticked else ("[ ]", "$text-muted")
        words = safe_line(self._choice_words, ascii_only=self.app.has_class("-ascii"))
        self.update(Content.assemble(box, " ", (words, "" if self.ticked else "$text-muted")))

    def tick(self, ticked: bool) -> None:
        """Tick it or leave it out."""
        if ticked != self.ticked:
            self.ticked = ticked
            self._draw_line()
            self.post_message(self.Toggled(self.choice_key, ticked))

    def action_turn(self) -> None:
        """The other way round."""
        self.tick(not self.ticked)
