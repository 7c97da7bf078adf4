"""What moves: the items one by one, with where each of them goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.content import Content

from globus_tui.commands import ITEMS, bindings
from globus_tui.domain.chosen_items import chosen_paths
from globus_tui.domain.draft_fields import ITEMS as ITEMS_FIELD
from globus_tui.domain.findings import Level
from globus_tui.present.sizes import counted
from globus_tui.screens.create.step import Step
from globus_tui.widgets.form_row import SIGNS
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.findings import Finding
    from globus_tui.domain.transfer import TransferItem

_STYLES = {Level.OK: "success", Level.NOTE: "muted", Level.WARN: "warning", Level.STOP: "error"}


class ItemRow(NamedTuple):
    """One item at its place, and the worst that was found of it."""

    key: int
    item: TransferItem
    level: Level = Level.OK
    words: str = ""


class ItemList(LineList[ItemRow]):
    """The items."""

    def __init__(self) -> None:
        """Make an empty list."""
        super().__init__(
            (
                Column("kind", "", self._cell_kind, width=6),
                Column("source", "FROM", lambda row: row.item.source_path, min_width=16, weight=3, clip="start"),
                Column(
                    "destination", "TO", lambda row: row.item.destination_path, min_width=16, weight=3, clip="start"
                ),
                Column("note", "", self._cell_note, min_width=10, weight=2, priority=1),
            ),
            empty="Nothing is chosen yet.\nAdd items, import a batch, or choose folders on the step before.",
            id="items",
        )

    @staticmethod
    def _cell_kind(row: ItemRow) -> Cell:
        return {True: "folder", False: "file", None: "?"}[row.item.recursive]

    @staticmethod
    def _cell_note(row: ItemRow) -> Cell:
        if row.level < Level.NOTE:
            return ""
        return Span(f"{SIGNS[row.level]} {row.words}", _STYLES[row.level])


class ItemsStep(Step):
    """A folder to a folder, files with other names, or thousands from a batch."""

    BINDINGS = bindings(ITEMS)  # type: ignore[assignment]  # Textual's alias also admits tuples
    DEFAULT_CSS = """
    ItemsStep #items { height: 1fr; }
    """
    title = "Items"
    about = "What moves where. A folder's contents come to lie in the folder that it goes to."
    fields = frozenset({ITEMS_FIELD})
    hints = (
        "{list.choose} change   {item.add} add   {item.remove} remove   {item.import} import a batch   {list.mark} mark"
    )

    def compose(self) -> ComposeResult:
        """The number, the list."""
        yield TextLine(id="items-count")
        yield ItemList()

    def first_field(self) -> Widget | None:
        """The list."""
        return self.query_one("#items")

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """The items, each with the worst that was found of it."""
        worst: dict[int, Finding] = {}
        for one in findings:
            if one.field == ITEMS_FIELD and one.item is not None:
                known = worst.get(one.item)
                if known is None or one.level > known.level:
                    worst[one.item] = one
        items = self.query_one("#items", ItemList)
        items.ascii_only = self.frame.view.ascii
        rows = [ItemRow(place, item) for place, item in enumerate(draft.transfer.items)]
        for place, found in worst.items():
            if place < len(rows):
                rows[place] = rows[place]._replace(level=found.level, words=found.words)
        items.set_rows(tuple(rows))
        route = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
        count = self.query_one("#items-count", TextLine)
        count.left = Content.styled(f"{counted(len(rows), 'item')} from {route}", "$text-muted")

    @on(LineList.Chosen)
    def change_item(self, chosen: LineList.Chosen) -> None:
        """Change the paths of an item."""
        chosen.stop()
        place = int(str(chosen.key))
        self._ask(place, self.frame.draft.transfer.items[place])

    def action_item_add(self) -> None:
        """Ask for the paths of a new item."""
        self._ask(None, None)

    def _ask(self, place: int | None, item: TransferItem | None) -> None:
        from globus_tui.screens.create.item_sheet import ItemSheet

        bases = chosen_paths(self.frame.draft)
        self.app.push_screen(ItemSheet(item, bases), lambda made: self._put(place, made) if made else None)

    def _put(self, place: int | None, item: TransferItem) -> None:
        items = self.frame.draft.transfer.items
        self._set((*items, item) if place is None else (*items[:place], item, *items[place + 1 :]))

    def action_item_remove(self) -> None:
        """Take items out: the marked ones, else the one under the cursor."""
        shown = self.query_one("#items", ItemList)
        gone = shown.marked or {shown.cursor_key}
        items = self.frame.draft.transfer.items
        shown.set_marks(frozenset())
        self._set(tuple(one for place, one in enumerate(items) if place not in gone))

    def action_item_import(self) -> None:
        """Read a batch."""
        from globus_tui.screens.create.batch_sheet import BatchSheet

        source, destination = chosen_paths(self.frame.draft)
        sheet = BatchSheet(source or None, destination or None)
        self.app.push_screen(sheet, lambda read: self._add(read.items) if read else None)

    def _add(self, read: tuple[TransferItem, ...]) -> None:
        """Imported items take the place of what the folders on the step before stood for, and join a list."""
        items = self.frame.draft.transfer.items
        from_folders = len(items) == 1 and items[0].recursive is True
        self._set(read if from_folders else (*items, *read))
        self.app.say(f"{counted(len(read), 'item')} imported.")

    def _set(self, items: tuple[TransferItem, ...]) -> None:
        draft = self.frame.draft
        self.edit(replace(draft, transfer=replace(draft.transfer, items=items)))
