"""One side of a transfer: a collection found as its name is typed, and the path in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from globus_tui.domain.making.draft import inside, parent_of
from globus_tui.domain.making.draft_fields import Level
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import suggestion_words
from globus_tui.screens.create.step import InWizard
from globus_tui.widgets.folder_browser import CollectionPicker, FolderBrowser
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.store.browsing import FolderView, Suggestion, Suggestions

NOTHING_FITS = "No collection fits; type other words, or paste an id."
TYPING = 0.25
"""Seconds without a key after which is asked for what was typed."""


class Side(InWizard, Vertical):
    """Two fields and two lists. It keeps what is being typed; what was chosen is told to the step."""

    @dataclass
    class Picked(Message):
        """A collection was chosen; a pasted link may name the other side too."""

        side: Side
        suggestion: Suggestion
        other: Suggestion | None = None

    @dataclass
    class PathChanged(Message):
        """The path, or what is picked in it, is another one.

        Attributes:
            path: as it stood in the field then.
            done: Enter was pressed in it.
            by_itself: nobody typed or chose it: an answer of the service told more of what stands there.
        """

        side: Side
        path: str
        done: bool = False
        by_itself: bool = False

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
        self._side_asked: Suggestions | None = None
        self._side_enter_waits = False
        self._side_moved = False
        """The cursor of the list was moved: Enter means what it is on."""

    def compose(self) -> ComposeResult:
        name = self.side_name
        yield Static(self._side_heading, classes="side-heading", markup=False)
        yield FormRow(name, "collection", self.collection_input())
        yield FormRow(f"{name}_path", "path", self.path_input())
        yield CollectionPicker(id=f"{name}-picker")
        yield FolderBrowser(id=f"{name}-browser")

    def collection_input(self) -> TextField:
        return TextField(placeholder="name, id, or link", joins_lines=True, id=f"{self.side_name}-collection")

    def path_input(self) -> TextField:
        return TextField(placeholder="/folder/", id=f"{self.side_name}-path")

    # --- parts

    @property
    def collection_field(self) -> TextField:
        return self.query_one(f"#{self.side_name}-collection", TextField)

    @property
    def path_field(self) -> TextField:
        return self.query_one(f"#{self.side_name}-path", TextField)

    @property
    def picker(self) -> CollectionPicker:
        return self.query_one(CollectionPicker)

    @property
    def browser(self) -> FolderBrowser:
        return self.query_one(FolderBrowser)

    def row(self, field: str) -> FormRow:
        return next(row for row in self.query(FormRow) if row.field_name == field)

    @property
    def path(self) -> str:
        return self.path_field.value.strip()

    def picked(self) -> tuple[FolderEntry, ...]:
        return self.browser.picked()

    def _fill(self, field: TextField, text: str) -> None:
        if field.value != text:
            with self.prevent(Input.Changed):
                field.value = text

    def _say_path(self, *, done: bool = False, by_itself: bool = False) -> None:
        self.post_message(self.PathChanged(self, self.path, done, by_itself))

    def clear_marks(self) -> None:
        """Unpicks all entries; that alone changes no draft."""
        with self.prevent(FolderBrowser.MarksChanged):
            self.browser.set_marks(frozenset())

    # --- typing

    @on(TextField.Changed)
    def take_typing(self, changed: TextField.Changed) -> None:
        changed.stop()
        self._stop_pause()
        self._side_enter_waits = False  # it was meant for the text before
        if changed.input is self.collection_field:
            self.collection_typed()
            return
        self._side_fill = False
        self.is_folder = True if self.path.endswith("/") else None
        self.clear_marks()
        self._leave_other_folder()
        self._say_path()
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
            self._side_fill = False
            self._fill(self.path_field, view.path)
            self.path_field.action_select_all()
            self.is_folder = True
            self._say_path(by_itself=True)
        self._learn_kind(view)

    def _go_to(self, view: FolderView) -> None:
        self._side_fill = False
        self._fill(self.path_field, view.path)
        self.is_folder = True
        self.clear_marks()
        self._say_path()

    def _learn_kind(self, view: FolderView) -> None:
        """Learns whether the typed path is a file or a folder, where the listing of the folder above shows it."""
        if self.is_folder is not None or view.problem is not None:
            return
        entry = next((entry for entry in view.entries if inside(view.path, entry.name) == self.path), None)
        if entry is not None:
            self.is_folder = entry.is_folder
            self._say_path(by_itself=True)

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
        self._say_path(done=True)

    @on(FolderBrowser.Wanted)
    def change_folder(self, message: FolderBrowser.Wanted) -> None:
        message.stop()
        view = self.browser.view
        folder = view.path if view else parent_of(self.path)
        if not message.folder:
            self.list_folder(folder or None, again=message.again)
        elif message.folder == "..":
            self.list_folder(parent_of(folder), go=True)
        else:
            self.list_folder(inside(folder, message.folder) + "/", go=True)

    @on(FolderBrowser.MarksChanged)
    def change_marks(self, changed: FolderBrowser.MarksChanged) -> None:
        """Other entries are picked: they lie in the folder that is shown."""
        changed.stop()
        view = self.browser.view
        if view is not None and changed.keys and self.path != view.path:
            self._fill(self.path_field, view.path)
            self.is_folder = True
        if view is not None:
            self._say_path()

    @on(FolderBrowser.ConsentWanted)
    def meet_requirement(self, message: FolderBrowser.ConsentWanted) -> None:
        message.stop()
        view = self.browser.view
        if view is not None and view.gare is not None:
            again = partial(self.list_folder, self.path or None, again=True)
            self.frame.ask_consent(view.gare, again)

    @on(FolderBrowser.BookmarkWanted)
    def ask_for_bookmark(self, message: FolderBrowser.BookmarkWanted) -> None:
        message.stop()
        from globus_tui.screens.confirm import Ask

        view = self.browser.view
        if view is not None and view.problem is None:
            sheet = Ask("Name of the bookmark", (f"For {view.path}",))
            make = self.frame.make_bookmark
            sheet.ask(lambda name: make(name, view.collection_id, view.path) if name else None)

    # --- from the draft

    def adopt(self, collection_id: str | None, name: str | None, path: str, *, begin: bool | None = None) -> bool:
        """Show what the draft has, unless it is being typed just now.

        Args:
            path: the draft's, on this side.
            begin: a collection was chosen just now, so nothing here is being typed; True: another one than before, or
                another path; where there is none yet, begin in the folder that the service begins with.

        Returns:
            Whether it is another place: what was picked in the one before is picked no more.
        """
        self.picker.ascii_only = self.browser.ascii_only = self.frame.view.ascii
        moved, chosen = collection_id != self.collection_id, begin is not None
        if chosen or not self.collection_field.has_focus:
            if collection_id:
                self._fill(self.collection_field, safe_line(name or collection_id))
            elif moved:
                self._fill(self.collection_field, "")
        if not moved and ((begin is not True and path == self.path) or (not chosen and self.path_field.has_focus)):
            return False
        self._stop_pause()
        self._side_fill = begin is True and not path
        self.collection_id = collection_id
        self._fill(self.path_field, path)
        self.is_folder = True if path.endswith("/") else None
        self.clear_marks()
        self.browser.show(None)
        if collection_id:
            self.list_folder(path or None)
        return True

    def on_descendant_blur(self) -> None:
        """Puts the chosen collection back in the field after a search that was given up."""
        if self.collection_id and not self.collection_field.has_focus:
            self._fill(self.collection_field, safe_line(self.chosen_name()))

    # --- finding a collection

    def about_suggestion(self) -> str | None:
        """Words for the suggestion under the cursor of the list, while a collection is looked for."""
        suggestion = self.picker.chosen() if self.has_class("-looking") else None
        if suggestion is None or (self.collection_id and not self._side_moved):
            return None
        return suggestion_words(suggestion.collection)

    def _say_suggestion(self) -> None:
        if (words := self.about_suggestion()) is not None:
            self.row(self.side_name).say_words(words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        looking = event.widget is self.collection_field
        self.set_class(looking, "-looking")
        self._side_moved = self._side_enter_waits = False
        if looking:
            self._ask("" if self.collection_id else self.collection_field.value)

    def collection_typed(self) -> None:
        self._side_pause = self.set_timer(TYPING, lambda: self._ask(self.collection_field.value))

    def _ask(self, typed: str) -> None:
        """Ask; until the answer is there, what was found for another text is not offered for this one."""
        self._stop_pause()
        if self._side_asked is None or self._side_asked.typed != typed or self._side_asked.problems:
            self._side_asked, self._side_moved = None, False
            self.picker.wait_for(typed)
            self.frame.show_draft()  # the note may be about what was offered for another text
        self._suggest(typed)

    @work(group="look-up", exclusive=True)
    async def _suggest(self, typed: str) -> None:
        suggestions = await self.frame.lookup.suggest(typed)
        self._side_asked = suggestions
        self.picker.show(suggestions, None if typed else self.collection_id)
        self._say_suggestion()
        if suggestions.entries and suggestions.problems:
            self.row(self.side_name).say_words("; ".join(suggestions.problems), Level.WARN)
        if self._side_enter_waits:
            self._side_enter_waits = False
            self._pick()

    def on_key(self, event: events.Key) -> None:
        """Arrow keys in a field move in the list below it; a slash in the folder goes to the path, which narrows it."""
        if event.key == "slash" and self.browser.has_focus:
            event.stop()
            self.screen.set_focus(self.path_field)
            self.path_field.call_later(self.path_field.action_end)  # after the focus, which selects all of it
            return
        steps = {"down": 1, "up": -1, "pagedown": 8, "pageup": -8}.get(event.key)
        if steps is None:
            return
        if self.collection_field.has_focus:
            if self._side_pause is not None:
                self._ask(self.collection_field.value)  # the list is still that of the text before
            self._side_moved = bool(self.picker.rows)
            self.picker.action_move(steps)
            self._say_suggestion()
        elif self.path_field.has_focus and steps == 1:
            if self._side_pause is not None:
                self._stop_pause()
                self._list_typed()
            self.browser.focus()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(TextField.Submitted)
    def take_enter(self, submitted: TextField.Submitted) -> None:
        """Enter: choose what the list has under its cursor, or take the path as it is."""
        submitted.stop()
        self._stop_pause()
        if submitted.input is self.path_field:
            self._accept_path()
            return
        typed = self.collection_field.value
        unchanged = bool(self.collection_id) and typed == safe_line(self.chosen_name())
        if unchanged and not self._side_moved:
            self.path_field.focus()
        elif unchanged or self._answers(typed):
            self._pick()
        else:
            self._side_enter_waits = True
            self._ask(typed)

    def _answers(self, typed: str) -> bool:
        """The list is what was found for this text; where it could not be read, Enter asks again."""
        asked = self._side_asked
        return asked is not None and asked.typed == typed and bool(asked.entries or not asked.problems)

    @on(CollectionPicker.Chosen)
    def take_click(self, chosen: CollectionPicker.Chosen) -> None:
        chosen.stop()
        self._pick()

    def chosen_name(self) -> str:
        """What the collection that was chosen is called, as it stands in the field."""
        return self.frame.draft_name(self.side_name)

    def _pick(self) -> None:
        suggestion = self.picker.chosen()
        if suggestion is None:
            failed = self._side_asked is not None and self._side_asked.problems
            words = "It could not be looked for; Enter tries again." if failed else NOTHING_FITS
            self.row(self.side_name).say_words(words, Level.WARN)
            return
        self.pick(suggestion, self._side_asked.destination if self._side_asked else None)
        self.path_field.focus()

    def pick(self, suggestion: Suggestion, other: Suggestion | None = None) -> None:
        """Take a collection, and begin where its suggestion says: the draft first, which is then shown here."""
        self.post_message(self.Picked(self, suggestion, other))
