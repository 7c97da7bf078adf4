"""Every key of the screen below, with what it does; narrowed by what is typed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.commands import Command, key_words
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

_HELP_AT = 39
"""The column of the sentences, under which their further lines stand too."""
_FRAME = 5
"""Columns of the page's padding and scroll bar."""


class Help(ModalScreen[None]):
    """The keys in groups. Typing narrows them; Escape, `?` or Enter closes."""

    BINDINGS: ClassVar = [
        Binding("escape,enter,question_mark,f1", "close", "Close", show=False, priority=True),
        Binding("down,pagedown", "scroll(1)", show=False, priority=True),
        Binding("up,pageup", "scroll(-1)", show=False, priority=True),
    ]

    def __init__(self, commands: Sequence[Command], keys: Mapping[str, str], about: str = "") -> None:
        """Make the page for these commands; `about` says what the screen below shows."""
        super().__init__()
        self._help_commands = tuple(dict.fromkeys(commands))
        self._help_keys = keys
        self._help_about = about

    def compose(self) -> ComposeResult:
        """A search field above the groups."""
        yield TextField(placeholder="type to search the keys", id="help-search")
        with VerticalScroll(id="help-page"):
            yield Static(self._page(""), id="help-words")

    def on_input_changed(self, changed: TextField.Changed) -> None:
        """Show only what matches."""
        self.query_one("#help-words", Static).update(self._page(changed.value))

    def on_resize(self) -> None:
        """Break the sentences anew."""
        self.query_one("#help-words", Static).update(self._page(self.query_one("#help-search", TextField).value))

    def _page(self, wanted: str) -> Content:
        """The groups as text: key, words, sentence, and the id for the user's own keys."""
        about = safe_line(self._help_about, ascii_only=self.app.has_class("-ascii"))
        lines = [Content(about)] if about and not wanted else []
        group = None
        room = max(20, self.app.size.width - _FRAME - _HELP_AT)
        for command in self._help_commands:
            key = key_words(self._help_keys, command.command_id, all_keys=True)
            line = f"{key} {command.words} {command.help} {command.command_id}"
            if wanted.lower() not in line.lower():
                continue
            if command.group != group:
                group = command.group
                lines += [Content(), Content.styled(group, "bold $accent")]
            sentence = f"\n{' ' * _HELP_AT}".join(textwrap.wrap(command.help, room))
            lines.append(
                Content.assemble((f"  {key:<16}", "bold $primary"), f"{command.words:<20} ", (sentence, "$text-muted"))
            )
        return Content("\n").join(lines) if lines else Content("No key or command matches.")

    def action_scroll(self, pages: int) -> None:
        """Turn the page while the search field keeps the focus."""
        page = self.query_one("#help-page", VerticalScroll)
        page.scroll_relative(y=pages * max(1, page.size.height - 2), animate=False)

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)
