"""New names for several timers: one pattern, and what becomes of each name while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.timer_groups import NamePattern, check_name
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.page import Question
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from globus_tui.domain.timer.job import JobId

NewNames = dict["JobId", str]
_FIELDS = (("old", "replace"), ("new", "with"), ("before", "put before"), ("after", "put behind"))
_SHOWN = 6
"""New names shown one by one."""
_HELP = "Enter renames, Escape cancels. Only names that change are sent; a group's times stay at the end."


class RenameMany(Question["NewNames | None"]):
    """Asks for a pattern; gives the new names of those timers whose name changes, or None when cancelled."""

    def __init__(self, names: Mapping[JobId, str], words: str = "") -> None:
        """Make the form for these names; a timer without one has an empty text. `words`: how many of which they are."""
        super().__init__()
        self._rename_words = words
        self._rename_names = dict(names)

    def heading(self) -> str:
        return f"Rename {len(self._rename_names)} timers"

    def compose_sheet(self) -> ComposeResult:
        if self._rename_words:
            yield self.line(self._rename_words)
        for name, label in _FIELDS:
            yield FormRow(name, label, TextField(id=f"rename-{name}"))
        yield Static(_HELP, id="rename-note", markup=False)  # above the names: these may not all fit
        yield Static(id="rename-preview", markup=False)

    def on_mount(self) -> None:
        self.show_names()

    def new_names(self) -> NewNames:
        """What the pattern makes of the names, those left out that stay as they are."""
        texts = {name: self.query_one(f"#rename-{name}", TextField).value for name, _ in _FIELDS}
        pattern = NamePattern(**texts)
        found = {job_id: pattern.applied(name) for job_id, name in self._rename_names.items()}
        return {job_id: name for job_id, name in found.items() if name != self._rename_names[job_id]}

    @on(TextField.Changed)
    def show_names(self) -> None:
        changed = self.new_names()
        lines = [f"{self._rename_names[job_id] or '(no name)'} -> {name}" for job_id, name in changed.items()]
        lines += [f"{name or '(no name)'}" for job_id, name in self._rename_names.items() if job_id not in changed]
        more = [f"… and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        count = f"{len(changed)} of {len(self._rename_names)} names change"
        words = "\n".join([f"{count}:", *(f"  {safe_line(line)}" for line in (*lines[:_SHOWN], *more))])
        self.query_one("#rename-preview", Static).update(Content(words))

    @on(TextField.Submitted)
    def take_names(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        changed = self.new_names()
        try:
            for name in changed.values():
                check_name(name)
        except BadInput as wrong:
            note = self.query_one("#rename-note", Static)
            note.add_class("-wrong")
            note.update(Content(str(wrong)))
        else:
            self.dismiss(changed)
