"""What became of each of several timers, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Results(ModalScreen[None]):
    """A list to read; Enter or Escape closes it."""

    BINDINGS: ClassVar = [Binding("escape,enter,q", "close", "Close", show=False)]

    def __init__(self, heading: str, results: Sequence[tuple[bool, str, str]]) -> None:
        """Make the list of (done, what, words)."""
        super().__init__()
        self._results_heading = heading
        self._results_lines = tuple(results)

    def compose(self) -> ComposeResult:
        """The failures first."""
        with VerticalScroll(classes="sheet", id="results"):
            yield Static(Content(self._results_heading), classes="sheet-heading")
            for done, label, words in sorted(self._results_lines, key=lambda one: one[0]):
                head = ("done    ", "$text-success") if done else ("NOT DONE", "bold $text-error")
                yield Static(Content.assemble(head, "  ", (self._safe(label), "bold"), "  ", self._safe(words)))

    def _safe(self, text: str) -> str:
        return safe_line(text, ascii_only=self.app.has_class("-ascii"))

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
