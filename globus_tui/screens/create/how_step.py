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
from globus_tui.domain.findings import Finding, note, stop
from globus_tui.domain.intents import intent_of
from globus_tui.domain.schedule import wire_moment
from globus_tui.domain.transfer import SyncLevel
from globus_tui.domain.typed_times import parse_moment
from globus_tui.present.transfer_words import sync_words
from globus_tui.screens.create.filter_rules import FilterRules
from globus_tui.screens.create.guards_row import GuardsRow
from globus_tui.screens.create.step import Step
from globus_tui.widgets.choice import Choice
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.draft import Draft

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


class HowStep(Step):
    """Everything is stated as a choice; only what is touched changes, so that a clone keeps what it had."""

    DEFAULT_CSS = """
    HowStep Toggle { margin-right: 3; }
    HowStep #sync-words { color: $text-muted; height: auto; margin-left: 13; }
    """
    title = "How"
    about = "Intent sets the options that belong together; each can be changed by itself."
    fields = frozenset({OPTIONS, FILTERS, LABEL, DEADLINE, "sync_level", "recursive_symlinks", *_DEFAULTS})
    hints = "arrows choose   space switches   in the rules: J K move, x removes"

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
        yield GuardsRow()
        yield FormRow("notify", "mail when", *(Toggle(words, id=key) for key, words, _ in _MAIL))
        yield FilterRules()
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
        self.query_one(GuardsRow).show(draft)
        self.query_one(FilterRules).show(draft)
        told = DANGER.split(". ")[0]  # stands below the switch in full
        worst = [one for one in self.worth_a_line(findings) if one.words != told]
        self.show_findings((*self._own_findings(draft), *worst))

    def _fill(self, field: str, text: str) -> None:
        widget = self.query_one(f"#{field}", TextField)
        if not widget.has_focus and widget.value != text:
            with self.prevent(Input.Changed):
                widget.value = text

    def _own_findings(self, draft: Draft) -> list[Finding]:
        """What is wrong with texts that the draft could not take."""
        found = [*self.query_one(FilterRules).findings(), *self.query_one(GuardsRow).findings(draft)]
        text = draft.typed.get(DEADLINE, "")
        if text.strip():
            now, zone = self.frame.app.store.now(), self.frame.view.zone
            try:
                notices = parse_moment(text, now, zone).notices
                found += [note(DEADLINE, one.rstrip(".")) for one in notices]
            except BadInput as wrong:
                found.append(stop(DEADLINE, str(wrong)))
        return found

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
        self._edit_data(**{changed.toggle.id or "": changed.value})

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

    def _edit_data(self, **changes: object) -> None:
        draft = self.frame.draft
        self.edit(replace(draft, transfer=replace(draft.transfer, **changes)))  # type: ignore[arg-type]  # names of its own fields
