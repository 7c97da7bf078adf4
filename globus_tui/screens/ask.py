"""One line of text asked of the user: a new name, an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult


class Ask(ModalScreen[str | None]):
    """A question with a text field; gives the text, or None when cancelled."""

    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(
        self,
        heading: str,
        sentences: Sequence[str] = (),
        *,
        value: str = "",
        check: Callable[[str], object] = str,
    ) -> None:
        """Make the question.

        Args:
            heading: what is asked.
            sentences: what there is to know, a line each.
            value: what stands in the field at first.
            check: raises GlobusTuiError with words when a text will not do.
        """
        super().__init__()
        self._ask_heading = heading
        self._ask_sentences = tuple(sentences)
        self._ask_value = value
        self._ask_check = check

    def compose(self) -> ComposeResult:
        """Heading, sentences, the field, and room for what is wrong."""
        with Vertical(classes="sheet"):
            yield Static(Content(safe_line(self._ask_heading)), classes="sheet-heading")
            for sentence in self._ask_sentences:
                yield Static(Content(safe_line(sentence)))
            yield TextField(self._ask_value, id="answer")
            yield Static("Enter takes it, Escape cancels.", id="ask-note", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        """Take the text if it will do, else say why not and stay."""
        submitted.stop()
        text = submitted.value.strip()
        try:
            self._ask_check(text)
        except GlobusTuiError as wrong:
            note = self.query_one("#ask-note", Static)
            note.add_class("-wrong")
            note.update(Content(str(wrong)))
        else:
            self.dismiss(text)

    def action_cancel(self) -> None:
        """Close without a text."""
        self.dismiss(None)
