"""What a flow wants to know: a form made of its own description of its input, or the whole as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.containers import Vertical
from textual.widgets import Input, TextArea

from globus_tui.domain.draft_fields import FLOW_INPUT
from globus_tui.domain.findings import Finding, Level, note, stop
from globus_tui.domain.flow_form import fits_form, input_problems, json_text, texts_of, with_input, with_json
from globus_tui.domain.flow_inputs import FieldKind, InputField, input_fields, shown
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.choice import Choice
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.flow import Flow
    from globus_tui.screens.create.wizard import WizardScreen

_ROW = "input:"
"""Before the key of a field, in the name of its row."""
_MOST_CHOICES = 5


class FlowInput(Vertical):
    """Not there until the flow's document was read."""

    DEFAULT_CSS = """
    FlowInput { height: auto; }
    FlowInput #form { height: auto; }
    FlowInput #form TextArea { height: 3; border: none; padding: 0; background: $panel; }
    FlowInput #json { height: 10; border: none; padding: 0; background: $panel; }
    """

    def __init__(self) -> None:
        """No flow is known."""
        super().__init__()
        self._input_flow: Flow | None = None
        self._input_fields: tuple[InputField, ...] = ()
        self._input_as_json = False

    def compose(self) -> ComposeResult:
        """The choice between the two ways, and both."""
        yield Toggle("write the input as JSON", id="as-json")
        yield FormRow(FLOW_INPUT, "input", _area("json"), id="json-row")
        yield Vertical(id="form")

    @property
    def frame(self) -> WizardScreen:
        """The wizard around it."""
        return cast("WizardScreen", self.screen)

    async def take_flow(self, flow: Flow) -> None:
        """Make the form of another flow."""
        self._input_flow, self._input_fields = flow, input_fields(flow.input_schema)
        form = self.query_one("#form")
        await form.remove_children()
        await form.mount_all(_row(place, one) for place, one in enumerate(self._input_fields))

    def as_form(self) -> None:
        """Begin with the form again."""
        self._input_as_json = False

    def first_field(self) -> Widget | None:
        """The first field of the form; None while there is none."""
        return next((one for one in self.query_one("#form").query("*") if one.focusable), None)

    def show(self, draft: Draft, flow: Flow | None) -> list[Finding]:
        """Fill it in; returns what is wrong with the fields, and what the flow says of them."""
        self.display = flow is not None
        if flow is None or flow is not self._input_flow:
            return []
        fits = fits_form(draft, flow.input_schema)
        as_json = self._input_as_json or not fits
        toggle = self.query_one("#as-json", Toggle)
        toggle.display, toggle.value = fits, self._input_as_json
        self.query_one("#json-row").display = as_json
        self.query_one("#form").display = not as_json
        if as_json:
            self._fill_area(self.query_one("#json", TextArea), json_text(draft))
        else:
            self._fill_form(draft)
        return self._findings(draft, flow)

    def _findings(self, draft: Draft, flow: Flow) -> list[Finding]:
        problems = input_problems(draft, flow.input_schema)
        found = [stop(_ROW + key, words.rstrip(".")) for key, words in problems.items() if key]
        found += [stop(FLOW_INPUT, problems[""])] if "" in problems else []
        told = {one.field for one in found}
        found += [note(_ROW + one.key, one.description) for one in self._input_fields if one.description]
        return [one for one in found if one.level is Level.STOP or one.field not in told]

    def _fill_form(self, draft: Draft) -> None:
        texts = texts_of(draft, self._input_fields)
        for place, one in enumerate(self._input_fields):
            for widget in self.query(f"#input-{place}"):
                self._fill(widget, texts[one.key])

    def _fill(self, widget: Widget, text: str) -> None:
        if isinstance(widget, Choice):
            widget.value = text or None
        elif isinstance(widget, TextArea):
            self._fill_area(widget, text)
        elif isinstance(widget, TextField) and not widget.has_focus and widget.value != text:
            with self.prevent(Input.Changed):
                widget.value = text

    def _fill_area(self, area: TextArea, text: str) -> None:
        if not area.has_focus and area.text != text:
            with self.prevent(TextArea.Changed):
                area.text = text

    # --- editing

    @on(Toggle.Changed, "#as-json")
    def take_json_or_form(self, changed: Toggle.Changed) -> None:
        """The other way to fill it in."""
        changed.stop()
        self._input_as_json = changed.value
        self.frame.show_draft()

    @on(Input.Changed)
    def take_text(self, changed: Input.Changed) -> None:
        """A field of the form."""
        changed.stop()
        if changed.input.has_focus:
            self._take(changed.input.id or "", changed.value)

    @on(TextArea.Changed)
    def take_area(self, changed: TextArea.Changed) -> None:
        """Several lines: a field of the form, or the whole as JSON."""
        changed.stop()
        area = changed.text_area
        if not area.has_focus:
            return
        if area.id == "json":
            self.frame.change(with_json(self.frame.draft, area.text))
        else:
            self._take(area.id or "", area.text)

    @on(Choice.Changed)
    def take_choice(self, changed: Choice.Changed) -> None:
        """One of a few values."""
        changed.stop()
        self._take(changed.choice.id or "", changed.value)

    def _take(self, name: str, text: str) -> None:
        field = self._input_fields[int(name.removeprefix("input-"))]
        self.frame.change(with_input(self.frame.draft, self._input_fields, field.key, text))


def _row(place: int, one: InputField) -> FormRow:
    label = safe_line(one.label) + (" *" if one.required and one.default is None else "")
    return FormRow(_ROW + one.key, label, _widget(f"input-{place}", one))


def _widget(name: str, one: InputField) -> Widget:
    if one.kind is FieldKind.FLAG:
        return Choice((("yes", "yes"), ("no", "no")), id=name)
    words = [shown(value, FieldKind.TEXT) for value in one.choices]
    if words and len(words) <= _MOST_CHOICES:
        return Choice([(word, word) for word in words], id=name)
    if one.kind in (FieldKind.TEXTS, FieldKind.JSON):
        return _area(name)
    hint = f"default {shown(one.default, one.kind)}" if one.default is not None else one.kind.value
    return TextField(placeholder=safe_line(", ".join(words) or hint), id=name)


def _area(name: str) -> TextArea:
    area = TextArea(id=name, soft_wrap=True, show_line_numbers=False)
    area.cursor_blink = False
    return area
