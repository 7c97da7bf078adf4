"""A folder of a collection, moved about with the keys of every list; and collections to choose from while their name is
typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from globus_tui.commands import FOLDER, bindings
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import sizes
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import access_words, kind_words, owner_words, state_words

if TYPE_CHECKING:
    from globus_tui.domain.transfer.collection import Collection, FolderEntry
    from globus_tui.store.browsing import FolderView, Suggestion, Suggestions


class SuggestionRow(NamedTuple):
    """One suggestion; `first` of its group, which is named there only."""

    key: tuple[str, str, str]
    suggestion: Suggestion
    first: bool

    @property
    def collection(self) -> Collection:
        return self.suggestion.collection


class CollectionPicker(LineList[SuggestionRow]):
    """The list under a collection's field. The field keeps the focus; arrow keys there move the cursor here."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(
            (
                Column("why", "", self._cell_why, width=9, priority=3),
                Column("name", "COLLECTION", self._cell_name, min_width=16, weight=3),
                Column("kind", "TYPE", lambda row: kind_words(row.collection), width=8, priority=1),
                Column("access", "ACCESS", self._cell_access, width=8, priority=2),
                Column("owner", "OWNER", self._cell_owner, min_width=14, weight=2, priority=4),
            ),
            empty="",
            id=id,
        )
        self.can_focus = False

    def show(self, suggestions: Suggestions, chosen_id: str | None = None) -> None:
        """Show what fits; under the cursor is the one that was chosen before, else the best."""
        rows: list[SuggestionRow] = []
        before = None
        for suggestion in suggestions.entries:
            key = (suggestion.why.name, suggestion.collection.collection_id, suggestion.label or "")
            rows.append(SuggestionRow(key, suggestion, suggestion.why is not before))
            before = suggestion.why
        if rows:
            self.empty = ""
        elif suggestions.problems:
            self.empty = "\n".join(suggestions.problems)
        else:
            self.empty = "No collection fits." if suggestions.typed.strip() else "None used lately: type a name."
        self.set_rows(tuple(rows))
        before_it = next((row.key for row in rows if row.collection.collection_id == chosen_id), None)
        if before_it is None or not self.move_to(before_it):
            self.action_first()

    def wait_for(self, typed: str) -> None:
        """Say that the answer to this text is not there yet."""
        self.empty = f"Looking for {safe_line(typed.strip())}" if typed.strip() else "Looking for those used lately"
        self.set_rows(())

    def chosen(self) -> Suggestion | None:
        row = self.cursor_row
        return row.suggestion if row else None

    @staticmethod
    def _cell_access(row: SuggestionRow) -> Cell:
        return Span(access_words(row.collection), "warning")

    @staticmethod
    def _cell_owner(row: SuggestionRow) -> Cell:
        return Span(owner_words(row.collection), "muted")

    @staticmethod
    def _cell_why(row: SuggestionRow) -> Cell:
        return Span(row.suggestion.why.value.removesuffix(" with me") if row.first else "", "muted")

    @staticmethod
    def _cell_name(row: SuggestionRow) -> Cell:
        suggestion, collection = row.suggestion, row.collection
        words, style = state_words(collection)
        parts = [Span(suggestion.label or collection.name)]
        if suggestion.label:
            parts.append(Span(f" {collection.name}:{suggestion.path or ''}", "muted"))
        if words:
            parts.append(Span(f" ({words})", style))
        return tuple(parts)


class EntryRow(NamedTuple):
    """One entry; its name tells it from the others."""

    key: str
    entry: FolderEntry


class Order(Enum):
    """What a listing is sorted by; folders always come first."""

    NAME = "name"
    SIZE = "size"
    TIME = "newest"


class FolderBrowser(LineList[EntryRow]):
    """The entries of one folder. It makes no requests: the owner lists folders and hands them in."""

    BINDINGS = bindings(FOLDER)  # type: ignore[assignment]  # Textual's alias also admits tuples

    @dataclass
    class Wanted(Message):
        """The user wants another folder, or the same one listed differently.

        `folder`: name of a folder in this one; `..` is the one above; empty is this one.
        """

        folder: str = ""
        again: bool = False

    class ConsentWanted(Message):
        """The user pressed Enter where Globus wants something first."""

    class BookmarkWanted(Message):
        """The user wants to bookmark this folder."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(
            (
                Column("name", "NAME", self._cell_name, min_width=16, weight=3),
                Column("size", "SIZE", self._cell_size, width=8, align="right", priority=2),
                Column("modified", "CHANGED", self._cell_modified, width=16, priority=3),
            ),
            id=id,
        )
        self.view: FolderView | None = None
        self.hidden_shown = False
        self.order = Order.NAME
        self._only = ""

    def show(self, view: FolderView | None) -> None:
        """Show a folder, or why it cannot be shown; None while there is none."""
        self.view = view
        if view is None:
            self.empty = ""
        elif view.gare is not None:
            self.empty = (
                "Globus asks for something first.\nDown, then Enter, meets it; a typed path can be used without."
            )
        elif view.missing:
            self.empty = f"There is no {view.path}"
        elif view.problem is not None:
            self.empty = f"It cannot be read: {view.problem}\nA typed path can be used all the same."
        else:
            self.empty = "Empty."
        self._show_rows()

    def say(self, words: str) -> None:
        self.view = None
        self.empty = words
        self.set_rows(())

    def narrow(self, beginning: str) -> None:
        """Show only entries whose names begin like this."""
        if beginning != self._only:
            self._only = beginning
            self._show_rows()

    def picked(self) -> tuple[FolderEntry, ...]:
        if self.view is None or not self.marked:
            return ()
        return tuple(entry for entry in self.view.entries if entry.name in self.marked)

    def _show_rows(self) -> None:
        entries = self.view.entries if self.view else ()
        if self._only:
            entries = tuple(entry for entry in entries if entry.name.startswith(self._only))
        known = {entry.name for entry in self.view.entries} if self.view and self.marked else None
        self.set_rows(tuple(EntryRow(entry.name, entry) for entry in _sorted(entries, self.order)), known=known)

    def action_choose(self) -> None:
        """Enter: open a folder, mark a file, or meet what Globus asks for."""
        row: EntryRow | None = self.cursor_row
        if row is None and self.view is not None and self.view.gare is not None:
            self.post_message(self.ConsentWanted())
        elif row is not None and row.entry.is_folder:
            self.post_message(self.Wanted(row.key))
        elif row is not None:
            self.action_mark()

    def action_folder_open(self) -> None:
        row: EntryRow | None = self.cursor_row
        if row is not None and row.entry.is_folder:
            self.post_message(self.Wanted(row.key))

    def action_folder_up(self) -> None:
        self.post_message(self.Wanted(".."))

    def action_folder_hidden(self) -> None:
        self.hidden_shown = not self.hidden_shown
        self.post_message(self.Wanted())

    def action_folder_again(self) -> None:
        self.post_message(self.Wanted(again=True))

    def action_folder_sort(self) -> None:
        orders = list(Order)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self._show_rows()
        self.post_message(self.Highlighted(self, self.cursor_key))

    def action_folder_bookmark(self) -> None:
        self.post_message(self.BookmarkWanted())

    @staticmethod
    def _cell_name(row: EntryRow) -> Cell:
        entry = row.entry
        if entry.is_folder:
            return Span(f"{entry.name}/", "accent")
        link = f" -> {entry.link_target}" if entry.link_target else ""
        return (Span(entry.name), Span(link, "muted")) if link else entry.name

    @staticmethod
    def _cell_size(row: EntryRow) -> Cell:
        return "" if row.entry.is_folder else sizes.size(row.entry.size)

    @staticmethod
    def _cell_modified(row: EntryRow) -> Cell:
        return Span((row.entry.modified or "?")[:16], "muted")


def _sorted(entries: tuple[FolderEntry, ...], order: Order) -> list[FolderEntry]:
    """Folders first; what is not known comes last."""
    ordered = sorted(entries, key=lambda entry: entry.name.casefold())
    if order is Order.SIZE:
        ordered.sort(key=lambda entry: -1 if entry.size is None else entry.size, reverse=True)
    elif order is Order.TIME:
        ordered.sort(key=lambda entry: entry.modified or "", reverse=True)
    ordered.sort(key=lambda entry: not entry.is_folder)
    return ordered
