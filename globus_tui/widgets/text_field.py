"""Fields of one line that keep still, and draw nothing that would reorder it: one which keeps of a paste all that it
can hold; one whose last word `tab` completes, with a history where there is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual.geometry import Offset, Region
from textual.widgets import Input

from globus_tui.present.safe_text import safe_in_place
from globus_tui.widgets.ordered_keys import OrderedKeys
from globus_tui.widgets.page import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text
    from textual.events import Paste


_LINE_END = re.compile("\r\n|\r|\n")
_CONTROLS = {code: " " if chr(code) == "\t" else None for code in (*range(32), *range(127, 160))}


class TextField(Input):
    """One line of text without border, blinking or tooltips: a blinking cursor costs 2.5 kB a second over SSH."""

    DEFAULT_CSS = """
    TextField, TextField:focus {
        border: none;
        height: 1;
        padding: 0;
        background: $panel;
        & > .input--placeholder { color: $text-muted; }
    }
    TextField:nocolor > .input--cursor, TextField:nocolor > .input--selection { text-style: reverse; }
    """

    def __init__(self, value: str | None = None, *, joins_lines: bool = False, **options: Any) -> None:
        """As Textual's; `joins_lines`: what is pasted is a code, an id or a link, whatever line ends stand in it."""
        super().__init__(value, **options)
        self._text_joins_lines = joins_lines

    def on_mount(self) -> None:
        self.cursor_blink = False

    def on_paste(self, event: Paste) -> None:
        """Put in what one line can hold."""
        event.stop()
        event.prevent_default()  # Textual's own would put in the first line, even where that is empty
        lines = [line.translate(_CONTROLS) for line in _LINE_END.split(event.text.strip("\r\n"))]
        if self._text_joins_lines:
            lines = ["".join(line.strip() for line in lines)]
        if lines[0]:
            self.replace(lines[0], *self.selection)
        if len(lines) > 1 and isinstance(self.app, OrderedKeys):
            self.app.tell_for_now(f"{len(lines)} lines were pasted: only the first was taken, one line fits here.")

    @property
    def _text_cell(self) -> int:
        """The cell of what is drawn in which the cursor stands: what is not seen has a sign there, which takes one."""
        return cell_len(self._value.plain[: self.cursor_position]) + self.cursor_at_end

    @property
    def cursor_screen_offset(self) -> Offset:
        """As Textual's, but in what is drawn."""
        return self.content_region.offset - self.scroll_offset + (self._text_cell, 0)

    def watch_selection(self) -> None:
        """Keep the cursor in sight, also in the first text, which Textual leaves as it is."""
        self.scroll_to_region(Region(self._text_cell, 0, width=1, height=1), force=True, animate=False)
        self.app.cursor_position = self.cursor_screen_offset

    @property
    def _value(self) -> Text:
        """As in Textual; where only ASCII is drawn, what is hidden is drawn as stars."""
        shown, ascii_only = super()._value, self.app.has_class("-ascii")
        if not self.password:
            shown.plain = safe_in_place(self.value, ascii_only=ascii_only)
        elif ascii_only:
            shown.plain = "*" * len(self.value)
        return shown


class CompletingField(TextField):
    """`tab` takes what the word can become: as much as is certain, then one after the other.

    Attributes:
        complete: gives the whole texts that the one up to the cursor may become.
        history: what was entered before, the newest last; the arrow keys go through it.
    """

    BINDINGS: ClassVar = bound("tab complete(1); shift+tab complete(-1); up recall(-1); down recall(1)")

    def __init__(self, complete: Callable[[str], Sequence[str]], history: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.complete = complete
        self.history = history
        self._complete_ring: tuple[Sequence[str], int] = ((), 0)
        self._recall_place = 0
        self._recall_typed = ""

    def action_complete(self, step: int) -> None:
        """Complete the last word, or take the next completion in place of the last."""
        ring, place = self._complete_ring
        if ring and self.value == ring[place]:
            place = (place + step) % len(ring)
        else:
            ring, place = tuple(self.complete(self.value[: self.cursor_position])), 0
            certain = _common(ring)
            if len(ring) > 1 and len(certain) > self.cursor_position:
                self._put(certain)
                return
        if ring:
            self._put(ring[place])
            self._complete_ring = ring, place

    def action_recall(self, step: int) -> None:
        """What was entered before, or after that; at the end what was being typed."""
        lines = (*self.history, self._recall_typed)
        place = len(self.history) + self._recall_place
        if self.value != lines[place]:
            self._recall_typed, place = self.value, len(self.history)
            lines = (*self.history, self.value)
        target = min(len(self.history), max(0, place + step))
        self._recall_place = target - len(self.history)
        self._put(lines[target])

    def _put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)


def _common(ring: Sequence[str]) -> str:
    """The longest common beginning."""
    least, most = min(ring, default=""), max(ring, default="")
    return least[: next((at for at, char in enumerate(least) if most[at : at + 1] != char), len(least))]
