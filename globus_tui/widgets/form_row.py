"""One line of a form: its label, its field, and a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.making.draft_fields import Finding, Level
from globus_tui.present.marks import LEVEL_WORDS
from globus_tui.present.safe_text import cell_width, safe_line
from globus_tui.widgets.text_line import NoteLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget


_STYLES = {Level.OK: "-ok", Level.NOTE: "-note", Level.WARN: "-warn", Level.STOP: "-stop"}


class FormRow(Vertical):
    """A label, a field and a note under it, which is hidden while it is empty."""

    DEFAULT_CSS = """
    FormRow { height: auto; }
    FormRow > Horizontal { height: auto; }
    FormRow .row-label { width: 13; height: 1; color: $text-muted; }
    FormRow TextField { width: 1fr; }
    FormRow .row-note { max-height: 100%; margin-left: 13; display: none; color: $text-muted; }
    FormRow .row-note.-warn { color: $text-warning; }
    FormRow .row-note.-stop { color: $text-error; }
    """

    def __init__(self, field_name: str, label: str, *fields: Widget, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make a row.

        Args:
            field_name: a name of `draft_fields`, by which findings and refusals come here.
            fields: what is typed into or chosen from.
        """
        super().__init__(id=id)
        self.field_name = field_name
        self._row_label = label
        self._row_fields = fields
        self._row_said: tuple[Level, str] | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Content(self._row_label), classes="row-label")
            yield from self._row_fields
        yield NoteLine(classes="row-note")

    def say(self, findings: Sequence[Finding]) -> None:
        """Say the worst of what was found of this field; nothing when all is well."""
        worst = max(findings, key=lambda finding: finding.level, default=None)
        if worst is None or worst.level < Level.NOTE:
            self.say_words("")
        else:
            where = f"{worst.item + 1}: " if worst.item is not None else ""
            self.say_words(f"{where}{worst.words}", worst.level)

    @property
    def says_all(self) -> bool:
        """Whether its note can be read whole, without being cut."""
        if self._row_said is None or not self._row_said[1]:
            return False
        note = self.query_one(".row-note", NoteLine)
        longest = note.size.width * (note.size.height or 1)
        return cell_width(safe_line(self._row_said[1])) + 5 < longest * (1.0 if note.size.height == 1 else 0.85)

    def say_words(self, words: str, level: Level = Level.NOTE) -> None:
        """Show a note; an empty one hides it. It may contain text of a service."""
        if (level, words) == self._row_said:
            return
        self._row_said = (level, words)
        line = self.query_one(".row-note", NoteLine)
        line.display = bool(words)
        for each, style in _STYLES.items():
            line.set_class(each is level, style)
        sign = f"{LEVEL_WORDS[level]} " if level >= Level.WARN else ""
        line.left = Content(f"{sign}{safe_line(words)}")
