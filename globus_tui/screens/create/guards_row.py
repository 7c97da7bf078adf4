"""Precautions for a timer that deletes: the danger in words, and when to refuse or to alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.domain.destructive import DANGER
from globus_tui.domain.findings import Finding, stop
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from globus_tui.domain.draft import Draft
    from globus_tui.screens.create.wizard import WizardScreen

GUARDS = "guards"
_PERCENT = "fewer_percent"


class GuardsRow(Vertical):
    """Not there while the draft deletes nothing."""

    DEFAULT_CSS = """
    GuardsRow { height: auto; }
    GuardsRow #danger { color: $text-error; height: auto; margin-left: 13; }
    GuardsRow #fewer { width: 6; }
    GuardsRow .unit { width: auto; height: 1; margin-right: 1; }
    """

    def compose(self) -> ComposeResult:
        """The danger, and two precautions in a row."""
        yield Static(Content(DANGER), id="danger")
        yield FormRow(
            GUARDS,
            "guards",
            Toggle("not from purged storage", id="refuse_scratch"),
            Static("alarm at", classes="unit", markup=False),
            TextField(id="fewer"),
            Static(" % fewer files", classes="unit", markup=False),
        )

    @property
    def frame(self) -> WizardScreen:
        """The wizard around it."""
        return cast("WizardScreen", self.screen)

    def show(self, draft: Draft) -> None:
        """As the draft has it, except while the number is being typed."""
        self.display = draft.deletes
        self.query_one("#refuse_scratch", Toggle).value = draft.guards.refuse_scratch
        percent = draft.guards.fewer_percent
        field, text = self.query_one("#fewer", TextField), "" if percent is None else f"{percent:g}"
        said = draft.typed.get(_PERCENT, text)
        if not field.has_focus and field.value != said:
            with self.prevent(Input.Changed):
                field.value = said

    def findings(self, draft: Draft) -> list[Finding]:
        """What is wrong with the number."""
        said = draft.typed.get(_PERCENT, "")
        if not said.strip() or read_percent(said) is not None:
            return []
        return [stop(GUARDS, "Write a number of percent from 0 to 100; nothing for no alarm")]

    @on(Toggle.Changed, "#refuse_scratch")
    def take_toggle(self, changed: Toggle.Changed) -> None:
        """Refuse sources that look purged, or do not."""
        changed.stop()
        draft = self.frame.draft
        self.frame.change(replace(draft, guards=replace(draft.guards, refuse_scratch=changed.value)))

    @on(Input.Changed, "#fewer")
    def take_percent(self, changed: Input.Changed) -> None:
        """When the shrinking source alarms."""
        changed.stop()
        if changed.input.has_focus:
            draft = self.frame.draft.with_typed(_PERCENT, changed.value)
            percent = read_percent(changed.value)
            if percent is not None or not changed.value.strip():
                draft = replace(draft, guards=replace(draft.guards, fewer_percent=percent))
            self.frame.change(draft)


def read_percent(text: str) -> float | None:
    """A number from 0 to 100, with or without its sign; None for anything else."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None
