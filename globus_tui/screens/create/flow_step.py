"""Which flow is started, and with what: a search, and a form made of the flow's own description of its input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from textual import events, on, work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making import flow_inputs
from globus_tui.domain.making.draft import Draft, What
from globus_tui.domain.making.draft_fields import (
    FLOW,
    FLOW_INPUT,
    RUN_MANAGERS,
    RUN_MONITORS,
    Finding,
    Level,
    note,
    stop,
)
from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.screens.create.side import Side
from globus_tui.screens.create.step import InWizard, Step
from globus_tui.widgets.choice import Choice, Toggle
from globus_tui.widgets.folder_browser import CollectionPicker, FolderBrowser
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_box import TextBox
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

    from globus_tui.domain.transfer.flow import Flow
    from globus_tui.store.browsing import Suggestion


_ROW = "input:"
"""Before the key of a field, in the name of its row."""


class FlowPlace(Side):
    """The id is what is sent; its name is what stands in the field while nobody types there."""

    @dataclass
    class IdTyped(Message):
        """The id of a collection was typed."""

        place: FlowPlace
        collection_id: str

    def __init__(
        self, name: str, field: flow_inputs.InputField, path: flow_inputs.InputField | None, labels: tuple[str, str]
    ) -> None:
        """Make the rows of both fields."""
        super().__init__(name, "")
        self.id_field, self.input_path = field, path
        self._place_labels = labels
        self._place_name = ""

    def compose(self) -> ComposeResult:
        yield FormRow(_ROW + self.id_field.key, self._place_labels[0], self.collection_input())
        key = self.input_path.key if self.input_path else f"{self.id_field.key}/path"
        path = FormRow(_ROW + key, self._place_labels[1], self.path_input())
        path.display = self.input_path is not None
        yield path
        yield CollectionPicker(id=f"{self.side_name}-picker")
        yield FolderBrowser(id=f"{self.side_name}-browser")

    def collection_typed(self) -> None:
        """An id that was typed whole counts, whether or not the collection can be found."""
        super().collection_typed()
        if _is_id(typed := self.collection_field.value.strip()):
            self.post_message(self.IdTyped(self, typed))

    def pick(self, suggestion: Suggestion, other: Suggestion | None = None) -> None:
        """Take a collection; what is not asked for a path goes on to the next field."""
        self._place_name = suggestion.collection.name
        super().pick(suggestion, other)
        if self.input_path is None:
            self.call_after_refresh(self.screen.focus_next)

    def row(self, field: str) -> FormRow:
        return list(self.query(FormRow))[field != self.side_name]

    def chosen_name(self) -> str:
        return self._place_name or self.collection_id or ""

    def fill(self, collection_id: str, path: str) -> None:
        """Show what the draft has, unless it is being typed just now."""
        if collection_id and collection_id != self.collection_id and _is_id(collection_id):
            self._place_name = ""
            self._read_name(collection_id)
        whole_id = collection_id if _is_id(collection_id) else None
        if not collection_id and not self.collection_field.has_focus:
            self._fill(self.collection_field, "")
        self.adopt(whole_id, self._place_name or collection_id or None, path)

    @work(group="name", exclusive=True)
    async def _read_name(self, collection_id: str) -> None:
        try:
            collection = await self.frame.lookup.collection(collection_id)
        except GlobusTuiError as error:
            self.row(self.side_name).say_words(f"This collection cannot be read: {error}")
            return
        self._place_name = collection.name
        if self.collection_id == collection_id and not self.collection_field.has_focus:
            self._fill(self.collection_field, safe_line(collection.name))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        self.set_class(event.widget in (self.path_field, self.browser) and self.collection_id is not None, "-browsing")

    def on_descendant_blur(self) -> None:
        """Elsewhere there is no list; a list that has the focus next stays."""
        super().on_descendant_blur()
        self.call_after_refresh(self._rest)

    def _rest(self) -> None:
        if not self.has_focus_within:
            self.remove_class("-looking", "-browsing")


def heading(words: str) -> Static:
    """The title of an object, above its fields."""
    return Static(safe_line(words), classes="group-heading", markup=False)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return len(text) == 36


_MOST_CHOICES = 5


class FlowInput(InWizard, Vertical):
    """Not there until the flow's document was read."""

    def __init__(self) -> None:
        super().__init__()
        self._input_flow: Flow | None = None
        self._input_form = flow_inputs.InputForm()
        self._input_fields: tuple[flow_inputs.InputField, ...] = ()
        self._input_as_json = False

    def compose(self) -> ComposeResult:
        yield Toggle("write the input as JSON", id="as-json")
        yield FormRow(FLOW_INPUT, "input", TextBox(id="json"), id="json-row")
        yield Vertical(id="form")

    async def take_flow(self, flow: Flow) -> None:
        self._input_flow, self._input_form = flow, flow_inputs.input_form(flow.input_schema)
        self._input_fields = self._input_form.fields
        form = self.query_one("#form")
        await form.remove_children()
        await form.mount_all(_rows(self._input_form))

    def as_form(self) -> None:
        self._input_as_json = False

    def first_field(self) -> Widget | None:
        return next((widget for widget in self.query_one("#form").query("*") if widget.focusable), None)

    def show(self, draft: Draft, flow: Flow | None) -> list[Finding]:
        """Fill it in; returns what is wrong with the fields, and what the flow says of them."""
        self.display = flow is not None
        if flow is None or flow is not self._input_flow:
            return []
        fits = flow_inputs.fits_form(draft, self._input_form)
        as_json = self._input_as_json or not fits
        toggle = self.query_one("#as-json", Toggle)
        toggle.display, toggle.value = fits, self._input_as_json
        self.query_one("#json-row").display = as_json
        self.query_one("#form").display = not as_json
        if as_json:
            self._fill_area(self.query_one("#json", TextArea), flow_inputs.json_text(draft))
        else:
            self._fill_form(draft)
        return self._findings(draft, flow)

    def _findings(self, draft: Draft, flow: Flow) -> list[Finding]:
        problems = flow_inputs.input_problems(draft, flow.input_schema)
        findings = [stop(_ROW + key, words.rstrip(".")) for key, words in problems.items() if key]
        findings += [stop(FLOW_INPUT, problems[""])] if "" in problems else []
        fields = {finding.field for finding in findings}
        labels = field_labels(self._input_form)
        for field in self._input_fields:
            whole = "" if labels[field.path] == safe_line(field.label) else f"{field.label}: "
            if field.description or whole:
                findings.append(note(_ROW + field.key, f"{whole}{field.description or field.key}"))
        return [finding for finding in findings if finding.level is Level.STOP or finding.field not in fields]

    def _fill_form(self, draft: Draft) -> None:
        texts = flow_inputs.texts_of(draft, self._input_form)
        for place, field in enumerate(self._input_fields):
            for widget in self.query(f"#input-{place}"):
                self._fill(widget, texts[field.key], field)
        for side in self.query(FlowPlace):
            path = side.input_path
            side.fill(texts[side.id_field.key], texts[path.key] if path else "")

    def _fill(self, widget: Widget, text: str, field: flow_inputs.InputField) -> None:
        if isinstance(widget, Choice):
            widget.value = text or _preselected(field)
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
        changed.stop()
        self._input_as_json = changed.value
        self.frame.show_draft()

    @on(TextArea.Changed)
    def take_area(self, changed: TextArea.Changed) -> None:
        changed.stop()
        area = changed.text_area
        if not area.has_focus:
            return
        if area.id == "json":
            self.frame.change(flow_inputs.with_json(self.frame.draft, area.text))
        else:
            self.take_text(area.id or "", area.text)

    @on(Side.Picked)
    def take_collection(self, picked: Side.Picked) -> None:
        picked.stop()
        side, collection = picked.side, picked.suggestion.collection
        if not isinstance(side, FlowPlace):
            return
        stays = collection.collection_id == side.collection_id and not picked.suggestion.path
        path = side.path if stays else picked.suggestion.path or ""
        self._take_text(side.id_field.key, collection.collection_id)
        if side.input_path is not None:
            self._take_text(side.input_path.key, path)
        side.adopt(collection.collection_id, collection.name, path, begin=side.input_path is not None)

    @on(FlowPlace.IdTyped)
    def take_id(self, typed: FlowPlace.IdTyped) -> None:
        typed.stop()
        self._take_text(typed.place.id_field.key, typed.collection_id)

    @on(Side.PathChanged)
    def take_path(self, changed: Side.PathChanged) -> None:
        """A path in it was typed or browsed to; Enter goes on."""
        changed.stop()
        side = changed.side
        if isinstance(side, FlowPlace) and side.input_path is not None:
            self._take_text(side.input_path.key, changed.path)
            if changed.done:
                self.screen.focus_next()

    def take_text(self, name: str, text: str) -> None:
        if name.removeprefix("input-").isdigit():
            self._take_text(self._input_fields[int(name.removeprefix("input-"))].key, text)

    def take_option(self, name: str, value: str) -> None:
        self.take_text(name, value)

    def _take_text(self, key: str, text: str) -> None:
        self.frame.change(flow_inputs.with_input(self.frame.draft, self._input_form, key, text))


LABEL_WIDTH = 19
"""Cells of a label; behind it is room for ` *`."""


def field_labels(form: flow_inputs.InputForm) -> dict[tuple[str, ...], str]:
    """What stands before each field: its title, cut with an ellipsis; no two fields of one object look alike."""
    labels: dict[tuple[str, ...], str] = {}
    for field in form.fields:
        name = field.path[-1] if field.path else field.label
        others = {labels[path] for path in labels if path[:-1] == field.path[:-1]}
        offers = (
            clip(safe_line(field.label), LABEL_WIDTH), clip(safe_line(name), LABEL_WIDTH),
            clip(safe_line(name), LABEL_WIDTH, where="middle"), clip(safe_line(name), LABEL_WIDTH, where="start"),
        )  # fmt: skip
        numbered = (f"{clip(safe_line(field.label), LABEL_WIDTH - 4)} {n}" for n in range(2, 1000))
        labels[field.path] = next(words for words in (*offers, *numbered) if words and words not in others)
    return labels


def _rows(form: flow_inputs.InputForm) -> Iterator[Widget]:
    """Objects as headings with what they are, fields as rows, a collection with its path as both in one."""
    labels, places = field_labels(form), {field.path: place for place, field in enumerate(form.fields)}
    fields = {field.path: field for field in form.fields}
    paired = {field.pair for field in form.fields if field.pair is not None}
    titles = [node.label for node in form.nodes if node.is_group]
    for node in form.nodes:
        if node.is_group:
            where = f" ({node.key})" if titles.count(node.label) > 1 else ""
            yield heading(f"{node.label}{where}{' *' if node.needed else ''}")
            if node.description:
                yield Static(safe_line(node.description), classes="group-about", markup=False)
        elif node.kind is flow_inputs.FieldKind.COLLECTION:
            path = fields.get(node.pair) if node.pair else None
            names = _label(node, labels), _label(path, labels) if path else ""
            yield FlowPlace(f"place-{places[node.path]}", node, path, names)
        elif node.path not in paired:
            yield FormRow(_ROW + node.key, _label(node, labels), _widget(f"input-{places[node.path]}", node))


def _label(field: flow_inputs.InputField, labels: dict[tuple[str, ...], str]) -> str:
    needed = field.needed and not field.has_default and not field.nullable
    return labels[field.path] + (" *" if needed else "")


def _preselected(field: flow_inputs.InputField) -> str | None:
    """What holds while nothing is chosen: the default; null where that is sent for a required field."""
    if field.has_default:
        return field.spell(field.default)
    if field.required:
        return "null" if field.nullable else None
    return ""


def _widget(name: str, field: flow_inputs.InputField) -> Widget:
    values = field.choices or ((True, False, None) if field.nullable else (True, False))
    if field.kind is flow_inputs.FieldKind.FLAG or (field.choices and len(field.choices) <= _MOST_CHOICES):
        words = [(word, word) for word in map(field.spell, values)]
        return Choice([*words, *([] if field.required or field.has_default else [("", "not given")])], id=name)
    hint = ", ".join(map(field.spell, field.choices)) or field.kind.value
    if field.has_default:
        hint = f"default {field.spell(field.default)}" + (f"; {hint}" if field.choices else "")
    elif field.nullable and not field.choices:
        hint = f"{hint}, or null"
    if field.kind in (flow_inputs.FieldKind.TEXTS, flow_inputs.FieldKind.JSON):
        return TextBox(placeholder=safe_line(hint), id=name)
    return TextField(placeholder=safe_line(hint), id=name)


_PAUSE = 0.3
"""Seconds without a key after which flows are searched."""
_READING = "Reading the flows that you may start"
_PEOPLE = ((RUN_MANAGERS, "managers"), (RUN_MONITORS, "monitors"), ("tags", "tags"))


class FlowRow(NamedTuple):
    key: str
    flow: Flow


class FlowStep(Step):
    """Until a flow is chosen there is a list to choose from; then its form."""

    title = "Flow"
    about = "Choose a flow, then fill in what it wants to know."
    fields = frozenset({FLOW, FLOW_INPUT, RUN_MANAGERS, RUN_MONITORS})
    hints = "type to search, down and enter choose"

    def __init__(self) -> None:
        super().__init__()
        self._flow_known: Flow | None = None
        self._flow_asked: str | None = None
        self._flow_searched = False
        self._flow_pause: Timer | None = None
        self._flow_words, self._flow_listed = "", False
        """The list is the answer to the words; else it is still to come, or could not be read."""

    def compose(self) -> ComposeResult:
        yield FormRow(FLOW, "flow", TextField(placeholder="part of its title", select_on_focus=False, id="words"))
        yield LineList[FlowRow](
            (
                Column("title", "FLOW", lambda row: row.flow.title, min_width=20, weight=2),
                Column("about", "", lambda row: Span(row.flow.subtitle or "", "muted"), min_width=10, priority=1),
                Column("id", "ID", lambda row: Span(row.flow.flow_id[:8], "muted"), width=8, priority=2),
            ),
            empty=_READING,
            id="flows",
        )
        yield Static(id="about-flow", markup=False)
        yield FlowInput()
        for key, label in _PEOPLE:
            yield FormRow(key, label, TextField(placeholder="none", id=key))

    def first_field(self) -> Widget | None:
        """The search; with a flow chosen, the first field of its form."""
        if self.frame.draft.flow.flow_id is None:
            return self.query_one("#words")
        return self.query_one(FlowInput).first_field() or self.query_one("#words")

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        if draft.what is not What.FLOW_TIMER:
            return
        chosen = draft.flow.flow_id is not None
        self.fill("words", draft.flow.title or draft.flow.flow_id or "")
        for key, _ in _PEOPLE:
            self.fill(key, ", ".join(getattr(draft.flow, key)))
        if chosen and draft.flow.flow_id != self._flow_asked:
            self._flow_asked, self.frame.comes = draft.flow.flow_id, True
            self._read_flow(draft.flow.flow_id or "")
        self._show_flows()
        self._show_input(draft, findings)

    def _show_flows(self) -> None:
        """The list is there while a flow is looked for, by whatever key that ends."""
        flows = self.query_one("#flows")
        looking = self.screen.focused in (flows, self.query_one("#words"))
        flows.display = looking or self.frame.draft.flow.flow_id is None
        if flows.display and not self._flow_searched:
            self._flow_searched = True
            self._search()

    def on_descendant_focus(self) -> None:
        if self.frame.draft.what is What.FLOW_TIMER:
            self._show_flows()

    def _show_input(self, draft: Draft, findings: Sequence[Finding]) -> None:
        flow = self._known_of(draft)
        own_findings = self.query_one(FlowInput).show(draft, flow)
        if flow is None:
            self.show_findings(findings)
            return
        incomplete = flow_inputs.incomplete_words(draft, flow)
        self.show_findings([*own_findings, *(finding for finding in findings if finding.words != incomplete)])
        if self.frame.lookups.flow_problem != incomplete:  # the checks are to know at once, so that it is not sent
            self.frame.learn(replace(self.frame.lookups, flow_problem=incomplete))

    def why_not_create(self) -> str | None:
        """The input is not what the flow wants, as far as its description could be read."""
        flow = self._known_of(self.frame.draft)
        return flow_inputs.incomplete_words(self.frame.draft, flow) if flow is not None else None

    def _known_of(self, draft: Draft) -> Flow | None:
        """The flow of a draft, once its document was read."""
        return self._flow_known if self._flow_known and self._flow_known.flow_id == draft.flow.flow_id else None

    # --- asking

    def take_text(self, name: str, text: str) -> None:
        """Search once nothing was typed for a moment; who may see the runs becomes part of the draft."""
        if name != "words":
            draft = self.frame.draft
            self.edit(replace(draft, flow=replace(draft.flow, **{name: flow_inputs.people(text)})))  # type: ignore[arg-type]  # texts
            return
        self.query_one("#flows").display = True
        if self._flow_pause is not None:
            self._flow_pause.stop()
        self._flow_searched, self._flow_words, self._flow_listed = True, text, False
        self._flow_pause = self.set_timer(_PAUSE, self._search)

    def _search(self) -> None:
        """Ask for what has the words; until it is there, those that had other words are not offered."""
        if self._flow_pause is not None:
            self._flow_pause.stop()
        flows, words, self._flow_listed = self.query_one("#flows", LineList), self._flow_words.strip(), False
        flows.ascii_only = self.frame.view.ascii
        flows.empty = f"Looking for flows with {safe_line(words)}" if words else _READING
        flows.set_rows(())
        self._find(flows, words)

    @work(group="look-up", exclusive=True)
    async def _find(self, flows: LineList[FlowRow], words: str) -> None:
        try:
            matches = await self.frame.lookup.flows(words)
        except GlobusTuiError as error:
            flows.empty = safe_line(f"The flows cannot be read: {error}")
            return
        self._flow_listed = True
        flows.empty = "No flow that you may start matches"
        flows.set_rows(tuple(FlowRow(flow.flow_id, flow) for flow in matches))

    @work(group="flow", exclusive=True)
    async def _read_flow(self, flow_id: str) -> None:
        frame = self.frame
        try:
            await self._make_form(flow_id)
        finally:
            frame.comes = False

    async def _make_form(self, flow_id: str) -> None:
        about = self.query_one("#about-flow", Static)
        about.update("reading what the flow wants to know")
        try:
            flow = await self.frame.lookup.flow(flow_id)
        except GlobusTuiError as error:
            about.update(Content(safe_line(f"The flow cannot be read: {error}")))
            self.frame.learn(replace(self.frame.lookups, flow_problem=f"The flow cannot be read: {error}"))
            return
        self._flow_known = flow
        about.update(Content(safe_line(flow.description or flow.subtitle or "")))
        await self.query_one(FlowInput).take_flow(flow)
        if flow.flow_id == self.frame.draft.flow.flow_id:
            self.edit(flow_inputs.choose_flow(self.frame.draft, flow))
            self._show_input(self.frame.draft, self.frame.findings)
            words = self.query_one("#words", TextField)
            unchanged = words.value in (flow.title, flow_id)  # of a copy only the id is known before
            waits = self.query_one("#flows").has_focus or (words.has_focus and unchanged)
            if waits and (field := self.first_field()) is not None:
                self.screen.set_focus(field)

    # --- editing

    @on(LineList.Chosen, "#flows")
    def take_flow(self, chosen: LineList.Chosen) -> None:
        """This one. Keys behind it wait for its form, as long as keys wait for anything."""
        chosen.stop()
        row = next((row for row in self.query_one("#flows", LineList).rows if row.key == chosen.key), None)
        if row is not None:
            self.query_one(FlowInput).as_form()
            self._flow_asked, self.frame.comes = row.flow.flow_id, True
            self.edit(flow_inputs.choose_flow(self.frame.draft, row.flow))
            self._read_flow(row.flow.flow_id)

    def on_key(self, event: events.Key) -> None:
        """Down in the search goes to what was found; letters there are typed into the search."""
        flows, words = self.query_one("#flows", LineList), self.query_one("#words", TextField)
        flow = self.frame.draft.flow
        if flows.has_focus and event.is_printable and event.character is not None:
            if (
                flow.flow_id is not None
                and flow.flow_id == self._flow_asked
                and self._known_of(self.frame.draft) is None
            ):
                self.frame.tell("The form of this flow is not here yet; type when it is.")
            else:
                if words.value in (flow.title, flow.flow_id):
                    words.clear()  # another one is looked for
                self.screen.set_focus(words)
                words.action_end()
                words.insert_text_at_cursor(event.character)
        elif event.key == "down" and words.has_focus and flows.display and flows.rows:
            flows.focus()
        else:
            return
        event.stop()
        event.prevent_default()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        submitted.prevent_default()
        if submitted.input.id == "words":
            flows = self.query_one("#flows", LineList)
            if flows.display and not self._flow_listed:
                self._search()
            if flows.display and (flows.rows or not self._flow_listed):
                flows.focus()
                return
        self.go_on(submitted.input)
