"""Questions before something is changed. Enter alone changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Sheet(ModalScreen[bool]):
    """A panel at the bottom of the screen; what is behind it stays in sight and goes on living."""

    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, heading: str, sentences: Sequence[str], *, danger: bool = False) -> None:
        """Make a sheet.

        Args:
            heading: what is asked, in one line.
            sentences: what will happen, a line each. Text of a service may stand in them.
            danger: draw the heading as a warning.
        """
        super().__init__(classes="-danger" if danger else "")
        self._sheet_heading = heading
        self._sheet_sentences = tuple(sentences)

    def compose(self) -> ComposeResult:
        """Heading, sentences, and what the sheet itself asks for."""
        with Vertical(classes="sheet"):
            yield Static(Content(safe_line(self._sheet_heading)), classes="sheet-heading")
            for sentence in self._sheet_sentences:
                yield Static(Content(safe_line(sentence)))
            yield from self.compose_answer()

    def compose_answer(self) -> ComposeResult:
        """How to answer; a subclass says."""
        yield from ()

    def action_cancel(self) -> None:
        """Close; nothing is changed."""
        self.dismiss(False)


class Confirm(Sheet):
    """Yes or no. `y` does it; Enter, Escape and `n` do not."""

    BINDINGS: ClassVar = [
        Binding("y", "agree", "Yes", show=False),
        Binding("n,q,enter", "cancel", "Cancel", show=False),
    ]

    def __init__(self, heading: str, sentences: Sequence[str], *, verb: str, danger: bool = False) -> None:
        """Make the question; `verb` is what `y` does, e.g. "pause"."""
        super().__init__(heading, sentences, danger=danger)
        self._confirm_verb = verb

    def compose_answer(self) -> ComposeResult:
        """The two keys, Cancel first."""
        words = Content.assemble(
            (" Cancel (Enter) ", "reverse"), "   ", ("y", "bold $primary"), f" {self._confirm_verb}"
        )
        yield Static(words, classes="sheet-answer")

    def action_agree(self) -> None:
        """Close; the caller does it."""
        self.dismiss(True)


class ConfirmTyped(Sheet):
    """Asks for a text to be typed: for what cannot be taken back."""

    def __init__(self, heading: str, sentences: Sequence[str], *, accepted: Sequence[str], verb: str) -> None:
        """Make the question.

        Args:
            heading: what is asked.
            sentences: what will happen.
            accepted: texts any of which counts as agreement, the first one is asked for.
            verb: what typing it does, e.g. "delete".
        """
        super().__init__(heading, sentences, danger=True)
        self._typed_accepted = tuple(accepted)
        self._typed_verb = verb

    def compose_answer(self) -> ComposeResult:
        """The field."""
        alternatives = " or ".join(safe_line(text) for text in self._typed_accepted)
        yield Static(Content(f"Type  {alternatives}  and press Enter to {self._typed_verb}; Escape cancels."))
        yield TextField(id="typed")
        yield Static("", id="typed-note", classes="-wrong", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        """Agree only to the exact text; anything else says what is missing."""
        submitted.stop()
        if submitted.value.strip() in self._typed_accepted:
            self.dismiss(True)
        elif not submitted.value.strip():
            self.dismiss(False)
        else:
            self.query_one("#typed", TextField).value = ""
            wrong = f"{submitted.value.strip()!r} is not it: nothing was changed. Type it exactly, or press Escape."
            self.query_one("#typed-note", Static).update(Content(safe_line(wrong)))
