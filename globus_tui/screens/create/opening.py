"""Opens the wizard; where drafts were left, asks first whether to go on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.domain.draft import Intent, What, new_draft, with_intent
from globus_tui.present import moments
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.widgets.line_columns import Column, Span
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from textual.app import ComposeResult

    from globus_tui.app import GlobusTui
    from globus_tui.store.drafts import SavedDraft

_WHAT = {What.TRANSFER_TIMER: "transfer timer", What.FLOW_TIMER: "flow timer", What.TRANSFER_NOW: "transfer"}


def open_wizard(app: GlobusTui) -> None:
    """Open the wizard on a new draft, or offer the ones that were left."""
    making = app.host.making
    if making is None:
        app.say("Nothing can be made here.", "warning")
        return
    left = tuple(one for one in making.drafts.drafts() if not one.open_elsewhere)
    if not left:
        _open_new(app)
    else:
        app.push_screen(Drafts(left), lambda chosen: _take(app, left, chosen))


def _open_new(app: GlobusTui) -> None:
    if app.host.making is not None:
        app.open_screen(WizardScreen(app.host.making, with_intent(new_draft(), Intent.ARCHIVE)))


def _take(app: GlobusTui, left: tuple[SavedDraft, ...], chosen: str | None) -> None:
    saved = next((one for one in left if one.draft_id == chosen), None)
    if chosen == Drafts.NEW:
        _open_new(app)
    elif saved is not None and saved.draft is not None and app.host.making is not None:
        wizard = WizardScreen(
            app.host.making, saved.draft, draft_id=saved.draft_id, step=saved.step, attempt=saved.attempt
        )
        app.open_screen(wizard)


class Drafts(ModalScreen[str | None]):
    """The drafts that were left; gives the id of one to go on with, `NEW`, or None."""

    app: GlobusTui

    NEW = "new"
    BINDINGS: ClassVar = [
        Binding("escape,q", "cancel", "Cancel", show=False),
        Binding("n", "new", "New", show=False),
        Binding("X,delete", "discard", "Discard", show=False),
    ]
    DEFAULT_CSS = """
    Drafts #drafts { height: auto; max-height: 10; }
    """

    def __init__(self, left: tuple[SavedDraft, ...]) -> None:
        """Offer these."""
        super().__init__()
        self._drafts_left = tuple(_Row(one) for one in left)

    def compose(self) -> ComposeResult:
        """Heading, the drafts, the keys."""
        view = self.app.view
        with Vertical(classes="sheet"):
            yield Static(Content("Go on with a draft?"), classes="sheet-heading")
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
            yield Static(
                Content.assemble(
                    (" enter", "bold $primary"),
                    " go on  ",
                    (" n", "bold $primary"),
                    " a new one  ",
                    (" X", "bold $primary"),
                    " discard this draft  ",
                    (" esc", "bold $primary"),
                    " back",
                ),
                classes="sheet-answer",
            )

    def on_mount(self) -> None:
        """Newest first."""
        drafts = self.query_one("#drafts", LineList)
        drafts.set_rows(self._drafts_left)
        drafts.styles.height = min(10, len(self._drafts_left) + 1)
        drafts.focus()

    def on_line_list_chosen(self, chosen: LineList.Chosen) -> None:
        """Go on with it, unless nobody can understand it."""
        row = next(one for one in self._drafts_left if one.key == chosen.key)
        if row.saved.draft is None:
            self.app.say("This draft cannot be understood; X discards it.", "warning")
        else:
            self.dismiss(row.key)

    def action_new(self) -> None:
        """Leave them and begin another."""
        self.dismiss(self.NEW)

    def action_discard(self) -> None:
        """Discard the one under the cursor."""
        drafts = self.query_one("#drafts", LineList)
        key = drafts.cursor_key
        if self.app.host.making is None or key is None:
            return
        self.app.host.making.drafts.discard(str(key))
        self._drafts_left = tuple(one for one in self._drafts_left if one.key != key)
        drafts.set_rows(self._drafts_left)
        if not self._drafts_left:
            self.app.say("The draft is discarded.")
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


class _Row:
    """A saved draft as a line."""

    def __init__(self, saved: SavedDraft) -> None:
        self.saved = saved
        draft = saved.draft
        self.key = saved.draft_id
        self.what = _WHAT[draft.what] if draft else "?"
        self.state = _state(saved)
        if draft is None:
            self.words = saved.unreadable or ""
        else:
            places = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
            self.words = draft.name or (draft.flow.title or "?" if draft.what is What.FLOW_TIMER else places)

    def when(self, now: datetime, zone: tzinfo) -> str:
        """When it was last saved."""
        return moments.column(self.saved.saved_at, now, zone) if self.saved.saved_at else "?"


def _state(saved: SavedDraft) -> str:
    if saved.attempt is not None:
        return "some are made" if saved.attempt.group else "sent, answer lost"
    return "unreadable" if saved.draft is None else ""
