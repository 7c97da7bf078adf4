"""A text shown bare, to read, select with the mouse, or send to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from globus_tui.app import GlobusTui


class CopyMenu(ModalScreen[str | None]):
    """What can be copied, each with its key and the text itself; gives the key of what was chosen, or None."""

    app: GlobusTui

    DEFAULT_CSS = """
    CopyMenu .choice { height: 1; text-wrap: nowrap; text-overflow: clip; }
    """
    BINDINGS: ClassVar = [Binding("escape,q", "cancel", "Cancel", show=False)]

    def __init__(self, choices: Sequence[tuple[str, str, str]]) -> None:
        """Make the menu of (key, words, text)."""
        super().__init__()
        self._copy_choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """A line for each choice, its text behind it."""
        with Vertical(classes="sheet"):
            yield Static("Copy", classes="sheet-heading", markup=False)
            for key, words, text in self._copy_choices:
                first, *more = text.splitlines() or [""]
                shown = safe_line(first, ascii_only=self.app.host.ascii) + (f"  (+{len(more)} lines)" if more else "")
                line = Content.assemble((f" {key}  ", "bold $primary"), f"{words:<14}", (shown, "$text-muted"))
                yield Static(line, classes="choice")
            yield Static("The text is also shown as it is, to select with the mouse. Escape cancels.", markup=False)

    def on_key(self, event: object) -> None:
        """Take the choice whose key was pressed."""
        pressed = getattr(event, "character", None)
        if isinstance(pressed, str) and any(key == pressed for key, _, _ in self._copy_choices):
            self.dismiss(pressed)

    def action_cancel(self) -> None:
        """Close; nothing is copied."""
        self.dismiss(None)


class BareText(ModalScreen[None]):
    """A text on lines of its own, without border or indent, to select with the mouse."""

    BINDINGS: ClassVar = [Binding("escape,enter,q", "close", "Close", show=False)]

    def __init__(self, text: str) -> None:
        """Show this text; what could harm the terminal in it is escaped."""
        super().__init__()
        self._bare_text = text

    def compose(self) -> ComposeResult:
        """The text, and how to leave."""
        with Vertical(classes="sheet bare"):
            yield Static("Enter or Escape closes.", markup=False)
            yield Static(Content("\n".join(safe_line(line) for line in self._bare_text.splitlines())))

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
