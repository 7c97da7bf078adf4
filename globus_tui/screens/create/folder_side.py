"""The lower part of a side of a transfer: a path in its collection, typed or browsed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from globus_tui.domain.chosen_items import inside, parent_of
from globus_tui.widgets.collection_picker import CollectionPicker
from globus_tui.widgets.folder_browser import FolderBrowser
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from globus_tui.domain.collection import FolderEntry
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.store.browsing_answers import FolderView

TYPING = 0.25
"""Seconds without a key after which is asked for what was typed."""


class FolderSide(Vertical):
    """Two fields and two lists. It keeps what is being typed; what was chosen is told to the step."""

    @dataclass
    class PathChanged(Message):
        """The path, or what is picked in it, is another one; `done`: Enter was pressed in it."""

        side: FolderSide
        done: bool = False

    def __init__(self, side_name: str, heading: str) -> None:
        """Make a side; `side_name` is `source` or `destination`, as fields are named."""
        super().__init__(id=f"{side_name}-side")
        self.side_name = side_name
        self.collection_id: str | None = None
        self.is_folder: bool | None = None
        """What the path is, where that is known."""
        self._side_heading = heading
        self._side_pause: Timer | None = None
        self._side_fill = False
        """The path that the service begins with may still be put into the field."""

    def compose(self) -> ComposeResult:
        """Heading, two fields, and the list that belongs to the one with the focus."""
        name = self.side_name
        yield Static(self._side_heading, classes="side-heading", markup=False)
        yield FormRow(name, "collection", TextField(placeholder="name, id, or link", id=f"{name}-collection"))
        yield FormRow(f"{name}_path", "path", TextField(placeholder="/folder/", id=f"{name}-path"))
        yield CollectionPicker(id=f"{name}-picker")
        yield FolderBrowser(id=f"{name}-browser")

    # --- parts

    @property
    def frame(self) -> WizardScreen:
        """The wizard around it."""
        return cast("WizardScreen", self.screen)

    @property
    def collection_field(self) -> TextField:
        """Where a collection is looked for."""
        return self.query_one(f"#{self.side_name}-collection", TextField)

    @property
    def path_field(self) -> TextField:
        """Where a path is typed."""
        return self.query_one(f"#{self.side_name}-path", TextField)

    @property
    def picker(self) -> CollectionPicker:
        """Collections that fit."""
        return self.query_one(CollectionPicker)

    @property
    def browser(self) -> FolderBrowser:
        """The folder."""
        return self.query_one(FolderBrowser)

    def row(self, field: str) -> FormRow:
        """The row of a field."""
        return next(one for one in self.query(FormRow) if one.field_name == field)

    @property
    def path(self) -> str:
        """The path as it stands in the field."""
        return self.path_field.value.strip()

    def picked(self) -> tuple[FolderEntry, ...]:
        """Entries marked in the folder."""
        return self.browser.picked()

    def _fill(self, field: TextField, text: str) -> None:
        if field.value != text:
            with self.prevent(Input.Changed):
                field.value = text

    # --- typing

    def collection_typed(self) -> None:
        """Something was typed into the collection's field."""

    @on(TextField.Changed)
    def take_typing(self, changed: TextField.Changed) -> None:
        """Something was typed: ask when the typing rests."""
        changed.stop()
        self._stop_pause()
        if changed.input is self.collection_field:
            self.collection_typed()
            return
        self._side_fill = False
        self.is_folder = True if self.path.endswith("/") else None
        self.browser.set_marks(frozenset())
        self._leave_other_folder()
        self.post_message(self.PathChanged(self))
        self._side_pause = self.set_timer(TYPING, self._list_typed)

    def _leave_other_folder(self) -> None:
        """Entries of a folder that is not the typed one are not shown: somebody might pick them."""
        view = self.browser.view
        if view is not None and view.path != f"{self.path.rpartition('/')[0]}/":
            self.browser.show(None)

    def _stop_pause(self) -> None:
        if self._side_pause is not None:
            self._side_pause.stop()
            self._side_pause = None

    # --- folders

    def list_folder(self, path: str | None, *, again: bool = False, go: bool = False) -> None:
        """Show a folder; `go`: the path becomes that folder."""
        if self.collection_id is None:
            return
        if self.browser.view is None:
            self.browser.say("Reading …" if not self.frame.view.ascii else "Reading ...")
        self._list(self.collection_id, path, again=again, go=go)

    @work(group="folder", exclusive=True)
    async def _list(self, collection_id: str, path: str | None, *, again: bool, go: bool) -> None:
        browser = self.browser
        view = await self.frame.lookup.folder(collection_id, path, show_hidden=browser.hidden_shown, again=again)
        if collection_id != self.collection_id:
            return
        browser.show(view)
        if go and view.problem is None:
            browser.narrow("")
            browser.action_first()
            self._go_to(view)
        elif self._side_fill and view.problem is None and not self.path:
            self._fill(self.path_field, view.path)
            self.path_field.action_select_all()
        self._learn_kind(view)

    def _go_to(self, view: FolderView) -> None:
        self._side_fill = False
        self._fill(self.path_field, view.path)
        self.is_folder = True
        self.browser.set_marks(frozenset())
        self.post_message(self.PathChanged(self))

    def _learn_kind(self, view: FolderView) -> None:
        """What the typed path is, where the listing of the folder above shows it."""
        if self.is_folder is not None or view.problem is not None:
            return
        entry = next((one for one in view.entries if inside(view.path, one.name) == self.path), None)
        if entry is not None:
            self.is_folder = entry.is_folder
            self.post_message(self.PathChanged(self))

    def _list_typed(self) -> None:
        """List the folder that is being typed, narrowed to what its last part begins with."""
        typed = self.path
        folder, _, rest = typed.rpartition("/")
        self.browser.narrow(rest)
        shown = self.browser.view
        if shown is None or shown.path != f"{folder}/" or shown.problem:
            self.list_folder(f"{folder}/" if folder or typed.startswith("/") else None)
        else:
            self._learn_kind(shown)

    def _accept_path(self) -> None:
        self._side_fill = False
        self._list_typed()
        self.post_message(self.PathChanged(self, done=True))

    @on(FolderBrowser.Wanted)
    def change_folder(self, wanted: FolderBrowser.Wanted) -> None:
        """Open a folder, go up, or read again."""
        wanted.stop()
        view = self.browser.view
        here = view.path if view else parent_of(self.path)
        if not wanted.folder:
            self.list_folder(here or None, again=wanted.again)
        elif wanted.folder == "..":
            self.list_folder(parent_of(here), go=True)
        else:
            self.list_folder(inside(here, wanted.folder) + "/", go=True)

    @on(FolderBrowser.MarksChanged)
    def change_marks(self, changed: FolderBrowser.MarksChanged) -> None:
        """Other entries are picked: they lie in the folder that is shown."""
        changed.stop()
        view = self.browser.view
        if view is not None and changed.keys and self.path != view.path:
            self._fill(self.path_field, view.path)
            self.is_folder = True
        if view is not None:
            self.post_message(self.PathChanged(self))

    @on(FolderBrowser.ConsentWanted)
    def meet_requirement(self, wanted: FolderBrowser.ConsentWanted) -> None:
        """Meet what Globus asks for, then list again."""
        wanted.stop()
        view = self.browser.view
        if view is not None and view.gare is not None:
            self.frame.ask_consent(view.gare, "Look into this collection", self._list_after_consent)

    def _list_after_consent(self) -> None:
        self.list_folder(self.path or None, again=True)

    @on(FolderBrowser.BookmarkWanted)
    def ask_for_bookmark(self, wanted: FolderBrowser.BookmarkWanted) -> None:
        """Ask what to call this folder."""
        wanted.stop()
        from globus_tui.screens.ask import Ask

        view = self.browser.view
        if view is not None and view.problem is None:
            sheet = Ask("Name of the bookmark", (f"For {view.path}",))
            self.app.push_screen(sheet, lambda name: self._bookmark(name, view) if name else None)

    def _bookmark(self, name: str, view: FolderView) -> None:
        self.frame.make_bookmark(name, view.collection_id, view.path)
