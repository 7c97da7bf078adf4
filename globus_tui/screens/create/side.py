"""One side of a transfer: a collection found as its name is typed; the path in it is in `folder_side`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from globus_tui.domain.findings import Level
from globus_tui.present.collection_words import suggestion_words
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.create.folder_side import TYPING, FolderSide
from globus_tui.widgets.collection_picker import CollectionPicker
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual import events

    from globus_tui.store.browsing_answers import Suggestion, Suggestions


class Side(FolderSide):
    """From, or to: its collection, above what `FolderSide` has."""

    @dataclass
    class Picked(Message):
        """A collection was chosen; a pasted link may name the other side too."""

        side: Side
        suggestion: Suggestion
        other: Suggestion | None = None

    def __init__(self, side_name: str, heading: str) -> None:
        """Make a side; `side_name` is `source` or `destination`, as fields are named."""
        super().__init__(side_name, heading)
        self._side_asked: Suggestions | None = None
        self._side_enter_waits = False
        self._side_moved = False
        """The cursor of the list was moved: Enter means what it is on."""

    # --- from the draft

    def adopt(self, collection_id: str | None, name: str | None, path: str) -> None:
        """Show what the draft has, unless it is being typed just now."""
        self.picker.ascii_only = self.browser.ascii_only = self.frame.view.ascii
        if not self.collection_field.has_focus and collection_id:
            self._fill(self.collection_field, safe_line(name or collection_id))
        if not self.path_field.has_focus and path and not self._side_fill:
            self._fill(self.path_field, path)
        if collection_id != self.collection_id:
            self.collection_id = collection_id
            self.browser.set_marks(frozenset())
            self.browser.show(None)
            if collection_id:
                self.list_folder(path or None)

    # --- finding a collection

    def about_suggestion(self) -> str | None:
        """While one is looked for: what is under the cursor of the list, in words."""
        suggestion = self.picker.chosen() if self.has_class("-looking") else None
        if suggestion is None or (self.collection_id and not self._side_moved):
            return None
        return suggestion_words(suggestion.collection)

    def _say_suggestion(self) -> None:
        if (words := self.about_suggestion()) is not None:
            self.row(self.side_name).say_words(words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The list under the fields follows the focus."""
        looking = event.widget is self.collection_field
        self.set_class(looking, "-looking")
        self._side_moved = False
        if looking:
            typed = "" if self.collection_id else self.collection_field.value
            self._ask(typed)

    def collection_typed(self) -> None:
        """Ask when the typing rests."""
        self._side_pause = self.set_timer(TYPING, self._ask_typed)

    def _ask_typed(self) -> None:
        self._ask(self.collection_field.value)

    def _ask(self, typed: str) -> None:
        self._suggest(typed)

    @work(group="look-up", exclusive=True)
    async def _suggest(self, typed: str) -> None:
        found = await self.frame.lookup.suggest(typed)
        self._side_asked = found
        self.picker.show(found, None if typed else self.collection_id)
        self._say_suggestion()
        if found.found and found.problems:
            self.row(self.side_name).say_words("; ".join(found.problems), Level.WARN)
        if self._side_enter_waits:
            self._side_enter_waits = False
            self._pick()

    def on_key(self, event: events.Key) -> None:
        """Arrow keys in a field move in the list below it."""
        steps = {"down": 1, "up": -1, "pagedown": 8, "pageup": -8}.get(event.key)
        if steps is None:
            return
        if self.collection_field.has_focus:
            self._side_moved = True
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
        unchanged = bool(self.collection_id) and typed == safe_line(self.frame.draft_name(self.side_name))
        if unchanged and not self._side_moved:
            self.path_field.focus()
        elif unchanged or (self._side_asked is not None and self._side_asked.typed == typed):
            self._pick()
        else:
            self._side_enter_waits = True
            self._ask(typed)

    @on(CollectionPicker.Chosen)
    def take_click(self, chosen: CollectionPicker.Chosen) -> None:
        """A collection was clicked twice."""
        chosen.stop()
        self._pick()

    def _pick(self) -> None:
        suggestion = self.picker.chosen()
        if suggestion is None:
            self.row(self.side_name).say_words("No collection fits; type other words, or paste an id.", Level.WARN)
            return
        self.pick(suggestion, self._side_asked.destination if self._side_asked else None)
        self.path_field.focus()

    def pick(self, suggestion: Suggestion, other: Suggestion | None = None) -> None:
        """Take a collection, and begin where its suggestion says."""
        self._fill(self.collection_field, safe_line(suggestion.collection.name))
        self.collection_id = suggestion.collection.collection_id
        self.browser.set_marks(frozenset())
        self.browser.show(None)
        self._fill(self.path_field, suggestion.path or "")
        self.post_message(self.Picked(self, suggestion, other))
        if suggestion.path:
            self.is_folder = True if suggestion.path.endswith("/") else None
            self.post_message(self.PathChanged(self))
        self._side_fill = True
        self.list_folder(suggestion.path)
