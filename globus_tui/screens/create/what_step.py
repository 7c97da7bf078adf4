"""What is made: a timer of one kind or another, or a transfer that starts now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.making.draft import Draft, Intent, What, with_intent
from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList
from globus_tui.screens.create.step import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.making.draft_fields import Finding


class Preset(NamedTuple):
    """One thing that can be made; `more` says what it does and what it is good for, as (heading, words)."""

    key: str
    what: What
    intent: Intent | None
    words: str
    meaning: str
    more: tuple[tuple[str, str], ...]


_NEWER = ("copies", "what is newer than at the destination, or missing there")
_NOTHING = ("deletes", "nothing: what was deleted at the source stays at the destination")
PRESETS = (
    Preset(
        "archive", What.TRANSFER_TIMER, Intent.ARCHIVE, "Archive", "again and again: adds and updates, deletes nothing",
        (_NEWER, _NOTHING, ("fits", "nightly copies of instruments, projects and homes")),
    ),
    Preset(
        "mirror", What.TRANSFER_TIMER, Intent.MIRROR, "Mirror", "again and again: also DELETES what the source lacks",
        (
            _NEWER,
            ("deletes", "at the destination, whatever the source does not have; you type the folder's name first"),
            ("fits", "a second copy that is to look like the first"),
        ),
    ),
    Preset(
        "copy", What.TRANSFER_TIMER, Intent.ONE_COPY, "Full copy", "again and again: everything is copied anew",
        (
            ("copies", "every file each time, whether it changed or not"),
            _NOTHING,
            ("fits", "small folders, and destinations that somebody empties"),
        ),
    ),
    Preset(
        "now", What.TRANSFER_NOW, None, "Transfer now", "one transfer that starts at once; no timer is made",
        (
            ("copies", "once, as soon as it is made"),
            _NOTHING,
            ("fits", "moving something today: a task, without a schedule"),
        ),
    ),
    Preset(
        "flow", What.FLOW_TIMER, None, "Flow timer", "starts a flow of Globus Flows again and again",
        (
            ("starts", "a flow that you may run, with the input that you fill in"),
            ("deletes", "whatever the flow deletes: nobody can tell beforehand"),
            ("fits", "moving data and then publishing, indexing or sharing it"),
        ),
    ),
)  # fmt: skip


class WhatStep(Step):
    """Presets: each sets the options that belong together; every one of them can be changed afterwards."""

    title = "What"
    about = "What is to be made? It sets what belongs together; all can be changed later."
    hints = "up/down choose   enter take it and go on"

    def compose(self) -> ComposeResult:
        yield LineList[Preset](
            (
                Column("now", "", lambda preset: "*" if preset.key == self._what_now else "", width=1),
                Column("words", "", lambda preset: preset.words, width=13),
                Column("meaning", "", lambda preset: Span(preset.meaning, "muted"), min_width=20),
            ),
            id="presets",
        )
        yield Static(id="preset-more")

    def __init__(self) -> None:
        super().__init__()
        self._what_now: str | None = None

    def on_mount(self) -> None:
        presets = self.query_one("#presets", LineList)
        presets.show_header = False
        presets.set_rows(PRESETS)

    def first_field(self) -> Widget | None:
        return self.query_one("#presets")

    @on(LineList.Highlighted)
    def tell_more(self, highlighted: LineList.Highlighted) -> None:
        """What the preset under the cursor does, where there is room."""
        highlighted.stop()
        details = next((preset.more for preset in PRESETS if preset.key == highlighted.key), ())
        lines = (Content.assemble((f"{heading:<9}", "$text-muted"), words) for heading, words in details)
        self.query_one("#preset-more", Static).update(Content("\n").join(lines))

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
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
        preset = next(preset for preset in PRESETS if preset.key == chosen.key)
        if preset.key != self._what_now:
            draft = replace(self.frame.draft, what=preset.what)
            self.edit(with_intent(draft, preset.intent) if preset.intent else _plain(draft))
        self.frame.go_on()


def preset_of(draft: Draft) -> str | None:
    """The preset whose options a draft has; None when they are of the user's own making."""
    if draft.what is not What.TRANSFER_TIMER:
        return "now" if draft.what is What.TRANSFER_NOW else "flow"
    for preset in PRESETS:
        if preset.what is What.TRANSFER_TIMER and preset.intent and with_intent(draft, preset.intent) == draft:
            return preset.key
    return None


def _plain(draft: Draft) -> Draft:
    """A transfer now copies without deleting, whatever the draft was before."""
    if draft.what is What.TRANSFER_NOW and draft.transfer.delete_destination_extra:
        return with_intent(draft, Intent.ARCHIVE)
    return draft
