"""The question when nobody knows whether a request was carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line

if TYPE_CHECKING:
    from textual.app import ComposeResult


class LostAnswer(ModalScreen[str | None]):
    """Look again, send again, or leave it. Enter looks: that changes nothing."""

    LOOK, AGAIN = "look", "again"
    BINDINGS: ClassVar = [
        Binding("enter,l", "answer('look')", "Look again", show=False),
        Binding("A", "answer('again')", "Send again", show=False),
        Binding("escape,q", "leave", "Leave it", show=False),
    ]

    def __init__(self, words: str, *, transfer: bool) -> None:
        """Ask; `transfer`: it was a transfer, which can be handed in again without harm."""
        super().__init__(classes="-danger")
        self._lost_words = words
        self._lost_transfer = transfer

    def compose(self) -> ComposeResult:
        """What is known, and the three ways."""
        look = "" if self._lost_transfer else " look for it again (Enter) "
        again = "hand it in again: it runs once" if self._lost_transfer else "create it again: there may then be two"
        with Vertical(classes="sheet"):
            yield Static("The answer was lost", classes="sheet-heading", markup=False)
            yield Static(Content(safe_line(self._lost_words)))
            yield Static(
                Content.assemble(
                    (look, "reverse"),
                    ("   A", "bold $primary"),
                    f" {again}   ",
                    ("esc", "bold $primary"),
                    " leave it; the draft is kept",
                ),
                classes="sheet-answer",
            )

    def action_answer(self, answer: str) -> None:
        """Close with an answer."""
        if answer == self.LOOK and self._lost_transfer:
            return
        self.dismiss(answer)

    def action_leave(self) -> None:
        """Close; nothing more is sent."""
        self.dismiss(None)
