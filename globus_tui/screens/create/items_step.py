"""What moves: the items one by one, with where each of them goes."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static, TextArea

from globus_tui.commands import ITEMS, bindings
from globus_tui.domain.making.draft import DESTINATION_PATH, SOURCE_PATH, Draft, chosen_paths, items_between
from globus_tui.domain.making.draft_fields import ITEMS as ITEMS_FIELD
from globus_tui.domain.making.draft_fields import Finding, Level
from globus_tui.domain.transfer.batch_format import Batch, read_batch
from globus_tui.domain.transfer.transfer import TransferItem
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present.marks import LEVEL_STYLES, LEVEL_WORDS
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.private_files import read_file
from globus_tui.screens.create.step import Step
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.page import Question
from globus_tui.widgets.text_box import TextBox
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Paste
    from textual.widget import Widget


class ItemSheet(Question[TransferItem]):
    """Two fields; Enter in the second one takes it. A slash at the end makes a path a folder."""

    ANSWERS_AT_ONCE = True

    def __init__(self, item: TransferItem | None, bases: tuple[str, str]) -> None:
        """Change an item, or make one that begins in the chosen folders."""
        super().__init__()
        self.question = "Change this item" if item else "Another item"
        self._item_before = item
        self._item_paths = (item.source_path, item.destination_path) if item else bases

    def compose_sheet(self) -> ComposeResult:
        yield FormRow("source", "from", TextField(self._item_paths[0], id="item-source"))
        yield FormRow("destination", "to", TextField(self._item_paths[1], id="item-destination"))
        words = "A slash at the end: a folder with everything in it. Enter goes on and takes it, Escape cancels."
        yield Static(words, classes="sheet-answer", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        source, destination = (self.query_one(name, TextField) for name in ("#item-source", "#item-destination"))
        if submitted.input is source:
            destination.focus()
            return
        for row, field in zip(self.query(FormRow), (source, destination), strict=True):
            row.say_words("" if field.value.strip() else "A path is needed.", Level.STOP)
        paths = source.value.strip(), destination.value.strip()
        if all(paths):
            self.dismiss(self._item(*paths))

    def _item(self, source: str, destination: str) -> TransferItem:
        before = self._item_before
        stays_file = before is not None and before.recursive is False
        known = True if source.endswith("/") else False if stays_file else None
        return items_between(source, destination, is_folder=known)[0]


_MOST_BYTES = 50_000_000
_PROBLEMS_SHOWN = 5
_HOW_TO_ANSWER = "Enter in the file field reads it; ctrl+s takes the items; Escape cancels."


class _FileField(TextField):
    """The name of a file. Several lines are no name: they go where lines are pasted."""

    def on_paste(self, event: Paste) -> None:
        lines = self.screen.query_one("#batch-lines", TextArea)
        if "\n" in event.text.strip().replace("\r", "\n"):
            event.stop()
            event.prevent_default()
            self.value = ""  # it would be read instead
            lines.insert(event.text)
            lines.focus()


class BatchSheet(Question[Batch]):
    """Reads, says what is wrong by line, and gives the items; with problems only after a second yes."""

    question = "Import items"
    DEFAULT_CSS = """
    BatchSheet TextBox, BatchSheet TextBox:focus { background: $background; }
    BatchSheet #batch-problems { height: auto; color: $text-error; }
    """
    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = [Binding("ctrl+s", "take", "Take", show=False, priority=True)]

    def __init__(self, source_base: str | None, destination_base: str | None) -> None:
        """Read a batch whose relative paths lie in these folders."""
        super().__init__()
        self._batch_bases = (source_base, destination_base)
        self._batch_read: Batch | None = None

    def compose_sheet(self) -> ComposeResult:
        base = " and ".join(base for base in self._batch_bases if base)
        relative = f" Relative paths lie in {base}." if base else ""
        yield self.line(f"One item a line: [-r] SOURCE DESTINATION, as for globus transfer --batch.{relative}")
        yield FormRow("file", "file", _FileField(placeholder="a file on this machine; or paste lines", id="batch-file"))
        yield TextBox(id="batch-lines")
        yield Static(id="batch-problems", markup=False)
        yield Static(_HOW_TO_ANSWER, classes="sheet-answer", id="batch-answer", markup=False)

    @on(TextField.Submitted)
    def read_file(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        self.action_take()

    @on(TextField.Changed)
    @on(TextArea.Changed)
    def forget_reading(self) -> None:
        """Forget what was read, and what was wrong with it: the text has changed since."""
        self._batch_read = None
        self._say("")
        self.query_one("#batch-answer", Static).update(_HOW_TO_ANSWER)

    @work(group="batch", exclusive=True)
    async def action_take(self) -> None:
        """Take what was read; the first time with problems, show them instead."""
        if self._batch_read is not None and self._batch_read.items:
            self.dismiss(self._batch_read)
            return
        name = self.query_one("#batch-file", TextField).value.strip()
        try:
            text = await asyncio.to_thread(_contents, name) if name else self.query_one("#batch-lines", TextArea).text
        except (OSError, ValueError) as wrong:
            self._say(f"{name} cannot be read: {_reason(wrong)}")
            return
        source, destination = self._batch_bases
        batch = await asyncio.to_thread(read_batch, text, source_base=source, destination_base=destination)
        if batch.items and not batch.problems:
            self.dismiss(batch)
            return
        self._show_problems(batch)

    def _show_problems(self, batch: Batch) -> None:
        if not batch.problems:
            self._say("There are no items in it.")
            return
        self._batch_read = batch
        lines = [f"line {problem.line}: {problem.words}" for problem in batch.problems[:_PROBLEMS_SHOWN]]
        rest = len(batch.problems) - len(lines)
        lines += [f"and {counted(rest, 'more line')}"] if rest else []
        self._say("\n".join(lines))
        if batch.items:
            words = f"{counted(len(batch.items), 'line')} can be used: ctrl+s takes only those; or mend the others."
            self.query_one("#batch-answer", Static).update(words)

    def _say(self, words: str) -> None:
        self.query_one("#batch-problems", Static).update(Content("\n".join(map(self.safe, words.splitlines()))))


def _contents(name: str) -> str:
    return read_file(Path(os.path.expanduser(name)), _MOST_BYTES).decode()


def _reason(wrong: OSError | ValueError) -> str:
    if isinstance(wrong, OSError):
        return wrong.strerror or str(wrong)
    return "it is not written in UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)


class ItemRow(NamedTuple):
    """One item at its place, and the worst that was found of it."""

    key: int
    item: TransferItem
    level: Level = Level.OK
    words: str = ""


class ItemList(LineList[ItemRow]):
    def __init__(self) -> None:
        super().__init__(
            (
                Column("kind", "", lambda row: {True: "folder", False: "file", None: "?"}[row.item.recursive], width=6),
                Column("from", "FROM", lambda row: row.item.source_path, min_width=16, weight=3, clip="start"),
                Column("to", "TO", lambda row: row.item.destination_path, min_width=16, weight=3, clip="start"),
                Column("note", "", self._cell_note, min_width=10, weight=2, priority=1),
            ),
            empty="Nothing is chosen yet.\nAdd items, import a batch, or choose folders on the step before.",
            id="items",
        )

    @staticmethod
    def _cell_note(row: ItemRow) -> Cell:
        if row.level < Level.NOTE:
            return ""
        return Span(f"{LEVEL_WORDS[row.level]} {row.words}", LEVEL_STYLES[row.level])


class ItemsStep(Step):
    """A folder to a folder, files with other names, or thousands from a batch."""

    BINDINGS = bindings(ITEMS)  # type: ignore[assignment]  # Textual's alias also admits tuples
    title = "Items"
    about = "What moves where. What is in a folder comes to lie in the folder it goes to."
    fields = frozenset({ITEMS_FIELD})
    hints = (
        "{list.choose} change   {item.add} add   {item.remove} remove   {item.import} import a batch   {list.mark} mark"
    )

    def compose(self) -> ComposeResult:
        yield TextLine(id="items-count")
        yield ItemList()

    def first_field(self) -> Widget | None:
        return self.query_one("#items")

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        items = self.query_one("#items", ItemList)
        items.ascii_only = self.frame.view.ascii
        rows = [ItemRow(place, item) for place, item in enumerate(draft.transfer.items)]
        for finding in findings:
            place = finding.item if finding.field == ITEMS_FIELD else None
            if place is not None and place < len(rows) and finding.level > rows[place].level:  # of each the worst
                rows[place] = rows[place]._replace(level=finding.level, words=finding.words)
        items.set_rows(tuple(rows))
        route = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
        count = self.query_one("#items-count", TextLine)
        count.left = Content.styled(safe_line(f"{counted(len(rows), 'item')} from {route}"), "$text-muted")

    @on(LineList.Chosen)
    def change_item(self, chosen: LineList.Chosen) -> None:
        chosen.stop()
        place = int(str(chosen.key))
        self._ask(place, self.frame.draft.transfer.items[place])

    def action_item_add(self) -> None:
        self._ask(None, None)

    def _ask(self, place: int | None, item: TransferItem | None) -> None:
        bases = chosen_paths(self.frame.draft)
        ItemSheet(item, bases).ask(lambda item: self._put(place, item))

    def _put(self, place: int | None, item: TransferItem) -> None:
        items = self.frame.draft.transfer.items
        self._set((*items, item) if place is None else (*items[:place], item, *items[place + 1 :]))

    def action_item_remove(self) -> None:
        item_list = self.query_one("#items", ItemList)
        removed = item_list.marked or {item_list.cursor_key}
        items = self.frame.draft.transfer.items
        item_list.set_marks(frozenset())
        self._set(tuple(item for place, item in enumerate(items) if place not in removed))

    def action_item_import(self) -> None:
        source, destination = chosen_paths(self.frame.draft)
        BatchSheet(source or None, destination or None).ask(lambda read: self._add(read.items))

    def _add(self, read: tuple[TransferItem, ...]) -> None:
        """Imported items take the place of what the folders on the step before stood for, and join a list."""
        items = self.frame.draft.transfer.items
        from_folders = len(items) == 1 and items[0].recursive is True
        self._set(read if from_folders else (*items, *read))
        self.app.say(f"{counted(len(read), 'item')} imported.")

    def _set(self, items: tuple[TransferItem, ...]) -> None:
        """Other items: the paths of the step before are those of the items from now on."""
        draft = self.frame.draft
        typed = {key: text for key, text in draft.typed.items() if key not in (SOURCE_PATH, DESTINATION_PATH)}
        self.edit(replace(draft, transfer=replace(draft.transfer, items=items), typed=typed))
