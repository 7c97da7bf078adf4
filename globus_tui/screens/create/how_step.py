"""How it is copied: what for, when a file is copied, options, guards for mirrors that delete, filters, label."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, Intent, What, intent_of, with_intent
from globus_tui.domain.making.draft_fields import DEADLINE, FILTERS, LABEL, OPTIONS, Finding, note, stop
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.schedule.typed_times import parse_moment
from globus_tui.domain.transfer.destructive import DANGER
from globus_tui.domain.transfer.transfer import SyncLevel, TransferData
from globus_tui.domain.transfer.typed_filters import parse_rule, preview, with_rule, with_rule_moved, without_rule
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import filter_words, preview_words, rule_counts, sync_words
from globus_tui.screens.create.step import InWizard, Step
from globus_tui.widgets.choice import Choice, RuleList, Toggle
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.store.browsing import FolderView

GUARDS = "guards"
_PERCENT = "fewer_percent"


class GuardsRow(InWizard, Vertical):
    """Not there while the draft deletes nothing."""

    def compose(self) -> ComposeResult:
        yield Static(Content(DANGER), id="danger")
        yield FormRow(
            GUARDS,
            "guards",
            Toggle("not from purged storage", id="refuse_scratch"),
            Static("alarm at", classes="unit", markup=False),
            TextField(id="fewer"),
            Static(" % fewer files", classes="unit", markup=False),
        )

    def show(self, draft: Draft) -> None:
        """As the draft has it, except while the number is being typed."""
        self.display = draft.deletes
        self.query_one("#refuse_scratch", Toggle).value = draft.guards.refuse_scratch
        percent = draft.guards.fewer_percent
        self.fill("fewer", draft.typed.get(_PERCENT, "" if percent is None else f"{percent:g}"))

    def findings(self, draft: Draft) -> list[Finding]:
        typed = draft.typed.get(_PERCENT, "")
        if not typed.strip() or read_percent(typed) is not None:
            return []
        return [stop(GUARDS, "Write a number of percent from 0 to 100; nothing for no alarm")]

    @on(Toggle.Changed, "#refuse_scratch")
    def take_toggle(self, changed: Toggle.Changed) -> None:
        changed.stop()
        draft = self.frame.draft
        self.frame.change(replace(draft, guards=replace(draft.guards, refuse_scratch=changed.value)))

    def take_text(self, name: str, text: str) -> None:
        draft, percent = self.frame.draft.with_typed(_PERCENT, text), read_percent(text)
        if percent is not None or not text.strip():
            draft = draft.with_alarm(percent)
        self.frame.change(draft)


def read_percent(text: str) -> float | None:
    """Reads a number from 0 to 100, with or without a percent sign; None for anything else."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


class FilterRules(InWizard, Vertical):
    """A field for the next rule, and below it those that there are, in the order in which they decide."""

    def __init__(self) -> None:
        super().__init__()
        self._rules_folder: FolderView | None = None
        self._rules_place: tuple[str, str] | None = None
        self._rules_trouble = ""
        self._rules_wrong = ""

    def compose(self) -> ComposeResult:
        yield FormRow(FILTERS, "filter rule", TextField(placeholder="exclude *.tmp   then Enter", id="rule"))
        yield RuleList(id="rules")
        yield Static(id="tried", markup=False)

    @property
    def step(self) -> Step:
        return next(ancestor for ancestor in self.ancestors if isinstance(ancestor, Step))

    def findings(self) -> list[Finding]:
        return [stop(FILTERS, self._rules_wrong.rstrip("."))] if self._rules_wrong else []

    # --- showing, and the names that rules are tried on

    def show(self, draft: Draft) -> None:
        """Show the rules and what they do to the names of the source, once these are known."""
        rules = draft.transfer.filter_rules
        self._look_into_the_source(draft.transfer)
        folder, ascii_only = self._rules_folder, self.frame.view.ascii
        verdicts = preview(folder.entries, rules) if folder else ()
        counts = rule_counts(verdicts, len(rules)) if folder else ("",) * len(rules)
        rule_list = self.query_one(RuleList)
        rule_list.ascii_only = ascii_only
        rule_list.rows = tuple((filter_words(rule), counted) for rule, counted in zip(rules, counts, strict=True))
        words = preview_words(folder.path, verdicts) if folder else self._rules_trouble
        line = self.query_one("#tried", Static)
        line.display = bool(rules and words)
        line.update(Content(safe_line(words, ascii_only=ascii_only)))

    def _look_into_the_source(self, data: TransferData) -> None:
        """Read the first source folder once there are rules to try on it."""
        item = next((item for item in data.items if item.recursive is not False), None)
        if not data.filter_rules or item is None or not data.source_endpoint:
            return
        place = (data.source_endpoint, item.source_path)
        if place != self._rules_place:
            self._rules_place, self._rules_folder, self._rules_trouble = place, None, "reading the source folder"
            self._read_folder(*place)

    @work(group="look-up", exclusive=True)
    async def _read_folder(self, collection_id: str, path: str) -> None:
        folder = await self.frame.lookup.folder(collection_id, path, show_hidden=True)
        if folder.problem is None:
            self._rules_folder = folder
        else:
            self._rules_trouble = f"The source cannot be read, so the rules are not tried: {folder.problem}"
        self.show(self.frame.draft)

    # --- editing

    def take_text(self, name: str, text: str) -> None:
        """Take back what was said of a rule once another is typed."""
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
        removed.stop()
        data = self.frame.draft.transfer
        if len(data.filter_rules) == 1:
            self.query_one("#rule").focus()
        self._edit(without_rule(data, removed.place))

    @on(RuleList.Shifted)
    def shift_rule(self, shifted: RuleList.Shifted) -> None:
        shifted.stop()
        self._edit(with_rule_moved(self.frame.draft.transfer, shifted.place, shifted.by))

    def _edit(self, data: TransferData) -> None:
        self.step.edit(replace(self.frame.draft, transfer=data))


_INTENTS = (
    (Intent.MIRROR.name, "mirror, deletes"),
    (Intent.ARCHIVE.name, "archive, keeps"),
    (Intent.ONE_COPY.name, "one copy"),
)
_ALWAYS = "ALWAYS"
_LEVELS = (
    (SyncLevel.MTIME.name, "newer"), (SyncLevel.SIZE.name, "size"), (SyncLevel.CHECKSUM.name, "checksum"),
    (SyncLevel.EXISTS.name, "missing"), (_ALWAYS, "always"),
)  # fmt: skip
_LINKS = (("ignore", "ignore"), ("keep", "keep"), ("copy", "copy what they point to"))
_OPTIONS = {
    "verify_checksum": "verify checksums", "preserve_timestamp": "keep timestamps", "encrypt_data": "encrypt",
}  # fmt: skip
_ERRORS = {"skip_source_errors": "skip unreadable files", "fail_on_quota_errors": "fail when the quota is full"}
_MAIL = {"notify_on_succeeded": "succeeded", "notify_on_failed": "failed", "notify_on_inactive": "paused"}
_DEFAULTS = dict.fromkeys((*_OPTIONS, *_ERRORS), False) | dict.fromkeys(_MAIL, True)
"""What the service does where nothing is stated (documented)."""


def _toggles(words: Mapping[str, str]) -> list[Toggle]:
    return [Toggle(text, id=key) for key, text in words.items()]


class HowStep(Step):
    """Everything is stated as a choice; only what is touched changes, so that a clone keeps what it had."""

    title = "How"
    about = "Intent sets the options that belong together; each can be changed by itself."
    fields = frozenset({OPTIONS, FILTERS, LABEL, DEADLINE, "sync_level", "recursive_symlinks", *_DEFAULTS})
    hints = "arrows choose   space switches   in the rules: J K move, x removes"

    def compose(self) -> ComposeResult:
        yield FormRow("intent", "intent", Choice(_INTENTS, id="intent"))
        yield FormRow("sync_level", "copy when", Choice(_LEVELS, id="sync"))
        yield Static(id="sync-words", markup=False)
        yield FormRow(OPTIONS, "options", *_toggles(_OPTIONS))
        yield FormRow("skip_source_errors", "", *_toggles(_ERRORS))
        delete = "delete_destination_extra"
        yield FormRow(delete, "", Toggle("DELETE extra files at the destination", danger="DANGER", id=delete))
        yield GuardsRow()
        yield FormRow("notify", "mail when", *_toggles(_MAIL))
        yield FilterRules()
        yield FormRow("recursive_symlinks", "links", Choice(_LINKS, id="links"))
        yield FormRow(LABEL, "task label", TextField(placeholder="none", id="label"))
        yield FormRow(DEADLINE, "deadline", TextField(placeholder="none; tomorrow 18:00", id="deadline"))

    def first_field(self) -> Widget | None:
        return self.query_one("#intent")

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        data = draft.transfer
        intent = intent_of(draft)
        self.query_one("#intent", Choice).value = intent.name if intent else None
        self.query_one("#sync", Choice).value = _ALWAYS if data.sync_level is None else data.sync_level.name
        words = sync_words(data.sync_level).removeprefix("copy files that are ")
        self.query_one("#sync-words", Static).update(Content(words))
        for key, default in _DEFAULTS.items():
            stated = getattr(data, key)
            self.query_one(f"#{key}", Toggle).value = default if stated is None else stated
        self.query_one("#delete_destination_extra", Toggle).value = data.delete_destination_extra is True
        self.query_one("#links", Choice).value = data.recursive_symlinks or "ignore"
        links = self.field_note("recursive_symlinks")
        if links is not None:  # timers have no such field; one that was cloned of an old timer may still say so
            links.display = draft.what is What.TRANSFER_NOW or data.recursive_symlinks not in (None, "ignore")
        self.fill("label", data.label or "")
        self.fill("deadline", draft.typed.get(DEADLINE, data.deadline or ""))
        self.query_one(GuardsRow).show(draft)
        self.query_one(FilterRules).show(draft)
        danger = DANGER.split(". ")[0]  # stands below the switch in full
        worst = [finding for finding in self.worth_a_line(findings) if finding.words != danger]
        self.show_findings((*self._own_findings(draft), *worst))

    def _own_findings(self, draft: Draft) -> list[Finding]:
        """What is wrong with texts that the draft could not take."""
        findings = [*self.query_one(FilterRules).findings(), *self.query_one(GuardsRow).findings(draft)]
        text = draft.typed.get(DEADLINE, "")
        if text.strip():
            now, zone = self.frame.app.store.now(), self.frame.view.zone
            try:
                notices = parse_moment(text, now, zone).notices
                findings += [note(DEADLINE, notice.rstrip(".")) for notice in notices]
            except BadInput as wrong:
                findings.append(stop(DEADLINE, str(wrong)))
        return findings

    # --- editing

    def take_option(self, name: str, value: str) -> None:
        if name == "intent":
            self.edit(with_intent(self.frame.draft, Intent[value]))
        elif name == "sync":
            self._edit_data(sync_level=None if value == _ALWAYS else SyncLevel[value])
        else:
            self._edit_data(recursive_symlinks=value)

    @on(Toggle.Changed)
    def take_toggle(self, changed: Toggle.Changed) -> None:
        changed.stop()
        self._edit_data(**{changed.toggle.id or "": changed.value})

    def take_text(self, name: str, text: str) -> None:
        """The label, or until when a task may take: that is kept as typed while it makes no sense."""
        if name == "label":
            self._edit_data(label=text or None)
            return
        draft, stripped = self.frame.draft.with_typed(DEADLINE, text), text.strip()
        deadline: str | None = stripped or None
        with suppress(BadInput):  # the checks stop at a deadline that is no moment, with what was typed
            if stripped:
                moment = parse_moment(stripped, self.frame.app.store.now(), self.frame.view.zone).moment
                deadline = wire_moment(moment) if moment else deadline
        self.edit(replace(draft, transfer=replace(draft.transfer, deadline=deadline)))

    def _edit_data(self, **changes: object) -> None:
        draft = self.frame.draft
        self.edit(replace(draft, transfer=replace(draft.transfer, **changes)))  # type: ignore[arg-type]  # names of its own fields
