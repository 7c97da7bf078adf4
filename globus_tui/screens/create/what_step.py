"""What is made: a timer of one kind or another, or a transfer that starts now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual import on

from globus_tui.domain.draft import Draft, Intent, What, with_intent
from globus_tui.screens.create.step import Step
from globus_tui.widgets.line_columns import Column, Span
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.findings import Finding


class Preset(NamedTuple):
    """One thing that can be made."""

    key: str
    what: What
    intent: Intent | None
    words: str
    meaning: str


PRESETS = (
    Preset(
        "archive", What.TRANSFER_TIMER, Intent.ARCHIVE, "Archive", "again and again: adds and updates, deletes nothing"
    ),
    Preset(
        "mirror", What.TRANSFER_TIMER, Intent.MIRROR, "Mirror", "again and again: also DELETES what the source lacks"
    ),
    Preset("copy", What.TRANSFER_TIMER, Intent.ONE_COPY, "Full copy", "again and again: everything is copied anew"),
    Preset("now", What.TRANSFER_NOW, None, "Transfer now", "one transfer that starts at once; no timer is made"),
    Preset("flow", What.FLOW_TIMER, None, "Flow timer", "starts a flow of Globus Flows again and again"),
)


class WhatStep(Step):
    """Presets: each sets the options that belong together; every one of them can be changed afterwards."""

    DEFAULT_CSS = """
    WhatStep #presets { height: 7; margin-top: 1; }
    """
    title = "What"
    about = "What is to be made? Options that belong together are set; all can be changed later."
    hints = "up/down choose   enter take it and go on"

    def compose(self) -> ComposeResult:
        """The presets."""
        yield LineList[Preset](
            (
                Column("now", "", lambda one: "*" if one.key == self._what_now else "", width=1),
                Column("words", "", lambda one: one.words, width=13),
                Column("meaning", "", lambda one: Span(one.meaning, "muted"), min_width=20),
            ),
            id="presets",
        )

    def __init__(self) -> None:
        """Nothing is shown yet."""
        super().__init__()
        self._what_now: str | None = None

    def on_mount(self) -> None:
        """No headings: it is no table."""
        presets = self.query_one("#presets", LineList)
        presets.show_header = False
        presets.set_rows(PRESETS)

    def first_field(self) -> Widget | None:
        """The presets."""
        return self.query_one("#presets")

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """Mark what the draft is now."""
        del findings
        now = preset_of(draft)
        if now != self._what_now:
            presets = self.query_one("#presets", LineList)
            self._what_now = now
            presets.reformat()
            if now is not None and not presets.has_focus:
                presets.move_to(now)

    @on(LineList.Chosen)
    def take_preset(self, chosen: LineList.Chosen) -> None:
        """Make it that, unless it is that already: options changed by hand stay."""
        chosen.stop()
        preset = next(one for one in PRESETS if one.key == chosen.key)
        if preset.key != self._what_now:
            draft = replace(self.frame.draft, what=preset.what)
            self.edit(with_intent(draft, preset.intent) if preset.intent else _plain(draft))
        self.post_message(self.Finished())


def preset_of(draft: Draft) -> str | None:
    """The preset whose options a draft has; None when they are of the user's own making."""
    if draft.what is not What.TRANSFER_TIMER:
        return "now" if draft.what is What.TRANSFER_NOW else "flow"
    for one in PRESETS:
        if one.what is What.TRANSFER_TIMER and one.intent and with_intent(draft, one.intent) == draft:
            return one.key
    return None


def _plain(draft: Draft) -> Draft:
    """A transfer now copies without deleting, whatever the draft was before."""
    if draft.what is What.TRANSFER_NOW and draft.transfer.delete_destination_extra:
        return with_intent(draft, Intent.ARCHIVE)
    return draft
