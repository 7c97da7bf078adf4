"""A text shown bare, to read, select with the mouse, or send to the clipboard."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.content import Content
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.page import Question, Unrolled, bound, in_pieces
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.events import Key

    from globus_tui.screens.console import Console

_CLEAN = "\x1b[?1049h\x1b[2J\x1b[H"
"""The second screen of the terminal, empty: what the shell had on the first one stays, and nothing is left in it."""
_BACK = "\x1b[?1049l"


def print_bare(app: Console, text: str) -> bool:
    """Shows the text until Enter; False when this terminal cannot be left for a moment.

    Blocks, as nothing else can be drawn meanwhile. Written where the full screen is drawn, which is standard error.
    """
    try:
        with app.suspend(), _ctrl_c_goes_back():
            with contextlib.suppress(EOFError, KeyboardInterrupt):
                _write(f"{_CLEAN}{text}\n\nPress Enter to go back.")
                input()
            _write(_BACK)
    except SuspendNotSupported:
        return False
    return True


def _write(text: str) -> None:
    if sys.__stderr__ is not None:
        sys.__stderr__.write(text)
        sys.__stderr__.flush()


@contextlib.contextmanager
def _ctrl_c_goes_back() -> Iterator[None]:
    """Lets Ctrl+C end the wait for Enter: the event loop would keep it for later."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class CopyMenu(Question[str]):
    """What can be copied, each with its key and the text itself; gives the key of what was chosen, or None."""

    question = "Copy"
    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = bound("q cancel")

    def __init__(self, choices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._copy_choices = tuple(choices)

    def compose_sheet(self) -> ComposeResult:
        for key, words, text in self._copy_choices:
            first, *rest = text.splitlines() or [""]
            shown = self.safe(first) + (f"  (+{len(rest)} lines)" if rest else "")
            line = TextLine()
            line.left = Content.assemble((f" {key}  ", "bold $primary"), f"{words:<14}", (shown, "$text-muted"))
            yield line
        yield self.line("The text is also shown as it is, to select with the mouse. Escape cancels.")

    def on_key(self, event: Key) -> None:
        pressed = event.character
        if pressed is not None and any(key == pressed for key, _, _ in self._copy_choices):
            event.stop()
            self.dismiss(pressed)


class BareText(Question[None]):
    """A text on lines of its own, without border or indent, to select with the mouse."""

    BINDINGS: ClassVar = bound("enter,q cancel")

    def __init__(self, text: str | Content) -> None:
        """Show this text; what could harm the terminal in it is escaped, and `Content` is harmless already."""
        super().__init__()
        self._bare_text = text

    def compose(self) -> ComposeResult:
        text = self._bare_text
        lines = [text] if isinstance(text, Content) else (Content(safe_line(line)) for line in text.splitlines())
        with Unrolled(in_pieces(lines), classes="sheet bare"):
            yield Static("Enter or Escape closes.", markup=False)
