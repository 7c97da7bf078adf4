"""Which flow is started, and with what: a search, and a form made of the flow's own description of its input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import FLOW, FLOW_INPUT
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.flow_form import (
    choose_flow,
    incomplete_words,
    people,
)
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.create.flow_input import FlowInput
from globus_tui.screens.create.step import Step
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.line_columns import Column, Span
from globus_tui.widgets.line_list import LineList
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.findings import Finding
    from globus_tui.domain.flow import Flow

_PAUSE = 0.3
"""Seconds without a key after which flows are searched."""
_PEOPLE = (("run_managers", "managers"), ("run_monitors", "monitors"), ("tags", "tags"))


class FlowRow(NamedTuple):
    """A flow as a line."""

    key: str
    flow: Flow


class FlowStep(Step):
    """Until a flow is chosen there is a list to choose from; then its form."""

    DEFAULT_CSS = """
    FlowStep FormRow .row-label { width: 22; }
    FlowStep FormRow .row-note { margin-left: 22; }
    FlowStep #flows { height: 6; }
    FlowStep #about-flow { color: $text-muted; height: auto; margin-bottom: 1; }
    """
    title = "Flow"
    about = "Choose a flow, then fill in what it wants to know."
    fields = frozenset({FLOW, FLOW_INPUT})
    hints = "type to search, down and enter choose"

    def __init__(self) -> None:
        """Make the step."""
        super().__init__()
        self._flow_known: Flow | None = None
        self._flow_asked: str | None = None
        self._flow_searched: str | None = None
        self._flow_pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """Search, list, what the flow is, its form, and who may see its runs."""
        yield FormRow(FLOW, "flow", TextField(placeholder="part of its title", id="words"))
        yield LineList[FlowRow](
            (
                Column("title", "FLOW", lambda row: row.flow.title, min_width=20, weight=2),
                Column("about", "", lambda row: Span(row.flow.subtitle or "", "muted"), min_width=10, priority=1),
                Column("id", "ID", lambda row: Span(row.flow.flow_id[:8], "muted"), width=8, priority=2),
            ),
            empty="Reading the flows that you may start",
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
        """The flow, its form, and what is wrong with what was filled in."""
        if draft.what is not What.FLOW_TIMER:
            return
        chosen = draft.flow.flow_id is not None
        words = self.query_one("#words", TextField)
        if not words.has_focus:
            self._fill("words", draft.flow.title or draft.flow.flow_id or "")
        self.query_one("#flows").display = not chosen or words.has_focus or self.query_one("#flows").has_focus
        for key, _ in _PEOPLE:
            self._fill(key, ", ".join(getattr(draft.flow, key)))
        if chosen and draft.flow.flow_id != self._flow_asked:
            self._flow_asked = draft.flow.flow_id
            self.run_worker(self._read_flow(draft.flow.flow_id or ""), group="flow", exclusive=True)
        if self._flow_searched is None and not chosen:
            self._search("")
        self._show_input(draft, findings)

    def _fill(self, field: str, text: str) -> None:
        widget = self.query_one(f"#{field}", TextField)
        if not widget.has_focus and widget.value != text:
            with self.prevent(Input.Changed):
                widget.value = text

    def _show_input(self, draft: Draft, findings: Sequence[Finding]) -> None:
        known = self._flow_known if self._flow_known and self._flow_known.flow_id == draft.flow.flow_id else None
        said = self.query_one(FlowInput).show(draft, known)
        if known is None:
            self.show_findings(findings)
            return
        incomplete = incomplete_words(draft, known)
        self.show_findings([*said, *(one for one in findings if one.words != incomplete)])
        if self.frame.lookups.flow_problem != incomplete:  # the checks are to know at once, so that it is not sent
            self.frame.learn(replace(self.frame.lookups, flow_problem=incomplete))

    def why_not_create(self) -> str | None:
        """The input is not what the flow wants, as far as its description could be read."""
        known, draft = self._flow_known, self.frame.draft
        if known is None or known.flow_id != draft.flow.flow_id:
            return None
        return incomplete_words(draft, known)

    # --- asking

    @on(Input.Changed, "#words")
    def search_soon(self, changed: Input.Changed) -> None:
        """Search once nothing is typed for a moment."""
        changed.stop()
        if not changed.input.has_focus:
            return
        self.query_one("#flows").display = True
        if self._flow_pause is not None:
            self._flow_pause.stop()
        self._flow_pause = self.set_timer(_PAUSE, lambda: self._search(changed.value))

    def _search(self, words: str) -> None:
        self._flow_searched = words
        self.run_worker(self._read_flows(words.strip()), group="look-up", exclusive=True)

    async def _read_flows(self, words: str) -> None:
        flows = self.query_one("#flows", LineList)
        flows.ascii_only = self.frame.view.ascii
        try:
            found = await self.frame.lookup.flows(words)
        except GlobusTuiError as error:
            flows.empty = safe_line(f"The flows cannot be read: {error}")
            flows.set_rows(())
            return
        flows.empty = "No flow that you may start matches"
        flows.set_rows(tuple(FlowRow(one.flow_id, one) for one in found))

    async def _read_flow(self, flow_id: str) -> None:
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
            self.edit(choose_flow(self.frame.draft, flow))
            self._show_input(self.frame.draft, self.frame.findings)
            if self.query_one(f"#{_PEOPLE[0][0]}").has_focus and (field := self.first_field()) is not None:
                self.call_after_refresh(field.focus)

    # --- editing

    @on(LineList.Chosen, "#flows")
    def take_flow(self, chosen: LineList.Chosen) -> None:
        """This one."""
        chosen.stop()
        row = next((one for one in self.query_one("#flows", LineList).rows if one.key == chosen.key), None)
        if row is not None:
            self.query_one(FlowInput).as_form()
            self.query_one(f"#{_PEOPLE[0][0]}").focus()
            self.edit(choose_flow(self.frame.draft, row.flow))

    def on_key(self, event: events.Key) -> None:
        """Down in the search goes to what was found."""
        flows = self.query_one("#flows", LineList)
        if event.key == "down" and self.query_one("#words").has_focus and flows.display and flows.rows:
            event.stop()
            event.prevent_default()
            flows.focus()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Enter in the search goes to what was found."""
        submitted.stop()
        submitted.prevent_default()
        if submitted.input.id == "words":
            flows = self.query_one("#flows", LineList)
            if flows.display and flows.rows:
                flows.focus()
                return
        self.go_on(submitted.input)

    @on(Input.Changed)
    def take_people(self, changed: Input.Changed) -> None:
        """A list of people or tags."""
        name = changed.input.id or ""
        if changed.input.has_focus and name in dict(_PEOPLE):
            draft = self.frame.draft
            self.edit(replace(draft, flow=replace(draft.flow, **{name: people(changed.value)})))  # type: ignore[arg-type]  # texts
