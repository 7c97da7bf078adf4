"""What this program itself costs the machine and the service, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.widgets.page import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class AboutSelf(Question[None]):
    """Lines as they were when it was opened: a page that counts would cost something itself."""

    BINDINGS: ClassVar = [Binding("escape,enter,q,i", "close", "Close", show=False)]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._about_lines = tuple(lines)

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static("This program, since it was started", classes="sheet-heading", markup=False)
            yield Static(Content("\n".join(self._about_lines)))
            yield Static("Enter or Escape closes.", classes="sheet-answer", markup=False)

    def action_close(self) -> None:
        self.dismiss(None)
