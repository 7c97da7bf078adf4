"""How it is copied: what for, when a file is copied, options, guards for mirrors that delete, filters, label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from globus_tui.domain.destructive import DANGER
from globus_tui.domain.draft import Intent, with_intent
from globus_tui.domain.draft_fields import DEADLINE, FILTERS, LABEL, OPTIONS
from globus_tui.domain.errors import BadInput
from globus_tui.domain.filter_preview import preview
from globus_tui.domain.findings import Finding, note, stop
from globus_tui.domain.intents import intent_of
from globus_tui.domain.schedule import wire_moment
from globus_tui.domain.transfer import SyncLevel
from globus_tui.domain.typed_filters import parse_rule, with_rule, with_rule_moved, without_rule
from globus_tui.domain.typed_times import parse_moment
from globus_tui.present.filter_preview_words import preview_words, rule_counts
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import filter_words, sync_words
from globus_tui.screens.create.step import Step
from globus_tui.widgets.choice import Choice
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.rule_list import RuleList
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.draft import Draft, Guards
    from globus_tui.store.browsing_answers import FolderView

_INTENTS = (
    (Intent.MIRROR.name, "mirror, deletes"),
    (Intent.ARCHIVE.name, "archive, keeps"),
    (Intent.ONE_COPY.name, "one copy"),
)
_ALWAYS = "ALWAYS"
_LEVELS = (
    (SyncLevel.MTIME.name, "newer"),
    (SyncLevel.SIZE.name, "size"),
    (SyncLevel.CHECKSUM.name, "checksum"),
    (SyncLevel.EXISTS.name, "missing"),
    (_ALWAYS, "always"),
)
_LINKS = (("ignore", "ignore"), ("keep", "keep"), ("copy", "copy what they point to"))
_OPTIONS: tuple[tuple[tuple[str, str, bool], ...], ...] = (
    (
        ("verify_checksum", "verify checksums", False),
        ("preserve_timestamp", "keep timestamps", False),
        ("encrypt_data", "encrypt", False),
    ),
    (
        ("skip_source_errors", "skip unreadable files", False),
        ("fail_on_quota_errors", "fail when the quota is full", False),
    ),
)
_MAIL = (
    ("notify_on_succeeded", "succeeded", True),
    ("notify_on_failed", "failed", True),
    ("notify_on_inactive", "paused", True),
)
"""Key, words, and the service's default where nothing is stated (documented)."""
_DEFAULTS = {key: default for line in (*_OPTIONS, _MAIL) for key, _, default in line}
_PERCENT, _RULE = "fewer_percent", "rule"


class HowStep(Step):
    """Everything is stated as a choice; only what is touched changes, so that a clone keeps what it had."""

    DEFAULT_CSS = """
    HowStep Toggle { margin-right: 3; }
    HowStep #danger { color: $text-error; height: auto; margin-left: 13; }
    HowStep #sync-words, HowStep #tried { color: $text-muted; height: auto; margin-left: 13; }
    HowStep #fewer { width: 6; }
    HowStep .unit { width: auto; height: 1; margin-right: 1; }
    HowStep #rules { margin-left: 13; }
    """
    title = "How"
    about = "Intent sets the options that belong together; each can be changed by itself."
    fields = frozenset({OPTIONS, FILTERS, LABEL, DEADLINE, "sync_level", "recursive_symlinks", *_DEFAULTS})
    hints = "arrows choose   space switches   in the rules: J K move, x removes"

    def __init__(self) -> None:
        """Make the step."""
        super().__init__()
        self._how_folder: FolderView | None = None
        self._how_place: tuple[str, str] | None = None
        self._how_problem = ""
        self._how_rule_problem = ""

    def compose(self) -> ComposeResult:
        """Rows from what matters most to what is rarely needed."""
        yield FormRow("intent", "intent", Choice(_INTENTS, id="intent"))
        yield FormRow("sync_level", "copy when", Choice(_LEVELS, id="sync"))
        yield Static(id="sync-words", markup=False)
        yield FormRow(OPTIONS, "options", *(Toggle(words, id=key) for key, words, _ in _OPTIONS[0]))
        yield FormRow("skip_source_errors", "", *(Toggle(words, id=key) for key, words, _ in _OPTIONS[1]))
        yield FormRow(
            "delete_destination_extra",
            "",
            Toggle("DELETE extra files at the destination", danger="DANGER", id="delete_destination_extra"),
        )
        yield Static(Content(DANGER), id="danger")
        yield FormRow(
            "guards",
            "guards",
            Toggle("not from purged storage", id="refuse_scratch"),
            Static("alarm at", classes="unit", markup=False),
            TextField(id="fewer"),
            Static(" % fewer files", classes="unit", markup=False),
            id="guards-row",
        )
        yield FormRow("notify", "mail when", *(Toggle(words, id=key) for key, words, _ in _MAIL))
        yield FormRow(FILTERS, "filter rule", TextField(placeholder="exclude *.tmp   then Enter", id="rule"))
        yield RuleList(id="rules")
        yield Static(id="tried", markup=False)
        yield FormRow("recursive_symlinks", "links", Choice(_LINKS, id="links"))
        yield FormRow(LABEL, "task label", TextField(placeholder="none", id="label"))
        yield FormRow(DEADLINE, "deadline", TextField(placeholder="none; tomorrow 18:00", id="deadline"))

    def first_field(self) -> Widget | None:
        """The intent."""
        return self.query_one("#intent")

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """Bring everything up to date, except the field that is being typed in."""
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
        self._fill("label", data.label or "")
        self._fill("deadline", draft.typed.get(DEADLINE, data.deadline or ""))
        self._show_guards(draft)
        self._show_rules(draft)
        told = DANGER.split(". ")[0]  # stands below the switch in full
        worst = [one for one in self.worth_a_line(findings) if one.words != told]
        self.show_findings((*self._own_findings(draft), *worst))

    def _fill(self, field: str, text: str) -> None:
        widget = self.query_one(f"#{field}", TextField)
        if not widget.has_focus and widget.value != text:
            with self.prevent(Input.Changed):
                widget.value = text

    def _show_guards(self, draft: Draft) -> None:
        self.query_one("#danger").display = draft.deletes
        self.query_one("#guards-row").display = draft.deletes
        self.query_one("#refuse_scratch", Toggle).value = draft.guards.refuse_scratch
        percent = draft.guards.fewer_percent
        self._fill("fewer", draft.typed.get(_PERCENT, "" if percent is None else f"{percent:g}"))

    def _show_rules(self, draft: Draft) -> None:
        rules = draft.transfer.filter_rules
        self._look_into_the_source(draft)
        verdicts = preview(self._how_folder.entries, rules) if self._how_folder else ()
        counts = rule_counts(verdicts, len(rules)) if self._how_folder else ("",) * len(rules)
        shown = self.query_one(RuleList)
        shown.ascii_only = self.frame.view.ascii
        shown.rows = tuple((filter_words(rule), counted) for rule, counted in zip(rules, counts, strict=True))
        words = preview_words(self._how_folder.path, verdicts) if self._how_folder else self._how_problem
        line = self.query_one("#tried", Static)
        line.display = bool(rules and words)
        line.update(Content(safe_line(words, ascii_only=self.frame.view.ascii)))

    def _own_findings(self, draft: Draft) -> list[Finding]:
        """What is wrong with texts that the draft could not take."""
        found = [stop(FILTERS, self._how_rule_problem.rstrip("."))] if self._how_rule_problem else []
        text = draft.typed.get(DEADLINE, "")
        if text.strip():
            now, zone = self.frame.app.store.now(), self.frame.view.zone
            try:
                notices = parse_moment(text, now, zone).notices
                found += [note(DEADLINE, one.rstrip(".")) for one in notices]
            except BadInput as wrong:
                found.append(stop(DEADLINE, str(wrong)))
        if (percent := draft.typed.get(_PERCENT)) is not None and _percent(percent) is None and percent.strip():
            found.append(stop("guards", "Write a number of percent from 0 to 100; nothing for no alarm"))
        return found

    # --- the names that rules are tried on

    def _look_into_the_source(self, draft: Draft) -> None:
        """Read the first source folder once there are rules to try on it."""
        data = draft.transfer
        item = next((one for one in data.items if one.recursive is not False), None)
        if not data.filter_rules or item is None or not data.source_endpoint:
            return
        place = (data.source_endpoint, item.source_path)
        if place != self._how_place:
            self._how_place, self._how_folder, self._how_problem = place, None, "reading the source folder"
            self.run_worker(self._read_folder(*place), group="look-up", exclusive=True)

    async def _read_folder(self, collection_id: str, path: str) -> None:
        found = await self.frame.lookup.folder(collection_id, path, show_hidden=True)
        if found.problem is None:
            self._how_folder = found
        else:
            self._how_problem = f"The source cannot be read, so the rules are not tried: {found.problem}"
        self._show_rules(self.frame.draft)

    # --- editing

    @on(Choice.Changed, "#intent")
    def take_intent(self, changed: Choice.Changed) -> None:
        """Set the options that belong together."""
        changed.stop()
        self.edit(with_intent(self.frame.draft, Intent[changed.value]))

    @on(Choice.Changed, "#sync")
    def take_level(self, changed: Choice.Changed) -> None:
        """When a file is copied."""
        changed.stop()
        self._edit_data(sync_level=None if changed.value == _ALWAYS else SyncLevel[changed.value])

    @on(Choice.Changed, "#links")
    def take_links(self, changed: Choice.Changed) -> None:
        """What becomes of symbolic links below folders."""
        changed.stop()
        self._edit_data(recursive_symlinks=changed.value)

    @on(Toggle.Changed)
    def take_toggle(self, changed: Toggle.Changed) -> None:
        """One option was switched."""
        changed.stop()
        key = changed.toggle.id or ""
        if key == "refuse_scratch":
            self._edit_guards(replace(self.frame.draft.guards, refuse_scratch=changed.value))
        else:
            self._edit_data(**{key: changed.value})

    @on(Input.Changed, "#label")
    def take_label(self, changed: Input.Changed) -> None:
        """What Globus calls the tasks."""
        changed.stop()
        if changed.input.has_focus:
            self._edit_data(label=changed.value or None)

    @on(Input.Changed, "#deadline")
    def take_deadline(self, changed: Input.Changed) -> None:
        """Until when a task may take; kept as typed while it makes no sense."""
        changed.stop()
        if not changed.input.has_focus:
            return
        draft, said = self.frame.draft.with_typed(DEADLINE, changed.value), changed.value.strip()
        deadline: str | None = said or None
        try:
            moment = parse_moment(said, self.frame.app.store.now(), self.frame.view.zone).moment if said else None
            deadline = wire_moment(moment) if moment else deadline
        except BadInput:
            pass  # the checks stop at a deadline that is no moment, with what was typed
        self.edit(replace(draft, transfer=replace(draft.transfer, deadline=deadline)))

    @on(Input.Changed, "#fewer")
    def take_percent(self, changed: Input.Changed) -> None:
        """When the shrinking source alarms."""
        changed.stop()
        if changed.input.has_focus:
            draft = self.frame.draft.with_typed(_PERCENT, changed.value)
            percent = _percent(changed.value)
            if percent is not None or not changed.value.strip():
                draft = replace(draft, guards=replace(draft.guards, fewer_percent=percent))
            self.edit(draft)

    @on(Input.Changed, "#rule")
    def forget_refusal(self, changed: Input.Changed) -> None:
        """What was wrong with a rule is no news once it is typed anew."""
        changed.stop()
        if self._how_rule_problem:
            self._how_rule_problem = ""
            self.show(self.frame.draft, self.frame.findings)

    @on(Input.Submitted, "#rule")
    def add_rule(self, submitted: Input.Submitted) -> None:
        """Enter adds the rule that was typed; with nothing typed it goes on."""
        submitted.stop()
        submitted.prevent_default()
        if not submitted.value.strip():
            self.go_on(submitted.input)
            return
        try:
            rule = parse_rule(submitted.value)
        except BadInput as wrong:
            self._how_rule_problem = str(wrong)
            self.show(self.frame.draft, self.frame.findings)
            if (row := self.field_note(FILTERS)) is not None:
                self.call_after_refresh(row.scroll_visible)
            return
        submitted.input.value = ""
        self.edit(replace(self.frame.draft, transfer=with_rule(self.frame.draft.transfer, rule)))

    @on(RuleList.Removed)
    def remove_rule(self, removed: RuleList.Removed) -> None:
        """Take a rule away."""
        removed.stop()
        draft = self.frame.draft
        if len(draft.transfer.filter_rules) == 1:
            self.query_one("#rule").focus()
        self.edit(replace(draft, transfer=without_rule(draft.transfer, removed.place)))

    @on(RuleList.Shifted)
    def shift_rule(self, shifted: RuleList.Shifted) -> None:
        """Let a rule decide earlier or later."""
        shifted.stop()
        draft = self.frame.draft
        self.edit(replace(draft, transfer=with_rule_moved(draft.transfer, shifted.place, shifted.by)))

    def _edit_data(self, **changes: object) -> None:
        draft = self.frame.draft
        self.edit(replace(draft, transfer=replace(draft.transfer, **changes)))  # type: ignore[arg-type]  # names of its own fields

    def _edit_guards(self, guards: Guards) -> None:
        self.edit(replace(self.frame.draft, guards=guards))


def _percent(text: str) -> float | None:
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None
