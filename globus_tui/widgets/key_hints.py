"""The keys of a screen, on its last lines: as many as fit, the ones that cannot act now dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import var
from textual.widget import Widget

from globus_tui.commands import Command, key_words
from globus_tui.widgets.text_line import same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import RenderResult
    from textual.geometry import Size


ALWAYS = frozenset({"app.help", "app.back"})
"""Commands whose keys are drawn however narrow the screen is: from them all others are found."""


class KeyHints(Widget):
    """Draws commands as `key words`. Told which of them cannot act; pressing those says why.

    Textual's own footer is a widget for every key; this is two lines of text that change when their words do.
    """

    DEFAULT_CSS = """
    KeyHints { height: auto; max-height: 2; dock: bottom; color: $text-muted; }
    """

    unable: var[frozenset[str]] = var(frozenset())
    """Ids of commands that cannot act now."""
    absent: var[frozenset[str]] = var(frozenset())
    """Ids of commands that there are none of now: another one may have their key."""

    def __init__(
        self, commands: tuple[Command, ...], keys: Mapping[str, str], *, wording: Callable[[Command], str] | None = None
    ) -> None:
        """Make the hints.

        Args:
            commands: what the screen offers; those with `footer` are drawn, in this order.
            keys: command id → keys, the user's own included.
            wording: gives a command other words for the moment (pause, or resume).
        """
        super().__init__()
        self._hint_commands = tuple(one for one in commands if one.footer)
        self._hint_keys = keys
        self._hint_wording = wording or (lambda command: command.words)
        self._hint_drawn: list[Content] = []

    def watch_unable(self) -> None:
        """Dim and undim."""
        self.reword()

    def watch_absent(self) -> None:
        """Leave out and put back."""
        self.reword()

    def reword(self) -> None:
        """Ask for the words again: what they depend on changed."""
        lines = self._lines(self.size.width)
        if len(lines) != len(self._hint_drawn) or not all(map(same, lines, self._hint_drawn)):
            self.refresh(layout=len(lines) != len(self._hint_drawn))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, or two where one is too short."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """The hints, broken into at most two lines between commands."""
        self._hint_drawn = self._lines(self.size.width)
        return Content("\n").join(self._hint_drawn)

    def _lines(self, room: int) -> list[Content]:
        """As many hints as fit on two lines; those of help and of the way back always do."""
        last = [self._hint(one) for one in self._hint_commands if one.command_id in ALWAYS]
        reserved = sum(one.cell_length for one in last)
        lines = [Content()]
        for hint in (self._hint(one) for one in self._hint_commands if one.command_id not in ALWAYS | self.absent):
            if lines[-1].cell_length + hint.cell_length > room - (reserved if len(lines) == 2 else 0):
                if len(lines) == 2:
                    break
                lines.append(Content())
            lines[-1] += hint
        for hint in last:
            if lines[-1].cell_length + hint.cell_length > room and len(lines) < 2:
                lines.append(Content())
            lines[-1] += hint
        return lines

    def _hint(self, command: Command) -> Content:
        key = key_words(self._hint_keys, command.command_id)
        dim = command.command_id in self.unable
        key_style, words_style = ("dim", "dim") if dim else ("bold $primary", "")
        return Content.assemble(" ", (key, key_style), " ", (self._hint_wording(command), words_style), " ")
