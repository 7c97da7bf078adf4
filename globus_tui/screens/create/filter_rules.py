"""Filter rules of a draft: typed one after the other, moved and removed, and tried on the names of the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.domain.draft_fields import FILTERS
from globus_tui.domain.errors import BadInput
from globus_tui.domain.filter_preview import preview
from globus_tui.domain.findings import Finding, stop
from globus_tui.domain.typed_filters import parse_rule, with_rule, with_rule_moved, without_rule
from globus_tui.present.filter_preview_words import preview_words, rule_counts
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import filter_words
from globus_tui.screens.create.step import Step
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.rule_list import RuleList
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.transfer import TransferData
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.store.browsing_answers import FolderView


class FilterRules(Vertical):
    """A field for the next rule, and below it those that there are, in the order in which they decide."""

    DEFAULT_CSS = """
    FilterRules { height: auto; }
    FilterRules #rules { margin-left: 13; }
    FilterRules #tried { color: $text-muted; height: auto; margin-left: 13; }
    """

    def __init__(self) -> None:
        """No rule is there, and no name to try one on."""
        super().__init__()
        self._rules_folder: FolderView | None = None
        self._rules_place: tuple[str, str] | None = None
        self._rules_trouble = ""
        self._rules_wrong = ""

    def compose(self) -> ComposeResult:
        """Field, list, and what the rules take of the names of the source."""
        yield FormRow(FILTERS, "filter rule", TextField(placeholder="exclude *.tmp   then Enter", id="rule"))
        yield RuleList(id="rules")
        yield Static(id="tried", markup=False)

    @property
    def frame(self) -> WizardScreen:
        """The wizard around it."""
        return cast("WizardScreen", self.screen)

    @property
    def step(self) -> Step:
        """The step that it is a part of."""
        return next(one for one in self.ancestors if isinstance(one, Step))

    def findings(self) -> list[Finding]:
        """What is wrong with the rule that was typed."""
        return [stop(FILTERS, self._rules_wrong.rstrip("."))] if self._rules_wrong else []

    # --- showing, and the names that rules are tried on

    def show(self, draft: Draft) -> None:
        """Show the rules and what they do to the names of the source, once these are known."""
        rules = draft.transfer.filter_rules
        self._look_into_the_source(draft.transfer)
        folder, ascii_only = self._rules_folder, self.frame.view.ascii
        verdicts = preview(folder.entries, rules) if folder else ()
        counts = rule_counts(verdicts, len(rules)) if folder else ("",) * len(rules)
        shown = self.query_one(RuleList)
        shown.ascii_only = ascii_only
        shown.rows = tuple((filter_words(rule), counted) for rule, counted in zip(rules, counts, strict=True))
        words = preview_words(folder.path, verdicts) if folder else self._rules_trouble
        line = self.query_one("#tried", Static)
        line.display = bool(rules and words)
        line.update(Content(safe_line(words, ascii_only=ascii_only)))

    def _look_into_the_source(self, data: TransferData) -> None:
        """Read the first source folder once there are rules to try on it."""
        item = next((one for one in data.items if one.recursive is not False), None)
        if not data.filter_rules or item is None or not data.source_endpoint:
            return
        place = (data.source_endpoint, item.source_path)
        if place != self._rules_place:
            self._rules_place, self._rules_folder, self._rules_trouble = place, None, "reading the source folder"
            self.run_worker(self._read_folder(*place), group="look-up", exclusive=True)

    async def _read_folder(self, collection_id: str, path: str) -> None:
        found = await self.frame.lookup.folder(collection_id, path, show_hidden=True)
        if found.problem is None:
            self._rules_folder = found
        else:
            self._rules_trouble = f"The source cannot be read, so the rules are not tried: {found.problem}"
        self.show(self.frame.draft)

    # --- editing

    @on(Input.Changed, "#rule")
    def forget_refusal(self, changed: Input.Changed) -> None:
        """What was wrong with a rule is no news once it is typed anew."""
        changed.stop()
        if self._rules_wrong:
            self._say_wrong("")

    def _say_wrong(self, words: str) -> None:
        self._rules_wrong = words
        self.step.show(self.frame.draft, self.frame.findings)

    @on(Input.Submitted, "#rule")
    def add_rule(self, submitted: Input.Submitted) -> None:
        """Enter adds the rule that was typed; with nothing typed it goes on."""
        submitted.stop()
        submitted.prevent_default()
        if not submitted.value.strip():
            self.step.go_on(submitted.input)
            return
        try:
            rule = parse_rule(submitted.value)
        except BadInput as wrong:
            self._say_wrong(str(wrong))
            self.call_after_refresh(self.query_one(FormRow).scroll_visible)
            return
        submitted.input.value = ""
        self._edit(with_rule(self.frame.draft.transfer, rule))

    @on(RuleList.Removed)
    def remove_rule(self, removed: RuleList.Removed) -> None:
        """Take a rule away."""
        removed.stop()
        data = self.frame.draft.transfer
        if len(data.filter_rules) == 1:
            self.query_one("#rule").focus()
        self._edit(without_rule(data, removed.place))

    @on(RuleList.Shifted)
    def shift_rule(self, shifted: RuleList.Shifted) -> None:
        """Let a rule decide earlier or later."""
        shifted.stop()
        self._edit(with_rule_moved(self.frame.draft.transfer, shifted.place, shifted.by))

    def _edit(self, data: TransferData) -> None:
        self.step.edit(replace(self.frame.draft, transfer=data))
