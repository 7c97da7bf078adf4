"""Every key of the screen below, with what it does, narrowed by what is typed; and commands found by their names."""

from __future__ import annotations

import contextlib
import textwrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.commands import Command, key_words
from globus_tui.widgets.page import Page, Question
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from globus_tui.screens.console import Console

_HELP_AT = 39
"""The column of the sentences, under which their further lines stand too."""
_FRAME = 5
"""Columns of the page's padding and scroll bar."""
_SEEN = "[^\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
"""Text without characters that are not seen and could reorder the line."""


class Palette(CommandPalette, Page[None]):
    """Textual's palette, mended: turning a page before it was drawn would end the program.

    A command is run only when its line was the chosen one for as long as a question must be read.
    """

    app: Console  # type: ignore[assignment]  # the application fulfils it

    _page_chosen = ""

    BINDINGS: ClassVar = [
        Binding("pagedown", "turn('page_down')", show=False),
        Binding("pageup", "turn('page_up')", show=False),
    ]

    def on_mount(self) -> None:
        self.query_one(Input).restrict = _SEEN

    def action_turn(self, action: str) -> None:
        with contextlib.suppress(KeyError):  # of a line that is counted, but not drawn yet
            getattr(self.query_one(CommandList), f"action_{action}")()

    def _chosen(self) -> str:
        """The line that Enter would run."""
        for commands in self.query(CommandList):
            if self._list_visible and commands.highlighted is not None:
                return str(commands.get_option_at_index(commands.highlighted).prompt)
        return ""

    def note_drawn(self) -> None:
        """The lines are on the terminal now; typing and moving choose another one, which is read anew."""
        if (chosen := self._chosen()) != self._page_chosen:
            self._page_chosen = chosen
            self.ask_anew()
        super().note_drawn()

    def _action_command_list(self, action: str) -> None:
        """Textual's own, through which Enter comes."""
        if action == "select" and self._chosen() != self._page_chosen:
            self.ask_anew()  # it stands there, but was not drawn yet
        if action != "select" or self.could_be_read():
            super()._action_command_list(action)

    def tell(self, words: str) -> None:
        """Say it where the page below says things: it stays in sight."""
        self.app.say(words, "warning")


class Help(Question[None]):
    """The keys in groups. Typing narrows them; Escape, `?` or Enter closes."""

    BINDINGS: ClassVar = [
        Binding("escape,enter,question_mark,f1", "cancel", "Close", show=False, priority=True),
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
        yield TextField(placeholder="type to search the keys; esc closes", id="help-search")
        with VerticalScroll(id="help-page"):
            yield Static(self._page(""), id="help-words")

    def on_input_changed(self, changed: TextField.Changed) -> None:
        self.query_one("#help-words", Static).update(self._page(changed.value))

    def on_resize(self) -> None:
        self.query_one("#help-words", Static).update(self._page(self.query_one("#help-search", TextField).value))

    def _page(self, wanted: str) -> Content:
        about = [] if wanted else self._help_about.splitlines()
        lines = [Content(self.safe(line)) for line in about]
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
        page = self.query_one("#help-page", VerticalScroll)
        page.scroll_relative(y=pages * max(1, page.size.height - 2), animate=False)
