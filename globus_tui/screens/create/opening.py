"""Opens the wizard, empty or filled with an existing timer; where there are drafts, asks first whether to go on with
one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import Draft, Intent, What, clone, new_draft, with_intent
from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import moments
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.create.wizard import DISCARDED_LOST, Source, WizardScreen
from globus_tui.widgets.page import Question, bound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from textual.app import ComposeResult

    from globus_tui.screens.console import Console
    from globus_tui.store.drafts import SavedDraft
    from globus_tui.store.job_state import JobState


def open_clone(app: Console, state: JobState) -> None:
    app.run_worker(_open(app, state, for_edit=False), group="clone", exclusive=True)


def open_edit(app: Console, state: JobState) -> None:
    from globus_tui.screens.confirm import Confirm

    days = app.settings.keep_replaced_days
    later = f"after {days} days you are asked whether to delete it" if days else "X deletes it when you want"
    then = "only then pauses this one. Whatever fails, exactly one of the two stays active."
    if state.job.stands_still:
        then = "pauses it too, since this one is paused: no run starts."
    sentences = (
        "Globus can change nothing of a timer but its name (R does that).",
        f"So editing makes a new timer, checks that it came out as asked for, and {then}",
        f"This one is kept, paused, so that you can go back; {later}.",
        "The new timer has an id of its own and counts its runs from zero.",
    )
    sheet = Confirm(f"Edit {state.job.label}?", sentences, verb="edit")
    sheet.ask(lambda _: app.run_worker(_open(app, state, for_edit=True), group="clone", exclusive=True))


async def _open(app: Console, state: JobState, *, for_edit: bool) -> None:
    app.say(f"Reading {state.job.label} …")
    source = await read_source(app, state.job_id, for_edit=for_edit)
    if source is None:
        return
    app.say("")
    draft, heading = source.draft, f"Edit {state.job.label}"
    if not for_edit:
        draft, heading = replace(draft, name=f"{draft.name} copy".strip()), f"Copy of {state.job.label}"
    app.open_screen(WizardScreen(app.making, draft, step="review", heading=heading, source=source))


async def read_source(app: Console, job_id: str, *, for_edit: bool) -> Source | None:
    """The timer that a copy or an edit is made of, with the draft made of it; None, after saying why, if it cannot."""
    try:
        reading = await app.making.read(job_id)
        draft = clone(reading.job, reading.document, app.store.now(), for_edit=for_edit)
    except GlobusTuiError as wrong:
        app.say(wrong.in_full, "error")
        return None
    return Source(reading, named(draft, app.view.names).with_alarm(app.store.alarm_level(job_id)))


def named(draft: Draft, names: Mapping[str, str]) -> Draft:
    """The draft with the names of its collections, as far as known."""
    if draft.what is What.FLOW_TIMER:
        return draft
    source, destination = draft.transfer.source_endpoint or "", draft.transfer.destination_endpoint or ""
    return replace(draft, source_name=names.get(source), destination_name=names.get(destination))


_WHAT = {What.TRANSFER_TIMER: "transfer timer", What.FLOW_TIMER: "flow timer", What.TRANSFER_NOW: "transfer"}


def open_wizard(app: Console) -> None:
    shelf = app.making.drafts
    drafts = tuple(draft for draft in shelf.drafts() if not draft.open_elsewhere)
    if warning := shelf.take_warning():
        app.say(safe_line(warning), "warning")
    if not drafts:
        _open_new(app)
    else:
        Drafts(drafts).ask(lambda chosen: _take(app, drafts, chosen))


def _open_new(app: Console) -> None:
    app.open_screen(WizardScreen(app.making, with_intent(new_draft(), Intent.ARCHIVE)))


def _take(app: Console, drafts: tuple[SavedDraft, ...], chosen: str) -> None:
    saved = next((draft for draft in drafts if draft.draft_id == chosen), None)
    if chosen == Drafts.NEW:
        _open_new(app)
    elif saved is not None and saved.draft is not None:
        app.run_worker(_go_on(app, saved, saved.draft), group="clone", exclusive=True)


async def _go_on(app: Console, saved: SavedDraft, draft: Draft) -> None:
    """Open the wizard on a draft; one that is to take a timer's place only if that timer can be read."""
    source, heading, original = None, "New timer", draft.replaces or draft.cloned_from
    if original is not None:
        source = await read_source(app, original, for_edit=draft.replaces is not None)
        if source is None and draft.replaces is not None:
            return
    if source is not None:
        draft = replace(draft, original=source.draft.original)
        heading = f"{'Edit' if draft.replaces else 'Copy of'} {source.reading.job.label}"
    wizard = WizardScreen(
        app.making,
        draft,
        draft_id=saved.draft_id,
        step=saved.step,
        attempt=saved.attempt,
        heading=heading,
        source=source,
    )
    app.open_screen(wizard)


class Drafts(Question[str]):
    """The drafts that were left; gives the id of one to go on with, `NEW`, or None."""

    question = "Go on with a draft?"

    app: Console  # type: ignore[assignment]  # the application fulfils it

    ANSWERS_AT_ONCE = True
    NEW = "new"
    BINDINGS: ClassVar = bound("q cancel; n new; X,delete discard")
    DEFAULT_CSS = "Drafts #drafts { height: auto; max-height: 10; }"

    def __init__(self, drafts: tuple[SavedDraft, ...]) -> None:
        super().__init__()
        self._drafts_left = tuple(_Row(draft) for draft in drafts)

    def compose_sheet(self) -> ComposeResult:
        view = self.app.view
        drafts = LineList[_Row](
            (
                Column("saved", "SAVED", lambda row: row.when(view.now, view.zone), width=14),
                Column("what", "WHAT", lambda row: row.what, width=14),
                Column("name", "NAME, OR WHERE", lambda row: row.words, min_width=20),
                Column("state", "", lambda row: Span(row.state, "warning"), min_width=10, priority=1),
            ),
            id="drafts",
        )
        drafts.ascii_only = view.ascii
        yield drafts
        ways = (("enter", "go on  "), ("n", "a new one  "), ("X", "discard this draft  "), ("esc", "back"))
        pieces = [piece for key, words in ways for piece in ((f" {key}", "bold $primary"), f" {words}")]
        yield Static(Content.assemble(*pieces), classes="sheet-answer")

    def on_mount(self) -> None:
        drafts = self.query_one("#drafts", LineList)
        drafts.set_rows(self._drafts_left)
        drafts.styles.height = min(10, len(self._drafts_left) + 1)
        drafts.focus()

    def on_line_list_chosen(self, chosen: LineList.Chosen) -> None:
        """Go on with it, unless nobody can understand it."""
        row = next(row for row in self._drafts_left if row.key == chosen.key)
        if row.saved.draft is None:
            why = safe_line(row.saved.unreadable or "")
            self.app.say(f"This draft cannot be understood, and stays as it is: {why} X discards it.", "warning")
        else:
            self.dismiss(row.key)

    def action_new(self) -> None:
        self.dismiss(self.NEW)

    def action_discard(self) -> None:
        drafts = self.query_one("#drafts", LineList)
        key = drafts.cursor_key
        if key is None or not self.could_be_read():
            return
        self.app.making.drafts.discard(str(key))
        sent = any(row.key == key and row.saved.attempt is not None for row in self._drafts_left)
        self._drafts_left = tuple(row for row in self._drafts_left if row.key != key)
        drafts.set_rows(self._drafts_left)
        if sent or not self._drafts_left:
            self.app.say(DISCARDED_LOST if sent else "The draft is discarded.", "warning" if sent else "information")
        if not self._drafts_left:
            self.dismiss(None)


class _Row:
    def __init__(self, saved: SavedDraft) -> None:
        self.saved, self.key, self.state = saved, saved.draft_id, _state(saved)
        self.what, self.words = "?", saved.unreadable or ""
        if (draft := saved.draft) is not None:
            places = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
            self.what = _WHAT[draft.what]
            self.words = draft.name or (draft.flow.title or "?" if draft.what is What.FLOW_TIMER else places)

    def when(self, now: datetime, zone: tzinfo) -> str:
        return moments.column(self.saved.saved_at, now, zone) if self.saved.saved_at else "?"


def _state(saved: SavedDraft) -> str:
    if saved.attempt is not None:
        return "some are made" if saved.attempt.group else "sent, answer lost"
    if saved.draft is None:
        return "unreadable"
    return f"saved on {safe_line(saved.host)}" if saved.host else ""
