"""The last look: everything in words, what was found, the exact request, and the same as a command."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, What, is_confirmed, scopes_needed, word_to_type
from globus_tui.domain.making.draft_fields import CONSENT, NAME, Finding, stop
from globus_tui.lines.columns import Cell, Span
from globus_tui.present.cli_words import create_command
from globus_tui.present.marks import LEVEL_STYLES
from globus_tui.present.review_facts import broken, consent_lines, finding_line, review_facts, taken_from_facts
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.create.step import Step
from globus_tui.widgets.facts import Facts
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_lines import TextLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.present.timer_facts import Fact

TYPED = "typed_folder"
_MARGIN = 4
"""Cells that the list of lines keeps for itself."""


class ReviewStep(Step):
    """Enter creates nothing here; the wizard's own key does, once nothing stands in the way."""

    title = "Review"
    about = "Nothing has been sent yet. Enter alone creates nothing."
    fields = frozenset({NAME, TYPED, CONSENT})
    hints = "{wizard.create} creates   {wizard.copy} copies as command or file   tab, then j k scroll"

    def compose(self) -> ComposeResult:
        yield FormRow(NAME, "name", TextField(placeholder="what you will find it by", id="name"))
        yield Facts(12, wraps=True, id="facts")
        yield FormRow(TYPED, "to go on", TextField(id="typed-folder"), id="typed-row")
        yield TextLines(id="paper")

    def first_field(self) -> Widget | None:
        """The name while there is none; then what is still to be typed; else the text."""
        draft = self.frame.draft
        if not draft.name:
            return self.query_one("#name")
        return self.query_one("#typed-folder" if not is_confirmed(draft) else "#paper")

    def why_not_create(self) -> str | None:
        draft = self.frame.draft
        if is_confirmed(draft):
            return None
        self.query_one("#typed-folder").focus()
        return f"It deletes files: type {word_to_type(draft)} first, to show that you mean it."

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """Write everything anew; look up what depends on services when it is about something else."""
        view = self.frame.view
        self.fill("name", draft.name)
        self.fill("typed-folder", draft.guards.typed_folder)
        facts = self.query_one(Facts)
        facts.ascii_only = view.ascii
        facts.rows = self._facts(draft)
        self.query_one("#typed-row").display = draft.deletes
        words = f"type  {word_to_type(draft)}  because it deletes files"
        self.query_one("#typed-folder", TextField).placeholder = safe_line(words, ascii_only=view.ascii)
        self.show_findings([finding for finding in self.worth_a_line(findings) if finding.field == NAME])
        typed_row = self.field_note(TYPED)
        if typed_row is not None:
            wrong = bool(draft.guards.typed_folder.strip()) and not is_confirmed(draft)
            typed_row.say([stop(TYPED, "This is not the folder's name")] if wrong else [])
        paper = self.query_one(TextLines)
        paper.ascii_only = view.ascii
        paper.show(self._paper(draft, findings))

    def _facts(self, draft: Draft) -> tuple[Fact, ...]:
        """All of it; of a copy or an edit first what is changed, old and new, and then the rest."""
        view, now, source = self.frame.view, self.frame.app.store.now(), self.frame.source
        names, who = view.names, self.frame.app.who or "?"
        if source is None:
            return review_facts(draft, names, now, view.zone, who)
        old = source.reading.job
        facts, sent = taken_from_facts(source.draft, draft, old, names, now, view.zone, ascii_only=view.ascii)
        labels = {fact.label for fact in facts if fact.label != "!"}
        rest = [fact for fact in review_facts(sent, names, now, view.zone, who) if fact.label not in labels]
        loud = [fact for fact in rest if fact.label == "!"]
        return (*loud, *facts, *(fact for fact in rest if fact.label != "!"))

    def _paper(self, draft: Draft, findings: Sequence[Finding]) -> tuple[Cell, ...]:
        lines: list[Cell] = [Span("Before it is sent", "bold")]
        lookups = self.frame.lookups
        collections = [side for side in (lookups.source, lookups.destination) if side is not None]
        room = self.query_one("#paper").size.width - _MARGIN
        for finding in findings:
            if finding.field != CONSENT or not finding.words.startswith(("A consent", "All c")):
                style = LEVEL_STYLES[finding.level]
                lines += [Span(text, style) for text in broken(finding_line(finding), room)]
        consents = consent_lines(scopes_needed(draft, collections), lookups, self.frame.view.names)
        lines += [text for consent in consents for text in broken(consent, room)]
        if deletions := lookups.deletions:
            lines += [Span(f"     would be deleted: {name}", "warning") for name in deletions.names[:200]]
        lines += ["", Span("The request", "bold"), *request_text(draft).splitlines()]
        command = create_command(draft)
        lines += ["", Span("The same as a command", "bold"), *command.text.splitlines()]
        lines += [Span(f"# {note}", "muted") for note in command.notes]
        return tuple(lines)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.show(self.frame.draft, self.frame.findings))

    # --- editing

    def take_text(self, name: str, text: str) -> None:
        draft = self.frame.draft
        if name == "name":
            self.edit(replace(draft, name=text))
        else:
            self.edit(replace(draft, guards=replace(draft.guards, typed_folder=text)))

    def offer_copies(self) -> None:
        from globus_tui.domain.making.draft_file import to_file
        from globus_tui.screens.job_copying import offer

        draft = self.frame.draft
        command = create_command(draft)
        lost = [f"# {note}" for note in command.notes]  # in front, so that no line end stands behind the command
        choices = (
            ("j", "request", request_text(draft)),
            ("c", "CLI command", "\n".join((*lost, command.text))),
            ("f", "file", json.dumps(to_file(draft), ensure_ascii=False, indent=2)),
        )
        offer(self.frame.app, choices)


def request_text(draft: Draft) -> str:
    """What would be sent: method, address and exact JSON; for a group, each of its requests."""
    try:
        if draft.what is What.TRANSFER_NOW:
            return "POST /v0.10/transfer\n" + _json(draft.transfer.to_document())
        return "\n".join("POST /v2/timer\n" + _json({"timer": timer.to_document()}) for timer in draft.to_timers())
    except BadInput as missing:
        return f"not complete yet: {missing}"


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
