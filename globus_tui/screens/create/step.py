"""One step of the wizard: shows its part of the draft, and says what it should become."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from globus_tui.domain.making.draft_fields import Finding, Level
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.making.draft import Draft
    from globus_tui.screens.console import Console
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.widgets.choice import Choice


LOW = 32
"""Lines of a screen below which each counts."""


class InWizard(Widget):
    app: Console  # type: ignore[assignment]  # the application fulfils it

    @property
    def frame(self) -> WizardScreen:
        """The wizard around it: `draft`, `lookup`, `lookups`, `view`, `states`."""
        return cast("WizardScreen", self.screen)

    def fill(self, name: str, text: str) -> None:
        """Show a text in the field with that id, unless somebody is typing there; posts no message."""
        field = self.query_one(f"#{name}", TextField)
        if not field.has_focus and field.value != text:
            with self.prevent(Input.Changed):
                field.value = text

    def on_input_changed(self, changed: Input.Changed) -> None:
        """Passes on what a person typed; what the program filled in is no news."""
        changed.stop()
        if changed.input.has_focus:
            self.take_text(changed.input.id or "", changed.value)

    def on_choice_changed(self, changed: Choice.Changed) -> None:
        changed.stop()
        self.take_option(changed.choice.id or "", changed.value)

    def take_text(self, name: str, text: str) -> None:
        """Called when somebody typed in the field with this id."""

    def take_option(self, name: str, value: str) -> None:
        """Called when another option was taken in the choice with this id."""


class Step(InWizard, VerticalScroll, can_focus=False):
    """A step. It holds no draft: `show` brings it, `edit` takes a new one away.

    Attributes:
        about: one sentence, on the line below it.
        fields: names of `draft_fields` that this step shows; a refusal about one of them opens the step.
        hints: what its own keys do, for the line above the wizard's keys; `{item.add}` is that command's key.
    """

    title: ClassVar[str] = ""
    about: ClassVar[str] = ""
    fields: ClassVar[frozenset[str]] = frozenset()
    hints: ClassVar[str] = ""

    @abstractmethod
    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """Show a draft: when the step is opened, and when the draft or what was found changed.

        Called with the step's own edits too, so it must leave a field alone that says the same already.
        """

    def help_text(self) -> str:
        """What the page of help says of this step, in lines."""
        return ""

    def why_not_create(self) -> str | None:
        """What stands in the way of creating besides findings, in words; asked of every step just before."""
        return None

    def edit(self, draft: Draft) -> None:
        """Ask for the draft to be this one; at once, so that two edits that follow each other both count."""
        self.frame.change(draft)

    def field_note(self, name: str) -> FormRow | None:
        """The row of a field, which has `say(finding)`; None when this step has no such row."""
        return next((row for row in self.query(FormRow) if row.field_name == name), None)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Put the worst finding of each field into its row's note."""
        for row in self.query(FormRow):
            row.say([finding for finding in findings if finding.field == row.field_name])

    def worth_a_line(self, findings: Sequence[Finding]) -> list[Finding]:
        """On a low screen mere notes stay with the checks below: the fields need the lines."""
        low = self.app.size.height < LOW
        return [finding for finding in findings if finding.level >= (Level.WARN if low else Level.NOTE)]

    def first_field(self) -> Widget | None:
        return next((widget for widget in self.query("*") if widget.focusable), None)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Enter in a field: the next one, and after the last one the next step."""
        submitted.stop()
        self.go_on(submitted.input)

    def go_on(self, after: Widget) -> None:
        """Focus what comes after a widget of this step; after the last one, the step is finished."""
        inside = [widget for widget in self.query("*") if widget.focusable]
        place = inside.index(after) + 1 if after in inside else len(inside)
        if place < len(inside):
            inside[place].focus()
        else:
            self.frame.go_on()
