"""The keys of a screen, on its last line: as many as fit, those first that can act now."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import var
from textual.widget import Widget

from globus_tui.commands import Command, key_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import RenderResult


ALWAYS = frozenset({"app.help", "app.back"})
"""Commands whose keys are drawn however narrow the screen is: from them all others are found."""


RARER = frozenset({"job.rename", "job.delete", "job.copy", "job.log"})
"""Commands whose keys are drawn where there is room for them when the others are."""


class KeyHints(Widget):
    """Draws commands as `key words`. Told which of them cannot act; pressing those says why.

    Textual's own footer is a widget for every key; this is one line of text that changes when its words do.
    """

    DEFAULT_CSS = "KeyHints { height: 1; dock: bottom; color: $text-muted; }"

    unable: var[frozenset[str]] = var(frozenset())
    """Ids of commands that cannot act now."""
    absent: var[frozenset[str]] = var(frozenset())
    """Ids of commands that there are none of now: another one may have their key."""

    def __init__(
        self,
        commands: tuple[Command, ...],
        keys: Mapping[str, str],
        *,
        wording: Callable[[Command], str] | None = None,
        refused: frozenset[str] = frozenset(),
    ) -> None:
        """Make the hints.

        Args:
            keys: command id → keys, the user's own included.
            wording: gives a command other words for the moment (pause, or resume).
            refused: ids of commands that never can act here.
        """
        super().__init__()
        self._hint_commands = tuple(command for command in commands if command.footer)
        self._hint_keys = keys
        self._hint_refused = refused
        self._hint_wording = wording or (lambda command: command.words)
        self._hint_drawn: tuple[object, ...] = ()

    def watch_unable(self) -> None:
        self.reword()

    def watch_absent(self) -> None:
        self.reword()

    def reword(self) -> None:
        """Ask for the words again, after what they depend on changed."""
        if self._depends_on() != self._hint_drawn:
            self.refresh()

    def render(self) -> RenderResult:
        """Help and the way back always; then commands that can act now, then the others."""
        self._hint_drawn, room = self._depends_on(), self.size.width
        present = [command for command in self._hint_commands if command.command_id not in self.absent]
        hints = {command.command_id: self._hint(command) for command in present}
        unable = self.unable | self._hint_refused
        shown: set[str] = set()
        for ids in (
            ALWAYS & hints.keys(),
            [key for key in hints if key not in unable | RARER],
            [key for key in hints if key not in unable],
            [key for key in hints if key in unable],
        ):
            for command_id in ids:
                if command_id not in shown and (hints[command_id].cell_length <= room or command_id in ALWAYS):
                    shown.add(command_id)
                    room -= hints[command_id].cell_length
        first = [hints[key] for key in hints if key in shown - ALWAYS]
        return Content("").join((*first, *(hints[key] for key in hints if key in shown & ALWAYS)))

    def _depends_on(self) -> tuple[object, ...]:
        """All that the line depends on besides the keys, which never change."""
        return self.size.width, self.unable, self.absent, [*map(self._hint_wording, self._hint_commands)]

    def _hint(self, command: Command) -> Content:
        key = key_words(self._hint_keys, command.command_id)
        dim = command.command_id in self.unable | self._hint_refused
        colour = "underline" if self.app.has_class("-production") else "$primary"  # which a red ground swallows
        return _hint(key, self._hint_wording(command), "dim" if dim else f"bold {colour}", "dim" if dim else "")


@cache
def _hint(key: str, words: str, key_style: str, words_style: str) -> Content:
    """One key and what it does; asked for again whenever the cursor moves."""
    return Content.assemble(" ", (key, key_style), " ", (words, words_style), " ")
