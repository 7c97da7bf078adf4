"""The question when nobody knows whether a request was carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from globus_tui.widgets.page import Question, bound

if TYPE_CHECKING:
    from textual.app import ComposeResult


class LostAnswer(Question[str | None]):
    """Look again, send again, or leave it. Enter looks: that changes nothing."""

    LOOK, AGAIN = "look", "again"
    BINDINGS: ClassVar = bound("enter,l answer('look'); A answer('again'); q cancel")

    def __init__(self, words: str, *, transfer: bool, looks_every: float | None = None) -> None:
        """Ask; `transfer`: it was a transfer, which can be handed in again without harm.

        With `looks_every`, as many seconds without an answer count as looking again.
        """
        super().__init__(classes="-danger")
        self._lost_looks_every = looks_every
        self._lost_words = words
        self._lost_transfer = transfer

    def heading(self) -> str:
        return "The answer was lost"

    def compose_sheet(self) -> ComposeResult:
        look = "" if self._lost_transfer else " look for it again (Enter) "
        again = "hand it in again: it runs once" if self._lost_transfer else "create it again: there may then be two"
        yield self.line(self._lost_words)
        ways = (("   A", "bold $primary"), f" {again}   ", ("esc", "bold $primary"), " leave it; the draft is kept")
        yield Static(Content.assemble((look, "reverse"), *ways), classes="sheet-answer")

    def on_mount(self) -> None:
        if self._lost_looks_every is not None:
            self.set_timer(self._lost_looks_every, lambda: self.action_answer(self.LOOK))

    def action_answer(self, answer: str) -> None:
        if answer == self.LOOK and self._lost_transfer:
            return
        self.dismiss(answer)
