"""A folder of a collection: its entries, moved about with the keys of every list, opened and left like directories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from globus_tui.commands import FOLDER, bindings
from globus_tui.present import sizes
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from globus_tui.domain.collection import FolderEntry
    from globus_tui.store.browsing_answers import FolderView


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
    """The entries of one folder. It asks nobody: the owner lists folders and hands them in."""

    BINDINGS = bindings(FOLDER)  # type: ignore[assignment]  # Textual's alias also admits tuples

    @dataclass
    class Wanted(Message):
        """Another folder, or the same in another way.

        Attributes:
            folder: name of a folder in this one; `..` is the one above; empty is this one.
            again: read it anew.
        """

        browser: FolderBrowser
        folder: str = ""
        again: bool = False

        @property
        def control(self) -> FolderBrowser:
            """Where it was wanted."""
            return self.browser

    @dataclass
    class ConsentWanted(Message):
        """Enter where Globus wants something first."""

        browser: FolderBrowser

        @property
        def control(self) -> FolderBrowser:
            """Where it was wanted."""
            return self.browser

    @dataclass
    class BookmarkWanted(Message):
        """A name for this folder."""

        browser: FolderBrowser

        @property
        def control(self) -> FolderBrowser:
            """Where it was wanted."""
            return self.browser

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make an empty folder."""
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
        """Say something in place of entries."""
        self.view = None
        self.empty = words
        self.set_rows(())

    def narrow(self, beginning: str) -> None:
        """Show only entries whose names begin like this."""
        if beginning != self._only:
            self._only = beginning
            self._show_rows()

    def picked(self) -> tuple[FolderEntry, ...]:
        """The marked entries, in the order of the listing."""
        if self.view is None or not self.marked:
            return ()
        return tuple(one for one in self.view.entries if one.name in self.marked)

    def _show_rows(self) -> None:
        entries = self.view.entries if self.view else ()
        if self._only:
            entries = tuple(one for one in entries if one.name.startswith(self._only))
        known = {one.name for one in self.view.entries} if self.view and self.marked else None
        self.set_rows(tuple(EntryRow(one.name, one) for one in _sorted(entries, self.order)), known=known)

    def action_choose(self) -> None:
        """Enter: open a folder, mark a file, or meet what Globus asks for."""
        row: EntryRow | None = self.cursor_row
        if row is None and self.view is not None and self.view.gare is not None:
            self.post_message(self.ConsentWanted(self))
        elif row is not None and row.entry.is_folder:
            self.post_message(self.Wanted(self, row.key))
        elif row is not None:
            self.action_mark()

    def action_folder_open(self) -> None:
        """Open the folder under the cursor."""
        row: EntryRow | None = self.cursor_row
        if row is not None and row.entry.is_folder:
            self.post_message(self.Wanted(self, row.key))

    def action_folder_up(self) -> None:
        """The folder above."""
        self.post_message(self.Wanted(self, ".."))

    def action_folder_hidden(self) -> None:
        """Show or hide names that begin with a dot."""
        self.hidden_shown = not self.hidden_shown
        self.post_message(self.Wanted(self))

    def action_folder_again(self) -> None:
        """Read it anew."""
        self.post_message(self.Wanted(self, again=True))

    def action_folder_sort(self) -> None:
        """By name, by size, newest first."""
        orders = list(Order)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self._show_rows()
        self.post_message(self.Highlighted(self, self.cursor_key))

    def action_folder_bookmark(self) -> None:
        """Give this folder a name."""
        self.post_message(self.BookmarkWanted(self))

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
    found = sorted(entries, key=lambda one: one.name.casefold())
    if order is Order.SIZE:
        found.sort(key=lambda one: -1 if one.size is None else one.size, reverse=True)
    elif order is Order.TIME:
        found.sort(key=lambda one: one.modified or "", reverse=True)
    found.sort(key=lambda one: not one.is_folder)
    return found
